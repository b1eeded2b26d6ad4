/**
 * The fields of an operation's inputs and answer, out of their envelopes: `{data: {attributes: {…}}}`, pages of items,
 * `{order: {…}}`, sums of money and addresses as objects. What is left are scalars, each a candidate for a column.
 */

import type { RestOperation as Operation, Shape } from '../operation.ts'
import { enrich } from './evidence.ts'
import { isTransport } from './meaning.ts'
import { plural, singular, snake, squeezed } from './words.ts'

export interface Field {
  /** snake_case, without the entity's own name in front. */
  name: string
  shape: Shape
  required: boolean
  /** Where it was found: a nested one weighs less. */
  nested: boolean
  /** The top-level parameter it came from. */
  from: string
}

/** Wrappers that hold the thing itself. */
const wrappers = new Set(
  (
    'data attributes properties fields result results response payload item items resource object record entity body input ' +
    'content params request value values model spec entry entries list rows records elements docs hits page embedded ' +
    '_embedded collection objects details info'
  ).split(' '),
)

/** Names of a row's own key. */
const keyNames = new Set([
  'id',
  'uuid',
  'guid',
  '_id',
  'gid',
  'uid',
  'sid',
  'oid',
  'identifier',
  'pk',
  'object_id',
  'resource_id',
  'urn',
  'arn',
])

export function isOwnKey(name: string, entity: string): boolean {
  if (keyNames.has(name)) return true
  const match = /^(.*)_(id|uuid|guid|sid|gid|key|uid|arn|identifier)$/.exec(name)
  return (
    match !== null &&
    (squeezed(match[1] as string) === squeezed(entity) ||
      squeezed(match[1] as string) === squeezed(entity.split('_').at(-1) as string))
  )
}

/** The field that picks the row: its own key, or else a required one that is an identifier by its name or description. */
export function keyField(fields: readonly Field[], entity: string): Field | undefined {
  const scalars = fields.filter((field) => field.shape.type !== 'array' && field.shape.type !== 'object')
  return (
    scalars.find((field) => isOwnKey(field.name, entity)) ??
    scalars.find(
      (field) =>
        field.required &&
        !field.nested &&
        field.shape.type !== 'boolean' &&
        (/_(id|ref|reference|uuid|arn|sid|code|token|identifier)$/.test(field.name) ||
          /\b(ids?|identifier|identifies|unique)\b/i.test(field.shape.description ?? '')),
    )
  )
}

/** The noun that an id-like name refers to: `customer_id` → customer; undefined where it isn't one. */
export function referredNoun(name: string): string | undefined {
  const match = /^(.+?)_?(?:_id|_uuid|_guid|_sid|_gid|_uid|_ref_id)$/.exec(name)
  return match === null ? undefined : singular(match[1] as string)
}

/** Inputs beside the path: body fields out of their envelope, and query parameters. */
export function inputFields(operation: Operation, entity: string, where: 'body' | 'query'): Field[] {
  const parameters = operation.parameters.filter((parameter) => parameter.in === where)
  const fields: Field[] = []
  const objects = parameters.filter(
    (parameter) => parameter.shape.type === 'object' || parameter.shape.type === 'array',
  )
  const sole = parameters.length - objects.length <= 1 && objects.length === 1
  for (const parameter of parameters) {
    const given = snake(parameter.name)
    const name = where === 'query' ? compared(given) : given
    if (name === '') continue
    const shape =
      parameter.description === undefined ? parameter.shape : { ...parameter.shape, description: parameter.description }
    if (isWrapper(name, entity) || (sole && parameter === objects[0])) {
      const inner = unwrap(parameter.shape, entity)
      if (inner.properties !== undefined) {
        collect(inner, entity, name, fields, 1)
        continue
      }
    }
    if (where === 'query' && shape.type === 'array') {
      // `status=open,closed`: one of the values can be asked for.
      const of = shape.items ?? { type: 'string' as const }
      if (of.type === 'object' || of.type === 'array') continue
      add(singular(name), { ...of, description: shape.description }, false, name, entity, fields, 0)
      continue
    }
    add(name, shape, parameter.required, name, entity, fields, 0)
  }
  // What the document says is only read is never sent, and the name of the call itself is no choice.
  return once(fields).filter(
    ({ name, shape, required }) =>
      (where !== 'body' || shape.readOnly !== true) && !(required && shape.enum?.length === 1 && callNames.has(name)),
  )
}

/** Of a call that names itself by a parameter: `?Action=CreateTemplate&Version=2010-12-01`. */
const callNames = new Set(['action', 'version', 'operation', 'method'])

/** `filter_name_eq`, `filter[status]`: what it compares with. */
const compared = (name: string): string =>
  name.replace(/^filters?_(?=[a-z])/, '').replace(/(?<=[a-z])_(eq|equals|exact|iexact|contains|icontains)$/, '')

/** The fields of one row of what the operation answers with. */
export function outputFields(operation: Operation, entity: string): { fields: Field[]; many: boolean } {
  if (operation.response === undefined) return { fields: [], many: false }
  let many = false
  let shape = operation.response
  for (let depth = 0; depth < 4; depth++) {
    if (shape.type === 'array') {
      many = true
      if (shape.items === undefined) break
      shape = shape.items
      continue
    }
    const next = envelope(shape, entity)
    if (next === undefined) break
    shape = next
  }
  const fields: Field[] = []
  collect(shape, entity, '', fields, 0)
  return { fields: once(fields), many }
}

