/** kill -9 of one of two processes in the middle of running episodes: each ends with the right verification. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { connect } from '../../../clients/typescript/index.ts'
import { libraryDomains } from '../../../envs/library/index.ts'
import { startCluster } from '../../../server/cluster/supervisor.ts'
import { openenvRelease, run, venvWith } from '../python.ts'
import { playGold } from './served.ts'

t.setTimeout(600_000) // pip fetches the package and what it needs, once
const folder = mkdtempSync(join(tmpdir(), 'mc-'))
const server = await startCluster({ workers: 2, config: { port: 0, stateFolder: join(folder, 's') } })
t.teardown(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})
const [domain] = libraryDomains
const tasks = domain?.tasks.filter(({ gold }) => gold.calls.length >= 3) ?? []

t.test('episodes ride through', async (t) => {
  const client = connect(server.url)
  let running = 0
  const play = async (index: number): Promise<boolean> => {
    const task = tasks[index % tasks.length] as (typeof tasks)[number]
    await using environment = await client.make(domain?.id ?? '')
    return await playGold(environment, task, { seed: index, pauseMs: 400 }, () => {
      running += 1
    })
  }
  const plays = Array.from({ length: 200 }, (_, index) => play(index))
  while (running < 200) await new Promise((resolve) => setTimeout(resolve, 20))
  process.kill(server.pids[0] as number, 'SIGKILL')
  const ended = await Promise.allSettled(plays)
  const failed = ended.filter((result) => result.status === 'rejected').map(({ reason }) => String(reason))
  t.same([...new Set(failed)], [])
  t.equal(ended.filter((result) => result.status === 'fulfilled' && result.value).length, 200)
})

const bin = venvWith('openenv', [openenvRelease])
if (bin === null) t.comment('skipped: Python can make no virtual environment here')
else
  t.test('a stock client of OpenEnv is told of an error at most, and plays on', async (t) => {
    const gold = (domain?.tasks ?? []).slice(0, 3).map(({ id, gold }) => ({ domain: domain?.id, task: id, ...gold }))
    const script = join(import.meta.dirname, '../openenv/ride.py')
    const episodes = 400
    const ridden = run(join(bin, 'python'), [script, server.url, String(episodes)], JSON.stringify(gold))
    let over = false
    void ridden.finally(() => {
      over = true
    })
    let kills = 0
    for (; !over && kills < 4; kills++) {
      await new Promise((resolve) => setTimeout(resolve, 1500))
      const before = server.pids[kills % 2] as number
      process.kill(before, 'SIGKILL')
      while ([0, before].includes(server.pids[kills % 2] as number))
        await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const { code, stdout, stderr } = await ridden
    t.equal(code, 0, stderr)
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { reward?: number; told?: string })
    t.equal(lines.length, episodes)
    const told = lines.filter(({ told }) => told !== undefined)
    t.ok(lines.every(({ reward, told }) => reward === 1 || told !== undefined))
    t.ok(
      told.length <= 16 * kills,
      `${kills} kills, told ${told.length} times: ${told.map(({ told }) => told).join('; ')}`,
    )
  })

t.test('a drained server stays so, whoever is replaced', async (t) => {
  t.equal((await fetch(`${server.url}/operate/drain`, { method: 'POST' })).status, 200)
  const before = server.pids[0] as number
  process.kill(before, 'SIGKILL')
  while ([0, before].includes(server.pids[0] as number)) await new Promise((resolve) => setTimeout(resolve, 20))
  const asked = await Promise.all(
    Array.from({ length: 10 }, () => fetch(`${server.url}/ready`, { headers: { connection: 'close' } })),
  )
  t.same([...new Set(asked.map(({ status }) => status))], [503])
})
