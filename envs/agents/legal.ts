/** Calls that a tool's schema allows, with values that were seen or are said in the intent. */

import type { Action } from '../../schemas/environment.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'
import type { ToolSpec } from '../../schemas/tool.ts'
import { pick } from './chance.ts'
import type { Seen } from './seen.ts'
import { propertiesOf } from './seen.ts'

/** How often an argument that may be left out is given. */
const optionalShare = 0.3

/** A call of the tool; null where nothing that was seen fits what it requires. */
export function legalCall(tool: ToolSpec, seen: Seen, next: () => number, optional = optionalShare): Action | null {
  const args: JsonObject = {}
  for (const [name, schema, required] of propertiesOf(tool.input_schema)) {
    if (!required && next() >= optional) continue
    const value = legalValue(name, schema, seen, next)
    if (value !== undefined) args[name] = value
    else if (required) return null
  }
  return { type: 'call_tool', tool_name: tool.name, arguments: args }
}

export function legalValue(name: string, schema: JsonObject, seen: Seen, next: () => number): Json | undefined {
  if (Array.isArray(schema.enum)) return pick(next, schema.enum)
  const types = typesOf(schema)
  if (types.includes('boolean')) return next() < 0.5
  const known = (seen.fields.get(name) ?? []).filter((value) => allows(schema, value))
  const said = /_id$|^id$/.test(name) ? [] : seen.said.filter((value) => allows(schema, value))
  if (known.length > 0 && (said.length === 0 || next() < 0.5)) return pick(next, known)
  if (said.length > 0) return pick(next, said)
  if (types.includes('integer') || types.includes('number')) {
    const from = typeof schema.minimum === 'number' ? Math.max(schema.minimum, 0) : 0
    const to = typeof schema.maximum === 'number' ? Math.min(schema.maximum, from + 100) : from + 100
    return from + Math.floor(next() * (to - from + 1))
  }
  return undefined
}

export const typesOf = ({ type }: JsonObject): string[] =>
  Array.isArray(type) ? (type as string[]) : typeof type === 'string' ? [type] : []

/** Whether the schema of one argument allows the value; what it says of texts' patterns is left to the tool. */
export function allows(schema: JsonObject, value: Json): boolean {
  if (Array.isArray(schema.enum)) return schema.enum.includes(value)
  const types = typesOf(schema)
  const fits = (type: string): boolean =>
    type === 'string'
      ? typeof value === 'string'
      : type === 'integer'
        ? Number.isInteger(value)
        : type === 'number' || type === 'boolean'
          ? typeof value === type
          : false
  if (!types.some(fits)) return false
  if (typeof value === 'number')
    return value >= ((schema.minimum as number) ?? value) && value <= ((schema.maximum as number) ?? value)
  if (typeof value !== 'string') return true
  if (schema.format === 'date') return /^\d{4}-\d{2}-\d{2}$/.test(value)
  if (schema.format === 'date-time') return /^\d{4}-\d{2}-\d{2}T/.test(value)
  return value.length >= ((schema.minLength as number) ?? 0) && value.length <= ((schema.maxLength as number) ?? 2000)
}
