/** A network that cuts, swallows and slows, a server that is killed and one that is full: the client carries on or says what happened. */

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { ClientEnvironment, ToolObservation, Transition } from '../../../clients/typescript/index.ts'
import { connect, MicrocosmError } from '../../../clients/typescript/index.ts'
import { openCatalog } from '../../../envs/catalog.ts'
import { startServer } from '../../../server/app.ts'
import { startProxy } from './proxy.ts'

const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0, graceMs: 600_000 } })
const proxy = await startProxy(server.url)
t.teardown(async () => {
  await proxy.close()
  await server.close()
  catalog.close()
})

async function codeOf(work: Promise<unknown>): Promise<string> {
  const outcome = await work.catch((error) => error)
  return outcome instanceof MicrocosmError ? outcome.code : 'none'
}

const timed = async <T>(work: Promise<T>): Promise<[T, number]> => {
  const begun = performance.now()
  return [await work, performance.now() - begun]
}

/** One task of three calls; each counts as a step, so that one done twice shows. */
async function playPhone(environment: ClientEnvironment, between = () => {}): Promise<Transition> {
  await environment.reset({ task: 'new-phone', seed: 1 })
  between()
  const found = await environment.step('find_guests', { name: 'Mei Tanaka' })
  const { guests } = (found.observation as ToolObservation).result as { guests: { id: string }[] }
  between()
  const args = { guest_id: guests[0]?.id as string, phone: '+81 3 5550199' }
  await environment.step([{ tool_name: 'update_guest', arguments: args }])
  between()
  return environment.submit()
}

t.test('cut before each message, an episode goes on in its session, and nothing is done twice', async (t) => {
  await using environment = await connect(proxy.url).make('hotel-chain')
  const before = proxy.accepted()
  const end = await playPhone(environment, () => proxy.cut())
  t.match(end, { reward: 1, terminated: true, observation: { metadata: { step: 3 } } })
  t.equal(proxy.accepted() - before, 3)
  t.match(await environment.verify(), { passed: true })
})

t.test('cut at every point of what the server says, an episode goes on', async (t) => {
  // The handshake's answer is some 130 bytes, a reset's some 7,000.
  const points = [0, 1, 60, 129, 130, 140, 200, 1_000, 4_000, 7_000, 8_000, 8_200, 8_400, 8_600, 8_800, 9_000, 9_400]
  let cutOnes = 0
  for (const point of points) {
    proxy.cutAfter([point, point + 300])
    const before = proxy.accepted()
    await using environment = await connect(proxy.url).make('hotel-chain')
    const end = await playPhone(environment)
    t.match(end, { reward: 1, observation: { metadata: { step: 3 } } }, `cut after ${point} bytes`)
    if (proxy.accepted() - before > 1) cutOnes += 1
    proxy.cutAfter([])
  }
  t.ok(cutOnes >= points.length - 3, `${cutOnes} of ${points.length} were cut at all`)
})

t.test('a vector of episodes comes back whole, forks with their parent', async (t) => {
  await using vector = await connect(proxy.url).vector(200, { domain: 'hotel-chain', task: 'new-phone' })
  for (const outcome of await vector.reset()) t.notOk(outcome instanceof MicrocosmError)
  const call = [{ tool_name: 'find_guests', arguments: { name: 'Mei Tanaka' } }]
  const [first] = await Promise.all([vector.step(Array(200).fill(call)), proxy.cut()])
  t.equal(first.filter((each) => each !== null && 'observation' in each && !each.done).length, 200)
  proxy.cut()
  const ends = await vector.step(Array(200).fill({ type: 'submit' }))
  t.ok(ends.every((each) => ((each as Transition).observation as ToolObservation).metadata.step === 2))

  await using parent = await connect(proxy.url).make('hotel-chain', { task: 'new-phone' })
  await parent.reset()
  const [one, two] = (await parent.fork(2)) as [ClientEnvironment, ClientEnvironment]
  proxy.cut()
  t.match(await Promise.all([one.submit(), parent.verify()]), [{ done: true }, { passed: false }])
  t.match(await two.step('find_guests', { name: 'Mei Tanaka' }), { done: false })
  await one.close()
  await two.close()
})

