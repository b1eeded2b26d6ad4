/**
 * 256 sessions over one socket in batches, beside the same steps in one process.
 *
 * Server, load and bound have a process each and take turns of some seconds; a reset before each episode is not counted on
 * either side. The load parses every reply and looks at each of its observations.
 */

import type { BatchReply, BatchRequest } from './batch-load.ts'
import type { Child } from './children.ts'
import { withChildren } from './children.ts'
import type { BenchDomain } from './domain.ts'
import { episodeCalls } from './domain.ts'
import type { Figure } from './figure.ts'
import { median } from './measure.ts'

export interface BatchOptions {
  /** A catalogue of bench domains. */
  catalog: string
  domains: readonly BenchDomain[]
  sessions: number
  rounds: number
  roundMs: number
}

export async function benchBatch({ catalog, domains, sessions, rounds, roundMs }: BatchOptions): Promise<Figure[]> {
  return withChildren(async (start) => {
    const { url } = await start('wire-server.ts').ask<{ url: string }>({ catalog })
    const [load, local] = [start('batch-load.ts'), start('batch-local.ts')]
    const episodes = domains.map((of, index) => ({
      domain: of.domain.id,
      actions: [
        ...episodeCalls(of.names, index).map(({ tool, arguments: args }) => ({
          type: 'call_tool',
          tool_name: tool,
          arguments: args,
        })),
        { type: 'submit' },
      ],
    }))
    const run = async (child: Child, ms: number): Promise<number> => {
      const request: BatchRequest & { catalog: string } = { url, sessions, episodes, ms, catalog }
      const { steps, ms: took } = await child.ask<BatchReply>(request)
      return steps / (took / 1000)
    }
    await run(load, roundMs / 2)
    await run(local, roundMs / 2)
    const ours: number[] = []
    const bound: number[] = []
    for (let round = 0; round < rounds; round++) {
      ours.push(await run(load, roundMs))
      bound.push(await run(local, roundMs))
    }
    return [
      {
        name: 'batch',
        what: `steps of ${sessions} sessions over one socket, one frame each way a turn`,
        unit: '/s',
        value: median(ours),
        p99: null,
        bound: median(bound),
        boundIs: 'the same steps in one process, without a socket',
        ratio: median(ours.map((value, round) => value / (bound[round] as number))),
        goal: { valueMin: 25_000, ratioMin: 0.8 },
      },
    ]
  })
}
