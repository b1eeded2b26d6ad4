/** One write on one row: which row, with what arguments, executed and noted as a deed. */

import type { Cell, Row } from '../../../schemas/json.ts'
import type { ToolBinding } from '../binding.ts'
import { verbFits } from '../lexicon.ts'
import { describeBest } from './choose.ts'
import type { Mention, Setting } from './deed.ts'
import { subjectOf } from './deed.ts'
import type { Errand } from './errand.ts'
import { claim, guard, touch, touchAbove } from './errand.ts'
import { lookUp, readOne } from './look.ts'
import type { Description } from './refer.ts'
import { describeRow, nameOnly } from './refer.ts'
import { newLike, newSetting, requiredValues } from './settings.ts'
import type { Given } from './walk.ts'
import { keyOf, mark, noteShown, perform, placeOf, rowId, Setback } from './walk.ts'

/** The table that a tool is about: of an event the one whose row it happens to. */
export const tableOf = (binding: ToolBinding): string =>
  binding.verb === 'event' ? (binding.subject ?? binding.table) : binding.table

export interface Aim {
  /** The row to act on. */
  on?: Mention | undefined
  /** The parent of the row to act on, or of the one to make. */
  under?: Mention | undefined
  /** Whether the row is to be chosen among others by what it has most or least of. */
  choose?: boolean
}

export function write(errand: Errand, binding: ToolBinding, aim: Aim = {}): void {
  const subject = tableOf(binding)
  if (errand.walk.facts.key(subject) === undefined) throw new Setback('no single key')
  switch (binding.verb) {
    case 'create':
      create(errand, binding, aim.under)
      break
    case 'update':
      onRow(errand, binding, aim, (row, mention) => update(errand, binding, row, mention))
      break
    case 'delete':
      if (aim.on !== undefined) throw new Setback('deletes own work')
      onRow(errand, binding, aim, (row, mention) => remove(errand, binding, row, mention))
      break
    case 'transition':
    case 'event':
      onRow(errand, binding, aim, (row, mention) => act(errand, binding, row, mention))
      break
    default:
      throw new Setback('no write')
  }
}

/** Picks a row that the write can act on, says which, and sees that it is found. */
function onRow(
  errand: Errand,
  binding: ToolBinding,
  { on, under, choose = false }: Aim,
  work: (row: Row, mention: Mention) => void,
): void {
  const { walk } = errand
  const { facts, draw } = walk
  const table = tableOf(binding)
  const keyColumn = facts.key(table) as string
  if (on !== undefined) {
    const row = walk.play.rows(table).find((item) => item[keyColumn] === on.key)
    if (row === undefined) throw new Setback('row is gone')
    work(row, on)
    return
  }
  const link = under && facts.parents(table).find((parent) => parent.table === under.table)
  const above = under?.description
  if (under !== undefined && above === undefined) throw new Setback('new parent has no children')
  const busy = busyRows(errand)
  const rows = (walk.rows[table] ?? []).filter((row) => {
    const key = row[keyColumn] ?? null
    if (busy.has(rowId(table, key)) || (link !== undefined && under !== undefined && row[link.column] !== under.key))
      return false
    return accepts(binding, row)
  })
  if (choose) {
    const fits = new Set(rows)
    const description = describeBest(walk, table, { fits: (row) => fits.has(row), under: scope(link, above) })
    work(description.row, { table, key: description.key, description })
    return
  }
  for (const row of draw.shuffle(rows).slice(0, 4)) {
    const undo = mark(walk)
    const scoped = scope(link, above) ?? scopeNeeded(errand, table, row)
    const description = describeRow({ facts, rows: walk.rows, draw, ...(scoped && { under: scoped }) }, table, row)
    if (description === undefined) continue
    try {
      lookUp(walk, description)
    } catch (error) {
      if (!(error instanceof Setback)) throw error
      undo()
      continue
    }
    openFirst(errand, table, description.key)
    work(row, { table, key: row[keyColumn] ?? null, description })
    return
  }
  throw new Setback(rows.length === 0 ? 'no row in a fitting state' : 'no unique reference that a read shows')
}

