/**
 * The third filter: on tasks that change nothing, where no state can tell right from wrong, the calls must be gold's: the
 * same tools with the same arguments in the same order.
 *
 * | reason | rule |
 * |---|---|
 * | `state` | nothing was changed |
 * | `answer` | the fact, where one is asked for, is in the answer and no other candidate |
 * | `calls` | the calls that were answered are gold's, one for one; arguments as JSON values, where the order of fields tells nothing |
 *
 * A call that came back with an error is left out of the comparison, unless gold declares that error at that place: who
 * met one and did the right thing then is kept. So is a list of the tools, and the submission, which are no calls of the
 * domain. Where gold is not at hand the verification's word on the calls is taken, which counts every call.
 */

import { canonicalJson } from '../../../schemas/json.ts'
import type { Gold, Task } from '../../../schemas/task.ts'
import type { PlayedCall, Trajectory } from '../../../schemas/trajectory.ts'
import { unreached, writes } from './alignment.ts'

export const exactnessReasons = ['state', 'answer', 'calls'] as const
export type ExactnessReason = (typeof exactnessReasons)[number]

const noneOfTheDomain = new Set(['submit', 'send_message', 'list_tools'])

/** Why a task without changes was not done as gold does it; null where it was, or where the second filter has the word. */
export function findInexactness(trajectory: Trajectory, task: Task | null): ExactnessReason | null {
  const { verification, calls } = trajectory
  if (verification === null || writes(trajectory, task) === true) return null
  const missed = unreached(trajectory)
  if (missed !== null) return missed
  const exact = task === null || calls === undefined ? verification.calls.passed : isGold(calls, task.gold)
  return exact ? null : 'calls'
}

function isGold(played: readonly PlayedCall[], gold: Gold): boolean {
  let next = 0
  for (const { tool, arguments: args, error } of played) {
    if (noneOfTheDomain.has(tool)) continue
    const due = gold.calls[next]
    const isDue =
      due !== undefined &&
      due.tool === tool &&
      canonicalJson(due.arguments) === canonicalJson(args) &&
      due.expect_error === error?.code
    if (isDue) next += 1
    else if (error === null) return false
  }
  return next === gold.calls.length
}
