/**
 * What a document says of a field beside its schema: values that its prose lists, an example, a number that it types as a
 * string. Read here once, so that binding, schemas and scenarios have the same evidence.
 */

import type { Shape } from '../operation.ts'
import { exampleValues, listedValues } from '../scenarios/listed.ts'

const exampleMax = 40

/** The same shape, with an enum where the prose lists one, and its example where it is told apart. */
export function enrich(name: string, shape: Shape): Shape {
  const description = spoken(shape.description, name)
  const said = { ...shape, ...(shape.description !== undefined && { description }) }
  if (shape.type !== 'string' && shape.type !== 'unknown') return said
  if (shape.enum === undefined && shape.format === undefined) {
    if (isCount.test(name)) return { ...said, type: 'integer' }
    const listed = isOpen.test(name) ? [] : listedValues(description)
    if (listed.length >= 2) return { ...said, type: 'string', enum: listed }
  }
  const { example } = shape
  if (
    typeof example === 'string' &&
    shape.enum === undefined &&
    description !== '' &&
    !isOpen.test(name) &&
    isTelling(example) &&
    exampleValues(description).length === 0
  )
    return { ...said, description: `${description.replace(/[.\s]+$/, '')}, for example ${example}.` }
  return said
}

/** Documents that type everything as a string count all the same. */
const isCount = /(^|_)(upvotes|downvotes)$|[a-z]_count$/
/** What people write is not chosen from a list, and identifiers are no examples. */
const isOpen =
  /(^|_)(id|ids|uuid|name|title|description|note|notes|comment|comments|text|message|body|content|subject|summary|url|uri|link|email|phone|address|password|token|secret|key|date|time|at|on)$/

const isTelling = (example: string): boolean =>
  example.length <= exampleMax &&
  /^[\p{L}\p{N}][\p{L}\p{N} _.:/+-]*$/u.test(example) &&
  !/^(string|text|example|sample|test|foo|bar|lorem|null|none|value|\d+)$/i.test(example) &&
  example.split(' ').length <= 3

/** Without what says how the field stands in the document, and without a repetition of its name. */
function spoken(description: string | undefined, name: string): string {
  const text = (description ?? '')
    .replace(
      /^(\s*\[?\(?\b(output only|required|optional|immutable|read[- ]?only|write[- ]?only|deprecated|input only)\)?\]?\s*[.:,;-]*\s+)+(?=\S)/i,
      '',
    )
    .replace(/^\s*\[?(output only|required|optional|immutable|input only)\]?\.?\s*$/i, '')
    .trim()
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '') === name.replaceAll('_', '')
    ? ''
    : text.charAt(0).toUpperCase() + text.slice(1)
}
