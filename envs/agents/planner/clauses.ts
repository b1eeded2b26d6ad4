/** An intent taken apart: one clause for each thing to do, with the verb it begins with, and what it sets to what. */

import {
  chineseAssignments,
  chineseClauses,
  chineseParts,
  isChinese,
  isChineseCondition,
  isChineseQuestion,
} from './chinese.ts'
import { indexOfWords, masked, placesOf } from './text.ts'
import type { Effect, Kit } from './tools.ts'

export interface Clause {
  /** What the verb may mean, the likeliest first; with the words around the thing: "take {x} offline". */
  readings: { effect: Effect; rest: string; says?: string }[]
  text: string
}

const verbs: readonly [Effect, readonly string[]][] = [
  ['create', ['create', 'add', 'set up', 'make', 'register', 'open', 'book', 'put in', 'start']],
  ['delete', ['delete', 'remove', 'get rid of', 'drop', 'take out', 'erase', 'clear out', 'throw out', 'discard']],
  [
    'update',
    [
      'change',
      'set',
      'update',
      'rename',
      'mark',
      'move',
      'correct',
      'adjust',
      'switch',
      'turn',
      'make',
      'give',
      'put',
      'call',
      'flag',
      'transfer',
      'link',
      'edit',
      'fix',
      'replace',
      'reassign',
      'assign',
    ],
  ],
]

const asks =
  /\b(?:what(?:'s|’s| is| are| was| does| do)?\b(?! we have)|which|who(?:'s)?|when|where|how (?:many|much|long|old)|tell me|look up|can't remember|don't remember|need to know|find out|let me know|like to know)\b/i

/** Whether words ask for a fact rather than for a deed. */
export const isQuestion = (text: string): boolean =>
  isChinese(text) ? isChineseQuestion(text) : asks.test(masked(text))

/** Whether words only say when what follows is to be done: if what was asked for before is refused. */
export const isCondition = (text: string): boolean =>
  isChineseCondition(text) || /^(?:if|should|in case)\s(?:that|this|it|so)\b/i.test(text)

const politeness =
  /(?:,?\s+(?:please|for me|right away|as soon as you can|as soon as possible|when you can|thanks|thank you))+(?=[.?!]*$)/i

/** Sentences and what is joined by "then", "and" before a verb, and the like. */
export function clausesOf(intent: string, kit: Kit): Clause[] {
  if (isChinese(intent)) return chineseClauses(intent, kit)
  const words = verbWords(kit)
  const anyVerb = words.map(({ head }) => escaped(head)).join('|')
  const boundary = new RegExp(
    `(?<=[.?!]["”]?)\\s+(?=[A-Z])|[,;.]?\\s+(?:and,?\\s+)?(?:then|after that|afterwards|finally|lastly|once that's done|once that is done|next|also)\\b,?\\s+|[,;]\\s+and\\s+(?=(?:${anyVerb})\\b)|\\s+and\\s+(?=(?:${anyVerb})\\s)|:\\s+(?=(?:${anyVerb})\\s)|;\\s+|,\\s+(?=(?:${anyVerb})\\s)`,
    'gi',
  )
  const clauses: string[] = []
  let from = 0
  for (const { at, end } of placesOf(intent, boundary)) {
    clauses.push(intent.slice(from, at))
    from = end
  }
  clauses.push(intent.slice(from))
  return clauses
    .map((text) => text.trim().replace(politeness, ''))
    .filter((text) => text !== '')
    .flatMap((text) => {
      const [, condition, then] = /^((?:if|should|in case)\b[^,]*),\s*(.+)$/i.exec(text) ?? []
      return condition === undefined || then === undefined ? [text] : [condition, then]
    })
    .map((text) => text.replace(/,?\s+instead(?=[.?!]*$)/i, ''))
    .map((text) => ({ text, readings: [...statementsIn(text, kit), ...readingsOf(text, words)] }))
}

interface VerbWords {
  head: string
  tail: string
  effect: Effect
  says?: string
}

function verbWords(kit: Kit): VerbWords[] {
  const found: VerbWords[] = verbs.flatMap(([effect, heads]) => heads.map((head) => ({ head, tail: '', effect })))
  const own = new Set(kit.tools.flatMap(({ says }) => says))
  for (const says of [...own].sort()) {
    const [head = '', tail = ''] = says.split('{x}').map((part) => part.trim())
    if (/^[a-z]/i.test(head)) found.push({ head, tail, effect: 'act', says })
  }
  return found.sort((a, b) => b.head.length - a.head.length || (a.head < b.head ? -1 : 1))
}

