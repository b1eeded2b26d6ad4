/**
 * How large a scenario is, which its seed says: most are of the size that the tables ask for, some are smaller, some several
 * times as large, and a few have a table of ten thousand rows.
 */

import type { Table } from '../../../schemas/domain.ts'

export type Size = 'normal' | 'small' | 'large' | 'huge'

const bySeed: readonly Size[] = [
  'normal',
  'normal',
  'normal',
  'normal',
  'normal',
  'normal',
  'normal',
  'normal',
  'small',
  'small',
  'small',
  'large',
  'large',
  'large',
  'large',
  'huge',
]

export const sizeOf = (seed: number): Size => bySeed[seed % bySeed.length] as Size

const factors: Readonly<Record<Exclude<Size, 'huge'>, number>> = { normal: 1, small: 0.6, large: 2.5 }
/** Of a huge scenario: the rows of the one table that nothing refers to, and how many times larger the others are. */
const huge = { rows: 10_000, factor: 6 }

/** At most so many rows are made of a table that isn't the one huge one. */
const rowsMax = 400

export function rowCount(table: Table, tables: readonly Table[], seed: number): number {
  const asked = table.rows ?? 20
  if (asked <= 1) return asked
  const size = sizeOf(seed)
  if (size === 'huge') return table === leafOf(tables) ? huge.rows : Math.min(rowsMax, asked * huge.factor)
  // Each state that something can be in stays with three rows or more.
  const states = Math.max(
    0,
    ...table.columns.map(({ semantic, enum: values }) => (semantic === 'status' ? (values?.length ?? 0) : 0)),
  )
  return Math.max(Math.min(asked, states * 3), Math.min(rowsMax, Math.round(asked * factors[size])))
}

/** The table with most references of its own that no other refers to, and few columns; the first by name of equals. */
function leafOf(tables: readonly Table[]): Table | undefined {
  const referred = new Set(tables.flatMap((table) => table.foreign_keys.map((key) => key.table)))
  return tables
    .filter((table) => !referred.has(table.name) && (table.rows ?? 20) > 1)
    .sort(
      (a, b) =>
        b.foreign_keys.length - a.foreign_keys.length ||
        a.columns.length - b.columns.length ||
        (a.name < b.name ? -1 : 1),
    )[0]
}
