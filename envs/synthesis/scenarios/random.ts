/** Chance from a seed: the same text gives the same numbers on any machine. sfc32 seeded by FNV-1a. */

export interface Random {
  /** [0, 1) */
  next(): number
  /** From `min` to `max`, both included. */
  int(min: number, max: number): number
  pick<T>(values: readonly T[]): T
  chance(of: number): boolean
  /** Digits and small letters. */
  text(length: number): string
}

const symbols = '0123456789abcdefghijklmnopqrstuvwxyz'

export function createRandom(seed: string): Random {
  let a = hashText(seed)
  let b = hashText(`${seed}/b`)
  let c = hashText(`${seed}/c`)
  let d = 1
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 4294967296
  }
  for (let round = 0; round < 12; round++) next()
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (values) => values[Math.floor(next() * values.length)] as (typeof values)[number],
    chance: (of) => next() < of,
    text: (length) => Array.from({ length }, () => symbols[Math.floor(next() * symbols.length)]).join(''),
  }
}

export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}
