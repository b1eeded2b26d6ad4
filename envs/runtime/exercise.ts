/**
 * A tool of a domain called with good, bad and hostile arguments, in a process that may die of it: what every tool has to
 * stand before the domain may run where others do. One tool at a time, so that who asks knows which one brought the process
 * down, and goes on with the others.
 *
 * The promises: no call fails in a way that is the world's fault; what does not fit the input schema is refused; a read
 * changes nothing; a refusal leaves no trace; a result fits the output schema; a second play of the same calls says and does
 * the same to the byte; no argument reaches a column that verify ignores.
 */

import type { Domain } from '../../schemas/domain.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'
import type { Tool } from '../../schemas/tool.ts'
import type { Change } from './changes.ts'
import type { Exercised, ExerciseProblem } from './isolation/protocol.ts'
import { outputMisfit } from './outputs.ts'
import type { Play, World } from './world.ts'

const marker = 'Zq9 marker'
/** Problems that are told of one tool. */
const problemsMax = 100

/** Values that programs and databases are known to stumble over. */
const hostileTexts: readonly string[] = [
  '',
  ' ',
  '0',
  'null',
  '__proto__',
  'constructor',
  '\u0000',
  "'; DROP TABLE x; --",
  '%_%',
  '$1$$',
  '$&',
  '\ud800',
  'ﷺ🏳️‍🌈\u202e',
  '9'.repeat(400),
  'a'.repeat(10_000),
]
const hostileNumbers: readonly number[] = [0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324]

/** How the tools of that world are exercised, by name. @throws TOOL_NOT_FOUND */
export function createExercise(world: World): (tool: string) => Exercised {
  let known: ReadonlyMap<string, Json[]> | null = null
  return (name) => {
    const tool = world.tool(name)
    if (tool === undefined) throw new MicrocosmError('TOOL_NOT_FOUND', `There is no tool "${name}".`)
    known ??= knownValues(world)
    return exerciseTool(world, tool, known)
  }
}

function exerciseTool(world: World, tool: Tool, known: ReadonlyMap<string, Json[]>): Exercised {
  const { domain } = world
  const problems: ExerciseProblem[] = []
  let calls = 0
  const say = (code: string, message: string, args: JsonObject): void => {
    const seen = problems.some((other) => other.code === code && other.message === message)
    if (!seen && problems.length < problemsMax)
      problems.push({ tool: tool.name, code, message, arguments: JSON.stringify(args).slice(0, 200) })
  }
  const outputFits = (result: Json, args: JsonObject): void => {
    try {
      const misfit = outputMisfit(tool.output_schema, result)
      if (misfit !== '') say('output', `The result does not fit the output schema: ${misfit}.`, args)
    } catch (error) {
      say('output', `The output schema is none: ${(error as Error).message}.`, {})
    }
  }
  const turn = { index: domain.tools.indexOf(tool), of: domain.tools.length }
  const [play, twin] = [freshPlays(world), freshPlays(world)]
  for (const { args, fits, hostile } of argumentsOf(tool, known, turn, domain.tables)) {
    const compared = !hostile && fits
    try {
      calls += compared ? 2 : 1
      const outcome = play.fresh().call(tool.name, args)
      const changes = play.changes()
      if (
        compared &&
        (JSON.stringify(outcome) !== JSON.stringify(twin.fresh().call(tool.name, args)) ||
          JSON.stringify(changes) !== JSON.stringify(twin.changes()))
      )
        say('differs', 'A second play of the same call said or did something else.', args)
      if (!outcome.ok) {
        if (changes.length > 0) say('trace', 'A refused call left a trace.', args)
        continue
      }
      if (!fits) say('accepted', 'Arguments that do not fit the input schema were accepted.', args)
      if (tool.kind === 'read' && changes.length > 0) say('read_writes', 'A read changed rows.', args)
      outputFits(outcome.result, args)
      if (JSON.stringify(args).includes(marker)) checkVolatile(domain, changes, (why) => say('volatile', why, args))
    } catch (error) {
      if (!(error instanceof MicrocosmError)) throw error
      play.close()
      twin.close()
      say(error.code, error.message, args)
      if (error.code !== 'WORLD_CRASHED') break // it would take its whole time, or memory, again and again
    }
  }
  play.close()
  twin.close()
  return { calls, problems }
}

/** Plays of the first scenario, one at a time: one that a call has changed nothing in serves for the next one too. */
function freshPlays(world: World): { fresh(): Play; changes(): Change[]; close(): void } {
  let play: Play | null = null
  const close = (): void => {
    play?.close()
    play = null
  }
  return {
    fresh() {
      play ??= world.start(world.domain.scenarios[0]?.id ?? '')
      return play
    },
    /** What the call on the fresh play has changed. */
    changes() {
      const changes = play?.changes() ?? []
      if (changes.length > 0) close()
      return changes
    },
    close,
  }
}

/** A volatile column is written from the clock alone; one that shows what an argument said would hide a difference. */
function checkVolatile(domain: Domain, changes: readonly Change[], say: (why: string) => void): void {
  for (const { table, after } of changes) {
    for (const column of domain.tables.find(({ name }) => name === table)?.columns ?? []) {
      if (column.volatile && String(after?.[column.name] ?? '').includes(marker))
        say(`The column "${table}.${column.name}" is volatile, but an argument reaches it.`)
    }
  }
}

