/**
 * Finding the row that words speak of: the rows of its kind are listed (under its parent where one is named or needed), and
 * the one of which most is said is it.
 */

import type { Json, JsonObject } from '../../../schemas/json.ts'
import { spoken, stem } from '../words.ts'
import type { Dictionary } from './dictionary.ts'
import { call, idOf, type Known, type Mind, type Plan, remember, rowsIn } from './mind.ts'
import { indexOfWords, masked, nounsIn, quotedIn } from './text.ts'
import { isKey, type KnownTool, type Parameter } from './tools.ts'
import { waysToSay } from './values.ts'

const pronoun = /^(?:it|them|him|her|this one|that one|its|their)\b|^(?:它|他|她|其|该|这)/i
const again = /^(?:that|this|the same|the new|the said)\s|^(?:同一|那|这|该)/i
/** How many parents are looked under when none is named. */
const parentsMax = 6

/** A description taken apart. */
interface Description {
  noun: string
  /** What is said besides the noun, the parent and the superlative. */
  own: string
  parent: Known | undefined
  best: Superlative | undefined
}

interface Superlative {
  /** The words for the field, or what kind of field is meant. */
  field: string | 'time' | 'price'
  most: boolean
}

/** The row that the words mean; undefined where none fits. */
export function* findRow(mind: Mind, words: string, hint?: string): Plan<Known | undefined> {
  return (yield* findCandidates(mind, words, hint))[0]
}

/** The row that the words mean, and before those that are worse, any of which no less is said. */
export function* findCandidates(mind: Mind, words: string, hint?: string): Plan<Known[]> {
  const text = words.trim()
  const mentions = nounsIn(text, mind.kit)
  if (pronoun.test(text) && mentions.length === 0) {
    if (mind.spoken !== undefined) {
      // "We no longer need the blob. Please remove it."
      const { spoken } = mind
      delete mind.spoken
      return yield* findCandidates(mind, spoken, hint)
    }
    if (mind.it !== undefined && (hint === undefined || mind.it.noun === hint)) return [mind.it]
  }
  const [head] = mentions
  if (head !== undefined && again.test(text) && quotedIn(text).length === 0) {
    const before = mind.last.get(head.noun)
    if (before !== undefined) return [before]
  }
  if (head === undefined && hint === undefined) {
    const found = yield* findByNameAlone(mind, text)
    return found === undefined ? [] : [found]
  }
  const description = yield* readDescription(mind, text, hint)
  if (description === undefined) return []
  const { noun, own, parent, best } = description
  if (parent !== undefined && describing(own) === '' && best === undefined) {
    // "the owner of the boat": what the boat refers to, or else what refers to the boat.
    const above = yield* follow(mind, parent, noun)
    if (above !== undefined) return [above]
  }
  const rows = yield* listRows(mind, noun, { parent, named: nameIn(describing(own), own) })
  if (best !== undefined) {
    const row = extreme(mind, groupOf(mind, rows, own, parent), best)
    return row === undefined ? [] : [remember(mind, { noun, row })]
  }
  const scored = scoreRows(mind, rows, own, parent)
  const [first] = scored
  if (first === undefined || first.score < 0) return []
  const equals = scored.filter(({ score }) => score > first.score - 0.6).map(({ row }) => ({ noun, row }))
  remember(mind, equals[0] as Known)
  return equals
}

/** All rows that the words mean: "all the pending orders of the customer Ada Byrne". */
export function* findGroup(mind: Mind, words: string): Plan<Known[]> {
  const description = yield* readDescription(mind, words.trim())
  if (description === undefined) return []
  const { noun, own, parent } = description
  const rows = yield* listRows(mind, noun, { parent })
  return groupOf(mind, rows, own, parent).map((row) => ({ noun, row }))
}

