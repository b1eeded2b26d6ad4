/** The audit of a catalogue, as the command line runs it: real files, real processes. */

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import t from 'tap'
import { createCatalog, openCatalog } from '../../../../envs/catalog.ts'
import { openTrial } from '../../../../envs/runtime/isolation/trial.ts'
import { auditCatalog } from '../../../../envs/synthesis/audit/run.ts'
import { makeDomain } from '../../../../envs/synthesis/run/make.ts'
import type { Domain } from '../../../../schemas/domain.ts'
import type { Certificate, Task } from '../../../../schemas/task.ts'
import { clinic } from '../fixtures/clinic-operations.ts'
import { deskOperations, shop } from '../fixtures/shop-operations.ts'

const run = promisify(execFile)
const main = join(import.meta.dirname, '../../../../clients/cli/main.ts')

t.setTimeout(180_000) // processes are started, each in its own time

async function makeCatalog(file: string): Promise<void> {
  const trial = openTrial()
  const writer = createCatalog(file)
  try {
    for (const community of [clinic, shop, { ...shop, id: 'desk', operations: deskOperations }]) {
      const made = await makeDomain(
        { coherence: 0.4, reads: 1, writes: 1, providers: [], nouns: [], folded: [], ...community },
        { seed: 3, tasksPerDomain: 4, trial },
      )
      if ('refused' in made) throw new Error(`${community.id}: ${made.refused}`)
      writer.putPacked(made.packed, 'compiler')
    }
    writer.commit()
  } finally {
    await trial.close()
  }
}

const file = join(t.testdir(), 'catalog.db')
await makeCatalog(file)

t.test('what the compiler claims holds, is counted, and orders the listing', async (t) => {
  const catalog = openCatalog({ file })
  t.teardown(() => catalog.close())
  const { domains, totals } = await auditCatalog({ catalog, file, workers: 2 })
  t.same(
    domains.filter(({ passed }) => !passed),
    [],
  )
  t.same(
    domains.map(({ id }) => id),
    catalog.list().map(({ id }) => id),
    'in the order of the listing',
  )
  const qualities = catalog.list().map(({ quality }) => quality ?? 1)
  t.same(
    qualities,
    [...qualities].sort((a, b) => b - a),
    'the best first',
  )
  t.equal(new Set(qualities).size > 1, true)
  t.equal(totals.whole, 3)
  t.equal(
    totals.distinctTools,
    domains.reduce((sum, { figures }) => sum + (figures?.tools ?? 0) - (figures?.made ?? 0), 0),
  )
  t.ok(totals.queryBound > 0.9 && totals.bodyBound > 0.9 && totals.wideTables === 0)
  t.ok(domains.find(({ id }) => id === 'shop')?.figures?.coverage.query.transport === 3)

  const printed = JSON.parse((await run(process.execPath, [main, 'audit', 'shop', '--json', '--catalog', file])).stdout)
  t.equal(printed.totals.passed, 1)
  t.equal(printed.domains[0].quality, catalog.list().find(({ id }) => id === 'shop')?.quality)
})

t.test(
  'the ten measures are the same for one worker and for two, are sampled by a seed, and stand beside the audit',
  async (t) => {
    const catalog = openCatalog({ file })
    t.teardown(() => catalog.close())
    const one = await auditCatalog({ catalog, file, workers: 1, measures: { seed: 5, sample: 2 } })
    const two = await auditCatalog({ catalog, file, workers: 2, measures: { seed: 5, sample: 2 } })
    t.equal(JSON.stringify(two.measures), JSON.stringify(one.measures), 'to the byte')
    t.match(one.measures, { seed: 5, sample: 2, domains: 4, played: 8 })
    t.same([...new Set(one.measures?.measures.map(({ measure }) => measure))], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    for (const name of [
      'gold executes, changes or answers, passes, replays to its digest',
      'descriptions that pick out one row',
    ])
      t.match(
        one.measures?.measures.find((each) => each.name === name),
        { value: 1, holds: true },
      )
    t.equal(
      'measures' in (await auditCatalog({ catalog, file, workers: 1, id: 'shop' })),
      false,
      'only where asked for',
    )

    const { stdout } = await run(process.execPath, [
      main,
      'audit',
      'shop',
      '--measures',
      '--sample',
      '1',
      '--catalog',
      file,
    ])
    // Four were asked for; those beside them bring in tools that these don't use.
    t.match(stdout, '1 domains, 6 tasks, 1 of them played (at most 1 of each domain, seed 0)')
    t.match(stdout, /\| 2 \| noop passes \| 0 % \| ≤ 1 % \| yes \|/)
  },
)

t.test(
  'a certificate that claims more than the task earns fails, and so does a task that was made easier',
  async (t) => {
    const catalog = openCatalog({ file })
    const doctored = join(t.testdir(), 'doctored.db')
    const writer = createCatalog(doctored)
    const changes: Record<string, (task: Task) => void> = {
      shop: ({ certificate }) => Object.assign(certificate as Certificate, { perturbed: 99 }),
      clinic: ({ certificate }) => certificate?.origins.splice(0),
    }
    for (const { id } of catalog.list()) {
      if (catalog.provenance(id) === 'library') continue
      const { version: _, ...domain } = structuredClone(catalog.domain(id))
      changes[id]?.(domain.tasks[0] as Task)
      const images = new Map(domain.scenarios.map((scenario) => [scenario.id, catalog.image(id, scenario.id)]))
      writer.put(domain as Domain, images, 'compiler')
    }
    writer.commit()
    catalog.close()
    const other = openCatalog({ file: doctored })
    t.teardown(() => other.close())
    const { domains } = await auditCatalog({ catalog: other, file: doctored, workers: 2 })
    const failed = domains.filter(({ passed }) => !passed)
    t.same(failed.map(({ id }) => id).sort(), ['clinic', 'shop'])
    t.same(
      [...new Set(failed.flatMap(({ failures }) => failures.map(({ check }) => check)))],
      ['certificates are earned'],
    )
  },
)

t.test('rows that don’t come of their seed, and gold that ends elsewhere, fail', async (t) => {
  // The image of one domain's scenario under another's name, and so on for each of its scenarios.
  const database = new Database(file)
  database.exec(
    "UPDATE image SET content = (SELECT content FROM image AS other WHERE other.domain = 'shop' AND other.scenario = 's2') WHERE domain = 'shop' AND scenario = 's1'",
  )
  database.close()
  const failed = await run(process.execPath, [main, 'audit', '--json', '--catalog', file]).then(
    () => t.fail('it must not pass'),
    (error: { code: number; stdout: string }) => error,
  )
  const { code, stdout } = failed as { code: number; stdout: string }
  t.equal(code, 1)
  const { domains, totals } = JSON.parse(stdout) as {
    domains: { id: string; passed: boolean }[]
    totals: { failures: Record<string, number> }
  }
  t.same(
    domains.filter(({ passed }) => !passed).map(({ id }) => id),
    ['shop'],
  )
  t.ok(Object.keys(totals.failures).includes('two builds are equal'))
})
