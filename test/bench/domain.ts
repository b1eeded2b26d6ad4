/**
 * The domain that is measured: a rental depot of 20 tools, 40 statements and about 200 KB a scenario.
 *
 * `seed` gives it other names, texts and rows of the same size, so that nothing that was kept for one serves another;
 * `scale` multiplies its rows (36 makes 6 MB). Its rows are built beside it, as a catalogue hands them out.
 * What is measured as a step is `change_…`: read, check, update, insert, read.
 */

import { createCatalog } from '../../envs/catalog.ts'
import { buildImage } from '../../envs/runtime/image.ts'
import { createRandom } from '../../envs/synthesis/scenarios/random.ts'
import type { Domain, DomainInput } from '../../schemas/domain.ts'
import { domain as domainSchema } from '../../schemas/domain.ts'
import type { JsonObject, Row } from '../../schemas/json.ts'

export interface BenchDomain {
  domain: Domain
  /** scenario → image */
  images: ReadonlyMap<string, Uint8Array>
  /** What each kind of record is called in this one. */
  names: Readonly<Record<Kind, string>>
}

export interface Call {
  tool: string
  arguments: JsonObject
}

type Kind = 'customer' | 'vehicle' | 'booking' | 'payment' | 'incident'

interface KindSpec {
  rows: number
  parents: Kind[]
  statuses: [string, string, string]
  columns: string[]
}

const kinds: Record<Kind, KindSpec> = {
  customer: { rows: 100, parents: [], statuses: ['active', 'paused', 'closed'], columns: ['name', 'email', 'city'] },
  vehicle: { rows: 70, parents: [], statuses: ['free', 'rented', 'sold'], columns: ['plate', 'model', 'city'] },
  booking: {
    rows: 150,
    parents: ['customer', 'vehicle'],
    statuses: ['requested', 'confirmed', 'cancelled'],
    columns: ['starts_on', 'ends_on', 'place'],
  },
  payment: { rows: 130, parents: ['booking'], statuses: ['due', 'paid', 'refunded'], columns: ['method', 'paid_on'] },
  incident: { rows: 50, parents: ['vehicle'], statuses: ['open', 'known', 'settled'], columns: ['title', 'place'] },
}
const kindNames = Object.keys(kinds) as Kind[]

/** The two scenarios have a task each, whose gold is ten changes. */
export const scenarios = ['day', 'night'] as const
export type ScenarioName = (typeof scenarios)[number]
const now = '2025-05-05T09:00:00Z'

/** Ten of them, as the catalogue in that file. */
export function writeBenchCatalog(file: string): BenchDomain[] {
  const domains = Array.from({ length: 10 }, (_, index) => createBenchDomain({ seed: index + 1 }))
  const writer = createCatalog(file)
  for (const { domain, images } of domains) writer.put(domain, images, 'compiler')
  writer.commit()
  return domains
}

export function createBenchDomain({ seed, scale = 1 }: { seed: number; scale?: number }): BenchDomain {
  const names = namesOf(seed)
  const input: DomainInput = {
    id: `depot-${seed}`,
    title: `Depot ${seed}`,
    description: `Customers, vehicles, bookings, payments and incidents of the rental depot number ${seed}.`,
    policy: 'Whatever is cancelled, closed, sold, refunded or settled stays so; every change leaves an entry.',
    sources: [],
    tables: kindNames.flatMap((kind) => tablesOf(kind, names)),
    statements: Object.assign({}, ...kindNames.map((kind) => statementsOf(kind, names))) as Record<string, string>,
    tools: kindNames.flatMap((kind) => toolsOf(kind, names)),
    program: kindNames.map((kind) => programOf(kind, names, seed)).join('\n'),
    edges: [],
    scenarios: scenarios.map((id) => ({ id, now, seed })),
    tasks: scenarios.map((scenario) => ({
      id: `${scenario}-shift`,
      intent: `Confirm the first ten bookings of the ${scenario}.`,
      language: 'en' as const,
      scenario,
      gold: { calls: Array.from({ length: 10 }, (_, index) => changeCall(names, index)) },
      slots: [],
      step_limit: 1_000_000,
      split: 'train' as const,
      stage: 'general' as const,
      walk: scenario,
    })),
  }
  const domain = domainSchema.parse(input)
  const images = new Map(
    scenarios.map((scenario) => [scenario, buildImage(domain.tables, rowsOf(names, `${seed}/${scenario}`, scale))]),
  )
  return { domain, images, names }
}

