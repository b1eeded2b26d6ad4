/** Questions that only read: a look-up through references, a count, a sum, a comparison; each with one right answer. */

import type { Cell, Row } from '../../../schemas/json.ts'
import { tableKind } from '../lexicon.ts'
import { describeBest } from './choose.ts'
import type { Group, Mention } from './deed.ts'
import type { Errand } from './errand.ts'
import { firstThatWorks } from './errand.ts'
import type { Facts, Kind, Parent } from './facts.ts'
import { lookUp, lookUpGroup, readOne } from './look.ts'
import type { Description } from './refer.ts'
import { describeRow, nameOnly } from './refer.ts'
import { groupsOf } from './sets.ts'
import { keyOf, mark, placeOf, Setback } from './walk.ts'
import { scopeNeeded } from './writes.ts'

const askable: readonly Kind[] = [
  'status',
  'enum',
  'email',
  'date',
  'money',
  'person',
  'company',
  'city',
  'code',
  'count',
]

/** What is stored as a word of English is no answer to a question in Chinese. */
const askableIn = ({ language }: Facts): readonly Kind[] =>
  language === 'en' ? askable : askable.filter((kind) => kind !== 'status' && kind !== 'enum')

type Form = 'look up' | 'choose' | 'count' | 'total' | 'difference'
const forms: readonly Form[] = [
  'look up',
  'look up',
  'look up',
  'choose',
  'choose',
  'count',
  'count',
  'total',
  'difference',
]

/** A question of a form that the seed picks; where the domain has no such, a look-up. */
export function askQuestion(errand: Errand): void {
  const { draw } = errand.walk
  const form = draw.pick(forms) as Form
  try {
    if (form === 'look up') lookUpQuestion(errand)
    else firstThatWorks(errand, tablesFor(errand, form), 5, (table) => ask[form](errand, table), readersOf(errand))
  } catch (error) {
    if (!(error instanceof Setback) || form === 'look up') throw error
    lookUpQuestion(errand)
  }
}

/** The reads that a question about a table may bring in. */
const readersOf =
  ({ walk: { facts } }: Errand) =>
  (table: string): string[] =>
    facts.readers(table).map(({ tool }) => tool)

function tablesFor({ walk: { facts } }: Errand, form: Form): string[] {
  return facts.domain.tables
    .map(({ name }) => name)
    .filter((name) => facts.sayable(name) && facts.key(name) !== undefined)
    .filter((name) => form === 'count' || numbersOf(facts, name).length > 0)
}

const numbersOf = (facts: Errand['walk']['facts'], table: string): string[] =>
  (facts.tables.get(table)?.columns ?? [])
    .map(({ name }) => name)
    .filter((name) => ['money', 'count', 'date'].includes(facts.kind(table, name)) && !incomparable.test(name))

const incomparable =
  /^count$|updated|modified|^last_|year|version|number|birth|delay|limit|timeout|interval|progress|days$/
/** What is added up: amounts of the same make, not rates, marks or shares. */
const additive =
  /amount|total|price|cost|fee|budget|balance|quantity|count|duration|hours|minutes|points|size|value|paid|weight/

