import fc from 'fast-check'
import t from 'tap'
import { proposeNames } from '../../../envs/synthesis/collect/name.ts'
import { plainText } from '../../../envs/synthesis/collect/text.ts'
import { kindOf } from '../../../envs/synthesis/collect/verbs.ts'
import { singular, splitWords } from '../../../envs/synthesis/collect/words.ts'
import { type Collection, collect } from '../../../envs/synthesis/collect.ts'
import { readCorpus } from '../../../envs/synthesis/corpus.ts'
import type { Operation } from '../../../envs/synthesis/operation.ts'
import { reservedToolNames } from '../../../schemas/tool.ts'

type Json = Record<string, unknown>

function document(paths: Json, more: Json = {}): string {
  const info = { title: 'Pets', version: '1', 'x-providerName': 'pets.com', ...((more.info as Json) ?? {}) }
  return JSON.stringify({ openapi: '3.0.0', ...more, info, paths })
}

function read(paths: Json, more?: Json): Promise<Collection> {
  return collect([{ name: 'pets.json', text: document(paths, more) }])
}

const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }
const get = { operationId: 'getPet', summary: 'One pet', parameters: [id] }

async function one(operation: Json, more?: Json): Promise<Operation> {
  const { operations } = await read({ '/pets/{id}': { get: { ...get, ...operation } } }, more)
  return operations[0] as Operation
}

t.test('an operation comes out in normal form', async (t) => {
  const { operations, problems, seen, documents } = await read(
    {
      '/pets/{id}': {
        parameters: [id, { name: 'X-Trace', in: 'header', schema: { type: 'string' } }],
        put: {
          operationId: 'updatePet',
          tags: ['pets'],
          summary: 'Change a pet',
          description: '<p>Changes a <b>pet</b>. See [here](https://pets.com/a).</p>',
          parameters: [{ name: 'notify', in: 'query', schema: { type: 'boolean' } }],
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } },
          responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } } },
        },
      },
    },
    {
      info: { license: { name: 'MIT' } },
      components: {
        schemas: {
          Pet: {
            type: 'object',
            required: ['name'],
            properties: {
              id: { type: 'string', readOnly: true },
              name: { type: 'string', description: 'What it is called', example: 'Rex' },
            },
          },
        },
      },
    },
  )
  const named = { type: 'string', description: 'What it is called', example: 'Rex' }
  t.same(problems, [])
  t.equal(documents, 1)
  t.equal(seen, 1)
  t.same(operations, [
    {
      key: 'pets.com PUT /pets/{id}',
      provider: 'pets.com',
      service: 'pets.com',
      operationId: 'updatePet',
      method: 'put',
      path: '/pets/{id}',
      name: 'update_pet',
      summary: 'Change a pet',
      description: 'Changes a pet. See here.',
      tags: ['pets'],
      licence: 'MIT',
      origin: { format: 'openapi-3.0', document: 'pets.json', place: '/paths/~1pets~1{id}/put' },
      parameters: [
        { name: 'id', in: 'path', required: true, shape: { type: 'string' } },
        { name: 'notify', in: 'query', required: false, shape: { type: 'boolean' } },
        {
          name: 'name',
          in: 'body',
          required: true,
          description: 'What it is called',
          shape: { type: 'string', example: 'Rex' },
        },
      ],
      response: {
        type: 'object',
        component: 'Pet',
        properties: { id: { type: 'string', readOnly: true }, name: named },
        required: ['name'],
      },
    },
  ])
})

