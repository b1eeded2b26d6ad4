/** What bounds a connection and a step: clients that never read, never finish, never stop; and users that never answer. */

import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { Test } from 'tap'
import t from 'tap'
import WebSocket from 'ws'
import { openCatalog } from '../../envs/catalog.ts'
import { startServer } from '../../server/app.ts'
import type { ServerConfig } from '../../server/config.ts'
import { asker } from './http.ts'
import { dial, until } from './line.ts'

const catalog = openCatalog({})
t.teardown(() => catalog.close())
const log = { error: () => {}, info: () => {} }
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function house(test: Pick<Test, 'teardown'>, config: Partial<ServerConfig> = {}) {
  const server = await startServer({ catalog, log, config: { port: 0, ...config } })
  test.teardown(() => server.close())
  return { server, ask: asker(server.url), port: Number(new URL(server.url).port) }
}

/** Writes bytes, and says how the server took them: what came back until it closed, or `null` where it did not within the time. */
function raw(port: number, bytes: string, ms: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let came = ''
    const timer = setTimeout(() => {
      socket.destroy()
      resolve(null)
    }, ms)
    socket.on('data', (data) => (came += data))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(came)
    })
    socket.write(bytes)
  })
}

t.test('who sends and never reads is read no further, holds little memory, and loses its socket', async (t) => {
  const { server } = await house(t, { unsentPauseBytes: 64 << 10, unsentBytesMax: 256 << 10, pingMs: 300 })
  const line = await dial(`${server.url}/domains/hotel-chain/ws`)
  await line.ask({ type: 'reset' })
  ;(line.socket as unknown as { _socket: { pause(): void } })._socket.pause()
  const before = process.memoryUsage().rss
  for (let n = 0; n < 20_000; n++) line.send({ type: 'step', data: { type: 'list_tools' } })
  t.ok(await until(() => server.sessions === 1))
  await pause(1500)
  t.ok(process.memoryUsage().rss - before < 200 << 20, 'what it asks for is not made and kept')
  const other = await dial(`${server.url}/domains/hotel-chain/ws`)
  t.match(await other.ask({ type: 'reset' }), { type: 'observation' }, 'others are served')
  await other.hangUp()
  await line.cut()
})

t.test('pings that nobody reads the answers of end the socket', async (t) => {
  const { server } = await house(t, { unsentBytesMax: 64 << 10 })
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws`)
  await new Promise((resolve) => socket.on('open', resolve))
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.on('error', () => {})
  ;(socket as unknown as { _socket: { pause(): void; resume(): void } })._socket.pause()
  const timer = setInterval(() => {
    for (let n = 0; n < 2000; n++) if (socket.readyState === WebSocket.OPEN) socket.ping(Buffer.alloc(125))
  }, 5)
  await pause(2000)
  clearInterval(timer)
  ;(socket as unknown as { _socket: { resume(): void } })._socket.resume()
  const ended = await Promise.race([closed, pause(3000).then(() => 'open')])
  t.not(ended, 'open')
})

t.test('one reply may be larger than what may wait, and a client that reads gets it whole', async (t) => {
  const { server } = await house(t, { unsentPauseBytes: 16 << 10, unsentBytesMax: 64 << 10 })
  const line = await dial(`${server.url}/ws`)
  const names = Array.from({ length: 100 }, (_, index) => `s${index}`)
  for (let round = 0; round < 3; round++) {
    const data = names.map((session) => ({ type: 'reset', session, data: { domain: 'hotel-chain' } }))
    t.equal((await line.ask({ type: 'batch', data })).data.length, 100)
  }
  await line.hangUp()
})

t.test('a head, a body and a handshake that never end are given up', async (t) => {
  const { port, ask } = await house(t, { headMs: 500, requestMs: 1000 })
  const head = 'POST /sessions HTTP/1.1\r\nHost: 127.0.0.1\r\n'
  const endless = [
    '',
    'GET / HT',
    `${head}X: `,
    `${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    `${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{`,
  ]
  for (const [index, came] of (await Promise.all(endless.map((bytes) => raw(port, bytes, 20_000)))).entries())
    t.ok(came === '' || /^HTTP\/1\.1 4\d\d/.test(String(came)), JSON.stringify(endless[index]?.slice(-20)))
  t.equal((await ask('GET /health')).status, 200)
})

t.test('a half-open socket is found by ping, and its session ends after the time of grace', async (t) => {
  const { server } = await house(t, { pingMs: 200, graceMs: 300 })
  const line = await dial(`${server.url}/domains/hotel-chain/ws`, { autoPong: false })
  await line.ask({ type: 'reset' })
  t.equal(server.sessions, 1)
  t.equal(await line.closed, 1006)
  t.ok(await until(() => server.sessions === 0))
})

t.test('2,000 connections at once are all served, and more than may be are not even read', async (t) => {
  const { server } = await house(t)
  const lines = await Promise.all(Array.from({ length: 2000 }, () => dial(`${server.url}/domains/hotel-chain/ws`)))
  const replies = await Promise.all(lines.map((line) => line.ask({ type: 'reset', data: { task: 'new-phone' } })))
  t.ok(replies.every(({ type }) => type === 'observation'))
  t.equal(server.sessions, 2000)
  await Promise.all(lines.map((line) => line.hangUp()))
  t.ok(await until(() => server.sessions === 0))
  const { server: small } = await house(t, { connectionsMax: 3 })
  const few = await Promise.all([1, 2, 3].map(() => dial(`${small.url}/ws`)))
  await t.rejects(dial(`${small.url}/ws`))
  for (const line of few) await line.hangUp()
})

