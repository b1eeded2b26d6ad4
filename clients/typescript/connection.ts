/**
 * One WebSocket with many sessions, which comes back by itself when it was cut.
 *
 * Every message has an id. What was not answered when the connection went is sent once more over the next one, with its id,
 * after the sessions were taken up by their tokens: the server does it once, however often it hears of it. So a cut, or a
 * server that restarts with its sessions, is seen as time only. Nothing waits for ever: each message has a deadline, and so
 * has coming back.
 * Source: docs/protocol.md ("Coming back", "Many sessions on one socket").
 */

import type { ErrorCode } from '../../schemas/errors.ts'
import { errorTable, MicrocosmError } from '../../schemas/errors.ts'
import type { ServerMessage } from '../../schemas/messages.ts'
import type { SessionEvent } from '../../schemas/session.ts'
import { shownUrl } from './address.ts'
import { checkText, packed } from './frames.ts'
import type { Limits } from './limits.ts'
import { firstMs, pauseMs, sleep } from './limits.ts'
import type { Socket } from './socket.ts'
import { openSocket } from './socket.ts'

type Reply = Exclude<ServerMessage, { type: 'event' | 'batch' }>

export interface Message {
  type: string
  /** The connection's own name for one of its sessions. */
  session?: string
  data?: unknown
  /** Of one that may have been sent before, over another connection: its session does it once. Else the connection's own. */
  id?: string | number
}

export interface Ticket {
  session: string
  token: string
  events?: boolean
}

export interface Connection {
  /** @throws the server's error by its code; CONNECTION_LOST, REPLY_TIMEOUT */
  ask<T extends Reply['type']>(message: Message, expected: T): Promise<Extract<Reply, { type: T }>['data']>
  /** Many at once, in as few frames as they fit; what befalls one is no other's. */
  askAll<T extends Reply['type']>(
    messages: readonly Message[],
    expected: T,
  ): Promise<PromiseSettledResult<Extract<Reply, { type: T }>['data']>[]>
  /** A name for one more session. */
  name(): string
  /** With which a session can be taken up elsewhere; undefined before its first reset and after its end. */
  ticket(name: string): Ticket | undefined
  /** Ends all its sessions. May be called twice. */
  close(): Promise<void>
}

export interface ConnectionOptions {
  /** The address that it begins at. */
  url: string
  /** The address that sessions are taken up at, whose sessions are named by their tickets alone; `url` unless given. */
  backUrl?: string
  limits: Limits
  onEvent?: (event: SessionEvent, session: string) => void
}

interface Waiting {
  id: string
  type: string
  session: string
  /** What an attach asked for. */
  ticket: Ticket | undefined
  text: string
  sentAt: number
  timer: ReturnType<typeof setTimeout>
  resolve(reply: Reply): void
  reject(error: unknown): void
}

/** Closed for good: asked for, refused, no such session, a frame too large. After any other code it comes back. */
const finalCodes = new Set([1000, 1008, 1009])