export function namesOf(seed: number): BenchDomain['names'] {
  return Object.fromEntries(kindNames.map((kind) => [kind, `d${seed}_${kind}`])) as Record<Kind, string>
}

/** The step that is measured, on one booking after the other: read, check, update, insert, read. */
export function changeCall(names: BenchDomain['names'], turn: number): Call {
  const [requested, confirmed] = kinds.booking.statuses
  const row = turn % kinds.booking.rows
  const status = Math.floor(turn / kinds.booking.rows) % 2 === 0 ? confirmed : requested
  return {
    tool: `change_${names.booking}`,
    arguments: { id: keyOf('booking', row), status, note: `Changed at the desk, turn ${turn}` },
  }
}

/** 19 calls as an agent mixes them: 9 that only look, 10 that write. With `submit` behind them they are 20 steps. */
export function episodeCalls(names: BenchDomain['names'], turn: number): Call[] {
  const row = (kind: Kind, offset: number) => keyOf(kind, (turn * 7 + offset) % kinds[kind].rows)
  const get = (kind: Kind, offset: number): Call => ({
    tool: `get_${names[kind]}`,
    arguments: { id: row(kind, offset) },
  })
  const list = (kind: Kind): Call => ({
    tool: `list_${names[kind]}`,
    arguments: { status: kinds[kind].statuses[0], limit: 5 },
  })
  const change = (kind: Kind, offset: number): Call => ({
    tool: `change_${names[kind]}`,
    arguments: { id: row(kind, offset), status: kinds[kind].statuses[1], note: `Step at offset ${offset}` },
  })
  const create = (kind: Kind, values: JsonObject): Call => ({ tool: `create_${names[kind]}`, arguments: values })
  return [
    list('customer'),
    get('customer', 1),
    list('vehicle'),
    get('vehicle', 1),
    change('vehicle', 1),
    create('booking', {
      customer_id: row('customer', 1),
      vehicle_id: row('vehicle', 1),
      starts_on: '2025-06-01',
      ends_on: '2025-06-04',
      place: 'North gate',
      amount: 180.5,
    }),
    get('booking', 3),
    change('booking', 3),
    create('payment', { booking_id: row('booking', 3), method: 'card', paid_on: '2025-05-05', amount: 61 }),
    change('payment', 4),
    list('booking'),
    change('booking', 5),
    get('booking', 5),
    change('customer', 2),
    list('incident'),
    change('incident', 2),
    get('incident', 2),
    change('booking', 6),
    change('booking', 7),
  ]
}

const keyOf = (kind: Kind, index: number): string => `${kind.slice(0, 4)}_${String(index).padStart(5, '0')}`

const closed = (properties: JsonObject, required: string[]): JsonObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const text = { type: 'string', maxLength: 200 }

