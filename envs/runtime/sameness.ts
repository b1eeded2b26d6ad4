/**
 * When two cells hold the same thing.
 *
 * Free text is compared as people read it: NFC, case folded, white space outside and between words of no account, JSON
 * as a value and a moment as a moment. What names a row (keys, references, values of an enum) is compared to the letter:
 * "a1" and "A1" may be two rows. Whole numbers are compared exactly, however large; fractions within a rounding error.
 * Null is nothing and an empty text is a text; the two differ.
 * Source: Unicode 16, chapter 5.18 (full case folding).
 */

import type { Column, Table } from '../../schemas/domain.ts'
import type { Cell, Json } from '../../schemas/json.ts'

/** What sums of a thousand floats may be apart, in parts of the larger one (of 1 where both are smaller). */
const roundingError = 1e-12

const literalSemantics = new Set(['id', 'ref', 'token', 'password'])

/** Columns of a table whose texts are compared to the letter. */
export function literalColumns(table: Table): ReadonlySet<string> {
  let found = literalOf.get(table)
  if (found === undefined) {
    found = new Set(literalNames(table))
    literalOf.set(table, found)
  }
  return found
}

const literalOf = new WeakMap<Table, ReadonlySet<string>>()

function literalNames(table: Table): string[] {
  const names = [...table.primary_key, ...table.foreign_keys.flatMap((key) => key.columns)]
  for (const { name, enum: values, semantic } of table.columns)
    if (values !== undefined || literalSemantics.has(semantic ?? '')) names.push(name)
  return names
}

export function sameCell(column: Column, literal: boolean, a: Cell, b: Cell): boolean {
  if (a === b) return true
  if (typeof a === 'number' && typeof b === 'number') return sameNumber(a, b)
  return column.type === 'TEXT' && !literal && typeof a === 'string' && typeof b === 'string' && sameText(a, b)
}

export function sameNumber(a: number, b: number, error = roundingError): boolean {
  if (a === b) return true
  if (Number.isInteger(a) && Number.isInteger(b)) return false
  return Math.abs(a - b) <= error * Math.max(1, Math.abs(a), Math.abs(b))
}

/** The text that equal free texts share. */
export function sharedText(text: string): string {
  return momentOf(text) ?? jsonOf(text) ?? folded(text)
}

/** NFC, case folded, each run of white space one space and none outside. */
export function folded(text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim()
  // By way of upper case ß becomes ss and every σ the same; a lower case alone would keep them. The dotless ı is a letter of its own.
  return isAscii(plain)
    ? plain.toLowerCase()
    : plain
        .normalize('NFC')
        .replace(/[^ı]+/g, (part) => part.toUpperCase().toLowerCase())
        .normalize('NFC')
}

const sameText = (a: string, b: string): boolean => sharedText(a) === sharedText(b)

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins with them
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text)

/** A list or an object that a text column holds: the order of an object's fields tells nothing. */
function jsonOf(text: string): string | undefined {
  const first = text.trimStart()[0]
  if (first !== '{' && first !== '[') return undefined
  try {
    return `json ${JSON.stringify(ordered(JSON.parse(text) as Json))}`
  } catch {
    return undefined
  }
}

function ordered(value: Json): Json {
  if (typeof value === 'string') return folded(value)
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(12))
  if (Array.isArray(value)) return value.map(ordered)
  if (value === null || typeof value !== 'object') return value
  // As a list of pairs: a name such as "__proto__" is no more than a name there.
  return Object.keys(value)
    .sort()
    .map((name) => ['field', name, ordered(value[name] as Json)])
}

/** 2025-05-03T10:00Z, 2025-05-03T10:00:00.000Z and 2025-05-03T12:00:00+02:00 are one moment. */
function momentOf(text: string): string | undefined {
  const found = /^\s*(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)\s*$/.exec(text)
  if (found === null || !isDay(Number(found[1]), Number(found[2]), Number(found[3]))) return undefined
  const [year, month, day, hour, minute] = found.slice(1, 6)
  const moment = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${found[6] ?? '00'}${(found[8] as string).toUpperCase()}`,
  )
  return Number.isNaN(moment) ? undefined : `moment ${moment} ${(found[7] ?? '').replace(/\.?0+$/, '')}`
}

/** Whether the calendar has that day. */
export function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31)
}
