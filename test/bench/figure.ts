/** One measured figure: what it is, what it is held against, and what it is to reach. */

export type Unit = 'µs' | 'ms' | 'MiB' | '/s'

export interface Figure {
  /** Stable: what a script looks for. */
  name: string
  /** What is measured, in words. */
  what: string
  unit: Unit
  value: number
  /** The value that one call in a hundred exceeds; null where it is no matter of single calls. */
  p99: number | null
  bound: number
  /** What the lower bound is, in words. */
  boundIs: string
  /** value / bound, taken where it can be from single rounds. */
  ratio: number
  goal: Goal
}

/** What must hold of value and ratio; empty where the figure is there to explain another. */
export interface Goal {
  valueMax?: number
  valueMin?: number
  ratioMax?: number
  ratioMin?: number
}

export function isMet({ value, ratio, goal }: Figure): boolean {
  const { valueMax = Infinity, valueMin = 0, ratioMax = Infinity, ratioMin = 0 } = goal
  return value <= valueMax && value >= valueMin && ratio <= ratioMax && ratio >= ratioMin
}
