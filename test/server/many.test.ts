/** Many sessions on one socket: names, batches, ids, pipelining, draws and pinned versions. */

import { join } from 'node:path'
import t from 'tap'
import { openCatalog } from '../../envs/catalog.ts'
import { serverMessage } from '../../schemas/messages.ts'
import { startServer } from '../../server/app.ts'
import { addKey } from '../../server/keys.ts'
import type { Reply } from './line.ts'
import { dial, until } from './line.ts'

const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
})
const version = catalog.domain('hotel-chain').version as string
const anywhere = () => dial(`${server.url}/ws`)
const call = (tool_name: string, args: object = {}) => ({ type: 'call_tool', tool_name, arguments: args })
const taskOf = ({ data }: Reply): string => data.observation.task

t.test('256 sessions are reset, stepped and ended in one frame each way a turn, each in its own place', async (t) => {
  const line = await anywhere()
  const names = Array.from({ length: 256 }, (_, index) => `s${index}`)
  const batch = (of: (index: number) => object) =>
    line.ask({ type: 'batch', id: 'b', data: names.map((session, index) => ({ session, ...of(index) })) })
  const reset = await batch((index) => ({
    type: 'reset',
    data: { domain: 'hotel-chain', sample: { seed: 5, index, group: 8 } },
  }))
  t.match(reset, { type: 'batch', id: 'b', data: { length: 256 } })
  t.same(
    reset.data.map(({ session }: Reply) => session),
    names,
  )
  for (let group = 0; group < 256; group += 8) {
    const tasks = new Set(reset.data.slice(group, group + 8).map(taskOf))
    t.equal(tasks.size, 1, 'a group plays one task')
  }
  t.equal(server.sessions, 256)
  const cities = ['Porto', 'Lisbon']
  const step = await batch((index) => ({ type: 'step', data: call('search_hotels', { city: cities[index % 2] }) }))
  for (const [index, { data }] of step.data.entries()) {
    const [hotel] = data.observation.result.hotels
    t.equal(hotel.city, cities[index % 2])
  }
  const mixed = await batch((index) =>
    index % 2 === 0 ? { type: 'step', data: { type: 'submit' } } : { type: 'state' },
  )
  t.match(mixed.data[0], { type: 'observation', data: { done: true, terminated: true } })
  t.match(mixed.data[1], { type: 'state', data: { step_count: 1 } })
  t.ok(serverMessage.safeParse(mixed).success, 'the reply fits the contract')
  const end = await batch(() => ({ type: 'close' }))
  t.match(end.data[255], { type: 'closed', session: 's255' })
  t.equal(server.sessions, 0)
  await line.hangUp()
})

t.test('what is wrong in a batch is told in its place, and the rest is done', async (t) => {
  const line = await anywhere()
  const { data } = await line.ask({
    type: 'batch',
    data: [
      { type: 'reset', session: 'a', data: { domain: 'hotel-chain', task: 'new-phone' }, id: 1 },
      { type: 'dance', session: 'b', id: 2 },
      { type: 'step', session: 'c', data: { type: 'submit' }, id: 3 },
      { type: 'batch', data: [], id: 4 },
      7,
      { type: 'step', session: 'a', data: call('find_guests', { name: 'Mei Tanaka' }), id: 5 },
    ],
  })
  t.match(data, [
    { type: 'observation', id: 1, session: 'a' },
    { type: 'error', id: 2, session: 'b', data: { code: 'UNKNOWN_TYPE' } },
    { type: 'error', id: 3, session: 'c', data: { code: 'EPISODE_NOT_RESET' } },
    { type: 'error', id: 4, data: { code: 'VALIDATION_ERROR' } },
    { type: 'error', data: { code: 'VALIDATION_ERROR' } },
    { type: 'observation', id: 5, session: 'a', data: { observation: { error: null } } },
  ])
  for (const bad of [[], 'x', Array(1025).fill({ type: 'state' })])
    t.match(await line.ask({ type: 'batch', data: bad, id: 9 }), { type: 'error', id: 9 })
  t.match(await line.ask({ type: 'reset' }), { type: 'error', data: { code: 'VALIDATION_ERROR', message: /domain/ } })
  await line.hangUp()
})

