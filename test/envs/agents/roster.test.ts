/** The reference agents by name: what each does, the same for the same seed, over the environment that any agent plays. */

import t from 'tap'
import { createNoop } from '../../../envs/agents/noop.ts'
import { playEpisode } from '../../../envs/agents/play.ts'
import { createAgent } from '../../../envs/agents/roster.ts'
import { createEnvironment } from '../../../envs/runtime/environment.ts'
import { lexiconDictionary } from '../../../envs/synthesis/lexicon/dictionary.ts'
import { createDraw } from '../../../envs/synthesis/tasks/draw.ts'
import type { Action, Agent, ToolObservation } from '../../../schemas/environment.ts'
import { openStudioWithTasks } from '../synthesis/fixtures/studio-tasks.ts'

const world = openStudioWithTasks(24)
t.teardown(() => world.close())
const chance = (text: string) => createDraw(text).next
const parts = (seed: string) => ({ chance, seed, dictionary: lexiconDictionary })

async function played(name: string, task: string, seed = 'a') {
  await using environment = createEnvironment(world)
  const gold = world.task(task).gold
  const { steps, verification } = await playEpisode(environment, createAgent(name, { ...parts(seed), gold }), { task })
  return {
    passed: verification.passed,
    reason: steps.at(-1)?.transition.reason,
    actions: steps.map(({ action }) => action),
    observations: steps.map(({ transition }) => transition.observation as ToolObservation),
  }
}

const names = [
  'noop',
  'random',
  'read-only',
  'list-then-first',
  'oracle',
  'planner',
  'planner-err:0.3',
  'planner-steps:3',
]
const isWrite = (action: Action): boolean =>
  action.type === 'call_tool' && world.tool(action.tool_name)?.kind === 'write'

t.test('every agent ends every task within its limit, and does the same again for the same seed', async (t) => {
  for (const { id } of world.domain.tasks.slice(0, 8)) {
    for (const name of names) {
      const first = await played(name, id)
      t.equal(first.reason, 'submitted', `${name} at ${id}`)
      t.same((await played(name, id)).actions, first.actions, `${name} at ${id}`)
    }
  }
})

t.test('another seed makes whoever leaves something to chance do something else', async (t) => {
  for (const name of ['random', 'planner-err:0.3']) {
    let differs = 0
    for (const { id } of world.domain.tasks.slice(0, 10)) {
      const [one, other] = [await played(name, id, 'a'), await played(name, id, 'b')]
      differs += Number(JSON.stringify(one.actions) !== JSON.stringify(other.actions))
    }
    t.ok(differs > 0, name)
  }
})

t.test('the oracle passes all, doing nothing none, and reading changes nothing', async (t) => {
  for (const { id } of world.domain.tasks) {
    t.equal((await played('oracle', id)).passed, true, id)
    t.equal((await played('noop', id)).passed, false, id)
    const { actions } = await played('read-only', id)
    t.notOk(actions.some(isWrite), id)
  }
})

t.test('the random agent is legal: the world refuses it for what it wants, never for how it says it', async (t) => {
  let calls = 0
  for (const { id } of world.domain.tasks) {
    for (const { error, tool_name } of (await played('random', id)).observations) {
      if (tool_name === 'submit') continue
      calls += 1
      t.ok(error === null || error.error_type === 'execution_error', `${tool_name}: ${error?.message}`)
    }
  }
  t.ok(calls > 50, `${calls} calls`)
})

t.test('the greedy agent writes once, on the first row, and seldom passes', async (t) => {
  let wrote = 0
  let passed = 0
  for (const { id } of world.domain.tasks) {
    const run = await played('list-then-first', id)
    t.ok(run.actions.filter(isWrite).length <= 1, id)
    wrote += Number(run.actions.some(isWrite))
    passed += Number(run.passed)
  }
  t.ok(wrote > 0)
  t.ok(passed < world.domain.tasks.length / 4, `${passed} passed`)
})

t.test('a planner with few steps takes no more, and one that errs passes less', async (t) => {
  let sure = 0
  let erring = 0
  for (const { id } of world.domain.tasks) {
    t.ok((await played('planner-steps:3', id)).actions.length <= 4, id)
    sure += Number((await played('planner', id)).passed)
    erring += Number((await played('planner-err:0.3', id)).passed)
  }
  t.ok(erring < sure, `${erring} of ${sure}`)
  t.ok(erring > 0)
})

t.test('an agent of one’s own is three members', async (t) => {
  const seen: string[] = []
  const patient: Agent = {
    name: 'patient',
    begin({ intent }) {
      seen.push(intent)
    },
    act(last) {
      return last === null ? { type: 'list_tools' } : { type: 'submit' }
    },
  }
  await using environment = createEnvironment(world)
  const [task] = world.domain.tasks
  const { steps } = await playEpisode(environment, patient, { task: task?.id as string })
  t.same(seen, [task?.intent])
  t.same(
    steps.map(({ action }) => action.type),
    ['list_tools', 'submit'],
  )
})

t.test('an agent that isn’t there is told, with one that is; the oracle needs gold', (t) => {
  t.throws(() => createAgent('planer', parts('a')), { code: 'USAGE', message: /Did you mean "planner"\?/ })
  t.throws(() => createAgent('oracle', parts('a')), { code: 'USAGE' })
  t.equal(createAgent('planner-err:0.1-steps:6', parts('a')).name, 'planner-err:0.1-steps:6')
  t.equal(createNoop().name, 'noop')
  t.end()
})
