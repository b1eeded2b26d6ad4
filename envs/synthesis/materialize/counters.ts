/**
 * Columns that follow from other rows: how many children a row has. A program that adds, moves or removes a child counts
 * again, and a seeded row begins with the right number.
 *
 * What a column counts stands in its semantic, `count:order_item.order_id`, so that a domain's tables are enough to make
 * its rows.
 */

import type { Column } from '../../../schemas/domain.ts'

export interface Counter {
  /** The table and the reference in it that are counted. */
  table: string
  column: string
}

export const counterSemantic = ({ table, column }: Counter): string => `count:${table}.${column}`

export function counterOf({ semantic }: Pick<Column, 'semantic'>): Counter | undefined {
  const match = /^count:([a-z0-9_]+)\.([a-z0-9_]+)$/.exec(semantic ?? '')
  return match === null ? undefined : { table: match[1] as string, column: match[2] as string }
}

export const isDerived = (column: Pick<Column, 'semantic'>): boolean => counterOf(column) !== undefined
