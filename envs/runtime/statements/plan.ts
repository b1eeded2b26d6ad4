/**
 * How many rows a statement may visit at worst, by SQLite's own query plan over the rows of the domain.
 *
 * The plan is a tree of loops. A loop that scans counts all rows of its table, one that looks a whole primary key up
 * counts one, any other the largest group that its index has; loops inside loops multiply. A scan that is repeated for
 * each row of another table is refused outright, because its work grows as a product while an episode goes on. The plan
 * itself doesn't depend on the rows: no statistics are ever kept.
 * Source: https://sqlite.org/eqp.html; speeds measured in docs/decisions/0004-statements.md.
 */

import { quote } from '../image.ts'
import type { Probe } from '../statements.ts'
import type { Facts } from './syntax.ts'

/** Rows that an episode may add to a table, and to any group of an index. */
const growth = { rows: 64, group: 16 }
/** What a written row costs in rows visited: its indexes, the look-ups of its references and the row log. */
const writeWeight = 32
/** What a sorted row costs. */
const sortWeight = 2

export interface Sizes {
  probe: Probe
  /** Rows of a table, the most that any image has, with what an episode may add. */
  rows(table: string): number
  /** Rows that agree in these columns, at worst. */
  group(table: string, columns: readonly string[]): number
  /** Whether a row is picked out by these columns. */
  isKey(table: string, columns: readonly string[]): boolean
}

/** @param probes images of one domain: the same tables, other rows */
export function createSizes(probes: readonly Probe[]): Sizes {
  const counts = new Map<string, number>()
  const keys = new Map<string, string[]>()
  const probe = probes[0] as Probe
  const most = (sql: string): number => {
    let count = counts.get(sql)
    if (count === undefined) {
      count = Math.max(0, ...probes.map((each) => Number(each.prepare(sql).pluck().get() ?? 0)))
      counts.set(sql, count)
    }
    return count
  }
  const rows = (table: string) => most(`SELECT count(*) FROM ${quote(table)}`) + growth.rows
  return {
    probe,
    rows,
    group(table, columns) {
      if (columns.length === 0) return rows(table)
      const list = columns.map(quote).join(', ')
      const largest = most(`SELECT max(n) FROM (SELECT count(*) AS n FROM ${quote(table)} GROUP BY ${list})`)
      return Math.min(largest + growth.group, rows(table))
    },
    isKey(table, columns) {
      let key = keys.get(table)
      if (key === undefined) {
        const info = probe.pragma(`table_info(${quote(table)})`) as { name: string; pk: number }[]
        key = info.filter(({ pk }) => pk > 0).map(({ name }) => name)
        keys.set(table, key)
      }
      return key.every((name) => columns.includes(name))
    },
  }
}

interface Line {
  id: number
  parent: number
  detail: string
}

/** What a part of the plan comes to. */
interface Work {
  visits: number
  /** Rows that come out of it. */
  rows: number
  /** Whether it is one row at most by its form, whatever stands in the tables. */
  single: boolean
}

class Refusal extends Error {}

/** `reason` in words where it is refused, or else null; it need not be prepared before. */
export function planStatement(sql: string, facts: Facts, sizes: Sizes): { reason: string | null; visits: number } {
  let lines: Line[]
  try {
    const parameters = Object.fromEntries([...facts.parameters].map((name) => [name, null]))
    lines = sizes.probe.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters) as Line[]
  } catch (error) {
    return { reason: (error as Error).message.replace(/[.?]$/, ''), visits: 0 }
  }
  const children = new Map<number, Line[]>()
  for (const line of lines) {
    const siblings = children.get(line.parent)
    if (siblings === undefined) children.set(line.parent, [line])
    else siblings.push(line)
  }
  try {
    const plan: Plan = { facts, sizes, children, derived: new Map() }
    const { visits, rows } = measure(0, true, plan)
    return { reason: null, visits: facts.reads ? visits : visits + rows * writeWeight }
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.message, visits: 0 }
    throw error
  }
}

interface Plan {
  facts: Facts
  sizes: Sizes
  children: ReadonlyMap<number, Line[]>
  /** Queries in FROM, by the name that the plan has for them. */
  derived: Map<string, Work>
}

