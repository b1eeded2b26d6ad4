/**
 * Whole episodes over WebSocket against one serving process, beside the same traffic against a bare echo.
 *
 * Server, echo and load each have a process. The load is the same client for both: it connects, sends 21 messages (a
 * reset and 20 steps), each when the one before was answered, closes, and connects anew; it alternates between the two
 * in rounds of some seconds. The echo gets the very same messages; its replies are as long as they are.
 */

import type { Child } from './children.ts'
import { withChildren } from './children.ts'
import type { BenchDomain } from './domain.ts'
import { episodeCalls } from './domain.ts'
import type { Figure } from './figure.ts'
import { median } from './measure.ts'
import type { LoadReply, LoadRequest } from './wire-load.ts'

export interface WireOptions {
  /** A catalogue of bench domains. */
  catalog: string
  domains: readonly BenchDomain[]
  connections: number
  rounds: number
  roundMs: number
}

export function benchWire(options: WireOptions): Promise<Figure[]> {
  return withChildren(async (start) => {
    const server = await start('wire-server.ts').ask<{ url: string }>({ catalog: options.catalog })
    const echo = await start('wire-echo.ts').ask<{ url: string }>({})
    return measure(options, start('wire-load.ts'), { server: server.url, echo: echo.url })
  })
}

async function measure(
  { domains, connections, rounds, roundMs }: WireOptions,
  load: Child,
  urls: { server: string; echo: string },
): Promise<Figure[]> {
  const episodes = domains.map((of, index) => ({
    path: `/domains/${of.domain.id}/ws`,
    messages: messagesOf(of, index),
  }))
  const run = async (url: string, expects: LoadRequest['expects'], ms: number): Promise<number> => {
    const request: LoadRequest = { url, expects, episodes, connections, ms }
    const { steps, ms: took } = await load.ask<LoadReply>(request)
    return steps / (took / 1000)
  }
  // Worlds are opened, and both sides compiled, before it counts.
  await run(urls.server, 'observations', roundMs / 2)
  await run(urls.echo, 'echo', roundMs / 2)
  const ours: number[] = []
  const bound: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await run(urls.server, 'observations', roundMs))
    bound.push(await run(urls.echo, 'echo', roundMs))
  }
  return [
    {
      name: 'wire',
      what: `steps over WebSocket, one process, ${connections} connections, 20-step episodes with connect and reset`,
      unit: '/s',
      value: median(ours),
      p99: null,
      bound: median(bound),
      boundIs: 'a bare ws echo that connects anew every 21 messages',
      ratio: median(ours.map((value, round) => value / (bound[round] as number))),
      goal: { valueMin: 15_000, ratioMin: 0.4 },
    },
  ]
}

/** A reset, 19 calls and a submit, as text. */
function messagesOf({ names }: BenchDomain, turn: number): string[] {
  const steps = episodeCalls(names, turn).map(({ tool, arguments: args }) => ({
    type: 'step',
    data: { type: 'call_tool', tool_name: tool, arguments: args },
  }))
  const messages = [
    { type: 'reset', data: { task: 'day-shift' } },
    ...steps,
    { type: 'step', data: { type: 'submit' } },
  ]
  return messages.map((message) => JSON.stringify(message))
}