/** Looks at the whole row before it is changed, where the read of one row is one that no task uses yet. */
function openFirst({ walk }: Errand, table: string, key: Cell): void {
  const { facts, idle, draw } = walk
  const own = facts.readers(table).filter(({ verb, tool }) => verb === 'get' && idle.wants(tool))
  if (own.length === 0 || !draw.chance(openedShare)) return
  const undo = mark(walk)
  try {
    readOne(walk, table, key, keyOf(walk, table, key))
  } catch (error) {
    if (!(error instanceof Setback)) throw error
    undo()
  }
}

const openedShare = 0.6

/** Whether the row is in a state in which the world lets it be done. */
export function accepts({ transition }: ToolBinding, row: Row): boolean {
  if (transition === undefined) return true
  const state = row[transition.column] as string | number
  return state !== transition.to && !transition.refuses.includes(state)
}

/** The parent under which a row is to be named. @throws Setback where that can't be followed */
function scope(link: { column: string } | undefined, above: Description | undefined): Description['parent'] {
  if (link === undefined) return undefined
  if (above === undefined || above.parent !== undefined || above.best !== undefined || above.attributes.length !== 1)
    throw new Setback('parent is hard to say')
  return { column: link.column, of: above }
}

/** Rows that some deed is about already. */
export function busyRows({ deeds }: Errand): Set<string> {
  return new Set(
    deeds.flatMap((deed) => {
      if (deed.kind === 'bulk') return deed.group.keys.map((key) => rowId(deed.group.table, key))
      const mention = subjectOf(deed)
      return mention === undefined ? [] : [rowId(mention.table, mention.key)]
    }),
  )
}

/** Where a table can be listed under its parent only, the parent has to be said. */
export function scopeNeeded(errand: Errand, table: string, row: Row): Description['parent'] {
  const { facts, draw, idle, rows } = errand.walk
  const required = (reader: ToolBinding) =>
    reader.arguments.find((argument) => argument.required && facts.addresses(argument) !== undefined)
  const readers = facts.readers(table).filter((reader) => reader.verb !== 'get')
  if (readers.length === 0) return undefined
  const isIdle = readers.some((reader) => required(reader) !== undefined && idle.wants(reader.tool))
  if (readers.some((reader) => required(reader) === undefined) && !isIdle && !draw.chance(0.15)) return undefined
  for (const reader of idle.first(draw, readers, ({ tool }) => [tool])) {
    const argument = reader.arguments.find((item) => {
      const held = facts.addresses(item)
      return held !== undefined && held !== table
    })
    const held = argument && facts.addresses(argument)
    const link = facts
      .parents(table)
      .find((parent) => parent.table === held && (argument?.table !== table || argument.column === parent.column))
    const above =
      link && (rows[link.table] ?? []).find((item) => item[facts.key(link.table) as string] === row[link.column])
    const of = link && above && nameOnly({ facts, rows, draw }, link.table, above)
    if (link !== undefined && of !== undefined) return { column: link.column, of }
  }
  return undefined
}

/** Arguments that pick the row acted on and name what stands above it. */
export function rowArguments(errand: Errand, binding: ToolBinding, row: Row, target: Mention): Record<string, Given> {
  const { walk } = errand
  const { facts } = walk
  const given: Record<string, Given> = {}
  for (const argument of binding.arguments) {
    if (argument.role !== 'key' && argument.role !== 'parent') continue
    const held = facts.addresses(argument)
    if (held === target.table && (argument.role === 'key' || binding.verb === 'event')) {
      given[argument.argument] = keyOf(walk, target.table, target.key)
      continue
    }
    if (!argument.required) continue
    const link = facts
      .parents(target.table)
      .find((parent) => parent.table === held && (argument.table !== target.table || argument.column === parent.column))
    const above = link && row[link.column]
    if (link === undefined || above === undefined || above === null) throw new Setback('an argument from nowhere')
    const shown = placeOf(walk, target.table, target.key, link.column)
    given[argument.argument] = shown ? { value: shown.value, place: shown.place } : keyOf(walk, link.table, above)
  }
  if (!Object.values(given).some((from) => from.value === target.key)) throw new Setback('no key argument')
  return given
}