function readingsOf(text: string, words: readonly VerbWords[]): Clause['readings'] {
  const hidden = masked(text)
  const found = words.flatMap(({ head, tail, effect, says }) => {
    const at = indexOfWords(hidden, head)
    if (at < 0 || /\b(?:the|a|its|their|whose|that)\s+(?:\w+\s+)?$/i.test(hidden.slice(0, at))) return []
    let rest = text.slice(at + head.length)
    if (tail !== '') {
      const end = indexOfWords(masked(rest), tail)
      if (end < 0) return []
      rest = rest.slice(0, end) + rest.slice(end + tail.length)
    }
    return [{ at, length: head.length + tail.length, effect, rest: rest.trim(), ...(says !== undefined && { says }) }]
  })
  found.sort((a, b) => a.at - b.at || b.length - a.length || Number(a.effect === 'act') - Number(b.effect === 'act'))
  const first = found[0]?.at
  // What comes later in the clause is rather part of what is spoken of.
  return found
    .filter(({ at }) => at === first || at - (first ?? 0) < 4)
    .map(({ effect, rest, says }) => ({ effect, rest, ...(says !== undefined && { says }) }))
}

/** Deeds that are told as how things should be: "The blob can go.", "The due date of … should be …". */
function statementsIn(text: string, kit: Kit): Clause['readings'] {
  const plain = text.replace(/[.?!]+$/, '').replace(/\s+(?:from now on|now|at once)$/i, '')
  const hidden = masked(plain)
  const found: Clause['readings'] = []
  const part = (match: RegExpExecArray | null, group: number): string => {
    const place = match?.indices?.[group]
    return place === undefined ? '' : plain.slice(...place)
  }
  const gone = /^(?:i'd like (.+) (?:removed|deleted)|(.+) can (?:go|be removed|be deleted))$/di.exec(hidden)
  if (gone !== null) found.push({ effect: 'delete', rest: part(gone, 1) || part(gone, 2) })
  const done = /^(?:i'd like (.+?) (\w[\w ]*)|(.+?) (?:needs? to be|can be|should be|is to be) (\w[\w ]*))$/di.exec(
    hidden,
  )
  const past = (part(done, 2) || part(done, 4)).toLowerCase()
  const tool = past === '' ? undefined : kit.tools.find(({ pasts }) => pasts.includes(past))
  if (tool !== undefined)
    found.push({ effect: 'act', rest: part(done, 1) || part(done, 3), says: tool.says[0] as string })
  const set =
    /^(.+?)(?: is wrong: it should be| should be| has changed to| needs? to be| (?:is|are) supposed to be) (.+?)(?:, but (?:isn't|aren't))?$/di.exec(
      hidden,
    )
  if (set !== null && tool === undefined) {
    const [what, value] = [part(set, 1), part(set, 2)]
    found.push({ effect: 'update', rest: `${what} to ${value}` }, { effect: 'update', rest: `${what} as ${value}` })
  }
  return found
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** One thing that is set: the words for the field, for the row, and for the value. */
export interface Assignment {
  field: string
  ref: string
  value: string
}

/** `change the A of X to V and its B to W`: the parts, each with every way to read it. */
export function assignmentParts(rest: string): string[] {
  if (isChinese(rest)) return chineseParts(rest)
  const cuts = placesOf(rest, /(?:,\s+and|,|\s+and)\s+(?=(?:its|their|his|her|the)\s[^"]*?\s(?:to|as|at)\s)/gi)
  // What sets nothing is still the description of what comes next.
  const whole: string[] = []
  let open = 0
  for (const [index, { at }] of [...cuts, { at: rest.length, end: rest.length }].entries()) {
    const part = rest.slice(open, at)
    if (!/\s(?:to|as|at)\s/i.test(masked(part)) && index < cuts.length) continue
    whole.push(part)
    open = cuts[index]?.end ?? rest.length
  }
  return whole
}

/** Every way to read one part as field, row and value, the likeliest first. */
export function assignmentsIn(part: string): Assignment[] {
  if (isChinese(part)) return chineseAssignments(part)
  const hidden = masked(part)
  const found: Assignment[] = []
  for (const { index } of hidden.matchAll(/\s(?:to|as|at)\s/gi)) {
    const value = part.slice(index).replace(/^\s(?:to|as|at)\s/i, '')
    const left = part.slice(0, index)
    const bare = masked(left)
    const own = /^(?:its|their|his|her)\s+(.+)$/i.exec(left)
    if (own !== null) found.push({ field: own[1] as string, ref: 'it', value })
    for (const { index: of } of bare.matchAll(/\s(?:of|for|on)\s/gi))
      found.push({ field: left.slice(0, of).replace(/^the\s+/i, ''), ref: left.slice(of + 4), value })
    for (const match of bare.matchAll(/(?:'s|’s|(?<=s)')\s+/g))
      found.push({ field: left.slice(match.index + match[0].length), ref: left.slice(0, match.index), value })
    if (own === null) found.push({ field: left.replace(/^the\s+/i, ''), ref: 'it', value })
  }
  return found
}
