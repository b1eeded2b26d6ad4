/** Keys: who gets in, by which way, how much each may have, and what happens when one is revoked in the middle. */

import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { connect } from '../../clients/typescript/index.ts'
import { openCatalog } from '../../envs/catalog.ts'
import { startServer } from '../../server/app.ts'
import type { ServerConfig } from '../../server/config.ts'
import type { KeyOrder } from '../../server/keys.ts'
import { addKey, openKeys, readKeys, revokeKey } from '../../server/keys.ts'
import { asker } from './http.ts'
import { dial, until } from './line.ts'

const catalog = openCatalog({})
t.teardown(() => catalog.close())
const day = '2026-01-01T00:00:00Z'
const log = { error: () => {}, info: () => {} }

/** A server with a file of keys of its own. */
async function house(test: Pick<Test, 'testdir' | 'teardown'>, config: Partial<ServerConfig> = {}) {
  const keysFile = join(test.testdir({}), 'keys.json')
  const add = (order: Partial<KeyOrder> = {}) =>
    addKey(keysFile, { label: 'x', roles: ['play'], rights: ['act', 'verify', 'fork'], quotas: {}, ...order }, day)
  const first = add()
  const server = await startServer({ catalog, log, config: { port: 0, keysFile, keysMs: 50, ...config } })
  test.teardown(() => server.close())
  const seen = async () => new Promise((resolve) => setTimeout(resolve, 200)) // more than keysMs
  return { server, ask: asker(server.url), add, keysFile, ...first, seen }
}