export function update(errand: Errand, binding: ToolBinding, row: Row, target: Mention): void {
  const { walk } = errand
  const { facts, draw } = walk
  const given = rowArguments(errand, binding, row, target)
  const transitions = new Set(
    facts.bindings.flatMap((other) =>
      other.table === target.table && other.transition ? [other.transition.column] : [],
    ),
  )
  const values = binding.arguments.filter((argument) => argument.role === 'value' && argument.table === target.table)
  const wanted = draw.chance(0.35) ? 2 : 1 // and, seldom, another parent beside them, or a value of another row
  const settings: Setting[] = []
  for (const argument of draw.shuffle(values)) {
    if (settings.length >= wanted || transitions.has(argument.column as string)) continue
    const setting =
      (draw.chance(0.12) ? newLike(errand, binding, argument, row, settings) : undefined) ??
      newSetting(errand, binding, argument, row, settings)
    if (setting === undefined) continue
    settings.push(setting.setting)
    given[argument.argument] = setting.given
  }
  const moved = settings.length === 0 || draw.chance(0.15) ? newParent(errand, binding, row, target, given) : undefined
  if (moved !== undefined) settings.unshift(moved)
  if (settings.length === 0) throw new Setback('nothing to set that a person would say')
  for (const argument of binding.arguments) {
    if (!argument.required || given[argument.argument] !== undefined) continue
    // What a replacing update demands beside the change stays as it was shown.
    const shown =
      argument.column !== undefined && argument.table === target.table
        ? placeOf(walk, target.table, target.key, argument.column)
        : undefined
    if (shown === undefined) throw new Setback('an argument from nowhere')
    given[argument.argument] = { value: shown.value, place: shown.place }
  }
  claim(
    errand,
    target,
    row,
    settings.map(({ column }) => column),
  )
  perform(walk, binding, given)
  if (moved?.mention !== undefined) {
    const now = walk.play.rows(target.table).find((item) => item[facts.key(target.table) as string] === target.key)
    if (now?.[moved.column] !== moved.mention.key) throw new Setback('a parent that only scopes')
    touch(errand, moved.mention.table, moved.mention.key)
  }
  errand.deeds.push({ kind: 'update', target, settings })
}

/** Another row for the one that this row refers to, where the tool can write the reference. */
export function newParent(
  errand: Errand,
  binding: ToolBinding,
  row: Row,
  target: Mention,
  given: Record<string, Given>,
): Setting | undefined {
  const { walk } = errand
  const { facts, draw } = walk
  const others = binding.arguments.filter(({ role }) => role === 'parent')
  const sole = binding.arguments.filter(({ role }) => role !== 'key').length === 1
  for (const argument of draw.shuffle(others)) {
    const held = facts.addresses(argument)
    if ((argument.required && !sole) || argument.table !== target.table || argument.column === undefined) continue
    if (held === undefined || held === target.table) continue
    const mention = pickParent(errand, held, false, row[argument.column])
    if (mention === undefined) continue
    guard(errand, mention.table, mention.key)
    given[argument.argument] = keyOf(walk, mention.table, mention.key)
    return { table: target.table, column: argument.column, kind: 'key', said: '', mention }
  }
  return undefined
}

