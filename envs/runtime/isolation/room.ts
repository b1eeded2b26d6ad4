/**
 * One process that may be killed, seen from the one that may not.
 *
 * It has an empty environment, Node's permission model (it reads the code of the runtime and nothing else; no network, no
 * processes, no workers), a limit on memory and one on processor time. What is asked of it is answered in order, so the
 * request at the head of the queue is the one it works on; if that takes longer than it may, or the memory swells, or the
 * process falls, that request is to blame. While nothing is asked, a ping is its heartbeat.
 */

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Domain } from '../../../schemas/domain.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import type { Limits } from '../limits.ts'
import { readFrames, writeFrame } from './frames.ts'
import type { Request } from './protocol.ts'
import { errorOf, reply } from './protocol.ts'

/** Why a process is gone: `hung`, `memory` or `fallen` while it worked on a request; `idle` while it worked on none. */
export type DeathCause = 'hung' | 'memory' | 'fallen' | 'idle'

export class RoomDeath extends Error {
  readonly kind: DeathCause
  /** Whether the request that got this error is the one that the process worked on. */
  readonly culprit: boolean

  constructor(cause: DeathCause, culprit: boolean, message: string) {
    super(message)
    this.kind = cause
    this.culprit = culprit
  }
}

export interface Room {
  readonly alive: boolean
  readonly pid: number
  /** @throws RoomDeath, or the child's own error as a MicrocosmError */
  ask(request: Request, options?: { ms?: number; blob?: Uint8Array }): Promise<unknown>
  /** Ends the process, gently where it can be. */
  close(): Promise<void>
}

export interface RoomOptions {
  /** Milliseconds one request may take unless it says otherwise. */
  requestMs: number
  /** MiB the process may hold. */
  processMib: number
  /** Bytes of one answer. */
  answerBytes: number
  /** Told of each process that is started, for who watches over them. */
  onOpen(pid: number): void
}

export const defaultRoomOptions: RoomOptions = { requestMs: 2500, processMib: 1024, answerBytes: 32 << 20, onOpen() {} }

/** Milliseconds until the process has read its code and answers at all. */
const startMs = 20_000
const watchMs = 25
const pingMs = 1000
/** Seconds of processor time after which the system ends it: a backstop for one whose supervisor is gone. */
const processorSeconds = 3600
const errorChars = 4000

interface Asked {
  ms: number
  resolve(value: unknown): void
  reject(error: Error): void
}

export function openRoom(options: Partial<RoomOptions> = {}): Room {
  const { requestMs, processMib, answerBytes, onOpen } = { ...defaultRoomOptions, ...options }
  const [command, args] = childCommand(processMib)
  const child: Child = spawn(command, args, { env: {}, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true })
  onOpen(child.pid ?? 0)
  const asked = new Map<number, Asked>() // in the order in which they are worked on
  let next = 0
  let dead: { cause: DeathCause; message: string } | null = null
  let headSince = performance.now()
  let words = '' // the end of what it wrote on its way out
  let closed: (() => void) | null = null

  const bury = (cause: DeathCause, message: string): void => {
    if (dead !== null) return
    dead = { cause, message }
    clearInterval(watch)
    child.kill('SIGKILL')
    let culprit = true
    for (const { reject } of asked.values()) {
      reject(new RoomDeath(cause, culprit, message))
      culprit = false
    }
    asked.clear()
  }
  const look = (): void => {
    const head = asked.values().next().value
    const now = performance.now()
    if (head === undefined) {
      if (now - headSince > pingMs) beat(requestMs)
      return
    }
    const mib = residentMib(child.pid)
    if (now - headSince > head.ms) bury('hung', `It did not answer within ${head.ms} ms.`)
    else if (mib > processMib) bury('memory', `It held ${Math.round(mib)} MiB; ${processMib} are allowed.`)
  }
  const watch = setInterval(look, watchMs).unref()

  child.stderr.on('data', (data: Buffer) => {
    words = (words + data.toString('utf8')).slice(-errorChars)
  })
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {}) // its end is told by close
  child.on('error', (error) => bury(asked.size > 0 ? 'fallen' : 'idle', `It could not be started: ${error.message}.`))
  child.on('close', (code, signal) => {
    const memory = /out of memory|allocation failed|invalid (?:array|size)/i.test(words)
    const cause: DeathCause = asked.size === 0 || signal === 'SIGXCPU' ? 'idle' : memory ? 'memory' : 'fallen'
    bury(cause, `It ended with ${signal ?? `code ${code}`}.`)
    closed?.()
  })
  readFrames(child.stdout, {
    bytesMax: answerBytes,
    onBroken: (why) => bury('fallen', `It sent ${why}.`),
    onFrame(value) {
      const parsed = reply.safeParse(value)
      const id = parsed.success ? parsed.data.id : -1
      const waiting = asked.get(id)
      if (!parsed.success || waiting === undefined || id !== asked.keys().next().value)
        return bury('fallen', 'It sent what nobody had asked for.')
      asked.delete(id)
      headSince = performance.now()
      if ('error' in parsed.data) waiting.reject(errorOf(parsed.data.error))
      else waiting.resolve(parsed.data.value)
    },
  })

  const ask = (request: Request, { ms = requestMs, blob }: { ms?: number; blob?: Uint8Array } = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (dead !== null) return reject(new RoomDeath('idle', false, dead.message))
      if (asked.size === 0) headSince = performance.now()
      const id = next++
      asked.set(id, { ms, resolve, reject })
      writeFrame(child.stdin, { id, ...request }, blob)
    })

  const beat = (ms: number): void => void ask({ do: 'ping' }, { ms }).catch(() => {})
  beat(startMs) // no request is to blame for a process that does not come up

  return {
    get alive() {
      return dead === null
    },
    pid: child.pid ?? 0,
    ask,
    close: () =>
      new Promise((resolve) => {
        if (dead !== null) return resolve()
        closed = resolve
        child.stdin.end()
        setTimeout(() => bury('idle', 'It was closed.'), 1000).unref()
      }),
  }
}

