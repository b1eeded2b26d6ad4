/** The operator's hand, through the command line; what the server measures; and that no log has a secret. */

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Test } from 'tap'
import t from 'tap'
import { createLog, withoutSecrets } from '../../server/log.ts'
import { createMetrics, unmeasured } from '../../server/metrics.ts'
import { asker } from './http.ts'
import { dial, until } from './line.ts'
import { run } from './python.ts'

const main = 'clients/cli/main.ts'
const cli = (...args: string[]) => run(process.execPath, [main, ...args])

interface Served {
  url: string
  log(): string
  stop(): Promise<void>
}

async function serve(test: Pick<Test, 'testdir' | 'teardown'>, ...args: string[]): Promise<Served> {
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', ...args])
  let [out, err] = ['', '']
  child.stdout.on('data', (data) => (out += data))
  child.stderr.on('data', (data) => (err += data))
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  test.teardown(stop)
  await until(() => / at (\S+)/.test(out) || child.exitCode !== null)
  return { url: / at (\S+)/.exec(out)?.[1] ?? err, log: () => err, stop }
}

t.test('sessions are listed, killed and drained from the command line, and no log says a key or a token', async (t) => {
  const keys = join(t.testdir({}), 'keys.json')
  const add = async (...args: string[]) =>
    JSON.parse((await cli('keys', 'add', 'test', '--json', '--keys', keys, ...args)).stdout) as {
      key: string
      id: string
    }
  const player = await add('--sessions', '50', '--domains', 'hotel-chain')
  const operator = await add('--roles', 'operate')
  const made = await serve(t, '--keys', keys, '--log-level', 'debug')
  const ask = asker(made.url)
  const line = await dial(`${made.url}/k/${player.key}/domains/hotel-chain/ws`)
  const { token, session } = (await line.ask({ type: 'reset', data: { task: 'new-phone' } })).data.observation.metadata
  await line.ask({ type: 'step', data: { type: 'call_tool', tool_name: 'search_hotels', arguments: {} } })
  const second = (await ask('POST /sessions', { token: player.key, body: { domain: 'hotel-chain' } })).body
  await ask(`GET /sessions/${second.id}?token=${second.token}`)
  await ask(`GET /k/${player.key}/domains?token=${token}`)
  await ask(`GET /k/${player.key}x/domains`)
  await ask(`GET /domains/${player.key}`, { token: player.key })
  await ask('POST /sessions', { token: player.key, body: { domain: player.key } })
  const at = ['--url', made.url, '--key', operator.key]

  const listed = JSON.parse((await cli('sessions', 'list', '--json', ...at)).stdout) as { id: string; steps: number }[]
  t.match(
    listed.sort((a, b) => b.steps - a.steps),
    [
      { id: session, domain: 'hotel-chain', key: player.id, steps: 1, state: 'running', held: true },
      { id: second.id, key: player.id, steps: 0, state: 'running', held: false },
    ],
  )
  t.match((await cli('sessions', 'list', '--url', made.url, '--key', player.key)).stderr, /NOT_PERMITTED/)
  t.match(await cli('sessions', 'kill', second.id, ...at), { code: 0, stdout: new RegExp(`Ended ${second.id}`) })
  t.match(await ask(`GET /sessions/${second.id}`, { token: second.token }), { status: 404 })
  t.match(await cli('sessions', 'kill', second.id, ...at), { code: 2, stderr: /UNKNOWN_SESSION/ })
  t.match(await cli('sessions', 'drain', ...at), { code: 0, stdout: /1 go on/ })
  t.match(await ask('GET /ready'), { status: 503, body: { code: 'DRAINING' } })
  t.match(await ask('GET /health'), { status: 200 })
  t.match(await ask('POST /sessions', { token: player.key, body: { domain: 'hotel-chain' } }), {
    status: 503,
    body: { code: 'DRAINING' },
  })
  t.match(await line.ask({ type: 'step', data: { type: 'submit' } }), { data: { done: true } }, 'what there is goes on')

  const response = await fetch(`${made.url}/metrics`, { headers: { Authorization: `Bearer ${operator.key}` } })
  t.match(response.headers.get('content-type'), /text\/plain/)
  const metrics = await response.text()
  for (const expected of [
    /^microcosm_sessions 1$/m,
    /^microcosm_sockets 1$/m,
    /^microcosm_draining 1$/m,
    /^microcosm_sessions_opened_total\{domain="hotel-chain"\} 2$/m,
    /^microcosm_action_seconds_count\{domain="hotel-chain",action="step"\} 2$/m,
    /^microcosm_refused_total\{code="DRAINING",quota=""\} 2$/m,
    /^process_resident_memory_bytes \d+/m,
    /^microcosm_isolates [12]$/m,
  ])
    t.match(metrics, expected)
  await line.hangUp()
  t.match(await cli('keys', 'revoke', player.id, '--keys', keys), { code: 0 })
  t.ok(await until(() => /keys revoked/.test(made.log())))
  await made.stop()
  const lines = made
    .log()
    .split('\n')
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text))
  for (const message of ['listening', 'request', 'socket opened', 'draining', 'keys revoked', 'closing'])
    t.ok(
      lines.some(({ msg }) => msg === message),
      message,
    )
  for (const text of [made.log(), metrics])
    for (const secret of [player.key, player.key.slice(16), operator.key.slice(16), token, second.token])
      t.notOk(text.includes(secret))
  const list = (await cli('keys', 'list', '--keys', keys)).stdout
  t.match(list, new RegExp(`${player.id} .*sessions=50 domains=hotel-chain`))
  t.notOk(list.includes(player.key.slice(16)))
})

