/**
 * Choosing: the one row of several that has most or least of something ("the cheapest of the open offers"). The best is
 * unique and ahead of the next by a margin that the words can carry; whoever chooses has seen them all.
 */

import type { Row } from '../../../schemas/json.ts'
import type { Kind } from './facts.ts'
import { lookUpGroup, rememberBest } from './look.ts'
import type { Best, Description } from './refer.ts'
import { groupsOf } from './sets.ts'
import type { Walk } from './walk.ts'
import { mark, Setback } from './walk.ts'

const compared: readonly Kind[] = ['money', 'count', 'date']
/** What is counted or dated by the world, or is a code in digits, is compared by nobody. */
const incomparable =
  /^count$|updated|modified|^last_|year|version|number|birth|delay|limit|timeout|interval|progress|days$/
const choiceMin = 3
const choiceMax = 12

export interface BestOptions {
  /** The row that is chosen must be one of these. */
  fits?(row: Row): boolean
  under?: Description['parent']
}

/** A row described by what it has most or least of, found by reads that show all of those compared. @throws Setback */
export function describeBest(walk: Walk, table: string, { fits, under }: BestOptions): Description {
  const { facts, draw } = walk
  const columns = (facts.tables.get(table)?.columns ?? []).filter(
    ({ name }) => compared.includes(facts.kind(table, name)) && !incomparable.test(name),
  )
  if (columns.length === 0) throw new Setback('nothing to compare by')
  let last = 'no choice with one best answer'
  for (const { rows, ...group } of groupsOf(walk, table, { min: choiceMin, max: choiceMax, ...(under && { under }) })) {
    const { name } = draw.pick(columns) as (typeof columns)[number]
    const best: Best = { column: name, kind: facts.kind(table, name), order: draw.chance(0.5) ? 'most' : 'least' }
    const row = bestOf(rows, best)
    if (row === undefined || (fits !== undefined && !fits(row))) continue
    const { attributes, parent } = group
    const key = row[facts.key(table) as string] ?? null
    const description: Description = { table, row, key, attributes, ...(parent && { parent }), best }
    const undo = mark(walk)
    try {
      lookUpGroup(walk, group, name)
      rememberBest(walk, description)
      return description
    } catch (error) {
      if (!(error instanceof Setback)) throw error
      last = error.reason
      undo()
    }
  }
  throw new Setback(last)
}

/** The row that is first by the column, where all have a value there and no other comes near it. */
export function bestOf(rows: readonly Row[], { column, kind, order }: Best): Row | undefined {
  const ranks = rows.map((row) => ({ row, at: rankOf(kind, row[column]) }))
  if (ranks.some(({ at }) => at === undefined)) return undefined
  const sign = order === 'most' ? -1 : 1
  const [first, second] = ranks.sort((a, b) => sign * ((a.at as number) - (b.at as number)))
  if (first === undefined || second === undefined) return first?.row
  const [lead, next] = [first.at as number, second.at as number]
  // Dates are said by their day; amounts that hardly differ are easily mistaken.
  const margin = kind === 'date' ? 1 : kind === 'money' ? Math.max(Math.abs(lead), Math.abs(next)) * 0.02 : 1
  return Math.abs(lead - next) >= margin ? first.row : undefined
}

/** Days since 1970 of a date; else the number. */
function rankOf(kind: Kind, cell: Row[string] | undefined): number | undefined {
  if (kind !== 'date') return typeof cell === 'number' && Number.isFinite(cell) ? cell : undefined
  const time = typeof cell === 'string' ? Date.parse(cell) : Number.NaN
  return Number.isNaN(time) ? undefined : Math.floor(time / 86_400_000)
}
