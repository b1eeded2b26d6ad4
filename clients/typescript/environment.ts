/** `Environment` over a WebSocket: who plays can't tell it from a local one. */

import type { Action, Environment, ResetObservation, ResetOptions, Transition } from '../../schemas/environment.ts'
import type { Ticket } from './resume.ts'
import { connectResuming } from './resume.ts'
import type { Connection } from './socket.ts'

export interface RemoteOptions {
  /** Milliseconds to wait for each reply; then REPLY_TIMEOUT. */
  replyMs?: number
  /** Milliseconds in which a server that went away must be back; nothing is lost or done twice meanwhile. */
  resumeMs?: number
}

/** @param url the domain's WebSocket, such as `ws://127.0.0.1:8000/domains/hotel-chain/ws` */
export async function connectEnvironment(
  url: string,
  { replyMs = 60_000, resumeMs = 60_000 }: RemoteOptions = {},
): Promise<Environment> {
  const options = { replyMs, resumeMs }
  return environmentOver(await connectResuming(url, options), url, options)
}

function environmentOver(connection: Connection, url: string, options: Required<RemoteOptions>): Environment {
  const attach = async (ticket: Ticket): Promise<Environment> =>
    environmentOver(await connectResuming(url, { ...options, ticket }), url, options)
  return {
    async reset(options: ResetOptions = {}) {
      return (await connection.ask(
        { type: 'reset', data: options },
        'observation',
      )) as unknown as Transition<ResetObservation>
    },
    async step(action: Action) {
      return (await connection.ask({ type: 'step', data: action }, 'observation')) as unknown as Transition
    },
    verify: () => connection.ask({ type: 'verify', data: {} }, 'verification'),
    async fork(count: number) {
      const { sessions } = await connection.ask({ type: 'fork', data: { count } }, 'forked')
      const attached = await Promise.allSettled(sessions.map(attach))
      const failed = attached.find((result) => result.status === 'rejected')
      const forks = attached.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      if (failed === undefined) return forks
      await Promise.all(forks.map((fork) => fork.close()))
      throw failed.reason
    },
    close: () => connection.close(),
    [Symbol.asyncDispose]: () => connection.close(),
  }
}