t.test(
  'who would listen to others without keys, or say half of what belongs together, is told what to do',
  async (t) => {
    const keys = join(t.testdir({}), 'none.json')
    for (const [args, says] of [
      [['--host', '0.0.0.0'], /KEYS_MISSING: .*loopback only.*\n.*microcosm keys add/],
      [['--tls-cert', 'x.pem'], /USAGE: --tls-cert and --tls-key go together/],
    ] as const)
      t.match(await cli('serve', '--port', '0', '--keys', keys, ...args), { code: 2, stderr: says })
    t.match(await cli('keys', 'add', 'x', '--roles', 'admin', '--keys', keys), { code: 2, stderr: /play, operate/ })
    t.match(await cli('keys', 'revoke', '0123456789ab', '--keys', keys), { code: 2, stderr: /UNKNOWN_KEY/ })
  },
)

t.test('the log takes out what looks like a secret, and no kind of line fills the disk', async (t) => {
  const written: string[] = []
  let now = 0
  const log = createLog({
    level: 'debug',
    linesPerSecond: 3,
    to: { write: (text) => written.push(text) },
    clock: () => now,
  })
  const key = `mc_0123456789ab_${'k'.repeat(43)}`
  const error = new Error(`cannot GET /k/${key}/ws?token=abc.def-1`, {
    cause: new Error(`Authorization: Bearer ${key}`),
  })
  log.error({ err: error, token: 'abc.def-1', headers: { authorization: 'Basic eDp5' } }, 'failed')
  t.notMatch(written.join(''), /kkkk|abc\.def|eDp5/)
  t.match(written.join(''), /\[secret\]/)
  t.equal(
    withoutSecrets('http://me:pw@host/k/k1/ws?a=1&token=t2&b=3 {"token":"t4"} bearer t5'),
    'http://[secret]@host/k/[secret]/ws?a=1&token=[secret]&b=3 {"token":"[secret]"} bearer [secret]',
  )
  for (let n = 0; n < 1000; n++) log.error({}, 'again')
  now = 1001
  log.error({}, 'again')
  const again = written.map((text) => JSON.parse(text)).filter(({ msg }) => msg !== 'failed')
  t.match(
    again.map(({ msg, lines }) => [msg, lines]),
    [['again'], ['again'], ['again'], ['lines were left out of the log', 997], ['again']],
  )
})

t.test('thousands of domains share one series once there are so many', async (t) => {
  const none = () => 0
  const gauges = { sessions: none, waiting: none, sockets: none, worlds: none, isolates: none, draining: () => false }
  const metrics = createMetrics(gauges, { metricsDomainsMax: 3 })
  for (let n = 0; n < 500; n++) metrics.of(`d${n}`).opened()
  const text = await metrics.text()
  t.equal(text.match(/^microcosm_sessions_opened_total\{/gm)?.length, 4)
  t.match(text, /\{domain="other"\} 497/)
  t.ok((await metrics.json()).length > 5)
  t.equal(unmeasured.step(1), undefined)
})
