/** From bytes of a frame to a message that is known to fit, or the error that says where it doesn't. */

import type { RawData } from 'ws'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { SingleMessage } from '../../schemas/messages.ts'
import { clientMessageTypes, messageId, sessionName, singleMessage } from '../../schemas/messages.ts'

/** @throws INVALID_JSON, VALIDATION_ERROR */
export function parseFrame(data: RawData, binary: boolean, depthMax: number): Record<string, unknown> {
  if (binary) throw new MicrocosmError('INVALID_JSON', 'Invalid JSON: the frame is binary; messages are text.')
  const text = String(data)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new MicrocosmError('INVALID_JSON', `Invalid JSON: ${(error as Error).message.slice(0, 200)}`)
  }
  if (!isObject(value)) throw invalid('A message is a JSON object with a type.')
  requireShallow(text, depthMax)
  return value
}

/** @throws VALIDATION_ERROR */
export function requireShallow(json: string, depthMax: number): void {
  if (isDeeper(json, depthMax)) throw invalid(`A message is nested ${depthMax} levels deep at most.`)
}

/** @throws UNKNOWN_TYPE, VALIDATION_ERROR */
export function checkMessage(value: unknown): SingleMessage {
  if (!isObject(value)) throw invalid('A message is a JSON object with a type.')
  const { type } = value
  if (type === 'batch') throw invalid('A batch holds no batches.')
  if (typeof type !== 'string' || !clientMessageTypes.includes(type)) {
    const told = typeof type === 'string' ? type : JSON.stringify(type ?? null)
    throw new MicrocosmError('UNKNOWN_TYPE', `Unknown message type: ${told.slice(0, 100)}`)
  }
  const parsed = singleMessage.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues
    .slice(0, 20)
    .map(({ code, path, message }) => ({ type: code, loc: path, msg: message }))
  throw new MicrocosmError('VALIDATION_ERROR', 'Invalid message', { errors })
}

/** Of a message that may not fit otherwise, so that even its error can be matched. */
export function readId(value: unknown): string | number | undefined {
  if (!isObject(value) || value.id === undefined) return undefined
  const { success, data } = messageId.safeParse(value.id)
  return success ? data : undefined
}

export const readName = (value: unknown): string => readEcho(value) ?? ''

/** The session's name as it is echoed: what is no name is not. */
export function readEcho(value: unknown): string | undefined {
  if (!isObject(value) || value.session === undefined) return undefined
  return sessionName.safeParse(value.session).data
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const invalid = (msg: string) =>
  new MicrocosmError('VALIDATION_ERROR', 'Invalid message', { errors: [{ type: 'value_error', loc: [], msg }] })

/** Checked on the text, because whatever walks the value would overflow the stack on it. */
function isDeeper(json: string, depthMax: number): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < json.length; at++) {
    const character = json.charCodeAt(at)
    if (inString) {
      if (character === 0x5c) at += 1
      else if (character === 0x22) inString = false
    } else if (character === 0x22) inString = true
    else if (character === 0x7b || character === 0x5b) {
      if (++depth > depthMax) return true
    } else if (character === 0x7d || character === 0x5d) depth -= 1
  }
  return false
}
