/** What can be counted of tasks and their domain without playing: depth, distractors, structures, words, look-alikes. */

import { createHash } from 'node:crypto'
import type { Domain, Table } from '../../../../schemas/domain.ts'
import type { Cell, Row } from '../../../../schemas/json.ts'
import type { Reference, Task } from '../../../../schemas/task.ts'
import type { World } from '../../../runtime/world.ts'

/** Rows that the intents of some tasks speak of: how many are picked out by their words, and how many others nearly are. */
export interface ReferenceFigures {
  described: number
  unique: number
  /** Near misses of all of them, and the rows that have three or more. */
  nearMisses: number
  withThree: number
}

/** A near miss is another row of the table that has one of the cells spoken of, or shares a word with one. */
export function measureReferences(world: World, task: Task): ReferenceFigures {
  const figures: ReferenceFigures = { described: 0, unique: 0, nearMisses: 0, withThree: 0 }
  const play = world.start(task.scenario)
  try {
    for (const reference of task.certificate?.references ?? []) {
      const rows = play.rows(reference.table)
      const matches = rows.filter((row) => holds(row, reference.where))
      figures.described += 1
      if (matches.length === 1 && holds(matches[0] as Row, reference.key)) figures.unique += 1
      const near = rows.filter((row) => !holds(row, reference.key) && isNear(row, reference)).length
      figures.nearMisses += near
      if (near >= 3) figures.withThree += 1
    }
  } finally {
    play.close()
  }
  return figures
}

const holds = (row: Row, cells: Record<string, Cell>): boolean =>
  Object.entries(cells).every(([name, value]) => row[name] === value)

function isNear(row: Row, { where }: Reference): boolean {
  return Object.entries(where).some(([column, value]) => {
    const other = row[column]
    if (other === value) return true
    if (typeof value !== 'string' || typeof other !== 'string') return false
    // Of days, the month; of names, a word.
    if (/^\d{4}-\d{2}/.test(value)) return other.slice(0, 7) === value.slice(0, 7)
    const words = new Set(wordsOf(value))
    return wordsOf(other).some((word) => words.has(word))
  })
}

/** Words of a text; of Chinese, its pairs of characters. */
export function wordsOf(text: string): string[] {
  return [...text.toLowerCase().matchAll(/[\p{Script=Han}]+|[\p{L}\p{N}]+/gu)].flatMap(([word]) =>
    /\p{Script=Han}/u.test(word) && word.length > 2
      ? Array.from({ length: word.length - 1 }, (_, at) => word.slice(at, at + 2))
      : [word],
  )
}

/** Tools besides gold's own that are called nearly like one of them: half their words or more in common. */
export function lookAlikes({ tools }: Domain, { gold }: Task): number {
  const own = new Set(gold.calls.map(({ tool }) => tool))
  const words = (name: string): Set<string> => new Set(name.replace(/_\d+$/, '').split('_'))
  return tools.filter(({ name }) => !own.has(name) && [...own].some((mine) => jaccard(words(name), words(mine)) >= 0.5))
    .length
}

export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0
  for (const item of a) if (b.has(item)) common += 1
  const all = a.size + b.size - common
  return all === 0 ? 0 : common / all
}

/** A table without its name: columns with types, keys, what it refers to by how many columns. */
export function structureOf({ columns, primary_key, foreign_keys }: Table): string {
  const shape = [
    columns.map(({ name, type }) => `${name} ${type}`).sort(),
    [...primary_key].sort(),
    foreign_keys.map(({ columns: own }) => own.join()).sort(),
  ]
  return createHash('sha256').update(JSON.stringify(shape)).digest('base64url').slice(0, 12)
}

/** The intent without what is particular to it: what is said of its slots is blotted out. */
export function skeletonOf({ intent, slots }: Pick<Task, 'intent' | 'slots'>): string {
  let text = intent
  for (const { said } of [...slots].sort((a, b) => b.said.length - a.said.length || (a.said < b.said ? -1 : 1)))
    text = text.replaceAll(said, '_')
  return text
}