t.test('a full queue of newcomers turns away whoever comes next', async (t) => {
  const { server, ask } = await house(t, { sessionsMax: 1, waitMs: 800, waitingMax: 3 })
  const first = await ask('POST /sessions', { body: { domain: 'hotel-chain' } })
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => ask('POST /sessions', { body: { domain: 'hotel-chain' } })),
  )
  t.ok(answers.every(({ status, body }) => status === 503 && body.code === 'CAPACITY_REACHED'))
  t.equal(answers.filter(({ body }) => /no place became free/.test(body.detail)).length, 3)
  t.equal(server.sessions, 1)
  await ask(`DELETE /sessions/${first.body.id}`, { token: first.body.token })
})

t.test('what is nested too deep is refused by every door, and breaks nothing', async (t) => {
  const { ask, server } = await house(t)
  const { id, token } = (await ask('POST /sessions', { body: { domain: 'hotel-chain' } })).body
  for (const levels of [130, 200_000]) {
    const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`
    for (const [path, body] of [
      ['/sessions', `{"domain":"hotel-chain","x":${deep}}`],
      [`/sessions/${id}/step`, `{"action":{"type":"submit","answer":${deep}}}`],
      [`/sessions/${id}/step`, `{"action":{"type":"call_tool","tool_name":"x","arguments":{"a":${deep}}}}`],
      ['/domains/hotel-chain/mcp', `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"x":${deep}}}`],
    ] as const) {
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }
      const response = await fetch(server.url + path, { method: 'POST', headers, body })
      t.equal(response.status, 422, `${path} ${levels}`)
    }
  }
})

t.test('what an episode says has an end, and a reset begins anew', async (t) => {
  const { ask } = await house(t, { episodeCharsMax: 10_000 })
  const { id, token } = (await ask('POST /sessions', { body: { domain: 'hotel-chain' } })).body
  const step = (size: number) =>
    ask(`POST /sessions/${id}/step`, {
      token,
      body: { action: { type: 'call_tool', tool_name: 'search_hotels', arguments: { city: 'x'.repeat(size) } } },
    })
  t.equal((await step(6000)).status, 200)
  t.match(await step(6000), { status: 413, body: { code: 'FRAME_TOO_LARGE' } })
  t.equal((await step(100)).status, 200)
  await ask(`POST /sessions/${id}/reset`, { token, body: {} })
  t.equal((await step(6000)).status, 200)
})

t.test('tokens, watchers and unread messages of a session have an end', async (t) => {
  const { server, ask } = await house(t, { seatsMax: 5, listenersMax: 2, inboxMax: 3 })
  const { id, token } = (await ask('POST /sessions', { body: { domain: 'hotel-chain' } })).body
  const grant = (body: object) => ask(`POST /sessions/${id}/tokens`, { token, body })
  const user = (await grant({ name: 'u', role: 'user' })).body.token
  for (let n = 0; n < 3; n++) t.equal((await grant({ name: `a${n}` })).status, 201)
  t.match(await grant({ name: 'more' }), { status: 503, body: { code: 'CAPACITY_REACHED' } })
  const say = () =>
    ask(`POST /sessions/${id}/step`, { token: user, body: { action: { type: 'message', content: 'hello' } } })
  for (let n = 0; n < 3; n++) t.equal((await say()).status, 200)
  t.match(await say(), { status: 503, body: { code: 'CAPACITY_REACHED', detail: /has 3 messages to read/ } })
  const stop = new AbortController()
  const watch = () =>
    fetch(`${server.url}/sessions/${id}/events`, { headers: { Authorization: `Bearer ${token}` }, signal: stop.signal })
  const [one, two] = [await watch(), await watch()]
  t.same([one.status, two.status, (await watch()).status], [200, 200, 503])
  stop.abort()
  await ask(`DELETE /sessions/${id}`, { token })
})

t.test('a user that a model plays and that never answers ends the step, not the server', async (t) => {
  let asked = 0
  const model = createServer((_request, response) => {
    asked += 1
    if (asked > 1) return // never answered
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.end(
      JSON.stringify({ choices: [{ message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }] }),
    )
  })
  await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    model.closeAllConnections()
    model.close()
  })
  const { port } = model.address() as { port: number }
  const url = `http://127.0.0.1:${port}/v1`
  const { server } = await house(t, { stepMs: 400, userModel: { url, model: 'slow', retriesMax: 0 } })
  const line = await dial(`${server.url}/domains/hotel-chain/ws`)
  let reply = await line.ask({ type: 'reset', data: { task: 'new-phone', user: 'model' } })
  for (let n = 0; n < 5 && reply.type === 'observation' && reply.data.done === false; n++)
    reply = await line.ask({ type: 'step', data: { type: 'message', content: 'What is it?' } })
  if (reply.type === 'error') t.match(reply, { data: { code: 'STEP_TIMEOUT' } })
  else
    t.match(reply, {
      data: { truncated: true, reason: 'crashed', reward: null, observation: { error_code: 'STEP_TIMEOUT' } },
    })
  t.match(await line.ask({ type: 'reset', data: { task: 'new-phone' } }), { type: 'observation' }, 'a reset goes on')
  await line.hangUp()
})
