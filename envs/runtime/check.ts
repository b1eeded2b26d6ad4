/**
 * Everything that is wrong with a domain, told in one go with its places, for whoever writes one.
 *
 * The checks are those that a world is opened by, which throws the first problem, and those of what a world doesn't need:
 * rows, edges, tasks, the schemas of results. A part that can't be read is left out of the others' checks, so that one
 * mistake is told once.
 */

import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { z } from 'zod'
import type { Domain, Scenario, Table } from '../../schemas/domain.ts'
import { domain as domainSchema, edge, scenario, sqlName, table } from '../../schemas/domain.ts'
import { didYouMean } from '../../schemas/errors.ts'
import type { JsonObject, Row } from '../../schemas/json.ts'
import { task } from '../../schemas/task.ts'
import type { Tool } from '../../schemas/tool.ts'
import { tool } from '../../schemas/tool.ts'
import { buildChecked } from './check/rows.ts'
import { findRepeated, findTableProblems, findToolProblems, invalid } from './check/structure.ts'
import { findEdgeProblems, findTaskProblems } from './check/tasks.ts'
import { buildImage } from './image.ts'
import type { Limits } from './limits.ts'
import { defaultLimits } from './limits.ts'
import type { Problem } from './problem.ts'
import { caught } from './problem.ts'
import { findProgramProblems } from './program.ts'
import type { Probe } from './statements.ts'
import { findStatementProblems, openProbe } from './statements.ts'

export interface CheckOptions {
  /** The rows of a scenario that has a seed in their place. Without it such a scenario is a problem. */
  rowsOf?: (tables: readonly Table[], seed: { seed: number; now: string }) => Record<string, Row[]>
  limits?: Partial<Limits>
}

export interface Findings {
  /** The domain, its defaults filled in; null where its form is wrong. */
  domain: Domain | null
  /** Scenario → image, of those that can be built. */
  images: Map<string, Uint8Array>
  problems: Problem[]
}

/** @param value what a file holds, as JSON */
export function findProblems(value: unknown, { rowsOf, limits: given }: CheckOptions = {}): Findings {
  const limits: Limits = { ...defaultLimits, ...given }
  const parsed = domainSchema.safeParse(value)
  const problems: Problem[] = (parsed.error?.issues ?? []).map(({ path, message }) => {
    const place = placeOf(path)
    return invalid(place, `At ${place}: ${message}.`)
  })
  const images = new Map<string, Uint8Array>()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { domain: null, images, problems }

  const parts = value as Record<string, unknown>
  const tables = itemsOf(table, parts.tables)
  const tools = itemsOf(tool, parts.tools)
  const scenarios = itemsOf(scenario, parts.scenarios)
  const toolProblems = [...findToolProblems(tools, tables), ...findSchemaProblems(tools)]
  const tableProblems = findTableProblems(tables)
  problems.push(...tableProblems, ...toolProblems)

  const statements = statementsOf(parts.statements)
  if (typeof parts.program === 'string') {
    const { problems: found, calls } = findProgramProblems(
      parts.program,
      tools.flatMap((each) => each?.name ?? []),
    )
    problems.push(...found)
    const names = Object.keys(statements)
    for (const { name, place } of calls) {
      if (names.includes(name) || Object.hasOwn((parts.statements ?? {}) as object, name)) continue
      const message = `The program names a statement "${name}", which is not there.${didYouMean(name, names)}`
      problems.push({ code: 'PROGRAM_INVALID', place, message })
    }
  }

  problems.push(
    ...findRepeated(
      scenarios,
      (each) => each.id,
      (id, index) => invalid(`scenarios[${index}].id`, `There are two scenarios named "${id}".`),
    ),
  )
  // Nothing can be built, nor any statement be prepared, on tables that are wrong.
  if (tableProblems.length === 0 && tables.length > 0 && !tables.includes(null)) {
    const sound = tables as readonly Table[]
    scenarios.forEach((each, index) => {
      if (each === null) return
      const place = `scenarios[${index}]`
      let rows = each.rows
      const found = caught(place, () => {
        rows ??= rowsFrom(each, sound, rowsOf)
      })
      problems.push(...found)
      if (rows === undefined) {
        if (found.length === 0) problems.push(invalid(place, missingRows(each)))
        return
      }
      const built = buildChecked({ tables: sound, rows, place: `${place}.rows`, textChars: limits.textChars })
      problems.push(...built.problems)
      if (built.image !== null) images.set(each.id, built.image)
    })
    problems.push(
      ...onImages(sound, images, (probes) =>
        findStatementProblems(statements, { tables: sound.map(({ name }) => name), probes, limits }),
      ),
    )
  }

  const unusable = new Set(
    toolProblems.flatMap(({ place }) => /^tools\[(\d+)\]\.input_schema/.exec(place)?.[1] ?? []).map(Number),
  )
  const around = { tables, tools, scenarios, unusable }
  problems.push(
    ...findEdgeProblems(itemsOf(edge, parts.edges), around),
    ...findTaskProblems(itemsOf(task, parts.tasks), around),
  )
  return { domain: parsed.data ?? null, images, problems }
}

