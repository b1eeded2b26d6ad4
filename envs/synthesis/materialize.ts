/**
 * A community of operations becomes a domain: tables, statements, programs, tools and seeded scenarios.
 *
 * Bindings come first: each input and output of each tool is a column of a table, or nothing. Tables, edges, programs,
 * descriptions and policy all follow from them, so that they can't disagree.
 * Source: AgentScaler (arXiv 2509.13311), section 2: every function call is a read or a write on a database.
 */

import type { Domain, Edge, Source } from '../../schemas/domain.ts'
import type { Row } from '../../schemas/json.ts'
import type { ToolBinding } from './binding.ts'
import { bindTools, type ToolPlan } from './materialize/bind.ts'
import { type Call, readCalls } from './materialize/calls.ts'
import { type Coverage, noCoverage } from './materialize/coverage.ts'
import {
  bindingOf,
  describePolicy,
  describeTool,
  inputSchema,
  outputSchema,
  shownEntity,
} from './materialize/describe.ts'
import { buildModel, type Entity, type Model } from './materialize/model.ts'
import { placeKeyless, routeOf } from './materialize/place.ts'
import { writePrograms } from './materialize/programs.ts'
import { gatherEvidence, type Resource, readResource, stateTold } from './materialize/resources.ts'
import type { Operation } from './operation.ts'
import { createRandom, hashText } from './scenarios/random.ts'
import { type Size, sizeOf } from './scenarios/sizes.ts'
import { generateRows } from './scenarios.ts'

/** What a community has to have; domains.ts makes more of it. */
export interface OperationGroup {
  id: string
  title: string
  description: string
  operations: readonly Operation[]
  /** How much their descriptions have in common, 0 to 1. */
  coherence?: number
}

export interface MaterializeOptions {
  seed: number
  /** How many scenarios: seeded states of the same world. */
  scenarios?: number
}

export interface Materialized {
  /** Without tasks. */
  domain: Domain
  bindings: ToolBinding[]
  /** Scenario → table → rows. */
  rows: Record<string, Record<string, Row[]>>
  /** What of the operations is not in the tools: reason → count. */
  dropped: Record<string, number>
  /** What became of each parameter. */
  coverage: Coverage
  /** What each table's key rests on, and which references tools use. */
  evidence: TableEvidence[]
  coherence: number
}

export interface TableEvidence {
  table: string
  /** Absent where nothing in the documents shows a key. */
  key?: Entity['key']
  columns: number
  /** Columns of references that some tool takes or answers with. */
  references: string[]
}

export interface Refusal {
  refused: string
}

const toolsMin = 4

