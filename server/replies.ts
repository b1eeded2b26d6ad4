/** How an error is said: to a socket as OpenEnv's error message, over HTTP as problem details (RFC 9457). */

import type { ErrorCode } from '../schemas/errors.ts'
import { errorTable, MicrocosmError } from '../schemas/errors.ts'

export interface Logger {
  error(fields: object, message: string): void
  info(fields: object, message: string): void
  debug?(fields: object, message: string): void
}

/** An error of ours as it is; anything else is our own bug: logged with its cause, nothing internal is sent. */
export function publicError(error: unknown, log: Logger): MicrocosmError {
  if (error instanceof MicrocosmError) return error
  log.error({ err: error }, 'unexpected error')
  return new MicrocosmError('EXECUTION_ERROR', 'The server failed to do this; the failure is in its log.')
}

export function errorReply(error: MicrocosmError, id?: string | number): object {
  const data = { ...error.details, message: error.message, code: error.code, remedy: error.remedy }
  return id === undefined ? { type: 'error', data } : { type: 'error', data, id }
}

/** Which quota an error tells of. */
export const quotaOf = ({ details: { quota } }: MicrocosmError): string | undefined =>
  typeof quota === 'string' ? quota : undefined

export interface Problem {
  status: number
  title: string
  detail: string
  code: ErrorCode
  remedy: string
  /** Which one was exceeded. */
  quota?: string
  /** Milliseconds, where it is worth trying again. */
  retry_after_ms?: number
}

export function problemOf({ code, message, remedy, details }: MicrocosmError): Problem {
  const { http } = errorTable[code]
  // What an agent sees in an observation is a fault of the request where a request asked for it.
  const problem = { status: http === 200 ? 422 : http, title: code, detail: message, code, remedy }
  const { quota, retry_after_ms: wait } = details
  return {
    ...problem,
    ...(typeof quota === 'string' && { quota }),
    ...(typeof wait === 'number' && { retry_after_ms: wait }),
  }
}
