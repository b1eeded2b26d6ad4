/** What happens in a session, as server-sent events, for whoever watches without a WebSocket. */

import type { FastifyReply } from 'fastify'
import type { SessionEvent } from '../../schemas/session.ts'
import type { Seat } from '../sessions.ts'

/** Ends with the session, or with the connection. */
export function streamEvents({ session }: Seat, reply: FastifyReply): void {
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  raw.flushHeaders()
  const listener = (event: SessionEvent): void => {
    raw.write(`id: ${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`)
    if (event.kind === 'closed') raw.end()
  }
  session.listeners.add(listener)
  raw.on('close', () => session.listeners.delete(listener))
}
