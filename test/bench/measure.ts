/**
 * Two things measured against each other: in small rounds that alternate, so that a machine that slows down slows both.
 *
 * A round's ratio is taken from that round alone, and the ratio told is the median of them. The speed of a shared
 * machine drifts by a factor of two within minutes; two figures of different minutes say nothing about each other.
 */

/** Does what is measured `samples` times and adds to `micros` how long each took. */
export type Round = (micros: number[]) => Promise<void> | void

export interface Spread {
  /** µs */
  median: number
  p99: number
}

export interface Comparison {
  ours: Spread
  bound: Spread
  /** Median over the rounds of ours / bound, each the mean of its round. */
  ratio: number
}

export interface CompareOptions {
  rounds: number
  /** Rounds that are done first and not counted. */
  warmUp: number
  ours: Round
  bound: Round
}

export async function compare({ rounds, warmUp, ours, bound }: CompareOptions): Promise<Comparison> {
  const all: [number[], number[]] = [[], []]
  const ratios: number[] = []
  for (let round = -warmUp; round < rounds; round++) {
    const pair: [number[], number[]] = [[], []]
    // Who goes first changes, so that neither always finds the caches that the other left.
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      await (side === 0 ? ours : bound)(pair[side])
    }
    if (round < 0) continue
    ratios.push(mean(pair[0]) / mean(pair[1]))
    for (const side of [0, 1] as const) for (const micros of pair[side]) all[side].push(micros)
  }
  return { ours: spreadOf(all[0]), bound: spreadOf(all[1]), ratio: median(ratios) }
}

/** Runs `work` and adds what it took. */
export async function timed<T>(micros: number[], work: () => Promise<T>): Promise<T> {
  const began = performance.now()
  const result = await work()
  micros.push((performance.now() - began) * 1000)
  return result
}

/** The same for what answers at once: waiting for it would be part of the figure. */
export function timedSync<T>(micros: number[], work: () => T): T {
  const began = performance.now()
  const result = work()
  micros.push((performance.now() - began) * 1000)
  return result
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] as number
}

const spreadOf = (values: readonly number[]): Spread => ({ median: median(values), p99: quantile(values, 0.99) })
