/**
 * OpenAPI 3.0 and 3.1, and 2.0, which was called Swagger: operations by path and method.
 *
 * They differ in where the schema of a parameter, a body and an answer stands, and in little else; `bodyOf`, `schemaOf`
 * and `answerOf` are all that knows of it.
 * Sources: OpenAPI 2.0, 3.0.3 and 3.1.0.
 */

import type { Method, Parameter, Shape } from '../../operation.ts'
import { methods } from '../../operation.ts'
import type { DocumentReading, Draft, Found, Identity, Source } from '../draft.ts'
import { slug, slugOfFile, toDraft } from '../draft.ts'
import { isObject, pointerStep, type References, type Value } from '../reference.ts'
import { buildShape, isUsableName, type Placed } from '../shape.ts'
import { plainText } from '../text.ts'
import { isTransport } from '../transport.ts'
import { singular, splitWords } from '../words.ts'

const otherMethods = ['head', 'options', 'trace'] as const
const parameterLimits = { sentencesMax: 2, charactersMax: 240 }
const pathCharactersMax = 500

/** @returns undefined (and a problem) where the document has no paths to read */
export function readOpenApi(source: Source): DocumentReading | undefined {
  const { root, name, report } = source
  if (root.paths !== undefined && root.paths !== null && !isObject(root.paths)) {
    report.problem({ document: name, place: '/paths', code: 'DOCUMENT_INVALID', message: 'Its paths are no object.' })
    return undefined
  }
  const identity = identify(source)
  const operations: Draft[] = []
  const reader: Reader = {
    source,
    identity,
    parameters: new Map(),
    bodies: new Map(),
    responses: new Map(),
    ids: new Map(),
  }
  for (const [path, item] of Object.entries(root.paths ?? {})) {
    if (path.startsWith('x-') || path.length > pathCharactersMax) continue
    readPathItem(reader, path, item, operations)
  }
  const { provider, service, edition } = identity
  return { provider, service, edition, operations }
}

interface Reader {
  source: Source
  identity: Identity
  // What was read of the parts that operations share, by the part: shared again, it is held once.
  parameters: Map<Value, Parameter | undefined>
  bodies: Map<unknown, Shape>
  responses: Map<unknown, Shape>
  /** operationId → where it stands. */
  ids: Map<string, string>
}

function readPathItem(reader: Reader, path: string, given: unknown, into: Draft[]): void {
  const { source, identity, ids } = reader
  const resolved = source.references.resolve(given, `/paths${pointerStep(path)}`)
  if (resolved === undefined) return
  const { value: item } = resolved
  for (const method of otherMethods) if (isObject(item[method])) source.report.drop('other_method')
  for (const method of methods) {
    const operation = item[method]
    if (!isObject(operation)) continue
    const at: At = { path, method, item, operation, within: resolved.place, place: `${resolved.place}/${method}` }
    const found: Found = {
      place: at.place,
      method,
      path,
      deprecated: operation.deprecated === true,
      summary: operation.summary ?? item.summary,
      descriptions: [operation.description, item.description],
      tags: operation.tags,
      parameters: () => readParameters(reader, at),
      response: () => readResponse(reader, operation.responses, `${at.place}/responses`),
    }
    if (typeof operation.operationId === 'string') {
      found.operationId = operation.operationId
      const other = ids.get(operation.operationId)
      if (other === undefined) ids.set(operation.operationId, at.place)
      else
        source.report.problem({
          document: source.name,
          place: at.place,
          code: 'OPERATION_REPEATED',
          message: `The operationId ${JSON.stringify(operation.operationId.slice(0, 100))} is that of ${other} as well; each gets a name of its own.`,
        })
    }
    const draft = toDraft(source, identity, found)
    if (draft !== undefined) into.push(draft)
  }
}

/** Where an operation stands. */
interface At {
  path: string
  method: Method
  item: Value
  operation: Value
  /** Place of the path item, and of the operation. */
  within: string
  place: string
}

