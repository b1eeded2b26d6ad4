/**
 * Attempts at a task that are made of gold's own writes: some left out, some changed, some in another order. Reads leave no
 * trace in a world, so only writes are played.
 *
 * An identifier that a create gives out is another one where creates change places; what a later write takes from the
 * result of an earlier one is therefore taken from the result of now.
 */

import { type Json, type JsonObject, valueAt } from '../../../schemas/json.ts'
import type { GoldCall, Origin, Task } from '../../../schemas/task.ts'
import { rewardOf } from '../../runtime/verify.ts'
import type { GoldRun, World } from '../../runtime/world.ts'

export interface Trial {
  world: World
  task: Task
  origins: readonly Origin[]
  /** Indices of gold's writes, in their order. */
  writes: readonly number[]
  call(index: number): GoldCall
  /** Whether these writes pass, with other arguments for some: for such as fail when they are left out. */
  passes(order: readonly number[], answer?: Json, changed?: ReadonlyMap<number, JsonObject>): boolean
  /** The same where each must go as it does in gold, accepted or refused; undefined where one doesn't. */
  passesInOrder(order: readonly number[]): boolean | undefined
}

interface TrialOptions {
  world: World
  task: Task
  gold: GoldRun
  origins: readonly Origin[]
  /** Of gold's calls. */
  results: readonly Json[]
}

export function createTrial({ world, task, gold, origins, results }: TrialOptions): Trial {
  const writes = [...task.gold.calls.keys()].filter(
    (index) => world.tool((task.gold.calls[index] as GoldCall).tool)?.kind === 'write',
  )
  const call = (index: number): GoldCall => task.gold.calls[index] as GoldCall
  /** What later writes take from each write's result. */
  const taken = Map.groupBy(
    origins.flatMap(({ output }) => (output === undefined || !writes.includes(output.call) ? [] : [output])),
    (output) => output.call,
  )
  const run = (
    order: readonly number[],
    answer: Json | undefined,
    changed: ReadonlyMap<number, JsonObject>,
    strict: boolean,
  ): boolean | undefined => {
    const play = world.start(task.scenario)
    try {
      const renamed = new Map<Json, Json>()
      for (const index of order) {
        const { tool, arguments: own, expect_error } = call(index)
        const args = changed.get(index) ?? withNames(own, renamed)
        const outcome = play.call(tool, args)
        if (strict && (outcome.ok ? undefined : outcome.error.code) !== expect_error) return undefined
        // A refused call leaves no trace: it is as if it were left out, which was tried before.
        if (!outcome.ok && changed.has(index)) return false
        if (!outcome.ok) continue
        for (const { path } of taken.get(index) ?? []) {
          const [then, now] = [valueAt(results[index], path), valueAt(outcome.result, path)]
          if (then !== undefined && now !== undefined && then !== now) renamed.set(then, now)
        }
      }
      // Only where neither state nor answer decides are the calls looked at: as they stand in gold.
      const calls = order.length > 0 && order.length === writes.length ? task.gold.calls : order.map(call)
      const conduct = { calls, ...(answer !== undefined && { answer }) }
      return rewardOf({ domain: world.domain, task, gold, outcome: play.outcome(), conduct }) === 1
    } finally {
      play.close()
    }
  }
  const own = task.gold.answer?.value
  const nothing: ReadonlyMap<number, JsonObject> = new Map()
  return {
    world,
    task,
    origins,
    writes,
    call,
    passes: (order, answer = order.length === 0 ? undefined : own, changed = nothing) =>
      run(order, answer, changed, false) === true,
    passesInOrder: (order) => run(order, own, nothing, true),
  }
}

function withNames(args: JsonObject, renamed: ReadonlyMap<Json, Json>): JsonObject {
  if (renamed.size === 0) return args
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, renamed.get(value) ?? value]))
}