const ask: Record<Exclude<Form, 'look up'>, (errand: Errand, table: string) => void> = {
  choose(errand, table) {
    const { walk } = errand
    const { facts, draw } = walk
    const description = describeBest(walk, table, {})
    const target: Mention = { table, key: description.key, description }
    const named = (facts.tables.get(table)?.columns ?? []).filter(
      ({ name }) => facts.kind(table, name) === 'name' && placeOf(walk, table, description.key, name) !== undefined,
    )
    const others = (facts.tables.get(table)?.columns ?? []).filter(
      ({ name }) =>
        askableIn(facts).includes(facts.kind(table, name)) &&
        name !== description.best?.column &&
        !description.attributes.some(({ column }) => column === name),
    )
    const column = draw.chance(0.6) ? (draw.pick(named) ?? draw.pick(others)) : (draw.pick(others) ?? draw.pick(named))
    if (column === undefined) throw new Setback('nothing to ask')
    answerWith(errand, table, description.row, column.name)
    readAnswer(errand, table, description.key, column.name)
    errand.deeds.push({ kind: 'question', target, table, column: column.name, asked: facts.kind(table, column.name) })
  },

  count(errand, table) {
    for (const { rows: _, ...group } of groupsOf(errand.walk, table, { min: 2, max: countMax })) {
      if (!triedOn(errand, group)) continue
      const value = group.keys.length
      errand.answer = { value, kind: 'number', among: Array.from({ length: 2 * value + 2 }, (_, number) => number) }
      errand.deeds.push({ kind: 'count', group })
      return
    }
    throw new Setback('no group to count')
  },

  total(errand, table) {
    if (['person', 'company', 'place', 'group'].includes(tableKind(table))) throw new Setback('nothing to add up')
    const { facts, draw } = errand.walk
    const column = draw.pick(
      numbersOf(facts, table).filter((name) => facts.kind(table, name) !== 'date' && additive.test(name)),
    )
    if (column === undefined) throw new Setback('nothing to add up')
    for (const { rows, ...group } of groupsOf(errand.walk, table, { min: 2, max: 8 })) {
      if (rows.some((row) => typeof row[column] !== 'number') || !triedOn(errand, group, column)) continue
      const sum = rows.reduce((total, row) => total + (row[column] as number), 0)
      errand.answer = { value: Math.round(sum * 100) / 100, kind: 'number' }
      errand.deeds.push({ kind: 'total', group, column, asked: facts.kind(table, column) })
      return
    }
    throw new Setback('no group to add up')
  },

  difference(errand, table) {
    const { walk } = errand
    const { facts, draw } = walk
    const column = draw.pick(numbersOf(facts, table))
    if (column === undefined) throw new Setback('nothing to compare by')
    const kind = facts.kind(table, column)
    const named: { mention: Mention; row: Row }[] = []
    for (const row of draw.shuffle(walk.rows[table] ?? []).slice(0, 8)) {
      if (named.length === 2) break
      const description =
        numberOf(kind, row[column]) === undefined ? undefined : nameOnly({ facts, rows: walk.rows, draw }, table, row)
      if (description === undefined) continue
      const undo = mark(walk)
      try {
        lookUp(walk, description)
        if (placeOf(walk, table, description.key, column) === undefined)
          walk.needed.push(readOne(walk, table, description.key, keyOf(walk, table, description.key)))
        if (placeOf(walk, table, description.key, column) === undefined) throw new Setback('no read shows it')
        named.push({ mention: { table, key: description.key, description }, row })
      } catch (error) {
        if (!(error instanceof Setback)) throw error
        undo()
      }
    }
    const [first, second] = named.sort(
      (a, b) => (numberOf(kind, b.row[column]) as number) - (numberOf(kind, a.row[column]) as number),
    )
    if (first === undefined || second === undefined) throw new Setback('no two to compare')
    const value = (numberOf(kind, first.row[column]) as number) - (numberOf(kind, second.row[column]) as number)
    if (value < 1) throw new Setback('an answer that could be guessed')
    errand.answer = { value: Math.round(value * 100) / 100, kind: 'number' }
    errand.deeds.push({ kind: 'difference', targets: [first.mention, second.mention], column, asked: kind })
  },
}

const countMax = 12

function triedOn(errand: Errand, group: Group, column?: string): boolean {
  const undo = mark(errand.walk)
  try {
    lookUpGroup(errand.walk, group, column)
    return true
  } catch (error) {
    if (!(error instanceof Setback)) throw error
    undo()
    return false
  }
}

/** Days since 1970 of a date that is stored by its day; else the number. */
function numberOf(kind: Kind, cell: Cell | undefined): number | undefined {
  if (kind !== 'date') return typeof cell === 'number' && Number.isFinite(cell) ? cell : undefined
  const time = typeof cell === 'string' ? Date.parse(cell.slice(0, 10)) : Number.NaN
  return Number.isNaN(time) ? undefined : Math.round(time / 86_400_000)
}

/** The fact that a column of a row holds. @throws Setback where it says nothing, or could be guessed */
function answerWith(errand: Errand, table: string, row: Row | undefined, column: string): void {
  const { facts, rows } = errand.walk
  const value = row?.[column]
  const kind = facts.kind(table, column)
  if (value === null || value === undefined || facts.say(table, column, value, true) === undefined)
    throw new Setback('nothing to answer')
  if (new Set((rows[table] ?? []).map((item) => item[column])).size < 3)
    throw new Setback('an answer that could be guessed')
  if (standsFirst(errand, column, value)) throw new Setback('an answer that stands first')
  errand.answer = {
    value,
    kind: kind === 'date' ? 'date' : typeof value === 'number' ? 'number' : 'text',
    source: { table, column },
  }
}

/**
 * Whether the value stands in a column of that name in a row that some list shows first, of all or of the first parent:
 * whoever takes the first thing that is called so would be right.
 */
function standsFirst({ walk: { facts, rows } }: Errand, column: string, value: Cell): boolean {
  return [...facts.tables.values()].some(({ name, columns }) => {
    const key = facts.key(name)
    if (key === undefined || !columns.some((own) => own.name === column)) return false
    const first = firstBy(rows[name] ?? [], key)
    const below = facts.parents(name).map((parent) => {
      const above = firstBy(rows[parent.table] ?? [], facts.key(parent.table) as string)
      const own = (rows[name] ?? []).filter(
        (row) => above !== undefined && row[parent.column] === above[facts.key(parent.table) as string],
      )
      return firstBy(own, key)
    })
    return [first, ...below].some((row) => row?.[column] === value)
  })
}

