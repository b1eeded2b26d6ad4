/**
 * The final state, the answer and the calls, each held against gold.
 *
 * Both runs began in the same scenario, so what each changed is compared, not whole databases. Gold is read in the
 * identifiers of the agent's world (renaming.ts), so another order of the same work is as right, and what differs is told
 * in names that the agent knows. Volatile columns are ignored; cells are compared by sameness.ts. Nothing is changed, and
 * the cost grows with what was changed, never with the database. docs/verification.md has each rule with an example.
 */

import type { Column, Domain, Table } from '../../schemas/domain.ts'
import { describeKey } from '../../schemas/domain.ts'
import type { Cell, Json, JsonObject, Row } from '../../schemas/json.ts'
import { canonicalJson } from '../../schemas/json.ts'
import type { Task } from '../../schemas/task.ts'
import type { Difference, Verification } from '../../schemas/verification.ts'
import { differencesMax } from '../../schemas/verification.ts'
import { checkAnswer } from './answer.ts'
import type { Change } from './changes.ts'
import type { Changed } from './renaming.ts'
import { renameChanges, renamings } from './renaming.ts'
import { literalColumns, sameCell, sharedText } from './sameness.ts'
import type { GoldRun, Play, World } from './world.ts'

export type { Changed }

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
  const comparison = compareChanges(domain, outcome, gold)
  const listed = comparison.differences.slice(0, differencesMax)
  const omitted = comparison.differences.length - listed.length
  const state = {
    applies: true,
    passed: comparison.differences.length === 0,
    differences: listed,
    ...(omitted > 0 && { omitted }),
  }
  const answer =
    task.gold.answer === undefined
      ? { applies: false, passed: true }
      : { applies: true, ...checkAnswer(task.gold.answer, gold.candidates, conduct.answer) }
  const calls = compareCalls(task, conduct, callsDecide(task, gold, domain))
  const passed = state.passed && answer.passed && (!calls.applies || calls.passed)
  const reasons = listed.map((difference) => difference.message)
  if (omitted > 0) reasons.push(`${omitted} more differences are not listed.`)
  if (!answer.passed && 'message' in answer && answer.message !== undefined) reasons.push(answer.message)
  if (calls.applies && !calls.passed && calls.message !== undefined) reasons.push(calls.message)
  const reward = mode === 'binary' || passed ? Number(passed) : gradedReward(comparison, answer)
  return { passed, reward, state, answer, calls, reasons }
}

/** The reward alone, which is what ends an episode: most runs that failed are told at once, without a search for the likeliest renaming. */
export function rewardOf(options: VerifyOptions): number {
  const { domain, gold, outcome, mode = 'binary' } = options
  if (mode === 'binary' && !canBeEqual(lasting(domain, gold), outcome.changes)) return 0
  return verifyOutcome(options).reward
}

/** No renaming makes up for a table in which another number of rows was made, or taken out. */
function canBeEqual(expected: readonly Change[], actual: readonly Change[]): boolean {
  const balance = new Map<string, number>()
  const add = (changes: readonly Change[], by: number): void => {
    for (const { table, before, after } of changes) {
      if (before !== null && after !== null) continue
      const at = `${table} ${after === null}`
      balance.set(at, (balance.get(at) ?? 0) + by)
    }
  }
  add(expected, 1)
  add(actual, -1)
  for (const left of balance.values()) if (left !== 0) return false
  return true
}

/** Whether the exact sequence of calls is what passes: only where gold neither changes anything nor has an answer. */
export function callsDecide(task: Task, gold: GoldRun, domain: Domain): boolean {
  return task.gold.answer === undefined && lasting(domain, gold).length === 0
}

export interface Comparison {
  /** Sorted by table and key. */
  differences: Difference[]
  /** Rows that gold changed, and how many of them are as gold left them. */
  asked: number
  right: number
  /** Other rows that are not as they should be. */
  damage: number
}