t.test('a message that comes again with its id is answered again and not done again', async (t) => {
  const line = await dial(`${server.url}/domains/hotel-chain/ws`)
  const reset = { type: 'reset', data: { task: 'new-phone' }, id: 'r' }
  const first = await line.ask(reset)
  const find = { type: 'step', data: call('find_guests', { name: 'Mei Tanaka' }), id: 'x' }
  const [guest] = (await line.ask(find)).data.observation.result.guests
  const update = { type: 'step', data: call('update_guest', { guest_id: guest.id, phone: '+81 3 5550199' }), id: 7 }
  const once = await line.ask(update)
  line.send(update)
  line.send(update)
  t.same([await line.receive(), await line.receive()], [once, once])
  t.same(await line.ask(reset), first, 'a reset as well: the episode is not begun anew')
  t.match(await line.ask({ type: 'state' }), { data: { step_count: 2 } })
  t.match(await line.ask({ type: 'verify', data: {}, id: 7 }), { type: 'error', data: { code: 'VALIDATION_ERROR' } })
  t.match(
    await line.ask({ type: 'step', data: { type: 'submit' }, id: '7' }),
    { data: { reward: 1 } },
    'a text is no number',
  )
  t.match(await line.ask({ type: 'step', data: call('search_hotels'), id: 'late' }), {
    data: { code: 'EPISODE_ENDED' },
  })
  await line.ask({ ...reset, id: 'r2' })
  t.match(await line.ask({ ...update, id: 'late' }), { type: 'observation' }, 'what was refused was not done')
  t.match(
    await line.ask(find),
    { data: { observation: { metadata: { step: 2 } } } },
    'a reset forgets the ids before it',
  )
  await line.hangUp()
})

t.test('messages sent at once are answered by session in their order', async (t) => {
  const line = await anywhere()
  const names = ['a', 'b', 'c']
  for (const session of names)
    line.send({ type: 'reset', session, id: 0, data: { domain: 'hotel-chain', task: 'cancel-porto' } })
  for (let id = 1; id <= 20; id++)
    for (const session of names) line.send({ type: 'step', session, id, data: call('search_hotels') })
  const ids = new Map<string, unknown[]>(names.map((name) => [name, []]))
  for (let count = 0; count < 63; count++) {
    const { session = '', id } = await line.receive()
    ids.get(session)?.push(id)
  }
  for (const name of names)
    t.same(
      ids.get(name),
      Array.from({ length: 21 }, (_, id) => id),
    )
  await line.hangUp()
})

t.test(
  'an epoch has every task of the choice once, the next one again in another order, the same on any server',
  async (t) => {
    const line = await anywhere()
    const drawn = async (sample: object, rest: object = {}): Promise<string[]> => {
      const reply = await line.ask({ type: 'reset', session: 'x', data: { domain: 'hotel-chain', sample, ...rest } })
      return reply.type === 'error' ? [reply.data.code] : [taskOf(reply)]
    }
    const train = catalog.domain('hotel-chain').tasks.filter(({ split }) => split === 'train')
    const epoch = async (seed: number, from: number) => {
      const tasks: string[] = []
      for (let index = from; index < from + train.length; index++) tasks.push(...(await drawn({ seed, index })))
      return tasks
    }
    const first = await epoch(1, 0)
    t.same([...first].sort(), train.map(({ id }) => id).sort())
    const second = await epoch(1, train.length)
    t.same([...second].sort(), [...first].sort())
    t.notSame(second, first)
    t.notSame(await epoch(2, 0), first)
    const other = await startServer({ catalog, config: { port: 0 } })
    const there = await dial(`${other.url}/domains/hotel-chain/ws`)
    t.equal(taskOf(await there.ask({ type: 'reset', data: { sample: { seed: 1, index: 3 } } })), first[3])
    await there.hangUp()
    await other.close()
    t.same(await drawn({ seed: 1, index: 0 }, { filter: { length: { min: 99 } } }), ['UNKNOWN_TASK'])
    t.same(await drawn({ seed: 1, index: 0 }, { task: 'new-phone' }), ['VALIDATION_ERROR'])
    await line.hangUp()
  },
)

