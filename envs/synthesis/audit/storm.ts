/**
 * Fifty calls at random, good ones and bad: whatever comes of them, no reference leads to nothing, no counter is wrong, and
 * what was refused has left no trace.
 */

import type { Domain, Table } from '../../../schemas/domain.ts'
import type { JsonObject, Row } from '../../../schemas/json.ts'
import type { Play } from '../../runtime/world.ts'
import { counterOf } from '../materialize/counters.ts'
import type { Random } from '../scenarios/random.ts'
import { type Ground, groundArguments, tableOf } from './ground.ts'

const callsMax = 50

export function checkStorm(given: Omit<Ground, 'binding'>, random: Random): void {
  const { domain, play, bindings, fail } = given
  const known = new Map<string, Row[]>()
  const rowsOf = (table: string): Row[] => {
    const rows = known.get(table) ?? play.rows(table)
    known.set(table, rows)
    return rows
  }
  for (let call = 0; call < callsMax; call++) {
    const binding = random.pick(bindings)
    const table = tableOf(domain, binding.subject ?? binding.table)
    if (table === undefined) continue
    const rows = rowsOf(table.name)
    const row = rows.length === 0 ? undefined : random.pick(rows)
    const args = groundArguments({ ...given, binding }, table, row, random.chance(0.5) ? 'all' : 'required')
    if (args === null) continue
    if (random.chance(0.2)) spoil(args, random)
    const before = random.chance(0.3) ? play.digest() : null
    const outcome = play.call(binding.tool, args)
    if (outcome.ok && !['get', 'list', 'search'].includes(binding.verb)) known.clear()
    if (!outcome.ok && before !== null && play.digest() !== before)
      fail('refusals leave no trace', `${binding.tool}: ${outcome.error.message}`)
  }
  const broken = brokenReference(domain, play)
  if (broken !== '') fail('references hold', broken)
  const wrong = wrongCounter(domain, play)
  if (wrong !== '') fail('counters hold', wrong)
}

/** One argument of another value: a key of nothing, or what doesn't fit. */
function spoil(args: JsonObject, random: Random): void {
  const names = Object.keys(args)
  if (names.length > 0) args[random.pick(names)] = random.pick(['none_000000', '', -1, null, true])
}

export function brokenReference(domain: Domain, play: Play): string {
  const keys = new Map<string, Set<unknown>>()
  const keysOf = (table: Table, column: string): Set<unknown> => {
    const name = `${table.name}.${column}`
    const known = keys.get(name) ?? new Set(play.rows(table.name).map((row) => row[column]))
    keys.set(name, known)
    return known
  }
  for (const table of domain.tables) {
    for (const foreign of table.foreign_keys) {
      const target = tableOf(domain, foreign.table)
      const [column = '', to = ''] = [foreign.columns[0], foreign.references[0]]
      if (target === undefined || foreign.columns.length > 1) continue
      for (const row of play.rows(table.name)) {
        const value = row[column] ?? null
        if (value !== null && !keysOf(target, to).has(value)) return `${table.name}.${column} ${value} leads nowhere.`
      }
    }
  }
  return ''
}

export function wrongCounter(domain: Domain, play: Play): string {
  for (const table of domain.tables) {
    for (const column of table.columns) {
      const counter = counterOf(column)
      if (counter === undefined) continue
      const children = play.rows(counter.table)
      for (const row of play.rows(table.name)) {
        const right = children.filter((child) => child[counter.column] === row[table.primary_key[0] as string]).length
        if (row[column.name] !== right)
          return `${table.name}.${column.name} of ${row[table.primary_key[0] as string]} is ${row[column.name]}, not ${right}.`
      }
    }
  }
  return ''
}
