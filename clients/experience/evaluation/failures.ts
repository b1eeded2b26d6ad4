/** What went wrong in a rollout that did not pass: one word each, the first of these that fits. */

import type { Trajectory } from '../../../schemas/trajectory.ts'

export const failureKinds = {
  broke: 'the agent broke: its endpoint or its answers',
  gave_up: 'it gave up, or used up its tokens, before the end',
  out_of_steps: 'the limit of steps or time ended it',
  damage: 'rows are there, or changed, that gold leaves alone',
  missing_write: 'rows are missing that gold makes, or a change was never made',
  wrong_cell: 'a row that gold changes has another value',
  wrong_answer: 'the answer does not hold the fact, or holds others too',
  wrong_calls: 'the calls are not those that decide',
  unknown: 'nothing was said about it',
} as const
export type FailureKind = keyof typeof failureKinds

/** Null where it passed, or where the world broke and nothing is known. */
export function failureOf(trajectory: Trajectory): FailureKind | null {
  const { reward, stop, terminated, truncated, reason, verification, failure, about } = trajectory
  if (reward === 1 || reason === 'crashed') return null
  if (stop === 'failed' || failure !== undefined) return 'broke'
  if (!terminated && !truncated) return 'gave_up'
  if (truncated) return 'out_of_steps'
  if (verification === null) return 'unknown'
  const { state, answer, calls } = verification
  if (!state.passed) {
    const kinds = new Set(state.differences.map(({ kind }) => kind))
    // Who did nothing did no damage: a row that gold takes out is then one too many.
    if (about?.writes !== false && wroteNothing(trajectory)) return 'missing_write'
    // A task that changes nothing can only be damaged.
    if (kinds.has('unexpected_row') || (about?.writes === false && kinds.size > 0)) return 'damage'
    if (kinds.has('missing_row')) return 'missing_write'
    if (kinds.has('wrong_cell')) return 'wrong_cell'
  }
  if (answer.applies && !answer.passed) return 'wrong_answer'
  return calls.applies && !calls.passed ? 'wrong_calls' : 'unknown'
}

/** Without a call that was answered nothing can have been written. */
const wroteNothing = ({ calls }: Trajectory): boolean =>
  calls?.every(({ tool, error }) => error !== null || tool === 'submit' || tool === 'list_tools') === true
