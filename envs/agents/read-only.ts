/**
 * Looks at everything that can be looked at, changes nothing, and answers with whatever it saw that the intent's words
 * point to least badly: the field whose name shares most words with the intent. What it scores is what reading alone gives.
 */

import type { Action, Agent } from '../../schemas/environment.ts'
import type { Json } from '../../schemas/json.ts'
import type { ToolSpec } from '../../schemas/tool.ts'
import { legalValue } from './legal.ts'
import { submission } from './random.ts'
import { beginSeen, noteSeen, propertiesOf, type Seen, worldTools } from './seen.ts'
import { spoken } from './words.ts'

const readsMax = 12

const firsts =
  /^(get|list|search|find|show|read|fetch|retrieve|check(?!_(in|out)\b)|lookup|query|count|describe|view|browse)(_|$)/

/** Whether a tool only looks, judged by its name and what its description says last: all that an agent is told. */
export function looksOnly({ name, description }: ToolSpec): boolean {
  if (/\b(Returns|Searches|Lists|Finds) [^.]*?(with the total|by its id|in the order of)/.test(description)) return true
  return !/\b(Adds|Changes|Removes|Sets|Records|Moves|Cancels|Takes|Books)\b/.test(description) && firsts.test(name)
}

export function createReadOnly(): Agent {
  let seen: Seen = beginSeen('')
  let left: ToolSpec[] = []
  let intent = ''
  let reads = 0
  return {
    name: 'read-only',
    begin(observation) {
      seen = beginSeen(observation.intent)
      intent = spoken(observation.intent)
      left = worldTools(observation.tools).filter(looksOnly)
      reads = Math.min(readsMax, observation.step_limit - 1)
    },
    act(last): Action {
      if (last !== null) noteSeen(seen, last)
      const call = reads > 0 ? firstCall(left, seen) : null
      if (call === null) return submission(likeliest(seen, intent))
      reads -= 1
      return call
    },
  }
}

/** The first tool in the list whose requirements can be met with what was seen; it is taken off the list. */
export function firstCall(left: ToolSpec[], seen: Seen): Action | null {
  for (const [index, tool] of left.entries()) {
    const args: Record<string, Json> = {}
    const met = propertiesOf(tool.input_schema).every(([name, schema, required]) => {
      if (!required) return true
      const value = legalValue(name, schema, seen, () => 0)
      if (value !== undefined) args[name] = value
      return value !== undefined
    })
    if (!met) continue
    left.splice(index, 1)
    return { type: 'call_tool', tool_name: tool.name, arguments: args }
  }
  return null
}

export function likeliest({ fields }: Seen, intent: string): Json | undefined {
  let best: { value: Json; score: number } | undefined
  for (const [name, values] of fields) {
    if (/(^|_)id$/.test(name) || values.length === 0) continue
    const words = spoken(name).split(' ')
    const score = words.filter((word) => intent.includes(word)).length / words.length
    if (score > (best?.score ?? 0)) best = { value: values[0] as Json, score }
  }
  return best?.value
}
