/**
 * The fields of an operation's inputs and answer, out of their envelopes: `{data: {attributes: {…}}}`, pages of items,
 * `{order: {…}}`, sums of money and addresses as objects. What is left are scalars, each a candidate for a column.
 */

import type { RestOperation as Operation, Shape } from '../operation.ts'
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

/** What carries calls and pages and is no property of anything. */
const transport = new Set(
  (
    'page per_page page_size pagesize limit offset cursor skip start_index startindex count max_results maxresults size top ' +
    'first last before after page_token pagetoken next_page_token page_number marker next_token rows max_items ' +
    'starting_after ending_before since until order_by orderby sort sort_by sortby sort_order sort_dir sort_direction ' +
    'direction order_direction fields field expand expansion include includes exclude select filter filters where embed ' +
    'include_deleted include_totals with api_key apikey key access_token accesstoken token auth auth_token authorization ' +
    'client_id client_secret api_version apiversion version_id v callback format pretty pretty_print prettyprint alt ' +
    'user_ip quota_user upload_type upload_protocol xgafv opt_pretty opt_fields signature timestamp nonce request_id ' +
    'idempotency_key dry_run dryrun validate_only force async sync debug verbose headers header links link href self meta ' +
    'metadata etag kind object success ok error errors message_id has_more total total_count next previous prev url ' +
    'response_metadata warnings warning code_challenge redirect_uri grant_type on_behalf_of supports_all_drives ' +
    'expansions return_fields response_format accept content_type if_match preconditions update_mask read_mask field_mask ' +
    'ids query_string _links _meta _id rev __v html_url events_url node_id'
  ).split(' '),
)

export const isTransport = (name: string): boolean => transport.has(name)

const textQuery = new Set([
  'q',
  'query',
  'search',
  'keyword',
  'keywords',
  'search_term',
  'search_text',
  'term',
  'text',
  'phrase',
  'search_query',
  'name_contains',
  'search_string',
  'like',
  'name_like',
])
export const isTextQuery = (name: string): boolean => textQuery.has(name)

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
  const match = /^(.*)_(id|uuid|guid|sid|gid|key|uid)$/.exec(name)
  return (
    match !== null &&
    (squeezed(match[1] as string) === squeezed(entity) ||
      squeezed(match[1] as string) === squeezed(entity.split('_').at(-1) as string))
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
    const name = snake(parameter.name)
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
    add(name, shape, parameter.required, name, entity, fields, 0)
  }
  return once(fields)
}

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
  const others = names.filter((name) => !candidates.includes(name) && !isTransport(snake(name)))
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
  shape: Shape,
  required: boolean,
  from: string,
  entity: string,
  fields: Field[],
  depth: number,
): void {
  const name = withoutEntity(raw, entity)
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
    fields.push({
      name: isAddress ? inner : `${name}_${inner}`.slice(0, 60),
      shape: property,
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
