/**
 * Gold with one argument of a write changed for another value of the same column, which must fail: what a task asks for is
 * told apart from what it might have asked for instead.
 */

import type { Column } from '../../../schemas/domain.ts'
import type { Cell, Json, JsonObject } from '../../../schemas/json.ts'
import type { Certificate } from '../../../schemas/task.ts'
import { literalColumns, sameCell } from '../../runtime/sameness.ts'
import type { Rows } from './claims.ts'
import type { Trial } from './trial.ts'

/** @returns what the certificate says of it, or which change passes */
export function perturb(
  trial: Trial,
  rowsOf: Rows,
): Required<Pick<Certificate, 'perturbed' | 'unperturbed'>> | { message: string } {
  const { origins, writes } = trial
  const unperturbed: NonNullable<Certificate['unperturbed']> = []
  let perturbed = 0
  for (const index of writes) {
    const call = trial.call(index)
    for (const [argument, value] of Object.entries(call.arguments)) {
      const from = origins.find((origin) => origin.call === index && origin.argument === argument)?.column
      const other =
        from === undefined || call.expect_error !== undefined ? undefined : otherValue(trial, rowsOf, from, value)
      if (other === undefined) {
        unperturbed.push({ call: index, argument })
        continue
      }
      const changed = new Map<number, JsonObject>([[index, { ...call.arguments, [argument]: other }]])
      if (trial.passes(writes, undefined, changed))
        return {
          message: `Gold passes with ${JSON.stringify(other)} as "${argument}" of its call ${index} (${call.tool}).`,
        }
      perturbed += 1
    }
  }
  return { perturbed, unperturbed }
}

/** Another value that the argument could have: of another row, of the enum, or the other state of a flag. */
function otherValue(
  { world }: Trial,
  rowsOf: Rows,
  { table: name, name: columnName }: { table: string; name: string },
  value: Json,
): Json | undefined {
  const table = world.domain.tables.find((each) => each.name === name)
  const column = table?.columns.find((each) => each.name === columnName)
  if (table === undefined || column === undefined) return undefined
  if (typeof value === 'boolean') return !value
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const literal = literalColumns(table).has(column.name)
  const differs = (cell: Cell | undefined): cell is string | number =>
    cell !== null && cell !== undefined && typeof cell === typeof value && !sameCell(column, literal, cell, value)
  for (const cell of column.enum ?? []) if (differs(cell)) return cell
  for (const row of rowsOf(name)) {
    const cell = row[columnName]
    // A day is given where the column holds the time as well.
    const given = typeof cell === 'string' && isDay(value) ? cell.slice(0, 10) : cell
    if (differs(given)) return given
  }
  return made(column, value)
}

const isDay = (value: Json): boolean => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)

/** Where no row has another value: the next number or day, a longer text; no other key, which nothing would stand for. */
function made(column: Column, value: string | number): Json | undefined {
  if (typeof value === 'number') return value + 1
  if (isDay(value)) return new Date(Date.parse(value) + 86_400_000).toISOString().slice(0, 10)
  return column.enum === undefined && /^[A-Z]/.test(value) && value.includes(' ') ? `${value} too` : undefined
}