t.test('the file says everything of a key but the key, to its owner alone', async (t) => {
  const file = join(t.testdir({}), 'deep', 'keys.json')
  const order: KeyOrder = { label: 'ci', roles: ['play'], rights: ['act'], quotas: { sessions: 3 } }
  const { key, record } = addKey(file, order, day)
  t.match(key, /^mc_[0-9a-f]{12}_[\w-]{43}$/)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.notOk(readFileSync(file, 'utf8').includes(key.slice(16)))
  const keys = openKeys(file)
  t.match(keys.find(key), { id: record.id, label: 'ci', quotas: { sessions: 3 }, created: day, revoked: null })
  t.equal(keys.find(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`), null)
  for (const wrong of ['', 'x', '__proto__', 'mc___proto_____', key.slice(0, -1), `${key}x`])
    t.equal(keys.find(wrong), null)
  revokeKey(file, record.id, '2026-02-02')
  revokeKey(file, record.id, '2026-03-03')
  t.equal(readKeys(file)[0]?.revoked, '2026-02-02', 'once')
  t.ok(keys.refresh())
  t.notOk(keys.refresh())
  t.throws(() => revokeKey(file, 'nobody', day), { code: 'UNKNOWN_KEY' })
  writeFileSync(`${file}.next`, '')
  t.throws(() => addKey(file, order, day), { code: 'KEYS_BUSY' })
  writeFileSync(file, '{"version":1,"keys":[{}]}')
  t.throws(() => keys.refresh(), { code: 'KEYS_INVALID' })
  t.ok(keys.find(key), 'what was read before holds')
})

t.test('without keys a server listens on loopback only', async (t) => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1'])
    await t.rejects(startServer({ catalog, log, config: { port: 0, host } }), { code: 'KEYS_MISSING' })
  const { url } = await house(t, { host: '0.0.0.0' }).then(({ server }) => server)
  t.equal((await asker(url.replace('0.0.0.0', '127.0.0.1'))('GET /domains')).status, 401)
})

t.test('with keys nothing is answered without one but whether the server lives', async (t) => {
  const { server, ask, key, add, seen } = await house(t, { refusalsPerSecond: 1000 })
  const { id, token } = (await ask('POST /sessions', { token: key, body: { domain: 'hotel-chain' } })).body
  const doors = [
    'GET /domains',
    'GET /domains/hotel-chain',
    'GET /domains/hotel-chain/tasks',
    'GET /domains/hotel-chain/health',
    'GET /domains/hotel-chain/schema',
    'GET /tasks',
    'GET /openapi.json',
    'GET /signing-key',
    'GET /metrics',
    'GET /operate/sessions',
    'GET /nothing',
    'POST /sessions',
    'POST /domains/hotel-chain/reset',
    'POST /domains/hotel-chain/step',
    'POST /domains/hotel-chain/mcp',
    `DELETE /operate/sessions/${id}`,
    'POST /operate/drain',
  ]
  for (const door of doors) {
    const body = door.startsWith('POST') ? {} : undefined
    for (const shown of [undefined, 'mc_0123456789ab_wrong', `${key.slice(0, -2)}zz`, token])
      t.match(await ask(door, { token: shown, body }), { status: 401, body: { code: 'KEY_REQUIRED' } }, door)
  }
  for (const door of ['GET /health', 'GET /ready']) t.equal((await ask(door)).status, 200)
  for (const path of ['/ws', '/domains/hotel-chain/ws', '/nowhere']) await t.rejects(dial(server.url + path), /401/)
  await t.rejects(dial(`${server.url}/k/${key}/nowhere`), /404/)
  t.match(await ask(`GET /sessions/${id}`, { token }), { status: 200 }, "a session's token opens the session")
  t.match(await ask(`GET /sessions/${id}`, { token: key }), { status: 404 }, 'a key does not')
  t.match(await ask('GET /metrics', { token: key }), { status: 403, body: { code: 'NOT_PERMITTED' } })
  const operating = add({ roles: ['operate'] }).key
  await seen()
  t.match(await ask('GET /operate/sessions', { token: operating }), { body: { sessions: [{ id, steps: 0 }] } })
  t.match(await ask('POST /sessions', { token: operating, body: { domain: 'hotel-chain' } }), { status: 403 })
})

t.test('a key is taken as Bearer, as Basic, as x-api-key and in the path', async (t) => {
  const { server, ask, key } = await house(t)
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  const ways: Record<string, string>[] = [
    { Authorization: `Bearer ${key}` },
    { Authorization: basic(`${key}:x`) },
    { Authorization: basic(`x:${key}`) },
    { 'x-api-key': key },
  ]
  for (const headers of ways) {
    t.equal((await ask('GET /domains', { headers })).status, 200)
    const line = await dial(`${server.url}/domains/hotel-chain/ws`, { headers })
    t.match(await line.ask({ type: 'reset' }), { type: 'observation' })
    await line.hangUp()
  }
  t.equal((await ask(`GET /k/${key}/domains?limit=1`)).status, 200)
  const line = await dial(`${server.url}/k/${key}/domains/hotel-chain/ws`)
  const { session, token } = (await line.ask({ type: 'reset' })).data.observation.metadata
  t.match(await ask(`GET /k/${key}/sessions/${session}`, { token }), { status: 200 }, 'beside the token')
  t.match(await ask(`GET /k/${key}/nothing`), { status: 404, body: { detail: 'There is nothing at GET /nothing.' } })
  await line.hangUp()
})

t.test('the TypeScript client shows a key that is handed in, stands before the host or in the path', async (t) => {
  const { server, key } = await house(t)
  for (const client of [
    connect(server.url, { key }),
    connect(`${server.url}/k/${key}`),
    connect(server.url.replace('//', `//${key}@`)),
    connect(server.url.replace('//', `//${key}:x@`)),
  ]) {
    t.match(await client.domains(), [{ id: 'hotel-chain' }])
    for (const over of ['websocket', 'http'] as const) {
      await using environment = await client.make('hotel-chain', { over })
      t.match(await environment.reset({ task: 'new-phone' }), { observation: { task: 'new-phone' } })
    }
  }
  await t.rejects(connect(server.url).domains(), { code: 'KEY_REQUIRED' })
})

