/**
 * A task's certificate, earned from nothing: whatever a maker claims is played again before it is believed.
 *
 * 1 gold replays to one state in two fresh plays (and `replayDigest` gives it in a third, in whatever process);
 * 2 doing nothing fails, and so does gold without any one of its writes;
 * 3 gold with one argument of a write changed for another value of the same column fails (certify/mutations.ts);
 * 4 writes that need nothing of each other lead to the same in any order that the world accepts (certify/orders.ts);
 * 5 every argument of every gold call stands in a slot that the intent says, or in an earlier result;
 * 6 every reference picks out exactly one row, every group its rows, and the read it names shows them (certify/claims.ts);
 * 7 no gold call is refused that did not declare it.
 *
 * Reads leave no trace in a world, not even in its counters, so attempts are played by their writes alone.
 */

import { MicrocosmError } from '../../schemas/errors.ts'
import type { Json, Row } from '../../schemas/json.ts'
import type { Certificate, Task } from '../../schemas/task.ts'
import { depthOf } from '../../schemas/task.ts'
import type { GoldRun, World } from '../runtime/world.ts'
import type { Claims, Rows } from './certify/claims.ts'
import { checkClaims } from './certify/claims.ts'
import { distractorsOf } from './certify/distractors.ts'
import { perturb } from './certify/mutations.ts'
import { permute } from './certify/orders.ts'
import { createTrial } from './certify/trial.ts'

export type { Claims } from './certify/claims.ts'

export type CertifyReason =
  | 'gold_failed'
  | 'unstable'
  | 'noop_passes'
  | 'drop_passes'
  | 'perturb_passes'
  | 'order_matters'
  | 'origin'
  | 'reference'
  | 'leak'

export type Certified = { certificate: Certificate } | { reason: CertifyReason; message: string }

/** @param claims origins and references; those of the task's own certificate unless given */
export function certifyTask(world: World, task: Task, claims: Claims | undefined = task.certificate): Certified {
  if (claims === undefined) return refuse('origin', 'Nothing is claimed about where the arguments come from.')
  let first: Replay
  let run: GoldRun
  try {
    first = replay(world, task)
    run = world.gold(task)
    if (run.digest !== first.digest) return refuse('unstable', 'Two replays of gold lead to two states.')
  } catch (error) {
    if (error instanceof MicrocosmError) return refuse('gold_failed', error.message)
    throw error
  }
  if (task.certificate !== undefined && task.certificate.digest !== first.digest)
    return refuse('unstable', 'Gold leads to another state than the certificate says.')
  const rows = rowsAtFirst(world, task.scenario)
  const wrong = checkClaims(world, task, claims, { results: first.results, rows })
  if (wrong !== undefined) return wrong

  const trial = createTrial({ world, task, gold: run, origins: claims.origins, results: first.results })
  if (trial.passes([], undefined)) return refuse('noop_passes', 'Doing nothing passes.')
  const drops: Certificate['drops'] = []
  for (const index of trial.writes) {
    const call = trial.call(index)
    const passes = trial.passes(trial.writes.filter((other) => other !== index))
    if (passes && call.expect_error === undefined)
      return refuse('drop_passes', `Gold passes without its call ${index} (${call.tool}).`)
    drops.push({ call: index, passes })
  }
  const perturbed = perturb(trial, rows)
  if ('message' in perturbed) return refuse('perturb_passes', perturbed.message)
  const orders = permute(trial)
  if (typeof orders !== 'number') return refuse('order_matters', orders.message)
  const { writes } = trial
  return {
    certificate: {
      digest: first.digest,
      noop_fails: true,
      drops,
      ...perturbed,
      orders,
      difficulty: {
        depth: depthOf(task.gold, claims.origins),
        reads: task.gold.calls.slice(0, writes[0]).filter(({ tool }) => world.tool(tool)?.kind === 'read').length,
        distractors: distractorsOf(rows, claims),
      },
      origins: [...claims.origins],
      references: [...claims.references],
      ...(claims.groups !== undefined && claims.groups.length > 0 && { groups: [...claims.groups] }),
    },
  }
}

function rowsAtFirst(world: World, scenario: string): Rows {
  const tables = new Map<string, readonly Row[]>()
  return (table) => {
    let rows = tables.get(table)
    if (rows === undefined) {
      const play = world.start(scenario)
      rows = play.rows(table)
      play.close()
      tables.set(table, rows)
    }
    return rows
  }
}

/** The digest of the changes that gold leads to, replayed now. @throws GOLD_FAILED */
export function replayDigest(world: World, task: Task): string {
  return replay(world, task).digest
}

interface Replay {
  digest: string
  results: Json[]
}

function replay(world: World, task: Task): Replay {
  const play = world.start(task.scenario)
  try {
    const results = task.gold.calls.map((call, index) => {
      const outcome = play.call(call.tool, call.arguments)
      const code = outcome.ok ? undefined : outcome.error.code
      if (code !== call.expect_error)
        throw new MicrocosmError(
          'GOLD_FAILED',
          `Gold call ${index} (${call.tool}) ${outcome.ok ? 'succeeded' : `was refused: ${outcome.error.message}`}`,
          { task: task.id, call: index },
        )
      return outcome.ok ? outcome.result : null
    })
    return { digest: play.digest(), results }
  } finally {
    play.close()
  }
}

const refuse = (reason: CertifyReason, message: string): { reason: CertifyReason; message: string } => ({
  reason,
  message,
})
