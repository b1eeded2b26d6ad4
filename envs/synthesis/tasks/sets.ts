/**
 * Sets of rows that a few words pick out: those of one parent, those in one state or kind, or both. No other row sounds as
 * if it belonged to them, and none has come or gone by what the task did before.
 */

import type { Row } from '../../../schemas/json.ts'
import type { Group } from './deed.ts'
import type { Facts, Kind } from './facts.ts'
import type { Attribute } from './refer.ts'
import { nameOnly, whereOf } from './refer.ts'
import type { Walk } from './walk.ts'

const shared: readonly Kind[] = ['status', 'enum', 'flag', 'city', 'company', 'person']
const triesMax = 12

export interface GroupOptions {
  min: number
  max: number
  /** Only of this parent. */
  under?: Group['parent']
  /** Every row of it must be one of these. */
  fits?(row: Row): boolean
}

/** Groups that there are, in an order that the seed decides; the same one may come twice. */
export function* groupsOf(walk: Walk, table: string, options: GroupOptions): Generator<Group & { rows: Row[] }> {
  const { facts, draw } = walk
  const key = facts.key(table)
  const rows = walk.rows[table] ?? []
  if (key === undefined || !facts.sayable(table) || rows.length < options.min) return
  const links = facts.parents(table).filter((link) => link.table !== table)
  const columns = (facts.tables.get(table)?.columns ?? []).filter(({ name }) =>
    shared.includes(facts.kind(table, name)),
  )
  for (let tries = 0; tries < triesMax; tries += 1) {
    const sample = draw.pick(rows) as Row
    const link = options.under === undefined && draw.chance(0.6) ? draw.pick(links) : undefined
    const above =
      link && (walk.rows[link.table] ?? []).find((row) => row[facts.key(link.table) as string] === sample[link.column])
    const of = link && above && nameOnly({ facts, rows: walk.rows, draw }, link.table, above)
    const parent = options.under ?? (link && of ? { column: link.column, of } : undefined)
    const column = parent === undefined || draw.chance(0.5) ? draw.pick(columns)?.name : undefined
    const attribute = column === undefined ? undefined : attributeOf(walk, table, column, sample)
    if (parent === undefined && attribute === undefined) continue
    const attributes = attribute === undefined ? [] : [attribute]
    const where = Object.entries(whereOf({ attributes, ...(parent && { parent }) }))
    const holds = (row: Row): boolean => where.every(([name, value]) => row[name] === value)
    const members = rows.filter(holds)
    if (members.length < options.min || members.length > options.max) continue
    if (options.fits !== undefined && !members.every(options.fits)) continue
    if (attribute !== undefined && !saysOnly(facts, table, rows, members, attribute, parent)) continue
    // What was done before must not have changed who belongs to it.
    if (walk.calls.some(({ tool }) => facts.tools.get(tool)?.kind === 'write')) {
      const now = walk.play.rows(table).filter(holds)
      if (now.length !== members.length || members.some((row) => !now.some((other) => other[key] === row[key])))
        continue
    }
    yield { table, keys: members.map((row) => row[key] ?? null), attributes, ...(parent && { parent }), rows: members }
  }
}

function attributeOf(walk: Walk, table: string, column: string, row: Row): Attribute | undefined {
  const kind = walk.facts.kind(table, column)
  const value = row[column] ?? null
  const said = walk.facts.say(table, column, value, true)
  return said === undefined || value === null ? undefined : { column, kind, value, said }
}

/** Whether no other row sounds as if it belonged to them. */
function saysOnly(
  facts: Facts,
  table: string,
  rows: readonly Row[],
  members: readonly Row[],
  { column, kind, value, said }: Attribute,
  parent: Group['parent'],
): boolean {
  if (kind === 'flag') return true
  return !rows.some(
    (row) =>
      row[column] !== value &&
      (parent === undefined || row[parent.column] === members[0]?.[parent.column]) &&
      facts.say(table, column, row[column], true)?.toLowerCase() === said.toLowerCase(),
  )
}
