/** Served while it is made: the catalogue grows under a server's eyes, and its making ends with the server. */

import type { ChildProcess } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { connect } from '../../../clients/typescript/index.ts'
import { growingFile, openCatalog } from '../../../envs/catalog.ts'
import type { SynthesisReport } from '../../../envs/synthesis/run.ts'
import { ended, startCli } from './fixtures/cli.ts'
import { writeTwenty } from './fixtures/twenty.ts'

t.setTimeout(400_000) // a dozen processes, which a busy machine is slow to start
const dir = t.testdir({})
writeTwenty(join(dir, 'docs'))
const start = (...args: string[]): ChildProcess => startCli(dir, ...args)

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
  const whole = openCatalog({ file })
  while ((await served()).length < whole.list().length);
  t.ok((await environment.step({ type: 'submit' })).done, 'a session outlives the file it began with')

  // What is added shows up as well.
  const { version: _, ...hotels } = whole.domain('hotel-chain')
  whole.close()
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
  const run = await ended(start('synthesize', '--source', 'docs', '--out', 'stopped.db', '--json'))
  t.equal(run.code, 0, run.err)
  t.ok((JSON.parse(run.out) as SynthesisReport).resumed.batches > 0)
})
