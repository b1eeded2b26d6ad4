/**
 * What an agent has seen so far: every value of a result by the name of its field, and the words and figures of the
 * intent. Arguments are drawn from it, so that a call is about something that is there.
 */

import type { Transition } from '../../schemas/environment.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'
import type { ToolSpec } from '../../schemas/tool.ts'
import { isObject, singular } from './words.ts'

export interface Seen {
  /** Field → its values, in the order they were seen, each once. */
  fields: Map<string, Json[]>
  /** Quoted texts, figures and days of the intent. */
  said: Json[]
}

const valuesMax = 200

export const beginSeen = (intent: string): Seen => ({ fields: new Map(), said: saidIn(intent) })

export function noteSeen(seen: Seen, { observation }: Transition): void {
  if (!('tool_name' in observation)) return
  const [, ...noun] = (observation.tool_name as string).replace(/_\d+$/, '').split('_')
  noteValue(seen, singular(noun.join('_')), observation.result as Json)
}

/** Fields that hold rows without saying what rows. */
const unnamed = new Set(['items', 'data', 'results', 'result', 'list', 'rows', 'entries'])

function noteValue(seen: Seen, name: string, value: Json | undefined): void {
  if (value === null || value === undefined) return
  if (Array.isArray(value)) for (const item of value) noteValue(seen, singular(name), item)
  else if (isObject(value)) {
    for (const [field, inner] of Object.entries(value)) {
      noteValue(seen, unnamed.has(field) ? name : field, inner)
      // An `id` is also known by what it is the id of.
      if (field === 'id') noteValue(seen, `${name}_id`, inner)
    }
  } else {
    const values = seen.fields.get(name) ?? []
    seen.fields.set(name, values)
    if (values.length < valuesMax && !values.includes(value)) values.push(value)
  }
}

function saidIn(intent: string): Json[] {
  const quoted = [...intent.matchAll(/["“「]([^"”」]+)["”」]/g)].map((match) => match[1] as string)
  const figures = [...intent.matchAll(/(?<![\w.-])\d+(?:\.\d+)?(?![\w-])/g)].map((match) => Number(match[0]))
  const names = [...intent.matchAll(/\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)+/gu)].map((match) => match[0])
  return [...quoted, ...names, ...figures]
}

/** What an agent is offered without what ends the episode or talks: the tools of the world. */
export const worldTools = (tools: readonly ToolSpec[]): ToolSpec[] =>
  tools.filter(({ name }) => name !== 'submit' && name !== 'send_message')

/** The properties of a tool's input. */
export function propertiesOf(schema: JsonObject): [name: string, schema: JsonObject, required: boolean][] {
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries((schema.properties ?? {}) as Record<string, JsonObject>).map(([name, of]) => [
    name,
    of,
    required.includes(name),
  ])
}
