import t from 'tap'
import { createDraw } from '../../../envs/synthesis/tasks/draw.ts'
import { readFacts } from '../../../envs/synthesis/tasks/facts.ts'
import { describeRow, nameOnly, whereOf } from '../../../envs/synthesis/tasks/refer.ts'
import { sayValue } from '../../../envs/synthesis/tasks/said.ts'
import { laterDay } from '../../../envs/synthesis/tasks/values.ts'
import { listed, withArticle } from '../../../envs/synthesis/tasks/words.ts'
import type { Row } from '../../../schemas/json.ts'
import { studio, studioBindings, studioRows } from './fixtures/studio.ts'

const facts = readFacts(studio, studioBindings)

t.test('values are said as a person would, or not at all', async (t) => {
  t.equal(sayValue('date', '2025-05-12'), '12 May 2025')
  t.equal(sayValue('date', '2025-05-12T14:30:00Z'), '12 May 2025 at 14:30')
  t.equal(sayValue('date', '2025-05-12T14:30:00Z', true), '12 May 2025')
  t.equal(sayValue('date', '2025-05-12T14:30:17Z'), undefined)
  t.equal(sayValue('status', 'IN_PROGRESS'), 'in progress')
  t.equal(sayValue('enum', 'EUR'), 'EUR')
  t.equal(sayValue('enum', 'STATE_UNSPECIFIED'), undefined)
  t.equal(sayValue('money', 12.5), '12.50')
  t.equal(sayValue('money', 12), '12')
  t.equal(sayValue('name', 'Aurora'), 'Aurora')
  t.equal(sayValue('name', 'a "b"'), undefined)
  t.equal(sayValue('other', 'book_k3f9x2'), undefined)
  t.equal(sayValue('key', 'anything'), undefined)
  t.equal(sayValue('name', null), undefined)
})

t.test('a date moves by whole days and keeps its form and its minute', async (t) => {
  t.equal(laterDay('2025-05-30', 3), '2025-06-02')
  t.equal(laterDay('2025-05-30T10:20:33Z', 3), '2025-06-02T10:20:00Z')
  t.equal(laterDay('soon', 3), undefined)
})

t.test('lists and articles read as English', async (t) => {
  t.equal(listed(['a']), 'a')
  t.equal(listed(['a', 'b', 'c']), 'a, b and c')
  t.equal(withArticle('invoice'), 'an invoice')
  t.equal(withArticle('user'), 'a user')
  t.equal(withArticle('project'), 'a project')
})

t.test('a description picks out its row by what is said, and has no attribute too many', async (t) => {
  const rows = studioRows.one as Record<string, Row[]>
  for (const table of ['customer', 'project', 'comment']) {
    for (const row of rows[table] ?? []) {
      for (let seed = 0; seed < 5; seed += 1) {
        const description = describeRow({ facts, rows, draw: createDraw(`${seed}`) }, table, row)
        if (description === undefined) continue
        const fits = (where: Record<string, unknown>) =>
          (rows[table] ?? []).filter((other) => Object.entries(where).every(([name, value]) => other[name] === value))
            .length
        const where = whereOf(description)
        t.equal(fits(where), 1)
        const names = Object.keys(where)
        const last = names.at(-1) as string
        if (names.length > 1)
          t.ok(fits(Object.fromEntries(Object.entries(where).filter(([name]) => name !== last))) > 1)
      }
    }
  }
})

t.test('two rows that sound alike are not told apart by it', async (t) => {
  const twins: Record<string, Row[]> = {
    project: [
      { id: 'a', customer_id: 'c', name: 'Harbor', status: 'draft', due_date: '2025-05-12T10:00:00Z', budget: 5 },
      { id: 'b', customer_id: 'c', name: 'harbor', status: 'draft', due_date: '2025-05-12T18:00:00Z', budget: 5 },
    ],
    customer: [],
  }
  const row = twins.project?.[0] as Row
  t.equal(describeRow({ facts, rows: twins, draw: createDraw('x') }, 'project', row), undefined)
  t.equal(nameOnly({ facts, rows: twins, draw: createDraw('x') }, 'project', row), undefined)
})

t.test('a column that is asked for is not said', async (t) => {
  const rows = studioRows.one as Record<string, Row[]>
  const row = rows.customer?.[0] as Row
  const description = describeRow({ facts, rows, draw: createDraw('x'), without: 'name' }, 'customer', row)
  t.notOk(description?.attributes.some(({ column }) => column === 'name'))
})

t.test('draws of one seed are the same, whatever they are asked for', async (t) => {
  const draws = () => {
    const draw = createDraw('seed')
    return [draw.next(), draw.int(10), draw.pick(['a', 'b', 'c']), draw.shuffle([1, 2, 3, 4])]
  }
  t.same(draws(), draws())
  t.same([...createDraw('y').shuffle([1, 2, 3, 4])].sort(), [1, 2, 3, 4])
})

t.test('in Chinese, values have Chinese words or are not said', async (t) => {
  t.equal(sayValue('date', '2025-05-03T14:30:00Z', false, 'zh'), '2025年5月3日14:30')
  t.equal(sayValue('status', 'IN_PROGRESS', true, 'zh'), '进行中')
  t.equal(sayValue('enum', 'credit_card', true, 'zh'), '信用卡')
  t.equal(sayValue('enum', 'gtfsrealtime', true, 'zh'), undefined)
  t.equal(sayValue('enum', 'gtfsrealtime'), undefined)
  t.equal(sayValue('name', 'Harbor Launch', true, 'zh'), 'Harbor Launch')
})
