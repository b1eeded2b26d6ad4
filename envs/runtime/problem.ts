/**
 * What is wrong with a domain, and where. Every check of a domain finds problems; whoever opens a world throws the first
 * of them, and an author is told them all.
 */

import type { ErrorCode } from '../../schemas/errors.ts'
import { MicrocosmError } from '../../schemas/errors.ts'

export interface Problem {
  code: ErrorCode
  /** Such as `tools[3].input_schema`, `statements.list_orders`, `program 12:5`, `scenarios[0].rows.guest[4]`. */
  place: string
  /** One sentence or a few, with the values. */
  message: string
}

/** @throws the first of them, with its place in the details */
export function throwFirst(problems: readonly Problem[]): void {
  const [first] = problems
  if (first !== undefined) throw new MicrocosmError(first.code, first.message, { place: first.place })
}

/** What a check threw, as a problem at that place; an error that no check throws on purpose passes through. */
export function caught(place: string, work: () => void): Problem[] {
  try {
    work()
    return []
  } catch (error) {
    if (!(error instanceof MicrocosmError)) throw error
    return [{ code: error.code, place, message: error.message }]
  }
}
