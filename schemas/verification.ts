/** What verify says: the final state, the answer and the calls, each held against gold, as data and in words. */

import { z } from 'zod'
import { cell, json } from './json.ts'

/** How many differences are listed at most. */
export const differencesMax = 200

/**
 * One difference between the state the agent left and gold's. A row is `missing` that gold has, `unexpected` that gold
 * has not; a `wrong_cell` stands in a row that both have.
 */
export const difference = z.strictObject({
  kind: z.enum(['missing_row', 'unexpected_row', 'wrong_cell']),
  table: z.string(),
  key: z.record(z.string(), cell).describe("the row's, in the identifiers of the agent's world"),
  column: z.string().optional(),
  expected: json.optional().describe('the cell, or the row, that gold has'),
  actual: json.optional().describe('the cell, or the row, that was found'),
  message: z.string(),
})
export type Difference = z.infer<typeof difference>

export const verification = z
  .strictObject({
    passed: z.boolean().describe('all that applies'),
    reward: z.number().min(0).max(1),
    state: z.strictObject({
      applies: z.boolean(),
      passed: z.boolean(),
      differences: z.array(difference).max(differencesMax),
      omitted: z.int().min(1).optional().describe('how many more differences there are than are listed'),
    }),
    answer: z.strictObject({ applies: z.boolean(), passed: z.boolean(), message: z.string().optional() }),
    calls: z.strictObject({
      applies: z.boolean().describe('only where the task neither changes anything nor asks for an answer'),
      passed: z.boolean(),
      message: z.string().optional(),
    }),
    reasons: z.array(z.string()).describe('why it did not pass, in words; empty if it did'),
  })
  .meta({ title: 'Verification' })
export type Verification = z.infer<typeof verification>
