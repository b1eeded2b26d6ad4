import t from 'tap'
import { buildImage } from '../../../envs/runtime/image.ts'
import { generateRows } from '../../../envs/synthesis/scenarios.ts'
import { type Table, table } from '../../../schemas/domain.ts'

const tables: Table[] = [
  {
    name: 'customer',
    rows: 30,
    primary_key: ['id'],
    columns: [
      { name: 'id', type: 'TEXT', semantic: 'id' },
      { name: 'name', type: 'TEXT', semantic: 'name' },
      { name: 'email', type: 'TEXT', semantic: 'email' },
      { name: 'created_at', type: 'TEXT', semantic: 'created_at' },
      { name: 'updated_at', type: 'TEXT', semantic: 'updated_at' },
    ],
  },
  {
    name: 'booking',
    rows: 40,
    primary_key: ['id'],
    columns: [
      { name: 'id', type: 'TEXT', semantic: 'id' },
      { name: 'customer_id', type: 'TEXT', semantic: 'ref' },
      { name: 'status', type: 'TEXT', semantic: 'status', enum: ['open', 'cancelled'] },
      { name: 'cancelled_at', type: 'TEXT', semantic: 'datetime', nullable: true },
      { name: 'start_date', type: 'TEXT', semantic: 'start_date' },
      { name: 'end_date', type: 'TEXT', semantic: 'end_date' },
    ],
    foreign_keys: [{ columns: ['customer_id'], table: 'customer', references: ['id'] }],
  },
].map((each) => table.parse(each))

const keyed = (name: string, rows: number, columns: object[]): Table[] => [
  table.parse({ name, rows, primary_key: ['id'], columns: [{ name: 'id', type: 'TEXT', semantic: 'id' }, ...columns] }),
]

const seed = { seed: 7, now: '2025-05-01T09:00:00Z' }
const rows = generateRows(tables, seed)
const customers = rows.customer ?? []
const bookings = rows.booking ?? []

t.test('the same tables and seed give the same rows, another seed others', (t) => {
  t.same(generateRows(tables, seed), rows)
  t.notSame(generateRows(tables, { ...seed, seed: 8 }), rows)
  t.end()
})

t.test('rows keep to types, enums and references: an image can be built of them', (t) => {
  t.ok(buildImage(tables, rows).byteLength > 0)
  t.equal(customers.length, 30)
  t.end()
})

t.test('human names are unique in a table, and some are near-twins', (t) => {
  const names = customers.map((row) => String(row.name))
  t.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length)
  t.ok(new Set(names.map((name) => name.split(' ').at(-1))).size < names.length)
  t.end()
})

t.test('an accent neither cuts a mail address nor leaves its letter out', (t) => {
  let accents = 0
  for (let seed = 0; seed < 40; seed++) {
    const tables = keyed('person', 20, [
      { name: 'last_name', type: 'TEXT', semantic: 'last_name' },
      { name: 'email', type: 'TEXT', semantic: 'email' },
    ])
    for (const row of generateRows(tables, { seed, now: '2025-05-01T09:00:00Z' }).person ?? []) {
      const plain = String(row.last_name).normalize('NFD').replace(/\p{M}/gu, '')
      if (plain === row.last_name || !/^[A-Za-z]+$/.test(plain)) continue
      accents++
      t.match(row.email, new RegExp(`\\.${plain.toLowerCase()}\\d*@`))
    }
  }
  t.ok(accents > 20)
  t.end()
})

t.test('a whole number that stands for a state or a kind is a small code', (t) => {
  const tables = keyed('job', 40, [{ name: 'job_status', type: 'INTEGER', semantic: 'integer' }])
  const codes = (generateRows(tables, seed).job ?? []).map((row) => Number(row.job_status))
  t.ok(codes.every((code) => code >= 1 && code <= 5))
  t.ok(new Set(codes).size > 2)
  t.end()
})

t.test('what stands in one row agrees', (t) => {
  for (const row of customers) {
    t.ok(String(row.created_at) <= String(row.updated_at))
    t.ok(String(row.updated_at) <= seed.now)
    const first = String(row.name).split(' ')[0] ?? ''
    t.ok(
      String(row.email).startsWith(
        first
          .normalize('NFD')
          .replace(/[^A-Za-z]/g, '')
          .toLowerCase()
          .slice(0, 2),
      ),
    )
  }
  for (const row of bookings) {
    t.ok(String(row.start_date) < String(row.end_date))
    t.equal(row.cancelled_at !== null, row.status === 'cancelled')
  }
  t.end()
})

t.test('identifiers are opaque and say only their table', (t) => {
  for (const row of bookings) t.match(row.id, /^book_[0-9a-z]{6}$/)
  t.end()
})

t.test('some parents have children and some have none', (t) => {
  const withChildren = new Set(bookings.map((row) => row.customer_id))
  t.ok(withChildren.size > 1)
  t.ok(withChildren.size < customers.length)
  t.end()
})

