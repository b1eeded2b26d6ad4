/**
 * An errand in the making: its walk, its deeds, and the bookkeeping that keeps gold unambiguous. Each cell is written once,
 * nothing is written below a row that is deleted, no own work is deleted; what fails leaves no trace.
 */

import type { Cell, Row } from '../../../schemas/json.ts'
import type { GoldAnswer } from '../../../schemas/task.ts'
import type { Play } from '../../runtime/world.ts'
import type { Deed, Mention } from './deed.ts'
import type { Proposal } from './values.ts'
import type { Savepoint, Walk } from './walk.ts'
import { addSlot, mark, rowId, Setback } from './walk.ts'

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
  /** Tools that were found not to refuse what others would: known to all errands of the domain. */
  lenient: Set<string>
  /** The row that what follows may go on with, where the last deed was about several. */
  focus?: Mention | undefined
  answer?: GoldAnswer
}

/**
 * Tries things in an order the seed decides until one works; a try that fails leaves no trace. Where it is told which tools a
 * thing brings in, some that no task uses yet come first.
 */
export function firstThatWorks<T>(
  errand: Errand,
  items: readonly T[],
  max: number,
  attempt: (item: T) => void,
  toolsOf: (item: T) => readonly string[] = () => [],
): void {
  const { draw, idle } = errand.walk
  let last = 'nothing that a person would ask for'
  for (const item of idle.first(draw, items, toolsOf, Math.ceil(max / 2)).slice(0, max)) {
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
  const { focus, answer } = errand
  const deeds = errand.deeds.length
  return () => {
    undoWalk()
    errand.deeds.length = deeds
    Object.assign(errand, { written, touched, deleted, focus, answer })
  }
}

/** Does several writes as one: where one of them fails, none was made. */
export function asOne(errand: Errand, work: () => void): void {
  const { walk } = errand
  const undo = markErrand(errand)
  const outer = walk.savepoint
  const own: Savepoint = {}
  walk.savepoint = own
  try {
    work()
    // Where whoever asked for this has written nothing before, it is their way back as well.
    if (outer !== undefined && outer.before === undefined) outer.before = own.before
    else own.before?.close()
  } catch (error) {
    if (own.before !== undefined) {
      walk.play.close()
      walk.play = own.before
    }
    if (error instanceof Setback) undo()
    throw error
  } finally {
    walk.savepoint = outer
  }
}

/** Does the work and takes it back, all but what is said of it: what would be done if things stood otherwise. */
export function asIf<T>(errand: Errand, play: Play, work: () => T): T {
  const { walk } = errand
  const { play: real, savepoint } = walk
  const undo = markErrand(errand)
  Object.assign(walk, { play, savepoint: undefined })
  try {
    const done = work()
    const said = [...walk.slots]
    undo()
    for (const { name, value, said: words } of said) addSlot(walk, name, value, words)
    return done
  } catch (error) {
    undo()
    throw error
  } finally {
    // It may have been taken back to a copy of itself on the way.
    walk.play.close()
    Object.assign(walk, { play: real, savepoint })
  }
}

/** Takes the cells for this write. @throws Setback where one was written before or its row hangs on a deleted one */
export function claim(errand: Errand, target: Mention, row: Row, columns: readonly string[]): void {
  const id = rowId(target.table, target.key)
  for (const column of columns) if (errand.written.has(`${id} ${column}`)) throw new Setback('a cell written twice')
  guard(errand, target.table, target.key)
  for (const column of columns) errand.written.add(`${id} ${column}`)
  errand.touched.add(id)
  touchAbove(errand, target.table, row)
}

export function guard(errand: Errand, table: string, key: Cell): void {
  for (const id of above(errand, table, key)) if (errand.deleted.has(id)) throw new Setback('work below a deleted row')
}

export function touch(errand: Errand, table: string, key: Cell): void {
  for (const id of above(errand, table, key)) errand.touched.add(id)
}

export function touchAbove(errand: Errand, table: string, row: Row): void {
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
