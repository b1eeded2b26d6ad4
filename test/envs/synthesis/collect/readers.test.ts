/** Each format of documents, read from what its specification calls an example or what its servers answer. */

import t from 'tap'
import { stringify } from 'yaml'
import { type Collection, collect } from '../../../../envs/synthesis/collect.ts'

type Json = Record<string, unknown>

const read = (name: string, given: unknown): Promise<Collection> =>
  collect([{ name, text: typeof given === 'string' ? given : JSON.stringify(given) }])

const pet = {
  type: 'object',
  required: ['name'],
  properties: { id: { type: 'integer', readOnly: true }, name: { type: 'string' } },
}

t.test(
  'Swagger 2.0: parameters are schemas, bodies and forms are parameters, definitions are components',
  async (t) => {
    const { operations, problems } = await read('pets.json', {
      swagger: '2.0',
      info: { title: 'Pets', version: '2' },
      host: 'api.petstore.io',
      parameters: { limit: { name: 'limit', in: 'query', type: 'integer', format: 'int32', description: 'How many' } },
      responses: { Pets: { description: 'ok', schema: { type: 'array', items: { $ref: '#/definitions/Pet' } } } },
      definitions: { Pet: pet },
      paths: {
        '/pets': {
          get: {
            operationId: 'listPets',
            summary: 'Lists',
            parameters: [
              { $ref: '#/parameters/limit' },
              { name: 'tags', in: 'query', type: 'array', items: { type: 'string' }, collectionFormat: 'multi' },
            ],
            responses: { 200: { $ref: '#/responses/Pets' } },
          },
          post: {
            operationId: 'addPet',
            summary: 'Adds',
            parameters: [{ name: 'pet', in: 'body', required: true, schema: { $ref: '#/definitions/Pet' } }],
            responses: { 201: { description: 'made', schema: { $ref: '#/definitions/Pet' } } },
          },
        },
        '/pets/{petId}/photo': {
          post: {
            operationId: 'uploadPhoto',
            summary: 'Uploads',
            parameters: [
              { name: 'petId', in: 'path', required: true, type: 'string' },
              { name: 'caption', in: 'formData', type: 'string', required: true },
              { name: 'X-Trace', in: 'header', type: 'string' },
            ],
            responses: { 204: { description: 'gone' } },
          },
        },
      },
    })
    t.same(problems, [])
    const [list, add, upload] = operations
    t.match(list, {
      key: 'petstore.io:pets GET /pets',
      name: 'list_pets',
      origin: { format: 'swagger-2.0', document: 'pets.json', place: '/paths/~1pets/get' },
      parameters: [
        {
          name: 'limit',
          in: 'query',
          required: false,
          description: 'How many',
          shape: { type: 'integer', format: 'int32' },
        },
        { name: 'tags', shape: { type: 'array', items: { type: 'string' } } },
      ],
      response: { type: 'array', items: { type: 'object', component: 'Pet' } },
    })
    t.same(add?.parameters, [{ name: 'name', in: 'body', required: true, shape: { type: 'string' } }])
    t.match(add?.response, { component: 'Pet', properties: { id: { readOnly: true } } })
    t.same(
      upload?.parameters.map(({ name, in: where, required }) => [name, where, required]),
      [
        ['petId', 'path', true],
        ['caption', 'body', true],
      ],
    )
    t.notOk(upload && 'response' in upload)
  },
)

const bookPaths = {
  '/books/{id}': {
    get: {
      operationId: 'getBook',
      summary: 'One book',
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: ['string', 'null'] } }],
      responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Book' } } } } },
    },
  },
}
const books = (openapi: string): Json => ({
  openapi,
  info: { title: 'Books', version: '1.0' },
  paths: bookPaths,
  components: {
    schemas: { Book: { type: 'object', properties: { title: { type: 'string' }, kind: { const: 'book' } } } },
  },
})