t.test('draws keep to the filter: length, difficulty, language, stage and split', async (t) => {
  const line = await dial(`${server.url}/domains/hotel-chain/ws`)
  const list = await (await fetch(`${server.url}/domains/hotel-chain/tasks?min_difficulty=2&max_length=4`)).json()
  const allowed = (list as { tasks: { id: string; difficulty: number; length: number }[] }).tasks
  t.ok(allowed.length > 0 && allowed.length < 24)
  t.ok(allowed.every(({ difficulty, length }) => difficulty >= 2 && length <= 4))
  for (let seed = 0; seed < 12; seed++) {
    const filter = { difficulty: { min: 2 }, length: { max: 4 }, language: 'en' }
    const reply = await line.ask({ type: 'reset', data: { seed, split: 'test', filter } })
    const found = catalog.domain('hotel-chain').tasks.find(({ id }) => id === taskOf(reply))
    t.equal(found?.split, 'test')
    t.ok(allowed.some(({ id }) => id === found?.id))
  }
  const chinese = await line.ask({ type: 'reset', data: { filter: { language: 'zh' } } })
  t.equal(catalog.domain('hotel-chain').tasks.find(({ id }) => id === taskOf(chinese))?.language, 'zh')
  const none = { language: 'zh', length: { min: 99 } }
  t.match(await line.ask({ type: 'reset', data: { filter: none } }), { data: { code: 'UNKNOWN_TASK' } })
  t.match(await line.ask({ type: 'reset', data: { filter: { hue: 1 } } }), { data: { code: 'VALIDATION_ERROR' } })
  t.match(await line.ask({ type: 'reset', data: { filter: { kind: 'bulk' } } }), { data: { code: 'UNKNOWN_TASK' } })
  t.match(await (await fetch(`${server.url}/domains/hotel-chain/tasks?kind=bulk`)).json(), { total: 0 })
  await line.hangUp()
})

t.test('a version is pinned in the address or at reset, and another one is refused', async (t) => {
  const pinned = await dial(`${server.url}/domains/hotel-chain@${version}/ws`)
  t.match(await pinned.ask({ type: 'reset' }), { data: { observation: { version } } })
  await pinned.hangUp()
  const wrong = `hotel-chain@${'0'.repeat(16)}`
  const line = await dial(`${server.url}/domains/${wrong}/ws`)
  t.match(await line.ask({ type: 'reset' }), { type: 'error', data: { code: 'VERSION_MISMATCH', version } })
  await line.hangUp()
  const free = await anywhere()
  for (const data of [{ domain: wrong }, { domains: [wrong], sample: { seed: 1, index: 1 } }])
    t.match(await free.ask({ type: 'reset', data }), { type: 'error', data: { code: 'VERSION_MISMATCH' } })
  t.match(await free.ask({ type: 'reset', data: { domain: `hotel-chain@${version}` } }), { type: 'observation' })
  await free.hangUp()
  t.ok(await until(() => server.sessions === 0))
})

t.test('where the house is full a newcomer may wait, and each client has its turn', async (t) => {
  const keysFile = join(t.testdir({}), 'keys.json')
  const order = { roles: ['play' as const], rights: ['act' as const], quotas: {} }
  const keyFor = (label: string) => addKey(keysFile, { label, ...order }, '2026-01-01').key
  const [one, many] = [keyFor('modest'), keyFor('greedy')]
  const small = await startServer({ catalog, config: { port: 0, sessionsMax: 1, waitMs: 60_000, keysFile } })
  t.teardown(() => small.close())
  const url = `${small.url}/k/${many}/ws`
  const first = await dial(url)
  const reset = { type: 'reset', data: { domain: 'hotel-chain' } }
  t.match(await first.ask(reset), { type: 'observation' })
  const turns: string[] = []
  const greedy = await dial(url)
  const modest = await dial(`${small.url}/ws`, { headers: { Authorization: `Bearer ${one}` } })
  for (const session of ['g1', 'g2', 'g3']) greedy.send({ ...reset, session })
  await greedy.ask({ type: 'mcp', session: 'none', data: {} })
  modest.send({ ...reset, session: 'm1' })
  await modest.ask({ type: 'mcp', session: 'none', data: {} })
  await first.hangUp()
  const next = async (line: typeof greedy, label: string) => {
    const reply = await line.receive()
    t.equal(reply.type, 'observation')
    turns.push(label)
    await line.ask({ type: 'close', session: reply.session })
  }
  await next(greedy, 'greedy')
  await next(modest, 'modest')
  await next(greedy, 'greedy')
  await next(greedy, 'greedy')
  t.same(turns, ['greedy', 'modest', 'greedy', 'greedy'])
  await greedy.hangUp()
  await modest.hangUp()
})
