/**
 * What a user wants, as pieces that can be told one by one: the intent, and the places in it where a slot is said.
 *
 * The intent itself is the one source of what is told: with every piece in its place it is said word for word, so whoever
 * has been told all pieces has been told the whole of it. A slot that can't be lifted out of its sentence (said twice,
 * within another, at a beginning, a flag) stays where it is and is told with the rest.
 */

import type { Domain } from '../../../schemas/domain.ts'
import type { Json } from '../../../schemas/json.ts'
import type { Language, Slot, Task } from '../../../schemas/task.ts'
import type { Words } from './words.ts'
import { wordsOf } from './words.ts'

export interface Piece {
  slot: Slot
  words: Words
  /** Where it stands in the intent, with its quotation marks; null where it stands at no one place. */
  span: { start: number; end: number } | null
  /** Whether its sentence can do without it for a while. */
  liftable: boolean
  /** As it is told by itself. */
  told: string
  /** Whether another slot of the task goes by the same name, of another thing or of the same. */
  shares: 'nothing' | 'name' | 'name and thing'
}

export interface Wish {
  language: Language
  intent: string
  pieces: readonly Piece[]
  /** What would be told apart from the slots: a fact, and of which kind. */
  asks: 'text' | 'number' | 'date' | 'boolean' | null
  /** How many things are to be done. */
  deeds: number
}

const quotes: readonly (readonly [string, string])[] = [
  ['"', '"'],
  ['“', '”'],
  ['「', '」'],
  ['《', '》'],
]

export function readWish(task: Task, domain: Domain): Wish {
  const { intent, language } = task
  const spans = task.slots.map((slot) => placeOf(intent, slot.said))
  const words = task.slots.map((slot) => wordsOf(slot, task, domain))
  const crosses = (at: number): boolean =>
    spans.some((other, index) => {
      const own = spans[at]
      return index !== at && own && other && own.start < other.end && other.start < own.end
    })
  const writes = new Set(domain.tools.filter(({ kind }) => kind === 'write').map(({ name }) => name))
  return {
    language,
    intent,
    asks: task.gold.answer?.kind ?? null,
    deeds: task.gold.calls.filter(({ tool }) => writes.has(tool)).length,
    pieces: task.slots.map((slot, index) => {
      const found = crosses(index) ? null : (spans[index] ?? null)
      const span = found === null ? null : withQuotes(intent, found)
      const own = words[index] as Words
      return {
        slot,
        words: own,
        span,
        liftable: span !== null && isLiftable(intent, span, slot),
        told: span === null ? slot.said : intent.slice(span.start, span.end),
        shares: shared(
          own,
          words.filter((_, at) => at !== index),
        ),
      }
    }),
  }
}

function shared(own: Words, others: readonly Words[]): Piece['shares'] {
  const meets = (some: readonly string[], more: readonly string[]): boolean => some.some((word) => more.includes(word))
  const same = others.filter(({ name }) => meets(name, own.name))
  if (same.length === 0) return 'nothing'
  const apart = own.thing.length > 0 && same.every(({ thing }) => thing.length > 0 && !meets(thing, own.thing))
  return apart ? 'name' : 'name and thing'
}

/** The one place where it is said as a word of its own; null where there is none, or several. */
function placeOf(intent: string, said: string): { start: number; end: number } | null {
  const found: number[] = []
  for (let at = intent.indexOf(said); at >= 0; at = intent.indexOf(said, at + 1)) found.push(at)
  const whole = found.filter((at) => {
    const [before = '', first = ''] = [intent[at - 1], said[0]]
    const [last = '', after = ''] = [said.at(-1), intent[at + said.length]]
    return !(isLetter(before) && isLetter(first)) && !(isLetter(last) && isLetter(after))
  })
  const [start] = whole
  return start === undefined || whole.length > 1 ? null : { start, end: start + said.length }
}

/** Of a script that puts spaces between its words. */
const isLetter = (sign: string): boolean => /[\p{Script=Latin}\p{Script=Cyrillic}\p{N}]/u.test(sign)

function withQuotes(intent: string, { start, end }: { start: number; end: number }): { start: number; end: number } {
  const isQuoted = quotes.some(([open, shut]) => intent[start - 1] === open && intent[end] === shut)
  return isQuoted ? { start: start - 1, end: end + 1 } : { start, end }
}

