/** What a token may do: each right that is lacking is refused by every door that could give it. */

import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Test } from 'tap'
import t from 'tap'
import { openCatalog } from '../../envs/catalog.ts'
import { startServer } from '../../server/app.ts'
import { addKey } from '../../server/keys.ts'
import { asker } from './http.ts'
import { dial } from './line.ts'

const catalog = openCatalog({})
const keysFile = join(t.testdir({}), 'keys.json')
const order = { label: 'test', roles: ['play' as const], quotas: {} }
const { key: everything } = addKey(keysFile, { ...order, rights: ['act', 'verify', 'fork', 'gold'] }, '2026-01-01')
const { key: acting } = addKey(keysFile, { ...order, rights: ['act'] }, '2026-01-01')
const server = await startServer({ catalog, config: { port: 0, keysFile } })
const evaluation = await startServer({ catalog, config: { port: 0, openRights: ['act'] } })
t.teardown(async () => {
  await server.close()
  await evaluation.close()
  catalog.close()
})
const refused = { code: 'NOT_PERMITTED' }
const hidden = /"(gold|slots|certificate|differences|passed)":/

t.test('an agent that may only act gets no verification, no fork and no gold by any door', async (t) => {
  const ask = asker(server.url)
  const { id, token: owner } = (
    await ask('POST /sessions', { token: everything, body: { domain: 'hotel-chain', task: 'new-phone' } })
  ).body
  const { token } = (await ask(`POST /sessions/${id}/tokens`, { token: owner, body: { name: 'agent' } })).body
  await attempt(t, server.url, id, token, acting)
  t.match(await ask(`POST /sessions/${id}/verify`, { token: owner, body: {} }), { body: { passed: false } })
  t.match(await ask(`GET /sessions/${id}/gold`, { token: owner }), { body: { gold: { calls: [{}, {}] } } })
  await ask(`DELETE /sessions/${id}`, { token: owner })
})

t.test('in an evaluation the owner itself may only act, but with a key', async (t) => {
  const ask = asker(evaluation.url)
  const { id, token } = (await ask('POST /sessions', { body: { domain: 'hotel-chain', task: 'new-phone' } })).body
  await attempt(t, evaluation.url, id, token)
  await ask(`POST /sessions/${id}/step`, { token, body: { action: { type: 'submit' } } })
  const end = await ask(`GET /sessions/${id}/result`, { token })
  t.match(end.body, { result: { reward: 0 }, signature: String })
  t.match((await ask(`GET /sessions/${id}/trajectory`, { token })).body, { verification: null, reward: 0 })
  await ask(`DELETE /sessions/${id}`, { token })
  for (const path of ['/domains/hotel-chain/ws', '/ws']) {
    const line = await dial(evaluation.url + path)
    await line.ask({ type: 'reset', data: { domain: 'hotel-chain', task: 'new-phone' } })
    t.match(await line.ask({ type: 'verify' }), { data: refused })
    t.match(await line.ask({ type: 'fork' }), { data: refused })
    t.match(await line.ask({ type: 'grant', data: { name: 'x', rights: ['verify'] } }), { data: refused })
    await line.hangUp()
  }
  const keyed = (key: string) => dial(`${server.url}/ws`, { headers: { Authorization: `Bearer ${key}` } })
  const [actor, owner] = [await keyed(acting), await keyed(everything)]
  for (const line of [actor, owner])
    await line.ask({ type: 'reset', data: { domain: 'hotel-chain', task: 'new-phone' } })
  t.match(await actor.ask({ type: 'verify' }), { data: refused })
  t.match(await owner.ask({ type: 'verify' }), { type: 'verification' })
  for (const line of [actor, owner]) await line.hangUp()
})

/** Everything that an agent could try. */
async function attempt(t: Test, url: string, id: string, token: string, key = token): Promise<void> {
  const ask = asker(url)
  const http: [string, object?][] = [
    [`POST /sessions/${id}/verify`, {}],
    [`POST /sessions/${id}/fork`, { count: 1 }],
    [`GET /sessions/${id}/gold`],
    [`POST /sessions/${id}/tokens`, { name: 'more', rights: ['verify'] }],
    ['GET /domains/hotel-chain/tasks/new-phone?gold=true'],
  ]
  const shownAt = (path: string) => (path.includes('/sessions/') ? token : key)
  for (const [request, body] of http)
    t.match(await ask(request, { token: shownAt(request), body }), { status: 403, body: refused }, request)
  const open = [`/sessions/${id}`, `/sessions/${id}/trajectory`, '/domains', '/domains/hotel-chain', '/tasks']
  for (const path of open)
    t.notMatch(JSON.stringify((await ask(`GET ${path}`, { token: shownAt(path) })).body), hidden, path)

  const line = await dial(`${url}/sessions/${id}/ws`, { headers: { Authorization: `Bearer ${token}` } })
  for (const message of [
    { type: 'verify' },
    { type: 'fork' },
    { type: 'grant', data: { name: 'm', rights: ['gold'] } },
  ])
    t.match(await line.ask(message), { type: 'error', data: refused }, message.type)
  const rpc = (method: string) => line.ask({ type: 'mcp', data: { jsonrpc: '2.0', id: 1, method } })
  for (const method of ['verify', 'fork', 'gold']) t.match(await rpc(method), { data: { error: { code: -32601 } } })
  for (const tool of ['verify', 'fork', 'gold', 'reset'])
    t.match(await line.ask({ type: 'step', data: { type: 'call_tool', tool_name: tool } }), {
      data: { observation: { error_code: 'TOOL_NOT_FOUND' } },
    })
  await line.hangUp()

  const client = new Client({ name: 'test', version: '1.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/sessions/${id}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
  })
  await client.connect(transport as Parameters<Client['connect']>[0])
  const { tools } = await client.listTools()
  for (const name of ['verify', 'fork', 'gold', 'reset'])
    t.notOk(
      tools.some((tool) => tool.name === name),
      name,
    )
  t.match(await client.callTool({ name: 'verify', arguments: {} }), { isError: true })
  await client.close()
}
