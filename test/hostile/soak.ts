/**
 * How long the walls hold: the hostile suite again and again, and honest episodes beside hostile ones that go on all the
 * while, in this process and in processes that may be killed. Each honest episode must be told, and verified, to the byte as
 * one that is alone.
 *
 * A script and no test, because it takes a quarter of an hour: `node test/hostile/soak.ts [--rounds 10] [--episodes 500] [--json]`.
 * Progress goes to stderr; it exits with 1 where anything differs.
 */

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { hotelChain } from '../../envs/library/hotel-chain/index.ts'
import type { Domain } from '../../schemas/domain.ts'
import type { HostileCase } from './programs.ts'
import { hostileCases } from './programs.ts'
import type { HostileOptions, HostileWorld } from './suite.ts'
import { attack, honest, hostileDomain, hostileLimits, paceOf } from './suite.ts'
import { childMaker, makeLocal } from './worlds.ts'

/** Honest episodes that are under way at once. */
const players = 8

interface Round {
  file: string
  round: number
  seconds: number
  passed: number
  failed: number
}

interface Beside {
  honest: number
  /** Of these, told and verified as if alone. */
  asAlone: number
  hostile: number
  /** Hostile episodes that ended in no code that was stated. */
  astray: string[]
  /** How the hostile ones ended → how many. */
  codes: Record<string, number>
  seconds: number
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    episodes: { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
  },
})
const [rounds, episodes] = [Number(values.rounds), Number(values.episodes)]
const say = (words: string): void => void process.stderr.write(`${words}\n`)

/** One test file in a process of its own, as a test runner would start it. */
function runFile(file: string, round: number): Promise<Round> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(process.execPath, [join(import.meta.dirname, file)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TAP_TIMEOUT: '600' },
    })
    let [passed, failed, rest] = [0, 0, '']
    child.stdout.on('data', (data: Buffer) => {
      const lines = (rest + data.toString('utf8')).split('\n')
      rest = lines.pop() as string
      for (const line of lines) {
        if (/^ *ok .* # time=/.test(line)) continue // a test that holds others
        if (/^ *ok \d/.test(line)) passed += 1
        if (!/^ *not ok \d/.test(line)) continue
        failed += 1
        say(`${file}, round ${round}: ${line.trim()}`)
      }
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code !== 0 && failed === 0) {
        failed += 1
        say(`${file}, round ${round}: ended with ${signal ?? code}`)
      }
      resolve({ file, round, seconds: (performance.now() - began) / 1000, passed, failed })
    })
  })
}

const told = async (world: HostileWorld, domain: Domain, task: string): Promise<string> => {
  const environment = await world.open()
  const episode = await honest(environment, domain, task)
  for (const _ of domain.tasks.find(({ id }) => id === task)?.gold.calls ?? []) {
    await turn() // every step leaves room for somebody else's
    await episode.step()
  }
  const all = JSON.stringify(await episode.finish())
  await environment.close()
  return all
}

/** Worlds that a hostile domain and an honest one run in, and what honest episodes are told where they are alone. */
async function quietly(make: HostileOptions['make'], domain: Domain, cases: readonly HostileCase[]) {
  const limits = hostileLimits(paceOf(cases[0] as HostileCase))
  const alone = new Map<string, string>()
  const quiet = await make(domain, limits)
  for (const { id } of domain.tasks) alone.set(id, await told(quiet, domain, id))
  await quiet.close()
  return { domain, cases, alone, world: await make(domain, limits) }
}

