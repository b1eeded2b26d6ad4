/**
 * A walk in the making: calls are executed on a play as they are chosen, so gold is what really happened. Every
 * argument is recorded with where it came from: a slot that the intent says, or a place in an earlier result.
 */

import type { Cell, Json, JsonObject, Row } from '../../../schemas/json.ts'
import { canonicalJson } from '../../../schemas/json.ts'
import type { GoldCall, GroupReference, Origin, Reference, Slot } from '../../../schemas/task.ts'
import type { CallOutcome, Play } from '../../runtime/world.ts'
import type { ArgumentBinding, ToolBinding } from '../binding.ts'
import type { Group } from './deed.ts'
import type { Draw } from './draw.ts'
import type { Facts } from './facts.ts'
import type { Idle } from './idle.ts'
import type { Attribute, Description } from './refer.ts'
import { whereOf } from './refer.ts'
import { asArgument } from './values.ts'

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
interface Item {
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
function read(walk: Walk, tool: string, args: JsonObject): CallOutcome {
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

function record(
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
    const path = [...item.prefix, ...pathAfter(output.field, item)]
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

/**
 * Makes sure that some read shows the row that the user describes: an earlier one, or a new one. The parent that
 * scopes it is looked up first.
 */
export function lookUp(walk: Walk, description: Description): void {
  const id = rowId(description.table, description.key)
  if (walk.found.has(id)) return
  if (description.parent !== undefined) lookUp(walk, description.parent.of)
  for (const [call, binding] of walk.bindings.entries()) {
    if (walk.facts.tools.get(binding.tool)?.kind !== 'read') continue
    const item = itemOf(walk, binding, walk.results[call] as Json, call, description, walk.calls[call]?.arguments ?? {})
    if (item === undefined) continue
    remember(walk, description, item)
    return
  }
  for (const { binding, given, args } of readingsOf(walk, description)) {
    const outcome = read(walk, binding.tool, args)
    if (!outcome.ok) continue
    const item = itemOf(walk, binding, outcome.result, walk.calls.length, description, args)
    if (item === undefined) continue
    record(walk, binding, given, args, outcome.result)
    remember(walk, description, item)
    return
  }
  throw new Setback('no look-up')
}

function remember(walk: Walk, description: Description, item: Item): void {
  const { table, key } = description
  walk.found.set(rowId(table, key), item)
  saySlots(walk, description)
  walk.references.push({
    said: saidOf(description),
    table,
    where: whereOf(description),
    ...(description.best && { best: { column: description.best.column, order: description.best.order } }),
    key: { [walk.facts.key(table) as string]: key },
    found_by: item.call,
  })
}

function saySlots(walk: Walk, { table, attributes }: Pick<Description, 'table' | 'attributes'>): void {
  for (const attribute of attributes) addSlot(walk, slotName(table, attribute), attribute.value, attribute.said)
}

/** Notes that a row was chosen among others that were looked up. */
export function rememberBest(walk: Walk, description: Description): void {
  remember(walk, description, walk.found.get(rowId(description.table, description.key)) as Item)
}

/** The words that a reference is known by: its own, or those of the parent that alone says it. */
const saidOf = ({ attributes, parent }: Pick<Description, 'attributes' | 'parent'>): string =>
  (attributes[0] ?? parent?.of.attributes[0])?.said ?? ''

/**
 * Makes sure that one read shows all rows of a group, as belonging to it, and the columns asked for; what a list leaves
 * out is read row by row.
 * @throws Setback where no read does
 */
export function lookUpGroup(walk: Walk, group: Group, column?: string): void {
  if (group.parent !== undefined) lookUp(walk, group.parent.of)
  const readings = readingsOf(walk, group)
  // A plain list that was read before may show them all; one that was narrowed to other rows doesn't.
  for (const [call, binding] of walk.bindings.entries()) {
    if (walk.facts.tools.get(binding.tool)?.kind !== 'read') continue
    const args = walk.calls[call]?.arguments ?? {}
    const items = itemsOf(walk, binding, walk.results[call] as Json, call, group, args)
    if (items === undefined) continue
    rememberGroup(walk, group, items, column)
    return
  }
  for (const { binding, given, args } of readings) {
    const outcome = read(walk, binding.tool, args)
    if (!outcome.ok) continue
    const items = itemsOf(walk, binding, outcome.result, walk.calls.length, group, args)
    if (items === undefined) continue
    record(walk, binding, given, args, outcome.result)
    rememberGroup(walk, group, items, column)
    return
  }
  throw new Setback('no look-up of them all')
}

function rememberGroup(walk: Walk, group: Group, items: readonly Item[], column?: string): void {
  const { table, keys } = group
  const { call } = items[0] as Item
  keys.forEach((key, index) => {
    walk.found.set(rowId(table, key), items[index] as Item)
  })
  saySlots(walk, group)
  walk.groups.push({
    said: saidOf(group),
    table,
    where: whereOf(group),
    keys: keys.map((key) => ({ [walk.facts.key(table) as string]: key })),
    found_by: call,
  })
  if (column === undefined || keys.every((key) => placeOf(walk, table, key, column) !== undefined)) return
  if (keys.length > detailsMax) throw new Setback('too many to look at one by one')
  for (const key of keys) {
    walk.needed.push(readOne(walk, table, key, keyOf(walk, table, key)))
    if (placeOf(walk, table, key, column) === undefined) throw new Setback('no read shows what is compared')
  }
}

const detailsMax = 6

function itemsOf(
  walk: Walk,
  binding: ToolBinding,
  result: Json,
  call: number,
  { table, keys, attributes, parent }: Group,
  args: JsonObject,
): Item[] | undefined {
  const items: Item[] = []
  for (const key of keys) {
    const item = itemOf(walk, binding, result, call, { table, key, attributes, ...(parent && { parent }) }, args)
    if (item === undefined || item.prefix.length === 0) return undefined
    items.push(item)
  }
  return items
}

/** Reads one row by its key, which an earlier result showed. @returns the call */
export function readOne(walk: Walk, table: string, key: Cell, from: Given): number {
  const { facts, draw, idle } = walk
  const readers = facts.readers(table).filter(({ verb }) => verb === 'get')
  for (const binding of idle.first(draw, readers, ({ tool }) => [tool])) {
    const own = binding.arguments.find((argument) => argument.role === 'key' && facts.addresses(argument) === table)
    if (own === undefined || binding.arguments.some((argument) => argument.required && argument !== own)) continue
    const call = perform(walk, binding, { [own.argument]: from })
    if (noteShown(walk, call, table, key) !== undefined) return call
  }
  throw new Setback('no read by key')
}

const slotName = (table: string, { column }: Attribute): string => `${table}_${column}`.slice(0, 60)

/** What is said of a row or of several. */
type Said = Pick<Description, 'table' | 'attributes' | 'parent'>

interface Reading {
  binding: ToolBinding
  given: Record<string, Given>
  args: JsonObject
}

/** Ways to call a reader so that it may show the row, in an order that the seed decides. */
function readingsOf(walk: Walk, description: Said): Reading[] {
  const { facts, draw, idle } = walk
  const found: Reading[] = []
  for (const binding of idle.first(draw, facts.readers(description.table), ({ tool }) => [tool])) {
    if (binding.verb === 'get') continue
    const styles = draw.shuffle<Style>(['narrow', 'narrow', 'plain'])
    for (const style of styles) {
      const reading = readingOf(walk, binding, description, style)
      if (reading !== undefined && !found.some((other) => sameReading(other, reading))) found.push(reading)
    }
  }
  return found.slice(0, 6)
}

type Style = 'narrow' | 'plain'

const sameReading = (a: Reading, b: Reading): boolean =>
  a.binding.tool === b.binding.tool && canonicalJson(a.args) === canonicalJson(b.args)

function readingOf(walk: Walk, binding: ToolBinding, description: Said, style: Style): Reading | undefined {
  const given: Record<string, Given> = {}
  const args: JsonObject = {}
  for (const argument of binding.arguments) {
    const value = readArgument(walk, binding, argument, description, style)
    if (value === undefined && argument.required) return undefined
    if (value === undefined) continue
    given[argument.argument] = value
    args[argument.argument] = value.value
  }
  return { binding, given, args }
}

function readArgument(
  walk: Walk,
  binding: ToolBinding,
  argument: ArgumentBinding,
  { table, attributes, parent }: Said,
  style: Style,
): Given | undefined {
  if (argument.role === 'page' || argument.role === 'window' || argument.role === 'value') return undefined
  if (style === 'plain' && !argument.required) return undefined
  if (argument.role === 'query') {
    const name = attributes.find(({ kind }) => ['name', 'person', 'company', 'code', 'file', 'email'].includes(kind))
    return name && { value: name.said, slot: { name: slotName(table, name), said: name.said } }
  }
  const held = walk.facts.addresses(argument)
  if (held !== undefined) {
    if (parent === undefined || held !== parent.of.table) return undefined
    if (argument.table === table && argument.column !== parent.column) return undefined
    return keyOf(walk, parent.of.table, parent.of.key)
  }
  const attribute = attributes.find(({ column }) => argument.table === table && argument.column === column)
  if (attribute === undefined) return undefined
  // A date is said by its day; a filter that wants the stored time to the second can't be filled from it.
  if (attribute.kind === 'date' && typeof attribute.value === 'string' && attribute.value.length > 10) return undefined
  const value = asArgument(walk.facts, binding.tool, argument.argument, attribute.value)
  return value === undefined ? undefined : { value, slot: { name: slotName(table, attribute), said: attribute.said } }
}

/** The object in a result that shows the row so that it can be told from others: its fields, or what was asked for. */
function itemOf(
  walk: Walk,
  binding: ToolBinding,
  result: Json,
  call: number,
  { table, key, attributes, parent }: Said & { key: Cell },
  args: JsonObject,
): Item | undefined {
  const keyColumn = walk.facts.key(table)
  const keyOutput = binding.outputs.find((output) => output.table === table && output.column === keyColumn)
  if (keyOutput === undefined) return undefined
  const asked = Object.values(args)
  for (const { path, value } of places(result, keyOutput.field)) {
    if (value !== key) continue
    const prefix = path.slice(0, -1)
    const item: Item = { binding, call, prefix }
    const shown = (column: string, cell: Cell): boolean => {
      if (asked.some((value) => value === cell || (typeof value === 'boolean' && Number(value) === cell))) return true
      return binding.outputs.some((output) => {
        if (output.table !== table || output.column !== column) return false
        const there = at(result, [...prefix, ...pathAfter(output.field, item)])
        return there === cell || (typeof there === 'boolean' && Number(there) === cell)
      })
    }
    const told =
      attributes.every(({ column, value: cell }) => shown(column, cell)) &&
      (parent === undefined || shown(parent.column, parent.of.key))
    if (told) return item
  }
  return undefined
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

/** All places that a dotted path with `[]` leads to. */
function places(result: Json, field: string): { path: (string | number)[]; value: Json }[] {
  let here: { path: (string | number)[]; value: Json }[] = [{ path: [], value: result }]
  for (const step of steps(field)) {
    here = here.flatMap(({ path, value }) => {
      if (typeof value !== 'object' || value === null) return []
      if (step === '[]')
        return Array.isArray(value) ? value.map((item, index) => ({ path: [...path, index], value: item })) : []
      const next = (value as JsonObject)[step]
      return next === undefined ? [] : [{ path: [...path, step], value: next }]
    })
  }
  return here
}

const steps = (field: string): string[] =>
  field
    .split('.')
    .flatMap((part) => part.replaceAll('[]', '.[]').split('.'))
    .filter((part) => part !== '')

/** The rest of a field's path below an item: as many steps as the item's own prefix are left out. */
const pathAfter = (field: string, item: Item): string[] => steps(field).slice(item.prefix.length)

function at(result: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  let value = result
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as JsonObject)[step as string]
  }
  return value
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
