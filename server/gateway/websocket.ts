/**
 * The WebSocket door of a domain: OpenEnv's envelope, and verify, fork and attach beside it.
 *
 * One socket is one session; it opens with the first message that needs it and ends with the socket. Messages are
 * served in the order they came. A frame that makes no sense gets an error reply, and the session lives.
 * Source: OpenEnv's client and server, protocol openenv-http/1.x.
 */

import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { RawData, WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { Catalog } from '../../envs/catalog.ts'
import type { Transition } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { ClientMessage } from '../../schemas/messages.ts'
import { clientMessage, clientMessageTypes, messageId } from '../../schemas/messages.ts'
import type { ServerConfig } from '../config.ts'
import type { Logger } from '../replies.ts'
import { errorReply, publicError } from '../replies.ts'
import type { Session, Sessions } from '../sessions.ts'

export interface WebSocketGatewayOptions {
  server: Server
  catalog: Catalog
  sessions: Sessions
  config: ServerConfig
  log: Logger
}

export interface WebSocketGateway {
  close(): Promise<void>
}

export function createWebSocketGateway({
  server,
  catalog,
  sessions,
  config,
  log,
}: WebSocketGatewayOptions): WebSocketGateway {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: config.frameBytesMax })
  const answered = new WeakSet<WebSocket>()
  const closing = new Set<Promise<void>>()

  const serve = (socket: WebSocket, domain: string): void => {
    let session: Session | null = null
    let queue: Promise<void> = Promise.resolve()
    let queued = 0
    let open = true

    const send = (reply: object): void => {
      if (!open) return
      socket.send(JSON.stringify(reply))
      if (socket.bufferedAmount > config.unsentBytesMax) socket.terminate() // it doesn't read: nothing more can reach it
    }
    const fail = (error: unknown, id?: string | number): void => send(errorReply(publicError(error, log), id))

    try {
      if (!catalog.has(domain)) catalog.domain(domain) // throws, with the nearest name
      if (sessions.size >= config.sessionsMax) sessions.open(domain) // throws, with the count
    } catch (error) {
      fail(error)
      socket.close((error as MicrocosmError).code === 'CAPACITY_REACHED' ? 1000 : 1008)
      return
    }

    const current = (): Session => {
      session ??= sessions.open(domain)
      session.used = true
      return session
    }
    const observed = (of: Session, transition: Transition<object>): object => {
      of.last = transition
      return { type: 'observation', data: transition }
    }
    const answer = async (message: ClientMessage): Promise<object | null> => {
      switch (message.type) {
        case 'reset': {
          const own = current()
          const transition = await own.environment.reset(message.data)
          Object.assign(transition.observation.metadata, { session: own.id, token: own.token })
          return observed(own, transition)
        }
        case 'step':
          return observed(current(), await current().environment.step(message.data))
        case 'verify':
          return { type: 'verification', data: await current().environment.verify() }
        case 'fork': {
          const children = await sessions.fork(current(), message.data.count)
          return { type: 'forked', data: { sessions: children.map(({ id, token }) => ({ session: id, token })) } }
        }
        case 'attach': {
          if (session !== null)
            throw new MicrocosmError('SESSION_ERROR', 'This connection has a session already; attach on a new one.')
          session = sessions.attach(domain, message.data)
          return { type: 'observation', data: session.last }
        }
        case 'state':
          return { type: 'state', data: current().environment.state() }
        case 'close':
          socket.close(1000)
          return null
      }
    }
    const handle = async (data: RawData, binary: boolean): Promise<void> => {
      let id: string | number | undefined
      try {
        const value = parseFrame(data, binary, config.frameDepthMax)
        if (messageId.safeParse(value.id).success) id = value.id as string | number | undefined
        const reply = await answer(checkMessage(value))
        if (reply !== null) send(id === undefined ? reply : { ...reply, id })
      } catch (error) {
        fail(error, id)
      }
    }

    socket.on('message', (data, binary) => {
      if (++queued >= config.queuedMessagesMax) socket.pause()
      queue = queue.then(async () => {
        if (open) await handle(data, binary)
        if (--queued < config.queuedMessagesMax / 2 && socket.isPaused) socket.resume()
      })
    })
    socket.on('pong', () => answered.add(socket))
    socket.on('error', (error) => log.info({ reason: error.message }, 'socket error'))
    socket.on('close', () => {
      open = false
      const done = queue.then(async () => {
        if (session !== null) await sessions.close(session)
      })
      closing.add(done)
      void done.finally(() => closing.delete(done))
    })
    answered.add(socket)
  }

  const onUpgrade = (request: IncomingMessage, duplex: Duplex, head: Buffer): void => {
    duplex.on('error', () => duplex.destroy())
    const match = /^\/domains\/([^/?]+)\/ws\/?(?:\?.*)?$/.exec(request.url ?? '')
    if (match === null) {
      duplex.end(
        'HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nWebSockets are served at /domains/{id}/ws.\n',
      )
      return
    }
    let domain = match[1] as string
    try {
      domain = decodeURIComponent(domain)
    } catch {
      // A name that can't be decoded is no domain either, and the reply says so.
    }
    sockets.handleUpgrade(request, duplex, head, (socket) => serve(socket, domain))
  }
  server.on('upgrade', onUpgrade)

  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!answered.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, config.pingMs).unref()

  return {
    async close() {
      clearInterval(heartbeat)
      server.off('upgrade', onUpgrade)
      for (const socket of sockets.clients) socket.close(1001, 'the server is shutting down')
      const deadline = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
      }, 1000)
      await new Promise<void>((done) => sockets.close(() => done()))
      clearTimeout(deadline)
      await Promise.all(closing)
    },
  }
}

function parseFrame(data: RawData, binary: boolean, depthMax: number): Record<string, unknown> {
  if (binary) throw new MicrocosmError('INVALID_JSON', 'Invalid JSON: the frame is binary; messages are text.')
  const text = String(data)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new MicrocosmError('INVALID_JSON', `Invalid JSON: ${(error as Error).message.slice(0, 200)}`)
  }
  const wrong =
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? 'A message is a JSON object with a type.'
      : isDeeper(text, depthMax)
        ? `A message is nested ${depthMax} levels deep at most.`
        : null
  if (wrong !== null) {
    throw new MicrocosmError('VALIDATION_ERROR', 'Invalid message', {
      errors: [{ type: 'value_error', loc: [], msg: wrong }],
    })
  }
  return value as Record<string, unknown>
}

/** Checked on the text, because whatever walks the value would overflow the stack on it. */
function isDeeper(json: string, depthMax: number): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < json.length; at++) {
    const character = json.charCodeAt(at)
    if (inString) {
      if (character === 0x5c) at += 1
      else if (character === 0x22) inString = false
    } else if (character === 0x22) inString = true
    else if (character === 0x7b || character === 0x5b) {
      if (++depth > depthMax) return true
    } else if (character === 0x7d || character === 0x5d) depth -= 1
  }
  return false
}

function checkMessage(value: Record<string, unknown>): ClientMessage {
  if (typeof value.type !== 'string' || !clientMessageTypes.includes(value.type)) {
    throw new MicrocosmError(
      'UNKNOWN_TYPE',
      `Unknown message type: ${typeof value.type === 'string' ? value.type.slice(0, 100) : JSON.stringify(value.type ?? null).slice(0, 100)}`,
    )
  }
  const parsed = clientMessage.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues
    .slice(0, 20)
    .map(({ code, path, message }) => ({ type: code, loc: path, msg: message }))
  throw new MicrocosmError('VALIDATION_ERROR', 'Invalid message', { errors })
}
