/**
 * A step in process (read, check, update, insert, read) against the same SQL on the host, with many sessions of many
 * domains in rotation: each step finds the caches full of other sessions, as in a server that is busy.
 */

import type { LocalEnvironment } from '../../envs/runtime/environment.ts'
import type { World } from '../../envs/runtime/world.ts'
import type { BenchDomain } from './domain.ts'
import { changeCall } from './domain.ts'
import type { Figure } from './figure.ts'
import type { Host } from './host.ts'
import { openHost } from './host.ts'
import { compare, timed, timedSync } from './measure.ts'
import { begin, step } from './play.ts'

/** Steps of a session before it is reset, outside of what is timed. */
const episodeSteps = 20

export interface StepOptions {
  domains: readonly BenchDomain[]
  worlds: readonly World[]
  sessions: number
  rounds: number
}

export async function benchStep({ domains, worlds, sessions, rounds }: StepOptions): Promise<Figure[]> {
  const ours: { environment: LocalEnvironment; of: BenchDomain }[] = []
  const bound: { host: Host; of: BenchDomain }[] = []
  for (let index = 0; index < sessions; index++) {
    const of = domains[index % domains.length] as BenchDomain
    ours.push({ environment: await begin(worlds[index % worlds.length] as World, 'day'), of })
    bound.push({ host: openHost(of, 'day'), of })
  }
  const turns = { ours: 0, bound: 0 }
  const { ratio, ...sides } = await compare({
    rounds,
    warmUp: episodeSteps,
    async ours(micros) {
      const turn = turns.ours++
      for (const { environment, of } of ours) {
        if (turn % episodeSteps === 0) await environment.reset({ task: 'day-shift' })
        const call = changeCall(of.names, turn)
        await timed(micros, () => step(environment, call))
      }
    },
    bound(micros) {
      const turn = turns.bound++
      for (const { host, of } of bound) {
        if (turn % episodeSteps === 0) host.rollBack()
        const call = changeCall(of.names, turn)
        timedSync(micros, () => host.change(call))
      }
    },
  })
  for (const { environment } of ours) await environment.close()
  for (const { host } of bound) host.close()
  return [
    {
      name: 'step',
      what: `a step (read, check, update, insert, read), ${sessions} sessions of ${domains.length} domains in rotation`,
      unit: 'µs',
      value: sides.ours.median,
      p99: sides.ours.p99,
      bound: sides.bound.median,
      boundIs: 'the same SQL on the host over the same databases, row log on',
      ratio,
      goal: { valueMax: 30, ratioMax: 2.8 },
    },
  ]
}
