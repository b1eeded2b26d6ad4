/**
 * Saying which row is meant, without its identifier: attributes are taken in an order of preference while each rules
 * out some row that still matches, until one row is left; where they don't suffice, the row's parent is said as well.
 * Two rows are told apart by what is said of them, not by what is stored: two dates of one day are the same words.
 * Source: Dale and Reiter 1995, the incremental algorithm.
 */

import type { Cell, Row } from '../../../schemas/json.ts'
import type { Draw } from './draw.ts'
import type { Facts, Kind } from './facts.ts'

export interface Attribute {
  column: string
  kind: Kind
  value: Cell
  said: string
}

export interface Description {
  table: string
  row: Row
  key: Cell
  attributes: Attribute[]
  /** The parent that is said as well, and the column that refers to it. */
  parent?: { column: string; of: Description }
  /** Of the rows that all this leaves, the one that has most, or least, of a column. */
  best?: Best
}

export interface Best {
  column: string
  kind: Kind
  order: 'most' | 'least'
}

export interface ReferOptions {
  facts: Facts
  rows: Record<string, Row[]>
  draw: Draw
  /** A column that must not be said, because it is asked for. */
  without?: string
  /** Say this parent, whether it is needed or not. */
  under?: { column: string; of: Description } | undefined
}

const preference: readonly Kind[] = [
  'name',
  'person',
  'company',
  'code',
  'file',
  'city',
  'status',
  'enum',
  'email',
  'date',
  'money',
]
const nameLike: readonly Kind[] = ['name', 'person', 'company', 'code', 'file']
const attributesMax = 3

export function describeRow(options: ReferOptions, table: string, row: Row): Description | undefined {
  const { facts, draw } = options
  const key = facts.key(table)
  if (key === undefined || !facts.sayable(table)) return undefined
  const own = attributesOf(options, table, row)
  // Now and then a name is not what the user remembers; the rest of the order then has to do.
  const nameless = draw.chance(0.2)
  const orders = nameless ? [own.filter((item) => !nameLike.includes(item.kind)), own] : [own]
  for (const order of orders) {
    const found = pickOut(options, table, row, order, options.under)
    if (found !== undefined) return { table, row, key: row[key] ?? null, ...found }
  }
  if (options.under !== undefined) return undefined
  for (const parent of draw.shuffle(facts.parents(table))) {
    const above = (options.rows[parent.table] ?? []).find(
      (item) => item[facts.key(parent.table) as string] === row[parent.column],
    )
    if (above === undefined || parent.table === table) continue
    const name = nameOnly(options, parent.table, above)
    if (name === undefined) continue
    const found = pickOut(options, table, row, own, { column: parent.column, of: name })
    if (found !== undefined) return { table, row, key: row[key] ?? null, ...found }
  }
  return undefined
}

/** A parent is said by one attribute only, or the phrase can't be followed. */
export function nameOnly(options: ReferOptions, table: string, row: Row): Description | undefined {
  const { facts, rows } = options
  const key = facts.key(table)
  if (key === undefined || !facts.sayable(table)) return undefined
  for (const attribute of attributesOf({ ...options, without: undefined }, table, row)) {
    if (!nameLike.includes(attribute.kind)) continue
    const same = (rows[table] ?? []).filter((other) => matches(facts, table, other, attribute))
    if (same.length === 1) return { table, row, key: row[key] ?? null, attributes: [attribute] }
  }
  return undefined
}

function attributesOf({ facts, without }: ReferOptions, table: string, row: Row): Attribute[] {
  const found: Attribute[] = []
  for (const column of facts.tables.get(table)?.columns ?? []) {
    const kind = facts.kind(table, column.name)
    const value = row[column.name] ?? null
    if (column.name === without || !preference.includes(kind) || /updated|modified/.test(column.name)) continue
    const said = facts.say(table, column.name, value, true)
    if (said !== undefined && said.length <= 60) found.push({ column: column.name, kind, value, said })
  }
  return found.sort((a, b) => preference.indexOf(a.kind) - preference.indexOf(b.kind))
}

function pickOut(
  { facts, rows }: ReferOptions,
  table: string,
  row: Row,
  order: readonly Attribute[],
  parent: Description['parent'],
): Pick<Description, 'attributes' | 'parent'> | undefined {
  let left = (rows[table] ?? []).filter((other) => parent === undefined || other[parent.column] === row[parent.column])
  const attributes: Attribute[] = []
  for (const attribute of order) {
    if (left.length === 1 && attributes.length > 0) break
    // One of a kind: two names, two dates or two states of one thing read badly.
    if (
      attributes.some(
        (item) => item.kind === attribute.kind || (nameLike.includes(item.kind) && nameLike.includes(attribute.kind)),
      )
    )
      continue
    const rest = left.filter((other) => matches(facts, table, other, attribute))
    if (rest.length < left.length) {
      attributes.push(attribute)
      left = rest
    }
  }
  if (left.length !== 1 || left[0] !== row || attributes.length === 0 || attributes.length > attributesMax)
    return undefined
  return parent === undefined ? { attributes } : { attributes, parent }
}

function matches(facts: Facts, table: string, row: Row, { column, said }: Attribute): boolean {
  return facts.say(table, column, row[column], true)?.toLowerCase() === said.toLowerCase()
}

/** Column → value, the parent's key included: what picks out the one row. */
export function whereOf({ attributes, parent }: Pick<Description, 'attributes' | 'parent'>): Record<string, Cell> {
  const where: Record<string, Cell> = {}
  for (const { column, value } of attributes) where[column] = value
  if (parent !== undefined) where[parent.column] = parent.of.key
  return where
}
