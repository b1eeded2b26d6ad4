/**
 * The plan: clause by clause, each write that it asks for with the rows that it speaks of, and an answer where one is asked
 * for. Whatever can't be understood is left undone.
 */

import type { ResetObservation } from '../../../schemas/environment.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import { spoken, stem } from '../words.ts'
import { type Assignment, assignmentParts, assignmentsIn, type Clause, clausesOf, isQuestion } from './clauses.ts'
import type { Dictionary } from './dictionary.ts'
import { findRow, getRow, keyArguments } from './find.ts'
import { call, idOf, type Known, type Mind, type Plan, remember } from './mind.ts'
import { indexOfWords, masked, nounsIn, placesOf } from './text.ts'
import { isKey, type KnownTool, type Parameter, readKit } from './tools.ts'
import { valueFor } from './values.ts'

/** The answer, where there is one. */
export function* plan(observation: ResetObservation, dictionary: Dictionary): Plan<Json | undefined> {
  const kit = readKit(observation.tools, dictionary)
  const mind: Mind = { kit, dictionary, lists: new Map(), last: new Map() }
  let answer: Json | undefined
  let done = false
  const clauses = clausesOf(observation.intent, kit)
  for (const clause of clauses) {
    if (isQuestion(clause.text) && !done) {
      const found = yield* answerQuestion(mind, clause.text)
      if (found !== undefined) return found
      answer ??= found
    }
    done = (yield* doClause(mind, clause)) || done
  }
  return answer
}

function* doClause(mind: Mind, { readings }: Clause): Plan<boolean> {
  for (const { effect, rest, says } of readings) {
    const done =
      effect === 'create'
        ? yield* create(mind, rest)
        : effect === 'update'
          ? yield* update(mind, rest)
          : effect === 'delete'
            ? yield* remove(mind, rest)
            : yield* act(mind, rest, says ?? '')
    if (done) return true
  }
  return false
}

/** Calls a write; the row it answers with is known from then on. */
function* write(mind: Mind, tool: KnownTool, args: JsonObject, known?: Known): Plan<boolean> {
  const outcome = yield* call(tool.name, args)
  if (outcome.code !== undefined) return false
  if (tool.effect === 'delete') {
    for (const [at, rows] of mind.lists)
      mind.lists.set(
        at,
        rows.filter((row) => row !== known?.row),
      )
    return true
  }
  const row = outcome.result as JsonObject | null
  if (row !== null && typeof row === 'object' && tool.effect !== 'act') {
    const now = remember(mind, { noun: tool.noun, row: { ...known?.row, ...row } })
    if (known !== undefined) Object.assign(known.row, now.row)
    else
      for (const at of [...mind.lists.keys()])
        if (mind.kit.tools.some(({ name, noun }) => noun === tool.noun && at.startsWith(`${name} `)))
          mind.lists.delete(at)
  } else if (known !== undefined) remember(mind, known)
  return true
}

// --- deletes and acts

function* remove(mind: Mind, rest: string): Plan<boolean> {
  const known = yield* findRow(mind, rest)
  if (known === undefined) return false
  const whole = known
  for (const tool of mind.kit.tools) {
    if (tool.effect !== 'delete' || tool.noun !== known.noun) continue
    const args = keyArguments(mind, tool, whole)
    if (args !== undefined && (yield* write(mind, tool, args, known))) return true
  }
  return false
}

function* act(mind: Mind, rest: string, says: string): Plan<boolean> {
  const [ref, settings] = withoutSettings(rest)
  const known = yield* findRow(mind, ref)
  if (known === undefined) return false
  const tools = mind.kit.tools.filter(
    (tool) => tool.noun === known.noun && tool.effect === 'act' && tool.says.includes(says),
  )
  for (const tool of tools) {
    const keys = keyArguments(mind, tool, known)
    const values = keys && settingsFor(mind, tool, settings)
    if (keys === undefined || values === undefined) continue
    if (yield* write(mind, tool, { ...keys, ...values.args }, known)) return true
  }
  return false
}

/** A description, and the `with the A V and the B W` behind it. */
function withoutSettings(rest: string): [string, string] {
  const places = placesOf(rest, /\swith\s(?:the|a|an)\s/gi)
  const last = places.at(-1)
  return last === undefined ? [rest, ''] : [rest.slice(0, last.at), rest.slice(last.at + 6)]
}

// --- creations

const naming = /\s(?:called|named|titled|with the (?:name|title))\s/i

