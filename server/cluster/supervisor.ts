/**
 * A server on many cores: one process a core, each with its own HTTP, WebSockets and worlds. This process serves nothing:
 * it deals connections out, passes those that are handed over, and replaces a process that died or gives no sign of life by
 * another of the same number, which takes up its sessions from its log.
 */

import type { Worker } from 'node:cluster'
import cluster from 'node:cluster'
import { unlinkSync } from 'node:fs'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { ErrorCode } from '../../schemas/errors.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { ServerConfig } from '../config.ts'
import { defaultConfig } from '../config.ts'
import { openState } from '../journal/state.ts'
import type { LogLevel } from '../log.ts'
import type { Logger } from '../replies.ts'
import type { FromWorker, Handover, ToWorker } from './peers.ts'
import { answers, socketFile } from './peers.ts'

export interface ClusterOptions {
  /** The catalogue's file; without it what ships with the installation. */
  catalog?: string
  workers: number
  config: Partial<ServerConfig> & { stateFolder: string }
  /** Where this process says what befell the others; nowhere unless given. */
  log?: Logger
  /** Of the log that each process writes to standard error; errors alone unless given. */
  logLevel?: LogLevel
  /** Milliseconds without a sign of life after which a process is killed. */
  heartbeatMs?: number
}

/** What a process is told when it is started. */
export interface WorkerOptions {
  number: number
  workers: number
  catalog?: string
  folder: string
  config: Partial<ServerConfig>
  /** An operator has drained the server. */
  draining: boolean
  logLevel: LogLevel
}

export interface ClusterServer {
  readonly url: string
  readonly sessions: number
  /** Process ids by number; 0 where one is being replaced. */
  readonly pids: readonly number[]
  /** Ends all sessions. */
  close(): Promise<void>
  /** Lets running steps end, and leaves the sessions in the log for the next start. */
  drain(): Promise<void>
}

interface Post {
  number: number
  worker: Worker | null
  ready: boolean
  sessions: number
  /** When it last gave a sign of life, and when it was started: milliseconds of the process's clock. */
  beat: number
  began: number
  /** Starts in a row that ended soon. */
  crashes: number
  waiting: { message: Handover; socket: Socket }[]
}

const silent: Logger = { error: () => {}, info: () => {} }

const soonMs = 10_000
const backOffMaxMs = 30_000
const unixPathMax = 100

