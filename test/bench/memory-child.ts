/** In a process of its own: how much more memory it has in use with so many sessions than it had without. */

import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openCatalog } from '../../envs/catalog.ts'
import type { LocalEnvironment } from '../../envs/runtime/environment.ts'
import { createEnvironment } from '../../envs/runtime/environment.ts'
import { pageBytes } from '../../envs/runtime/image.ts'
import type { World } from '../../envs/runtime/world.ts'
import { openWorld } from '../../envs/runtime/world.ts'
import { serveParent } from './children.ts'
import type { BenchDomain } from './domain.ts'
import { episodeCalls, namesOf, scenarios } from './domain.ts'
import type { Host } from './host.ts'
import { openHost } from './host.ts'
import { step } from './play.ts'

export interface MemoryRequest {
  catalog: string
  kind: 'live' | 'parked' | 'host' | 'pages'
  sessions: number
}

export interface MemoryReply {
  bytes: number
}

const steps = 10
const collect = collector()
const kept: unknown[] = [] // what must be in memory when it is measured

serveParent<MemoryRequest>(async ({ catalog: file, kind, sessions }): Promise<MemoryReply> => {
  const catalog = openCatalog({ file })
  const ids = catalog
    .list()
    .map(({ id }) => id)
    .filter((id) => id.startsWith('depot-'))
  const benchOf = (id: string): BenchDomain => ({
    domain: catalog.domain(id),
    images: new Map(scenarios.map((scenario) => [scenario, catalog.image(id, scenario)])),
    names: namesOf(Number(id.slice('depot-'.length))),
  })
  const idle = await settled()
  const domains = ids.map(benchOf)
  const worlds = new Map<BenchDomain, World>()
  const worldOf = (of: BenchDomain): World => {
    let world = worlds.get(of)
    if (world === undefined) {
      world = openWorld({ domain: of.domain, image: (scenario) => of.images.get(scenario as 'day') as Uint8Array })
      worlds.set(of, world)
    }
    return world
  }
  for (let index = 0; index < sessions; index++) {
    // A turn of the event loop for each, as where they come over sockets: native memory is let go of only then.
    await setImmediate()
    const of = domains[index % domains.length] as BenchDomain
    const calls = episodeCalls(of.names, index).slice(0, steps)
    if (kind === 'live' || kind === 'parked') {
      const environment: LocalEnvironment = createEnvironment(worldOf(of))
      await environment.reset({ task: 'day-shift' })
      for (const call of calls) await step(environment, call)
      if (kind === 'parked') environment.park()
      kept.push(environment)
    } else {
      const host: Host = openHost(of, 'day')
      for (const call of calls) host.call(call)
      if (kind === 'host') kept.push(host)
      else {
        kept.push(differing(host.serialize(), of.images.get('day') as Uint8Array))
        host.close()
      }
    }
  }
  return { bytes: (await settled()) - idle }
})

/** Resident bytes once nothing more can be collected. */
async function settled(): Promise<number> {
  for (let pass = 0; pass < 4; pass++) {
    collect()
    await setImmediate()
  }
  return process.memoryUsage.rss()
}

function differing(database: Uint8Array, template: Uint8Array): Buffer {
  const now = Buffer.from(database)
  const pages: Buffer[] = []
  for (let start = 0; start < now.length; start += pageBytes) {
    const page = now.subarray(start, start + pageBytes)
    if (page.compare(template, start, start + page.length) !== 0) pages.push(page)
  }
  return Buffer.concat(pages)
}

/** The flag is on for a moment only: with it every isolate would have a global that no program may see. */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  const found = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  return found
}
