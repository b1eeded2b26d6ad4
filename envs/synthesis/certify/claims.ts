/**
 * What a task claims of itself, held against what its calls show: where each argument comes from, which rows its words
 * pick out, and that it says no identifier.
 */

import type { Cell, Json, JsonObject, Row } from '../../../schemas/json.ts'
import { canonicalJson, valueAt } from '../../../schemas/json.ts'
import type { GroupReference, Origin, Reference, Task } from '../../../schemas/task.ts'
import type { World } from '../../runtime/world.ts'

/** What the maker of a task says of it, to be checked. */
export interface Claims {
  origins: readonly Origin[]
  references: readonly Reference[]
  groups?: readonly GroupReference[] | undefined
}

export type Wrong = { reason: 'origin' | 'reference' | 'leak'; message: string } | undefined

const refuse = (reason: 'origin' | 'reference' | 'leak', message: string): Wrong => ({ reason, message })

/** @param results of gold's calls, in their order */
export function checkClaims(
  world: World,
  task: Task,
  claims: Claims,
  { results, rows }: { results: readonly Json[]; rows: Rows },
): Wrong {
  return (
    checkOrigins(task, claims.origins, results) ??
    checkReferences(world, task, claims, results, rows) ??
    checkLeaks(task, claims.origins)
  )
}

/** The rows of a table as the scenario begins. */
export type Rows = (table: string) => readonly Row[]

function checkOrigins(task: Task, origins: readonly Origin[], results: readonly Json[]): Wrong {
  for (const slot of task.slots) {
    if (!task.intent.includes(slot.said))
      return refuse('origin', `The intent does not say ${JSON.stringify(slot.said)} (slot "${slot.name}").`)
  }
  for (const [index, call] of task.gold.calls.entries()) {
    for (const [argument, value] of Object.entries(call.arguments)) {
      const place = `The argument "${argument}" of gold call ${index} (${call.tool})`
      const origin = origins.find((item) => item.call === index && item.argument === argument)
      if (origin === undefined) return refuse('origin', `${place} comes from nowhere.`)
      let given: Json | undefined
      if (origin.slot !== undefined) given = task.slots.find((slot) => slot.name === origin.slot)?.value
      else if (origin.output !== undefined && origin.output.call < index)
        given = valueAt(results[origin.output.call], origin.output.path)
      if (given === undefined || canonicalJson(given) !== canonicalJson(value))
        return refuse('origin', `${place} is not what its origin holds.`)
    }
  }
}

function checkReferences(
  world: World,
  task: Task,
  { references, groups = [] }: Claims,
  results: readonly Json[],
  rowsOf: Rows,
): Wrong {
  for (const reference of references) {
    const said = `The reference ${JSON.stringify(reference.said)}`
    if (!task.intent.includes(reference.said)) return refuse('reference', `${said} is not in the intent.`)
    const fitting = rowsOf(reference.table).filter((row) => holds(row, reference.where))
    const rows = reference.best === undefined ? fitting : firstOf(fitting, reference.best)
    if (rows.length !== 1) return refuse('reference', `${said} picks out ${rows.length} rows.`)
    if (!holds(rows[0] as Row, reference.key)) return refuse('reference', `${said} picks out another row.`)
    const call = task.gold.calls[reference.found_by]
    if (call === undefined || world.tool(call.tool)?.kind !== 'read')
      return refuse('reference', `${said} is found by no read.`)
    if (!shows(results[reference.found_by] ?? null, reference, call.arguments))
      return refuse('reference', `${said} is not what ${call.tool} shows.`)
  }
  for (const group of groups) {
    const said = `The group ${JSON.stringify(group.said)}`
    if (group.said === '' || !task.intent.includes(group.said))
      return refuse('reference', `${said} is not in the intent.`)
    const rows = rowsOf(group.table).filter((row) => holds(row, group.where))
    if (rows.length !== group.keys.length || !group.keys.every((key) => rows.some((row) => holds(row, key))))
      return refuse('reference', `${said} picks out other rows, or more or fewer than ${group.keys.length}.`)
    const call = task.gold.calls[group.found_by]
    if (call === undefined || world.tool(call.tool)?.kind !== 'read')
      return refuse('reference', `${said} is found by no read.`)
    const result = results[group.found_by] ?? null
    if (!group.keys.every((key) => shows(result, { where: group.where, key }, call.arguments)))
      return refuse('reference', `${said} is not what ${call.tool} shows.`)
  }
}

/** The rows that have most, or least, of a column: several where they have the same. */
function firstOf(rows: readonly Row[], { column, order }: NonNullable<Reference['best']>): Row[] {
  const sign = order === 'most' ? 1 : -1
  const above = (a: Cell, b: Cell): boolean => sign * (a === b ? 0 : (a ?? '') > (b ?? '') ? 1 : -1) > 0
  return rows.filter((row) => !rows.some((other) => above(other[column] ?? null, row[column] ?? null)))
}

const holds = (row: Row, cells: Record<string, Cell>): boolean =>
  Object.entries(cells).every(([name, value]) => row[name] === value)

/** Whether some object in the result has the row's key, and tells it from others by its fields or was asked for by them. */
function shows(result: Json, reference: Pick<Reference, 'where' | 'key'>, args: JsonObject): boolean {
  if (typeof result !== 'object' || result === null) return false
  const parts = Array.isArray(result) ? result : Object.values(result)
  if (!Array.isArray(result)) {
    const visible = parts.filter((value) => typeof value !== 'object' || value === null)
    const asked = Object.values(args)
    const has = (values: readonly Json[], cell: Cell) => values.some((value) => sameValue(value, cell))
    const keyed = Object.values(reference.key).every((cell) => has(visible, cell))
    if (keyed && Object.values(reference.where).every((cell) => has(visible, cell) || has(asked, cell))) return true
  }
  return parts.some((part) => shows(part, reference, args))
}

/** Booleans are 0 and 1 in tables and may be shown as true and false. */
const sameValue = (value: Json, cell: Cell): boolean =>
  value === cell || (typeof value === 'boolean' && Number(value) === cell)

/** People don't speak in identifiers: what a call takes from an earlier result must not stand in the intent. */
function checkLeaks(task: Task, origins: readonly Origin[]): Wrong {
  for (const origin of origins) {
    if (origin.output === undefined) continue
    const value = task.gold.calls[origin.call]?.arguments[origin.argument]
    if (typeof value === 'string' && /[_\d]/.test(value) && task.intent.includes(value))
      return refuse('leak', `The intent says the identifier ${JSON.stringify(value)}.`)
  }
}
