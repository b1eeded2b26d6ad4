import t from 'tap'
import { openCatalog } from '../../envs/catalog.ts'
import { libraryDomains } from '../../envs/library/index.ts'
import { createEnvironment } from '../../envs/runtime/environment.ts'
import { openWorld } from '../../envs/runtime/world.ts'
import { environmentContract } from './environment.ts'

const catalog = openCatalog({})
t.teardown(() => catalog.close())
for (const { id } of libraryDomains) {
  t.test(`${id}, in this process`, (t) => {
    const domain = catalog.domain(id)
    const world = openWorld({ domain, image: (scenario) => catalog.image(id, scenario) })
    t.teardown(() => world.close())
    environmentContract(t, { domain, make: async () => createEnvironment(world) })
    t.end()
  })
}
