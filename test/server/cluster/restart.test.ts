/**
 * The whole server killed and started again in the middle of running episodes, then stopped in good order and started with
 * another number of processes: who plays sees nothing but time.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { ClientEnvironment } from '../../../clients/typescript/index.ts'
import { connect } from '../../../clients/typescript/index.ts'
import { libraryDomains } from '../../../envs/library/index.ts'
import { dial } from '../line.ts'
import { freePort, playGold, type Served, serve } from './served.ts'

const folder = mkdtempSync(join(tmpdir(), 'mc-'))
const state = join(folder, 's')
const port = await freePort()
let server: Served
t.teardown(async () => {
  await server.end('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
const tasks = libraryDomains.flatMap(({ id, tasks }) =>
  tasks.filter(({ gold }) => gold.calls.length >= 3).map((task) => ({ ...task, domain: id })),
)

const starts: [signal: 'SIGKILL' | 'SIGTERM', options: string[]][] = [
  ['SIGKILL', ['--workers', '2']],
  ['SIGTERM', ['--workers', '3']],
  ['SIGKILL', ['--workers', '1']],
  ['SIGTERM', ['--workers', '2', '--durability', 'fsync']],
]

t.test('episodes ride through', { timeout: 300_000 }, async (t) => {
  server = await serve(port, state, ['--workers', '2'])
  const client = connect(server.url, { reconnectMs: 120_000 })
  let over = false
  let played = 0
  const play = async (environment: ClientEnvironment, of: string, index: number): Promise<boolean> => {
    const own = tasks.filter(({ domain }) => domain === of)
    const task = own[index % own.length] as (typeof tasks)[number]
    const outcome = await playGold(environment, task, { seed: index, pauseMs: 50 + ((index * 37) % 250) })
    played += 1
    return outcome
  }
  const players = Array.from({ length: 40 }, async (_, player) => {
    const outcomes: boolean[] = []
    const { domain } = tasks[player % tasks.length] as (typeof tasks)[number]
    await using environment = await client.make(domain, player % 8 === 0 ? { over: 'http' } : {})
    for (let round = 0; !over; round++) outcomes.push(await play(environment, domain, player + 40 * round))
    return outcomes
  })
  const failed = Promise.all(players).catch((error) => error as Error) // heard of at once
  for (const [signal, options] of starts) {
    const before = played
    while (played < before + 40) {
      await sleep(20)
      if ((await Promise.race([failed, null])) instanceof Error) break
    }
    await server.end(signal)
    server = await serve(port, state, options)
  }
  over = true
  const outcomes = await failed
  if (outcomes instanceof Error) throw outcomes
  t.ok(outcomes.flat().every(Boolean), `${outcomes.flat().length} episodes`)
})

t.test('a message that comes again after a crash is answered and not done again', async (t) => {
  const task = tasks[0] as (typeof tasks)[number]
  const first = await dial(`${server.url}/ws`)
  const opened = await first.ask({ type: 'reset', id: 1, data: { domain: task.domain, task: task.id, seed: 1 } })
  const { session, token } = opened.data.observation.metadata
  const { tool, arguments: args } = task.gold.calls[0] as { tool: string; arguments: object }
  const call = { type: 'step', id: 2, data: { type: 'call_tool', tool_name: tool, arguments: args } }
  const stepped = await first.ask(call)
  const params = { name: tool, arguments: args }
  const rpc = { type: 'mcp', id: 3, data: { jsonrpc: '2.0', id: 'r', method: 'tools/call', params } }
  const called = await first.ask(rpc)
  await server.end('SIGKILL')
  server = await serve(port, state, ['--workers', '2'])
  const again = await dial(`${server.url}/sessions/${session}/ws?token=${token}`)
  t.same(await again.ask(call), stepped)
  t.same(await again.ask(rpc), called)
  t.match(await again.ask({ type: 'state' }), { data: { step_count: 2 } })
  await again.hangUp()
})

t.test('sessions that nobody came back for are no one’s', async (t) => {
  t.equal(await server.end('SIGTERM'), 0)
  server = await serve(port, state, ['--workers', '1'])
  const listed = (await (await fetch(`${server.url}/operate/sessions`)).json()) as { sessions: unknown[] }
  t.same(listed.sessions, [])
})
