/**
 * The gate of the catalogue: each tool of a made domain is called with arguments of real rows, and what it did is held
 * against its binding. A domain enters only if everything it promises happens.
 *
 * The promises: a grounded call succeeds and its result fits the output schema; a read changes nothing and shows the row
 * asked for, and only such rows; what is created, updated, deleted or moved to another state is so afterwards and nothing
 * else is changed; what isn't there is refused without a trace; references and counters hold whatever is called; every
 * column is reachable by some tool. It can't see whether the real API would do the same: what had to be invented or left
 * out is counted beside it (audit/quality.ts).
 */

import type { Table } from '../../schemas/domain.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Json, JsonObject, Row } from '../../schemas/json.ts'
import type { Tool } from '../../schemas/tool.ts'
import { outputMisfit } from '../runtime/outputs.ts'
import type { World } from '../runtime/world.ts'
import { checkEffect } from './audit/effects.ts'
import { type Ground, groundArguments, tableOf } from './audit/ground.ts'
import { checkList } from './audit/lists.ts'
import { brokenReference, checkStorm, wrongCounter } from './audit/storm.ts'
import type { ToolBinding } from './binding.ts'
import { createRandom } from './scenarios/random.ts'
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
  const donors = rowsElsewhere(world, scenario)
  const begun = new Map<string, readonly Row[]>() // what each table has before anything is done
  const fail = (tool: string) => (check: string, message: string) => {
    if (!failures.some((other) => other.tool === tool && other.check === check)) failures.push({ check, tool, message })
  }
  for (const tool of domain.tools) {
    if (!bindings.some((binding) => binding.tool === tool.name)) fail(tool.name)('bound', 'It has no binding.')
  }
  checkReach(domain.tables, bindings, fail(''))
  for (const binding of bindings) {
    const play = world.start(scenario)
    try {
      if (auditTool({ domain, play, binding, bindings, donors, fail: fail(binding.tool) }, begun)) called += 1
    } catch (error) {
      if (!(error instanceof MicrocosmError)) throw error
      fail(binding.tool)('runs', error.message)
    } finally {
      play.close()
    }
  }
  failures.push(...auditScenario({ world, bindings, scenario, donors }).failures)
  return { passed: failures.length === 0, failures, called }
}

/** Rows of the world in another scenario, or of another seed where it has but one. */
function rowsElsewhere(world: World, scenario: string): Record<string, readonly Row[]> {
  const { tables, scenarios } = world.domain
  const other = scenarios.find(({ id }) => id !== scenario)
  if (other === undefined) {
    const { seed = 0, now = '2025-01-01T00:00:00Z' } = scenarios[0] ?? {}
    return generateRows(tables, { seed: (seed + 1) >>> 0, now })
  }
  const play = world.start(other.id)
  try {
    return Object.fromEntries(tables.map(({ name }) => [name, play.rows(name)]))
  } finally {
    play.close()
  }
}

/** What holds of a scenario: references and counters at its beginning, and in the first one after fifty calls too. */
export function auditScenario({
  world,
  bindings,
  scenario = world.domain.scenarios[0]?.id ?? '',
  donors,
}: AuditOptions & { donors?: Readonly<Record<string, readonly Row[]>> }): Pick<Audit, 'failures'> {
  const { domain } = world
  const failures: AuditFailure[] = []
  const fail = (check: string, message: string): void => {
    failures.push({ check, tool: '', message })
  }
  const play = world.start(scenario)
  try {
    for (const wrong of [brokenReference(domain, play), wrongCounter(domain, play)])
      if (wrong !== '') fail('the scenario holds', wrong)
    if (scenario !== domain.scenarios[0]?.id) return { failures }
    const others = donors ?? Object.fromEntries(domain.tables.map(({ name }) => [name, play.rows(name)]))
    checkStorm({ domain, play, bindings, donors: others, fail }, createRandom(`${domain.id}/${scenario}/storm`))
  } catch (error) {
    if (!(error instanceof MicrocosmError)) throw error
    fail('runs', error.message)
  } finally {
    play.close()
  }
  return { failures }
}

