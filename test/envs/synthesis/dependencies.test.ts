import t from 'tap'
import { identify } from '../../../envs/synthesis/dependencies/identifiers.ts'
import { longestWalk } from '../../../envs/synthesis/dependencies/walks.ts'
import { type Dependency, findDependencies } from '../../../envs/synthesis/dependencies.ts'
import type { Method, Operation, Shape } from '../../../envs/synthesis/operation.ts'
import { measureLinks } from '../../bench/links.ts'

const text: Shape = { type: 'string' }
const object = (properties: Record<string, Shape>, component?: string): Shape => ({
  type: 'object',
  properties,
  ...(component !== undefined && { component }),
})
const list = (items: Shape): Shape => ({ type: 'array', items })

interface Given {
  takes?: Record<string, Shape>
  tells?: Shape
  provider?: string
  name?: string
}

function operation(route: string, { takes = {}, tells, provider = 'one.com', name }: Given = {}): Operation {
  const [method, path] = route.split(' ') as [Method, string]
  const verb = {
    get: path.endsWith('}') ? 'get' : 'list',
    post: 'create',
    put: 'update',
    patch: 'update',
    delete: 'delete',
  }[method]
  const picked = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)
  return {
    key: `${provider} ${route}`,
    provider,
    service: provider,
    method,
    path,
    name: name ?? `${verb}_it`,
    description: 'Does it.',
    tags: [],
    parameters: [
      ...picked.map((one) => ({ name: one, in: 'path' as const, required: true, shape: takes[one] ?? text })),
      ...Object.entries(takes)
        .filter(([one]) => !picked.includes(one))
        .map(([one, shape]) => ({
          name: one,
          in: method === 'get' ? ('query' as const) : ('body' as const),
          required: false,
          shape,
        })),
    ],
    ...(tells !== undefined && { response: tells }),
  }
}

const teaching = (operations: Operation[]): string[] =>
  findDependencies(operations)
    .filter(({ carried }) => !carried)
    .map(({ from, field, to, parameter, rule }) => `${from.slice(8)} ${field} > ${to.slice(8)} ${parameter}: ${rule}`)

t.test('a name says what it picks, and by what', async (t) => {
  t.same(identify('customerId'), { thing: 'customer', suffix: 'id' })
  t.same(identify('customer_uuid'), { thing: 'customer', suffix: 'id' })
  t.same(identify('customerids'), { thing: 'customer', suffix: 'id' })
  t.same(identify('customerid'), { thing: 'customer', suffix: 'id' })
  t.same(identify('idBoard'), { thing: 'board', suffix: 'id' })
  t.same(identify('AssistantSid'), { thing: 'assistant', suffix: 'sid' })
  t.same(identify('id'), { thing: '', suffix: 'id' })
  t.same(identify('resource_id'), { thing: '', suffix: 'id' }, 'a resource is anything')
  for (const plain of ['paid', 'valid', 'grid', 'title', 'created_at']) t.equal(identify(plain), undefined, plain)
})

t.test('each rule finds what it is there for', async (t) => {
  const row = object({ id: text, name: text }, 'Order')
  const wants = operation('get /orders/{order_id}')
  const from = (tells: Shape): string[] => teaching([operation('get /orders', { tells }), wants])
  const edge = (field: string, rule: string): string[] => [
    `get /orders ${field} > get /orders/{order_id} order_id: ${rule}`,
  ]
  t.same(from(object({ order_id: text })), edge('order_id', 'same_name'))
  t.same(from(object({ orderId: text })), edge('orderId', 'same_words'))
  t.same(from(list(row)), edge('[].id', 'thing_and_suffix'))
  t.same(from(object({ slug: text })), edge('slug', 'suffix_synonym'))
  t.same(from(object({ title: text })), [])
  t.same(teaching([operation('get /orders', { tells: list(row) }), operation('get /orders/{id}')]), [
    'get /orders [].id > get /orders/{id} id: path',
  ])
  t.same(teaching([operation('get /sales_orders', { tells: list(object({ id: text })) }), wants]), [
    'get /sales_orders [].id > get /orders/{order_id} order_id: part_of_name',
  ])
  t.same(teaching([operation('get /tasks', { tells: object({ owner_id: text }) }), operation('get /users/{id}')]), [
    'get /tasks owner_id > get /users/{id} id: role',
  ])
  t.same(
    teaching([
      operation('get /systems', { tells: list(object({ symbol: text })) }),
      operation('get /systems/{systemSymbol}'),
    ]),
    ['get /systems [].symbol > get /systems/{systemSymbol} systemSymbol: thing_and_suffix'],
  )
})

t.test('pages, envelopes and things inside things are unwrapped', async (t) => {
  const wants = [operation('get /orders/{id}'), operation('get /customers/{id}')]
  const customer = object({ id: text })
  for (const [tells, order, buyer] of [
    [list(object({ id: text, customer })), '[].id', '[].customer.id'],
    [object({ data: list(object({ id: text, customer })), next: text }), 'data[].id', 'data[].customer.id'],
    [object({ orders: list(object({ id: text, customer })) }), 'orders[].id', 'orders[].customer.id'],
    [object({ order: object({ id: text, customer }) }), 'order.id', 'order.customer.id'],
  ] as [Shape, string, string][]) {
    t.same(teaching([operation('get /orders', { tells }), ...wants]), [
      `get /orders ${buyer} > get /customers/{id} id: path`,
      `get /orders ${order} > get /orders/{id} id: path`,
    ])
  }
})

