/** One world with several in it: two agents, a user and an observer, each under its own name and role. */

import t from 'tap'
import { openCatalog } from '../../envs/catalog.ts'
import { startServer } from '../../server/app.ts'
import { asker } from './http.ts'
import type { Line } from './line.ts'
import { dial } from './line.ts'

const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
})
const ask = asker(server.url)
const call = (tool_name: string, args: object = {}) => ({
  type: 'step',
  data: { type: 'call_tool', tool_name, arguments: args },
})

async function join(session: string, token: string, events?: boolean): Promise<Line> {
  const line = await dial(`${server.url}/ws`)
  const reply = await line.ask({ type: 'attach', data: { session, token, events } })
  t.equal(reply.type, 'observation')
  return line
}

t.test('two agents share a world, an observer sees what happens as it happens, and the owner ends it', async (t) => {
  const owner = await dial(`${server.url}/domains/hotel-chain/ws`)
  const { metadata } = (await owner.ask({ type: 'reset', data: { task: 'new-phone' } })).data.observation
  const grant = async (data: object) => (await owner.ask({ type: 'grant', data })).data
  const [anna, ben] = [await grant({ name: 'anna' }), await grant({ name: 'ben' })]
  const watching = await grant({ name: 'carla', role: 'observer' })
  t.match(anna, { role: 'agent', rights: ['act'] })
  t.match(watching, { role: 'observer', rights: [] })
  const observer = await join(metadata.session, watching.token)
  const first = await join(metadata.session, anna.token)
  t.match(await observer.receive(), {
    type: 'event',
    data: { seq: 1, kind: 'joined', by: { name: 'anna', role: 'agent' } },
  })
  const second = await join(metadata.session, ben.token)
  t.match(await observer.receive(), { data: { kind: 'joined', by: { name: 'ben' } } })

  const [guest] = (await first.ask(call('find_guests', { name: 'Mei Tanaka' }))).data.observation.result.guests
  t.match(await observer.receive(), {
    type: 'event',
    data: {
      seq: 3,
      kind: 'step',
      by: { name: 'anna' },
      action: { tool_name: 'find_guests' },
      transition: { observation: { result: { guests: [{ id: guest.id }] } } },
    },
  })
  t.match(await second.ask(call('update_guest', { guest_id: guest.id, phone: '+81 3 5550199' })), {
    data: { observation: { error: null, metadata: { step: 2 } } },
  })
  t.match(await observer.receive(), { data: { by: { name: 'ben' }, action: { tool_name: 'update_guest' } } })

  for (const message of [
    call('find_guests'),
    { type: 'step', data: { type: 'submit' } },
    { type: 'reset' },
    { type: 'verify' },
  ])
    t.match(await observer.ask(message), { type: 'error', data: { code: 'NOT_PERMITTED' } }, 'an observer only watches')
  t.match(await observer.ask({ type: 'step', data: { type: 'list_tools' } }), { data: { observation: { tools: [] } } })
  for (const message of [{ type: 'reset' }, { type: 'grant', data: { name: 'dora' } }, { type: 'verify' }])
    t.match(await first.ask(message), { type: 'error', data: { code: 'NOT_PERMITTED' } }, 'only the owner may')

  t.match(await first.ask({ type: 'step', data: { type: 'submit' } }), { data: { reward: 1, terminated: true } })
  t.match(await observer.receive(), { data: { kind: 'step', transition: { reward: 1 } } })
  t.match(await second.ask(call('find_guests')), { data: { code: 'EPISODE_ENDED' } })
  await first.hangUp()
  t.match(await observer.receive(), { data: { kind: 'left', by: { name: 'anna' } } })
  t.match(await owner.ask({ type: 'state' }), { data: { step_count: 3 } }, 'a guest that leaves ends nothing')
  await owner.hangUp()
  t.match(await observer.receive(), { data: { kind: 'left', by: { name: 'owner' } } })
  t.match(await observer.receive(), { data: { kind: 'closed', by: null } })
  t.match(await observer.ask({ type: 'state' }), { data: { code: /UNKNOWN_SESSION|EPISODE_NOT_RESET/ } })
  await second.hangUp()
  await observer.hangUp()
})

