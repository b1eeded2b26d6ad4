/**
 * One OpenAPI document → its operations in normal form. Nothing of the document outlives the call but what they hold.
 *
 * Anything can stand in a file that calls itself an API description; every access below expects that. What is wrong is
 * reported with its place, and the rest of the document is still read.
 * Sources: OpenAPI 3.0.3 and 3.1.0.
 */

import type { DocumentProblem, Method, Operation, Parameter, Shape } from '../operation.ts'
import { isNameable } from './name.ts'
import { createReferences, isObject, pointerStep, type References, type Value } from './reference.ts'
import { buildShape, isUsableName, type Placed } from './shape.ts'
import { asSentence, plainText } from './text.ts'
import { isTransport } from './transport.ts'
import { singular, splitWords } from './words.ts'

/** An operation before the collection is cleaned and named. */
export type Draft = Omit<Operation, 'name'>

/** Why an operation is left out; counted for each. */
export type DropReason =
  | 'other_edition'
  | 'deprecated'
  | 'other_method'
  | 'unnamed'
  | 'no_description'
  | 'no_input'
  | 'twin'
  | 'provider_cap'

export interface DocumentReading {
  provider: string
  service: string
  /** Documents of one provider that differ in nothing but this are editions of one API. */
  edition: Edition
  operations: Draft[]
}

export interface Edition {
  /** The same for all editions of one API. */
  family: string
  document: string
  preferred: boolean
  version: string
}

export interface DocumentReport {
  problem(problem: DocumentProblem): void
  drop(reason: DropReason, count?: number): void
}

const methods = ['get', 'put', 'post', 'patch', 'delete'] as const
const otherMethods = ['head', 'options', 'trace'] as const
const descriptionLimits = { sentencesMax: 3, charactersMax: 400 }
const parameterLimits = { sentencesMax: 2, charactersMax: 240 }
const parametersMax = 150

