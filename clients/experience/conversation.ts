/**
 * What an agent said and was told, as messages in OpenAI's chat form, and its calls as data beside them.
 *
 * An agent with a model keeps its conversation itself, for that is what the model is shown; for one without a model
 * (`speaking`) it is written down from its actions. Either way the messages of two agents look alike, so that their
 * trajectories can stand in one data set.
 */

import type { Action, Agent, ResetObservation, ToolObservation, Transition } from '../../schemas/environment.ts'
import type { JsonObject } from '../../schemas/json.ts'
import type { ToolSpec } from '../../schemas/tool.ts'
import type { ChatMessage, PlayedCall, Stop, Trajectory } from '../../schemas/trajectory.ts'
import { asToolCall, callsOf, replyIn, resultText } from '../../schemas/trajectory.ts'

export interface Transcript {
  messages: ChatMessage[]
  calls: PlayedCall[]
  tokens?: Trajectory['tokens']
  /** Why the agent had nothing more to say; `gave_up` unless it knows better. */
  stop?: Stop
  failure?: Trajectory['failure']
}

/** An agent that can tell what it said. */
export interface SpeakingAgent extends Agent {
  /** What came of its last action, where there is no next. */
  end(last: Transition | null): void
  transcript(): Transcript
}

export interface SentCall {
  id: string
  name: string
  arguments: JsonObject
}

export interface Conversation extends Transcript {
  /** The results of the calls that were sent, in their order; a user's answer as the user's message. */
  note(sent: readonly SentCall[], last: Transition): void
}

export function openConversation({ policy, intent }: ResetObservation): Conversation {
  const messages: ChatMessage[] = [
    { role: 'system', content: systemText(policy) },
    { role: 'user', content: intent },
  ]
  const calls: PlayedCall[] = []
  return {
    messages,
    calls,
    note(sent, { observation }) {
      const shown = (
        'results' in observation && Array.isArray(observation.results) ? observation.results : [observation]
      ) as ToolObservation[]
      const reply = sent.length === 0 ? replyIn(shown[0]?.result) : undefined
      if (reply !== undefined) messages.push({ role: 'user', content: reply })
      for (const [index, { id, name, arguments: args }] of sent.entries()) {
        const one = shown[index]
        // A batch ends with the episode: what stood behind was never done.
        if (one === undefined) messages.push({ role: 'tool', tool_call_id: id, content: resultText(notDone) })
        else {
          messages.push({ role: 'tool', tool_call_id: id, content: toolText(one) })
          calls.push(playedCall(id, name, args, one))
        }
      }
    },
  }
}

const systemText = (policy: string): string => `${policy}\n\nWhen it is done, call submit.`.trimStart()

const notDone = { error: { message: 'The episode was over before this call.' } }

/** A list of tools has no result but itself. */
function toolText(observation: ToolObservation | { tools: ToolSpec[] }): string {
  if ('tools' in observation && !('tool_name' in observation))
    return resultText({ result: observation.tools, error: null })
  return resultText(observation as ToolObservation)
}

function playedCall(id: string, tool: string, args: JsonObject, observation: ToolObservation): PlayedCall {
  const { error, error_code, metadata } = observation
  if (error === null || error === undefined) return { id, tool, arguments: args, error: null }
  return {
    id,
    tool,
    arguments: args,
    error: { ...error, code: error_code ?? error.error_type },
    ...(metadata?.injected === true && { injected: true }),
  }
}

/** Any agent as one whose actions are written down as messages. */
export function speaking(agent: Agent): SpeakingAgent {
  let conversation: Conversation | null = null
  let sent: SentCall[] = []
  let next = 0
  const write = (action: Action): void => {
    const { messages } = conversation as Conversation
    if (action.type === 'message') {
      sent = []
      messages.push({ role: 'assistant', content: action.content })
      return
    }
    sent = callsOf(action).map((call) => ({ id: `call_${next++}`, ...call }))
    messages.push({
      role: 'assistant',
      content: null,
      tool_calls: sent.map(({ id, ...call }) => asToolCall(id, call)),
    })
  }
  return {
    name: agent.name,
    begin(observation) {
      conversation = openConversation(observation)
      next = 0
      return agent.begin(observation)
    },
    async act(last) {
      if (last !== null) conversation?.note(sent, last)
      const action = await agent.act(last)
      if (action !== null) write(action)
      return action
    },
    end(last) {
      if (last !== null) conversation?.note(sent, last)
    },
    transcript: () => ({ messages: conversation?.messages ?? [], calls: conversation?.calls ?? [] }),
  }
}