t.test('OpenAPI 3.0 and 3.1, in JSON and in YAML, are the same', async (t) => {
  const results = []
  for (const version of ['3.0.3', '3.1.0']) {
    for (const text of [
      JSON.stringify(books(version)),
      stringify(books(version)),
      `\ufeff${stringify(books(version))}`,
    ]) {
      const { operations, problems } = await read('books.yaml', text)
      t.same(problems, [])
      t.equal(operations[0]?.origin?.format, version === '3.0.3' ? 'openapi-3.0' : 'openapi-3.1')
      t.match(operations[0], {
        name: 'get_book',
        response: { component: 'Book', properties: { kind: { enum: ['book'] } } },
      })
      results.push(operations.map(({ origin: _, ...rest }) => rest))
    }
  }
  for (const operations of results) t.same(operations, results[0])
})

t.test('YAML as people write it: anchors, merges, numbers as versions and codes, JSON without quotes', async (t) => {
  const { operations, problems } = await read(
    'notes.yml',
    `
openapi: 3.0
info: { title: Notes, version: 1.10 }
x-paging: &paging
  - { name: page, in: query, schema: { type: integer } }
x-answer: &answer
  description: ok
paths:
  /notes:
    get:
      operationId: listNotes
      description: >
        Lists all notes.
      parameters: *paging
      responses:
        200:
          <<: *answer
          content: { application/json: { schema: { type: array, items: { type: string } } } }
`,
  )
  t.same(problems, [])
  t.match(operations, [
    {
      name: 'list_notes',
      description: 'Lists all notes.',
      parameters: [{ name: 'page' }],
      response: { type: 'array' },
    },
  ])
})

t.test('a Google discovery document: methods in resources, bare references, flat paths', async (t) => {
  const { operations, problems, dropped } = await read('pubsub.v1.json', {
    kind: 'discovery#restDescription',
    discoveryVersion: 'v1',
    name: 'pubsub',
    version: 'v1',
    ownerDomain: 'google.com',
    schemas: {
      Topic: {
        id: 'Topic',
        type: 'object',
        properties: { name: { type: 'string', description: 'Its name' }, labels: { type: 'object' } },
      },
      Page: { id: 'Page', type: 'object', properties: { topics: { type: 'array', items: { $ref: 'Topic' } } } },
    },
    resources: {
      projects: {
        resources: {
          topics: {
            methods: {
              list: {
                id: 'pubsub.projects.topics.list',
                httpMethod: 'GET',
                path: 'v1/{+project}/topics',
                flatPath: 'v1/projects/{projectsId}/topics',
                description: 'Lists matching topics.',
                parameters: {
                  project: { location: 'path', required: true, type: 'string' },
                  pageSize: { location: 'query', type: 'integer', format: 'int32', description: 'How many' },
                  filter: { location: 'query', type: 'string', repeated: true },
                },
                response: { $ref: 'Page' },
              },
              patch: {
                id: 'pubsub.projects.topics.patch',
                httpMethod: 'PATCH',
                path: 'v1/topics/{topicId}',
                description: 'Updates a topic.',
                parameters: { topicId: { location: 'path', required: true, type: 'string', description: 'Which' } },
                request: { $ref: 'Topic' },
                response: { $ref: 'Topic' },
              },
              old: {
                id: 'pubsub.projects.topics.old',
                httpMethod: 'GET',
                path: 'v1/old',
                description: 'Old.',
                deprecated: true,
              },
            },
          },
        },
      },
    },
  })
  t.same(problems, [])
  t.equal(dropped.deprecated, 1)
  t.match(operations, [
    {
      key: 'googleapis.com:pubsub GET /v1/projects/{projectsId}/topics',
      name: 'list_topics',
      tags: ['topics'],
      origin: { format: 'discovery', place: '/resources/projects/resources/topics/methods/list' },
      parameters: [
        { name: 'projectsId', in: 'path', required: true },
        { name: 'pageSize', in: 'query', description: 'How many' },
        { name: 'filter', shape: { type: 'array', items: { type: 'string' } } },
      ],
      response: {
        component: 'Page',
        properties: { topics: { type: 'array', items: { type: 'object', component: 'Topic' } } },
      },
    },
    {
      method: 'patch',
      name: /^(update|patch)_topic$/,
      parameters: [
        { name: 'topicId', in: 'path' },
        { name: 'name', in: 'body' },
        { name: 'labels', in: 'body' },
      ],
    },
  ])
})

const issue = {
  type: 'object',
  required: ['issue_id'],
  properties: { issue_id: { type: 'string', description: 'Which' }, note: { type: 'string' } },
}

