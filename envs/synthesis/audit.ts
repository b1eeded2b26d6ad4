/**
 * The gate of the catalogue: each tool of a made domain is called with arguments of real rows, and what it did is held
 * against its binding. A domain enters only if everything it promises happens.
 *
 * The promises: a grounded call succeeds and its result fits the output schema; a read changes nothing and shows the
 * row asked for, and only such rows; what is created, updated, deleted or moved to another state is so afterwards and
 * nothing else is changed; what isn't there is refused.
 */

import type { Column, Domain, Table } from '../../schemas/domain.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Cell, Json, JsonObject, Row } from '../../schemas/json.ts'
import type { Play, World } from '../runtime/world.ts'
import type { ArgumentBinding, ToolBinding } from './binding.ts'
import { nameColumns } from './materialize/model.ts'
import { generateRows } from './scenarios.ts'

export interface AuditFailure {
  check: string
  tool: string
  message: string
}

export interface Audit {
  passed: boolean
  failures: AuditFailure[]
  /** Tools that were called with success. */
  called: number
}

export interface AuditOptions {
  world: World
  bindings: readonly ToolBinding[]
  /** Where to play; the first scenario where absent. */
  scenario?: string
}

const absent = 'none_000000'

export function auditDomain({ world, bindings, scenario = world.domain.scenarios[0]?.id ?? '' }: AuditOptions): Audit {
  const { domain } = world
  const failures: AuditFailure[] = []
  let called = 0
  const base = domain.scenarios.find((each) => each.id === scenario)
  // Other rows of the same tables: where new values come from.
  const donors = generateRows(domain.tables, {
    seed: ((base?.seed ?? 0) + 1) >>> 0,
    now: base?.now ?? '2025-01-01T00:00:00Z',
  })
  for (const tool of domain.tools) {
    if (!bindings.some((binding) => binding.tool === tool.name))
      failures.push({ check: 'bound', tool: tool.name, message: 'It has no binding.' })
  }
  for (const binding of bindings) {
    const play = world.start(scenario)
    const fail = (check: string, message: string) => failures.push({ check, tool: binding.tool, message })
    try {
      if (auditTool({ domain, play, binding, bindings, donors, fail })) called += 1
    } catch (error) {
      if (!(error instanceof MicrocosmError)) throw error
      fail('runs', error.message)
    } finally {
      play.close()
    }
  }
  return { passed: failures.length === 0, failures, called }
}

interface Case {
  domain: Domain
  play: Play
  binding: ToolBinding
  bindings: readonly ToolBinding[]
  donors: Record<string, Row[]>
  fail: (check: string, message: string) => void
}

/** Whether the tool could be called with success. */
function auditTool(given: Case): boolean {
  const { domain, play, binding, fail } = given
  const tool = domain.tools.find((each) => each.name === binding.tool)
  if (tool === undefined) {
    fail('bound', 'There is no such tool.')
    return false
  }
  const read = tool.kind === 'read'
  const table = tableOf(domain, binding.subject ?? binding.table)
  if (table === undefined) {
    fail('bound', `There is no table "${binding.table}".`)
    return false
  }
  const rows = play.rows(table.name)
  // A row may be refused for its state; some row must not be.
  let refusal = rows.length === 0 && binding.verb !== 'create' ? 'The table is empty.' : ''
  const subjects: (Row | undefined)[] = binding.verb === 'create' ? [undefined] : rows
  for (const row of subjects) {
    const args = groundArguments(
      given,
      table,
      row,
      binding.verb === 'list' || binding.verb === 'search' ? 'required' : 'all',
    )
    if (args === null) continue
    const outcome = play.call(binding.tool, args)
    if (!outcome.ok) {
      if (outcome.error.error_type !== 'execution_error') {
        fail('succeeds', outcome.error.message)
        return false
      }
      refusal = outcome.error.message
      if (play.changes().length > 0) fail('refusal leaves no trace', outcome.error.message)
      continue
    }
    const misfit = misfitOf(tool.output_schema, outcome.result, 'result')
    if (misfit !== '') fail('output fits its schema', misfit)
    const changes = play.changes()
    if (read && changes.length > 0) fail('reads change nothing', `${changes.length} row(s) changed.`)
    if (!read && changes.length === 0) fail('writes change state', `${JSON.stringify(args)} changed nothing.`)
    checkEffect(given, table, row, args, outcome.result)
    checkAbsent(given)
    return true
  }
  fail('succeeds', refusal || 'No row grounds its arguments.')
  return false
}

