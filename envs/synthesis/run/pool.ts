/**
 * Worker processes that make things side by side, and results in the order of what was asked, whoever was first: so what is
 * made of them depends on nothing but the work.
 *
 * A process that dies or hangs takes down the one piece it worked on: that piece fails with WorkerDeath, the rest goes on
 * in a new process. Pieces are handed out as they are wanted, no more than a few ahead of the one that is waited for, so
 * that memory stays bounded.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { type ErrorCode, MicrocosmError } from '../../../schemas/errors.ts'

/** The process that worked on it ended, or was ended because it took too long. */
export class WorkerDeath extends Error {}

export interface PoolOptions {
  workers: number
  /** MiB of JavaScript values that a worker may hold. */
  heapMib: number
  /** Milliseconds that one piece may take. */
  pieceMs: number
  /** Its environment; this process' where absent. */
  env?: NodeJS.ProcessEnv
  /** What a worker runs; worker.ts beside this file where absent. */
  module?: string
}

export interface Pool {
  /** @throws WorkerDeath, or what the worker threw */
  ask<T>(request: object, onProgress?: (...progress: unknown[]) => void): Promise<T>
  close(): Promise<void>
}

export type Answer =
  | { value: unknown }
  | { error: { code?: ErrorCode; message: string; details?: object } }
  | { progress: unknown[] }

interface Waiting {
  request: object
  onProgress: ((...progress: unknown[]) => void) | undefined
  resolve(value: unknown): void
  reject(error: Error): void
}

export function openPool({ workers, heapMib, pieceMs, module, env }: PoolOptions): Pool {
  const idle: ChildProcess[] = []
  const all = new Set<ChildProcess>()
  const queue: Waiting[] = []
  let closed = false

  const start = (): ChildProcess => {
    const child = fork(module ?? join(import.meta.dirname, 'worker.ts'), [], {
      serialization: 'advanced',
      ...(env && { env }),
      // Much of what runs here runs a few times: compiled plainly and at once it takes a tenth less than interpreted.
      execArgv: [`--max-old-space-size=${heapMib}`, '--max-semi-space-size=16', '--always-sparkplug'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    all.add(child)
    child.once('exit', () => {
      all.delete(child)
      const at = idle.indexOf(child)
      if (at >= 0) idle.splice(at, 1)
    })
    return child
  }
  const next = (): void => {
    while (queue.length > 0 && (idle.length > 0 || all.size < workers)) {
      give(idle.pop() ?? start(), queue.shift() as Waiting)
    }
  }
  const give = (child: ChildProcess, { request, onProgress, resolve, reject }: Waiting): void => {
    let why = ''
    const timer = setTimeout(() => {
      why = `took longer than ${pieceMs} ms`
      child.kill('SIGKILL')
    }, pieceMs)
    const done = (): void => {
      clearTimeout(timer)
      child.off('message', onMessage)
      child.off('exit', onExit)
    }
    const onMessage = (answer: Answer): void => {
      if ('progress' in answer) {
        onProgress?.(...answer.progress)
        return
      }
      done()
      if (closed) child.disconnect()
      else idle.push(child)
      if ('value' in answer) resolve(answer.value)
      else reject(errorOf(answer.error))
      next()
    }
    const onExit = (code: number | null, signal: string | null): void => {
      done()
      reject(new WorkerDeath(`A worker process ${why || `ended (${signal ?? code})`}.`))
      next()
    }
    child.on('message', onMessage)
    child.on('exit', onExit)
    child.send(request)
  }
  return {
    ask: <T>(request: object, onProgress?: (...progress: unknown[]) => void) =>
      new Promise<T>((resolve, reject) => {
        if (closed) return reject(new WorkerDeath('The workers are closed.'))
        queue.push({ request, onProgress, resolve: resolve as (value: unknown) => void, reject })
        next()
      }),
    async close() {
      closed = true
      for (const { reject } of queue.splice(0)) reject(new WorkerDeath('The workers are closed.'))
      const gone = [...all].map((child) => new Promise((resolve) => child.once('exit', resolve)))
      for (const child of all) {
        // One that is at work is of no more use to anybody.
        if (idle.includes(child)) child.disconnect()
        else child.kill('SIGKILL')
      }
      await Promise.all(gone)
    },
  }
}

/** The work on each item, some at a time; the results in the items' order. */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  ahead: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = []
  for (const item of items) {
    const result = work(item)
    result.catch(() => {}) // whoever waits for it hears of it
    begun.push(result)
    if (begun.length >= ahead) yield await (begun.shift() as Promise<R>)
  }
  for (const result of begun) yield await result
}

function errorOf({ code, message, details }: { code?: ErrorCode; message: string; details?: object }): Error {
  return code === undefined ? new Error(message) : new MicrocosmError(code, message, { ...details })
}
