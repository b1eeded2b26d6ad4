/**
 * Which task is drawn: by a seed alone, so that the same request draws the same task on any machine and nothing need be
 * remembered between requests.
 *
 * A seed gives an endless sequence of epochs; each is all tasks in an order of its own (Fisher and Yates, driven by a
 * hash of seed and epoch). So a trainer that counts up sees each task once an epoch, over any number of processes.
 */

import { createHash } from 'node:crypto'
import type { Sample } from '../schemas/environment.ts'

/** @returns the task at that place, and of which epoch it is; undefined where there is nothing to draw from */
export function drawTask<T>(
  tasks: readonly T[],
  { seed, index, group }: Sample,
): { task: T; epoch: number } | undefined {
  if (tasks.length === 0) return undefined
  const place = Math.floor(index / group)
  const epoch = Math.floor(place / tasks.length)
  const at = orderOf(tasks.length, seed, epoch)[place % tasks.length] as number
  return { task: tasks[at] as T, epoch }
}

/** All tasks, in the order of the seed's first epoch. */
export function shuffled<T>(tasks: readonly T[], seed: number): T[] {
  return Array.from(orderOf(tasks.length, seed, 0), (at) => tasks[at] as T)
}

const kept = new Map<string, Uint32Array>()

function orderOf(length: number, seed: number, epoch: number): Uint32Array {
  const key = `${length}/${seed}/${epoch}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const order = Uint32Array.from({ length }, (_, index) => index)
  const next = randomOf(key)
  for (let last = length - 1; last > 0; last--) {
    const other = next() % (last + 1)
    const moved = order[last] as number
    order[last] = order[other] as number
    order[other] = moved
  }
  if (kept.size >= 64) kept.delete(kept.keys().next().value as string)
  kept.set(key, order)
  return order
}

/** 32 bits a call, from sha256 in counter mode. */
function randomOf(key: string): () => number {
  let block = Buffer.alloc(0)
  let counter = 0
  return () => {
    if (block.length < 4) block = createHash('sha256').update(`${key}/${counter++}`).digest()
    const value = block.readUInt32BE(0)
    block = block.subarray(4)
    return value
  }
}