t.test('a key that is revoked in the middle of an episode does nothing more, and its sessions go', async (t) => {
  const { server, ask, key, record, keysFile, add } = await house(t, { graceMs: 400, pingMs: 500 })
  const silent = await dial(`${server.url}/k/${key}/ws`)
  const line = await dial(`${server.url}/k/${key}/domains/hotel-chain/ws`)
  await line.ask({ type: 'reset', data: { task: 'new-phone' } })
  const { id, token } = (await ask('POST /sessions', { token: key, body: { domain: 'hotel-chain' } })).body
  add() // so that there is one left
  revokeKey(keysFile, record.id, day)
  const began = performance.now()
  const step = { action: { type: 'call_tool', tool_name: 'search_hotels', arguments: {} } }
  let answer = await ask(`POST /sessions/${id}/step`, { token, body: step })
  while (answer.status === 200 && performance.now() - began < 3000)
    answer = await ask(`POST /sessions/${id}/step`, { token, body: step })
  t.match(answer, { status: 401, body: { code: 'KEY_REVOKED' } })
  t.ok(performance.now() - began < 1000, 'within a second')
  t.match(await line.ask({ type: 'step', id: 7, data: step.action }), {
    type: 'error',
    id: 7,
    data: { code: 'KEY_REVOKED', remedy: String },
  })
  t.equal(await line.closed, 1008)
  t.equal(await silent.closed, 1008, 'a socket that says nothing goes, too')
  t.match(await ask('GET /domains', { token: key }), { status: 401, body: { code: 'KEY_REVOKED' } })
  await t.rejects(dial(`${server.url}/k/${key}/ws`), /401/)
  t.ok(await until(() => server.sessions === 0), 'none is left')
})