t.test('what is no API description is a problem of that document alone', async (t) => {
  const good = document({ '/pets/{id}': { get } })
  for (const [text, says] of [
    ['', /empty/],
    ['{"openapi": "3.0.0", ', /Not JSON/],
    ['[]', /top level/],
    ['null', /top level/],
    ['just words', /top level/],
    ['{"name": "package"}', /its top level has name/],
    ['{"swagger": "1.2", "paths": {}}', /swagger "1.2"/],
    ['{"openapi": 4, "paths": {}}', /openapi 4/],
    ['{"asyncapi": "2.6.0"}', /asyncapi/],
    ['openapi: "3.0.0"\n\tpaths: {}', /Not YAML/],
  ] as const) {
    const { operations, problems } = await collect([
      { name: 'bad.json', text },
      { name: 'good.json', text: good },
    ])
    t.match(problems, [{ document: 'bad.json', place: '', code: 'DOCUMENT_INVALID', message: says }], text)
    t.equal(problems.length, 1)
    t.equal(operations.length, 1)
  }
  const { problems } = await collect([{ name: 'bad.json', text: '{"openapi": "3.1.0", "paths": []}' }])
  t.match(problems, [{ place: '/paths', code: 'DOCUMENT_INVALID', message: /paths/ }])
})

t.test('a document without paths is read and has nothing', async (t) => {
  const text = JSON.stringify({ openapi: '3.1.0', info: { title: 'Hooks' }, webhooks: {} })
  t.match(await collect([{ name: 'a.json', text }]), { operations: [], problems: [], documents: 1 })
})

t.test('parts that are not what they should be are passed over', async (t) => {
  const { operations, problems } = await read({
    '/a': null,
    '/b': [],
    '/c': { get: 'no', put: 3, parameters: 'no' },
    '/pets/{id}': {
      parameters: [null, 4, {}, { name: 5, in: 'path' }],
      get: { ...get, parameters: [id, 'x'], tags: [1, 'pets'], responses: { 200: null, 201: { content: 5 } } },
      post: { operationId: 7, summary: {}, description: [], parameters: {}, requestBody: { content: [] } },
    },
  })
  t.same(problems, [])
  t.equal(operations.length, 1)
  t.match(operations[0], { name: 'get_pet', tags: ['pets'], parameters: [{ name: 'id' }] })
})

t.test('a broken reference is reported once with its place, and the operation is kept without that part', async (t) => {
  const { operations, problems } = await read({
    '/pets/{id}': {
      get: {
        ...get,
        parameters: [id, { $ref: '#/components/parameters/gone' }],
        responses: {
          200: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: { owner: { $ref: 'other.yaml#/Owner' }, name: { type: 'string' } },
                },
              },
            },
          },
        },
      },
    },
  })
  const schema = '/paths/~1pets~1{id}/get/responses/200/content/application~1json/schema'
  t.same(
    problems.map(({ code, place }) => ({ code, place })),
    [
      { code: 'REFERENCE_BROKEN', place: '/paths/~1pets~1{id}/get/parameters/1' },
      { code: 'REFERENCE_BROKEN', place: `${schema}/properties/owner` },
    ],
  )
  t.match(problems[0]?.message, /leads to nothing/)
  t.match(problems[1]?.message, /outside the document/)
  t.same(
    operations[0]?.parameters.map(({ name }) => name),
    ['id'],
  )
  t.same(operations[0]?.response?.properties, { owner: { type: 'unknown' }, name: { type: 'string' } })
})

t.test('an operation of which a broken reference leaves no input is dropped', async (t) => {
  const { operations, dropped, problems } = await read({
    '/pets': { post: { operationId: 'createPet', summary: 'New', requestBody: { $ref: '#/nowhere' } } },
  })
  t.same(operations, [])
  t.equal(dropped.no_input, 1)
  t.equal(problems[0]?.code, 'REFERENCE_BROKEN')
})

t.test('references that go round in circles end', async (t) => {
  const { problems } = await read(
    { '/pets/{id}': { get: { ...get, parameters: [id, { $ref: '#/components/parameters/a' }] } } },
    {
      components: {
        parameters: { a: { $ref: '#/components/parameters/b' }, b: { $ref: '#/components/parameters/a' } },
      },
    },
  )
  t.equal(problems.length, 1)
  t.match(problems[0]?.message, /back to itself/)
})

