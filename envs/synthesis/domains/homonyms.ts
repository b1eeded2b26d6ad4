/**
 * One word, two things: a card that is sent and a card that pays. The graph links them, their descriptions don't agree,
 * and the rest of their APIs is about other things.
 *
 * A community is taken apart by API; APIs stay together where their descriptions are closer to each other than
 * chance would make them and their APIs are in the same trade. Descriptions alone don't tell: those of plain calls hold
 * little but the shared word. (Leaving that word out was tried: good communities fell apart.)
 */

import type { Operation } from '../operation.ts'
import type { ProseVectors } from './coherence.ts'
import { apiOf, dot, type Vocabulary } from './vocabulary.ts'

/** Mean cosine between the descriptions of two APIs from which they speak of one thing; chance gives about .01. */
const sameThingMin = 0.1

/** From this closeness of their vocabularies on two APIs count as in the same trade; below, by the square of what there is. */
const sameTrade = 0.18

/** Groups of one sense each, in the order of their first operation. */
export function splitHomonyms(
  operations: readonly Operation[],
  vectors: ProseVectors,
  vocabulary: Vocabulary,
): Operation[][] {
  const byApi = [...Map.groupBy(operations, apiOf).values()]
  if (byApi.length < 2) return [[...operations]]
  const groups = byApi.map((own) => ({ operations: own, centre: centreOf(own, vectors) }))
  for (;;) {
    let best: [number, number] | undefined
    let closest = sameThingMin
    for (let a = 0; a < groups.length; a++) {
      for (let b = a + 1; b < groups.length; b++) {
        const [left, right] = [groups[a] as Group, groups[b] as Group]
        const said = dot(left.centre, right.centre)
        if (said < closest) continue
        const trade = Math.min(1, vocabulary.closeness(left.operations, right.operations) / sameTrade)
        const closeness = said * trade * trade
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
  centre: Map<number, number>
}

function centreOf(operations: readonly Operation[], vectors: ProseVectors): Map<number, number> {
  const centre = new Map<number, number>()
  for (const { key } of operations) {
    for (const [word, weight] of vectors.get(key) ?? []) {
      centre.set(word, (centre.get(word) ?? 0) + weight / operations.length)
    }
  }
  return centre
}
