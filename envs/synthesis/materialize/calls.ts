/**
 * Routes of tools that have none (MCP servers, lists of functions), from what all of them say together.
 *
 * `modify_pending_order_address(order_id, …)` changes an order, because its identifier is asked for and `order` is what its
 * name begins with; "address" is a part of the order; and only a pending one can be changed, because "pending" is a state.
 * A tool that names nothing that any identifier picks keeps the route of its own name.
 */

import { asRest } from '../collect/rest.ts'
import { startStates, verbs } from '../lexicon/verbs.ts'
import type { Method, Operation, RestOperation } from '../operation.ts'
import { actionVerb, isCrudWord, readName } from './resources.ts'
import { plural, singular, snake } from './words.ts'

export interface Call {
  operation: RestOperation
  /** The state that its name says its row must be in. */
  from?: string
  /** What the document calls it: an agent knows it by that name. */
  name: string
  /** It reads and writes nothing: a thought, a sum, a hand-over. */
  stateless?: true
}

/** Words of states: those that verbs lead to or start from. */
const states = new Set([...startStates, ...Object.values(verbs).flatMap(({ to, refuses }) => [...to, ...refuses])])
/** Words between the verb and the thing. */
const hollow = new Set(['all', 'the', 'a', 'an', 'my', 'current', 'new', 'existing'])
const joints = new Set(['by', 'for', 'in', 'from', 'to', 'with', 'of', 'at', 'on', 'using', 'per', 'and'])
const reads = new Set(['get', 'show', 'read', 'retrieve', 'fetch', 'describe', 'view', 'load', 'check'])
const finds = new Set(['find', 'search', 'lookup', 'query', 'list', 'browse', 'filter'])
const changes = new Set(['update', 'edit', 'modify', 'set', 'change', 'rename', 'replace', 'patch', 'configure'])
const takesAway = new Set(['delete', 'remove', 'destroy', 'erase', 'drop'])

/** Of one community; those that have a route aren't asked. */
export function readCalls(operations: readonly Operation[]): Map<Operation, Call> {
  const calls = operations.filter(({ method, path }) => method === undefined || path === undefined)
  const picked = new Set<string>()
  for (const { parameters } of calls)
    for (const { name, required } of parameters) {
      const noun = /^(.+)_(?:id|ids|uuid|key|number)$/.exec(snake(name))?.[1]
      if (noun !== undefined && (required || calls.length > 0)) picked.add(singular(noun))
    }
  return new Map(calls.map((call) => [call, readCall(call, picked, calls)]))
}

/** As the document has it. */
const nameOf = ({ operationId, name }: Operation): string => snake(operationId ?? name)

function readCall(operation: Operation, picked: ReadonlySet<string>, calls: readonly Operation[]): Call {
  const [verb = '', ...after] = nameOf(operation).split('_')
  const end = after.findIndex((word) => joints.has(word))
  const words = (end > 0 ? after.slice(0, end) : after).filter((word) => !hollow.has(word))
  const from = words.length > 1 && states.has(words[0] as string) ? words.shift() : undefined
  const found = subjectOf(words, picked)
  if (found === undefined)
    return isStateless(operation, calls)
      ? { operation: asRest(operation), name: nameOf(operation), stateless: true }
      : { operation: asRest(operation), name: nameOf(operation) }
  const { noun, part } = found
  const key = operation.parameters.find(({ name }) => new RegExp(`^${noun}_(id|uuid|key|number)$`).test(snake(name)))
  const collection = `/${plural(noun)}`
  const one = key === undefined ? collection : `${collection}/{${key.name}}`
  const route = (method: Method, path: string): Call => ({
    operation: {
      ...operation,
      name: nameOf(operation),
      method,
      path,
      parameters: operation.parameters.map((parameter) => ({
        ...parameter,
        in:
          parameter === key && path.includes('{') ? 'path' : method === 'get' || method === 'delete' ? 'query' : 'body',
      })),
    },
    name: nameOf(operation),
    ...(from !== undefined && { from }),
  })
  if (finds.has(verb)) return route('get', collection)
  if (reads.has(verb)) return route('get', one)
  if (key === undefined) return { operation: asRest(operation), name: nameOf(operation) }
  if (changes.has(verb)) return route('patch', one)
  // `remove_member_from_team` takes away a part of it; `delete_team` the whole.
  if (takesAway.has(verb) && part === '') return route('delete', one)
  return route('post', `${one}/${part === '' || actionVerb(verb) !== undefined ? verb : `${verb}_${singular(part)}`}`)
}

/** The longest beginning of the words that an identifier picks; what is left is a part of it. */
function subjectOf(words: readonly string[], picked: ReadonlySet<string>): { noun: string; part: string } | undefined {
  for (let start = 0; start < Math.min(2, words.length); start++) {
    for (let length = words.length; length > start; length--) {
      const noun = singular(words.slice(start, length).join('_'))
      if (picked.has(noun))
        return {
          noun,
          part: words
            .slice(length)
            .filter((word) => word !== 'id')
            .join('_'),
        }
    }
  }
  return undefined
}

/** One free text goes in, nothing is picked, and no other tool is about the same. */
function isStateless(operation: Operation, calls: readonly Operation[]): boolean {
  const { parameters } = operation
  const name = nameOf(operation)
  const { noun } = readName(name)
  const shared = calls.some((other) => other !== operation && readName(nameOf(other)).noun === noun)
  const free = parameters.every(
    ({ shape, name: of }) => shape.type === 'string' && shape.enum === undefined && !/_(id|ids)$/.test(of),
  )
  const first = name.split('_')[0] as string
  return !shared && free && parameters.length === 1 && !isCrudWord(first)
}
