import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { listCorpus, readCorpus, type SourceDocument } from '../../../envs/synthesis/corpus.ts'
import { starterDocuments } from '../../../envs/synthesis/starter.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'

async function all(documents: AsyncIterable<SourceDocument>): Promise<SourceDocument[]> {
  const found: SourceDocument[] = []
  for await (const document of documents) found.push(document)
  return found
}

t.test('a folder is read with its folders, JSON and YAML alone, in the order of names', async (t) => {
  const folder = t.testdir({
    'b.json': '2',
    a: { 'z.json': '1', 'note.txt': 'no' },
    'c.JSON': '3',
    'd.yaml': '4',
    'e.yml': '5',
  })
  const documents = await all(readCorpus({ sources: [folder], selection: 'all' }))
  t.same(documents, [
    { name: 'a/z.json', text: '1' },
    { name: 'b.json', text: '2' },
    { name: 'c.JSON', text: '3' },
    { name: 'd.yaml', text: '4' },
    { name: 'e.yml', text: '5' },
  ])
  const files = await listCorpus({ sources: [folder], selection: 'all' })
  t.same(
    files.map(({ name, bytes }) => [name, bytes]),
    documents.map(({ name }) => [name, 1]),
  )
})

t.test('a file that is named is read whatever it is called, and twice named is read once', async (t) => {
  const folder = t.testdir({ 'api.txt': 'text' })
  const file = join(folder, 'api.txt')
  t.same(await all(readCorpus({ sources: [file, file], selection: 'all' })), [{ name: 'api.txt', text: 'text' }])
})

t.test('links inside a folder are not followed', async (t) => {
  const folder = t.testdir({ in: { 'a.json': '1' }, out: { 'secret.json': '2' } })
  symlinkSync(join(folder, 'out'), join(folder, 'in', 'folder'))
  symlinkSync(join(folder, 'out', 'secret.json'), join(folder, 'in', 'file.json'))
  symlinkSync(join(folder, 'in'), join(folder, 'in', 'round'))
  const documents = await all(readCorpus({ sources: [join(folder, 'in')], selection: 'all' }))
  t.same(
    documents.map(({ name }) => name),
    ['a.json'],
  )
})

t.test('a source that is not there is an error before anything is read', async (t) => {
  const folder = t.testdir({ 'a.json': '1' })
  const missing = join(folder, 'nothing')
  try {
    await all(readCorpus({ sources: [folder, missing], selection: 'all' }))
    t.fail('it was read')
  } catch (error) {
    t.ok(error instanceof MicrocosmError)
    t.equal((error as MicrocosmError).code, 'SOURCE_NOT_FOUND')
    t.match((error as MicrocosmError).message, missing)
  }
})

t.test('a file that is too large is a problem and the others are read', async (t) => {
  const folder = t.testdir({ 'large.json': '12345', 'small.json': '1' })
  const documents = await all(readCorpus({ sources: [folder], selection: 'all', bytesMax: 4 }))
  t.equal(documents[0]?.problem?.code, 'DOCUMENT_TOO_LARGE')
  t.equal(documents[0]?.problem?.document, 'large.json')
  t.equal(documents[1]?.text, '1')
})

t.test('an empty folder has no documents', async (t) => {
  const folder = t.testdir({})
  mkdirSync(join(folder, 'inside'))
  writeFileSync(join(folder, 'inside', 'x.txt'), '')
  t.same(await all(readCorpus({ sources: [folder], selection: 'all' })), [])
})

t.test('every document of the starter is in the directory, of forty providers or more', async (t) => {
  const names: string[] = []
  for await (const { name, text, problem } of readCorpus({ selection: 'starter' })) {
    t.equal(problem, undefined)
    if (!text.startsWith('{')) t.fail(name)
    names.push(name)
  }
  t.same(names, [...starterDocuments].sort())
  t.equal(new Set(names).size, names.length)
  t.ok(new Set(names.map((name) => name.split('/')[0])).size >= 40)
  t.equal((await listCorpus({ selection: 'starter' })).length, names.length)
})
