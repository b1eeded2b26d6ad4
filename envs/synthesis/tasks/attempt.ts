/**
 * Attempts: a change that the world may refuse, and what to do if it does. In one of five the world lets it happen, so
 * that whoever always does both, or always the second, fails as well as whoever never looks at the refusal.
 */

import type { Row } from '../../../schemas/json.ts'
import type { ToolBinding } from '../binding.ts'
import { tableKind, verbFits } from '../lexicon.ts'
import type { Attempt, Change, Mention } from './deed.ts'
import type { Errand } from './errand.ts'
import { asIf, asOne } from './errand.ts'
import { continueErrand } from './goals.ts'
import { lookUp } from './look.ts'
import { describeRow } from './refer.ts'
import { copyOf, notRefused, performRefused, rowId, Setback } from './walk.ts'
import { accepts, act, busyRows, remove, rowArguments, scopeNeeded, tableOf } from './writes.ts'

/** What does instead of deleting. */
const puttingAway = new Set(
  'archive block cancel close deactivate disable dismiss end expire hide hold lock mute pause revoke stop suspend terminate trash unpublish void'.split(
    ' ',
  ),
)

const rowsTried = 3
const refusedShare = 0.8

export function attemptErrand(errand: Errand): void {
  const { walk } = errand
  const { facts, draw } = walk
  const refused = draw.chance(refusedShare)
  const bindings = facts.bindings.filter(
    (binding) =>
      facts.tools.get(binding.tool)?.kind === 'write' &&
      facts.sayable(tableOf(binding)) &&
      facts.key(tableOf(binding)) !== undefined &&
      (binding.transition !== undefined
        ? verbFits(binding.transition.verb, tableOf(binding))
        : binding.verb === 'delete' && facts.children(binding.table).length > 0 && !errand.lenient.has(binding.tool)),
  )
  let last = 'nothing that may be refused'
  for (const binding of walk.idle.first(draw, bindings, ({ tool }) => [tool], 3).slice(0, 6)) {
    for (const row of draw.shuffle(candidates(errand, binding, refused)).slice(0, rowsTried)) {
      try {
        asOne(errand, () => attempt(errand, binding, row, refused))
        return
      } catch (error) {
        if (!(error instanceof Setback)) throw error
        last = error.reason
        if (last !== notRefused) continue
        // What takes its children with it does so whatever the row.
        errand.lenient.add(binding.tool)
        break
      }
    }
  }
  throw new Setback(last)
}

function candidates(errand: Errand, binding: ToolBinding, refused: boolean): Row[] {
  const { facts, rows } = errand.walk
  const table = tableOf(binding)
  const key = facts.key(table) as string
  const busy = busyRows(errand)
  return (rows[table] ?? []).filter((row) => {
    if (busy.has(rowId(table, row[key] ?? null))) return false
    if (binding.transition !== undefined) return accepts(binding, row) !== refused
    const hanging = childrenOf(errand, table, row)
    return refused ? hanging !== undefined : hanging === undefined
  })
}

/** A table of which some row refers to this one. */
function childrenOf({ walk }: Errand, table: string, row: Row): string | undefined {
  const key = row[walk.facts.key(table) as string]
  return walk.facts
    .children(table)
    .find(({ table: child, column }) => (walk.rows[child] ?? []).some((other) => other[column] === key))?.table
}

function attempt(errand: Errand, binding: ToolBinding, row: Row, refused: boolean): void {
  const { walk } = errand
  const { facts, draw } = walk
  const table = tableOf(binding)
  const under = scopeNeeded(errand, table, row)
  // The state that it may be refused for is for the agent to find out.
  const without = binding.transition?.column
  const description = describeRow(
    { facts, rows: walk.rows, draw, ...(under && { under }), ...(without !== undefined && { without }) },
    table,
    row,
  )
  if (description === undefined) throw new Setback('no unique reference that a read shows')
  lookUp(walk, description)
  const target: Mention = { table, key: description.key, description }
  let first = firstOf(binding, target)
  const reason = reasonOf(errand, binding, row)
  let instead: Attempt['instead']
  if (refused) {
    performRefused(walk, binding, rowArguments(errand, binding, row, target))
    instead = alternative(errand, first)
    errand.deeds.length -= 1
  } else {
    instead = asIf(errand, copyOf(walk), () => alternative(errand, first))
    if (binding.verb === 'delete') remove(errand, binding, row, target)
    else act(errand, binding, row, target)
    first = errand.deeds.pop() as Attempt['first']
  }
  errand.deeds.push({ kind: 'attempt', first, refused, ...(reason && { reason }), instead })
}

function firstOf(binding: ToolBinding, target: Mention): Attempt['first'] {
  if (binding.transition === undefined) return { kind: 'delete', target }
  if (binding.arguments.some(({ required, role }) => required && role === 'value'))
    throw new Setback('an action with more to say')
  return { kind: 'act', verb: binding.transition.verb, target, settings: [] }
}

/** What is done to the same row, or below it, when the first thing was refused. */
function alternative(errand: Errand, first: Attempt['first']): Attempt['instead'] {
  errand.deeds.push(first)
  try {
    continueErrand(errand, { same: true })
  } finally {
    errand.deeds.splice(errand.deeds.indexOf(first), 1)
  }
  const made = errand.deeds.at(-1) as Change
  if (made.kind === 'bulk' || made.kind === 'brood') throw new Setback('an alternative that is too large')
  // Nobody who wants a thing gone, or on, makes do with one more of something, or with its being off.
  if (made.kind === 'create' && tableKind(made.made.table) !== 'message') throw new Setback('no alternative')
  if (made.kind === 'act' && first.kind === 'delete' && !puttingAway.has(made.verb)) throw new Setback('no alternative')
  // Nor does another thing done to it stand in for the one that was wanted: "activate it, or verify it".
  if (made.kind === 'act' && first.kind === 'act') throw new Setback('no alternative')
  return made
}

function reasonOf(errand: Errand, binding: ToolBinding, row: Row): Attempt['reason'] {
  const { facts, draw } = errand.walk
  const { transition } = binding
  if (transition === undefined) {
    const children =
      childrenOf(errand, binding.table, row) ??
      draw.pick(facts.children(binding.table).filter(({ table }) => facts.sayable(table)))?.table
    return children === undefined || !facts.sayable(children) ? undefined : { children }
  }
  const state = accepts(binding, row) ? draw.pick(transition.refuses) : row[transition.column]
  const said = facts.say(binding.table, transition.column, state, true)
  return said === undefined ? undefined : { state: said }
}
