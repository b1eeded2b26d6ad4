/**
 * A domain that nobody has opened yet, to the result of its first call: domain and images are at hand, everything else
 * (checks, isolate, program, gold, database, validators) is made.
 *
 * Each sample is another domain with other texts, so that no cache of compiled code or checked SQL helps.
 */

import type { BenchDomain } from './domain.ts'
import { changeCall, createBenchDomain } from './domain.ts'
import type { Figure } from './figure.ts'
import { openImage } from './host.ts'
import { compare, timed, timedSync } from './measure.ts'
import { begin, openBench, step } from './play.ts'

/** Beyond all seeds that are used elsewhere. */
const firstSeed = 1000
const warmUp = 3

export async function benchCold({ rounds }: { rounds: number }): Promise<Figure[]> {
  const domains = Array.from({ length: rounds + warmUp }, (_, index) => createBenchDomain({ seed: firstSeed + index }))
  const next = domains[Symbol.iterator]()
  const other = domains[0] as BenchDomain
  const { ours, bound, ratio } = await compare({
    rounds,
    warmUp,
    async ours(micros) {
      const of = next.next().value as BenchDomain
      const { world, environment } = await timed(micros, async () => {
        const world = openBench(of)
        const environment = await begin(world, 'day')
        await step(environment, changeCall(of.names, 0))
        return { world, environment }
      })
      await environment.close()
      world.close()
    },
    bound(micros) {
      timedSync(micros, () => openImage(other.images.get('day') as Uint8Array)).close()
    },
  })
  return [
    {
      name: 'cold',
      what: 'a cold domain (200 KB, 20 tools, 40 statements): opened, reset, its first call answered',
      unit: 'ms',
      value: ours.median / 1000,
      p99: ours.p99 / 1000,
      bound: bound.median / 1000,
      boundIs: 'opening the image on the host, and a first select',
      ratio,
      goal: { valueMax: 5 },
    },
  ]
}
