/** The bound of batches: the same steps in this process, with no socket between. */

import { openCatalog } from '../../envs/catalog.ts'
import type { LocalEnvironment } from '../../envs/runtime/environment.ts'
import { createEnvironment } from '../../envs/runtime/environment.ts'
import { openWorld } from '../../envs/runtime/world.ts'
import type { BatchReply, BatchRequest } from './batch-load.ts'
import { serveParent } from './children.ts'

let environments: LocalEnvironment[] = []

serveParent<BatchRequest & { catalog: string }>(
  async ({ catalog: file, episodes, sessions, ms }): Promise<BatchReply> => {
    if (environments.length === 0) {
      const catalog = openCatalog({ file })
      const worlds = new Map(
        episodes.map(({ domain }) => [
          domain,
          openWorld({
            domain: catalog.domain(domain),
            image: (scenario) => catalog.image(domain, scenario),
            checked: true,
          }),
        ]),
      )
      environments = Array.from({ length: sessions }, (_, index) =>
        createEnvironment(worlds.get(episodes[index % episodes.length]?.domain ?? '') as never),
      )
    }
    let steps = 0
    let took = 0
    const turns = episodes[0]?.actions.length ?? 0
    while (took < ms) {
      for (const environment of environments) await environment.reset({ task: 'day-shift', seed: 1 })
      const began = performance.now()
      for (let turn = 0; turn < turns; turn++) {
        for (const [index, environment] of environments.entries()) {
          const { observation } = await environment.step(episodes[index % episodes.length]?.actions[turn] as never)
          if ('error' in observation && observation.error !== null) throw new Error(JSON.stringify(observation.error))
          steps += 1
        }
      }
      took += performance.now() - began
    }
    return { steps, ms: took }
  },
)
