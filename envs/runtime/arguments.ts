/**
 * Whether arguments fit a tool: its input schema, checked by ajv. A validator is built when its tool is first called.
 * `pattern` is refused, because a hostile one would run on the host, where nothing ends it.
 */

import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { didYouMean, MicrocosmError } from '../../schemas/errors.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'
import type { Tool } from '../../schemas/tool.ts'
import { createCompiler } from './validators.ts'

const compile = createCompiler({ validateFormats: true, allErrors: true }, (ajv) => {
  formats.default(ajv, { mode: 'fast', formats: ['date', 'date-time', 'email'] })
})

/** What is wrong with the arguments, in words; empty where they fit. */
export type ArgumentCheck = (tool: Tool, args: JsonObject) => string

export function createArgumentCheck(): ArgumentCheck {
  const validators = new Map<string, ValidateFunction>()
  return (tool, args) => {
    let validate = validators.get(tool.name)
    if (validate === undefined) {
      validate = compile(tool.input_schema)
      validators.set(tool.name, validate)
    }
    if (validate(args)) return ''
    const known = Object.keys((tool.input_schema.properties as JsonObject | undefined) ?? {})
    const words = (validate.errors ?? []).slice(0, 5).map((error) => describe(error, args, known))
    return `${[...new Set(words)].join(' ')}`
  }
}

function describe(error: ErrorObject, args: JsonObject, known: readonly string[]): string {
  const place = error.instancePath === '' ? '' : error.instancePath.slice(1).replaceAll('/', '.')
  const subject = place === '' ? 'The arguments' : `"${place}"`
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(error.params.additionalProperty)
      return `There is no argument "${place === '' ? name : `${place}.${name}`}".${place === '' ? didYouMean(name, known) : ''}`
    }
    case 'required':
      return `The argument "${place === '' ? '' : `${place}.`}${error.params.missingProperty}" is missing.`
    case 'enum':
      return `${subject} must be one of ${(error.params.allowedValues as Json[]).map((value) => JSON.stringify(value)).join(', ')}; got ${shown(args, place)}.`
    default:
      return `${subject} ${error.message ?? 'does not fit'}; got ${shown(args, place)}.`
  }
}

function shown(args: JsonObject, place: string): string {
  let value: Json | undefined = args
  for (const part of place === '' ? [] : place.split('.')) value = (value as JsonObject | undefined)?.[part]
  const text = JSON.stringify(value ?? null)
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
