/** What both languages keep in mind while they speak: which rows were named, and which one "it" would mean. */

import type { Cell } from '../../../../schemas/json.ts'
import type { Mention } from '../deed.ts'
import type { Draw } from '../draw.ts'
import type { Facts } from '../facts.ts'
import type { Attribute } from '../refer.ts'
import { rowId } from '../walk.ts'

export interface Talk {
  draw: Draw
  facts: Facts
  /** Rows spoken of, and the one that "it" would mean now. */
  spoken: Set<string>
  it: string | undefined
  /** The sentence has its "called" already. */
  isCalled?: boolean
}

/** A question by itself ("When is … due?", …是哪天), and as what is to be found out ("the due date of …", …的截止日期). */
export interface Asked {
  direct: readonly string[]
  what: string
}

export const beginTalk = (draw: Draw, facts: Facts): Talk => ({ draw, facts, spoken: new Set(), it: undefined })

/** How a row may be called now: "it", "that one", or by what picks it out. From now on it is what "it" means. */
export function turnTo(talk: Talk, { table, key, description }: Mention): 'it' | 'again' | 'first' {
  const id = rowId(table, key)
  const wasIt = talk.it === id
  const known = talk.spoken.has(id)
  talk.it = id
  if (known) return wasIt ? 'it' : 'again'
  if (description === undefined) return 'again'
  talk.spoken.add(id)
  return 'first'
}

/** What tells a row by itself, where one name does; it is spoken of from now on, and the talk stays where it is. */
export function bareName(talk: Talk, { table, key, description }: Mention): Attribute | undefined {
  const [only, ...more] = description?.attributes ?? []
  if (only === undefined || more.length > 0 || description?.parent !== undefined) return undefined
  if (!['name', 'person', 'company', 'code'].includes(only.kind) || isSpoken(talk, table, key)) return undefined
  noteSpoken(talk, table, key)
  return only
}

export function isSpoken(talk: Talk, table: string, key: Cell): boolean {
  return talk.spoken.has(rowId(table, key))
}

/** The row was named in passing: the talk stays where it is. */
export function noteSpoken(talk: Talk, table: string, key: Cell): void {
  talk.spoken.add(rowId(table, key))
}

/** Says something about another row, with the talk coming back to where it was. */
export function aside<T>(talk: Talk, say: () => T): T {
  const { it } = talk
  const said = say()
  talk.it = it
  return said
}
