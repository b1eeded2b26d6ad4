/**
 * Finding the row that words speak of: the rows of its kind are listed (under its parent where one is named or needed), and
 * the one of which most is said is it.
 */

import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { Dictionary } from './dictionary.ts'
import { call, idOf, type Known, type Mind, type Plan, remember, rowsIn } from './mind.ts'
import { indexOfWords, masked, nounsIn, quotedIn } from './text.ts'
import { isKey, type KnownTool, type Parameter } from './tools.ts'
import { waysToSay } from './values.ts'

const pronoun = /^(?:it|them|him|her|this one|that one|its|their)\b|^(?:它|他|她|其|该|这)/i
const again = /^(?:that|this|the same|the new|the said)\s|^(?:同一|那|这|该)/i
/** How many parents are looked under when none is named. */
const parentsMax = 6

/** The row that the words mean; undefined where none fits. */
export function* findRow(mind: Mind, words: string): Plan<Known | undefined> {
  const text = words.trim()
  if (pronoun.test(text) && nounsIn(text, mind.kit).length === 0) return mind.it
  const mentions = nounsIn(text, mind.kit)
  const [head] = mentions
  if (head === undefined) return yield* findByNameAlone(mind, text)
  if (again.test(text) && quotedIn(text).length === 0 && mind.last.has(head.noun)) return mind.last.get(head.noun)
  const link = parentLink(text, mentions.slice(1))
  const own = link === undefined ? text : text.slice(0, link.at)
  const parent = link === undefined ? undefined : yield* findRow(mind, text.slice(link.end))
  const bare = describing(own.slice(0, head.at) + own.slice(head.end))
  if (parent !== undefined && bare === '') {
    // "the owner of the boat": what the boat refers to, or else what refers to the boat.
    const above = yield* follow(mind, parent, head.noun)
    if (above !== undefined) return above
  }
  const rows = yield* listRows(mind, head.noun, { parent, named: nameIn(bare, own) })
  return bestRow(mind, head.noun, rows, own.slice(0, head.at) + own.slice(head.end), parent)
}

/** What is left of a description besides articles. */
const describing = (text: string): string =>
  text
    .replace(/\b(?:the|a|an|my|our|your|this|that|please)\b|的|那个|这个|把|请/gi, '')
    .replace(/\s+/g, ' ')
    .trim()

