/**
 * What a list or search promises, against a plain scan of the table: each filter and each end of a window returns every
 * row that fits and no other, an order is kept, a page is a part of the whole, and a text finds the row that is called so.
 */

import type { Column, Table } from '../../../schemas/domain.ts'
import type { Cell, Json, JsonObject, Row } from '../../../schemas/json.ts'
import type { ArgumentBinding } from '../binding.ts'
import { nameColumns } from '../materialize/model.ts'
import { columnOf, filterValue, type Ground, keyOf } from './ground.ts'

const whole = 200

export function checkList(ground: Ground, table: Table, row: Row, required: JsonObject): void {
  const { play, binding, fail, domain } = ground
  const key = keyOf(table)
  const paged = binding.arguments.some((each) => each.argument === 'limit')
  const ask = (more: JsonObject): { keys: string[]; total: Json } | null => {
    const outcome = play.call(binding.tool, { ...required, ...(paged && { limit: whole }), ...more })
    if (!outcome.ok) {
      fail('filters', outcome.error.message)
      return null
    }
    return { keys: keysOf(outcome.result, key), total: (outcome.result as JsonObject).total ?? null }
  }
  const texts = binding.arguments.some((each) => each.role === 'query' && each.required)
  const scope = scopeOf(ground, required)
  const all = play.rows(table.name).filter(scope)
  for (const argument of binding.arguments) {
    if (argument.required && argument.role !== 'query') continue
    const column = columnOf(domain, argument)
    if (argument.role === 'query') {
      const named = nameColumns(table.columns).find((name) => typeof row[name] === 'string')
      const found = named === undefined ? null : ask({ [argument.argument]: row[named] as string })
      if (found !== null && !found.keys.includes(String(row[key])))
        fail('search finds the row', `${JSON.stringify(row[named as string])} is not found.`)
      continue
    }
    if (column === undefined || texts || (argument.role !== 'filter' && argument.role !== 'window')) continue
    const value =
      argument.role === 'filter' ? filterValue(column, row[column.name] ?? null) : (row[column.name] ?? null)
    if (value === undefined || value === null) continue
    const found = ask({ [argument.argument]: value })
    if (found === null) continue
    const wanted = all.filter((each) => fits(argument, column, each[column.name] ?? null, value))
    if (
      found.keys.join() !==
      wanted
        .slice(0, whole)
        .map((each) => String(each[key]))
        .join()
    )
      fail(
        'filters exactly',
        `${argument.argument} ${JSON.stringify(value)}: ${found.keys.length} rows, not ${wanted.length}.`,
      )
    if (found.total !== wanted.length)
      fail('total is right', `${argument.argument}: ${found.total}, not ${wanted.length}.`)
  }
  if (!paged || texts) return
  const two = ask({ limit: 2, offset: 1 })
  if (
    two !== null &&
    two.keys.join() !==
      all
        .slice(1, 3)
        .map((each) => String(each[key]))
        .join()
  )
    fail('pages', 'The second page is not a part of the whole.')
  checkOrder(ground, ask, all, key)
}

function checkOrder(
  { binding, domain, fail }: Ground,
  ask: (more: JsonObject) => { keys: string[] } | null,
  all: readonly Row[],
  key: string,
): void {
  if (!binding.arguments.some((each) => each.argument === 'sort_by' && each.role === 'page')) return
  const tool = domain.tools.find((each) => each.name === binding.tool)
  const properties = (tool?.input_schema.properties ?? {}) as Record<string, JsonObject>
  for (const name of (properties.sort_by?.enum ?? []) as string[]) {
    for (const order of ['asc', 'desc'] as const) {
      const found = ask({ sort_by: name, order })
      const sign = order === 'asc' ? 1 : -1
      const wanted = [...all].sort(
        (a, b) => sign * compare(a[name] ?? null, b[name] ?? null) || (String(a[key]) < String(b[key]) ? -1 : 1),
      )
      if (
        found !== null &&
        found.keys.join() !==
          wanted
            .slice(0, whole)
            .map((each) => String(each[key]))
            .join()
      )
        fail('keeps the order', `${name} ${order}`)
    }
  }
}

/** As SQLite orders: NULL first, texts by their bytes. */
function compare(a: Cell, b: Cell): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
}

/** Whether a row fits what is required of every call. */
function scopeOf({ binding, domain }: Ground, required: JsonObject): (row: Row) => boolean {
  const scopes = binding.arguments.filter((argument) => argument.required && argument.column !== undefined)
  return (row) =>
    scopes.every((argument) => {
      const column = columnOf(domain, argument)
      return (
        column === undefined || fits(argument, column, row[column.name] ?? null, required[argument.argument] ?? null)
      )
    })
}

function fits({ role, side }: ArgumentBinding, column: Column, cell: Cell, value: Json): boolean {
  if (cell === null) return false
  if (role === 'window') {
    const order = compare(cell, value as Cell)
    return side === 'from' ? order >= 0 : order <= 0
  }
  const asked = filterValue(column, cell)
  if (column.semantic === 'json') return (JSON.parse(String(cell)) as Json[]).includes(value)
  return typeof asked === 'string' && typeof value === 'string'
    ? asked === value || (column.enum === undefined && lower(asked) === lower(value))
    : asked === value
}

/** SQLite's lower() knows ASCII alone. */
const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

export function keysOf(result: Json, key: string): string[] {
  const list = Object.values(result as JsonObject).find((value) => Array.isArray(value)) as JsonObject[] | undefined
  return (list ?? []).map((item) => String(item[key]))
}
