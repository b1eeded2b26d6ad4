/**
 * Which identifier of one run stands for which of another, where each world made its own.
 *
 * Identifiers get colours by what stands around them, refined until nothing changes (colour refinement, as for graph
 * isomorphism). Where several share a colour one is settled, and what follows from it with it: an order draws its items
 * along, so identical orders don't swap them; a choice that contradicts itself is taken back and the next one tried.
 * What is left over (a row with one wrong cell, say) is paired by ever coarser colours and at last by how much the rows
 * have in common, so that the difference is told as a wrong cell. Identifiers are found inside texts as well, where they
 * stand as words of their own. Where siblings that are alike have to be told apart jointly (a graph that looks the same
 * from each of its nodes) a match may be missed; tables of records hardly hold such graphs. Work grows with the number of
 * changed rows, but for what has a bound here.
 * Source: McKay and Piperno, Practical graph isomorphism II (2014): individualize and refine.
 */

import type { Domain } from '../../schemas/domain.ts'
import type { Cell, Row } from '../../schemas/json.ts'
import type { Change } from './changes.ts'
import { literalColumns, sharedText } from './sameness.ts'

/** What a play has changed, and the identifiers that its world made → their table, in the order they were made. */
export interface Changed {
  changes: readonly Change[]
  minted: ReadonlyMap<string, string>
}

const roundsMax = 24
/** Candidates tried for one identifier, and places visited in vain altogether, before the first candidate is taken. */
const triesMax = 32
const vainMax = 200_000
/** Pairs of leftovers compared cell by cell; where there are more, they are paired in the order they were made. */
const comparedMax = 100_000

const word = /\w+/g
const slotMark = '\ue000'

interface Place {
  row: number
  slot: number
}

interface Side {
  names: string[]
  /** One per row that holds an identifier: its cells with identifiers taken out, and these in order. */
  rows: { template: number; cells: string[]; ids: number[] }[]
  places: Place[][]
  /** Round → identifier → colour. */
  colours: number[][]
}

/**
 * Ways to read `expected` in the words of `actual`, each identifier of the one → that of the other: the likeliest first.
 * Where the two runs differ in nothing but names, the first makes them equal.
 */
export function* renamings(domain: Domain, actual: Changed, expected: Changed): Generator<Map<string, string>> {
  const intern = interner()
  const [have, want] = [sideOf(domain, actual, intern), sideOf(domain, expected, intern)]
  if (have.names.length === 0 || want.names.length === 0) return
  refine(have, want, intern)
  yield pairUp(have, want, false)
  yield pairUp(have, want, true)
}

/**
 * The changes of one run in the identifiers of another, and those that have no partner there.
 *
 * @param taken identifiers that the other run's rows may hold
 */
export function renameChanges(
  changes: readonly Change[],
  minted: ReadonlyMap<string, string>,
  renaming: ReadonlyMap<string, string>,
  taken: ReadonlyMap<string, string>,
): { changes: Change[]; strangers: Set<string> } {
  const strangers = new Set<string>()
  const text = (value: string): string => {
    if (minted.has(value)) return renamed(value)
    return value.replace(word, (part) => (minted.has(part) ? renamed(part) : part))
  }
  // An identifier that has no partner must not be taken for one of the other run's that happens to be spelled the same.
  const renamed = (id: string): string => {
    const partner = renaming.get(id)
    if (partner !== undefined) return partner
    const stranger = taken.has(id) ? `${id} (gold)` : id
    strangers.add(stranger)
    return stranger
  }
  const cell = (value: Cell): Cell => (typeof value === 'string' ? text(value) : value)
  const row = (of: Row): Row => {
    const copy: Row = {}
    for (const name in of) copy[name] = cell(of[name] as Cell)
    return copy
  }
  const changed = changes.map(({ table, key, before, after }) => ({
    table,
    key: row(key),
    before,
    after: after && row(after),
  }))
  return { changes: changed, strangers }
}

type Intern = (text: string) => number

function interner(): Intern {
  const known = new Map<string, number>()
  return (text) => {
    let number = known.get(text)
    if (number === undefined) {
      number = known.size
      known.set(text, number)
    }
    return number
  }
}