/** @throws PORT_IN_USE, LOG_UNAVAILABLE (the state directory is another server's, or can't be written) */
export async function startCluster({
  catalog,
  workers,
  config,
  log = silent,
  logLevel = 'error',
  heartbeatMs = 20_000,
}: ClusterOptions): Promise<ClusterServer> {
  const { folder, signingKey } = openState(config.stateFolder)
  const lock = await lockFolder(folder)
  cluster.setupPrimary({ exec: join(import.meta.dirname, 'worker.ts'), args: [], execArgv: [] })
  const first = Promise.withResolvers<string>()
  // Where any free one will do it is chosen here, so that it stays the same when all processes are replaced.
  const port = config.port === 0 ? await freePort(config.host ?? defaultConfig.host) : config.port
  let stopping = false
  let draining = false
  const posts: Post[] = Array.from({ length: workers }, (_, number) => ({
    number,
    worker: null,
    ready: false,
    sessions: 0,
    beat: 0,
    began: 0,
    crashes: 0,
    waiting: [],
  }))
  const tell = ({ worker }: Post, message: ToWorker, socket?: Socket): void => {
    if (worker?.isConnected()) worker.send(message, socket as never, () => {})
  }
  const total = (): number => posts.reduce((sum, { sessions }) => sum + sessions, 0)
  const tellCounts = (): void => {
    const all = total()
    for (const post of posts) if (post.ready) tell(post, { kind: 'others', count: all - post.sessions })
  }
  const start = (post: Post): void => {
    if (stopping) return
    const { number } = post
    const options: WorkerOptions = {
      number,
      workers,
      ...(catalog !== undefined && { catalog }),
      folder,
      // What is counted in each process is its share of the whole.
      config: {
        signingKey,
        ...config,
        ...(port !== undefined && { port }),
        processes: workers,
        memoryBytesMax: Math.floor((config.memoryBytesMax ?? defaultConfig.memoryBytesMax) / workers),
      },
      draining,
      logLevel,
    }
    const worker = cluster.fork({ MICROCOSM_WORKER: JSON.stringify(options) })
    Object.assign(post, { worker, ready: false, beat: performance.now(), began: performance.now() })
    worker.on('message', (message: FromWorker, socket?: Socket) => {
      post.beat = performance.now()
      switch (message.kind) {
        case 'handover': {
          const to = posts[message.to]
          if (socket === undefined || to === undefined) return
          socket.on('error', () => socket.destroy())
          if (to.ready) tell(to, message, socket)
          else to.waiting.push({ message, socket })
          return
        }
        case 'sessions':
          post.sessions = message.count
          return tellCounts()
        case 'draining':
          draining = true
          return
        case 'ready':
          post.ready = true
          for (const { message: handed, socket: held } of post.waiting.splice(0)) tell(post, handed, held)
          tellCounts()
          if (posts.every(({ ready }) => ready)) first.resolve(message.url)
          return
        case 'failed':
          first.reject(new MicrocosmError(message.code as ErrorCode, message.message))
      }
    })
    worker.on('exit', (code, signal) => {
      if (post.worker !== worker) return
      post.worker = null
      post.ready = false
      if (stopping) return
      const soon = performance.now() - post.began < soonMs
      post.crashes = soon ? post.crashes + 1 : 0
      const pauseMs = post.crashes <= 1 ? 0 : Math.min(backOffMaxMs, 250 * 2 ** post.crashes)
      log.error({ process: number, signal, code, pauseMs }, 'a process ended; another takes its place')
      setTimeout(() => start(post), pauseMs)
    })
  }
  const watch = setInterval(
    () => {
      for (const { worker, beat } of posts)
        if (worker !== null && performance.now() - beat > heartbeatMs) worker.process.kill('SIGKILL')
    },
    Math.min(1000, heartbeatMs / 4),
  )
  const stop = async (how: 'close' | 'drain'): Promise<void> => {
    if (stopping) return
    stopping = true
    clearInterval(watch)
    await Promise.all(
      posts.map(async (post) => {
        const { worker } = post
        if (worker === null) return
        const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
        tell(post, { kind: how })
        const late = setTimeout(() => worker.process.kill('SIGKILL'), (config.drainMs ?? 10_000) + 10_000)
        await ended
        clearTimeout(late)
      }),
    )
    await lock.release()
  }
  for (const post of posts) start(post)
  let url: string
  try {
    url = await first.promise
  } catch (error) {
    await stop('close')
    throw error
  }
  return {
    url,
    get sessions() {
      return total()
    },
    get pids() {
      return posts.map(({ worker, ready }) => (ready ? worker?.process.pid : 0) ?? 0)
    },
    close: () => stop('close'),
    drain: () => stop('drain'),
  }
}

/** @throws what listening there does */
async function freePort(host: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** One server at a time: whoever listens on its socket has it. @throws LOG_UNAVAILABLE */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  const file = join(folder, 'primary.sock')
  if (socketFile(folder, 999).length > unixPathMax)
    throw new MicrocosmError(
      'LOG_UNAVAILABLE',
      `The path of the state directory is too long for local sockets: ${folder}.`,
    )
  if (await answers(file))
    throw new MicrocosmError('LOG_UNAVAILABLE', `The state directory ${folder} is another running server's.`)
  try {
    unlinkSync(file)
  } catch {
    // There was none.
  }
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(file, resolve)
  })
  server.unref()
  return { release: () => new Promise((resolve) => server.close(() => resolve())) }
}
