/** An environment over HTTP requests, for where WebSockets don't reach: each message is a request under /sessions. */

import type { Action, ResetObservation, ResetOptions, Transition } from '../../schemas/environment.ts'
import type { ErrorCode } from '../../schemas/errors.ts'
import { errorTable, MicrocosmError } from '../../schemas/errors.ts'
import type { Verification } from '../../schemas/verification.ts'
import type { Address } from './address.ts'
import { shownUrl } from './address.ts'
import type { Limits } from './limits.ts'
import { defaultLimits, pauseMs, sleep } from './limits.ts'
import type { Door } from './surface.ts'

export async function openOverHttp(address: Address, domain: string, limits: Limits): Promise<Door> {
  const body = { domain, reset: false }
  const opened = await requestJson('POST', `${address.http}/sessions`, {
    body,
    timeoutMs: limits.replyMs,
  })
  return environmentAt(address, String(opened.id), String(opened.token), limits)
}

function environmentAt(address: Address, id: string, token: string, limits: Limits): Door {
  const url = `${address.http}/sessions/${id}`
  let next = 1
  let closed = false
  const ask = (path: string, body: object): Promise<Record<string, unknown>> =>
    again(limits, (timeoutMs) => requestJson('POST', `${url}/${path}`, { body, token, timeoutMs }))
  return {
    reset: async (options: ResetOptions = {}) =>
      (await ask('reset', options)) as unknown as Transition<ResetObservation>,
    step: async (action: Action) => (await ask('step', { action, id: next++ })) as unknown as Transition,
    verify: async () => (await ask('verify', {})) as unknown as Verification,
    async fork(count: number) {
      const { sessions } = (await ask('fork', { count })) as { sessions: { session: string; token: string }[] }
      return sessions.map((fork) => environmentAt(address, fork.session, fork.token, limits))
    },
    async close() {
      if (closed) return
      closed = true
      await requestJson('DELETE', url, { token, timeoutMs: limits.replyMs })
    },
  }
}

/** A request whose connection fails is made once more: a step has an id and is done once, and the others may be done twice. */
async function again<T>({ replyMs, reconnectMs }: Limits, request: (timeoutMs: number) => Promise<T>): Promise<T> {
  const begun = Date.now()
  for (let attempt = 0; ; attempt++) {
    try {
      return await request(replyMs - (Date.now() - begun))
    } catch (error) {
      const lost = error instanceof MicrocosmError && error.code === 'CONNECTION_LOST'
      if (!lost || Date.now() - begun > Math.min(reconnectMs, replyMs - 100)) throw error
      await sleep(pauseMs(attempt))
    }
  }
}

export interface RequestOptions {
  body?: object
  token?: string | undefined
  timeoutMs?: number
}

/** @throws the server's problem by its code; CONNECTION_LOST, REPLY_TIMEOUT */
export async function requestJson(
  method: string,
  url: string,
  { body, token, timeoutMs = defaultLimits.replyMs }: RequestOptions = {},
): Promise<Record<string, unknown>> {
  let response: Response
  let text: string
  try {
    response = await fetch(url, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(Math.max(1, timeoutMs)),
    })
    text = await response.text()
  } catch (error) {
    if ((error as Error).name === 'TimeoutError')
      throw new MicrocosmError('REPLY_TIMEOUT', `No reply from ${shownUrl(url)} in time.`, {}, error)
    throw new MicrocosmError('CONNECTION_LOST', `${shownUrl(url)} can't be reached.`, {}, error)
  }
  let answer: Record<string, unknown>
  try {
    answer = text === '' ? {} : JSON.parse(text)
  } catch (error) {
    // What stands between us and the server says so in a page of its own.
    const told = `${shownUrl(url)} answered ${response.status} with what is no JSON.`
    throw new MicrocosmError(response.status >= 500 ? 'CONNECTION_LOST' : 'EXECUTION_ERROR', told, {}, error)
  }
  if (response.ok) return answer
  const { code, detail, status: _, title: __, type: ___, remedy: ____, ...details } = answer
  throw new MicrocosmError(
    Object.hasOwn(errorTable, String(code)) ? (code as ErrorCode) : 'EXECUTION_ERROR',
    String(detail ?? response.statusText),
    details,
  )
}