/** What stands differently after `actual` than after `expected`, told in the identifiers of `actual`. */
export function compareChanges(domain: Domain, actual: Changed, expected: Changed): Comparison {
  const wanted = lasting(domain, expected)
  const same = new Map<string, string>()
  for (const [id, table] of expected.minted) if (actual.minted.get(id) === table) same.set(id, id)
  const under = (renaming: ReadonlyMap<string, string>) => {
    if (renaming === same && same.size === expected.minted.size)
      return comparePairs(domain, actual.changes, wanted, new Set())
    const { changes, strangers } = renameChanges(wanted, expected.minted, renaming, actual.minted)
    return comparePairs(domain, actual.changes, changes, strangers)
  }
  // The same identifiers first: it costs least, and whoever did as gold did has them.
  let best = under(same)
  if (best.differences.length === 0) return best
  for (const renaming of renamings(domain, actual, { changes: wanted, minted: expected.minted })) {
    const other = under(renaming)
    if (
      faults(other) < faults(best) ||
      (faults(other) === faults(best) && other.differences.length < best.differences.length)
    )
      best = other
    if (best.differences.length === 0) return best
  }
  return best
}

const faults = ({ asked, right, damage }: Comparison): number => asked - right + damage

/** Gold's changes without rows that differ from the scenario's in volatile columns alone; worked out once for each gold. */
function lasting(domain: Domain, of: Changed): readonly Change[] {
  const known = lastingOf.get(of)
  if (known !== undefined) return known
  const tables = new Map(domain.tables.map((table) => [table.name, table]))
  const found = of.changes.filter(
    ({ table, before, after }) =>
      before === null ||
      after === null ||
      tables.get(table)?.columns.some(({ name, volatile }) => !volatile && before[name] !== after[name]),
  )
  lastingOf.set(of, found)
  return found
}

const lastingOf = new WeakMap<Changed, readonly Change[]>()

/** @param strangers identifiers of gold's that nothing in the agent's world stands for */
function comparePairs(
  domain: Domain,
  actual: readonly Change[],
  expected: readonly Change[],
  strangers: ReadonlySet<string>,
): Comparison {
  const comparison: Comparison = { differences: [], asked: expected.length, right: 0, damage: 0 }
  const touched = new Set([...expected, ...actual].map((change) => change.table))
  for (const table of domain.tables.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!touched.has(table.name)) continue
    const literal = literalColumns(table)
    const pairs = pairRows(table, literal, actual, expected)
    for (const { want, have } of pairs) {
      const { before, key } = (have ?? want) as Change
      // A row that only one side touched is on the other what it was at the beginning.
      const [wanted, found] = [want ? want.after : before, have ? have.after : before]
      const differences = compareRows({ table, literal, key, strangers }, wanted, found)
      if (want !== undefined) comparison.right += Number(differences.length === 0)
      else comparison.damage += Number(differences.length > 0)
      for (const difference of differences) comparison.differences.push(difference)
    }
  }
  return comparison
}

interface Pair {
  at: string
  want?: Change
  have?: Change
}

/** Rows of one table by their key; where a part of the key is volatile, those that are left over by what they hold. */
function pairRows(
  table: Table,
  literal: ReadonlySet<string>,
  actual: readonly Change[],
  expected: readonly Change[],
): Pair[] {
  const pairs = new Map<string, Pair>()
  for (const want of expected) {
    if (want.table !== table.name) continue
    const at = canonicalJson(want.key)
    pairs.set(at, { at, want })
  }
  for (const have of actual) {
    if (have.table !== table.name) continue
    const at = canonicalJson(have.key)
    const pair = pairs.get(at)
    if (pair === undefined) pairs.set(at, { at, have })
    else pair.have = have
  }
  const volatile = table.columns.some(({ name, volatile }) => volatile && table.primary_key.includes(name))
  if (volatile) pairByContent(table, literal, pairs)
  return [...pairs.values()].sort((a, b) => (a.at < b.at ? -1 : 1))
}

