/**
 * Whether the edges and tasks of a domain name what is there, and whether the arguments of gold fit their tools. That
 * gold does what it declares shows only when it is played.
 */

import type { Edge, Scenario, Table } from '../../../schemas/domain.ts'
import { didYouMean } from '../../../schemas/errors.ts'
import type { JsonObject } from '../../../schemas/json.ts'
import type { Task } from '../../../schemas/task.ts'
import type { Tool } from '../../../schemas/tool.ts'
import { createArgumentCheck } from '../arguments.ts'
import type { Problem } from '../problem.ts'
import { findRepeated, invalid } from './structure.ts'

export interface Around {
  tables: readonly (Table | null)[]
  tools: readonly (Tool | null)[]
  scenarios: readonly (Scenario | null)[]
  /** Indexes of tools whose input schema can't be called by. */
  unusable: ReadonlySet<number>
}

/** The place of a tool by its name; -1 where a part that couldn't be read may be it. */
function finder({ tools }: Around): (name: string) => number | null {
  return (name) => {
    const index = tools.findIndex((tool) => tool?.name === name)
    return index >= 0 ? index : tools.includes(null) ? -1 : null
  }
}

const toolNames = ({ tools }: Around): string[] => tools.flatMap((tool) => tool?.name ?? [])

export function findEdgeProblems(edges: readonly (Edge | null)[], around: Around): Problem[] {
  const problems: Problem[] = []
  const find = finder(around)
  edges.forEach((edge, index) => {
    if (edge === null) return
    for (const end of ['from', 'to'] as const) {
      const name = edge[end].tool
      if (find(name) === null)
        problems.push(
          invalid(`edges[${index}].${end}.tool`, `There is no tool "${name}".${didYouMean(name, toolNames(around))}`),
        )
    }
    const target = around.tools[find(edge.to.tool) ?? -1]
    if (target === undefined || target === null) return
    const parameters = Object.keys((target.input_schema.properties as JsonObject | undefined) ?? {})
    const { parameter } = edge.to
    if (!parameters.includes(parameter.split(/[.[]/)[0] as string)) {
      const message = `The tool "${target.name}" has no parameter "${parameter}".${didYouMean(parameter, parameters)}`
      problems.push(invalid(`edges[${index}].to.parameter`, message))
    }
  })
  return problems
}

export function findTaskProblems(tasks: readonly (Task | null)[], around: Around): Problem[] {
  const problems = findRepeated(
    tasks,
    (task) => task.id,
    (id, index) => invalid(`tasks[${index}].id`, `There are two tasks named "${id}".`),
  )
  const find = finder(around)
  const fits = createArgumentCheck()
  const scenarios = around.scenarios.flatMap((scenario) => scenario?.id ?? [])
  tasks.forEach((task, index) => {
    if (task === null) return
    const add = (at: string, message: string) => problems.push(invalid(`tasks[${index}].${at}`, message))
    if (!scenarios.includes(task.scenario) && !around.scenarios.includes(null))
      add('scenario', `There is no scenario "${task.scenario}".${didYouMean(task.scenario, scenarios)}`)
    task.gold.calls.forEach((call, at) => {
      const found = find(call.tool)
      // A task may want the refusal itself.
      if (found === null && call.expect_error !== 'TOOL_NOT_FOUND')
        add(`gold.calls[${at}].tool`, `There is no tool "${call.tool}".${didYouMean(call.tool, toolNames(around))}`)
      const tool = around.tools[found ?? -1]
      if (tool === undefined || tool === null || around.unusable.has(found as number)) return
      const misfit = call.expect_error === 'INVALID_ARGS' ? '' : fits(tool, call.arguments)
      if (misfit !== '') add(`gold.calls[${at}].arguments`, `The call of "${call.tool}" does not fit it: ${misfit}`)
    })
    const source = task.gold.answer?.source
    const table = around.tables.find((each) => each?.name === source?.table)
    if (source !== undefined && !around.tables.includes(null)) {
      const names = table?.columns.map((column) => column.name) ?? []
      if (table === undefined) add('gold.answer.source.table', `There is no table "${source.table}".`)
      else if (!names.includes(source.column))
        add(
          'gold.answer.source.column',
          `"${source.table}" has no column "${source.column}".${didYouMean(source.column, names)}`,
        )
    }
  })
  return problems
}
