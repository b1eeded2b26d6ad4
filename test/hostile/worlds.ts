/** Where hostile programs run: in this process, or in one that may be killed. */

import { createEnvironment } from '../../envs/runtime/environment.ts'
import { buildImage } from '../../envs/runtime/image.ts'
import { openTrial } from '../../envs/runtime/isolation/trial.ts'
import { createIsolatedWorld } from '../../envs/runtime/isolation/world.ts'
import type { Limits } from '../../envs/runtime/limits.ts'
import { openWorld } from '../../envs/runtime/world.ts'
import type { Domain } from '../../schemas/domain.ts'
import type { HostileWorld } from './suite.ts'
import { hostileLimits } from './suite.ts'

export function makeLocal(domain: Domain, limits: Limits): HostileWorld {
  const images = imagesOf(domain)
  const world = openWorld({ domain, image: (id) => images.get(id) as Uint8Array, limits })
  return { open: () => createEnvironment(world), close: () => world.close() }
}

/** Each domain in a process of its own, and their gold in one more; the caller closes it when all worlds are closed. */
export function childMaker(): { make(domain: Domain, limits: Limits): HostileWorld; close(): Promise<void> } {
  // What is asked beside the calls is honest, and may take as long as a slow machine needs.
  const room = { requestMs: 20_000, processMib: 1024 }
  const trial = openTrial({ limits: hostileLimits('patient'), room })
  return {
    make(domain, limits) {
      const world = createIsolatedWorld({ domain, images: imagesOf(domain), limits, trial, room })
      return { open: () => createEnvironment(world), close: () => world.close() }
    },
    close: () => trial.close(),
  }
}

const imagesOf = (domain: Domain) =>
  new Map(domain.scenarios.map(({ id, rows }) => [id, buildImage(domain.tables, rows ?? {})]))
