/**
 * What is said on the wire: JSON text frames in OpenEnv's envelope, with what Microcosm adds as new types and optional
 * keys. Strict where OpenEnv is strict, so that a mistake is named and not swallowed.
 */

import { z } from 'zod'
import { action, transition, wireResetOptions } from './environment.ts'
import { errorCode } from './errors.ts'
import { jsonObject, parsedObject } from './json.ts'
import { granted, grantRequest, sessionEvent } from './session.ts'
import { verification } from './verification.ts'

export const forkLimit = 64
export const batchLimit = 1024

export const messageId = z
  .union([z.string().max(255), z.int()])
  .optional()
  .describe('echoed in the reply; one that was answered in this episode is answered again, not done again')

export const sessionName = z
  .string()
  .max(64)
  .optional()
  .describe("the client's own name for one of the sessions of this socket; the same as none is the name ''")

const common = { id: messageId, session: sessionName }

export const resetMessage = z.strictObject({
  type: z.literal('reset'),
  data: wireResetOptions.default({}),
  ...common,
})
export const stepMessage = z.strictObject({ type: z.literal('step'), data: action, ...common })
export const verifyMessage = z.strictObject({
  type: z.literal('verify'),
  data: z.strictObject({}).default({}),
  ...common,
})
export const forkMessage = z.strictObject({
  type: z.literal('fork'),
  data: z.strictObject({ count: z.int().min(1).max(forkLimit).default(1) }).default({ count: 1 }),
  ...common,
})
export const attachMessage = z.strictObject({
  type: z.literal('attach'),
  data: z.strictObject({
    session: z.string(),
    token: z.string(),
    events: z.boolean().optional().describe("whether frames of type event are to come; an observer's do unless false"),
  }),
  ...common,
})
export const grantMessage = z.strictObject({ type: z.literal('grant'), data: grantRequest, ...common })
export const stateMessage = z.strictObject({ type: z.literal('state'), ...common })
export const closeMessage = z.strictObject({ type: z.literal('close'), ...common })
export const mcpMessage = z.strictObject({
  type: z.literal('mcp'),
  data: parsedObject.describe('a request of JSON-RPC 2.0'),
  ...common,
})

const single = [
  resetMessage,
  stepMessage,
  verifyMessage,
  forkMessage,
  attachMessage,
  grantMessage,
  stateMessage,
  closeMessage,
  mcpMessage,
] as const

/** Any message but a batch. */
export const singleMessage = z.discriminatedUnion('type', single).meta({ title: 'SingleMessage' })
export type SingleMessage = z.infer<typeof singleMessage>
export const batchMessage = z.strictObject({
  type: z.literal('batch'),
  data: z.array(singleMessage).min(1).max(batchLimit),
  id: messageId,
})
export const clientMessage = z.discriminatedUnion('type', [...single, batchMessage]).meta({ title: 'ClientMessage' })
export type ClientMessage = z.infer<typeof clientMessage>
export const clientMessageTypes: readonly string[] = [
  'reset',
  'step',
  'verify',
  'fork',
  'attach',
  'grant',
  'state',
  'close',
  'mcp',
  'batch',
]

export const observationReply = z.strictObject({ type: z.literal('observation'), data: transition, ...common })
export const verificationReply = z.strictObject({ type: z.literal('verification'), data: verification, ...common })
export const forkedReply = z.strictObject({
  type: z.literal('forked'),
  data: z.strictObject({ sessions: z.array(z.strictObject({ session: z.string(), token: z.string() })) }),
  ...common,
})
export const grantedReply = z.strictObject({ type: z.literal('granted'), data: granted, ...common })
export const stateReply = z.strictObject({
  type: z.literal('state'),
  data: z.looseObject({ episode_id: z.string().nullable(), step_count: z.int() }),
  ...common,
})
/** What a session that was named closes with; a socket that is closed as a whole has no reply. */
export const closedReply = z.strictObject({ type: z.literal('closed'), data: z.strictObject({}), ...common })
export const mcpReply = z.strictObject({ type: z.literal('mcp'), data: jsonObject, ...common })
export const errorReply = z.strictObject({
  type: z.literal('error'),
  data: z.looseObject({ message: z.string(), code: errorCode, remedy: z.string() }),
  ...common,
})
/** Comes unasked, and only to those who asked for events when they attached. */
export const eventFrame = z.strictObject({ type: z.literal('event'), data: sessionEvent, session: sessionName })

const replies = [
  observationReply,
  verificationReply,
  forkedReply,
  grantedReply,
  stateReply,
  closedReply,
  mcpReply,
  errorReply,
] as const
export const batchReply = z.strictObject({
  type: z.literal('batch'),
  data: z.array(z.discriminatedUnion('type', replies)).describe('in the order of the messages'),
  id: messageId,
})
export const serverMessage = z
  .discriminatedUnion('type', [...replies, batchReply, eventFrame])
  .meta({ title: 'ServerMessage' })
export type ServerMessage = z.infer<typeof serverMessage>
