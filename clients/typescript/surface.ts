/** What whoever plays holds in hand: `Environment`, with shorter ways to say the usual things. */

import type { Action, Environment, ResetObservation, ResetOptions, Transition } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'

export interface ToolCall {
  tool_name: string
  arguments?: JsonObject
}

export interface ClientEnvironment extends Environment {
  reset(options?: ResetOptions): Promise<Transition<ResetObservation>>
  /**
   * One action; or one call, by its tool's name; or several calls of one turn, run in order.
   * @throws EPISODE_NOT_RESET, EPISODE_ENDED
   */
  step(action: Action | string | readonly ToolCall[], args?: JsonObject): Promise<Transition>
  /** To the user, where the episode has one. */
  message(content: string): Promise<Transition>
  /** Ends the episode; the transition has the reward. */
  submit(answer?: Json): Promise<Transition>
  fork(count?: number): Promise<ClientEnvironment[]>
}

/** What a door has to bring. */
export type Door = Omit<Environment, 'fork' | typeof Symbol.asyncDispose> & { fork(count: number): Promise<Door[]> }

/** @param defaults of every reset */
export function clientEnvironment(door: Door, defaults: ResetOptions = {}): ClientEnvironment {
  return {
    reset: (options = {}) => door.reset({ ...defaults, ...options }),
    step: (action, args) => door.step(actionOf(action, args)),
    message: (content) => door.step({ type: 'message', content }),
    submit: (answer) => door.step(answer === undefined ? { type: 'submit' } : { type: 'submit', answer }),
    verify: () => door.verify(),
    fork: async (count = 1) => (await door.fork(count)).map((fork) => clientEnvironment(fork, defaults)),
    close: () => door.close(),
    [Symbol.asyncDispose]: () => door.close(),
  }
}

/** @throws USAGE */
export function actionOf(said: Action | string | readonly ToolCall[], args: JsonObject = {}): Action {
  if (typeof said === 'string') return { type: 'call_tool', tool_name: said, arguments: args }
  if ('type' in said) return said
  if (said.length === 0) throw new MicrocosmError('USAGE', 'A step of several calls has one call or more.')
  return {
    type: 'call_tools',
    calls: said.map(({ tool_name, arguments: given = {} }) => ({ tool_name, arguments: given })),
  }
}
