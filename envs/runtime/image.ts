/**
 * A scenario as the bytes of a SQLite file: tables, rows, and the row log with its triggers.
 *
 * The log names each row that is touched; what it was stands in the image, what it is now in its table (changes.ts reads
 * the two). The triggers hold nothing but the key, because each open database carries them in its memory: with the row's
 * cells in them it was a fifth more. Log and triggers are part of the image because opening them with it is cheaper than
 * making them (116 against 328 µs). Tables are
 * STRICT, so that types mean something, and WITHOUT ROWID, so that rows come in the order of their key and the order
 * of insertion never shows.
 */

import Database from 'better-sqlite3'
import type { Column, Table } from '../../schemas/domain.ts'
import { describeKey } from '../../schemas/domain.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Cell, Row } from '../../schemas/json.ts'

export const logTable = '_mc_log'
export const metaTable = '_mc_meta'

/**
 * Small pages: a scenario has many small tables, each at least a page. Against 4,096 bytes an image is half as large and
 * an open database takes a fifth less memory, and a parked session is finer grained.
 */
export const pageBytes = 1024

/**
 * @param rows table → rows, in any order; a column left out is null
 * @throws DOMAIN_INVALID with the table, and the row where one breaks a type, key, enum or reference
 */
export function buildImage(tables: readonly Table[], rows: Readonly<Record<string, readonly Row[]>>): Uint8Array {
  const database = new Database(':memory:')
  try {
    database.pragma(`page_size = ${pageBytes}`)
    database.pragma('foreign_keys = OFF') // rows come in any order; checked as a whole at the end
    database.pragma('journal_mode = OFF')
    database.exec(
      `CREATE TABLE ${logTable} (tbl TEXT NOT NULL, key ANY NOT NULL, PRIMARY KEY (tbl, key)) STRICT, WITHOUT ROWID`,
    )
    database.exec(`CREATE TABLE ${metaTable} (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`)
    for (const table of tables) database.exec(createTable(table))
    for (const name of Object.keys(rows)) {
      if (!tables.some((table) => table.name === name)) {
        throw new MicrocosmError(
          'DOMAIN_INVALID',
          `The scenario has rows for "${name}", which is no table of the domain.`,
        )
      }
    }
    database.exec('BEGIN')
    for (const table of tables) insertRows(database, table, rows[table.name] ?? [])
    database.exec('COMMIT')
    checkReferences(database)
    for (const table of tables) {
      for (const sql of createIndexes(table)) database.exec(sql)
      for (const sql of createTriggers(table)) database.exec(sql)
    }
    return database.serialize()
  } catch (error) {
    if (error instanceof MicrocosmError) throw error
    throw new MicrocosmError('DOMAIN_INVALID', `The tables can't be built: ${(error as Error).message}.`, {}, error)
  } finally {
    database.close()
  }
}

/** All rows of an image, by table, sorted by primary key. */
export function imageRows(image: Uint8Array, tables: readonly Table[]): Record<string, Row[]> {
  const database = new Database(Buffer.from(image), { readonly: true })
  try {
    return Object.fromEntries(tables.map((table) => [table.name, database.prepare(selectRows(table)).all() as Row[]]))
  } finally {
    database.close()
  }
}

export function selectRows(table: Table): string {
  return `SELECT ${columnList(table)} FROM ${quote(table.name)} ORDER BY ${table.primary_key.map(quote).join(', ')}`
}

export const quote = (name: string): string => `"${name}"`

export function columnList(table: Table, prefix = ''): string {
  return table.columns.map((column) => prefix + quote(column.name)).join(', ')
}

function createTable(table: Table): string {
  const parts = table.columns.map(columnDefinition)
  parts.push(`PRIMARY KEY (${table.primary_key.map(quote).join(', ')})`)
  for (const key of table.foreign_keys) {
    parts.push(
      `FOREIGN KEY (${key.columns.map(quote).join(', ')}) REFERENCES ${quote(key.table)} (${key.references.map(quote).join(', ')})`,
    )
  }
  return `CREATE TABLE ${quote(table.name)} (${parts.join(', ')}) STRICT, WITHOUT ROWID`
}

