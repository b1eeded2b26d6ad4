/**
 * What a tool does, and to what, as far as its name, its description and its schema tell: all that an agent is shown.
 * Descriptions are read first, for what they say last is what happens in this world; names where they say nothing.
 */

import type { JsonObject } from '../../../schemas/json.ts'
import type { ToolSpec } from '../../../schemas/tool.ts'
import { propertiesOf, worldTools } from '../seen.ts'
import { singular, stem } from '../words.ts'
import type { Dictionary } from './dictionary.ts'

export type Effect = 'list' | 'get' | 'create' | 'update' | 'delete' | 'act'

export interface Parameter {
  name: string
  schema: JsonObject
  required: boolean
  role: 'key' | 'value' | 'query' | 'page' | 'window'
}

export interface KnownTool {
  name: string
  effect: Effect
  /** The kind of row it is about: "tax rate". */
  noun: string
  parameters: Parameter[]
  /** Of a write: ways to say what it does, with {x} for the row. */
  says: string[]
  /** … and that it was done. */
  pasts: string[]
  /** Of an act: the value it leads to, and those it refuses. */
  to?: string
}

export interface Kit {
  tools: KnownTool[]
  /** Nouns of the tools, and the ways they are said, the longest first. */
  nouns: { said: string; noun: string }[]
  /** The noun of the rows that a parameter's key belongs to: `tax_rate_id` → "tax rate". */
  nounOf(parameter: string): string | undefined
}

const pages = new Set('limit offset sort_by order page per_page cursor sort'.split(' '))

