/**
 * A connection that outlives its socket: when the server goes away and comes back, the session is taken up by its id and
 * token, and what was not answered is sent again with its id, which the server answers again rather than do again.
 */

import { MicrocosmError } from '../../schemas/errors.ts'
import type { Connection } from './socket.ts'
import { connectSocket } from './socket.ts'

/** What takes a session up. */
export interface Ticket {
  session: string
  token: string
}

export interface ResumeOptions {
  /** Milliseconds to wait for each reply. */
  replyMs: number
  /** Milliseconds in which the server must be back; 0 gives up at once. */
  resumeMs: number
  /** A session that is there already. */
  ticket?: Ticket
}

const pauseMaxMs = 1000

/** @throws CONNECTION_LOST, UNKNOWN_SESSION */
export async function connectResuming(
  url: string,
  { replyMs, resumeMs, ticket: given }: ResumeOptions,
): Promise<Connection> {
  let ticket = given ?? null
  let closed = false
  let next = 1
  const prefix = crypto.randomUUID().slice(0, 8)

  /** Near the session, so that whichever process has it serves the socket. */
  const open = async (): Promise<Connection> => {
    if (ticket === null) return connectSocket(url, replyMs)
    const connection = await connectSocket(`${url}?near=${ticket.session}`, replyMs)
    try {
      await connection.ask({ type: 'attach', data: ticket }, 'observation')
    } catch (error) {
      await connection.close()
      throw error
    }
    return connection
  }
  const again = async (): Promise<Connection> => {
    const until = Date.now() + resumeMs
    for (let pauseMs = 50; ; pauseMs = Math.min(2 * pauseMs, pauseMaxMs)) {
      try {
        return await open()
      } catch (error) {
        if (!isLost(error) || closed || Date.now() + pauseMs > until) throw error
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }
  }
  let current = await open()
  let reopening: Promise<Connection> | null = null
  /** One for all that wait. */
  const reopen = (lost: Connection): Promise<Connection> => {
    if (current !== lost) return Promise.resolve(current)
    reopening ??= again()
      .then((connection) => {
        current = connection
        return connection
      })
      .finally(() => {
        reopening = null
      })
    return reopening
  }

  return {
    async ask(message, expected) {
      const known = { id: `${prefix}-${next++}`, ...message }
      let connection = current
      const until = Date.now() + resumeMs
      for (;;) {
        try {
          const data = await connection.ask(known, expected)
          if (expected === 'observation') ticket = ticketIn(data) ?? ticket
          return data as never
        } catch (error) {
          if (closed || !isLost(error) || Date.now() > until) throw error
          connection = await reopen(connection)
        }
      }
    },
    async close() {
      closed = true
      await current.close()
    },
  }
}

const isLost = (error: unknown): boolean => error instanceof MicrocosmError && error.code === 'CONNECTION_LOST'

/** A reset's observation holds it. */
function ticketIn(data: unknown): Ticket | null {
  const { metadata } = (data as { observation?: { metadata?: Partial<Ticket> } }).observation ?? {}
  const { session, token } = metadata ?? {}
  return typeof session === 'string' && typeof token === 'string' ? { session, token } : null
}
