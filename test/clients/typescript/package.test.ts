/** What is published: built, packed, checked by publint and attw, installed elsewhere, and run in a browser. */

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import t from 'tap'
import { openCatalog } from '../../../envs/catalog.ts'
import { startServer } from '../../../server/app.ts'

const root = join(import.meta.dirname, '../../..')
const folder = join(root, 'clients/typescript')
const bin = (name: string): string => join(root, 'node_modules/.bin', name)
const run = (command: string, args: string[], cwd = folder) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}
// Without what tap puts before each process, which the compiler can't be started with.
const built = run('sh', ['-c', `NODE_OPTIONS= exec '${bin('tsc')}' -p tsconfig.build.json`])
t.equal(built.status, 0, built.output)

t.test('the packed form is in order', async (t) => {
  const lint = run(bin('publint'), ['--strict'])
  t.equal(lint.status, 0, lint.output)
  const types = run(bin('attw'), ['--pack', '.', '--profile', 'esm-only'])
  t.equal(types.status, 0, types.output)
  t.equal(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).dependencies.zod,
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies.zod,
    'the client has the zod of the server',
  )
})

const catalog = openCatalog({})
const pages = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<title>x</title>'))
await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
const site = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`
const server = await startServer({ catalog, config: { port: 0, allowedOrigins: [site] } })
t.teardown(async () => {
  pages.close()
  await server.close()
  catalog.close()
})
const play = (from: string) => `
import { connect } from '${from}'
export async function play(url) {
  const client = connect(url)
  await using environment = await client.make('hotel-chain', { task: 'new-phone' })
  await environment.reset()
  const found = await environment.step('find_guests', { name: 'Mei Tanaka' })
  const guest_id = found.observation.result.guests[0].id
  await environment.step('update_guest', { guest_id, phone: '+81 3 5550199' })
  return (await environment.submit()).reward
}
`

t.test('installed from its package, it plays', async (t) => {
  const away = t.testdir()
  const packed = run('npm', ['pack', '--json', '--pack-destination', away])
  t.equal(packed.status, 0, packed.output)
  const tarball = `microcosm-client-${JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version}.tgz`
  const modules = join(away, 'node_modules')
  mkdirSync(join(modules, 'microcosm-client'), { recursive: true })
  const unpacked = run('tar', [
    '-xzf',
    join(away, tarball),
    '-C',
    join(modules, 'microcosm-client'),
    '--strip-components=1',
  ])
  t.equal(unpacked.status, 0, unpacked.output)
  symlinkSync(join(root, 'node_modules/zod'), join(modules, 'zod'), 'dir')
  writeFileSync(join(away, 'play.mjs'), `${play('microcosm-client')}\nconsole.log(await play(process.argv[2]))`)
  const child = spawn(process.execPath, ['play.mjs', server.url], { cwd: away })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data))
  await new Promise((resolve) => child.on('close', resolve))
  t.equal(output, '1\n')
})

t.test('bundled for a browser it needs no API of Node, and plays in Chromium', async (t) => {
  const away = t.testdir()
  const entry = join(away, 'play.js')
  writeFileSync(entry, play(join(folder, 'dist/clients/typescript/index.js')))
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'chrome120',
    logLevel: 'silent',
  })
  const code = outputFiles[0]?.text ?? ''
  t.notMatch(code, /from\s*"node:|require\(|\bprocess\.|\bBuffer\b/)
  const where = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  )
  if (where === undefined) return void t.comment('skipped: there is no Chromium here')
  const browser = await chromium.launch({ executablePath: where, args: ['--no-sandbox'] })
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  await page.goto(site)
  const reward = await page.evaluate(
    async ([source, url]) => {
      const module = await import(URL.createObjectURL(new Blob([source as string], { type: 'text/javascript' })))
      return module.play(url)
    },
    [code, server.url],
  )
  t.equal(reward, 1)
})
