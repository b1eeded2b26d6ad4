/**
 * The plan: clause by clause, each write that it asks for with the rows that it speaks of, and an answer where one is asked
 * for. Whatever can't be understood is left undone.
 */

import type { ResetObservation } from '../../../schemas/environment.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import { answerQuestion, guessAnswer } from './answer.ts'
import {
  type Assignment,
  assignmentParts,
  assignmentsIn,
  type Clause,
  clausesOf,
  isCondition,
  isQuestion,
} from './clauses.ts'
import type { Dictionary } from './dictionary.ts'
import { fieldScore, findCandidates, findGroup, findRow, getRow, keyArguments } from './find.ts'
import { call, idOf, type Known, type Mind, type Plan, remember } from './mind.ts'
import { indexOfWords, masked, nounsIn, placesOf } from './text.ts'
import { type KnownTool, type Parameter, readKit } from './tools.ts'
import { valueFor } from './values.ts'

/** How a clause ended: done, refused by the world, or not understood. */
export type Ending = 'done' | 'refused' | 'unclear'

/** The answer, where there is one. */
export function* plan(observation: ResetObservation, dictionary: Dictionary): Plan<Json | undefined> {
  const { intent } = observation
  const kit = readKit(observation.tools, dictionary)
  const mind: Mind = { kit, dictionary, intent, lists: new Map(), last: new Map() }
  let ending: Ending = 'unclear'
  let skips = false
  let did = false
  for (const clause of clausesOf(intent, kit)) {
    if (isCondition(clause.text)) {
      // "If that can't be done, …": what follows is for whoever was refused.
      skips = ending === 'done'
      continue
    }
    if (skips) {
      skips = false
      continue
    }
    // "The status of the order, please."
    if ((isQuestion(clause.text) || clause.readings.length === 0) && !did) {
      const answer = yield* answerQuestion(mind, clause.text)
      if (answer !== undefined) return answer
    }
    const before = mind.it
    ending = yield* doClause(mind, clause)
    did ||= ending === 'done'
    if (ending === 'unclear' && mind.it === before && nounsIn(clause.text, kit).length > 0) mind.spoken = clause.text
  }
  return did || !isQuestion(intent) ? undefined : yield* guessAnswer(mind, intent)
}

function* doClause(mind: Mind, { readings }: Clause): Plan<Ending> {
  let ending: Ending = 'unclear'
  for (const { effect, rest, says } of readings) {
    const now: Ending =
      effect === 'create'
        ? yield* create(mind, rest)
        : effect === 'update'
          ? yield* update(mind, rest)
          : effect === 'delete'
            ? yield* remove(mind, rest)
            : yield* act(mind, rest, says ?? '')
    if (now === 'done') return now
    if (now === 'refused') ending = now
  }
  return ending
}

