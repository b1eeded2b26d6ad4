/** The worlds that are ready to run: opened when first asked for, let go when others were used more recently. */

import type { Catalog } from '../envs/catalog.ts'
import type { World } from '../envs/runtime/world.ts'
import { openWorld } from '../envs/runtime/world.ts'

export interface Lease {
  readonly world: World
  /** The session is done with it; a world in use is never closed. */
  release(): void
}

export interface Worlds {
  /** @throws UNKNOWN_DOMAIN, DOMAIN_INVALID */
  lease(domain: string): Lease
  close(): void
}

export function createWorlds(catalog: Catalog, worldsMax: number): Worlds {
  const open = new Map<string, { world: World; users: number }>() // least recently used first
  return {
    lease(id) {
      const entry = open.get(id) ?? {
        world: openWorld({ domain: catalog.domain(id), image: (scenario) => catalog.image(id, scenario) }),
        users: 0,
      }
      open.delete(id)
      open.set(id, entry)
      entry.users += 1
      for (const [other, { world, users }] of open) {
        if (open.size <= worldsMax) break
        if (users > 0) continue
        world.close()
        open.delete(other)
      }
      let held = true
      return {
        world: entry.world,
        release() {
          if (held) entry.users -= 1
          held = false
        },
      }
    },
    close() {
      for (const { world } of open.values()) world.close()
      open.clear()
    },
  }
}
