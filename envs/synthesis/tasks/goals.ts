/**
 * Goals: what follows what in one task.
 *
 * A walk is chained backward: a write is chosen first, then what its keys need is looked up. Writes of one task belong
 * together: the same row, its children or parents, or other rows of the same table.
 */

import type { ToolBinding } from '../binding.ts'
import type { Mention } from './deed.ts'
import { subjectOf } from './deed.ts'
import type { Errand } from './errand.ts'
import { asOne, firstThatWorks } from './errand.ts'
import type { Facts } from './facts.ts'
import { createSome, writeEach } from './groups.ts'
import { Setback } from './walk.ts'
import { remove, tableOf, write } from './writes.ts'

const groupsTried = 6

/** Writes by table and verb: each such pair has the same chance, however many tools stand behind it. */
function writesByKind(facts: Facts, fits: (binding: ToolBinding) => boolean): ToolBinding[][] {
  const groups = new Map<string, ToolBinding[]>()
  for (const binding of facts.bindings) {
    if (facts.tools.get(binding.tool)?.kind !== 'write' || !facts.sayable(tableOf(binding)) || !fits(binding)) continue
    const name = `${tableOf(binding)} ${binding.verb}`
    groups.set(name, [...(groups.get(name) ?? []), binding])
  }
  return [...groups.values()]
}

/** The first write, on whatever the seed picks. */
export function beginErrand(errand: Errand): void {
  const groups = writesByKind(errand.walk.facts, () => true)
  firstThatWorks(
    errand,
    groups,
    5,
    (group) => {
      write(errand, pickOf(errand, group))
    },
    toolsOf,
  )
}

const toolsOf = (group: readonly ToolBinding[]): string[] => group.map(({ tool }) => tool)

/** One of the writes that do the same to the same table: one that no task uses yet where there is one. */
const pickOf = ({ walk: { draw, idle } }: Errand, group: readonly ToolBinding[]): ToolBinding => {
  const wanted = group.filter(({ tool }) => idle.wants(tool))
  return draw.pick(wanted.length > 0 ? wanted : group) as ToolBinding
}

/** A write on a row that is chosen among others by what it has most or least of. */
export function chooseErrand(errand: Errand): void {
  const fits = ({ verb }: ToolBinding): boolean => verb !== 'create'
  const groups = writesByKind(errand.walk.facts, fits)
  const choose = (group: ToolBinding[]) => asOne(errand, () => write(errand, pickOf(errand, group), { choose: true }))
  firstThatWorks(errand, groups, groupsTried, choose, toolsOf)
}

/** The same write to each row of a group. */
export function bulkErrand(errand: Errand): void {
  const fits = ({ verb }: ToolBinding): boolean => verb !== 'create'
  const groups = writesByKind(errand.walk.facts, fits)
  firstThatWorks(errand, groups, groupsTried, (group) => writeEach(errand, pickOf(errand, group)), toolsOf)
}

/** A new row with several of its children, or one whose children are all taken away before it goes itself. */
export function familyErrand(errand: Errand): void {
  const { facts, draw } = errand.walk
  const creates = facts.bindings.filter(({ verb, table }) => verb === 'create' && facts.sayable(table))
  const pairs = creates.flatMap((child) =>
    facts
      .parents(child.table)
      .filter(({ table }) => table !== child.table && facts.sayable(table))
      .map(({ table }) => ({ child, parent: table })),
  )
  if (draw.chance(0.2) && clearOut(errand)) return
  const makeAll = ({ child, parent }: (typeof pairs)[number]): void => {
    const makers = creates.filter(({ table }) => table === parent)
    asOne(errand, () => {
      const maker = draw.chance(0.75) ? draw.pick(makers) : undefined
      if (maker !== undefined) write(errand, maker)
      else beginOn(errand, parent)
      createSome(errand, child, subjectOf(errand.deeds.at(-1) as never) as Mention)
    })
  }
  firstThatWorks(errand, pairs, groupsTried, makeAll, ({ child }) => [child.tool])
}

