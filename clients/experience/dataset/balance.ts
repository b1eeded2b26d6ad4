/** Which rows a data set takes: not all of one domain and none of another, nor one task a hundred times. */

import { createHash } from 'node:crypto'

export interface Candidate {
  /** Its place in the order of reading. */
  index: number
  domain: string
  task: string
  key: string
}

export interface BalanceOptions {
  seed: number
  /** Rows of one domain at most. */
  perDomain: number
  /** Rows of one task at most. */
  perTask: number
  /** Rows at most. */
  rows: number
}

/**
 * The indices to take, ascending. Domains take turns until there are enough rows, and in each its tasks do, in an order that
 * the seed draws: so a domain that has more than the others gives no more than they, as long as they have any left.
 */
export function chooseBalanced(
  candidates: readonly Candidate[],
  { seed, perDomain, perTask, rows }: BalanceOptions,
): number[] {
  const queues = [...groups(candidates, ({ domain }) => domain)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => inTurns(own, seed, perTask).slice(0, perDomain))
  const chosen: number[] = []
  for (let turn = 0; chosen.length < rows && queues.some((queue) => turn < queue.length); turn += 1) {
    for (const queue of queues) {
      const next = queue[turn]
      if (next !== undefined && chosen.length < rows) chosen.push(next.index)
    }
  }
  return chosen.sort((a, b) => a - b)
}

/** Twice the middle domain's rows: what keeps a large domain from drowning the others without throwing much away. */
export function usualPerDomain(candidates: readonly Candidate[]): number {
  const sizes = [...groups(candidates, ({ domain }) => domain).values()].map((own) => own.length).sort((a, b) => a - b)
  return 2 * (sizes[Math.floor((sizes.length - 1) / 2)] ?? 1)
}

function inTurns(candidates: readonly Candidate[], seed: number, perTask: number): Candidate[] {
  const drawn = new Map(candidates.map((one) => [one, hashOf(`${seed}/${one.key}`)]))
  const byDraw = (a: Candidate, b: Candidate): number => ((drawn.get(a) as string) < (drawn.get(b) as string) ? -1 : 1)
  const ranked = [...groups([...candidates].sort(byDraw), ({ task }) => task).values()].flatMap((own) =>
    own.slice(0, perTask).map((one, rank) => ({ one, rank })),
  )
  return ranked.sort((a, b) => a.rank - b.rank || byDraw(a.one, b.one)).map(({ one }) => one)
}

function groups(candidates: readonly Candidate[], keyOf: (candidate: Candidate) => string): Map<string, Candidate[]> {
  const found = new Map<string, Candidate[]>()
  for (const candidate of candidates) {
    const own = found.get(keyOf(candidate)) ?? []
    found.set(keyOf(candidate), own)
    own.push(candidate)
  }
  return found
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