t.test('a delete feeds nothing, a tool not itself, and a create is not told its own identifier', async (t) => {
  const tells = object({ order_id: text })
  t.same(teaching([operation('delete /orders', { tells }), operation('get /orders/{order_id}')]), [])
  t.same(teaching([operation('get /orders', { tells, takes: { order_id: text } })]), [])
  t.same(teaching([operation('get /orders', { tells }), operation('post /orders', { takes: { order_id: text } })]), [])
})

t.test('what passes on what it was given teaches nothing, and is marked', async (t) => {
  const tells = object({ order_id: text })
  const found = findDependencies([
    operation('get /orders/{order_id}', { tells }),
    operation('delete /orders/{order_id}'),
    operation('post /orders', { tells }),
  ])
  t.same(
    found.map(({ from, to, carried }) => [from.slice(8), to.slice(8), carried]),
    [
      ['post /orders', 'delete /orders/{order_id}', false],
      ['get /orders/{order_id}', 'delete /orders/{order_id}', true],
      ['post /orders', 'get /orders/{order_id}', false],
    ],
  )
})

t.test('of two fields that fit equally neither is taken', async (t) => {
  const found = teaching([
    operation('get /trips', {
      tells: object({ start: object({ id: text }, 'Port'), end: object({ id: text }, 'Port') }),
    }),
    operation('get /ports/{id}'),
  ])
  t.same(found, [])
})

t.test('types, formats and owners lower the score, enumerations that share nothing rule out', async (t) => {
  const score = (field: Shape, parameter: Shape, provider = 'one.com'): number =>
    findDependencies(
      [
        operation('get /orders', { tells: object({ order_id: field }) }),
        operation('get /orders/{order_id}', { takes: { order_id: parameter }, provider }),
      ],
      { scoreMin: 0 },
    )[0]?.score ?? 0
  const best = score(text, text)
  t.ok(score({ type: 'integer' }, text) < best)
  t.ok(score({ ...text, format: 'uuid' }, { ...text, format: 'date' }) < best)
  t.equal(score({ type: 'integer', format: 'int32' }, { type: 'integer', format: 'int64' }), best)
  t.ok(score(text, text, 'two.com') < best)
  t.equal(score({ ...text, enum: ['a'] }, { ...text, enum: ['b'] }), 0)
  t.ok(best > 0 && best <= 1)
})

t.test(
  'the longest walk counts calls, needs a write, and by the strict way goes only where something is learnt',
  async (t) => {
    const operations = [
      operation('get /shops', { tells: list(object({ shop_id: text })) }),
      operation('get /shops/{shop_id}/orders', { tells: list(object({ order_id: text })) }),
      operation('post /orders/{order_id}/lines', { tells: object({ line_id: text }), name: 'create_line' }),
      operation('delete /lines/{line_id}'),
    ]
    const found = findDependencies(operations)
    t.equal(longestWalk(operations, found), 4)
    t.equal(longestWalk(operations, found, { stepsMax: 3 }), 3)
    const reads = operations.slice(0, 2)
    t.equal(longestWalk(reads, findDependencies(reads)), 0, 'nothing is changed')
    const carried: Dependency[] = found.map((one) => ({ ...one, carried: true }))
    t.equal(longestWalk(operations, carried), 0)
    t.equal(longestWalk(operations, carried, { strict: false }), 4)
    t.equal(longestWalk([], []), 0)
  },
)

t.test('links that a document declares are what the rules are held against', async (t) => {
  const parameter = { name: 'orderId', in: 'path', required: true, schema: { type: 'string' } }
  const get = (links: object, properties: object): object => ({
    description: 'Shows it.',
    parameters: [{ name: 'q', in: 'query', schema: { type: 'string' } }],
    responses: {
      200: { description: 'ok', links, content: { 'application/json': { schema: { type: 'object', properties } } } },
    },
  })
  const link = (pointer: string): object => ({
    order: { operationId: 'getOrder', parameters: { orderId: `$response.body#/${pointer}` } },
  })
  const id = { type: 'string' }
  const document = {
    openapi: '3.0.0',
    info: { title: 'Shop', version: '1' },
    paths: {
      '/orders/{orderId}': { get: { ...get({}, { id }), operationId: 'getOrder', parameters: [parameter] } },
      '/orders': { get: get(link('orderId'), { orderId: id }) },
      '/carts': { get: get(link('number'), { number: id, orderId: id }) },
      '/hats': { get: get(link('colour'), { colour: id }) },
      '/socks': { get: get({ ...link('size'), other: { operationId: 'nowhere' } }, { size: id }) },
    },
  }
  const misses: string[] = []
  const figures = await measureLinks([{ name: 'shop.json', text: JSON.stringify(document) }], ({ field }) =>
    misses.push(field),
  )
  t.same(figures, {
    documents: 1,
    declared: 4,
    found: 2,
    sameField: 1,
    said: 2,
    recall: 0.5,
    precisionAtLeast: 1,
  })
  t.same(misses.sort(), ['colour', 'number', 'size'])
})
