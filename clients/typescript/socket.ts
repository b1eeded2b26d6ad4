/** One connection: JSON messages out, replies in, matched by their ids. Needs nothing but the platform's WebSocket. */

import type { ErrorCode } from '../../schemas/errors.ts'
import { errorTable, MicrocosmError } from '../../schemas/errors.ts'
import type { ServerMessage } from '../../schemas/messages.ts'
import type { SessionEvent } from '../../schemas/session.ts'

export interface Connection {
  /** A message without an id is given one. @throws the server's error by its code; CONNECTION_LOST, REPLY_TIMEOUT */
  ask<T extends Exclude<ServerMessage['type'], 'event'>>(
    message: object,
    expected: T,
  ): Promise<Extract<ServerMessage, { type: T }>['data']>
  close(): Promise<void>
}

interface Waiting {
  resolve(message: ServerMessage): void
  reject(error: MicrocosmError): void
  timer: ReturnType<typeof setTimeout>
}

export async function connectSocket(
  url: string,
  replyMs: number,
  onEvent: (event: SessionEvent) => void = () => {},
): Promise<Connection> {
  const socket = new WebSocket(url)
  const waiting = new Map<string, Waiting>()
  let lost: MicrocosmError | null = null
  // Ids of messages count for a session, which another connection may have had before.
  const prefix = crypto.randomUUID().slice(0, 8)
  let next = 1

  const lose = (error: MicrocosmError): void => {
    lost ??= error
    for (const { reject, timer } of waiting.values()) {
      clearTimeout(timer)
      reject(lost)
    }
    waiting.clear()
  }
  const closed = new Promise<void>((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => {
      lose(
        new MicrocosmError(
          'CONNECTION_LOST',
          `The connection to ${url} was closed (${code}${reason === '' ? '' : `, ${reason}`}).`,
        ),
      )
      resolve()
    })
  })
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as ServerMessage
    if (message.type === 'event') return onEvent(message.data as SessionEvent)
    const entry = waiting.get(String(message.id))
    if (entry === undefined) {
      // Without an id it is about the connection as a whole: a refusal before the server closes it.
      if (message.type === 'error') lose(errorOf(message.data))
      return
    }
    waiting.delete(String(message.id))
    clearTimeout(entry.timer)
    if (message.type === 'error') entry.reject(errorOf(message.data))
    else entry.resolve(message)
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new MicrocosmError('CONNECTION_LOST', `${url} can't be reached.`)))
  })

  return {
    async ask(message, expected) {
      if (lost !== null) throw lost
      const { id = `${prefix}-${next++}` } = message as { id?: string }
      const reply = await new Promise<ServerMessage>((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(id)
          reject(new MicrocosmError('REPLY_TIMEOUT', `No reply within ${replyMs} ms.`))
        }, replyMs)
        waiting.set(id, { resolve, reject, timer })
        socket.send(JSON.stringify({ ...message, id }))
      })
      if (reply.type !== expected)
        throw new MicrocosmError(
          'EXECUTION_ERROR',
          `The server answered with "${reply.type}" where "${expected}" was due.`,
        )
      return reply.data as never
    },
    async close() {
      lose(new MicrocosmError('SESSION_ERROR', 'The environment is closed.'))
      socket.close(1000)
      await closed
    },
  }
}

function errorOf({
  code,
  message,
  remedy: _,
  ...details
}: {
  code: string
  message: string
  remedy?: string
}): MicrocosmError {
  return new MicrocosmError(Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'EXECUTION_ERROR', message, details)
}
