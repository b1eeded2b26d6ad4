/**
 * What an operation is about: `reservation`, of a `hotel`. From the path; where that is silent, from the name.
 */

import type { Operation } from '../operation.ts'
import { readPath } from './path.ts'
import { isVerb } from './verbs.ts'
import { singular, splitWords } from './words.ts'

export interface Resource {
  /** The thing itself, one word or two (`credit_card`). */
  head: string
  /** What it stands under, nearest first. */
  parents: string[]
  /** Those of the parents of which the path picks one: what it belongs to (`/hotels/{id}/rooms`). */
  owners: string[]
}

/** Words that stand where a thing should and are none. */
const hollow = new Set(
  'all batch bulk by id me self current item resource entity object data detail info result response request input body by_id action operation v by_name default other misc general common global internal admin beta preview index'.split(
    ' ',
  ),
)

export function resourceOf(operation: Pick<Operation, 'path' | 'name'>): Resource | undefined {
  const { things } = readPath(operation.path)
  const named = things
    .map(({ words, parameter }) => ({ name: phrase(words), isPicked: parameter !== undefined }))
    .filter(({ name }) => name !== '')
  const own = named.at(-1)?.name ?? fromName(operation.name)
  if (own === '') return undefined
  const above = named
    .slice(0, -1)
    .reverse()
    .filter(({ name }) => name !== own)
  return {
    head: own,
    parents: above.map(({ name }) => name),
    owners: above.filter(({ isPicked }) => isPicked).map(({ name }) => name),
  }
}

/** `['order', 'items']` → `order_item`. A thing named by more than three words keeps the last two. */
function phrase(words: readonly string[]): string {
  const latin = words.filter((word) => /^\p{L}[\p{L}\p{N}]*$/u.test(word))
  const last = latin.at(-1)
  if (last === undefined) return ''
  const one = singular(last)
  const joined = [...latin.slice(0, -1).slice(latin.length > 3 ? -1 : 0), one].join('_')
  return hollow.has(joined) ? '' : joined
}

const ends = new Set([
  'for',
  'by',
  'in',
  'from',
  'to',
  'with',
  'of',
  'at',
  'on',
  'as',
  'into',
  'using',
  'per',
  'and',
  'or',
])

/** `list_customers_by_group` → `customer`. */
function fromName(name: string): string {
  const words = splitWords(name)
  const after = isVerb(words[0] ?? '') ? words.slice(1) : words
  const end = after.findIndex((word) => ends.has(word))
  return phrase((end > 0 ? after.slice(0, end) : after).filter((word) => !/^\d+$/.test(word)))
}
