/** Words as agents compare them: names of tools and fields come apart, and the last word is singular. */

import pluralize from 'pluralize'
import type { Json, JsonObject } from '../../schemas/json.ts'

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `taxRates`, `tax_rates` and "Tax rates" → "tax rates". */
export const spoken = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_\-\s]+/g, ' ')
    .trim()
    .toLowerCase()

/** Of a name in any spelling, with the last word in the singular: the same function on both sides is all that matters. */
export const singular = (name: string): string => name.replace(/[A-Za-z]+$/, (word) => pluralize.singular(word))

export const plural = (name: string): string => name.replace(/[A-Za-z]+$/, (word) => pluralize.plural(word))

/** What two names of one thing have in common: "tax rate". */
export const stem = (name: string): string => singular(spoken(name))
