/**
 * The database of one environment: opened from an image, reset by rolling back, changed one transaction per call.
 *
 * A savepoint stays open at the image's state, so that a reset to the same scenario is a ROLLBACK TO (about 1 µs). The
 * clock and the counters of identifiers and chance live beside the database in memory, roll back with it, and are
 * written into it whenever it is copied; so a read never shifts them and a step pays nothing for them.
 * Source: measured costs of savepoints and images in docs/decisions/0002-state.md.
 */

import { createHash } from 'node:crypto'
import Database from 'better-sqlite3'
import type { Domain, Table } from '../../schemas/domain.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Cell, Row } from '../../schemas/json.ts'
import type { Baseline, Change } from './changes.ts'
import { readChanges } from './changes.ts'
import { metaTable, pageBytes, quote, selectRows, toSqlite } from './image.ts'
import type { Limits } from './limits.ts'

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

/** What a call that fails goes back to: as much of the counters as can have moved. */
interface Mark {
  random: number
  ids: Record<string, number>
  minted: number
}

export type Params = Record<string, Cell | boolean | undefined>

export interface State {
  /** Back to the scenario's image. False where that is not possible, because it was copied or is itself a copy. */
  reset(): boolean
  begin(readonly: boolean): void
  commit(): void
  rollback(): void
  get(statement: string, params: Params): Row | null
  all(statement: string, params: Params): Row[]
  run(statement: string, params: Params): number
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
  image: Uint8Array
  /** The scenario as it was, which changes are told against; opened when first asked for. */
  baseline: () => Baseline
  /** The scenario's clock at reset, ISO 8601 in UTC. */
  now: string
  /** What identifiers and chance are drawn from. */
  seed: string
  limits: Limits
}

const fresh = (): Counters => ({ writes: 0, random: 0, ids: {}, minted: [] })

