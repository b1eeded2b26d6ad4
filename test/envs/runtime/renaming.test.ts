import t from 'tap'
import type { Change } from '../../../envs/runtime/changes.ts'
import { renamings } from '../../../envs/runtime/renaming.ts'
import { compareChanges } from '../../../envs/runtime/verify.ts'
import type { Domain } from '../../../schemas/domain.ts'
import { domain as domainSchema } from '../../../schemas/domain.ts'
import type { Row } from '../../../schemas/json.ts'
import { desk } from './desk.ts'

const text = (name: string, more = {}) => ({ name, type: 'TEXT' as const, nullable: true, ...more })
const id = { name: 'id', type: 'TEXT' as const, semantic: 'id' }

/** Orders, items and payments that refer to each other, a graph, a log that tells of them in words, a key of two columns. */
const shop: Domain = domainSchema.parse({
  ...desk,
  tables: [
    { name: 'orders', columns: [id, text('customer'), text('at', { volatile: true })], primary_key: ['id'] },
    { name: 'item', columns: [id, text('order_id'), text('product')], primary_key: ['id'] },
    { name: 'payment', columns: [id, text('item_id'), { name: 'amount', type: 'REAL' }], primary_key: ['id'] },
    { name: 'node', columns: [id, text('next'), text('label')], primary_key: ['id'] },
    { name: 'story', columns: [id, text('body')], primary_key: ['id'] },
    { name: 'link', columns: [text('a'), text('b')], primary_key: ['a', 'b'] },
    { name: 'event', columns: [text('of'), text('at', { volatile: true }), text('what')], primary_key: ['of', 'at'] },
  ],
  tools: desk.tools.slice(0, 1),
  tasks: [],
})

interface Run {
  changes: Change[]
  minted: Map<string, string>
}

/** A run out of rows: whatever begins with "+" is an identifier that this run made, in the order it first stands. */
function run(rows: [string, Row][], spelled: (id: string) => string = (id) => id): Run {
  const minted = new Map<string, string>()
  const tables: Record<string, string> = { o: 'orders', i: 'item', p: 'payment', n: 'node', s: 'story' }
  const word = (part: string) => {
    const name = spelled(part.slice(1))
    minted.set(name, tables[part[1] as string] as string)
    return name
  }
  const changes = rows.map(([table, cells]) => {
    const after = Object.fromEntries(
      Object.entries(cells).map(([name, value]) => [
        name,
        typeof value === 'string' ? value.replace(/\+\w+/g, word) : value,
      ]),
    )
    const { primary_key } = shop.tables.find(({ name }) => name === table) as Domain['tables'][number]
    return {
      table,
      key: Object.fromEntries(primary_key.map((name) => [name, after[name] ?? null])),
      before: null,
      after,
    }
  })
  return { changes, minted }
}

const compare = (actual: Run, expected: Run) => compareChanges(shop, actual, expected)
const same = (actual: Run, expected: Run) => compare(actual, expected).differences.length === 0
const other = (id: string) => `x_${id}`

t.test('identical orders keep their own items, in whatever order the two runs made them', async (t) => {
  const order = (n: number): [string, Row][] => [['orders', { id: `+o${n}`, customer: 'Ada', at: `${n}` }]]
  const item = (n: number, of: number): [string, Row][] => [
    ['item', { id: `+i${n}`, order_id: `+o${of}`, product: 'tea' }],
  ]
  const gold = run([...order(1), ...item(1, 1), ...item(2, 1), ...order(2), ...item(3, 2), ...item(4, 2)])
  t.ok(same(run([...order(1), ...order(2), ...item(1, 1), ...item(2, 2), ...item(3, 1), ...item(4, 2)], other), gold))
  t.ok(
    same(run([...order(2), ...order(1), ...item(4, 1), ...item(3, 2), ...item(2, 1), ...item(1, 2)]), gold),
    'the same names for other rows',
  )
  t.notOk(
    same(run([...order(1), ...order(2), ...item(1, 1), ...item(2, 1), ...item(3, 1), ...item(4, 2)], other), gold),
    'three and one',
  )
})