/** @throws CONNECTION_LOST where nobody is there within a second, or who is there says nothing within `connectMs` */
export async function openConnection({
  url,
  backUrl = url,
  limits,
  onEvent = () => {},
}: ConnectionOptions): Promise<Connection> {
  const waiting = new Map<string, Waiting>()
  const batches = new Map<string, string[]>() // the ids of the messages in each batch that was not answered
  const tickets = new Map<string, Ticket>()
  const gone = new Map<string, MicrocosmError>() // sessions that could not be taken up again
  // Ids of messages count for a session, which another connection may have had before.
  const prefix = crypto.randomUUID().slice(0, 8)
  let next = 1
  let socket: Socket | null = null
  let ended: MicrocosmError | null = null
  let lostAt: number | null = null
  let attempt = 0
  let heardAt = 0
  const { promise: closed, resolve: whenClosed } = Promise.withResolvers<void>()

  const settle = (id: string): Waiting | undefined => {
    const entry = waiting.get(id)
    if (entry === undefined) return undefined
    waiting.delete(id)
    clearTimeout(entry.timer)
    return entry
  }
  const end = (error: MicrocosmError) => {
    ended ??= error
    for (const id of [...waiting.keys()]) settle(id)?.reject(ended)
    tickets.clear()
  }
  const progress = (): void => {
    lostAt = null
    attempt = 0
  }

  const receive = (reply: Reply): void => {
    const entry = settle(String(reply.id))
    if (entry !== undefined) answer(entry, reply)
  }
  const answer = (entry: Waiting, reply: Reply) => {
    progress()
    if (reply.type === 'error') {
      const error = errorOf(reply.data)
      if (error.code === 'UNKNOWN_SESSION') tickets.delete(entry.session)
      return entry.reject(error)
    }
    if (reply.type === 'observation' && entry.type === 'reset') {
      const { session, token } = (reply.data.observation.metadata ?? {}) as Partial<Ticket>
      if (session !== undefined && token !== undefined)
        tickets.set(entry.session, { ...tickets.get(entry.session), session, token })
    }
    if (entry.ticket !== undefined) tickets.set(entry.session, entry.ticket)
    if (reply.type === 'closed') tickets.delete(entry.session)
    entry.resolve(reply)
  }
  const onFrame = (text: string) => {
    heardAt = Date.now()
    let message: ServerMessage
    try {
      message = JSON.parse(text) as ServerMessage
    } catch {
      return end(new MicrocosmError('EXECUTION_ERROR', `${shownUrl(url)} sent a frame that is no JSON.`))
    }
    if (message.type === 'event') return onEvent(message.data, message.session ?? '')
    if (message.type === 'batch') {
      batches.delete(String(message.id))
      for (const reply of message.data) receive(reply)
      return
    }
    if (message.type === 'error') {
      // Without an id it is about the connection as a whole: a refusal before the server closes it.
      if (message.id === undefined) return end(errorOf(message.data))
      const inside = batches.get(String(message.id))
      batches.delete(String(message.id))
      if (inside !== undefined) {
        for (const id of inside) settle(id)?.reject(errorOf(message.data))
        return
      }
    }
    receive(message)
  }
  const onClose = (code: number, reason: string): void => {
    socket = null
    if (ended === null && !finalCodes.has(code)) return void comeBack(limits.reconnectMs)
    const told = `The connection to ${shownUrl(url)} was closed (${code}${reason === '' ? '' : `, ${reason}`}).`
    end(new MicrocosmError(code === 1009 ? 'FRAME_TOO_LARGE' : 'CONNECTION_LOST', told))
    whenClosed()
  }

  const transmit = (over: Socket, entries: readonly Waiting[]): void => {
    for (const frame of packed(entries)) {
      for (const entry of frame) entry.sentAt = Date.now()
      if (frame.length === 1) {
        over.send((frame[0] as Waiting).text)
        continue
      }
      const id = `${prefix}-${next++}`
      batches.set(
        id,
        frame.map((entry) => entry.id),
      )
      over.send(`{"type":"batch","id":"${id}","data":[${frame.map(({ text }) => text).join(',')}]}`)
    }
  }
  /** Puts a message among those that wait; who calls sends it. */
  const enter = (message: Message, waitMs: number): { entry?: Waiting; reply: Promise<Reply> } => {
    const { session = '', type } = message
    try {
      if (ended !== null) throw ended
      const lost = gone.get(session)
      if (type === 'reset' || type === 'attach') gone.delete(session)
      else if (lost !== undefined) throw lost
      const given = message.id ?? `${prefix}-${next++}`
      const id = String(given)
      const text = JSON.stringify({ ...message, id: given })
      checkText(message, text)
      const { promise, resolve, reject } = Promise.withResolvers<Reply>()
      const timer = setTimeout(() => {
        settle(id)
        reject(
          new MicrocosmError(
            'REPLY_TIMEOUT',
            `No reply to ${type} within ${waitMs} ms${socket === null ? ': the connection is cut' : ''}. It may have been done.`,
          ),
        )
        // A connection that says nothing at all may be none: the next message is to have a new one.
        if (socket !== null && heardAt < entry.sentAt) drop()
      }, waitMs)
      const ticket = type === 'attach' ? (message.data as Ticket) : undefined
      const entry: Waiting = { id, type, session, ticket, text, sentAt: Infinity, timer, resolve, reject }
      waiting.set(id, entry)
      return { entry, reply: promise }
    } catch (error) {
      return { reply: Promise.reject(error) }
    }
  }
  const dataOf = (reply: Reply, expected: string): never => {
    if (reply.type === expected) return reply.data as never
    throw new MicrocosmError('EXECUTION_ERROR', `The server answered with "${reply.type}" where "${expected}" was due.`)
  }
  const drop = (): void => {
    const silent = socket
    socket = null
    void comeBack(limits.reconnectMs)
    silent?.close(4000)
  }

  /** Takes the sessions up on a new socket. What can't be taken up again is told to who waits, until a reset begins anew. */
  const takeUp = async (over: Socket, taken: Map<string, (reply: Reply) => void>): Promise<void> => {
    const attached = [...tickets].map(([name, ticket]) => {
      const id = `${prefix}-${next++}`
      const text = JSON.stringify({ type: 'attach', id, session: name, data: ticket })
      return { name, id, type: 'attach', text, reply: new Promise<Reply>((resolve) => taken.set(id, resolve)) }
    })
    for (const frame of packed(attached))
      over.send(`{"type":"batch","id":"${prefix}-${next++}","data":[${frame.map(({ text }) => text).join(',')}]}`)
    for (const { name, reply } of attached) {
      const answer = await reply
      if (answer.type !== 'error') continue
      const error = errorOf(answer.data)
      if (error.fault === 'server') throw error
      forsake(
        name,
        new MicrocosmError(
          error.code,
          `The connection was cut, and the session could not be taken up again: ${error.message}`,
          error.details,
        ),
      )
    }
  }
  const forsake = (name: string, error: MicrocosmError): void => {
    tickets.delete(name)
    gone.set(name, error)
    for (const { id, session, type } of [...waiting.values()]) {
      if (session !== name) continue
      if (type === 'reset') {
        gone.delete(name)
        return
      }
      const entry = settle(id)
      if (type === 'close') entry?.resolve({ type: 'closed', data: {}, session: name })
      else entry?.reject(error)
    }
  }

  /** One attempt: a socket whose sessions are taken up. */
  const reach = async (at: string, waitMs: number): Promise<void> => {
    const taken = new Map<string, (reply: Reply) => void>()
    let live = false
    const { promise: failed, reject: fail } = Promise.withResolvers<never>()
    failed.catch(() => {})
    const fresh = await openSocket(at, waitMs, {
      onFrame(text) {
        if (live) return onFrame(text)
        const message = JSON.parse(text) as ServerMessage
        if (message.type === 'batch') for (const reply of message.data) taken.get(String(reply.id))?.(reply)
        else if (message.type === 'error') fail(errorOf(message.data))
      },
      onClose(code, reason) {
        if (live && socket === fresh) onClose(code, reason)
        else if (!live)
          fail(new MicrocosmError('CONNECTION_LOST', `The connection to ${shownUrl(at)} was closed (${code}).`))
      },
    })
    const timer = setTimeout(
      () =>
        fail(new MicrocosmError('REPLY_TIMEOUT', `${shownUrl(at)} did not take the sessions up within ${waitMs} ms.`)),
      waitMs,
    )
    try {
      if (tickets.size > 0) await Promise.race([takeUp(fresh, taken), failed])
    } catch (error) {
      fresh.close(4000)
      throw error
    } finally {
      clearTimeout(timer)
    }
    if (ended !== null) return fresh.close(1000)
    live = true
    socket = fresh
    batches.clear()
    if (waiting.size === 0) progress()
    transmit(fresh, [...waiting.values()])
  }
  const comeBack = async (withinMs: number, isFirst = false): Promise<void> => {
    lostAt ??= Date.now()
    let last: unknown
    for (let first = attempt === 0; ended === null; first = false) {
      if (!first) await sleep(pauseMs(attempt))
      attempt += 1
      const left = lostAt + withinMs - Date.now()
      if (left <= 0) {
        const told = `${shownUrl(url)} could not be reached ${isFirst ? '' : 'again '}within ${withinMs} ms.`
        return end(new MicrocosmError('CONNECTION_LOST', told, {}, last))
      }
      try {
        // The process that has a session of ours is the one to talk to.
        const [[, { session }] = ['', { session: '' }]] = tickets
        const at = session === '' ? url : `${backUrl}?near=${session}`
        // Whoever is there but slow at first is waited for; only nobody is not.
        return await reach(at, isFirst ? limits.connectMs : Math.min(left, limits.connectMs))
      } catch (error) {
        last = error
        if (error instanceof MicrocosmError && error.fault !== 'server') return end(error)
      }
    }
  }

  await comeBack(Math.min(firstMs, limits.reconnectMs), true)
  if (ended !== null) throw ended
  return {
    async ask(message, expected) {
      const { entry, reply } = enter(message, limits.replyMs)
      if (entry !== undefined && socket !== null) transmit(socket, [entry])
      return dataOf(await reply, expected)
    },
    askAll(messages, expected) {
      const entered = messages.map((message) => enter(message, limits.replyMs))
      if (socket !== null)
        transmit(
          socket,
          entered.flatMap(({ entry }) => entry ?? []),
        )
      return Promise.allSettled(entered.map(async ({ reply }) => dataOf(await reply, expected)))
    },
    name: () => `s${next++}`,
    ticket: (name) => tickets.get(name),
    async close() {
      end(new MicrocosmError('SESSION_ERROR', 'The environment is closed.'))
      socket?.close(1000)
      if (socket !== null) await Promise.race([closed, sleep(limits.connectMs)])
    },
  }
}

type Told = { code: string; message: string; remedy?: string }

export function errorOf({ code, message, remedy: _, ...details }: Told): MicrocosmError {
  return new MicrocosmError(Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'EXECUTION_ERROR', message, details)
}
