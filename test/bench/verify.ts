/** Verify after ten writes, at the usual size and at thirty times that: it must not grow with the database. */

import { strict as assert } from 'node:assert'
import type { BenchDomain } from './domain.ts'
import { changeCall } from './domain.ts'
import type { Figure } from './figure.ts'
import { openHost } from './host.ts'
import type { Round } from './measure.ts'
import { compare, timed, timedSync } from './measure.ts'
import { begin, change, openBench } from './play.ts'

const samples = 5

export interface VerifyOptions {
  small: BenchDomain
  large: BenchDomain
  rounds: number
}

export async function benchVerify({ small, large, rounds }: VerifyOptions): Promise<Figure[]> {
  const [ours, theirs] = [await verifying(small), await verifying(large)]
  const host = openHost(small, 'day')
  const log: Round = (micros) => {
    for (let sample = 0; sample < samples; sample++) {
      for (let turn = 0; turn < 10; turn++) host.change(changeCall(small.names, turn))
      timedSync(micros, () => host.readLog())
      host.rollBack()
    }
  }
  const againstLog = await compare({ rounds, warmUp: 5, ours: ours.round, bound: log })
  const againstSmall = await compare({ rounds, warmUp: 5, ours: theirs.round, bound: ours.round })
  host.close()
  await ours.close()
  await theirs.close()
  return [
    {
      name: 'verify',
      what: 'verify after ten writes, 200 KB',
      unit: 'µs',
      value: againstLog.ours.median,
      p99: againstLog.ours.p99,
      bound: againstLog.bound.median,
      boundIs: 'reading the row log and the rows it names, on the host',
      ratio: againstLog.ratio,
      goal: { valueMax: 100 },
    },
    {
      name: 'verify_large',
      what: 'the same, 6 MB',
      unit: 'µs',
      value: againstSmall.ours.median,
      p99: againstSmall.ours.p99,
      bound: againstSmall.bound.median,
      boundIs: 'verify at 200 KB',
      ratio: againstSmall.ratio,
      goal: { valueMax: 100, ratioMax: 1.5 },
    },
  ]
}

/** Each sample is an episode of its own: nothing that a verify keeps serves the next one. */
async function verifying(of: BenchDomain): Promise<{ round: Round; close(): Promise<void> }> {
  const world = openBench(of)
  const environment = await begin(world, 'day')
  return {
    async round(micros) {
      for (let sample = 0; sample < samples; sample++) {
        await change(environment, of)
        const { passed } = await timed(micros, () => environment.verify())
        assert.equal(passed, true)
        await environment.reset({ task: 'day-shift' })
      }
    },
    async close() {
      await environment.close()
      world.close()
    },
  }
}
