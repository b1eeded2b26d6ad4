/** What can't be handed over: requests, and connections that are encrypted, go through to the process that has the session. */

import type { IncomingMessage } from 'node:http'
import { request as ask } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { WebSocket } from 'ws'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Peers } from './peers.ts'

/** Requests that name a session of another process in their address, or in MCP's header. */
export function relayRequests({ app, peers }: { app: FastifyInstance; peers: Peers }): void {
  app.addHook('onRequest', async (request, reply) => {
    const named = /^\/sessions\/([^/?]+)/.exec(request.url)?.[1] ?? String(request.headers['mcp-session-id'] ?? '')
    const owner = peers.ownerOf(named.split('.')[0] ?? '')
    if (owner === null) return
    const socketPath = await peers.socketOf(owner)
    const { method, url, headers } = request.raw
    await new Promise<void>((resolve, reject) => {
      const onward = ask({ socketPath, method, path: url, headers: { ...headers, connection: 'close' } }, (answer) => {
        reply.hijack()
        const { connection: _, 'keep-alive': _keep, ...rest } = answer.headers
        reply.raw.writeHead(answer.statusCode ?? 502, rest)
        answer.pipe(reply.raw)
        answer.on('error', () => reply.raw.destroy())
        resolve()
      })
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
        headers: { ...rest, connection: 'close', 'content-length': Buffer.byteLength(text) },
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
): Promise<void> {
  const onward = connect(await peers.socketOf(owner))
  const lines = [`${method} ${url} HTTP/1.1`]
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  onward.write(`${lines.join('\r\n')}\r\n\r\n`)
  onward.write(head)
  socket.pipe(onward).pipe(socket)
  onward.on('error', () => socket.destroy())
  socket.on('close', () => onward.destroy())
  onward.on('close', () => socket.destroy())
}

/** A session of another process that a socket took up among its own. */
export interface Upstream {
  /** Its reply, as it came. @throws UNKNOWN_SESSION where the connection is gone */
  ask(message: object): Promise<object>
  close(how: 'ended' | 'dropped'): void
}

export interface UpstreamOptions {
  peers: Peers
  owner: number
  path: string
  authorization: string | undefined
  onEvent(frame: object): void
  onLost(): void
}

export async function openUpstream({
  peers,
  owner,
  path,
  authorization,
  onEvent,
  onLost,
}: UpstreamOptions): Promise<Upstream> {
  const file = await peers.socketOf(owner)
  const socket = new WebSocket(`ws+unix://${file}:${path}`, {
    perMessageDeflate: false,
    headers: { host: 'localhost', ...(authorization !== undefined && { authorization }) },
  })
  const waiting: { resolve(reply: object): void; reject(error: Error): void }[] = []
  const lost = () => new MicrocosmError('UNKNOWN_SESSION', 'The process that has this session went away; attach again.')
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', () => reject(lost()))
  })
  socket.on('error', () => {})
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as { type: string }
    if (frame.type === 'event') onEvent(frame)
    else waiting.shift()?.resolve(frame)
  })
  socket.on('close', () => {
    for (const { reject } of waiting.splice(0)) reject(lost())
    onLost()
  })
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) return reject(lost())
        waiting.push({ resolve, reject })
        socket.send(JSON.stringify(message))
      }),
    close(how) {
      if (how === 'ended') socket.close(1000)
      else socket.terminate()
    },
  }
}