export function act(errand: Errand, binding: ToolBinding, row: Row, target: Mention): void {
  const verb = binding.transition?.verb ?? (binding.tool.split('_')[0] as string)
  if (!verbFits(verb, target.table)) throw new Setback('a verb nobody says')
  const given = rowArguments(errand, binding, row, target)
  const settings = requiredValues(errand, binding, given, 1, ['text'])
  claim(errand, target, row, binding.transition ? [binding.transition.column] : [`${binding.tool}()`])
  const call = perform(errand.walk, binding, given)
  if (!errand.walk.found.has(rowId(target.table, target.key))) noteShown(errand.walk, call, target.table, target.key)
  errand.deeds.push({ kind: 'act', verb, target, settings })
}

export function create(errand: Errand, binding: ToolBinding, under?: Mention): void {
  const { walk } = errand
  const { facts, draw } = walk
  const given: Record<string, Given> = {}
  const parents: Mention[] = []
  const taken = new Set<string>()
  for (const argument of binding.arguments) {
    if (argument.role !== 'parent' && argument.role !== 'key') continue
    const held = facts.addresses(argument)
    if (held === undefined || held === binding.table) {
      if (argument.required) throw new Setback('an identifier the user would have to make up')
      continue
    }
    const isUnder = under !== undefined && under.table === held && !parents.includes(under)
    if (!argument.required && !isUnder && (parents.length > 0 || !draw.chance(0.5))) continue
    if (taken.has(held)) {
      if (argument.required) throw new Setback('two parents of one kind')
      continue
    }
    const mention = isUnder ? under : pickParent(errand, held, argument.required)
    if (mention === undefined) continue
    taken.add(held)
    parents.push(mention)
    given[argument.argument] = keyOf(walk, held, mention.key)
  }
  if (under !== undefined && !parents.includes(under)) throw new Setback('not a child of it')
  if (parents.length > 2) throw new Setback('too many parents')
  const settings = requiredValues(errand, binding, given, draw.int(3))
  const named = settings.some(({ kind }) => kind === 'name' || kind === 'person' || kind === 'company')
  if (!named && (parents.length === 0 || settings.length === 0)) throw new Setback('a creation without name or purpose')
  for (const parent of parents) guard(errand, parent.table, parent.key)
  const call = perform(walk, binding, given)
  const key = noteShown(walk, call, binding.table)
  const made: Mention = { table: binding.table, key: key ?? `made by call ${call}` }
  errand.touched.add(rowId(made.table, made.key))
  for (const parent of parents) touch(errand, parent.table, parent.key)
  for (const { column } of settings) errand.written.add(`${rowId(made.table, made.key)} ${column}`)
  errand.deeds.push({ kind: 'create', made, parents, settings })
}

export function pickParent(errand: Errand, table: string, required: boolean, not?: Cell): Mention | undefined {
  const { walk } = errand
  const { facts, draw } = walk
  const rows = (walk.rows[table] ?? []).filter((row) => row[facts.key(table) as string] !== not)
  for (const row of draw.shuffle(rows).slice(0, 4)) {
    const of = nameOnly({ facts, rows: walk.rows, draw }, table, row)
    if (of === undefined) continue
    const undo = mark(walk)
    try {
      lookUp(walk, of)
      return { table, key: of.key, description: of }
    } catch (error) {
      if (!(error instanceof Setback)) throw error
      undo()
    }
  }
  if (required) throw new Setback('no parent that a person could name')
  return undefined
}

/** @param cleared that what was done below the row was to take that away, so that nothing of it goes with the row */
export function remove(errand: Errand, binding: ToolBinding, row: Row, target: Mention, cleared = false): void {
  const given = rowArguments(errand, binding, row, target)
  const id = rowId(target.table, target.key)
  if (!cleared && errand.touched.has(id)) throw new Setback('deletes own work')
  if (binding.arguments.some((argument) => argument.required && given[argument.argument] === undefined))
    throw new Setback('an argument from nowhere')
  guard(errand, target.table, target.key)
  perform(errand.walk, binding, given)
  errand.deleted.add(id)
  touchAbove(errand, target.table, row)
  errand.deeds.push({ kind: 'delete', target })
}
