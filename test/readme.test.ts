/** The examples of the README and of docs/users.md, run as written, against a real server. */

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openCatalog } from '../envs/catalog.ts'
import { startServer } from '../server/app.ts'

const root = join(import.meta.dirname, '..')
const pages = ['README.md', 'docs/users.md'].map((page) => readFileSync(join(root, page), 'utf8')).join('\n')
const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
})

/** The block under `<!-- example: NAME -->`, with the address of this test's server in it. */
function example(name: string): string {
  const block = new RegExp(`<!-- example: ${name} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(pages)?.[1]
  if (block === undefined) throw new Error(`no page has the example ${name}`)
  return block.replaceAll('127.0.0.1:8000', new URL(server.url).host)
}

function run(command: string, args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root })
    let output = ''
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (output += data))
    child.on('close', (code) => resolve({ code, output }))
  })
}

t.test('the TypeScript agent gets reward 1', async (t) => {
  const file = join(root, `agent-${process.pid}.ts`)
  writeFileSync(file, example('agent.ts'))
  t.teardown(() => rmSync(file))
  const { code, output } = await run(process.execPath, [file])
  t.equal(code, 0, output)
  t.match(output, /Mei Tanaka has a phone number at last.*\n1\n$/s)
})

t.test('the Python agents get reward 1, the one that talks as its page shows', async (t) => {
  if (spawnSync('python3', ['--version']).status !== 0) return void t.comment('skipped: there is no Python here')
  const venv = join(root, '.venv', 'readme')
  const python = join(venv, 'bin', 'python')
  if (!existsSync(python)) {
    const made = spawnSync('python3', ['-m', 'venv', venv])
    if (made.status !== 0) return void t.comment('skipped: Python can make no virtual environment here')
  }
  const installed = spawnSync(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    'websockets==15.0.1',
  ])
  t.equal(installed.status, 0, String(installed.stderr))
  const { code, output } = await run(python, ['-c', example('agent.py')])
  t.equal(code, 0, output)
  t.match(output, /Mei Tanaka has a phone number at last.*\n1\n$/s)
  const talk = await run(python, ['-c', example('talk.py')])
  t.equal(talk.code, 0, talk.output)
  const shown = /^user: {2}Good morning[\s\S]*?^1$/m.exec(pages)?.[0]
  t.equal(talk.output.replaceAll(/ +$/gm, '').trim(), shown)
})

t.test(
  "the five lines get reward 1 where nothing but the package was installed, and the package's page has the same",
  async (t) => {
    if (spawnSync('python3', ['--version']).status !== 0) return void t.comment('skipped: there is no Python here')
    const venv = join(t.testdir(), 'clean')
    if (spawnSync('python3', ['-m', 'venv', venv]).status !== 0)
      return void t.comment('skipped: Python can make no virtual environment here')
    const python = join(venv, 'bin', 'python')
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', './clients/python']
    const installed = await run(python, pip)
    t.equal(installed.code, 0, installed.output)
    const { code, output } = await run(python, ['-c', example('five.py')])
    t.equal(code, 0, output)
    t.match(output, /^Mei Tanaka has a phone number at last.*\n1\n$/s)
    const block = /<!-- example: five.py -->\n```python\n[\s\S]*?```/
    const [ours, theirs] = ['README.md', 'clients/python/README.md'].map(
      (page) => block.exec(readFileSync(join(root, page), 'utf8'))?.[0],
    )
    t.equal(theirs, ours)
  },
)
