/**
 * The rows of a scenario, from the tables and a seed alone, so that a domain's JSON is enough to make them again.
 *
 * What a column means (`semantic`), its enum and its references say what stands in it. Within a row things agree: an
 * address of mail is of the row's own name, a start is before its end, a row isn't changed before it is made. Human
 * names are unique in a table, and some are alike on purpose: the same first word, the same customer twice.
 */

import type { Column, Table } from '../../schemas/domain.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Cell, Row } from '../../schemas/json.ts'
import { tableKind } from './lexicon.ts'
import { counterOf } from './materialize/counters.ts'
import { startState } from './materialize/model.ts'
import { digits, homeOf, type Locale, locales } from './scenarios/locales.ts'
import * as pool from './scenarios/pools.ts'
import { createRandom, type Random } from './scenarios/random.ts'
import { rowCount } from './scenarios/sizes.ts'

export interface ScenarioSeed {
  seed: number
  /** ISO 8601 in UTC: what "yesterday" counts from. */
  now: string
}

/** Table → rows, sorted by key. @throws DOMAIN_INVALID where required references go in a circle */
export function generateRows(tables: readonly Table[], { seed, now }: ScenarioSeed): Record<string, Row[]> {
  const home = homeOf(seed)
  const rows: Record<string, Row[]> = {}
  for (const table of inOrder(tables)) {
    const fakerSeed = createRandom(`${seed}/${table.name}/faker`).int(1, 2 ** 31)
    const count = rowCount(table, tables, seed)
    rows[table.name] = tableRows(table, rows, createRandom(`${seed}/${table.name}`), {
      home,
      count,
      fakerSeed,
      now: Date.parse(now),
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

/** What the columns of one row share. */
interface Context {
  index: number
  random: Random
  /** Where it is from: its city, country, names and telephone. */
  locale: Locale
  table: Table
  now: number
  person: { first: string; last: string }
  place: number
  /** Milliseconds: made, then begun, then ended. */
  created: number
  start: number
  end: number
  status: Cell
}

const minute = 60_000
const day = 86_400_000

function tableRows(
  table: Table,
  done: Readonly<Record<string, Row[]>>,
  random: Random,
  { home, count, fakerSeed, now }: { home: Locale; count: number; fakerSeed: number; now: number },
): Row[] {
  const seeded = new Set<Locale>()

  const rows: Row[] = []
  const ids = new Set<string>()
  const prefix = (table.name.split('_').at(-1) as string).slice(0, 4)
  const used = new Map<string, Set<string>>()
  const people: { first: string; last: string }[] = []
  const offset = random.int(0, 1000)
  for (let index = 0; index < count; index++) {
    const locale = random.chance(0.75) ? home : random.pick(locales)
    const { faker } = locale
    if (!seeded.has(locale)) faker.seed(fakerSeed)
    seeded.add(locale)
    const person =
      index % 6 === 5 && people.length > 2
        ? { first: faker.person.firstName(), last: (people[index - 3] as { last: string }).last }
        : { first: faker.person.firstName(), last: faker.person.lastName() }
    people.push(person)
    const created = now - random.int(2, 300) * day - random.int(0, 1439) * minute
    const start = now + random.int(-40, 60) * day
    const context: Context = {
      index: index + offset,
      random,
      locale,
      table,
      now,
      person,
      place: random.int(0, locale.cities.length - 1),
      created: Math.floor(created / minute) * minute,
      start: Math.floor(start / day) * day + random.int(8, 16) * 60 * minute,
      end: 0,
      status: null,
    }
    context.end = context.start + random.int(1, 14) * day + random.int(1, 3) * 60 * minute
    const row: Row = {}
    for (const column of statusFirst(table.columns)) {
      if (column.semantic === 'id' && table.primary_key.includes(column.name)) {
        let id = ''
        do id = `${prefix}_${random.text(6)}`
        while (ids.has(id))
        ids.add(id)
        row[column.name] = id
        continue
      }
      const foreign = table.foreign_keys.find((key) => key.columns[0] === column.name && key.columns.length === 1)
      row[column.name] =
        foreign === undefined
          ? cellOf(column, context, used)
          : reference(
              foreign.table === table.name ? rows : (done[foreign.table] ?? []),
              foreign.references[0] as string,
              column,
              context,
            )
      if (column.semantic === 'status') context.status = row[column.name] as Cell
    }
    rows.push(Object.fromEntries(table.columns.map((column) => [column.name, row[column.name] ?? null])))
  }
  return rows
}

/** The status of a row is known before the dates that depend on it. */
const statusFirst = (columns: readonly Column[]): Column[] =>
  [...columns].sort((a, b) => Number(b.semantic === 'status') - Number(a.semantic === 'status'))

/**
 * Two parents of three have children, in turn, so that each of these has some and the others can be deleted without
 * any; what may be empty sometimes is.
 */
function reference(parents: readonly Row[], column: string, own: Column, { index, random }: Context): Cell {
  const withChildren = parents.slice(0, Math.max(1, Math.ceil((parents.length * 2) / 3)))
  if (withChildren.length === 0 || (own.nullable && random.chance(0.2))) return null
  const at = random.chance(0.5) ? index % withChildren.length : random.int(0, withChildren.length - 1)
  return (withChildren[at] as Row)[column] ?? null
}

function cellOf(column: Column, context: Context, used: Map<string, Set<string>>): Cell {
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
  let value = cellValue(column, context)
  if (!unique || value === null) return value
  const seen = used.get(column.name) ?? new Set<string>()
  used.set(column.name, seen)
  for (let attempt = 2; seen.has(String(value).toLowerCase()); attempt++)
    value = distinct(column, String(cellValue(column, context)), attempt, context, seen)
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
    default:
      return `${value} ${attempt > 4 ? seen.size + attempt : random.pick(['II', 'North', 'South', 'Plus', 'New'])}`
  }
}

const iso = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`
const isoDate = (time: number): string => new Date(time).toISOString().slice(0, 10)
const slug = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '.')
    .replace(/^\.|\.$/g, '')
    .toLowerCase()

function cellValue(column: Column, context: Context): Cell {
  const { random } = context
  const make = makers[column.semantic ?? '']
  if (make !== undefined) {
    const value = make(context, column)
    return column.type === 'TEXT'
      ? value === null
        ? null
        : String(value)
      : column.type === 'INTEGER'
        ? Math.round(Number(value))
        : Number(value)
  }
  return column.type === 'TEXT'
    ? random.pick(pool.emblems).toLowerCase()
    : column.type === 'INTEGER'
      ? wholeNumber(context, column)
      : Math.round(random.next() * 10000) / 100
}

type Maker = (context: Context, column: Column) => Cell

/** What stands for a state or a kind is one of a few codes. */
function wholeNumber({ random }: Context, { name }: Column): number {
  return random.int(1, /(^|_)(status|state|category|type|kind|level|priority|severity|mode)$/.test(name) ? 5 : 100)
}

const makers: Readonly<Record<string, Maker>> = {
  name: (context, column) => nameOf(context, column),
  subject: ({ random }) => random.pick(pool.subjects),
  person: ({ person }) => `${person.first} ${person.last}`,
  first_name: ({ person }) => person.first,
  last_name: ({ person }) => person.last,
  middle_name: ({ locale }) => locale.faker.person.firstName(),
  username: ({ person, random }) => `${slug(person.first).replaceAll('.', '')}${random.int(10, 99)}`,
  email: ({ person }) => `${slug(person.first)}.${slug(person.last)}@example.com`,
  phone: ({ random, locale }) => `${locale.calling} ${random.int(201, 989)} 555 ${digits('####', random)}`,
  company: ({ locale }) => locale.faker.company.name(),
  product: ({ random }) => random.pick(pool.products),
  brand: ({ random }) => random.pick(pool.brands),
  filename: ({ random }) => `${random.pick(pool.fileStems)}.${random.pick(pool.fileEndings)}`,
  text: ({ random }) => random.pick(pool.texts),
  street: ({ random, locale }) =>
    locale.language === 'en'
      ? `${random.int(1, 180)} ${random.pick(pool.streets)}`
      : `${locale.faker.location.street()} ${random.int(1, 180)}`,
  street2: ({ random }) => `Floor ${random.int(1, 9)}`,
  postcode: ({ random, locale }) => digits(locale.postcode, random),
  city: ({ locale, place }) => locale.cities[place]?.[0] as string,
  region: ({ locale, place }) => locale.cities[place]?.[1] as string,
  country: ({ locale }) => locale.country,
  country_code: ({ locale }) => locale.countryCode,
  timezone: ({ locale }) => locale.timezone,
  language: ({ locale }) => locale.language,
  currency: ({ locale }) => locale.currency,
  colour: ({ random }) => random.pick(pool.colours),
  department: ({ random }) => random.pick(pool.departments),
  job_title: ({ random }) => random.pick(pool.jobTitles),
  weekday: ({ random }) => random.pick(pool.weekdays),
  gender: ({ random }) => random.pick(['female', 'male', 'other']),
  salutation: ({ random }) => random.pick(['Ms', 'Mr', 'Dr']),
  priority: ({ random }, column) => (column.type === 'TEXT' ? random.pick(pool.priorities) : random.int(1, 5)),
  status: ({ random }) => random.pick(['active', 'inactive', 'pending']),
  category: ({ random }, column) =>
    random.pick(
      pool.categories[column.name.split('_').at(-1) as string] ?? pool.categories[column.name] ?? pool.tracks,
    ),
  tag: ({ random }) => random.pick(pool.labels),
  number_code: ({ random, table }) =>
    `${(table.name.split('_').at(-1) as string).charAt(0).toUpperCase()}-${random.int(1000, 9999)}`,
  sku: ({ random }) => `${random.pick(pool.symbols)}-${random.int(1000, 9999)}`,
  symbol: ({ random }) => random.pick(pool.symbols),
  hostname: ({ random }) => `${random.pick(pool.emblems).toLowerCase()}.example.com`,
  url: ({ random, index }) => `https://www.example.com/${random.pick(pool.fileStems)}/${index}`,
  image_url: ({ random, index }) => `https://images.example.com/${random.pick(pool.fileStems)}-${index}.jpg`,
  ip: ({ random }) => `10.${random.int(0, 255)}.${random.int(0, 255)}.${random.int(1, 254)}`,
  mac: ({ random }) => Array.from({ length: 6 }, () => random.int(16, 255).toString(16)).join(':'),
  port: ({ random }) => random.pick([22, 80, 443, 5432, 8080]),
  version: ({ random }) => `${random.int(1, 4)}.${random.int(0, 9)}.${random.int(0, 20)}`,
  path: ({ random }) => `/${random.pick(pool.labels).replaceAll(' ', '-')}/${random.pick(pool.fileStems)}`,
  mime: ({ random }) => random.pick(pool.mimes),
  iban: ({ random }) => `DE${random.int(10, 99)}${random.int(10000000, 99999999)}${random.int(1000000000, 9999999999)}`,
  bic: ({ random }) => `${random.pick(pool.symbols)}BDEFF`,
  bank_account: ({ random }) => String(random.int(10000000, 99999999)),
  tax_number: ({ random }) => `${random.pick(pool.countryCodes)}${random.int(100000000, 999999999)}`,
  created_at: ({ created }) => iso(created),
  updated_at: ({ created, now, random }) => iso(Math.min(now, created + random.int(0, 40) * day)),
  start_date: ({ start }) => isoDate(start),
  start_time: ({ start }) => iso(start),
  end_date: ({ end }) => isoDate(end),
  end_time: ({ end }) => iso(end),
  due_date: ({ now, random }) => isoDate(now + random.int(-10, 45) * day),
  due_time: ({ now, random }) => iso(Math.floor((now + random.int(-10, 45) * day) / day) * day + 17 * 60 * minute),
  date: ({ now, random }) => isoDate(now + random.int(-60, 40) * day),
  datetime: ({ created, random, now }) => iso(Math.min(now, created + random.int(0, 20) * day)),
  birth_date: ({ random }) => isoDate(Date.UTC(random.int(1955, 2004), random.int(0, 11), random.int(1, 28))),
  year: ({ random }) => random.int(2015, 2026),
  month: ({ random }) => random.int(1, 12),
  day: ({ random }) => random.int(1, 28),
  money: ({ random }, column) =>
    column.type === 'INTEGER'
      ? random.int(5, 900)
      : random.pick([4.5, 9.9, 12, 19.5, 24.9, 35, 49, 60, 75.5, 89, 120, 145, 199, 240, 310, 425.5, 580, 750, 990]) +
        random.int(0, 40),
  percent: ({ random }) => random.int(1, 19) * 5,
  rating: ({ random }) => random.int(1, 5),
  quantity: ({ random }) => random.int(1, 24),
  duration: ({ random }) => random.pick([5, 10, 15, 20, 30, 45, 60, 90, 120]),
  bytes: ({ random }) => random.int(2, 900) * 1024,
  dimension: ({ random }) => random.int(5, 250),
  temperature: ({ random }) => random.int(-5, 32),
  age: ({ random }) => random.int(18, 80),
  ordinal: ({ random }) => random.int(1, 12),
  latitude: ({ random }) => random.int(-6000, 6900) / 100,
  longitude: ({ random }) => random.int(-17000, 17000) / 100,
  integer: wholeNumber,
  number: ({ random }) => random.int(10, 9999) / 10,
  uuid: ({ random }, column) =>
    `${
      column.name
        .replace(/_?(id|uuid|guid|token|hash|key|ref)$/, '')
        .split('_')
        .at(-1)
        ?.slice(0, 4) || 'ref'
    }_${random.text(8)}`,
  json: ({ random }, column) =>
    /_ids$/.test(column.name)
      ? JSON.stringify(
          [0, 1].map(() => `${column.name.replace(/_ids$/, '').split('_').at(-1)?.slice(0, 4)}_${random.text(6)}`),
        )
      : JSON.stringify([...new Set([random.pick(pool.labels), random.pick(pool.labels)])]),
  word: ({ random }) => random.pick(pool.emblems).toLowerCase(),
}

/** The name of a row, by what kind of thing its table holds. */
function nameOf({ random, locale, place, person, table, index }: Context, column: Column): string {
  if (column.name === 'label' || /(^|_)(tag|label|category)$/.test(table.name)) return random.pick(pool.labels)
  const other = /^(.+)_(name|title|label)$/.exec(column.name)?.[1]
  const kind = tableKind(other === undefined || /^(display|friendly|short|full)$/.test(other) ? table.name : other)
  // Few first words for many rows: each has a near-twin that only the second word tells apart.
  const emblem = pool.emblems[(index + random.int(0, 5)) % 14] as string
  switch (kind) {
    case 'person':
      return `${person.first} ${person.last}`
    case 'company':
      return locale.faker.company.name()
    case 'place':
      return `${locale.cities[place]?.[0]} ${random.pick(pool.placeSuffixes)}`
    case 'product':
      return random.pick(pool.products)
    case 'machine':
      return `${emblem.toLowerCase()}-${random.pick(pool.machineRoles)}`
    case 'work':
      return random.chance(0.3)
        ? `${random.pick(pool.workNames)}, ${random.pick(pool.workQualifiers)}`
        : random.pick(pool.workNames)
    case 'file':
      return `${random.pick(pool.fileStems)}.${random.pick(pool.fileEndings)}`
    case 'group':
      return `${emblem} ${random.pick(pool.groupSuffixes)}`
    case 'label':
      return random.pick(pool.labels)
    case 'message':
      return random.pick(pool.subjects)
    default:
      return `${emblem} ${random.pick(pool.thingSuffixes)}`
  }
}
