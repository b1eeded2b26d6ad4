/** OpenEnv's stock clients and validator, as pip installs them, against a server as it is. */

import { join } from 'node:path'
import t from 'tap'
import { startServer } from '../../server/app.ts'
import { addKey } from '../../server/keys.ts'
import { goldOf, madeCatalog } from './made.ts'
import { openenvRelease, run, venvWith } from './python.ts'

t.setTimeout(600_000) // pip fetches the package and what it needs, once
const bin = venvWith('openenv', [openenvRelease])
if (bin === null) {
  t.comment('skipped: Python can make no virtual environment here')
} else {
  const catalog = await madeCatalog(t.testdir(), 20)
  const server = await startServer({ catalog, config: { port: 0 } })
  t.teardown(async () => {
    await server.close()
    catalog.close()
  })
  const python = join(bin, 'python')
  const script = (name: string) => join(import.meta.dirname, 'openenv', name)

  t.test('the stock clients play gold of 20 domains, and each episode ends with reward 1, given once', async (t) => {
    const gold = goldOf(catalog, 20)
    t.equal(gold.length, 20)
    const { code, stdout, stderr } = await run(python, [script('play.py'), server.url], JSON.stringify(gold))
    t.equal(code, 0, stderr)
    const episodes = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    t.equal(episodes.length, 40)
    for (const [index, { domain, task, calls }] of gold.entries()) {
      const { intent } = catalog.domain(domain).tasks.find(({ id }) => id === task) ?? {}
      const tools = catalog.domain(domain).tools.length + 1
      for (const episode of episodes.slice(2 * index, 2 * index + 2)) {
        const expected = { domain, intent, tools, early: [], reward: 1, done: true, steps: calls.length + 1 }
        t.match(episode, expected, `${episode.client}: ${domain}`)
      }
    }
    t.equal(server.sessions, 0, 'no session is left')
  })

  t.test('openenv validate passes all its criteria', async (t) => {
    const { id } = catalog.list()[0] ?? { id: '' }
    for (const domain of ['hotel-chain', id]) {
      const url = `${server.url}/domains/${domain}`
      const { code, stdout, stderr } = await run(join(bin, 'openenv'), ['validate', '--url', url, '--json'])
      t.equal(code, 0, stderr)
      const report = JSON.parse(stdout)
      t.match(report, { passed: true, standard_profile: 'openenv-http/1.x', mode: 'simulation' })
      t.match(report.summary, { passed_count: 6, total_count: 6, failed_criteria: [] })
    }
  })

  t.test(
    'where there are keys, stock clients show theirs in the path or before the host, and nobody else gets in',
    async (t) => {
      const keysFile = join(t.testdir({}), 'keys.json')
      const { key } = addKey(keysFile, { label: 'x', roles: ['play'], rights: ['act'], quotas: {} }, '2026-01-01')
      const closed = await startServer({ catalog, config: { port: 0, keysFile } })
      t.teardown(() => closed.close())
      const gold = JSON.stringify(goldOf(catalog, 1))
      for (const url of [`${closed.url}/k/${key}`, closed.url.replace('//', `//${key}:x@`)]) {
        const { code, stdout, stderr } = await run(python, [script('play.py'), url], gold)
        t.equal(code, 0, stderr)
        for (const line of stdout.trim().split('\n')) t.match(JSON.parse(line), { reward: 1, done: true })
      }
      t.match(await run(python, [script('play.py'), closed.url], gold), { code: 1, stderr: /401/ })
      const url = `${closed.url}/k/${key}/domains/hotel-chain`
      const { stdout } = await run(join(bin, 'openenv'), ['validate', '--url', url, '--json'])
      t.match(JSON.parse(stdout), { passed: true })
    },
  )

  t.test('what is wrong is told in words that the stock clients pass on', async (t) => {
    const { code, stdout, stderr } = await run(python, [script('mistakes.py'), server.url])
    t.equal(code, 0, stderr)
    t.match(JSON.parse(stdout), {
      listed: 20,
      early: /before reset.*EPISODE_NOT_RESET/,
      misfit: /VALIDATION_ERROR/,
      unknown_task: /Did you mean "new-phone"\?.*UNKNOWN_TASK/,
      refused: [{ error_type: 'tool_not_found', message: /find_guests/ }, 'TOOL_NOT_FOUND', false],
      mcp_refused: ['tool_not_found', 'TOOL_NOT_FOUND'],
      mcp_misfit: /update_guest.*nonsense/,
      child: /cancel-porto/,
      unknown_domain: /Did you mean "hotel-chain"\?.*UNKNOWN_DOMAIN/,
    })
  })

  t.test('a full house is said in the words of OpenEnv', async (t) => {
    const small = await startServer({ catalog, config: { port: 0, sessionsMax: 1 } })
    t.teardown(() => small.close())
    const { code, stdout, stderr } = await run(python, [script('capacity.py'), small.url])
    t.equal(code, 0, stderr)
    t.match(stdout, /Server at capacity: 1\/1 sessions active.*CAPACITY_REACHED.*reset again/s)
  })
}