/** @returns undefined (and a problem) where the text is no OpenAPI 3.x document */
export function readDocument(name: string, text: string, report: DocumentReport): DocumentReading | undefined {
  const invalid = (message: string): undefined => {
    report.problem({ document: name, place: '', code: 'DOCUMENT_INVALID', message })
  }
  let root: unknown
  try {
    root = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch (cause) {
    return invalid(`Not JSON: ${cause instanceof Error ? cause.message.slice(0, 200) : 'unreadable'}.`)
  }
  if (!isObject(root)) return invalid('Not an OpenAPI document: its top level is no object.')
  if (typeof root.openapi !== 'string' || !/^3\.\d/.test(root.openapi)) {
    const found =
      root.swagger !== undefined
        ? `Swagger ${String(root.swagger)}`
        : `openapi ${JSON.stringify(root.openapi) ?? 'missing'}`
    return invalid(`Not an OpenAPI 3.x document (${found.slice(0, 60)}).`)
  }
  if (root.paths !== undefined && !isObject(root.paths)) return invalid('Its paths are no object.')
  const info = isObject(root.info) ? root.info : {}
  const identity = identify(name, root, info)
  const references = createReferences(root, name, report.problem)
  const reader: Reader = { ...identity, name, references, report, responses: new Map(), licence: licenceOf(info) }
  const operations: Draft[] = []
  for (const [path, item] of Object.entries(root.paths ?? {})) {
    if (path.startsWith('x-') || path.length > 500) continue
    readPathItem(reader, path, item, operations)
  }
  return { ...identity, operations }
}

interface Reader {
  provider: string
  service: string
  name: string
  references: References
  report: DocumentReport
  /** Shapes of responses by their schema: the list and the get of one thing share theirs. */
  responses: Map<unknown, Shape>
  licence: string | undefined
}

function readPathItem(reader: Reader, path: string, given: unknown, into: Draft[]): void {
  const resolved = reader.references.resolve(given, `/paths${pointerStep(path)}`)
  if (resolved === undefined) return
  const { value: item, place } = resolved
  for (const method of otherMethods) if (isObject(item[method])) reader.report.drop('other_method')
  for (const method of methods) {
    const operation = item[method]
    if (!isObject(operation)) continue
    const draft = readOperation(reader, { path, method, item, operation, place })
    if (draft !== undefined) into.push(draft)
  }
}

interface Found {
  path: string
  method: Method
  item: Value
  operation: Value
  place: string
}

function readOperation(reader: Reader, found: Found): Draft | undefined {
  const { path, method, item, operation } = found
  const { provider, service, report } = reader
  const place = `${found.place}/${method}`
  if (operation.deprecated === true) {
    report.drop('deprecated')
    return undefined
  }
  const operationId = typeof operation.operationId === 'string' ? operation.operationId.slice(0, 200) : undefined
  if (!isNameable({ path, operationId })) {
    report.drop('unnamed')
    const message = `${method.toUpperCase()} ${path} has neither an operationId nor a word in its path.`
    report.problem({ document: reader.name, place, code: 'OPERATION_UNNAMED', message })
    return undefined
  }
  const summary = plainText(operation.summary ?? item.summary, { sentencesMax: 1, charactersMax: 160 })
  const description =
    plainText(operation.description, descriptionLimits) || summary || plainText(item.description, descriptionLimits)
  if (description === '') {
    report.drop('no_description')
    return undefined
  }
  const named = service === provider ? provider : `${provider}:${service}`
  const draft: Draft = {
    key: `${named} ${method.toUpperCase()} ${path}`,
    provider,
    service,
    method,
    path,
    description: asSentence(description),
    tags: tagsOf(operation.tags),
    parameters: readParameters(reader, found, place),
  }
  if (operationId !== undefined) draft.operationId = operationId
  if (summary !== '') draft.summary = summary
  if (reader.licence !== undefined) draft.licence = reader.licence
  const response = readResponse(reader, operation.responses, `${place}/responses`)
  if (response !== undefined) draft.response = response
  return draft
}

function tagsOf(tags: unknown): string[] {
  if (!Array.isArray(tags)) return []
  return tags
    .filter((tag) => typeof tag === 'string' && tag !== '')
    .map((tag: string) => tag.slice(0, 80))
    .slice(0, 5)
}

function readParameters(reader: Reader, { path, method, item, operation, place }: Found, at: string): Parameter[] {
  const { references } = reader
  const found = new Map<string, Parameter>()
  // An operation's own come last and take the place of the path's.
  for (const [list, within] of [
    [item.parameters, `${place}/parameters`],
    [operation.parameters, `${at}/parameters`],
  ] as const) {
    if (!Array.isArray(list)) continue
    for (const [index, given] of list.entries()) {
      const resolved = references.resolve(given, `${within}/${index}`)
      if (resolved === undefined) continue
      const parameter = readParameter(references, resolved.value, resolved.place)
      if (parameter !== undefined) found.set(`${parameter.in} ${parameter.name}`, parameter)
    }
  }
  const parameters = [...found.values()].sort((a, b) => (a.in === b.in ? 0 : a.in === 'path' ? -1 : 1))
  if ((method !== 'get' && method !== 'delete') || parameters.length === 0) {
    parameters.push(...readBody(references, operation.requestBody, `${at}/requestBody`, path))
  }
  const names = new Set<string>()
  return parameters.filter(({ name }) => !names.has(name) && names.add(name) !== undefined).slice(0, parametersMax)
}

function readParameter(references: References, value: Value, place: string): Parameter | undefined {
  const { name } = value
  if (typeof name !== 'string' || !isUsableName(name)) return undefined
  if (value.in !== 'path' && value.in !== 'query') return undefined
  if (value.in === 'query' && isTransport(name)) return undefined
  const content = isObject(value.content) ? mediaOf(value.content, `${place}/content`) : undefined
  const shape = buildShape(references, content ?? { schema: value.schema, place: `${place}/schema` })
  if (shape.example === undefined && isPlainExample(value.example)) shape.example = value.example
  const parameter: Parameter = { name, in: value.in, required: value.in === 'path' || value.required === true, shape }
  const description = plainText(value.description, parameterLimits) || shape.description
  if (description !== undefined && description !== '') parameter.description = description
  delete shape.description
  return parameter
}

function isPlainExample(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= 100)
}

