/** Documents that are broken, endless or meant to harm: each ends in problems with document and place, and the rest is read. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readDocument } from '../../../../envs/synthesis/collect/document.ts'
import { parseText } from '../../../../envs/synthesis/collect/parse.ts'
import { collect } from '../../../../envs/synthesis/collect.ts'
import { readCorpus } from '../../../../envs/synthesis/corpus.ts'

type Json = Record<string, unknown>

const id = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }
const document = (paths: Json, more: Json = {}): string =>
  JSON.stringify({ openapi: '3.0.0', info: { title: 'Pets', version: '1' }, paths, ...more })
const good = {
  name: 'good.json',
  text: document({ '/toys/{id}': { get: { operationId: 'getToy', summary: 'A toy', parameters: [id] } } }),
}
const bodyOf = (schema: unknown) => ({ content: { 'application/json': { schema } } })

t.test('aliases that stand for ever more are refused in words, and soon', async (t) => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]']
  for (let at = 1; at < 30; at++)
    lines.push(
      `a${at}: &a${at} [${Array(9)
        .fill(`*a${at - 1}`)
        .join(', ')}]`,
    )
  const { operations, problems } = await collect([{ name: 'bomb.yaml', text: lines.join('\n') }, good])
  t.match(problems, [{ document: 'bomb.yaml', code: 'DOCUMENT_INVALID', message: /alias/i }])
  t.equal(operations.length, 1)
})

t.test('an alias into itself ends', async (t) => {
  const text = `
openapi: 3.0.0
info: { title: Round }
paths:
  /rounds/{id}:
    post:
      operationId: makeRound
      summary: Makes it
      requestBody: { content: { application/json: { schema: &it { type: object, properties: { name: { type: string }, again: *it } } } } }
`
  const { operations, problems } = await collect([{ name: 'round.yaml', text }])
  t.same(problems, [])
  t.same(
    operations[0]?.parameters.map(({ name }) => name),
    ['name', 'again'],
  )
})

t.test('what lies too deep is refused in words, in whatever form', async (t) => {
  for (const text of [
    'a: '.concat('['.repeat(100_000)),
    'a: '.concat('['.repeat(5000), ']'.repeat(5000)),
    'a: '.concat('{a: '.repeat(5000), '1', '}'.repeat(5000)),
    '- '.repeat(5000).concat('x'),
    Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  ]) {
    const parsed = parseText(text)
    t.match(parsed, { problem: /deeper in each other|Not YAML/ })
  }
  // The parser of JSON does not recurse; what reads the schema bounds itself.
  const nested = (word: string, count: number): string => `${`{"${word}":[`.repeat(count)}{}${']}'.repeat(count)}`
  const deep = document({
    '/pets/{id}': { post: { operationId: 'addPet', summary: 'Adds', parameters: [id], requestBody: 'HERE' } },
  })
  for (const word of ['allOf', 'oneOf', 'anyOf', 'items']) {
    const text = deep.replace('"HERE"', `{"content":{"application/json":{"schema":${nested(word, 50_000)}}}}`)
    const { operations } = await collect([{ name: 'deep.json', text }])
    t.equal(operations.length, 1, word)
  }
})

t.test('no file and no URL is followed, unless the file was named', async (t) => {
  const folder = t.testdir({
    api: {
      'pets.json': document({
        '/pets': {
          post: { operationId: 'addPet', summary: 'Adds', requestBody: bodyOf({ $ref: '../shared/pet.yaml#/Pet' }) },
        },
        '/toys': {
          post: {
            operationId: 'addToy',
            summary: 'Adds',
            requestBody: bodyOf({ $ref: 'http://127.0.0.1:9/toy.json' }),
          },
        },
        '/keys': { post: { operationId: 'addKey', summary: 'Adds', requestBody: bodyOf({ $ref: '/etc/passwd' }) } },
        '/more': {
          post: {
            operationId: 'addMore',
            summary: 'Adds',
            requestBody: bodyOf({ $ref: '../shared/secret.yaml#/Pet' }),
          },
        },
      }),
    },
    shared: {
      'pet.yaml':
        'Pet:\n  type: object\n  properties:\n    name: { type: string }\n    owner: { $ref: "#/Owner" }\nOwner: { type: object, properties: { email: { type: string } } }\n',
      'secret.yaml': 'Pet: { type: object, properties: { secret: { type: string } } }\n',
    },
  })
  const sources = [join(folder, 'api')]
  const closed = await collect(readCorpus({ sources, selection: 'all' }))
  t.equal(closed.operations.length, 0)
  t.equal(closed.dropped.no_input, 4)
  t.same(
    closed.problems
      .map(({ code, message }) => `${code} ${/\$ref "(.*)" leads outside the document/.exec(message)?.[1]}`)
      .sort(),
    ['/etc/passwd', '../shared/pet.yaml#/Pet', '../shared/secret.yaml#/Pet', 'http://127.0.0.1:9/toy.json']
      .map((ref) => `REFERENCE_BROKEN ${ref}`)
      .sort(),
  )
  const opened = await collect(
    readCorpus({ sources, selection: 'all', references: [join(folder, 'shared', 'pet.yaml')] }),
  )
  t.equal(opened.problemCount, 3)
  t.match(opened.operations, [
    {
      name: 'add_pet',
      parameters: [{ name: 'name' }, { name: 'owner', shape: { properties: { email: { type: 'string' } } } }],
    },
  ])
})

t.test('properties and parameters that are called $ref are what they are', async (t) => {
  const schema = {
    type: 'object',
    properties: {
      $ref: { type: 'string' },
      name: { type: 'string' },
      inner: { type: 'object', properties: { $ref: { type: 'integer' } } },
    },
  }
  const { operations, problems } = await collect([
    {
      name: 'a.json',
      text: document({
        '/pets': {
          post: {
            operationId: 'addPet',
            summary: 'Adds',
            parameters: [{ name: '$ref', in: 'query', schema: { type: 'string' } }],
            requestBody: bodyOf(schema),
          },
        },
      }),
    },
  ])
  t.same(problems, [])
  t.same(
    operations[0]?.parameters.map(({ name }) => name),
    ['$ref', 'name', 'inner'],
  )
})

t.test('a document of fifty megabytes is read, a larger file is named and left', async (t) => {
  const enumeration = Array.from({ length: 1000 }, (_, at) => `value-${'x'.repeat(1000)}-${at}`)
  const schemas = Object.fromEntries(
    Array.from({ length: 52 }, (_, at) => [`S${at}`, { type: 'string', enum: enumeration }]),
  )
  const text = document(
    {
      '/pets': {
        post: {
          operationId: 'addPet',
          summary: 'Adds',
          requestBody: bodyOf({ type: 'object', properties: { kind: { $ref: '#/components/schemas/S7' } } }),
        },
      },
    },
    { components: { schemas } },
  )
  t.ok(text.length > 50e6)
  const folder = t.testdir({})
  writeFileSync(join(folder, 'large.json'), text)
  const { operations, problems } = await collect(readCorpus({ sources: [folder], selection: 'all' }))
  t.same(problems, [])
  t.equal(operations[0]?.parameters[0]?.shape.enum?.length, 60)
  const left = await collect(readCorpus({ sources: [folder], selection: 'all', bytesMax: 40e6 }))
  t.match(left.problems, [{ document: 'large.json', code: 'DOCUMENT_TOO_LARGE', message: /at most 40000000/ }])
})

t.test('YAML that is too long is refused in words', async (t) => {
  t.match(parseText(`a: ${'x'.repeat(100)}`, { yamlCharactersMax: 50, aliasesMax: 1, depthMax: 9 }), {
    problem: /at most 50 are read/,
  })
})

t.test('operations beyond the cap of a document are counted and told once', async (t) => {
  const paths = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [
      `/${'x'.repeat(at + 2)}/{id}`,
      { get: { operationId: `get${at}`, summary: 'One', parameters: [id] } },
    ]),
  )
  const { operations, dropped, problems } = await collect([{ name: 'many.json', text: document(paths) }], {
    operationsMax: 20,
  })
  t.equal(operations.length, 20)
  t.equal(dropped.document_cap, 10)
  t.match(problems, [{ document: 'many.json', code: 'DOCUMENT_TOO_LARGE', message: /more than 20 operations/ }])
})

t.test('ten thousand operations of one provider are collected, and capped where that is asked', async (t) => {
  const paths = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, at) => [
      `/things${at}/{id}`,
      { get: { operationId: `getThing${at}`, summary: `Thing ${at}`, parameters: [id] } },
    ]),
  )
  const text = document(paths)
  const all = await collect([{ name: 'many.json', text }], { perProvider: 20_000 })
  t.equal(all.operations.length, 10_000)
  t.equal(new Set(all.operations.map(({ name }) => name)).size, 10_000)
  const capped = await collect([{ name: 'many.json', text }], { perProvider: 100 })
  t.equal(capped.operations.length, 100)
  t.equal(capped.dropped.provider_cap, 9900)
})

t.test('an operationId that stands twice is told with both places', async (t) => {
  const same = { operationId: 'list', summary: 'Lists', parameters: [{ name: 'kind', in: 'query' }] }
  const { operations, problems } = await collect([
    { name: 'a.json', text: document({ '/pets': { get: same }, '/toys': { get: same } }) },
  ])
  t.equal(operations.length, 2)
  t.match(problems, [
    { document: 'a.json', place: '/paths/~1toys/get', code: 'OPERATION_REPEATED', message: /\/paths\/~1pets\/get/ },
  ])
})

t.test('problems beyond the number that is kept are counted', async (t) => {
  const paths = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`/p${at}`, { $ref: '#/nowhere' }]))
  const { problems, problemCount } = await collect([{ name: 'a.json', text: document(paths) }], { problemsMax: 5 })
  t.equal(problems.length, 5)
  t.equal(problemCount, 30)
})

t.test('a document says nothing through what JavaScript objects have of their own', (t) => {
  const report = { problem() {}, drop() {} }
  for (const text of [
    '__proto__: { openapi: 3.0.0 }',
    '{"__proto__": {"openapi": "3.0.0", "paths": {}}}',
    'constructor: 1',
  ])
    t.equal(readDocument('a', text, report), undefined)
  t.notOk('openapi' in {})
  t.end()
})
