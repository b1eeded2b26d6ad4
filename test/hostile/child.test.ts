/** The same hostile programs in a process that may be killed, and those that only such a one can hold. */

import t from 'tap'
import { createEnvironment } from '../../envs/runtime/environment.ts'
import { buildImage } from '../../envs/runtime/image.ts'
import { openTrial } from '../../envs/runtime/isolation/trial.ts'
import { createIsolatedWorld } from '../../envs/runtime/isolation/world.ts'
import { defaultLimits } from '../../envs/runtime/limits.ts'
import { hostileLimits, hostileSuite } from './suite.ts'

const limits = { ...defaultLimits, ...hostileLimits }
const room = { requestMs: 1500, processMib: 1024 }
const trial = openTrial({ limits, room })
t.teardown(() => trial.close())

hostileSuite(t, {
  killable: true,
  make(domain) {
    const images = new Map(domain.scenarios.map(({ id, rows }) => [id, buildImage(domain.tables, rows ?? {})]))
    const world = createIsolatedWorld({ domain, images, limits, trial, room })
    return { open: () => createEnvironment(world), close: () => world.close() }
  },
})
