/**
 * OpenEnv's stock Python client, 64 at once in one process, against us and against a server that does nothing (it sends back
 * what it gets): how much of their own ceiling they reach.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openenvRelease, venvWith } from '../server/python.ts'
import { withChildren } from './children.ts'
import type { BenchDomain } from './domain.ts'
import { episodeCalls } from './domain.ts'
import type { Figure } from './figure.ts'
import { median } from './measure.ts'

export interface StockOptions {
  /** A catalogue of bench domains. */
  catalog: string
  domains: readonly BenchDomain[]
  clients: number
  rounds: number
  roundMs: number
}

/** After which no further round begins: importing the client and making 64 connections can take longer than a round. */
const limitMs = 120_000
/** One answer of the clients; what takes longer is stuck. */
const answerMs = 180_000

export async function benchStock({ catalog, domains, clients, rounds, roundMs }: StockOptions): Promise<Figure[]> {
  const bin = venvWith('openenv', [openenvRelease])
  if (bin === null) throw new Error('The stock clients need python3 with venv.')
  return withChildren(async (start) => {
    const server = await start('wire-server.ts').ask<{ url: string }>({ catalog })
    const echo = await start('wire-echo.ts').ask<{ url: string }>({})
    const [of] = domains as [BenchDomain]
    const actions = episodeCalls(of.names, 0).map(({ tool, arguments: args }) => ({
      type: 'call_tool',
      tool_name: tool,
      arguments: args,
    }))
    const began = performance.now()
    const load = startClients(join(bin, 'python'), 'load.py', clients, actions)
    try {
      const own = `${server.url}/domains/${of.domain.id}`
      await load.play(own, roundMs / 2) // which opens the world, and is not counted
      const ours: number[] = []
      const bound: number[] = []
      while (ours.length < rounds && (ours.length === 0 || performance.now() - began < limitMs)) {
        ours.push(await load.play(own, roundMs))
        bound.push(await load.play(echo.url, roundMs))
      }
      const short = ours.length < rounds ? ` (${ours.length} of ${rounds} rounds: the time was up)` : ''
      return [
        {
          name: 'stock',
          what: `steps of ${clients} of OpenEnv's GenericEnvClient in one Python process${short}`,
          unit: '/s',
          value: median(ours),
          p99: null,
          bound: median(bound),
          boundIs: 'the same clients at a server that sends back what it gets',
          ratio: median(ours.map((value, round) => value / (bound[round] as number))),
          goal: { ratioMin: 0.7 },
        },
      ]
    } finally {
      await load.end()
    }
  })
}

export interface Clients {
  /** @returns steps per second */
  play(url: string, ms: number): Promise<number>
  end(): Promise<void>
}

/** One Python process for all rounds: its imports take many times what a round does. */
export function startClients(
  python: string,
  script: 'load.py' | 'vector.py',
  clients: number,
  actions: readonly object[],
  env: NodeJS.ProcessEnv = process.env,
): Clients {
  const file = join(import.meta.dirname, 'stock', script)
  const child = spawn(python, [file, String(clients)], { stdio: ['pipe', 'pipe', 'inherit'], env })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const say = (value: unknown): unknown => child.stdin.write(`${JSON.stringify(value)}\n`)
  const hear = async (): Promise<string> => {
    const stuck = setTimeout(() => child.kill('SIGKILL'), answerMs)
    const { done, value } = await lines.next()
    clearTimeout(stuck)
    if (done === true)
      throw new Error(`The stock clients ended, or were ended after ${answerMs / 1000} s without an answer.`)
    return value
  }
  say(actions)
  const ready = hear()
  ready.catch(() => {}) // told by the first round
  return {
    async play(url, ms) {
      await ready
      say({ url, seconds: ms / 1000 })
      return (JSON.parse(await hear()) as { steps_per_second: number }).steps_per_second
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}
