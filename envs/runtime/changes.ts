/**
 * The net change of a database against the scenario it began as.
 *
 * The row log, kept by triggers, names the rows that were touched and nothing else; what a row is now stands in its table,
 * and what it was in the scenario's own image, which is opened once for all sessions of it. So a session carries little for
 * it, and the cost is that of the rows touched, whatever the size of the database.
 */

import Database from 'better-sqlite3'
import type { Table } from '../../schemas/domain.ts'
import type { Cell, Row } from '../../schemas/json.ts'
import { columnList, logTable, quote, toSqlite } from './image.ts'

/** The net change of one row: what it was when the scenario began and what it is now; null where it is not there. */
export interface Change {
  table: string
  key: Row
  before: Row | null
  after: Row | null
}

/** The scenario as it was. */
export interface Baseline {
  /** The row with that key, or null. */
  row(table: Table, key: readonly Cell[]): Row | null
  /** Whether a row's first key column has that value. */
  has(table: Table, id: string): boolean
  close(): void
}

export type Prepare = (sql: string) => Database.Statement

export function openBaseline(image: Uint8Array): Baseline {
  const database = new Database(Buffer.from(image.buffer, image.byteOffset, image.byteLength), { readonly: true })
  const statements = new Map<string, Database.Statement>()
  return {
    row(table, key) {
      let statement = statements.get(table.name)
      if (statement === undefined) {
        const match = table.primary_key.map((name) => `${quote(name)} = ?`).join(' AND ')
        statement = database.prepare(`SELECT ${columnList(table)} FROM ${quote(table.name)} WHERE ${match}`)
        statements.set(table.name, statement)
      }
      return (statement.get(key.map(toSqlite)) as Row | undefined) ?? null
    },
    has(table, id) {
      const first = quote(table.primary_key[0] as string)
      return database.prepare(`SELECT 1 FROM ${quote(table.name)} WHERE ${first} = ?`).get(id) !== undefined
    },
    close: () => void database.close(),
  }
}

/** The rows that differ from the baseline, sorted by table and key. */
export function readChanges(sql: Prepare, tables: ReadonlyMap<string, Table>, baseline: Baseline): Change[] {
  const touched = sql(`SELECT DISTINCT tbl FROM ${logTable} ORDER BY tbl`).pluck().all() as string[]
  return touched.flatMap((name) => tableChanges(sql, tables.get(name) as Table, baseline))
}

function tableChanges(sql: Prepare, table: Table, baseline: Baseline): Change[] {
  const [first] = table.primary_key as [string, ...string[]]
  const single = table.primary_key.length === 1
  const match = single
    ? `t.${quote(first)} = l.key`
    : table.primary_key.map((name, index) => `t.${quote(name)} = json_extract(l.key, '$[${index}]')`).join(' AND ')
  const found = sql(
    `SELECT l.key AS "_key", ${columnList(table, 't.')} FROM ${logTable} l LEFT JOIN ${quote(table.name)} t ON ${match} ` +
      `WHERE l.tbl = '${table.name}' ORDER BY l.key`,
  ).all() as (Row & { _key: Cell })[]
  const changes: Change[] = []
  for (const { _key, ...now } of found) {
    const cells = single ? [_key] : (JSON.parse(String(_key)) as Cell[])
    const before = baseline.row(table, cells)
    const after = now[first] === null ? null : now
    if (isSame(table, before, after)) continue
    const key = Object.fromEntries(table.primary_key.map((name, index) => [name, cells[index] ?? null]))
    changes.push({ table: table.name, key, before, after })
  }
  return changes
}

function isSame(table: Table, before: Row | null, after: Row | null): boolean {
  if (before === null || after === null) return before === after
  return table.columns.every(({ name }) => before[name] === after[name])
}
