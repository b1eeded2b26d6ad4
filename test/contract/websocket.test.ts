import t from 'tap'
import { connect } from '../../clients/typescript/index.ts'
import { openCatalog } from '../../envs/catalog.ts'
import { libraryDomains } from '../../envs/library/index.ts'
import { startServer } from '../../server/app.ts'
import { environmentContract } from './environment.ts'

const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
})
const client = connect(server.url)
for (const { id } of libraryDomains) {
  t.test(`${id}, over a WebSocket`, (t) => {
    environmentContract(t, { domain: catalog.domain(id), make: () => client.make(id) })
    t.end()
  })
}

t.test('no session is left once its socket is closed', async (t) => {
  for (let tries = 0; server.sessions > 0 && tries < 300; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  t.equal(server.sessions, 0)
})
