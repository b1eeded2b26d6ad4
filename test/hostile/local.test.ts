/** Hostile programs in the serving process: what the sandbox alone holds. */

import t from 'tap'
import { createEnvironment } from '../../envs/runtime/environment.ts'
import { buildImage } from '../../envs/runtime/image.ts'
import { openWorld } from '../../envs/runtime/world.ts'
import { hostileLimits, hostileSuite } from './suite.ts'

hostileSuite(t, {
  make(domain) {
    const image = (id: string) =>
      buildImage(domain.tables, domain.scenarios.find((scenario) => scenario.id === id)?.rows ?? {})
    const world = openWorld({ domain, image, limits: hostileLimits })
    return { open: () => createEnvironment(world), close: () => world.close() }
  },
})
