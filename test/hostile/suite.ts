/**
 * What hostile programs may and may not do, run on any implementation of a world: each ends in a known code, the serving
 * process lives, and two neighbours, one of the same domain and one of another, go on as if they were alone.
 *
 * All programs that may share a domain do, so that each is the neighbour of all others; one that is refused when it is
 * loaded, or that brings down its process, has a domain of its own.
 */

import type { Test } from 'tap'
import { hotelChain } from '../../envs/library/hotel-chain/index.ts'
import type { Limits } from '../../envs/runtime/limits.ts'
import { defaultLimits } from '../../envs/runtime/limits.ts'
import type { Domain } from '../../schemas/domain.ts'
import { domain as domainSchema } from '../../schemas/domain.ts'
import type { Action, Environment, ToolObservation, Transition } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Json } from '../../schemas/json.ts'
import type { Verification } from '../../schemas/verification.ts'
import { deskInput } from '../envs/runtime/desk.ts'
import type { HostileCase } from './programs.ts'
import { hostileCases } from './programs.ts'

/** Milliseconds of a call: for what nothing but time ends, and for all else, which no machine is too slow for. */
const pace = { hurried: 200, patient: 30_000 } as const
export type Pace = keyof typeof pace

/** Small, so that what must run into them does so soon. */
export const hostileLimits = (at: Pace): Limits => ({
  ...defaultLimits,
  callMs: pace[at],
  isolateMib: 16,
  statementRows: 500,
  callStatements: 2000,
  databaseBytes: 4 << 20,
})

/** Time is short only where it may be what ends a program, and memory is not: which of these two comes first is the machine's. */
export const paceOf = ({ ends, refused, only }: HostileCase): Pace => {
  const codes = [ends].flat()
  if (refused === true || only === 'child') return 'hurried'
  return codes.includes('WORLD_TIMEOUT') && !codes.includes('WORLD_MEMORY') ? 'hurried' : 'patient'
}

/** A domain that is loaded, in whatever process. */
export interface HostileWorld {
  /** A fresh environment; the suite closes it. */
  open(): Environment | Promise<Environment>
  close(): Promise<void> | void
}

export interface HostileOptions {
  /** @throws what loading throws */
  make(domain: Domain, limits: Limits): HostileWorld | Promise<HostileWorld>
  /** Whether it is a process that may be killed: then what only such a one can hold is run as well. */
  killable?: boolean
}

const call = (name: string, args: { [name: string]: Json }): Action => ({
  type: 'call_tool',
  tool_name: name,
  arguments: args,
})

/** The help desk, with a tool for each case: `attack_0`, `attack_1`, … */
export function hostileDomain(id: string, cases: readonly HostileCase[]): Domain {
  const tools = cases.map((_, index) => ({
    name: `attack_${index}`,
    description: 'Does harm.',
    kind: 'write' as const,
    input_schema: { type: 'object', properties: { value: {} }, additionalProperties: false },
    output_schema: {},
    tables: ['ticket'],
  }))
  const functions = cases.map(
    ({ source = '', body }, index) => `${source}\nfunction attack_${index} (args, db, ctx) { ${body}\n}`,
  )
  return domainSchema.parse({
    ...deskInput,
    id,
    version: undefined,
    tools: [...deskInput.tools.filter(({ name }) => !['hang', 'swell', 'crash'].includes(name)), ...tools],
    statements: Object.assign({}, deskInput.statements, ...cases.map(({ statements }) => statements ?? {})),
    program: `${deskInput.program.replace(/^function (hang|swell|crash) .*$/gm, '')}\n${functions.join('\n')}`,
  })
}

/** An honest episode that plays gold, a step at a time, and remembers all it is told. */
export async function honest(environment: Environment, domain: Domain, task: string) {
  const gold = domain.tasks.find(({ id }) => id === task)?.gold
  if (gold === undefined) throw new Error(`no task ${task}`)
  const seen: unknown[] = [await environment.reset({ task, seed: 1 })]
  let next = 0
  return {
    seen,
    async step(): Promise<void> {
      const planned = gold.calls[next++]
      if (planned !== undefined) seen.push(await environment.step(call(planned.tool, planned.arguments)))
    },
    async finish(): Promise<{ seen: unknown[]; verification: Verification }> {
      while (next < gold.calls.length) await this.step()
      seen.push(
        await environment.step({ type: 'submit', ...(gold.answer === undefined ? {} : { answer: gold.answer.value }) }),
      )
      return { seen, verification: await environment.verify() }
    },
  }
}

export interface Ending {
  code: string
  result: string
  transition: Transition<ToolObservation> | null
}

/** @param meanwhile is done while the attack goes on, where its process is another one */
export async function attack(
  environment: Environment,
  tool: string,
  value: Json | undefined,
  meanwhile: () => Promise<void> = async () => {},
): Promise<Ending> {
  await environment.reset({ task: 'close-coffee', seed: 1 })
  const stepped = environment.step(call(tool, value === undefined ? {} : { value }))
  await Promise.all([stepped, meanwhile()])
  const transition = (await stepped) as Transition<ToolObservation>
  const { error_code, result } = transition.observation
  return { code: error_code ?? 'none', result: JSON.stringify(result), transition }
}

