/** What sessions take: many live ones, and many more parked, each kind in a process that does nothing else. */

import { startChild } from './children.ts'
import type { Figure } from './figure.ts'
import type { MemoryReply, MemoryRequest } from './memory-child.ts'

export interface MemoryOptions {
  /** A catalogue of bench domains. */
  catalog: string
  live: number
  parked: number
}

const mib = (bytes: number): number => bytes / 2 ** 20

export async function benchMemory({ catalog, live, parked }: MemoryOptions): Promise<Figure[]> {
  const measure = async (kind: MemoryRequest['kind'], sessions: number): Promise<number> => {
    const child = startChild('memory-child.ts')
    try {
      const { bytes } = await child.ask<MemoryReply>({ catalog, kind, sessions } satisfies MemoryRequest)
      return bytes
    } finally {
      await child.close()
    }
  }
  const figure = (
    kind: 'live' | 'parked',
    sessions: number,
    [bytes, bound]: [number, number],
    boundIs: string,
    valueMax: number,
  ): Figure => ({
    name: `memory_${kind}`,
    what: `${sessions} ${kind} sessions, 10 steps each (${Math.round(bytes / sessions / 1024)} KiB each)`,
    unit: 'MiB',
    value: mib(bytes),
    p99: null,
    bound: mib(bound),
    boundIs,
    ratio: bytes / bound,
    goal: { valueMax },
  })
  return [
    figure(
      'live',
      live,
      [await measure('live', live), await measure('host', live)],
      'as many databases on the host, with the same steps',
      700,
    ),
    figure(
      'parked',
      parked,
      [await measure('parked', parked), await measure('pages', parked)],
      'the pages that differ from the image, kept as bytes on the host',
      1024,
    ),
  ]
}