/** @param single whether what stands around this part runs it once at most */
function measure(id: number, single: boolean, plan: Plan): Work {
  const total: Work = { visits: 0, rows: 1, single: true }
  const perRow: Work[] = []
  for (const line of plan.children.get(id) ?? []) {
    const { detail } = line
    const inside = (once: boolean) => measure(line.id, once, plan)
    let loop: Work | null = null
    if (/^(SCAN|SEARCH) /.test(detail)) loop = loopWork(detail, single && total.single, plan)
    else if (detail === 'MULTI-INDEX OR') loop = alternatives(line.id, single && total.single, plan)
    else if (/^(COMPOUND QUERY$|MERGE \()/.test(detail)) loop = alternatives(line.id, single, plan)
    else if (/^CORRELATED (SCALAR|LIST) SUBQUERY /.test(detail)) perRow.push(inside(false))
    else if (/^(SCALAR|LIST) SUBQUERY /.test(detail)) total.visits += inside(true).visits
    else if (/^(CO-ROUTINE|MATERIALIZE) /.test(detail)) {
      const work = inside(single)
      plan.derived.set(detail.replace(/^\S+ /, '').toLowerCase(), work)
      total.visits += work.visits
    } else if (detail.startsWith('USE TEMP B-TREE FOR ')) total.visits += total.rows * sortWeight
    else if (!/^(REUSE |BLOOM FILTER |CREATE BLOOM FILTER)/.test(detail))
      throw new Refusal(`its plan has "${detail}", which is not known to be bounded`)
    if (loop === null) continue
    total.visits += total.rows * loop.visits
    total.rows *= Math.max(1, loop.rows)
    total.single &&= loop.single
  }
  for (const work of perRow) total.visits += total.rows * work.visits
  return total
}

/** The arms of a compound, or the indexes of an OR: one after the other. */
function alternatives(id: number, single: boolean, plan: Plan): Work {
  const total: Work = { visits: 0, rows: 0, single: false }
  for (const line of plan.children.get(id) ?? []) {
    const work = measure(line.id, single, plan)
    total.visits += work.visits + work.rows * sortWeight
    total.rows += work.rows
  }
  return total
}

/** One loop, each time it is run. */
function loopWork(detail: string, once: boolean, plan: Plan): Work {
  if (detail === 'SCAN CONSTANT ROW') return { visits: 1, rows: 1, single: true }
  const constants = /^SCAN (\d+)(?: CONSTANT ROWS?|-ROW VALUES CLAUSE)$/.exec(detail)
  if (constants !== null) return { visits: Number(constants[1]), rows: Number(constants[1]), single: false }

  const match =
    /^(SCAN|SEARCH) (\S+)(?: EXISTS)?(?: USING ([A-Z ]+?)(?: (_mc_x_\S+))?(?: \((.*)\))?)?(?: LEFT-JOIN)?$/.exec(detail)
  if (match === null) throw new Refusal(`its plan has "${detail}", which is not known to be bounded`)
  const [, kind, called = '', using = '', , terms = ''] = match
  const name = called.toLowerCase()
  if (using.includes('AUTOMATIC'))
    throw new Refusal(`it joins "${called}" without an index; join by a key or a reference of the tables`)
  const derived = plan.derived.get(name)
  const tables = [...(plan.facts.sources.get(name) ?? [])]
  if (derived === undefined && tables.length === 0) throw new Refusal(`its plan visits "${called}", which is not known`)

  const columns = [...terms.matchAll(/(?:^| AND )(\w+)=\?/g)].map((term) => term[1] as string)
  const scans = kind === 'SCAN' || (terms !== '' && columns.length === 0)
  if (scans && !once && !(derived !== undefined && tables.length === 0 && derived.single)) {
    throw new Refusal(
      `it goes through all of "${called}" for each row of something else; join by a key or a reference of the tables`,
    )
  }
  if (kind === 'SEARCH' && terms === '') return { visits: 1, rows: 1, single: true } // the least or greatest of an index
  const rows = tables.map((table) => (scans ? plan.sizes.rows(table) : found(table, columns, plan)))
  if (derived !== undefined) rows.push(derived.rows)
  const most = Math.max(...rows)
  const single = scans ? derived?.single === true && tables.length === 0 : tables.length > 0 && most === 1
  return { visits: most, rows: most, single }
}

/** Rows that a look-up by these columns finds, with as many look-ups as IN and OR may make of it. */
function found(table: string, columns: readonly string[], { facts, sizes }: Plan): number {
  let lookups = 1
  for (const column of columns) lookups *= facts.lookups.get(column.toLowerCase()) ?? 1
  if (lookups === 1 && sizes.isKey(table, columns)) return 1
  const rows = sizes.rows(table)
  const each = sizes.isKey(table, columns) ? 1 : sizes.group(table, columns)
  return Math.min(rows, each * lookups)
}
