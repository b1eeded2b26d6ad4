/**
 * What a name identifies: `customerId`, `customer_uuid` and `CustomerSid` pick a customer, `{repo}` after `/repos` a repository.
 *
 * A name is the thing it picks (`customer`), and by what (`id`). A bare one (`id`, `name`) takes the thing from where it
 * stands: the path segment before it, the object it is a property of. Words that fit anything are no things.
 * Sources: RESTler and RestTestGen (suffixes of identifiers, names qualified by path and parent), Schemathesis.
 */

import { readPath } from '../collect/path.ts'
import { resourceOf } from '../collect/resource.ts'
import { normalWords } from '../collect/words.ts'
import type { Operation, Parameter, Shape } from '../operation.ts'

/** By what a thing is picked. `whole`: the name is the thing's own (`{repo}`). */
export type Suffix = 'id' | 'sid' | 'arn' | 'slug' | 'key' | 'ref' | 'name' | 'code' | 'number' | 'address' | 'whole'

export interface Identifier {
  /** The thing in normal words joined by `_`; empty where the name alone doesn't say. */
  thing: string
  suffix: Suffix
}

const suffixes = new Map<string, Suffix>(
  Object.entries({
    id: 'id',
    sid: 'sid',
    gid: 'id',
    oid: 'id',
    arn: 'arn',
    urn: 'arn',
    slug: 'slug',
    handle: 'slug',
    key: 'key',
    ref: 'ref',
    reference: 'ref',
    name: 'name',
    code: 'code',
    number: 'number',
    address: 'address',
  }),
)

/** These pick by themselves; the others are also plain properties, and identify only where the path says so. */
const strong: ReadonlySet<Suffix> = new Set(['id', 'sid', 'arn', 'slug'])
export const isStrong = (suffix: Suffix): boolean => strong.has(suffix)

const hollow = new Set(['item', 'resource', 'object', 'entity', 'element', 'record', 'row', 'self', 'unique', 'parent'])

/** Who calls, and how: no things of the domain, unless a path picks by them. */
const transport = new Set(
  `client_id request_id correlation_id trace_id session_id api_key access_key key_id client_token on_behalf_of
  mock_response_name x_request_id operation_id idempotency_key subscription_id tenant_id version_id api_version_id
  nonce_id message_id language_code locale_code country_code currency_code time_zone_name user_name_filter`.split(
    /\s+/,
  ),
)

/** Names of path parameters that pick nothing. */
const plain = new Set(
  `version api_version format language locale date year month day from to start end limit offset page type size extension
  currency unit latitude longitude lat lon zoom x y z width height`.split(/\s+/),
)

/** Words that end in "id" and are no identifiers. */
const endsInId =
  /(valid|paid|android|solid|hybrid|covid|liquid|pyramid|orchid)$|^(grid|bid|void|raid|fluid|rapid|avoid|said)$/

/** undefined where the name identifies nothing. */
export function identify(name: string): Identifier | undefined {
  const words = normalWords(name)
  const last = words.at(-1)
  if (last === undefined) return undefined
  const suffix = suffixes.get(last)
  if (suffix !== undefined) return { thing: thingOf(words.slice(0, -1)), suffix }
  // `idBoard`, the other way round.
  if (words[0] === 'id' && words.length > 1) return { thing: thingOf(words.slice(1)), suffix: 'id' }
  // `customerid`, in one.
  const joined = /^([a-z]{3,})(?:id|uuid|guid)$/.exec(last)
  if (joined === null || endsInId.test(last)) return undefined
  return { thing: thingOf([...words.slice(0, -1), ...normalWords(joined[1] as string)]), suffix: 'id' }
}

function thingOf(words: readonly string[]): string {
  return words.length === 1 && hollow.has(words[0] as string) ? '' : words.join('_')
}

/** What a parameter wants picked: the things it may mean, likeliest first. */
export interface Input {
  parameter: Parameter
  /** The name as words, for names that are the same. */
  normal: string
  things: string[]
  suffix: Suffix
  isPath: boolean
  /** The name itself says the thing: `customer_id`, not `id`. */
  isNamed: boolean
}

/** The identifiers that an operation must be given. What it makes itself it needn't be given. */
export function inputsOf(operation: Operation): Input[] {
  const head = normalThing(resourceOf(operation)?.head ?? '')
  const before = new Map(
    readPath(operation.path).things.flatMap(({ words, parameter }) =>
      parameter === undefined ? [] : [[parameter, normalThing(words.join('_'))] as const],
    ),
  )
  const isCreate = makes(operation)
  const found: Input[] = []
  for (const parameter of operation.parameters) {
    const isPath = parameter.in === 'path'
    const normal = normalWords(parameter.name).join('_')
    if (normal === '' || plain.has(normal) || !isScalar(parameter.shape)) continue
    if (!isPath && transport.has(normal)) continue
    const own = identify(parameter.name) ?? (isPath ? whole(normal) : undefined)
    if (own === undefined) continue
    const things = new Set<string>()
    if (own.thing !== '') things.add(own.thing)
    const noun = before.get(parameter.name) ?? ''
    // `{repo}` after `/repos` is one of them; `{devEmail}` after `/systems` is something else by which they are picked.
    if (isPath && (own.suffix !== 'whole' || isPartOf(noun, normal))) things.add(noun)
    if (!isPath && own.thing === '' && isStrong(own.suffix)) things.add(head)
    things.delete('')
    if (things.size === 0 || (isCreate && !isPath && things.has(head))) continue
    found.push({ parameter, normal, things: [...things], suffix: own.suffix, isPath, isNamed: own.thing !== '' })
  }
  return found
}

const whole = (normal: string): Identifier => ({ thing: normal, suffix: 'whole' })

export const normalThing = (name: string): string => normalWords(name).join('_')

export function isScalar(shape: Shape): boolean {
  return shape.type === 'array'
    ? shape.items === undefined || !/^(object|array)$/.test(shape.items.type)
    : shape.type !== 'object' && shape.type !== 'boolean'
}

/** One is the other or, of three letters or more, whole words at its beginning or end. */
export function isPartOf(a: string, b: string): boolean {
  if (a === b) return true
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return short.length >= 3 && (long.endsWith(`_${short}`) || long.startsWith(`${short}_`))
}

/** What a person is to a thing; whoever it is, is one of the users. */
const roles = new Set(
  `owner author creator assignee assigner reporter sender recipient approver reviewer requester submitter uploader editor
  modifier invitee inviter follower moderator`.split(/\s+/),
)
const persons = new Set(['user', 'person', 'employee'])

/** `owner` and `user`, either way round; two roles are two persons. */
export function isRoleOf(a: string, b: string): boolean {
  const last = (thing: string): string => thing.slice(thing.lastIndexOf('_') + 1)
  return (roles.has(last(a)) && persons.has(b)) || (persons.has(a) && roles.has(last(b)))
}

const createVerbs = /^(create|add|insert|new|make|post|register|open|submit|book|issue)_/

/** Whether it makes something whose identifier its answer is the first to tell. */
export function makes(operation: Operation): boolean {
  if (operation.method === 'get' || operation.method === 'delete') return false
  return createVerbs.test(operation.name)
}
