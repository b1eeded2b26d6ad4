/**
 * Whether a submitted answer holds the fact that was asked for, and no other candidate of its kind: listing every value
 * is not an answer. Numbers, dates and names are compared as such, not as strings.
 */

import type { Json } from '../../schemas/json.ts'
import type { GoldAnswer } from '../../schemas/task.ts'

type Scalar = string | number | boolean

/** @param candidates values that the fact might have had: those of its column */
export function checkAnswer(
  gold: GoldAnswer,
  candidates: readonly Scalar[],
  given: Json | undefined,
): { passed: boolean; message?: string } {
  const expected = JSON.stringify(gold.value)
  if (given === undefined || given === null || given === '')
    return { passed: false, message: `The answer should be ${expected}; none was submitted.` }
  const text = textOf(given)
  const { holds, others } = readers[gold.kind](text, gold.value, candidates)
  if (!holds) return { passed: false, message: `The answer should be ${expected}; it was ${clip(text)}.` }
  if (others.length > 0)
    return {
      passed: false,
      message: `The answer should be ${expected} alone; it also names ${others.slice(0, 3).map(clip).join(', ')}.`,
    }
  return { passed: true }
}

type Reader = (text: string, value: Scalar, candidates: readonly Scalar[]) => { holds: boolean; others: string[] }

const readers: Record<GoldAnswer['kind'], Reader> = {
  number(text, value, candidates) {
    const found = numbersIn(text)
    const same = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b))
    const want = Number(value)
    const rivals = candidates.map(Number).filter((number) => Number.isFinite(number) && !same(number, want))
    return {
      holds: found.some((number) => same(number, want)),
      others: rivals.filter((rival) => found.some((number) => same(number, rival))).map(String),
    }
  },
  date(text, value, candidates) {
    const want = dayOf(String(value))
    const found = datesIn(text)
    const rivals = new Set(
      candidates.map((candidate) => dayOf(String(candidate))).filter((day) => day !== '' && day !== want),
    )
    return { holds: want !== '' && found.has(want), others: [...rivals].filter((day) => found.has(day)) }
  },
  boolean(text, value) {
    const words = new Set(fold(text).match(/[\p{L}\p{N}]+/gu) ?? [])
    const says = (list: readonly string[]) => list.some((word) => words.has(word))
    const [yes, no] = [
      says(['yes', 'true', '1', 'on', 'enabled', '是']),
      says(['no', 'not', 'false', '0', 'off', 'disabled', '否', '不']),
    ]
    const want = value === true || value === 1 || value === 'true'
    return { holds: want ? yes : no, others: (want ? no : yes) ? [want ? 'no' : 'yes'] : [] }
  },
  text(text, value, candidates) {
    const want = fold(String(value))
    const all = fold(text)
    if (!holdsPhrase(all, want)) return { holds: false, others: [] }
    // What stands inside the expected answer itself ("Aurora" in "Aurora Lisbon") names nothing else.
    const rest = all.split(want).join(' ⋯ ')
    const rivals = candidates
      .map((candidate) => fold(String(candidate)))
      .filter((candidate) => candidate !== '' && candidate !== want)
    return {
      holds: true,
      others: [...new Set(rivals)].filter(
        (rival) => holdsPhrase(rest, rival) || (rival.includes(want) && holdsPhrase(all, rival)),
      ),
    }
  },
}

const fold = (text: string): string =>
  text.normalize('NFC').trim().toLowerCase().replaceAll('_', ' ').replace(/\s+/g, ' ')

const clip = (text: string): string => JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}...` : text)

function textOf(given: Json): string {
  return typeof given === 'string' ? given : JSON.stringify(given)
}

function holdsPhrase(text: string, phrase: string): boolean {
  const inWord = (character: string | undefined) =>
    character !== undefined && /[\p{L}\p{N}]/u.test(character) && !/\p{Script=Han}/u.test(character)
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
    const end = at + phrase.length
    const cutBefore = inWord(text[at - 1]) && inWord(phrase[0])
    const cutAfter = inWord(text[end]) && inWord(phrase.at(-1))
    if (!cutBefore && !cutAfter) return true
  }
  return false
}

function numbersIn(text: string): number[] {
  const found = text.match(/-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi) ?? []
  return found.map((number) => Number(number.replaceAll(',', '')))
}

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

function dayOf(text: string): string {
  return /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? ''
}

/** Days as YYYY-MM-DD: 2025-05-03, 3 May 2025, May 3rd, 2025, 2025年5月3日. Forms whose order is a matter of place are not read. */
function datesIn(text: string): Set<string> {
  const days = new Set<string>()
  const add = (year: string, month: number, day: string) => {
    if (month >= 1 && month <= 12) days.add(`${year}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`)
  }
  for (const [, year, month, day] of text.matchAll(/(\d{4})-(\d{2})-(\d{2})/g))
    add(year as string, Number(month), day as string)
  for (const [, year, month, day] of text.matchAll(/(\d{4})年(\d{1,2})月(\d{1,2})日/g))
    add(year as string, Number(month), day as string)
  const monthOf = (name: string) => months.findIndex((month) => month.startsWith(name.toLowerCase().slice(0, 3))) + 1
  for (const [, day, name, year] of text.matchAll(/(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([A-Za-z]{3,9})\.?,? (\d{4})/g))
    add(year as string, monthOf(name as string), day as string)
  for (const [, name, day, year] of text.matchAll(/([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})/g))
    add(year as string, monthOf(name as string), day as string)
  return days
}
