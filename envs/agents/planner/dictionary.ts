/**
 * What a speaker of the language knows without having seen the world: how names of tables, fields, states and verbs
 * are said. The planner may be given one, as any agent may know the language of its user; without it, names are taken for
 * the English words that they are written with.
 */

import { plural, spoken } from '../words.ts'

export interface Dictionary {
  /** Ways to say a table, of one or several rows: `order_line` → "order line", "order lines", 订单行. */
  things(name: string): string[]
  /** Ways to say a field. */
  fields(name: string): string[]
  /** Ways to say a verb, with `{x}` for the thing: "cancel {x}", 取消{x}. */
  verbs(name: string): string[]
  /** Ways to say that it was done to a thing: "cancelled", 已取消. */
  pasts(name: string): string[]
  /** Ways to say that a flag is on, and that it is off. */
  flag(name: string): { on: string[]; off: string[] }
  /** Ways to say a value of an enumeration. */
  states(field: string, value: string): string[]
}

export const plainDictionary: Dictionary = {
  things: (name) => [spoken(name), plural(spoken(name))],
  fields: (name) => [spoken(name), spoken(name).replace(/^(is|has) /, '')],
  verbs: (name) => [`${spoken(name)} {x}`],
  pasts: (name) => [`${spoken(name)}ed`, `${spoken(name)}d`],
  flag: (name) => {
    const word = spoken(name).replace(/^(is|has) /, '')
    return { on: [word], off: [`not ${word}`] }
  },
  states: (_, value) => [spoken(value)],
}
