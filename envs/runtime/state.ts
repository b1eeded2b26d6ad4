/**
 * The database of one environment: opened from an image, reset by rolling back, changed one transaction per call.
 *
 * A savepoint stays open at the image's state, so that a reset to the same scenario is a ROLLBACK TO (about 1 µs). The
 * clock and the counters of identifiers and chance live beside the database in memory, roll back with it, and are
 * written into it whenever it is copied; so a read never shifts them and a step pays nothing for them.
 * Source: measured costs of savepoints and images in docs/decisions/0002-state.md.
 */

import { hash } from 'node:crypto'
import Database from 'better-sqlite3'
import type { Domain, Table } from '../../schemas/domain.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Cell, Row } from '../../schemas/json.ts'
import type { Baseline, Change } from './changes.ts'
import { readChanges } from './changes.ts'
import type { Clock } from './clock.ts'
import type { Identifiers } from './identifiers.ts'
import { metaTable, pageBytes, selectRows, toSqlite } from './image.ts'
import type { Limits } from './limits.ts'
import type { Queries, Query, Value } from './queries.ts'

/** A refusal that the database itself makes: a key that is taken, a reference to nothing, a value outside its enum. */
export class ConstraintRefusal extends Error {
  readonly constraint: string

  constructor(constraint: string, message: string) {
    super(message)
    this.constraint = constraint
  }
}

interface Counters {
  /** Successful writes so far: the clock. */
  writes: number
  random: number
  ids: Record<string, number>
  /** Identifiers that this world made, with their table, in the order they were made. Only ever grows or is cut back. */
  minted: [string, string][]
}

export interface State {
  /** Back to the scenario's image. False where that is not possible, because it was copied or is itself a copy. */
  reset(): boolean
  begin(readonly: boolean): void
  commit(): void
  rollback(): void
  /** The first row, its cells in the order of `columns`; null where there is none. */
  get(statement: string, values: Value[]): Cell[] | null
  all(statement: string, values: Value[]): Cell[][]
  /** @returns rows that were changed */
  run(statement: string, values: Value[]): number
  columns(statement: string): readonly string[]
  /** The episode's clock, ISO 8601 in UTC; it stands still during a call. */
  now(): string
  id(table: string): string
  random(): number
  minted(): ReadonlyMap<string, string>
  changes(): Change[]
  rows(table: string): Row[]
  /** The database as bytes, counters included. Ends the way back by rollback. */
  image(): Uint8Array
  close(): void
}

interface StateOptions {
  domain: Domain
  queries: Queries
  image: Uint8Array
  /** The scenario as it was, which changes are told against; opened when first asked for. */
  baseline: () => Baseline
  clock: Clock
  /** What chance is drawn from. */
  seed: string
  identifiers: Identifiers
  limits: Limits
}

/** Pages that SQLite keeps a second copy of: the database is in memory as it is, and more of them cost an eighth of a session. */
const cachePages = 32

const fresh = (): Counters => ({ writes: 0, random: 0, ids: {}, minted: [] })

