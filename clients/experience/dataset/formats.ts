/**
 * One trajectory in the forms that trainers read as they are. A conversation ends with what the agent said: results that
 * nobody answers teach nothing.
 *
 * - `openai`: messages and tools of OpenAI's fine-tuning files, with `weight` 1 on what is learned (the assistant's messages).
 * - `trl`: TRL's conversational form with tools; arguments as objects, which chat templates write themselves.
 * - `sharegpt`: ShareGPT with function calls, as LLaMA-Factory reads it; several calls of a turn are a list in one message.
 *
 * Sources: OpenAI's guide to fine-tuning; TRL's "Dataset formats and types"; LLaMA-Factory, data/README.md.
 */

import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { ToolSpec } from '../../../schemas/tool.ts'
import type { ChatMessage, Trajectory } from '../../../schemas/trajectory.ts'

export type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>

/** Up to and with the last of the agent's messages. */
export function conversationOf({ messages }: Pick<Trajectory, 'messages'>): ChatMessage[] {
  return messages.slice(0, messages.findLastIndex(({ role }) => role === 'assistant') + 1)
}

export const functionsOf = (tools: readonly ToolSpec[]): JsonObject[] =>
  tools.map(({ name, description, input_schema }) => ({
    type: 'function',
    function: { name, description, parameters: input_schema },
  }))

export function asOpenAi(trajectory: Trajectory): object {
  return {
    messages: conversationOf(trajectory).map((message) => {
      if (message.role !== 'assistant') return message
      const { reasoning_content: _, ...said } = message
      return { ...said, weight: 1 }
    }),
    tools: functionsOf(trajectory.tools ?? []),
  }
}

/** What chat templates take: arguments as objects. */
export function templateMessages(messages: readonly ChatMessage[]): JsonObject[] {
  const names = new Map<string, string>()
  return messages.map((message): JsonObject => {
    if (message.role === 'tool') return { ...message, name: names.get(message.tool_call_id) ?? '' }
    if (message.role !== 'assistant') return message
    const { content, reasoning_content, tool_calls } = message
    for (const call of tool_calls ?? []) names.set(call.id, call.function.name)
    return {
      role: 'assistant',
      content: content ?? '',
      ...(reasoning_content !== undefined && { reasoning_content }),
      ...(tool_calls !== undefined && {
        tool_calls: tool_calls.map(({ id, type, function: { name, arguments: text } }) => ({
          id,
          type,
          function: { name, arguments: JSON.parse(text) as Json },
        })),
      }),
    }
  })
}

export function asTrl(trajectory: Trajectory): object {
  return {
    messages: templateMessages(conversationOf(trajectory)),
    tools: functionsOf(trajectory.tools ?? []),
  }
}

interface ShareGptTurn {
  from: 'human' | 'gpt' | 'function_call' | 'observation'
  value: string
}

export function asShareGpt(trajectory: Trajectory): object {
  const messages = conversationOf(trajectory)
  const system = messages[0]?.role === 'system' ? messages[0].content : ''
  const conversations: ShareGptTurn[] = []
  let results: Json[] = []
  const observe = (): void => {
    if (results.length > 0) conversations.push({ from: 'observation', value: oneOrAll(results) })
    results = []
  }
  for (const message of messages) {
    if (message.role === 'tool') {
      results.push(asJson(message.content))
      continue
    }
    observe()
    if (message.role === 'user') conversations.push({ from: 'human', value: message.content })
    else if (message.role === 'assistant') conversations.push(turnOf(message))
  }
  return {
    conversations,
    system,
    tools: JSON.stringify(
      (trajectory.tools ?? []).map(({ name, description, input_schema }) => ({
        name,
        description,
        parameters: input_schema,
      })),
    ),
  }
}

/** What is thought stands before what is said, between tags, as models of reasoning write it. */
function turnOf({ content, reasoning_content, tool_calls = [] }: AssistantMessage): ShareGptTurn {
  const thought = reasoning_content === undefined ? '' : `<think>\n${reasoning_content}\n</think>\n\n`
  if (tool_calls.length === 0) return { from: 'gpt', value: `${thought}${content ?? ''}` }
  const calls = tool_calls.map(({ function: { name, arguments: text } }) => ({
    name,
    arguments: JSON.parse(text) as Json,
  }))
  return { from: 'function_call', value: oneOrAll(calls) }
}

const oneOrAll = (values: readonly Json[]): string => JSON.stringify(values.length === 1 ? values[0] : values)

function asJson(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
