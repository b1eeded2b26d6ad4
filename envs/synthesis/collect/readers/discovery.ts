/**
 * Google's discovery documents: methods inside resources inside resources, schemas referred to by their bare names.
 *
 * A path such as `v1/{+name}` says nothing of what is named; `flatPath` does (`v1/projects/{projectsId}/topics/{topicsId}`)
 * and is taken where it is there, its parameters in the place of the one that holds them all.
 * Source: Google API discovery service, "Discovery document" reference (v1).
 */

import type { Method, Parameter, Shape } from '../../operation.ts'
import { methods as known } from '../../operation.ts'
import type { DocumentReading, Draft, Found, Identity, Source } from '../draft.ts'
import { slug, slugOfFile, toDraft } from '../draft.ts'
import { isObject, pointerStep, type Value } from '../reference.ts'
import { buildShape, isUsableName } from '../shape.ts'
import { plainText } from '../text.ts'
import { isTransport } from '../transport.ts'
import { propertiesAsParameters } from './openapi.ts'

const resourceDepthMax = 12
const parameterLimits = { sentencesMax: 2, charactersMax: 240 }

export function readDiscovery(source: Source): DocumentReading {
  const identity = identify(source)
  const operations: Draft[] = []
  const bodies = new Map<Value, Shape>()
  const walk = (within: Value, place: string, tags: readonly string[]): void => {
    if (isObject(within.methods)) {
      for (const [name, method] of Object.entries(within.methods)) {
        if (!isObject(method)) continue
        const found = readMethod(source, bodies, name, method, `${place}/methods${pointerStep(name)}`, tags)
        const draft = found && toDraft(source, identity, found)
        if (draft !== undefined) operations.push(draft)
      }
    }
    if (!isObject(within.resources) || tags.length >= resourceDepthMax) return
    for (const [name, resource] of Object.entries(within.resources)) {
      if (isObject(resource)) walk(resource, `${place}/resources${pointerStep(name)}`, [...tags, name])
    }
  }
  walk(source.root, '', [])
  const { provider, service, edition } = identity
  return { provider, service, edition, operations }
}

function readMethod(
  source: Source,
  bodies: Map<Value, Shape>,
  name: string,
  method: Value,
  place: string,
  tags: readonly string[],
): Found | undefined {
  const verb = (typeof method.httpMethod === 'string' ? method.httpMethod : 'GET').toLowerCase()
  if (!known.includes(verb as Method)) {
    source.report.drop('other_method')
    return undefined
  }
  const path = pathOf(method)
  return {
    place,
    method: verb as Method,
    path,
    operationId: typeof method.id === 'string' ? method.id.replace(/^[^.]*\./, '') : [...tags, name].join('.'),
    deprecated: method.deprecated === true,
    descriptions: [method.description],
    tags: tags.slice(-1),
    parameters: () => readParameters(source, bodies, method, path, place, verb),
    response() {
      const shape = shapeOf(source, bodies, method.response, `${place}/response`)
      if (shape === undefined || shape.type === 'unknown') return undefined
      const { description: _, ...rest } = shape
      return rest
    },
  }
}

function pathOf(method: Value): string {
  const flat = typeof method.flatPath === 'string' ? method.flatPath : method.path
  const path = (typeof flat === 'string' ? flat : '').slice(0, 500).replace(/\{\+/g, '{')
  return path.startsWith('/') ? path : `/${path}`
}

function readParameters(
  source: Source,
  bodies: Map<Value, Shape>,
  method: Value,
  path: string,
  place: string,
  verb: string,
): Parameter[] {
  const inPath = new Set([...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] as string))
  const parameters: Parameter[] = []
  for (const [name, given] of Object.entries(isObject(method.parameters) ? method.parameters : {})) {
    const at = `${place}/parameters${pointerStep(name)}`
    const resolved = source.references.resolve(given, at)
    if (resolved === undefined || !isUsableName(name)) continue
    const { value } = resolved
    const isPath = value.location === 'path'
    if (isPath ? !inPath.has(name) : isTransport(name)) continue
    inPath.delete(name)
    const own = buildShape(source.references, { schema: value, place: resolved.place })
    const { description: _, ...shape } = own
    const parameter: Parameter = {
      name,
      in: isPath ? 'path' : 'query',
      required: isPath || value.required === true,
      shape: value.repeated === true ? { type: 'array', items: shape } : shape,
    }
    const description = plainText(value.description, parameterLimits)
    if (description !== '') parameter.description = description
    parameters.push(parameter)
  }
  for (const name of inPath) {
    if (isUsableName(name)) parameters.push({ name, in: 'path', required: true, shape: { type: 'string' } })
  }
  parameters.sort((a, b) => (a.in === b.in ? 0 : a.in === 'path' ? -1 : 1))
  if (verb !== 'get' && verb !== 'delete') {
    const body = shapeOf(source, bodies, method.request, `${place}/request`)
    if (body !== undefined) parameters.push(...propertiesAsParameters(body, 'body'))
  }
  return parameters
}

function shapeOf(source: Source, bodies: Map<Value, Shape>, schema: unknown, place: string): Shape | undefined {
  const target = schema === undefined ? undefined : source.references.resolve(schema, place)?.value
  if (target === undefined) return undefined
  let shape = bodies.get(target)
  if (shape === undefined) {
    shape = buildShape(source.references, { schema, place })
    bodies.set(target, shape)
  }
  return shape
}

function identify({ root, name }: Source): Identity {
  const text = (key: string): string => (typeof root[key] === 'string' ? (root[key] as string) : '')
  const owner = text('ownerDomain')
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '')
  const service = slug(text('name')) || slugOfFile(name) || 'api'
  const provider = owner === '' || owner === 'google.com' ? 'googleapis.com' : owner.slice(0, 80)
  return {
    provider,
    service,
    edition: {
      family: `${provider}:${service}`,
      document: name,
      preferred: root.preferred === true,
      version: text('version').slice(0, 60) || text('revision').slice(0, 60),
    },
  }
}
