/** What is left to chance in a user, drawn from a seed by name: the same seed and name give the same, in any order. */

import { createHash } from 'node:crypto'

/** A whole number below `count`. */
export type Chance = (name: string, count: number) => number

export function chanceOf(seed: string): Chance {
  return (name, count) => createHash('sha256').update(`${seed}/${name}`).digest().readUInt32BE(0) % count
}

export function pick<T>(chance: Chance, name: string, from: readonly [T, ...T[]]): T {
  return from[chance(name, from.length)] as T
}
