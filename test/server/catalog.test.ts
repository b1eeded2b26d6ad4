/** A catalogue that is replaced while it is served: new sessions get the new, running ones keep what they began with. */

import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { connect } from '../../clients/typescript/index.ts'
import { buildImages, createCatalog, openCatalog } from '../../envs/catalog.ts'
import type { Domain } from '../../schemas/domain.ts'
import { startServer } from '../../server/app.ts'
import { dial } from './line.ts'

const file = join(t.testdir({}), 'catalog.db')
const library = openCatalog({})
const { version: _, ...hotels } = library.domain('hotel-chain')
library.close()

function write(title: string): void {
  const domain: Domain = { ...hotels, id: 'own', title }
  const writer = createCatalog(file)
  writer.put(
    domain,
    buildImages(domain, () => ({})),
    'compiler',
  )
  writer.commit()
}

t.test('a running session keeps its version, and what it forks to as well', async (t) => {
  write('Before')
  const catalog = openCatalog({ file })
  const server = await startServer({ catalog, config: { port: 0, catalogMs: 10, worldsMax: 1 } })
  t.teardown(async () => {
    await server.close()
    catalog.close()
  })
  const titles = async (): Promise<string[]> => {
    const { domains } = (await (await fetch(`${server.url}/domains`)).json()) as { domains: { title: string }[] }
    return domains.map(({ title }) => title)
  }
  const client = connect(server.url)
  const old = await client.make('own')
  const { observation: before } = await old.reset({ seed: 1 })
  const look = { type: 'call_tool', tool_name: 'find_guests', arguments: { name: 'Mei Tanaka' } } as const
  const seen = await old.step(look)

  write('After')
  while (!(await titles()).includes('After')) await setTimeout(10)
  const young = await client.make('own')
  const { observation: after } = await young.reset({ seed: 1 })
  t.not(after.version, before.version)

  // Room for one world alone: what nobody plays is let go of, what is played is not.
  const other = await client.make('hotel-chain')
  await other.reset({ seed: 1 })
  t.same((await old.step(look)).observation.result, seen.observation.result)
  const [fork] = await old.fork(1)
  await old.close()
  await (await client.make('hotel-chain')).close()
  t.same((await fork?.step(look))?.observation.result, seen.observation.result)
  t.equal((await young.reset({ seed: 2 })).observation.version, after.version)
  for (const each of [fork, young, other]) await each?.close()
})

t.test('at /ws a session draws from all domains again, whichever one it had', async (t) => {
  write('Own')
  const catalog = openCatalog({ file })
  const server = await startServer({ catalog, config: { port: 0 } })
  t.teardown(async () => {
    await server.close()
    catalog.close()
  })
  const line = await dial(`${server.url}/ws`)
  const drawn = async (session: string, index: number): Promise<string> =>
    (await line.ask({ type: 'reset', session, data: { sample: { seed: 3, index } } })).data.observation.domain
  const again: string[] = []
  for (let index = 0; index < 8; index++) again.push(await drawn('again', index))
  const anew: string[] = []
  for (let index = 0; index < 8; index++) anew.push(await drawn(`new-${index}`, index))
  t.same(again, anew)
  t.same([...new Set(anew)].sort(), ['hotel-chain', 'own'])
  await line.hangUp()
})