/** Values that stand in the scenario, by the column's name, by `table_column`, and all keys: what an argument may mean. */
function knownValues(world: World): ReadonlyMap<string, Json[]> {
  const known = new Map<string, Json[]>()
  const play = world.start(world.domain.scenarios[0]?.id ?? '')
  try {
    for (const table of world.domain.tables) {
      const rows = play.rows(table.name).slice(0, 3)
      for (const { name } of table.columns) {
        const values = rows.map((row) => row[name] ?? null).filter((value) => value !== null)
        for (const as of [name, `${table.name}_${name}`, `${table.name.split('_').at(-1)}_${name}`])
          if (!known.has(as) && values.length > 0) known.set(as, values)
      }
    }
  } finally {
    play.close()
  }
  return known
}

interface Case {
  args: JsonObject
  /** A value that programs stumble over: that they stand it is asked, not that they do twice the same with it. */
  hostile?: true
  /** Whether the input schema allows it, as far as is known: what is not sure counts as fitting. */
  fits: boolean
}

/** Which of the domain's tools it is, and how many there are: what is costly is dealt out to them. */
interface Turn {
  index: number
  of: number
}

/** At least so many tools of a domain meet each hostile value, where it has as many. */
const meetMin = 3

function argumentsOf(tool: Tool, known: ReadonlyMap<string, Json[]>, turn: Turn, tables: Domain['tables']): Case[] {
  const properties = Object.entries((tool.input_schema.properties ?? {}) as Record<string, JsonObject>)
  const required = new Set((tool.input_schema.required ?? []) as string[])
  const build = (index: number, only: (name: string) => boolean, as: Record<string, Json> = {}): JsonObject =>
    Object.fromEntries(
      properties
        .filter(([name]) => only(name) || Object.hasOwn(as, name))
        .map(([name, schema]) => [
          name,
          Object.hasOwn(as, name) ? (as[name] as Json) : sample(name, schema, index, known),
        ]),
    )
  const needed = (name: string): boolean => required.has(name)
  const all = (): boolean => true
  const cases: Case[] = [
    { args: build(0, needed), fits: true },
    { args: build(0, all), fits: true },
    { args: build(1, all), fits: true },
    { args: { ...build(0, needed), no_such_argument: 1 }, fits: false },
    { args: JSON.parse('{"__proto__": {"polluted": true}}') as JsonObject, fits: false },
  ]
  // One check refuses all that does not fit, whatever the tool: an argument of each, in turn.
  const inTurn = <T>(of: readonly T[]): T | undefined => of[turn.index % Math.max(1, of.length)]
  const missing = inTurn([...required])
  if (missing !== undefined) cases.push({ args: build(0, (other) => needed(other) && other !== missing), fits: false })
  const typed = inTurn(properties.filter(([, schema]) => typeof schema.type === 'string'))
  if (typed !== undefined) {
    const wrong: Json = typed[1].type === 'object' ? 'text' : { nested: [1] }
    cases.push({ args: build(0, needed, { [typed[0]]: wrong }), fits: false })
  }
  // One hostile value a call, each to the next argument that may take it.
  const every = Math.max(1, Math.min(6, Math.floor(turn.of / meetMin)))
  const texts = properties.filter(([, schema]) => schema.type === 'string')
  const numbers = properties.filter(([, schema]) => schema.type === 'number' || schema.type === 'integer')
  const hostile = (of: typeof properties, values: readonly Json[]): void => {
    values.forEach((value, index) => {
      const name = of[Math.floor(index / every) % Math.max(1, of.length)]?.[0]
      if (name !== undefined && (index + turn.index) % every === 0)
        cases.push({ args: build(0, needed, { [name]: value }), fits: true, hostile: true })
    })
  }
  hostile(texts, hostileTexts)
  hostile(numbers, hostileNumbers)
  const volatile = tables.some(({ columns }) => columns.some((column) => column.volatile))
  if (tool.kind === 'write' && volatile)
    for (const [name] of texts) cases.push({ args: build(0, needed, { [name]: marker }), fits: true, hostile: true })
  return cases
}

function sample(name: string, schema: JsonObject, index: number, known: ReadonlyMap<string, Json[]>): Json {
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[index % schema.enum.length] as Json
  if (schema.default !== undefined) return schema.default
  const values = known.get(name)
  const value = values?.[index % values.length]
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'string':
      if (typeof value === 'string') return value
      if (schema.format === 'date') return `2025-05-${10 + index}`
      if (schema.format === 'date-time') return `2025-05-${10 + index}T09:00:00Z`
      if (schema.format === 'email') return `someone${index}@example.com`
      return 'Something'
    case 'integer':
    case 'number': {
      const low = Number(schema.minimum ?? schema.exclusiveMinimum ?? 1)
      const high = Number(schema.maximum ?? low + 100)
      return typeof value === 'number' && value >= low && value <= high ? value : Math.min(high, Math.ceil(low) + index)
    }
    case 'boolean':
      return index % 2 === 0
    case 'array':
      return [sample(name, (schema.items ?? {}) as JsonObject, index, known)]
    case 'object': {
      const inner = Object.entries((schema.properties ?? {}) as Record<string, JsonObject>)
      return Object.fromEntries(inner.map(([key, part]) => [key, sample(key, part, index, known)]))
    }
    default:
      return value ?? 'Something'
  }
}