export function materialize(
  community: OperationGroup,
  { seed, scenarios = 3 }: MaterializeOptions,
): Materialized | Refusal {
  const dropped: Record<string, number> = {}
  const drop = (what: string, count = 1) => {
    dropped[what] = (dropped[what] ?? 0) + count
  }
  const calls = readCalls(community.operations)
  const known = new Map<string, Call>()
  const operations = community.operations
    .flatMap((operation) => {
      const call = calls.get(operation)
      if (call?.stateless) {
        drop('functions without state')
        return []
      }
      if (call !== undefined) known.set(operation.key, call)
      return [call?.operation ?? routeOf(operation)]
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const said = gatherEvidence(operations)
  const resources: Resource[] = []
  for (const operation of operations) {
    const resource = readResource(operation, said)
    if (resource === null) drop('operations about nothing')
    else {
      const { from, name: given } = known.get(operation.key) ?? {}
      const to = resource.verb === 'action' ? stateTold(operation) : undefined
      resources.push({
        ...resource,
        ...(to !== undefined && { to }),
        ...(from !== undefined && { from }),
        ...(given !== undefined && { given }),
      })
    }
  }
  const kept = placeKeyless(resources, drop).filter((resource) => {
    const state = hasState(resource, resources)
    if (!state) drop('functions without state')
    return state
  })
  if (kept.length < toolsMin) return { refused: 'too few operations have state' }

  const model = buildModel(kept)
  for (const [what, count] of Object.entries(model.dropped)) drop(what, count)
  const coverage = noCoverage()
  const plans = bindTools(model, { drop, coverage })
  if (plans.length < toolsMin) return { refused: 'too few tools' }
  if (!plans.some(isWrite)) return { refused: 'no tool writes' }
  if (plans.every(isWrite)) return { refused: 'no tool reads' }
  const needed = usedEntities(plans, model)
  model.entities = model.entities.filter((entity) => needed.has(entity))

  const { program, statements } = writePrograms(plans, model)
  const sources: Source[] = []
  const asRead = new Map(community.operations.map((operation) => [operation.key, operation]))
  const tools = plans.map((plan) => {
    const source =
      plan.operation === undefined
        ? undefined
        : sources.push(sourceOf(asRead.get(plan.operation.key) ?? plan.operation)) - 1
    return {
      name: plan.name,
      description: describeTool(plan, model, plans),
      kind: isWrite(plan) ? ('write' as const) : ('read' as const),
      input_schema: inputSchema(plan, model),
      output_schema: outputSchema(plan, model),
      tables: [...new Set([plan.entity.table.name, shownEntity(plan, model).table.name])].sort(),
      ...(source !== undefined && { source }),
    }
  })
  const bindings = plans.map((plan) => bindingOf(plan, model))
  const tables = model.entities.map((entity) => entity.table)
  const domain: Domain = {
    id: community.id,
    title: community.title,
    description: community.description,
    policy: describePolicy(plans, model),
    sources,
    tables,
    statements,
    tools,
    program,
    edges: edgesOf(bindings, model),
    scenarios: Array.from({ length: scenarios }, (_, index) => scenarioOf(community.id, seed, index)),
    tasks: [],
  }
  const rows = Object.fromEntries(
    domain.scenarios.map((scenario) => [
      scenario.id,
      generateRows(tables, { seed: scenario.seed as number, now: scenario.now }),
    ]),
  )
  const used = new Set(
    bindings.flatMap(({ arguments: args, outputs }) =>
      [...args, ...outputs].map(({ table, column }) => `${table}.${column}`),
    ),
  )
  const tableEvidence = model.entities.map(({ table, key, parents }) => ({
    table: table.name,
    ...(key !== undefined && { key }),
    columns: table.columns.length,
    references: parents.map((parent) => parent.column).filter((column) => used.has(`${table.name}.${column}`)),
  }))
  const { coherence = 0 } = community
  return { domain, bindings, rows, dropped, coverage, evidence: tableEvidence, coherence }
}

const isWrite = (plan: ToolPlan): boolean => !['get', 'list', 'search'].includes(plan.verb)

/** What tools touch, and what that refers to. */
function usedEntities(plans: readonly ToolPlan[], { entities }: Model): Set<Entity> {
  const used = new Set(
    entities.filter((entity) => plans.some((plan) => plan.entity === entity || plan.events === entity.table.name)),
  )
  for (const entity of used)
    for (const parent of entity.parents) {
      const above = entities.find((other) => other.table.name === parent.table)
      if (above !== undefined) used.add(above) // a set is gone through to its end, what is added meanwhile too
    }
  return used
}

function sourceOf({ provider, operationId, name, method, path, licence }: Operation): Source {
  return {
    provider,
    operation: operationId ?? (method === undefined ? name : `${method.toUpperCase()} ${path}`),
    ...(method !== undefined && { method, path }),
    ...(licence !== undefined && { licence }),
  }
}

function scenarioOf(id: string, seed: number, index: number): Domain['scenarios'][number] {
  const random = createRandom(`${id}/${seed}/${index}`)
  // The first is of the usual size, so that every rule can be met in it; of the others some are small, some large.
  const wanted: Size = index === 0 ? 'normal' : index % 2 === 1 ? 'small' : random.int(0, 99) === 0 ? 'huge' : 'large'
  let rows = 0
  for (let salt = 0; salt === 0 || sizeOf(rows) !== wanted; salt++)
    rows = hashText(`${id}/${seed}/${index}/rows/${salt}`)
  const date = new Date(Date.UTC(2025, random.int(0, 11), random.int(1, 28), random.int(7, 16), 0, 0))
  return {
    id: `s${index + 1}`,
    now: `${date.toISOString().slice(0, 19)}Z`,
    seed: rows,
  }
}

/** A function of numbers and coordinates, or of nothing, reads no table: nobody makes, picks or lists what it answers. */
function hasState(resource: Resource, all: readonly Resource[]): boolean {
  if (resource.verb !== 'list' && resource.verb !== 'search') return true
  const noun = resource.chain.at(-1)?.noun
  if (resource.chain.length > 1) return true
  const siblings = all.filter((other) => other !== resource && other.chain.some((link) => link.noun === noun))
  if (siblings.length > 0) return true
  const inputs = resource.operation.parameters
  return (
    resource.operation.response?.type === 'array' ||
    !inputs.some((input) =>
      /^(lat|lon|lng|latitude|longitude|x|y|z|text|url|ip|coordinates|point|bbox)$/i.test(input.name),
    )
  )
}

/** Whoever answers with a table's key, or with a reference to it, feeds every argument that asks for one. */
function edgesOf(bindings: readonly ToolBinding[], model: Model): Edge[] {
  const keyOf = (table: string, column: string): string | undefined => {
    if (column === 'id') return table
    return model.entities
      .find((entity) => entity.table.name === table)
      ?.parents.find((parent) => parent.column === column)?.table
  }
  const edges: Edge[] = []
  for (const to of bindings) {
    for (const argument of to.arguments) {
      if (argument.table === undefined || argument.column === undefined) continue
      const wanted = keyOf(argument.table, argument.column)
      if (wanted === undefined) continue
      for (const from of bindings) {
        if (from === to || from.verb === 'delete') continue
        for (const output of from.outputs) {
          if (keyOf(output.table, output.column) !== wanted) continue
          const own = output.column === 'id'
          edges.push({
            from: { tool: from.tool, field: output.field },
            to: { tool: to.tool, parameter: argument.argument },
            score: own ? 1 : 0.5,
          })
        }
      }
    }
  }
  return edges
}
