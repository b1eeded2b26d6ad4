/**
 * Validators out of JSON Schemas, for as many schemas as ever come: an ajv keeps in its scope all that it has compiled, even
 * what was removed from it, so a new one takes its place now and then.
 */

import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js'

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
      // A validator is often used little: what ajv would spend on shortening its code is never won back.
      ajv = new Ajv2020({ strict: false, logger: false, code: { optimize: false }, ...options })
      prepare(ajv)
      compiled = 0
    }
    compiled += 1
    const validate = ajv.compile(schema)
    ajv.removeSchema(schema)
    return validate
  }
}