function* create(mind: Mind, rest: string): Plan<boolean> {
  const hidden = masked(rest)
  if (!/^(?:an?|another|one|the following)\s/i.test(rest)) return false
  const mentions = nounsIn(rest, mind.kit)
  const head = mentions[0]
  if (head === undefined) return false
  const tools = mind.kit.tools.filter(({ effect, noun }) => effect === 'create' && noun === head.noun)
  if (tools.length === 0) return false
  // Parents are named between the noun and what is set.
  const withAt = indexOf(hidden, /\swith\s(?:the|an?)\s/i, head.end)
  const links = mentions.slice(1).flatMap(({ at }) => {
    const before =
      /\s(?:for|in|of|under|to|on|from|at)\s(?=(?:the|that|this|my|our)\s(?:same\s)?(?:[^\s"]+\s){0,3}$)/i.exec(
        hidden.slice(0, at),
      )
    return before === null || (withAt >= 0 && before.index > withAt)
      ? []
      : [{ at: before.index, end: before.index + before[0].length }]
  })
  const parents: Known[] = []
  for (const [index, link] of links.entries()) {
    const until = links[index + 1]?.at ?? (withAt >= 0 ? withAt : rest.length)
    const found = yield* findRow(mind, rest.slice(link.end, until))
    if (found !== undefined) parents.push(found)
  }
  const named = naming.exec(hidden)
  const nameEnd = Math.min(
    ...[links[0]?.at ?? rest.length, withAt >= 0 ? withAt : rest.length].filter(
      (at) => named === null || at > named.index,
    ),
  )
  const name = named === null ? undefined : rest.slice(named.index + named[0].length, nameEnd)
  const settings = withAt < 0 ? '' : rest.slice(withAt + 6)
  const options = tools
    .map((tool) => creation(mind, tool, parents, name, settings))
    .filter((option) => option !== undefined)
    .sort((a, b) => b.score - a.score)
  for (const { tool, args } of options) if (yield* write(mind, tool, args)) return true
  return false
}

const indexOf = (text: string, pattern: RegExp, from: number): number => {
  const at = text.slice(from).search(pattern)
  return at < 0 ? -1 : at + from
}

function creation(mind: Mind, tool: KnownTool, parents: readonly Known[], name: string | undefined, settings: string) {
  const args: JsonObject = {}
  let score = 0
  for (const parent of parents) {
    const parameter = tool.parameters.find(
      ({ name: key, role }) => role === 'key' && args[key] === undefined && mind.kit.nounOf(key) === parent.noun,
    )
    if (parameter === undefined) score -= 5
    else {
      args[parameter.name] = idOf(parent) as Json
      score += 2
    }
  }
  if (name !== undefined) {
    const parameter = nameParameter(tool)
    const value = parameter && valueFor(parameter.name, parameter.schema, name, mind.dictionary)
    if (parameter === undefined || value === undefined) score -= 5
    else {
      args[parameter.name] = value
      score += 2
    }
  }
  const values = settingsFor(mind, tool, settings)
  if (values === undefined) return undefined
  Object.assign(args, values.args)
  score += values.met - 3 * values.unmet
  for (const { name: key, required, role } of tool.parameters) {
    if (!required || args[key] !== undefined) continue
    const noun = role === 'key' ? mind.kit.nounOf(key) : undefined
    const near = noun === undefined ? undefined : mind.last.get(noun)
    if (near === undefined) return undefined
    args[key] = idOf(near) as Json
    score -= 1
  }
  return { tool, args, score }
}

const nameOrder = ['name', 'title', 'display_name', 'label', 'subject', 'full_name', 'headline', 'summary']

function nameParameter({ parameters, noun }: KnownTool): Parameter | undefined {
  const texts = parameters.filter(
    ({ role, schema }) =>
      role === 'value' && schema.type === 'string' && schema.enum === undefined && schema.format === undefined,
  )
  const named = [...nameOrder, `${noun.replaceAll(' ', '_')}_name`, `${noun.split(' ').at(-1)}_name`]
  for (const wanted of named) {
    const found = texts.find(({ name }) => name === wanted)
    if (found !== undefined) return found
  }
  return texts.find(({ name }) => /(^|_)(name|title|subject|label|filename|file)$/.test(name))
}

/** `the A V, the B W and the C U` as arguments; undefined where the tool demands one that isn't said. */
function settingsFor(
  mind: Mind,
  tool: KnownTool,
  settings: string,
): { args: JsonObject; met: number; unmet: number } | undefined {
  const args: JsonObject = {}
  let met = 0
  let unmet = 0
  if (settings.trim() !== '') {
    const parts: string[] = []
    let from = 0
    for (const { at, end } of placesOf(settings, /(?:,\s+and|,|\s+and)\s+(?=(?:the|an?)\s)/gi)) {
      parts.push(settings.slice(from, at))
      from = end
    }
    parts.push(settings.slice(from))
    for (const part of parts) {
      const text = part.trim().replace(/^(?:the|an?)\s+/i, '')
      const found = leadingField(mind.dictionary, tool.parameters, text)
      const value = found && valueFor(found.parameter.name, found.parameter.schema, found.rest, mind.dictionary)
      if (found === undefined || value === undefined) unmet += 1
      else {
        args[found.parameter.name] = value
        met += 1
      }
    }
  }
  return { args, met, unmet }
}

/** The parameter whose words a text begins with, the longest, and what comes behind them. */
function leadingField(dictionary: Dictionary, parameters: readonly Parameter[], text: string) {
  let best: { parameter: Parameter; rest: string; length: number } | undefined
  for (const parameter of parameters) {
    if (parameter.role !== 'value') continue
    for (const way of dictionary.fields(parameter.name)) {
      if (indexOfWords(masked(text), way) !== 0 || way.length <= (best?.length ?? 0)) continue
      best = { parameter, rest: text.slice(way.length), length: way.length }
    }
  }
  return best
}

// --- updates

function* update(mind: Mind, rest: string): Plan<boolean> {
  const parts = assignmentParts(rest)
  let known: Known | undefined
  const wanted: { parameter: string; value: Json }[] = []
  for (const part of parts) {
    const reading = yield* readAssignment(mind, part, known)
    if (reading === undefined) continue
    known = reading.known
    wanted.push({ parameter: reading.parameter, value: reading.value })
  }
  if (known === undefined || wanted.length === 0) return false
  return yield* setAll(mind, known, wanted)
}

/** Calls as few tools as will set all of it. */
function* setAll(mind: Mind, known: Known, wanted: { parameter: string; value: Json }[]): Plan<boolean> {
  let left = wanted
  while (left.length > 0) {
    const options = mind.kit.tools
      .filter(({ effect, noun }) => effect === 'update' && noun === known.noun)
      .map((tool) => ({
        tool,
        sets: left.filter(({ parameter }) => tool.parameters.some(({ name }) => name === parameter)),
      }))
      .filter(({ sets }) => sets.length > 0)
      .sort(
        (a, b) =>
          b.sets.length - a.sets.length ||
          a.tool.parameters.filter(({ required }) => required).length -
            b.tool.parameters.filter(({ required }) => required).length,
      )
    let done = false
    for (const { tool, sets } of options) {
      const keys = keyArguments(mind, tool, known)
      if (keys === undefined) continue
      const args: JsonObject = { ...keys }
      for (const { parameter, value } of sets) args[parameter] = value
      const complete = yield* completeArguments(mind, tool, args, known)
      if (!complete || !(yield* write(mind, tool, args, known))) continue
      left = left.filter((each) => !sets.includes(each))
      done = true
      break
    }
    if (!done) return left.length < wanted.length
  }
  return true
}

/** What a replacing update demands beside the change stays as it is shown. */
function* completeArguments(mind: Mind, tool: KnownTool, args: JsonObject, known: Known): Plan<boolean> {
  const missing = () => tool.parameters.filter(({ name, required }) => required && args[name] === undefined)
  if (missing().length === 0) return true
  if (missing().some(({ name }) => known.row[name] === undefined)) {
    const whole = yield* getRow(mind, known.noun, idOf(known) as Json, known.row)
    if (whole !== undefined) Object.assign(known.row, whole.row)
  }
  for (const { name } of missing()) {
    const value = known.row[name]
    if (value !== undefined && value !== null) args[name] = value
  }
  return missing().length === 0
}

interface Reading {
  known: Known
  parameter: string
  value: Json
}

function* readAssignment(mind: Mind, part: string, before: Known | undefined): Plan<Reading | undefined> {
  const ways = assignmentsIn(part)
  // A field's words, a row and a value that the field takes.
  const fits: { way: Assignment; parameter: Parameter; value: Json; score: number }[] = []
  for (const way of ways) {
    const noun = nounOfRef(mind, way.ref, before)
    if (noun === undefined) continue
    for (const parameter of settable(mind, noun)) {
      const score = fieldScore(mind.dictionary, parameter.name, way.field)
      if (score === 0) continue
      const value = valueFor(parameter.name, parameter.schema, way.value, mind.dictionary)
      if (value !== undefined) fits.push({ way, parameter, value, score })
    }
  }
  const [best] = fits.sort((a, b) => b.score - a.score)
  if (best !== undefined) {
    const known = best.way.ref === 'it' && before !== undefined ? before : yield* findRow(mind, best.way.ref)
    return known && { known, parameter: best.parameter.name, value: best.value }
  }
  // "rename X to V", "mark X as F", "move X to Y": no field is said.
  for (const { index } of masked(part).matchAll(/\s(?:to|as|into|under)\s/gi)) {
    const ref = part.slice(0, index)
    const words = part.slice(index).replace(/^\s\w+\s/, '')
    const noun = nounOfRef(mind, ref, before)
    if (noun === undefined) continue
    const parameters = settable(mind, noun)
    const flag = parameters.find(
      ({ name, schema }) => schema.type === 'boolean' && valueFor(name, schema, words, mind.dictionary) !== undefined,
    )
    const state = parameters.find(
      ({ name, schema }) =>
        /(^|_)(status|state|stage|phase)$/.test(name) && valueFor(name, schema, words, mind.dictionary) !== undefined,
    )
    const targets = nounsIn(words, mind.kit)
    const link = targets[0] && linkTo(mind, noun, targets[0].noun)
    if (link !== undefined && !/^\s*["“]/.test(words)) {
      const known = isIt(ref) && before !== undefined ? before : yield* findRow(mind, ref)
      const target = yield* findRow(mind, words)
      if (known === undefined || target === undefined) continue
      remember(mind, known)
      return { known, parameter: link, value: idOf(target) as Json }
    }
    const parameter = flag ?? state ?? nameParameter({ parameters, noun } as KnownTool)
    if (parameter === undefined) continue
    const value = valueFor(parameter.name, parameter.schema, words, mind.dictionary)
    const known = isIt(ref) && before !== undefined ? before : yield* findRow(mind, ref)
    if (known !== undefined && value !== undefined) return { known, parameter: parameter.name, value }
  }
  return undefined
}

const isIt = (ref: string): boolean => /^\s*(?:it|them|its|their)\s*$/i.test(ref)

/** The key of a noun's row that refers to a row of another noun, where some update sets it. */
const linkTo = (mind: Mind, noun: string, to: string): string | undefined =>
  mind.kit.tools
    .filter((tool) => tool.effect === 'update' && tool.noun === noun)
    .flatMap(({ parameters }) => parameters)
    .find(({ name, role, required }) => role === 'key' && mind.kit.nounOf(name) === to && (noun !== to || !required))
    ?.name

function nounOfRef(mind: Mind, ref: string, before: Known | undefined): string | undefined {
  const [head] = nounsIn(ref, mind.kit)
  return head?.noun ?? (isIt(ref) ? (before ?? mind.it)?.noun : undefined)
}

const settable = (mind: Mind, noun: string): Parameter[] =>
  mind.kit.tools
    .filter((tool) => tool.effect === 'update' && tool.noun === noun)
    .flatMap(({ parameters }) => parameters.filter(({ role }) => role === 'value'))

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

// --- questions

function* answerQuestion(mind: Mind, text: string): Plan<Json | undefined> {
  for (const { field, ref } of questionReadings(text)) {
    const mentions = nounsIn(ref, mind.kit)
    if (mentions.length === 0) continue
    const known = yield* findRow(mind, ref)
    if (known === undefined) continue
    const value = yield* fieldValue(mind, known, field)
    if (value !== undefined) return value
  }
  return undefined
}

/** "the A of X", every way to part them; and "what A X is in". */
function questionReadings(text: string): { field: string; ref: string }[] {
  const found: { field: string; ref: string }[] = []
  const plain = text.replace(/\s+-\s+could you.*$/i, '').replace(/\s+for me\b[.?]?$/i, '')
  const hidden = masked(plain)
  const ofs = [...hidden.matchAll(/\s(?:of|for)\s/gi)].map(({ index }) => index)
  for (const of of ofs) {
    const before = /(?:the|its|their)\s+([^,.?]+)$/i.exec(hidden.slice(0, of))
    if (before !== null)
      found.push({ field: plain.slice(of - (before[1] as string).length, of), ref: plain.slice(of + 4) })
  }
  const isIn = /\bwhat\s+(.+?)\s+((?:the|my|our)\s.+?)\s+(?:is in|is|has|are|was)\b/i.exec(plain)
  if (isIn !== null) found.push({ field: isIn[1] as string, ref: isIn[2] as string })
  const own = /\b(?:what(?:'s| is)|tell me|look up|know)\s+(.+?)['’]s?\s+([^?.]+)/i.exec(plain)
  if (own !== null) found.push({ field: own[2] as string, ref: own[1] as string })
  return found
}

function* fieldValue(mind: Mind, known: Known, words: string): Plan<Json | undefined> {
  const best = (row: JsonObject) =>
    Object.entries(row)
      .filter(([field, value]) => !isKey(field) && value !== null && typeof value !== 'object')
      .map(([field, value]) => ({ value, score: fieldScore(mind.dictionary, field, words) }))
      .sort((a, b) => b.score - a.score)[0]
  const listed = best(known.row)
  if (listed !== undefined && listed.score >= 2.5) return listed.value
  const whole = yield* getRow(mind, known.noun, idOf(known) as Json, known.row)
  const shown = whole && best(whole.row)
  const found = shown !== undefined && shown.score > (listed?.score ?? 0) ? shown : listed
  return found !== undefined && found.score > 0 ? found.value : undefined
}
