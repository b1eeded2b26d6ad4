/** Places in a result, by the dotted paths with `[]` that outputs are bound by. */

import type { Json, JsonObject } from '../../../schemas/json.ts'

/** All places that a dotted path with `[]` leads to. */
export function places(result: Json, field: string): { path: (string | number)[]; value: Json }[] {
  let here: { path: (string | number)[]; value: Json }[] = [{ path: [], value: result }]
  for (const step of steps(field)) {
    here = here.flatMap(({ path, value }) => {
      if (typeof value !== 'object' || value === null) return []
      if (step === '[]')
        return Array.isArray(value) ? value.map((item, index) => ({ path: [...path, index], value: item })) : []
      const next = (value as JsonObject)[step]
      return next === undefined ? [] : [{ path: [...path, step], value: next }]
    })
  }
  return here
}

const steps = (field: string): string[] =>
  field
    .split('.')
    .flatMap((part) => part.replaceAll('[]', '.[]').split('.'))
    .filter((part) => part !== '')

/** The rest of a field's path below an item: as many steps as the item's own prefix are left out. */
export const pathAfter = (field: string, prefix: readonly (string | number)[]): string[] =>
  steps(field).slice(prefix.length)

export function at(result: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  let value = result
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as JsonObject)[step as string]
  }
  return value
}
