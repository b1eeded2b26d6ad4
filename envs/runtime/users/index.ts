/**
 * The user that an episode talks to: by rule, or in the words of a model that is held to the rule's.
 *
 * It is on the agent's side of no wall: it knows the task, and runs where gold is known, never in the world's process.
 */

import type { Domain } from '../../../schemas/domain.ts'
import type { ChatModel, UserLine } from '../../../schemas/environment.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import type { Task } from '../../../schemas/task.ts'
import type { CallOutcome } from '../world.ts'
import type { Errand } from './errands.ts'
import { createModelUser } from './model.ts'
import { createRuleUser } from './rule.ts'

export type { Errand } from './errands.ts'
export { isUsers, needsUser } from './errands.ts'
export type { Manner } from './rule.ts'
export { manners } from './rule.ts'

/** One message is heard, then answered; what was answered before may be handed in, and is said again. */
export interface SimulatedUser {
  readonly kind: 'rule' | 'model'
  /** What the agent told it in answer to its question; undefined before. */
  readonly answer: string | undefined
  /** @throws MODEL_FAILED where the model can't be asked at all */
  opening(recorded?: UserLine): Promise<UserLine> | UserLine
  /** What the message has it do with tools of its own, to be done before it answers. */
  hear(content: string): Errand[]
  /** @param outcomes of these errands, in their order */
  reply(outcomes: readonly CallOutcome[], recorded?: UserLine): Promise<UserLine> | UserLine
  copy(): SimulatedUser
}

export interface UserOptions {
  kind: 'rule' | 'model'
  task: Task
  domain: Domain
  seed: number
  model: ChatModel | null
  /** That its lines are said again from a log, for which no model is needed. */
  recorded?: boolean
}

/** @throws NO_USER where a model is asked for and there is none */
export function createUser({ kind, task, domain, seed, model, recorded = false }: UserOptions): SimulatedUser {
  if (kind === 'rule') return byRule(createRuleUser({ task, domain, seed }))
  if (model === null && !recorded) throw noModel()
  // A model changes its mind often enough by itself.
  const rule = createRuleUser({ task, domain, seed, manner: 'bit by bit' })
  return createModelUser({ rule, model: model ?? absent, task, domain })
}

const noModel = (): MicrocosmError =>
  new MicrocosmError(
    'NO_USER',
    'There is no model here that could play the user: reset with user "rule", or start the server with --user-endpoint and --user-model.',
  )

const absent: ChatModel = {
  model: 'none',
  async complete() {
    throw noModel()
  },
}

function byRule(rule: ReturnType<typeof createRuleUser>): SimulatedUser {
  return {
    kind: 'rule',
    get answer() {
      return rule.answer
    },
    opening: () => ({ content: rule.opening().content, ends: false, by: 'rule' }),
    hear: (content) => rule.hear(content),
    reply(outcomes) {
      const { content, ends } = rule.reply(outcomes)
      return { content, ends, by: 'rule' }
    },
    copy: () => byRule(rule.copy()),
  }
}
