/**
 * An agent with a model behind Chat Completions with tools: any server that speaks it (vLLM, SGLang, Ollama, llama.cpp).
 *
 * What the model writes is kept as it wrote it, reasoning too. Calls whose arguments are no JSON object are answered here
 * with a word about what was wrong and never reach the world. A reply without calls goes to the user, where there is one;
 * where nobody is talked to it is the answer, and ends the episode. Replies and tokens have a budget.
 * Source: OpenAI's API reference (chat completions, function calling); `reasoning_content` as vLLM and SGLang name it.
 */

import type { Action, ChatModel } from '../../../schemas/environment.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { ToolSpec } from '../../../schemas/tool.ts'
import type { ToolCall } from '../../../schemas/trajectory.ts'
import type { Conversation, SentCall, SpeakingAgent, Transcript } from '../conversation.ts'
import { openConversation } from '../conversation.ts'

export interface ChatAgentOptions {
  model: ChatModel
  /** Tokens that a reply may have; the server's own limit where absent. */
  replyTokensMax?: number
  /** Tokens that the replies of an episode may have together. */
  tokensMax?: number
  temperature?: number
  /** Sent along, for servers that draw by it. */
  seed?: number
  /** Whether the model may make several calls in a reply. */
  parallel?: boolean
}

/** Replies in a row with nothing in them that could be done, after which the agent gives up. */
const emptyRepliesMax = 3

export function createChatAgent({
  model,
  replyTokensMax = 4096,
  tokensMax = 65_536,
  temperature,
  seed,
  parallel = true,
}: ChatAgentOptions): SpeakingAgent {
  let conversation: Conversation | null = null
  let tools: object[] = []
  let hasUser = false
  let sent: SentCall[] = []
  let transcript: Transcript = { messages: [], calls: [] }
  let made = 0

  const give = (stop: 'gave_up' | 'budget'): null => {
    transcript.stop = stop
    return null
  }
  const ask = async (): Promise<Reply> => {
    const tokens = transcript.tokens as { prompt: number; completion: number }
    const answer = await model.complete({
      messages: transcript.messages as unknown as Json,
      tools: tools as unknown as Json,
      max_tokens: Math.min(replyTokensMax, tokensMax - tokens.completion),
      ...(parallel ? {} : { parallel_tool_calls: false }),
      ...(temperature !== undefined && { temperature }),
      ...(seed !== undefined && { seed }),
    })
    const reply = readReply(answer, model.model)
    tokens.prompt += reply.promptTokens
    tokens.completion += reply.completionTokens
    return reply
  }
  const callsOf = (reply: Reply): ToolCall[] =>
    reply.calls.map(({ id, name, text }) => ({
      id: id === '' || transcript.messages.some((message) => hasCall(message, id)) ? `call_${made++}` : id,
      type: 'function',
      function: { name, arguments: text },
    }))

  return {
    name: `openai:${model.model}`,
    begin(observation) {
      conversation = openConversation(observation)
      transcript = conversation
      transcript.tokens = { prompt: 0, completion: 0 }
      tools = observation.tools.map(asFunction)
      hasUser = observation.user === 'rule' || observation.user === 'model'
      sent = []
      made = 0
    },
    async act(last) {
      if (last !== null) conversation?.note(sent, last)
      sent = []
      for (let empty = 0; empty < emptyRepliesMax; empty += 1) {
        if ((transcript.tokens?.completion ?? 0) >= tokensMax) return give('budget')
        const reply = await ask()
        const calls = callsOf(reply)
        transcript.messages.push({
          role: 'assistant',
          content: reply.content,
          ...(reply.reasoning !== null && { reasoning_content: reply.reasoning }),
          ...(calls.length > 0 && { tool_calls: calls }),
        })
        if (calls.length === 0) {
          if (reply.cut) return give('budget')
          const said = spoken(reply.content)
          if (said === '') return give('gave_up')
          return hasUser ? { type: 'message', content: said } : { type: 'submit', answer: said }
        }
        sent = readCalls(calls, transcript)
        if (sent.length > 0) return asAction(sent)
      }
      return give('gave_up')
    },
    end(last) {
      if (last !== null) conversation?.note(sent, last)
    },
    transcript: () => transcript,
  }
}

interface Reply {
  content: string | null
  reasoning: string | null
  calls: { id: string; name: string; text: string }[]
  /** Whether it ended because it grew too long. */
  cut: boolean
  promptTokens: number
  completionTokens: number
}

const asFunction = ({ name, description, input_schema }: ToolSpec): object => ({
  type: 'function',
  function: { name, description, parameters: input_schema },
})

const hasCall = (message: Transcript['messages'][number], id: string): boolean =>
  message.role === 'assistant' && (message.tool_calls ?? []).some((call) => call.id === id)

/** @throws MODEL_ANSWER_INVALID */
function readReply(answer: JsonObject, model: string): Reply {
  const invalid = (what: string) =>
    new MicrocosmError('MODEL_ANSWER_INVALID', `The model ${model} answered nonsense: ${what}.`)
  const [choice] = answer.choices as JsonObject[]
  const { content = null, reasoning_content, reasoning, tool_calls } = (choice?.message ?? {}) as JsonObject
  if (content !== null && typeof content !== 'string') throw invalid('content that is no text')
  if (tool_calls !== undefined && tool_calls !== null && !Array.isArray(tool_calls))
    throw invalid('tool_calls that are no list')
  const thought = reasoning_content ?? reasoning
  const usage = (answer.usage ?? {}) as JsonObject
  const count = (value: Json | undefined): number => (typeof value === 'number' && value > 0 ? Math.round(value) : 0)
  return {
    content,
    reasoning: typeof thought === 'string' && thought !== '' ? thought : null,
    calls: ((tool_calls ?? []) as JsonObject[]).map((call) => {
      const { name, arguments: args } = (call?.function ?? {}) as JsonObject
      if (typeof name !== 'string') throw invalid('a call without a name')
      // Some servers hand arguments over as an object; a model that takes none may write nothing.
      const text = typeof args === 'string' ? args.trim() || '{}' : JSON.stringify(args ?? {})
      return { id: typeof call?.id === 'string' ? call.id : '', name, text }
    }),
    cut: choice?.finish_reason === 'length',
    promptTokens: count(usage.prompt_tokens),
    completionTokens: count(usage.completion_tokens),
  }
}

/** The calls that can be sent; those that can't are answered here. */
function readCalls(calls: readonly ToolCall[], { messages, calls: played }: Transcript): SentCall[] {
  const sent: SentCall[] = []
  for (const { id, function: called } of calls) {
    const args = asObject(called.arguments)
    if (args !== null) {
      sent.push({ id, name: called.name, arguments: args })
      continue
    }
    const message = 'The arguments are no JSON object. Nothing was done.'
    messages.push({ role: 'tool', tool_call_id: id, content: JSON.stringify({ error: message }) })
    played.push({
      id,
      tool: called.name,
      arguments: null,
      error: { error_type: 'invalid_args', code: 'INVALID_ARGS', message },
    })
  }
  return sent
}

function asObject(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text) as Json
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

function asAction(sent: readonly SentCall[]): Action {
  const [only] = sent
  if (sent.length === 1 && only !== undefined)
    return { type: 'call_tool', tool_name: only.name, arguments: only.arguments }
  return { type: 'call_tools', calls: sent.map(({ name, arguments: args }) => ({ tool_name: name, arguments: args })) }
}

/** What is said aloud: models whose server doesn't part it from the rest think between tags. */
const spoken = (content: string | null): string => (content ?? '').replace(/<think>[\s\S]*?(<\/think>|$)/g, '').trim()