t.test(
  'what is lost for good is said: the bound of coming back, a session that ended, a reply that does not come',
  async (t) => {
    const own = await startServer({ catalog, config: { port: 0, graceMs: 1 } })
    const way = await startProxy(own.url)
    const client = connect(way.url, { reconnectMs: 800, connectMs: 100, replyMs: 5_000 })
    await using environment = await client.make('hotel-chain')
    await environment.reset({ task: 'new-phone' })

    way.swallow(true)
    way.cut()
    const [code, ms] = await timed(codeOf(environment.submit()))
    t.equal(code, 'CONNECTION_LOST')
    t.ok(ms < 3_000, `${ms} ms`)
    t.equal(await codeOf(environment.submit()), 'CONNECTION_LOST', 'and again, at once')
    way.swallow(false)

    await using late = await client.make('hotel-chain')
    await late.reset({ task: 'new-phone' })
    way.swallow(true)
    way.cut()
    await new Promise((resolve) => setTimeout(resolve, 150)) // beyond the grace
    way.swallow(false)
    const told = await late.submit().catch((error) => error)
    t.match(told, { code: 'UNKNOWN_SESSION', message: /could not be taken up again/ })
    t.match(await playPhone(late), { reward: 1 }, 'a reset begins anew')

    await using patient = await client.make('hotel-chain', { replyMs: 300 })
    await patient.reset({ task: 'new-phone' })
    way.swallow(true)
    const [silent, waited] = await timed(codeOf(patient.submit()))
    t.equal(silent, 'REPLY_TIMEOUT')
    t.ok(waited < 2_000, `${waited} ms`)
    way.swallow(false)
    way.cut()
    await way.close()
    const [closing] = await timed(patient.close())
    t.equal(closing, undefined)
    await own.close()
  },
)

t.test('a slow network is waited for, but not for ever', async (t) => {
  proxy.delay(60)
  await using environment = await connect(proxy.url).make('hotel-chain')
  t.match(await playPhone(environment), { reward: 1 })
  await using hasty = await connect(proxy.url).make('hotel-chain', { replyMs: 30 })
  t.equal(await codeOf(hasty.reset()), 'REPLY_TIMEOUT')
  proxy.delay(0)
})

t.test('a full server says so, at every door', async (t) => {
  const full = await startServer({ catalog, config: { port: 0, sessionsMax: 2 } })
  const client = connect(full.url)
  await using first = await client.make('hotel-chain')
  await first.reset({ task: 'new-phone' })
  await using vector = await client.vector(3, { domain: 'hotel-chain', task: 'new-phone' })
  const codes = (await vector.reset()).map((each) => (each instanceof MicrocosmError ? each.code : 'none'))
  t.same(codes.sort(), ['CAPACITY_REACHED', 'CAPACITY_REACHED', 'none'], 'what befalls one place is no other place’s')
  await using second = await client.make('hotel-chain')
  t.equal(await codeOf(second.reset()), 'CAPACITY_REACHED')
  t.equal(await codeOf(client.make('hotel-chain', { over: 'http' })), 'CAPACITY_REACHED')
  await vector.close()
  await full.close()
})

t.test('nobody there, or nobody who answers: an error in time', async (t) => {
  const [code, ms] = await timed(codeOf(connect('http://127.0.0.1:9').make('hotel-chain')))
  t.equal(code, 'CONNECTION_LOST')
  t.ok(ms < 5_000, `${ms} ms`)
  t.equal(await codeOf(connect('http://127.0.0.1:9').domains()), 'CONNECTION_LOST')
  t.throws(() => connect('nonsense'), { code: 'USAGE' })
  const mute = createServer()
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const { port } = mute.address() as { port: number }
  const quiet = connect(`http://127.0.0.1:${port}`, { replyMs: 300, connectMs: 300 })
  t.equal(await codeOf(quiet.make('hotel-chain')), 'CONNECTION_LOST')
  t.equal(await codeOf(quiet.domains()), 'REPLY_TIMEOUT')
  mute.close()
})

async function spawnServer(port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'library-server.ts'), String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  for (let tries = 0; tries < 600; tries++) {
    const up = await fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (up) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return child
}

t.test(
  'a server that is killed and comes back: who plays is told of sessions that went with it, and plays on',
  async (t) => {
    const free = createServer()
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve))
    const { port } = free.address() as { port: number }
    await new Promise((resolve) => free.close(resolve))
    const kill = async (child: ChildProcess): Promise<void> => {
      const over = new Promise((resolve) => child.on('exit', resolve))
      child.kill('SIGKILL')
      await over
    }
    let child = await spawnServer(port)
    await using environment = await connect(`http://127.0.0.1:${port}`, { reconnectMs: 60_000 }).make('hotel-chain')
    await environment.reset({ task: 'new-phone' })
    await kill(child)
    const asked = environment.submit().then(
      ({ done }) => done,
      (error) => error,
    )
    child = await spawnServer(port)
    const outcome = await asked
    t.ok(outcome === true || outcome.code === 'UNKNOWN_SESSION', `carried on, or said what happened: ${outcome}`)
    t.match(await playPhone(environment), { reward: 1 })
    await kill(child)
  },
)
