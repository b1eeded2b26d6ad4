/** What can be counted of tasks and their domain without playing: depth, distractors, structures, words, look-alikes. */

import { createHash } from 'node:crypto'
import type { Domain, Table } from '../../../../schemas/domain.ts'
import type { Task } from '../../../../schemas/task.ts'

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
