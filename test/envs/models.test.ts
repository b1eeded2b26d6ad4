import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createChatModel, createEmbedder } from '../../envs/models.ts'
import { type Answer, type Asked, embeddings, letters, startEndpoint } from './endpoint.ts'

const texts = ['red hat', 'blue sea', 'red cup', 'green tree', 'red hat']

t.test('vectors come in the order of the texts, of length one, and no text is asked about twice', async (t) => {
  const endpoint = await startEndpoint((asked) => {
    const { body } = embeddings(asked) as { body: { data: object[] } }
    return { body: { ...body, data: body.data.reverse() } }
  })
  t.teardown(() => endpoint.close())
  const embedder = createEmbedder({ url: endpoint.url, model: 'letters', key: 'secret-key', batch: 3 })
  const vectors = await embedder.embed(texts)
  t.equal(vectors.length, 5)
  for (const [index, text] of texts.entries()) {
    const norm = Math.hypot(...letters(text))
    const expected = letters(text).map((value) => value / norm)
    t.ok(
      vectors[index]?.every((value, at) => Math.abs(value - (expected[at] as number)) < 1e-6),
      text,
    )
  }
  t.same(
    endpoint.asked.map(({ body }) => body.input),
    [['red hat', 'blue sea', 'red cup'], ['green tree']],
  )
  t.match(endpoint.asked[0], {
    path: '/v1/embeddings',
    headers: { authorization: 'Bearer secret-key' },
    body: { model: 'letters' },
  })
})

t.test('what was answered is kept by content, for each model by itself, and survives a cut', async (t) => {
  const endpoint = await startEndpoint(embeddings)
  t.teardown(() => endpoint.close())
  const cache = join(t.testdir({}), 'answers')
  const make = (model: string) => createEmbedder({ url: endpoint.url, model, cache })
  const first = await make('a').embed(texts)
  appendFileSync(cache, '0123 AAAA') // a run was killed while it wrote
  t.same(await make('a').embed(texts), first)
  t.equal(endpoint.asked.length, 1)
  t.ok(readFileSync(cache, 'utf8').endsWith('\n'), 'what was cut short is gone')
  await make('a').embed(['new', ...texts])
  t.same(endpoint.asked[1]?.body.input, ['new'])
  await make('b').embed(['new'])
  t.equal(endpoint.asked.length, 3)
})

t.test('an endpoint that fails half-way is told, and loses nothing that was done', async (t) => {
  let broken = true
  const endpoint = await startEndpoint((asked, times) =>
    broken && times >= 2 ? { status: 400, body: { error: { message: 'no more of secret-key' } } } : embeddings(asked),
  )
  t.teardown(() => endpoint.close())
  const cache = join(t.testdir({}), 'answers')
  const make = () => createEmbedder({ url: endpoint.url, model: 'letters', key: 'secret-key', batch: 2, cache })
  const error = await make()
    .embed(texts)
    .then(
      () => null,
      (thrown) => thrown,
    )
  t.match(error, {
    code: 'MODEL_FAILED',
    message: /letters at 127\.0\.0\.1:\d+ failed: it answered 400/,
    details: { done: 2, wanted: 4 },
  })
  t.notMatch(error.message, /secret-key/)
  broken = false
  t.equal((await make().embed(texts)).length, 5)
  t.same(endpoint.asked.at(-1)?.body.input, ['red cup', 'green tree'], 'only what was missing')
})

t.test('a failure that is nobody’s fault is tried again', async (t) => {
  const endpoint = await startEndpoint((asked, times) =>
    times === 1 ? { status: 503, body: {} } : times === 2 ? 'drop' : embeddings(asked),
  )
  t.teardown(() => endpoint.close())
  t.equal((await createEmbedder({ url: endpoint.url, model: 'letters' }).embed(['one'])).length, 1)
  t.equal(endpoint.asked.length, 3)
})

t.test('nonsense is refused and not kept', async (t) => {
  const one = (embedding: unknown): Answer => ({ body: { data: [{ index: 0, embedding }] } })
  const nonsense: [string, (asked: Asked) => Answer][] = [
    ['no data', () => ({ body: {} })],
    ['no JSON', () => ({ body: 'hello' })],
    ['too few', () => ({ body: { data: [] } })],
    ['words', () => one(['a', 'b'])],
    ['a hole', () => one([1, null])],
    ['nothing', () => one([])],
    ['zeros', () => one([0, 0])],
    ['an index beyond', () => ({ body: { data: [{ index: 7, embedding: [1] }] } })],
    ['null', () => ({ body: { data: [null] } })],
  ]
  for (const [name, answer] of nonsense) {
    const endpoint = await startEndpoint(answer)
    const cache = join(t.testdir({}), 'answers')
    const embedder = createEmbedder({ url: endpoint.url, model: 'letters', cache, retriesMax: 0 })
    await t.rejects(embedder.embed(['one']), { code: /^MODEL_(ANSWER_INVALID|FAILED)$/ }, name)
    t.equal(readFileSync(cache, 'utf8'), '', name)
    await endpoint.close()
  }
})

t.test('vectors of two lengths are refused, also where one was kept before', async (t) => {
  let length = 2
  const endpoint = await startEndpoint(({ body }) => ({
    body: { data: (body.input as string[]).map((_, index) => ({ index, embedding: new Array(length).fill(1) })) },
  }))
  t.teardown(() => endpoint.close())
  const cache = join(t.testdir({}), 'answers')
  const embedder = createEmbedder({ url: endpoint.url, model: 'letters', cache })
  await embedder.embed(['one'])
  length = 3
  await t.rejects(embedder.embed(['one', 'two']), { code: 'MODEL_ANSWER_INVALID', message: /of 2 and of 3 numbers/ })
})

t.test('where nobody listens it is said so', async (t) => {
  const endpoint = await startEndpoint(embeddings)
  await endpoint.close()
  const options = { url: endpoint.url, model: 'letters', retriesMax: 0 }
  await t.rejects(createEmbedder(options).embed(['one']), { code: 'MODEL_FAILED', message: /reached/ })
  await t.rejects(createChatModel(options).complete({ messages: [] }), { code: 'MODEL_FAILED' })
  t.throws(() => createEmbedder({ url: 'localhost', model: 'x' }), { code: 'USAGE' })
})

t.test('a chat is answered, kept by what was asked, and nonsense refused', async (t) => {
  let content: unknown = { choices: [{ message: { role: 'assistant', content: 'yes' } }] }
  const endpoint = await startEndpoint(() => ({ body: content }))
  t.teardown(() => endpoint.close())
  const cache = join(t.testdir({}), 'answers')
  const model = createChatModel({ url: endpoint.url, model: 'judge', cache })
  const ask = (question: string) => model.complete({ messages: [{ role: 'user', content: question }], temperature: 0 })
  t.match(await ask('one?'), { choices: [{ message: { content: 'yes' } }] })
  t.same(
    await ask('one?'),
    await createChatModel({ url: endpoint.url, model: 'judge', cache }).complete({
      temperature: 0,
      messages: [{ role: 'user', content: 'one?' }],
    }),
  )
  t.equal(endpoint.asked.length, 1)
  t.match(endpoint.asked[0], { path: '/v1/chat/completions', body: { model: 'judge', stream: false, temperature: 0 } })
  for (const nonsense of [{}, { choices: [] }, { choices: [{}] }, 'hello']) {
    content = nonsense
    await t.rejects(ask('two?'), { code: /^MODEL_/ })
  }
  content = { choices: [{ message: { role: 'assistant', content: 'no' } }] }
  t.match(await ask('two?'), { choices: [{ message: { content: 'no' } }] })
})
