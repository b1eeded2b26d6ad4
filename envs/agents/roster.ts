/**
 * The agents without a model, by name: `noop`, `random`, `read-only`, `list-then-first`, `oracle`, `planner`, and planners that
 * err or are cut short: `planner-err:0.1`, `planner-steps:6`, `planner-err:0.1-steps:6`.
 *
 * An agent of one's own is any object with the three members of `Agent` (schemas/environment.ts): a name, what to do at the
 * beginning, and the next action for what came of the last.
 */

import type { Agent } from '../../schemas/environment.ts'
import { didYouMean, MicrocosmError } from '../../schemas/errors.ts'
import type { Gold } from '../../schemas/task.ts'
import type { Chance } from './chance.ts'
import { createGreedy } from './greedy.ts'
import { createNoop } from './noop.ts'
import { createOracle } from './oracle.ts'
import type { Dictionary } from './planner/dictionary.ts'
import { createPlanner } from './planner.ts'
import { createRandom } from './random.ts'
import { createReadOnly } from './read-only.ts'

export const agentNames = ['noop', 'random', 'read-only', 'list-then-first', 'oracle', 'planner'] as const

export interface AgentParts {
  chance: Chance
  /** Tells trials apart: with another seed whoever leaves something to chance does something else. */
  seed: string
  dictionary?: Dictionary
  /** For the oracle alone. */
  gold?: Gold
}

/** @throws USAGE where there is no agent of that name */
export function createAgent(name: string, { chance, seed, dictionary, gold }: AgentParts): Agent {
  switch (name) {
    case 'noop':
      return createNoop()
    case 'random':
      return createRandom({ chance, seed })
    case 'read-only':
      return createReadOnly()
    case 'list-then-first':
      return createGreedy()
    case 'oracle':
      if (gold === undefined) throw new MicrocosmError('USAGE', 'The oracle plays gold: it must be given it.')
      return createOracle(gold)
  }
  const found = /^planner(?:-err:(0?\.\d+))?(?:-steps:(\d+))?$/.exec(name)
  if (found === null)
    throw new MicrocosmError(
      'USAGE',
      `There is no agent "${name}".${didYouMean(name, agentNames)} There are ${agentNames.join(', ')}, and planner-err:0.1 and planner-steps:6 with other numbers.`,
    )
  const [, errs, steps] = found
  return createPlanner({
    chance,
    seed,
    ...(dictionary && { dictionary }),
    ...(errs !== undefined && { errs: Number(errs) }),
    ...(steps !== undefined && { steps: Number(steps) }),
  })
}