t.test('calls of many agents are served one after the other: no step is lost or counted twice', async (t) => {
  const { id, token } = (await ask('POST /sessions', { body: { domain: 'hotel-chain', task: 'cancel-porto' } })).body
  const lines: Line[] = []
  for (let index = 0; index < 6; index++) {
    const granted = await ask(`POST /sessions/${id}/tokens`, { token, body: { name: `agent ${index}` } })
    lines.push(await join(id, granted.body.token))
  }
  const replies = await Promise.all(lines.map((line) => line.ask(call('search_hotels'))))
  const steps = replies.map(({ data }) => data.observation.metadata.step).sort()
  t.same(steps, [1, 2, 3, 4, 5, 6])
  for (const line of lines) await line.hangUp()
  t.equal((await ask(`GET /sessions/${id}`, { token })).body.step_count, 6, 'it lives on without them')
  await ask(`DELETE /sessions/${id}`, { token })
})

t.test('a person plays the user: what each side says reaches the other', async (t) => {
  const owner = await dial(`${server.url}/domains/hotel-chain/ws`)
  const { metadata } = (await owner.ask({ type: 'reset', data: { task: 'new-phone' } })).data.observation
  t.match(await owner.ask({ type: 'step', data: { type: 'message', content: 'Hello?' } }), {
    data: { observation: { error_code: 'NO_USER' } },
  })
  const { token } = (await owner.ask({ type: 'grant', data: { name: 'mei', role: 'user' } })).data
  const person = await join(metadata.session, token, true)
  const { tools } = (await person.ask({ type: 'step', data: { type: 'list_tools' } })).data.observation
  t.same(
    tools.map(({ name }: { name: string }) => name),
    ['send_message'],
    'a user can only speak',
  )
  const offered = (await owner.ask({ type: 'step', data: { type: 'list_tools' } })).data.observation.tools
  t.equal(offered.at(-1).name, 'send_message')
  t.match(await owner.ask(call('send_message', { content: 'Which number?' })), {
    data: { observation: { result: { delivered: true } } },
  })
  t.match(await person.receive(), {
    type: 'event',
    data: { kind: 'message', content: 'Which number?', by: { name: 'owner' } },
  })
  t.match(await person.ask({ type: 'step', data: { type: 'message', content: '+81 3 5550199' } }), {
    type: 'event',
    data: { kind: 'message', by: { name: 'mei', role: 'user' } },
  })
  t.match(await person.receive(), {
    data: { observation: { metadata: { messages: [{ name: 'owner', content: 'Which number?' }] } } },
  })
  const next = await owner.ask(call('find_guests', { name: 'Mei Tanaka' }))
  t.same(next.data.observation.metadata.messages, [{ name: 'mei', content: '+81 3 5550199' }])
  t.match(await person.receive(), { data: { kind: 'step' } })
  t.match(await person.ask(call('find_guests')), { data: { code: 'NOT_PERMITTED' } })
  await owner.hangUp()
  await person.hangUp()
})

t.test('events come as server-sent events as well', async (t) => {
  const { id, token } = (await ask('POST /sessions', { body: { domain: 'hotel-chain', task: 'new-phone' } })).body
  const { token: watching } = (
    await ask(`POST /sessions/${id}/tokens`, { token, body: { name: 'w', role: 'observer' } })
  ).body
  const stream = await fetch(`${server.url}/sessions/${id}/events`, {
    headers: { Authorization: `Bearer ${watching}` },
  })
  t.match(stream.headers.get('content-type'), /event-stream/)
  await ask(`POST /sessions/${id}/step`, { token, body: { action: { type: 'submit' } } })
  await ask(`DELETE /sessions/${id}`, { token })
  const text = await stream.text()
  const kinds = [...text.matchAll(/^event: (\w+)$/gm)].map(([, kind]) => kind)
  t.same(kinds, ['step', 'closed'], 'and they end with the session')
  const [line] = /^data: .*$/m.exec(text) ?? []
  t.match(JSON.parse(String(line).slice(6)), { seq: 1, action: { type: 'submit' }, by: { name: 'owner' } })
})
