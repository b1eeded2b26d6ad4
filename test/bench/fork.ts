/** Forks of an environment in the middle of its episode: one alone, and one of sixteen made at once. */

import type { BenchDomain } from './domain.ts'
import { changeCall } from './domain.ts'
import type { Figure } from './figure.ts'
import { openHost, openImage } from './host.ts'
import { compare, timed, timedSync } from './measure.ts'
import { begin, change, openBench } from './play.ts'

const samples = 5

export async function benchFork({ of, rounds }: { of: BenchDomain; rounds: number }): Promise<Figure[]> {
  return [await forks(of, rounds, 1), await forks(of, Math.ceil(rounds / 2), 16)]
}

async function forks(of: BenchDomain, rounds: number, count: number): Promise<Figure> {
  const world = openBench(of)
  const { ours, bound, ratio } = await compare({
    rounds,
    warmUp: 3,
    async ours(micros) {
      for (let sample = 0; sample < samples; sample++) {
        const parent = await begin(world, 'day') // a new one each time: who was copied before is in another state
        await change(parent, of)
        const children = await timed(micros, () => parent.fork(count))
        for (const child of children) await child.close()
        await parent.close()
      }
    },
    bound(micros) {
      for (let sample = 0; sample < samples; sample++) {
        const parent = openHost(of, 'day')
        for (let turn = 0; turn < 10; turn++) parent.change(changeCall(of.names, turn))
        const children = timedSync(micros, () => {
          const image = parent.serialize()
          return Array.from({ length: count }, () => openImage(image))
        })
        for (const child of children) child.close()
        parent.close()
      }
    },
  })
  world.close()
  return {
    name: count === 1 ? 'fork' : `fork_of_${count}`,
    what: count === 1 ? 'a fork, after ten writes' : `the same for each of ${count} made at once`,
    unit: 'µs',
    value: ours.median / count,
    p99: ours.p99 / count,
    bound: bound.median / count,
    boundIs: 'serialize on the host, opening that, and a first select',
    ratio,
    goal: { valueMax: 500 },
  }
}
