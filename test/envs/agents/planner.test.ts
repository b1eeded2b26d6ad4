/**
 * The planner over worlds: nineteen made of a folder of documents, the studio, and the hotel chain, whose tasks are written by
 * hand. Thresholds stand below what was seen and far above luck, which passes none.
 */

import { join } from 'node:path'
import t from 'tap'
import { createPlanner, type PlannerOptions } from '../../../envs/agents/planner.ts'
import { playEpisode } from '../../../envs/agents/play.ts'
import { openCatalog } from '../../../envs/catalog.ts'
import { createEnvironment } from '../../../envs/runtime/environment.ts'
import { openWorld, type World } from '../../../envs/runtime/world.ts'
import { lexiconDictionary } from '../../../envs/synthesis/lexicon/dictionary.ts'
import type { ResetObservation, ToolObservation } from '../../../schemas/environment.ts'
import type { Task } from '../../../schemas/task.ts'
import { ended, startCli } from '../synthesis/fixtures/cli.ts'
import { openStudioWithTasks } from '../synthesis/fixtures/studio-tasks.ts'
import { writeTwenty } from '../synthesis/fixtures/twenty.ts'

t.setTimeout(400_000) // a process makes worlds first
const dir = t.testdir({})
writeTwenty(join(dir, 'docs'))
const file = join(dir, 'made.db')

async function play(world: World, task: Task, options: PlannerOptions = { dictionary: lexiconDictionary }) {
  await using environment = createEnvironment(world)
  return await playEpisode(environment, createPlanner(options), { task: task.id })
}

interface Count {
  tasks: number
  passed: number
}

async function count(world: World, into: (task: Task) => Count | undefined): Promise<void> {
  for (const task of world.domain.tasks) {
    const at = into(task)
    if (at === undefined) continue
    at.tasks += 1
    at.passed += Number((await play(world, task)).verification.passed)
  }
}

const shareOf = ({ tasks, passed }: Count): number => passed / tasks

t.test('of the tasks of made worlds with up to four calls it passes most', async (t) => {
  const run = await ended(
    startCli(dir, 'synthesize', '--source', 'docs', '--out', file, '--tasks', '8', '--workers', '2', '--json'),
  )
  t.equal(run.code, 0, run.err)
  const few = { en: { tasks: 0, passed: 0 }, zh: { tasks: 0, passed: 0 } }
  const many = { tasks: 0, passed: 0 }
  const catalog = openCatalog({ file })
  try {
    for (const { id } of catalog.list()) {
      if (catalog.provenance(id) !== 'compiler') continue
      const world = openWorld({ domain: catalog.domain(id), image: catalog.images(id), checked: true })
      try {
        await count(world, ({ gold, language }) => (gold.calls.length <= 4 ? few[language] : many))
      } finally {
        world.close()
      }
    }
  } finally {
    catalog.close()
  }
  t.comment(JSON.stringify({ few, many }))
  t.ok(few.en.tasks > 30 && many.tasks > 3, JSON.stringify({ few, many }))
  t.ok(shareOf(few.en) >= 0.8, `${few.en.passed} of ${few.en.tasks}`)
  t.ok(shareOf(many) >= 0.6, `more than four calls: ${many.passed} of ${many.tasks}`)
})

t.test('in Chinese as in English', async (t) => {
  const world = openStudioWithTasks(60)
  try {
    const by = { en: { tasks: 0, passed: 0 }, zh: { tasks: 0, passed: 0 } }
    await count(world, ({ language }) => by[language])
    t.comment(JSON.stringify(by))
    t.ok(by.zh.tasks > 5, `${by.zh.tasks} in Chinese`)
    t.ok(shareOf(by.zh) >= 0.6, `Chinese: ${by.zh.passed} of ${by.zh.tasks}`)
    t.ok(shareOf(by.en) >= 0.7, `English: ${by.en.passed} of ${by.en.tasks}`)
  } finally {
    world.close()
  }
})

t.test('of what people wrote by hand it passes some', async (t) => {
  const catalog = openCatalog({})
  const world = openWorld({ domain: catalog.domain('hotel-chain'), image: catalog.images('hotel-chain') })
  try {
    const all = { tasks: 0, passed: 0 }
    await count(world, () => all)
    t.comment(JSON.stringify(all))
    t.ok(all.passed >= 5, `${all.passed} of ${all.tasks}`)
  } finally {
    world.close()
    catalog.close()
  }
})

t.test('a refusal is reacted to: the alternative is done, and where none was needed it is not', async (t) => {
  const world = openStudioWithTasks(60)
  try {
    let refused = 0
    let other = 0
    for (const task of world.domain.tasks) {
      const declared = task.gold.calls.some(({ expect_error }) => expect_error !== undefined)
      const conditional = task.kinds?.includes('condition') === true
      if (!declared && !conditional) continue
      const { verification, steps } = await play(world, task)
      if (!verification.passed) continue
      const errors = steps.filter(({ transition }) => (transition.observation as ToolObservation).error != null)
      if (declared) {
        refused += 1
        t.ok(errors.length > 0, `${task.id} was refused on the way`)
      } else other += 1
    }
    t.ok(refused > 2, `${refused} refusals recovered from`)
    t.comment(`${other} conditions that didn't come true`)
  } finally {
    world.close()
  }
})

t.test('it sees what an agent sees: the same observation without its task’s name, the same calls', async (t) => {
  const world = openStudioWithTasks(6)
  try {
    for (const task of world.domain.tasks) {
      const { steps } = await play(world, task)
      await using environment = createEnvironment(world)
      const { observation } = await environment.reset({ task: task.id })
      const { intent, tools, step_limit } = observation
      const agent = createPlanner({ dictionary: lexiconDictionary })
      agent.begin({ intent, tools, step_limit } as ResetObservation)
      const actions = []
      for (let last = null as Awaited<ReturnType<typeof environment.step>> | null; last === null || !last.done; ) {
        const action = await agent.act(last)
        if (action === null) break
        actions.push(action)
        last = await environment.step(action)
      }
      t.same(
        actions,
        steps.map(({ action }) => action),
        task.id,
      )
    }
  } finally {
    world.close()
  }
})

t.test('without a dictionary it takes names for their own words', async (t) => {
  const world = openStudioWithTasks(24)
  try {
    let passed = 0
    for (const task of world.domain.tasks) passed += Number((await play(world, task, {})).verification.passed)
    t.ok(passed > 6, `${passed} of ${world.domain.tasks.length}`)
  } finally {
    world.close()
  }
})
