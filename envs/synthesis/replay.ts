/**
 * Gold replayed in a second process, which shares nothing with the one that made it but the domain's own bytes. A world
 * that depends on anything else (a clock, an order, a left-over) gives another digest there.
 */

import { fork } from 'node:child_process'
import type { Domain } from '../../schemas/domain.ts'
import type { Task } from '../../schemas/task.ts'
import { openWorld } from '../runtime/world.ts'

export interface Replayer {
  /** One digest per task, or the words of what failed. */
  digests(domain: Domain, images: ReadonlyMap<string, Uint8Array>, tasks: readonly Task[]): Promise<string[]>
  close(): Promise<void>
}

interface Request {
  domain: Domain
  images: [string, Uint8Array][]
  tasks: readonly Task[]
}

/** The replaying process: one for a whole run, the caller's to close. */
export function startReplayer(): Replayer {
  const child = fork(import.meta.filename, [], { serialization: 'advanced', env: {}, execArgv: [] })
  let pending: { resolve(digests: string[]): void; reject(error: Error): void } | null = null
  const exited = new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      pending?.reject(new Error(`the replaying process ended with code ${code}`))
      pending = null
      resolve()
    })
  })
  child.on('message', (digests: string[]) => {
    pending?.resolve(digests)
    pending = null
  })
  return {
    digests(domain, images, tasks) {
      return new Promise((resolve, reject) => {
        pending = { resolve, reject }
        child.send({ domain, images: [...images], tasks } satisfies Request)
      })
    },
    async close() {
      if (child.connected) child.disconnect()
      await exited
    },
  }
}

export function replayDigests({ domain, images, tasks }: Request): string[] {
  const byId = new Map(images)
  const world = openWorld({ domain: { ...domain, tasks: [...tasks] }, image: (id) => byId.get(id) as Uint8Array })
  try {
    return tasks.map((task) => {
      try {
        return world.gold(task).digest
      } catch (error) {
        return (error as Error).message
      }
    })
  } finally {
    world.close()
  }
}

if (process.argv[1] === import.meta.filename && process.send !== undefined) {
  process.on('message', (request: Request) => process.send?.(replayDigests(request)))
}
