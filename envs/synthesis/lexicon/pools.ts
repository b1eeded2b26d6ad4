/**
 * What stands in a column whose name says little: a ticket's `type` is no wine's. Pools are chosen by the table's noun,
 * its kind, and its other columns, the most particular first; they list the same values in each language, in one order.
 */

import { entry, type Language, type Pool, poolFile } from './entries.ts'
import { nounKinds } from './nouns.ts'

/** Values to draw from, or the path of a @faker-js/faker generator (`person.jobTitle`). */
export type ValuePool = { values: Readonly<Record<Language, readonly string[]>> } | { faker: string }

const byColumn = new Map<string, Pool[]>()
for (const pool of poolFile.pools) {
  for (const column of pool.columns) byColumn.set(column, [...(byColumn.get(column) ?? []), pool])
}

/**
 * The pool of a column, or undefined where its semantic says enough. `neighbours` are the other columns of the table.
 * Tried with the column's whole name, then without its first words (`support_ticket_type`, `ticket_type`, `type`).
 */
export function poolFor(table: string, column: string, neighbours: readonly string[] = []): ValuePool | undefined {
  const near = new Set(neighbours.flatMap((name) => [name, ...name.split('_')]))
  const nouns = nounsOf(table)
  const words = column.split('_')
  for (let from = 0; from < words.length; from++) {
    const name = words.slice(from).join('_')
    // `artist_type` of a track is a type of artists.
    const own = from === 0 ? nouns : nounsOf(words.slice(0, from).join('_'))
    const found = best(byColumn.get(name) ?? [], from === 0 ? [own] : [own, nouns], near)
    if (found !== undefined)
      return 'faker' in found ? { faker: found.faker } : { values: { en: found.en, zh: found.zh } }
  }
  return undefined
}

/** The generator of @faker-js/faker for a semantic of columns.ts, where one fits. */
export function generatorFor(semantic: string): string | undefined {
  return entry(poolFile.generators, semantic)
}

/** `support_ticket` → support_ticket, ticket, and the kind of the first that is known. */
function nounsOf(table: string): string[] {
  const words = table.split('_')
  const nouns = words.map((_, from) => words.slice(from).join('_'))
  const kind = nouns.map((noun) => nounKinds.get(noun)).find((known) => known !== undefined)
  return kind === undefined ? nouns : [...nouns, `@${kind}`]
}

/** The whole name of a table before its last word, a noun before its kind, a neighbour's word before none. */
function best(pools: readonly Pool[], owners: readonly string[][], near: ReadonlySet<string>): Pool | undefined {
  const fits = ({ near: wanted }: Pool) => wanted?.some((word) => near.has(word))
  for (const nouns of owners) {
    for (const noun of nouns) {
      const own = pools.filter(({ tables }) => tables?.includes(noun))
      const found = own.find(fits) ?? own.find((pool) => pool.near === undefined)
      if (found !== undefined) return found
    }
  }
  const general = pools.filter(({ tables }) => tables === undefined)
  return general.find(fits) ?? general.find((pool) => pool.near === undefined)
}
