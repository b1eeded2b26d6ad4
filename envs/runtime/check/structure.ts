/**
 * Whether the tables and tools of a domain hold together: names that are there and stand once, references that refer to a
 * key, input schemas that can be called by. What is checked whenever a world is opened; a part that couldn't be read is
 * null and keeps its place.
 */

import type { ForeignKey, Table } from '../../../schemas/domain.ts'
import { didYouMean } from '../../../schemas/errors.ts'
import type { Tool } from '../../../schemas/tool.ts'
import { reservedToolNames } from '../../../schemas/tool.ts'
import { checkInputSchema } from '../arguments.ts'
import type { Problem } from '../problem.ts'
import { caught } from '../problem.ts'

type Parts<T> = readonly (T | null)[]

export const invalid = (place: string, message: string): Problem => ({ code: 'DOMAIN_INVALID', place, message })

/** Each that has the name of an earlier one. */
export function findRepeated<T>(
  parts: Parts<T>,
  of: (part: T) => string,
  say: (name: string, index: number) => Problem,
): Problem[] {
  const seen = new Set<string>()
  const problems: Problem[] = []
  parts.forEach((part, index) => {
    if (part === null) return
    const name = of(part)
    if (seen.has(name)) problems.push(say(name, index))
    seen.add(name)
  })
  return problems
}

export function findTableProblems(tables: Parts<Table>): Problem[] {
  const problems = findRepeated(
    tables,
    (table) => table.name,
    (name, index) => invalid(`tables[${index}].name`, `There are two tables named "${name}".`),
  )
  tables.forEach((table, index) => {
    if (table === null) return
    const place = `tables[${index}]`
    const add = (at: string, message: string) => problems.push(invalid(`${place}.${at}`, message))
    const subject = `The table "${table.name}"`
    if (table.name.startsWith('sqlite_')) add('name', `${subject}: names with sqlite_ in front are the database's own.`)
    problems.push(
      ...findRepeated(
        table.columns,
        (column) => column.name,
        (name, at) => invalid(`${place}.columns[${at}].name`, `${subject} has two columns named "${name}".`),
      ),
    )
    table.columns.forEach((column, at) => {
      const wanted = column.type === 'TEXT' ? 'string' : 'number'
      const odd = column.enum?.find((value) => typeof value !== wanted)
      if (odd !== undefined)
        add(
          `columns[${at}].enum`,
          `${subject}: ${JSON.stringify(odd)} can't stand in the ${column.type} column "${column.name}".`,
        )
    })
    const names = table.columns.map((column) => column.name)
    table.primary_key.forEach((name, at) => {
      if (!names.includes(name))
        add(`primary_key[${at}]`, `${subject} has no column "${name}" for its key.${didYouMean(name, names)}`)
      else if (table.primary_key.indexOf(name) < at)
        add(`primary_key[${at}]`, `${subject} has "${name}" twice in its key.`)
    })
    table.foreign_keys.forEach((key, at) => {
      for (const message of referenceProblems(table, key, tables)) add(`foreign_keys[${at}]`, `${subject}: ${message}`)
    })
  })
  return problems
}

function referenceProblems(table: Table, key: ForeignKey, tables: Parts<Table>): string[] {
  const names = table.columns.map((column) => column.name)
  const messages = key.columns
    .filter((name) => !names.includes(name))
    .map((name) => `it has no column "${name}" to refer by.${didYouMean(name, names)}`)
  const parent = tables.find((each) => each?.name === key.table)
  if (parent === undefined || parent === null) {
    // A table that couldn't be read has its own problem, and its name isn't known here.
    if (tables.includes(null)) return messages
    const known = tables.flatMap((each) => each?.name ?? [])
    return [...messages, `it refers to a table "${key.table}", which is not there.${didYouMean(key.table, known)}`]
  }
  const same = [...key.references].sort().join() === [...parent.primary_key].sort().join()
  if (!same || key.columns.length !== key.references.length) {
    messages.push(
      `a reference to "${parent.name}" must be by its whole key (${parent.primary_key.join(', ')}), not by (${key.references.join(', ')}).`,
    )
    return messages
  }
  key.columns.forEach((name, index) => {
    const own = table.columns.find((column) => column.name === name)
    const other = parent.columns.find((column) => column.name === key.references[index])
    if (own !== undefined && other !== undefined && own.type !== other.type)
      messages.push(`"${name}" is ${own.type}, and "${other.name}" of "${parent.name}" is ${other.type}.`)
  })
  return messages
}

export function findToolProblems(tools: Parts<Tool>, tables: Parts<Table>): Problem[] {
  const problems = findRepeated(
    tools,
    (tool) => tool.name,
    (name, index) => invalid(`tools[${index}].name`, `There are two tools named "${name}".`),
  )
  const known = tables.flatMap((table) => table?.name ?? [])
  tools.forEach((tool, index) => {
    if (tool === null) return
    const place = `tools[${index}]`
    if (reservedToolNames.includes(tool.name))
      problems.push(invalid(`${place}.name`, `"${tool.name}" is a name of the protocol; no tool may have it.`))
    problems.push(...caught(`${place}.input_schema`, () => checkInputSchema(tool)))
    if (tables.includes(null)) return
    tool.tables.forEach((name, at) => {
      if (known.includes(name)) return
      const message = `The tool "${tool.name}" names a table "${name}", which is not there.${didYouMean(name, known)}`
      problems.push(invalid(`${place}.tables[${at}]`, message))
    })
  })
  return problems
}
