/**
 * Who waits for a place when the house is full, and whose turn is next: each client's in turn, however many of its
 * sessions wait, and each client's own in the order they came.
 */

import { MicrocosmError } from '../schemas/errors.ts'
import type { ServerConfig } from './config.ts'

export interface Waiting {
  /** How many wait. */
  readonly size: number
  /** Resolves when a place is free for this client. @throws CAPACITY_REACHED when it has waited too long, or too many wait */
  turn(client: string): Promise<void>
  /** Calls those whose turn it is while there is room. */
  admit(hasRoom: () => boolean): void
  close(): void
}

interface Waiter {
  resolve(): void
  reject(error: MicrocosmError): void
  timer: NodeJS.Timeout
}

export function createWaiting({ waitMs, waitingMax }: Pick<ServerConfig, 'waitMs' | 'waitingMax'>): Waiting {
  const lines = new Map<string, Waiter[]>() // the client whose turn is next stands first
  let count = 0
  let called = 0 // were told to come, and have not taken their place yet

  const leave = (client: string, waiter: Waiter): boolean => {
    const line = lines.get(client)
    const at = line?.indexOf(waiter) ?? -1
    if (line === undefined || at < 0) return false
    line.splice(at, 1)
    if (line.length === 0) lines.delete(client)
    clearTimeout(waiter.timer)
    count -= 1
    return true
  }
  const refusal = (message: string) => new MicrocosmError('CAPACITY_REACHED', message, { waiting: count })
  return {
    get size() {
      return count
    },
    turn(client) {
      if (count >= waitingMax) throw refusal(`Server at capacity, and ${count} wait already.`)
      return new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          if (leave(client, waiter)) reject(refusal(`Server at capacity: no place became free within ${waitMs} ms.`))
        }, waitMs).unref()
        const waiter: Waiter = { resolve, reject, timer }
        const line = lines.get(client)
        if (line === undefined) lines.set(client, [waiter])
        else line.push(waiter)
        count += 1
      })
    },
    admit(hasRoom) {
      // One place is one call: who is called takes it before the next session can end.
      if (called > 0 || !hasRoom()) return
      const [next] = lines
      if (next === undefined) return
      const [client, line] = next
      const waiter = line[0] as Waiter
      leave(client, waiter)
      const rest = lines.get(client)
      if (rest !== undefined) {
        lines.delete(client)
        lines.set(client, rest)
      }
      called += 1
      waiter.resolve()
      setImmediate(() => {
        called -= 1
        this.admit(hasRoom)
      })
    },
    close() {
      for (const [client, line] of [...lines]) {
        for (const waiter of [...line]) {
          leave(client, waiter)
          waiter.reject(refusal('The server is shutting down.'))
        }
      }
    },
  }
}
