/**
 * Evaluation: what runs are worth, how sure that is, and which of two is better.
 *
 * Each figure is a mean over tasks of what was found for each: tasks weigh alike, however often they were played. A run
 * passes a trial where the episode came to its end with reward 1; one in which the world broke does not count. Beside every
 * score stands what doing nothing scores on the same tasks.
 */

import type { Chance } from '../../envs/agents/chance.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import { drawResamples, type Interval, meanInterval, type Resamples } from './evaluation/bootstrap.ts'
import { passAt, passHat } from './evaluation/estimators.ts'
import type { FailureKind } from './evaluation/failures.ts'
import { failureKinds } from './evaluation/failures.ts'
import { signFlipTest } from './evaluation/permutation.ts'
import type { RunOutcomes, TaskOutcome } from './evaluation/run.ts'

export interface Score extends Interval {
  tasks: number
  /** What doing nothing scores on these tasks; null where it was not measured. */
  noop: number | null
}

export interface RunFigures {
  name: string
  agents: string[]
  tasks: number
  trials: number
  crashed: number
  /** The mean over tasks of the share of trials that passed: pass^1. */
  success: Score
  /** For k = 1, 2, …: that all of k trials pass; and that one of them does. */
  pass_hat: ({ k: number } & Score)[]
  pass_at: ({ k: number } & Score)[]
  by_length: ({ length: number } & Score)[]
  by_domain: ({ domain: string } & Score)[]
  by_kind: ({ kind: string } & Score)[]
  /** Kind of failure → trials. */
  failures: Record<FailureKind, number>
  steps: Interval
  tokens: Interval
}

export interface Comparison {
  a: string
  b: string
  /** Tasks that both have played, in the same version. */
  tasks: number
  /** Success of b less that of a, over these tasks. */
  difference: Interval
  /** How likely a difference as large is where both are alike. */
  p: number
  better: 'a' | 'b' | null
}

export interface EvaluationReport {
  seed: number
  resamples: number
  level: number
  k: number
  runs: RunFigures[]
  comparisons: Comparison[]
  notes: string[]
}

export interface EvaluationOptions {
  chance: Chance
  seed?: number
  resamples?: number
  level?: number
  /** The largest k; as many trials as most tasks have unless given. */
  k?: number
}

/** Two runs differ where p is below this and the interval of their difference leaves out zero. */
const pMax = 0.05

/** @throws USAGE where a run is empty, or k is larger than the trials of every task */
export function evaluate(runs: readonly RunOutcomes[], options: EvaluationOptions): EvaluationReport {
  const { chance, seed = 0, resamples = 2000, level = 0.95 } = options
  const notes = runs.flatMap((run) => run.notes)
  for (const { name, tasks } of runs)
    if (!tasks.some(({ trials }) => trials > 0)) throw new MicrocosmError('USAGE', `${name} has no trial that counts.`)
  const k = options.k ?? Math.min(...runs.map(usualTrials))
  const drawn = new Map<number, Resamples>()
  const resamplesOf = (size: number): Resamples => {
    const known = drawn.get(size) ?? drawResamples(size, resamples, chance(`bootstrap/${seed}/${size}`))
    if (size > 50 || drawn.size < 100) drawn.set(size, known)
    return known
  }
  const interval = (values: readonly number[]): Interval => meanInterval(values, resamplesOf(values.length), level)
  const score = (tasks: readonly TaskOutcome[], value: (task: TaskOutcome) => number): Score => ({
    ...interval(tasks.map(value)),
    tasks: tasks.length,
    noop: noopOf(tasks),
  })
  return {
    seed,
    resamples,
    level,
    k,
    runs: runs.map((run) => figuresOf(run, k, score, interval, notes)),
    comparisons: pairs(runs).map(([a, b]) => compare(a, b, interval, chance(`flips/${seed}`), notes)),
    notes,
  }
}

type ScoreOf = (tasks: readonly TaskOutcome[], value: (task: TaskOutcome) => number) => Score

const share = ({ passed, trials }: TaskOutcome): number => passed / trials

