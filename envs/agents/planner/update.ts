/** Changes: which fields of which rows are to be what, and the tools that set them. */

import type { Json, JsonObject } from '../../../schemas/json.ts'
import { type Ending, forAll, isAll, write } from './act.ts'
import { chineseTurns, isChinese } from './chinese.ts'
import { type Assignment, assignmentParts, assignmentsIn } from './clauses.ts'
import { findGroup, findRow, getRow, keyArguments } from './find.ts'
import { idOf, type Known, type Mind, type Plan, remember } from './mind.ts'
import { fieldScore } from './pick.ts'
import { nameParameter } from './settings.ts'
import { headOf, masked, nounsIn } from './text.ts'
import type { KnownTool, Parameter } from './tools.ts'
import { valueFor } from './values.ts'

export function* update(mind: Mind, rest: string): Plan<Ending> {
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
  for (const { ref, words, kind } of turnsIn(part)) {
    const noun = nounOfRef(mind, ref, before)
    if (noun === undefined) continue
    const parameters = settable(mind, noun)
    const takes = ({ name, schema }: Parameter) => valueFor(name, schema, words, mind.dictionary) !== undefined
    const target = kind === 'name' || kind === 'flag' ? undefined : nounsIn(words, mind.kit)[0]
    const link = target && linkTo(mind, noun, target.noun)
    if (link !== undefined && !/^\s*["“]/.test(words)) {
      const targets = yield* targetsOf(mind, ref, before)
      const to = yield* findRow(mind, words)
      if (targets.length === 0 || to === undefined) continue
      remember(mind, targets[0] as Known)
      return { targets, parameter: link, value: idOf(to) as Json }
    }
    const flag = parameters.find((each) => each.schema.type === 'boolean' && takes(each))
    const state = parameters.find((each) => /(^|_)(status|state|stage|phase)$/.test(each.name) && takes(each))
    const parameter = (kind === 'name' ? undefined : (flag ?? state)) ?? nameParameter({ parameters, noun })
    const value = parameter && valueFor(parameter.name, parameter.schema, words, mind.dictionary)
    if (parameter === undefined || value === undefined) continue
    const targets = yield* targetsOf(mind, ref, before)
    if (targets.length > 0) return { targets, parameter: parameter.name, value }
  }
  return undefined
}

interface Turn {
  ref: string
  words: string
  kind: 'name' | 'flag' | 'move' | undefined
}

function turnsIn(part: string): Turn[] {
  if (isChinese(part)) return chineseTurns(part)
  return [...masked(part).matchAll(/\s(?:to|as|into|under)\s/gi)].map(({ index }) => ({
    ref: part.slice(0, index),
    words: part.slice(index).replace(/^\s\w+\s/, ''),
    kind: undefined,
  }))
}

/** "that of the other one": the value stands in a row. */
const like = /^(?:that|the same|the one) (?:of|as|for) |^和(?=.+一样)/i

function* valueLike(mind: Mind, words: string, { name }: Parameter): Plan<Json | undefined> {
  const { it } = mind
  const row = yield* findRow(mind, words.replace(like, '').replace(/一样$/, ''))
  const whole =
    row === undefined || row.row[name] !== undefined ? row : yield* getRow(mind, row.noun, idOf(row) as Json, row.row)
  // "That one" is now the other; "it" is still what the talk is about.
  if (it !== undefined) mind.it = it
  const value = whole?.row[name]
  return value === null ? undefined : value
}

function* targetsOf(mind: Mind, ref: string, before: Known[] | undefined): Plan<Known[]> {
  if (isIt(ref) && before !== undefined) return before
  if (isAll(ref)) return yield* findGroup(mind, ref)
  const known = yield* findRow(mind, ref)
  return known === undefined ? [] : [known]
}

const isIt = (ref: string): boolean => /^\s*(?:it|them|its|their|它|其)?\s*$/i.test(ref)

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
  const head = headOf(ref, nounsIn(ref, mind.kit))
  return head?.noun ?? (isIt(ref) ? (before?.[0] ?? mind.it)?.noun : undefined)
}

const settable = (mind: Mind, noun: string): Parameter[] =>
  mind.kit.tools
    .filter((tool) => tool.effect === 'update' && tool.noun === noun)
    .flatMap(({ parameters }) => parameters.filter(({ role }) => role === 'value'))
