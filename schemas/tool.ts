/**
 * A tool: one function an agent may call, made from one API operation; every call is a read or a write.
 * Source: AgentScaler (arXiv 2509.13311), section 2.
 */

import { z } from 'zod'
import { jsonObject } from './json.ts'

/** Names that the protocol keeps for itself: OpenEnv's four, and the actions that clients find among the tools. */
export const reservedToolNames: readonly string[] = [
  'call_tool',
  'close',
  'list_tools',
  'message',
  'reset',
  'send_message',
  'state',
  'step',
  'submit',
  'verify',
]

export const toolName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,63}$/)
  .describe('snake_case, at most 64 characters')

export const tool = z
  .strictObject({
    name: toolName,
    description: z.string().min(1).max(4096),
    kind: z.enum(['read', 'write']),
    role: z
      .enum(['agent', 'user'])
      .optional()
      .describe(
        "whose it is: the agent's unless said; a user's own tool is done by the user when the agent asks for it",
      ),
    input_schema: jsonObject.describe('JSON Schema of the arguments: an object, closed (additionalProperties false)'),
    output_schema: jsonObject.describe('JSON Schema of the result'),
    tables: z.array(z.string()).describe('the tables that the program of this tool touches'),
    source: z.int().min(0).optional().describe("index into the domain's sources"),
  })
  .meta({ title: 'Tool' })
export type Tool = z.infer<typeof tool>

/** What an agent sees of a tool: OpenEnv's and MCP's three fields. */
export const toolSpec = z
  .strictObject({ name: toolName, description: z.string(), input_schema: jsonObject })
  .meta({ title: 'ToolSpec' })
export type ToolSpec = z.infer<typeof toolSpec>
