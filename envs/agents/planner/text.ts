/** A sentence as the planner reads it: what is quoted is hidden while words are looked for, so that a title breaks nothing. */

import type { Kit } from './tools.ts'

/** The same text, in length as well, with everything that is quoted blotted out. */
export const masked = (text: string): string =>
  text.replace(/"[^"]*"|“[^”]*”|「[^」]*」|『[^』]*』/g, (quoted) => `"${'□'.repeat(quoted.length - 2)}"`)

export const quotedIn = (text: string): string[] =>
  [...text.matchAll(/["“「『]([^"”」』]*)["”」』]/g)].map((match) => match[1] as string)

const isLetter = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}_]/u.test(character)
const isHan = (character: string | undefined): boolean => character !== undefined && /\p{Script=Han}/u.test(character)

/** Whether the words stand there whole; Chinese has no spaces between words. */
export function standsAt(text: string, words: string, at: number): boolean {
  const [before, first] = [text[at - 1], words[0]]
  const [after, last] = [text[at + words.length], words.at(-1)]
  const open = (outer: string | undefined, inner: string | undefined) =>
    !isLetter(outer) || !isLetter(inner) || isHan(outer) || isHan(inner)
  return open(before, first) && open(after, last)
}

/** Where the words stand whole, whatever their case; -1 where they don't. */
export function indexOfWords(text: string, words: string, from = 0): number {
  if (words === '') return -1
  const folded = text.toLowerCase()
  const wanted = words.toLowerCase()
  for (let at = folded.indexOf(wanted, from); at >= 0; at = folded.indexOf(wanted, at + 1))
    if (standsAt(folded, wanted, at)) return at
  return -1
}

export interface NounMention {
  at: number
  end: number
  noun: string
}

/** The kinds of rows that a text speaks of, in its order; the longest name wins. */
export function nounsIn(text: string, { nouns }: Kit): NounMention[] {
  const hidden = masked(text)
  const found: NounMention[] = []
  for (const { said, noun } of nouns) {
    for (let at = indexOfWords(hidden, said); at >= 0; at = indexOfWords(hidden, said, at + said.length)) {
      const end = at + said.length
      if (!found.some((other) => at < other.end && other.at < end)) found.push({ at, end, noun })
    }
  }
  return [...found, ...namedAfterTheirNoun(text, hidden, nouns)].sort((a, b) => a.at - b.at)
}

/** `the "Western folder"`: the name itself says what it is of. It stands before the name, and takes nothing of it. */
function namedAfterTheirNoun(text: string, hidden: string, nouns: Kit['nouns']): NounMention[] {
  const found: NounMention[] = []
  for (const match of hidden.matchAll(/(?<=\b(?:the|our|my|that)\s)"(□+)"/gi)) {
    const at = match.index
    const name = text.slice(at + 1, at + match[0].length - 1).toLowerCase()
    const behind = hidden.slice(at + match[0].length).trimStart()
    const noun = nouns.find(({ said }) => name.endsWith(said) && standsAt(name, said, name.length - said.length))
    if (noun !== undefined && !nouns.some(({ said }) => indexOfWords(behind, said) === 0))
      found.push({ at, end: at, noun: noun.noun })
  }
  return found
}

/** The places of a pattern in a text, what is quoted left out. */
export const placesOf = (text: string, pattern: RegExp): { at: number; end: number }[] =>
  [...masked(text).matchAll(pattern)].map((match) => ({ at: match.index, end: match.index + match[0].length }))

/** The noun that a description is of: the first in English, the last in Chinese. */
export const headOf = (text: string, mentions: readonly NounMention[]): NounMention | undefined =>
  /\p{Script=Han}/u.test(masked(text)) ? mentions.at(-1) : mentions[0]
