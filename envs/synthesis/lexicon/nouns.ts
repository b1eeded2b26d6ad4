/**
 * Nouns that name tables: what kind of thing they are, which decides how a row is named. A table is known by its last
 * words: `bank_account` is an account.
 */

import { type nounKindNames, nouns, words } from './entries.ts'

export type NounKind = (typeof nounKindNames)[number]

export const nounKinds: ReadonlyMap<string, NounKind> = new Map(
  Object.entries(nouns).flatMap(([noun, { kind }]) => (kind === undefined ? [] : [[noun, kind] as const])),
)

/** Single words that are short or run together in paths, as a person writes them: `qty`, `sku`, `rateplan`. */
export const spokenWords: Readonly<Record<string, string>> = Object.assign(
  Object.create(null),
  Object.fromEntries(Object.entries(words).flatMap(([word, { en }]) => (en === undefined ? [] : [[word, en]]))),
  Object.fromEntries(
    Object.entries(nouns).flatMap(([noun, said]) => {
      if (!('zh' in said)) return []
      const one = said.one ?? noun.replaceAll('_', ' ')
      return noun.includes('_') ? [[noun.replaceAll('_', ''), one]] : said.one === undefined ? [] : [[noun, one]]
    }),
  ),
)
