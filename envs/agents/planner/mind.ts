/** What the planner knows and remembers while it plays: the tools, the words, and the rows that it has been shown. */

import type { Action } from '../../../schemas/environment.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import { isObject } from '../words.ts'
import type { Dictionary } from './dictionary.ts'
import type { Kit } from './tools.ts'

/** What came of a call. */
export type Outcome = { result: Json; code?: undefined } | { result: null; code: string; message: string }

/** Part of a plan: gives out actions, is told what came of them, and ends with what it found. */
export type Plan<T> = Generator<Action, T, Outcome>

export interface Known {
  noun: string
  row: JsonObject
}

export interface Mind {
  kit: Kit
  dictionary: Dictionary
  intent: string
  /** What was listed: noun and arguments → rows. */
  lists: Map<string, JsonObject[]>
  /** The row that "it" is, and the last one of each kind. */
  it?: Known
  /** What was spoken of last without anything being done to it. */
  spoken?: string
  last: Map<string, Known>
}

export function* call(tool: string, args: JsonObject): Plan<Outcome> {
  return yield { type: 'call_tool', tool_name: tool, arguments: args }
}

export function remember(mind: Mind, known: Known): Known {
  mind.it = known
  delete mind.spoken
  mind.last.set(known.noun, known)
  return known
}

/** The rows in a result: the objects of its first list, or itself. */
export function rowsIn(result: Json): JsonObject[] {
  if (Array.isArray(result)) return result.filter(isObject)
  if (!isObject(result)) return []
  const lists = Object.values(result).filter(Array.isArray)
  const rows = lists.find((list) => list.length > 0 && list.every(isObject))
  return (rows as JsonObject[] | undefined) ?? []
}

/** The identifier of a row of that noun. */
export function idOf({ noun, row }: Known): Json | undefined {
  return (
    row.id ?? row[`${noun.replaceAll(' ', '_')}_id`] ?? Object.entries(row).find(([name]) => /(^|_)id$/.test(name))?.[1]
  )
}