t.test('a schema inside itself is cut there', async (t) => {
  const { response } = await one(
    { responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } } } } },
    {
      components: {
        schemas: {
          Pet: {
            type: 'object',
            properties: { name: { type: 'string' }, mother: { $ref: '#/components/schemas/Pet' } },
          },
        },
      },
    },
  )
  t.same(response, {
    type: 'object',
    component: 'Pet',
    properties: { name: { type: 'string' }, mother: { type: 'object', component: 'Pet' } },
  })
})

t.test('allOf is merged, of anyOf the branch that says most is taken, null is no type', async (t) => {
  const schema = {
    allOf: [
      { type: 'object', required: ['a'], properties: { a: { type: ['null', 'integer'] } } },
      { properties: { b: { anyOf: [{ type: 'null' }, { type: 'string', enum: ['x', 'y', null] }] } } },
    ],
    oneOf: [{ type: 'string' }, { properties: { c: { const: 'only' } } }],
  }
  const { response } = await one({ responses: { 200: { content: { 'application/json': { schema } } } } })
  t.same(response, {
    type: 'object',
    properties: {
      a: { type: 'integer' },
      b: { type: 'string', enum: ['x', 'y'] },
      c: { type: 'string', enum: ['only'] },
    },
    required: ['a'],
  })
})

t.test('a schema of any depth and width gives a shape of bounded size', async (t) => {
  let schema: Json = { type: 'string' }
  for (let depth = 0; depth < 30; depth++) {
    schema = {
      type: 'object',
      properties: Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`p${at}`, schema])),
    }
  }
  const components = { schemas: { Deep: { type: 'object', properties: {} as Json } } }
  for (let at = 0; at < 9; at++) components.schemas.Deep.properties[`p${at}`] = { $ref: '#/components/schemas/Deep' }
  const wide = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`w${at}`, { type: 'string' }]))
  for (const given of [{ $ref: '#/components/schemas/Deep' }, { type: 'object', properties: wide }]) {
    const { response } = await one(
      { responses: { 200: { content: { 'application/json': { schema: given } } } } },
      { components },
    )
    t.ok(JSON.stringify(response).split('"type"').length < 250)
  }
})

t.test('an operation without a name is reported and dropped', async (t) => {
  const { operations, problems, dropped } = await read({
    '/': { get: { summary: 'Something', parameters: [{ name: 'q', in: 'query' }] } },
    '/v1/{id}': { parameters: [id], get: { summary: 'Something' }, put: { operationId: '  ', summary: 'Other' } },
    '/{id}': { parameters: [id], get: { operationId: 'getPet', summary: 'A pet' } },
  })
  t.same(
    problems.map(({ code, place }) => `${code} ${place}`),
    [
      'OPERATION_UNNAMED /paths/~1/get',
      'OPERATION_UNNAMED /paths/~1v1~1{id}/get',
      'OPERATION_UNNAMED /paths/~1v1~1{id}/put',
    ],
  )
  t.equal(dropped.unnamed, 3)
  t.same(
    operations.map(({ name }) => name),
    ['get_pet'],
  )
})

t.test('every reason to leave an operation out is counted', async (t) => {
  const summary = 'Does something'
  const { operations, dropped, seen } = await read({
    '/pets/{id}': {
      get,
      head: { summary },
      options: { summary },
      trace: { summary },
      delete: { ...get, deprecated: true },
    },
    '/v1/pets/{pet}': { get: { operationId: 'getPetOld', summary, parameters: [{ ...id, name: 'pet' }] } },
    '/toys/{id}': { get: { operationId: 'getToy', parameters: [id] } },
    '/ping': { get: { operationId: 'ping', summary } },
  })
  t.equal(operations.length, 1)
  t.equal(seen, 8)
  t.same(dropped, {
    other_edition: 0,
    deprecated: 1,
    other_method: 3,
    unnamed: 0,
    no_description: 1,
    no_input: 1,
    twin: 1,
    provider_cap: 0,
    document_cap: 0,
  })
})