/** A column that no tool takes, answers with or narrows by is no part of the world. */
function checkReach(
  tables: readonly Table[],
  bindings: readonly ToolBinding[],
  fail: (check: string, message: string) => void,
): void {
  const reached = new Set<string>()
  for (const { arguments: args, outputs } of bindings)
    for (const { table, column } of [...args, ...outputs]) reached.add(`${table}.${column}`)
  for (const table of tables)
    for (const column of table.columns)
      if (!reached.has(`${table.name}.${column.name}`)) fail('columns are reachable', `${table.name}.${column.name}`)
}

/** Whether the tool could be called with success. @param begun rows that were read at the beginning, by table */
function auditTool(ground: Ground, begun: Map<string, readonly Row[]>): boolean {
  const { domain, play, binding, fail } = ground
  const tool = domain.tools.find((each) => each.name === binding.tool)
  const table = tableOf(domain, binding.subject ?? binding.table)
  if (tool === undefined || table === undefined) {
    fail('bound', `There is no such tool or no table "${binding.table}".`)
    return false
  }
  const isList = binding.verb === 'list' || binding.verb === 'search'
  const rows = begun.get(table.name) ?? play.rows(table.name)
  begun.set(table.name, rows)
  // A row may be refused for its state; some row must not be.
  let refusal = rows.length === 0 && binding.verb !== 'create' ? 'The table is empty.' : ''
  const subjects: readonly (Row | undefined)[] = binding.verb === 'create' ? [undefined] : rows
  for (const row of subjects) {
    for (const which of isList ? (['required'] as const) : (['all', 'required'] as const)) {
      const args = groundArguments(ground, table, row, which)
      if (args === null) continue
      const outcome = play.call(binding.tool, args)
      if (!outcome.ok) {
        if (outcome.error.error_type !== 'execution_error') {
          fail('succeeds', outcome.error.message)
          return false
        }
        refusal = outcome.error.message
        if (play.changes().length > 0) fail('refusals leave no trace', outcome.error.message)
        continue
      }
      checkCall(ground, tool, args, outcome.result)
      if (isList) checkList(ground, table, row as Row, args)
      else checkEffect(ground, table, row, args, outcome.result)
      checkRefusals(ground, table)
      return true
    }
  }
  fail('succeeds', refusal || 'No row grounds its arguments.')
  return false
}

function checkCall({ play, fail }: Ground, tool: Tool, args: JsonObject, result: Json): void {
  const misfit = outputMisfit(tool.output_schema, result)
  if (misfit !== '') fail('output fits its schema', misfit)
  const changes = play.changes()
  if (tool.kind === 'read' && changes.length > 0) fail('reads change nothing', `${changes.length} row(s) changed.`)
  if (tool.kind === 'write' && changes.length === 0)
    fail('writes change state', `${JSON.stringify(args)} changed nothing.`)
}

/** A key of nothing, and a reference to nothing, are refused and leave no trace. */
function checkRefusals(ground: Ground, table: Table): void {
  const { play, binding, fail } = ground
  const keyed = binding.arguments.filter((argument) => argument.role === 'key' || argument.role === 'parent')
  if (keyed.length === 0) return
  const before = play.digest()
  const row = play
    .rows(table.name)
    .find((each) => table.foreign_keys.every((foreign) => (each[foreign.columns[0] as string] ?? null) !== null))
  const args = groundArguments(ground, table, binding.verb === 'create' ? undefined : row, 'all')
  if (args === null || (row === undefined && binding.verb !== 'create')) return
  for (const argument of keyed) {
    const outcome = play.call(binding.tool, { ...args, [argument.argument]: absent })
    if (outcome.ok) fail('refuses what is not there', `${argument.argument}: it succeeded.`)
    else if (!['not_found', 'invalid_reference', 'conflict', 'not_permitted'].includes(outcome.error.code ?? ''))
      fail('refuses what is not there', `${argument.argument}: ${outcome.error.code}`)
  }
  if (play.digest() !== before) fail('refusals leave no trace', 'The state changed.')
}
