/** What is done to each row of a group ("all the pending orders of Ada Byrne"), and several new rows that belong to one. */

import type { Cell, Row } from '../../../schemas/json.ts'
import type { ToolBinding } from '../binding.ts'
import { verbFits } from '../lexicon.ts'
import type { Group, Mention, Setting, Work } from './deed.ts'
import type { Errand } from './errand.ts'
import { asOne, claim, guard, touch } from './errand.ts'
import type { Kind } from './facts.ts'
import { lookUpGroup } from './look.ts'
import { groupsOf } from './sets.ts'
import { breaksOrder, newSetting, requiredValues } from './settings.ts'
import type { Given } from './walk.ts'
import { keyOf, noteShown, perform, rowId, Setback } from './walk.ts'
import { accepts, busyRows, newParent, remove, rowArguments, tableOf } from './writes.ts'

const groupMax = 6

/** The same write to every row of a group, as one deed. */
export function writeEach(errand: Errand, binding: ToolBinding, under?: Group['parent']): void {
  const { walk } = errand
  const { facts } = walk
  const table = tableOf(binding)
  const keyColumn = facts.key(table)
  if (keyColumn === undefined || binding.verb === 'create') throw new Setback('no write on each')
  const busy = busyRows(errand)
  const fits = (row: Row): boolean => accepts(binding, row) && !busy.has(rowId(table, row[keyColumn] ?? null))
  let last = 'no group of a size that a person would speak of'
  for (const { rows, ...group } of groupsOf(walk, table, { min: 2, max: groupMax, fits, ...(under && { under }) })) {
    try {
      asOne(errand, () => {
        lookUpGroup(walk, group)
        const work = workOn(errand, binding, group, rows)
        errand.deeds.push({ kind: 'bulk', group, work })
        errand.focus = group.parent && {
          table: group.parent.of.table,
          key: group.parent.of.key,
          description: group.parent.of,
        }
      })
      return
    } catch (error) {
      if (!(error instanceof Setback)) throw error
      last = error.reason
    }
  }
  throw new Setback(last)
}

function workOn(errand: Errand, binding: ToolBinding, group: Group, rows: readonly Row[]): Work {
  const { table } = group
  const key = errand.walk.facts.key(table) as string
  const targets = rows.map((row) => ({ row, target: { table, key: row[key] ?? null } satisfies Mention }))
  switch (binding.verb) {
    case 'delete':
      for (const { row, target } of targets) remove(errand, binding, row, target)
      errand.deeds.length -= targets.length
      return { kind: 'delete' }
    case 'transition':
    case 'event': {
      const verb = binding.transition?.verb ?? (binding.tool.split('_')[0] as string)
      if (!verbFits(verb, table)) throw new Setback('a verb nobody says')
      const values: Record<string, Given> = {}
      const settings = requiredValues(errand, binding, values, 0)
      const columns = binding.transition ? [binding.transition.column] : [`${binding.tool}()`]
      sameForEach(errand, binding, targets, values, columns)
      return { kind: 'act', verb, settings }
    }
    case 'update': {
      const { setting, name, given } = settingForAll(errand, binding, rows)
      sameForEach(errand, binding, targets, { [name]: given }, [setting.column])
      return { kind: 'update', settings: [setting] }
    }
    default:
      throw new Setback('no write on each')
  }
}

function sameForEach(
  errand: Errand,
  binding: ToolBinding,
  targets: readonly { row: Row; target: Mention }[],
  values: Record<string, Given>,
  columns: readonly string[],
): void {
  for (const { row, target } of targets) {
    const given = { ...rowArguments(errand, binding, row, target), ...values }
    if (binding.arguments.some((argument) => argument.required && given[argument.argument] === undefined))
      throw new Setback('an argument from nowhere')
    claim(errand, target, row, columns)
    perform(errand.walk, binding, given)
  }
}

const settableForAll: readonly Kind[] = ['status', 'enum', 'date', 'person', 'company', 'city', 'flag', 'money', 'key']

/** One value that none of the rows has, or a row that none of them belongs to. */
function settingForAll(
  errand: Errand,
  binding: ToolBinding,
  rows: readonly Row[],
): { setting: Setting; name: string; given: Given } {
  const { facts, draw } = errand.walk
  const { table } = binding
  const states = new Set(
    facts.bindings.flatMap((other) => (other.table === table && other.transition ? [other.transition.column] : [])),
  )
  const first = rows[0] as Row
  for (const argument of draw.shuffle(binding.arguments)) {
    const column = argument.column as string
    if (argument.table !== table || states.has(column)) continue
    if (argument.role === 'value') {
      if (!settableForAll.includes(facts.kind(table, column))) continue
      const made = newSetting(errand, binding, argument, first, [])
      if (made === undefined || rows.some((row) => cellOf(made.given) === row[column])) continue
      if (rows.some((row) => breaksOrder(errand, table, column, String(made.given.value), row))) continue
      return { setting: made.setting, name: argument.argument, given: made.given }
    }
    if (argument.role !== 'parent' || !draw.chance(0.5)) continue
    const given: Record<string, Given> = {}
    const moved = newParent(errand, { ...binding, arguments: [argument] }, first, { table, key: null }, given)
    if (moved === undefined || rows.some((row) => row[column] === moved.mention?.key)) continue
    return { setting: moved, name: argument.argument, given: given[argument.argument] as Given }
  }
  throw new Setback('nothing to set that a person would say')
}

const cellOf = ({ value }: Given): Cell => (typeof value === 'boolean' ? Number(value) : (value as Cell))

const broodMax = 4

/** Several new rows below one that there is, or that was made before. */
export function createSome(errand: Errand, binding: ToolBinding, parent: Mention): void {
  const { walk } = errand
  const { facts, draw } = walk
  const { table } = binding
  const argument = binding.arguments.find(
    (item) =>
      (item.role === 'parent' || item.role === 'key') &&
      facts.addresses(item) === parent.table &&
      item.table === table &&
      parent.table !== table,
  )
  if (binding.verb !== 'create' || argument === undefined) throw new Setback('not a child of it')
  if (binding.arguments.some((item) => item.required && item.role !== 'value' && item !== argument))
    throw new Setback('too many parents')
  asOne(errand, () => {
    const wanted = 2 + draw.int(broodMax - 1)
    const made: { mention: Mention; settings: Setting[] }[] = []
    const names = new Set<string>()
    guard(errand, parent.table, parent.key)
    for (let tries = 0; tries < wanted * 2 && made.length < wanted; tries += 1) {
      const given: Record<string, Given> = { [argument.argument]: keyOf(walk, parent.table, parent.key) }
      const settings = requiredValues(errand, binding, given, made.length === 0 ? draw.int(2) : 0)
      const named = settings.find(({ kind }) => kind === 'name' || kind === 'person' || kind === 'company')
      if (named === undefined) throw new Setback('a creation without name or purpose')
      if (names.has(named.said)) continue
      names.add(named.said)
      const call = perform(walk, binding, given)
      const key = noteShown(walk, call, table)
      const mention: Mention = { table, key: key ?? `made by call ${call}` }
      errand.touched.add(rowId(table, mention.key))
      for (const { column } of settings) errand.written.add(`${rowId(table, mention.key)} ${column}`)
      made.push({ mention, settings })
    }
    if (made.length < 2) throw new Setback('not enough to make')
    touch(errand, parent.table, parent.key)
    errand.deeds.push({ kind: 'brood', table, parent, made })
    errand.focus = parent
  })
}
