/** The record of one episode: one JSON line, with messages in OpenAI's chat form. */

import { z } from 'zod'
import { type Action, endReason, toolError } from './environment.ts'
import { type Json, type JsonObject, jsonObject } from './json.ts'
import { taskSummary } from './task.ts'
import { toolSpec } from './tool.ts'
import { verification } from './verification.ts'

export const toolCall = z.strictObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string(), arguments: z.string().describe('JSON text, as the model wrote it') }),
})
export type ToolCall = z.infer<typeof toolCall>

export const chatMessage = z
  .discriminatedUnion('role', [
    z.strictObject({ role: z.literal('system'), content: z.string() }),
    z.strictObject({ role: z.literal('user'), content: z.string() }),
    z.strictObject({
      role: z.literal('assistant'),
      content: z.string().nullable(),
      reasoning_content: z.string().optional(),
      tool_calls: z.array(toolCall).optional(),
    }),
    z.strictObject({ role: z.literal('tool'), tool_call_id: z.string(), content: z.string() }),
  ])
  .meta({ title: 'ChatMessage' })
export type ChatMessage = z.infer<typeof chatMessage>

/** One call of a tool, as data beside the messages, in the order they were answered. */
export const playedCall = z.strictObject({
  id: z.string().describe('of the tool call among the messages'),
  tool: z.string(),
  arguments: jsonObject.nullable().describe('null where what the model wrote is no JSON object: it was never sent'),
  error: toolError.nullable(),
  injected: z.boolean().optional().describe('true where the error was made up to train for resilience'),
})
export type PlayedCall = z.infer<typeof playedCall>

/** Why play was over: the episode ended, the agent did, its budget did, or it broke. */
export const stop = z.enum(['ended', 'gave_up', 'budget', 'failed'])
export type Stop = z.infer<typeof stop>

export const trajectory = z
  .looseObject({
    domain: z.string(),
    version: z.string(),
    task: z.string(),
    trial: z.int().min(0),
    seed: z.int().min(0),
    agent: z.string(),
    messages: z.array(chatMessage),
    steps: z.int().min(0),
    terminated: z.boolean(),
    truncated: z.boolean(),
    reason: endReason.nullable(),
    verification: verification.nullable().describe('null where the world crashed, or nobody may ask'),
    reward: z.number().min(0).max(1).nullable().optional().describe('null where the episode did not end, or crashed'),
    stop: stop.optional(),
    failure: z.strictObject({ code: z.string(), message: z.string() }).optional().describe('what the agent broke of'),
    calls: z.array(playedCall).optional(),
    tools: z.array(toolSpec).optional().describe('what the agent was offered'),
    about: taskSummary
      .pick({ split: true, stage: true, language: true, length: true, difficulty: true, kinds: true, writes: true })
      .optional()
      .describe('what is known of the task without its gold'),
    noop: z.number().min(0).max(1).nullable().optional().describe('the reward of who does nothing and submits'),
    faults: z.number().min(0).max(1).optional().describe('the share of calls that were made to fail'),
    tokens: z
      .strictObject({ prompt: z.int().min(0), completion: z.int().min(0) })
      .optional()
      .describe("as the model's server counted them, over all its replies"),
    timing: z
      .strictObject({ total_ms: z.number(), agent_ms: z.number(), world_ms: z.number() })
      .optional()
      .describe('by the clock; not the same in another run'),
    session: z.string().optional().describe('where it was played, by a server; not the same in another run'),
  })
  .meta({ title: 'Trajectory' })
export type Trajectory = z.infer<typeof trajectory>
export type TaskAbout = NonNullable<Trajectory['about']>

/** An action as the calls that a message shows. */
export function callsOf(action: Action): { name: string; arguments: JsonObject }[] {
  switch (action.type) {
    case 'call_tool':
      return [{ name: action.tool_name, arguments: action.arguments }]
    case 'call_tools':
      return action.calls.map((call) => ({ name: call.tool_name, arguments: call.arguments }))
    case 'submit':
      return [{ name: 'submit', arguments: action.answer === undefined ? {} : { answer: action.answer } }]
    case 'message':
      return [{ name: 'send_message', arguments: { content: action.content } }]
    case 'list_tools':
      return [{ name: 'list_tools', arguments: {} }]
  }
}

export const asToolCall = (id: string, call: { name: string; arguments: JsonObject }): ToolCall => ({
  id,
  type: 'function',
  function: { name: call.name, arguments: JSON.stringify(call.arguments) },
})

/** What a simulated user answered, where one did. */
export function replyIn(result: Json | undefined): string | undefined {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return undefined
  return typeof result.reply === 'string' ? result.reply : undefined
}

/** The tool's answer as a message shows it: its result, or what was wrong. */
export function resultText(observation: { result?: unknown; error?: { message: string } | null }): string {
  const { result, error } = observation
  return JSON.stringify(error === null || error === undefined ? (result ?? null) : { error: error.message })
}