function columnDefinition(column: Column): string {
  const name = quote(column.name)
  const check = column.enum === undefined ? '' : ` CHECK (${name} IN (${column.enum.map(literal).join(', ')}))`
  return `${name} ${column.type}${column.nullable ? '' : ' NOT NULL'}${check}`
}

const literal = (value: string | number): string =>
  typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`

/** Foreign keys are what programs look up and what SQLite checks on a delete: each has its index. */
function createIndexes(table: Table): string[] {
  return table.foreign_keys
    .filter((key) => key.columns[0] !== table.primary_key[0])
    .map(
      (key, index) =>
        `CREATE INDEX "_mc_x_${table.name}_${index}" ON ${quote(table.name)} (${key.columns.map(quote).join(', ')})`,
    )
}

/**
 * ON CONFLICT DO NOTHING instead of OR IGNORE: the conflict clause of the statement that fires a trigger would override
 * the trigger's own.
 */
function createTriggers(table: Table): string[] {
  const key = (of: string) => {
    const cells = table.primary_key.map((name) => `${of}.${quote(name)}`)
    return cells.length === 1 ? cells[0] : `json_array(${cells.join(', ')})`
  }
  const log = (of: string) => `INSERT INTO ${logTable} VALUES ('${table.name}', ${key(of)}) ON CONFLICT DO NOTHING;`
  const on = (name: string, event: string, body: string) =>
    `CREATE TRIGGER "_mc_${name}_${table.name}" AFTER ${event} BEGIN ${body} END`
  const columns = table.primary_key.map(quote).join(', ')
  return [
    on('insert', `INSERT ON ${quote(table.name)}`, log('new')),
    on('update', `UPDATE ON ${quote(table.name)}`, log('old')),
    // Compiled only into the statements that set a key.
    on('move', `UPDATE OF ${columns} ON ${quote(table.name)}`, log('new')),
    on('delete', `DELETE ON ${quote(table.name)}`, log('old')),
  ]
}

function insertRows(database: Database.Database, table: Table, rows: readonly Row[]): void {
  if (rows.length === 0) return
  const names = table.columns.map((column) => column.name)
  const known = new Set(names)
  const insert = database.prepare(
    `INSERT INTO ${quote(table.name)} (${columnList(table)}) VALUES (${names.map(() => '?').join(', ')})`,
  )
  rows.forEach((row, index) => {
    for (const name of Object.keys(row)) {
      if (!known.has(name)) throw invalidRow(table, row, index, `"${name}" is no column of it`)
    }
    try {
      insert.run(names.map((name) => toSqlite(row[name] ?? null)))
    } catch (error) {
      throw invalidRow(table, row, index, (error as Error).message, error)
    }
  })
}

function invalidRow(table: Table, row: Row, index: number, why: string, cause?: unknown): MicrocosmError {
  const key = Object.fromEntries(table.primary_key.map((name) => [name, row[name] ?? null]))
  return new MicrocosmError(
    'DOMAIN_INVALID',
    `Row ${index} of table "${table.name}" (${describeKey(key)}): ${why}.`,
    { table: table.name, row: index },
    cause,
  )
}

function checkReferences(database: Database.Database): void {
  const broken = database.pragma('foreign_key_check') as { table: string; parent: string }[]
  const first = broken[0]
  if (first !== undefined) {
    throw new MicrocosmError(
      'DOMAIN_INVALID',
      `${broken.length} row(s) refer to nothing; the first is in "${first.table}" and refers to "${first.parent}".`,
      { table: first.table },
    )
  }
}

/**
 * better-sqlite3 binds every JavaScript number as REAL, and a TEXT column would then hold "12.0"; a BigInt is an
 * INTEGER.
 */
export function toSqlite(value: Cell | boolean): Cell | bigint {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value === 'boolean') return value ? 1n : 0n
  return value
}
