/**
 * A walk in the making: calls are executed on a play as they are chosen, so gold is what really happened. Every
 * argument is recorded with where it came from: a slot that the intent says, or a place in an earlier result.
 */

import type { Cell, Json, JsonObject, Row } from '../../../schemas/json.ts'
import { canonicalJson } from '../../../schemas/json.ts'
import type { GoldCall, GroupReference, Origin, Reference, Slot } from '../../../schemas/task.ts'
import type { CallOutcome, Play } from '../../runtime/world.ts'
import type { ToolBinding } from '../binding.ts'
import type { Draw } from './draw.ts'
import type { Facts } from './facts.ts'
import type { Idle } from './idle.ts'
import { at, pathAfter, places } from './places.ts'

/** Why a walk, or a part of it, can't go on: thrown inside the stage, caught and counted by it. */
export class Setback {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

/** A place in the result of an earlier call. */
export interface Place {
  call: number
  path: (string | number)[]
}

/** An argument's value, with where it comes from. */
export type Given = { value: Json; slot: { name: string; said: string } } | { value: Json; place: Place }

/** An object in a result that stands for one row. */
export interface Item {
  binding: ToolBinding
  call: number
  prefix: (string | number)[]
}

export interface Walk {
  facts: Facts
  scenario: string
  /** Rows of the scenario as it begins. */
  rows: Record<string, Row[]>
  play: Play
  /** A play of the scenario as it begins. */
  start(): Play
  /** What reads answer while nothing is written, by tool and arguments: shared by all walks of the scenario. */
  answers: Map<string, CallOutcome>
  /** Where the state before the next write is to be kept. */
  savepoint?: Savepoint | undefined
  draw: Draw
  /** Tools that no task uses yet. */
  idle: Idle
  calls: GoldCall[]
  results: Json[]
  bindings: ToolBinding[]
  origins: Origin[]
  slots: Slot[]
  references: Reference[]
  /** Sets of rows that the intent speaks of together. */
  groups: GroupReference[]
  /** Reads that a comparison needs, though no argument comes of them. */
  needed: number[]
  /** `table key` → the item that showed the row the user named, or that a create returned. */
  found: Map<string, Item>
}

/** The state before the first write that was made since; absent while there was none. */
export interface Savepoint {
  before?: Play | undefined
}

type Beginning = Pick<Walk, 'facts' | 'scenario' | 'rows' | 'play' | 'start' | 'answers' | 'draw' | 'idle'>

export function beginWalk(of: Beginning): Walk {
  const empty = { calls: [], results: [], bindings: [], origins: [], slots: [], references: [], groups: [], needed: [] }
  return { ...of, ...empty, found: new Map() }
}

export const rowId = (table: string, key: Cell): string => `${table} ${key}`

export function addSlot(walk: Walk, name: string, value: Json, said: string): string {
  const text = canonicalJson(value)
  const same = walk.slots.find((slot) => slot.said === said && canonicalJson(slot.value) === text)
  if (same !== undefined) return same.name
  let unique = name
  for (let count = 2; walk.slots.some((slot) => slot.name === unique); count += 1) unique = `${name}_${count}`
  walk.slots.push({ name: unique, value, said })
  return unique
}

/** Executes a call and records it. @throws Setback where the tool refuses */
export function perform(walk: Walk, binding: ToolBinding, given: Record<string, Given>): number {
  const args: JsonObject = {}
  for (const [name, { value }] of Object.entries(given)) args[name] = value
  const isWrite = walk.facts.tools.get(binding.tool)?.kind === 'write'
  if (isWrite && walk.savepoint !== undefined) walk.savepoint.before ??= copyOf(walk)
  const outcome = isWrite ? walk.play.call(binding.tool, args) : read(walk, binding.tool, args)
  if (!outcome.ok) throw new Setback(`refused: ${outcome.error.code}`)
  return record(walk, binding, given, args, outcome.result)
}

const hasWritten = ({ facts, calls }: Walk): boolean =>
  calls.some(({ tool, expect_error }) => expect_error === undefined && facts.tools.get(tool)?.kind === 'write')

/** Another play in the state of now. */
export const copyOf = (walk: Walk): Play => (hasWritten(walk) ? (walk.play.fork(1)[0] as Play) : walk.start())

/** What a read answers; asked but once of a scenario that nothing was written to. */
export function read(walk: Walk, tool: string, args: JsonObject): CallOutcome {
  if (hasWritten(walk)) return walk.play.call(tool, args)
  const question = `${tool} ${canonicalJson(args)}`
  const known = walk.answers.get(question) ?? walk.play.call(tool, args)
  walk.answers.set(question, known)
  return known
}

/** Executes a call that the world is to refuse. @throws Setback where it doesn't, or for what is no reason of its own */
export function performRefused(walk: Walk, binding: ToolBinding, given: Record<string, Given>): number {
  const args: JsonObject = {}
  for (const [name, { value }] of Object.entries(given)) args[name] = value
  if (walk.savepoint !== undefined) walk.savepoint.before ??= copyOf(walk)
  const outcome = walk.play.call(binding.tool, args)
  if (outcome.ok) throw new Setback(notRefused)
  if (outcome.error.error_type !== 'execution_error' || !refusals.has(outcome.error.code))
    throw new Setback(`refused: ${outcome.error.code}`)
  const call = record(walk, binding, given, args, null)
  ;(walk.calls[call] as GoldCall).expect_error = outcome.error.code
  return call
}

export const notRefused = 'not refused'

/** What the state of a row is refused for; anything else is a mistake of the caller's. */
const refusals: ReadonlySet<string> = new Set(['conflict', 'not_permitted'])

export function record(
  walk: Walk,
  binding: ToolBinding,
  given: Record<string, Given>,
  args: JsonObject,
  result: Json,
): number {
  const call = walk.calls.length
  walk.calls.push({ tool: binding.tool, arguments: args })
  walk.results.push(result)
  walk.bindings.push(binding)
  const isWrite = walk.facts.tools.get(binding.tool)?.kind === 'write'
  for (const [argument, from] of Object.entries(given)) {
    const column = isWrite ? columnOf(walk.facts, binding, argument) : undefined
    walk.origins.push({
      call,
      argument,
      ...('slot' in from
        ? { slot: addSlot(walk, from.slot.name, from.value, from.slot.said) }
        : { output: { call: from.place.call, path: from.place.path } }),
      ...(column && { column }),
    })
  }
  return call
}

/** The column whose values an argument takes: of a reference the key that it refers to. */
function columnOf(facts: Facts, binding: ToolBinding, name: string): Origin['column'] {
  const argument = binding.arguments.find((item) => item.argument === name)
  if (argument?.table === undefined || argument.column === undefined) return undefined
  const held = facts.addresses(argument)
  return held === undefined
    ? { table: argument.table, name: argument.column }
    : { table: held, name: facts.key(held) as string }
}

/** Where a row's key stands in a result, or one of its other columns. */
export function placeOf(
  walk: Walk,
  table: string,
  key: Cell,
  column: string,
): { place: Place; value: Json } | undefined {
  const item = walk.found.get(rowId(table, key))
  if (item === undefined) return undefined
  for (const output of item.binding.outputs) {
    if (output.table !== table || output.column !== column) continue
    const path = [...item.prefix, ...pathAfter(output.field, item.prefix)]
    const value = at(walk.results[item.call], path)
    if (value !== undefined && value !== null) return { place: { call: item.call, path }, value }
  }
  return undefined
}

/** The key of a row that was found or made. @throws Setback where no result shows it */
export function keyOf(walk: Walk, table: string, key: Cell): Given {
  const place = placeOf(walk, table, key, walk.facts.key(table) as string)
  if (place === undefined) throw new Setback('key not shown')
  return { value: place.value, place: place.place }
}

/** Notes that a call's result shows a row by its key, as a create does, or a get by a key from elsewhere. */
export function noteShown(walk: Walk, call: number, table: string, key?: Cell): Cell | undefined {
  const binding = walk.bindings[call] as ToolBinding
  const output = binding.outputs.find((item) => item.table === table && item.column === walk.facts.key(table))
  if (output === undefined) return undefined
  for (const { path, value } of places(walk.results[call] as Json, output.field)) {
    if (key !== undefined && value !== key) continue
    if (typeof value !== 'string' && typeof value !== 'number') continue
    walk.found.set(rowId(table, value), { binding, call, prefix: path.slice(0, -1) })
    return value
  }
  return undefined
}

/** What can be undone of a walk: reads leave no trace in the play, and a refused write was rolled back. */
export function mark(walk: Walk): () => void {
  const { calls, origins, slots, references, groups, needed } = walk
  const sizes = [calls.length, origins.length, slots.length, references.length, groups.length, needed.length] as const
  const found = new Map(walk.found)
  return () => {
    calls.length = sizes[0]
    walk.results.length = sizes[0]
    walk.bindings.length = sizes[0]
    origins.length = sizes[1]
    slots.length = sizes[2]
    references.length = sizes[3]
    groups.length = sizes[4]
    needed.length = sizes[5]
    walk.found = found
  }
}
