/**
 * The rows of a scenario, from the tables and a seed alone, so that a domain's JSON is enough to make them again.
 *
 * What a column means, its enum and its references say what stands in it (scenarios/recipes.ts chooses). Within a row things
 * agree: a mail address and a link are of the row's own name, a start is before its end, a row isn't changed before it is
 * made. Human names are unique in a table, and alike on purpose: each shares its words with some others.
 */

import type { Column, Table } from '../../schemas/domain.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Cell, Row } from '../../schemas/json.ts'
import { counterOf } from './materialize/counters.ts'
import { startState } from './materialize/model.ts'
import type { Context, Maker } from './scenarios/context.ts'
import { homeOf, type Locale, locales } from './scenarios/locales.ts'
import { day, minute } from './scenarios/makers.ts'
import * as pool from './scenarios/pools.ts'
import { createRandom, type Random } from './scenarios/random.ts'
import { recipesOf } from './scenarios/recipes.ts'
import { rowCount } from './scenarios/sizes.ts'

export interface ScenarioSeed {
  seed: number
  /** ISO 8601 in UTC: what "yesterday" counts from. */
  now: string
}

/** Table → rows, sorted by key. @throws DOMAIN_INVALID where required references go in a circle */
export function generateRows(tables: readonly Table[], { seed, now }: ScenarioSeed): Record<string, Row[]> {
  const home = homeOf(seed)
  const born = new Map<string, string>()
  for (const table of tables) {
    const made = table.columns.find(({ semantic }) => semantic === 'created_at')
    if (made !== undefined) born.set(table.name, made.name)
  }
  const rows: Record<string, Row[]> = {}
  for (const table of inOrder(tables)) {
    const fakerSeed = createRandom(`${seed}/${table.name}/faker`).int(1, 2 ** 31)
    const count = rowCount(table, tables, seed)
    rows[table.name] = tableRows(table, rows, createRandom(`${seed}/${table.name}`), {
      home,
      count,
      fakerSeed,
      now: Date.parse(now),
      born,
    })
  }
  countRows(tables, rows)
  return Object.fromEntries(tables.map((table) => [table.name, sortByKey(table, rows[table.name] ?? [])]))
}

/** What follows from other rows is counted when all stand. */
function countRows(tables: readonly Table[], rows: Readonly<Record<string, Row[]>>): void {
  for (const table of tables) {
    for (const column of table.columns) {
      const counter = counterOf(column)
      if (counter === undefined) continue
      const counts = new Map<Cell, number>()
      for (const child of rows[counter.table] ?? []) {
        const of = child[counter.column] ?? null
        counts.set(of, (counts.get(of) ?? 0) + 1)
      }
      for (const row of rows[table.name] ?? [])
        row[column.name] = counts.get(row[table.primary_key[0] as string] ?? null) ?? 0
    }
  }
}

/** Parents before children. */
function inOrder(tables: readonly Table[]): Table[] {
  const done = new Set<string>()
  const sorted: Table[] = []
  while (sorted.length < tables.length) {
    const ready = tables.filter(
      (table) =>
        !done.has(table.name) && table.foreign_keys.every((key) => key.table === table.name || done.has(key.table)),
    )
    if (ready.length === 0)
      throw new MicrocosmError('DOMAIN_INVALID', 'The references between tables go in a circle; no rows can be made.')
    for (const table of ready) {
      done.add(table.name)
      sorted.push(table)
    }
  }
  return sorted
}

