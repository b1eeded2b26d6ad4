/**
 * Goals: the writes and questions that a task is made of, each executed as it is chosen.
 *
 * A walk is chained backward: a write is chosen first, then what its keys need is looked up. Writes of one task belong
 * together: the same row, its children or parents, or another row of the same table. What makes gold ambiguous is
 * left out: each cell is written once, nothing is written below a row that is deleted, no own work is deleted.
 */

import type { Cell, Row } from '../../../schemas/json.ts'
import type { GoldAnswer } from '../../../schemas/task.ts'
import type { ArgumentBinding, ToolBinding } from '../binding.ts'
import { tableKind, verbFits } from '../lexicon.ts'
import type { Deed, Mention, Setting } from './deed.ts'
import { subjectOf } from './deed.ts'
import type { Kind } from './facts.ts'
import type { Description } from './refer.ts'
import { describeRow, nameOnly } from './refer.ts'
import { sayFlagState, sayValue } from './said.ts'
import type { Proposal } from './values.ts'
import { asArgument, donorRow, laterDay, proposeValue, standsIn } from './values.ts'
import type { Given, Walk } from './walk.ts'
import { keyOf, lookUp, mark, noteShown, perform, placeOf, rowId, Setback } from './walk.ts'

export interface Errand {
  walk: Walk
  proposal: Proposal
  /** How far this scenario's clock is from another's, in days: dates of a donor are moved by it. */
  daysFrom(row: Row): number
  deeds: Deed[]
  written: Set<string>
  /** Rows that were written, or refer to what was, with all that stand above them. */
  touched: Set<string>
  deleted: Set<string>
  answer?: GoldAnswer
}

const settable: readonly Kind[] = [
  'name',
  'person',
  'company',
  'code',
  'city',
  'status',
  'enum',
  'email',
  'date',
  'money',
  'count',
  'flag',
  'text',
]

/** Tries things in an order the seed decides until one works; a try that fails leaves no trace. */
function firstThatWorks<T>(errand: Errand, items: readonly T[], max: number, attempt: (item: T) => void): void {
  let last = 'nothing that a person would ask for'
  for (const item of errand.walk.draw.shuffle(items).slice(0, max)) {
    const undo = markErrand(errand)
    const writes = writeCount(errand)
    try {
      attempt(item)
      return
    } catch (error) {
      // A write that went through can't be taken back: the whole errand fails with it.
      if (!(error instanceof Setback) || writeCount(errand) !== writes) throw error
      last = error.reason
      undo()
    }
  }
  throw new Setback(last)
}

const writeCount = ({ walk }: Errand): number =>
  walk.calls.filter(({ tool }) => walk.facts.tools.get(tool)?.kind === 'write').length

function markErrand(errand: Errand): () => void {
  const undoWalk = mark(errand.walk)
  const [written, touched, deleted] = [errand.written, errand.touched, errand.deleted].map((set) => new Set(set))
  return () => {
    undoWalk()
    Object.assign(errand, { written, touched, deleted })
  }
}

/** The first write, on whatever the seed picks. */
export function beginErrand(errand: Errand): void {
  const { facts } = errand.walk
  const writes = facts.bindings.filter(
    (binding) => facts.tools.get(binding.tool)?.kind === 'write' && facts.sayable(tableOf(binding)),
  )
  // Each table and verb has the same chance, however many tools stand behind it.
  const groups = new Map<string, ToolBinding[]>()
  for (const binding of writes)
    groups.set(`${tableOf(binding)} ${binding.verb}`, [
      ...(groups.get(`${tableOf(binding)} ${binding.verb}`) ?? []),
      binding,
    ])
  firstThatWorks(errand, [...groups.values()], 5, (group) => {
    write(errand, errand.walk.draw.pick(group) as ToolBinding)
  })
}

