/**
 * Values and the ways they are said: of a cell that a result shows, how a person would say it; of words in an intent, the
 * value that a parameter takes.
 */

import type { Json, JsonObject } from '../../../schemas/json.ts'
import { allows, typesOf } from '../legal.ts'
import { spoken } from '../words.ts'
import type { Dictionary } from './dictionary.ts'

export const months = 'January February March April May June July August September October November December'.split(' ')
const monthOf = new Map(
  months.flatMap(
    (name, index) =>
      [
        [name.toLowerCase(), index + 1],
        [name.slice(0, 3).toLowerCase(), index + 1],
      ] as const,
  ),
)

const isoDay = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}))?/

/** Ways to say a cell, the fullest first; none for what nobody says. */
export function waysToSay(field: string, value: Json | undefined, dictionary: Dictionary): string[] {
  if (value === null || value === undefined || typeof value === 'object') return []
  if (typeof value === 'boolean') {
    const { on, off } = dictionary.flag(field)
    return value ? on : off
  }
  if (typeof value === 'number') return [String(value), value.toFixed(2), grouped(value)]
  const day = isoDay.exec(value)
  if (day !== null) {
    const [, year, month, date] = day.map(Number) as [number, number, number, number]
    const name = months[month - 1]
    return [
      `${date} ${name} ${year}`,
      `${name} ${date}, ${year}`,
      value.slice(0, 10),
      `${year}年${month}月${date}日`,
      `${date} ${name}`,
      `${name} ${date}`,
      `${month}月${date}日`,
    ]
  }
  const ways = [value]
  if (/^[A-Za-z][A-Za-z_-]{1,40}$/.test(value)) ways.push(spoken(value), ...dictionary.states(field, value))
  return ways
}

/** 12345.5 → "12,345.5" */
function grouped(value: number): string {
  const [whole = '', rest] = String(value).split('.')
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest === undefined ? '' : `.${rest}`}`
}

/** Days in a text, as `YYYY-MM-DD` with the time where one is said. */
export function daysIn(text: string): { at: number; day: string; time?: string }[] {
  const found: { at: number; day: string; time?: string }[] = []
  const add = (match: RegExpMatchArray, year: string, month: number, date: string): void => {
    const time = /^(?:,? at|[,，]?)\s*(\d{1,2})[:：](\d{2})/.exec(text.slice((match.index ?? 0) + match[0].length))
    found.push({
      at: match.index ?? 0,
      day: `${year}-${String(month).padStart(2, '0')}-${date.padStart(2, '0')}`,
      ...(time !== null && { time: `${(time[1] as string).padStart(2, '0')}:${time[2]}` }),
    })
  }
  for (const match of text.matchAll(/(\d{1,2})(?:st|nd|rd|th)? ([A-Z][a-z]{2,8})(?:,? (\d{4}))?/g)) {
    const month = monthOf.get((match[2] as string).toLowerCase())
    if (month !== undefined) add(match, match[3] ?? '', month, match[1] as string)
  }
  for (const match of text.matchAll(/([A-Z][a-z]{2,8}) (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})/g)) {
    const month = monthOf.get((match[1] as string).toLowerCase())
    if (month !== undefined) add(match, match[3] as string, month, match[2] as string)
  }
  for (const match of text.matchAll(/(\d{4})-(\d{2})-(\d{2})/g))
    add(match, match[1] as string, Number(match[2]), match[3] as string)
  for (const match of text.matchAll(/(\d{4})年(\d{1,2})月(\d{1,2})日/g))
    add(match, match[1] as string, Number(match[2]), match[3] as string)
  return found
}

/** The words as the parameter takes them; undefined where they can't be that. */
export function valueFor(name: string, schema: JsonObject, words: string, dictionary: Dictionary): Json | undefined {
  const bare = unquoted(words)
  const types = typesOf(schema)
  if (Array.isArray(schema.enum)) {
    const values = schema.enum.filter((value) => typeof value === 'string') as string[]
    const number = Number(bare)
    if (values.length === 0) return schema.enum.find((value) => value === number)
    const folded = spoken(bare)
    const ways = (value: string): string[] => [
      spoken(value),
      ...dictionary.states(name, value).map((way) => way.toLowerCase()),
    ]
    return (
      values.find((value) => value === bare) ??
      values.find((value) => ways(value).includes(folded)) ??
      values.find((value) => ways(value).some((way) => way.replaceAll(' ', '') === folded.replaceAll(' ', '')))
    )
  }
  if (types.includes('boolean')) {
    const { on, off } = dictionary.flag(name)
    const folded = bare.toLowerCase()
    if (off.some((way) => way.toLowerCase() === folded) || /^(false|no|off|否)$/.test(folded)) return false
    if (on.some((way) => way.toLowerCase() === folded) || /^(true|yes|on|是)$/.test(folded)) return true
    return undefined
  }
  if (types.includes('integer') || types.includes('number')) {
    const figure = /-?\d[\d,]*(?:\.\d+)?/.exec(bare)
    if (figure === null) return undefined
    const value = Number(figure[0].replaceAll(',', ''))
    return allows(schema, value) ? value : undefined
  }
  if (schema.format === 'date' || schema.format === 'date-time') {
    const [said] = daysIn(bare)
    if (said === undefined) return undefined
    return schema.format === 'date' ? said.day : `${said.day}T${said.time ?? '00:00'}:00Z`
  }
  if (types.includes('array') || types.includes('object')) return undefined
  // A day in a field of text that is not declared as one is written as a day.
  return bare === '' ? undefined : bare
}

export const unquoted = (words: string): string => {
  const text = words.trim().replace(/^[,，:：]\s*/, '')
  const quoted = /^["“「『]([^"”」』]*)["”」』]/.exec(text)
  return quoted === null ? text.replace(/[.?!;,。？！，；]+$/, '').trim() : (quoted[1] as string)
}
