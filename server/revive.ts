/**
 * A session as its log has it: everything is done again, through the same code as the first time, and nothing is told to
 * anyone. What was answered is remembered with it, so that a message that comes again is answered and not done again.
 */

import type { ResetObservation, Transition } from '../schemas/environment.ts'
import { begin, pass, show, sizeOf, ticketed } from './conduct.ts'
import { rpcReplyTo } from './gateway/jsonrpc.ts'
import type { LogRecord, MessageKey } from './journal/records.ts'
import { entriesOf } from './journal/records.ts'
import type { Seat, Session } from './sessions.ts'
import { addSeat } from './sessions.ts'

/** @throws VERSION_MISMATCH */
export async function reviveSession(session: Session, records: readonly LogRecord[]): Promise<void> {
  const { environment } = session
  let began = 0
  let seats = 1
  for (const record of records) {
    switch (record.kind) {
      case 'open': {
        if (record.episode === undefined) break
        const { entries, ...head } = record.episode
        begin(session, await environment.beginAgain(head))
        for (const entry of entries) session.last = await environment.performAgain(entry.action, [entry])
        break
      }
      case 'grant': {
        const { name, role, rights } = record
        const seat =
          seats < session.seats.size
            ? seatOf(session, seats)
            : addSeat(session, { name, role, rights: new Set(rights) })
        seats += 1
        const data = { session: session.id, token: seat.token, role, name, rights }
        answer(session, record, 'granted', data)
        break
      }
      case 'reset': {
        began = record.at
        const transition: Transition<ResetObservation> = await environment.beginAgain(record.log)
        begin(session, transition)
        answer(session, record, 'observation', ticketed(seatOf(session, record.seat), transition))
        break
      }
      case 'step': {
        session.chars += sizeOf(record.action)
        const transition = await environment.performAgain(record.action, entriesOf(record))
        const shown = show(seatOf(session, record.seat), transition)
        const rpc = record.message?.rpc
        if (rpc === undefined) answer(session, record, 'observation', shown)
        else answer(session, record, 'mcp', rpcReplyTo(rpc, shown))
        break
      }
      case 'say':
        answer(session, record, 'observation', pass(seatOf(session, record.seat), record.content))
        break
      case 'fork': {
        // Whoever derives a child's token from the secret must be its owner: seat 0.
        const sessions = record.children.map((id) => ({ session: id, token: session.tokenOf(0, id) }))
        answer(session, record, 'forked', { sessions })
        break
      }
    }
  }
  if (began > 0) environment.age(Math.max(0, Date.now() - began))
}

function seatOf({ seats, owner }: Session, number: number): Seat {
  for (const seat of seats.values()) if (seat.number === number) return seat
  return owner
}

/** As the door that it came through answers: a message of a socket in its envelope, a request of HTTP without. */
function answer(
  session: Session,
  { seat, message }: { seat: number; message?: MessageKey },
  type: string,
  data: object,
): void {
  if (message === undefined) return
  const reply = message.type.startsWith('/') ? data : { type, data }
  seatOf(session, seat).answered.set(message.id, { type: message.type, reply: Promise.resolve(reply) })
}