function tablesOf(kind: Kind, names: BenchDomain['names']): DomainInput['tables'] {
  const { parents, columns, statuses, rows } = kinds[kind]
  const name = names[kind]
  return [
    {
      name,
      columns: [
        { name: 'id', type: 'TEXT', semantic: 'id' },
        ...parents.map((parent) => ({ name: `${parent}_id`, type: 'TEXT' as const })),
        ...columns.map((column) => ({ name: column, type: 'TEXT' as const })),
        { name: 'status', type: 'TEXT', enum: statuses },
        { name: 'amount', type: 'REAL' },
        { name: 'note', type: 'TEXT', nullable: true },
        { name: 'updated_at', type: 'TEXT', nullable: true, volatile: true },
      ],
      primary_key: ['id'],
      foreign_keys: parents.map((parent) => ({
        columns: [`${parent}_id`],
        table: names[parent],
        references: ['id'],
      })),
      rows,
    },
    {
      name: `${name}_entry`,
      columns: [
        { name: 'id', type: 'TEXT', semantic: 'id' },
        { name: 'subject_id', type: 'TEXT' },
        { name: 'kind', type: 'TEXT' },
        { name: 'words', type: 'TEXT' },
        { name: 'made_at', type: 'TEXT', volatile: true },
      ],
      primary_key: ['id'],
      foreign_keys: [{ columns: ['subject_id'], table: name, references: ['id'] }],
      rows,
    },
  ]
}

function statementsOf(kind: Kind, names: BenchDomain['names']): Record<string, string> {
  const name = names[kind]
  const own = ['id', ...ownColumns(kind), 'status', 'amount', 'note', 'updated_at']
  const entry = ['id', 'subject_id', 'kind', 'words', 'made_at']
  const filter = '(:status IS NULL OR status = :status)'
  const insert = (table: string, columns: string[]) =>
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((column) => `:${column}`).join(', ')})`
  return {
    [`${name}_by_id`]: `SELECT ${own.join(', ')} FROM ${name} WHERE id = :id`,
    [`${name}_list`]: `SELECT ${own.join(', ')} FROM ${name} WHERE ${filter} ORDER BY id LIMIT :limit OFFSET :offset`,
    [`${name}_count`]: `SELECT count(*) AS total FROM ${name} WHERE ${filter}`,
    [`${name}_insert`]: insert(name, own),
    [`${name}_set_status`]: `UPDATE ${name} SET status = :status, note = :note, updated_at = :now WHERE id = :id`,
    [`${name}_set_amount`]: `UPDATE ${name} SET amount = :amount, updated_at = :now WHERE id = :id`,
    [`${name}_entries`]: `SELECT ${entry.join(', ')} FROM ${name}_entry WHERE subject_id = :id ORDER BY id LIMIT 5`,
    [`${name}_entry_insert`]: insert(`${name}_entry`, entry),
  }
}

const ownColumns = (kind: Kind): string[] => [
  ...kinds[kind].parents.map((parent) => `${parent}_id`),
  ...kinds[kind].columns,
]

function toolsOf(kind: Kind, names: BenchDomain['names']): DomainInput['tools'] {
  const { statuses, parents, columns } = kinds[kind]
  const name = names[kind]
  const key = closed({ id: text }, ['id'])
  const touched = [name, `${name}_entry`]
  const output = { type: 'object' }
  return [
    {
      name: `list_${name}`,
      description: `Lists ${kind}s, a page at a time, in the order of their identifiers.`,
      kind: 'read',
      input_schema: closed(
        {
          status: { type: 'string', enum: statuses },
          limit: { type: 'integer', minimum: 1, maximum: 50 },
          offset: { type: 'integer', minimum: 0 },
        },
        [],
      ),
      output_schema: output,
      tables: [name],
    },
    {
      name: `get_${name}`,
      description: `Shows one ${kind} with its latest entries.`,
      kind: 'read',
      input_schema: key,
      output_schema: output,
      tables: touched,
    },
    {
      name: `create_${name}`,
      description: `Makes a ${kind} and leaves an entry about it.`,
      kind: 'write',
      input_schema: closed(
        {
          ...Object.fromEntries(
            [...parents.map((parent) => `${parent}_id`), ...columns].map((column) => [column, text]),
          ),
          amount: { type: 'number', minimum: 0 },
          note: text,
        },
        [...parents.map((parent) => `${parent}_id`), ...columns, 'amount'],
      ),
      output_schema: output,
      tables: touched,
    },
    {
      name: `change_${name}`,
      description: `Changes the status of a ${kind} that is not at its end yet, and leaves an entry about it.`,
      kind: 'write',
      input_schema: closed({ id: text, status: { type: 'string', enum: statuses }, note: text }, ['id', 'status']),
      output_schema: output,
      tables: touched,
    },
  ]
}

function programOf(kind: Kind, names: BenchDomain['names'], seed: number): string {
  const name = names[kind]
  const { parents, columns, statuses } = kinds[kind]
  const values = [...parents.map((parent) => `${parent}_id`), ...columns].map((column) => `${column}: args.${column}`)
  return `