function sortByKey(table: Table, rows: readonly Row[]): Row[] {
  const key = (row: Row) => table.primary_key.map((name) => String(row[name])).join('\u0000')
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

interface TableOptions {
  home: Locale
  count: number
  fakerSeed: number
  now: number
  /** Table → the column that says when a row of it was made. */
  born: ReadonlyMap<string, string>
}

function tableRows(
  table: Table,
  done: Readonly<Record<string, Row[]>>,
  random: Random,
  { home, count, fakerSeed, now, born }: TableOptions,
): Row[] {
  const namings = new Map<Locale, Naming>()
  const recipes = recipesOf(table)
  const columns = inTurn(table.columns).map((column) => ({
    column,
    make: recipes.get(column.name) as Maker,
    isKey: column.semantic === 'id' && table.primary_key.includes(column.name),
    foreign: table.foreign_keys.find((key) => key.columns[0] === column.name && key.columns.length === 1),
  }))
  const ordered = boundsOf(table)
  const bill = billOf(table)
  const names = table.columns.filter(({ semantic }) => calledBy.has(semantic ?? '')).map(({ name }) => name)
  const rows: Row[] = []
  const ids = new Set<string>()
  const prefix = (table.name.split('_').at(-1) as string).slice(0, 4)
  const used = new Map<string, Set<string>>()
  const offset = random.int(0, 1000)
  for (let index = 0; index < count; index++) {
    const locale = random.chance(0.75) ? home : random.pick(locales)
    let naming = namings.get(locale)
    if (naming === undefined) {
      naming = openNaming(locale, fakerSeed, count)
      namings.set(locale, naming)
    }
    const row: Row = {}
    const context = new RowContext(table, {
      row,
      names,
      random,
      locale,
      naming,
      index: index + offset,
      turn: index,
      now,
    })
    for (const { column, make, isKey, foreign } of columns) {
      if (isKey) {
        let id = ''
        do id = `${prefix}_${random.text(6)}`
        while (ids.has(id))
        ids.add(id)
        row[column.name] = id
        continue
      }
      row[column.name] =
        foreign === undefined
          ? cellOf(column, context, used, make)
          : reference(
              foreign.table === table.name ? rows : (done[foreign.table] ?? []),
              foreign.references[0] as string,
              column,
              context,
              born.get(foreign.table),
            )
      if (column.semantic === 'status' && column.enum !== undefined) context.status ??= row[column.name] as Cell
    }
    for (const [least, most] of ordered) order(row, least, most)
    if (bill !== undefined) add(row, bill)
    const whole: Row = {}
    for (const { name } of table.columns) whole[name] = row[name] ?? null
    rows.push(whole)
  }
  return rows
}

/** The status of a row is known before the dates that depend on it, its names before what is made of them. */
const inTurn = (columns: readonly Column[]): Column[] => [...columns].sort((a, b) => turnOf(a) - turnOf(b))
const turnOf = ({ semantic = '' }: Column): number =>
  semantic === 'ref' ? -1 : semantic === 'status' ? 0 : semantic === 'company' ? 1 : calledBy.has(semantic) ? 2 : 3

/** Semantics of what a row is called by, for its links and mail. */
const calledBy = new Set(['name', 'person', 'company', 'product', 'subject', 'filename'])

/** People, companies and streets of one country in one table. */
interface Naming {
  person(turn: number): Context['person']
  company(turn: number): string
  street(): string
  middle(): string
}

/** Of so many rows one has a first name of its own, and of so many a last name: the others are near-misses of somebody. */
const shared = { first: 2, last: 3 }

/** Names are drawn when the first of them is asked for: most tables are of no people. */
function openNaming(locale: Locale, seed: number, count: number): Naming {
  let opened: ReturnType<Locale['open']> | undefined
  const open = () => (opened ??= locale.open(seed))
  const drawn = (draw: () => string, many: number): (() => readonly string[]) => {
    let known: string[] | undefined
    return () => {
      if (known === undefined) {
        const found = new Set<string>()
        for (let tries = 0; found.size < many && tries < many * 3; tries++) found.add(draw())
        known = [...found]
      }
      return known
    }
  }
  const few = (of: number) => Math.min(120, Math.max(4, Math.ceil(count / of)))
  const first = drawn(() => open().first(), few(shared.first))
  const last = drawn(() => open().last(), few(shared.last))
  const companies = drawn(() => open().company(), few(shared.first))
  return {
    person(turn) {
      const [firsts, lasts] = [first(), last()]
      const [at, round] = [turn % firsts.length, Math.floor(turn / firsts.length)]
      const given = firsts[at] as string
      // Each pair comes once before any comes twice; then people have two given names.
      const again = Math.floor(round / lasts.length)
      const person = {
        first: again === 0 ? given : locale.both(given, firsts[(at + again) % firsts.length] as string),
        last: lasts[(at + round) % lasts.length] as string,
      }
      return { ...person, whole: locale.whole(person.first, person.last) }
    },
    company(turn) {
      const known = companies()
      const name = known[turn % known.length] as string
      // A branch of the same company is a near-miss of it.
      const round = Math.floor(turn / known.length)
      return round === 0 ? name : `${name} ${locale.cities[(turn + round) % locale.cities.length]?.city}`
    },
    street: () => open().street(),
    middle: () => open().first(),
  }
}

interface RowOptions {
  row: Row
  names: readonly string[]
  random: Random
  locale: Locale
  naming: Naming
  /** Where it stands in what is drawn in turn, and in its table. */
  index: number
  turn: number
  now: number
}

/** What is over within hours. */
const brief =
  /(^|_)(meeting|appointment|call|session|shift|lesson|class|time_entry|timesheet_entry|interview|visit|recording|slot|availability|occurrence|break|workout|webinar|stream|broadcast|run|execution|job|build|maintenance_window|reservation_slot|consultation)$/

class RowContext implements Context {
  readonly table: Table
  readonly row: Row
  readonly names: readonly string[]
  readonly random: Random
  readonly locale: Locale
  readonly index: number
  readonly now: number
  readonly place: Context['place']
  created: number
  updated: number
  start: number
  end: number
  status: Cell = null
  readonly #naming: Naming
  readonly #turn: number
  #person: Context['person'] | undefined
  #company: string | undefined

  constructor(table: Table, { row, names, random, locale, naming, index, turn, now }: RowOptions) {
    this.table = table
    this.row = row
    this.names = names
    this.random = random
    this.locale = locale
    this.#naming = naming
    this.index = index
    this.#turn = turn
    this.now = now
    this.place = random.pick(locale.cities)
    this.created = Math.floor((now - random.int(2, 300) * day - random.int(0, 1439) * minute) / minute) * minute
    this.updated = Math.min(now, this.created + random.int(0, 40) * day + random.int(0, 400) * minute)
    // What was made long ago has begun, what is new may lie ahead.
    const start = Math.floor((now + random.int(-40, 60) * day) / day) * day + random.int(8, 16) * 60 * minute
    this.start = Math.max(start, Math.ceil(this.created / (60 * minute)) * 60 * minute)
    this.end =
      this.start +
      (brief.test(table.name)
        ? random.int(1, 6) * 30 * minute
        : random.int(1, 14) * day + random.int(1, 3) * 60 * minute)
  }

  /** What belongs to something is not older than that. */
  follow(parent: Cell): void {
    const made = typeof parent === 'string' ? Date.parse(parent) : Number.NaN
    if (Number.isNaN(made) || made <= this.created) return
    const later = Math.min(this.now, made + this.random.int(1, 10 * 24 * 60) * minute) - this.created
    this.created += later
    this.updated = Math.min(this.now, this.updated + later)
    const start = Math.max(this.start, Math.ceil(this.created / (60 * minute)) * 60 * minute)
    this.end += start - this.start
    this.start = start
  }

  get person(): Context['person'] {
    this.#person ??= this.#naming.person(this.#turn)
    return this.#person
  }

  get company(): string {
    this.#company ??= this.#naming.company(this.#turn)
    return this.#company
  }

  get street(): string {
    return this.#naming.street()
  }

  get middle(): string {
    return this.#naming.middle()
  }
}

/** What a bill adds up: the net amount and the tax are the total. */
const sums = {
  net: ['total_net', 'net_total', 'net_amount', 'amount_net', 'subtotal', 'sub_total', 'net'],
  tax: ['total_vat', 'total_tax', 'vat_total', 'tax_total', 'vat_amount', 'tax_amount', 'tax', 'vat'],
  total: ['total', 'total_amount', 'grand_total', 'total_gross', 'gross_amount', 'amount_total', 'gross'],
} as const
const taxShare = 0.2

interface Bill extends Record<keyof typeof sums, string> {
  whole: boolean
}

/** In one unit: whole cents, or amounts with cents. */
function billOf({ columns }: Table): Bill | undefined {
  for (const type of ['INTEGER', 'REAL']) {
    const numbers = new Set(columns.filter((column) => column.type === type && !column.enum).map(({ name }) => name))
    const [net, tax, total] = [sums.net, sums.tax, sums.total].map((names) => names.find((name) => numbers.has(name)))
    if (net !== undefined && tax !== undefined && total !== undefined)
      return { net, tax, total, whole: type === 'INTEGER' }
  }
  return undefined
}

function add(row: Row, { net, tax, total, whole }: Bill): void {
  const amount = row[net]
  if (typeof amount !== 'number' || typeof row[tax] !== 'number' || typeof row[total] !== 'number') return
  const share = whole ? Math.round(amount * taxShare) : Math.round(amount * taxShare * 100) / 100
  row[tax] = share
  row[total] = Math.round((amount + share) * 100) / 100
}

/** The columns of a least and a most. */
const boundsOf = ({ columns }: Table): [least: string, most: string][] =>
  columns.flatMap(({ name }) => {
    const stem = /^(?:min|minimum)_(.+)$/.exec(name)?.[1]
    const most = columns.find((other) => other.name === `max_${stem}` || other.name === `maximum_${stem}`)
    return stem === undefined || most === undefined ? [] : [[name, most.name] as [string, string]]
  })

function order(row: Row, least: string, most: string): void {
  const [low, high] = [row[least], row[most]]
  if (typeof low !== 'number' || typeof high !== 'number' || low <= high) return
  row[least] = high
  row[most] = low
}

/**
 * Two parents of three have children, in turn, so that each of these has some and the others can be deleted without
 * any; what may be empty sometimes is.
 */
function reference(
  parents: readonly Row[],
  column: string,
  own: Column,
  context: RowContext,
  born: string | undefined,
): Cell {
  const { index, random } = context
  const withChildren = parents.slice(0, Math.max(1, Math.ceil((parents.length * 2) / 3)))
  if (withChildren.length === 0 || (own.nullable && random.chance(0.2))) return null
  const at = random.chance(0.5) ? index % withChildren.length : random.int(0, withChildren.length - 1)
  const parent = withChildren[at] as Row
  if (born !== undefined) context.follow(parent[born] ?? null)
  return parent[column] ?? null
}

function cellOf(column: Column, context: Context, used: Map<string, Set<string>>, make: Maker): Cell {
  const { random, index } = context
  if (column.enum !== undefined && column.enum.length > 0) {
    if (column.semantic === 'flag')
      return random.chance(/^(is_)?(active|enabled|visible|available|public)$/.test(column.name) ? 0.65 : 0.35) ? 1 : 0
    // The only one of its kind stands where things begin.
    if (column.semantic === 'status' && context.table.rows === 1) return startState(column)
    // In turn, so that every value is there and none is rare.
    return column.enum[(index + (column.semantic === 'status' ? 0 : random.int(0, 1))) % column.enum.length] as Cell
  }
  const after = pastOf(column, context)
  if (after === false) return null
  const unique = uniqueSemantics.has(column.semantic ?? '')
  if (column.nullable && !unique && sparse.has(column.semantic ?? '') && random.chance(0.15)) return null
  let value = cellValue(column, context, make)
  if (!unique || value === null) return value
  const seen = used.get(column.name) ?? new Set<string>()
  used.set(column.name, seen)
  for (let attempt = 2; seen.has(String(value).toLowerCase()); attempt++)
    value = distinct(column, String(cellValue(column, context, make)), attempt, context, seen)
  seen.add(String(value).toLowerCase())
  return value
}

const sparse = new Set(['text', 'street2', 'middle_name', 'url', 'image_url', 'due_date', 'due_time', 'tag'])
const uniqueSemantics = new Set([
  'name',
  'subject',
  'filename',
  'username',
  'email',
  'person',
  'company',
  'number_code',
  'product',
  'sku',
  'hostname',
  'phone',
  'symbol',
])

/** `cancelled_at` of a row that isn't cancelled is empty. */
function pastOf(column: Column, { table, status }: Context): boolean {
  const state = /^(.+)_(at|on|date)$/.exec(column.name)?.[1]
  if (state === undefined || !column.nullable) return true
  const life = table.columns.find((each) => each.semantic === 'status')
  const known = life?.enum?.some((value) => String(value).toLowerCase() === state)
  return !known || String(status).toLowerCase() === state
}

/** A second thing of the same name gets a word that tells it apart, as people do. */
function distinct(
  column: Column,
  value: string,
  attempt: number,
  { random }: Context,
  seen: ReadonlySet<string>,
): string {
  const last = attempt > 6 ? ` ${seen.size + attempt}` : ''
  switch (column.semantic) {
    case 'email':
      return value.replace('@', `${seen.size + attempt}@`)
    case 'username':
    case 'hostname':
      return `${value}${seen.size + attempt}`
    case 'filename':
      return value.replace('.', `-${random.int(2, 99)}${last.trim()}.`)
    case 'number_code':
    case 'sku':
    case 'phone':
    case 'symbol':
      return attempt > 6 ? `${value}${seen.size}` : value
    case 'subject':
      return `${value} (${random.pick(['second message', 'follow-up', 'urgent', 'part two', 'answered'])}${last})`
    case 'product':
      return attempt > 4 ? `${value} ${seen.size + attempt}` : `${value}, ${random.pick(pool.variants)}`
    case 'name':
      if (/\.[a-z]{3,4}$/.test(value)) return value.replace(/(?=\.[a-z]{3,4}$)/, `-${random.int(2, 99)}${last.trim()}`)
      // A name of machines goes on as it began.
      if (/^[a-z0-9]+([-._/][a-z0-9]+)+$/.test(value)) return `${value}-${seen.size + attempt}`
      return attempt > 4 ? `${value} ${seen.size + attempt}` : `${value} ${random.pick(pool.seconds)}`
    default:
      return `${value} ${attempt > 4 ? seen.size + attempt : random.pick(pool.seconds)}`
  }
}

function cellValue(column: Column, context: Context, make: Maker): Cell {
  const value = make(context, column)
  if (value === null) return null
  if (column.type === 'TEXT') return String(value)
  return column.type === 'INTEGER' ? Math.round(Number(value)) : Number(value)
}