/** Arguments of one row: its key, its parents, and for what is written values of other rows. */
function groundArguments(
  { domain, play, binding, donors }: Case,
  table: Table,
  row: Row | undefined,
  which: 'required' | 'all',
): JsonObject | null {
  const args: JsonObject = {}
  const used = new Map<string, Cell>()
  const onlyMoves = binding.verb === 'update' && !binding.arguments.some((argument) => argument.role === 'value')
  for (const argument of binding.arguments) {
    if (which === 'required' && !argument.required) continue
    const written = tableOf(domain, argument.table ?? table.name) ?? table
    const column = written.columns.find((each) => each.name === argument.column)
    if (argument.role === 'page') continue
    if (argument.role === 'query') {
      if (argument.required) args[argument.argument] = String(row?.[nameColumns(table.columns)[0] ?? 'id'] ?? 'a')
      continue
    }
    if (column === undefined) continue
    let value: Cell | undefined
    if (argument.role === 'key') value = row?.[column.name]
    else if (argument.role === 'parent' && onlyMoves && argument === binding.arguments.at(-1)) {
      // An update that writes nothing but a reference must be seen to change it.
      const parent = table.foreign_keys.find((key) => key.columns[0] === column.name)
      value =
        parent === undefined
          ? undefined
          : play
              .rows(parent.table)
              .map((each) => each[parent.references[0] as string])
              .find((each) => each !== row?.[column.name])
    } else if (argument.role === 'parent') {
      const own = row?.[column.name]
      const parent = table.foreign_keys.find((key) => key.columns[0] === column.name)
      value =
        own ??
        (parent === undefined || (row !== undefined && argument.required)
          ? undefined
          : play.rows(parent.table)[0]?.[parent.references[0] as string])
      // A row that belongs to nobody is not found under anybody.
      if (row !== undefined && (own === null || own === undefined) && isScope(binding)) value = undefined
    } else if (argument.role === 'filter') value = row?.[column.name]
    else value = newValue(column, row?.[column.name], donors[written.name] ?? [], used.size)
    if (value === undefined || value === null) {
      if (argument.required) return null
      continue
    }
    used.set(argument.argument, value)
    args[argument.argument] = shownCell(column, value)
  }
  return args
}

const isScope = (binding: ToolBinding): boolean =>
  ['get', 'delete', 'transition', 'event', 'update', 'list', 'search'].includes(binding.verb)

const shownCell = (column: Column, value: Cell): Json =>
  column.semantic === 'flag' && value !== null ? value === 1 : value

/** A value of the column that differs from the one that stands there. */
function newValue(column: Column, old: Cell | undefined, donors: readonly Row[], start: number): Cell | undefined {
  if (column.enum !== undefined) return column.enum.find((value) => value !== old) ?? column.enum[0]
  for (let index = 0; index < donors.length; index++) {
    const value = donors[(index + start) % donors.length]?.[column.name]
    if (value !== null && value !== undefined && value !== old) return value
  }
  return column.type === 'TEXT' ? 'another' : 7
}

