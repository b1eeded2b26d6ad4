/**
 * Follows `$ref` inside one document, when it is met and not before: a document is never expanded as a whole.
 *
 * References into the document itself are followed, and into files that the user named for it; anything else, be it a file
 * or a URL, is reported as broken, once for each place.
 * Source: RFC 6901 (JSON pointer), OpenAPI 3.1 section 4.8.23.
 */

import type { DocumentProblem } from '../operation.ts'

export type Value = Record<string, unknown>

export interface Resolved {
  value: Value
  /** JSON pointer of the value inside the document. */
  place: string
  /** The name it is declared under in `components`, where the last reference led there. */
  component?: string
  /** What stands beside the reference and says more of this use than of the thing itself. */
  description?: string
}

export interface References {
  /** The object that a value is or refers to; undefined (and a problem) where it refers to nothing. */
  resolve(value: unknown, place: string): Resolved | undefined
}

const chainMax = 40

export function isObject(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One step of a JSON pointer. */
export function pointerStep(step: string): string {
  return `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

export interface ReferenceOptions {
  root: Value
  document: string
  /** Called once for each place with a broken reference. */
  report(problem: DocumentProblem): void
  /** Where a bare name in a `$ref` leads, in formats that have such: a JSON pointer. */
  pointerOf?(name: string): string
  /** What stands in a file that the user named, its own references written so that they lead back here; undefined for any other. */
  external?(file: string): Value | undefined
}

export function createReferences({ root, document, report, pointerOf, external }: ReferenceOptions): References {
  const reported = new Set<string>()
  const broken = (place: string, reference: string, why: string): undefined => {
    if (reported.has(place)) return
    reported.add(place)
    const shown = reference.length > 200 ? `${reference.slice(0, 200)}…` : reference
    report({ document, place, code: 'REFERENCE_BROKEN', message: `$ref ${JSON.stringify(shown)} ${why}.` })
  }
  return {
    resolve(value, place) {
      let current = value
      let at = place
      let component: string | undefined
      let description: string | undefined
      const passed = new Set<unknown>()
      while (isObject(current) && typeof current.$ref === 'string') {
        if (passed.has(current) || passed.size > chainMax) return broken(at, current.$ref, 'leads back to itself')
        passed.add(current)
        const reference = current.$ref
        if (description === undefined && typeof current.description === 'string') description = current.description
        const hash = reference.indexOf('#')
        const file = hash < 0 ? reference : reference.slice(0, hash)
        const bare = hash < 0 && pointerOf !== undefined
        const within = file === '' || bare ? root : external?.(file)
        if (within === undefined) return broken(at, reference, 'leads outside the document')
        const steps = pointerSteps(bare ? pointerOf(reference) : hash < 0 ? '' : reference.slice(hash))
        const target = follow(within, steps)
        if (target === undefined) return broken(at, reference, 'leads to nothing')
        component = declares(steps) ? steps.at(-1) : component
        current = target
        at = `${within === root ? '' : file}${steps.map(pointerStep).join('')}`
      }
      if (!isObject(current)) {
        if (passed.size > 0) broken(at, '', 'leads to something that is no object')
        return undefined
      }
      return { value: current, place: at, component, description }
    },
  }
}

/** `components/schemas/Pet` of OpenAPI 3, `definitions/Pet` of 2, `schemas/Pet` of Google, `$defs/Pet` of JSON Schema. */
function declares(steps: readonly string[]): boolean {
  if (steps[0] === 'components') return steps.length === 3
  return (
    steps.length >= 2 && ['definitions', '$defs', 'schemas', 'parameters', 'responses'].includes(steps.at(-2) as string)
  )
}

function pointerSteps(reference: string): string[] {
  let pointer = reference.replace(/^#/, '')
  try {
    pointer = decodeURIComponent(pointer)
  } catch {
    // A stray percent sign: the pointer is then taken as it is written.
  }
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function follow(root: Value, steps: string[]): unknown {
  let current: unknown = root
  for (const step of steps) {
    if (Array.isArray(current)) {
      current = /^\d+$/.test(step) ? current[Number(step)] : undefined
    } else if (isObject(current) && Object.hasOwn(current, step)) {
      current = current[step]
    } else {
      return undefined
    }
  }
  return current
}