function readParameters(reader: Reader, at: At): Parameter[] {
  const { references } = reader.source
  const { path, method, item, operation } = at
  const found = new Map<string, Parameter>()
  const form = new Map<string, Parameter>()
  let body: Body | undefined
  // An operation's own come last and take the place of the path's.
  for (const [list, place] of [
    [item.parameters, `${at.within}/parameters`],
    [operation.parameters, `${at.place}/parameters`],
  ] as const) {
    if (!Array.isArray(list)) continue
    for (const [index, given] of list.entries()) {
      const resolved = references.resolve(given, `${place}/${index}`)
      if (resolved === undefined) continue
      const { value } = resolved
      if (value.in === 'body') {
        body = { media: { schema: value.schema, place: `${resolved.place}/schema` }, required: value.required === true }
        continue
      }
      let parameter = reader.parameters.get(value)
      if (parameter === undefined && !reader.parameters.has(value)) {
        parameter = readParameter(reader.source, value, resolved.place)
        reader.parameters.set(value, parameter)
      }
      if (parameter === undefined) continue
      if (parameter.in === 'body') form.set(parameter.name, parameter)
      else found.set(`${parameter.in} ${parameter.name}`, parameter)
    }
  }
  const parameters = [...found.values()].sort((a, b) => (a.in === b.in ? 0 : a.in === 'path' ? -1 : 1))
  if ((method !== 'get' && method !== 'delete') || parameters.length === 0) {
    body ??= bodyOf(references, operation.requestBody, `${at.place}/requestBody`)
    parameters.push(...form.values(), ...(body === undefined ? [] : readBody(reader, body, path)))
  }
  return parameters
}

/** What is left out is transport: headers, cookies, keys. */
function readParameter({ references, format }: Source, value: Value, place: string): Parameter | undefined {
  const { name } = value
  if (typeof name !== 'string' || !isUsableName(name)) return undefined
  const isForm = value.in === 'formData' && format === 'swagger-2.0'
  if (value.in !== 'path' && value.in !== 'query' && !isForm) return undefined
  if (value.in !== 'path' && isTransport(name)) return undefined
  const shape = buildShape(references, schemaOf(value, place, format))
  if (shape.example === undefined && isPlainExample(value.example)) shape.example = value.example
  const parameter: Parameter = {
    name,
    in: isForm ? 'body' : (value.in as 'path' | 'query'),
    required: value.in === 'path' || value.required === true,
    shape,
  }
  const description = plainText(value.description, parameterLimits) || shape.description
  if (description !== undefined && description !== '') parameter.description = description
  delete shape.description
  return parameter
}

/** A parameter of 2.0 is its own schema. */
function schemaOf(value: Value, place: string, format: Source['format']): Placed {
  if (format === 'swagger-2.0') return { schema: value, place }
  const content = isObject(value.content) ? mediaOf(value.content, `${place}/content`) : undefined
  return content ?? { schema: value.schema, place: `${place}/schema` }
}

function isPlainExample(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= 100)
}

interface Body {
  media: Placed
  required: boolean
}

function bodyOf(references: References, given: unknown, place: string): Body | undefined {
  if (!isObject(given)) return undefined
  const body = references.resolve(given, place)
  if (body === undefined || !isObject(body.value.content)) return undefined
  const media = mediaOf(body.value.content, `${body.place}/content`)
  return media && { media, required: body.value.required === true }
}

function readBody({ source, bodies }: Reader, { media, required }: Body, path: string): Parameter[] {
  if (media.schema === undefined) return []
  const target = source.references.resolve(media.schema, media.place)?.value
  let shape = target && bodies.get(target)
  if (shape === undefined) {
    shape = buildShape(source.references, media)
    if (target !== undefined) bodies.set(target, shape)
  }
  if (shape.properties === undefined) {
    if (shape.type === 'unknown' || shape.type === 'object') return []
    const noun = splitWords(path.split('/').findLast((part) => /^[A-Za-z]/.test(part)) ?? '')
    const name = shape.type === 'array' ? noun.join('_') || 'items' : noun.map(singular).join('_') || 'value'
    return [{ name, in: 'body', required, shape }]
  }
  return propertiesAsParameters(shape, 'body')
}

