/** The whole way from a folder of documents to a catalogue, as processes; killed in its midst, and taken up. */

import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { connect } from '../../../clients/typescript/index.ts'
import { growingFile, openCatalog, runFolder } from '../../../envs/catalog.ts'
import type { SynthesisReport } from '../../../envs/synthesis/run.ts'
import { writeTwenty } from './fixtures/twenty.ts'

const main = join(import.meta.dirname, '../../../clients/cli/main.ts')
const dir = t.testdir({})
const documents = writeTwenty(join(dir, 'docs'))

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [main, ...args], { cwd: dir, env: { ...process.env, MICROCOSM_CATALOG: undefined } })
}

interface Ended {
  code: number | null
  out: string
  err: string
}

/** Lets it run to its end; `onError` sees what it says meanwhile. */
function ended(child: ChildProcess, onError: (said: string) => void = () => {}): Promise<Ended> {
  return new Promise((resolve) => {
    let [out, err] = ['', '']
    child.stdout?.on('data', (data) => (out += data))
    child.stderr?.on('data', (data) => {
      err += data
      onError(err)
    })
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

const synthesize = (out: string, ...more: string[]): ChildProcess =>
  start('synthesize', '--source', 'docs', '--out', out, '--tasks', '3', '--json', ...more)
const reportOf = ({ out }: Ended): SynthesisReport => JSON.parse(out) as SynthesisReport
const bytes = (name: string): Buffer => readFileSync(join(dir, name))

let first: SynthesisReport

t.test('a folder of twenty documents becomes domains; the broken one is told', async (t) => {
  const run = await ended(synthesize('one.db', '--workers', '1'))
  t.equal(run.code, 0, run.err)
  first = reportOf(run)
  t.equal(first.documents, documents)
  t.match(first.problems, [{ document: 'broken.yaml', code: 'DOCUMENT_INVALID', message: /^Not YAML: / }])
  t.equal(first.seen, 19 * 11)
  t.ok(first.domains >= 15, `${first.domains} domains`)
  t.ok(first.providers >= 15, `${first.providers} providers`)
  t.equal(first.communities, first.domains + refusedWorlds(first))
  t.match(run.err, /collect: 20\/20\n.*clean: .*graph: .*domains: .*worlds: .*write: /s, 'a line for each stage')
  t.notOk(existsSync(runFolder(join(dir, 'one.db'))), 'nothing is left beside the catalogue')
  const catalog = openCatalog({ file: join(dir, 'one.db') })
  try {
    for (const { id } of catalog.list().filter((each) => each.id !== 'hotel-chain')) {
      t.equal(catalog.provenance(id), 'compiler')
      t.ok(catalog.domain(id).tasks.length > 0)
      t.ok(catalog.domain(id).sources.every(({ provider }) => provider.endsWith('.io')))
    }
  } finally {
    catalog.close()
  }
})

/** Communities that were refused when their world was made. */
const refusedWorlds = ({ refused }: SynthesisReport): number =>
  Object.entries(refused)
    .filter(([reason]) => !['too_few_tools', 'incoherent', 'one_generic_parameter', 'no_common_thing'].includes(reason))
    .reduce((sum, [, times]) => sum + times, 0)

t.test('two workers write the same bytes as one', async (t) => {
  const run = await ended(synthesize('two.db', '--workers', '2'))
  t.equal(run.code, 0, run.err)
  t.equal(reportOf(run).hash, first.hash)
  t.ok(bytes('two.db').equals(bytes('one.db')))
})

t.test('a run that is killed is taken up where it was, and ends with the same bytes', async (t) => {
  const child = synthesize('killed.db', '--workers', '2')
  const killed = await ended(child, (said) => {
    if (/worlds: (1[0-9]|[2-9])\//.test(said)) child.kill('SIGKILL')
  })
  t.equal(killed.code, null, 'it was killed at work')
  t.notOk(existsSync(join(dir, 'killed.db')), 'no half catalogue')
  cpSync(runFolder(join(dir, 'killed.db')), runFolder(join(dir, 'other.db')), { recursive: true })
  const run = await ended(synthesize('killed.db', '--workers', '2'))
  t.equal(run.code, 0, run.err)
  t.ok(reportOf(run).resumed.batches > 0, 'no document was read again')
  t.notMatch(run.err, /collect:|graph:/)
  const { resumed: _, seconds: __, ...report } = reportOf(run)
  const { resumed: ___, seconds: ____, ...whole } = first
  t.same(report, { ...whole, out: 'killed.db' })
  t.ok(bytes('killed.db').equals(bytes('one.db')))

  // What another run wants is not taken for what was left.
  const other = await ended(synthesize('other.db', '--seed', '7'))
  t.equal(other.code, 0, other.err)
  t.same(reportOf(other).resumed, { batches: 0, communities: 0 })
  t.not(reportOf(other).hash, first.hash)
})

t.test('killed while it reads, it reads the rest', async (t) => {
  // So many documents that they are several batches.
  for (let copy = 0; copy < 8; copy++) cpSync(join(dir, 'docs'), join(dir, 'many', `copy-${copy}`), { recursive: true })
  const args = [
    'synthesize',
    '--source',
    'many',
    '--out',
    'many.db',
    '--tasks',
    '1',
    '--domains',
    '1',
    '--json',
    '--workers',
    '1',
  ]
  const child = start(...args)
  const killed = await ended(child, (said) => {
    if (/collect: (?!0)\d/.test(said)) child.kill('SIGKILL')
  })
  t.equal(killed.code, null)
  const left = readdirSync(runFolder(join(dir, 'many.db')), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.index')).length
  const run = await ended(start(...args))
  t.equal(run.code, 0, run.err)
  t.ok(reportOf(run).resumed.batches >= left && left > 0, `${left} batches were there`)
  t.equal(reportOf(run).dropped.other_edition, 7 * 19 * 11, 'copies are editions of the same')
})

t.test('one run at a time makes a catalogue', async (t) => {
  const child = synthesize('busy.db')
  let second: Promise<Ended> | null = null
  const run = await ended(child, () => {
    second ??= ended(synthesize('busy.db'))
  })
  t.equal(run.code, 0, run.err)
  const refused = (await second) as Ended | null
  t.equal(refused?.code, 2)
  t.match(refused?.err, /CATALOG_BUSY/)
})

t.test('serve listens before there is a catalogue, and what is made appears while it serves', async (t) => {
  const file = join(dir, 'served.db')
  const child = start('serve', '--port', '0', '--catalog', 'served.db', '--source', 'docs')
  t.teardown(() => child.kill('SIGKILL'))
  const run = ended(child)
  const line = await new Promise<string>((resolve) => child.stdout?.once('data', (data) => resolve(String(data))))
  t.match(line, /serves 1 domains/)
  t.notOk(existsSync(file), 'it serves before there is anything')
  const url = /http:\/\/[\d.]+:\d+/.exec(line)?.[0] as string
  const served = async (): Promise<string[]> => {
    const { domains } = (await (await fetch(`${url}/domains?limit=1000`)).json()) as { domains: { id: string }[] }
    await setTimeout(20) // not to take the time away from what is waited for
    return domains.map(({ id }) => id)
  }
  t.same(await served(), ['hotel-chain'])
  let grown: string[] = []
  while (grown.length < 2) grown = await served()
  // One that was made is played, whether the rest is there yet or not.
  const id = grown.find((one) => one !== 'hotel-chain') as string
  const environment = await connect(url).make(id)
  const { observation } = await environment.reset({ seed: 1 })
  t.ok(observation.tools.length >= 4)
  while (!existsSync(file)) await served()
  while ((await served()).length < first.domains + 1);
  t.ok((await environment.step({ type: 'submit' })).done, 'a session outlives the file it began with')

  // What is added shows up as well.
  const own = openCatalog({ file })
  const { version: _, ...hotels } = own.domain('hotel-chain')
  own.close()
  // Identifiers that a world makes follow from the domain's name: tasks whose gold names one are not the new domain's.
  const tasks = hotels.tasks.filter(({ gold }) => !gold.calls.some(({ tool }) => tool === 'pay_invoice'))
  writeFileSync(join(dir, 'hotels.json'), JSON.stringify({ ...hotels, tasks, id: 'own-hotels' }))
  const added = await ended(start('add', 'hotels.json', '--catalog', 'served.db'))
  t.equal(added.code, 0, added.out + added.err)
  while (!(await served()).includes('own-hotels'));
  await environment.close()
  child.kill('SIGTERM')
  t.equal((await run).code, 0)
})

t.test('a server that is stopped stops the making, and the next one goes on', async (t) => {
  const child = start('serve', '--port', '0', '--catalog', 'stopped.db', '--source', 'docs')
  const stopped = await ended(child, (said) => {
    if (said.includes('worlds: ')) child.kill('SIGTERM')
  })
  t.equal(stopped.code, 0)
  t.notOk(existsSync(join(dir, 'stopped.db')))
  t.ok(existsSync(growingFile(join(dir, 'stopped.db'))))
  const run = await ended(synthesize('stopped.db', '--tasks', '8'))
  t.equal(run.code, 0, run.err)
  t.ok(reportOf(run).resumed.batches > 0)
})