function sideOf(domain: Domain, { changes, minted }: Changed, intern: Intern): Side {
  const side: Side = { names: [], rows: [], places: [], colours: [[]] }
  if (minted.size === 0) return side
  const columns = new Map(
    domain.tables.map((table) => {
      const literal = literalColumns(table)
      const compared = table.columns.filter((column) => !column.volatile)
      return [table.name, compared.map(({ name }) => ({ name, literal: literal.has(name) }))]
    }),
  )
  const indexes = new Map<string, number>()
  for (const { table, after } of changes) {
    if (after === null) continue
    const ids: string[] = []
    const take = (id: string): string => {
      ids.push(id)
      return slotMark
    }
    const cells = (columns.get(table) ?? []).map(({ name, literal }) => {
      const value = after[name] ?? null
      if (typeof value === 'number') return `${name} ${Number.isInteger(value) ? value : value.toPrecision(9)}`
      if (value === null) return name
      if (minted.has(value)) return `${name} "${take(value)}`
      const text = value.replace(word, (part) => (minted.has(part) ? take(part) : part))
      return `${name} "${literal ? text : sharedText(text)}`
    })
    if (ids.length === 0) continue
    const row = side.rows.length
    side.rows.push({ template: intern(`${table} ${JSON.stringify(cells)}`), cells, ids: [] })
    for (const [slot, id] of ids.entries()) {
      let index = indexes.get(id)
      if (index === undefined) {
        index = indexes.size
        indexes.set(id, index)
        side.places.push([])
      }
      side.rows[row]?.ids.push(index)
      side.places[index]?.push({ row, slot })
    }
  }
  return inOrderMade(side, indexes, minted, intern)
}

/** Numbers the identifiers in the order they were made, so that what is alike pairs in that order. */
function inOrderMade(
  side: Side,
  indexes: Map<string, number>,
  minted: ReadonlyMap<string, string>,
  intern: Intern,
): Side {
  const places: Place[][] = []
  const moved: number[] = []
  const tables: number[] = []
  for (const [id, table] of minted) {
    const index = indexes.get(id)
    if (index === undefined) continue
    moved[index] = places.length
    places.push(side.places[index] as Place[])
    side.names.push(id)
    tables.push(intern(`table ${table}`))
  }
  for (const row of side.rows) row.ids = row.ids.map((index) => moved[index] as number)
  return { ...side, places, colours: [tables] }
}

function refine(have: Side, want: Side, intern: Intern): void {
  let classes = 0
  for (let round = 0; round < roundsMax; round++) {
    for (const side of [have, want]) {
      const now = side.colours[round] as number[]
      const rows = side.rows.map(({ template, ids }) => intern(`row ${template} ${ids.map((id) => now[id]).join()}`))
      side.colours.push(
        side.places.map((places, id) => {
          const around = places.map(({ row, slot }) => `${rows[row]}.${slot}`)
          return intern(`id ${now[id]} ${around.sort().join()}`)
        }),
      )
    }
    const found = new Set([...(have.colours[round + 1] as number[]), ...(want.colours[round + 1] as number[])]).size
    if (found === classes) break
    classes = found
  }
}

interface Pairing {
  have: Side
  want: Side
  /** Identifier of `have` → of `want`, and back; undefined where it is free. */
  to: (number | undefined)[]
  back: (number | undefined)[]
  vain: number
}

/** @param bold whether, among leftovers, what stands beside a pair is paired by its table alone */
function pairUp(have: Side, want: Side, bold: boolean): Map<string, string> {
  const pairing: Pairing = { have, want, to: [], back: [], vain: 0 }
  const last = have.colours.length - 1
  for (let round = last; round >= 1; round--) {
    for (const [ids, others] of classesOf(pairing, round))
      pairClass(pairing, ids, others, round === last || !bold ? round : 0, round === last)
  }
  for (const [ids, others] of classesOf(pairing, 0)) pairClosest(pairing, ids, others)
  const renaming = new Map<string, string>()
  for (const [id, other] of pairing.to.entries())
    if (other !== undefined) renaming.set(want.names[other] as string, have.names[id] as string)
  return renaming
}

/** Free identifiers of both sides that share a colour of that round, the smallest classes first. */
function classesOf({ have, want, to, back }: Pairing, round: number): [number[], number[]][] {
  const classes = new Map<number, [number[], number[]]>()
  for (const [id, colour] of (have.colours[round] as number[]).entries()) {
    if (to[id] !== undefined) continue
    const found = classes.get(colour)
    if (found === undefined) classes.set(colour, [[id], []])
    else found[0].push(id)
  }
  for (const [id, colour] of (want.colours[round] as number[]).entries())
    if (back[id] === undefined) classes.get(colour)?.[1].push(id)
  return [...classes.values()]
    .filter(([, others]) => others.length > 0)
    .sort(([a, b], [c, d]) => a.length * b.length - c.length * d.length)
}

