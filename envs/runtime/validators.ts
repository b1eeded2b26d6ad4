/**
 * Validators out of JSON Schemas, for as many schemas as ever come: an ajv keeps in its scope all that it has compiled, even
 * what was removed from it, so a new one takes its place now and then.
 */

import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Json } from '../../schemas/json.ts'

/** How many an instance compiles: enough that its own making (the schema of schemas) is not seen, few enough to be held. */
const compiledMax = 300

export function createCompiler(
  options: Options,
  prepare: (ajv: Ajv2020) => void = () => {},
): (schema: object) => ValidateFunction {
  let ajv: Ajv2020 | null = null
  let compiled = 0
  return (schema) => {
    if (ajv === null || compiled >= compiledMax) {
      // A validator is often used little: what ajv would spend on shortening its code is never won back. That a schema is one
      // was found when its domain was checked.
      ajv = new Ajv2020({ strict: false, logger: false, validateSchema: false, code: { optimize: false }, ...options })
      prepare(ajv)
      compiled = 0
    }
    compiled += 1
    const validate = ajv.compile(schema)
    ajv.removeSchema(schema)
    return validate
  }
}

const compileOutput = createCompiler({ validateFormats: false })
/** By the schema's text: tools of one table answer with the same rows, and whoever looks at a tool twice finds its validator. */
const outputs = new Map<string, ValidateFunction>()
const outputsMax = 100

/** How a result doesn't fit the tool's output schema; empty where it does. @throws what ajv says of a schema that is none */
export function outputMisfit(schema: object, result: Json): string {
  if (typeof result === 'object' && result !== null && 'cut' in result) return '' // a result that was too long
  const text = JSON.stringify(schema)
  let validate = outputs.get(text)
  if (validate === undefined) {
    validate = compileOutput(schema)
    if (outputs.size >= outputsMax) outputs.clear()
    outputs.set(text, validate)
  }
  if (validate(result)) return ''
  const [first] = validate.errors ?? []
  return `${first?.instancePath || 'it'} ${first?.message}`
}
