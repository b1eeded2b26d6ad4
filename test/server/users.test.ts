/** The simulated user at every door: WebSocket, HTTP and MCP say the same to the same; beside it, persons who play users. */

import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import t from 'tap'
import { openCatalog } from '../../envs/catalog.ts'
import { startServer } from '../../server/app.ts'
import { startEndpoint } from '../envs/endpoint.ts'
import { asker } from './http.ts'
import { dial } from './line.ts'

const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0 } })
const ask = asker(server.url)
t.teardown(async () => {
  await server.close()
  catalog.close()
})

const seed = 2
const phone = '+81 3 5550199'
const questions = ['What is the phone number?', 'Is there anything else?']

interface Spoken {
  opening: string
  replies: string[]
  end: { reward: number | null; reason: string | null; terminated: boolean }
  tools: string[]
}

async function overWebSocket(): Promise<Spoken> {
  const line = await dial(`${server.url}/domains/hotel-chain/ws`)
  const step = async (data: object) => (await line.ask({ type: 'step', data })).data
  const { observation } = (await line.ask({ type: 'reset', data: { task: 'new-phone', user: 'rule', seed } })).data
  const replies: string[] = []
  for (const content of questions) replies.push((await step({ type: 'message', content })).observation.result.reply)
  await step({ type: 'call_tool', tool_name: 'update_guest', arguments: { guest_id: 'gst_08', phone } })
  const end = await step({ type: 'message', content: 'All of it is done.' })
  t.same(end.observation.metadata.messages, [{ name: 'user', content: end.observation.result.reply }])
  await line.hangUp()
  return {
    opening: observation.intent,
    replies: [...replies, end.observation.result.reply],
    end,
    tools: observation.tools.map(({ name }: { name: string }) => name),
  }
}

async function overHttp(): Promise<Spoken> {
  const opened = (
    await ask('POST /sessions', { body: { domain: 'hotel-chain', task: 'new-phone', user: 'rule', seed } })
  ).body
  const { id, token, observation } = opened
  const step = async (action: object) => (await ask(`POST /sessions/${id}/step`, { token, body: { action } })).body
  const replies: string[] = []
  for (const content of questions) replies.push((await step({ type: 'message', content })).observation.result.reply)
  await step({ type: 'call_tool', tool_name: 'update_guest', arguments: { guest_id: 'gst_08', phone } })
  const end = await step({ type: 'message', content: 'All of it is done.' })
  const { messages } = (await ask(`GET /sessions/${id}/trajectory`, { token })).body
  t.match(
    messages.slice(1, 4),
    [
      { role: 'user', content: observation.intent },
      { role: 'assistant', content: questions[0] },
      { role: 'user', content: replies[0] },
    ],
    'the trajectory is a talk',
  )
  t.equal(messages.at(-1).content, end.observation.result.reply)
  t.equal((await ask(`POST /sessions/${id}/step`, { token, body: { action: { type: 'submit' } } })).status, 409)
  await ask(`DELETE /sessions/${id}`, { token })
  return {
    opening: observation.intent,
    replies: [...replies, end.observation.result.reply],
    end,
    tools: observation.tools.map(({ name }: { name: string }) => name),
  }
}

async function overMcp(): Promise<Spoken> {
  const client = new Client({ name: 'test', version: '1.0.0' })
  const url = new URL(`${server.url}/domains/hotel-chain/mcp?task=new-phone&user=rule&seed=${seed}`)
  const transport = new StreamableHTTPClientTransport(url)
  await client.connect(transport as Parameters<Client['connect']>[0])
  const say = (content: string) => client.callTool({ name: 'send_message', arguments: { content } })
  const replyIn = (result: unknown) => (result as { structuredContent: { reply: string } }).structuredContent.reply
  const instructions = String(client.getInstructions())
  const { tools } = await client.listTools()
  const replies: string[] = []
  for (const content of questions) replies.push(replyIn(await say(content)))
  await client.callTool({ name: 'update_guest', arguments: { guest_id: 'gst_08', phone } })
  const end = await say('All of it is done.')
  await transport.terminateSession()
  const [, opening = ''] = /The user says:\n\n([\s\S]*)\n\nWhen it is done/.exec(instructions) ?? []
  return {
    opening,
    replies: [...replies, replyIn(end)],
    end: end._meta as unknown as Spoken['end'],
    tools: tools.map(({ name }) => name),
  }
}

