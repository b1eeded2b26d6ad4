/** An episode for Vercel's AI SDK: its tools as a ToolSet that `generateText` and `streamText` take. */

import type { StopCondition, ToolSet } from 'ai'
import { dynamicTool, jsonSchema } from 'ai'
import type { ResetObservation, Transition } from '../../../schemas/environment.ts'
import type { JsonObject } from '../../../schemas/json.ts'
import type { ClientEnvironment } from '../surface.ts'
import type { Episode } from './turn.ts'
import { playedEpisode } from './turn.ts'

export interface AiSdkEpisode extends Episode {
  tools: ToolSet
  /** For `stopWhen`: the model is asked no more once the episode is over. */
  // biome-ignore lint/suspicious/noExplicitAny: it stops whatever tools there are beside ours
  stopWhen: StopCondition<any>
}

/** @param shown what the environment's reset returned */
export function aiSdkEpisode(environment: ClientEnvironment, shown: Transition<ResetObservation>): AiSdkEpisode {
  const { play, tools, ...episode } = playedEpisode(environment, shown)
  const entries = tools.map(({ name, description, input_schema }) => [
    name,
    dynamicTool({
      description,
      // The server checks the arguments and tells the model what is wrong with them: that is part of the world.
      inputSchema: jsonSchema(input_schema as Parameters<typeof jsonSchema>[0]),
      execute: async (args) => (await play([{ tool_name: name, arguments: args as JsonObject }]))[0],
    }),
  ])
  return { ...episode, tools: Object.fromEntries(entries) as ToolSet, stopWhen: () => episode.done() }
}
