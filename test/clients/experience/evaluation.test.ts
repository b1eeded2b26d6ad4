/** Evaluation against numpy and scipy, on runs whose outcomes are known, and what a report says about them. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { drawResamples, meanInterval } from '../../../clients/experience/evaluation/bootstrap.ts'
import { passAt, passHat } from '../../../clients/experience/evaluation/estimators.ts'
import { type FailureKind, failureKinds, failureOf } from '../../../clients/experience/evaluation/failures.ts'
import { printMarkdown } from '../../../clients/experience/evaluation/markdown.ts'
import { drawPage } from '../../../clients/experience/evaluation/page.ts'
import { signFlipTest } from '../../../clients/experience/evaluation/permutation.ts'
import { type RunOutcomes, readRun, type TaskOutcome } from '../../../clients/experience/evaluation/run.ts'
import { evaluate } from '../../../clients/experience/evaluation.ts'
import { createDraw } from '../../../envs/synthesis/tasks/draw.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { run, venvWith } from '../../server/python.ts'
import { chance, openHotel } from './hotel.ts'

const outcome = (index: number, trials: number, passed: number): TaskOutcome => ({
  domain: `domain-${index % 7}`,
  version: 'v',
  task: `task-${String(index).padStart(4, '0')}`,
  length: 1 + (index % 5),
  kinds: index % 2 === 0 ? ['write'] : ['look_up'],
  trials,
  passed,
  noop: false,
  steps: 3 * trials,
  tokens: 0,
  failures: passed < trials ? { wrong_cell: trials - passed } : {},
})
const runOf = (name: string, tasks: TaskOutcome[]): RunOutcomes => ({
  name,
  agents: [name],
  tasks,
  crashed: 0,
  notes: [],
})
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9

t.test('pass^k, pass@k, their intervals and p-values are those of numpy and scipy', async (t) => {
  const bin = venvWith('estimates', ['numpy==2.3.5', 'scipy==1.16.3'])
  if (bin === null) return void t.comment('skipped: there is no Python here that can make an environment')
  const draw = createDraw('trials')
  const [size, k, resamples] = [60, 8, 500]
  const trials = Array.from({ length: size }, (_, index) => 8 + (index % 3))
  const passed = trials.map((n) => draw.int(n + 1))
  const { indices } = drawResamples(size, resamples, chance('indices'))
  const pairs = [8, 3, 11].map((length) => [
    Array.from({ length }, () => draw.int(5) / 4),
    Array.from({ length }, () => draw.int(5) / 4),
  ])
  const input = JSON.stringify({ trials, passed, k, resamples, indices: [...indices], pairs })
  const { code, stdout, stderr } = await run(join(bin, 'python'), ['test/clients/experience/estimates.py'], input)
  t.equal(code, 0, stderr)
  const theirs = JSON.parse(stdout) as Record<'hat' | 'at', number[][]> & { p: number[] }
  for (const [name, of] of [
    ['hat', passHat],
    ['at', passAt],
  ] as const) {
    for (let at = 1; at <= k; at += 1) {
      const values = trials.map((n, index) => of(n, passed[index] as number, at))
      const own = meanInterval(values, { size, count: resamples, indices })
      const [value, low, high] = theirs[name][at - 1] as [number, number, number]
      t.ok(
        near(own.value, value) && near(own.low, low) && near(own.high, high),
        `${name} ${at}: ${own.value} [${own.low}, ${own.high}]`,
      )
    }
  }
  for (const [index, [a, b]] of pairs.entries()) {
    const differences = (b as number[]).map((value, at) => value - (a?.[at] as number))
    t.ok(near(signFlipTest(differences, chance('flips')), theirs.p[index] as number), `p of pair ${index}`)
  }
})

t.test('a drawn p-value is near the exact one', (t) => {
  const differences = Array.from({ length: 24 }, (_, index) => (index < 17 ? 0.25 : -0.25))
  // 17 of 24 signs alike: the two tails of the binomial distribution.
  let tail = 0
  const choose = (n: number, m: number): number => (m === 0 ? 1 : (choose(n, m - 1) * (n - m + 1)) / m)
  for (let m = 17; m <= 24; m += 1) tail += choose(24, m) / 2 ** 24
  t.ok(Math.abs(signFlipTest(differences, chance('many')) - 2 * tail) < 0.01, String(2 * tail))
  t.end()
})

t.test('the better run is found, the interval holds the difference, and alike runs are not told apart', (t) => {
  const draw = createDraw('two runs')
  const tasks = (name: string, share: number) =>
    runOf(
      name,
      Array.from({ length: 300 }, (_, index) => {
        const passed = Array.from({ length: 4 }, () => draw.chance(share)).filter(Boolean).length
        return outcome(index, 4, passed)
      }),
    )
  const [weak, strong, twin] = [tasks('weak', 0.4), tasks('strong', 0.6), tasks('twin', 0.6)]
  const report = evaluate([weak, strong, twin], { chance, resamples: 1000 })
  const [first, , third] = report.comparisons
  t.match(first, { a: 'weak', b: 'strong', better: 'b', tasks: 300 })
  t.ok((first?.p ?? 1) < 0.001 && Math.abs((first?.difference.value ?? 0) - 0.2) < 0.08)
  t.equal(third?.better, null)
  t.equal(report.k, 4)
  t.match(report.runs[0], { trials: 1200, success: { noop: 0 }, pass_hat: [{ k: 1 }, { k: 2 }, { k: 3 }, { k: 4 }] })
  t.same(evaluate([weak, strong, twin], { chance, resamples: 1000 }), report, 'the same for the same seed')
  const markdown = printMarkdown(report)
  t.match(markdown, /strong is better than weak \(\+\d+\.\d points \[\d+\.\d, \d+\.\d\], p < 0\.001, 300 tasks\)/)
  t.match(markdown, /no telling which is better/)
  t.match(markdown, /\| k \| tasks \| weak \| strong \| twin \| no-op \|/)
  const page = drawPage(report, 'Weak <and> strong')
  t.match(page, /<h1>Weak &lt;and&gt; strong<\/h1>/)
  t.equal(page.match(/<figure>/g)?.length, 4)
  t.equal(page.match(/<svg/g)?.length, 4)
  t.notMatch(page, /<script|src=|href="http|@import/, 'it needs nothing else')
  t.match(page, /strong is better than weak/)
  t.end()
})

t.test('a k larger than the trials is said; tasks with fewer are left out and said', (t) => {
  const few = runOf('few', [outcome(0, 2, 1), outcome(1, 4, 4), outcome(2, 4, 0)])
  t.throws(() => evaluate([few], { chance, k: 5 }), { code: 'USAGE', message: /k = 5 .* at most 4 times/ })
  const report = evaluate([few], { chance, k: 4 })
  t.same(
    report.runs[0]?.pass_hat.map(({ tasks }) => tasks),
    [3, 3, 2, 2],
  )
  t.match(report.notes, [/1 of 3 tasks of few have fewer than 4 trials/])
  t.throws(() => evaluate([runOf('none', [])], { chance }), { code: 'USAGE', message: /none has no trial/ })
  t.end()
})

t.test('a file is read with what is wrong in it: cut lines, twins, two versions, crashes', async (t) => {
  const hotel = openHotel()
  t.teardown(() => hotel.close())
  const [one, two] = hotel.jobs(2).filter(({ task }) => task === 'cancel-porto')
  const played = [await hotel.play(one as never, 'oracle'), await hotel.play(two as never, 'noop')]
  const whole = played.map((trajectory) => JSON.stringify({ ...trajectory, noop: 0 }))
  const crashed = JSON.stringify({ ...played[0], trial: 9, reason: 'crashed', verification: null, reward: null })
  const old = JSON.stringify({ ...played[0], version: '0000000000000000' })
  const file = join(t.testdir({}), 'run.jsonl')
  writeFileSync(file, [...whole, whole[0], crashed, old, (whole[1] as string).slice(0, 99)].join('\n'))
  const read = await readRun(file, 'run')
  t.match(read.tasks, [
    { trials: 1, passed: 1, noop: null },
    { trials: 2, passed: 1, noop: false, failures: { missing_write: 1 } },
  ])
  t.equal(read.crashed, 1)
  t.match(
    read.notes.join('\n'),
    /line 6 .* is no trajectory.*\n1 trials .* twice.*\n1 trials .* do not count.*\n.*several agents.*\n.*in 2 versions/,
  )
  await t.rejects(readRun('nowhere.jsonl'), { code: 'SOURCE_NOT_FOUND' })
})

t.test('each kind of failure is told', (t) => {
  const base = {
    reward: 0,
    stop: 'ended',
    terminated: true,
    truncated: false,
    reason: 'submitted',
    about: { writes: true },
    calls: [{ tool: 'cancel', error: null }],
  }
  const verification = (differences: string[], more: object = {}) => ({
    state: { applies: true, passed: differences.length === 0, differences: differences.map((kind) => ({ kind })) },
    answer: { applies: false, passed: true },
    calls: { applies: false, passed: false },
    ...more,
  })
  const cases: [FailureKind | null, object][] = [
    [null, { reward: 1 }],
    [null, { reward: null, reason: 'crashed', verification: null }],
    ['broke', { stop: 'failed', terminated: false, reward: null }],
    ['gave_up', { stop: 'gave_up', terminated: false, reward: null }],
    ['gave_up', { stop: 'budget', terminated: false, reward: null }],
    ['out_of_steps', { terminated: false, truncated: true, reason: 'step_limit' }],
    ['damage', { verification: verification(['missing_row', 'unexpected_row']) }],
    ['damage', { about: { writes: false }, verification: verification(['wrong_cell']) }],
    ['missing_write', { verification: verification(['wrong_cell', 'missing_row']) }],
    ['missing_write', { verification: verification(['wrong_cell']), calls: [{ tool: 'submit', error: null }] }],
    ['wrong_cell', { verification: verification(['wrong_cell']) }],
    ['wrong_answer', { verification: verification([], { answer: { applies: true, passed: false } }) }],
    ['wrong_calls', { verification: verification([], { calls: { applies: true, passed: false } }) }],
    ['unknown', { verification: null }],
  ]
  const seen = new Set<string>()
  for (const [kind, more] of cases) {
    t.equal(
      failureOf({ ...base, verification: verification([]), ...more } as unknown as Trajectory),
      kind,
      String(kind),
    )
    if (kind !== null) seen.add(kind)
  }
  t.same([...seen].sort(), Object.keys(failureKinds).sort())
  t.end()
})
