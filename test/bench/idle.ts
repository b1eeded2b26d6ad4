/**
 * Many sessions of which few do anything: `node test/bench/idle.ts [--sessions 10000] [--seconds 60] [--workers N] [--json]`.
 *
 * Each has a socket of its own and was reset. One in a hundred is active: it steps every 200 ms for five seconds, then another
 * one is, so that most of those that step had been parked before.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort, serve, sessionsOf } from '../server/cluster/served.ts'
import type { Line } from '../server/line.ts'
import { dial } from '../server/line.ts'
import { episodeCalls, writeBenchCatalog } from './domain.ts'
import { memoryOf } from './memory-of.ts'

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '60' },
    workers: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false },
  },
})
const count = Number(values.sessions)
const folder = mkdtempSync(join(tmpdir(), 'microcosm-bench-'))
const catalog = join(folder, 'catalog.db')
const domains = writeBenchCatalog(catalog)
const server = await serve(
  await freePort(),
  join(folder, 'state'),
  ['--workers', values.workers, '--max-sessions', String(count + 100)],
  ['--catalog', catalog],
)
const group = server.child.pid as number
const sessionsLeft = (): Promise<number> => sessionsOf(server.url)

try {
  const before = memoryOf(group)
  const lines: Line[] = []
  const began = performance.now()
  const open = async (): Promise<void> => {
    while (lines.length < count) {
      const index = lines.length
      lines.push(null as never)
      const line = await dial(`${server.url}/domains/${domains[index % domains.length]?.domain.id}/ws`)
      const { type, data } = await line.ask({ type: 'reset', data: { task: 'day-shift' } })
      if (type !== 'observation') throw new Error(`Session ${index}: ${JSON.stringify(data)}`)
      lines[index] = line
    }
  }
  await Promise.all(Array.from({ length: 64 }, open))
  const openedMs = performance.now() - began
  const opened = memoryOf(group)
  const took: number[] = []
  let peak = opened
  const until = performance.now() + Number(values.seconds) * 1000
  const play = async (start: number): Promise<void> => {
    for (let turn = 0; performance.now() < until; turn++) {
      // Far from each other, and none twice before all had their turn.
      const index = (start + turn * Math.ceil(count / 100)) % count
      const calls = episodeCalls(domains[index % domains.length]?.names as never, turn)
      for (let step = 0; step < 25 && performance.now() < until; step++) {
        const { tool, arguments: args } = calls[step % calls.length] as (typeof calls)[number]
        const asked = performance.now()
        const { type, data } = await (lines[index] as Line).ask({
          type: 'step',
          data: { type: 'call_tool', tool_name: tool, arguments: args },
        })
        took.push(performance.now() - asked)
        if (type !== 'observation') throw new Error(`Session ${index}: ${JSON.stringify(data)}`)
        await sleep(200)
      }
    }
  }
  const active = Math.ceil(count / 100)
  const watching = setInterval(() => {
    peak = Math.max(peak, memoryOf(group))
  }, 2000)
  await Promise.all(
    Array.from({ length: active }, async (_, start) => {
      await sleep((start * 200) / active)
      await play(start)
    }),
  )
  clearInterval(watching)
  took.sort((a, b) => a - b)
  const at = (share: number): number => took[Math.floor(took.length * share)] as number
  for (const { socket } of lines) socket.close()
  await Promise.all(lines.map(({ closed }) => closed))
  let left = await sessionsLeft()
  for (let tries = 0; left > 0 && tries < 50; tries++) {
    await sleep(200)
    left = await sessionsLeft()
  }
  const mib = (bytes: number): number => Math.round(bytes / 2 ** 20)
  const report = {
    sessions: count,
    active,
    steps: took.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    worstMs: took.at(-1) as number,
    openedSeconds: openedMs / 1000,
    memoryMib: { before: mib(before), opened: mib(opened), peak: mib(peak), after: mib(memoryOf(group)) },
    left,
    goals: { p99Ms: 50, peakMib: 2048, left: 0 },
  }
  if (values.json) console.log(JSON.stringify(report, null, 2))
  else console.log(report)
} finally {
  await server.end('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
}
