/**
 * The other processes of one server, as a process sees them: which of them has a session, and how to get there. They share
 * nothing; a connection for another one's session is handed over as a socket, else relayed over that one's local socket.
 */

import { unlinkSync } from 'node:fs'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { request as ask, createServer } from 'node:http'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ErrorCode } from '../../schemas/errors.ts'
import { MicrocosmError } from '../../schemas/errors.ts'

/** What takes up a connection that another process accepted. */
export interface UpgradeDoor {
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}
/** What another process may ask: for a question's name and a value, a value as JSON has it. */
export type PeerDoor = (question: string, value: unknown) => Promise<unknown>
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
  /** No session is opened from now on, nor by a process that takes another's place. */
  tellDraining(): void
  /** Asks one of the others. @throws its error by its code; CONNECTION_LOST where it doesn't answer */
  ask<T>(number: number, question: string, value?: unknown): Promise<T>
  /** Asks all others; those that don't answer in time are left out. */
  askAll<T>(question: string, value?: unknown): Promise<T[]>
  listen(app: RequestDoor, gateway: UpgradeDoor, door: PeerDoor): Promise<void>
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
  tellDraining: () => {},
  ask: () => Promise.reject(new MicrocosmError('CONNECTION_LOST', 'There is no other process.')),
  askAll: async () => [],
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
  | { kind: 'draining' }
  | { kind: 'ready'; url: string }
  | { kind: 'failed'; code: string; message: string }
export type ToWorker = Handover | { kind: 'others'; count: number } | { kind: 'drain' } | { kind: 'close' }

export const socketFile = (folder: string, number: number): string => join(folder, `worker-${number}.sock`)

/** Where questions of other processes go: no door that is open to others leads there. */
const questionPath = '/peer/'
/** Milliseconds that an answer to one may take. */
const answerMs = 5000

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
    tellDraining: () => void process.send?.({ kind: 'draining' }),
    ask: (of, question, value) => askAt(socketFile(folder, of), question, value),
    async askAll<T>(question: string, value?: unknown) {
      const numbers = Array.from({ length: workers }, (_, of) => of).filter((of) => of !== number)
      const answers = await Promise.allSettled(numbers.map((of) => askAt<T>(socketFile(folder, of), question, value)))
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    },
    async listen(app, { onUpgrade }, door) {
      // One that was killed may still be letting go of its files.
      for (let tries = 0; tries < 200 && (await answers(own)); tries++) await sleep(50)
      try {
        unlinkSync(own)
      } catch {
        // There was none.
      }
      server = createServer((request, response) =>
        request.url?.startsWith(questionPath) ? void answerTo(request, response, door) : app.routing(request, response),
      )
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

function askAt<T>(socketPath: string, question: string, value: unknown = null): Promise<T> {
  return new Promise((resolve, reject) => {
    const lost = (error?: Error) =>
      reject(new MicrocosmError('CONNECTION_LOST', 'Another process of this server does not answer.', {}, error))
    const asked = ask(
      { socketPath, method: 'POST', path: `${questionPath}${question}`, timeout: answerMs },
      (reply) => {
        text(reply).then((body) => {
          const { value: answer, error } = JSON.parse(body) as {
            value?: T
            error?: { code: ErrorCode; message: string }
          }
          if (error === undefined) resolve(answer as T)
          else reject(new MicrocosmError(error.code, error.message))
        }, lost)
      },
    )
    asked.on('timeout', () => asked.destroy())
    asked.on('error', lost)
    asked.end(JSON.stringify(value))
  })
}

async function answerTo(request: IncomingMessage, response: ServerResponse, door: PeerDoor): Promise<void> {
  let reply: object
  try {
    const value = JSON.parse(await text(request)) as unknown
    reply = { value: await door((request.url ?? '').slice(questionPath.length), value) }
  } catch (error) {
    const { code, message } = error as MicrocosmError
    reply = { error: error instanceof MicrocosmError ? { code, message } : { code: 'EXECUTION_ERROR', message } }
  }
  response.end(JSON.stringify(reply))
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
