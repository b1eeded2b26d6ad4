/**
 * Numbers that a text states, in the styles people write: 1,240.50 · 1.240,50 · 1 240,50 · 1'240.50 · 12,40,000 · -€5 · 15 % ·
 * 2 million · 3 万. What looks alike and states no number is left out: parts of identifiers (book_01, INV-2041), days and times,
 * ends of ranges (between 3 and 5), bounds (more than 3) and what is denied (not 3).
 */

import { withoutDays } from './days.ts'

/** Ways to read one numeral, the likeliest first; each gives one number, or several where commas only list. */
export type Numeral = number[][]

const space = ' \\u00a0\\u202f\\u2009'
const chunk = `(?:\\d+(?:[.,'’]\\d+|[${space}]\\d{3}(?!\\d))*|\\.\\d+)(?:[eE][+-]?\\d+)?`
const currency = '(?:(?<![\\p{L}\\p{N}_])[A-Z]{3}|[A-Z]{0,2}\\p{Sc})'
const numeral = new RegExp(`([-–]?)(?:(${currency})([${space}]?))?([-–]?)(${chunk})`, 'gu')
/** Codes that may be written without a gap: EUR24. Other letters before a digit make a name of it. */
const codes = /^(?:EUR|USD|GBP|CHF|JPY|CNY|RMB|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|BRL|MXN|KRW|SGD|HKD|ZAR)$/
const scales: Record<string, number> = {
  k: 1e3,
  thousand: 1e3,
  million: 1e6,
  billion: 1e9,
  lakh: 1e5,
  crore: 1e7,
  万: 1e4,
  亿: 1e8,
}
const scale = /^(?:(k)(?![\p{L}\p{N}])|\s?(thousand|million|billion|lakh|crore)(?!\p{L})|\s?([万亿]))/u
const denied =
  /(?:\b(?:not|n't|n’t|more than|less than|fewer than|at least|at most|up to|no more than|unlike|except|rather than|instead of)|[<>≤≥≠]|不是|并非|超过|少于|多于|至少|至多|最多|不到)\s*(?:the |a |an )?$/iu
const joint = new RegExp(`^\\s*(?:%|${currency})?\\s*([-–—~〜]|to|through|到|至)\\s*$`, 'iu')
const words = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]
const characters = '零一二三四五六七八九十'

export function numeralsIn(given: string): Numeral[] {
  const text = withoutDays(given.replaceAll('\u2212', '-').normalize('NFC'))
  const found: { numeral: Numeral; start: number; end: number; states: boolean }[] = []
  let any = false
  for (const match of text.matchAll(numeral)) {
    any = true
    const start = match.index
    const end = start + match[0].length
    const read = numeralOf(text, match, end)
    if (read === undefined) continue
    const before = text.slice(Math.max(0, start - 24), start)
    found.push({ numeral: read, start, end, states: !denied.test(before) })
  }
  for (const [index, { start, end }] of found.entries()) {
    const next = found[index + 1]
    if (next === undefined) continue
    const between = text.slice(end, next.start)
    const dashed = between === '' && /^[-–]/.test(text.slice(next.start))
    const and =
      /^[^\d.;]{0,12}\band\b\s*$/i.test(between) && /\bbetween\s*$/i.test(text.slice(Math.max(0, start - 12), start))
    if (!dashed && !and && !joint.test(between)) continue
    for (const one of [found[index], next]) if (one !== undefined) one.states = false
  }
  const stated = found.filter(({ states }) => states).map((one) => one.numeral)
  return any ? stated : inWords(text)
}

function numeralOf(text: string, match: RegExpExecArray, end: number): Numeral | undefined {
  const [, signBefore, code, gap, signAfter, digits = ''] = match
  const before = text.slice(Math.max(0, match.index - 12), match.index)
  const glued = /[\p{L}\p{N}_#]$/u.test(before) && !/\p{Script=Han}$/u.test(before)
  const signed = signBefore !== '' || signAfter !== ''
  // "INV-2041" is a name; what stands before "-5" in "3-5" makes it a range.
  if (glued && (signBefore === '' || /[\p{L}_#]$/u.test(before))) return undefined
  if (code !== undefined && gap === '' && signAfter === '' && /^\p{L}+$/u.test(code) && !codes.test(code))
    return undefined
  if (/^(?:[\p{L}_]*\p{N}|_)/u.test(text.slice(end)) && !/^\p{Script=Han}/u.test(text.slice(end))) return undefined
  const negative = signed && !glued
  const spoken = /(?:\bminus|\bnegative|负)\s*$/iu.test(before)
  const after = text.slice(end, end + 12)
  const scaled = scale.exec(after.toLowerCase())
  const times = (negative || spoken ? -1 : 1) * (scales[scaled?.[1] ?? scaled?.[2] ?? scaled?.[3] ?? ''] ?? 1)
  const readings = readingsOf(digits).map((numbers) => numbers.map((number) => number * times))
  if (/^\s?[%％]/.test(after)) readings.push(...readings.map((numbers) => numbers.map((number) => number / 100)))
  return readings.length === 0 ? undefined : readings
}

const grouped = {
  english: /^[1-9]\d{0,2}(?:([,'’\s])\d{3})(?:\1\d{3})*(?:\.\d+)?$/,
  indian: /^[1-9]\d?(?:,\d{2})+,\d{3}(?:\.\d+)?$/,
  continental: /^[1-9]\d{0,2}(?:([.'’\s])\d{3})(?:\1\d{3})*(?:,\d+)?$/,
}

function readingsOf(digits: string): number[][] {
  const found = new Set<number>()
  const plain = /^\d*\.?\d+(?:e[+-]?\d+)?$/i.test(digits)
  if (plain) found.add(Number(digits))
  if (grouped.english.test(digits) || grouped.indian.test(digits)) found.add(Number(digits.replace(/[^\d.]/g, '')))
  // "1,240" is never read as 1.24.
  if (grouped.continental.test(digits)) found.add(Number(digits.replace(/[^\d,]/g, '').replace(',', '.')))
  else if (found.size === 0 && /^\d+,\d+$/.test(digits)) found.add(Number(digits.replace(',', '.')))
  if (found.size > 0) return [...found].map((number) => [number])
  const parts = digits.split(new RegExp(`[,${space}]`, 'u'))
  return parts.length > 1 && parts.every((part) => /^\d+(?:\.\d+)?$/.test(part)) ? [parts.map(Number)] : []
}

/** Small numbers in words, where no digit stands in the text. "One" is most often no number: it has to stand alone. */
function inWords(text: string): Numeral[] {
  const spoken = [...text.toLowerCase().matchAll(/\p{L}+/gu)].map(([word]) => word)
  const found = spoken.flatMap((word) => {
    const number = words.indexOf(word)
    return number >= 0 && (number !== 1 || spoken.length <= 3) ? [number] : []
  })
  const counted = [
    ...text.matchAll(/(?<![零一二三四五六七八九十百千])([零一二两三四五六七八九十])(?=[个間间张位名次天晚人件条])/gu),
  ]
  for (const [, character = ''] of counted) found.push(character === '两' ? 2 : characters.indexOf(character))
  return found.map((number) => [[number]])
}
