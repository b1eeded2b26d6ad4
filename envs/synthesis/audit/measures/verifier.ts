/**
 * Whether the verifier is fair to a task: ways that are as good as gold must pass, and gold with one thing wrong must not.
 *
 * As good: independent writes in another order, looking around besides, the same writes without gold's own look-ups, calls
 * of gold's reads twice. Wrong: one write left out, one argument of a write changed for another value of its column, another
 * answer, none. Orders, omissions and changes are those that a certificate is earned by (certify.ts), earned here again.
 */

import type { Json } from '../../../../schemas/json.ts'
import { canonicalJson } from '../../../../schemas/json.ts'
import type { GoldCall, Task } from '../../../../schemas/task.ts'
import { callsDecide, verifyPlay } from '../../../runtime/verify.ts'
import type { World } from '../../../runtime/world.ts'
import { certifyTask } from '../../certify.ts'

export interface VerifierFigures {
  /** Ways as good as gold that the world takes, and how many of them the verifier refused. */
  equivalents: number
  refused: number
  /** Gold with one thing wrong, and how often the verifier accepted it. */
  mutants: number
  accepted: number
  /** Descriptions of rows and groups in the intent, and those that pick out what they should. */
  described: number
  unique: number
  /** Near misses per row spoken of: rows that all but one thing said fits, or nearly. */
  distractors: number
  /** What was refused or accepted wrongly, in words. */
  examples: string[]
}

const extraReadsMax = 2

export function measureVerifier(world: World, task: Task): VerifierFigures {
  const { references = [], groups = [] } = task.certificate ?? {}
  const described = references.length + groups.length
  const figures: VerifierFigures = {
    equivalents: 0,
    refused: 0,
    mutants: 0,
    accepted: 0,
    described,
    unique: described,
    distractors: 0,
    examples: [],
  }
  const earned = certifyTask(world, task)
  if ('reason' in earned) {
    figures.examples.push(`${task.id}: ${earned.message}`)
    if (earned.reason === 'reference') figures.unique -= 1
    if (earned.reason === 'drop_passes' || earned.reason === 'perturb_passes') count('mutants', 'accepted')
    if (earned.reason === 'order_matters') count('equivalents', 'refused')
  } else {
    figures.mutants += earned.certificate.drops.length + (earned.certificate.perturbed ?? 0)
    figures.equivalents += earned.certificate.orders ?? 0
    figures.distractors = earned.certificate.difficulty?.distractors ?? 0
  }
  for (const { calls, how } of equivalents(world, task)) {
    figures.equivalents += 1
    if (attempt(world, task, calls, task.gold.answer?.value)) continue
    figures.refused += 1
    figures.examples.push(`${task.id}: ${how} is refused`)
  }
  for (const submitted of wrongAnswers(world, task)) {
    figures.mutants += 1
    if (!attempt(world, task, task.gold.calls, submitted)) continue
    figures.accepted += 1
    figures.examples.push(`${task.id}: the answer ${JSON.stringify(submitted)} is accepted`)
  }
  return figures

  function count(all: 'mutants' | 'equivalents', wrong: 'accepted' | 'refused'): void {
    figures[all] += 1
    figures[wrong] += 1
  }
}

function attempt(world: World, task: Task, calls: readonly GoldCall[], answer: Json | undefined): boolean {
  const play = world.start(task.scenario)
  try {
    for (const { tool, arguments: args } of calls) play.call(tool, args)
    return verifyPlay(world, task, play, { calls, ...(answer !== undefined && { answer }) }).passed
  } finally {
    play.close()
  }
}

/** Where the calls themselves decide, no other way is as good. */
function equivalents(world: World, task: Task): { calls: GoldCall[]; how: string }[] {
  if (callsDecide(task, world.gold(task), world.domain)) return []
  const { calls } = task.gold
  const isWrite = ({ tool }: GoldCall): boolean => world.tool(tool)?.kind === 'write'
  const found: { calls: GoldCall[]; how: string }[] = []
  const around = world.domain.tools
    .filter(({ kind, input_schema }) => kind === 'read' && ((input_schema.required ?? []) as Json[]).length === 0)
    .slice(0, extraReadsMax)
    .map(({ name }): GoldCall => ({ tool: name, arguments: {} }))
  if (around.length > 0) found.push({ calls: [...around, ...calls, ...around], how: 'looking around' })
  const writes = calls.filter(isWrite)
  if (writes.length > 0 && writes.length < calls.length) {
    found.push({ calls: writes, how: 'knowing without looking' })
    found.push({ calls: calls.flatMap((call) => (isWrite(call) ? [call] : [call, call])), how: 'looking twice' })
  }
  return found
}

/** None, and another value that might have been the answer. */
function wrongAnswers(world: World, task: Task): (Json | undefined)[] {
  const { answer } = task.gold
  if (answer === undefined) return []
  const rival = world.gold(task).candidates.find((value) => canonicalJson(value) !== canonicalJson(answer.value))
  return rival === undefined ? [undefined] : [undefined, rival]
}