/** One more write that belongs to the last one. */
export function continueErrand(errand: Errand): void {
  const { facts } = errand.walk
  const last = errand.deeds.at(-1)
  const at = last === undefined ? undefined : subjectOf(last)
  if (last === undefined || at === undefined) throw new Setback('nothing to go on from')
  const gone = last.kind === 'delete'
  const writes = facts.bindings.filter(
    (binding) => facts.tools.get(binding.tool)?.kind === 'write' && facts.sayable(tableOf(binding)),
  )
  const again = errand.walk.draw.chance(0.3)
  type Next = { binding: ToolBinding; on?: Mention; under?: Mention }
  const options: Next[] = []
  for (const binding of writes) {
    const subject = tableOf(binding)
    if (!gone && subject === at.table && binding.verb !== 'create')
      options.push({ binding, on: at }, { binding, on: at })
    if (!gone && facts.parents(subject).some((parent) => parent.table === at.table) && subject !== at.table)
      options.push({ binding, under: at }, { binding, under: at })
    // Doing the same to one more row is the dullest way on.
    const used = errand.walk.calls.some(({ tool }) => tool === binding.tool)
    if (subject === at.table && last.kind !== 'create' && binding.verb !== 'create' && (!used || again))
      options.push({ binding })
  }
  firstThatWorks(errand, options, 8, ({ binding, on, under }) => write(errand, binding, { on, under }))
}

const tableOf = (binding: ToolBinding): string =>
  binding.verb === 'event' ? (binding.subject ?? binding.table) : binding.table

interface Aim {
  /** The row to act on. */
  on?: Mention
  /** The parent of the row to act on, or of the one to make. */
  under?: Mention
}

function write(errand: Errand, binding: ToolBinding, aim: Aim = {}): void {
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
  { on, under }: Aim,
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
  const busy = new Set(
    errand.deeds
      .map(subjectOf)
      .flatMap((mention) => (mention === undefined ? [] : [rowId(mention.table, mention.key)])),
  )
  const rows = (walk.rows[table] ?? []).filter((row) => {
    const key = row[keyColumn] ?? null
    if (busy.has(rowId(table, key)) || (link !== undefined && under !== undefined && row[link.column] !== under.key))
      return false
    const { transition } = binding
    return (
      transition === undefined ||
      (row[transition.column] !== transition.to &&
        !transition.refuses.includes(row[transition.column] as string | number))
    )
  })
  for (const row of draw.shuffle(rows).slice(0, 4)) {
    const undo = mark(walk)
    const bareParent =
      link !== undefined && above !== undefined && above.parent === undefined && above.attributes.length === 1
    if (link !== undefined && !bareParent) throw new Setback('parent is hard to say')
    const scoped = bareParent ? { column: link.column, of: above } : scopeNeeded(errand, binding, row)
    const description = describeRow({ facts, rows: walk.rows, draw, ...(scoped && { under: scoped }) }, table, row)
    if (description === undefined) continue
    try {
      lookUp(walk, description)
    } catch (error) {
      if (!(error instanceof Setback)) throw error
      undo()
      continue
    }
    work(row, { table, key: row[keyColumn] ?? null, description })
    return
  }
  throw new Setback(rows.length === 0 ? 'no row in a fitting state' : 'no unique reference that a read shows')
}

