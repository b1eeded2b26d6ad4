/** Values that writes set: which columns a person would set, to what, and what a tool demands beside them. */

import type { Cell, Row } from '../../../schemas/json.ts'
import type { ArgumentBinding, ToolBinding } from '../binding.ts'
import { sayColumn, tableKind } from '../lexicon.ts'
import type { Setting } from './deed.ts'
import type { Errand } from './errand.ts'
import type { Kind } from './facts.ts'
import { lookUp } from './look.ts'
import { chineseNotes } from './notes.ts'
import { nameOnly } from './refer.ts'
import { asArgument, donorRow, laterDay, proposeValue, standsIn } from './values.ts'
import type { Given } from './walk.ts'
import { mark, placeOf, rowId, Setback } from './walk.ts'

export const settable: readonly Kind[] = [
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

/** What the world itself counts or dates, and what a person is. */
export const unsettable = /created|updated|birth|^last_|count$|^(total|num|number)_|gender|(^|_)sex$/

export function newSetting(
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
  if (kind === 'count' && /number of /.test(sayColumn(column.name))) return undefined
  if (kind === 'name' && tableKind(table) === 'person') return undefined // people seldom change their names
  if (kind === 'date' && beside.some((other) => other.kind === 'date')) return undefined
  const value = proposeValue(errand.proposal, table, column, row)
  if (value === undefined || value === null || value === row[column.name]) return undefined
  if (kind === 'date' && breaksOrder(errand, table, column.name, String(value), row)) return undefined
  return settingOf(errand, binding, argument, kind, value)
}

/** A start must not pass its end: judged on the row's other dates, whatever they are called. */
export function breaksOrder(errand: Errand, table: string, column: string, value: string, row: Row): boolean {
  const { facts } = errand.walk
  if (!/(start|begin|from|check_?in|departure)/.test(column)) return false
  return (facts.tables.get(table)?.columns ?? []).some(
    ({ name }) =>
      /(end|until|due|expir|check_?out|return|arrival|finish|valid_to)/.test(name) &&
      typeof row[name] === 'string' &&
      (row[name] as string) <= value,
  )
}

export function settingOf(
  errand: Errand,
  binding: ToolBinding,
  argument: ArgumentBinding,
  kind: Kind,
  cell: Cell,
): { setting: Setting; given: Given } | undefined {
  const { facts } = errand.walk
  const { table, column } = argument as { table: string; column: string }
  const said = facts.say(table, column, cell)
  const value = asArgument(facts, binding.tool, argument.argument, cell)
  if (said === undefined || value === undefined) return undefined
  return {
    setting: { table, column, kind, said },
    given: { value, slot: { name: `${table}_${column}`.slice(0, 60), said } },
  }
}

/**
 * Fills the value arguments that a tool demands from a donor row; `extra` is how many optional ones may join them, and
 * `kinds` which.
 */
export function requiredValues(
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
    if (kind === 'text' && facts.language === 'zh') cell = draw.pick(chineseNotes)
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

const alike: readonly Kind[] = ['date', 'money', 'count', 'status', 'enum', 'city', 'company', 'person']

/** The value that another row has in the same column, which has to be looked up there: "to that of X". */
export function newLike(
  errand: Errand,
  binding: ToolBinding,
  argument: ArgumentBinding,
  row: Row,
  beside: readonly Setting[],
): { setting: Setting; given: Given } | undefined {
  const { walk } = errand
  const { facts, draw, rows } = walk
  const { table, column } = argument as { table: string; column: string }
  const kind = facts.kind(table, column)
  if (!alike.includes(kind) || unsettable.test(column)) return undefined
  if (beside.some((other) => other.kind === kind || other.like !== undefined)) return undefined
  const others = (rows[table] ?? []).filter(
    (other) => other !== row && (other[column] ?? null) !== null && other[column] !== row[column],
  )
  for (const other of draw.shuffle(others).slice(0, 3)) {
    const description = nameOnly({ facts, rows, draw }, table, other)
    if (description === undefined) continue
    if (kind === 'date' && breaksOrder(errand, table, column, String(other[column]), row)) continue
    const undo = mark(walk)
    try {
      lookUp(walk, description)
      if (errand.written.has(`${rowId(table, description.key)} ${column}`)) throw new Setback('a value that changed')
      const shown = placeOf(walk, table, description.key, column)
      const fits = asArgument(facts, binding.tool, argument.argument, other[column] ?? null)
      if (shown === undefined || fits === undefined || shown.value !== fits)
        throw new Setback('no read shows the value')
      const mention = { table, key: description.key, description }
      return { setting: { table, column, kind, said: '', like: { mention, column } }, given: shown }
    } catch (error) {
      if (!(error instanceof Setback)) throw error
      undo()
    }
  }
  return undefined
}