t.test('required references in a circle are refused', (t) => {
  const circle = [
    table.parse({
      name: 'a',
      primary_key: ['id'],
      columns: [
        { name: 'id', type: 'TEXT' },
        { name: 'b_id', type: 'TEXT' },
      ],
      foreign_keys: [{ columns: ['b_id'], table: 'b', references: ['id'] }],
    }),
    table.parse({
      name: 'b',
      primary_key: ['id'],
      columns: [
        { name: 'id', type: 'TEXT' },
        { name: 'a_id', type: 'TEXT' },
      ],
      foreign_keys: [{ columns: ['a_id'], table: 'a', references: ['id'] }],
    }),
  ]
  t.throws(() => generateRows(circle, seed), { code: 'DOMAIN_INVALID' })
  t.end()
})

t.test('what a row belongs to was there before it', (t) => {
  const tables: Table[] = [
    ...keyed('order', 30, [{ name: 'created_at', type: 'TEXT', semantic: 'created_at' }]),
    table.parse({
      name: 'parcel',
      rows: 40,
      primary_key: ['id'],
      columns: [
        { name: 'id', type: 'TEXT', semantic: 'id' },
        { name: 'order_id', type: 'TEXT', semantic: 'ref' },
        { name: 'created_at', type: 'TEXT', semantic: 'created_at' },
        { name: 'start_date', type: 'TEXT', semantic: 'start_time' },
        { name: 'end_date', type: 'TEXT', semantic: 'end_time' },
      ],
      foreign_keys: [{ columns: ['order_id'], table: 'order', references: ['id'] }],
    }),
  ]
  const made = generateRows(tables, seed)
  const born = new Map((made.order ?? []).map((row) => [row.id, String(row.created_at)]))
  for (const row of made.parcel ?? []) {
    t.ok(String(row.created_at) >= (born.get(row.order_id as string) ?? ''))
    t.ok(String(row.created_at) <= String(row.start_date))
    t.ok(String(row.start_date) < String(row.end_date))
  }
  t.end()
})

t.test('the document decides before the name: listed values, units, identifiers, what a link is of', (t) => {
  const [rows = []] = Object.values(
    generateRows(
      keyed('ticket', 30, [
        { name: 'subject', type: 'TEXT', semantic: 'subject' },
        { name: 'outcome', type: 'TEXT', semantic: 'word', description: "Possible values: 'solved', 'refused'" },
        { name: 'platform', type: 'TEXT', semantic: 'word', description: 'Where from, e.g. web_browser' },
        { name: 'wait', type: 'INTEGER', semantic: 'integer', description: 'In milliseconds.' },
        { name: 'share', type: 'REAL', semantic: 'number', description: 'Between 0 and 1.' },
        { name: 'channel', type: 'TEXT', semantic: 'category', description: 'The ID of the channel' },
        { name: 'web_url', type: 'TEXT', semantic: 'url' },
        { name: 'subtotal', type: 'REAL', semantic: 'money' },
        { name: 'tax', type: 'REAL', semantic: 'money' },
        { name: 'total', type: 'REAL', semantic: 'money' },
      ]),
      seed,
    ),
  )
  t.equal(rows.length, 30)
  for (const row of rows) {
    t.ok(['solved', 'refused'].includes(String(row.outcome)))
    t.equal(row.platform, 'web_browser')
    t.ok(Number(row.wait) >= 100)
    t.ok(Number(row.share) > 0 && Number(row.share) <= 1)
    t.match(row.channel, /^[a-z]+_[0-9a-z]{8}$/)
    const words =
      String(row.subject)
        .toLowerCase()
        .match(/[a-z]+/g) ?? []
    t.ok(String(row.web_url).includes(words[0] as string))
    t.ok(Math.abs(Number(row.subtotal) + Number(row.tax) - Number(row.total)) < 0.005)
  }
  t.end()
})

t.test('a scenario may be at home in China: names in characters, mail in letters', (t) => {
  const tables = keyed('customer', 30, [
    { name: 'name', type: 'TEXT', semantic: 'name' },
    { name: 'email', type: 'TEXT', semantic: 'email' },
    { name: 'city', type: 'TEXT', semantic: 'city' },
    { name: 'country_code', type: 'TEXT', semantic: 'country_code' },
  ])
  let chinese = 0
  for (let seed = 0; seed < 40; seed++) {
    for (const row of generateRows(tables, { seed, now: '2025-05-01T09:00:00Z' }).customer ?? []) {
      t.equal(row.country_code === 'CN', /\p{Script=Han}/u.test(String(row.name)))
      if (row.country_code !== 'CN') continue
      chinese++
      t.match(row.email, /^[a-z]+\.[a-z]+\d*@/)
      t.match(row.city, /^\p{Script=Han}+$/u)
    }
  }
  t.ok(chinese > 60)
  t.end()
})