t.test('quotas of sessions, steps, bytes and domains are said with what to wait for', async (t) => {
  const { server, ask, add, seen } = await house(t, { unattachedMs: 300 })
  const few = add({ quotas: { sessions: 3, domains: ['hotel-chain'] } }).key
  const slow = add({ quotas: { steps_per_second: 5 } }).key
  const thin = add({ quotas: { bytes_per_second: 2000 } }).key
  const elsewhere = add({ quotas: { domains: ['somewhere-else'] } }).key
  await seen()
  const line = await dial(`${server.url}/k/${few}/domains/hotel-chain/ws`)
  await line.ask({ type: 'reset' })
  const exceeded = (quota: string) => ({ type: 'error', data: { code: 'QUOTA_EXCEEDED', quota } })
  t.match(await line.ask({ type: 'fork', data: { count: 3 } }), exceeded('sessions'), 'forks count')
  t.match(await line.ask({ type: 'fork', data: { count: 2 } }), { type: 'forked' })
  t.match(await ask('POST /sessions', { token: few, body: { domain: 'hotel-chain' } }), {
    status: 429,
    body: { code: 'QUOTA_EXCEEDED', quota: 'sessions' },
  })
  await line.hangUp()

  const steps = await dial(`${server.url}/k/${slow}/domains/hotel-chain/ws`)
  await steps.ask({ type: 'reset' })
  let refused = { data: { retry_after_ms: 0 } } as Awaited<ReturnType<typeof steps.ask>>
  let done = 0
  for (let n = 0; n < 20 && refused.type !== 'error'; n++) {
    refused = await steps.ask({ type: 'step', data: { type: 'list_tools' } })
    if (refused.type !== 'error') done += 1
  }
  t.match(refused, exceeded('steps_per_second'))
  t.ok(done >= 4 && done <= 6, `${done} in the first moment`)
  await new Promise((resolve) => setTimeout(resolve, refused.data.retry_after_ms + 20))
  t.match(await steps.ask({ type: 'state' }), { type: 'state' }, 'then it goes on')
  await steps.hangUp()

  const bytes = await dial(`${server.url}/k/${thin}/domains/hotel-chain/ws`)
  t.match(await bytes.ask({ type: 'reset' }), { type: 'observation' })
  t.match(
    await bytes.ask({ type: 'state', id: 'a' }),
    { ...exceeded('bytes_per_second'), id: 'a' },
    'what was sent counts',
  )
  await bytes.hangUp()

  const web = add({ quotas: { bytes_per_second: 5000 } }).key
  await seen()
  const chunked = async () => {
    const body = ReadableStream.from([new TextEncoder().encode(`{"domain":"${'x'.repeat(20_000)}"}`)])
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${web}` }
    return (await fetch(`${server.url}/sessions`, { method: 'POST', headers, body, duplex: 'half' } as RequestInit))
      .status
  }
  t.same([await chunked(), await chunked()], [422, 429], 'a body counts whether or not it says its length')

  t.match(await ask('GET /domains', { token: elsewhere }), { body: { domains: [] } })
  t.match(await ask('GET /tasks', { token: elsewhere }), { body: { tasks: [] } })
  t.match(await ask('GET /domains/hotel-chain', { token: elsewhere }), { status: 429, body: { quota: 'domains' } })
  const other = await dial(`${server.url}/k/${elsewhere}/ws`)
  t.match(await other.ask({ type: 'reset', data: { domain: 'hotel-chain' } }), exceeded('domains'))
  t.match(await other.ask({ type: 'reset', data: { sample: { seed: 1, index: 0 } } }), {
    data: { code: 'UNKNOWN_TASK' },
  })
  await other.hangUp()
  t.ok(await until(() => server.sessions === 0))
})

t.test('what one key has is nothing to another: its handles, its sessions, its forks', async (t) => {
  const { server, ask, key, add, seen } = await house(t)
  const stranger = add().key
  await seen()
  const rpc = (method: string, params: object) => ({ jsonrpc: '2.0', id: 1, method, params })
  const mcp = 'POST /domains/hotel-chain/mcp'
  const made = (await ask(mcp, { token: key, body: rpc('openenv/session/create', {}) })).body.result.session_id
  for (const [method, params] of [
    ['tools/list', { session_id: made }],
    ['tools/call', { session_id: made, name: 'search_hotels', arguments: {} }],
    ['openenv/session/close', { session_id: made }],
  ] as const)
    t.match((await ask(mcp, { token: stranger, body: rpc(method, params) })).body, {
      error: { code: -32602, message: /Unknown session_id/ },
    })
  const stolen = await dial(`${server.url}/k/${stranger}/domains/hotel-chain/ws?session_id=${made}`)
  t.match(await stolen.receive(), { type: 'error', data: { code: 'UNKNOWN_SESSION' } })
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
  }
  const accept = { Accept: 'application/json, text/event-stream' }
  const hello = await fetch(`${server.url}/domains/hotel-chain/mcp`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', ...accept },
    body: JSON.stringify(initialize),
  })
  const handle = hello.headers.get('mcp-session-id') as string
  const headers = { ...accept, 'mcp-session-id': handle }
  t.match(await ask(mcp, { token: stranger, headers, body: rpc('tools/list', {}) }), { status: 404 })
  t.match(await ask('DELETE /domains/hotel-chain/mcp', { token: stranger, headers }), { status: 404 })
  t.match(await ask(mcp, { token: key, headers, body: rpc('tools/list', {}) }), { status: 200 })
  t.match((await ask(mcp, { token: key, body: rpc('openenv/session/close', { session_id: made }) })).body, {
    result: { closed: true },
  })
})

t.test('guesses from one address are slowed down, and nobody else is', async (t) => {
  const { ask, key } = await house(t, { refusalsPerSecond: 5 })
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask('GET /domains', { token: 'guess' })))
  const limited = answers.filter(({ status }) => status === 429)
  t.ok(limited.length >= 30, `${limited.length} of 40 were not even looked at`)
  t.match(limited[0]?.body, { code: 'RATE_LIMITED', retry_after_ms: Number })
  t.equal((await ask('GET /domains', { token: key })).status, 200)
})
