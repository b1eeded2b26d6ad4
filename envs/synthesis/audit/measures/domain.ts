/** One domain's share of the ten measures: counts that add up over a catalogue. */

import { MicrocosmError } from '../../../../schemas/errors.ts'
import type { Task } from '../../../../schemas/task.ts'
import { depthOf } from '../../../../schemas/task.ts'
import { verifyPlay } from '../../../runtime/verify.ts'
import type { World } from '../../../runtime/world.ts'
import { createDraw } from '../../tasks/draw.ts'
import { brokenReference } from '../storm.ts'
import { nearestPeer } from './peers.ts'
import { measurePlays, type PlayFigures } from './plays.ts'
import { lookAlikes, skeletonOf, structureOf } from './shape.ts'
import { measureVerifier, type VerifierFigures } from './verifier.ts'

export interface DomainMeasures {
  /** Tasks in all, and those that were played. */
  tasks: number
  played: TaskMeasures[]
  /** Of all tasks: how many gold calls, and the longest chain of them. */
  lengths: number[]
  chains: number[]
  languages: Record<string, number>
  kinds: Record<string, number>
  /** Tasks with an argument from an earlier result; those that only read; with a refusal declared; decided by the exact calls. */
  chained: number
  reading: number
  refusing: number
  exact: number
  skeletons: string[]
  /** Name and arguments of each tool, and how many of them some task uses. */
  tools: { name: string; arguments: string }[]
  toolsUsed: number
  structures: string[]
  scenarios: number
  brokenScenarios: number
  peer: { peer: string; overlap: number }
}

export interface TaskMeasures extends VerifierFigures, PlayFigures {
  id: string
  length: number
  writes: boolean
  language: string
  /** Gold executes, changes something or has an answer, passes, and leads twice to the state its certificate says. */
  goldHolds: boolean
  lookAlikes: number
}

export interface MeasureOptions {
  seed: number
  /** Tasks of each domain that are played, drawn by the seed; all where absent. */
  sample?: number
}

export async function measureDomain(world: World, { seed, sample }: MeasureOptions): Promise<DomainMeasures> {
  const { domain } = world
  const { tasks } = domain
  const chosen = new Set(
    createDraw(`${seed}/${domain.id}/measures`)
      .shuffle(tasks)
      .slice(0, sample ?? tasks.length)
      .map(({ id }) => id),
  )
  const played: TaskMeasures[] = []
  for (const task of tasks) if (chosen.has(task.id)) played.push(await measureTask(world, task, seed))
  const kinds = new Map(domain.tools.map(({ name, kind }) => [name, kind]))
  const isWriting = ({ gold }: Task): boolean => gold.calls.some(({ tool }) => kinds.get(tool) === 'write')
  const used = new Set(tasks.flatMap(({ gold }) => gold.calls.map(({ tool }) => tool)))
  const languages: Record<string, number> = {}
  for (const { language } of tasks) languages[language] = (languages[language] ?? 0) + 1
  const asked: Record<string, number> = {}
  for (const kind of tasks.flatMap((task) => task.kinds ?? [])) asked[kind] = (asked[kind] ?? 0) + 1
  const count = (holds: (task: Task) => boolean): number => tasks.filter(holds).length
  return {
    tasks: tasks.length,
    played,
    lengths: tasks.map(({ gold }) => gold.calls.length),
    chains: tasks.map(({ gold, certificate }) => depthOf(gold, certificate?.origins)),
    languages,
    kinds: asked,
    chained: count(({ certificate }) => certificate?.origins.some(({ output }) => output !== undefined) === true),
    reading: count((task) => !isWriting(task) && task.gold.answer !== undefined),
    refusing: count(({ gold }) => gold.calls.some(({ expect_error }) => expect_error !== undefined)),
    exact: count((task) => !isWriting(task) && task.gold.answer === undefined),
    skeletons: tasks.map(skeletonOf),
    tools: domain.tools.map(({ name, input_schema }) => ({
      name,
      arguments: Object.keys((input_schema.properties ?? {}) as object)
        .sort()
        .join(),
    })),
    toolsUsed: domain.tools.filter(({ name }) => used.has(name)).length,
    structures: domain.tables.map(structureOf),
    scenarios: domain.scenarios.length,
    brokenScenarios: domain.scenarios.filter(({ id }) => isBroken(world, id)).length,
    peer: nearestPeer(domain.tools.map(({ name }) => name)),
  }
}

async function measureTask(world: World, task: Task, seed: number): Promise<TaskMeasures> {
  return {
    id: task.id,
    length: task.gold.calls.length,
    writes: task.gold.calls.some(({ tool }) => world.tool(tool)?.kind === 'write'),
    language: task.language,
    goldHolds: goldHolds(world, task),
    lookAlikes: lookAlikes(world.domain, task),
    ...measureVerifier(world, task),
    ...(await measurePlays(world, task, { seed: String(seed) })),
  }
}

function goldHolds(world: World, task: Task): boolean {
  const play = world.start(task.scenario)
  try {
    const gold = world.gold(task)
    for (const { tool, arguments: args, expect_error } of task.gold.calls) {
      const outcome = play.call(tool, args)
      if ((outcome.ok ? undefined : outcome.error.code) !== expect_error) return false
    }
    const answer = task.gold.answer?.value
    const { passed } = verifyPlay(world, task, play, {
      calls: task.gold.calls,
      ...(answer !== undefined && { answer }),
    })
    const same = play.digest() === gold.digest && gold.digest === (task.certificate?.digest ?? gold.digest)
    return passed && same && (gold.changes.length > 0 || answer !== undefined)
  } catch (error) {
    if (error instanceof MicrocosmError) return false
    throw error
  } finally {
    play.close()
  }
}

function isBroken(world: World, scenario: string): boolean {
  const play = world.start(scenario)
  try {
    return brokenReference(world.domain, play) !== ''
  } finally {
    play.close()
  }
}