/** New rows that only one side has, brought together: first those that hold the same, then those of the same stable key. */
function pairByContent(table: Table, literal: ReadonlySet<string>, pairs: Map<string, Pair>): void {
  const stable = table.columns.filter((column) => !column.volatile)
  const cells = (columns: readonly Column[], row: Row) =>
    JSON.stringify(
      columns.map(({ name, type }) => {
        const cell = row[name] ?? null
        if (typeof cell === 'number') return Number.isInteger(cell) ? cell : cell.toPrecision(9)
        return type !== 'TEXT' || cell === null || literal.has(name) ? cell : `"${sharedText(cell)}`
      }),
    )
  const isNew = (change: Change | undefined): change is Change => change?.before === null && change.after !== null
  for (const columns of [stable, stable.filter(({ name }) => table.primary_key.includes(name))]) {
    const waiting = new Map<string, Pair[]>()
    for (const pair of pairs.values()) {
      if (pair.have !== undefined || !isNew(pair.want)) continue
      const at = cells(columns, pair.want.after as Row)
      const alike = waiting.get(at)
      if (alike === undefined) waiting.set(at, [pair])
      else alike.push(pair)
    }
    for (const [place, pair] of pairs) {
      if (pair.want !== undefined || !isNew(pair.have)) continue
      const twin = waiting.get(cells(columns, pair.have.after as Row))?.shift()
      if (twin === undefined) continue
      pair.want = twin.want
      pairs.delete(twin.at)
      pairs.set(place, pair)
    }
  }
}

interface RowPlace {
  table: Table
  literal: ReadonlySet<string>
  key: Row
  strangers: ReadonlySet<string>
}

function compareRows(
  { table, literal, key, strangers }: RowPlace,
  expected: Row | null,
  actual: Row | null,
): Difference[] {
  if (expected === null && actual === null) return []
  const at = { table: table.name, key }
  const noun = table.name.replaceAll('_', ' ')
  if (actual === null) {
    const message = `Missing: a ${noun} with ${describeRow(table, expected as Row, strangers)}.`
    return [{ kind: 'missing_row', ...at, expected, message }]
  }
  if (expected === null) {
    const message = `Unexpected: a ${noun} with ${describeKey(key)} (${describeRow(table, actual, strangers)}) should not be there.`
    return [{ kind: 'unexpected_row', ...at, actual, message }]
  }
  const differences: Difference[] = []
  for (const column of table.columns) {
    if (column.volatile) continue
    const [want, have] = [expected[column.name] ?? null, actual[column.name] ?? null]
    if (sameCell(column, literal.has(column.name), want, have)) continue
    const message = `Wrong: the ${noun} with ${describeKey(key)} should have ${column.name} ${shown(want)}; it has ${shown(have)}.`
    differences.push({ kind: 'wrong_cell', ...at, column: column.name, expected: want, actual: have, message })
  }
  return differences
}

/** The first cells that tell something: an identifier that only gold's world knows tells nobody anything. */
function describeRow(table: Table, row: Row, strangers: ReadonlySet<string>): string {
  const cells = table.columns
    .filter(({ name, volatile }) => {
      const value = row[name] ?? null
      return !volatile && value !== null && !(typeof value === 'string' && strangers.has(value))
    })
    .slice(0, 6)
    .map((column) => `${column.name} ${shown(row[column.name] as Cell)}`)
  return cells.join(', ')
}

function shown(cell: Cell): string {
  return JSON.stringify(typeof cell === 'string' && cell.length > 200 ? `${cell.slice(0, 197)}...` : cell)
}

function compareCalls(task: Task, conduct: Conduct, applies: boolean): Verification['calls'] {
  const want = task.gold.calls.map(({ tool, arguments: args }) => ({ tool, args }))
  const have = conduct.calls.map(({ tool, arguments: args }) => ({ tool, args }))
  const at = want.findIndex((call, index) => canonicalJson(call) !== canonicalJson(have[index]))
  if (at < 0 && want.length === have.length) return { applies, passed: true }
  const shownCall = (call: { tool: string; args: JsonObject } | undefined) =>
    call === undefined ? 'no call' : `${call.tool}(${shownArguments(call.args)})`
  const index = at < 0 ? want.length : at
  return {
    applies,
    passed: false,
    message: `Call ${index + 1} should be ${shownCall(want[index])}; it was ${shownCall(have[index])}.`,
  }
}

function shownArguments(args: JsonObject): string {
  const text = JSON.stringify(args)
  return text.length > 500 ? `${text.slice(0, 497)}...` : text
}

/** The share of gold's changed rows (and its answer) that are right, less one share for each row of damage; below 1. */
function gradedReward({ asked, right, damage }: Comparison, answer: { applies: boolean; passed: boolean }): number {
  const units = asked + Number(answer.applies)
  const reached = right + Number(answer.applies && answer.passed) - damage
  return units === 0 ? 0 : Math.min(0.99, Math.max(0, reached / units))
}
