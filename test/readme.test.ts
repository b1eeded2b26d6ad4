/** The README's examples, run as written, against a real server. */

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openCatalog } from '../envs/catalog.ts'
import { startServer } from '../server/app.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
})

/** The block under `<!-- example: NAME -->`, with the address of this test's server in it. */
function example(name: string): string {
  const block = new RegExp(`<!-- example: ${name} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(readme)?.[1]
  if (block === undefined) throw new Error(`the README has no example ${name}`)
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

t.test('the Python agent gets reward 1', async (t) => {
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
})
