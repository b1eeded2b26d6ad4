/**
 * A domain: a coherent set of tools, its tables, statements and programs, its scenarios and tasks, as one JSON value.
 *
 * `version` is a hash of the content and of each scenario's rows; the catalogue computes it and never trusts a given
 * one. Where a domain came from is in `sources`; who made it is the catalogue's to know, never read from here.
 */

import { z } from 'zod'
import { type cell, row } from './json.ts'
import { task } from './task.ts'
import { tool, toolName } from './tool.ts'

/** Names of tables, columns and statements. Those that start with an underscore are the runtime's own. */
export const sqlName = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/)

export const domainId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/)

export const column = z.strictObject({
  name: sqlName,
  type: z.enum(['TEXT', 'INTEGER', 'REAL']),
  nullable: z.boolean().default(false),
  enum: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .optional(),
  semantic: z
    .string()
    .optional()
    .describe('what the values are (id, name, email, money, created_at, …): what seeds them'),
  volatile: z.boolean().optional().describe('written from ctx alone; verify ignores it'),
  description: z.string().optional(),
})
export type Column = z.infer<typeof column>

export const foreignKey = z.strictObject({
  columns: z.array(sqlName).min(1),
  table: sqlName,
  references: z.array(sqlName).min(1),
})
export type ForeignKey = z.infer<typeof foreignKey>

export const table = z.strictObject({
  name: sqlName,
  columns: z.array(column).min(1),
  primary_key: z.array(sqlName).min(1),
  foreign_keys: z.array(foreignKey).default([]),
  rows: z.int().min(0).optional().describe('about how many rows a seeded scenario has'),
  description: z.string().optional(),
})
export type Table = z.infer<typeof table>

export const edge = z.strictObject({
  from: z.strictObject({
    tool: toolName,
    field: z.string().describe('dotted path in the result, [] for each item of a list'),
  }),
  to: z.strictObject({ tool: toolName, parameter: z.string() }),
  score: z.number().min(0).max(1).optional(),
})
export type Edge = z.infer<typeof edge>

export const scenario = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
  now: z.iso.datetime().describe("the episode's clock at reset"),
  seed: z
    .int()
    .min(0)
    .optional()
    .describe('what the rows are generated from; for hand-written domains rows stand instead'),
  rows: z.record(sqlName, z.array(row)).optional().describe('table → rows'),
})
export type Scenario = z.infer<typeof scenario>

export const source = z.strictObject({
  provider: z.string(),
  operation: z.string().describe('operationId, or method and path'),
  method: z.string().optional(),
  path: z.string().optional(),
  licence: z.string().optional(),
})
export type Source = z.infer<typeof source>

export const domain = z
  .strictObject({
    id: domainId,
    version: z
      .string()
      .regex(/^[0-9a-f]{16}$/)
      .optional()
      .describe('computed; a wrong one is refused'),
    title: z.string().min(1),
    description: z.string(),
    policy: z.string().describe('the rules of the domain in plain words, the same that its programs hold to'),
    sources: z.array(source),
    tables: z.array(table).min(1),
    statements: z.record(sqlName, z.string()).describe('name → SQL with :named parameters; all the SQL there is'),
    tools: z.array(tool).min(1),
    program: z.string().describe('plain JavaScript: one function declaration per tool, and constants'),
    edges: z.array(edge),
    scenarios: z.array(scenario).min(1),
    tasks: z.array(task),
  })
  .meta({ title: 'Domain' })
export type Domain = z.infer<typeof domain>
export type DomainInput = z.input<typeof domain>

/** One line of a listing. */
export const domainSummary = z
  .strictObject({
    id: domainId,
    version: z.string(),
    title: z.string(),
    description: z.string(),
    tools: z.int(),
    tasks: z.int(),
    providers: z.array(z.string()).describe('names of the providers whose operations it was made of, sorted'),
    quality: z.number().min(0).max(1).optional().describe('how much of it stands in the documents it was made of'),
  })
  .meta({ title: 'DomainSummary' })
export type DomainSummary = z.infer<typeof domainSummary>

export function providersOf(sources: readonly Source[]): string[] {
  return [...new Set(sources.map((item) => item.provider))].sort()
}

/** A foreign-key or primary-key value as text, for messages: `id "b1"` or `id "b1", night "2025-05-01"`. */
export function describeKey(key: Record<string, z.infer<typeof cell>>): string {
  return Object.entries(key)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ')
}
