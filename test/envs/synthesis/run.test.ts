/** The whole way from a folder of documents to a catalogue, as processes; killed in its midst, and taken up. */

import type { ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openCatalog, runFolder } from '../../../envs/catalog.ts'
import type { SynthesisReport } from '../../../envs/synthesis/run.ts'
import { type Ended, ended, startCli } from './fixtures/cli.ts'
import { writeTwenty } from './fixtures/twenty.ts'

t.setTimeout(400_000) // a dozen processes, which a busy machine is slow to start
const dir = t.testdir({})
const documents = writeTwenty(join(dir, 'docs'))

const start = (...args: string[]): ChildProcess => startCli(dir, ...args)
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
  const other = await ended(synthesize('other.db', '--seed', '7', '--domains', '2'))
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

t.test('tools without routes become a domain as well: an MCP list beside a list of functions', async (t) => {
  const text = { type: 'string' }
  const takes = (required: string[], optional: string[] = []) => ({
    type: 'object',
    properties: Object.fromEntries([...required, ...optional].map((name) => [name, text])),
    required,
  })
  const calls = (thing: string, part: string): [string, string, object][] => [
    [`list_${thing}s`, `Lists ${thing}s.`, takes([], ['query'])],
    [`get_${thing}`, `Returns one ${thing}.`, takes([`${thing}_id`])],
    [`create_${thing}`, `Creates a ${thing}.`, takes(['name'], ['description'])],
    [`update_${thing}`, `Changes a ${thing}.`, takes([`${thing}_id`], ['name', 'description'])],
    [`delete_${thing}`, `Deletes a ${thing}.`, takes([`${thing}_id`])],
    [`list_${part}s`, `Lists the ${part}s of a ${thing}.`, takes([`${thing}_id`])],
    [`add_${part}`, `Adds a ${part} to a ${thing}.`, takes([`${thing}_id`, 'title'])],
    [`remove_${part}`, `Removes a ${part} from a ${thing}.`, takes([`${thing}_id`, `${part}_id`])],
  ]
  const tools = calls('aquarium', 'fish').map(([name, description, inputSchema]) => ({
    name,
    description,
    inputSchema,
  }))
  const functions = calls('glacier', 'moraine').map(([name, description, parameters]) => ({
    type: 'function',
    function: { name, description, parameters },
  }))
  mkdirSync(join(dir, 'tools', 'aquaria'), { recursive: true })
  writeFileSync(join(dir, 'tools', 'aquaria', 'tools.json'), JSON.stringify({ tools }))
  writeFileSync(join(dir, 'tools', 'glaciers.json'), JSON.stringify(functions))
  const run = await ended(start('synthesize', '--source', 'tools', '--out', 'tools.db', '--tasks', '2', '--json'))
  t.equal(run.code, 0, run.err)
  t.match(reportOf(run), { seen: 16, operations: 16, problems: [], providers: 2 })
  const catalog = openCatalog({ file: join(dir, 'tools.db') })
  const named = catalog.list().flatMap(({ id }) => catalog.domain(id).tools.map(({ name }) => name))
  catalog.close()
  for (const name of ['create_aquarium', 'delete_aquarium', 'create_glacier', 'delete_glacier'])
    t.ok(named.includes(name), name)
})