export function openState({ domain, image, baseline, now, seed, limits }: StateOptions): State {
  const database = new Database(Buffer.from(image.buffer, image.byteOffset, image.byteLength)) // which it copies
  database.pragma(`max_page_count = ${Math.ceil((image.byteLength + limits.databaseBytes) / pageBytes)}`)
  const statements = new Map<string, Database.Statement>()
  const own = new Map<string, Database.Statement>()
  const tables = new Map(domain.tables.map((table) => [table.name, table]))
  const start = Date.parse(now)

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
  let before: Mark | null = null
  let minted: Map<string, string> | null = null
  let readonly = false
  let open = true // whether the savepoint at the image's state is still there
  let executed = 0
  sql('SAVEPOINT base').run()

  const prepared = (name: string): Database.Statement => {
    let statement = statements.get(name)
    if (statement === undefined) {
      const text = Object.hasOwn(domain.statements, name) ? domain.statements[name] : undefined
      if (text === undefined)
        throw new MicrocosmError('WORLD_CRASHED', `The program names a statement "${name}", which the domain lacks.`)
      statement = database.prepare(text)
      statements.set(name, statement)
    }
    if (++executed > limits.callStatements) {
      throw new MicrocosmError('WORLD_LIMIT', `A call ran more than ${limits.callStatements} statements.`)
    }
    if (readonly && !statement.readonly)
      throw new MicrocosmError('WORLD_CRASHED', `A read tool ran the writing statement "${name}".`)
    return statement
  }

  const tableOf = (name: string): Table => {
    const table = tables.get(name)
    if (table === undefined)
      throw new MicrocosmError('WORLD_CRASHED', `The program names a table "${name}", which the domain lacks.`)
    return table
  }

  const restore = (): void => {
    if (before === null) return
    counters.random = before.random
    counters.ids = before.ids
    if (counters.minted.length > before.minted) {
      counters.minted.length = before.minted
      minted = null
    }
    before = null
  }

  return {
    reset() {
      if (!open || savedText !== undefined) return false
      sql('ROLLBACK TO base').run()
      counters = structuredClone(initial)
      before = null
      minted = null
      return true
    },
    begin(asReadonly) {
      readonly = asReadonly
      executed = 0
      before = { random: counters.random, ids: { ...counters.ids }, minted: counters.minted.length }
      if (!readonly) sql('SAVEPOINT call').run()
    },
    commit() {
      if (readonly) return restore() // a read shifts neither identifiers nor chance
      sql('RELEASE call').run()
      counters.writes += 1
      before = null
    },
    rollback() {
      if (!readonly) {
        sql('ROLLBACK TO call').run()
        sql('RELEASE call').run()
      }
      restore()
    },
    get(name, params) {
      const statement = prepared(name)
      return guarded(name, () => (statement.get(bound(params, limits.textChars)) as Row | undefined) ?? null)
    },
    all(name, params) {
      const statement = prepared(name)
      return guarded(name, () => {
        const rows: Row[] = []
        for (const row of statement.iterate(bound(params, limits.textChars))) {
          if (rows.length >= limits.statementRows) {
            throw new MicrocosmError(
              'WORLD_LIMIT',
              `Statement "${name}" returned more than ${limits.statementRows} rows.`,
            )
          }
          rows.push(row as Row)
        }
        return rows
      })
    },
    run(name, params) {
      const statement = prepared(name)
      return guarded(name, () => statement.run(bound(params, limits.textChars)).changes)
    },
    now() {
      return new Date(start + counters.writes * 60_000).toISOString().replace('.000Z', 'Z')
    },
    id(name) {
      const table = tableOf(name)
      const key = table.primary_key[0] as string
      const taken = sql(`SELECT 1 FROM ${quote(name)} WHERE ${quote(key)} = ?`)
      for (;;) {
        const count = (counters.ids[name] ?? 0) + 1
        counters.ids[name] = count
        const id = mintId(name, `${seed}/${count}`)
        if (taken.get(id) === undefined) {
          counters.minted.push([id, name])
          minted = null
          return id
        }
      }
    },
    random() {
      counters.random += 1
      return hash(`${seed}/random/${counters.random}`).readUInt32BE(0) / 2 ** 32
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

/** An identifier such as `book_k3f9x2`: the last word of the table's name, and six characters drawn from `seed`. */
export function mintId(table: string, seed: string): string {
  const prefix = (table.split('_').at(-1) as string).slice(0, 4)
  return `${prefix}_${hash(`${table}/${seed}`).readUIntBE(0, 6).toString(36).padStart(6, '0').slice(-6)}`
}

const hash = (text: string): Buffer => createHash('sha256').update(text).digest()

function bound(params: Params, textChars: number): Record<string, Cell | bigint> {
  const values: Record<string, Cell | bigint> = {}
  for (const name in params) {
    const value = params[name] ?? null
    if (typeof value === 'object' && value !== null) {
      throw new MicrocosmError(
        'WORLD_CRASHED',
        `The program gave an object or a list as parameter "${name}" of a statement.`,
      )
    }
    if (typeof value === 'string' && value.length > textChars) {
      throw new MicrocosmError(
        'WORLD_LIMIT',
        `The program gave a text of ${value.length} characters as parameter "${name}" of a statement; ${textChars} are allowed.`,
      )
    }
    values[name] = toSqlite(value)
  }
  return values
}

/** SQLite's own errors never cross as they are: a constraint is a refusal, anything else is the program's fault. */
function guarded<T>(name: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof MicrocosmError) throw error
    const { code, message } = error as { code?: string; message: string }
    if (code?.startsWith('SQLITE_CONSTRAINT')) throw new ConstraintRefusal(code, message)
    if (code === 'SQLITE_FULL')
      throw new MicrocosmError('WORLD_LIMIT', 'The database of the episode grew beyond its limit.', {}, error)
    throw new MicrocosmError('WORLD_CRASHED', `Statement "${name}" failed: ${message}.`, {}, error)
  }
}
