import fc from 'fast-check'
import t from 'tap'
import { createChatModel, createEmbedder } from '../../../envs/models.ts'
import { judgeDependencies } from '../../../envs/synthesis/dependencies/judge.ts'
import { findDependencies } from '../../../envs/synthesis/dependencies.ts'
import { embedOperations, nearestDense, textOf } from '../../../envs/synthesis/graph/dense.ts'
import { buildGraph } from '../../../envs/synthesis/graph.ts'
import type { Operation, Parameter } from '../../../envs/synthesis/operation.ts'
import { embeddings, startEndpoint } from '../endpoint.ts'

function operation(key: string, parameters: string[], tells: string[] = []): Operation {
  const [method, path] = key.split(' ') as [Operation['method'] & string, string]
  return {
    key,
    provider: 'one.com',
    service: 'one.com',
    method,
    path,
    name: `${method}_it`,
    description: 'Does it.',
    tags: [],
    parameters: parameters.map(
      (name): Parameter => ({
        name,
        in: path.includes(`{${name}}`) ? 'path' : 'query',
        required: true,
        shape: { type: 'string' },
      }),
    ),
    ...(tells.length > 0 && {
      response: {
        type: 'object',
        properties: Object.fromEntries(tells.map((name) => [name, { type: 'string' as const }])),
      },
    }),
  } as Operation
}

const vectors = fc.array(
  fc
    .array(fc.integer({ min: -9, max: 9 }), { minLength: 90, maxLength: 90 })
    .filter((values) => values.some((value) => value !== 0))
    .map((values) => {
      const norm = Math.hypot(...values)
      return Float32Array.from(values, (value) => value / norm)
    }),
  { maxLength: 25 },
)

t.test('the neighbours found are those that comparing every pair finds', async () => {
  fc.assert(
    fc.property(vectors, fc.double({ min: 0.01, max: 0.9, noNaN: true }), (all, threshold) => {
      const found = nearestDense(all, { threshold, neighboursMax: all.length })
      return all.every((own, self) => {
        const near = new Set(found[self]?.map(({ index }) => index))
        return all.every((its, other) => {
          const similarity = own.reduce((sum, value, at) => sum + value * (its[at] as number), 0)
          return other === self || Math.abs(similarity - threshold) < 1e-4 || near.has(other) === similarity > threshold
        })
      })
    }),
    { seed: 2, numRuns: 100 },
  )
})

t.test('what is the same is nearest, and what says nothing has no neighbours', async (t) => {
  const [a, b] = [Float32Array.of(1, 0), Float32Array.of(0.8, 0.6)]
  const found = nearestDense([a, b, a, undefined], { threshold: 0.5, neighboursMax: 5 })
  t.same(
    found.map((own) => own.map(({ index }) => index)),
    [[2, 1], [0, 2], [0, 1], []],
  )
})

t.test("the paper's form embeds parameters alone; the default also what the operation is about", async (t) => {
  const one = operation('get /hotels/{hotel_id}', ['hotel_id'])
  t.equal(textOf(one, 'parameters'), 'hotel id (string)')
  t.equal(textOf(one, 'parameters+resources'), 'hotel\nhotel id (string)')
  t.equal(textOf(operation('get /hotels', []), 'parameters'), '')
})

t.test('a graph on embeddings of an endpoint', async (t) => {
  const endpoint = await startEndpoint(embeddings)
  t.teardown(() => endpoint.close())
  const operations = [
    operation('get /hotels/{hotel_id}', ['hotel_id']),
    operation('put /hotels/{hotel_id}', ['hotel_id']),
    operation('get /zz', ['quux_jazz']),
    operation('get /nothing', []),
  ]
  const embedder = createEmbedder({ url: endpoint.url, model: 'letters' })
  const dense = await embedOperations(operations, embedder, 'parameters')
  t.match(endpoint.asked[0]?.body.input, { length: 2 }, 'the same parameters are embedded once')
  const graph = buildGraph(operations, { dense, threshold: 0.95 })
  t.same(
    graph.mapEdges((_edge, _attributes, a, b) => [a, b]),
    [['get /hotels/{hotel_id}', 'put /hotels/{hotel_id}']],
  )
})

const shop = [
  operation('get /hotels', ['city'], ['hotel_id', 'mayor']),
  operation('get /hotels/{hotel_id}', ['hotel_id'], ['hotel_id', 'name']),
  operation('get /rooms', ['hotel_ref', 'name'], ['room_id']),
]

t.test("a judge's word is taken where it speaks of what is there, the rules' where it talks nonsense", async (t) => {
  const endpoint = await startEndpoint(({ body }) => {
    const [, { content }] = body.messages as [object, { content: string }]
    const { first, second } = JSON.parse(content) as {
      first: { answer_fields: object }
      second: { parameters: object }
    }
    const asked = `${Object.keys(first.answer_fields)} > ${Object.keys(second.parameters)}`
    const feeds =
      asked === 'hotel_id,mayor > hotel_id'
        ? [{ field: 'owner', parameter: 'hotel_id' }]
        : asked === 'hotel_id,mayor > hotel_ref,name'
          ? [{ field: 'mayor', parameter: 'name', confidence: 0.7 }]
          : []
    return { body: { choices: [{ message: { content: `Of course: ${JSON.stringify({ feeds })}` } }] } }
  })
  t.teardown(() => endpoint.close())
  const model = createChatModel({ url: endpoint.url, model: 'judge' })
  const { dependencies, asked, unusable } = await judgeDependencies(shop, model, { everyPair: true })
  t.equal(asked, 6)
  t.equal(unusable, 1)
  const short = dependencies.map(({ from, field, to, parameter, rule, score }) => [
    from,
    field,
    to,
    parameter,
    rule,
    score,
  ])
  const rules = findDependencies(shop).filter(
    ({ from, to }) => from === 'get /hotels' && to === 'get /hotels/{hotel_id}',
  )
  t.equal(rules.length, 1)
  t.same(short, [
    ['get /hotels', 'hotel_id', 'get /hotels/{hotel_id}', 'hotel_id', rules[0]?.rule, rules[0]?.score],
    ['get /hotels', 'mayor', 'get /rooms', 'name', 'judged', 0.7],
  ])
})

t.test(
  'only pairs for which some rule speaks are asked about, and every answer that is no verdict is counted',
  async (t) => {
    for (const content of ['yes', '{"feeds": 3}', '{"feeds": [{"field": 1}]}', '}{', null]) {
      const endpoint = await startEndpoint(() => ({ body: { choices: [{ message: { content } }] } }))
      const judged = await judgeDependencies(shop, createChatModel({ url: endpoint.url, model: 'judge' }))
      t.ok(judged.asked >= 1 && judged.asked < 6, `${judged.asked} pairs`)
      t.equal(judged.unusable, judged.asked)
      const key = ({ from, to, parameter }: { from: string; to: string; parameter: string }): string =>
        `${from} ${to} ${parameter}`
      t.same(judged.dependencies.map(key).sort(), findDependencies(shop).map(key).sort())
      await endpoint.close()
    }
  },
)

t.test('an endpoint that fails is told', async (t) => {
  const endpoint = await startEndpoint(() => ({ status: 401, body: { error: { message: 'who are you' } } }))
  t.teardown(() => endpoint.close())
  const options = { url: endpoint.url, model: 'judge', retriesMax: 0 }
  await t.rejects(judgeDependencies(shop, createChatModel(options)), { code: 'MODEL_FAILED', message: /401/ })
  await t.rejects(embedOperations(shop, createEmbedder(options), 'parameters'), { code: 'MODEL_FAILED' })
})