function readBody(references: References, given: unknown, place: string, path: string): Parameter[] {
  if (!isObject(given)) return []
  const body = references.resolve(given, place)
  if (body === undefined || !isObject(body.value.content)) return []
  const media = mediaOf(body.value.content, `${body.place}/content`)
  if (media === undefined || media.schema === undefined) return []
  const shape = buildShape(references, media)
  const needed = body.value.required === true
  if (shape.properties === undefined) {
    if (shape.type === 'unknown' || shape.type === 'object') return []
    const noun = splitWords(path.split('/').findLast((part) => /^[A-Za-z]/.test(part)) ?? '')
    const name = shape.type === 'array' ? noun.join('_') || 'items' : noun.map(singular).join('_') || 'value'
    return [{ name, in: 'body', required: needed, shape }]
  }
  return Object.entries(shape.properties)
    .filter(([, property]) => property.readOnly !== true)
    .map(([name, property]) => {
      const { description, ...rest } = property
      const parameter: Parameter = { name, in: 'body', required: shape.required?.includes(name) ?? false, shape: rest }
      if (description !== undefined) parameter.description = description
      return parameter
    })
}

/** JSON first, then forms, then whatever else has a schema. */
function mediaOf(content: Value, place: string): Placed | undefined {
  const rank = (type: string): number => {
    if (/^application\/json\b/.test(type)) return 0
    if (/[+/]json\b/.test(type)) return 1
    if (/x-www-form-urlencoded/.test(type)) return 2
    if (/multipart\/form-data/.test(type)) return 3
    return type === '*/*' ? 4 : 5
  }
  let best: { type: string; media: Value } | undefined
  for (const [type, media] of Object.entries(content)) {
    if (isObject(media) && isObject(media.schema) && (best === undefined || rank(type) < rank(best.type)))
      best = { type, media }
  }
  return best === undefined
    ? undefined
    : { schema: best.media.schema, place: `${place}${pointerStep(best.type)}/schema` }
}

function readResponse(reader: Reader, responses: unknown, place: string): Shape | undefined {
  if (!isObject(responses)) return undefined
  const codes = Object.keys(responses)
    .filter((code) => /^2(\d\d|XX)$/i.test(code))
    .sort()
  if (codes.length === 0 && Object.hasOwn(responses, 'default')) codes.push('default')
  for (const code of codes) {
    const response = reader.references.resolve(responses[code], `${place}/${code}`)
    if (response === undefined || !isObject(response.value.content)) continue
    const media = mediaOf(response.value.content, `${response.place}/content`)
    if (media === undefined) continue
    const target = reader.references.resolve(media.schema, media.place)
    if (target === undefined) continue
    const known = reader.responses.get(target.value)
    if (known !== undefined) return known
    const shape = buildShape(reader.references, media)
    delete shape.description
    if (shape.type === 'unknown') continue
    reader.responses.set(target.value, shape)
    return shape
  }
  return undefined
}

function licenceOf(info: Value): string | undefined {
  const licence = isObject(info.license) ? info.license : undefined
  const named = licence?.name ?? licence?.identifier ?? licence?.url
  return typeof named === 'string' && named !== '' ? named.slice(0, 120) : undefined
}

/** Whose API it is: as the directory says, else by the host it is served from, else by its title or file name. */
function identify(name: string, root: Value, info: Value): { provider: string; service: string; edition: Edition } {
  const title = typeof info.title === 'string' ? slug(info.title) : ''
  const file = slug(name.replace(/^.*\//, '').replace(/\.[a-z]+$/i, ''))
  const version = typeof info.version === 'string' ? info.version.slice(0, 60) : ''
  const listed = typeof info['x-providerName'] === 'string' ? host(info['x-providerName']) : ''
  const provider = listed || hostOf(root.servers) || title || file || 'api'
  const own =
    typeof info['x-serviceName'] === 'string' ? info['x-serviceName'].replace(/[^\w.-]+/g, '-').slice(0, 80) : ''
  const service = own || (listed === '' ? title : '') || provider
  const family = `${provider}:${service.replace(/([-_.])v?\d+(\.\d+)*((alpha|beta|rc)\d*)?$/i, '')}`
  return { provider, service, edition: { family, document: name, preferred: info['x-preferred'] === true, version } }
}

function slug(text: string): string {
  return splitWords(text).join('-').slice(0, 60)
}

function host(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '')
    .slice(0, 80)
}

function hostOf(servers: unknown): string {
  for (const server of Array.isArray(servers) ? servers.slice(0, 5) : []) {
    const url = isObject(server) && typeof server.url === 'string' ? server.url : ''
    const found = /^(?:https?:)?\/\/([a-z0-9.-]+\.[a-z]{2,})(?=[:/]|$)/i.exec(url)?.[1]
    if (found !== undefined && !/(^|\.)(example|localhost|local|test)(\.|$)/i.test(found)) {
      return host(found).replace(/^(api|www)\./, '')
    }
  }
  return ''
}
