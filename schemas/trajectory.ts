/** The record of one episode: one JSON line, with messages in OpenAI's chat form. */

import { z } from 'zod'
import { endReason } from './environment.ts'
import { verification } from './verification.ts'

export const toolCall = z.strictObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string(), arguments: z.string().describe('JSON text, as the model wrote it') }),
})

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
    verification: verification.nullable().describe('null where the world crashed'),
  })
  .meta({ title: 'Trajectory' })
export type Trajectory = z.infer<typeof trajectory>
