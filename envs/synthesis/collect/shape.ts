/**
 * Shapes out of JSON Schemas: resolved, merged, bounded.
 *
 * Widest first, so that a schema too large to keep whole loses its depths and not its last properties. `allOf` is
 * merged; of `oneOf` and `anyOf` the first branch that says most is taken; a schema inside itself is cut there.
 * Sources: JSON Schema 2020-12, OpenAPI 3.0 (its `nullable`) and 3.1 (lists of types, `const`).
 */

import type { Shape } from '../operation.ts'
import { isObject, pointerStep, type References, type Value } from './reference.ts'
import { plainText } from './text.ts'

export interface ShapeLimits {
  /** How many objects lie inside each other. */
  depthMax: number
  /** How many shapes one schema may become. */
  nodesMax: number
}

export const shapeLimits: ShapeLimits = { depthMax: 5, nodesMax: 140 }

const enumValuesMax = 60
const combinationsMax = 40
const descriptionLimits = { sentencesMax: 1, charactersMax: 140 }

/** Where a schema stands: it can be looked at without having been resolved. */
export interface Placed {
  schema: unknown
  place: string
}

interface Ancestors {
  schemas: Value[]
  up: Ancestors | undefined
}

interface Pending extends Placed {
  shape: Shape
  depth: number
  ancestors: Ancestors | undefined
}

/** What a schema says once its references and combinations are followed, one level deep. */
interface Flat {
  types: Set<string>
  format?: string
  enum?: unknown[]
  description?: string
  example?: unknown
  component?: string
  properties: Map<string, Placed>
  required: Set<string>
  items?: Placed
  readOnly: boolean
  schemas: Value[]
}

/** A name that an object of JavaScript has anyway is no property's: looking it up would find the wrong thing. */
export function isUsableName(name: string): boolean {
  return name !== '' && name.length <= 200 && !(name in Object.prototype)
}

/** The shape of a schema; `{ type: 'unknown' }` where it says nothing or its reference is broken. */
export function buildShape(references: References, start: Placed, limits: ShapeLimits = shapeLimits): Shape {
  const root: Shape = { type: 'unknown' }
  const queue: Pending[] = [{ ...start, shape: root, depth: 0, ancestors: undefined }]
  let nodes = 1
  for (let next = 0; next < queue.length; next++) {
    const { schema, place, shape, depth, ancestors } = queue[next] as Pending
    const flat = flatten(references, { schema, place })
    describe(shape, flat)
    if (depth >= limits.depthMax || isInside(flat.schemas, ancestors)) continue
    const within: Ancestors = { schemas: flat.schemas, up: ancestors }
    if (shape.type === 'array' && flat.items !== undefined && nodes < limits.nodesMax) {
      nodes += 1
      shape.items = { type: 'unknown' }
      queue.push({ ...flat.items, shape: shape.items, depth, ancestors: within })
    }
    if (shape.type !== 'object' || flat.properties.size === 0) continue
    const properties: Record<string, Shape> = {}
    for (const [name, placed] of flat.properties) {
      if (nodes >= limits.nodesMax) break
      nodes += 1
      const inner: Shape = { type: 'unknown' }
      properties[name] = inner
      queue.push({ ...placed, shape: inner, depth: depth + 1, ancestors: within })
    }
    shape.properties = properties
    const required = [...flat.required].filter((name) => Object.hasOwn(properties, name))
    if (required.length > 0) shape.required = required
  }
  return root
}

function isInside(schemas: Value[], ancestors: Ancestors | undefined): boolean {
  for (let level = ancestors; level !== undefined; level = level.up) {
    for (const schema of schemas) if (level.schemas.includes(schema)) return true
  }
  return false
}

