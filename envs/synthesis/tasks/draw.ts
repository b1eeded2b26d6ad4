/** Choices that a seed decides: the same text, the same draws, on any machine. Source: mulberry32, seeded by SHA-256. */

import { createHash } from 'node:crypto'

export interface Draw {
  /** A number in [0, 1). */
  next(): number
  /** A whole number in [0, below). */
  int(below: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T | undefined
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[]
}

export function createDraw(seed: string): Draw {
  let state = createHash('sha256').update(seed).digest().readUInt32BE(0)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number): number => Math.floor(next() * below)
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (items) => items[int(items.length)],
    shuffle(items) {
      const copy = [...items]
      for (let index = copy.length - 1; index > 0; index -= 1) {
        const other = int(index + 1)
        const held = copy[index] as (typeof copy)[number]
        copy[index] = copy[other] as (typeof copy)[number]
        copy[other] = held
      }
      return copy
    },
  }
}
