/**
 * Look-ups: which read shows the row, or the rows, that the user describes, and by what arguments. A read that was made before
 * is taken again; the parent that scopes a row is looked up first.
 */

import type { Cell, Json, JsonObject } from '../../../schemas/json.ts'
import { canonicalJson } from '../../../schemas/json.ts'
import type { ArgumentBinding, ToolBinding } from '../binding.ts'
import type { Group } from './deed.ts'
import { at, pathAfter, places } from './places.ts'
import type { Attribute, Description } from './refer.ts'
import { whereOf } from './refer.ts'
import { asArgument } from './values.ts'
import type { Given, Item, Walk } from './walk.ts'
import { addSlot, keyOf, noteShown, perform, placeOf, read, record, rowId, Setback } from './walk.ts'

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
        const there = at(result, [...prefix, ...pathAfter(output.field, item.prefix)])
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