function* readDescription(mind: Mind, words: string, hint?: string): Plan<Description | undefined> {
  const { text, best } = withoutSuperlative(words)
  const mentions = nounsIn(text, mind.kit)
  const head = hint === undefined || mentions[0]?.noun === hint ? mentions[0] : undefined
  const noun = head?.noun ?? hint
  if (noun === undefined) return undefined
  const link = parentLink(text, head === undefined ? mentions : mentions.slice(1))
  const own = link === undefined ? text : text.slice(0, link.at)
  const parent = link === undefined ? undefined : yield* findRow(mind, text.slice(link.end))
  return {
    noun,
    own: head === undefined || head.at >= own.length ? own : own.slice(0, head.at) + own.slice(head.end),
    parent,
    best,
  }
}

const superlatives: readonly [RegExp, (match: RegExpExecArray) => Superlative][] = [
  [
    /\s(?:with|that has|having) the (highest|lowest|latest|earliest|largest|smallest|biggest|longest|shortest|most|least|fewest) ([^",.?]+?)$/i,
    (match) => ({
      field: match[2] as string,
      most: /highest|latest|largest|biggest|longest|most/i.test(match[1] as string),
    }),
  ],
  [
    /\sthat (?:is|are) (due) (first|last)$|\sthat (starts?|ends?|expires?) (first|last)$/i,
    (match) => ({
      field: (match[1] ?? match[3] ?? '').replace(/s$/, ''),
      most: (match[2] ?? match[4]) === 'last',
    }),
  ],
  [
    /\b(newest|most recently created|most recent|latest|oldest|earliest)\b/i,
    (match) => ({ field: 'time', most: !/oldest|earliest/i.test(match[1] as string) }),
  ],
  [
    /\b(cheapest|least expensive|most expensive|dearest)\b/i,
    (match) => ({ field: 'price', most: /most|dearest/i.test(match[1] as string) }),
  ],
]

function withoutSuperlative(words: string): { text: string; best: Superlative | undefined } {
  const hidden = masked(words.replace(/[.?!]+$/, ''))
  for (const [pattern, read] of superlatives) {
    const match = pattern.exec(hidden)
    if (match !== null)
      return { text: words.slice(0, match.index) + words.slice(match.index + match[0].length), best: read(match) }
  }
  return { text: words, best: undefined }
}

function extreme(mind: Mind, rows: readonly JsonObject[], { field, most }: Superlative): JsonObject | undefined {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !isKey(name))
  const time = ['created_at', 'creation_date', 'created', 'created_on', 'date']
  const name =
    field === 'time'
      ? (time.find((each) => fields.includes(each)) ?? fields.find((each) => /creat|date|_at$/.test(each)))
      : field === 'price'
        ? fields
            .filter(
              (each) =>
                /price|cost|fee|rate|amount|total/.test(each) && rows.some((row) => typeof row[each] === 'number'),
            )
            .sort((a, b) => priceRank(a) - priceRank(b))[0]
        : (fields
            .map((each) => ({ each, score: fieldScore(mind.dictionary, each, field) }))
            .sort((a, b) => b.score - a.score)
            .find(({ score }) => score > 0)?.each ?? fields.find((each) => each.startsWith(field.slice(0, 5))))
  if (name === undefined) return undefined
  const known = rows.filter((row) => row[name] !== null && row[name] !== undefined)
  return known.reduce<JsonObject | undefined>((best, row) => {
    if (best === undefined) return row
    const [a, b] = [row[name] as string | number, best[name] as string | number]
    return (most ? a > b : a < b) ? row : best
  }, undefined)
}

const priceRank = (name: string): number =>
  ['price', 'cost', 'fee', 'rate', 'amount', 'total'].findIndex((word) => name.includes(word))

/** The rows that explain most of what is said: each word of a group's description is a cell of every row in it. */
export function groupOf(
  { dictionary }: Mind,
  rows: readonly JsonObject[],
  words: string,
  parent: Known | undefined,
): JsonObject[] {
  const above = parent && idOf(parent)
  const under = rows.filter(
    (row) => above === undefined || Object.entries(row).some(([field, value]) => field !== 'id' && value === above),
  )
  const text = words.replace(/^\s*(?:all|every one|each|every)(?: of)?\s/i, ' ')
  if (describing(text) === '') return under
  const covered = under.map((row) => ({ row, covers: coverage(row, text, dictionary) }))
  const most = Math.max(0, ...covered.map(({ covers }) => covers))
  return most === 0 ? [] : covered.filter(({ covers }) => covers === most).map(({ row }) => row)
}

/** How many characters of a text are said of the row. */
function coverage(row: JsonObject, text: string, dictionary: Dictionary): number {
  const covered = new Set<number>()
  for (const [field, value] of Object.entries(row)) {
    if (isKey(field)) continue
    for (const way of waysToSay(field, value, dictionary)) {
      const at = indexOfWords(text, way)
      if (at < 0) continue
      for (let index = at; index < at + way.length; index += 1) covered.add(index)
    }
  }
  return covered.size
}

/** What is left of a description besides articles. */
const describing = (text: string): string =>
  text
    .replace(
      /\b(?:the|a|an|my|our|your|his|her|their|its|this|that|please|all|every|one|each|of|there)\b|的|那个|这个|把|请|所有/gi,
      '',
    )
    .replace(/[\s.?!,]+/g, ' ')
    .trim()

/** The place where a description goes on with the parent's. */
function parentLink(text: string, mentions: readonly { at: number }[]): { at: number; end: number } | undefined {
  const hidden = masked(text)
  for (const { at } of mentions) {
    const before =
      /\s(?:of|in|for|from|under|on|at|belonging to)\s(?=(?:(?:the|that|this|my|our)\s(?:same\s)?(?:\S+\s){0,4})?$)/i.exec(
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
    const [best] = scoreRows(mind, rows, text, undefined)
    if (best !== undefined && saidOf(best.row, text, mind.dictionary) > 0)
      return remember(mind, { noun, row: best.row })
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
  /** Only what can be listed as it is: no parents are looked up for it. */
  direct?: boolean
}

export function* listRows(mind: Mind, noun: string, { parent, named, direct }: ListOptions): Plan<JsonObject[]> {
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
    if (above === undefined || above === noun || direct === true) continue
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

export function scoreRows(
  { dictionary, intent, last, kit }: Mind,
  rows: readonly JsonObject[],
  words: string,
  parent: Known | undefined,
): { row: JsonObject; score: number }[] {
  const above = parent && idOf(parent)
  const quoted = quotedIn(words)
  return rows
    .map((row) => {
      // What is said elsewhere in the intent tells apart what is said alike here.
      let score = saidOf(row, words, dictionary) + 0.02 * saidOf(row, intent, dictionary)
      // What is quoted is what the thing is called, if it is anything.
      for (const text of quoted) {
        const fields = Object.keys(row).filter((field) => isSaidAs(field, row[field], text, dictionary))
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

const isSaidAs = (field: string, value: Json | undefined, text: string, dictionary: Dictionary): boolean =>
  waysToSay(field, value, dictionary).some((way) => way.toLowerCase() === text.toLowerCase())

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

/** How well words name a field: 3 for one of its names, less for words in common, 0 for none. */
export function fieldScore(dictionary: Dictionary, name: string, words: string): number {
  const wanted = words.trim().toLowerCase()
  if (wanted === '') return 0
  const ways = dictionary.fields(name).map((way) => way.toLowerCase())
  if (ways.includes(wanted)) return 3
  if (ways.some((way) => stem(way) === stem(wanted))) return 2.5
  const own = new Set(ways.flatMap((way) => way.split(' ')))
  const said = wanted.split(' ')
  const common = said.filter((word) => own.has(word)).length
  const share = common / Math.max(said.length, spoken(name).split(' ').length)
  return share >= 0.5 ? share : 0
}
