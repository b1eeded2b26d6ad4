/** JSON as a value: what crosses sockets, sandboxes and files. Arguments and results of tools are of this type. */

import { z } from 'zod'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

export const json: z.ZodType<Json> = z.json()
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), json)

/**
 * An object out of parsed JSON, handed on as it came: JSON all the way down, so only that it is an object is looked at. A
 * record would be built anew, at a cost for each call, and would leave out a key `__proto__`, which a tool has to refuse.
 */
export const parsedObject = z
  .unknown()
  .check(({ value, issues }) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      issues.push({ code: 'invalid_type', expected: 'object', input: value })
  })
  .meta({ type: 'object', additionalProperties: {} }) as z.ZodType<JsonObject>

/** What stands at a path of names and places; undefined where the path leads nowhere. */
export function valueAt(of: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  let value = of
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as JsonObject)[step]
  }
  return value
}

/** A cell of a table as SQLite holds it and JSON can carry it; booleans are 0 and 1. */
export const cell = z.union([z.null(), z.number(), z.string()])
export type Cell = z.infer<typeof cell>

/** One row of a table: column → cell. */
export const row = z.record(z.string(), cell)
export type Row = z.infer<typeof row>

/**
 * JSON text with the keys of every object in sorted order: equal values give equal bytes, so it can be hashed.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item === undefined ? null : item)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>
    const parts: string[] = []
    for (const key of Object.keys(record).sort()) {
      if (record[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(record[key])}`)
    }
    return `{${parts.join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
