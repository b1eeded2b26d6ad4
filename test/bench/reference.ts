/**
 * Whole episodes beside the reference server of PyPI's openenv with an equivalent SQLite environment (reference/serve.py).
 *
 * The same load, 128 connections from one process, alternates between the servers in rounds of some seconds. Connecting and
 * reset count. Each side runs with one and with two processes, and its better number counts; ours is started as an operator
 * starts it, its log of steps on.
 */

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Served } from '../server/cluster/served.ts'
import { freePort, serve } from '../server/cluster/served.ts'
import { openenvRelease, venvWith } from '../server/python.ts'
import type { Child } from './children.ts'
import { startChild } from './children.ts'
import type { BenchDomain } from './domain.ts'
import { episodeCalls } from './domain.ts'
import type { Figure } from './figure.ts'
import { median } from './measure.ts'
import type { LoadReply, LoadRequest } from './wire-load.ts'

export interface ReferenceOptions {
  /** A catalogue of bench domains whose tasks allow 200 steps. */
  catalog: string
  domains: readonly BenchDomain[]
  connections: number
  rounds: number
  roundMs: number
}

export async function benchReference(options: ReferenceOptions): Promise<Figure[]> {
  const bin = venvWith('openenv', [openenvRelease])
  if (bin === null) throw new Error('The reference server needs python3 with venv.')
  const children: Child[] = []
  const start = (file: string): Child => {
    const child = startChild(file)
    children.push(child)
    return child
  }
  const config = writeConfig(options)
  const references: Reference[] = []
  const own: Served[] = []
  try {
    for (const processes of [1, 2]) {
      const port = await freePort()
      const state = join(dirname(options.catalog), `state-${port}`)
      own.push(await serve(port, state, ['--workers', String(processes)], ['--catalog', options.catalog]))
    }
    for (const processes of [1, 2]) references.push(await startReference(join(bin, 'python'), config, processes))
    const load = start('wire-load.ts')
    const ours: Side[] = own.map(({ url }, index) => ({ isOurs: true, processes: index + 1, url: wsOf(url) }))
    const theirs: Side[] = references.map(({ url, processes }) => ({ isOurs: false, processes, url }))
    const figures: Figure[] = []
    for (const [steps, ratioMin] of [
      [20, 3],
      [200, 4],
    ] as const)
      figures.push(...(await compareWith(options, load, [ours, theirs], steps, ratioMin)))
    return figures
  } finally {
    for (const { stop } of references) await stop()
    for (const { end } of own) await end('SIGTERM')
    for (const child of children.reverse()) await child.close()
  }
}

/** A server with so many processes. */
interface Side {
  isOurs: boolean
  processes: number
  url: string
}

async function compareWith(
  { domains, connections, rounds, roundMs }: ReferenceOptions,
  load: Child,
  [ours, theirs]: [Side[], Side[]],
  steps: number,
  ratioMin: number,
): Promise<Figure[]> {
  const run = async ({ url, isOurs }: Side, ms: number): Promise<Run> => {
    const episodes = domains.map((of, index) => episodeOf(of, index, steps, isOurs))
    const request: LoadRequest = { url, expects: 'observations', episodes, connections, ms }
    const { steps: done, ms: took, p99Ms } = await load.ask<LoadReply>(request)
    return { speed: done / (took / 1000), p99Ms }
  }
  // Worlds are opened, and all sides warm, before it counts; which number of processes is best shows here.
  const bestOf = async (sides: readonly Side[]): Promise<Side> => {
    let [best] = sides as [Side]
    let bestSpeed = 0
    for (const side of sides) {
      await run(side, roundMs / 2)
      const { speed } = await run(side, roundMs)
      if (speed > bestSpeed) [best, bestSpeed] = [side, speed]
    }
    return best
  }
  const [own, reference] = [await bestOf(ours), await bestOf(theirs)]
  const values: Run[] = []
  const bounds: Run[] = []
  for (let round = 0; round < rounds; round++) {
    values.push(await run(own, roundMs))
    bounds.push(await run(reference, roundMs))
  }
  const of = `${connections} connections, ${steps}-step episodes with connect and reset, ${own.processes} process(es), the log on`
  const boundIs = `the reference server with ${reference.processes} process(es) and the same SQLite environment`
  const pair = (take: (run: Run) => number) => ({
    value: median(values.map(take)),
    bound: median(bounds.map(take)),
    ratio: median(values.map((run, round) => take(run) / take(bounds[round] as Run))),
    boundIs,
    p99: null,
  })
  return [
    { name: `reference_${steps}`, what: `steps, ${of}`, unit: '/s', ...pair(({ speed }) => speed), goal: { ratioMin } },
    {
      name: `reference_p99_${steps}`,
      what: `what one step in a hundred exceeds, ${of}`,
      unit: 'ms',
      ...pair(({ p99Ms }) => p99Ms),
      goal: { ratioMax: 1 / 3 },
    },
  ]
}

interface Run {
  speed: number
  p99Ms: number
}

function episodeOf({ domain, names }: BenchDomain, index: number, steps: number, isOurs: boolean) {
  const calls = []
  for (let turn = index; calls.length < steps - 1; turn++) calls.push(...episodeCalls(names, turn))
  const messages: object[] = [
    { type: 'reset', data: isOurs ? { task: 'day-shift' } : { domain: index } },
    ...calls.slice(0, steps - 1).map(({ tool, arguments: args }) => ({
      type: 'step',
      data: { type: 'call_tool', tool_name: tool, arguments: args },
    })),
    { type: 'step', data: { type: 'call_tool', tool_name: 'submit', arguments: {} } },
  ]
  return {
    path: isOurs ? `/domains/${domain.id}/ws` : '/ws',
    messages: messages.map((message) => JSON.stringify(message)),
  }
}

/** What the reference environment needs to know, beside the catalogue. */
function writeConfig({ catalog, domains }: ReferenceOptions): string {
  const folder = dirname(catalog)
  const file = join(folder, 'reference.json')
  const config = domains.map(({ domain, images, names }) => {
    const image = join(folder, `${domain.id}.image`)
    writeFileSync(image, images.get('day') as Uint8Array)
    const statusOf = (name: string) =>
      domain.tables.find((table) => table.name === name)?.columns.find((column) => column.name === 'status')?.enum?.[0]
    return {
      image,
      statements: domain.statements,
      intent: domain.tasks[0]?.intent,
      tools: domain.tools.map(({ name, description, input_schema }) => ({ name, description, input_schema })),
      statuses: Object.fromEntries(Object.values(names).map((name) => [name, statusOf(name)])),
    }
  })
  writeFileSync(file, JSON.stringify(config))
  return file
}

interface Reference {
  url: string
  processes: number
  stop(): Promise<void>
}

async function startReference(python: string, config: string, processes: number): Promise<Reference> {
  const port = await freePort()
  const script = join(import.meta.dirname, 'reference', 'serve.py')
  const child = spawn(python, [script, config, String(port), String(processes)], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, BENCH_CONFIG: config },
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  for (let tries = 0; tries < 1500; tries++) {
    if (child.exitCode !== null) throw new Error(`The reference server ended with ${child.exitCode}.`)
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null)
    if (answer?.ok === true) return { url: `ws://127.0.0.1:${port}`, processes, stop }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  await stop()
  throw new Error('The reference server did not come up.')
}

const wsOf = (url: string): string => url.replace('http', 'ws')
