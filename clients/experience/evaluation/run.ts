/** One run, boiled down from its trajectories: per task how many trials there were, how many passed, and what they took. */

import type { TaskAbout, Trajectory } from '../../../schemas/trajectory.ts'
import { readTrajectories } from '../lines.ts'
import { type FailureKind, failureOf } from './failures.ts'

export interface TaskOutcome {
  domain: string
  version: string
  task: string
  /** Gold's calls; null where the trajectories don't say. */
  length: number | null
  kinds: TaskAbout['kinds']
  /** Trials that count: those in which the world broke don't. */
  trials: number
  passed: number
  /** Whether doing nothing passes; null where it was not measured. */
  noop: boolean | null
  /** Sums over the trials that count. */
  steps: number
  tokens: number
  failures: Partial<Record<FailureKind, number>>
}

export interface RunOutcomes {
  name: string
  agents: string[]
  /** Sorted by domain and task. */
  tasks: TaskOutcome[]
  /** Trials in which the world broke. */
  crashed: number
  /** What was passed over, and what else a reader should know. */
  notes: string[]
}

/** @throws SOURCE_NOT_FOUND */
export async function readRun(file: string, name = file): Promise<RunOutcomes> {
  const tasks = new Map<string, TaskOutcome>()
  const agents = new Set<string>()
  const seen = new Set<string>()
  const broken: string[] = []
  let [repeated, crashed] = [0, 0]
  for await (const { trajectory, line, problem } of readTrajectories([file])) {
    if (trajectory === undefined) {
      broken.push(`line ${line} of ${file} is no trajectory (${problem.slice(0, 200)})`)
      continue
    }
    const key = `${trajectory.domain}/${trajectory.task}/${trajectory.version}`
    const trial = `${key}/${trajectory.trial}/${trajectory.agent}`
    if (seen.has(trial)) {
      repeated += 1
      continue
    }
    seen.add(trial)
    agents.add(trajectory.agent)
    const outcome = tasks.get(key) ?? emptyOutcome(trajectory)
    tasks.set(key, outcome)
    if (trajectory.reason === 'crashed') crashed += 1
    else add(outcome, trajectory)
  }
  const sorted = [...tasks].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, outcome]) => outcome)
  return {
    name,
    agents: [...agents].sort(),
    tasks: sorted,
    crashed,
    notes: [
      ...broken.slice(0, 5).map((text) => `Passed over: ${text}.`),
      ...(broken.length > 5 ? [`Passed over: ${broken.length - 5} more lines of ${file}.`] : []),
      ...(repeated > 0 ? [`${repeated} trials of ${file} stand there twice; the first of each counts.`] : []),
      ...(crashed > 0 ? [`${crashed} trials of ${file} do not count: the world broke under them.`] : []),
      ...(agents.size > 1 ? [`${file} holds trajectories of several agents: ${[...agents].sort().join(', ')}.`] : []),
      ...mixedVersions(file, sorted),
    ],
  }
}

function mixedVersions(file: string, tasks: readonly TaskOutcome[]): string[] {
  const versions = new Map<string, Set<string>>()
  for (const { domain, version } of tasks) versions.set(domain, (versions.get(domain) ?? new Set()).add(version))
  const mixed = [...versions].filter(([, all]) => all.size > 1)
  return mixed
    .slice(0, 5)
    .map(
      ([domain, all]) =>
        `${file} has "${domain}" in ${all.size} versions (${[...all].join(', ')}): their tasks are counted apart.`,
    )
}

const emptyOutcome = ({ domain, version, task, about }: Trajectory): TaskOutcome => ({
  domain,
  version,
  task,
  length: about?.length ?? null,
  kinds: about?.kinds ?? [],
  trials: 0,
  passed: 0,
  noop: null,
  steps: 0,
  tokens: 0,
  failures: {},
})

function add(outcome: TaskOutcome, trajectory: Trajectory): void {
  const { reward, steps, tokens, noop } = trajectory
  outcome.trials += 1
  if (reward === 1) outcome.passed += 1
  if (noop !== undefined && noop !== null) outcome.noop = noop === 1
  outcome.steps += steps
  outcome.tokens += (tokens?.prompt ?? 0) + (tokens?.completion ?? 0)
  const kind = failureOf(trajectory)
  if (kind !== null) outcome.failures[kind] = (outcome.failures[kind] ?? 0) + 1
}