// ${kind}s of depot ${seed}
const end_of_${name} = '${statuses[2]}'
function list_${name} (args, db) {
  const status = args.status ?? null
  const total = db.get('${name}_count', { status }).total
  const items = db.all('${name}_list', { status, limit: args.limit ?? 20, offset: args.offset ?? 0 })
  return { items, total }
}
function find_${name} (db, id) {
  const found = db.get('${name}_by_id', { id })
  if (!found) throw new ToolError('not_found', 'No ${kind} ' + id + '.')
  return found
}
function get_${name} (args, db) {
  const found = find_${name}(db, args.id)
  return { ...found, entries: db.all('${name}_entries', { id: found.id }) }
}
function create_${name} (args, db, ctx) {
${parents.map((parent) => `  find_${names[parent]}(db, args.${parent}_id)`).join('\n')}
  const id = ctx.id('${name}')
  const now = ctx.now()
  db.run('${name}_insert', {
    id, ${values.join(', ')}, status: '${statuses[0]}', amount: args.amount, note: args.note ?? null, updated_at: now
  })
  db.run('${name}_entry_insert', { id: ctx.id('${name}_entry'), subject_id: id, kind: 'made', words: 'Made in ${seed}.', made_at: now })
  return db.get('${name}_by_id', { id })
}
function change_${name} (args, db, ctx) {
  const found = find_${name}(db, args.id)
  if (found.status === end_of_${name}) throw new ToolError('conflict', 'The ${kind} is ' + found.status + '.')
  const now = ctx.now()
  db.run('${name}_set_status', { id: found.id, status: args.status, note: args.note ?? null, now })
  db.run('${name}_entry_insert', {
    id: ctx.id('${name}_entry'), subject_id: found.id, kind: 'status', words: found.status + ' to ' + args.status, made_at: now
  })
  return db.get('${name}_by_id', { id: found.id })
}
`
}

function rowsOf(names: BenchDomain['names'], seed: string, scale: number): Record<string, Row[]> {
  const random = createRandom(seed)
  const words = (count: number) => Array.from({ length: count }, () => random.int(4096, 65535).toString(16)).join(' ')
  const rows: Record<string, Row[]> = {}
  for (const kind of kindNames) {
    const { parents, columns, statuses, rows: count } = kinds[kind]
    const all = Array.from({ length: count * scale }, (_, index) => index)
    rows[names[kind]] = all.map((index) => ({
      id: keyOf(kind, index),
      ...Object.fromEntries(
        parents.map((parent) => [`${parent}_id`, keyOf(parent, random.int(0, kinds[parent].rows * scale - 1))]),
      ),
      ...Object.fromEntries(columns.map((column) => [column, `${column} ${words(3)}`])),
      status: statuses[0],
      amount: random.int(100, 90_000) / 100,
      note: words(6),
      updated_at: now,
    }))
    rows[`${names[kind]}_entry`] = all.map((index) => ({
      id: `entry_${String(index).padStart(5, '0')}`,
      subject_id: keyOf(kind, random.int(0, count * scale - 1)),
      kind: 'made',
      words: words(5),
      made_at: now,
    }))
  }
  return rows
}
