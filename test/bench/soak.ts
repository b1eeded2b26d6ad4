/**
 * Hours at half load: `node test/bench/soak.ts [--minutes 60] [--workers N] [--json]`. Progress goes to standard error.
 *
 * 64 players, each episode on a socket of its own: most end well, some are cut and come back, some are cut for good, forked, or
 * begun anew in the middle. Memory is looked at every ten seconds; the medians of the third and of the last quarter of
 * the time are compared. In the end no session may be left.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRandom } from '../../envs/synthesis/scenarios/random.ts'
import { freePort, serve, sessionsOf } from '../server/cluster/served.ts'
import type { Reply } from '../server/line.ts'
import { dial } from '../server/line.ts'
import { episodeCalls, writeBenchCatalog } from './domain.ts'
import { median } from './measure.ts'
import { memoryOf } from './memory-of.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    workers: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false },
  },
})
const players = 64
const folder = mkdtempSync(join(tmpdir(), 'microcosm-bench-'))
const catalog = join(folder, 'catalog.db')
const domains = writeBenchCatalog(catalog)
const server = await serve(
  await freePort(),
  join(folder, 'state'),
  ['--workers', values.workers],
  ['--catalog', catalog],
)
const group = server.child.pid as number
const sessionsLeft = (): Promise<number> => sessionsOf(server.url)

let pauseMs = 0
let steps = 0
let episodes = 0
let over = false

function observed({ type, data }: Reply): Reply {
  if (type === 'error') throw new Error(JSON.stringify(data))
  return { type, data }
}

/** One episode, and what may befall it. */
async function play(player: number, turn: number): Promise<void> {
  const random = createRandom(`soak/${player}/${turn}`)
  const { domain, names } = domains[random.int(0, domains.length - 1)] as (typeof domains)[number]
  const address = `${server.url}/domains/${domain.id}/ws`
  let line = await dial(address)
  const opened = observed(await line.ask({ type: 'reset', data: { task: 'day-shift', seed: turn } }))
  const { session, token } = opened.data.observation.metadata
  const fate = random.int(0, 19)
  const calls = episodeCalls(names, turn)
  for (let step = 0; step < 18; step++) {
    if (over) break
    const { tool, arguments: args } = calls[step % calls.length] as (typeof calls)[number]
    observed(await line.ask({ type: 'step', data: { type: 'call_tool', tool_name: tool, arguments: args } }))
    steps += 1
    if (step === 9 && fate < 5) {
      if (fate === 0) return void (await line.cut()) // for good
      if (fate === 1) {
        await line.cut()
        line = await dial(address)
        observed(await line.ask({ type: 'attach', data: { session, token } }))
      }
      if (fate === 2) observed(await line.ask({ type: 'fork', data: { count: 2 } })) // which nobody attaches
      if (fate === 3) observed(await line.ask({ type: 'reset', data: { task: 'night-shift', seed: turn } }))
      if (fate === 4) observed(await line.ask({ type: 'verify' }))
    }
    if (pauseMs > 0) await sleep(pauseMs * (0.5 + random.int(0, 100) / 100))
  }
  observed(await line.ask({ type: 'step', data: { type: 'submit' } }))
  await line.hangUp()
  episodes += 1
}

try {
  const running = Promise.all(
    Array.from({ length: players }, async (_, player) => {
      for (let turn = 0; !over; turn++) await play(player, turn)
    }),
  )
  let failed: unknown = null
  running.catch((error) => {
    failed = error
  })
  await sleep(10_000) // worlds are opened
  const [before, beganFull] = [steps, performance.now()]
  await sleep(10_000)
  const full = (steps - before) / ((performance.now() - beganFull) / 1000)
  pauseMs = players / (full / 2) / 0.001
  const samples: { minute: number; mib: number; sessions: number; perSecond: number }[] = []
  const began = performance.now()
  const minutes = Number(values.minutes)
  for (let last = steps; performance.now() - began < minutes * 60_000 && failed === null; last = steps) {
    const from = performance.now()
    await sleep(10_000)
    samples.push({
      minute: (performance.now() - began) / 60_000,
      mib: memoryOf(group) / 2 ** 20,
      sessions: await sessionsLeft(),
      perSecond: (steps - last) / ((performance.now() - from) / 1000),
    })
    const { minute, mib, sessions, perSecond } = samples.at(-1) as (typeof samples)[number]
    console.error(
      `${minute.toFixed(1)} of ${minutes} min, ${mib.toFixed(0)} MiB, ${sessions} sessions, ${perSecond.toFixed(0)} steps/s`,
    )
  }
  over = true
  await running
  let left = await sessionsLeft()
  for (let tries = 0; left > 0 && tries < 120; tries++) {
    await sleep(1000) // those that were cut have a minute's grace
    left = await sessionsLeft()
  }
  const quarter = (from: number): number =>
    median(
      samples
        .slice(Math.floor((samples.length * from) / 4), Math.floor((samples.length * (from + 1)) / 4))
        .map(({ mib }) => mib),
    )
  const report = {
    minutes,
    steps,
    episodes,
    fullPerSecond: full,
    perSecond: median(samples.map(({ perSecond }) => perSecond)),
    memoryMib: { quarters: [0, 1, 2, 3].map(quarter), growth: quarter(3) / quarter(2) - 1 },
    left,
    goals: { growth: 0.05, left: 0 },
  }
  if (values.json) console.log(JSON.stringify({ ...report, samples }, null, 2))
  else console.log(report)
} finally {
  await server.end('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
}
