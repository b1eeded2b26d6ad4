/** What must hold of every world, for any sequence of calls: sameness, no trace of a refusal, rebuilding, parking, forking. */

import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { openCatalog } from '../../../envs/catalog.ts'
import type { LocalEnvironment } from '../../../envs/runtime/environment.ts'
import { createEnvironment, rebuildEnvironment } from '../../../envs/runtime/environment.ts'
import { buildImage } from '../../../envs/runtime/image.ts'
import type { World } from '../../../envs/runtime/world.ts'
import { openWorld } from '../../../envs/runtime/world.ts'
import type { Domain } from '../../../schemas/domain.ts'
import type { Action } from '../../../schemas/environment.ts'
import { desk } from './desk.ts'

const catalog = openCatalog({})
const hotel = catalog.domain('hotel-chain')

const worldOf = (domain: Domain): World =>
  openWorld({
    domain,
    image: (id) => buildImage(domain.tables, domain.scenarios.find((scenario) => scenario.id === id)?.rows ?? {}),
  })
const worlds = [desk, hotel].map(worldOf)
t.teardown(() => {
  for (const world of worlds) world.close()
  catalog.close()
})

/** Calls as agents make them: those of all golds, in any order, some with arguments of others or with none that fit. */
function callsOf(domain: Domain): fc.Arbitrary<Action> {
  const golds = domain.tasks.flatMap(({ gold }) => gold.calls)
  const extra =
    domain === desk ? ['create_ticket', 'close_ticket', 'delete_ticket', 'add_note', 'fail_late', 'draw'] : []
  const args = fc.oneof(
    fc.constantFrom(...golds.map((call) => call.arguments)),
    fc.record({ ticket_id: fc.constantFrom('t1', 't2', 't3', 'none') }),
    fc.record({ ticket_id: fc.constantFrom('t1', 't2'), body: fc.string({ unit: 'binary', maxLength: 20 }) }),
    fc.record({ title: fc.string({ unit: 'grapheme', maxLength: 20 }) }),
    fc.constant({}),
  )
  const gold = fc.constantFrom(...golds).map(({ tool, arguments: own }) => ({ tool_name: tool, arguments: own }))
  const mixed = fc.record({
    tool_name: fc.constantFrom(...golds.map(({ tool }) => tool), ...extra, 'nothing'),
    arguments: args,
  })
  return fc.oneof({ weight: 3, arbitrary: gold }, { weight: 2, arbitrary: mixed }).map((call) => ({
    type: 'call_tool' as const,
    ...call,
  }))
}

const sequences = fc.constantFrom(...worlds).chain((world) =>
  fc.record({
    world: fc.constant(world),
    task: fc.constantFrom(...world.domain.tasks.map(({ id }) => id)),
    seed: fc.nat(1000),
    actions: fc.array(callsOf(world.domain), { minLength: 1, maxLength: 9 }),
  }),
)

/** All that can be seen of an environment: its verification and what it would show next. */
async function seen(environment: LocalEnvironment): Promise<string> {
  return JSON.stringify([await environment.verify(), environment.state(), environment.log()])
}

async function played(world: World, task: string, seed: number, actions: Action[]): Promise<LocalEnvironment> {
  const environment = createEnvironment(world)
  await environment.reset({ task, seed })
  for (const action of actions) await environment.step(action)
  return environment
}

t.test('a session rebuilt from its log equals the original after every step', async (t) => {
  await fc.assert(
    fc.asyncProperty(sequences, async ({ world, task, seed, actions }) => {
      await using original = createEnvironment(world)
      await original.reset({ task, seed })
      for (const action of actions) {
        await original.step(action)
        const log = JSON.parse(JSON.stringify(original.log()))
        await using rebuilt = await rebuildEnvironment(worldOf(world.domain), log)
        if ((await seen(original)) !== (await seen(rebuilt))) return false
        await using next = await rebuildEnvironment(world, log)
        const probe: Action = { type: 'call_tool', tool_name: 'create_ticket', arguments: { title: 'x' } }
        if (JSON.stringify(await next.step(probe)) !== JSON.stringify(await rebuilt.step(probe))) return false
      }
      return true
    }),
    { numRuns: 40 },
  )
  t.pass()
})

t.test('parking shows in nothing: neither in observations nor in the bytes of the state', async (t) => {
  await fc.assert(
    fc.asyncProperty(sequences, fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }), async (given, parks) => {
      const { world, task, seed, actions } = given
      await using one = createEnvironment(world)
      await using two = createEnvironment(world)
      await one.reset({ task, seed })
      await two.reset({ task, seed })
      for (const [index, action] of actions.entries()) {
        if (parks[index]) two.park()
        if (JSON.stringify(await one.step(action)) !== JSON.stringify(await two.step(action))) return false
      }
      two.park()
      return (await seen(one)) === (await seen(two))
    }),
    { numRuns: 60 },
  )
  t.pass()
})

