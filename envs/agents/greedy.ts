/**
 * Lists, then takes the first: reads once what the intent names, and calls the one writing tool that shares most words
 * with it on the first row that came, with the first values that are said. What it scores is what a task gives to
 * whoever doesn't look which row is meant.
 */

import type { Action, Agent } from '../../schemas/environment.ts'
import type { JsonObject } from '../../schemas/json.ts'
import type { ToolSpec } from '../../schemas/tool.ts'
import { legalValue } from './legal.ts'
import { submission } from './random.ts'
import { firstCall, likeliest, looksOnly } from './read-only.ts'
import { beginSeen, noteSeen, propertiesOf, type Seen, worldTools } from './seen.ts'
import { spoken, stem } from './words.ts'

const readsMax = 3

export function createGreedy(): Agent {
  let seen: Seen = beginSeen('')
  let reads: ToolSpec[] = []
  let writes: ToolSpec[] = []
  let intent = ''
  let left = 0
  return {
    name: 'list-then-first',
    begin(observation) {
      seen = beginSeen(observation.intent)
      intent = observation.intent
      const tools = worldTools(observation.tools)
      reads = alike(tools.filter(looksOnly), intent)
      writes = alike(
        tools.filter((tool) => !looksOnly(tool)),
        intent,
      ).slice(0, 1)
      left = readsMax
    },
    act(last): Action {
      if (last !== null) noteSeen(seen, last)
      const call = left > 0 ? firstCall(reads, seen) : null
      left -= 1
      if (call !== null) return call
      left = 0
      const write = writes.shift()
      if (write !== undefined && !isQuestion.test(intent)) {
        const args = firstArguments(write, seen, intent)
        if (args !== null) return { type: 'call_tool', tool_name: write.name, arguments: args }
      }
      return submission(isQuestion.test(intent) ? likeliest(seen, spoken(intent)) : undefined)
    },
  }
}

const isQuestion = /\b(what|which|who|when|how many|how much|look up|tell me|need to know)\b|什么|多少|哪|谁|请问|几/i

/** The tools whose names share a word with the intent, those that share most first. */
function alike(tools: readonly ToolSpec[], intent: string): ToolSpec[] {
  const said = new Set(
    spoken(intent.replace(/[^\p{L}\p{N}]+/gu, ' '))
      .split(' ')
      .map(stem),
  )
  const score = ({ name }: ToolSpec): number => {
    const words = name.split('_').map(stem)
    return words.filter((word) => said.has(word)).length / words.length
  }
  return tools.filter((tool) => score(tool) > 0).sort((a, b) => score(b) - score(a) || (a.name < b.name ? -1 : 1))
}

function firstArguments(tool: ToolSpec, seen: Seen, intent: string): JsonObject | null {
  const args: JsonObject = {}
  for (const [name, schema, required] of propertiesOf(tool.input_schema)) {
    const named = spoken(intent).includes(spoken(name))
    if (!required && !named) continue
    const said = seen.said.find(
      (value) => !/(^|_)id$/.test(name) && typeof value === 'string' && schema.type === 'string',
    )
    const value = said ?? legalValue(name, schema, seen, () => 0)
    if (value !== undefined) args[name] = value
    else if (required) return null
  }
  return args
}
