/**
 * What is said on the wire: JSON text frames in OpenEnv's envelope, with what Microcosm adds as new types and optional
 * keys. Strict where OpenEnv is strict, so that a mistake is named and not swallowed.
 */

import { z } from 'zod'
import { action, resetOptions, transition } from './environment.ts'
import { errorCode } from './errors.ts'
import { verification } from './verification.ts'

export const forkLimit = 64

export const messageId = z
  .union([z.string().max(255), z.int()])
  .optional()
  .describe('echoed in the reply')

export const resetMessage = z.strictObject({ type: z.literal('reset'), data: resetOptions.default({}), id: messageId })
export const stepMessage = z.strictObject({ type: z.literal('step'), data: action, id: messageId })
export const verifyMessage = z.strictObject({
  type: z.literal('verify'),
  data: z.strictObject({}).default({}),
  id: messageId,
})
export const forkMessage = z.strictObject({
  type: z.literal('fork'),
  data: z.strictObject({ count: z.int().min(1).max(forkLimit).default(1) }).default({ count: 1 }),
  id: messageId,
})
export const attachMessage = z.strictObject({
  type: z.literal('attach'),
  data: z.strictObject({ session: z.string(), token: z.string() }),
  id: messageId,
})
export const stateMessage = z.strictObject({ type: z.literal('state'), id: messageId })
export const closeMessage = z.strictObject({ type: z.literal('close'), id: messageId })

export const clientMessage = z
  .discriminatedUnion('type', [
    resetMessage,
    stepMessage,
    verifyMessage,
    forkMessage,
    attachMessage,
    stateMessage,
    closeMessage,
  ])
  .meta({ title: 'ClientMessage' })
export type ClientMessage = z.infer<typeof clientMessage>
export const clientMessageTypes: readonly string[] = ['reset', 'step', 'verify', 'fork', 'attach', 'state', 'close']

export const observationReply = z.strictObject({ type: z.literal('observation'), data: transition, id: messageId })
export const verificationReply = z.strictObject({ type: z.literal('verification'), data: verification, id: messageId })
export const forkedReply = z.strictObject({
  type: z.literal('forked'),
  data: z.strictObject({ sessions: z.array(z.strictObject({ session: z.string(), token: z.string() })) }),
  id: messageId,
})
export const stateReply = z.strictObject({
  type: z.literal('state'),
  data: z.looseObject({ episode_id: z.string().nullable(), step_count: z.int() }),
  id: messageId,
})
export const errorReply = z.strictObject({
  type: z.literal('error'),
  data: z.looseObject({ message: z.string(), code: errorCode, remedy: z.string() }),
  id: messageId,
})
export const serverMessage = z
  .discriminatedUnion('type', [observationReply, verificationReply, forkedReply, stateReply, errorReply])
  .meta({ title: 'ServerMessage' })
export type ServerMessage = z.infer<typeof serverMessage>
