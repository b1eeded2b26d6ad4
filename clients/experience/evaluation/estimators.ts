/**
 * Estimators over n trials of a task of which c passed.
 *
 * pass^k, that all of k trials pass, is estimated without bias by C(c, k) / C(n, k); pass@k, that one of them does, by
 * 1 − C(n − c, k) / C(n, k). Both are the mean over all ways to choose k of the n trials.
 * Sources: tau-bench (arXiv 2406.12045) for pass^k; Codex (arXiv 2107.03374) for pass@k.
 */

/** C(c, k) / C(n, k); NaN where k is larger than n. */
export function passHat(n: number, c: number, k: number): number {
  if (k > n) return Number.NaN
  let share = 1
  for (let i = 0; i < k; i += 1) share *= Math.max(0, c - i) / (n - i)
  return share
}

/** 1 − C(n − c, k) / C(n, k); NaN where k is larger than n. */
export const passAt = (n: number, c: number, k: number): number => 1 - passHat(n, n - c, k)

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) sum += values[i] as number
  return values.length === 0 ? Number.NaN : sum / values.length
}