/** Where a table can be listed under its parent only, the parent has to be said. */
function scopeNeeded(errand: Errand, binding: ToolBinding, row: Row): Description['parent'] {
  const { facts, draw, rows } = errand.walk
  const table = tableOf(binding)
  const required = (reader: ToolBinding) =>
    reader.arguments.find((argument) => argument.required && facts.addresses(argument) !== undefined)
  const readers = facts.readers(table).filter((reader) => reader.verb !== 'get')
  if (readers.length === 0) return undefined
  if (readers.some((reader) => required(reader) === undefined) && !draw.chance(0.15)) return undefined
  for (const reader of draw.shuffle(readers)) {
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
function rowArguments(errand: Errand, binding: ToolBinding, row: Row, target: Mention): Record<string, Given> {
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

function update(errand: Errand, binding: ToolBinding, row: Row, target: Mention): void {
  const { walk } = errand
  const { facts, draw } = walk
  const given = rowArguments(errand, binding, row, target)
  const transitions = new Set(
    facts.bindings.flatMap((other) =>
      other.table === target.table && other.transition ? [other.transition.column] : [],
    ),
  )
  const values = binding.arguments.filter((argument) => argument.role === 'value' && argument.table === target.table)
  const wanted = draw.chance(0.35) ? 2 : 1 // and, seldom, another parent beside them
  const settings: Setting[] = []
  for (const argument of draw.shuffle(values)) {
    if (settings.length >= wanted || transitions.has(argument.column as string)) continue
    const setting = newSetting(errand, binding, argument, row, settings)
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
function newParent(
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

/** What the world itself counts or dates, and what a person is. */
const unsettable = /created|updated|birth|^last_|count$|^total|gender|(^|_)sex$/

function newSetting(
  errand: Errand,
  binding: ToolBinding,
  argument: ArgumentBinding,
  row: Row,
  beside: readonly Setting[],
): { setting: Setting; given: Given } | undefined {
  const { facts } = errand.walk
  const table = argument.table as string
  const column = facts.tables.get(table)?.columns.find(({ name }) => name === argument.column)
  if (column === undefined) return undefined
  const kind = facts.kind(table, column.name)
  if (!settable.includes(kind) || unsettable.test(column.name)) return undefined
  if (kind === 'name' && tableKind(table) === 'person') return undefined // people seldom change their names
  if (kind === 'date' && beside.some((other) => other.kind === 'date')) return undefined
  const value = proposeValue(errand.proposal, table, column, row)
  if (value === undefined || value === null || value === row[column.name]) return undefined
  if (kind === 'date' && breaksOrder(errand, table, column.name, String(value), row)) return undefined
  return settingOf(errand, binding, argument, kind, value)
}

/** A start must not pass its end: judged on the row's other dates, whatever they are called. */
function breaksOrder(errand: Errand, table: string, column: string, value: string, row: Row): boolean {
  const { facts } = errand.walk
  if (!/(start|begin|from|check_?in|departure)/.test(column)) return false
  return (facts.tables.get(table)?.columns ?? []).some(
    ({ name }) =>
      /(end|until|due|expir|check_?out|return|arrival|finish|valid_to)/.test(name) &&
      typeof row[name] === 'string' &&
      (row[name] as string) <= value,
  )
}

function settingOf(
  errand: Errand,
  binding: ToolBinding,
  argument: ArgumentBinding,
  kind: Kind,
  cell: Cell,
): { setting: Setting; given: Given } | undefined {
  const { facts } = errand.walk
  const { table, column } = argument as { table: string; column: string }
  const said =
    kind === 'flag' ? sayFlagState(column, cell, facts.language) : sayValue(kind, cell, false, facts.language)
  const value = asArgument(facts, binding.tool, argument.argument, cell)
  if (said === undefined || value === undefined) return undefined
  return {
    setting: { table, column, kind, said },
    given: { value, slot: { name: `${table}_${column}`.slice(0, 60), said } },
  }
}

function act(errand: Errand, binding: ToolBinding, row: Row, target: Mention): void {
  const verb = binding.transition?.verb ?? (binding.tool.split('_')[0] as string)
  if (!verbFits(verb, target.table)) throw new Setback('a verb nobody says')
  const given = rowArguments(errand, binding, row, target)
  const settings = requiredValues(errand, binding, given, 1, ['text'])
  claim(errand, target, row, binding.transition ? [binding.transition.column] : [`${binding.tool}()`])
  const call = perform(errand.walk, binding, given)
  if (!errand.walk.found.has(rowId(target.table, target.key))) noteShown(errand.walk, call, target.table, target.key)
  errand.deeds.push({ kind: 'act', verb, target, settings })
}

/**
 * Fills the value arguments that a tool demands from a donor row; `extra` is how many optional ones may join them, and
 * `kinds` which.
 */
function requiredValues(
  errand: Errand,
  binding: ToolBinding,
  given: Record<string, Given>,
  extra: number,
  kinds: readonly Kind[] = settable,
): Setting[] {
  const { walk, proposal } = errand
  const { facts, draw } = walk
  const donor = donorRow(proposal, binding.table)
  const settings: Setting[] = []
  const values = binding.arguments.filter((argument) => argument.role === 'value')
  const order = [
    ...values.filter(({ required }) => required),
    ...draw
      .shuffle(values.filter(({ required }) => !required))
      .sort(
        (a, b) => rank(facts.kind(a.table ?? '', a.column ?? '')) - rank(facts.kind(b.table ?? '', b.column ?? '')),
      ),
  ]
  let optional = 0
  for (const argument of order) {
    if (given[argument.argument] !== undefined) continue
    const kind = facts.kind(argument.table ?? '', argument.column ?? '')
    let cell =
      donor === undefined || argument.column === undefined || argument.table !== binding.table
        ? undefined
        : donor[argument.column]
    if (kind === 'date' && typeof cell === 'string' && donor !== undefined)
      cell = laterDay(cell, errand.daysFrom(donor))
    const fits =
      cell !== undefined &&
      cell !== null &&
      (settable.includes(kind) || (argument.required && kind === 'other')) &&
      !(kind === 'name' && standsIn(proposal, binding.table, argument.column as string, cell)) &&
      (argument.required || !['flag', 'status', 'other', 'count'].includes(kind)) &&
      !/created|updated|^last_/.test(argument.column ?? '')
    const made = fits ? settingOf(errand, binding, argument, kind, cell as Cell) : undefined
    if (made === undefined && argument.required) throw new Setback('a required argument nobody would say')
    if (made === undefined) continue
    if (!argument.required) {
      if (!kinds.includes(kind)) continue
      const always = kind === 'name'
      if (!always && (optional >= extra || settings.length >= 3 || !draw.chance(0.5))) continue
      if (settings.some((other) => other.kind === kind)) continue
      if (!always) optional += 1
    }
    settings.push(made.setting)
    given[argument.argument] = made.given
    if (settings.length > 4) throw new Setback('more values than a person would say')
  }
  return settings
}

const rank = (kind: Kind): number => {
  const at = (['name', 'person', 'company', 'date', 'money', 'email', 'text', 'enum'] as Kind[]).indexOf(kind)
  return at < 0 ? 99 : at
}

function create(errand: Errand, binding: ToolBinding, under?: Mention): void {
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

function pickParent(errand: Errand, table: string, required: boolean, not?: Cell): Mention | undefined {
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

function remove(errand: Errand, binding: ToolBinding, row: Row, target: Mention): void {
  const given = rowArguments(errand, binding, row, target)
  const id = rowId(target.table, target.key)
  if (errand.touched.has(id)) throw new Setback('deletes own work')
  if (binding.arguments.some((argument) => argument.required && given[argument.argument] === undefined))
    throw new Setback('an argument from nowhere')
  guard(errand, target.table, target.key)
  perform(errand.walk, binding, given)
  errand.deleted.add(id)
  touchAbove(errand, target.table, row)
  errand.deeds.push({ kind: 'delete', target })
}

/** Takes the cells for this write. @throws Setback where one was written before or its row hangs on a deleted one */
function claim(errand: Errand, target: Mention, row: Row, columns: readonly string[]): void {
  const id = rowId(target.table, target.key)
  for (const column of columns) if (errand.written.has(`${id} ${column}`)) throw new Setback('a cell written twice')
  guard(errand, target.table, target.key)
  for (const column of columns) errand.written.add(`${id} ${column}`)
  errand.touched.add(id)
  touchAbove(errand, target.table, row)
}

function guard(errand: Errand, table: string, key: Cell): void {
  for (const id of above(errand, table, key)) if (errand.deleted.has(id)) throw new Setback('work below a deleted row')
}

function touch(errand: Errand, table: string, key: Cell): void {
  for (const id of above(errand, table, key)) errand.touched.add(id)
}

function touchAbove(errand: Errand, table: string, row: Row): void {
  for (const { column, table: parent } of errand.walk.facts.parents(table)) {
    const key = row[column]
    if (key !== null && key !== undefined) touch(errand, parent, key)
  }
}

/** The row and all rows that it refers to, directly or not. */
function above(errand: Errand, table: string, key: Cell, seen = new Set<string>()): Set<string> {
  const id = rowId(table, key)
  if (seen.has(id)) return seen
  seen.add(id)
  const { facts, rows } = errand.walk
  const row = (rows[table] ?? []).find((item) => item[facts.key(table) as string] === key)
  for (const parent of facts.parents(table)) {
    const next = row?.[parent.column]
    if (next !== null && next !== undefined) above(errand, parent.table, next, seen)
  }
  return seen
}

const askable: readonly Kind[] = [
  'status',
  'enum',
  'email',
  'date',
  'money',
  'person',
  'company',
  'city',
  'code',
  'count',
]

/** A question about one row, or about the row that it refers to. */
export function askQuestion(errand: Errand): void {
  const { walk } = errand
  const { facts, draw } = walk
  const asks: { table: string; via?: { column: string; table: string }; column: string }[] = []
  for (const table of facts.domain.tables) {
    if (!facts.sayable(table.name) || facts.key(table.name) === undefined) continue
    for (const { name } of table.columns)
      if (askable.includes(facts.kind(table.name, name))) asks.push({ table: table.name, column: name })
    for (const parent of facts.parents(table.name)) {
      if (parent.table === table.name || !facts.sayable(parent.table)) continue
      for (const { name } of facts.tables.get(parent.table)?.columns ?? []) {
        if (![...askable, 'name'].includes(facts.kind(parent.table, name))) continue
        asks.push({ table: table.name, via: parent, column: name }, { table: table.name, via: parent, column: name })
      }
    }
  }
  firstThatWorks(errand, asks, 8, ({ table, via, column }) => {
    const row = draw.pick(walk.rows[table] ?? [])
    if (row === undefined) throw new Setback('no row')
    const key = facts.key(table) as string
    const description = describeRow(
      { facts, rows: walk.rows, draw, ...(via === undefined && { without: column }) },
      table,
      row,
    )
    if (description === undefined) throw new Setback('no unique reference that a read shows')
    lookUp(walk, description)
    const asked = via ?? { table, column: key }
    const askedKey = via === undefined ? description.key : (row[via.column] ?? null)
    const subject =
      via === undefined
        ? row
        : (walk.rows[via.table] ?? []).find((item) => item[facts.key(via.table) as string] === askedKey)
    const value = subject?.[column]
    const kind = facts.kind(asked.table, column)
    if (value === null || value === undefined || sayValue(kind, value, true, facts.language) === undefined)
      throw new Setback('nothing to answer')
    const values = new Set((walk.rows[asked.table] ?? []).map((item) => item[column]))
    if (values.size < 3) throw new Setback('an answer that could be guessed')
    // A related row, or a column that the look-up doesn't show, takes one more read.
    const from =
      via === undefined ? keyOf(walk, table, description.key) : placeOf(walk, table, description.key, via.column)
    if (via !== undefined || placeOf(walk, table, description.key, column) === undefined) {
      if (from === undefined) throw new Setback('key not shown')
      readOne(errand, asked.table, askedKey, 'place' in from ? { value: from.value, place: from.place } : from)
    }
    if (placeOf(walk, asked.table, askedKey, column) === undefined) throw new Setback('no read shows the answer')
    errand.answer = {
      value,
      kind: kind === 'date' ? 'date' : typeof value === 'number' ? 'number' : 'text',
      source: { table: asked.table, column },
    }
    errand.deeds.push({
      kind: 'question',
      target: { table, key: description.key, description },
      ...(via && { via: [via.table] }),
      table: asked.table,
      column,
      asked: kind,
    })
  })
}

/** Reads one row by its key, which an earlier result showed. */
function readOne(errand: Errand, table: string, key: Cell, from: Given): void {
  const { walk } = errand
  const { facts, draw } = walk
  for (const binding of draw.shuffle(facts.readers(table).filter(({ verb }) => verb === 'get'))) {
    const own = binding.arguments.find((argument) => argument.role === 'key' && facts.addresses(argument) === table)
    if (own === undefined || binding.arguments.some((argument) => argument.required && argument !== own)) continue
    const call = perform(walk, binding, { [own.argument]: from })
    if (noteShown(walk, call, table, key) !== undefined) return
  }
  throw new Setback('no read by key')
}
