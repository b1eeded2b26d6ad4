/** Sessions over HTTP: opened, played, looked at, resumed, ended; and their lists and documents. */

import { createPublicKey, verify } from 'node:crypto'
import t from 'tap'
import { openCatalog } from '../../envs/catalog.ts'
import { canonicalJson } from '../../schemas/json.ts'
import { trajectory as trajectorySchema } from '../../schemas/trajectory.ts'
import { startServer } from '../../server/app.ts'
import { asker } from './http.ts'
import { dial, until } from './line.ts'

const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
})
const ask = asker(server.url)
const open = async (body: object = { domain: 'hotel-chain', task: 'new-phone' }) =>
  (await ask('POST /sessions', { body })).body
const call = (tool_name: string, args: object = {}) => ({ type: 'call_tool', tool_name, arguments: args })

t.test('an episode over HTTP: created, stepped, verified, looked back at, ended', async (t) => {
  const created = await ask('POST /sessions', { body: { domain: 'hotel-chain', task: 'new-phone', seed: 4 } })
  t.equal(created.status, 201)
  const { id, token, observation } = created.body
  t.match(observation, { task: 'new-phone', seed: 4, metadata: { session: id, token } })
  const path = `/sessions/${id}`
  const found = await ask(`POST ${path}/step`, { token, body: { action: call('find_guests', { name: 'Mei Tanaka' }) } })
  const [guest] = found.body.observation.result.guests
  const early = await ask(`GET ${path}/result`, { token })
  t.match(early, { status: 409, body: { code: 'EPISODE_NOT_RESET' } })
  const update = { action: call('update_guest', { guest_id: guest.id, phone: '+81 3 5550199' }), id: 'u' }
  const first = await ask(`POST ${path}/step`, { token, body: update })
  const again = await ask(`POST ${path}/step`, { token, body: update })
  t.same(again.body, first.body, 'the same id is done once')
  t.match(await ask(`POST ${path}/verify`, { token, body: {} }), { status: 200, body: { passed: true } })
  const fork = await ask(`POST ${path}/fork`, { token, body: { count: 2 } })
  t.equal(fork.body.sessions.length, 2)
  await ask(`POST ${path}/step`, { token, body: { action: { type: 'submit' } } })
  t.match(await ask(`GET ${path}`, { token }), {
    body: { step_count: 3, reward: 1, done: true, domain: 'hotel-chain' },
  })
  const late = await ask(`POST ${path}/step`, { token, body: { action: { type: 'submit' } } })
  t.match(late, { status: 409, type: /problem\+json/, body: { code: 'EPISODE_ENDED', remedy: String } })

  const record = trajectorySchema.parse((await ask(`GET ${path}/trajectory`, { token })).body)
  t.match(record, {
    domain: 'hotel-chain',
    task: 'new-phone',
    seed: 4,
    steps: 3,
    terminated: true,
    reason: 'submitted',
  })
  t.match(record.verification, { passed: true })
  t.same(
    record.messages.map(({ role }) => role),
    ['system', 'user', 'assistant', 'tool', 'assistant', 'tool', 'assistant', 'tool'],
  )
  t.equal(record.messages[3]?.content, JSON.stringify(found.body.observation.result), 'as it was shown')

  const { result, signature } = (await ask(`GET ${path}/result`, { token })).body
  t.match(result, { task: 'new-phone', reward: 1, seed: 4, step_count: 3 })
  const key = createPublicKey((await ask('GET /signing-key')).body.public_key)
  const isSigned = (value: object) =>
    verify(null, Buffer.from(canonicalJson(value)), key, Buffer.from(signature, 'base64'))
  t.ok(isSigned(result))
  t.notOk(isSigned({ ...result, reward: 0 }))

  t.equal((await ask(`DELETE ${path}`, { token })).status, 204)
  t.match(await ask(`GET ${path}`, { token }), { status: 404, body: { code: 'UNKNOWN_SESSION' } })
  for (const { session, token } of fork.body.sessions) {
    t.match(await ask(`GET /sessions/${session}`, { token }), { body: { step_count: 2, done: false } })
    await ask(`DELETE /sessions/${session}`, { token })
  }
  t.equal(server.sessions, 0)
})