function checkEffect(given: Case, table: Table, row: Row | undefined, args: JsonObject, result: Json): void {
  const { play, binding, bindings, fail } = given
  const key = table.primary_key[0] as string
  const shown = result as JsonObject
  switch (binding.verb) {
    case 'get':
      if (shown[key] !== row?.[key]) fail('get shows the row', `Asked for ${row?.[key]}, got ${shown[key]}.`)
      return
    case 'list':
    case 'search':
      checkFilters(given, table, row as Row, args)
      return
    case 'create': {
      const made = play.rows(binding.table).find((each) => each[key] === shown[key])
      if (made === undefined) {
        fail('create makes a row', 'The row is not there.')
        return
      }
      for (const argument of binding.arguments) checkWritten(given, argument, args, made)
      const get = bindings.find((other) => other.verb === 'get' && other.table === binding.table)
      if (get !== undefined) {
        const again = groundArguments({ ...given, binding: get }, table, made, 'all')
        const outcome = again === null ? null : play.call(get.tool, again)
        if (outcome !== null && (!outcome.ok || JSON.stringify(outcome.result) !== JSON.stringify(result)))
          fail('create then get', `${get.tool} answers otherwise.`)
      }
      return
    }
    case 'update':
    case 'transition': {
      const [change, ...others] = play.changes()
      if (others.length > 0 || change?.table !== binding.table)
        fail('changes one row', `${others.length + 1} rows changed.`)
      const allowed = new Set([
        ...binding.arguments
          .filter((argument) => argument.role === 'value' || argument.role === 'parent')
          .map((argument) => argument.column),
        binding.transition?.column,
      ])
      for (const column of table.columns) {
        const touched = change?.before?.[column.name] !== change?.after?.[column.name]
        if (touched && !allowed.has(column.name) && !column.volatile)
          fail('touches only its columns', `${column.name} changed too.`)
      }
      if (change?.after) for (const argument of binding.arguments) checkWritten(given, argument, args, change.after)
      if (binding.transition !== undefined) {
        if (change?.after?.[binding.transition.column] !== binding.transition.to)
          fail('reaches its state', `It is ${change?.after?.[binding.transition.column]}.`)
        if (play.call(binding.tool, args).ok) fail('refuses the same state', 'It can be done twice.')
      }
      return
    }
    case 'delete': {
      if (play.rows(binding.table).some((each) => each[key] === row?.[key]))
        fail('delete removes the row', `${row?.[key]} is still there.`)
      if (play.call(binding.tool, args).ok) fail('delete then delete refuses', 'It can be done twice.')
      return
    }
    case 'event': {
      const made = play.changes().filter((change) => change.table === binding.table && change.before === null)
      if (made.length !== 1) fail('event adds a row', `${made.length} rows were added.`)
      return
    }
  }
}

function checkWritten({ domain, binding, fail }: Case, argument: ArgumentBinding, args: JsonObject, row: Row): void {
  if (argument.role !== 'value' || args[argument.argument] === undefined || argument.column === undefined) return
  const column = tableOf(domain, binding.table)?.columns.find((each) => each.name === argument.column)
  if (column !== undefined && shownCell(column, row[argument.column] ?? null) !== args[argument.argument]) {
    fail(
      'writes what it is given',
      `${argument.column} is ${JSON.stringify(row[argument.column])} and not ${JSON.stringify(args[argument.argument])}.`,
    )
  }
}

/** Each filter alone, against a plain scan; and the search by the row's own name. */
function checkFilters(given: Case, table: Table, row: Row, required: JsonObject): void {
  const { play, binding, fail } = given
  const key = table.primary_key[0] as string
  const all = play.rows(table.name)
  const scopes = binding.arguments.filter((argument) => argument.required && argument.column !== undefined)
  for (const argument of binding.arguments) {
    if (argument.required && argument.role !== 'query') continue
    const args: JsonObject = {
      ...required,
      ...(binding.arguments.some((each) => each.argument === 'limit') && { limit: 200 }),
    }
    const column = table.columns.find((each) => each.name === argument.column)
    if (argument.role === 'filter' && column !== undefined) {
      const value = row[column.name] ?? null
      if (value === null) continue
      args[argument.argument] = shownCell(column, value)
      const outcome = play.call(binding.tool, args)
      if (!outcome.ok) {
        fail('filters', outcome.error.message)
        continue
      }
      const wanted = all.filter(
        (each) =>
          equal(each[column.name], value) &&
          scopes.every((scope) => equal(each[scope.column as string], row[scope.column as string])),
      )
      if (required[queryOf(binding)] !== undefined) continue // the required text narrows it further
      const got = keysOf(outcome.result, key)
      if (got.join() !== wanted.map((each) => String(each[key])).join())
        fail('filters exactly', `${argument.argument}: ${got.length} rows, not ${wanted.length}.`)
    } else if (argument.role === 'query') {
      const named = nameColumns(table.columns).find((name) => typeof row[name] === 'string')
      if (named === undefined) continue
      args[argument.argument] = row[named] as string
      const outcome = play.call(binding.tool, args)
      if (!outcome.ok || !keysOf(outcome.result, key).includes(String(row[key])))
        fail('search finds the row', `${JSON.stringify(row[named])} is not found.`)
    }
  }
}

