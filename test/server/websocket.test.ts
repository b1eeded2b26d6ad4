import fc from 'fast-check'
import t from 'tap'
import { openCatalog } from '../../envs/catalog.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import { serverMessage } from '../../schemas/messages.ts'
import { startServer } from '../../server/app.ts'
import { dial as dialUrl } from './line.ts'

const catalog = openCatalog({})
const server = await startServer({
  catalog,
  config: { port: 0, sessionsMax: 5, frameBytesMax: 4096 },
  log: { error: () => {}, info: () => {} },
})
t.teardown(async () => {
  await server.close()
  catalog.close()
})
const base = server.url.replace('http', 'ws')

const dial = (path = '/domains/hotel-chain/ws') => dialUrl(base + path)

const idle = async () => {
  for (let tries = 0; server.sessions > 0 && tries < 200; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  return server.sessions
}

t.test('the envelope is that of OpenEnv', async (t) => {
  const line = await dial()
  const reset = await line.ask({ type: 'reset', data: { seed: 1, unknown_kwarg: true } })
  t.match(reset, {
    type: 'observation',
    data: {
      reward: null,
      done: false,
      observation: { intent: String, tools: Array, metadata: { session: String, token: String } },
    },
  })
  const list = await line.ask({ type: 'step', data: { type: 'list_tools' } })
  t.match(list.data.observation.tools[0], {
    name: 'search_hotels',
    description: String,
    input_schema: { type: 'object' },
  })
  const step = await line.ask({
    type: 'step',
    data: { type: 'call_tool', tool_name: 'search_hotels', arguments: { city: 'Porto' } },
  })
  t.match(step.data.observation, { tool_name: 'search_hotels', error: null, result: { hotels: [{ name: 'Aurora' }] } })
  t.match(await line.ask({ type: 'state' }), { type: 'state', data: { episode_id: String, step_count: 1 } })
  t.match(await line.ask({ type: 'verify', data: {} }), { type: 'verification', data: { passed: false } })
  line.socket.send(JSON.stringify({ type: 'close' }))
  t.equal(await line.closed, 1000, 'close has no reply')
})

t.test('each bad frame gets its code and what to do, and the session lives', async (t) => {
  const line = await dial()
  const bad: [unknown, string][] = [
    ['{', 'INVALID_JSON'],
    [Buffer.from('{"type":"state"}'), 'INVALID_JSON'],
    ['[]', 'VALIDATION_ERROR'],
    ['null', 'VALIDATION_ERROR'],
    [`{"type":"step","data":{"type":"submit","answer":${'['.repeat(1500)}${']'.repeat(1500)}}}`, 'VALIDATION_ERROR'],
    [{ type: 'dance' }, 'UNKNOWN_TYPE'],
    [{ type: 'toString' }, 'UNKNOWN_TYPE'],
    [{}, 'UNKNOWN_TYPE'],
    [{ type: 'step' }, 'VALIDATION_ERROR'],
    [{ type: 'step', data: { type: 'call_tool' } }, 'VALIDATION_ERROR'],
    [{ type: 'step', data: { type: 'submit' }, extra: 1 }, 'VALIDATION_ERROR'],
    [{ type: 'reset', data: { seed: -1 } }, 'VALIDATION_ERROR'],
    [{ type: 'reset', data: { task: 'cancel-port' } }, 'UNKNOWN_TASK'],
    [{ type: 'step', data: { type: 'submit' } }, 'EPISODE_NOT_RESET'],
    [{ type: 'verify', data: {} }, 'EPISODE_NOT_RESET'],
    [{ type: 'fork', data: { count: 1000 } }, 'VALIDATION_ERROR'],
    [{ type: 'attach', data: { session: 'x', token: 'y' } }, 'SESSION_ERROR'],
  ]
  for (const [frame, code] of bad) {
    const reply = await line.ask(frame)
    t.equal(reply.type, 'error')
    t.equal(reply.data.code, code, JSON.stringify(frame))
    t.ok(serverMessage.safeParse(reply).success, 'the reply fits the contract')
    t.match(reply.data.remedy, /\.$/)
  }
  t.match(
    (await line.ask({ type: 'reset', data: { task: 'cancel-port' } })).data.message,
    /Did you mean "cancel-porto"\?/,
  )
  t.match(await line.ask({ type: 'reset', id: 'a7' }), { type: 'observation', id: 'a7' })
  await line.hangUp()
})

t.test('an unknown domain is refused with the nearest name, in a frame that a client can read', async (t) => {
  const line = await dial('/domains/hotel-chian/ws')
  t.match(await line.receive(), {
    type: 'error',
    data: { code: 'UNKNOWN_DOMAIN', message: /Did you mean "hotel-chain"\?/ },
  })
  t.equal(await line.closed, 1008)
  await t.rejects(dial('/elsewhere'), /404/)
})

t.test('a full house is said as OpenEnv says it, and a place that is left is taken', async (t) => {
  t.equal(await idle(), 0)
  const guests = await Promise.all(Array.from({ length: 5 }, () => dial()))
  for (const guest of guests) await guest.ask({ type: 'reset' })
  const late = await dial()
  t.match(await late.receive(), {
    type: 'error',
    data: { code: 'CAPACITY_REACHED', active_sessions: 5, max_sessions: 5 },
  })
  t.equal(await late.closed, 1000)
  const first = guests[0] as (typeof guests)[number]
  t.match(
    await first.ask({ type: 'fork', data: { count: 1 } }),
    { type: 'error', data: { code: 'CAPACITY_REACHED' } },
    'forks count',
  )
  await first.hangUp()
  for (let tries = 0; server.sessions > 4 && tries < 200; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  const next = await dial()
  t.match(await next.ask({ type: 'reset' }), { type: 'observation' })
  for (const line of [...guests.slice(1), next]) await line.hangUp()
  t.equal(await idle(), 0)
})

t.test('a fork is attached with its token and by nobody else, and whoever attaches last has it', async (t) => {
  const line = await dial()
  await line.ask({ type: 'reset', data: { task: 'cancel-porto' } })
  const { session, token } = (await line.ask({ type: 'fork' })).data.sessions[0]
  const other = await dial()
  t.match(
    await other.ask({
      type: 'attach',
      data: { session, token: `${token.slice(0, -1)}${token.endsWith('_') ? '-' : '_'}` },
    }),
    {
      type: 'error',
      data: { code: 'UNKNOWN_SESSION' },
    },
  )
  t.match(await other.ask({ type: 'attach', data: { session, token } }), {
    type: 'observation',
    data: { observation: { task: 'cancel-porto' } },
  })
  const third = await dial()
  t.match(await third.ask({ type: 'attach', data: { session, token } }), { type: 'observation' })
  t.match(await third.ask({ type: 'state' }), { type: 'state', data: { step_count: 0 } })
  t.match(
    await other.ask({ type: 'state' }),
    { type: 'error', data: { code: 'UNKNOWN_SESSION', message: /another connection/ } },
    'no other session is opened in silence',
  )
  for (const each of [line, other, third]) await each.hangUp()
  t.equal(await idle(), 0)
})

t.test('a frame that is too large closes its socket and no other', async (t) => {
  const [large, small] = [await dial(), await dial()]
  large.socket.on('error', () => {})
  large.socket.send('x'.repeat(5000))
  t.equal(await large.closed, 1009)
  t.match(await small.ask({ type: 'reset' }), { type: 'observation' })
  await small.hangUp()
})

t.test('messages sent at once are answered in their order', async (t) => {
  const line = await dial()
  line.socket.send(JSON.stringify({ type: 'reset', data: { task: 'cancel-porto' }, id: 0 }))
  for (let id = 1; id <= 8; id++)
    line.socket.send(JSON.stringify({ type: 'step', data: { type: 'call_tool', tool_name: 'search_hotels' }, id }))
  const ids: unknown[] = []
  for (let count = 0; count < 9; count++) ids.push((await line.receive()).id)
  t.same(ids, [0, 1, 2, 3, 4, 5, 6, 7, 8])
  await line.hangUp()
})

t.test('any text gets a typed reply, and the server goes on', async (t) => {
  const line = await dial()
  const frame = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.json({ maxDepth: 3 }),
    fc
      .record(
        {
          type: fc.constantFrom('reset', 'step', 'verify', 'fork', 'attach', 'state'),
          data: fc.jsonValue({ maxDepth: 2 }),
          id: fc.jsonValue({ maxDepth: 1 }),
        },
        { requiredKeys: ['type'] },
      )
      .map((value) => JSON.stringify(value)),
  )
  await fc.assert(
    fc.asyncProperty(frame, async (text) => serverMessage.safeParse(await line.ask(text)).success),
    { numRuns: 300, seed: 7 },
  )
  t.match(await line.ask({ type: 'reset', data: { task: 'cancel-porto' } }), { type: 'observation' })
  await line.hangUp()
  t.equal((await idle()) <= 5, true)
})

t.test('a port in use is said so', async (t) => {
  const port = Number(new URL(server.url).port)
  await t.rejects(
    startServer({ catalog, config: { port } }),
    new MicrocosmError('PORT_IN_USE', `Port ${port} of 127.0.0.1 is in use.`),
  )
})