function figuresOf(
  run: RunOutcomes,
  k: number,
  score: ScoreOf,
  interval: (values: readonly number[]) => Interval,
  notes: string[],
): RunFigures {
  const tasks = run.tasks.filter(({ trials }) => trials > 0)
  const most = Math.max(...tasks.map(({ trials }) => trials))
  if (k > most)
    throw new MicrocosmError(
      'USAGE',
      `k = ${k} was asked for, but the tasks of ${run.name} were played at most ${most} times: play more trials, or ask for a smaller --k.`,
    )
  const few = tasks.filter(({ trials }) => trials < k).length
  if (few > 0)
    notes.push(
      `${few} of ${tasks.length} tasks of ${run.name} have fewer than ${k} trials: each k leaves out those with too few.`,
    )
  const ks = Array.from({ length: k }, (_, index) => index + 1)
  const atLeast = (count: number): TaskOutcome[] => tasks.filter(({ trials }) => trials >= count)
  const failures = Object.fromEntries(
    Object.keys(failureKinds).map((kind) => [
      kind,
      tasks.reduce((sum, task) => sum + (task.failures[kind as FailureKind] ?? 0), 0),
    ]),
  ) as Record<FailureKind, number>
  return {
    name: run.name,
    agents: run.agents,
    tasks: tasks.length,
    trials: tasks.reduce((sum, { trials }) => sum + trials, 0),
    crashed: run.crashed,
    success: score(tasks, share),
    pass_hat: ks.map((each) => ({
      k: each,
      ...score(atLeast(each), ({ trials, passed }) => passHat(trials, passed, each)),
    })),
    pass_at: ks.map((each) => ({
      k: each,
      ...score(atLeast(each), ({ trials, passed }) => passAt(trials, passed, each)),
    })),
    by_length: grouped(tasks, ({ length }) => (length === null ? [] : [length]))
      .sort(([a], [b]) => a - b)
      .map(([length, own]) => ({ length, ...score(own, share) })),
    by_domain: grouped(tasks, ({ domain }) => [domain]).map(([domain, own]) => ({ domain, ...score(own, share) })),
    by_kind: grouped(tasks, ({ kinds }) => kinds as string[])
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, own]) => ({ kind, ...score(own, share) })),
    failures,
    steps: interval(tasks.map(({ steps, trials }) => steps / trials)),
    tokens: interval(tasks.map(({ tokens, trials }) => tokens / trials)),
  }
}

function grouped<T>(tasks: readonly TaskOutcome[], keysOf: (task: TaskOutcome) => T[]): [T, TaskOutcome[]][] {
  const groups = new Map<T, TaskOutcome[]>()
  for (const task of tasks) {
    for (const key of keysOf(task)) {
      const own = groups.get(key) ?? []
      groups.set(key, own)
      own.push(task)
    }
  }
  return [...groups]
}

function noopOf(tasks: readonly TaskOutcome[]): number | null {
  const measured = tasks.filter(({ noop }) => noop !== null)
  return measured.length === 0 ? null : measured.filter(({ noop }) => noop === true).length / measured.length
}

/** How many trials most tasks have. */
function usualTrials({ tasks }: RunOutcomes): number {
  const counts = grouped(
    tasks.filter(({ trials }) => trials > 0),
    ({ trials }) => [trials],
  )
  const [usual] = counts.sort(([a, x], [b, y]) => y.length - x.length || b - a)
  return usual?.[0] ?? 1
}

const pairs = (runs: readonly RunOutcomes[]): [RunOutcomes, RunOutcomes][] =>
  runs.flatMap((a, index) => runs.slice(index + 1).map((b): [RunOutcomes, RunOutcomes] => [a, b]))

function compare(
  a: RunOutcomes,
  b: RunOutcomes,
  interval: (values: readonly number[]) => Interval,
  next: () => number,
  notes: string[],
): Comparison {
  const keyOf = ({ domain, version, task }: TaskOutcome): string => `${domain}/${version}/${task}`
  const others = new Map(b.tasks.filter(({ trials }) => trials > 0).map((task) => [keyOf(task), task]))
  const differences: number[] = []
  for (const task of a.tasks) {
    const other = others.get(keyOf(task))
    if (task.trials > 0 && other !== undefined) differences.push(share(other) - share(task))
  }
  const apart = Math.max(a.tasks.length, b.tasks.length) - differences.length
  if (apart > 0)
    notes.push(
      `${a.name} and ${b.name} are compared over the ${differences.length} tasks that both have in the same version; ${apart} are of one alone.`,
    )
  if (differences.length === 0)
    return { a: a.name, b: b.name, tasks: 0, difference: { value: 0, low: 0, high: 0 }, p: 1, better: null }
  const difference = interval(differences)
  const p = signFlipTest(differences, next)
  const sure = p < pMax && (difference.low > 0 || difference.high < 0)
  return {
    a: a.name,
    b: b.name,
    tasks: differences.length,
    difference,
    p,
    better: sure ? (difference.value > 0 ? 'b' : 'a') : null,
  }
}
