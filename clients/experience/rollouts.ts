/**
 * Rollouts: many tasks, each played several times, side by side, into one file of trajectories.
 *
 * A failure costs the rollout that it concerns and no other: what is nobody's fault (a connection lost, an endpoint that is
 * down) is tried again, then left for the next run, which goes on with what is missing. Only where nothing works any more
 * does a run end early. What a trajectory holds hangs on its seed alone, not on its neighbours nor on their number;
 * timings and sessions apart.
 */

import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Environment, ResetOptions } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { SpeakingAgent } from './conversation.ts'
import { type FaultOptions, withFaults } from './faults.ts'
import type { Job } from './jobs.ts'
import { jobKey, takeUpRun } from './jobs.ts'
import { playNoop, playRollout } from './rollout.ts'

export interface RunOptions {
  jobs: readonly Job[]
  /** JSON lines; what it holds already is not played again. */
  file: string
  agentName: string
  /** A fresh agent for one rollout. */
  agent(job: Job): SpeakingAgent
  /** An environment of that domain, closed here. */
  make(domain: string): Promise<Environment>
  faults?: FaultOptions | null
  user?: ResetOptions['user']
  /** Rollouts side by side. */
  concurrency: number
  clock?: () => number
  /** Milliseconds before the first of the further attempts; each waits twice as long as the one before. */
  retryMs?: number
  onProgress?: (progress: RunProgress) => void
}

export interface RunProgress {
  done: number
  total: number
  passed: number
  tokens: { prompt: number; completion: number }
}

export interface RunReport extends RunProgress {
  /** How many the file had when the run began. */
  before: number
  /** What was not played, and why: the same command plays it. */
  undone: { job: string; code: string; message: string }[]
}

const attemptsMax = 3
/** So many rollouts in a row without a trajectory, and the run ends: nothing works any more. */
const undoneInRowMax = 8

/** @throws RUN_MISMATCH, TRAJECTORY_INVALID; what the last rollouts failed of, where nothing works any more */
export async function runRollouts(options: RunOptions): Promise<RunReport> {
  const { jobs, file, agentName, faults, concurrency, user, retryMs = 250, clock = () => performance.now() } = options
  const share = faults?.share ?? 0
  const run = await takeUpRun(file, jobs, { agent: agentName, faults: share }, existsSync(file))
  const left = jobs.filter((job) => !run.done.has(jobKey(job)))
  const progress: RunProgress = {
    done: run.done.size,
    total: jobs.length,
    passed: run.passed,
    tokens: { prompt: 0, completion: 0 },
  }
  const undone: RunReport['undone'] = []
  const noops = new Map<string, Promise<number | null>>()
  let next = 0
  let undoneInRow = 0
  let broken: unknown

  const noopOf = (environment: Environment, job: Job): Promise<number | null> => {
    const place = `${job.domain}/${job.task}`
    const known = noops.get(place)
    if (known !== undefined) return known
    const played = playNoop(environment, job, user)
    noops.set(place, played)
    played.catch(() => noops.delete(place))
    return played
  }
  const attempt = async (seat: Seat, job: Job): Promise<void> => {
    const environment = await seat.take(job.domain)
    const noop = await noopOf(environment, job)
    const played = faults ? withFaults(environment, faults) : environment
    const trajectory = await playRollout({ environment: played, agent: options.agent(job), job, user, clock })
    run.append({ ...trajectory, noop, ...(share > 0 && { faults: share }) })
    progress.done += 1
    if (trajectory.reward === 1) progress.passed += 1
    progress.tokens.prompt += trajectory.tokens?.prompt ?? 0
    progress.tokens.completion += trajectory.tokens?.completion ?? 0
  }
  const play = async (seat: Seat, job: Job): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        await attempt(seat, job)
        undoneInRow = 0
        return
      } catch (error) {
        await seat.leave()
        if (tries < attemptsMax && mayPass(error)) {
          await pause(retryMs * 2 ** (tries - 1))
          continue
        }
        if (!(error instanceof MicrocosmError)) throw error
        undone.push({ job: jobKey(job), code: error.code, message: error.message })
        undoneInRow += 1
        if (undoneInRow >= undoneInRowMax && mayPass(error)) throw error
        return
      }
    }
  }
  const work = async (): Promise<void> => {
    const seat = createSeat(options.make)
    try {
      while (broken === undefined && next < left.length) {
        await play(seat, left[next++] as Job)
        options.onProgress?.(progress)
      }
    } catch (error) {
      broken ??= error
    } finally {
      await seat.leave()
    }
  }
  try {
    options.onProgress?.(progress)
    await Promise.all(Array.from({ length: Math.min(concurrency, left.length) }, work))
  } finally {
    run.close()
  }
  if (broken !== undefined) throw broken
  return { ...progress, before: run.done.size, undone }
}

/** Nobody there, no room, or a server that failed: what is nobody's fault here and may be otherwise in a moment. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof MicrocosmError)) return false
  if (error.code === 'MODEL_FAILED') return error.details.passing === true
  return error.fault === 'server' || error.code === 'CAPACITY_REACHED' || error.code === 'SESSION_ERROR'
}

interface Seat {
  /** The environment of that domain, the one of before if it was of the same. */
  take(domain: string): Promise<Environment>
  leave(): Promise<void>
}

function createSeat(make: (domain: string) => Promise<Environment>): Seat {
  let held: { domain: string; environment: Environment } | null = null
  const leave = async (): Promise<void> => {
    const { environment } = held ?? {}
    held = null
    await environment?.close().catch(() => {}) // it failed already, or is gone
  }
  return {
    async take(domain) {
      if (held?.domain === domain) return held.environment
      await leave()
      held = { domain, environment: await make(domain) }
      return held.environment
    },
    leave,
  }
}
