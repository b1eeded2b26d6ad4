/** What happens in a session, as server-sent events, for whoever watches without a WebSocket. */

import type { FastifyReply } from 'fastify'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { SessionEvent } from '../../schemas/session.ts'
import type { ServerConfig } from '../config.ts'
import type { Seat } from '../sessions.ts'

/** Ends with the session, or with the connection. */
export function streamEvents(
  { session }: Seat,
  reply: FastifyReply,
  { listenersMax, unsentBytesMax }: Pick<ServerConfig, 'listenersMax' | 'unsentBytesMax'>,
): void {
  if (session.listeners.size >= listenersMax)
    throw new MicrocosmError('CAPACITY_REACHED', `${listenersMax} watch this session already.`)
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  raw.flushHeaders()
  const listener = (event: SessionEvent): void => {
    if (raw.writableLength > unsentBytesMax) {
      raw.destroy() // it doesn't read
      return
    }
    raw.write(`id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`)
    if (event.kind === 'closed') raw.end()
  }
  session.listeners.add(listener)
  raw.on('close', () => session.listeners.delete(listener))
}