t.test('without its token a session is not there, whichever way it is asked for', async (t) => {
  const { id, token } = await open()
  const requests = ['GET', 'GET /trajectory', 'GET /result', 'GET /gold', 'GET /events', 'DELETE', 'POST /mcp'].concat(
    ['reset', 'step', 'verify', 'fork', 'tokens'].map((name) => `POST /${name}`),
  )
  for (const request of requests) {
    const [method, rest = ''] = request.split(' ')
    const other = token.endsWith('_') ? '-' : '_' // a token may end so
    for (const wrong of [undefined, `${token.slice(0, -1)}${other}`, 'x']) {
      const body =
        method === 'POST' ? { action: { type: 'submit' }, name: 'n', jsonrpc: '2.0', method: 'ping', id: 1 } : undefined
      const answer = await ask(`${method} /sessions/${id}${rest}`, {
        token: wrong,
        body: rest === '/tokens' ? { name: 'n' } : body,
      })
      t.match(answer, { status: 404, body: { code: 'UNKNOWN_SESSION' } }, `${request} ${wrong}`)
    }
  }
  const line = await dial(`${server.url}/sessions/${id}/ws?token=no`)
  t.match(await line.receive(), { type: 'error', data: { code: 'UNKNOWN_SESSION' } })
  t.equal(await line.closed, 1008)
  t.match(await ask(`GET /sessions/${id}?token=${token}`), { status: 200 })
  t.match(await ask(`GET /sessions/${id}`, { headers: { Authorization: `Basic ${btoa(`${token}:x`)}` } }), {
    status: 200,
  })
  await ask(`DELETE /sessions/${id}`, { token })
})

t.test('what does not fit is told with its place, and leaves no session behind', async (t) => {
  const bad: [object, number, string][] = [
    [{}, 422, 'VALIDATION_ERROR'],
    [{ domain: 'Hotel' }, 422, 'VALIDATION_ERROR'],
    [{ domain: 'hotel-chian' }, 404, 'UNKNOWN_DOMAIN'],
    [{ domain: 'hotel-chain', task: 'new-phnoe' }, 404, 'UNKNOWN_TASK'],
    [{ domain: 'hotel-chain', user: 'model' }, 422, 'NO_USER'],
    [{ domain: 'hotel-chain', seed: -1 }, 422, 'VALIDATION_ERROR'],
  ]
  for (const [body, status, code] of bad) t.match(await ask('POST /sessions', { body }), { status, body: { code } })
  t.equal(server.sessions, 0)
  const { id, token } = await open()
  const misfit = await ask(`POST /sessions/${id}/step`, { token, body: { action: { type: 'call_tool' } } })
  t.match(misfit, { status: 422, body: { code: 'VALIDATION_ERROR', detail: /tool_name/ } })
  await ask(`DELETE /sessions/${id}`, { token })
})

t.test('tasks of all domains are listed by page, filtered, searched, and shuffled by seed', async (t) => {
  const list = async (query: string) => (await ask(`GET /tasks?${query}`)).body
  const all = await list('limit=1000')
  t.equal(all.total, 24)
  t.match(all.tasks[0], { domain: 'hotel-chain', length: Number, difficulty: Number })
  t.equal(
    (await list('search=Porto&split=train')).tasks.every(({ split }: { split: string }) => split === 'train'),
    true,
  )
  const ids = async (query: string): Promise<string[]> => (await list(query)).tasks.map(({ id }: { id: string }) => id)
  const paged = [...(await ids('seed=3&limit=15')), ...(await ids('seed=3&limit=15&cursor=15'))]
  t.same([...paged].sort(), (await ids('limit=1000')).sort(), 'the pages of a shuffled list are an epoch')
  t.notSame(paged, await ids('limit=1000'))
  t.match(await ask('GET /tasks?min_length=x'), { status: 422, body: { code: 'VALIDATION_ERROR' } })
  t.match(await ask('GET /domains/hotel-chain/tasks/new-phone'), { body: { id: 'new-phone', intent: String } })
  t.match(await ask('GET /domains/hotel-chain/tasks/new-phnoe'), { status: 404 })
})

