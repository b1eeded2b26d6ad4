/** Deeds on rows that are there: removing them, and what else is done to them; a write's result is known from then on. */

import type { JsonObject } from '../../../schemas/json.ts'
import { findCandidates, findGroup, keyArguments } from './find.ts'
import { call, type Known, type Mind, type Plan, remember } from './mind.ts'
import { settingsFor } from './settings.ts'
import { headOf, masked, nounsIn, placesOf } from './text.ts'
import type { KnownTool } from './tools.ts'

/** How a clause ended: done, refused by the world, or not understood. */
export type Ending = 'done' | 'refused' | 'unclear'

/** Calls a write; the row it answers with is known from then on. */
export function* write(mind: Mind, tool: KnownTool, args: JsonObject, known?: Known): Plan<Ending> {
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

export function* remove(mind: Mind, rest: string): Plan<Ending> {
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

export function* act(mind: Mind, rest: string, says: string): Plan<Ending> {
  const tools = mind.kit.tools.filter((tool) => tool.effect === 'act' && tool.says.includes(says))
  const takes = tools.some(({ parameters }) => parameters.some(({ role }) => role === 'value'))
  const plain = rest.replace(/[.?!]+$/, '')
  const [ref, settings] = takes ? withoutSettings(plain) : [plain, '']
  const head = headOf(ref, nounsIn(ref, mind.kit))
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

export const isAll = (ref: string): boolean => /^\s*(?:all|every|each)\b|所有|全部/i.test(masked(ref))

/** The same for each of them; done where it was for all. */
export function* forAll(mind: Mind, group: readonly Known[], work: (known: Known) => Plan<Ending>): Plan<Ending> {
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
