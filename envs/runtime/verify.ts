/**
 * The final state, the answer and the calls, each held against gold.
 *
 * Both runs began in the same scenario, so what each changed is compared, not whole databases. Identifiers that the
 * world made are matched up to renaming (renaming.ts), volatile columns are ignored, free text is compared NFC, trimmed
 * and case-folded, numbers within a rounding error; so another order of the same work is as right.
 */

import type { Column, Domain, Table } from '../../schemas/domain.ts'
import { describeKey } from '../../schemas/domain.ts'
import type { Cell, Json, JsonObject, Row } from '../../schemas/json.ts'
import { canonicalJson } from '../../schemas/json.ts'
import type { Task } from '../../schemas/task.ts'
import type { Difference, Verification } from '../../schemas/verification.ts'
import { checkAnswer } from './answer.ts'
import { matchIdentifiers, renameChanges } from './renaming.ts'
import type { Change } from './state.ts'
import type { Changed, GoldRun, Play, World } from './world.ts'

/** What an agent did besides changing the state. */
export interface Conduct {
  calls: readonly { tool: string; arguments: JsonObject }[]
  /** What it submitted; undefined where it submitted nothing. */
  answer?: Json
}

export type RewardMode = 'binary' | 'graded'

export function verifyPlay(
  world: World,
  task: Task,
  play: Play,
  conduct: Conduct,
  mode: RewardMode = 'binary',
): Verification {
  const outcome = { changes: play.changes(), minted: play.minted() }
  return verifyOutcome({ domain: world.domain, task, gold: world.gold(task), outcome, conduct, mode })
}

export interface VerifyOptions {
  domain: Domain
  task: Task
  /** What gold leads to. */
  gold: GoldRun
  /** What the agent's calls have led to. */
  outcome: Changed
  conduct: Conduct
  mode?: RewardMode
}

/** The same where no play is at hand, only what it led to: it may have gone on in another process. */
export function verifyOutcome({ domain, task, gold, outcome, conduct, mode = 'binary' }: VerifyOptions): Verification {
  const differences = compareChanges(domain, outcome, gold)
  const state = { applies: true, passed: differences.length === 0, differences }
  const answer =
    task.gold.answer === undefined
      ? { applies: false, passed: true }
      : { applies: true, ...checkAnswer(task.gold.answer, gold.candidates, conduct.answer) }
  const calls = compareCalls(task, conduct, callsDecide(task, gold))
  const passed = state.passed && answer.passed && (!calls.applies || calls.passed)
  const reasons = differences.map((difference) => difference.message)
  if (!answer.passed && 'message' in answer && answer.message !== undefined) reasons.push(answer.message)
  if (calls.applies && !calls.passed && calls.message !== undefined) reasons.push(calls.message)
  const reward = mode === 'binary' || passed ? Number(passed) : gradedReward(gold.changes, differences, answer)
  return { passed, reward, state, answer, calls, reasons }
}

/** Whether the exact sequence of calls is what passes: only where gold neither changes anything nor has an answer. */
export function callsDecide(task: Task, gold: GoldRun): boolean {
  return gold.changes.length === 0 && task.gold.answer === undefined
}

/** What stands differently after `actual` than after `expected`, sorted by table and key. */
export function compareChanges(domain: Domain, actual: Changed, expected: Changed): Difference[] {
  const renamed = renameChanges(actual.changes, matchIdentifiers(domain, actual, expected))
  const tables = new Map(domain.tables.map((table) => [table.name, table]))
  const place = (change: Change) => `${change.table} ${canonicalJson(change.key)}`
  const wanted = new Map(expected.changes.map((change) => [place(change), change]))
  const found = new Map(renamed.map((change) => [place(change), change]))
  const differences: Difference[] = []
  for (const at of [...new Set([...wanted.keys(), ...found.keys()])].sort()) {
    const want = wanted.get(at)
    const have = found.get(at)
    const { table: name, key, before } = (want ?? have) as Change
    const table = tables.get(name) as Table
    // A row that only one side touched is on the other what it was at the beginning.
    differences.push(...compareRows(table, key, want ? want.after : before, have ? have.after : before))
  }
  return differences
}

function compareRows(table: Table, key: Row, expected: Row | null, actual: Row | null): Difference[] {
  if (expected === null && actual === null) return []
  const at = { table: table.name, key }
  const noun = table.name.replaceAll('_', ' ')
  if (actual === null) {
    const message = `Missing: a ${noun} with ${describeRow(table, expected as Row)}.`
    return [{ kind: 'missing_row', ...at, expected, message }]
  }
  if (expected === null) {
    const message = `Unexpected: a ${noun} with ${describeKey(key)} (${describeRow(table, actual)}) should not be there.`
    return [{ kind: 'unexpected_row', ...at, actual, message }]
  }
  return table.columns
    .filter(
      (column) => !column.volatile && !sameCell(column, expected[column.name] ?? null, actual[column.name] ?? null),
    )
    .map((column) => {
      const [want, have] = [expected[column.name] ?? null, actual[column.name] ?? null]
      const message = `Wrong: the ${noun} with ${describeKey(key)} should have ${column.name} ${JSON.stringify(want)}; it has ${JSON.stringify(have)}.`
      return { kind: 'wrong_cell' as const, ...at, column: column.name, expected: want, actual: have, message }
    })
}

function describeRow(table: Table, row: Row): string {
  const cells = table.columns
    .filter((column) => !column.volatile && row[column.name] !== null && row[column.name] !== undefined)
    .slice(0, 6)
    .map((column) => `${column.name} ${JSON.stringify(row[column.name])}`)
  return cells.join(', ')
}

export function sameCell(column: Column, a: Cell, b: Cell): boolean {
  if (a === b) return true
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
  return (
    column.type === 'TEXT' &&
    column.enum === undefined &&
    typeof a === 'string' &&
    typeof b === 'string' &&
    folded(a) === folded(b)
  )
}

export const folded = (text: string): string => text.normalize('NFC').trim().toLowerCase()

function compareCalls(task: Task, conduct: Conduct, applies: boolean): Verification['calls'] {
  const want = task.gold.calls.map(({ tool, arguments: args }) => ({ tool, args }))
  const have = conduct.calls.map(({ tool, arguments: args }) => ({ tool, args }))
  const at = want.findIndex((call, index) => canonicalJson(call) !== canonicalJson(have[index]))
  if (at < 0 && want.length === have.length) return { applies, passed: true }
  const shown = (call: { tool: string; args: JsonObject } | undefined) =>
    call === undefined ? 'no call' : `${call.tool}(${JSON.stringify(call.args)})`
  const index = at < 0 ? want.length : at
  return {
    applies,
    passed: false,
    message: `Call ${index + 1} should be ${shown(want[index])}; it was ${shown(have[index])}.`,
  }
}

/** The share of gold's changed rows (and its answer) that are right, less one share for each row of damage; below 1. */
function gradedReward(
  gold: readonly Change[],
  differences: readonly Difference[],
  answer: { applies: boolean; passed: boolean },
): number {
  const place = (at: { table: string; key: Row }) => `${at.table} ${canonicalJson(at.key)}`
  const asked = new Set(gold.map(place))
  const wrong = new Set(differences.map(place))
  const units = asked.size + Number(answer.applies)
  const right = [...asked].filter((at) => !wrong.has(at)).length + Number(answer.applies && answer.passed)
  const damage = [...wrong].filter((at) => !asked.has(at)).length
  return units === 0 ? 0 : Math.min(0.99, Math.max(0, (right - damage) / units))
}