t.test('the OpenAPI document has every route, with its bodies, and says what HTTP does', async (t) => {
  const { body } = await ask('GET /openapi.json')
  t.equal(body.openapi, '3.1.0')
  for (const path of ['/domains', '/tasks', '/sessions', '/sessions/{id}/step', '/domains/{id}/reset'])
    t.ok(body.paths[path], path)
  const step = body.paths['/sessions/{id}/step'].post
  t.match(step.requestBody.content['application/json'].schema, { properties: { action: Object }, required: ['action'] })
  t.match(step.responses['200'].content['application/json'].schema, { properties: { reward: Object } })
  t.match(
    body.paths['/tasks'].get.parameters.map(({ name }: { name: string }) => name),
    ['limit', 'cursor', 'search'],
  )
  const domain = (await ask('GET /domains/hotel-chain/openapi.json')).body
  for (const path of ['/reset', '/step', '/state', '/health', '/metadata', '/schema']) t.ok(domain.paths[path], path)
})

t.test("OpenEnv's HTTP routes stand for themselves, as OpenEnv has them", async (t) => {
  const at = (path: string, body?: object) => ask(path.replace(' ', ' /domains/hotel-chain'), { body })
  t.match(await at('POST /reset', { task: 'new-phone' }), {
    status: 200,
    body: { observation: { task: 'new-phone' }, reward: null, done: false },
  })
  t.match(await at('POST /step', { action: { type: 'list_tools' } }), {
    body: { observation: { tools: { length: 20 } } },
  })
  t.match(await at('POST /step', { action: call('search_hotels', { city: 'Porto' }), timeout_s: 3 }), {
    body: { observation: { tool_name: 'search_hotels', error: null } },
  })
  t.match(await at('POST /step', { action: { type: 'x' } }), { status: 422 })
  t.match(await at('GET /state'), { body: { episode_id: null, step_count: 0 } })
  t.match(await at('POST /mcp', {}), { status: 200, body: { jsonrpc: '2.0', error: { code: -32600 } } })
  const rpc = async (method: string, params: object = {}) =>
    (await at('POST /mcp', { jsonrpc: '2.0', id: 1, method, params })).body
  t.match(await rpc('tools/list'), { id: 1, result: { tools: [{ name: 'search_hotels', inputSchema: Object }] } })
  t.match(await rpc('dance'), { error: { code: -32601 } })
  t.match(await rpc('tools/call', {}), { error: { code: -32602 } })
  const { session_id } = (await rpc('openenv/session/create')).result
  t.match(await rpc('tools/call', { name: 'submit', session_id }), {
    error: { code: -32603, data: { code: 'EPISODE_NOT_RESET' } },
  })
  t.match(await rpc('openenv/session/close', { session_id }), { result: { session_id, closed: true } })
  t.match(await rpc('openenv/session/close', { session_id }), { error: { code: -32602 } })
  t.match(await rpc('tools/list', { session_id }), { error: { code: -32602, message: /Unknown session_id/ } })
  const raw = await fetch(`${server.url}/domains/hotel-chain/mcp`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{',
  })
  t.match([raw.status, await raw.json()], [200, { error: { code: -32700 } }])
  t.equal(server.sessions, 0, 'nothing is left')
})

t.test('a page of another site, and a name that is not ours, are refused', async (t) => {
  const post = (headers: object) => ask('POST /sessions', { body: { domain: 'hotel-chain' }, headers })
  t.match(await post({ Origin: 'https://evil.example' }), { status: 403, body: { code: 'NOT_PERMITTED' } })
  t.match(await post({ Origin: 'null' }), { status: 403 })
  const own = await post({ Origin: server.url })
  t.equal(own.status, 201)
  await ask(`DELETE /sessions/${own.body.id}`, { token: own.body.token })
})

t.test('a session that nobody asks for is closed in the end, and one that is held is not', async (t) => {
  const hasty = await startServer({ catalog, config: { port: 0, parkMs: 20, idleMs: 40 } })
  t.teardown(() => hasty.close())
  const there = asker(hasty.url)
  const line = await dial(`${hasty.url}/domains/hotel-chain/ws`)
  await line.ask({ type: 'reset', data: { task: 'new-phone' } })
  await there('POST /sessions', { body: { domain: 'hotel-chain' } })
  t.ok(await until(() => hasty.sessions === 1))
  t.match(await line.ask({ type: 'step', data: call('search_hotels') }), { data: { observation: { error: null } } })
  await line.hangUp()
})