export function hostileSuite(t: Test, { make, killable = false }: HostileOptions): void {
  const shared = hostileCases.filter(({ refused, only }) => refused === undefined && only === undefined)
  const alone = hostileCases.filter(({ refused, only }) => refused === true || (only === 'child' && killable))

  /** What neighbours are told where nobody is hostile. */
  const baselineOf = async (world: HostileWorld, domain: Domain, task: string): Promise<string> => {
    const environment = await world.open()
    const episode = await (await honest(environment, domain, task)).finish()
    await environment.close()
    return JSON.stringify(episode)
  }
  const hotelTask = hotelChain.tasks.find(({ gold }) => gold.calls.length >= 3)?.id as string

  /** Two honest episodes that are under way: one step before the attack, one beside it, the rest after it. */
  const neighboursOf = async (world: HostileWorld, domain: Domain, hotel: HostileWorld) => {
    const environments = [await world.open(), await hotel.open()] as const
    const episodes = [
      await honest(environments[0], domain, 'two-tickets'),
      await honest(environments[1], hotelChain, hotelTask),
    ] as const
    const step = async (): Promise<void> => {
      await Promise.all(episodes.map((episode) => episode.step()))
    }
    await step()
    return {
      step,
      async finish(): Promise<string[]> {
        const told: string[] = []
        for (const episode of episodes) told.push(JSON.stringify(await episode.finish()))
        for (const environment of environments) await environment.close()
        return told
      },
    }
  }

  const judge = (t: Test, { ends, result, refusal = false }: HostileCase, ending: Ending): void => {
    t.ok([ends].flat().includes(ending.code), `ends in ${[ends].flat().join(' or ')}`, { found: ending })
    if (ending.code === 'none' && result !== undefined) t.match(ending.result, result)
    if (ending.transition === null) return
    const { reward, truncated, terminated, reason } = ending.transition
    const crashed = !refusal && /^WORLD_/.test(ending.code)
    t.same(
      { reward, truncated, terminated, reason },
      { reward: null, truncated: crashed, terminated: false, reason: crashed ? 'crashed' : null },
    )
    const message = ending.transition.observation.error?.message ?? ''
    t.ok(message.length < 3000, 'what is told is bounded', { length: message.length })
    t.notMatch(message, /node_modules|file:\/\/|\.ts\b|isolated-vm/, 'nothing of the host is told')
    t.ok(JSON.stringify(ending.transition).length < 200_000, 'what comes out is bounded')
  }

  for (const at of ['hurried', 'patient'] as const) {
    const cases = shared.filter((hostile) => paceOf(hostile) === at)
    const which = at === 'hurried' ? 'that time ends' : 'that end before their time'
    t.test(`programs ${which}, which share a domain, its isolate and its context`, async (t) => {
      const domain = hostileDomain(`hostile-${at}`, cases)
      const limits = hostileLimits(at)
      const [world, hotel] = [await make(domain, limits), await make(hotelChain, limits)]
      t.teardown(async () => {
        await world.close()
        await hotel.close()
      })
      const expected = [await baselineOf(world, domain, 'two-tickets'), await baselineOf(hotel, hotelChain, hotelTask)]
      t.match(expected[0], /"passed":true/)
      t.match(expected[1], /"passed":true/)
      const ended = new Set<string>()
      for (const [index, hostile] of cases.entries()) {
        t.test(hostile.name, async (t) => {
          const neighbours = await neighboursOf(world, domain, hotel)
          const attacker = await world.open()
          const ending = await attack(attacker, `attack_${index}`, hostile.value, neighbours.step)
          judge(t, hostile, ending)
          ended.add(ending.code)
          if (hostile.after !== undefined) {
            const other = await world.open()
            const { code, result } = await attack(other, `attack_${index}`, hostile.after.value)
            t.equal(code, 'none')
            const { result: wanted } = hostile.after
            if (wanted === 'same') t.equal(result, ending.result, 'another session is told the same')
            else t.match(result, wanted, 'another session finds nothing of the first')
            await other.close()
          }
          t.same(await neighbours.finish(), expected, 'neighbours are told what they would be alone')
          t.match(await baselineOf(world, domain, 'close-coffee'), /"passed":true/, 'and new ones can begin')
          await attacker.close()
        })
      }
      t.test('each limit was met', async (t) => {
        const met = at === 'hurried' ? ['WORLD_TIMEOUT'] : ['WORLD_MEMORY', 'WORLD_LIMIT', 'WORLD_CRASHED', 'none']
        for (const code of met) t.ok(ended.has(code), code)
      })
    })
  }

  t.test('programs that are refused, or that only a process of their own can hold', async (t) => {
    const hotel = await make(hotelChain, hostileLimits('hurried'))
    t.teardown(() => hotel.close())
    const expected = await baselineOf(hotel, hotelChain, hotelTask)
    for (const hostile of alone) {
      t.test(hostile.name, async (t) => {
        const environment = await hotel.open()
        const stranger = await honest(environment, hotelChain, hotelTask)
        await stranger.step()
        const domain = hostileDomain('alone', [hostile])
        let world: HostileWorld | null = null
        try {
          world = await make(domain, hostileLimits(paceOf(hostile)))
          const attacker = await world.open()
          await attacker.reset({ task: 'close-coffee' })
          if (hostile.only === 'child') {
            const told = [await baselineOf(world, domain, 'two-tickets'), expected]
            const neighbours = await neighboursOf(world, domain, hotel)
            judge(t, hostile, await attack(attacker, 'attack_0', hostile.value, neighbours.step))
            t.same(await neighbours.finish(), told, 'a session that lost its process goes on in the next one')
            const began = await codeOf(attacker.reset({ task: 'close-coffee' }))
            t.equal(began, 'WORLD_QUARANTINED', 'no play begins there any more')
          } else judge(t, hostile, await attack(attacker, 'attack_0', hostile.value))
        } catch (error) {
          if (!(error instanceof MicrocosmError)) throw error
          judge(t, hostile, { code: error.code, result: '', transition: null })
        }
        t.equal(JSON.stringify(await stranger.finish()), expected, 'another domain is told what it would be alone')
        await environment.close()
        await world?.close()
      })
    }
  })
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    return error instanceof MicrocosmError ? error.code : String(error)
  }
  return 'none'
}
