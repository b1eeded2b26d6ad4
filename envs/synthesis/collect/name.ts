/**
 * A clear name for each operation, `verb_noun` in snake_case: from its operationId where that says what is done to
 * what, else from method and path.
 *
 * Several names are proposed for each, the plainest first; operations of one service that would share a name all take
 * their next one, so that none of two look-alikes is left with the name that fits both.
 */

import { reservedToolNames } from '../../../schemas/tool.ts'
import type { Operation } from '../operation.ts'
import { type PathReading, type PathThing, readPath } from './path.ts'
import { isVerb, plainVerb } from './verbs.ts'
import { plural, singular, splitWords } from './words.ts'

export type Unnamed = Pick<
  Operation,
  'key' | 'method' | 'path' | 'operationId' | 'tags' | 'response' | 'summary' | 'readOnly'
>

const nameCharactersMax = 64
const prepositions = new Set(['for', 'by', 'in', 'from', 'to', 'with', 'of', 'at', 'on', 'as', 'into', 'using', 'per'])
const httpMethods = new Set(['get', 'put', 'post', 'patch', 'delete'])
const doubtful = new Set([
  'order',
  'quote',
  'review',
  'report',
  'test',
  'record',
  'log',
  'tag',
  'transfer',
  'release',
  'process',
  'batch',
  'bulk',
  'request',
  'charge',
  'refund',
  'post',
  'index',
  'query',
  'rate',
  'receive',
  'set',
  'link',
  'like',
  'pin',
  'ban',
  'share',
  'block',
])
const plainEndings = new Set([
  'get',
  'list',
  'add',
  'create',
  'update',
  'delete',
  'remove',
  'find',
  'search',
  'count',
  'edit',
  'post',
  'put',
  'cancel',
])
const noise = new Set(['api', 'apis', 'rest', 'controller', 'endpoint', 'action', 'v', 'resource', 'http'])

/** Whether anything names the operation: an operationId with a letter, or a word in its path. */
export function isNameable(operation: Pick<Unnamed, 'path' | 'operationId'>): boolean {
  if (operation.operationId !== undefined && /\p{L}/u.test(operation.operationId)) return true
  const { things, action } = readPath(operation.path)
  return things.some((thing) => thing.words.some((word) => /\p{L}/u.test(word))) || action !== undefined
}

/** A name for each operation of one service, in the order given. */
export function nameOperations(operations: readonly Unnamed[]): string[] {
  const proposals = operations.map(proposeNames)
  const level = operations.map(() => 0)
  for (let round = 0; round < 6; round++) {
    const groups = new Map<string, number[]>()
    for (const [index, names] of proposals.entries()) {
      const name = names[level[index] as number] as string
      const group = groups.get(name)
      if (group === undefined) groups.set(name, [index])
      else group.push(index)
    }
    let raised = false
    for (const group of groups.values()) {
      if (group.length < 2) continue
      for (const index of group) {
        if ((level[index] as number) + 1 >= (proposals[index] as string[]).length) continue
        level[index] = (level[index] as number) + 1
        raised = true
      }
    }
    if (!raised) break
  }
  const taken = new Set<string>(reservedToolNames)
  return proposals.map((names, index) => {
    const name = untaken(names[level[index] as number] as string, taken)
    taken.add(name)
    return name
  })
}

function untaken(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  for (let number = 2; ; number++) {
    const numbered = `${shorten(name, nameCharactersMax - 1 - String(number).length)}_${number}`
    if (!taken.has(numbered)) return numbered
  }
}

