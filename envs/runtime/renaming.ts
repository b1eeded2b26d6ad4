/**
 * Which identifier of one run stands for which of another, where each world made its own.
 *
 * Identifiers get colours by what stands around them, refined until nothing changes (colour refinement, as for graph
 * isomorphism); equal colours are paired in the order they were made. What is left over (a row with one wrong cell, say)
 * is paired by how much its rows have in common, so that the difference is told as a wrong cell.
 */

import { createHash } from 'node:crypto'
import type { Domain } from '../../schemas/domain.ts'
import type { Cell, Row } from '../../schemas/json.ts'
import type { Change } from './state.ts'

interface Changed {
  changes: readonly Change[]
  minted: ReadonlyMap<string, string>
}

const rounds = 6

/** Identifier of `actual` → identifier of `expected`. */
export function matchIdentifiers(domain: Domain, actual: Changed, expected: Changed): Map<string, string> {
  const renaming = new Map<string, string>()
  if (actual.minted.size === 0 || expected.minted.size === 0) return renaming
  const volatile = new Set(
    domain.tables.flatMap((table) =>
      table.columns.filter((column) => column.volatile).map((column) => `${table.name}.${column.name}`),
    ),
  )
  const have = colours(actual, volatile)
  const want = colours(expected, volatile)
  const free = new Set(want.keys())
  // From the finest colours to the coarsest, which are the table alone.
  for (let round = rounds; round >= 0; round--) {
    for (const [id, of] of have) {
      if (renaming.has(id)) continue
      const twins = [...free].filter((other) => want.get(other)?.[round] === of[round])
      const twin = round > 0 || twins.length < 2 ? twins[0] : closest(id, twins, actual, expected)
      if (twin === undefined) continue
      renaming.set(id, twin)
      free.delete(twin)
    }
  }
  return renaming
}

export function renameChanges(changes: readonly Change[], renaming: ReadonlyMap<string, string>): Change[] {
  if (renaming.size === 0) return [...changes]
  // An identifier that is not matched must not be taken for one of the other run's that happens to be spelled the same.
  const targets = new Set(renaming.values())
  const cell = (value: Cell): Cell => {
    if (typeof value !== 'string') return value
    return renaming.get(value) ?? (targets.has(value) ? `${value} (another)` : value)
  }
  const row = (of: Row): Row => Object.fromEntries(Object.entries(of).map(([name, value]) => [name, cell(value)]))
  return changes.map(({ table, key, before, after }) => ({ table, key: row(key), before, after: after && row(after) }))
}

/** For each identifier its colour after 0, 1, … rounds. */
function colours({ changes, minted }: Changed, volatile: ReadonlySet<string>): Map<string, string[]> {
  const present = changes.filter((change) => change.after !== null)
  const found = new Map([...minted].map(([id, table]) => [id, [table]]))
  for (let round = 0; round < rounds; round++) {
    const around = new Map<string, string[]>([...minted.keys()].map((id) => [id, []]))
    for (const { table, after } of present) {
      const cells = Object.entries(after as Row).filter(([name]) => !volatile.has(`${table}.${name}`))
      const inside = cells.filter(([, value]) => typeof value === 'string' && minted.has(value))
      if (inside.length === 0) continue
      const text = JSON.stringify(cells.map(([name, value]) => [name, colour(found, value, round)]))
      for (const [name, value] of inside) around.get(value as string)?.push(`${table}.${name} ${text}`)
    }
    for (const [id, list] of found) list.push(short(`${list[round]} ${around.get(id)?.sort().join('\n')}`))
  }
  return found
}

function colour(found: ReadonlyMap<string, string[]>, value: Cell, round: number): Cell {
  if (typeof value !== 'string') return value
  return found.get(value)?.[round] ?? value.normalize('NFC').trim().toLowerCase()
}

function closest(id: string, others: readonly string[], actual: Changed, expected: Changed): string | undefined {
  const cells = (of: Changed, at: string) =>
    new Set(
      of.changes.flatMap(({ after }) =>
        after !== null && Object.values(after).includes(at)
          ? Object.entries(after).map(([name, value]) => `${name} ${value}`)
          : [],
      ),
    )
  const own = cells(actual, id)
  let best: string | undefined
  let most = -1
  for (const other of others) {
    const common = [...cells(expected, other)].filter((cell) => own.has(cell)).length
    if (common > most) {
      best = other
      most = common
    }
  }
  return best
}

const short = (text: string): string => createHash('sha256').update(text).digest('base64').slice(0, 16)
