/**
 * Whether a submitted answer holds the fact that was asked for, and no other candidate of its kind: listing every value
 * is not an answer. Numbers, dates and names are compared as such, not as strings; what is denied, hedged or bounded
 * is not stated. The work grows with the answer, not with the candidates: they are indexed once.
 */

import type { Json, JsonObject } from '../../schemas/json.ts'
import type { GoldAnswer } from '../../schemas/task.ts'
import { daysIn, timesIn } from './days.ts'
import { numeralsIn } from './numerals.ts'
import { folded, sameNumber } from './sameness.ts'

type Scalar = string | number | boolean
type Candidates = readonly Scalar[]

/** An answer that states more numbers or days than this lists them. */
const statedMax = 12

/** @param candidates values that the fact might have had: those of its column; the same list for each answer to a task */
export function checkAnswer(
  gold: GoldAnswer,
  candidates: Candidates,
  given: Json | undefined,
): { passed: boolean; message?: string } {
  const expected = JSON.stringify(gold.value)
  const text = textOf(given, gold.source?.column)
  if (text.trim() === '') return { passed: false, message: `The answer should be ${expected}; none was submitted.` }
  const { holds, others } = readers[gold.kind](text, gold.value, candidates)
  if (!holds) return { passed: false, message: `The answer should be ${expected}; it was ${clip(text)}.` }
  if (others.length > 0)
    return {
      passed: false,
      message: `The answer should be ${expected} alone; it also names ${others.slice(0, 3).map(clip).join(', ')}.`,
    }
  return { passed: true }
}

type Reader = (text: string, value: Scalar, candidates: Candidates) => { holds: boolean; others: string[] }

const readers: Record<GoldAnswer['kind'], Reader> = {
  number(text, value, candidates) {
    const want = Number(value)
    const others = new Set<number>()
    const stated = new Set<number>()
    let holds = false
    for (const readings of numeralsIn(text)) {
      const reading = readings.find((numbers) => numbers.some((number) => closeTo(number, want))) ?? readings[0] ?? []
      for (const number of reading) {
        stated.add(number)
        if (closeTo(number, want)) holds = true
        else if (isCandidate(candidates, number)) others.add(number)
      }
    }
    return stated.size > statedMax ? { holds: false, others: [] } : { holds, others: [...others].map(String) }
  },
  date(text, value, candidates) {
    const want = daysIn(String(value))[0]
    if (want === undefined || want.day === null) return readers.text(text, value, candidates)
    const days = candidateDays(candidates)
    const others = new Set<string>()
    const named = daysIn(text).filter(({ start }) => !denies(text, start))
    let holds = false
    for (const { day } of named) {
      if (day === null) continue
      const same = day === want.day || day === withoutYear(want.day)
      if (same) holds = true
      // A day without its year names every candidate that falls on it.
      for (const other of days.get(day) ?? []) if (other !== want.day) others.add(other)
    }
    if (named.length > statedMax) return { holds: false, others: [] }
    return { holds: holds && sameTime(text, want), others: [...others] }
  },
  boolean(text, value) {
    const want = value === true || value === 1 || says(String(value)) === true
    return { holds: says(text) === want, others: [] }
  },
  text(text, value, candidates) {
    const want = plain(String(value))
    if (want === '') return { holds: false, others: [] }
    const all = plain(text)
    const mentions = mentionsIn(all, indexOf(candidates), want).filter(({ start }) => !denies(all, start))
    const own = mentions.filter((mention) => mention.text === want)
    // Where the answer stands by itself ("It is closed"), a common word counts as another answer only if it does so too.
    const committed = own.some((mention) => standsAlone(all, mention))
    const others = mentions.filter(
      (mention) => mention.text !== want && !(committed && isCommon(mention.value) && !standsAlone(all, mention)),
    )
    return { holds: own.length > 0, others: [...new Set(others.map((mention) => mention.value))] }
  },
}

/** What is read of an answer: of an object the field that is named for the fact, or for being the answer; else all values. */
function textOf(given: Json | undefined, column: string | undefined): string {
  if (given === undefined || given === null) return ''
  if (typeof given !== 'object') return String(given)
  if (Array.isArray(given)) return given.map((item) => textOf(item, column)).join('; ')
  const named = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  for (const asked of ['answer', column ?? 'answer', 'value']) {
    const field = Object.keys(given).find((name) => named(name) === named(asked))
    if (field !== undefined) return textOf((given as JsonObject)[field], column)
  }
  return Object.values(given)
    .map((item) => textOf(item, column))
    .join('; ')
}