function pairClass(pairing: Pairing, ids: number[], others: number[], round: number, exact: boolean): void {
  let first = 0
  for (const id of ids) {
    if (pairing.to[id] !== undefined) continue
    while (first < others.length && pairing.back[others[first] as number] !== undefined) first += 1
    if (first === others.length) return
    let tries = 0
    for (let at = first; at < others.length && tries < triesMax; at++) {
      const other = others[at] as number
      if (pairing.back[other] !== undefined) continue
      tries += 1
      if (settle(pairing, id, other, round, exact && pairing.vain < vainMax)) break
    }
  }
}

/**
 * Pairs two identifiers and whatever follows: the identifiers beside them in rows that have one counterpart, or several
 * that are alike. Where `strict`, it takes all of it back and says false if a row finds no counterpart.
 */
function settle(pairing: Pairing, first: number, partner: number, round: number, strict: boolean): boolean {
  const { have, want, to, back } = pairing
  const made: [number, number][] = []
  let visited = 0
  const pair = (id: number, other: number): boolean => {
    if (to[id] === undefined && back[other] === undefined) {
      to[id] = other
      back[other] = id
      made.push([id, other])
    }
    return to[id] === other
  }
  pair(first, partner)
  for (let at = 0; at < made.length; at++) {
    const [id, other] = made[at] as [number, number]
    const counterparts = grouped(want, other, round, (beside) => (back[beside] === undefined ? undefined : beside))
    visited += have.places[id]?.length ?? 0
    let fits = have.places[id]?.length === want.places[other]?.length
    for (const [around, rows] of grouped(have, id, round, (beside) => to[beside])) {
      const there = counterparts.get(around) ?? []
      fits &&= there.length === rows.length
      for (const [index, row] of rows.entries()) {
        const twin = there[index]
        if (twin === undefined) break
        for (const [slot, beside] of (have.rows[row]?.ids ?? []).entries())
          if (!pair(beside, want.rows[twin]?.ids[slot] as number)) fits = false
      }
    }
    if (strict && !fits) {
      for (const [undone, of] of made) {
        to[undone] = undefined
        back[of] = undefined
      }
      pairing.vain += visited
      return false
    }
  }
  return true
}

/** The rows that hold an identifier, by what they say of it: settled neighbours by name, free ones by colour. */
function grouped(
  side: Side,
  id: number,
  round: number,
  settled: (id: number) => number | undefined,
): Map<string, number[]> {
  const colours = side.colours[round] as number[]
  const groups = new Map<string, number[]>()
  for (const { row, slot } of side.places[id] ?? []) {
    const { template, ids } = side.rows[row] as Side['rows'][number]
    const around = ids.map((beside) => {
      const name = settled(beside)
      return name === undefined ? `~${colours[beside]}` : name
    })
    const key = `${template} ${slot} ${around.join()}`
    const found = groups.get(key)
    if (found === undefined) groups.set(key, [row])
    else found.push(row)
  }
  return groups
}

function pairClosest(pairing: Pairing, ids: number[], others: number[]): void {
  const { have, want, to, back } = pairing
  const pairs: { id: number; other: number; common: number }[] = []
  if (ids.length * others.length <= comparedMax) {
    const found = others.map((other) =>
      traits(want, other, (beside) => (back[beside] === undefined ? undefined : beside)),
    )
    for (const id of ids) {
      const own = traits(have, id, (beside) => to[beside])
      for (const [index, other] of others.entries()) {
        let common = 0
        for (const trait of own) if (found[index]?.has(trait)) common += 1
        pairs.push({ id, other, common })
      }
    }
    pairs.sort((a, b) => b.common - a.common)
  } else {
    for (const [index, id] of ids.entries()) pairs.push({ id, other: others[index] as number, common: 0 })
  }
  for (const { id, other } of pairs) {
    if (other === undefined || to[id] !== undefined || back[other] !== undefined) continue
    to[id] = other
    back[other] = id
  }
}

/** What is said of an identifier, cell by cell. */
function traits(side: Side, id: number, settled: (id: number) => number | undefined): Set<string> {
  const found = new Set<string>()
  for (const { row, slot } of side.places[id] ?? []) {
    const { cells, ids } = side.rows[row] as Side['rows'][number]
    let at = 0
    for (const cell of cells) {
      const text = cell.replaceAll(slotMark, () => {
        const beside = ids[at++] as number
        return beside === id ? '.' : `<${settled(beside) ?? '~'}>`
      })
      found.add(`${slot} ${text}`)
    }
  }
  return found
}