function describe(shape: Shape, flat: Flat): void {
  shape.type = typeOf(flat)
  if (flat.format !== undefined) shape.format = flat.format
  const values = (flat.enum ?? []).filter((value) => typeof value === 'string' || typeof value === 'number')
  if (values.length > 0 && shape.type !== 'object' && shape.type !== 'array') {
    shape.enum = [...new Set(values)].slice(0, enumValuesMax)
    if (shape.type === 'unknown') shape.type = typeof values[0] === 'string' ? 'string' : 'number'
  }
  const description = plainText(flat.description, descriptionLimits)
  if (description !== '') shape.description = description
  const example = flat.example
  if (typeof example === 'number' || typeof example === 'boolean') shape.example = example
  if (typeof example === 'string' && example.length <= 100) shape.example = example
  if (flat.component !== undefined) shape.component = flat.component
  if (flat.readOnly) shape.readOnly = true
}

function typeOf(flat: Flat): Shape['type'] {
  if (flat.properties.size > 0) return 'object'
  if (flat.items !== undefined) return 'array'
  for (const type of ['object', 'array', 'string', 'number', 'integer', 'boolean'] as const) {
    if (flat.types.has(type)) return type
  }
  return 'unknown'
}

function flatten(references: References, start: Placed): Flat {
  const flat: Flat = { types: new Set(), properties: new Map(), required: new Set(), readOnly: false, schemas: [] }
  absorb(references, start, flat, 0)
  return flat
}

/** @param level how deep combinations lie in each other; beyond its bound they say nothing more */
function absorb(references: References, { schema, place }: Placed, flat: Flat, level: number): void {
  if (level > combinationsMax) return
  const resolved = references.resolve(schema, place)
  if (resolved === undefined) return
  const { value, place: at, component } = resolved
  if (flat.schemas.includes(value)) return
  flat.schemas.push(value)
  if (component !== undefined && flat.component === undefined && component.length <= 120) flat.component = component
  for (const type of Array.isArray(value.type) ? value.type : [value.type]) {
    if (typeof type === 'string' && type !== 'null') flat.types.add(type)
  }
  flat.description ??= resolved.description ?? textOf(value.description) ?? textOf(value.title)
  if (typeof value.format === 'string' && value.format.length <= 40) flat.format ??= value.format
  if (Array.isArray(value.enum)) flat.enum ??= value.enum
  else if (value.const !== undefined) flat.enum ??= [value.const]
  flat.example ??= value.example ?? (Array.isArray(value.examples) ? value.examples[0] : undefined) ?? value.default
  if (value.readOnly === true) flat.readOnly = true
  if (isObject(value.properties)) {
    const within = `${at}/properties`
    for (const name of Object.keys(value.properties)) {
      if (!isUsableName(name) || flat.properties.has(name)) continue
      flat.properties.set(name, { schema: value.properties[name], place: within + pointerStep(name) })
    }
  }
  if (Array.isArray(value.required)) {
    for (const name of value.required) if (typeof name === 'string') flat.required.add(name)
  }
  if (isObject(value.items)) flat.items ??= { schema: value.items, place: `${at}/items` }
  if (Array.isArray(value.allOf)) {
    for (const [index, part] of value.allOf.entries()) {
      absorb(references, { schema: part, place: `${at}/allOf/${index}` }, flat, level + 1)
    }
  }
  for (const keyword of ['oneOf', 'anyOf'] as const) {
    const branches = value[keyword]
    if (!Array.isArray(branches)) continue
    const branch = fullestBranch(references, branches, `${at}/${keyword}`, flat)
    if (branch !== undefined) absorb(references, branch, flat, level + 1)
  }
}

/** The first branch with properties, else the first list, else the first that has a type. */
function fullestBranch(references: References, branches: unknown[], place: string, flat: Flat): Placed | undefined {
  const placed = branches.slice(0, 12).map((schema, index) => ({ schema, place: `${place}/${index}` }))
  let scalar: Placed | undefined
  let list: Placed | undefined
  for (const branch of placed) {
    const value = references.resolve(branch.schema, branch.place)?.value
    if (value === undefined || flat.schemas.includes(value)) continue
    if (isObject(value.properties) || Array.isArray(value.allOf) || Array.isArray(value.oneOf)) return branch
    if (value.type === 'array') list ??= branch
    else if (value.type !== 'null') scalar ??= branch
  }
  return list ?? scalar
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