t.test('a list without inputs stays where other calls work on what it lists', async (t) => {
  const listing = {
    summary: 'All of them',
    responses: { 200: { content: { 'application/json': { schema: { type: 'array', items: { type: 'string' } } } } } },
  }
  const { operations, dropped } = await read({
    '/pets': { get: listing },
    '/pets/{id}': { get },
    '/colours': { get: listing },
  })
  t.same(
    operations.map(({ name }) => name),
    ['list_pets', 'get_pet'],
  )
  t.equal(dropped.no_input, 1)
})

t.test('of several editions of one API the preferred stays, else the newest, whatever the order', async (t) => {
  const edition = (name: string, info: Json) => ({
    name,
    text: document({ '/pets/{id}': { get: { ...get, summary: name } } }, { info }),
  })
  const old = edition('a.json', { 'x-serviceName': 'store_v9', version: '9' })
  const newer = edition('b.json', { 'x-serviceName': 'store_v10', version: '10' })
  const preferred = edition('c.json', { 'x-serviceName': 'store', version: '1', 'x-preferred': true })
  for (const [documents, stays] of [
    [[old, newer], 'b.json'],
    [[newer, old], 'b.json'],
    [[preferred, old, newer], 'c.json'],
    [[newer, preferred, old], 'c.json'],
  ] as const) {
    const { operations, dropped } = await collect(documents)
    t.equal(operations[0]?.description, `${stays.charAt(0).toUpperCase()}${stays.slice(1)}.`)
    t.equal(operations.length, 1)
    t.equal(dropped.other_edition, documents.length - 1)
  }
})

t.test('a provider has no more operations than its cap, and each of its services keeps some', async (t) => {
  const service = (name: string, count: number) => ({
    name: `${name}.json`,
    text: document(
      Object.fromEntries(
        Array.from({ length: count }, (_, at) => [
          `/${name}/${'x'.repeat(at + 1)}/{id}`,
          { get: { ...get, operationId: `get_${name}_${'x'.repeat(at + 1)}`, summary: `${name} ${at}` } },
        ]),
      ),
      { info: { 'x-serviceName': name } },
    ),
  })
  const { operations, dropped } = await collect([service('large', 20), service('small', 3)], { perProvider: 10 })
  t.equal(operations.length, 10)
  t.equal(operations.filter((operation) => operation.service === 'small').length, 3)
  t.equal(dropped.provider_cap, 13)
})

t.test('names that JavaScript objects have of their own break nothing', async (t) => {
  const text = document({
    '/pets': {
      post: {
        operationId: '__proto__',
        summary: 'A pet',
        parameters: [
          { name: '__proto__', in: 'query' },
          { name: 'constructor', in: 'query' },
          { name: 'kind', in: 'query' },
        ],
        requestBody: {
          content: {
            'application/json': {
              schema: JSON.parse(
                '{"properties":{"__proto__":{"type":"string"},"toString":{},"name":{"type":"string"}}}',
              ),
            },
          },
        },
      },
    },
  })
  const { operations, problems } = await collect([{ name: 'a.json', text }])
  t.same(problems, [])
  t.same(
    operations[0]?.parameters.map(({ name }) => name),
    ['kind', 'name'],
  )
  t.match(operations[0]?.name, /^[a-z][a-z0-9_]*$/)
  t.notOk('type' in {})
})

