/**
 * The WebSocket doors: `/domains/{id}/ws` (OpenEnv's clients), `/ws` (the domain is said at reset) and `/sessions/{id}/ws`
 * (one that there is already).
 *
 * A socket carries any number of sessions, each under the client's own name; a message without a name is for the session
 * ''. Messages of one session are served in the order they came, those of different sessions beside each other. A frame
 * that makes no sense gets an error reply, and everything else lives on.
 * Source: OpenEnv's client and server, protocol openenv-http/1.x (PyPI's openenv 0.10.0).
 */

import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RawData, WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { Catalog } from '../../envs/catalog.ts'
import type { WireResetOptions } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { SingleMessage } from '../../schemas/messages.ts'
import { batchLimit } from '../../schemas/messages.ts'
import type { Right, SessionEvent } from '../../schemas/session.ts'
import { credentialOf, requireOwnSite, rightsOf } from '../access.ts'
import type { Peers } from '../cluster/peers.ts'
import type { Upstream } from '../cluster/relay.ts'
import { openUpstream, relayUpgrade } from '../cluster/relay.ts'
import * as conduct from '../conduct.ts'
import type { ServerConfig } from '../config.ts'
import type { MessageKey } from '../log/records.ts'
import type { Logger } from '../replies.ts'
import { errorReply, publicError } from '../replies.ts'
import type { Answered, Holder, Seat, Sessions } from '../sessions.ts'
import type { TaskIndex } from '../tasks.ts'
import { checkMessage, parseFrame, readId, readName } from './frames.ts'
import { answerRpc } from './jsonrpc.ts'

export interface WebSocketGatewayOptions {
  server: Server
  catalog: Catalog
  sessions: Sessions
  peers: Peers
  index: TaskIndex
  config: ServerConfig
  log: Logger
}

export interface WebSocketGateway {
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Drained, messages that are being served are answered first, and the sessions wait for their clients to come back. */
  close(how: 'closed' | 'drained'): Promise<void>
}

/** Replies of an episode that are kept, so that a message that comes again isn't done again. */
const answeredMax = 1024

/** How a socket that the client closed on purpose ends; any other way is a connection that was dropped. */
const onPurpose = new Set([1000, 1001, 1005])

interface Address {
  /** A domain's id or `id@version`; null on `/ws`. */
  domain: string | null
  /** A session that is taken up as ''. */
  ticket: { session: string; token: string } | null
  /** A session that is to be attached: who has it serves the socket. */
  near: string | null
  credential: string | null
  rights: Set<Right>
  /** Whose sessions wait in one line when the house is full. */
  client: string
}