t.test('a chain of identifiers is followed to its end', async (t) => {
  const chain = (order: string, customer: string, amount: number): [string, Row][] => [
    ['orders', { id: `+o${order}`, customer }],
    ['item', { id: `+i${order}`, order_id: `+o${order}`, product: 'tea' }],
    ['payment', { id: `+p${order}`, item_id: `+i${order}`, amount }],
  ]
  const gold = run([...chain('1', 'Ada', 5), ...chain('2', 'Ada', 7)])
  t.ok(same(run([...chain('1', 'Ada', 7), ...chain('2', 'Ada', 5)]), gold), 'told apart by the far end alone')
  const wrong = compare(run([...chain('1', 'Ada', 7), ...chain('2', 'Ada', 6)]), gold)
  t.match(wrong.differences, [{ kind: 'wrong_cell', table: 'payment', column: 'amount', expected: 5, actual: 6 }])
  t.equal(wrong.differences.length, 1)
})

t.test('cycles are told apart by their lengths', async (t) => {
  const cycle = (...names: number[]): [string, Row][] =>
    names.map((name, at) => ['node', { id: `+n${name}`, next: `+n${names[(at + 1) % names.length]}`, label: 'x' }])
  const [threes, six] = [run([...cycle(1, 2, 3), ...cycle(4, 5, 6)]), run(cycle(1, 2, 3, 4, 5, 6), other)]
  t.notOk(same(six, threes), 'no colour tells a six-cycle from two three-cycles; the pairing does')
  t.ok(same(run([...cycle(1, 3, 5), ...cycle(2, 6, 4)], other), threes))
  t.ok(same(run(cycle(4, 2, 6, 1, 3, 5)), six))
  const mixed = run([...cycle(1, 2, 3), ...cycle(4, 5, 6, 7, 8, 9)])
  t.ok(
    same(run([...cycle(1, 2, 3, 4, 5, 6), ...cycle(7, 8, 9)], other), mixed),
    'the first choice contradicts itself and is taken back',
  )
  t.ok(same(run(cycle(2, 1), other), run(cycle(1, 2))), 'two that refer to each other')
  t.ok(same(run(cycle(1), other), run(cycle(1))), 'one that refers to itself')
})

t.test('where everyone refers to everyone, what is settled already decides the rest', async (t) => {
  const names = [1, 2, 3, 4]
  const all = (order: number[]): [string, Row][] =>
    order.flatMap((a) => order.filter((b) => b !== a).map((b): [string, Row] => ['link', { a: `+n${a}`, b: `+n${b}` }]))
  t.ok(same(run(all([3, 1, 4, 2]).toReversed(), other), run(all(names))))
  const nodes = names.map((name): [string, Row] => ['node', { id: `+n${name}`, next: null, label: 'x' }])
  const shuffled = all(names).toSorted(([, x], [, y]) => (String(x.b) + x.a < String(y.b) + y.a ? 1 : -1))
  t.ok(same(run([...nodes, ...shuffled], other), run([...nodes, ...all(names)])))
  t.notOk(same(run([...nodes, ...shuffled.slice(1)], other), run([...nodes, ...all(names)])))
})

t.test('an identifier inside a text or a list is read as the row it stands for', async (t) => {
  const story = (body: string): Run =>
    run([
      ['orders', { id: '+o1', customer: 'Ada' }],
      ['orders', { id: '+o2', customer: 'Bo' }],
      ['story', { id: '+s1', body }],
    ])
  const swapped = (body: string): Run =>
    run([
      ['orders', { id: '+o1', customer: 'Bo' }],
      ['orders', { id: '+o2', customer: 'Ada' }],
      ['story', { id: '+s1', body }],
    ])
  t.ok(same(swapped('Made +o2 for Ada.'), story('Made +o1 for Ada.')))
  t.notOk(same(swapped('Made +o1 for Ada.'), story('Made +o1 for Ada.')))
  t.ok(same(swapped('["+o2","+o1"]'), story('["+o1","+o2"]')))
  t.notOk(same(swapped('["+o1","+o2"]'), story('["+o1","+o2"]')))
  t.ok(same(swapped('{"b": 1, "a": "+o2"}'), story('{"a":"+o1","b":1}')))
})

