/**
 * `Environment` on this machine, in this process: an episode, a play and a task put together.
 *
 * What an agent does wrong is an observation and play goes on; what the world does wrong truncates the episode and
 * leaves the reward null. `submit` and `send_message` are actions of their own and, for clients that can only call
 * tools, tools as well.
 */

import { createHash } from 'node:crypto'
import type {
  Action,
  Environment,
  ResetObservation,
  ResetOptions,
  ToolObservation,
  Transition,
} from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'
import { forkLimit } from '../../schemas/messages.ts'
import type { Task } from '../../schemas/task.ts'
import { stepLimit } from '../../schemas/task.ts'
import type { ToolSpec } from '../../schemas/tool.ts'
import type { Episode } from './episode.ts'
import { createEpisode } from './episode.ts'
import type { RewardMode } from './verify.ts'
import { callsDecide, verifyPlay } from './verify.ts'
import type { Play, World } from './world.ts'

export interface EnvironmentOptions {
  reward?: RewardMode
  /** Where a seed comes from when reset brings none; the same for all unless given. */
  pickSeed?: () => number
}

/** The environment's view of itself, for servers: OpenEnv's state message. */
export interface LocalEnvironment extends Environment {
  state(): { episode_id: string | null; step_count: number }
}

const submitTool: ToolSpec = {
  name: 'submit',
  description: 'Ends the episode: call it when the task is done, with the answer where one was asked for.',
  input_schema: {
    type: 'object',
    properties: { answer: { description: 'The fact that was asked for; leave it out where none was.' } },
    additionalProperties: false,
  },
}

interface Running {
  task: Task
  play: Play
  seed: number
  episodeId: string
  calls: { tool: string; arguments: JsonObject }[]
  answer?: Json
}

export function createEnvironment(
  world: World,
  { reward = 'binary', pickSeed = () => 0 }: EnvironmentOptions = {},
): LocalEnvironment {
  return environmentFrom(world, { reward, pickSeed }, createEpisode(), null)
}

function environmentFrom(
  world: World,
  options: Required<EnvironmentOptions>,
  episode: Episode,
  from: Running | null,
): LocalEnvironment {
  let running = from
  const specs: ToolSpec[] = [
    ...world.domain.tools.map(({ name, description, input_schema }) => ({ name, description, input_schema })),
    submitTool,
  ]

  const drop = (): void => {
    running?.play.close()
    running = null
    episode.drop()
  }
  const verify = () => {
    episode.requireBegun('verify')
    const { task, play, calls, answer } = running as Running
    return verifyPlay(world, task, play, { calls, ...(answer === undefined ? {} : { answer }) }, options.reward)
  }
  const transition = <O>(observation: O): Transition<O> => {
    const ended = episode.phase === 'ended'
    const truncated =
      ended && (episode.reason === 'step_limit' || episode.reason === 'time_limit' || episode.reason === 'crashed')
    const given = ended && episode.reason !== 'crashed' ? verify().reward : null
    return {
      observation,
      reward: given,
      done: ended,
      terminated: ended && !truncated,
      truncated,
      reason: ended ? episode.reason : null,
    }
  }
  const toolObservation = (name: string, result: Json, error: ToolObservation['error']): ToolObservation => ({
    tool_name: name,
    result,
    error,
    metadata: { step: episode.steps },
  })
  /** What ends a step that neither terminates nor crashes. */
  const counted = (make: () => ToolObservation): Transition<ToolObservation> => {
    if (episode.count()) episode.end('step_limit')
    return transition(make())
  }
  const callTool = (name: string, args: JsonObject): Transition<ToolObservation> => {
    const { play, calls } = running as Running
    calls.push({ tool: name, arguments: args })
    try {
      const outcome = play.call(name, args)
      return counted(() =>
        outcome.ok ? toolObservation(name, outcome.result, null) : toolObservation(name, null, outcome.error),
      )
    } catch (error) {
      if (!(error instanceof MicrocosmError) || error.fault !== 'environment') throw error
      episode.count()
      episode.end('crashed')
      const errorType = error.code === 'WORLD_TIMEOUT' ? 'timeout' : 'execution_error'
      return transition(
        toolObservation(name, null, { error_type: errorType, code: error.code, message: error.message }),
      )
    }
  }
  const submit = (answer: Json | undefined): Transition<ToolObservation> => {
    if (answer !== undefined) (running as Running).answer = answer
    episode.count()
    episode.end('submitted')
    return transition(toolObservation('submit', { submitted: true }, null))
  }
  const message = (): Transition<ToolObservation> =>
    counted(() =>
      toolObservation('send_message', null, {
        error_type: 'execution_error',
        code: 'NO_USER',
        message: 'This episode has no user to talk to.',
      }),
    )

  return {
    async reset(asked: ResetOptions = {}) {
      if (asked.user !== undefined && asked.user !== 'none') {
        throw new MicrocosmError(
          'NO_USER',
          `The domain "${world.domain.id}" has no simulated user of the kind "${asked.user}": reset with user "none".`,
        )
      }
      const seed = asked.seed ?? options.pickSeed()
      const task = chooseTask(world, asked, seed)
      const gold = world.gold(task)
      drop() // a reset that fails must not leave a half-open world to step in
      const play = world.start(task.scenario)
      running = { task, play, seed, episodeId: asked.episode_id ?? episodeIdOf(world, task, seed), calls: [] }
      episode.begin(stepLimit(task))
      const view = {
        domain: world.domain.id,
        version: world.domain.version ?? '',
        task: task.id,
        intent: task.intent,
        policy: world.domain.policy,
        tools: specs,
        step_limit: stepLimit(task),
        seed,
        calls_decide: callsDecide(task, gold),
      }
      const observation: ResetObservation = { ...view, metadata: { ...view, episode_id: running.episodeId } }
      return transition(observation)
    },
    async step(action: Action) {
      if (action.type === 'list_tools') return transition({ tools: specs })
      episode.requireRunning('step')
      if (action.type === 'submit') return submit(action.answer)
      if (action.type === 'message') return message()
      if (action.tool_name === 'submit') return submit(action.arguments.answer)
      if (action.tool_name === 'send_message') return message()
      return callTool(action.tool_name, action.arguments)
    },
    async verify() {
      return verify()
    },
    async fork(count: number) {
      episode.requireBegun('fork')
      if (!Number.isInteger(count) || count < 1 || count > forkLimit) {
        throw new MicrocosmError(
          'FORK_LIMIT',
          `${count} forks were asked for; 1 to ${forkLimit} can be made at once.`,
          { count },
        )
      }
      const { play, calls, ...rest } = running as Running
      return Array.from({ length: count }, () =>
        environmentFrom(world, options, episode.copy(), { ...rest, calls: [...calls], play: play.fork() }),
      )
    },
    async close() {
      drop()
    },
    state: () => ({ episode_id: running?.episodeId ?? null, step_count: episode.steps }),
    async [Symbol.asyncDispose]() {
      drop()
    },
  }
}

function chooseTask(world: World, { task, split = 'train' }: ResetOptions, seed: number): Task {
  if (task !== undefined) return world.task(task)
  const choice = world.domain.tasks.filter((candidate) => candidate.split === split)
  const all = choice.length > 0 ? choice : world.domain.tasks
  const found = all[hashOf(`${world.domain.id}/${seed}`) % Math.max(1, all.length)]
  if (found === undefined) throw new MicrocosmError('UNKNOWN_TASK', `The domain "${world.domain.id}" has no tasks.`)
  return found
}

const hashOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0)

function episodeIdOf(world: World, task: Task, seed: number): string {
  return `${world.domain.id}/${task.id}/${seed}`
}
