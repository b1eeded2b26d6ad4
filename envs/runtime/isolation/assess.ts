/**
 * What is wrong with a domain that only shows when it runs, found in a process that may die of it: tools that fail, gold that
 * does not replay, tasks that are done by doing nothing or without one of their writes.
 */

import type { Domain } from '../../../schemas/domain.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import type { Task } from '../../../schemas/task.ts'
import type { Problem } from '../problem.ts'
import { callsDecide, verifyOutcome } from '../verify.ts'
import type { GoldRun } from '../world.ts'
import type { ExerciseProblem } from './protocol.ts'
import type { Trial } from './trial.ts'

/** @param domain one in which nothing was found wrong by reading it */
export async function assessDomain(
  trial: Trial,
  domain: Domain,
  images: ReadonlyMap<string, Uint8Array>,
): Promise<Problem[]> {
  const { problems: exercised, golds } = await trial.admit(domain, images)
  const problems = exercised.map((problem) => toolProblem(domain, problem))
  for (const [index, gold] of golds.entries()) {
    const task = domain.tasks[index] as Task
    if (gold instanceof MicrocosmError)
      problems.push({ code: gold.code, place: `tasks[${index}].gold`, message: gold.message })
    else problems.push(...(await taskProblems(trial, domain, images, task, index, gold)))
  }
  return problems
}

function toolProblem(domain: Domain, { tool, code, message, arguments: args }: ExerciseProblem): Problem {
  const at = domain.tools.findIndex(({ name }) => name === tool)
  if (at < 0) return { code: codeOf(code), place: 'program', message }
  return { code: codeOf(code), place: `tools[${at}]`, message: `${tool}(${args}): ${message}` }
}

/** A promise that was not kept has no code of its own. */
const codeOf = (code: string): Problem['code'] =>
  code.startsWith('WORLD_') ? (code as Problem['code']) : 'DOMAIN_INVALID'

async function taskProblems(
  trial: Trial,
  domain: Domain,
  images: ReadonlyMap<string, Uint8Array>,
  task: Task,
  index: number,
  gold: GoldRun,
): Promise<Problem[]> {
  const problems: Problem[] = []
  const say = (message: string): void => {
    problems.push({ code: 'DOMAIN_INVALID', place: `tasks[${index}]`, message: `The task "${task.id}" ${message}` })
  }
  const { calls, answer } = task.gold
  const nothing = { changes: [], minted: new Map<string, string>() }
  const passes = (
    outcome: typeof nothing | GoldRun,
    conduct: typeof calls,
    said?: string | number | boolean,
  ): boolean =>
    verifyOutcome({
      domain,
      task,
      gold,
      outcome,
      conduct: said === undefined ? { calls: conduct } : { calls: conduct, answer: said },
    }).passed
  if (!passes(gold, calls, answer?.value)) say('does not pass by its own gold.')
  if (passes(nothing, [])) say('passes by doing nothing.')
  const writes = new Set(domain.tools.filter(({ kind }) => kind === 'write').map(({ name }) => name))
  const dropped = calls.flatMap((call, at) =>
    writes.has(call.tool) && call.expect_error === undefined
      ? [{ call, at, rest: calls.filter((each) => each !== call) }]
      : [],
  )
  const without = await trial.golds(
    domain,
    images,
    dropped.map(({ rest }) => ({ ...task, gold: { ...task.gold, calls: rest } })),
  )
  for (const [which, outcome] of without.entries()) {
    const { call, at, rest } = dropped[which] as (typeof dropped)[number]
    // One whose later calls are refused without it has not passed either.
    if (outcome instanceof Error || callsDecide(task, gold, domain)) continue
    if (passes(outcome, rest, answer?.value)) say(`passes without call ${at} of its gold (${call.tool}).`)
  }
  return problems
}
