/**
 * One episode: the order in which reset and step may come, how long it may go on, and how it ends.
 *
 * Bookkeeping only: no database, isolate or socket. The task's own end terminates, a limit or a crash truncates; the
 * two are never mixed, because a trainer bootstraps from one and not from the other.
 * Sources: Gymnasium 0.26 (terminated and truncated apart), dm_env test_utils (order of calls).
 */

import type { EndReason } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'

export interface Episode {
  readonly phase: 'fresh' | 'running' | 'ended'
  readonly steps: number
  readonly reason: EndReason | null
  /** Forgets everything, as before the first reset. */
  drop(): void
  begin(stepsMax: number): void
  /** @throws EPISODE_NOT_RESET, EPISODE_ENDED */
  requireRunning(what: string): void
  /** @throws EPISODE_NOT_RESET */
  requireBegun(what: string): void
  /** Counts one step; true where the limit is reached by it. */
  count(): boolean
  end(reason: EndReason): void
  copy(): Episode
}

interface EpisodeState {
  phase: Episode['phase']
  steps: number
  stepsMax: number
  reason: EndReason | null
}

export function createEpisode(from: EpisodeState = { phase: 'fresh', steps: 0, stepsMax: 0, reason: null }): Episode {
  const now = { ...from }
  const requireBegun = (what: string): void => {
    if (now.phase === 'fresh') throw new MicrocosmError('EPISODE_NOT_RESET', `${what} came before reset.`)
  }
  return {
    get phase() {
      return now.phase
    },
    get steps() {
      return now.steps
    },
    get reason() {
      return now.reason
    },
    begin(stepsMax) {
      Object.assign(now, { phase: 'running', steps: 0, stepsMax, reason: null })
    },
    drop() {
      now.phase = 'fresh'
    },
    requireBegun,
    requireRunning(what) {
      requireBegun(what)
      if (now.phase === 'ended')
        throw new MicrocosmError('EPISODE_ENDED', `${what} came after the episode had ended (${now.reason}).`, {
          reason: now.reason,
        })
    },
    count() {
      now.steps += 1
      return now.steps >= now.stepsMax
    },
    end(reason) {
      now.phase = 'ended'
      now.reason = reason
    },
    copy: () => createEpisode(now),
  }
}
