/**
 * Days and times of day that a text names, in the forms people and programs write: 2025-05-03, 3 May 2025, May 3rd, 14 May
 * without a year, 14/05/2025, 2025年5月3日. A form whose order is a matter of place (05/03/2025) is seen and not read, and a
 * day that the calendar lacks is none.
 */

import { isDay } from './sameness.ts'

export interface NamedDay {
  /** YYYY-MM-DD, or --MM-DD where no year is said; null where it can't be told which day it is. */
  day: string | null
  /** Minutes since midnight in UTC where the form itself says a time. */
  minutes?: number
  start: number
  end: number
}

const months = 'january february march april may june july august september october november december'.split(' ')
const month = `(?:${months.join('|')}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\\.?`
const year = '((?:1[5-9]|2[01])\\d\\d)(?!\\d)'

const iso =
  /(?<![\d.-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?/gi
const chinese = /(?:(\d{4})\s*年\s*)?(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*[日号號]/g
const dayFirst = new RegExp(
  `(?<![\\d\\p{L}.])(\\d{1,2})(?:st|nd|rd|th)?\\.? (?:of )?(${month})(?!\\p{L})(?:,? ${year})?`,
  'giu',
)
const monthFirst = new RegExp(
  `(?<!\\p{L})(${month}) (?:the )?(\\d{1,2})(?:st|nd|rd|th)?(?![\\d\\p{L}])(?:,? ${year})?`,
  'giu',
)
const yearLast = /(?<![\d.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)/g
/** "3–6 May", "between 3 and 6 May": the second is where a range ends. */
const rangeBefore = /\d(?:st|nd|rd|th)?\s*(?:[-–—~]|to|and|until)\s*$/i

export function daysIn(text: string): NamedDay[] {
  const found: NamedDay[] = []
  const taken = new Uint8Array(text.length)
  const add = (match: RegExpExecArray, parts: [string | undefined, number, number], minutes?: number) => {
    const start = match.index
    const end = start + match[0].length
    if (taken.subarray(start, end).includes(1)) return
    taken.fill(1, start, end)
    const [named, monthNumber, dayNumber] = parts
    // 29 February is a day of some year.
    const real = isDay(Number(named ?? 2000), monthNumber, dayNumber)
    const two = (number: number) => String(number).padStart(2, '0')
    const day = real ? `${named ?? '-'}-${two(monthNumber)}-${two(dayNumber)}` : null
    found.push({ day, start, end, ...(minutes !== undefined && { minutes }) })
  }
  for (const match of text.matchAll(iso)) {
    const parts: [string, number, number] = [match[1] as string, Number(match[3]), Number(match[4])]
    if (match[5] === undefined) add(match, parts)
    else addMoment(match, parts, add)
  }
  for (const match of text.matchAll(chinese)) add(match, [match[1], Number(match[2]), Number(match[3])])
  for (const match of text.matchAll(dayFirst)) {
    const name = match[2] as string
    if (match[3] === undefined && !isCapital(name)) continue
    const ranges = rangeBefore.test(text.slice(Math.max(0, match.index - 12), match.index))
    add(match, [match[3], monthNumberOf(name), ranges ? 0 : Number(match[1])])
  }
  for (const match of text.matchAll(monthFirst)) {
    const name = match[1] as string
    if (match[3] === undefined && !isCapital(name)) continue
    const ranges = /^\s*[-–—~]\s*\d/.test(text.slice(match.index + match[0].length))
    add(match, [match[3], monthNumberOf(name), ranges ? 0 : Number(match[2])])
  }
  for (const match of text.matchAll(yearLast)) {
    const [one, two] = [Number(match[1]), Number(match[3])]
    if (one > 12 || one === two) add(match, [match[4], two, one])
    else if (two > 12) add(match, [match[4], one, two])
    else add(match, [match[4], 0, 0])
  }
  return found.sort((a, b) => a.start - b.start)
}

/** Times of day that stand by themselves, as minutes since midnight. */
export function timesIn(text: string): { minutes: number; start: number; end: number }[] {
  const found = text.matchAll(
    /(?<![\d:.])(\d{1,2})(?::([0-5]\d)(?::[0-5]\d)?(?:\s*([ap])\.?m\b\.?)?|\s*([ap])\.?m\b\.?)(?![\d:])/gi,
  )
  return [...found].flatMap((match) => {
    const half = (match[3] ?? match[4])?.toLowerCase()
    const hour = Number(match[1])
    if (hour > (half === undefined ? 23 : 12)) return []
    const hours = half === undefined ? hour : (hour % 12) + (half === 'p' ? 12 : 0)
    const start = match.index
    return [{ minutes: hours * 60 + Number(match[2] ?? 0), start, end: start + match[0].length }]
  })
}

/** The text with days and times of day blanked: what is left are other numbers. */
export function withoutDays(text: string): string {
  const rest = blanked(text, daysIn(text))
  return blanked(rest, timesIn(rest))
}

function blanked(text: string, spans: readonly { start: number; end: number }[]): string {
  const parts: string[] = []
  let from = 0
  for (const { start, end } of spans) {
    parts.push(text.slice(from, start), '\n'.repeat(end - start))
    from = end
  }
  return parts.join('') + text.slice(from)
}

function addMoment(
  match: RegExpExecArray,
  [year, month, day]: [string, number, number],
  add: (match: RegExpExecArray, parts: [string, number, number], minutes: number) => void,
): void {
  const offset = /([+-])(\d\d):?(\d\d)/.exec(match[7] ?? '')
  const ahead = offset === null ? 0 : (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3]))
  const minutes = Number(match[5]) * 60 + Number(match[6]) - ahead
  if (!isDay(Number(year), month, day)) {
    add(match, [year, month, day], minutes)
    return
  }
  const moment = new Date(Date.UTC(Number(year), month - 1, day, 0, minutes))
  const parts: [string, number, number] = [
    String(moment.getUTCFullYear()),
    moment.getUTCMonth() + 1,
    moment.getUTCDate(),
  ]
  add(match, parts, moment.getUTCHours() * 60 + moment.getUTCMinutes())
}

const isCapital = (name: string): boolean => name[0] !== name[0]?.toLowerCase()

const monthNumberOf = (name: string): number =>
  months.findIndex((full) => full.startsWith(name.toLowerCase().slice(0, 3))) + 1
