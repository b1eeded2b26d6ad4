/**
 * What a write promises: it does to its row what its binding says, to the rows that hang on it what follows, and to nothing
 * else; and whoever looks afterwards sees it.
 */

import type { Table } from '../../../schemas/domain.ts'
import type { Json, JsonObject, Row } from '../../../schemas/json.ts'
import type { Change } from '../../runtime/changes.ts'
import type { ToolBinding } from '../binding.ts'
import { isDerived } from '../materialize/counters.ts'
import { columnOf, type Ground, groundArguments, keyOf, shownCell, tableOf } from './ground.ts'

export function checkEffect(ground: Ground, table: Table, row: Row | undefined, args: JsonObject, result: Json): void {
  const { play, binding, fail } = ground
  const key = keyOf(table)
  const shown = result as JsonObject
  switch (binding.verb) {
    case 'get':
      if (shown[key] !== row?.[key]) fail('get shows the row', `Asked for ${row?.[key]}, got ${shown[key]}.`)
      return
    case 'create': {
      const made = play.rows(binding.table).find((each) => each[key] === shown[key])
      if (made === undefined) {
        fail('create makes a row', 'The row is not there.')
        return
      }
      checkWritten(ground, args, made)
      onlyTouches(ground, play.changes(), (change) => change.before === null && change.after?.[key] === shown[key])
      seenBy(ground, table, made, result)
      return
    }
    case 'update':
    case 'transition': {
      const changes = play.changes()
      const change = changes.find((each) => each.table === binding.table && each.before?.[key] === row?.[key])
      if (change?.after == null) {
        fail('changes its row', `${row?.[key]} did not change.`)
        return
      }
      onlyTouches(ground, changes, (each) => each === change)
      const allowed = new Set([
        ...binding.arguments.filter(({ role }) => role === 'value' || role === 'parent').map(({ column }) => column),
        binding.transition?.column,
      ])
      for (const column of table.columns) {
        const touched = change.before?.[column.name] !== change.after[column.name]
        if (touched && !allowed.has(column.name) && !column.volatile && !isDerived(column))
          fail('touches only its columns', `${column.name} changed too.`)
      }
      checkWritten(ground, args, change.after)
      seenBy(ground, table, change.after, result)
      if (binding.transition !== undefined) {
        const { column, to } = binding.transition
        if (change.after[column] !== to) fail('reaches its state', `It is ${change.after[column]}.`)
        if (play.call(binding.tool, args).ok) fail('refuses the same state', 'It can be done twice.')
      }
      return
    }
    case 'delete': {
      if (play.rows(binding.table).some((each) => each[key] === row?.[key]))
        fail('delete removes the row', `${row?.[key]} is still there.`)
      if (play.call(binding.tool, args).ok) fail('delete then delete refuses', 'It can be done twice.')
      const get = readerOf(ground)
      const again =
        get === undefined || row === undefined ? null : groundArguments({ ...ground, binding: get }, table, row, 'all')
      if (get !== undefined && again !== null && play.call(get.tool, again).ok)
        fail('delete then get refuses', `${get.tool} still finds it.`)
      return
    }
    case 'event': {
      const changes = play.changes()
      const made = changes.filter((change) => change.table === binding.table && change.before === null)
      if (made.length !== 1) {
        fail('event adds a row', `${made.length} rows were added.`)
        return
      }
      onlyTouches(ground, changes, (change) => change === made[0])
      checkWritten(ground, args, made[0]?.after as Row)
    }
  }
}

const readerOf = ({ bindings, binding }: Ground): ToolBinding | undefined =>
  bindings.find((other) => other.verb === 'get' && other.table === binding.table)

/** Whoever gets the row is answered what the write was answered. */
function seenBy(ground: Ground, table: Table, row: Row, result: Json): void {
  const get = readerOf(ground)
  const args = get === undefined ? null : groundArguments({ ...ground, binding: get }, table, row, 'all')
  if (get === undefined || args === null) return
  const outcome = ground.play.call(get.tool, args)
  if (!outcome.ok || JSON.stringify(outcome.result) !== JSON.stringify(result))
    ground.fail(`${ground.binding.verb} then get`, `${get.tool} answers otherwise.`)
}

/** Beside what is meant, only counters of other tables may move. */
function onlyTouches({ domain, fail }: Ground, changes: readonly Change[], isMeant: (change: Change) => boolean): void {
  for (const change of changes) {
    if (isMeant(change)) continue
    const columns = tableOf(domain, change.table)?.columns ?? []
    const moved = columns.filter(({ name }) => change.before?.[name] !== change.after?.[name])
    if (
      change.before === null ||
      change.after === null ||
      moved.some((column) => !isDerived(column) && !column.volatile)
    )
      fail('changes nothing else', `A row of ${change.table} changed too.`)
  }
}

function checkWritten({ domain, binding, fail }: Ground, args: JsonObject, row: Row): void {
  for (const argument of binding.arguments) {
    const given = args[argument.argument]
    if (argument.role !== 'value' || given === undefined || argument.table !== binding.table) continue
    const column = columnOf(domain, argument)
    const is = column === undefined ? given : shownCell(column, row[column.name] ?? null)
    if (JSON.stringify(is) !== JSON.stringify(given))
      fail('writes what it is given', `${argument.column} is ${JSON.stringify(is)} and not ${JSON.stringify(given)}.`)
  }
}
