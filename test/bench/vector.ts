/**
 * Microcosm's own Python client with 64 episodes in one vector, beside 64 of OpenEnv's stock clients: each in one process, at the
 * same server as an operator starts it, in rounds that alternate.
 */

import { dirname, join } from 'node:path'
import { freePort, serve } from '../server/cluster/served.ts'
import { openenvRelease, venvWith } from '../server/python.ts'
import { episodeCalls } from './domain.ts'
import type { Figure } from './figure.ts'
import { median } from './measure.ts'
import { type StockOptions, startClients } from './stock.ts'

const client = join(import.meta.dirname, '../../clients/python')

export async function benchVector({ catalog, domains, clients, rounds, roundMs }: StockOptions): Promise<Figure[]> {
  const bin = venvWith('openenv', [openenvRelease]) // which has the websockets that both are made on
  if (bin === null) throw new Error('The Python clients need python3 with venv.')
  const server = await serve(await freePort(), join(dirname(catalog), 'vector'), [], ['--catalog', catalog])
  const [of] = domains as [StockOptions['domains'][number]]
  const actions = episodeCalls(of.names, 0).map(({ tool, arguments: args }) => ({
    type: 'call_tool',
    tool_name: tool,
    arguments: args,
  }))
  const url = `${server.url.replace('http', 'ws')}/domains/${of.domain.id}`
  const python = join(bin, 'python')
  const own = startClients(python, 'vector.py', clients, actions, { ...process.env, PYTHONPATH: client })
  const stock = startClients(python, 'load.py', clients, actions)
  try {
    for (const side of [own, stock]) await side.play(url, roundMs / 2) // which opens the world, and is not counted
    const ours: number[] = []
    const theirs: number[] = []
    while (ours.length < rounds) {
      ours.push(await own.play(url, roundMs))
      theirs.push(await stock.play(url, roundMs))
    }
    return [
      {
        name: 'vector',
        what: `steps of ${clients} episodes in one vector of the Python client, resets counted`,
        unit: '/s',
        value: median(ours),
        p99: null,
        bound: median(theirs),
        boundIs: `${clients} of OpenEnv's GenericEnvClient in one process at the same server, which has all cores`,
        ratio: median(ours.map((value, round) => value / (theirs[round] as number))),
        goal: { ratioMin: 2 },
      },
    ]
  } finally {
    await own.end()
    await stock.end()
    await server.end('SIGTERM')
  }
}