/** Plainest first, never empty; each fits `[a-z][a-z0-9_]*` and 64 characters. */
export function proposeNames(operation: Unnamed): string[] {
  const reading = readPath(operation.path)
  const own = fromOperationId(operation, reading) ?? fromBareName(operation)
  const paths = fromPath(operation, reading)
  const names = (own === undefined ? paths : [own, ...paths.slice(1), ...paths.slice(0, 1)]).map((words) =>
    words.map(latin).filter((word) => word !== ''),
  )
  const verb = names[0]?.[0] ?? verbOfMethod(operation, reading)
  const usable = names.filter((words) => words.length > 1 || (own !== undefined && words.length === 1))
  if (usable.length === 0) usable.push([verb, ...fallbackNoun(operation)])
  const last = reading.things.findLast((thing) => thing.parameter !== undefined)?.parameter
  if (last !== undefined) usable.push([...(usable[0] as string[]), 'by', ...splitWords(last).map(latin)])
  const written = usable.map(joinWords).filter((name) => /^[a-z]/.test(name))
  if (written.length === 0) written.push(joinWords([verbOfMethod(operation, reading), 'item']))
  return [...new Set(written)]
}

function latin(word: string): string {
  return word.replace(/[^a-z0-9]/g, '')
}

function joinWords(words: readonly string[]): string {
  const kept: string[] = []
  for (const word of words) if (word !== '' && kept.at(-1) !== word) kept.push(word)
  return shorten(kept.join('_'), nameCharactersMax)
}

function shorten(name: string, length: number): string {
  if (name.length <= length) return name
  const cut = name.slice(0, length)
  const end = cut.lastIndexOf('_')
  return end > length / 2 ? cut.slice(0, end) : cut
}

/** Names in another alphabet say nothing here: a Latin word of tag or summary, or plainly `item`. */
function fallbackNoun({ tags, summary }: Unnamed): string[] {
  for (const text of [...tags, summary ?? '']) {
    const words = splitWords(text)
      .map(latin)
      .filter((word) => /^[a-z]{3,}$/.test(word) && !isVerb(word))
    if (words.length > 0) return words.slice(0, 2)
  }
  return ['item']
}

/** The words of the operationId with the verb first, or undefined where it holds no verb or only repeats the path. */
function fromOperationId(operation: Unnamed, reading: PathReading): string[] | undefined {
  const id = operation.operationId
  if (id === undefined) return undefined
  const segments = id
    .split(/[^\p{L}\p{N}]+/u)
    .map((segment) => splitWords(segment).filter((word) => !noise.has(word) && !/^v?\d+$/.test(word)))
    .filter((segment) => segment.length > 0)
  stripFrameworkEnding(segments)
  const first = segments[0]
  if (first === undefined) return undefined
  const words = segments.flat()
  if (words.some((word) => latin(word) !== word)) return undefined
  if (httpMethods.has(first[0] as string) && echoesPath(words, reading)) return undefined
  let named: string[] | undefined
  const second = segments[1]?.[0]
  if (httpMethods.has(first[0] as string) && first.length === 1 && second !== undefined && isVerb(second)) {
    named = segments.slice(1).flat() // GET_DescribeInstances: the method says nothing beside the verb
  } else if (isVerb(first[0] as string) && !isThing(words)) {
    named = words
  } else {
    const at = segments.findIndex((segment, index) => index > 0 && isVerb(segment[0] as string) && !isThing(segment))
    const last = words.at(-1) as string
    if (at > 0) named = verbFirst(segments[at] as string[], segments[at - 1] as string[], segments.slice(at + 1).flat())
    else if (words.length > 1 && isVerb(last)) named = verbFirst([last], words.slice(0, -1), [])
  }
  if (
    named !== undefined &&
    named[0] === operation.method &&
    operation.method !== 'get' &&
    operation.method !== 'delete'
  ) {
    named = [verbOfMethod(operation, reading), ...named.slice(1)]
  }
  if (named === undefined || named.length < 2 || named.length > 7) return undefined
  return [plainVerb(named[0] as string), ...named.slice(1)]
}

/** A tool without a route has nothing but its name: `weather` is what a `get_weather` gets. */
function fromBareName({ path, operationId = '', readOnly, tags, summary, key }: Unnamed): string[] | undefined {
  if (path !== undefined) return undefined
  const words = splitWords(operationId)
    .map(latin)
    .filter((word) => word !== '')
    .slice(0, 7)
  const [first] = words
  if (first === undefined) return undefined
  if (!isVerb(first)) return [readOnly === false ? 'run' : 'get', ...words]
  return words.length > 1
    ? [plainVerb(first), ...words.slice(1)]
    : [plainVerb(first), ...fallbackNoun({ key, tags, summary })]
}

