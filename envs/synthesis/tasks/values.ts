/**
 * Values that a write might set. New ones come from the same table in another scenario, so they are of the right make
 * and stand nowhere in this one; dates move by days and amounts by a share.
 */

import type { Column } from '../../../schemas/domain.ts'
import type { Cell, Json, Row } from '../../../schemas/json.ts'
import { foldWords } from '../scenarios/fold.ts'
import type { Draw } from './draw.ts'
import type { Facts } from './facts.ts'
import { chineseNotes } from './notes.ts'

/** A cell as the tool's schema wants it: booleans are 0 and 1 in tables, keys are text. */
export function asArgument(facts: Facts, tool: string, argument: string, cell: Cell): Json | undefined {
  const schema = facts.schema(tool, argument)
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  if (cell === null) return undefined
  if (Array.isArray(schema.enum) && !schema.enum.includes(cell) && !types.includes('boolean')) return undefined
  if (types.includes('boolean')) return cell === 1
  if (types.includes('array') || types.includes('object')) return undefined
  if (types.includes('string')) {
    if (schema.format === 'date') return String(cell).slice(0, 10)
    return typeof cell === 'string' ? cell : undefined
  }
  if (types.includes('integer') || types.includes('number')) return typeof cell === 'number' ? cell : undefined
  return cell
}

export interface Proposal {
  facts: Facts
  scenario: string
  rows: Record<string, Record<string, Row[]>>
  draw: Draw
}

/** A value that the column of this row has not, or undefined. */
export function proposeValue(of: Proposal, table: string, column: Column, row: Row): Cell | undefined {
  const { draw, facts } = of
  const kind = facts.kind(table, column.name)
  const now = row[column.name] ?? null
  switch (kind) {
    case 'flag':
      return now === 1 ? 0 : 1
    case 'status':
    case 'enum':
      return draw.pick(
        (column.enum ?? []).filter((value) => value !== now && facts.say(table, column.name, value) !== undefined),
      )
    case 'date':
      return typeof now === 'string' ? laterDay(now, 1 + draw.int(21)) : undefined
    case 'money': {
      if (typeof now !== 'number' || now <= 0) return undefined
      const raised = now * (1.05 + draw.next() * 0.4)
      return column.type === 'INTEGER' ? Math.round(raised) + 1 : Math.round(raised * 2 + 1) / 2
    }
    case 'count':
      return typeof now === 'number' && Number.isInteger(now) && now >= 0 && now < 1e6
        ? now + 1 + draw.int(5)
        : undefined
    case 'email':
      return ownEmail(of, table, column, row)
    case 'text':
      if (facts.language === 'zh') return draw.pick(chineseNotes)
      return fromDonor(of, table, column)
    case 'key':
    case 'technical':
      return undefined
    default:
      return fromDonor(of, table, column)
  }
}

function fromDonor(of: Proposal, table: string, column: Column): string | undefined {
  const value = donorRow(of, table)?.[column.name]
  return typeof value === 'string' && !standsIn(of, table, column.name, value) ? value : undefined
}

/** A new address that fits the name in the row: its own words at another row's host. */
function ownEmail(of: Proposal, table: string, column: Column, row: Row): string | undefined {
  const host = String(donorRow(of, table)?.[column.name] ?? '').split('@')[1]
  const parts = [row.first_name, row.last_name].every((part) => typeof part === 'string')
    ? [row.first_name, row.last_name]
    : [row.name ?? row.full_name ?? row.title]
  const words = foldWords(parts.join(' ')).filter((word) => /[a-z]/.test(word))
  if (host === undefined || words.length === 0) return undefined
  const email = `${words.slice(0, 3).join(of.draw.pick(['.', '_', '']))}@${host}`
  return standsIn(of, table, column.name, email) ? undefined : email
}

/** A row of the same table in another scenario: a whole thing whose parts fit each other. */
export function donorRow({ scenario, rows, draw }: Proposal, table: string): Row | undefined {
  const others = Object.keys(rows)
    .filter((id) => id !== scenario)
    .sort()
    .flatMap((id) => rows[id]?.[table] ?? [])
  return draw.pick(others)
}

export function standsIn({ scenario, rows }: Proposal, table: string, column: string, value: Cell): boolean {
  return (rows[scenario]?.[table] ?? []).some((row) => row[column] === value)
}

/** The same time of day, to the minute, so many days later; undefined where it is no ISO date. */
export function laterDay(value: string, days: number): string | undefined {
  const at = Date.parse(value)
  if (Number.isNaN(at) || !/^\d{4}-\d{2}-\d{2}/.test(value)) return undefined
  const moved = new Date(at + days * 86_400_000).toISOString()
  return value.length === 10 ? moved.slice(0, 10) : `${moved.slice(0, 16)}:00Z`
}
