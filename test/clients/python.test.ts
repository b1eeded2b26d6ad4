/** The Python client against real servers: the contract suite through a bridge, and its own tests by pytest. */

import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { libraryDomains } from '../../envs/library/index.ts'
import type { Right } from '../../schemas/session.ts'
import { startServer } from '../../server/app.ts'
import type { Quotas } from '../../server/keys.ts'
import { addKey } from '../../server/keys.ts'
import { environmentContract } from '../contract/environment.ts'
import { goldOf, madeCatalog } from '../server/made.ts'
import { run, venvWith } from '../server/python.ts'
import { openBridge } from './python/bridge.ts'

const root = join(import.meta.dirname, '../..')
const folder = join(import.meta.dirname, 'python')
const packages = ['websockets==17.4', 'gymnasium==1.4.0', 'pytest==9.2.0', 'mypy==2.4.1', 'ruff==0.17.6']

t.setTimeout(900_000) // pip fetches the packages, once
const bin = venvWith('client', packages)
if (bin === null) {
  t.comment('skipped, all of it: Python can make no virtual environment here')
} else {
  const python = join(bin, 'python')
  const catalog = await madeCatalog(t.testdir(), 20)
  const server = await startServer({ catalog, config: { port: 0 } })
  const keysFile = join(t.testdirName, 'keys.json')
  const keyOf = (label: string, rights: Right[], quotas: Quotas): string =>
    addKey(keysFile, { label, roles: ['play'], rights, quotas }, '2026-01-01').key
  const golden = keyOf('golden', ['act', 'verify', 'fork', 'gold'], {})
  const slow = keyOf('slow', ['act'], { steps_per_second: 20, sessions: 2 })
  const keyed = await startServer({ catalog, config: { port: 0, keysFile } })
  const small = await startServer({ catalog, config: { port: 0, sessionsMax: 2 } })
  t.teardown(async () => {
    await server.close()
    await small.close()
    await keyed.close()
    catalog.close()
  })
  const gold = join(t.testdirName, 'gold.json')
  writeFileSync(gold, JSON.stringify(goldOf(catalog, 20)))
  Object.assign(process.env, {
    PYTHONPATH: join(root, 'clients/python'),
    MICROCOSM_URL: server.url,
    MICROCOSM_SMALL_URL: small.url,
    MICROCOSM_KEYED_URL: keyed.url,
    MICROCOSM_GOLDEN: golden,
    MICROCOSM_SLOW: slow,
    MICROCOSM_GOLD: gold,
    MICROCOSM_HOME: root,
  })

  for (const form of ['plain', 'asyncio'])
    for (const { id } of libraryDomains)
      t.test(`${id}, over the Python client, ${form}`, async (t) => {
        const bridge = openBridge(python, process.env, [server.url, form])
        t.teardown(() => bridge.close())
        environmentContract(t, { domain: catalog.domain(id), make: () => bridge.make(id) })
      })

  for (const file of readdirSync(folder).filter((name) => name.startsWith('test_')))
    t.test(file, async (t) => {
      const { code, stdout, stderr } = await run(python, ['-m', 'pytest', '-q', '-x', join(folder, file)])
      t.equal(code, 0, stdout + stderr)
    })

  t.test('models and codes are what the schemas say; types and format are clean', async (t) => {
    const client = join(root, 'clients/python')
    const config = ['--config', join(client, 'pyproject.toml')]
    const ours = [join(client, 'microcosm'), join(client, 'generate.py'), folder]
    for (const args of [
      [join(client, 'generate.py'), '--check'],
      ['-m', 'mypy', '--config-file', join(client, 'pyproject.toml'), join(client, 'microcosm')],
      ['-m', 'ruff', 'format', '--check', ...config, ...ours],
      ['-m', 'ruff', 'check', ...config, ...ours],
    ]) {
      const { code, stdout, stderr } = await run(python, args)
      t.equal(code, 0, `${args.join(' ')}: ${stdout}${stderr}`)
    }
  })

  t.test('no session is left once the clients are gone', async (t) => {
    for (let tries = 0; server.sessions > 0 && tries < 300; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    t.equal(server.sessions, 0)
  })
}
