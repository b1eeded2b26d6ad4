import t from 'tap'
import { createNoop } from '../../../envs/agents/noop.ts'
import { createOracle } from '../../../envs/agents/oracle.ts'
import { playEpisode } from '../../../envs/agents/play.ts'
import { createEnvironment } from '../../../envs/runtime/environment.ts'
import { openDesk } from '../runtime/desk.ts'

const world = openDesk()
t.teardown(() => world.close())

t.test('the oracle passes every task, and fails one that lacks a write', async (t) => {
  for (const task of world.domain.tasks) {
    await using environment = createEnvironment(world)
    const { verification, steps } = await playEpisode(environment, createOracle(task.gold), { task: task.id })
    t.equal(verification.passed, true, task.id)
    t.match(steps.at(-1)?.transition, {
      reward: 1,
      done: true,
      terminated: true,
      truncated: false,
      reason: 'submitted',
    })
  }
  await using environment = createEnvironment(world)
  const { gold } = world.task('close-coffee')
  const { verification } = await playEpisode(environment, createOracle(gold, { skip: 1 }), { task: 'close-coffee' })
  t.equal(verification.passed, false)
})

t.test('doing nothing fails every task', async (t) => {
  for (const task of world.domain.tasks) {
    await using environment = createEnvironment(world)
    const { verification } = await playEpisode(environment, createNoop(), { task: task.id })
    t.equal(verification.passed, false, task.id)
  }
})