t.test('every door has the user, who says the same to the same, and whose goodbye ends the episode', async (t) => {
  const socket = await overWebSocket()
  t.match(socket.end, { reward: 1, reason: 'user_ended', terminated: true })
  t.equal(socket.tools.at(-1), 'send_message')
  t.match(socket.replies.join(), /5550199/)
  const { intent } = catalog.domain('hotel-chain').tasks.find(({ id }) => id === 'new-phone') ?? {}
  t.notMatch(socket.opening, String(intent), 'bit by bit, with this seed')
  for (const other of [await overHttp(), await overMcp()]) {
    t.equal(other.opening, socket.opening)
    t.same(other.replies, socket.replies)
    t.same(other.tools, socket.tools)
    t.match(other.end, { reward: 1, reason: 'user_ended', terminated: true })
  }
})

t.test('forks talk on from where they are', async (t) => {
  const line = await dial(`${server.url}/domains/hotel-chain/ws`)
  await line.ask({ type: 'reset', data: { task: 'hanna-stays-longer', user: 'rule', seed: 2 } })
  const say = async (to: typeof line, content: string) =>
    (await to.ask({ type: 'step', data: { type: 'message', content } })).data.observation.result.reply
  await say(line, 'From which day on?')
  const { sessions } = (await line.ask({ type: 'fork', data: { count: 1 } })).data
  const fork = await dial(`${server.url}/domains/hotel-chain/ws`)
  await fork.ask({ type: 'attach', data: sessions[0] })
  t.equal(await say(fork, 'Anything else?'), await say(line, 'Anything else?'))
  await fork.hangUp()
  await line.hangUp()
})

t.test('a message without content is a mistake; a model that is not there is said so', async (t) => {
  const line = await dial(`${server.url}/domains/hotel-chain/ws`)
  await line.ask({ type: 'reset', data: { task: 'new-phone', user: 'rule' } })
  const step = { type: 'step', data: { type: 'call_tool', tool_name: 'send_message', arguments: { text: 'Hi' } } }
  t.match(await line.ask(step), { data: { observation: { error_code: 'INVALID_ARGS' } } })
  t.match(await line.ask({ type: 'reset', data: { task: 'new-phone', user: 'model' } }), {
    type: 'error',
    data: { code: 'NO_USER', message: /--user-model/ },
  })
  t.match(await line.ask({ type: 'reset', data: { task: 'new-phone', user: 'nobody' } }), {
    data: { code: 'VALIDATION_ERROR' },
  })
  await line.hangUp()
  const refused = await ask('POST /sessions', { body: { domain: 'hotel-chain', user: 'model' } })
  t.match(refused, { status: 422, body: { code: 'NO_USER' } })
})

t.test('where a person has a seat beside a simulated user, agents talk to the simulated one', async (t) => {
  const line = await dial(`${server.url}/domains/hotel-chain/ws`)
  await line.ask({ type: 'reset', data: { task: 'new-phone', user: 'rule', seed } })
  await line.ask({ type: 'grant', data: { name: 'mei', role: 'user' } })
  const { observation } = (await line.ask({ type: 'step', data: { type: 'list_tools' } })).data
  const names = observation.tools.map(({ name }: { name: string }) => name)
  t.equal(names.filter((name: string) => name === 'send_message').length, 1)
  t.match(await line.ask({ type: 'step', data: { type: 'message', content: questions[0] } }), {
    data: { observation: { result: { reply: /5550199/ } } },
  })
  await line.hangUp()
})

t.test('a server with a model has users played by it', async (t) => {
  const endpoint = await startEndpoint(() => ({
    body: { choices: [{ index: 0, message: { role: 'assistant', content: 'Hello, someone has a new phone.' } }] },
  }))
  const own = await startServer({
    catalog,
    config: { port: 0, userModel: { url: endpoint.url, model: 'talker', retriesMax: 0 } },
  })
  t.teardown(async () => {
    await own.close()
    await endpoint.close()
  })
  const line = await dial(`${own.url}/domains/hotel-chain/ws`)
  t.match(await line.ask({ type: 'reset', data: { task: 'new-phone', user: 'model', seed: 1 } }), {
    data: { observation: { intent: 'Hello, someone has a new phone.', user: 'model' } },
  })
  await line.hangUp()
})