/** Opens a domain in the process, in place of one that may be there. */
export async function loadDomain(
  room: Room,
  domain: Domain,
  images: ReadonlyMap<string, Uint8Array>,
  limits: Limits,
): Promise<void> {
  const sorted = [...images].sort(([a], [b]) => (a < b ? -1 : 1))
  const sizes = sorted.map(([scenario, image]): [string, number] => [scenario, image.byteLength])
  const blob = Buffer.concat(sorted.map(([, image]) => image))
  await room.ask({ do: 'open', domain, limits, images: sizes }, { ms: 10_000, blob })
}

/** What the death of its process means for the episode that caused it. */
export function blame(domain: string, death: RoomDeath): MicrocosmError {
  const code = death.kind === 'hung' ? 'WORLD_TIMEOUT' : death.kind === 'memory' ? 'WORLD_MEMORY' : 'WORLD_CRASHED'
  return new MicrocosmError(code, `The process of the domain "${domain}" was ended. ${death.message}`, {}, death)
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** How such a process is started: the command and its arguments, the program to run last. */
export function childCommand(processMib: number): [command: string, args: string[]] {
  const args = [
    '--permission',
    '--allow-addons',
    ...readable().map((path) => `--allow-fs-read=${path}`),
    '--disable-warning=SecurityWarning',
    `--max-old-space-size=${Math.max(64, Math.floor(processMib / 2))}`,
    join(import.meta.dirname, 'child.ts'),
  ]
  if (process.platform === 'win32') return [process.execPath, args]
  // `env -i` beside the empty environment of spawn: tools that wrap spawn (coverage, tracing) put their own back into it
  return [
    '/bin/sh',
    ['-c', `ulimit -c 0; ulimit -t ${processorSeconds}; exec /usr/bin/env -i "$0" "$@"`, process.execPath, ...args],
  ]
}

/** The code that the child runs: the runtime, the contract, and the packages beside them. */
function readable(): string[] {
  const root = join(import.meta.dirname, '../../..')
  const native = dirname(fileURLToPath(import.meta.resolve('better-sqlite3')))
  const packages = native.slice(0, native.lastIndexOf(`${sep}node_modules${sep}`) + `${sep}node_modules${sep}`.length)
  const libc = '/etc/alpine-release' // what isolated-vm's loader looks for to tell one C library from another
  return [join(root, 'envs', 'runtime'), join(root, 'schemas'), join(root, 'package.json'), packages, libc]
}

/** What the process holds in memory; 0 where the system has no such file, and the limits inside it stand alone. */
function residentMib(pid: number | undefined): number {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096) / 2 ** 20
  } catch {
    return 0
  }
}
