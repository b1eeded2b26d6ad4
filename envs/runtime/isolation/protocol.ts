/**
 * What is asked of the child process and what it may answer. The child may be in the hands of a program that broke out of
 * its sandbox, so its answers are checked like any client's.
 */

import { z } from 'zod'
import type { Domain } from '../../../schemas/domain.ts'
import { toolError } from '../../../schemas/environment.ts'
import { errorTable, MicrocosmError } from '../../../schemas/errors.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import { row } from '../../../schemas/json.ts'
import type { Task } from '../../../schemas/task.ts'
import type { Limits } from '../limits.ts'
import type { CallOutcome, Changed, GoldRun } from '../world.ts'

export type Request =
  /** Loads a domain in place of the one that was there; the images are the frame's bytes, one behind the other. */
  | { do: 'open'; domain: Domain; limits: Limits; images: [scenario: string, bytes: number][] }
  | { do: 'start'; play: string; scenario: string }
  | { do: 'call'; play: string; tool: string; arguments: JsonObject }
  | { do: 'outcome'; play: string }
  | { do: 'fork'; play: string; plays: string[] }
  | { do: 'park'; play: string }
  | { do: 'close'; play: string }
  /** Asked only of a process in which nobody plays: it tells what gold is. */
  | { do: 'gold'; task: Task }
  | { do: 'exercise'; tool: string }
  | { do: 'ping' }

/** Levels of nesting; more than any result has that a sandbox lets out. */
const depthMax = 128
const isShallow = (value: unknown, depth: number): boolean =>
  typeof value === 'object' && value !== null
    ? depth > 0 && Object.values(value).every((part) => isShallow(part, depth - 1))
    : value !== undefined
/** What JSON.parse has made is JSON; zod's schema of it would leave out a key `__proto__`, and tell what no other world does. */
const json = z.custom<Json>((value) => isShallow(value, depthMax), 'nested too deep')
const change = z.strictObject({
  table: z.string(),
  key: row,
  before: row.nullable(),
  after: row.nullable(),
})
const changed = z.strictObject({
  changes: z.array(change),
  minted: z.array(z.tuple([z.string(), z.string()])),
})
const callOutcome = z.union([
  z.strictObject({ ok: z.literal(true), result: json }),
  z.strictObject({ ok: z.literal(false), error: toolError }),
])
const goldRun = changed.extend({ digest: z.string(), candidates: z.array(z.union([z.string(), z.number()])) })
export const exerciseProblem = z.strictObject({
  tool: z.string(),
  code: z.string(),
  message: z.string(),
  arguments: z.string().describe('what it was called with, as JSON text that may be cut'),
})
export type ExerciseProblem = z.infer<typeof exerciseProblem>
const exercised = z.strictObject({ calls: z.int(), problems: z.array(exerciseProblem) })
export type Exercised = z.infer<typeof exercised>

export const reply = z.union([
  z.strictObject({ id: z.int(), value: z.unknown() }),
  z.strictObject({
    id: z.int(),
    error: z.strictObject({ code: z.string(), message: z.string() }),
  }),
])
export type Reply = z.infer<typeof reply>

/** How what crosses as JSON becomes ours again. @throws ZodError where the child says something else */
export const readers = {
  call: (value: unknown): CallOutcome => callOutcome.parse(value),
  outcome: (value: unknown): Changed => {
    const { changes, minted } = changed.parse(value)
    return { changes, minted: new Map(minted) }
  },
  gold: (value: unknown): GoldRun => {
    const { minted, ...rest } = goldRun.parse(value)
    return { ...rest, minted: new Map(minted) }
  },
  exercise: (value: unknown): Exercised => exercised.parse(value),
}

export function flat<T extends Changed>({ minted, ...rest }: T): Omit<T, 'minted'> & { minted: [string, string][] } {
  return { ...rest, minted: [...minted] }
}

const messageChars = 2000

/** The child's word for what went wrong, as ours: only codes of the table pass, and no long message. */
export function errorOf({ code, message }: { code: string; message: string }): MicrocosmError {
  const known = Object.hasOwn(errorTable, code) ? (code as keyof typeof errorTable) : 'WORLD_CRASHED'
  return new MicrocosmError(known, message.slice(0, messageChars))
}