const queryOf = (binding: ToolBinding): string =>
  binding.arguments.find((argument) => argument.role === 'query')?.argument ?? ''

const equal = (a: Cell | undefined, b: Cell | undefined): boolean =>
  typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : a === b

function keysOf(result: Json, key: string): string[] {
  const list = Object.values(result as JsonObject).find((value) => Array.isArray(value)) as JsonObject[] | undefined
  return (list ?? []).map((item) => String(item[key]))
}

/** A key of nothing is refused, and leaves no trace. */
function checkAbsent({ play, binding, donors, fail, domain, bindings }: Case): void {
  const key = binding.arguments.find((argument) => argument.role === 'key')
  if (key === undefined) return
  const before = play.digest()
  const table = tableOf(domain, binding.subject ?? binding.table) as Table
  const row = play
    .rows(table.name)
    .find((each) => table.foreign_keys.every((foreign) => each[foreign.columns[0] as string] !== null))
  if (row === undefined) return
  const args = groundArguments({ play, binding, donors, fail, domain, bindings }, table, row, 'all')
  if (args === null) return
  const outcome = play.call(binding.tool, { ...args, [key.argument]: absent })
  if (outcome.ok || outcome.error.code !== 'not_found')
    fail('refuses what is not there', outcome.ok ? 'It succeeded.' : outcome.error.code)
  if (play.digest() !== before) fail('refusal leaves no trace', 'The state changed.')
}

const tableOf = (domain: Domain, name: string): Table | undefined => domain.tables.find((table) => table.name === name)

/** Where a value doesn't fit the part of JSON Schema that made tools use; '' where it does. */
export function misfitOf(schema: JsonObject, value: Json, place: string): string {
  const types = ([] as Json[]).concat(schema.type ?? [])
  const type =
    value === null
      ? 'null'
      : Array.isArray(value)
        ? 'array'
        : typeof value === 'number' && Number.isInteger(value)
          ? 'integer'
          : typeof value
  if (types.length > 0 && !types.includes(type) && !(type === 'integer' && types.includes('number')))
    return `${place} is ${type}, not ${types.join(' or ')}.`
  if (Array.isArray(schema.enum) && !schema.enum.includes(value))
    return `${place} is ${JSON.stringify(value)}, which is not in its enum.`
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const misfit = misfitOf((schema.items ?? {}) as JsonObject, item, `${place}[${index}]`)
      if (misfit !== '') return misfit
    }
  } else if (value !== null && typeof value === 'object') {
    const properties = (schema.properties ?? {}) as JsonObject
    for (const name of (schema.required ?? []) as string[]) if (!(name in value)) return `${place} lacks ${name}.`
    for (const [name, item] of Object.entries(value)) {
      if (!Object.hasOwn(properties, name)) {
        if (schema.additionalProperties === false) return `${place} has ${name}, which the schema lacks.`
        continue
      }
      const misfit = misfitOf(properties[name] as JsonObject, item, `${place}.${name}`)
      if (misfit !== '') return misfit
    }
  }
  return ''
}