/** `order_list`, `quotePost`: the first word could be a verb, but a plainer one stands at the end. */
function isThing(words: readonly string[]): boolean {
  return words.length > 1 && doubtful.has(words[0] as string) && plainEndings.has(words.at(-1) as string)
}

/** `listUsersUsingGET_1`, `users-controller`: words of the framework that wrote the document. */
function stripFrameworkEnding(segments: string[][]): void {
  for (const segment of segments) {
    const using = segment.lastIndexOf('using')
    if (using > 0 && httpMethods.has(segment[using + 1] ?? '')) segment.splice(using)
  }
}

function verbFirst(verbSegment: string[], nouns: string[], after: string[]): string[] {
  let end = 1
  while ((verbSegment[end] === 'or' || verbSegment[end] === 'and') && isVerb(verbSegment[end + 1] ?? '')) end += 2
  const verb = verbSegment.slice(0, end)
  const rest = [...verbSegment.slice(end), ...after]
  const many = /^(list|search|query|find|filter|browse)$/.test(verb[0] as string)
  const object = [...nouns.slice(0, -1), many ? (nouns.at(-1) as string) : singular(nouns.at(-1) as string)]
  const isObjectNext = rest.length > 0 && !prepositions.has(rest[0] as string)
  if (!isObjectNext) return [...verb, ...object, ...rest]
  return [...verb, ...object.slice(0, -1), singular(object.at(-1) as string), ...rest]
}

/** `PostCustomersCustomerSources` on `/customers/{customer}/sources` says what the path says, worse. */
function echoesPath(words: readonly string[], { things, action }: PathReading): boolean {
  const said = new Set([
    ...things.flatMap((thing) => [...thing.words, ...splitWords(thing.parameter ?? '')]),
    ...(action ?? []),
  ])
  const rest = words.slice(1)
  return rest.length > 0 && rest.every((word) => said.has(word) || prepositions.has(word) || word === 'id')
}

function verbOfMethod(operation: Unnamed, { things, action }: PathReading): string {
  if (action !== undefined) return plainVerb(action[0] as string)
  const last = things.at(-1)
  const one = last?.parameter !== undefined
  switch (operation.method) {
    case 'get':
      return !one && (isList(operation) || isPlural(last)) ? 'list' : 'get'
    case 'post':
      return one ? 'update' : 'create'
    case 'delete':
      return 'delete'
    default:
      return 'update'
  }
}

function isPlural(thing: PathThing | undefined): boolean {
  const word = thing?.words.at(-1)
  return word !== undefined && singular(word) !== word
}

function isList({ response }: Pick<Unnamed, 'response'>): boolean {
  return response?.type === 'array'
}

/** What method and path say, with ever more of what the thing belongs to. */
function fromPath(operation: Unnamed, reading: PathReading): string[][] {
  const { things, action } = reading
  const verb = verbOfMethod(operation, reading)
  const last = things.at(-1)
  if (last === undefined) return action === undefined || action.length < 2 ? [] : [[verb, ...action.slice(1)]]
  const head = last.words.slice(0, -1)
  const noun = last.words.at(-1) as string
  const many = verb === 'list' || verb === 'search' || (action !== undefined && last.parameter === undefined)
  const object = [...head, many ? (verb === 'list' ? plural(singular(noun)) : noun) : singular(noun)]
  const tail = action?.slice(1) ?? []
  const names = [[verb, ...object, ...tail]]
  let parents: string[] = []
  for (const thing of things.slice(0, -1).reverse().slice(0, 3)) {
    parents = [...thing.words.slice(0, -1), singular(thing.words.at(-1) as string), ...parents]
    names.push([verb, ...parents, ...object, ...tail])
  }
  return names
}
