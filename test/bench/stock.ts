/**
 * OpenEnv's stock Python client, 64 at once in one process, against us and against a server that does nothing (it sends back
 * what it gets): how much of their own ceiling they reach.
 */

import { join } from 'node:path'
import { openenvRelease, run, venvWith } from '../server/python.ts'
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
    const play = async (url: string): Promise<number> => {
      const script = join(import.meta.dirname, 'stock', 'load.py')
      const args = [script, url, String(clients), String(roundMs / 1000)]
      const { code, stdout, stderr } = await run(join(bin, 'python'), args, JSON.stringify(actions))
      if (code !== 0) throw new Error(`The stock clients failed: ${stderr}`)
      return Number(stdout)
    }
    const ours: number[] = []
    const bound: number[] = []
    for (let round = 0; round < rounds; round++) {
      ours.push(await play(`${server.url}/domains/${of.domain.id}`))
      bound.push(await play(echo.url))
    }
    return [
      {
        name: 'stock',
        what: `steps of ${clients} of OpenEnv's GenericEnvClient in one Python process`,
        unit: '/s',
        value: median(ours),
        p99: null,
        bound: median(bound),
        boundIs: 'the same clients at a server that sends back what it gets',
        ratio: median(ours.map((value, round) => value / (bound[round] as number))),
        goal: { ratioMin: 0.7 },
      },
    ]
  })
}