/** What is asked for at the top level of an object: each property a parameter. */
export function propertiesAsParameters(shape: Shape, where: 'body' | 'argument'): Parameter[] {
  return Object.entries(shape.properties ?? {})
    .filter(([, property]) => property.readOnly !== true)
    .map(([name, property]) => {
      const { description, ...rest } = property
      const parameter: Parameter = { name, in: where, required: shape.required?.includes(name) ?? false, shape: rest }
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

function readResponse({ source, responses: known }: Reader, responses: unknown, place: string): Shape | undefined {
  if (!isObject(responses)) return undefined
  const codes = Object.keys(responses)
    .filter((code) => /^2(\d\d|XX)$/i.test(code))
    .sort()
  if (codes.length === 0 && Object.hasOwn(responses, 'default')) codes.push('default')
  for (const code of codes) {
    const response = source.references.resolve(responses[code], `${place}/${code}`)
    const media = response && answerOf(response.value, response.place, source.format)
    if (media === undefined) continue
    const target = source.references.resolve(media.schema, media.place)
    if (target === undefined) continue
    const same = known.get(target.value)
    if (same !== undefined) return same
    const shape = buildShape(source.references, media)
    delete shape.description
    if (shape.type === 'unknown') continue
    known.set(target.value, shape)
    return shape
  }
  return undefined
}

function answerOf(response: Value, place: string, format: Source['format']): Placed | undefined {
  if (format === 'swagger-2.0')
    return isObject(response.schema) ? { schema: response.schema, place: `${place}/schema` } : undefined
  return isObject(response.content) ? mediaOf(response.content, `${place}/content`) : undefined
}

function licenceOf(info: Value): string | undefined {
  const licence = isObject(info.license) ? info.license : undefined
  const named = licence?.name ?? licence?.identifier ?? licence?.url
  return typeof named === 'string' && named !== '' ? named.slice(0, 120) : undefined
}

/** Whose API it is: as the directory says, else by the host it is served from, else by its title or file name. */
function identify({ name, root }: Source): Identity {
  const info = isObject(root.info) ? root.info : {}
  const title = typeof info.title === 'string' ? slug(info.title) : ''
  const { version: said } = info
  const version = typeof said === 'string' || typeof said === 'number' ? String(said).slice(0, 60) : ''
  const listed = typeof info['x-providerName'] === 'string' ? host(info['x-providerName']) : ''
  const provider = listed || hostOf(root) || title || slugOfFile(name) || 'api'
  const own =
    typeof info['x-serviceName'] === 'string' ? info['x-serviceName'].replace(/[^\w.-]+/g, '-').slice(0, 80) : ''
  const service = own || (listed === '' ? title : '') || provider
  const licence = licenceOf(info)
  return {
    provider,
    service,
    ...(licence !== undefined && { licence }),
    edition: {
      family: `${provider}:${service.replace(/([-_.])v?\d+(\.\d+)*((alpha|beta|rc)\d*)?$/i, '')}`,
      document: name,
      preferred: info['x-preferred'] === true,
      version,
    },
  }
}

function host(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '')
    .slice(0, 80)
}

function hostOf({ servers, host: plain }: Value): string {
  const urls = (Array.isArray(servers) ? servers.slice(0, 5) : []).map((server) =>
    isObject(server) && typeof server.url === 'string' ? server.url : '',
  )
  if (typeof plain === 'string') urls.push(`//${plain}`)
  for (const url of urls) {
    const found = /^(?:https?:)?\/\/([a-z0-9.-]+\.[a-z]{2,})(?=[:/]|$)/i.exec(url)?.[1]
    if (found !== undefined && !/(^|\.)(example|localhost|local|test)(\.|$)/i.test(found)) {
      return host(found).replace(/^(api|www)\./, '')
    }
  }
  return ''
}
