import fc from 'fast-check'
import t from 'tap'
import { featureVectors } from '../../../envs/synthesis/graph/features.ts'
import { nearestNeighbours, type SparseVector } from '../../../envs/synthesis/graph/neighbours.ts'
import { buildGraph } from '../../../envs/synthesis/graph.ts'
import type { Method, Operation, Parameter } from '../../../envs/synthesis/operation.ts'

function operation(method: Method, path: string, parameters: string[], provider = 'one.com'): Operation {
  return {
    key: `${provider} ${method.toUpperCase()} ${path}`,
    provider,
    service: provider,
    method,
    path,
    name: 'do_it',
    description: 'Does it.',
    tags: [],
    parameters: parameters.map((given): Parameter => {
      const [place, name] = given.split(' ') as [Parameter['in'], string]
      return { name, in: place, required: place === 'path', shape: { type: 'string' } }
    }),
  }
}

function vector(pairs: readonly (readonly [number, number])[]): SparseVector {
  const sorted = [...new Map(pairs)].sort((a, b) => a[0] - b[0])
  const length = Math.hypot(...sorted.map(([, weight]) => weight))
  return {
    features: Uint32Array.from(sorted, ([feature]) => feature),
    weights: Float64Array.from(sorted, ([, weight]) => weight / length),
  }
}

function cosine(a: SparseVector, b: SparseVector): number {
  let sum = 0
  for (const [at, feature] of a.features.entries()) {
    const other = b.features.indexOf(feature)
    if (other >= 0) sum += (a.weights[at] as number) * (b.weights[other] as number)
  }
  return sum
}

const vectors = fc.array(
  fc.array(fc.tuple(fc.nat(11), fc.integer({ min: 1, max: 100 })), { maxLength: 6 }).map((pairs) => vector(pairs)),
  { maxLength: 40 },
)

t.test('the neighbours found are those that comparing every pair finds', async () => {
  fc.assert(
    fc.property(vectors, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (all, threshold) => {
      const found = nearestNeighbours(all, { threshold, neighboursMax: all.length })
      for (const [self, own] of all.entries()) {
        const near = new Map(found[self]?.map(({ index, similarity }) => [index, similarity]))
        for (const [other, its] of all.entries()) {
          const similarity = other === self ? 0 : cosine(own, its)
          // Within rounding of the threshold either answer is right.
          if (Math.abs(similarity - threshold) < 1e-9) continue
          if (near.has(other) !== similarity > threshold) return false
          if (near.has(other) && Math.abs((near.get(other) as number) - similarity) > 1e-9) return false
        }
      }
      return true
    }),
    { seed: 2, numRuns: 300 },
  )
})

t.test('of many neighbours the most alike are kept, by index where they are equally alike', async (t) => {
  const all = [
    vector([[0, 1]]),
    vector([
      [0, 1],
      [1, 1],
    ]),
    vector([[0, 1]]),
    vector([[0, 1]]),
  ]
  const [first] = nearestNeighbours(all, { threshold: 0.1, neighboursMax: 2 })
  t.same(
    first?.map(({ index }) => index),
    [2, 3],
  )
})

t.test('operations on one thing are linked, strangers are not', async (t) => {
  const operations = [
    operation('get', '/bookings/{bookingId}', ['path bookingId']),
    operation('delete', '/booking/{booking_id}', ['path booking_id'], 'two.com'),
    operation('get', '/songs/{songId}', ['path songId']),
  ]
  const keys = operations.map(({ key }) => key) as [string, string, string]
  const graph = buildGraph(operations)
  t.same(graph.nodes(), keys)
  t.ok(graph.hasEdge(keys[0], keys[1]), 'spelling and number make no difference')
  t.ok((graph.getEdgeAttribute(graph.edge(keys[0], keys[1]), 'weight') as number) > 0.9)
  t.notOk(graph.hasEdge(keys[0], keys[2]))
})

t.test('a bare id is the id of the thing before it', async (t) => {
  const operations = [
    operation('get', '/bookings/{id}', ['path id']),
    operation('get', '/songs/{id}', ['path id']),
    operation('put', '/bookings/{id}', ['path id', 'body title']),
  ]
  const keys = operations.map(({ key }) => key) as [string, string, string]
  const graph = buildGraph(operations, { features: 'parameters', threshold: 0.3 })
  t.ok(graph.hasEdge(keys[0], keys[2]))
  t.notOk(graph.hasEdge(keys[0], keys[1]))
})

t.test('what pages a list links nothing', async (t) => {
  const operations = [
    operation('get', '/bookings', ['query page', 'query limit']),
    operation('get', '/songs', ['query page', 'query limit']),
  ]
  t.equal(buildGraph(operations, { features: 'parameters', threshold: 0.1 }).size, 0)
})

t.test('what stands in most calls of a provider says nothing of them', async (t) => {
  const operations = Array.from({ length: 60 }, (_, index) =>
    operation('get', `/thing${String.fromCharCode(97 + (index % 26))}${index}`, ['query tenantCode']),
  )
  t.ok(featureVectors(operations, 'parameters').every(({ features }) => features.length === 0))
  t.ok(featureVectors(operations.slice(0, 59), 'parameters').every(({ features }) => features.length > 0))
})

t.test("parameters alone are the paper's form: what an operation is about does not count", async (t) => {
  const operations = [
    operation('post', '/trips', ['body departure_city', 'body seat']),
    operation('post', '/flights', ['body departure_city', 'body seat']),
  ]
  t.equal(buildGraph(operations, { features: 'parameters' }).size, 1)
  t.equal(buildGraph(operations, { threshold: 0.8 }).size, 0)
})

t.test('another φ can be handed in', async (t) => {
  const operations = [operation('get', '/a', []), operation('get', '/b', []), operation('get', '/c', [])]
  const graph = buildGraph(operations, {
    threshold: 0.5,
    vectors: (given) => given.map(({ path }) => vector([[path === '/b' ? 1 : 0, 1]])),
  })
  t.same(
    graph.mapEdges((_edge, _attributes, source, target) => [source, target]),
    [['one.com GET /a', 'one.com GET /c']],
  )
})

t.test('no operations make a graph of nothing', async (t) => {
  t.equal(buildGraph([]).order, 0)
})