function rowsFrom(
  { seed, now }: Scenario,
  tables: readonly Table[],
  rowsOf: CheckOptions['rowsOf'],
): Record<string, Row[]> | undefined {
  return seed === undefined || rowsOf === undefined ? undefined : rowsOf(tables, { seed, now })
}

function missingRows({ id, seed }: Scenario): string {
  return seed === undefined
    ? `The scenario "${id}" has neither rows nor a seed.`
    : `The scenario "${id}" has a seed and no rows, and nothing here makes rows of a seed.`
}

/** On the images there are; on empty tables where there is none. */
function onImages(
  tables: readonly Table[],
  images: ReadonlyMap<string, Uint8Array>,
  find: (probes: Probe[]) => Problem[],
): Problem[] {
  let probes: Probe[] = []
  let found: Problem[] = []
  const failed = caught('tables', () => {
    const bytes = images.size > 0 ? [...images.values()] : [buildImage(tables, {})]
    probes = bytes.map(openProbe)
    found = find(probes)
  })
  for (const probe of probes) probe.close()
  return [...failed, ...found]
}

function placeOf(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  return text === '' ? 'domain' : text.replace(/^\./, '')
}

/** Each item of a list, null where it can't be read. */
function itemsOf<T>(schema: z.ZodType<T>, value: unknown): (T | null)[] {
  return Array.isArray(value) ? value.map((item) => schema.safeParse(item).data ?? null) : []
}

function statementsOf(value: unknown): Record<string, string> {
  const entries = z.record(z.string(), z.unknown()).safeParse(value).data ?? {}
  const sound = Object.entries(entries).filter(
    (entry): entry is [string, string] => sqlName.safeParse(entry[0]).success && typeof entry[1] === 'string',
  )
  return Object.fromEntries(sound)
}

/** Whether the schemas of tools are schemas at all. A world finds out when a tool is called; an author is told before. */
function findSchemaProblems(tools: readonly (Tool | null)[]): Problem[] {
  const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: true })
  formats.default(ajv, { mode: 'fast', formats: ['date', 'date-time', 'email'] })
  const problems: Problem[] = []
  tools.forEach((each, index) => {
    if (each === null) return
    for (const field of ['input_schema', 'output_schema'] as const) {
      const why = schemaMistake(ajv, each[field])
      if (why === '') continue
      problems.push(invalid(`tools[${index}].${field}`, `The ${field} of "${each.name}" is no JSON Schema: ${why}.`))
    }
  })
  return problems
}

function schemaMistake(ajv: Ajv2020, schema: JsonObject): string {
  try {
    ajv.compile(schema)
    ajv.removeSchema(schema)
    return ''
  } catch (error) {
    return (error as Error).message.replace(/^schema is invalid: /, '')
  }
}
