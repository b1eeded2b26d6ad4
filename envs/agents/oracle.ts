/** Plays gold: the calls it was given, one by one, then submits the answer. Shows that a task can be done as declared. */

import type { Action, Agent } from '../../schemas/environment.ts'
import type { Gold } from '../../schemas/task.ts'

/** @param skip index of a gold call to leave out, to show a failure */
export function createOracle(gold: Gold, { skip }: { skip?: number } = {}): Agent {
  let calls = gold.calls
  let next = 0
  return {
    name: 'oracle',
    begin() {
      calls = gold.calls.filter((_, index) => index !== skip)
      next = 0
    },
    act(): Action | null {
      const call = calls[next++]
      if (call !== undefined) return { type: 'call_tool', tool_name: call.tool, arguments: call.arguments }
      if (next > calls.length + 1) return null
      return gold.answer === undefined ? { type: 'submit' } : { type: 'submit', answer: gold.answer.value }
    },
  }
}
