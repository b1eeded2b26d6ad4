/**
 * The second filter: state alignment. A task that changes something was done when the final state equals gold's, and, where
 * it asks for a fact as well, the answer holds it.
 *
 * | reason | rule |
 * |---|---|
 * | `state` | no difference between the state that was left and gold's |
 * | `answer` | the fact, where one is asked for, is in the answer and no other candidate |
 *
 * Whatever way led there is as right: another order, more look-ups, errors on the way. Tasks that change nothing pass through
 * to the third filter. Where nobody says whether a task changes anything, both filters judge.
 */

import type { Task } from '../../../schemas/task.ts'
import { changesSomething } from '../../../schemas/task.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'

export const alignmentReasons = ['state', 'answer'] as const
export type AlignmentReason = (typeof alignmentReasons)[number]

/** Whether the task changes something; null where nobody says. */
export const writes = ({ about }: Trajectory, task: Task | null): boolean | null =>
  task === null ? (about?.writes ?? null) : changesSomething(task)

/** Why the final state is not gold's; null where it is, or where nothing is to be changed. */
export function findMisalignment(trajectory: Trajectory, task: Task | null): AlignmentReason | null {
  return writes(trajectory, task) === false ? null : unreached(trajectory)
}

/** Why the goal was not reached, whatever the calls were. */
export function unreached({ verification }: Trajectory): AlignmentReason | null {
  if (verification === null) return null // the first filter has the word
  if (!verification.state.passed) return 'state'
  return verification.answer.applies && !verification.answer.passed ? 'answer' : null
}
