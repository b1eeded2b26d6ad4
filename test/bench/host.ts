/**
 * The lower bound: the same SQL over the same image, by better-sqlite3 on the host, with no world around it.
 *
 * No isolate, no check of arguments, no identifier drawn from a seed, no clock, no limit: statements prepared once, a
 * savepoint for each call, the row log's triggers in the image, the result as JSON text.
 */

import Database from 'better-sqlite3'
import { logTable, metaTable } from '../../envs/runtime/image.ts'
import type { Json, JsonObject, Row } from '../../schemas/json.ts'
import type { BenchDomain, Call, ScenarioName } from './domain.ts'

export interface Host {
  /** `change_…` of the bench domain. @returns the changed row as JSON text */
  change(call: Call): string
  /** Every call of the bench domain that reads or changes, with the statements that its program runs. */
  call(call: Call): string
  /** Back to the image, by the savepoint that is held there. */
  rollBack(): void
  /** The log's rows, each with the row that it names as it is now. */
  readLog(): Row[]
  /** Ends the way back. */
  serialize(): Uint8Array
  close(): void
}

const bytesOf = (image: Uint8Array): Buffer => Buffer.from(image.buffer, image.byteOffset, image.byteLength)

/** An image opened, and a first select, which is when SQLite reads the schema. */
export function openImage(image: Uint8Array): Database.Database {
  const database = new Database(bytesOf(image))
  database.prepare(`SELECT value FROM ${metaTable} WHERE name = 'counters'`).get()
  return database
}

export function openHost({ domain, images }: BenchDomain, scenario: ScenarioName): Host {
  const database = openImage(images.get(scenario) as Uint8Array)
  const statements = new Map<string, Database.Statement>()
  const prepared = (name: string): Database.Statement => {
    let statement = statements.get(name)
    if (statement === undefined) {
      statement = database.prepare(domain.statements[name] ?? name)
      statements.set(name, statement)
    }
    return statement
  }
  const begin = database.prepare('SAVEPOINT call')
  const commit = database.prepare('RELEASE call')
  const back = database.prepare('ROLLBACK TO base')
  database.exec('SAVEPOINT base')
  let made = 0
  const clock = '2025-05-05T09:01:00Z'

  const changeWith = (name: string, args: JsonObject): Row => {
    begin.run()
    const { id, status, note } = args as { id: string; status: string; note: string }
    const found = prepared(`${name}_by_id`).get({ id }) as { id: string; status: string } | undefined
    if (found === undefined || found.status === 'cancelled') throw new Error(`${name} ${id} can't be changed`)
    prepared(`${name}_set_status`).run({ id, status, note, now: clock })
    const entry = { subject_id: id, kind: 'status', words: `${found.status} to ${status}`, made_at: clock }
    prepared(`${name}_entry_insert`).run({ id: `e_${++made}`, ...entry })
    const after = prepared(`${name}_by_id`).get({ id }) as Row
    commit.run()
    return after
  }
  const createWith = (name: string, args: JsonObject): Row => {
    begin.run()
    const id = `n_${++made}`
    const rest = { note: null, ...args, status: statusOf(domain, name), updated_at: clock }
    prepared(`${name}_insert`).run({ id, ...rest })
    const entry = { subject_id: id, kind: 'made', words: 'Made.', made_at: clock }
    prepared(`${name}_entry_insert`).run({ id: `e_${++made}`, ...entry })
    const after = prepared(`${name}_by_id`).get({ id }) as Row
    commit.run()
    return after
  }
  return {
    change: ({ tool, arguments: args }) => JSON.stringify(changeWith(tool.slice('change_'.length), args)),
    call({ tool, arguments: args }) {
      const cut = tool.indexOf('_')
      const name = tool.slice(cut + 1)
      let result: Json
      switch (tool.slice(0, cut)) {
        case 'change':
          result = changeWith(name, args)
          break
        case 'create':
          result = createWith(name, args)
          break
        case 'get':
          result = {
            ...(prepared(`${name}_by_id`).get(args) as Row),
            entries: prepared(`${name}_entries`).all(args) as Row[],
          }
          break
        default:
          result = {
            ...(prepared(`${name}_count`).get({ status: args.status }) as Row),
            items: prepared(`${name}_list`).all({ offset: 0, ...args }) as Row[],
          }
      }
      return JSON.stringify(result)
    },
    rollBack() {
      back.run()
    },
    readLog() {
      const log = prepared(`SELECT tbl, key FROM ${logTable} ORDER BY tbl, key`).all() as { tbl: string; key: string }[]
      return log.map(({ tbl, key }) => prepared(`SELECT * FROM ${tbl} WHERE id = ?`).get(key) as Row)
    },
    serialize() {
      if (database.inTransaction) database.exec('RELEASE base')
      return database.serialize()
    },
    close() {
      database.close()
    },
  }
}

const statusOf = (domain: BenchDomain['domain'], name: string): Json =>
  domain.tables.find((table) => table.name === name)?.columns.find((column) => column.name === 'status')?.enum?.[0] ??
  null