const clip = (text: string): string => JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}...` : text)

/** Whether what begins at `at` is denied: "not the Aurora", "anything but" its like. */
function denies(text: string, at: number): boolean {
  return /(?:\b(?:not|never|unlike|except|except for|other than|rather than|instead of)|n['’]t|不是|并非|而非|除了)\s*(?:(?:the|a|an|in|on|at)\s)?[\s"'“‘«(]*$/iu.test(
    text.slice(Math.max(0, at - 32), at),
  )
}

// Numbers

const closeTo = (number: number, want: number): boolean => sameNumber(number, want, 1e-9)

const sortedNumbers = new WeakMap<Candidates, Float64Array>()

function isCandidate(candidates: Candidates, number: number): boolean {
  let sorted = sortedNumbers.get(candidates)
  if (sorted === undefined) {
    sorted = Float64Array.from(candidates.map(Number).filter(Number.isFinite)).sort()
    sortedNumbers.set(candidates, sorted)
  }
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as number) < number) low = middle + 1
    else high = middle
  }
  return [sorted[low - 1], sorted[low]].some((near) => near !== undefined && closeTo(number, near))
}

// Dates

const withoutYear = (day: string): string => `-${day.slice(4)}`

const daysOf = new WeakMap<Candidates, Map<string, Set<string>>>()

/** Day, with and without its year → the candidates' days that it names. */
function candidateDays(candidates: Candidates): Map<string, Set<string>> {
  let days = daysOf.get(candidates)
  if (days === undefined) {
    days = new Map()
    for (const candidate of candidates) {
      const day = daysIn(String(candidate))[0]?.day
      if (day === undefined || day === null) continue
      for (const name of [day, withoutYear(day)]) {
        const known = days.get(name)
        if (known === undefined) days.set(name, new Set([day]))
        else known.add(day)
      }
    }
    daysOf.set(candidates, days)
  }
  return days
}

/** Where the fact has a time, and the answer says one, it is the right one; the day alone is enough. */
function sameTime(text: string, want: { minutes?: number }): boolean {
  if (want.minutes === undefined) return true
  const named = daysIn(text)
  const apart = timesIn(text).filter(({ start }) => !named.some((day) => start > day.start && start < day.end))
  const said = [
    ...named.flatMap(({ minutes }) => (minutes === undefined ? [] : [minutes])),
    ...apart.map((time) => time.minutes),
  ]
  return said.length === 0 || said.includes(want.minutes)
}

// Yes and no

const yes = [
  'yes',
  'yeah',
  'yep',
  'y',
  'true',
  'correct',
  'right',
  'indeed',
  '1',
  'on',
  'enabled',
  '是',
  '是的',
  '对',
  '对的',
  '有',
  '没错',
  '正确',
]
const no = [
  'no',
  'nope',
  'n',
  'false',
  'incorrect',
  'wrong',
  '0',
  'off',
  'disabled',
  '否',
  '不',
  '不是',
  '不对',
  '没有',
  '没',
  '无',
  '错',
]
const beginning =
  /^(?:(yes|yeah|yep|true|correct|indeed)|(no|nope|false|incorrect))(?!\p{L})(?! (?:problem|doubt|worries|matter))|^(?:(没错|是的|是(?!否|不是)|对|有(?!没有))|(不|没|否|未|无))/u
const unsure =
  /\b(?:unable|unknown|unclear|unsure|uncertain|no (?:idea|information|record|data)|don't know|not (?:know|sure|certain|able|clear|find|found|determine)|(?:can't|cannot|can not|could not|couldn't|did not|didn't) (?:\w+ )?(?:find|determine|tell|say|see|check|answer|confirm|verify|access|locate))\b|不知道|不清楚|不确定|无法|找不到|查不到/u
const alone = (of: string) =>
  new RegExp(`(?:^|[.,;:!/|"'(]|\\bor\\b|\\band\\b)\\s*(?:${of})\\s*(?:$|[.,;:!/|"')]|\\bor\\b|\\band\\b)`, 'u')
const [yesAlone, noAlone] = [alone('yes|true|是'), alone('no|false|否')]

/** True for yes, false for no, undefined where it says neither or both. A question that is said again answers nothing. */
function says(text: string): boolean | undefined {
  const sentences = folded(text)
    .replaceAll('’', "'")
    .split(/(?<=[.!?。！？])\s*/u)
    .filter((sentence) => !/[?？]["')]*\s*$/u.test(sentence))
  const said = sentences.join(' ').replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')
  if (said === '') return undefined
  if (yes.includes(said)) return true
  if (no.includes(said)) return false
  if (yesAlone.test(said) && noAlone.test(said)) return undefined
  const first = beginning.exec(said)
  if (unsure.test(said) && (first === null || first[4] !== undefined)) return undefined
  if (first !== null) return first[1] !== undefined || first[3] !== undefined
  const rest = said.replace(/\b(?:whether )?or not\b|是否/gu, ' ')
  if (/(?:\bnot|n't) (?:false|incorrect|wrong)\b/u.test(rest)) return true
  if (/\b(?:not|no|never|neither|false|cannot|incorrect)\b|n't\b|[不没未否无]/u.test(rest)) return false
  return /\b(?:yes|true|correct)\b|是|已/u.test(rest) ? true : undefined
}

// Names

interface Mention {
  text: string
  start: number
  end: number
  /** The candidate as it is written. */
  value: string
}

interface Shape {
  /** Where the first word begins. */
  offset: number
  length: number
}

interface Index {
  /** Candidate, folded → as it is written. */
  names: Map<string, string>
  /** First word → the shapes of candidates that begin with it, the longest first. */
  shapes: Map<string, Shape[]>
  /** Candidates without a letter or digit. */
  signs: string[]
}

/** As sameness.ts folds it; and _ and - are spaces, curly apostrophes straight, for that is how names are written out. */
const plain = (text: string): string => folded(folded(text).replace(/[_‐-]/gu, ' ').replaceAll('’', "'"))

// Scripts that leave no space between words are read character by character.
const unspaced = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}'
const wordPattern = new RegExp(`[${unspaced}]|(?:(?![${unspaced}])[\\p{L}\\p{M}\\p{N}])+`, 'gu')
const inWord = new RegExp(`(?![${unspaced}])[\\p{L}\\p{M}\\p{N}]`, 'u')

const indexes = new WeakMap<Candidates, Index>()

function indexOf(candidates: Candidates): Index {
  let index = indexes.get(candidates)
  if (index === undefined) {
    index = { names: new Map(), shapes: new Map(), signs: [] }
    for (const candidate of candidates) {
      const value = String(candidate)
      const text = plain(value)
      if (text === '') continue
      index.names.set(text, value)
      const word = firstWord(text)
      if (word === undefined) index.signs.push(text)
      else addShape(index.shapes, word, { offset: text.search(wordPattern), length: text.length })
    }
    for (const shapes of index.shapes.values()) shapes.sort((a, b) => b.length - a.length)
    indexes.set(candidates, index)
  }
  return index
}

function addShape(known: Map<string, Shape[]>, word: string, shape: Shape): void {
  const shapes = known.get(word)
  if (shapes === undefined) known.set(word, [shape])
  else if (!shapes.some(({ offset, length }) => offset === shape.offset && length === shape.length)) shapes.push(shape)
}

/** Whether it is written all in small letters, as an enum's values and other common words are. */
const isCommon = (value: string): boolean => /^[a-z]+(?:[ _-][a-z]+)*$/.test(value)

const firstWord = (text: string): string | undefined => text.match(wordPattern)?.[0]

/** Candidates, and `want`, that a text names; of those that contain each other the longest ("Aurora Lisbon", not "Aurora"). */
function mentionsIn(text: string, { names, shapes, signs }: Index, want: string): Mention[] {
  const found: Mention[] = []
  const wantWord = firstWord(want)
  const wantShape = { offset: Math.max(0, want.search(wordPattern)), length: want.length }
  const isName = (part: string) => part === want || names.has(part)
  let free = 0
  for (const { 0: word, index: at } of text.matchAll(wordPattern)) {
    let longest: Mention | undefined
    const look = ({ offset, length }: Shape) => {
      const start = at - offset
      if (start < free || length <= (longest?.text.length ?? 0)) return
      const part = text.slice(start, start + length)
      if (isName(part) && isWhole(text, part, start))
        longest = { text: part, start, end: start + length, value: names.get(part) ?? part }
    }
    shapes.get(word)?.forEach(look)
    if (word === wantWord) look(wantShape)
    if (longest === undefined) continue
    found.push(longest)
    free = (longest as Mention).end
  }
  for (const sign of wantWord === undefined ? [...signs, want] : signs) {
    const start = text.indexOf(sign)
    if (start >= 0) found.push({ text: sign, start, end: start + sign.length, value: sign })
  }
  return found
}

/** Whether a name ends where it ends: not within a word, a number (12 in 12.5) or an address. */
function isWhole(text: string, name: string, start: number): boolean {
  const end = start + name.length
  const [first, last] = [name[0] as string, name.at(-1) as string]
  const [before, after] = [text[start - 1] ?? '', text[end] ?? '']
  if ((inWord.test(before) && inWord.test(first)) || (inWord.test(after) && inWord.test(last))) return false
  if (/\d/.test(first) && /\d[.,:]$/.test(text.slice(Math.max(0, start - 2), start))) return false
  if (/\d/.test(last) && /^[.,:]\d/.test(text.slice(end, end + 2))) return false
  const address = name.includes('@') || /\w\.\w/.test(name)
  return !address || (!/[@./+]/.test(before) && !/^[@/+]|^\.\w/.test(text.slice(end, end + 2)))
}

/** Whether nothing but a link verb or a label leads to it, and a stop follows. */
function standsAlone(text: string, { start, end }: Mention): boolean {
  const leads = /(?:^|[.,;:!?=→/|"'“‘«(*`\n]|\b(?:is|are|was|be|as|to|or|and|status|now|'s)|[是为：])\s*["'“‘«(*`]*$/u
  return (
    leads.test(text.slice(Math.max(0, start - 12), start)) &&
    /^["'”’»)*`]*\s*(?:$|[.,;:!?/|。，；！]|\b(?:or|and)\b)/u.test(text.slice(end, end + 8))
  )
}
