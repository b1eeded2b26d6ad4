/**
 * The clock of a scenario's episodes: it begins where the scenario says and advances a minute with each successful write.
 *
 * All sessions of a scenario read the same times, and writing one out costs as much as a row, so they are kept.
 */

export interface Clock {
  /** After so many writes: ISO 8601 in UTC, without a fraction where it is none. */
  at(writes: number): string
}

/** More than an episode's limit of steps; what lies beyond is written out each time. */
const keptMax = 10_000

/** @param now the scenario's, ISO 8601 */
export function createClock(now: string): Clock {
  const start = Date.parse(now)
  const kept: (string | undefined)[] = []
  return {
    at(writes) {
      const known = kept[writes]
      if (known !== undefined) return known
      const time = new Date(start + writes * 60_000).toISOString().replace('.000Z', 'Z')
      if (writes < keptMax) kept[writes] = time
      return time
    },
  }
}
