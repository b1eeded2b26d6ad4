import t from 'tap'
import { openCatalog } from '../../envs/catalog.ts'
import { libraryDomains } from '../../envs/library/index.ts'
import { createEnvironment } from '../../envs/runtime/environment.ts'
import { openTrial } from '../../envs/runtime/isolation/trial.ts'
import { createIsolatedWorld } from '../../envs/runtime/isolation/world.ts'
import { defaultLimits } from '../../envs/runtime/limits.ts'
import { environmentContract } from './environment.ts'

const catalog = openCatalog({})
const trial = openTrial()
t.teardown(async () => {
  await trial.close()
  catalog.close()
})
for (const { id } of libraryDomains) {
  t.test(`${id}, in a child process`, (t) => {
    const domain = catalog.domain(id)
    const images = new Map(domain.scenarios.map((scenario) => [scenario.id, catalog.image(id, scenario.id)]))
    const world = createIsolatedWorld({ domain, images, limits: defaultLimits, trial })
    t.teardown(() => world.close())
    environmentContract(t, { domain, make: async () => createEnvironment(world) })
    t.end()
  })
}