t.test('other alphabets keep their parameters and get a name in this one', async (t) => {
  const { operations, problems } = await read({
    '/товары/{номер}': { get: { summary: 'Один товар', parameters: [{ ...id, name: 'номер' }] } },
    '/宠物': { post: { operationId: '新建宠物', summary: '新建宠物', parameters: [{ name: '名称', in: 'query' }] } },
    '/café/{id}': { get: { summary: 'Un café', parameters: [id] } },
  })
  t.same(problems, [])
  const names = operations.map(({ name }) => name)
  t.equal(new Set(names).size, 3)
  t.ok(names.includes('get_cafe'))
  for (const name of names) t.match(name, /^[a-z][a-z0-9_]{0,63}$/)
  t.same(
    operations.flatMap(({ parameters }) => parameters.map(({ name }) => name)).sort(),
    ['id', '名称', 'номер'].sort(),
  )
})

t.test('operations that share an operationId get names of their own', async (t) => {
  const same = { operationId: 'list', summary: 'Lists', parameters: [{ name: 'kind', in: 'query' }] }
  const { operations } = await read({
    '/pets': { get: same },
    '/toys': { get: same },
    '/shops/{id}/toys': { get: { ...same, parameters: [id] } },
  })
  const names = operations.map(({ name }) => name)
  t.same(new Set(names).size, 3)
  t.ok(names.includes('list_shop_toys'))
})

t.test('names say what is done to what', async (t) => {
  const cases: [Operation['method'], string, string | undefined, string][] = [
    ['get', '/customers/{id}', undefined, 'get_customer'],
    ['get', '/customers', undefined, 'list_customers'],
    ['post', '/v1/customers', 'PostCustomers', 'create_customer'],
    ['post', '/v1/customers/{customer}', 'PostCustomersCustomer', 'update_customer'],
    ['post', '/orders/{id}/cancel', undefined, 'cancel_order'],
    ['delete', '/orders/{order}/items/{id}', undefined, 'delete_item'],
    ['get', '/issues', 'issues/list-for-org', 'list_issues_for_org'],
    ['post', '/issues/{id}/labels', 'issues/add-labels', 'add_issue_labels'],
    ['put', '/x/{id}', 'VirtualMachines_CreateOrUpdate', 'create_or_update_virtual_machine'],
    ['get', '/calendars/{id}/events', 'calendar.events.list', 'list_events'],
    ['get', '/users', 'listUsersUsingGET_1', 'list_users'],
    ['post', '/#Action=CreateBucket', 'POST_CreateBucket', 'create_bucket'],
    ['get', '/quote/{id}', 'Quote_Get', 'get_quote'],
  ]
  for (const [method, path, operationId, name] of cases) {
    const [first] = proposeNames({ key: '', method, path, operationId, tags: [] })
    t.equal(first, name, `${method} ${path} ${operationId}`)
  }
})

t.test("a name that the protocol keeps for itself is never a tool's", async (t) => {
  const { operations } = await read({
    '/chats/{id}': { post: { operationId: 'sendMessage', summary: 'Send', parameters: [id] } },
    '/list/{id}': { get: { operationId: 'listTools', summary: 'Tools', parameters: [id] } },
  })
  t.equal(operations.length, 2)
  for (const { name } of operations) t.notOk(reservedToolNames.includes(name), name)
})

t.test('any operationId and path give unique names that fit', async () => {
  const given = fc.record({
    operationId: fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
    path: fc.string({ unit: 'binary' }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(given, { maxLength: 12 }), async (all) => {
      const paths: Json = {}
      for (const { operationId, path } of all)
        paths[`/a${path}`] = { get: { operationId, summary: 'Any', parameters: [id] } }
      const { operations } = await read(paths)
      const names = operations.map(({ name }) => name)
      return new Set(names).size === names.length && names.every((name) => /^[a-z][a-z0-9_]{0,63}$/.test(name))
    }),
    { seed: 2, numRuns: 200 },
  )
})

t.test('any JSON value in any place ends in operations or problems', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.jsonValue(),
      fc.constantFrom('paths', 'path', 'operation', 'parameters', 'body', 'schema', 'info'),
      async (value, place) => {
        const root: Json = { openapi: '3.0.0', info: {}, paths: { '/pets/{id}': { post: { ...get } } } }
        const item = (root.paths as Json)['/pets/{id}'] as Json
        const post = item.post as Json
        if (place === 'paths' || place === 'info') root[place] = value
        else if (place === 'path') (root.paths as Json)['/pets/{id}'] = value
        else if (place === 'operation') item.post = value
        else if (place === 'parameters') post.parameters = value
        else if (place === 'body') post.requestBody = value
        else post.requestBody = { content: { 'application/json': { schema: value } } }
        const { operations, problems } = await collect([{ name: 'any.json', text: JSON.stringify(root) }])
        return operations.length <= 1 && problems.length <= 20
      },
    ),
    { seed: 2, numRuns: 400 },
  )
})