/** Some write on a row of that table which leaves it there. */
function beginOn(errand: Errand, table: string): void {
  const fits = (binding: ToolBinding): boolean =>
    tableOf(binding) === table && binding.verb !== 'create' && binding.verb !== 'delete'
  const groups = writesByKind(errand.walk.facts, fits)
  firstThatWorks(errand, groups, 2, (group) => write(errand, pickOf(errand, group)), toolsOf)
}

/** Deletes all children of a row, and then the row. */
function clearOut(errand: Errand): boolean {
  const { walk } = errand
  const { facts, draw } = walk
  const deletes = facts.bindings.filter(({ verb, table }) => verb === 'delete' && facts.sayable(table))
  const pairs = deletes.flatMap((child) =>
    facts
      .parents(child.table)
      .flatMap(({ table }) => deletes.filter((own) => own.table === table && table !== child.table))
      .map((own) => ({ child, own })),
  )
  for (const { child, own } of draw.shuffle(pairs).slice(0, 3)) {
    try {
      asOne(errand, () => {
        writeEach(errand, child)
        const last = errand.deeds.at(-1)
        const target = errand.focus
        if (last?.kind !== 'bulk' || last.group.attributes.length > 0 || target?.table !== own.table)
          throw new Setback('not all of them')
        const row = walk.play.rows(own.table).find((item) => item[facts.key(own.table) as string] === target.key)
        if (row === undefined) throw new Setback('row is gone')
        remove(errand, own, row, target, true)
      })
      return true
    } catch (error) {
      if (!(error instanceof Setback)) throw error
    }
  }
  return false
}

export interface Next {
  /** Only what is about the same row, or what hangs on it. */
  same?: boolean
  /** What the next deed may be besides a single write. */
  wide?: boolean
}

type Option = { binding: ToolBinding; on?: Mention; under?: Mention; how?: 'each' | 'some' | 'choose' }

/** One more deed that belongs to the last one. */
export function continueErrand(errand: Errand, { same = false, wide = false }: Next = {}): void {
  const { facts, draw } = errand.walk
  const last = errand.deeds.at(-1)
  const at = last === undefined ? undefined : (subjectOf(last) ?? errand.focus)
  if (last === undefined || at === undefined) throw new Setback('nothing to go on from')
  const gone = !same && last.kind === 'delete'
  const made = last.kind === 'create'
  const again = draw.chance(0.15)
  const options: Option[] = []
  for (const [binding] of writesByKind(facts, () => true).flatMap((group) => group.map((item) => [item] as const))) {
    const subject = tableOf(binding)
    const isNew = binding.verb === 'create'
    const below = subject !== at.table && facts.parents(subject).some((parent) => parent.table === at.table)
    if (!gone && subject === at.table && !isNew) options.push({ binding, on: at }, { binding, on: at })
    if (!gone && below) options.push({ binding, under: at }, { binding, under: at })
    if (same) continue
    if (wide && !gone && below && isNew) options.push({ binding, under: at, how: 'some' })
    if (wide && !gone && !made && below && !isNew)
      options.push({ binding, under: at, how: 'each' }, { binding, under: at, how: 'choose' })
    // Doing the same to one more row is the dullest way on.
    const used = errand.walk.calls.some(({ tool }) => tool === binding.tool)
    if (subject === at.table && !made && !isNew && (!used || again)) options.push({ binding })
    if (wide && subject === at.table && !isNew && !used) options.push({ binding, how: 'each' })
  }
  const goOn = ({ binding, on, under, how }: Option): void => {
    if (how === undefined) write(errand, binding, { on, under })
    else if (how === 'some') createSome(errand, binding, under as Mention)
    else if (how === 'choose') asOne(errand, () => write(errand, binding, { under, choose: true }))
    else writeEach(errand, binding, under && linkTo(facts, binding, under))
  }
  firstThatWorks(errand, options, 8, goOn, ({ binding }) => [binding.tool])
}

/** How the rows of a tool's table hang on the one that was spoken of, where that was named in a few words. */
function linkTo(facts: Facts, binding: ToolBinding, { table, description }: Mention) {
  const link = facts.parents(tableOf(binding)).find((parent) => parent.table === table)
  if (link === undefined || description === undefined || description.attributes.length !== 1) return undefined
  if (description.parent !== undefined || description.best !== undefined) return undefined
  return { column: link.column, of: description }
}
