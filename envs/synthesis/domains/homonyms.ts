/**
 * One word, two things: a card that is sent and a card that pays. The graph links them, their descriptions don't agree.
 *
 * A community is taken apart by provider; providers stay together where their descriptions are closer to each other than
 * chance would make them. Every pair is compared by the mean cosine between the two groups. (Leaving the shared word
 * itself out of it was tried: descriptions of plain calls hold little else, and good communities fell apart.)
 */

import type { Operation } from '../operation.ts'
import type { Prose } from './coherence.ts'

/** Mean cosine between two providers' descriptions from which they speak of one thing; chance gives about .01. */
const sameThingMin = 0.1

/** Groups of one sense each, in the order of their first operation. */
export function splitHomonyms(operations: readonly Operation[], vectors: ReadonlyMap<string, Prose>): Operation[][] {
  const byProvider = [...Map.groupBy(operations, ({ provider }) => provider).values()]
  if (byProvider.length < 2) return [[...operations]]
  const groups = byProvider.map((own) => ({ operations: own, centre: centreOf(own, vectors) }))
  for (;;) {
    let best: [number, number] | undefined
    let closest = sameThingMin
    for (let a = 0; a < groups.length; a++) {
      for (let b = a + 1; b < groups.length; b++) {
        const closeness = dot((groups[a] as Group).centre, (groups[b] as Group).centre)
        if (closeness < closest) continue
        closest = closeness
        best = [a, b]
      }
    }
    if (best === undefined) return groups.map((group) => group.operations)
    const [into, from] = best
    const merged = [...(groups[into] as Group).operations, ...(groups[from] as Group).operations]
    groups[into] = { operations: merged, centre: centreOf(merged, vectors) }
    groups.splice(from, 1)
  }
}

interface Group {
  operations: Operation[]
  centre: Map<string, number>
}

function centreOf(operations: readonly Operation[], vectors: ReadonlyMap<string, Prose>): Map<string, number> {
  const centre = new Map<string, number>()
  for (const { key } of operations) {
    for (const [word, weight] of vectors.get(key) ?? []) {
      centre.set(word, (centre.get(word) ?? 0) + weight / operations.length)
    }
  }
  return centre
}

function dot(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  let sum = 0
  for (const [word, weight] of small) sum += weight * (large.get(word) ?? 0)
  return sum
}
