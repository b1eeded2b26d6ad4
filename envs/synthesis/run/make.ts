/**
 * The stage that makes one world of one community: materialize → audit → tasks → admission.
 *
 * Admission is in two processes that may die of it: in this one, a worker's, every tool stands good, bad and hostile
 * arguments, and in the trial's the statements are checked and the gold of every task leads to the state that its
 * certificate says. What doesn't is left out, and the reason counted.
 */

import type { Domain } from '../../../schemas/domain.ts'
import type { ChatModel } from '../../../schemas/environment.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import { canonicalJson, type Json } from '../../../schemas/json.ts'
import { type PackedDomain, packDomain } from '../../catalog.ts'
import { createExercise } from '../../runtime/exercise.ts'
import { buildImage } from '../../runtime/image.ts'
import type { Trial } from '../../runtime/isolation/trial.ts'
import { openWorld } from '../../runtime/world.ts'
import { claimsOf, qualityOf } from '../audit/quality.ts'
import { auditDomain } from '../audit.ts'
import type { Community } from '../domains.ts'
import { type Materialized, materialize } from '../materialize.ts'
import { rephraseTasks } from '../rephrase.ts'
import { makeTasks, type Walks } from '../tasks.ts'

export interface MakeOptions {
  seed: number
  tasksPerDomain: number
  walks?: Walks | undefined
  trial: Trial
  /** Puts the intents of the domain into other words. */
  rephraser?: ((domain: string) => ChatModel) | undefined
}

export type Made = ({ packed: PackedDomain } | { refused: string }) & {
  /** Reason → tasks that were tried and not kept. */
  tasksRefused: Record<string, number>
  /** Only where a model was asked. */
  rephrased?: Rephrasing
}

/** Tasks whose intent is in a model's words, and why the others' is not. */
export interface Rephrasing {
  kept: number
  refused: Record<string, number>
}

/** What the compiler got wrong refuses this domain and no other. */
export async function makeDomain(community: Community, options: MakeOptions): Promise<Made> {
  const tasksRefused: Record<string, number> = {}
  try {
    const made = materialize(community, { seed: options.seed })
    if ('refused' in made) return { refused: made.refused, tasksRefused }
    if (!isBuiltAlike(made, community, options.seed)) return { refused: 'audit: two builds are equal', tasksRefused }
    return { ...(await furnishDomain(made, options, tasksRefused)), tasksRefused }
  } catch (error) {
    if (error instanceof MicrocosmError) return { refused: error.code, tasksRefused }
    throw error
  }
}

/** Whether a second build is the same; rows are left to the audit, which makes them of their seeds anew. */
function isBuiltAlike({ domain, bindings }: Materialized, community: Community, seed: number): boolean {
  const again = materialize(community, { seed, scenarios: 0 })
  if ('refused' in again) return false
  return canonicalJson([{ ...domain, scenarios: [] }, bindings]) === canonicalJson([again.domain, again.bindings])
}

async function furnishDomain(
  made: Materialized,
  { seed, tasksPerDomain, walks, trial, rephraser }: MakeOptions,
  tasksRefused: Record<string, number>,
): Promise<({ packed: PackedDomain } | { refused: string }) & Pick<Made, 'rephrased'>> {
  const { domain, bindings, rows } = made
  const images = new Map(domain.scenarios.map(({ id }) => [id, buildImage(domain.tables, rows[id] ?? {})]))
  // Its statements and program are checked where it is admitted.
  const world = openWorld({ domain, image: (id) => images.get(id) as Uint8Array, checked: true })
  let whole: Domain
  let rephrased: Rephrasing | undefined
  try {
    const audit = auditDomain({ world, bindings })
    if (!audit.passed) return { refused: `audit: ${audit.failures[0]?.check}` }
    const { tasks, refused } = makeTasks(
      { domain, bindings, rows, world },
      { seed, count: tasksPerDomain, ...(walks && { walks }) },
    )
    for (const [reason, times] of Object.entries(refused)) count(tasksRefused, reason, times)
    if (tasks.length === 0) return { refused: 'no task' }
    whole = { ...domain, tasks }
    if (rephraser !== undefined) {
      const said = await rephraseTasks(tasks, { domain, rows, world, model: rephraser(domain.id) })
      whole = { ...domain, tasks: said.tasks }
      const refusals = Object.values(said.refused).reduce((sum, times) => sum + times, 0)
      rephrased = { kept: tasks.length - refusals, refused: said.refused }
    }
    const exercise = createExercise(world)
    const [problem] = domain.tools.flatMap(({ name }) => exercise(name).problems)
    if (problem !== undefined) return { refused: `admission: ${problem.code}` }
  } finally {
    world.close()
  }
  const golds = await trial.golds(whole, images, whole.tasks)
  const [first] = golds
  if (
    first instanceof MicrocosmError &&
    golds.every((gold) => gold instanceof MicrocosmError && gold.code === first.code)
  )
    return { refused: `admission: ${first.code}` }
  const kept = whole.tasks.filter((task, index) => {
    const gold = golds[index]
    return gold !== undefined && !(gold instanceof Error) && gold.digest === task.certificate?.digest
  })
  count(tasksRefused, 'differs in a second process', whole.tasks.length - kept.length)
  return kept.length === 0
    ? { refused: 'no task' }
    : { packed: packDomain({ ...whole, tasks: kept }, images, claim(made)), ...(rephrased && { rephrased }) }
}

function claim(made: Materialized): { quality: number; claims: Json } {
  const claims = claimsOf(made)
  return { quality: qualityOf(made.domain, claims), claims: claims as unknown as Json }
}

function count(counts: Record<string, number>, reason: string, times: number): void {
  if (times > 0) counts[reason] = (counts[reason] ?? 0) + times
}
