/** Worker processes: results in the order of what was asked, and a death that costs one piece. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { inOrder, openPool, WorkerDeath } from '../../../../envs/synthesis/run/pool.ts'
import { readBatch, readIndex } from '../../../../envs/synthesis/run/read.ts'

const api = (title: string) =>
  JSON.stringify({
    openapi: '3.0.0',
    info: { title },
    paths: {
      '/pets/{id}': { get: { summary: 'One', parameters: [{ name: 'id', in: 'path', schema: { type: 'string' } }] } },
    },
  })

t.test('results come in the order of the items, no more than so many are begun ahead', async (t) => {
  let begun = 0
  let ahead = 0
  const seen: number[] = []
  const work = async (item: number): Promise<number> => {
    begun += 1
    await setTimeout((item * 7) % 5)
    return item
  }
  for await (const item of inOrder(Array(30).keys(), 4, work)) {
    ahead = Math.max(ahead, begun - seen.length)
    seen.push(item)
  }
  t.same(seen, [...Array(30).keys()])
  t.equal(ahead, 4)
})

t.test('a failure is thrown where its item stands', async (t) => {
  const seen: number[] = []
  const work = async (item: number): Promise<number> => {
    if (item === 3) throw new Error('three')
    return item
  }
  await t.rejects(async () => {
    for await (const item of inOrder(Array(9).keys(), 5, work)) seen.push(item)
  }, /three/)
  t.same(seen, [0, 1, 2])
})

t.test('a document that brings its process down costs that piece alone, and is told of', async (t) => {
  const folder = t.testdir({ 'a.json': api('A'), 'b.json': api('B') })
  // Short on disk, and many times as large in memory.
  writeFileSync(join(folder, 'swells.json'), `[${'{},'.repeat(8e6)}{}]`)
  const file = (name: string) => ({ name, path: join(folder, name), bytes: 0 })
  const pool = openPool({ workers: 2, heapMib: 96, pieceMs: 60_000 })
  t.teardown(() => pool.close())
  const read = (batch: number, name: string, failed: { name: string; why: string }[] = []) =>
    pool.ask({ do: 'read', folder: join(folder, 'spool'), batch, files: [file(name)], references: [], failed })
  const [a, swells, b] = await Promise.allSettled([read(0, 'a.json'), read(1, 'swells.json'), read(2, 'b.json')])
  t.equal(a.status, 'fulfilled')
  t.equal(b.status, 'fulfilled')
  t.ok(swells.status === 'rejected' && swells.reason instanceof WorkerDeath)
  t.equal(readIndex(join(folder, 'spool'), 1), undefined, 'nothing half done is left')
  await read(1, 'swells.json', [{ name: 'swells.json', why: (swells as PromiseRejectedResult).reason.message }])
  t.match(readIndex(join(folder, 'spool'), 1), {
    documents: [],
    counts: {
      documents: 1,
      problems: [
        { document: 'swells.json', code: 'DOCUMENT_INVALID', message: /^It can't be read: A worker process ended/ },
      ],
    },
  })
})

t.test('a piece that takes too long is ended', async (t) => {
  const folder = t.testdir({ 'large.json': `[${'[1],'.repeat(5e6)}1]` })
  const pool = openPool({ workers: 1, heapMib: 2048, pieceMs: 1 })
  t.teardown(() => pool.close())
  const files = [{ name: 'large.json', path: join(folder, 'large.json'), bytes: 0 }]
  await t.rejects(
    pool.ask({ do: 'read', folder, batch: 0, files, references: [], failed: [] }),
    /took longer than 1 ms/,
  )
})

t.test('what a piece throws is thrown to who asked, with its code', async (t) => {
  const folder = t.testdir({})
  const pool = openPool({ workers: 1, heapMib: 256, pieceMs: 60_000 })
  t.teardown(() => pool.close())
  const files = [{ name: 'a.json', path: join(folder, 'a.json'), bytes: 0 }]
  const references = [join(folder, 'none.yaml')]
  await t.rejects(pool.ask({ do: 'read', folder, batch: 0, files, references, failed: [] }), {
    code: 'SOURCE_NOT_FOUND',
  })
  await t.rejects(pool.ask({ do: 'survey', folder, options: { seed: 0, stats: false, batches: 0 } }), {
    code: 'SOURCE_EMPTY',
  })
})

t.test('the same files are read into the same index, whoever reads them', async (t) => {
  const folder = t.testdir({ 'a.json': api('A') })
  const files = [{ name: 'a.json', path: join(folder, 'a.json'), bytes: 0 }]
  await readBatch({ folder: join(folder, 'here'), batch: 0, files, references: [], failed: [] })
  const pool = openPool({ workers: 1, heapMib: 256, pieceMs: 60_000 })
  await pool.ask({ do: 'read', folder: join(folder, 'there'), batch: 0, files, references: [], failed: [] })
  await pool.close()
  t.same(readIndex(join(folder, 'there'), 0), readIndex(join(folder, 'here'), 0))
  await t.rejects(pool.ask({}), /workers are closed/)
})
