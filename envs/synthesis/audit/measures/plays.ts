/**
 * The reference agents at play: what each gets out of a task. What a do-nothing, a random and a greedy agent score is what
 * the task gives away; planners that err, or have few steps, at several trials tell how hard it is.
 */

import type { Agent, ToolObservation } from '../../../../schemas/environment.ts'
import type { Task } from '../../../../schemas/task.ts'
import { playEpisode } from '../../../agents/play.ts'
import { type AgentParts, createAgent } from '../../../agents/roster.ts'
import { createEnvironment, type LocalEnvironment } from '../../../runtime/environment.ts'
import type { World } from '../../../runtime/world.ts'
import { lexiconDictionary } from '../../lexicon/dictionary.ts'
import { createDraw } from '../../tasks/draw.ts'

/** Agents that must not pass, and what they stand for. */
export const weakAgents = ['noop', 'random', 'read-only', 'list-then-first'] as const
export const trialAgents = ['planner-err:0.1', 'planner-err:0.3', 'planner-err:0.1-steps:6'] as const
export const trialsEach = 8

export interface PlayFigures {
  /** Agent → whether it passed, 1 or 0; of the weak ones and the planner. */
  scores: Record<string, number>
  /** Agent → how many of its trials passed. */
  trials: Record<string, number>
  /** Calls of the random agent that its tools' schemas allow, and those that failed otherwise than by the program's refusal. */
  legal: number
  unexpected: number
}

const parts = (seed: string): AgentParts => ({
  chance: (text) => createDraw(text).next,
  seed,
  dictionary: lexiconDictionary,
})

/** What a do-nothing, a random, a read-only and a greedy agent score at a task, 1 or 0 each: what its certificate may carry. */
export async function referenceScores(world: World, task: Task, seed = '0'): Promise<Record<string, number>> {
  const { scores } = await measurePlays(world, task, { seed, trials: 0, agents: weakAgents })
  return scores
}

export interface PlayOptions {
  seed: string
  trials?: number
  agents?: readonly string[]
}

export async function measurePlays(
  world: World,
  task: Task,
  { seed, trials = trialsEach, agents = [...weakAgents, 'planner'] }: PlayOptions,
): Promise<PlayFigures> {
  const figures: PlayFigures = { scores: {}, trials: {}, legal: 0, unexpected: 0 }
  await using environment = createEnvironment(world)
  for (const name of agents) {
    const legal = name === 'random'
    figures.scores[name] = Number(
      await passes(environment, createAgent(name, parts(seed)), task, ({ error }) => {
        if (!legal) return
        figures.legal += 1
        if (error !== null && error.error_type !== 'execution_error') figures.unexpected += 1
      }),
    )
  }
  for (const name of trials === 0 ? [] : trialAgents) {
    let passed = 0
    for (let trial = 0; trial < trials; trial += 1)
      passed += Number(await passes(environment, createAgent(name, parts(`${seed}/${name}/${trial}`)), task))
    figures.trials[name] = passed
  }
  return figures
}

async function passes(
  environment: LocalEnvironment,
  agent: Agent,
  task: Task,
  onCall: (observation: ToolObservation) => void = () => {},
): Promise<boolean> {
  const { verification, steps } = await playEpisode(environment, agent, { task: task.id, seed: 0 })
  for (const { action, transition } of steps)
    if (action.type === 'call_tool') onCall(transition.observation as ToolObservation)
  return verification.passed
}
