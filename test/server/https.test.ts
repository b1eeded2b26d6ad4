/** TLS, headers, and what a proxy or a page on another site may say. */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import t from 'tap'
import { openCatalog } from '../../envs/catalog.ts'
import { startServer } from '../../server/app.ts'
import { addKey } from '../../server/keys.ts'
import { asker } from './http.ts'
import { dial } from './line.ts'

const catalog = openCatalog({})
t.teardown(() => catalog.close())
const log = { error: () => {}, info: () => {} }

t.test('HTTPS and WSS are spoken with a certificate', async (t) => {
  const folder = t.testdir({})
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', cert, ...subject],
    { stdio: 'ignore' },
  )
  const tls = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  const server = await startServer({ catalog, log, config: { port: 0, tls } })
  t.teardown(() => server.close())
  t.match(server.url, /^https:/)
  const status = await new Promise((resolve, reject) =>
    get(`${server.url}/health`, { ca: tls.cert }, ({ statusCode }) => resolve(statusCode)).on('error', reject),
  )
  t.equal(status, 200)
  const line = await dial(`${server.url.replace('https', 'wss')}/domains/hotel-chain/ws`, { ca: tls.cert })
  t.match(await line.ask({ type: 'reset' }), { type: 'observation' })
  await line.hangUp()
})

t.test('every door refuses pages of other sites and, on loopback, other names', async (t) => {
  const server = await startServer({
    catalog,
    log,
    config: { port: 0, publicUrl: 'https://worlds.example.org', allowedOrigins: ['https://console.example.org'] },
  })
  t.teardown(() => server.close())
  const ask = asker(server.url)
  const doors = [
    'GET /domains',
    'GET /tasks',
    'GET /metrics',
    'GET /operate/sessions',
    'POST /sessions',
    'POST /domains/hotel-chain/reset',
    'POST /domains/hotel-chain/mcp',
    'POST /operate/drain',
    'GET /health',
  ]
  for (const door of doors) {
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost.evil.example'])
      t.match(await ask(door, { headers: { Origin: origin } }), { status: 403, body: { code: 'NOT_PERMITTED' } }, door)
  }
  for (const origin of ['https://worlds.example.org', 'https://console.example.org', server.url])
    t.equal((await ask('GET /domains', { headers: { Origin: origin } })).status, 200, origin)
  const asked = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' }
  for (const [origin, allowed] of [
    ['https://console.example.org', 'https://console.example.org'],
    ['https://evil.example', null],
  ] as const) {
    const before = await fetch(`${server.url}/sessions`, { method: 'OPTIONS', headers: { Origin: origin, ...asked } })
    t.equal(before.headers.get('access-control-allow-origin'), allowed)
    if (allowed !== null) t.match(before.headers.get('access-control-allow-headers'), /authorization/)
    const { headers } = await fetch(`${server.url}/domains`, { headers: { Origin: origin } })
    t.equal(headers.get('access-control-allow-origin'), allowed)
  }
  for (const path of ['/ws', '/domains/hotel-chain/ws', '/sessions/x/ws']) {
    await t.rejects(dial(server.url + path, { headers: { Origin: 'https://evil.example' } }), /403/)
    await t.rejects(dial(server.url + path, { headers: { Host: 'evil.example' } }), /403/)
  }
  const line = await dial(`${server.url}/ws`, {
    headers: { Host: 'worlds.example.org', Origin: 'https://worlds.example.org' },
  })
  await line.hangUp()
})

t.test('answers carry the headers that keep browsers from harm', async (t) => {
  const server = await startServer({ catalog, log, config: { port: 0 } })
  t.teardown(() => server.close())
  for (const path of ['/health', '/domains', '/nothing']) {
    const { headers } = await fetch(server.url + path)
    t.equal(headers.get('x-content-type-options'), 'nosniff', path)
    t.equal(headers.get('x-frame-options'), 'SAMEORIGIN')
    t.match(headers.get('content-security-policy'), /default-src 'self'/)
    t.equal(headers.get('x-powered-by'), null)
  }
})

t.test('a rate holds for an address, and a proxy is believed only where it is trusted', async (t) => {
  const burst = async (config: object) => {
    const server = await startServer({ catalog, log, config: { port: 0, requestsPerSecond: 10, ...config } })
    const ask = asker(server.url)
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => ask('GET /health', { headers: { 'X-Forwarded-For': `10.0.0.${n}` } })),
    )
    await server.close()
    return answers.filter(({ status }) => status === 429)
  }
  const refused = await burst({})
  t.ok(refused.length > 30, 'one who says to be many is still one')
  t.match(refused[0]?.body, { code: 'RATE_LIMITED', retry_after_ms: Number, remedy: String })
  t.equal((await burst({ trustProxy: ['loopback'] })).length, 0)
})

t.test('a proxy that is trusted says who guesses keys', async (t) => {
  const keysFile = join(t.testdir({}), 'keys.json')
  addKey(keysFile, { label: 'x', roles: ['play'], rights: ['act'], quotas: {} }, '2026-01-01')
  const server = await startServer({
    catalog,
    log,
    config: { port: 0, keysFile, refusalsPerSecond: 3, trustProxy: ['127.0.0.1'] },
  })
  t.teardown(() => server.close())
  const ask = asker(server.url)
  const from = async (address: string) =>
    (await ask('GET /domains', { headers: { 'X-Forwarded-For': address } })).status
  const statuses: number[] = []
  for (let n = 0; n < 10; n++) statuses.push(await from('10.0.0.1'))
  t.ok(statuses.includes(429))
  t.equal(await from('10.0.0.2'), 401)
})