export function openState({ domain, queries, image, baseline, clock, seed, identifiers, limits }: StateOptions): State {
  const database = new Database(Buffer.from(image.buffer, image.byteOffset, image.byteLength)) // which it copies
  database.pragma(`cache_size = ${cachePages}`)
  database.pragma(`max_page_count = ${Math.ceil((image.byteLength + limits.databaseBytes) / pageBytes)}`)
  const statements = new Map<Query, Database.Statement>()
  const own = new Map<string, Database.Statement>()
  const tables = new Map(domain.tables.map((table) => [table.name, table]))

  const sql = (text: string): Database.Statement => {
    let statement = own.get(text)
    if (statement === undefined) {
      statement = database.prepare(text)
      own.set(text, statement)
    }
    return statement
  }
  const savedText = sql(`SELECT value FROM ${metaTable} WHERE name = 'counters'`).pluck().get() as string | undefined
  const initial: Counters = savedText === undefined ? fresh() : (JSON.parse(savedText) as Counters)
  let counters = structuredClone(initial)
  // What a call that fails goes back to: as much of the counters as can have moved in it.
  const mark = { random: 0, minted: 0, ids: null as Counters['ids'] | null }
  let minted: Map<string, string> | null = null
  let readonly = false
  let open = true // whether the savepoint at the image's state is still there
  let executed = 0
  /** What is being read, row by row; a fault where the stack ends may leave it open, and then nothing else can be done. */
  let reading: IterableIterator<unknown> | null = null
  const savepoint = { begin: sql('SAVEPOINT call'), release: sql('RELEASE call'), back: sql('ROLLBACK TO call') }
  sql('SAVEPOINT base').run()

  const queryOf = (name: string): Query => {
    const query = queries.get(name)
    if (query === undefined)
      throw new MicrocosmError('WORLD_CRASHED', `The program names a statement "${name}", which the domain lacks.`)
    return query
  }
  const prepared = (query: Query): Database.Statement => {
    let statement = statements.get(query)
    if (statement === undefined) {
      statement = database.prepare(query.sql)
      if (statement.reader) statement.raw(true)
      statements.set(query, statement)
    }
    return statement
  }
  /** Counted, and held to what the call may do. */
  const admitted = (query: Query): Database.Statement => {
    const statement = prepared(query)
    if (++executed > limits.callStatements) {
      throw new MicrocosmError('WORLD_LIMIT', `A call ran more than ${limits.callStatements} statements.`)
    }
    if (readonly && !statement.readonly)
      throw new MicrocosmError('WORLD_CRASHED', `A read tool ran the writing statement "${query.name}".`)
    return statement
  }

  const tableOf = (name: string): Table => {
    const table = tables.get(name)
    if (table === undefined)
      throw new MicrocosmError('WORLD_CRASHED', `The program names a table "${name}", which the domain lacks.`)
    return table
  }

  const restore = (): void => {
    counters.random = mark.random
    if (mark.ids !== null) counters.ids = mark.ids
    if (counters.minted.length > mark.minted) {
      counters.minted.length = mark.minted
      minted = null
    }
  }

  return {
    reset() {
      if (!open || savedText !== undefined) return false
      sql('ROLLBACK TO base').run()
      counters = structuredClone(initial)
      minted = null
      return true
    },
    begin(asReadonly) {
      readonly = asReadonly
      executed = 0
      mark.random = counters.random
      mark.minted = counters.minted.length
      mark.ids = null
      if (!readonly) savepoint.begin.run()
    },
    commit() {
      if (readonly) return restore() // a read shifts neither identifiers nor chance
      savepoint.release.run()
      counters.writes += 1
    },
    rollback() {
      reading?.return?.()
      reading = null
      if (!readonly) {
        savepoint.back.run()
        savepoint.release.run()
      }
      restore()
    },
    get(name, values) {
      const query = queryOf(name)
      const statement = admitted(query)
      const given = bound(query, values, limits.textChars)
      try {
        return (statement.get(given) as Cell[] | undefined) ?? null
      } catch (error) {
        throw faultOf(name, error)
      }
    },
    all(name, values) {
      const query = queryOf(name)
      const statement = admitted(query)
      const given = bound(query, values, limits.textChars)
      try {
        // One call where its own LIMIT says that there won't be too many rows, else row by row until there are.
        if (query.rowsMax(values) <= limits.statementRows) return statement.all(given) as Cell[][]
        const rows: Cell[][] = []
        reading = statement.iterate(given)
        for (const row of reading) {
          if (rows.length >= limits.statementRows) throw tooManyRows(name, limits.statementRows)
          rows.push(row as Cell[])
        }
        reading = null
        return rows
      } catch (error) {
        throw faultOf(name, error)
      }
    },
    run(name, values) {
      const query = queryOf(name)
      const statement = admitted(query)
      const given = bound(query, values, limits.textChars)
      try {
        return statement.run(given).changes
      } catch (error) {
        throw faultOf(name, error)
      }
    },
    columns(name) {
      const query = queryOf(name)
      query.columns ??= prepared(query)
        .columns()
        .map((column) => column.name)
      return query.columns
    },
    now: () => clock.at(counters.writes),
    id(name) {
      const table = tableOf(name)
      mark.ids ??= { ...counters.ids }
      const place = counters.ids[name] ?? 0
      counters.ids[name] = place + 1
      const id = identifiers.at(table, place)
      counters.minted.push([id, name])
      minted = null
      return id
    },
    random() {
      counters.random += 1
      return Number.parseInt(hash('sha256', `${seed}/random/${counters.random}`, 'hex').slice(0, 8), 16) / 2 ** 32
    },
    minted() {
      minted ??= new Map(counters.minted)
      return minted
    },
    changes: () => readChanges(sql, tables, baseline()),
    rows(name) {
      return sql(selectRows(tableOf(name))).all() as Row[]
    },
    image() {
      if (open) {
        sql('RELEASE base').run() // what is serialized under an open savepoint is the state before it
        open = false
      }
      sql(
        `INSERT INTO ${metaTable} (name, value) VALUES ('counters', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      ).run(JSON.stringify(counters))
      return database.serialize()
    },
    close() {
      database.close()
    },
  }
}

/** The parameters by their names, as SQLite takes them. */
function bound({ parameters }: Query, given: readonly Value[], textChars: number): Record<string, Cell | bigint> {
  const values: Record<string, Cell | bigint> = {}
  for (let index = 0; index < parameters.length; index++) {
    const name = parameters[index] as string
    const value = given[index]
    if (typeof value === 'string') {
      if (value.length > textChars)
        throw new MicrocosmError(
          'WORLD_LIMIT',
          `The program gave a text of ${value.length} characters as parameter "${name}" of a statement; ${textChars} are allowed.`,
        )
      values[name] = value
    } else if (typeof value === 'number' || typeof value === 'boolean') values[name] = toSqlite(value)
    else if (value === null) values[name] = null
    else if (value !== undefined)
      throw new MicrocosmError(
        'WORLD_CRASHED',
        `The program gave an object or a list as parameter "${name}" of a statement.`,
      )
  }
  return values
}

const tooManyRows = (name: string, most: number): MicrocosmError =>
  new MicrocosmError('WORLD_LIMIT', `Statement "${name}" returned more than ${most} rows.`)

/** SQLite's own errors never cross as they are: a constraint is a refusal, anything else is the program's fault. */
function faultOf(name: string, error: unknown): MicrocosmError | ConstraintRefusal {
  if (error instanceof MicrocosmError) return error
  const { code, message } = error as { code?: string; message: string }
  if (code?.startsWith('SQLITE_CONSTRAINT')) return new ConstraintRefusal(code, message)
  if (code === 'SQLITE_FULL')
    return new MicrocosmError('WORLD_LIMIT', 'The database of the episode grew beyond its limit.', {}, error)
  return new MicrocosmError('WORLD_CRASHED', `Statement "${name}" failed: ${message}.`, {}, error)
}
