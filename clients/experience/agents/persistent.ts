/** An agent that tries again what failed for no fault of its own, as a model learns to; without it any agent gives in. */

import type { Action, Agent, ToolObservation, Transition } from '../../../schemas/environment.ts'

const passing = new Set(['timeout', 'transport_error'])

export function persistent(agent: Agent, { triesMax = 4 }: { triesMax?: number } = {}): Agent {
  let last: Action | null = null
  let tries = 0
  return {
    name: agent.name,
    begin(observation) {
      last = null
      tries = 0
      return agent.begin(observation)
    },
    async act(came: Transition | null) {
      if (last !== null && came !== null && failedInPassing(came) && tries < triesMax) {
        tries += 1
        return last
      }
      tries = 1
      last = await agent.act(came)
      return last
    },
  }
}

function failedInPassing({ observation, done }: Transition): boolean {
  const { error } = observation as Partial<ToolObservation>
  return !done && error !== null && error !== undefined && passing.has(error.error_type)
}
