/**
 * The worlds that are ready to run: opened when first asked for, let go when others were used more recently. A session keeps
 * the version that it began with, whatever the catalogue has by now.
 *
 * What ships with this installation and what its own compiler made runs here; everything else in a process of its own
 * that may be killed, and a domain that brought one down is remembered as quarantined.
 */

import type { Catalog } from '../envs/catalog.ts'
import type { EnvironmentWorld } from '../envs/runtime/environment.ts'
import type { Trial } from '../envs/runtime/isolation/trial.ts'
import { openTrial } from '../envs/runtime/isolation/trial.ts'
import { createIsolatedWorld } from '../envs/runtime/isolation/world.ts'
import { defaultLimits } from '../envs/runtime/limits.ts'
import { openWorld } from '../envs/runtime/world.ts'
import type { Logger } from './replies.ts'

export interface Lease {
  readonly world: EnvironmentWorld
  /** One more for the same world, for whoever goes on from this session's state. */
  again(): Lease
  /** The session is done with it; a world in use is never closed. */
  release(): void
}

export interface Worlds {
  /** How many are ready to run. */
  readonly size: number
  /** @throws UNKNOWN_DOMAIN, DOMAIN_INVALID */
  lease(domain: string): Lease
  close(): Promise<void>
}

interface Opened {
  world: EnvironmentWorld & { close(): void | Promise<void> }
  users: number
}

export function createWorlds(catalog: Catalog, { worldsMax, log }: { worldsMax: number; log: Logger }): Worlds {
  const open = new Map<string, Opened>() // by id and version, least recently used first
  const closing = new Set<Promise<void>>()
  let trial: Trial | null = null

  const isolated = (id: string): Opened['world'] => {
    trial ??= openTrial()
    const domain = catalog.domain(id)
    return createIsolatedWorld({
      domain,
      images: new Map(domain.scenarios.map((scenario) => [scenario.id, catalog.image(id, scenario.id)])),
      limits: defaultLimits,
      trial,
      quarantined: catalog.quarantined(id),
      onQuarantine(reason) {
        log.error({ domain: id, version: domain.version, reason }, 'domain quarantined')
        try {
          catalog.quarantine(id, reason)
        } catch (error) {
          log.error({ err: error, domain: id }, 'the quarantine holds until this server ends: it could not be written')
        }
      },
    })
  }
  const make = (id: string): Opened['world'] =>
    catalog.provenance(id) === 'added'
      ? isolated(id)
      : openWorld({
          domain: catalog.domain(id),
          image: catalog.images(id),
          checked: true, // before it was stored as one that may run here
        })
  const shut = (world: Opened['world']): void => {
    const done = Promise.resolve(world.close())
      .catch((error) => log.error({ err: error }, 'a world did not close'))
      .finally(() => closing.delete(done))
    closing.add(done)
  }

  const hold = (entry: Opened): Lease => {
    entry.users += 1
    let held = true
    return {
      world: entry.world,
      again: () => hold(entry),
      release() {
        if (held) entry.users -= 1
        held = false
      },
    }
  }

  return {
    get size() {
      return open.size
    },
    lease(id) {
      const key = `${id} ${catalog.domain(id).version}`
      const entry = open.get(key) ?? { world: make(id), users: 0 }
      open.delete(key)
      open.set(key, entry)
      const lease = hold(entry)
      for (const [other, { world, users }] of open) {
        if (open.size <= worldsMax) break
        if (users > 0) continue
        open.delete(other)
        shut(world)
      }
      return lease
    },
    async close() {
      for (const { world } of open.values()) shut(world)
      open.clear()
      await Promise.all(closing)
      await trial?.close()
    },
  }
}