async function beside(name: string, make: HostileOptions['make'], killable: boolean): Promise<Beside> {
  const began = performance.now()
  const figures: Beside = { honest: 0, asAlone: 0, hostile: 0, astray: [], codes: {}, seconds: 0 }
  const plain = hostileCases.filter(({ refused, only }) => refused === undefined && only === undefined)
  const groups = [
    await quietly(make, hotelChain, plain.slice(0, 1)),
    ...(await Promise.all(
      (['hurried', 'patient'] as const).map((at) => {
        const cases = plain.filter((hostile) => paceOf(hostile) === at)
        return quietly(make, hostileDomain(`hostile-${at}`, cases), cases)
      }),
    )),
  ]
  const parts = groups.flatMap(({ domain, alone, world }) =>
    domain.tasks.map(({ id }) => ({ domain, alone, world, id })),
  )
  const strike = async (world: HostileWorld, hostile: HostileCase, tool: string): Promise<void> => {
    const attacker = await world.open()
    const { code } = await attack(attacker, tool, hostile.value)
    await attacker.close()
    figures.hostile += 1
    const known = /^[a-zA-Z_]{1,32}$/.test(code) ? code : 'another of its own'
    figures.codes[known] = (figures.codes[known] ?? 0) + 1
    if (![hostile.ends].flat().includes(code)) figures.astray.push(`${hostile.name}: ${code}`)
  }
  const played = async (world: HostileWorld, domain: Domain, id: string, alone: Map<string, string>): Promise<void> => {
    const same = (await told(world, domain, id)) === alone.get(id)
    figures.honest += 1
    if (same) figures.asAlone += 1
    else say(`${name}: an episode of ${domain.id}/${id} was told something else than alone`)
    if (figures.honest % 50 === 0)
      say(`${name}: ${figures.honest} honest episodes beside ${figures.hostile} hostile ones`)
  }

  let passes = 0 // of hostile groups that have been through all their programs
  const wanted = groups.length - 1 + (killable ? 1 : 0)
  const enough = (): boolean => figures.honest >= episodes && passes >= wanted
  const attackers = groups.slice(1).map(async ({ world, cases }) => {
    for (let pass = 0; !enough(); pass++) {
      for (const [index, hostile] of cases.entries()) {
        await strike(world, hostile, `attack_${index}`)
        await turn()
        if (pass > 0 && enough()) break
      }
      if (pass === 0) passes += 1
    }
  })
  /** What brings its process down, each time another one, under honest episodes of the same domain. */
  const killers = async (): Promise<void> => {
    const cases = hostileCases.filter(({ only }) => only === 'child')
    for (let pass = 0; !enough(); pass++) {
      for (const hostile of cases) {
        const { domain, alone, world } = await quietly(make, hostileDomain('alone', [hostile]), [hostile])
        const begun = domain.tasks.map(async ({ id }) => {
          const environment = await world.open()
          return { id, environment, episode: await honest(environment, domain, id) }
        })
        const neighbours = await Promise.all(begun)
        for (const { episode } of neighbours) await episode.step()
        await strike(world, hostile, 'attack_0')
        for (const { id, environment, episode } of neighbours) {
          figures.honest += 1
          if (JSON.stringify(await episode.finish()) === alone.get(id)) figures.asAlone += 1
          else say(`${name}: an episode of alone/${id} was told something else than alone (${hostile.name})`)
          await environment.close()
        }
        await world.close()
        if (pass > 0 && enough()) break
      }
      if (pass === 0) passes += 1
    }
  }
  let next = 0
  const honestPlayers = Array.from({ length: players }, async () => {
    while (!enough()) {
      const { world, domain, id, alone } = parts[next++ % parts.length] as (typeof parts)[number]
      await played(world, domain, id, alone)
    }
  })
  await Promise.all([...attackers, ...honestPlayers, ...(killable ? [killers()] : [])])
  for (const { world } of groups) await world.close()
  figures.seconds = (performance.now() - began) / 1000
  return figures
}

const children = childMaker()
const inProcess = await beside('in process', makeLocal, false)
const inChild = await beside('in a child process', children.make, true)
await children.close()
const suite: Round[] = []
for (let round = 1; round <= rounds; round++) {
  for (const file of ['local.test.ts', 'child.test.ts']) {
    const run = await runFile(file, round)
    suite.push(run)
    say(`${file}, round ${round} of ${rounds}: ${run.passed} passed, ${run.failed} failed, ${run.seconds.toFixed(1)} s`)
  }
}
const sound =
  [inProcess, inChild].every(({ honest, asAlone, astray }) => honest === asAlone && astray.length === 0) &&
  suite.every(({ failed }) => failed === 0)
const report = { programs: hostileCases.length, inProcess, inChild, suite, sound }
if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
else {
  for (const [name, { honest, asAlone, hostile, codes, astray, seconds }] of [
    ['in process', inProcess],
    ['in a child process', inChild],
  ] as const) {
    process.stdout.write(
      `${name}: ${asAlone} of ${honest} honest episodes as if alone, beside ${hostile} hostile ones, in ${seconds.toFixed(0)} s\n` +
        `  ${Object.entries(codes)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([code, count]) => `${code} ${count}`)
          .join(', ')}\n${astray.map((each) => `  astray: ${each}\n`).join('')}`,
    )
  }
  const failed = suite.filter((run) => run.failed > 0).length
  process.stdout.write(`the suite: ${suite.length - failed} of ${suite.length} runs of a file without a fault\n`)
}
process.exitCode = sound ? 0 : 1
