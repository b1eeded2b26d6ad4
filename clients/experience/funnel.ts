/**
 * The funnel: the three filters over trajectories, one after the other, and how many came in and went out at each, by
 * domain and by reason. What each asks stands with it: funnel/validity.ts, funnel/alignment.ts, funnel/exactness.ts.
 * Source: AgentScaler (arXiv 2509.13311), section 3.
 */

import type { Task } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { findMisalignment, writes } from './funnel/alignment.ts'
import { findInexactness } from './funnel/exactness.ts'
import { defaultRepetition, type RepetitionRule } from './funnel/repetition.ts'
import { findInvalidity } from './funnel/validity.ts'
import type { ReadTrajectory } from './lines.ts'

export const filterNames = ['validity', 'alignment', 'exactness'] as const
export type FilterName = (typeof filterNames)[number]

export interface Verdict {
  /** Where it was dropped; absent where it is kept. */
  filter?: FilterName
  reason?: string
  /** That it met an error on the way and got there. */
  recovered: boolean
}

export interface FunnelOptions {
  repetition?: RepetitionRule
  /** The task in that version, with its gold; null where it is not at hand. */
  taskOf?: (trajectory: Trajectory) => Task | null
}

export interface FilterCount {
  in: number
  out: number
  /** Those that the filter has a word on: the second looks at writing tasks, the third at reading ones. */
  judged: number
  reasons: Record<string, number>
}

export interface FunnelCounts {
  in: number
  kept: number
  /** Of those kept: in which a tool returned an error and the goal was reached. */
  recovered: number
  /** Of those: in which none of the errors was made up. */
  recovered_of_own: number
  filters: Record<FilterName, FilterCount>
}

export interface FunnelReport extends FunnelCounts {
  repetition: RepetitionRule
  domains: Record<string, FunnelCounts>
}

export function judge(trajectory: Trajectory, { repetition = defaultRepetition, taskOf }: FunnelOptions = {}): Verdict {
  const recovered = (trajectory.calls ?? []).some(({ error }) => error !== null)
  const dropped = (filter: FilterName, reason: string): Verdict => ({ filter, reason, recovered: false })
  const invalid = findInvalidity(trajectory, { repetition })
  if (invalid !== null) return dropped('validity', invalid)
  const task = taskOf?.(trajectory) ?? null
  const misaligned = findMisalignment(trajectory, task)
  if (misaligned !== null) return dropped('alignment', misaligned)
  const inexact = findInexactness(trajectory, task)
  if (inexact !== null) return dropped('exactness', inexact)
  return { recovered }
}

/** Counts as trajectories go by; each is told what became of it. */
export function createFunnel(options: FunnelOptions = {}) {
  const all = emptyCounts()
  const domains = new Map<string, FunnelCounts>()
  return {
    /** @returns the verdict; a line that is no trajectory is dropped by the first filter */
    take(read: ReadTrajectory): Verdict {
      const { trajectory } = read
      const verdict: Verdict =
        trajectory === undefined
          ? { filter: 'validity', reason: 'not_a_trajectory', recovered: false }
          : judge(trajectory, options)
      const domain = trajectory?.domain ?? ''
      const own = domains.get(domain) ?? emptyCounts()
      domains.set(domain, own)
      const writing = trajectory === undefined ? null : writes(trajectory, options.taskOf?.(trajectory) ?? null)
      for (const counts of [all, own]) count(counts, verdict, trajectory, writing)
      return verdict
    },
    report(): FunnelReport {
      const sorted = [...domains].sort(([a], [b]) => (a < b ? -1 : 1))
      return { ...all, repetition: options.repetition ?? defaultRepetition, domains: Object.fromEntries(sorted) }
    },
  }
}

const emptyCounts = (): FunnelCounts => ({
  in: 0,
  kept: 0,
  recovered: 0,
  recovered_of_own: 0,
  filters: {
    validity: { in: 0, out: 0, judged: 0, reasons: {} },
    alignment: { in: 0, out: 0, judged: 0, reasons: {} },
    exactness: { in: 0, out: 0, judged: 0, reasons: {} },
  },
})

function count(
  counts: FunnelCounts,
  { filter, reason = '', recovered }: Verdict,
  of: Trajectory | undefined,
  writing: boolean | null,
): void {
  counts.in += 1
  for (const name of filterNames) {
    const figures = counts.filters[name]
    figures.in += 1
    if (name === 'validity' || writing !== (name === 'exactness')) figures.judged += 1
    if (name === filter) {
      figures.reasons[reason] = (figures.reasons[reason] ?? 0) + 1
      return
    }
    figures.out += 1
  }
  counts.kept += 1
  if (!recovered) return
  counts.recovered += 1
  if ((of?.calls ?? []).every(({ injected }) => injected !== true)) counts.recovered_of_own += 1
}
