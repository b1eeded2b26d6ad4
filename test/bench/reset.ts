/** A reset after ten writes: to the same scenario, and to another one of the domain that no open database waits for. */

import type { BenchDomain, Call } from './domain.ts'
import { changeCall, episodeCalls } from './domain.ts'
import type { Figure } from './figure.ts'
import { openHost, openImage } from './host.ts'
import { compare, timed, timedSync } from './measure.ts'
import { begin, change, openBench } from './play.ts'

const samples = 10

export async function benchReset({ of, rounds }: { of: BenchDomain; rounds: number }): Promise<Figure[]> {
  return [await toTheSame(of, rounds), await toAnother(of, rounds)]
}

async function toTheSame(of: BenchDomain, rounds: number): Promise<Figure> {
  const world = openBench(of)
  const environment = await begin(world, 'day')
  const host = openHost(of, 'day')
  const { ours, bound, ratio } = await compare({
    rounds,
    warmUp: 5,
    async ours(micros) {
      for (let sample = 0; sample < samples; sample++) {
        await change(environment, of)
        await timed(micros, () => environment.reset({ task: 'day-shift' }))
      }
    },
    bound(micros) {
      for (let sample = 0; sample < samples; sample++) {
        for (let turn = 0; turn < 10; turn++) host.change(changeCall(of.names, turn))
        timedSync(micros, () => host.rollBack())
      }
    },
  })
  await environment.close()
  host.close()
  world.close()
  return {
    name: 'reset_same',
    what: 'a reset to the same scenario, after ten writes',
    unit: 'µs',
    value: ours.median,
    p99: ours.p99,
    bound: bound.median,
    boundIs: 'ROLLBACK TO on the host',
    ratio,
    goal: { valueMax: 30 },
  }
}

async function toAnother(of: BenchDomain, rounds: number): Promise<Figure> {
  const world = openBench(of, 0) // none waits to be used again
  const environment = await begin(world, 'day')
  await environment.reset({ task: 'night-shift' })
  let isNight = true
  const { tool: tool_name, arguments: args } = episodeCalls(of.names, 0)[1] as Call
  const look = { type: 'call_tool', tool_name, arguments: args } as const
  const { ours, bound, ratio } = await compare({
    rounds,
    warmUp: 5,
    async ours(micros) {
      for (let sample = 0; sample < samples; sample++) {
        await change(environment, of)
        isNight = !isNight
        await timed(micros, async () => {
          await environment.reset({ task: isNight ? 'night-shift' : 'day-shift' })
          await environment.step(look) // which opens its database
        })
      }
    },
    bound(micros) {
      for (let sample = 0; sample < samples; sample++) {
        const image = of.images.get(sample % 2 === 0 ? 'day' : 'night') as Uint8Array
        timedSync(micros, () => openImage(image)).close()
      }
    },
  })
  await environment.close()
  world.close()
  return {
    name: 'reset_other',
    what: 'a reset to another scenario that no open database waits for, after ten writes, and a first look',
    unit: 'µs',
    value: ours.median,
    p99: ours.p99,
    bound: bound.median,
    boundIs: 'opening the image on the host, and a first select',
    ratio,
    goal: { valueMax: 300 },
  }
}
