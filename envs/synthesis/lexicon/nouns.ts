/**
 * Nouns that name tables: what kind of thing they are, which decides how a row is named. A table is known by its last
 * words: `bank_account` is an account.
 */

import { type nounKindNames, nouns } from './entries.ts'

export type NounKind = (typeof nounKindNames)[number]

export const nounKinds: ReadonlyMap<string, NounKind> = new Map(
  Object.entries(nouns).flatMap(([noun, { kind }]) => (kind === undefined ? [] : [[noun, kind] as const])),
)
