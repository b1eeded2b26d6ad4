/** The bench measures everything it promises. No timing decides here: a machine may be as slow as it likes. */

import t from 'tap'
import { isMet } from './figure.ts'
import { compare, median, quantile } from './measure.ts'
import { benchRuntime, printRuntimeReport } from './runtime.ts'

const names = [
  'step',
  'reset_same',
  'reset_other',
  'fork',
  'fork_of_16',
  'verify',
  'verify_large',
  'cold',
  'memory_live',
  'memory_parked',
  'wire',
]

t.test('a quick run has every figure beside its bound, and the table shows all of them', async (t) => {
  const stages: string[] = []
  const report = await benchRuntime({ quick: true, onProgress: (stage) => stages.push(stage) })
  t.same(
    report.figures.map(({ name }) => name),
    names,
  )
  t.same(stages, ['step', 'reset', 'fork', 'verify', 'cold', 'memory', 'wire'])
  for (const { name, value, p99, bound, ratio, what, boundIs, goal } of report.figures) {
    for (const number of [value, bound, ratio, p99 ?? 1])
      t.ok(Number.isFinite(number) && number > 0, `${name}: ${number}`)
    t.ok(what !== '' && boundIs !== '' && Object.keys(goal).length > 0, `${name} says what it is`)
  }
  t.match(report.machine, { cpu: /./, cores: Number, node: process.version })
  t.match(report, { quick: true, seconds: Number })
  t.same(JSON.parse(JSON.stringify(report)), report, 'it is data')
  const table = printRuntimeReport(report)
  for (const name of names) t.match(table, new RegExp(`^[✓✗]  ${name} +\\d`, 'm'), name)
  t.match(table, /^\d+ of 11 reach their goals/m)
})

t.test('a comparison takes its ratio from rounds, so that a drift of both sides does not show', async (t) => {
  let speed = 1
  const { ratio, ours } = await compare({
    rounds: 9,
    warmUp: 1,
    ours: (micros) => {
      micros.push(20 * speed, 40 * speed)
    },
    bound: (micros) => {
      micros.push(15 * speed)
      speed *= 1.5
    },
  })
  t.ok(ratio > 1 && ratio < 4, String(ratio))
  t.ok(ours.p99 > 40, 'the absolutes show it')
})

t.test('a median and a quantile are values that were measured', async (t) => {
  t.equal(median([3, 1, 2]), 2)
  t.equal(quantile([...Array(100).keys()], 0.99), 99)
})

t.test('a goal holds of value and ratio both', async (t) => {
  const figure = { name: 'x', what: 'x', unit: 'µs' as const, value: 20, p99: null, bound: 10, boundIs: 'y', ratio: 2 }
  t.ok(isMet({ ...figure, goal: { valueMax: 20, ratioMax: 2 } }))
  t.notOk(isMet({ ...figure, goal: { valueMax: 30, ratioMax: 1.9 } }))
  t.notOk(isMet({ ...figure, goal: { valueMin: 21 } }))
})