t.test('an identifier in a key of several columns is matched as any other', async (t) => {
  const linked = (one: number, two: number, three: number) =>
    run([
      ['orders', { id: `+o${one}`, customer: 'Ada' }],
      ['orders', { id: `+o${two}`, customer: 'Bo' }],
      ['orders', { id: `+o${three}`, customer: 'Cy' }],
      ['link', { a: `+o${one}`, b: `+o${two}` }],
      ['link', { a: `+o${two}`, b: `+o${three}` }],
    ])
  t.ok(same(linked(3, 1, 2), linked(1, 2, 3)))
  const turned = linked(3, 1, 2)
  const last = turned.changes.at(-1) as Change
  last.after = { a: last.after?.b ?? null, b: last.after?.a ?? null }
  last.key = last.after
  t.same(
    compare(turned, linked(1, 2, 3))
      .differences.map(({ kind, table }) => `${kind} ${table}`)
      .sort(),
    ['missing_row link', 'unexpected_row link'],
  )
})

t.test('rows whose key is volatile are matched by what they hold', async (t) => {
  const events = (...rows: [string, string, string][]) => run(rows.map(([of, at, what]) => ['event', { of, at, what }]))
  const gold = events(['a', '1', 'made'], ['a', '2', 'paid'], ['b', '3', 'made'])
  t.ok(same(events(['a', '7', 'paid'], ['b', '8', 'made'], ['a', '9', 'made']), gold))
  t.match(compare(events(['a', '7', 'lost'], ['b', '8', 'made'], ['a', '9', 'made']), gold).differences, [
    { kind: 'wrong_cell', column: 'what', expected: 'paid', actual: 'lost' },
  ])
  t.match(compare(events(['a', '1', 'made'], ['a', '2', 'paid']), gold).differences, [
    { kind: 'missing_row', key: { of: 'b' } },
  ])
})

t.test("identifiers that stand in no row don't matter", async (t) => {
  const gold = run([['orders', { id: '+o1', customer: 'Ada' }]])
  const again = run([['orders', { id: '+o2', customer: 'Ada' }]])
  again.minted = new Map([['o1', 'orders'], ...again.minted])
  t.ok(same(again, gold), 'made, deleted and made again')
})

t.test('an identifier without a partner is not taken for one that is spelled the same', async (t) => {
  const gold = run([
    ['orders', { id: '+o1', customer: 'Ada' }],
    ['story', { id: '+s1', body: 'on +o1' }],
  ])
  const mine = run([
    ['item', { id: '+i1', order_id: null, product: 'tea' }],
    ['story', { id: '+s1', body: 'on o1' }],
  ])
  mine.minted = new Map([...mine.minted, ['o1', 'item']])
  const { differences } = compare(mine, gold)
  t.match(
    differences.map(({ kind, table }) => [kind, table]),
    [
      ['unexpected_row', 'item'],
      ['missing_row', 'orders'],
      ['wrong_cell', 'story'],
    ],
  )
})

t.test('what is nearly right is told as a wrong cell of the row that it most resembles', async (t) => {
  const orders = (...customers: string[]): [string, Row][] =>
    customers.flatMap((customer, at): [string, Row][] => [
      ['orders', { id: `+o${at}`, customer }],
      ['item', { id: `+i${at}`, order_id: `+o${at}`, product: `${customer}'s tea` }],
    ])
  const gold = run(orders('Ada', 'Bo', 'Cy'))
  const mine = run(
    [
      ...orders('Cy', 'Bo'),
      ['orders', { id: '+o8', customer: 'Ida' }],
      ['item', { id: '+i8', order_id: '+o8', product: "Ada's tea" }],
    ],
    other,
  )
  t.match(compare(mine, gold).differences, [
    { kind: 'wrong_cell', table: 'orders', column: 'customer', expected: 'Ada', actual: 'Ida', key: { id: 'x_o8' } },
  ])
  t.equal(compare(mine, gold).differences.length, 1)
})

