/** No failure is ever the user's fault: gold, preceded by the questions that its slots need, passes as often as without a user. */

import t from 'tap'
import { createOracle } from '../../../../envs/agents/oracle.ts'
import { playEpisode } from '../../../../envs/agents/play.ts'
import type { Catalog } from '../../../../envs/catalog.ts'
import { openCatalog } from '../../../../envs/catalog.ts'
import { createEnvironment } from '../../../../envs/runtime/environment.ts'
import type { Manner } from '../../../../envs/runtime/users/index.ts'
import { manners } from '../../../../envs/runtime/users/index.ts'
import { createRuleUser } from '../../../../envs/runtime/users/rule.ts'
import { openWorld } from '../../../../envs/runtime/world.ts'
import type { Domain } from '../../../../schemas/domain.ts'
import type { Task } from '../../../../schemas/task.ts'
import { madeCatalog } from '../../../server/made.ts'
import { createAsking } from './asking.ts'

interface Tally {
  tasks: number
  alone: number
  played: number
  passed: number
  ended: number
  manners: Record<Manner, number>
  wrong: string[]
}

/** A seed with which the user has that manner, where the task's words allow it. */
function seedFor(task: Task, domain: Domain, manner: Manner): number | undefined {
  for (let seed = 0; seed < 40; seed++) if (createRuleUser({ task, domain, seed }).manner === manner) return seed
  return undefined
}

async function playAll(catalog: Catalog): Promise<Tally> {
  const tally: Tally = {
    tasks: 0,
    alone: 0,
    played: 0,
    passed: 0,
    ended: 0,
    manners: { 'at once': 0, 'bit by bit': 0, 'change of mind': 0 },
    wrong: [],
  }
  for (const { id } of catalog.list()) {
    const domain = catalog.domain(id)
    const world = openWorld({ domain, image: catalog.images(id), checked: true })
    try {
      for (const task of domain.tasks) {
        await using environment = createEnvironment(world)
        tally.tasks += 1
        const alone = await playEpisode(environment, createOracle(task.gold), { task: task.id })
        tally.alone += Number(alone.verification.passed)
        for (const manner of manners) {
          const seed = seedFor(task, domain, manner)
          if (seed === undefined) continue
          tally.manners[manner] += 1
          tally.played += 1
          const agent = createAsking(task, domain, { talks: tally.played % 2 === 0 })
          const { steps, verification } = await playEpisode(environment, agent, { task: task.id, seed, user: 'rule' })
          const end = steps.at(-1)?.transition
          const passed = verification.passed && end?.reward === 1 && agent.missed.length === 0
          tally.passed += Number(passed === alone.verification.passed)
          tally.ended += Number(end?.reason === 'user_ended')
          const ended = end?.reason === 'user_ended' || end?.reason === 'submitted'
          if (passed !== alone.verification.passed || !ended)
            tally.wrong.push(
              `${id}/${task.id} seed ${seed} (${manner}): ${end?.reason}, missed ${agent.missed.join()}\n${agent.heard.join('\n')}`,
            )
        }
      }
    } finally {
      world.close()
    }
  }
  return tally
}

t.test('on the library, in English and Chinese', async (t) => {
  const catalog = openCatalog({})
  t.teardown(() => catalog.close())
  const tally = await playAll(catalog)
  t.same(tally.wrong, [])
  t.equal(tally.passed, tally.played)
  t.equal(tally.alone, tally.tasks)
  t.ok(
    Object.values(tally.manners).every((count) => count >= 8),
    JSON.stringify(tally.manners),
  )
  t.equal(tally.ended, tally.played, 'and the user says goodbye')
})

t.test('on several dozen made domains', async (t) => {
  const catalog = await madeCatalog(t.testdir({}), 48)
  t.teardown(() => catalog.close())
  const tally = await playAll(catalog)
  t.comment(JSON.stringify({ ...tally, wrong: tally.wrong.length }))
  t.same(tally.wrong, [])
  t.equal(tally.passed, tally.played)
  t.ok(tally.tasks >= 60, `${tally.tasks} tasks`)
  t.ok(
    Object.values(tally.manners).every((count) => count >= 20),
    JSON.stringify(tally.manners),
  )
  t.equal(tally.ended, tally.played, 'and the user says goodbye')
})