function isLiftable(intent: string, { start, end }: { start: number; end: number }, { value, said }: Slot): boolean {
  if (typeof value === 'boolean') return false
  const before = intent.slice(0, start)
  const after = intent.slice(end)
  if (before.trim() === '' || /[.!?。！？]["”]?\s*$/.test(before)) return false
  if (/^['’]s?\b/.test(after)) return false
  // A word in the midst of others ("the pending order") is no value that stands for itself.
  if (/^[a-z -]+$/.test(said) && intent[start] === said[0]) return /\b(to|as|by|is|with|in|of)\s$/.test(before)
  return true
}

/** The intent with other words in some places: a hole where one isn't told yet, another value where one was wrong. */
export function sayWish({ intent, pieces }: Wish, instead: ReadonlyMap<string, string>): string {
  return fill(intent, 0, intent.length, pieces, instead)
}

/** The sentence of the intent that a piece stands in, told likewise. */
export function saySentence(wish: Wish, { span }: Piece, instead: ReadonlyMap<string, string>): string {
  const { intent, pieces } = wish
  if (span === null) return sayWish(wish, instead)
  let start = 0
  let end = intent.length
  for (const { index } of intent.matchAll(/[.!?](?=["”]?\s)|[。！？]/g)) {
    const inside = pieces.some((piece) => piece.span && piece.span.start <= index && index < piece.span.end)
    if (inside) continue
    const stop = index + (/["”]/.test(intent[index + 1] ?? '') ? 2 : 1)
    if (stop <= span.start) start = stop
    else if (end === intent.length) end = stop
  }
  return fill(intent, start, end, pieces, instead).trim()
}

function fill(
  intent: string,
  from: number,
  to: number,
  pieces: readonly Piece[],
  instead: ReadonlyMap<string, string>,
): string {
  let text = ''
  let at = from
  const placed = pieces.flatMap(({ span, slot }) => (span === null ? [] : [{ ...span, name: slot.name }]))
  for (const { start, end, name } of placed.sort((a, b) => a.start - b.start)) {
    const other = instead.get(name)
    if (other === undefined || start < at || end > to) continue
    text += intent.slice(at, start) + other
    at = end
  }
  return text + intent.slice(at, to)
}

/** Another value, said in the same way, that the user might have had in mind before; undefined where none comes to mind. */
export function formerly(
  { slot, told, span }: Piece,
  intent: string,
  draw: (count: number) => number,
): string | undefined {
  if (span === null) return undefined
  const other = otherNumber(slot, draw) ?? otherDigit(slot, draw) ?? shorter(slot.said, told)
  const elsewhere = `${intent.slice(0, span.start)}\n${intent.slice(span.end)}`
  if (other === undefined || other === slot.said || elsewhere.includes(other)) return undefined
  return told.replace(slot.said, () => other)
}

/** A date some days off, a number that is a little more or less. */
function otherNumber({ value, said }: Slot, draw: (count: number) => number): string | undefined {
  const number = movable(value)
  if (number === undefined) return undefined
  const highest = typeof value === 'string' ? 28 : Number.POSITIVE_INFINITY
  const choice = [-3, -2, -1, 1, 2, 3].map((by) => number + by).filter((one) => one >= 1 && one <= highest)
  const other = choice[draw(choice.length)] as number
  // In a date the day comes last where the year comes first, and first of all elsewhere.
  const pattern = /^\d{4}\D/.test(said)
    ? new RegExp(`(?<!\\d)0?${number}(?=\\D*$)`)
    : new RegExp(`(?<![\\d.,])${number}(?!\\d|,\\d)`)
  return said.replace(pattern, (found) => String(other).padStart(found.length, '0'))
}

/** The number in a value that may be another: the day of a date, or what is before the point of a number. */
function movable(value: Json): number | undefined {
  if (typeof value === 'number') return value >= 1 && value < 100_000 ? Math.trunc(value) : undefined
  if (typeof value !== 'string') return undefined
  const day = /^\d{4}-\d{2}-(\d{2})(?:T|$)/.exec(value)?.[1]
  return day === undefined ? undefined : Number(day)
}

/** A telephone number or code with another digit at its end. */
function otherDigit({ value, said }: Slot, draw: (count: number) => number): string | undefined {
  if (value !== said || !/\d{3}$/.test(said)) return undefined
  const last = Number(said.at(-1))
  return `${said.slice(0, -1)}${(last + 1 + draw(9)) % 10}`
}

/** A title without its last word. */
function shorter(said: string, told: string): string | undefined {
  const words = said.split(' ')
  return told === said || words.length < 3 ? undefined : words.slice(0, -1).join(' ')
}
