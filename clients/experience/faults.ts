/**
 * An environment whose tools fail now and then, to train for resilience: a call that fails so never reaches the world, and
 * the same call may well succeed when it is made again. Which calls fail hangs on the seed of the episode and how many
 * calls there were before, never on the clock.
 */

import type { Chance } from '../../envs/agents/chance.ts'
import { pick } from '../../envs/agents/chance.ts'
import type { Action, Environment, ToolErrorValue, ToolObservation, Transition } from '../../schemas/environment.ts'

export interface FaultOptions {
  /** How likely each call fails, 0 to `faultShareMax`. */
  share: number
  chance: Chance
}

/** With more an agent that tries again would hardly get anywhere. */
export const faultShareMax = 0.9

export const faultKinds: readonly ToolErrorValue[] = [
  { error_type: 'timeout', code: 'TOOL_TIMEOUT', message: 'The tool gave no answer in time. Nothing was done.' },
  {
    error_type: 'transport_error',
    code: 'INTERNAL_ERROR',
    message: '500 Internal Server Error. Nothing was done.',
  },
  {
    error_type: 'transport_error',
    code: 'RATE_LIMITED',
    message: '429 Too Many Requests. Nothing was done; try again in a moment.',
  },
]

export function withFaults(environment: Environment, { share, chance }: FaultOptions): Environment {
  let next = (): number => 1
  let made = 0
  const call = async (tool_name: string, args: Extract<Action, { type: 'call_tool' }>['arguments']) => {
    // Ending is no service of the world's that could fail.
    if (tool_name !== 'submit' && next() < share) {
      made += 1
      return failed(tool_name, pick(next, faultKinds), made)
    }
    return (await environment.step({
      type: 'call_tool',
      tool_name,
      arguments: args,
    })) as Transition<ToolObservation>
  }
  return {
    ...environment,
    async reset(options) {
      const opened = await environment.reset(options)
      const { domain, task, seed } = opened.observation
      next = chance(`faults/${domain}/${task}/${seed}`)
      made = 0
      return opened
    },
    async step(action) {
      if (action.type === 'call_tool') return call(action.tool_name, action.arguments)
      if (action.type !== 'call_tools') return environment.step(action)
      const results: ToolObservation[] = []
      let last: Transition<ToolObservation> | null = null
      for (const { tool_name, arguments: args } of action.calls) {
        last = await call(tool_name, args)
        results.push(last.observation)
        if (last.done) break
      }
      const { observation, ...rest } = last as Transition<ToolObservation>
      return { ...rest, observation: { results, metadata: { step: observation.metadata.step } } }
    },
  }
}

function failed(tool_name: string, { code, ...error }: ToolErrorValue, step: number): Transition<ToolObservation> {
  return {
    observation: {
      tool_name,
      result: null,
      error,
      error_code: code,
      metadata: { step, error_code: code, injected: true },
    },
    reward: null,
    done: false,
    terminated: false,
    truncated: false,
    reason: null,
  }
}