/** Lists of objects inside of one row: what they are called, and the scalars of their items. */
export function nestedLists(operation: Operation, entity: string): { name: string; fields: Field[] }[] {
  let shape = operation.response
  for (let depth = 0; shape !== undefined && depth < 4; depth++) {
    const next = shape.type === 'array' ? shape.items : envelope(shape, entity)
    if (next === undefined) break
    shape = next
  }
  const lists: { name: string; fields: Field[] }[] = []
  for (const [raw, property] of Object.entries(shape?.properties ?? {})) {
    const name = snake(raw)
    const item = property.type === 'array' ? property.items : undefined
    if (name === '' || item?.properties === undefined || wrappers.has(name)) continue
    const fields: Field[] = []
    collect(item, singular(name), '', fields, 0)
    lists.push({ name, fields: once(fields) })
  }
  return lists
}

function isWrapper(name: string, entity: string): boolean {
  const flat = squeezed(name)
  return wrappers.has(name) || flat === squeezed(entity) || flat === squeezed(entity.split('_').at(-1) as string)
}

function unwrap(shape: Shape, entity: string): Shape {
  let inner = shape
  for (let depth = 0; depth < 3; depth++) {
    if (inner.type === 'array' && inner.items !== undefined) inner = inner.items
    const next = envelope(inner, entity)
    if (next === undefined) break
    inner = next
  }
  return inner
}

/** The property that holds the thing, where the object is only an envelope around it. */
function envelope(shape: Shape, entity: string): Shape | undefined {
  const properties = shape.properties
  if (properties === undefined) return undefined
  const names = Object.keys(properties)
  const holds = (name: string) => {
    const property = properties[name] as Shape
    return property.type === 'object'
      ? property.properties !== undefined
      : property.type === 'array' && property.items?.properties !== undefined
  }
  const candidates = names.filter(holds)
  const own = candidates.find((name) => {
    const flat = squeezed(snake(name))
    return (
      flat === squeezed(entity) ||
      snake(name) === plural(entity) ||
      flat === squeezed(entity.split('_').at(-1) as string)
    )
  })
  const others = names.filter((name) => !candidates.includes(name) && !isTransport(snake(name), 'output'))
  if (own !== undefined && (others.length <= 3 || properties[own]?.type === 'array')) return properties[own]
  const wrapped = candidates.find((name) => wrappers.has(snake(name)))
  if (wrapped !== undefined && others.length <= 3) return properties[wrapped]
  if (candidates.length === 1 && others.length === 0) return properties[candidates[0] as string]
  return undefined
}

function collect(shape: Shape, entity: string, from: string, fields: Field[], depth: number): void {
  const required = new Set(shape.required ?? [])
  for (const [raw, property] of Object.entries(shape.properties ?? {})) {
    const name = snake(raw)
    if (name === '') continue
    add(name, property, required.has(raw), from === '' ? name : from, entity, fields, depth)
  }
}

function add(
  raw: string,
  given: Shape,
  required: boolean,
  from: string,
  entity: string,
  fields: Field[],
  depth: number,
): void {
  const name = withoutEntity(raw, entity)
  const shape = given.type === 'object' ? given : enrich(name, given)
  const nested = depth > 1
  if (shape.type !== 'object') {
    fields.push({ name, shape, required, nested, from })
    return
  }
  const properties = shape.properties
  if (properties === undefined || depth > 2) return
  const names = Object.keys(properties).map(snake)
  if (['attributes', 'properties', 'fields'].includes(raw)) {
    collect(shape, entity, from, fields, depth + 1)
    return
  }
  const value = Object.keys(properties).find((key) => ['amount', 'value', 'cents'].includes(snake(key)))
  if (
    value !== undefined &&
    names.length <= 4 &&
    names.some((each) => each.startsWith('currency') || each === 'unit')
  ) {
    fields.push({ name, shape: { type: 'number', description: shape.description }, required, nested, from })
    return
  }
  if (names.includes('id') || names.includes('uuid') || names.includes(`${raw}_id`)) {
    fields.push({
      name: `${name}_id`,
      shape: { type: 'string', description: shape.description },
      required,
      nested,
      from,
    })
    return
  }
  const isAddress = names.includes('city') || names.includes('postal_code') || names.includes('zip')
  for (const [key, property] of Object.entries(properties)) {
    const inner = snake(key)
    if (inner === '' || property.type === 'object' || property.type === 'array') continue
    const full = isAddress ? inner : `${name}_${inner}`.slice(0, 60)
    fields.push({
      name: full,
      shape: enrich(full, property),
      required: false,
      nested: true,
      from,
    })
  }
}

/** `pet_name` in a pet is its name; `pet_id` stays, it is the key. */
function withoutEntity(name: string, entity: string): string {
  const rest = name.startsWith(`${entity}_`) ? name.slice(entity.length + 1) : name
  return rest === '' || /^(id|ids|uuid|key|sid|guid|gid|uid)$/.test(rest) || !/^[a-z]/.test(rest) ? name : rest
}

function once(fields: Field[]): Field[] {
  const seen = new Map<string, Field>()
  for (const field of fields) {
    const known = seen.get(field.name)
    if (known === undefined || (known.nested && !field.nested)) seen.set(field.name, field)
  }
  return [...seen.values()]
}
