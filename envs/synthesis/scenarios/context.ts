/** What the columns of one row share while it is made. */

import type { Column, Table } from '../../../schemas/domain.ts'
import type { Cell, Row } from '../../../schemas/json.ts'
import type { Locale, Place } from './locales.ts'
import type { Random } from './random.ts'

export interface Context {
  index: number
  random: Random
  /** Where it is from: its city, country, names and telephone. */
  locale: Locale
  place: Place
  table: Table
  now: number
  readonly person: { first: string; last: string; whole: string }
  /** The company it belongs to: the same for all columns of a row. */
  readonly company: string
  readonly street: string
  readonly middle: string
  /** Milliseconds: made, changed, then begun, then ended; in this order where all are past. */
  created: number
  updated: number
  start: number
  end: number
  status: Cell
  /** What is made of it so far: names before what is made of them. */
  row: Row
  /** The columns it is known by. */
  names: readonly string[]
}

/** Makes one value; null where the row has none. */
export type Maker = (context: Context, column: Column) => Cell
