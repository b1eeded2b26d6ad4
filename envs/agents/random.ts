/**
 * Calls tools at random, legally and with values that were seen or said, and submits at random: what it scores is what a
 * task gives to luck.
 */

import type { Action, Agent, ResetObservation } from '../../schemas/environment.ts'
import type { Json } from '../../schemas/json.ts'
import { type Chance, pick } from './chance.ts'
import { legalCall } from './legal.ts'
import { beginSeen, noteSeen, type Seen, worldTools } from './seen.ts'

/** How likely each step is the last. */
const submitShare = 0.12

export function createRandom({ chance, seed = '' }: { chance: Chance; seed?: string }): Agent {
  let seen: Seen = beginSeen('')
  let next = chance(seed)
  let tools: ResetObservation['tools'] = []
  let left = 0
  return {
    name: 'random',
    begin(observation) {
      const { domain, task, intent } = observation
      next = chance(`random/${seed}/${domain}/${task}/${observation.seed}`)
      seen = beginSeen(intent)
      left = observation.step_limit - 1 // the last step is for an answer
      tools = worldTools(observation.tools)
    },
    act(last): Action {
      if (last !== null) noteSeen(seen, last)
      left -= 1
      if (left >= 0 && next() >= submitShare) {
        for (let attempt = 0; attempt < 8 && tools.length > 0; attempt += 1) {
          const call = legalCall(pick(next, tools), seen, next)
          if (call !== null) return call
        }
      }
      return submission(anyValue(seen, next))
    },
  }
}

/** An answer among all that was seen. */
export function anyValue({ fields }: Seen, next: () => number): Json | undefined {
  const values = [...fields].flatMap(([name, all]) => (/(^|_)id$/.test(name) ? [] : all))
  return values.length === 0 ? undefined : pick(next, values)
}

export const submission = (answer: Json | undefined): Action =>
  answer === undefined ? { type: 'submit' } : { type: 'submit', answer }
