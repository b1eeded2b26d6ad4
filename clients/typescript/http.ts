/** `Environment` over HTTP requests, for where WebSockets don't reach: each message is a request under /sessions. */

import type { Action, Environment, ResetObservation, ResetOptions, Transition } from '../../schemas/environment.ts'
import type { ErrorCode } from '../../schemas/errors.ts'
import { errorTable, MicrocosmError } from '../../schemas/errors.ts'
import type { Verification } from '../../schemas/verification.ts'

/** @param base the server, such as `http://127.0.0.1:8000` */
export async function openOverHttp(base: string, domain: string): Promise<Environment> {
  const opened = await requestJson('POST', `${base}/sessions`, { body: { domain, reset: false } })
  return environmentAt(base, String(opened.id), String(opened.token))
}

function environmentAt(base: string, id: string, token: string): Environment {
  const url = `${base}/sessions/${id}`
  let next = 1
  let closed = false
  const ask = (path: string, body: object): Promise<Record<string, unknown>> =>
    requestJson('POST', `${url}/${path}`, { body, token })
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    await requestJson('DELETE', url, { token })
  }
  return {
    reset: async (options: ResetOptions = {}) =>
      (await ask('reset', options)) as unknown as Transition<ResetObservation>,
    step: async (action: Action) => (await ask('step', { action, id: next++ })) as unknown as Transition,
    verify: async () => (await ask('verify', {})) as unknown as Verification,
    async fork(count: number) {
      const { sessions } = (await ask('fork', { count })) as { sessions: { session: string; token: string }[] }
      return sessions.map((fork) => environmentAt(base, fork.session, fork.token))
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** @throws the server's problem by its code; CONNECTION_LOST */
export async function requestJson(
  method: string,
  url: string,
  { body, token }: { body?: object; token?: string } = {},
): Promise<Record<string, unknown>> {
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch (error) {
    throw new MicrocosmError('CONNECTION_LOST', `${url.replace(/\/k\/[^/]*/, '/k/…')} can't be reached.`, {}, error)
  }
  const text = await response.text()
  const answer = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
  if (response.ok) return answer
  const code = String(answer.code)
  throw new MicrocosmError(
    Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'EXECUTION_ERROR',
    String(answer.detail ?? response.statusText),
  )
}
