/**
 * The other processes of one server, as a process sees them: which of them has a session, and how to get there. They share
 * nothing; a connection for another one's session is handed over as a socket, else relayed over that one's local socket.
 */

import { unlinkSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { MicrocosmError } from '../../schemas/errors.ts'

/** What takes up a connection that another process accepted. */
export interface UpgradeDoor {
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}
/** What answers a request that another process relays: Fastify. */
export interface RequestDoor {
  routing(request: IncomingMessage, response: ServerResponse): void
}

export interface Peers {
  /** Of this process. */
  readonly number: number
  /** Whether what a process of that number left is this one's. */
  owns(number: number): boolean
  /** Who has the session; null where it is this process, or none. */
  ownerOf(session: string): number | null
  /** The local socket of another one, once it listens. @throws CONNECTION_LOST where it does not */
  socketOf(number: number): Promise<string>
  /** Gives a plain connection away, of which nothing but the request was read. False where that can't be. */
  handOver(number: number, request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Sessions of the others, as they last said. */
  sessions(): number
  tell(sessions: number): void
  listen(app: RequestDoor, gateway: UpgradeDoor): Promise<void>
  close(): Promise<void>
}

export const alone: Peers = {
  number: 0,
  owns: () => true,
  ownerOf: () => null,
  socketOf: () => Promise.reject(new MicrocosmError('CONNECTION_LOST', 'There is no other process.')),
  handOver: () => false,
  sessions: () => 0,
  tell: () => {},
  listen: async () => {},
  close: async () => {},
}

/** A connection on its way, through the primary. */
export interface Handover {
  kind: 'handover'
  to: number
  request: { url: string; method: string; headers: IncomingMessage['headers']; rawHeaders: string[] }
  /** Base64. */
  head: string
}
export type FromWorker =
  | Handover
  | { kind: 'sessions'; count: number }
  | { kind: 'beat' }
  | { kind: 'ready'; url: string }
  | { kind: 'failed'; code: string; message: string }
export type ToWorker = Handover | { kind: 'others'; count: number } | { kind: 'drain' } | { kind: 'close' }

export const socketFile = (folder: string, number: number): string => join(folder, `worker-${number}.sock`)

/** Milliseconds that a process which is being replaced is waited for. */
const replaceMs = 20_000

export function createPeers({ folder, number, workers }: { folder: string; number: number; workers: number }): Peers {
  const own = socketFile(folder, number)
  const ownerOfNumber = (of: number): number => (of < workers ? of : of % workers)
  let others = 0
  let server: Server | null = null
  let telling = false
  let count = 0
  return {
    number,
    owns: (of) => ownerOfNumber(of) === number,
    ownerOf(session) {
      const of = /^[0-9a-f]{32}-(\d{1,4})$/.exec(session)?.[1]
      if (of === undefined) return null
      const owner = ownerOfNumber(Number(of))
      return owner === number ? null : owner
    },
    async socketOf(of) {
      const file = socketFile(folder, of)
      for (const until = Date.now() + replaceMs; Date.now() < until; await sleep(50))
        if (await answers(file)) return file
      throw new MicrocosmError('CONNECTION_LOST', 'The process that has this session does not answer.')
    },
    handOver(to, request, socket, head) {
      if (!('remoteAddress' in socket) || 'encrypted' in socket || head.length > 0 || process.send === undefined)
        return false
      const { url = '', method = 'GET', headers, rawHeaders } = request
      const message: Handover = {
        kind: 'handover',
        to,
        request: { url, method, headers, rawHeaders },
        head: head.toString('base64'),
      }
      process.send(message, socket as Socket)
      return true
    },
    sessions: () => others,
    tell(sessions) {
      count = sessions
      if (telling) return
      telling = true
      setTimeout(() => {
        telling = false
        process.send?.({ kind: 'sessions', count })
      }, 20).unref()
    },
    async listen(app, { onUpgrade }) {
      // One that was killed may still be letting go of its files.
      for (let tries = 0; tries < 200 && (await answers(own)); tries++) await sleep(50)
      try {
        unlinkSync(own)
      } catch {
        // There was none.
      }
      server = createServer((request, response) => app.routing(request, response))
      server.on('upgrade', onUpgrade)
      await new Promise<void>((resolve, reject) => {
        server?.once('error', reject)
        server?.listen(own, resolve)
      })
      process.on('message', (message: ToWorker, handle?: Socket) => {
        if (message.kind === 'others') others = message.count
        if (message.kind !== 'handover' || handle === undefined) return
        const request = Object.assign(Object.create({ socket: handle }), message.request) as IncomingMessage
        onUpgrade(request, handle, Buffer.from(message.head, 'base64'))
      })
    },
    async close() {
      server?.closeAllConnections()
      await new Promise<void>((done) => (server === null ? done() : server.close(() => done())))
    },
  }
}

/** Whether somebody listens there. */
export function answers(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(file)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
