/**
 * How the words of a path are spelt where people write: `socialsecurityconfigurations` stands beside a parameter called
 * `socialSecurityConfigurationId`, `sms` in texts that say SMS.
 *
 * The domain's own names and texts are the evidence; nothing is guessed from a list of words.
 */

import { singular, splitWords } from '../collect/words.ts'
import { spokenWords } from '../lexicon/nouns.ts'
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

export function readSpelling(operations: readonly Operation[]): Spelling {
  const joined = new Map<string, string[]>()
  const written = new Map<string, { capitals: number; times: number }>()
  for (const operation of operations) {
    for (const text of evidence(operation)) {
      learnJoins(splitWords(text), joined)
      for (const [word] of text.matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}]{2,6}(?![\p{L}\p{N}])/gu)) {
        const key = word.toLowerCase()
        const seen = written.get(key) ?? { capitals: 0, times: 0 }
        seen.times += 1
        if (/^(?=.*\p{Lu}.*\p{Lu})[\p{Lu}\p{N}]+s?$/u.test(word)) seen.capitals += 1
        written.set(key, seen)
      }
    }
  }
  return {
    apart: (word) => joined.get(word) ?? joined.get(singular(word)) ?? [word],
    say(word) {
      const known = spokenWords[word]
      if (known !== undefined) return known
      const seen = written.get(word)
      return seen !== undefined && seen.capitals > seen.times / 2 ? word.toUpperCase() : word
    },
  }
}

function* evidence({ parameters, name, operationId, summary, description, response }: Operation): Generator<string> {
  for (const parameter of parameters) {
    yield parameter.name
    if (parameter.shape.component !== undefined) yield parameter.shape.component
  }
  yield name
  if (operationId !== undefined) yield operationId
  if (response?.component !== undefined) yield response.component
  if (summary !== undefined) yield summary.slice(0, textMax)
  yield description.slice(0, textMax)
}

/** Words that run into each other by chance: `in put` is no way to write an input. */
const never = new Set('a an and as at be by do go if in is it me my no of on or so the to up us we'.split(' '))

function learnJoins(words: readonly string[], joined: Map<string, string[]>): void {
  for (let from = 0; from < words.length; from++) {
    let whole = words[from] as string
    if (never.has(whole)) continue
    for (let to = from + 1; to < Math.min(words.length, from + wordsTogetherMax); to++) {
      const next = words[to] as string
      if (!/^[a-z]{2,}$/.test(next)) break
      whole += next
      if (whole.length < gluedMin || never.has(next)) continue
      const apart = words.slice(from, to + 1)
      const one = singular(whole)
      if (!joined.has(one)) joined.set(one, [...apart.slice(0, -1), singular(next)])
    }
  }
}
