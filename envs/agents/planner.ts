/**
 * An agent without a model: it reads the intent with the tools' names, descriptions and schemas, lists what the words may
 * speak of, takes the row of which most is said, follows keys from results to arguments, and acts. It sees what any agent
 * sees, and nothing else: neither gold nor slots, bindings nor edges. That it passes shows that a task can be solved.
 *
 * It may be given a dictionary, since whoever serves people speaks their language: how names are said in English and
 * Chinese, which is knowledge of words and not of the world at hand. With `errs`, a step goes wrong by that chance
 * (another row, another value, a step left out); with `steps`, it ends after so many, done or not.
 */

import type { Action, Agent, ToolObservation, Transition } from '../../schemas/environment.ts'
import type { Json } from '../../schemas/json.ts'
import type { Chance } from './chance.ts'
import { type Dictionary, plainDictionary } from './planner/dictionary.ts'
import type { Outcome, Plan } from './planner/mind.ts'
import { plan } from './planner/plan.ts'
import { slip } from './planner/slips.ts'
import { submission } from './random.ts'
import { beginSeen, noteSeen } from './seen.ts'

export interface PlannerOptions {
  dictionary?: Dictionary
  /** How likely each step goes wrong, 0 to 1; needs `chance`. */
  errs?: number
  chance?: Chance
  /** Tells trials apart. */
  seed?: string
  /** Steps at most, the submission apart; the episode's own limit, less one, where absent. */
  steps?: number
}

export function createPlanner({
  dictionary = plainDictionary,
  errs = 0,
  chance,
  seed = '',
  steps,
}: PlannerOptions = {}): Agent {
  let going: Plan<Json | undefined> | null = null
  let seen = beginSeen('')
  let next = (): number => 1
  let left = 0
  const finish = (answer: Json | undefined): Action => {
    going = null
    return next() < errs ? slip({ action: submission(answer), seen, next }) : submission(answer)
  }
  return {
    name: `planner${errs > 0 ? `-err:${errs}` : ''}${steps === undefined ? '' : `-steps:${steps}`}`,
    begin(observation) {
      going = plan(observation, dictionary)
      seen = beginSeen(observation.intent)
      left = Math.min(steps ?? Number.POSITIVE_INFINITY, observation.step_limit - 1)
      if (chance !== undefined)
        next = chance(`planner/${seed}/${observation.domain}/${observation.task}/${observation.seed}`)
    },
    act(last): Action | null {
      if (going === null) return null
      if (last !== null) noteSeen(seen, last)
      const turn = last === null ? going.next() : going.next(outcomeOf(last))
      if (turn.done) return finish(turn.value)
      if (left <= 0) return finish(undefined)
      left -= 1
      return next() < errs ? slip({ action: turn.value, seen, next }) : turn.value
    },
  }
}

function outcomeOf({ observation }: Transition): Outcome {
  if (!('tool_name' in observation)) return { result: null, code: 'NOTHING', message: 'Nothing was called.' }
  const { result, error, error_code } = observation as ToolObservation
  if (error === null) return { result }
  return { result: null, code: error_code ?? error.error_type, message: error.message }
}
