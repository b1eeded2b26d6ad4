/**
 * Which rows of a scenario break their table: the database itself is asked, row by row, so that what is told here and
 * what an image is built by can't differ.
 */

import type { Table } from '../../../schemas/domain.ts'
import { describeKey } from '../../../schemas/domain.ts'
import { didYouMean, MicrocosmError } from '../../../schemas/errors.ts'
import type { Row } from '../../../schemas/json.ts'
import { buildImage, columnList, quote, toSqlite } from '../image.ts'
import type { Problem } from '../problem.ts'
import { caught } from '../problem.ts'
import type { Probe } from '../statements.ts'
import { openProbe } from '../statements.ts'
import { invalid } from './structure.ts'

export type Rows = Readonly<Record<string, readonly Row[]>>

export interface BuildOptions {
  tables: readonly Table[]
  rows: Rows
  /** Where the rows stand, such as `scenarios[0].rows`. */
  place: string
  /** Characters that a text may have. */
  textChars: number
}

/** The image of a scenario, or null and everything that is in its way. */
export function buildChecked(options: BuildOptions): { image: Uint8Array | null; problems: Problem[] } {
  const problems = findLongTexts(options)
  try {
    const image = buildImage(options.tables, options.rows)
    return { image: problems.length === 0 ? image : null, problems }
  } catch (error) {
    if (!(error instanceof MicrocosmError)) throw error
    const found = findRowProblems(options)
    // Whatever the image was refused for is told, even where no single row is to blame.
    if (found.length === 0) found.push(invalid(options.place, error.message))
    return { image: null, problems: [...problems, ...found] }
  }
}

function findLongTexts({ rows, place, textChars }: BuildOptions): Problem[] {
  const problems: Problem[] = []
  for (const [name, list] of Object.entries(rows)) {
    list.forEach((row, index) => {
      for (const [column, value] of Object.entries(row)) {
        if (typeof value === 'string' && value.length > textChars)
          problems.push(
            invalid(
              `${place}.${name}[${index}].${column}`,
              `The text has ${value.length} characters, more than ${textChars}.`,
            ),
          )
      }
    })
  }
  return problems
}

function findRowProblems({ tables, rows, place }: BuildOptions): Problem[] {
  let empty: Uint8Array | null = null
  const problems = caught('tables', () => {
    empty = buildImage(tables, {})
  })
  const known = tables.map((table) => table.name)
  for (const name of Object.keys(rows)) {
    if (!known.includes(name))
      problems.push(invalid(`${place}.${name}`, `There is no table "${name}".${didYouMean(name, known)}`))
  }
  if (empty === null) return problems
  const probe = openProbe(empty)
  try {
    for (const table of tables) problems.push(...insertProblems(probe, table, rows[table.name] ?? [], place))
    for (const table of tables) problems.push(...brokenReferences(probe, table, rows[table.name] ?? [], place))
    return problems
  } finally {
    probe.close()
  }
}

function insertProblems(probe: Probe, table: Table, rows: readonly Row[], place: string): Problem[] {
  const problems: Problem[] = []
  const names = table.columns.map((column) => column.name)
  const insert = probe.prepare(
    `INSERT INTO ${quote(table.name)} (${columnList(table)}) VALUES (${names.map(() => '?').join(', ')})`,
  )
  rows.forEach((row, index) => {
    const at = `${place}.${table.name}[${index}]`
    const subject = `The row ${describeKey(keyOf(table, row))} of "${table.name}"`
    const unknown = Object.keys(row).filter((name) => !names.includes(name))
    for (const name of unknown)
      problems.push(invalid(`${at}.${name}`, `${subject}: there is no column "${name}".${didYouMean(name, names)}`))
    try {
      insert.run(names.map((name) => toSqlite(row[name] ?? null)))
    } catch (error) {
      problems.push(invalid(at, `${subject}: ${(error as Error).message}.`))
    }
  })
  return problems
}

/** Rows that refer to one that isn't there; each is told by its place in the list. */
function brokenReferences(probe: Probe, table: Table, rows: readonly Row[], place: string): Problem[] {
  const problems: Problem[] = []
  for (const key of table.foreign_keys) {
    const parent = probe
      .prepare(
        `SELECT 1 FROM ${quote(key.table)} WHERE ${key.references.map((name) => `${quote(name)} = ?`).join(' AND ')}`,
      )
      .pluck()
    rows.forEach((row, index) => {
      const values = key.columns.map((name) => toSqlite(row[name] ?? null))
      if (values.includes(null) || parent.get(values) !== undefined) return
      const said = describeKey(Object.fromEntries(key.columns.map((name) => [name, row[name] ?? null])))
      problems.push(
        invalid(
          `${place}.${table.name}[${index}]`,
          `The row ${describeKey(keyOf(table, row))} of "${table.name}" refers by ${said} to a row of "${key.table}" that is not there.`,
        ),
      )
    })
  }
  return problems
}

const keyOf = (table: Table, row: Row): Row =>
  Object.fromEntries(table.primary_key.map((name) => [name, row[name] ?? null]))