/** The place where a description goes on with the parent's. */
function parentLink(text: string, mentions: readonly { at: number }[]): { at: number; end: number } | undefined {
  const hidden = masked(text)
  for (const { at } of mentions) {
    const before =
      /\s(?:of|in|for|from|under|on|at|belonging to)\s(?=(?:the|that|this|my|our)\s(?:same\s)?(?:[^\s"]+\s){0,3}$)/i.exec(
        hidden.slice(0, at),
      )
    if (before !== null) return { at: before.index, end: before.index + before[0].length }
  }
  return undefined
}

const nameIn = (bare: string, own: string): string | undefined =>
  quotedIn(own)[0] ??
  (/(?:\p{Lu}[\p{L}\p{N}'’.&-]*)(?: (?:[\p{Lu}&][\p{L}\p{N}'’.&-]*|and|de|von|van|y))*/u.exec(bare)?.[0] || undefined)

/** Without a noun: whoever is called so, in any list that can be searched. */
function* findByNameAlone(mind: Mind, text: string): Plan<Known | undefined> {
  const named = nameIn(describing(text), text)
  if (named === undefined) return undefined
  for (const { noun, effect } of mind.kit.tools) {
    if (effect !== 'list') continue
    const rows = yield* listRows(mind, noun, { named })
    const found = bestRow(mind, noun, rows, text, undefined)
    if (found !== undefined && saidOf(found.row, text, mind.dictionary) > 0) return found
  }
  return undefined
}

/** The row of that noun which a row refers to. */
export function* follow(mind: Mind, { row }: Known, noun: string): Plan<Known | undefined> {
  for (const [field, value] of Object.entries(row)) {
    if (!isKey(field) || field === 'id' || value === null || mind.kit.nounOf(field) !== noun) continue
    const found = yield* getRow(mind, noun, value)
    if (found !== undefined) return remember(mind, found)
  }
  return undefined
}

/** One row by its key: whole where a tool shows it whole, else as it is listed. */
export function* getRow(mind: Mind, noun: string, key: Json, row: JsonObject = {}): Plan<Known | undefined> {
  for (const tool of mind.kit.tools) {
    if (tool.effect !== 'get' || tool.noun !== noun) continue
    const args = keyArguments(mind, tool, { noun, row: { ...row, id: key } })
    if (args === undefined) continue
    const { result } = yield* call(tool.name, args)
    if (result !== null) return { noun, row: { ...row, ...(result as JsonObject) } }
  }
  const rows = yield* listRows(mind, noun, {})
  const listed = rows.find((each) => idOf({ noun, row: each }) === key)
  return listed && { noun, row: listed }
}

/** The keys that a tool demands, from the row it is to act on; undefined where one isn't to be had from it. */
export function keyArguments(mind: Mind, tool: KnownTool, known: Known): JsonObject | undefined {
  const args: JsonObject = {}
  for (const { name, role, required } of tool.parameters) {
    if (role !== 'key' || !required) continue
    const value = keyFor(mind, name, known)
    if (value === undefined) return undefined
    args[name] = value
  }
  return args
}

function keyFor(mind: Mind, name: string, known: Known): Json | undefined {
  const noun = mind.kit.nounOf(name)
  if (noun === known.noun) return idOf(known)
  const own = known.row[name]
  if (own !== undefined && own !== null) return own
  const [, other] =
    Object.entries(known.row).find(
      ([field, value]) => value !== null && isKey(field) && field !== 'id' && mind.kit.nounOf(field) === noun,
    ) ?? []
  if (noun !== undefined && other !== undefined) return other
  const met = noun === undefined ? undefined : mind.last.get(noun)
  return met && idOf(met)
}

interface ListOptions {
  parent?: Known | undefined
  /** A name to search by where there are more rows than are shown. */
  named?: string | undefined
}

export function* listRows(mind: Mind, noun: string, { parent, named }: ListOptions): Plan<JsonObject[]> {
  const tools = mind.kit.tools
    .filter((tool) => tool.effect === 'list' && tool.noun === noun)
    .sort(
      (a, b) =>
        demands(a) - demands(b) || Number(takes(b, 'query')) - Number(takes(a, 'query')) || (a.name < b.name ? -1 : 1),
    )
  for (const tool of tools) {
    const args: JsonObject = {}
    let unmet: Parameter | undefined
    for (const parameter of tool.parameters) {
      const { name, role, required } = parameter
      if (role === 'key' && parent !== undefined && mind.kit.nounOf(name) === parent.noun)
        args[name] = idOf(parent) as Json
      else if (role === 'query' && required && named !== undefined) args[name] = named
      else if (required) unmet = parameter
    }
    if (unmet === undefined) {
      const rows = yield* listAll(mind, tool, args, named)
      if (rows.length > 0) return rows
      continue
    }
    const above = unmet.role === 'key' ? mind.kit.nounOf(unmet.name) : undefined
    if (above === undefined || above === noun) continue
    const parents = yield* listRows(mind, above, {})
    const all: JsonObject[] = []
    for (const row of parents.slice(0, parentsMax))
      all.push(...(yield* listAll(mind, tool, { ...args, [unmet.name]: idOf({ noun: above, row }) as Json }, named)))
    if (all.length > 0) return all
  }
  return []
}

const demands = ({ parameters }: KnownTool): number => parameters.filter(({ required }) => required).length
const takes = ({ parameters }: KnownTool, role: Parameter['role']): boolean =>
  parameters.some((parameter) => parameter.role === role)

function* listAll(mind: Mind, tool: KnownTool, args: JsonObject, named: string | undefined): Plan<JsonObject[]> {
  const at = `${tool.name} ${JSON.stringify(args)}`
  const known = mind.lists.get(at)
  if (known !== undefined) return known
  const limit = tool.parameters.find(({ name }) => name === 'limit')
  const most = limit && Math.min(200, Number(limit.schema.maximum ?? 200))
  const first = yield* call(tool.name, { ...args, ...(most !== undefined && { limit: most }) })
  let rows = rowsIn(first.result)
  const total = (first.result as JsonObject | null)?.total
  const isCut = (first.result as JsonObject | null)?.cut === true
  if (isCut || (typeof total === 'number' && total > rows.length)) {
    const query = tool.parameters.find(({ role }) => role === 'query')
    if (named !== undefined && query !== undefined && args[query.name] === undefined) {
      const narrowed = yield* call(tool.name, {
        ...args,
        [query.name]: named,
        ...(most !== undefined && { limit: 50 }),
      })
      const found = rowsIn(narrowed.result)
      if (found.length > 0) return found
    }
    const step = isCut ? 50 : rows.length
    for (
      let offset = rows.length;
      offset < Number(total ?? 200) && offset < 1000 && takes(tool, 'page');
      offset += step
    ) {
      const more = rowsIn((yield* call(tool.name, { ...args, limit: step, offset })).result)
      if (more.length === 0) break
      rows = [...rows, ...more]
    }
  }
  mind.lists.set(at, rows)
  return rows
}

/** The row of which the words say most; undefined where they quote something that no row has. */
export function bestRow(
  mind: Mind,
  noun: string,
  rows: readonly JsonObject[],
  words: string,
  parent: Known | undefined,
): Known | undefined {
  const scored = scoreRows(mind, rows, words, parent)
  const [best] = scored
  if (best === undefined || best.score < 0) return undefined
  return remember(mind, { noun, row: best.row })
}

export function scoreRows(
  { dictionary, last, kit }: Mind,
  rows: readonly JsonObject[],
  words: string,
  parent: Known | undefined,
): { row: JsonObject; score: number }[] {
  const above = parent && idOf(parent)
  const quoted = quotedIn(words)
  return rows
    .map((row) => {
      let score = saidOf(row, words, dictionary)
      // What is quoted is what the thing is called, if it is anything.
      for (const text of quoted) {
        const fields = Object.keys(row).filter((field) => same(row[field], text))
        score += fields.length === 0 ? -100 : Math.max(...fields.map(nameRank))
      }
      if (above !== undefined)
        score += Object.entries(row).some(([field, value]) => field !== 'id' && value === above) ? 40 : -20
      else
        for (const [field, value] of Object.entries(row)) {
          const noun = isKey(field) && field !== 'id' ? kit.nounOf(field) : undefined
          const near = noun === undefined ? undefined : last.get(noun)
          if (near !== undefined && idOf(near) === value) score += 0.5
        }
      return { row, score }
    })
    .sort((a, b) => b.score - a.score)
}

const nameRank = (field: string): number =>
  /^(name|title)$/.test(field) ? 12 : /(^|_)(name|title|subject|label|number|code|file)$/.test(field) ? 6 : 0

const same = (value: Json | undefined, text: string): boolean =>
  value !== null &&
  value !== undefined &&
  typeof value !== 'object' &&
  String(value).toLowerCase() === text.toLowerCase()

/** How much of a row is said. */
export function saidOf(row: JsonObject, words: string, dictionary: Dictionary): number {
  let score = 0
  for (const [field, value] of Object.entries(row)) {
    if (isKey(field)) continue
    const ways = waysToSay(field, value, dictionary)
    const at = ways.findIndex((way) => way !== '' && indexOfWords(words, way) >= 0)
    if (at < 0) continue
    const weight = typeof value === 'string' ? 4 + Math.min(20, value.length) / 2 : typeof value === 'number' ? 3 : 1
    score += weight - Math.min(at, 3) * 0.1
  }
  return score
}
