/**
 * What became of each parameter of the operations that tools were made of: bound to a column, transport, or left out and
 * why. It stands beside what passes, because an audit of programs alone flatters whoever wrote the rules.
 */

import type { Field } from './fields.ts'

export interface Coverage {
  /** Of the path. */
  path: Counts
  query: Counts
  /** Scalar fields of the body, out of its envelopes. */
  body: Counts
  /** Scalars inside of the body's objects; objects and lists themselves. */
  nested: Counts
}

export interface Counts {
  bound: number
  /** Credentials, pages, formats: no property of anything. */
  transport: number
  /** Reason → how many were left out. */
  unbound: Record<string, number>
}

const noCounts = (): Counts => ({ bound: 0, transport: 0, unbound: {} })

export const noCoverage = (): Coverage => ({
  path: noCounts(),
  query: noCounts(),
  body: noCounts(),
  nested: noCounts(),
})

export type Outcome = 'bound' | 'transport' | { unbound: string }

export function countOutcome(counts: Counts, outcome: Outcome, times = 1): void {
  if (typeof outcome === 'string') counts[outcome] += times
  else counts.unbound[outcome.unbound] = (counts.unbound[outcome.unbound] ?? 0) + times
}

/** Where a field of a body is counted. */
export function bodyPlace(field: Field): 'body' | 'nested' {
  const whole = field.shape.type === 'array' || field.shape.type === 'object'
  return whole || field.nested ? 'nested' : 'body'
}

export function addCoverage(into: Coverage, other: Coverage): void {
  for (const place of ['path', 'query', 'body', 'nested'] as const) {
    into[place].bound += other[place].bound
    into[place].transport += other[place].transport
    for (const [reason, times] of Object.entries(other[place].unbound))
      countOutcome(into[place], { unbound: reason }, times)
  }
}

/** Of what isn't transport, the share that is bound; 1 of nothing. */
export function shareBound({ bound, unbound }: Counts): number {
  const left = Object.values(unbound).reduce((sum, times) => sum + times, 0)
  return bound + left === 0 ? 1 : bound / (bound + left)
}