/** The row that a list in the order of its ids begins with. */
const firstBy = (rows: readonly Row[], key: string): Row | undefined =>
  rows.reduce<Row | undefined>(
    (first, row) => (first === undefined || (row[key] ?? '') < (first[key] ?? '') ? row : first),
    undefined,
  )

/** A column that the look-up doesn't show takes one more read; so does a row whose own read no task uses yet. */
function readAnswer({ walk }: Errand, table: string, key: Cell, column: string): void {
  const isShown = placeOf(walk, table, key, column) !== undefined
  const { bindings, idle, facts } = walk
  const own = facts.readers(table).filter(({ verb, tool }) => verb === 'get' && idle.wants(tool))
  if (!isShown) readOne(walk, table, key, keyOf(walk, table, key))
  else if (own.length > 0 && bindings.every(({ verb, table: of }) => verb !== 'get' || of !== table)) {
    const undo = mark(walk)
    try {
      readOne(walk, table, key, keyOf(walk, table, key))
      if (placeOf(walk, table, key, column) === undefined) throw new Setback('no read shows the answer')
    } catch (error) {
      if (!(error instanceof Setback)) throw error
      undo()
    }
  }
  if (placeOf(walk, table, key, column) === undefined) throw new Setback('no read shows the answer')
}

const rowsTried = 4

interface Asked {
  table: string
  via: Parent[]
  column: string
}

/** A question about one row, or about the row that it refers to, or that that one refers to. */
function lookUpQuestion(errand: Errand): void {
  const { walk } = errand
  const { facts, draw } = walk
  const asks: Asked[] = []
  const add = (table: string, via: Parent[]): void => {
    const at = via.at(-1)?.table ?? table
    // What kind another thing is, or its number, is no way to ask for it through a third.
    const kinds: readonly Kind[] =
      via.length === 0
        ? askableIn(facts)
        : [...askableIn(facts).filter((kind) => !['enum', 'count', 'code'].includes(kind)), 'name']
    for (const { name } of facts.tables.get(at)?.columns ?? [])
      if (kinds.includes(facts.kind(at, name)))
        for (let weight = 0; weight <= via.length; weight += 1) asks.push({ table, via, column: name })
    if (via.length === 2) return
    for (const parent of facts.parents(at))
      if (parent.table !== at && parent.table !== table && facts.sayable(parent.table)) add(table, [...via, parent])
  }
  for (const { name } of facts.domain.tables) if (facts.sayable(name) && facts.key(name) !== undefined) add(name, [])
  const answer = ({ table, via, column }: Asked): void => {
    const some = draw.shuffle(walk.rows[table] ?? []).slice(0, rowsTried)
    const row = some.find((item) => via.length > 0 || !standsFirst(errand, column, item[column] ?? null)) ?? some[0]
    if (row === undefined) throw new Setback('no row')
    const description = describeRow(
      {
        facts,
        rows: walk.rows,
        draw,
        ...(via.length === 0 && { without: column }),
        ...(via.length === 0 && { under: scopeNeeded(errand, table, row) }),
      },
      table,
      row,
    )
    if (description === undefined) throw new Setback('no unique reference that a read shows')
    if (via.length > 0 && description.parent !== undefined) throw new Setback('a question that nobody can follow')
    lookUp(walk, description)
    const at = follow(errand, description, via)
    answerWith(errand, at.table, at.row, column)
    readAnswer(errand, at.table, at.key, column)
    errand.deeds.push({
      kind: 'question',
      target: { table, key: description.key, description },
      ...(via.length > 0 && { via: via.map((parent) => parent.table) }),
      table: at.table,
      column,
      asked: facts.kind(at.table, column),
    })
  }
  const tools = new Map(facts.domain.tables.map(({ name }) => [name, readersOf(errand)(name)]))
  firstThatWorks(errand, asks, 8, answer, ({ table, via }) =>
    [table, ...via.map((parent) => parent.table)].flatMap((name) => tools.get(name) ?? []),
  )
}

/** Reads on from a row along its references. */
function follow(
  errand: Errand,
  { table, key, row }: Description,
  via: readonly Parent[],
): { table: string; key: Cell; row: Row } {
  const { walk } = errand
  let at = { table, key, row }
  for (const parent of via) {
    const next = at.row[parent.column] ?? null
    const above = (walk.rows[parent.table] ?? []).find((item) => item[walk.facts.key(parent.table) as string] === next)
    if (above === undefined) throw new Setback('nothing to answer')
    if (placeOf(walk, at.table, at.key, parent.column) === undefined)
      readOne(walk, at.table, at.key, keyOf(walk, at.table, at.key))
    const from = placeOf(walk, at.table, at.key, parent.column)
    if (from === undefined) throw new Setback('key not shown')
    readOne(walk, parent.table, next, from)
    at = { table: parent.table, key: next, row: above }
  }
  return at
}