/** Calls a write; the row it answers with is known from then on. */
function* write(mind: Mind, tool: KnownTool, args: JsonObject, known?: Known): Plan<Ending> {
  const outcome = yield* call(tool.name, args)
  if (outcome.code !== undefined) return outcome.code === 'INVALID_ARGS' ? 'unclear' : 'refused'
  if (tool.effect === 'delete') {
    for (const [at, rows] of mind.lists)
      mind.lists.set(
        at,
        rows.filter((row) => row !== known?.row),
      )
    return 'done'
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
  return 'done'
}

// --- deletes and acts

function* remove(mind: Mind, rest: string): Plan<Ending> {
  const ref = rest.replace(/[.?!]+$/, '')
  if (isAll(ref)) return yield* forAll(mind, yield* findGroup(mind, ref), (known) => removeRow(mind, known))
  return yield* firstThatGoes(yield* findCandidates(mind, ref), (known) => removeRow(mind, known))
}

function* removeRow(mind: Mind, known: Known): Plan<Ending> {
  for (const tool of mind.kit.tools) {
    if (tool.effect !== 'delete' || tool.noun !== known.noun) continue
    const args = keyArguments(mind, tool, known)
    if (args === undefined) continue
    const ending = yield* write(mind, tool, args, known)
    if (ending !== 'unclear') return ending
  }
  return 'unclear'
}

function* act(mind: Mind, rest: string, says: string): Plan<Ending> {
  const tools = mind.kit.tools.filter((tool) => tool.effect === 'act' && tool.says.includes(says))
  const takes = tools.some(({ parameters }) => parameters.some(({ role }) => role === 'value'))
  const plain = rest.replace(/[.?!]+$/, '')
  const [ref, settings] = takes ? withoutSettings(plain) : [plain, '']
  const [head] = nounsIn(ref, mind.kit)
  const nouns = [...new Set(tools.map(({ noun }) => noun))]
  // Without a noun of its own, what is done tells what it is done to.
  const hint = head !== undefined && nouns.includes(head.noun) ? undefined : nouns[0]
  if (isAll(ref))
    return yield* forAll(mind, yield* findGroup(mind, ref), (known) => actOn(mind, tools, known, settings))
  const found = yield* findCandidates(mind, ref, hint)
  return yield* firstThatGoes(found, (known) => actOn(mind, tools, known, settings))
}

function* actOn(mind: Mind, tools: readonly KnownTool[], known: Known, settings: string): Plan<Ending> {
  for (const tool of tools) {
    if (tool.noun !== known.noun) continue
    const keys = keyArguments(mind, tool, known)
    const values = keys && settingsFor(mind, tool, settings)
    if (keys === undefined || values === undefined) continue
    const ending = yield* write(mind, tool, { ...keys, ...values.args }, known)
    if (ending !== 'unclear') return ending
  }
  return 'unclear'
}

const isAll = (ref: string): boolean => /^\s*(?:all|every|each)\b/i.test(ref)

/** The same for each of them; done where it was for all. */
function* forAll(mind: Mind, group: readonly Known[], work: (known: Known) => Plan<Ending>): Plan<Ending> {
  let done = 0
  for (const known of group) if ((yield* work(known)) === 'done') done += 1
  delete mind.it
  return group.length === 0 ? 'unclear' : done === group.length ? 'done' : 'refused'
}

const candidatesMax = 3

/** Where the words fit several alike, a refusal tells that another is meant. */
function* firstThatGoes(found: readonly Known[], work: (known: Known) => Plan<Ending>): Plan<Ending> {
  let ending: Ending = 'unclear'
  for (const known of found.slice(0, candidatesMax)) {
    ending = yield* work(known)
    if (ending === 'done') return ending
  }
  return ending
}

/** A description, and the `with the A V and the B W` behind it. */
function withoutSettings(rest: string): [string, string] {
  const places = placesOf(
    rest,
    /\swith\s(?=(?:the|an?)\s(?!highest|lowest|latest|earliest|largest|smallest|most|least))/gi,
  )
  const last = places.at(-1)
  return last === undefined ? [rest, ''] : [rest.slice(0, last.at), rest.slice(last.end)]
}

// --- creations

const naming = /\s(?:called|named|titled|with the (?:name|title))\s|\s(?=")/i
const several = /^(?:two|three|four|five|six|seven|eight|nine|ten|\d+)\s/i

function* create(mind: Mind, rest: string): Plan<Ending> {
  const many = several.test(rest)
  if (!many && !/^(?:an?|another|one|the following)\s/i.test(rest)) return 'unclear'
  const listAt = many ? masked(rest).indexOf(': ') : -1
  const whole = listAt < 0 ? rest : rest.slice(0, listAt)
  const hidden = masked(whole)
  const mentions = nounsIn(whole, mind.kit)
  const [head] = mentions
  if (head === undefined) return 'unclear'
  const tools = mind.kit.tools.filter(({ effect, noun }) => effect === 'create' && noun === head.noun)
  if (tools.length === 0) return 'unclear'
  // Parents are named between the noun and what is set.
  const withAt = indexOf(hidden, /\swith\s/i, head.end)
  const links = placesOf(
    whole,
    /\s(?:for|in|of|under|to|on|from|at)\s(?=(?:the|that|this|my|our)\s(?:same\s)?(?:[^\s"]+\s){0,5}?\S)|\s(?:for|in|of|under|to)\s(?=(?:it|them|him|her)\b)/gi,
  ).filter(
    ({ at, end }) =>
      at >= head.end &&
      (withAt < 0 || at < withAt) &&
      (/^(?:it|them|him|her)\b/i.test(whole.slice(end)) ||
        mentions.some((mention) => mention.at >= end && mention.at - end < 40)),
  )
  const parents: Known[] = []
  for (const [index, link] of links.entries()) {
    const until = links[index + 1]?.at ?? (withAt >= 0 ? withAt : whole.length)
    const found = yield* findRow(mind, whole.slice(link.end, until).replace(/[.?!]+$/, ''))
    if (found !== undefined) parents.push(found)
  }
  const end = Math.min(
    ...[links[0]?.at, withAt >= 0 ? withAt : undefined, whole.length].filter((at) => at !== undefined),
  )
  const after = naming.exec(hidden.slice(head.end, end))
  const named = after === null ? null : { index: after.index + head.end, length: after[0].length }
  const name = named === null ? undefined : whole.slice(named.index + named.length, end)
  const items =
    listAt < 0
      ? [{ name, settings: withAt < 0 ? '' : whole.slice(withAt + 5).trim() }]
      : itemsIn(rest.slice(listAt + 2).replace(/[.?!]+$/, ''))
  let ending: Ending = 'unclear'
  for (const item of items) {
    ending = 'unclear'
    const options = tools
      .map((tool) => creation(mind, tool, parents, item.name, item.settings))
      .filter((option) => option !== undefined)
      .sort((a, b) => b.score - a.score)
    for (const { tool, args } of options) {
      ending = yield* write(mind, tool, args)
      if (ending === 'done') break
    }
    if (ending !== 'done') return ending
  }
  return ending
}

/** `"A", "B" with the due date 3 May and one with the due date 4 May`: each with its name and what is set. */
function itemsIn(list: string): { name: string | undefined; settings: string }[] {
  const parts: string[] = []
  let from = 0
  for (const { at, end } of placesOf(list, /(?:,\s+and|,|\s+and)\s+(?!the\s)/gi)) {
    parts.push(list.slice(from, at))
    from = end
  }
  parts.push(list.slice(from))
  return parts.map((part) => {
    const at = indexOf(masked(part), /(?:^|\s)with\s/i, 0)
    const name = (at < 0 ? part : part.slice(0, at)).trim().replace(/^one$/i, '')
    return { name: name === '' ? undefined : name, settings: at < 0 ? '' : part.slice(at).replace(/^\s*with\s/i, '') }
  })
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

function nameParameter({ parameters, noun }: Pick<KnownTool, 'parameters' | 'noun'>): Parameter | undefined {
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

/** `a due date of 3 May, Ada Byrne as the owner and the label "urgent"` as arguments; what isn't understood is counted. */
function settingsFor(mind: Mind, tool: KnownTool, settings: string): { args: JsonObject; met: number; unmet: number } {
  const args: JsonObject = {}
  let met = 0
  const pieces: string[] = []
  let from = 0
  for (const { at, end } of placesOf(settings, /(?:,\s+and|,|\s+and)\s+/gi)) {
    pieces.push(settings.slice(from, at), settings.slice(at, end))
    from = end
  }
  pieces.push(settings.slice(from))
  let unmet = 0
  for (let index = 0; index < pieces.length; ) {
    // The longest run of pieces that is one setting: a name may hold an "and" of its own.
    let taken = 0
    for (let until = pieces.length; until > index && taken === 0; until -= 2) {
      const found = settingIn(mind, tool, pieces.slice(index, until).join(''))
      if (found === undefined || args[found.name] !== undefined) continue
      args[found.name] = found.value
      taken = until - index
    }
    if (taken > 0) met += 1
    else if ((pieces[index] as string).trim() !== '') unmet += 1
    index += Math.max(taken, 1) + 1
  }
  return { args, met, unmet }
}

function settingIn(mind: Mind, tool: KnownTool, part: string): { name: string; value: Json } | undefined {
  const text = part.trim().replace(/[.?!]+$/, '')
  const options: { field: string; value: string }[] = []
  const read = (pattern: RegExp, field: number, value: number): void => {
    const [, ...places] = pattern.exec(masked(text))?.indices ?? []
    const [a, b] = [places[field - 1], places[value - 1]]
    if (a !== undefined && b !== undefined) options.push({ field: text.slice(...a), value: text.slice(...b) })
  }
  read(/^(.+) as (?:the|its) (.+)$/di, 2, 1)
  read(/^the option (".+") (.+)$/di, 1, 2)
  read(/^(?:an?|the) (.+?) of (.+)$/di, 1, 2)
  for (const { field, value } of options) {
    const fits = tool.parameters
      .filter(({ role }) => role === 'value')
      .map(({ name, schema }) => ({
        name,
        score: fieldScore(mind.dictionary, name, field.replaceAll('"', '')),
        value: valueFor(name, schema, value, mind.dictionary),
      }))
      .filter((fit) => fit.score >= 2 && fit.value !== undefined)
      .sort((a, b) => b.score - a.score)
    if (fits[0] !== undefined) return { name: fits[0].name, value: fits[0].value as Json }
  }
  const leading = leadingField(mind.dictionary, tool.parameters, text.replace(/^(?:the|an?)\s+/i, ''))
  // What goes on with another field is more than one setting.
  if (leading === undefined || /(?:,| and) (?:the|an?) /i.test(masked(leading.rest))) return undefined
  const value = valueFor(leading.parameter.name, leading.parameter.schema, leading.rest, mind.dictionary)
  return value === undefined ? undefined : { name: leading.parameter.name, value }
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

function* update(mind: Mind, rest: string): Plan<Ending> {
  let targets: Known[] | undefined
  const wanted: { parameter: string; value: Json }[] = []
  for (const part of assignmentParts(rest.replace(/[.?!]+$/, ''))) {
    const reading = yield* readAssignment(mind, part, targets)
    if (reading === undefined) continue
    targets = reading.targets
    wanted.push({ parameter: reading.parameter, value: reading.value })
  }
  if (targets === undefined || wanted.length === 0) return 'unclear'
  if (targets.length > 1) return yield* forAll(mind, targets, (known) => setAll(mind, known, wanted))
  return yield* setAll(mind, targets[0] as Known, wanted)
}

/** Calls as few tools as will set all of it. */
function* setAll(mind: Mind, known: Known, wanted: { parameter: string; value: Json }[]): Plan<Ending> {
  let left = wanted
  let refused = false
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
      const ending: Ending = complete ? yield* write(mind, tool, args, known) : 'unclear'
      refused ||= ending === 'refused'
      if (ending !== 'done') continue
      left = left.filter((each) => !sets.includes(each))
      done = true
      break
    }
    if (!done) return refused ? 'refused' : 'unclear'
  }
  return 'done'
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
  targets: Known[]
  parameter: string
  value: Json
}

function* readAssignment(mind: Mind, part: string, before: Known[] | undefined): Plan<Reading | undefined> {
  // A field's words, a row and a value that the field takes.
  const fits: { way: Assignment; parameter: Parameter; value: Json; score: number }[] = []
  for (const way of assignmentsIn(part)) {
    const noun = nounOfRef(mind, way.ref, before)
    if (noun === undefined) continue
    for (const parameter of settable(mind, noun)) {
      const score = fieldScore(mind.dictionary, parameter.name, way.field)
      if (score === 0) continue
      const value = like.test(way.value) ? '' : valueFor(parameter.name, parameter.schema, way.value, mind.dictionary)
      if (value !== undefined) fits.push({ way, parameter, value, score })
    }
  }
  const [best] = fits.sort((a, b) => b.score - a.score)
  if (best !== undefined) {
    const { way, parameter } = best
    const targets = yield* targetsOf(mind, way.ref, before)
    const value = like.test(way.value) ? yield* valueLike(mind, way.value, parameter) : best.value
    return targets.length === 0 || value === undefined ? undefined : { targets, parameter: parameter.name, value }
  }
  // "change its owner to Ada Byrne": the field is a reference, the value the row that is called so.
  for (const way of assignmentsIn(part)) {
    const noun = nounOfRef(mind, way.ref, before)
    const key = noun === undefined ? undefined : referenceNamed(mind, noun, way.field)
    if (key === undefined) continue
    const targets = yield* targetsOf(mind, way.ref, before)
    const to = yield* findRow(mind, way.value, mind.kit.nounOf(key))
    if (targets.length === 0 || to === undefined) continue
    remember(mind, targets[0] as Known)
    return { targets, parameter: key, value: idOf(to) as Json }
  }
  // "rename X to V", "mark X as F", "move X to Y": no field is said.
  for (const { index } of masked(part).matchAll(/\s(?:to|as|into|under)\s/gi)) {
    const ref = part.slice(0, index)
    const words = part.slice(index).replace(/^\s\w+\s/, '')
    const noun = nounOfRef(mind, ref, before)
    if (noun === undefined) continue
    const parameters = settable(mind, noun)
    const takes = ({ name, schema }: Parameter) => valueFor(name, schema, words, mind.dictionary) !== undefined
    const target = nounsIn(words, mind.kit)[0]
    const link = target && linkTo(mind, noun, target.noun)
    if (link !== undefined && !/^\s*["“]/.test(words)) {
      const targets = yield* targetsOf(mind, ref, before)
      const to = yield* findRow(mind, words)
      if (targets.length === 0 || to === undefined) continue
      remember(mind, targets[0] as Known)
      return { targets, parameter: link, value: idOf(to) as Json }
    }
    const parameter =
      parameters.find((each) => each.schema.type === 'boolean' && takes(each)) ??
      parameters.find((each) => /(^|_)(status|state|stage|phase)$/.test(each.name) && takes(each)) ??
      nameParameter({ parameters, noun })
    const value = parameter && valueFor(parameter.name, parameter.schema, words, mind.dictionary)
    if (parameter === undefined || value === undefined) continue
    const targets = yield* targetsOf(mind, ref, before)
    if (targets.length > 0) return { targets, parameter: parameter.name, value }
  }
  return undefined
}

/** "that of the other one": the value stands in a row. */
const like = /^(?:that|the same|the one) (?:of|as|for) /i

function* valueLike(mind: Mind, words: string, { name }: Parameter): Plan<Json | undefined> {
  const { it } = mind
  const row = yield* findRow(mind, words.replace(like, ''))
  const whole =
    row === undefined || row.row[name] !== undefined ? row : yield* getRow(mind, row.noun, idOf(row) as Json, row.row)
  if (it !== undefined) remember(mind, it)
  const value = whole?.row[name]
  return value === null ? undefined : value
}

function* targetsOf(mind: Mind, ref: string, before: Known[] | undefined): Plan<Known[]> {
  if (isIt(ref) && before !== undefined) return before
  if (isAll(ref)) return yield* findGroup(mind, ref)
  const known = yield* findRow(mind, ref)
  return known === undefined ? [] : [known]
}

const isIt = (ref: string): boolean => /^\s*(?:it|them|its|their)\s*$/i.test(ref)

/** The key that a row of the noun refers to another by, where words call it so: "customer" for customer_id. */
const referenceNamed = (mind: Mind, noun: string, words: string): string | undefined =>
  mind.kit.tools
    .filter((tool) => tool.effect === 'update' && tool.noun === noun)
    .flatMap(({ parameters }) => parameters)
    .find(
      ({ name, role }) =>
        role === 'key' &&
        mind.kit.nounOf(name) !== undefined &&
        (fieldScore(mind.dictionary, name.replace(/_id$/, ''), words) >= 2.5 ||
          (mind.kit.nounOf(name) !== noun && nounsIn(words, mind.kit)[0]?.noun === mind.kit.nounOf(name))),
    )?.name

/** The key of a noun's row that refers to a row of another noun, where some update sets it. */
const linkTo = (mind: Mind, noun: string, to: string): string | undefined =>
  mind.kit.tools
    .filter((tool) => tool.effect === 'update' && tool.noun === noun)
    .flatMap(({ parameters }) => parameters)
    .find(({ name, role, required }) => role === 'key' && mind.kit.nounOf(name) === to && (noun !== to || !required))
    ?.name

function nounOfRef(mind: Mind, ref: string, before: Known[] | undefined): string | undefined {
  const [head] = nounsIn(ref, mind.kit)
  return head?.noun ?? (isIt(ref) ? (before?.[0] ?? mind.it)?.noun : undefined)
}

const settable = (mind: Mind, noun: string): Parameter[] =>
  mind.kit.tools
    .filter((tool) => tool.effect === 'update' && tool.noun === noun)
    .flatMap(({ parameters }) => parameters.filter(({ role }) => role === 'value'))
