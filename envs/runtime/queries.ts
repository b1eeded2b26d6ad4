/**
 * What all sessions of a domain share about its statements: text, parameters, columns and whether its own LIMIT bounds it.
 *
 * Rows cross into a program's isolate as lists, because names are most of a row's bytes and of the work on them; the isolate
 * asks for a statement's columns once. Parameters cross as lists too, in the order that stands here.
 */

import type { Cell } from '../../schemas/json.ts'

export interface Query {
  readonly name: string
  readonly sql: string
  /** Names of its parameters without the colon, each once; a word of a literal that looks like one does no harm. */
  readonly parameters: readonly string[]
  /** Rows at most by its own LIMIT, given what its parameters are; infinite where it has none that can be told. */
  rowsMax(values: readonly Value[]): number
  /** As SQLite names them; null before it was first asked. */
  columns: readonly string[] | null
}

/** What a program hands over for a parameter; undefined where it has left it out. */
export type Value = Cell | boolean | undefined

export type Queries = ReadonlyMap<string, Query>

export function createQueries(statements: Readonly<Record<string, string>>): Queries {
  return new Map(Object.entries(statements).map(([name, sql]) => [name, createQuery(name, sql)]))
}

function createQuery(name: string, sql: string): Query {
  const parameters = [...new Set([...sql.matchAll(/:([A-Za-z_][A-Za-z0-9_]*)/g)].map(([, word]) => word as string))]
  const limit = limitOf(sql)
  const at = limit === null ? -1 : parameters.indexOf(limit.slice(1))
  const rowsMax = (values: readonly Value[]): number => {
    const most = at >= 0 ? values[at] : Number(limit ?? Infinity)
    return typeof most === 'number' && most >= 0 ? most : Infinity // SQLite takes a negative one for none
  }
  return { name, sql, parameters, rowsMax, columns: null }
}

/** The LIMIT that the whole statement ends with: a number or a parameter. */
function limitOf(sql: string): string | null {
  if (sql.includes('--') || sql.includes('/*')) return null
  return /\bLIMIT\s+(:\w+|\d+)(?:\s+OFFSET\s+(?:\w+|:\w+))?\s*;?\s*$/i.exec(sql)?.[1] ?? null
}
