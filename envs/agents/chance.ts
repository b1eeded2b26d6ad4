/** Where an agent's chance comes from: the same seed gives the same numbers in [0, 1), on any machine. Handed in. */

export type Chance = (seed: string) => () => number

export const pick = <T>(next: () => number, items: readonly T[]): T => items[Math.floor(next() * items.length)] as T
