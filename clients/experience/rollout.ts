/** One rollout: an agent plays one task in an environment, from reset to whatever ends it, and all of it is written down. */

import type {
  Action,
  Environment,
  ResetObservation,
  ResetOptions,
  ToolObservation,
  Transition,
} from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import type { Verification } from '../../schemas/verification.ts'
import type { SpeakingAgent } from './conversation.ts'
import type { Job } from './jobs.ts'

export interface RolloutOptions {
  environment: Environment
  agent: SpeakingAgent
  job: Job
  user?: ResetOptions['user']
  /** Milliseconds, for the timings alone. */
  clock: () => number
}

/**
 * @throws what the environment throws, and MODEL_FAILED where it may pass by itself: neither is the agent's fault, so there
 * is no trajectory. Whatever else an agent breaks of ends its trajectory, and stands in it.
 */
export async function playRollout({ environment, agent, job, user, clock }: RolloutOptions): Promise<Trajectory> {
  const began = clock()
  const spent = { agent_ms: 0, world_ms: 0 }
  const timed = async <T>(whose: keyof typeof spent, work: () => Promise<T> | T): Promise<T> => {
    const from = clock()
    try {
      return await work()
    } finally {
      spent[whose] += clock() - from
    }
  }
  const options: ResetOptions = {
    task: job.task,
    seed: job.seed,
    ...(user !== undefined && user !== 'none' && { user }),
  }
  const { observation } = await timed('world_ms', () => environment.reset(options))
  requireVersion(job, observation)

  const actionsMax = 2 * observation.step_limit + 50 // what costs no step must end, too
  let last: Transition | null = null
  let steps = 0
  let stop: NonNullable<Trajectory['stop']> = 'ended'
  let failure: Trajectory['failure']
  try {
    await timed('agent_ms', () => agent.begin(observation))
    for (let actions = 0; last === null || !last.done; actions += 1) {
      if (actions >= actionsMax) {
        stop = 'budget'
        break
      }
      const before: Transition | null = last
      const action: Action | null = await timed('agent_ms', () => agent.act(before))
      if (action === null) {
        stop = 'gave_up'
        break
      }
      const came: Transition = await timed('world_ms', () => step(environment, action))
      steps += countSteps(action, came)
      last = came
    }
  } catch (error) {
    if (error instanceof EnvironmentFailure) throw error.cause
    if (error instanceof MicrocosmError && error.details.passing === true) throw error
    stop = 'failed'
    failure = failureOf(error)
  }
  if (stop === 'ended') agent.end(last)
  const crashed = last?.reason === 'crashed'
  const verification = crashed ? null : await timed('world_ms', () => verify(environment))
  const said = agent.transcript()
  if (stop === 'gave_up') stop = said.stop ?? stop
  const { session } = observation.metadata
  return {
    domain: job.domain,
    version: observation.version,
    task: job.task,
    trial: job.trial,
    seed: job.seed,
    agent: agent.name,
    about: job.about,
    messages: said.messages,
    calls: said.calls,
    tools: observation.tools,
    steps,
    terminated: last?.terminated ?? false,
    truncated: last?.truncated ?? false,
    reason: last?.reason ?? null,
    reward: last?.reward ?? null,
    stop,
    ...(failure !== undefined && { failure }),
    verification,
    ...(said.tokens !== undefined && { tokens: said.tokens }),
    timing: {
      total_ms: rounded(clock() - began),
      agent_ms: rounded(spent.agent_ms),
      world_ms: rounded(spent.world_ms),
    },
    ...(session !== undefined && { session }),
  }
}

/** What doing nothing and submitting is rewarded with. */
export async function playNoop(
  environment: Environment,
  { task }: Job,
  user: ResetOptions['user'],
): Promise<number | null> {
  await environment.reset({ task, seed: 0, ...(user !== undefined && user !== 'none' && { user }) })
  return (await environment.step({ type: 'submit' })).reward
}

/** So that what the environment throws is told from what the agent throws, both being awaited in one loop. */
class EnvironmentFailure extends Error {}

async function step(environment: Environment, action: Action): Promise<Transition> {
  try {
    return await environment.step(action)
  } catch (error) {
    throw new EnvironmentFailure('the environment failed', { cause: error })
  }
}

/** Null where whoever plays may not ask. */
async function verify(environment: Environment): Promise<Verification | null> {
  try {
    return await environment.verify()
  } catch (error) {
    if (error instanceof MicrocosmError && error.code === 'NOT_PERMITTED') return null
    throw error
  }
}

function requireVersion({ domain, version }: Job, observation: ResetObservation): void {
  if (version === '' || version === observation.version) return
  throw new MicrocosmError(
    'VERSION_MISMATCH',
    `Version ${observation.version} of "${domain}" is played here; ${version} was listed when the run began.`,
  )
}

function countSteps(action: Action, { observation }: Transition): number {
  if (action.type === 'list_tools') return 0
  if (action.type !== 'call_tools') return 1
  return (observation as { results: ToolObservation[] }).results.length
}

function failureOf(error: unknown): NonNullable<Trajectory['failure']> {
  if (error instanceof MicrocosmError) return { code: error.code, message: error.message }
  return { code: 'AGENT_FAILED', message: String((error as Error)?.message ?? error).slice(0, 500) }
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100