t.test('what happens in a fork does not reach its parent, and what happens in the parent not the fork', async (t) => {
  await fc.assert(
    fc.asyncProperty(sequences, fc.nat(8), async ({ world, task, seed, actions }, at) => {
      const cut = Math.min(at, actions.length)
      await using parent = await played(world, task, seed, actions.slice(0, cut))
      const before = await seen(parent)
      const forks = (await parent.fork(2)) as [LocalEnvironment, LocalEnvironment]
      for (const action of actions.slice(cut)) await forks[0].step(action)
      if ((await seen(parent)) !== before || (await seen(forks[1])) !== before) return false
      await using whole = await played(world, task, seed, actions)
      const same = (await seen(whole)) === (await seen(forks[0]))
      for (const action of actions.slice(cut).reverse()) await parent.step(action)
      const kept = (await seen(forks[1])) === before
      for (const fork of forks) await fork.close()
      return same && kept
    }),
    { numRuns: 60 },
  )
  t.pass()
})

t.test('a refused call changes neither rows nor clock nor identifiers', async (t) => {
  await fc.assert(
    fc.asyncProperty(sequences, async ({ world, task, actions }) => {
      const play = world.start(world.task(task).scenario)
      const clean = world.start(world.task(task).scenario)
      try {
        for (const action of actions) {
          if (action.type !== 'call_tool') continue
          const before = play.digest()
          const outcome = play.call(action.tool_name, action.arguments)
          if (!outcome.ok && play.digest() !== before) return false
          // The twin makes only the calls that succeed: if a refusal left anything behind, it would fall out of step.
          if (outcome.ok && JSON.stringify(clean.call(action.tool_name, action.arguments)) !== JSON.stringify(outcome))
            return false
        }
        return play.digest() === clean.digest()
      } finally {
        play.close()
        clean.close()
      }
    }),
    { numRuns: 100 },
  )
  t.pass()
})

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

t.test('the same seed and actions give the same bytes in two processes', async (t) => {
  const script = `
    import { openCatalog } from '${new URL('../../../envs/catalog.ts', import.meta.url)}'
    import { openWorld } from '${new URL('../../../envs/runtime/world.ts', import.meta.url)}'
    import { createEnvironment } from '${new URL('../../../envs/runtime/environment.ts', import.meta.url)}'
    const catalog = openCatalog({})
    const world = openWorld({ domain: catalog.domain('hotel-chain'), image: (id) => catalog.image('hotel-chain', id) })
    const calls = world.domain.tasks.flatMap(({ gold }) => gold.calls)
    const environment = createEnvironment(world)
    for (const { id } of world.domain.tasks) {
      console.log(JSON.stringify(await environment.reset({ task: id, seed: 3 })))
      for (const { tool, arguments: args } of calls.slice(0, 9)) {
        console.log(JSON.stringify(await environment.step({ type: 'call_tool', tool_name: tool, arguments: args })))
      }
      console.log(JSON.stringify(await environment.verify()))
    }
    await environment.close()
    world.close()`
  const run = (zone: string, locale: string): Promise<string> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        env: { TZ: zone, LC_ALL: locale },
      })
      let out = ''
      child.stdout.on('data', (data) => {
        out += data
      })
      child.stderr.on('data', (data) => {
        out += data
      })
      child.on('close', () => resolve(out))
    })
  const [one, two] = await Promise.all([run('Asia/Kathmandu', 'tr_TR.UTF-8'), run('America/St_Johns', 'C')])
  t.equal(one.split('\n').length, hotel.tasks.length * 11 + 1)
  t.equal(digest(one), digest(two))
})

t.test('a log of another version is not rebuilt', async (t) => {
  const [world] = worlds as [World, World]
  await using environment = await played(world, 'close-coffee', 1, [])
  const log = environment.log()
  await t.rejects(rebuildEnvironment(world, { ...log, version: '0000000000000000' } as never), {
    code: 'VERSION_MISMATCH',
  })
})

t.test('an episode that runs out of time is truncated, keeps its reward, and is rebuilt so', async (t) => {
  const [world] = worlds as [World, World]
  let now = 0
  const options = { episodeMs: 1000, clock: () => now }
  await using environment = createEnvironment(world, options)
  await environment.reset({ task: 'close-coffee' })
  const close: Action = { type: 'call_tool', tool_name: 'close_ticket', arguments: { ticket_id: 't2' } }
  now = 1000
  t.match(await environment.step(close), { done: false, observation: { error: null } })
  now = 1001
  const last = await environment.step(close)
  t.match(last, { done: true, terminated: false, truncated: true, reason: 'time_limit', reward: 1 })
  t.match(last.observation, { tool_name: 'close_ticket', result: null, error_code: 'TIME_LIMIT' })
  now = 5000
  await using rebuilt = await rebuildEnvironment(world, environment.log() as never, options)
  t.equal(await seen(rebuilt), await seen(environment))
  await t.rejects(rebuilt.step(close), { code: 'EPISODE_ENDED' })
})

t.test('an episode that a crash has ended is rebuilt without crashing again', async (t) => {
  const [world] = worlds as [World, World]
  await using environment = await played(world, 'close-coffee', 1, [
    { type: 'call_tool', tool_name: 'close_ticket', arguments: { ticket_id: 't2' } },
  ])
  const crashed = await environment.step({ type: 'call_tool', tool_name: 'crash', arguments: {} })
  t.match(crashed, { done: true, truncated: true, reason: 'crashed', reward: null })
  await using rebuilt = await rebuildEnvironment(world, environment.log() as never)
  t.equal(await seen(rebuilt), await seen(environment))
})