t.test('several that are nearly right are each told beside the one they resemble', async (t) => {
  const half = (n: number, order: string | null, product: string): [string, Row] => [
    'item',
    { id: `+i${n}`, order_id: order, product },
  ]
  const gold = run([half(1, 'a', 'tea'), half(2, 'b', 'milk'), half(3, 'c', 'salt')])
  const mine = run([half(1, 'c', 'salz'), half(2, 'a', 'tee'), half(3, 'b', 'milch')], other)
  t.same(
    compare(mine, gold).differences.map(({ column, expected, actual }) => [column, expected, actual]),
    [
      ['product', 'salt', 'salz'],
      ['product', 'tea', 'tee'],
      ['product', 'milk', 'milch'],
    ],
  )
})

t.test('a renaming pairs each identifier once, and only within its table', async (t) => {
  const gold = run([
    ['orders', { id: '+o1', customer: 'A' }],
    ['orders', { id: '+o2', customer: 'A' }],
    ['item', { id: '+i1', order_id: '+o1', product: 'x' }],
  ])
  const mine = run([
    ['orders', { id: '+o7', customer: 'B' }],
    ['item', { id: '+i7', order_id: '+o7', product: 'y' }],
    ['item', { id: '+i8', order_id: '+o7', product: 'y' }],
  ])
  for (const renaming of renamings(shop, mine, gold)) {
    t.equal(new Set(renaming.values()).size, renaming.size)
    for (const [from, to] of renaming) t.equal(gold.minted.get(from), mine.minted.get(to))
  }
})

t.test('hundreds of identical rows and ten thousand changes stay fast', async (t) => {
  const rows = (count: number, wrong = -1): [string, Row][] =>
    Array.from({ length: count }, (_, n): [string, Row][] => [
      ['orders', { id: `+o${n}`, customer: n === wrong ? 'Bo' : 'Ada' }],
      ['item', { id: `+i${n}`, order_id: `+o${n}`, product: 'tea' }],
    ]).flat()
  const chain = (count: number): [string, Row][] =>
    Array.from({ length: count }, (_, n) => [
      'node',
      { id: `+n${n}`, next: n + 1 < count ? `+n${n + 1}` : null, label: 'x' },
    ])
  const timed = (name: string, limit: number, work: () => number, want: number) => {
    const start = performance.now()
    t.equal(work(), want, name)
    const spent = performance.now() - start
    // Thirty times what it takes: no machine is so slow, and what grows with a power of the rows is slower still.
    t.ok(spent < 30 * limit, `${name}: ${spent.toFixed(1)} ms`)
  }
  const wrongs = (mine: Run, gold: Run) => compare(mine, gold).differences.length
  const backward = (of: [string, Row][]) => run(of.toReversed(), other)
  const distinct = (count: number, mark: string): [string, Row][] =>
    Array.from({ length: count }, (_, n) => ['orders', { id: `+o${n}`, customer: `${mark} ${n}` }])
  for (const count of [300, 5000]) {
    const [small, big] = [run(rows(count)), rows(count)]
    timed(`${count} identical orders with an item`, count, () => wrongs(backward(big), small), 0)
    timed(`${count} of which one is wrong`, 2 * count, () => wrongs(backward(rows(count, 7)), small), 1)
    timed(`a chain of ${count}`, count, () => wrongs(backward(chain(count)), run(chain(count))), 0)
    timed(
      `${count} rows all wrong`,
      2 * count,
      () => wrongs(run(distinct(count, 'mine'), other), run(distinct(count, 'gold'))),
      count,
    )
    timed(`${count} rows twice as many`, 2 * count, () => wrongs(backward(rows(2 * count)), small), 2 * count)
  }
})
