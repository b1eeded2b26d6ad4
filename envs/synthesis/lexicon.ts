/**
 * How a person says the names of tables, columns and verbs, and which of them a person would say at all.
 * The data are in lexicon/; this is the one door to them for materialize and tasks.
 */

import pluralize from 'pluralize'
import type { ColumnType } from './lexicon/columns.ts'
import { columnFallbacks, columnRules, columnSayings, sayableFlags } from './lexicon/columns.ts'
import { type NounKind, nounKinds, spokenWords, unsayableNouns } from './lexicon/nouns.ts'
import { verbs } from './lexicon/verbs.ts'

export type { NounKind } from './lexicon/nouns.ts'

/** `order_line` → "order line". */
export function sayTable(name: string): string {
  return spoken(name)
}

/** `order_line` → "order lines". */
export function sayTables(name: string): string {
  return pluralize.plural(spoken(name))
}

/** `created_at` → "creation date", `is_active` → "active", `short_name` → "short name". */
export function sayColumn(name: string): string {
  return columnSayings[name] ?? spoken(name.replace(/^(is|has)_/, '').replace(/_id$/, ''))
}

/** `cancel`, "the booking B-17" → "cancel the booking B-17". */
export function sayVerb(verb: string, thing: string): string {
  return (verbs[verb]?.say ?? `${spoken(verb)} {x}`).replace('{x}', thing)
}

/** The two states of a flag as a person says them, on first; undefined where a person wouldn't. */
export function sayFlag(name: string): readonly [string, string] | undefined {
  return sayableFlags.get(name.replace(/^is_/, ''))
}

/**
 * Whether a person would say it: plain words of known kinds, at most three. A column is judged with its semantic
 * where that is at hand (columns of hashes, keys and paths are written, never said).
 */
export function isSayable(kind: 'table' | 'column' | 'verb', name: string, semantic?: string): boolean {
  if (kind === 'verb') return verbs[name] !== undefined
  const words = name.split('_')
  if (words.length > 3 || words.some((word) => /\d/.test(word) || word.length < 2)) return false
  if (kind === 'table') {
    const last = words.at(-1) as string
    if (unsayableNouns.has(last) || words.some((word) => verbs[word] !== undefined && !nounKinds.has(word)))
      return false
    return nounKinds.has(last) || words.every((word) => word.length <= 14)
  }
  if (semantic === 'flag') return sayFlag(name) !== undefined
  if (semantic !== undefined && unsaidSemantics.has(semantic)) return false
  if (columnSayings[name] !== undefined) return true
  const found = columnRules.find((rule) => rule.pattern.test(name))
  return found === undefined ? false : found.say === 'yes'
}

export const unsaidSemantics: ReadonlySet<string> = new Set(
  (
    'id ref secret hash uuid token url image_url iban bic bank_account tax_number ip mac version mime path latitude ' +
    'longitude bytes ordinal port word integer number updated_at json'
  ).split(' '),
)

/** What the values of a column are, by its name and type. */
export function columnSemantic(name: string, type: ColumnType): string {
  for (const rule of columnRules) {
    if ((rule.types === undefined || rule.types.includes(type)) && rule.pattern.test(name)) return rule.semantic
  }
  return columnFallbacks[type]
}

/** What kind of thing the rows of a table are, by its last word that is known. */
export function tableKind(name: string): NounKind {
  const words = name.split('_')
  for (let from = 0; from < words.length; from++) {
    const kind = nounKinds.get(words.slice(from).join('_'))
    if (kind !== undefined) return kind
  }
  return 'thing'
}

const spoken = (name: string): string =>
  name
    .split('_')
    .filter((word) => word !== '')
    .map((word) => spokenWords[word] ?? word)
    .join(' ')