export function createWebSocketGateway({
  server,
  catalog,
  sessions,
  peers,
  index,
  config,
  log,
}: WebSocketGatewayOptions): WebSocketGateway {
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: config.frameBytesMax })
  const alive = new WeakSet<WebSocket>()
  const closing = new Set<Promise<unknown>>()
  const busy = new Set<Promise<unknown>>() // messages that are being served
  let draining = false

  const serve = (socket: WebSocket, { domain, ticket, rights, client, credential }: Address): void => {
    const seats = new Map<string, Seat>()
    const names = new Map<Seat, string>()
    const lost = new Set<string>() // names whose session ended, or was taken over: a message must not open another in silence
    const lines = new Map<string, Promise<unknown>>() // by session: the last message that is being served
    const listening = new Map<Seat, (event: SessionEvent) => void>()
    const upstreams = new Map<string, Upstream>() // sessions of other processes, by name
    let queued = 0
    let open = true

    const send = (reply: object): void => {
      if (!open) return
      socket.send(JSON.stringify(reply))
      if (socket.bufferedAmount > config.unsentBytesMax) socket.terminate() // it doesn't read: nothing more can reach it
    }
    const holder: Holder = {
      lose(seat) {
        const name = names.get(seat)
        if (name === undefined) return
        forget(name, seat)
        lost.add(name)
      },
    }
    const forget = (name: string, seat: Seat): void => {
      seats.delete(name)
      names.delete(seat)
      const listener = listening.get(seat)
      if (listener !== undefined) seat.session.listeners.delete(listener)
      listening.delete(seat)
    }
    const take = (name: string, seat: Seat, events: boolean): void => {
      sessions.hold(seat, holder)
      lost.delete(name)
      seats.set(name, seat)
      names.set(seat, name)
      if (!events) return
      const listener = (event: SessionEvent) => send(named({ type: 'event', data: event }, name))
      listening.set(seat, listener)
      seat.session.listeners.add(listener)
    }
    const leave = async (name: string, seat: Seat, how: 'ended' | 'dropped'): Promise<void> => {
      forget(name, seat)
      await sessions.letGo(seat, holder, how)
    }

    try {
      if (ticket !== null) take('', sessions.seat(ticket.session, ticket.token), false)
      if (domain !== null) {
        const [id = ''] = domain.split('@')
        if (!catalog.has(id)) catalog.domain(id) // throws, with the nearest name
        if (ticket === null && config.waitMs === 0 && sessions.size >= sessions.max)
          sessions.open(domain, { rights, bound: true }) // throws, with the count
      }
    } catch (error) {
      const ours = publicError(error, log)
      send(errorReply(ours))
      socket.close(ours.code === 'CAPACITY_REACHED' ? 1000 : 1008)
      return
    }

    const openSession = async (name: string, reference: string): Promise<Seat> => {
      if (seats.size >= config.socketSessionsMax)
        throw new MicrocosmError('CAPACITY_REACHED', `One socket carries ${config.socketSessionsMax} sessions at most.`)
      await sessions.room(client)
      const { owner } = sessions.open(reference, { rights, bound: true })
      take(name, owner, false)
      return owner
    }
    /** The seat of that name; on a domain's own address it is made when it is first needed. */
    const seatOf = (name: string, what: string): Seat | Promise<Seat> => {
      const seat = seats.get(name)
      if (seat !== undefined) return seat
      if (domain !== null && ticket === null && !lost.has(name)) return openSession(name, domain)
      throw ticket === null && !lost.has(name)
        ? new MicrocosmError('EPISODE_NOT_RESET', `${what} came before reset.`)
        : new MicrocosmError('UNKNOWN_SESSION', 'The session has ended, or another connection has taken it up.')
    }
    const resetTo = async (name: string, data: WireResetOptions, key?: MessageKey): Promise<object> => {
      const held = seats.get(name)
      const [own] = domain?.split('@') ?? [held?.session.domain]
      const settled = await conduct.settle(data, own, index)
      const reference = settled.domain ?? held?.session.domain
      if (reference === undefined)
        throw new MicrocosmError('VALIDATION_ERROR', 'A reset at /ws says its domain, or has a task drawn by sample.')
      const [id, version] = reference.split('@')
      if (own !== undefined && domain !== null && id !== own)
        throw new MicrocosmError('VALIDATION_ERROR', `This is an address of "${own}"; reset "${id}" at /ws.`)
      let seat = held
      const misfit =
        seat !== undefined &&
        (id !== seat.session.domain || (version !== undefined && version !== seat.session.world.domain.version))
      if (seat !== undefined && misfit) {
        await leave(name, seat, 'ended')
        seat = undefined
      }
      seat ??= await openSession(name, domain?.includes('@') ? domain : reference)
      return { type: 'observation', data: await conduct.reset(seat, settled, key) }
    }
    const carryOut = async (message: SingleMessage, name: string): Promise<object | null> => {
      const key = message.id === undefined ? undefined : { id: message.id, type: message.type }
      switch (message.type) {
        case 'reset':
          return resetTo(name, message.data, key)
        case 'step': {
          const seat = seats.get(name) ?? (await seatOf(name, 'step'))
          return { type: 'observation', data: await conduct.step(seat, message.data, key) }
        }
        case 'verify':
          return { type: 'verification', data: await conduct.verify(await seatOf(name, 'verify')) }
        case 'fork':
          return {
            type: 'forked',
            data: await conduct.fork(await seatOf(name, 'fork'), message.data.count, sessions, key),
          }
        case 'attach': {
          if (seats.has(name) || upstreams.has(name))
            throw new MicrocosmError(
              'SESSION_ERROR',
              'There is a session of that name here already; attach under another.',
            )
          const { session, token, events } = message.data
          await sessions.wake(session)
          const seat = sessions.seat(session, token)
          if (domain !== null && seat.session.domain !== domain.split('@')[0])
            throw new MicrocosmError('UNKNOWN_SESSION', `The session is not one of the domain "${domain}".`)
          take(name, seat, events ?? seat.role === 'observer')
          return { type: 'observation', data: await conduct.shownLast(seat) }
        }
        case 'grant':
          return { type: 'granted', data: await conduct.grant(await seatOf(name, 'grant'), message.data, key) }
        case 'state':
          return { type: 'state', data: conduct.state(await seatOf(name, 'state')) }
        case 'mcp':
          return { type: 'mcp', data: await answerRpc(message.data, { seat: await seatOf(name, 'mcp') }) }
        case 'close': {
          if (message.session === undefined) {
            socket.close(1000)
            return null
          }
          const seat = seats.get(name)
          if (seat !== undefined) await leave(name, seat, 'ended')
          return { type: 'closed', data: {} }
        }
      }
    }
    /** A session of another process is asked there, message by message. */
    const askUpstream = async (message: SingleMessage, name: string): Promise<object | null> => {
      const { session: _, id: __, ...plain } = message
      let upstream = upstreams.get(name)
      if (message.type === 'close' && message.session === undefined) {
        socket.close(1000)
        return null
      }
      if (message.type === 'close') {
        upstreams.delete(name)
        upstream?.close('ended')
        return { type: 'closed', data: {} }
      }
      if (message.type === 'attach') {
        if (seats.has(name) || upstream !== undefined)
          throw new MicrocosmError(
            'SESSION_ERROR',
            'There is a session of that name here already; attach under another.',
          )
        upstream = await openUpstream({
          peers,
          owner: peers.ownerOf(message.data.session) as number,
          path: domain === null ? '/ws' : `/domains/${encodeURIComponent(domain)}/ws`,
          authorization: credential === null ? undefined : `Bearer ${credential}`,
          onEvent: (frame) => send(named(frame, name)),
          onLost() {
            if (upstreams.delete(name)) lost.add(name)
          },
        })
        const reply = (await upstream.ask(plain)) as { type: string }
        if (reply.type === 'error' || !open) upstream.close('dropped')
        else {
          upstreams.set(name, upstream)
          lost.delete(name)
        }
        return reply
      }
      // The id goes with it: what was answered before is remembered there.
      const reply = (await upstream?.ask(message.id === undefined ? plain : { ...plain, id: message.id })) as {
        id?: unknown
      }
      const { id: ___, ...bare } = reply
      return bare
    }
    const isAway = (message: SingleMessage, name: string): boolean =>
      message.type === 'attach' ? peers.ownerOf(message.data.session) !== null : upstreams.has(name)
    /** Once: a message whose id was answered in this episode is answered again. */
    const once = async (message: SingleMessage, name: string): Promise<object | null> => {
      const { id } = message
      if (isAway(message, name)) return askUpstream(message, name)
      if (id === undefined) return carryOut(message, name)
      const before = seats.get(name)?.answered.get(id)
      if (before !== undefined) {
        if (before.type === message.type) return before.reply
        throw new MicrocosmError('VALIDATION_ERROR', `The id ${JSON.stringify(id)} was a ${before.type}'s already.`)
      }
      const work = carryOut(message, name)
      const answer = work as Promise<object>
      remember(seats.get(name), id, { type: message.type, reply: answer })
      try {
        const reply = await work
        // A reset forgets what came before it, but not itself.
        if (message.type === 'reset') remember(seats.get(name), id, { type: 'reset', reply: answer })
        return reply
      } catch (error) {
        seats.get(name)?.answered.delete(id) // what was refused was not done, and may be tried again
        throw error
      }
    }
    /** In its session's turn, whatever becomes of it. */
    const answer = (value: Record<string, unknown>): Promise<object | null> => {
      const id = readId(value)
      const name = readName(value)
      let message: SingleMessage
      try {
        message = checkMessage(value)
      } catch (error) {
        return Promise.resolve(tagged(errorReply(publicError(error, log)), id, value.session))
      }
      const before = lines.get(name)
      const turn = (before === undefined ? once(message, name) : before.then(() => once(message, name))).then(
        (reply) => (reply === null ? null : tagged(reply, id, message.session)),
        (error) => tagged(errorReply(publicError(error, log)), id, message.session),
      )
      lines.set(name, turn)
      void turn.then(() => {
        if (lines.get(name) === turn) lines.delete(name)
      })
      return turn
    }
    /**
     * In what order a batch is begun. One of steps alone goes domain by domain, because a step that comes after another of its
     * own domain finds the program's isolate in the processor's caches; those of one session stay in their order.
     */
    const inOrder = (items: readonly unknown[]): Iterable<number> => {
      const groups = new Map<string, number[]>()
      for (const [index, item] of items.entries()) {
        if ((item as { type?: unknown } | null)?.type !== 'step') return items.keys()
        const of = seats.get(readName(item))?.session.domain ?? ''
        const group = groups.get(of)
        if (group === undefined) groups.set(of, [index])
        else group.push(index)
      }
      return [...groups.values()].flat()
    }
    const answerBatch = async (value: Record<string, unknown>): Promise<object> => {
      const id = readId(value)
      const { data } = value
      if (!Array.isArray(data) || data.length === 0 || data.length > batchLimit) {
        const told = new MicrocosmError('VALIDATION_ERROR', 'Invalid message', {
          errors: [{ type: 'value_error', loc: ['data'], msg: `A batch has 1 to ${batchLimit} messages.` }],
        })
        return tagged(errorReply(told), id, undefined)
      }
      const pending: Promise<object | null>[] = new Array(data.length)
      for (const index of inOrder(data)) pending[index] = answer(data[index] as Record<string, unknown>)
      const replies = await Promise.all(pending)
      return tagged({ type: 'batch', data: replies.filter((reply) => reply !== null) }, id, undefined)
    }
    const handle = async (data: RawData, binary: boolean): Promise<void> => {
      let value: Record<string, unknown>
      try {
        value = parseFrame(data, binary, config.frameDepthMax)
      } catch (error) {
        return send(errorReply(publicError(error, log)))
      }
      const reply = await (value.type === 'batch' ? answerBatch(value) : answer(value))
      if (reply !== null) send(reply)
    }

    socket.on('message', (data, binary) => {
      if (draining) return // it comes again, to who goes on
      if (++queued >= config.queuedMessagesMax) socket.pause()
      const done = handle(data, binary)
      busy.add(done)
      const next = (): void => {
        busy.delete(done)
        if (--queued < config.queuedMessagesMax / 2 && socket.isPaused) socket.resume()
      }
      done.then(next, (error) => {
        next()
        log.error({ err: error }, 'a message was not served')
      })
    })
    socket.on('pong', () => alive.add(socket))
    socket.on('error', (error) => log.info({ reason: error.message }, 'socket error'))
    socket.on('close', (code) => {
      open = false
      const how = onPurpose.has(code) && !draining ? 'ended' : 'dropped'
      const done = Promise.allSettled(lines.values()).then(() =>
        Promise.all([...seats].map(([name, seat]) => leave(name, seat, how))),
      )
      for (const upstream of upstreams.values()) upstream.close(how)
      upstreams.clear()
      closing.add(done)
      void done.finally(() => closing.delete(done))
    })
    alive.add(socket)
  }

  const onUpgrade = (request: IncomingMessage, duplex: Duplex, head: Buffer): void => {
    duplex.on('error', () => duplex.destroy())
    const address = addressOf(request, config)
    if ('refused' in address) {
      const [status, text] = address.refused
      duplex.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n${text}\n`)
      return
    }
    const owner = peers.ownerOf(address.ticket?.session ?? address.near ?? '')
    if (owner !== null) {
      if (peers.handOver(owner, request, duplex, head)) return
      relayUpgrade(peers, owner, request, duplex, head).catch(() => duplex.destroy())
      return
    }
    const begin = (): void => sockets.handleUpgrade(request, duplex, head, (socket) => serve(socket, address))
    if (address.ticket === null) {
      begin()
      return
    }
    // Where it can't be taken up, the socket says so.
    sessions.wake(address.ticket.session).then(begin, (error) => {
      publicError(error, log)
      begin()
    })
  }
  server.on('upgrade', onUpgrade)

  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate()
      else socket.ping()
    }
  }, config.pingMs).unref()

  return {
    onUpgrade,
    async close(how) {
      clearInterval(heartbeat)
      server.off('upgrade', onUpgrade)
      if (how === 'drained') {
        draining = true
        const late = new AbortController()
        await Promise.race([
          Promise.allSettled(busy),
          sleep(config.drainMs, null, { signal: late.signal }).catch(() => {}),
        ])
        late.abort()
      }
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

function addressOf(request: IncomingMessage, config: ServerConfig): Address | { refused: [string, string] } {
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const match = /^\/(?:(domains|sessions)\/([^/]+)\/)?ws\/?$/.exec(path)
  if (match === null)
    return { refused: ['404 Not Found', 'WebSockets are served at /ws, /domains/{id}/ws and /sessions/{id}/ws.'] }
  const [, kind, encoded = ''] = match
  let name = encoded
  try {
    name = decodeURIComponent(encoded)
  } catch {
    // A name that can't be decoded is none of ours either, and the reply says so.
  }
  const credential = credentialOf(request)
  const address: Address = {
    domain: kind === 'domains' ? name : null,
    ticket: null,
    near: new URLSearchParams(query).get('near'),
    credential,
    rights: rightsOf(credential, config),
    client: credential ?? request.socket.remoteAddress ?? '',
  }
  if (kind === 'sessions') {
    try {
      requireOwnSite(request, config)
    } catch (error) {
      return { refused: ['403 Forbidden', (error as MicrocosmError).message] }
    }
    address.ticket = { session: name, token: credential ?? '' }
  }
  // OpenEnv's MCP client makes its session over HTTP and names it here; the id is all it has.
  const session = new URLSearchParams(query).get('session_id')
  if (kind === 'domains' && session !== null) address.ticket = { session, token: session }
  return address
}

function remember(seat: Seat | undefined, id: string | number, answered: Answered): void {
  if (seat === undefined) return
  seat.answered.set(id, answered)
  if (seat.answered.size > answeredMax) seat.answered.delete(seat.answered.keys().next().value as string)
}

function tagged(reply: object, id: string | number | undefined, session: unknown): object {
  if (id === undefined && session === undefined) return reply
  const whole: Record<string, unknown> = { ...reply }
  if (id !== undefined) whole.id = id
  if (typeof session === 'string') whole.session = session
  return whole
}

const named = (frame: object, name: string): object => (name === '' ? frame : { ...frame, session: name })