t.test('what an MCP server answers to tools/list, with and without its envelope', async (t) => {
  const tools = [
    {
      name: 'get_issue',
      title: 'Issue',
      description: 'Returns one issue.',
      inputSchema: issue,
      outputSchema: issue,
      annotations: { readOnlyHint: true },
    },
    { name: 'close-issue', description: 'Closes an issue.', inputSchema: issue, annotations: { readOnlyHint: false } },
    { name: 'list_issues', description: 'Lists issues.', inputSchema: { type: 'object' } },
    { name: 'list_colours', description: 'Lists colours.', inputSchema: { type: 'object' } },
    { name: 'weather', description: 'Weather of a place.', inputSchema: { properties: { place: { type: 'string' } } } },
  ]
  for (const [name, root] of [
    ['tracker/tools.json', { tools }],
    ['tracker.json', { jsonrpc: '2.0', id: 1, result: { tools, nextCursor: 'x' } }],
    ['any.json', { serverInfo: { name: 'tracker', version: '2' }, tools }],
    ['tracker.yaml', stringify(tools)],
  ] as const) {
    const { operations, problems, dropped } = await read(name, root)
    t.same(problems, [], name)
    t.equal(dropped.no_input, 1, 'the list that nothing works on')
    t.match(
      operations.map(({ name: called, provider, readOnly, method }) => ({ called, provider, readOnly, method })),
      [
        { called: 'close_issue', readOnly: false, method: undefined },
        { called: 'get_issue', provider: 'tracker', readOnly: true },
        { called: 'list_issues', readOnly: undefined },
        { called: 'get_weather' },
      ],
    )
    t.match(operations[1], {
      key: 'tracker get_issue',
      summary: 'Issue',
      origin: { format: 'mcp' },
      parameters: [
        { name: 'issue_id', in: 'argument', required: true, description: 'Which' },
        { name: 'note', in: 'argument', required: false },
      ],
      response: { type: 'object', properties: { issue_id: { type: 'string' } } },
    })
    t.notOk('path' in (operations[1] as object))
  }
})

t.test("lists of functions in OpenAI's three forms and Anthropic's", async (t) => {
  const plain = { name: 'get_issue', description: 'Returns one issue.', parameters: issue }
  for (const root of [
    [{ type: 'function', function: plain }],
    { model: 'gpt', tools: [{ type: 'function', function: plain }] },
    [{ type: 'function', ...plain, strict: true }],
    { functions: [plain] },
    [{ name: 'get_issue', description: 'Returns one issue.', input_schema: issue }],
  ]) {
    const { operations, problems } = await read('desk.json', root)
    t.same(problems, [])
    t.match(operations, [
      {
        key: 'desk get_issue',
        name: 'get_issue',
        origin: { format: 'functions' },
        parameters: [{ name: 'issue_id', in: 'argument', required: true }, { name: 'note' }],
      },
    ])
  }
})

t.test('names of tools are told apart, and what is none is told with its place', async (t) => {
  const { operations, problems, dropped } = await read('desk.json', {
    tools: [
      { name: 'get_issue', description: 'Returns one issue.', inputSchema: issue },
      { name: 'get_issue', description: 'Returns one more.', inputSchema: issue },
      { name: '!!', description: 'Odd.', inputSchema: issue },
      'text',
      { description: 'Nameless.' },
    ],
  })
  t.equal(operations.length, 1)
  t.equal(dropped.unnamed, 3)
  t.equal(dropped.twin, 1)
  t.same(
    problems.map(({ code, place }) => `${code} ${place}`),
    [
      'OPERATION_REPEATED /tools/1',
      'OPERATION_UNNAMED /tools/2',
      'OPERATION_UNNAMED /tools/3',
      'OPERATION_UNNAMED /tools/4',
    ],
  )
})

t.test('lists of the same name in two folders are not editions of each other', async (t) => {
  const list = (name: string) => JSON.stringify([{ name, description: 'Does it.', inputSchema: issue }])
  const { operations } = await collect([
    { name: 'a/tracker.json', text: list('get_issue') },
    { name: 'b/tracker.json', text: list('close_issue') },
  ])
  t.same(
    operations.map(({ name }) => name),
    ['close_issue', 'get_issue'],
  )
})
