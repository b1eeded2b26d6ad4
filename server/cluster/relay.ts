/** What can't be handed over: requests, and connections that are encrypted, go through to the process that has the session. */

import type { IncomingMessage } from 'node:http'
import { request as ask } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { WebSocket } from 'ws'
import { MicrocosmError } from '../../schemas/errors.ts'
import { fromHeader } from '../access.ts'
import type { Guard } from '../gateway/guard.ts'
import type { Peers } from './peers.ts'

/** Requests that name a session of another process in their address, or in MCP's header. */
export function relayRequests({
  app,
  peers,
  guard,
}: {
  app: FastifyInstance
  peers: Peers
  guard: Pick<Guard, 'addressOf'>
}): void {
  app.addHook('onRequest', async (request, reply) => {
    const named = /^\/sessions\/([^/?]+)/.exec(request.url)?.[1] ?? String(request.headers['mcp-session-id'] ?? '')
    const owner = peers.ownerOf(named.split('.')[0] ?? '')
    if (owner === null) return
    const socketPath = await peers.socketOf(owner)
    const { method, url, headers } = request.raw
    await new Promise<void>((resolve, reject) => {
      const onward = ask(
        {
          socketPath,
          method,
          path: url,
          headers: { ...headers, [fromHeader]: guard.addressOf(request.raw), connection: 'close' },
        },
        (answer) => {
          reply.hijack()
          const { connection: _, 'keep-alive': _keep, ...rest } = answer.headers
          reply.raw.writeHead(answer.statusCode ?? 502, rest)
          answer.pipe(reply.raw)
          answer.on('error', () => reply.raw.destroy())
          resolve()
        },
      )
      onward.on('error', (error) =>
        reply.sent
          ? reply.raw.destroy()
          : reject(new MicrocosmError('CONNECTION_LOST', 'The process that has this session went away.', {}, error)),
      )
      reply.raw.on('close', () => onward.destroy())
      request.raw.pipe(onward)
    })
    return reply
  })
}

/** A request of JSON that was read already. @returns what was answered */
export async function relayJson(
  peers: Peers,
  owner: number,
  { url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>,
  body: unknown,
  from: string,
): Promise<unknown> {
  const socketPath = await peers.socketOf(owner)
  const text = JSON.stringify(body)
  const { 'content-length': _, 'transfer-encoding': _coding, ...rest } = headers
  return new Promise((resolve, reject) => {
    const onward = ask(
      {
        socketPath,
        method: 'POST',
        path: url,
        headers: { ...rest, [fromHeader]: from, connection: 'close', 'content-length': Buffer.byteLength(text) },
      },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part) => parts.push(part))
        answer.on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString())))
        answer.on('error', reject)
      },
    )
    onward.on('error', (error) =>
      reject(new MicrocosmError('CONNECTION_LOST', 'The process that has this session went away.', {}, error)),
    )
    onward.end(text)
  })
}

/** A connection as it is, its request first. */
export async function relayUpgrade(
  peers: Peers,
  owner: number,
  { method, url, rawHeaders }: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  from: string,
): Promise<void> {
  const onward = connect(await peers.socketOf(owner))
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.toLowerCase() !== fromHeader) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  lines.push(`${fromHeader}: ${from}`)
  onward.write(`${lines.join('\r\n')}\r\n\r\n`)
  onward.write(head)
  socket.pipe(onward).pipe(socket)
  onward.on('error', () => socket.destroy())
  socket.on('close', () => onward.destroy())
  onward.on('close', () => socket.destroy())
}

/** A session of another process that a socket took up among its own. */
export interface Upstream {
  /** What its attach was answered. */
  readonly attached: object
  /**
   * Its reply, as it came; null where this server is going down: it comes again, to who goes on.
   * @throws UNKNOWN_SESSION where the session could not be taken up again, or what was asked can't be asked again
   */
  ask(message: UpstreamMessage): Promise<object | null>
  close(how: 'ended' | 'dropped'): void
}

export type UpstreamMessage = { type: string; id?: string | number }

export interface UpstreamOptions {
  peers: Peers
  owner: number
  path: string
  authorization: string | undefined
  /** The address that the socket came from. */
  from: string
  /** What takes the session up. */
  attach: UpstreamMessage
  onEvent(frame: object): void
  /** The session could not be taken up again. */
  onLost(): void
  /** Whether this server is going down. */
  isDraining(): boolean
}

/** What may be asked twice, whether or not it was heard the first time. */
const askedTwice = new Set(['attach', 'reset', 'state', 'verify'])

/**
 * One that is lost with its process is taken up again once another has taken its place, and what was asked is asked again
 * where its id, or its kind, lets it be done once.
 * @throws CONNECTION_LOST where that process doesn't answer
 */
export async function openUpstream(options: UpstreamOptions): Promise<Upstream> {
  const { peers, owner, path, authorization, from, attach, onEvent, onLost, isDraining } = options
  let socket: WebSocket | null = null
  let over = false
  let coming: Promise<boolean> = Promise.resolve(true)
  let answer: ((reply: object | null) => void) | null = null // to the one question that is open: they come one by one
  const gone = () => new MicrocosmError('UNKNOWN_SESSION', 'The process that has this session went away; attach again.')
  const put = async (message: UpstreamMessage, on: WebSocket): Promise<object | null> => {
    const { promise, resolve } = Promise.withResolvers<object | null>()
    answer = resolve
    if (on.readyState !== WebSocket.OPEN) return null
    on.send(JSON.stringify(message))
    return promise
  }
  /** @returns what the attach was answered @throws CONNECTION_LOST */
  const reach = async (): Promise<object> => {
    for (let tries = 0; tries < 3; tries++) {
      const file = await peers.socketOf(owner)
      const fresh = new WebSocket(`ws+unix://${file}:${path}`, {
        perMessageDeflate: false,
        headers: { host: 'localhost', [fromHeader]: from, ...(authorization !== undefined && { authorization }) },
      })
      fresh.on('error', () => {}) // and it closes
      fresh.on('message', (data) => {
        const frame = JSON.parse(String(data)) as { type: string }
        if (frame.type === 'event') return onEvent(frame)
        answer?.(frame)
        answer = null
      })
      fresh.on('close', () => {
        if (socket === fresh && !over && !isDraining()) coming = comeBack()
        answer?.(null)
        answer = null
      })
      const opened = await new Promise<boolean>((resolve) => {
        fresh.once('open', () => resolve(true))
        fresh.once('close', () => resolve(false))
      })
      const reply = opened ? await put(attach, fresh) : null
      if (reply === null) continue
      socket = fresh
      return reply
    }
    throw new MicrocosmError('CONNECTION_LOST', 'The process that has this session does not answer.')
  }
  /** Whether it did. */
  const comeBack = async (): Promise<boolean> => {
    const reply = (await reach().catch(() => null)) as { type: string } | null
    if (over) socket?.terminate()
    if (over || (reply !== null && reply.type !== 'error')) return true
    over = true
    socket?.terminate()
    onLost()
    return false
  }
  const attached = await reach()
  return {
    attached,
    async ask(message) {
      for (;;) {
        const reply = (await coming) && socket !== null ? await put(message, socket) : null
        if (reply !== null) return reply
        if (isDraining()) return null
        if (over || (message.id === undefined && !askedTwice.has(message.type))) throw gone()
      }
    },
    close(how) {
      over = true
      if (how === 'ended') socket?.close(1000)
      else socket?.terminate()
    },
  }
}
