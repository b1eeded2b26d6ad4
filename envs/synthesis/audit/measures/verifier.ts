/**
 * Whether the verifier is fair to a task: ways that are as good as gold must pass, and gold with one thing wrong must not.
 *
 * As good: independent writes in another order, looking around besides, the same writes without gold's own look-ups, calls
 * of gold's reads twice. Wrong: one write left out, one argument of a write changed for another value of its column, another
 * answer, none. A way that the world itself refuses is no way and isn't counted.
 */

import type { Json, JsonObject, Row } from '../../../../schemas/json.ts'
import { canonicalJson } from '../../../../schemas/json.ts'
import type { GoldCall, Task } from '../../../../schemas/task.ts'
import { callsDecide, verifyPlay } from '../../../runtime/verify.ts'
import type { World } from '../../../runtime/world.ts'
import type { ToolBinding } from '../../binding.ts'

export interface VerifierFigures {
  /** Ways as good as gold that the world takes, and how many of them the verifier refused. */
  equivalents: number
  refused: number
  /** Gold with one thing wrong, and how often the verifier accepted it. */
  mutants: number
  accepted: number
  /** What was refused or accepted wrongly, in words; a few. */
  examples: string[]
}

const examplesMax = 3
const extraReadsMax = 2

export function measureVerifier(world: World, task: Task, bindings: readonly ToolBinding[]): VerifierFigures {
  const figures: VerifierFigures = { equivalents: 0, refused: 0, mutants: 0, accepted: 0, examples: [] }
  const gold = world.gold(task)
  const held: World = { ...world, gold: () => gold }
  const answer = task.gold.answer?.value
  const note = (text: string): void => {
    if (figures.examples.length < examplesMax) figures.examples.push(`${task.id}: ${text}`)
  }
  // Where the calls themselves decide, no other way is as good.
  for (const { calls, how } of callsDecide(task, gold, world.domain) ? [] : equivalents(world, task)) {
    const passed = attempt(held, task, calls, answer, 'whole')
    if (passed === undefined) continue
    figures.equivalents += 1
    if (passed) continue
    figures.refused += 1
    note(`${how} is refused`)
  }
  for (const { calls, submitted, how } of mutants(world, task, bindings)) {
    figures.mutants += 1
    if (attempt(held, task, calls, submitted, 'any') !== true) continue
    figures.accepted += 1
    note(`${how} is accepted`)
  }
  return figures
}

/** @returns whether it passed; undefined where a call didn't go as in gold and `how` asks for that */
function attempt(
  world: World,
  task: Task,
  calls: readonly GoldCall[],
  answer: Json | undefined,
  how: 'whole' | 'any',
): boolean | undefined {
  const play = world.start(task.scenario)
  try {
    for (const { tool, arguments: args, expect_error } of calls) {
      const outcome = play.call(tool, args)
      if (how === 'whole' && (outcome.ok ? undefined : outcome.error.code) !== expect_error) return undefined
    }
    return verifyPlay(world, task, play, { calls, ...(answer !== undefined && { answer }) }).passed
  } finally {
    play.close()
  }
}

function equivalents(world: World, task: Task): { calls: GoldCall[]; how: string }[] {
  const { calls } = task.gold
  const isWrite = ({ tool }: GoldCall): boolean => world.tool(tool)?.kind === 'write'
  const found: { calls: GoldCall[]; how: string }[] = []
  const writes = calls.flatMap((call, index) => (isWrite(call) ? [index] : []))
  for (const [at, first] of writes.entries()) {
    const second = writes[at + 1]
    const order = second === undefined ? undefined : swapped(task, first, second)
    if (order !== undefined)
      found.push({ calls: order.map((index) => calls[index] as GoldCall), how: `call ${second} before call ${first}` })
  }
  const around = world.domain.tools
    .filter(({ kind, input_schema }) => kind === 'read' && ((input_schema.required ?? []) as Json[]).length === 0)
    .slice(0, extraReadsMax)
    .map(({ name }): GoldCall => ({ tool: name, arguments: {} }))
  if (around.length > 0) found.push({ calls: [...around, ...calls, ...around], how: 'looking around' })
  if (writes.length > 0 && writes.length < calls.length) {
    found.push({ calls: calls.filter(isWrite), how: 'knowing without looking' })
    found.push({ calls: calls.flatMap((call) => (isWrite(call) ? [call] : [call, call])), how: 'looking twice' })
  }
  return found
}

