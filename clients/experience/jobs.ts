/** What there is to play: each task as often as there are trials, each trial with a seed of its own. */

import type { Chance } from '../../envs/agents/chance.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { TaskSummary } from '../../schemas/task.ts'
import type { TaskAbout, Trajectory } from '../../schemas/trajectory.ts'
import { openAppender, readLines } from './lines.ts'

export interface Job {
  domain: string
  version: string
  task: string
  trial: number
  seed: number
  about: TaskAbout
}

export interface PlanOptions {
  /** Domain → its version. */
  versions: ReadonlyMap<string, string>
  trials: number
  seed: number
  chance: Chance
}

/** Sorted by task, then trial. */
export function planJobs(tasks: readonly TaskSummary[], { versions, trials, seed, chance }: PlanOptions): Job[] {
  return tasks.flatMap(({ domain, id, split, stage, language, length, difficulty, kinds, writes }) =>
    Array.from({ length: trials }, (_, trial) => ({
      domain,
      version: versions.get(domain) ?? '',
      task: id,
      trial,
      seed: Math.floor(chance(`trial/${seed}/${domain}/${id}/${trial}`)() * 2 ** 31),
      about: { split, stage, language, length, difficulty, kinds, writes },
    })),
  )
}

export const jobKey = ({ domain, task, trial }: Pick<Job, 'domain' | 'task' | 'trial'>): string =>
  `${domain}/${task}/${trial}`

export interface TakenUp {
  /** Keys of what the file has already. */
  done: Set<string>
  passed: number
  append(trajectory: Trajectory): void
  close(): void
}

/**
 * Opens the file to go on with: a last line that was cut short is cut off, and what stands there is not played again.
 * @param identity what every trajectory of the run has alike
 * @throws RUN_MISMATCH where the file is of another run, TRAJECTORY_INVALID where a line before the last is none
 */
export async function takeUpRun(
  file: string,
  jobs: readonly Job[],
  identity: { agent: string; faults: number },
  exists: boolean,
): Promise<TakenUp> {
  const wanted = new Map(jobs.map((job) => [jobKey(job), job]))
  const done = new Set<string>()
  let passed = 0
  let end = 0
  if (exists) {
    for await (const line of readLines(file)) {
      if (!line.whole) break
      end = line.end
      if (line.text.trim() === '') continue
      const found = parse(file, line.number, line.text)
      const job = wanted.get(jobKey(found))
      requireSameRun(file, line.number, found, identity, job)
      if (job === undefined || done.has(jobKey(found))) continue
      done.add(jobKey(found))
      if (found.reward === 1) passed += 1
    }
  }
  const { append, close } = openAppender(file, exists ? end : undefined)
  return { done, passed, append, close }
}

function parse(file: string, number: number, text: string): Trajectory {
  try {
    const value = JSON.parse(text) as Trajectory
    if (typeof value?.domain === 'string' && typeof value.task === 'string') return value
  } catch {
    // said below, with the place
  }
  throw new MicrocosmError('TRAJECTORY_INVALID', `Line ${number} of ${file} is no trajectory.`)
}

function requireSameRun(
  file: string,
  number: number,
  found: Trajectory,
  identity: { agent: string; faults: number },
  job: Job | undefined,
): void {
  const differs = (what: string, there: unknown, here: unknown): never => {
    throw new MicrocosmError(
      'RUN_MISMATCH',
      `${file} was begun with ${what} ${there} (line ${number}); this run has ${here}.`,
    )
  }
  if (found.agent !== identity.agent) differs('agent', found.agent, identity.agent)
  if ((found.faults ?? 0) !== identity.faults) differs('faults', found.faults ?? 0, identity.faults)
  if (job === undefined) return
  if (job.version !== '' && found.version !== job.version)
    differs(`version of ${job.domain}`, found.version, job.version)
  if (found.seed !== job.seed) differs(`seed for ${jobKey(job)}`, found.seed, job.seed)
}
