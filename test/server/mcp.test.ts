/** The official SDK's client at the MCP doors: it lists the tools and plays gold of made domains. */

import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import t from 'tap'
import { startServer } from '../../server/app.ts'
import { asker } from './http.ts'
import { goldOf, madeCatalog } from './made.ts'
import { run } from './python.ts'

const catalog = await madeCatalog(t.testdir(), 10)
const server = await startServer({ catalog, config: { port: 0 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
})
const ask = asker(server.url)

async function connect(path: string, token?: string) {
  const client = new Client({ name: 'test', version: '1.0.0' })
  const transport = new StreamableHTTPClientTransport(new URL(server.url + path), {
    requestInit: token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } },
  })
  await client.connect(transport as Parameters<Client['connect']>[0])
  return { client, transport }
}

t.test('gold of ten domains is played to a passed verification', async (t) => {
  const gold = goldOf(catalog, 10)
  t.equal(gold.length, 10)
  for (const { domain, task, calls, answer } of gold) {
    const { id, token } = (await ask('POST /sessions', { body: { domain, task } })).body
    const { client } = await connect(`/sessions/${id}/mcp`, token)
    const { intent } = catalog.domain(domain).tasks.find((each) => each.id === task) ?? {}
    t.ok(client.getInstructions()?.includes(String(intent)), 'the task stands in the instructions')
    const { tools } = await client.listTools()
    const known = catalog.domain(domain).tools
    t.same(
      tools.map(({ name }) => name),
      [...known.map(({ name }) => name), 'submit'],
    )
    for (const [index, { kind, input_schema }] of known.entries()) {
      t.match(tools[index]?.annotations, {
        readOnlyHint: kind === 'read',
        destructiveHint: kind === 'write',
        openWorldHint: false,
      })
      t.same(tools[index]?.inputSchema, input_schema)
    }
    for (const call of calls) {
      const result = await client.callTool({ name: call.tool, arguments: call.arguments })
      t.equal(result.isError ?? false, call.expect_error !== undefined, `${domain}: ${call.tool}`)
      t.match(result._meta, { done: false, reward: null })
    }
    const end = await client.callTool({
      name: 'submit',
      arguments: answer === undefined ? {} : { answer: answer.value },
    })
    t.match(end._meta, { done: true, terminated: true, reward: 1 }, domain)
    t.match((await ask(`POST /sessions/${id}/verify`, { token, body: {} })).body, { passed: true })
    await client.close()
    await ask(`DELETE /sessions/${id}`, { token })
  }
  t.equal(server.sessions, 0)
})

t.test('what an agent does wrong is the result of its call, and what comes late is an error', async (t) => {
  const { id, token } = (await ask('POST /sessions', { body: { domain: 'hotel-chain', task: 'new-phone' } })).body
  const { client } = await connect(`/sessions/${id}/mcp`, token)
  t.match(await client.callTool({ name: 'find_guest', arguments: {} }), {
    isError: true,
    content: [{ type: 'text', text: /Did you mean "find_guests"\?/ }],
    _meta: { code: 'TOOL_NOT_FOUND', step: 1 },
  })
  t.match(await client.callTool({ name: 'find_guests', arguments: { name: 'Mei Tanaka' } }), {
    structuredContent: { guests: [{ name: 'Mei Tanaka' }] },
    content: [{ text: /Mei Tanaka/ }],
  })
  t.match((await client.getPrompt({ name: 'task' })).messages[0], { content: { text: /Mei Tanaka/ } })
  t.equal((await client.listPrompts()).prompts.length, 1)
  await client.ping()
  await client.callTool({ name: 'submit', arguments: {} })
  await t.rejects(client.callTool({ name: 'find_guests', arguments: {} }), /after the episode had ended/)
  await client.close()
  await ask(`DELETE /sessions/${id}`, { token })
})

t.test('without its token, or with another, a session is refused', async (t) => {
  const { id, token } = (await ask('POST /sessions', { body: { domain: 'hotel-chain' } })).body
  await t.rejects(connect(`/sessions/${id}/mcp`), /no such session/)
  await t.rejects(
    connect(`/sessions/${id}/mcp`, `${token.slice(0, -1)}${token.endsWith('_') ? '-' : '_'}`),
    /no such session/,
  )
  await ask(`DELETE /sessions/${id}`, { token })
  await t.rejects(connect(`/sessions/${id}/mcp`, token), /no such session/)
})

t.test("at a domain's address the handshake opens a session of its own, and its end closes it", async (t) => {
  const { client, transport } = await connect('/domains/hotel-chain/mcp?task=new-phone&seed=2')
  const other = await connect('/domains/hotel-chain/mcp')
  t.equal(server.sessions, 2)
  t.not(transport.sessionId, other.transport.sessionId)
  t.match(client.getInstructions(), /Mei Tanaka/)
  const found = await client.callTool({ name: 'find_guests', arguments: { name: 'Mei Tanaka' } })
  const { guests } = found.structuredContent as { guests: { id: string }[] }
  await client.callTool({ name: 'update_guest', arguments: { guest_id: guests[0]?.id, phone: '+81 3 5550199' } })
  t.match(await client.callTool({ name: 'submit', arguments: {} }), { _meta: { reward: 1 } })
  const ended = String(transport.sessionId)
  await transport.terminateSession()
  await other.transport.terminateSession()
  t.equal(server.sessions, 0)
  t.match(
    await ask('POST /domains/hotel-chain/mcp', {
      body: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      headers: { 'Mcp-Session-Id': ended },
    }),
    { status: 404, body: { code: 'UNKNOWN_SESSION' } },
  )
  await t.rejects(connect('/domains/hotel-chian/mcp'), /Did you mean/)
  await t.rejects(connect('/domains/hotel-chain/mcp?task=new-phnoe'), /Did you mean/)
  t.equal(server.sessions, 0, 'a handshake that fails leaves none')
  await client.close()
  await other.client.close()
})

t.test('pages of other sites are refused', async (t) => {
  const answer = await ask('POST /domains/hotel-chain/mcp', {
    body: { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} },
    headers: { Origin: 'https://evil.example' },
  })
  t.match(answer, { status: 403, body: { code: 'NOT_PERMITTED' } })
})

t.test("the scenarios of the protocol's conformance suite that need no fixtures of their own are passed", async (t) => {
  // The others call tools, resources and prompts that only a server made for the suite has.
  const scenarios = ['server-initialize', 'ping', 'tools-list', 'prompts-list', 'dns-rebinding-protection']
  const command = join(import.meta.dirname, '../../node_modules/.bin/conformance')
  for (const scenario of scenarios) {
    const url = `${server.url}/domains/hotel-chain/mcp`
    const { code, stdout, stderr } = await run(process.execPath, [
      command,
      'server',
      '--url',
      url,
      '--scenario',
      scenario,
    ])
    t.equal(code, 0, `${scenario}: ${stderr}`)
    t.match(stdout, /Passed: ([1-9]\d*)\/\1, 0 failed/, scenario)
  }
})
