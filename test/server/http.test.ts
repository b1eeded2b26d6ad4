import t from 'tap'
import { connect } from '../../clients/typescript/index.ts'
import { openCatalog } from '../../envs/catalog.ts'
import { startServer } from '../../server/app.ts'

const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
})

async function get(path: string) {
  const response = await fetch(server.url + path)
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    body: (await response.json()) as Record<string, unknown>,
  }
}

t.test('health, metadata and schema are as OpenEnv has them', async (t) => {
  t.match(await get('/health'), { status: 200, body: { status: 'healthy' } })
  t.match((await get('/domains/hotel-chain/metadata')).body, { name: 'Hotel chain', description: String })
  t.match((await get('/domains/hotel-chain/schema')).body, { action: Object, observation: Object, state: Object })
})

t.test('domains are listed by page and found by search', async (t) => {
  t.match((await get('/domains')).body, {
    total: 1,
    next_cursor: null,
    domains: [{ id: 'hotel-chain', tools: 19, tasks: 24, providers: [] }],
  })
  t.match((await get('/domains?search=RESERVATION')).body, { total: 1 })
  t.match((await get('/domains?search=nothing-of-it')).body, { total: 0, domains: [] })
  t.match((await get('/domains/hotel-chain/tasks?limit=5&cursor=20')).body, {
    total: 24,
    next_cursor: null,
    tasks: { length: 4 },
  })
  t.match((await get('/domains/hotel-chain/tasks?split=test')).body, { total: 7 })
})

t.test('neither gold nor what leads to it is shown', async (t) => {
  const hidden = ['gold', 'slots', 'certificate', 'scenario', 'scenarios', 'program', 'statements']
  for (const path of ['/domains', '/domains/hotel-chain', '/domains/hotel-chain/tasks']) {
    const keys: string[] = []
    JSON.stringify((await get(path)).body, (key, value) => {
      keys.push(key)
      return value
    })
    t.same(
      keys.filter((key) => hidden.includes(key)),
      [],
      path,
    )
  }
})

t.test('what is asked for wrongly is told as a problem, with its code and remedy', async (t) => {
  const missing = await get('/domains/hotel-chian')
  t.match(missing, {
    status: 404,
    type: /problem\+json/,
    body: { code: 'UNKNOWN_DOMAIN', detail: /Did you mean "hotel-chain"\?/, remedy: String },
  })
  t.match(await get('/domains?limit=0'), { status: 422, body: { code: 'VALIDATION_ERROR', detail: /limit/ } })
  t.match(await get('/nowhere'), { status: 404, body: { code: 'NOT_FOUND' } })
  t.match(await get('/domains/%E0%A4%A'), { body: { code: String } })
})

t.test('the client lists what is served, and passes errors on by their codes', async (t) => {
  const client = connect(`${server.url}/`)
  t.same(
    (await client.domains()).map(({ id }) => id),
    ['hotel-chain'],
  )
  t.equal((await client.tasks('hotel-chain')).length, 24)
  await t.rejects(client.tasks('hotel-chian'), { code: 'UNKNOWN_DOMAIN' })
  await t.rejects(connect('http://127.0.0.1:9').domains(), { code: 'CONNECTION_LOST' })
  await t.rejects(connect('http://127.0.0.1:9').make('hotel-chain'), { code: 'CONNECTION_LOST' })
  const unknown = await client.make('hotel-chian')
  await t.rejects(unknown.reset(), { code: 'UNKNOWN_DOMAIN' })
  await unknown.close()
})

t.test('a server that goes away is told as a lost connection, and no call hangs', async (t) => {
  const own = await startServer({ catalog, config: { port: 0 } })
  const environment = await connect(own.url).make('hotel-chain')
  await environment.reset()
  await own.close()
  await t.rejects(environment.verify(), { code: 'CONNECTION_LOST' })
  await environment.close()
})
