/** Traces reach a collector that speaks OTLP, and say nothing that is secret. */

import { createServer } from 'node:http'
import t from 'tap'
import { openCatalog } from '../../envs/catalog.ts'
import { startServer } from '../../server/app.ts'
import { dial } from './line.ts'

interface Sent {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] }
    scopeSpans: { spans: { name: string; status: { code?: number }; attributes: { key: string; value: object }[] }[] }[]
  }[]
}

t.test('each reset, step and verification is a span with its domain and its fault', async (t) => {
  const bodies: string[] = []
  const collector = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    if (request.url === '/v1/traces') bodies.push(body)
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  t.teardown(() => collector.close())
  const { port } = collector.address() as { port: number }
  const catalog = openCatalog({})
  const server = await startServer({ catalog, config: { port: 0, tracesUrl: `http://127.0.0.1:${port}` } })
  const line = await dial(`${server.url}/domains/hotel-chain/ws`)
  const { token, session } = (await line.ask({ type: 'reset', data: { task: 'new-phone' } })).data.observation.metadata
  await line.ask({ type: 'step', data: { type: 'submit', answer: 'a secret answer' } })
  await line.ask({ type: 'step', data: { type: 'submit' } })
  await line.ask({ type: 'verify' })
  await line.hangUp()
  await server.close()
  catalog.close()
  const [resource] = bodies.flatMap((body) => (JSON.parse(body) as Sent).resourceSpans)
  t.match(resource?.resource.attributes, [{ key: 'service.name', value: { stringValue: 'microcosm' } }])
  const spans = bodies.flatMap((body) =>
    (JSON.parse(body) as Sent).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  )
  t.same(
    spans.map(({ name, status }) => [name, status.code ?? 0]),
    [
      ['reset', 0],
      ['step', 0],
      ['step', 2],
      ['verify', 0],
    ],
  )
  t.match(spans[2]?.attributes, [
    { key: 'microcosm.domain', value: { stringValue: 'hotel-chain' } },
    { key: 'microcosm.key' },
    { key: 'microcosm.code', value: { stringValue: 'EPISODE_ENDED' } },
  ])
  for (const secret of [token, session, 'a secret answer']) t.notOk(bodies.join('').includes(secret))
})
