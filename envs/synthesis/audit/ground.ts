/**
 * Arguments for a tool from a row of the world: its key, its parents, and for what is written values of other rows. And
 * what a value looks like to an agent: true and false for flags, lists for lists.
 */

import type { Column, Domain, Table } from '../../../schemas/domain.ts'
import type { Cell, Json, JsonObject, Row } from '../../../schemas/json.ts'
import type { Play } from '../../runtime/world.ts'
import type { ArgumentBinding, ToolBinding } from '../binding.ts'
import { dayColumns } from '../materialize/bind.ts'
import { nameColumns } from '../materialize/model.ts'

export interface Ground {
  domain: Domain
  play: Play
  binding: ToolBinding
  bindings: readonly ToolBinding[]
  /** Other rows of the same tables: where new values come from. */
  donors: Readonly<Record<string, readonly Row[]>>
  fail(check: string, message: string): void
}

export const tableOf = (domain: Domain, name: string): Table | undefined =>
  domain.tables.find((table) => table.name === name)

export const columnOf = (domain: Domain, { table, column }: ArgumentBinding): Column | undefined =>
  table === undefined ? undefined : tableOf(domain, table)?.columns.find((each) => each.name === column)

/** The key column, by which rows are told apart. */
export const keyOf = (table: Table): string => table.primary_key[0] as string

/** A cell as a tool shows it and takes it. */
export function shownCell(column: Column, value: Cell): Json {
  if (value === null) return null
  if (column.semantic === 'flag') return value === 1
  return column.semantic === 'json' && typeof value === 'string' ? (JSON.parse(value) as Json) : value
}

/** What a filter is given to find rows with this cell; undefined where it can't be asked for. */
export function filterValue(column: Column, value: Cell): Json | undefined {
  if (value === null) return undefined
  if (column.semantic === 'json') return (JSON.parse(String(value)) as Json[])[0]
  if (dayColumns.has(column.semantic ?? '')) return String(value).slice(0, 10)
  return shownCell(column, value)
}

/** @returns null where no row grounds what is required */
export function groundArguments(
  { domain, play, binding, donors }: Ground,
  table: Table,
  row: Row | undefined,
  which: 'required' | 'all',
): JsonObject | null {
  const args: JsonObject = {}
  const there = new Map<string, readonly Row[]>() // rows by table, read once
  const onlyMoves = binding.verb === 'update' && !binding.arguments.some((argument) => argument.role === 'value')
  const firstValue = binding.arguments.find((argument) => argument.role === 'value')
  for (const argument of binding.arguments) {
    // One value at least must be given to an update.
    const needed = argument.required || (binding.verb === 'update' && argument === firstValue)
    if (which === 'required' && !needed && !(onlyMoves && argument === binding.arguments.at(-1))) continue
    if (argument.role === 'page' || argument.role === 'window') continue
    if (argument.role === 'query') {
      if (argument.required) args[argument.argument] = String(row?.[nameColumns(table.columns)[0] ?? 'id'] ?? 'a')
      continue
    }
    const written = tableOf(domain, argument.table ?? table.name) ?? table
    const column = written.columns.find((each) => each.name === argument.column)
    if (column === undefined) continue
    let value: Cell | undefined
    if (argument.role === 'key') value = row?.[column.name]
    else if (argument.role === 'parent') {
      const moves = onlyMoves && argument === binding.arguments.at(-1)
      value = parentValue(play, table, row, column, moves)
      // A row that belongs to nobody is not found under anybody.
      if (!moves && row !== undefined && (row[column.name] ?? null) === null && binding.verb !== 'create')
        value = undefined
    } else if (argument.role === 'filter') {
      const shown = filterValue(column, row?.[column.name] ?? null)
      if (shown !== undefined) args[argument.argument] = shown
      else if (argument.required) return null
      continue
    } else {
      // Of what is made, nothing may be there already: an address may be one row's alone.
      if (row === undefined && !there.has(written.name)) there.set(written.name, play.rows(written.name))
      const rows = row === undefined ? (there.get(written.name) as readonly Row[]) : [row]
      const taken = new Set(rows.map((each) => each[column.name] as Cell))
      value = newValue(column, taken, donors[written.name] ?? [], Object.keys(args).length)
    }
    if (value === undefined || value === null) {
      if (argument.required) return null
      continue
    }
    args[argument.argument] = shownCell(column, value)
  }
  return args
}

function parentValue(play: Play, table: Table, row: Row | undefined, column: Column, moves: boolean): Cell | undefined {
  const own = row?.[column.name] ?? undefined
  const foreign = table.foreign_keys.find((each) => each.columns[0] === column.name)
  if ((own !== undefined && !moves) || foreign === undefined) return own
  const keys = play.rows(foreign.table).map((each) => each[foreign.references[0] as string])
  return keys.find((each) => each !== own)
}

/** A value of the column that differs from those that stand there, where there is one. */
function newValue(column: Column, taken: ReadonlySet<Cell>, donors: readonly Row[], start: number): Cell | undefined {
  if (column.enum !== undefined) return column.enum.find((value) => !taken.has(value)) ?? column.enum[0]
  for (let index = 0; index < donors.length; index++) {
    const value = donors[(index + start) % donors.length]?.[column.name]
    if (value !== null && value !== undefined && !taken.has(value)) return value
  }
  const any = donors.find((donor) => donor[column.name] !== null)?.[column.name]
  if (any !== undefined && any !== null && taken.size > 1) return any
  if (column.semantic === 'json') return '["another"]'
  if (dayColumns.has(column.semantic ?? '')) return '2025-03-04T09:00:00Z'
  if (/(^|_)date$/.test(column.semantic ?? '')) return '2025-03-04'
  return column.type === 'TEXT' ? 'another' : 7
}
