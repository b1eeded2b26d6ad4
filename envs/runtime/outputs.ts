/** Whether a result fits its tool's output schema; looked at where domains are tried, never where they are played. */

import { Validator } from '@cfworker/json-schema'
import type { Json } from '../../schemas/json.ts'

/** How it doesn't fit, in words; empty where it does. @throws what the validator says of a reference to nothing */
export function outputMisfit(schema: object, result: Json): string {
  if (typeof result === 'object' && result !== null && 'cut' in result) return '' // a result that was too long
  const { valid, errors } = new Validator(schema, '2020-12').validate(result)
  if (valid) return ''
  const last = errors.at(-1)
  return `${last?.instanceLocation.slice(1) || 'it'}: ${last?.error}`
}
