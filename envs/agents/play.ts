/** One agent playing one task in an environment: from reset to the end, or until the agent gives up. */

import type {
  Action,
  Agent,
  Environment,
  ResetObservation,
  ResetOptions,
  Transition,
} from '../../schemas/environment.ts'
import type { Verification } from '../../schemas/verification.ts'

export interface PlayedEpisode {
  observation: ResetObservation
  steps: { action: Action; transition: Transition }[]
  verification: Verification
}

/** @param onStep is told of every action and what came of it, as it happens */
export async function playEpisode(
  environment: Environment,
  agent: Agent,
  options: ResetOptions = {},
  onStep: (action: Action, transition: Transition) => void = () => {},
): Promise<PlayedEpisode> {
  const { observation } = await environment.reset(options)
  await agent.begin(observation)
  const steps: PlayedEpisode['steps'] = []
  for (let last: Transition | null = null; last === null || !last.done; ) {
    const action = await agent.act(last)
    if (action === null) break
    last = await environment.step(action)
    steps.push({ action, transition: last })
    onStep(action, last)
  }
  return { observation, steps, verification: await environment.verify() }
}
