/**
 * How long a walk through a domain can be: calls in a row, each fed by the one before, with a write among them.
 *
 * Walks on which a source takes the very identifier it passes on teach nothing; the strict count leaves them out.
 * The longest simple path is hard to find in general; domains are small, the search stops at a length that nobody asks
 * beyond and after so many tries, so that a count is a lower bound.
 */

import { kindOf } from '../collect/verbs.ts'
import type { Dependency } from '../dependencies.ts'
import type { Operation } from '../operation.ts'

export interface WalkOptions {
  /** Leaves out steps whose source takes the parameter itself; true by default. */
  strict?: boolean
  /** Longer walks count as this long. */
  stepsMax?: number
}

const triesMax = 400_000

/** Calls in the longest walk that changes something; 0 where none of two calls or more does. */
export function longestWalk(
  operations: readonly Operation[],
  dependencies: readonly Dependency[],
  { strict = true, stepsMax = 8 }: WalkOptions = {},
): number {
  const index = new Map(operations.map(({ key }, at) => [key, at]))
  const next: Set<number>[] = operations.map(() => new Set())
  for (const { from, to, carried } of dependencies) {
    const [source, target] = [index.get(from), index.get(to)]
    if (source === undefined || target === undefined || (strict && carried)) continue
    next[source]?.add(target)
  }
  const writes = operations.map((operation) => kindOf(operation) === 'write')
  const seen = operations.map(() => false)
  let longest = 0
  for (let start = 0; start < operations.length && longest < stepsMax; start++) {
    let tries = Math.ceil(triesMax / operations.length)
    const visit = (at: number, steps: number, written: boolean): void => {
      tries -= 1
      const hasWrite = written || (writes[at] as boolean)
      if (hasWrite && steps >= 2 && steps > longest) longest = steps
      if (steps >= stepsMax || longest >= stepsMax || tries <= 0) return
      seen[at] = true
      for (const other of next[at] as Set<number>) if (!seen[other]) visit(other, steps + 1, hasWrite)
      seen[at] = false
    }
    visit(start, 1, false)
  }
  return longest
}