const patterns: readonly [Effect, RegExp][] = [
  ['get', /\bReturns one ([^.]+?) by its id\b/g],
  ['list', /\bSearches ([^.]+?) by the text of\b/g],
  ['list', /\bReturns ([^.]+?)(?: of one [^.,]+)?(?:, in the order of|, with the total)/g],
  ['create', /\bAdds an? ([^.]+?) and returns it with its new id/g],
  ['update', /\bChanges [^.;]+ of an? ([^.;]+?); what isn't given/g],
  ['delete', /\bRemoves an? ([^.]+?)\./g],
  ['act', /\bSets (?:the )?[^.]+? of an? ([^.]+?) to [^ .]+\./g],
  ['act', /\bRecords, with its date, that this was done to an? ([^.]+?)\./g],
  ['get', /\bReturns the ([^.]+?)\.$/g],
]

/** Verbs that begin a tool's name → what it does, where its description doesn't say. */
const firsts: Record<string, Effect> = {
  list: 'list',
  search: 'list',
  find: 'list',
  query: 'list',
  get: 'get',
  show: 'get',
  read: 'get',
  fetch: 'get',
  check: 'act',
  create: 'create',
  add: 'create',
  new: 'create',
  book: 'create',
  register: 'create',
  open: 'create',
  update: 'update',
  change: 'update',
  set: 'update',
  edit: 'update',
  modify: 'update',
  patch: 'update',
  delete: 'delete',
  remove: 'delete',
  destroy: 'delete',
}

export function readKit(specs: readonly ToolSpec[], dictionary: Dictionary): Kit {
  const tools = worldTools(specs).map((spec) => readTool(spec, dictionary))
  // A key's noun is that of the tools which pick their row by it.
  const keys = new Map<string, string>()
  for (const effect of ['get', 'update', 'delete', 'act'] as const) {
    for (const tool of tools) {
      if (tool.effect !== effect) continue
      const own = ownKey(tool.parameters, tool.noun, dictionary)
      if (own !== undefined && !keys.has(own)) keys.set(own, tool.noun)
    }
  }
  const listed = new Set(tools.filter(({ effect }) => effect === 'list').map(({ noun }) => noun))
  const nounOf = (parameter: string): string | undefined => {
    const known = keys.get(parameter)
    if (known !== undefined) return known
    if (!isKey(parameter)) return undefined
    const bare = parameter.replace(/_(id|uuid|key|ref)$/, '')
    const ways = [stem(bare), ...dictionary.things(bare).map(stem)]
    const found = ways.find((way) => listed.has(way)) ?? [...listed].find((noun) => ways[0]?.endsWith(` ${noun}`))
    if (found !== undefined) keys.set(parameter, found)
    return found
  }
  const ways = new Map<string, string>()
  const say = (said: string, noun: string): void => {
    if (said !== '' && !ways.has(said.toLowerCase())) ways.set(said.toLowerCase(), noun)
  }
  for (const { noun } of tools)
    for (const said of [noun, ...dictionary.things(noun.replaceAll(' ', '_'))]) say(said, noun)
  for (const { parameters } of tools) {
    for (const { name, role } of parameters) {
      const noun = role === 'key' ? nounOf(name) : undefined
      if (noun !== undefined) for (const said of dictionary.things(name.replace(/_id$/, ''))) say(said, noun)
    }
  }
  for (const tool of tools) {
    const [, ...rest] = tool.name.replace(/_\d+$/, '').split('_')
    if (tool.effect === 'list' && rest.length > 0)
      for (const said of dictionary.things(singular(rest.join('_')))) say(said, tool.noun)
  }
  const nouns = [...ways]
    .map(([said, noun]) => ({ said, noun }))
    .sort((a, b) => b.said.length - a.said.length || (a.said < b.said ? -1 : 1))
  return { tools, nouns, nounOf }
}

export const isKey = (name: string): boolean => /(^|_)(id|uuid)$/.test(name)

function readTool({ name, description, input_schema }: ToolSpec, dictionary: Dictionary): KnownTool {
  const parameters = propertiesOf(input_schema).map(
    ([parameter, schema, required]): Parameter => ({
      name: parameter,
      schema,
      required,
      role: roleOf(parameter, String(schema.description ?? '')),
    }),
  )
  let effect: Effect | undefined
  let noun = ''
  let last = -1
  for (const [kind, pattern] of patterns) {
    // A document's own words come first, what happens here last.
    const match = [...description.matchAll(pattern)].at(-1)
    if (match === undefined || match.index <= last) continue
    last = match.index
    effect = kind
    noun = stem(match[1] as string)
  }
  const [first = '', ...rest] = name.replace(/_\d+$/, '').split('_')
  if (effect === undefined) {
    effect =
      firsts[first] ??
      (/^(Lists|Finds|Searches)\b/.test(description) ? 'list' : /^Shows\b/.test(description) ? 'get' : 'act')
    if (effect === 'list' || effect === 'get')
      effect = parameters.some(({ role, required }) => role === 'key' && required) && effect === 'get' ? 'get' : 'list'
    noun = stem(rest.join(' ') || first)
    if (effect === 'act' || effect === 'update')
      noun = stem(ownKey(parameters, noun, dictionary)?.replace(/_id$/, '') ?? noun)
  }
  const to = effect === 'act' ? /\bSets [^.]+ to ([^ .]+)\./.exec(description)?.[1] : undefined
  const says = effect === 'act' ? waysToSay(name.replace(/_\d+$/, '').split('_'), dictionary) : []
  const pasts = effect === 'act' ? name.split('_').flatMap((word) => dictionary.pasts(word)) : []
  return { name, effect, noun, parameters, says, pasts, ...(to !== undefined && { to }) }
}

const particles = new Set(['in', 'out', 'off', 'on', 'up', 'down', 'back'])

/** What an act is called, from the words of its tool's name: by its first, and by verbs that stand anywhere in it. */
function waysToSay(words: readonly string[], dictionary: Dictionary): string[] {
  const [first = '', second = ''] = words
  const later = words.slice(1).flatMap((word) => dictionary.verbs(word).filter((way) => way !== `${word} {x}`))
  const split = particles.has(second) ? [`${first} {x} ${second}`] : []
  return [...new Set([...split, ...dictionary.verbs(`${first}_${second}`), ...dictionary.verbs(first), ...later])]
}

/** Of the keys that a tool demands, the one of the row that it is about. */
function ownKey(parameters: readonly Parameter[], noun: string, dictionary: Dictionary): string | undefined {
  const keys = parameters.filter(({ role, required }) => role === 'key' && required).map(({ name }) => name)
  const bare = (name: string) => name.replace(/_(id|uuid)$/, '')
  return (
    keys.find((name) => stem(bare(name)) === noun || dictionary.things(bare(name)).some((way) => stem(way) === noun)) ??
    keys.find((name) => noun.endsWith(stem(bare(name))) || stem(bare(name)).endsWith(noun)) ??
    (keys.length === 1 ? keys[0] : undefined)
  )
}

function roleOf(name: string, description: string): Parameter['role'] {
  if (pages.has(name)) return 'page'
  if (name === 'query' || name === 'q' || name === 'search' || /^Text to look for/.test(description)) return 'query'
  if (/\bis not (before|after|less|more|above|below)\b/.test(description) && /_(from|to|min|max)$/.test(name))
    return 'window'
  return isKey(name) ? 'key' : 'value'
}
