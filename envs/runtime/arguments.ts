/**
 * Whether arguments fit a tool: its input schema, read as it stands. A compiled validator checks faster once it is hot, but
 * its making cost a hundred first readings, for each tool of each world (docs/decisions/0012-arguments.md).
 * `pattern` is refused, because a hostile one would run on the host, where nothing ends it.
 */

import { type OutputUnit, Validator } from '@cfworker/json-schema'
import { didYouMean, MicrocosmError } from '../../schemas/errors.ts'
import { type Json, type JsonObject, valueAt } from '../../schemas/json.ts'
import type { Tool } from '../../schemas/tool.ts'

/** What is wrong with the arguments, in words; empty where they fit. */
export type ArgumentCheck = (tool: Tool, args: JsonObject) => string

/** So many things are told at once. */
const wordsMax = 5

export function createArgumentCheck(): ArgumentCheck {
  const validators = new Map<string, Validator>()
  return (tool, args) => {
    let validator = validators.get(tool.name)
    if (validator === undefined) {
      validator = new Validator(tool.input_schema, '2020-12', false)
      validators.set(tool.name, validator)
    }
    const errors = errorsOf(validator, args)
    if (typeof errors === 'string') return errors
    if (errors.length === 0) return ''
    const known = Object.keys((tool.input_schema.properties as JsonObject | undefined) ?? {})
    // What only says that a part does not fit is told by that part.
    const told = errors.filter(({ keyword }) => !applicators.has(keyword))
    const words = (told.length > 0 ? told : errors).map((error) => describe(error, tool.input_schema, args, known))
    return [...new Set(words)].slice(0, wordsMax).join(' ')
  }
}

/** None where they fit. */
function errorsOf(validator: Validator, args: JsonObject): readonly OutputUnit[] | string {
  try {
    return validator.validate(args).errors
  } catch (error) {
    if (!(error instanceof URIError)) throw error // which it throws on a name that it can't write into a place
    return 'The name of an argument is no text: it has one half of a surrogate pair.'
  }
}

const applicators = new Set(['properties', 'additionalProperties', 'items', 'prefixItems', 'allOf', 'anyOf', 'oneOf'])

function describe(
  { keyword, keywordLocation, instanceLocation, error }: OutputUnit,
  schema: JsonObject,
  args: JsonObject,
  known: readonly string[],
): string {
  const parts = partsOf(instanceLocation)
  const place = parts.join('.')
  const subject = place === '' ? 'The arguments' : `"${place}"`
  const limit = valueAt(schema, partsOf(keywordLocation))
  switch (keyword) {
    case 'false':
      return `There is no argument "${place}".${parts.length === 1 ? didYouMean(place, known) : ''}`
    case 'required': {
      const missing = /"(.*)"\.$/s.exec(error)?.[1]
      return `The argument "${place === '' ? '' : `${place}.`}${missing}" is missing.`
    }
    case 'enum': {
      const allowed = (limit as Json[]).map((value) => JSON.stringify(value)).join(', ')
      return `${subject} must be one of ${allowed}; got ${shown(args, parts)}.`
    }
    default:
      return `${subject} ${wanted(keyword, limit)}; got ${shown(args, parts)}.`
  }
}

function wanted(keyword: string, limit: Json | undefined): string {
  switch (keyword) {
    case 'type':
      return `must be ${[limit].flat().join(',')}`
    case 'format':
      return `must match format "${limit}"`
    case 'minimum':
      return `must be >= ${limit}`
    case 'maximum':
      return `must be <= ${limit}`
    case 'exclusiveMinimum':
      return `must be > ${limit}`
    case 'exclusiveMaximum':
      return `must be < ${limit}`
    case 'multipleOf':
      return `must be a multiple of ${limit}`
    case 'minLength':
      return `must not have fewer than ${limit} characters`
    case 'maxLength':
      return `must not have more than ${limit} characters`
    case 'minItems':
      return `must not have fewer than ${limit} items`
    case 'maxItems':
      return `must not have more than ${limit} items`
    case 'uniqueItems':
      return 'must not have an item twice'
    case 'const':
      return `must be ${JSON.stringify(limit)}`
    default:
      return `does not fit the schema's ${keyword}`
  }
}

/** `#/a/b~1c` → `a`, `b/c`. */
const partsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))

function shown(args: JsonObject, parts: readonly string[]): string {
  const text = JSON.stringify(valueAt(args, parts) ?? null)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

/** @throws DOMAIN_INVALID where the schema can't be used: not closed, not an object, with a pattern, or no schema at all */
export function checkInputSchema(tool: Tool): void {
  const { type, additionalProperties } = tool.input_schema
  const place = { tool: tool.name }
  if (type !== 'object' || additionalProperties !== false) {
    throw new MicrocosmError(
      'DOMAIN_INVALID',
      `The input_schema of "${tool.name}" must be a closed object (type object, additionalProperties false).`,
      place,
    )
  }
  if (hasPattern(tool.input_schema)) {
    throw new MicrocosmError(
      'DOMAIN_INVALID',
      `The input_schema of "${tool.name}" has a pattern, which is not allowed.`,
      place,
    )
  }
}

function hasPattern(schema: Json | undefined): boolean {
  if (Array.isArray(schema)) return schema.some(hasPattern)
  if (typeof schema !== 'object' || schema === null) return false
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties' && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      if (Object.values(value).some(hasPattern)) return true // names of arguments, not keywords
    } else if (key === 'pattern' || key === 'patternProperties' || key === '$ref') return true
    else if (key !== 'enum' && key !== 'const' && key !== 'examples' && hasPattern(value)) return true
  }
  return false
}
