/**
 * How the words of a path are spelt where people write: `socialsecurityconfigurations` stands beside a parameter called
 * `socialSecurityConfigurationId`, `sms` in texts that say SMS.
 *
 * The domain's own names and texts are the evidence; nothing is guessed from a list of words.
 */

import { plural, singular, splitWords } from '../collect/words.ts'
import { entry, words } from '../lexicon/entries.ts'
import type { Operation } from '../operation.ts'

export interface Spelling {
  /** The words that were written as one, if they were; else the word itself. */
  apart(word: string): string[]
  /** An abbreviation in capitals and a known short form in full; else the word. */
  say(word: string): string
}

const gluedMin = 7
const wordsTogetherMax = 4
/** Beyond so many characters of a text nothing new is learnt. */
const textMax = 400

/** @param asked words that may have been written as one */
export function readSpelling(operations: readonly Operation[], asked: Iterable<string>): Spelling {
  const glued = [...new Set(asked)].filter((word) => word.length >= gluedMin)
  const wanted = new Set([...glued, ...glued.map(plural)])
  const joined = new Map<string, string[]>()
  const written = new Map<string, Map<string, number>>()
  for (const operation of operations) {
    for (const name of namesOf(operation)) learnJoins(splitWords(name), wanted, joined)
    for (const text of textsOf(operation)) {
      learnJoins(splitWords(text), wanted, joined)
      for (const [word] of text.matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}]{2,6}(?![\p{L}\p{N}])/gu)) {
        const forms = written.get(word.toLowerCase()) ?? new Map<string, number>()
        written.set(word.toLowerCase(), forms.set(word, (forms.get(word) ?? 0) + 1))
      }
    }
  }
  return {
    apart(word) {
      const apart = joined.get(word) ?? joined.get(plural(word))
      return apart === undefined ? [word] : [...apart.slice(0, -1), singular(apart.at(-1) as string)]
    },
    say(word) {
      const known = entry(words, word)?.en
      if (known !== undefined) return known
      const forms = [...(written.get(word) ?? [])].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      const [form = word] = forms[0] ?? []
      return /^\p{Lu}[\p{Lu}\p{N}]+s?$/u.test(form) ? form : word
    },
  }
}

function* namesOf({ parameters, name, operationId, response }: Operation): Generator<string> {
  for (const parameter of parameters) {
    yield parameter.name
    if (parameter.shape.component !== undefined) yield parameter.shape.component
  }
  yield name
  if (operationId !== undefined) yield operationId
  if (response?.component !== undefined) yield response.component
}

function textsOf({ summary, description }: Operation): string[] {
  return [summary ?? '', description].map((text) => text.slice(0, textMax))
}

/** Words that run into each other by chance: `in put` is no way to write an input. */
const never = new Set('a an and as at be by do go if in is it me my no of on or so the to up us we'.split(' '))

function learnJoins(words: readonly string[], wanted: ReadonlySet<string>, joined: Map<string, string[]>): void {
  for (let from = 0; from < words.length; from++) {
    let whole = words[from] as string
    if (never.has(whole) || !begins(wanted, whole)) continue
    for (let to = from + 1; to < Math.min(words.length, from + wordsTogetherMax); to++) {
      const next = words[to] as string
      if (!/^[a-z]{2,}$/.test(next)) break
      whole += next
      if (never.has(next) || !wanted.has(whole)) continue
      if (!joined.has(whole)) joined.set(whole, words.slice(from, to + 1))
    }
  }
}

function begins(wanted: ReadonlySet<string>, word: string): boolean {
  for (const other of wanted) if (other.startsWith(word)) return true
  return false
}