/** The order of calls with the second write, and what it needs, before the first; undefined where it hangs on it. */
function swapped({ gold, certificate }: Task, first: number, second: number): number[] | undefined {
  const needs = new Map<number, Set<number>>()
  for (const { call, output } of certificate?.origins ?? [])
    if (output !== undefined) needs.set(call, (needs.get(call) ?? new Set()).add(output.call))
  const hangsOn = (call: number): boolean =>
    call === first || (call > first && [...(needs.get(call) ?? [])].some((earlier) => hangsOn(earlier)))
  const between = gold.calls.map((_, index) => index).filter((index) => index > first && index <= second)
  if (between.some(hangsOn)) return undefined
  const all = gold.calls.map((_, index) => index)
  return [...all.slice(0, first), ...between, first, ...all.slice(second + 1)]
}

interface Mutant {
  calls: GoldCall[]
  submitted: Json | undefined
  how: string
}

export function mutants(world: World, task: Task, bindings: readonly ToolBinding[]): Mutant[] {
  const { calls, answer } = task.gold
  const found: Mutant[] = []
  const play = world.start(task.scenario)
  try {
    const rowsOf = rememberRows((table) => play.rows(table))
    for (const [index, call] of calls.entries()) {
      if (world.tool(call.tool)?.kind !== 'write' || call.expect_error !== undefined) continue
      found.push({
        calls: calls.filter((_, at) => at !== index),
        submitted: answer?.value,
        how: `leaving out ${call.tool}`,
      })
      for (const [name, value] of Object.entries(call.arguments)) {
        const other = otherValue({ world, tool: call.tool, name, value, bindings, rowsOf })
        if (other === undefined) continue
        const changed = { ...call, arguments: { ...call.arguments, [name]: other } }
        found.push({
          calls: calls.map((each, at) => (at === index ? changed : each)),
          submitted: answer?.value,
          how: `${call.tool} with ${name} ${JSON.stringify(other)}`,
        })
      }
    }
  } finally {
    play.close()
  }
  if (answer !== undefined) {
    found.push({ calls: [...calls], submitted: undefined, how: 'no answer' })
    const rival = world.gold(task).candidates.find((value) => canonicalJson(value) !== canonicalJson(answer.value))
    if (rival !== undefined)
      found.push({ calls: [...calls], submitted: rival, how: `the answer ${JSON.stringify(rival)}` })
  }
  return found
}

function rememberRows(read: (table: string) => Row[]): (table: string) => Row[] {
  const known = new Map<string, Row[]>()
  return (table) => {
    const rows = known.get(table) ?? read(table)
    known.set(table, rows)
    return rows
  }
}

interface Place {
  world: World
  tool: string
  name: string
  value: Json
  bindings: readonly ToolBinding[]
  rowsOf: (table: string) => Row[]
}

/** Another value of the column that the argument is of. */
function otherValue({ world, tool, name, value, bindings, rowsOf }: Place): Json | undefined {
  const properties = (world.tool(tool)?.input_schema.properties ?? {}) as Record<string, JsonObject>
  const schema = properties[name] ?? {}
  if (Array.isArray(schema.enum)) return schema.enum.find((other) => other !== value)
  if (typeof value === 'boolean') return !value
  if (typeof value === 'number')
    return typeof schema.maximum === 'number' && value >= schema.maximum ? value - 1 : value + 1
  if (typeof value !== 'string') return undefined
  if (/^\d{4}-\d{2}-\d{2}/.test(value)) return dayAfter(value)
  const bound = bindings
    .find((binding) => binding.tool === tool)
    ?.arguments.find((argument) => argument.argument === name)
  const places =
    bound?.table !== undefined && bound.column !== undefined
      ? [{ table: bound.table, column: bound.column }]
      : world.domain.tables.flatMap(({ name: table, columns }) =>
          columns.map((column) => ({ table, column: column.name })),
        )
  for (const { table, column } of places) {
    const rows = rowsOf(table)
    if (bound === undefined && !rows.some((row) => row[column] === value)) continue
    const other = rows.find((row) => typeof row[column] === 'string' && !alike(row[column] as string, value))
    if (other !== undefined) return other[column] as string
  }
  return `${value} 2`
}

/** Texts that the verifier is to take for the same. */
const alike = (a: string, b: string): boolean =>
  a.normalize('NFC').trim().toLowerCase() === b.normalize('NFC').trim().toLowerCase()

function dayAfter(value: string): string {
  const next = new Date(Date.parse(`${value.slice(0, 10)}T00:00:00Z`) + 86_400_000).toISOString()
  return `${next.slice(0, 10)}${value.slice(10)}`
}
