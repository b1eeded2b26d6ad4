/**
 * An episode for OpenAI's SDK: its tools in the form of Chat Completions, and the calls of a model's message carried out.
 * Needs nothing of the SDK; the shapes are those of its types.
 */

import type { ResetObservation, Transition } from '../../../schemas/environment.ts'
import type { JsonObject } from '../../../schemas/json.ts'
import type { ClientEnvironment, ToolCall } from '../surface.ts'
import type { Episode } from './turn.ts'
import { playedEpisode } from './turn.ts'

export interface FunctionTool {
  type: 'function'
  function: { name: string; description: string; parameters: Record<string, unknown> }
}

export interface ToolMessage {
  role: 'tool'
  tool_call_id: string
  content: string
}

/** What a message of the model has of calls; `custom` ones are none of ours. */
export interface CallingMessage {
  tool_calls?: readonly { id: string; type: string; function?: { name: string; arguments: string } }[] | null
}

export interface OpenAiEpisode extends Episode {
  tools: FunctionTool[]
  /** Carries the calls out in order, as one step, and answers each. What a model got wrong it is told. */
  answer(message: CallingMessage): Promise<ToolMessage[]>
}

/** @param shown what the environment's reset returned */
export function openAiEpisode(environment: ClientEnvironment, shown: Transition<ResetObservation>): OpenAiEpisode {
  const { play, tools, ...episode } = playedEpisode(environment, shown)
  return {
    ...episode,
    tools: tools.map(({ name, description, input_schema }) => ({
      type: 'function',
      function: { name, description, parameters: input_schema as Record<string, unknown> },
    })),
    async answer({ tool_calls }) {
      const read = (tool_calls ?? []).map(({ id, function: called }) => ({ id, call: callOf(called) }))
      const results = await play(read.flatMap(({ call }) => call ?? []))
      return read.map(({ id, call }) => {
        const result = call === null ? { error: { message: 'The arguments are no JSON object.' } } : results.shift()
        return { role: 'tool', tool_call_id: id, content: JSON.stringify(result) }
      })
    },
  }
}

function callOf(called: { name: string; arguments: string } | undefined): ToolCall | null {
  if (called === undefined) return null
  try {
    const args: unknown = JSON.parse(called.arguments || '{}')
    if (typeof args !== 'object' || args === null || Array.isArray(args)) return null
    return { tool_name: called.name, arguments: args as JsonObject }
  } catch {
    return null
  }
}
