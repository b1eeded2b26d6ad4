/**
 * How sure a mean over tasks is: the bootstrap draws as many tasks as there are, with repetition, again and again, and the
 * interval is what the middle of those means spans. Tasks are what is drawn, not trials: trials of one task are alike.
 * Source: Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13 (percentile intervals).
 */

import { mean } from './estimators.ts'

export interface Interval {
  value: number
  low: number
  high: number
}

/** Row after row, `size` indices of 0 to `size` − 1 each. */
export interface Resamples {
  size: number
  count: number
  indices: Uint32Array
}

export function drawResamples(size: number, count: number, next: () => number): Resamples {
  const indices = new Uint32Array(size * count)
  for (let at = 0; at < indices.length; at += 1) indices[at] = Math.floor(next() * size)
  return { size, count, indices }
}

export function resampledMeans(values: readonly number[], { size, count, indices }: Resamples): Float64Array {
  const means = new Float64Array(count)
  for (let row = 0; row < count; row += 1) {
    let sum = 0
    for (let at = row * size; at < (row + 1) * size; at += 1) sum += values[indices[at] as number] as number
    means[row] = sum / size
  }
  return means
}

/** The mean, and the percentile interval that holds `level` of the resampled means. */
export function meanInterval(values: readonly number[], resamples: Resamples, level = 0.95): Interval {
  const means = resampledMeans(values, resamples).sort()
  return { value: mean(values), low: quantile(means, (1 - level) / 2), high: quantile(means, (1 + level) / 2) }
}

/** Between two values, by how near each is (numpy's default, `linear`). @param sorted ascending */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN
  const place = share * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number]
  return below + (above - below) * (place - Math.floor(place))
}
