/**
 * Finding the row that words speak of: the rows of its kind are listed (under its parent where one is named or needed), and
 * the one of which most is said is it.
 */

import type { Json, JsonObject } from '../../../schemas/json.ts'
import { isChinese } from './chinese.ts'
import { call, idOf, type Known, type Mind, type Plan, remember, rowsIn } from './mind.ts'
import { describing, extreme, groupOf, type Superlative, saidOf, scoreRows, withoutSuperlative } from './pick.ts'
import { headOf, masked, nounsIn, quotedIn } from './text.ts'
import { isKey, type KnownTool, type Parameter } from './tools.ts'

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
  const head = headOf(text, mentions)
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
  const first = headOf(text, mentions)
  const head = hint === undefined || first?.noun === hint ? first : undefined
  const noun = head?.noun ?? hint
  if (noun === undefined) return undefined
  const others = mentions.filter((mention) => mention !== head)
  const link = isChinese(text) ? chineseLink(text, others) : parentLink(text, others)
  const above = link === undefined ? '' : link.isBefore ? text.slice(0, link.at) : text.slice(link.end)
  const rest =
    link === undefined
      ? { from: 0, to: text.length }
      : link.isBefore
        ? { from: link.end, to: text.length }
        : { from: 0, to: link.at }
  const parent = above === '' ? undefined : yield* findRow(mind, above)
  const own =
    head === undefined || head.at < rest.from || head.end > rest.to
      ? text.slice(rest.from, rest.to)
      : `${text.slice(rest.from, head.at)} ${text.slice(head.end, rest.to)}`
  return { noun, own, parent, best }
}

interface Link {
  at: number
  end: number
  /** The parent stands before it. */
  isBefore: boolean
}

/** 客户“…”名下的…, 项目“…”里的…: the parent ends at the first 的 behind its noun and its name. */
function chineseLink(text: string, others: readonly { end: number }[]): Link | undefined {
  const last = others.at(-1)
  if (last === undefined) return undefined
  const after = /(?:名下|对应|所属|[下里])?的/.exec(masked(text).slice(last.end))
  if (after === null) return undefined
  const at = last.end + after.index
  return { at, end: at + after[0].length, isBefore: true }
}

/** The place where a description goes on with the parent's. */
function parentLink(text: string, mentions: readonly { at: number }[]): Link | undefined {
  const hidden = masked(text)
  for (const { at } of mentions) {
    const before =
      /\s(?:of|in|for|from|under|on|at|belonging to)\s(?=(?:(?:the|that|this|my|our)\s(?:same\s)?(?:\S+\s){0,4})?$)/i.exec(
        hidden.slice(0, at),
      )
    if (before !== null) return { at: before.index, end: before.index + before[0].length, isBefore: false }
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