t.test('prose is plain, short and never markup', async (t) => {
  const limits = { sentencesMax: 2, charactersMax: 100 }
  t.equal(
    plainText('# Title\n\nGets **one** `pet`. Then [more](http://x.y). And more. ', limits),
    'Title Gets one pet. Then more.',
  )
  t.equal(plainText('&lt;b&gt;bold&lt;/b&gt; &amp; <script>x</script> done', limits), 'b bold /b & done')
  t.equal(plainText('***', limits), '')
  t.equal(plainText('[Output Only] Immutable. When it was made.', limits), 'When it was made.')
  t.equal(plainText('Required', limits), '')
  t.equal(plainText('Adds a todo. TODO: say more', limits), 'Adds a todo.')
  t.equal(plainText('Required fields are two.', limits), 'Required fields are two.')
  t.equal(plainText(7, limits), '')
  t.ok(plainText('word '.repeat(100), limits).length <= 100)
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const plain = plainText(text, limits)
      return plain.length <= limits.charactersMax && !/[<>\p{Cc}]/u.test(plain)
    }),
    { seed: 2, numRuns: 500 },
  )
})

t.test('words are found whatever joins them', async (t) => {
  for (const name of ['customerIds', 'customer_ids', 'Customer-IDs', 'customerIDs', 'CUSTOMER.IDS']) {
    t.same(splitWords(name), ['customer', 'ids'], name)
  }
  t.same(['addresses', 'caches', 'sms', 'status', 'people', 'media', 'cookies'].map(singular), [
    'address',
    'cache',
    'sms',
    'status',
    'person',
    'media',
    'cookie',
  ])
})

t.test('a call that only looks reads, whatever its method', async (t) => {
  t.equal(kindOf({ method: 'post', name: 'search_pets' }), 'read')
  t.equal(kindOf({ method: 'get', name: 'list_pets' }), 'read')
  t.equal(kindOf({ method: 'get', name: 'delete_pet' }), 'write')
  t.equal(kindOf({ method: 'post', name: 'create_pet' }), 'write')
})

t.test('real documents give the same operations in any order', async (t) => {
  const wanted = new Set(['youneedabudget.com.json', 'svix.com.json', 'flat.io.json', 'apideck.com/crm.json'])
  const documents = []
  for await (const document of readCorpus({ selection: 'starter' }))
    if (wanted.has(document.name)) documents.push(document)
  const { operations, problems, seen, dropped } = await collect(documents)
  t.equal(documents.length, wanted.size)
  t.same(problems, [])
  t.equal(operations.length + Object.values(dropped).reduce((sum, count) => sum + count, 0), seen)
  t.ok(operations.length > 150)
  for (const operation of operations) {
    t.match(operation.name, /^[a-z][a-z0-9]*(_[a-z0-9]+)+$/)
    if (!/\p{L}/u.test(operation.description) || /[<>]/.test(operation.description)) t.fail(operation.key)
  }
  const keys = operations.map(({ key }) => key)
  t.same(keys, [...keys].sort())
  t.equal(new Set(keys).size, keys.length)
  t.same((await collect([...documents].reverse())).operations, operations)
  const names = new Set(operations.map(({ service, name }) => `${service} ${name}`))
  t.equal(names.size, operations.length)
})
