/** Near misses: rows that a careless reader might take for those that are meant. */

import type { Cell, Row } from '../../../schemas/json.ts'
import type { Claims, Rows } from './claims.ts'

/**
 * Rows per row or group referred to that all but one thing said of it fits; where only one thing is said, those that
 * it nearly fits: names that share a word, and of what is compared all that were not best. Rounded to tenths.
 */
export function distractorsOf(rows: Rows, { references, groups = [] }: Claims): number {
  const counts = [
    ...references.map(({ table, where, best }) => countMisses(rows(table), where, best !== undefined)),
    ...groups.map(({ table, where }) => countMisses(rows(table), where, false)),
  ]
  if (counts.length === 0) return 0
  return Math.round((counts.reduce((sum, count) => sum + count, 0) / counts.length) * 10) / 10
}

function countMisses(rows: readonly Row[], where: Record<string, Cell>, compared: boolean): number {
  const said = Object.entries(where)
  let count = 0
  for (const row of rows) {
    const missed = said.filter(([name, value]) => row[name] !== value)
    const [first] = missed
    if (first === undefined) count += Number(compared)
    else if (missed.length === 1 && (said.length > 1 || sharesWord(row[first[0]] ?? null, first[1]))) count += 1
  }
  return compared ? Math.max(0, count - 1) : count
}

function sharesWord(a: Cell, b: Cell): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return false
  const words = new Set(wordsOf(a))
  return wordsOf(b).some((word) => words.has(word))
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{L}{3,}/gu) ?? []
