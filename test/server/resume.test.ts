/** A client that comes back after its socket was cut, at every point of an exchange. */

import t from 'tap'
import { openCatalog } from '../../envs/catalog.ts'
import { startServer } from '../../server/app.ts'
import type { Line, Reply } from './line.ts'
import { dial, until } from './line.ts'

const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0, graceMs: 600_000 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
})
const call = (tool_name: string, args: object = {}) => ({ type: 'call_tool', tool_name, arguments: args })

/** The messages of an episode, each with an id; the last but one is a write and counts twice if it is done twice. */
const episode = (guest_id: string): object[] => [
  { type: 'step', id: 'find', data: call('find_guests', { name: 'Mei Tanaka' }) },
  { type: 'step', id: 'update', data: call('update_guest', { guest_id, phone: '+81 3 5550199' }) },
  { type: 'step', id: 'submit', data: { type: 'submit' } },
]

const guestId = await (async () => {
  const line = await dial(`${server.url}/domains/hotel-chain/ws`)
  await line.ask({ type: 'reset', data: { task: 'new-phone' } })
  const found = await line.ask({ type: 'step', data: call('find_guests', { name: 'Mei Tanaka' }) })
  await line.hangUp()
  return found.data.observation.result.guests[0].id as string
})()

/** How a socket can be cut around a message. */
const cuts: Record<string, (line: Line, message: object) => Promise<void>> = {
  'before the message was sent': (line) => line.cut(),
  'after it was sent, before any reply': async (line, message) => {
    line.send(message)
    await line.cut()
  },
  'after its bytes had left, before any reply': async (line, message) => {
    await new Promise<void>((resolve) => line.socket.send(JSON.stringify(message), () => resolve()))
    await line.cut()
  },
  'after the reply': async (line, message) => {
    await line.ask(message)
    await line.cut()
  },
}

for (const [when, cut] of Object.entries(cuts)) {
  for (let at = 0; at < 3; at++) {
    t.test(`cut ${when} (message ${at}): the episode goes on, and nothing is done twice`, async (t) => {
      let line = await dial(`${server.url}/domains/hotel-chain/ws`)
      const reset = await line.ask({ type: 'reset', data: { task: 'new-phone' }, id: 'reset' })
      const { session, token } = reset.data.observation.metadata
      const messages = episode(guestId)
      for (const message of messages.slice(0, at)) await line.ask(message)
      await cut(line, messages[at] as object)
      line = await dial(`${server.url}/domains/hotel-chain/ws`)
      t.match(await line.ask({ type: 'attach', data: { session, token } }), { type: 'observation' })
      let last: Reply | null = null
      for (const message of messages.slice(at)) last = await line.ask(message)
      t.match(last, { type: 'observation', data: { reward: 1, done: true } })
      t.match(await line.ask({ type: 'state' }), { data: { step_count: 3 } }, 'each message counted once')
      await line.hangUp()
      t.ok(await until(() => server.sessions === 0))
    })
  }
}

t.test("a session's own address takes it up as well, and the newest connection has it", async (t) => {
  const line = await dial(`${server.url}/domains/hotel-chain/ws`)
  const { metadata } = (await line.ask({ type: 'reset', data: { task: 'new-phone' } })).data.observation
  const next = await dial(`${server.url}/sessions/${metadata.session}/ws?token=${metadata.token}`)
  t.match(await next.ask({ type: 'state' }), { data: { step_count: 0, task: 'new-phone' } })
  t.match(await line.ask({ type: 'step', data: { type: 'submit' } }), { data: { code: 'UNKNOWN_SESSION' } })
  await line.hangUp()
  t.match(
    await next.ask({ type: 'step', data: { type: 'submit' } }),
    { data: { done: true } },
    'the old one ends nothing',
  )
  await next.hangUp()
  t.equal(await until(() => server.sessions === 0), true)
})

t.test('what is not taken up within the time of grace is closed', async (t) => {
  const hasty = await startServer({ catalog, config: { port: 0, graceMs: 1 } })
  t.teardown(() => hasty.close())
  const line = await dial(`${hasty.url}/domains/hotel-chain/ws`)
  const { metadata } = (await line.ask({ type: 'reset' })).data.observation
  await line.cut()
  t.ok(await until(() => hasty.sessions === 0))
  const late = await dial(`${hasty.url}/ws`)
  t.match(await late.ask({ type: 'attach', data: metadata && { session: metadata.session, token: metadata.token } }), {
    type: 'error',
    data: { code: 'UNKNOWN_SESSION' },
  })
  await late.hangUp()
})

t.test('a half-open socket is found by ping, and its session waits', async (t) => {
  const watchful = await startServer({ catalog, config: { port: 0, pingMs: 50, graceMs: 600_000 } })
  t.teardown(() => watchful.close())
  const line = await dial(`${watchful.url}/domains/hotel-chain/ws`, { autoPong: false })
  const { metadata } = (await line.ask({ type: 'reset' })).data.observation
  t.equal(await line.closed, 1006)
  const back = await dial(`${watchful.url}/ws`)
  const { session, token } = metadata
  t.match(await back.ask({ type: 'attach', data: { session, token } }), { type: 'observation' })
  await back.hangUp()
  t.ok(await until(() => watchful.sessions === 0))
})
