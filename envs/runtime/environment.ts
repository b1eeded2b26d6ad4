/**
 * `Environment` on this machine: an episode, a play and a task put together. The play may go on in this process or in a
 * child; what knows gold (the task, verify) is always here.
 *
 * What an agent does wrong is an observation and play goes on; what the world does wrong truncates the episode and
 * leaves the reward null. Every action is logged, and from its log an environment is rebuilt in another process.
 * `submit` and `send_message` are actions of their own and, for clients that can only call tools, tools as well. With a
 * user, what the user says first stands where the intent would.
 */

import { createHash } from 'node:crypto'
import type { Domain } from '../../schemas/domain.ts'
import type {
  Action,
  ChatModel,
  Environment,
  EpisodeLog,
  LogEntry,
  ResetObservation,
  ResetOptions,
  ToolErrorValue,
  ToolObservation,
  Transition,
  UserLine,
} from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'
import { forkLimit } from '../../schemas/messages.ts'
import type { Task } from '../../schemas/task.ts'
import { stepLimit, talkLimit } from '../../schemas/task.ts'
import type { ToolSpec } from '../../schemas/tool.ts'
import type { Episode } from './episode.ts'
import { createEpisode } from './episode.ts'
import type { SimulatedUser } from './users/index.ts'
import { createUser, isUsers, needsUser } from './users/index.ts'
import type { Conduct, RewardMode, VerifyOptions } from './verify.ts'
import { callsDecide, rewardOf, verifyOutcome } from './verify.ts'
import type { CallOutcome, Changed, GoldRun } from './world.ts'

type Awaitable<T> = T | Promise<T>

/** What an environment needs of a world: one in this process answers at once, one in a child process later. */
export interface EnvironmentWorld {
  readonly domain: Domain
  /** @throws UNKNOWN_TASK */
  task(id: string): Task
  /** @throws UNKNOWN_SCENARIO, WORLD_QUARANTINED */
  start(scenario: string): Awaitable<EnvironmentPlay>
  /** @throws GOLD_FAILED, WORLD_QUARANTINED */
  gold(task: Task): Awaitable<GoldRun>
}

export interface EnvironmentPlay {
  /** @throws errors whose fault is the environment's; nothing is changed then */
  call(tool: string, args: JsonObject): Awaitable<CallOutcome>
  outcome(): Awaitable<Changed>
  fork(count: number): Awaitable<EnvironmentPlay[]>
  park(): void
  close(): void
}

export interface EnvironmentOptions {
  reward?: RewardMode
  /** Where a seed comes from when reset brings none; the same for all unless given. */
  pickSeed?: () => number
  /** Milliseconds from reset after which the next action truncates the episode (reason time_limit). */
  episodeMs?: number
  /** Milliseconds that one step, or what a user says first, may take (STEP_TIMEOUT; the episode is truncated as crashed). */
  stepMs?: number
  /** The clock of those limits, in milliseconds; no world ever sees it. */
  clock?: () => number
  /** Who plays the user where a reset asks for `model`. */
  userModel?: ChatModel | null
}

/** What an action came to, and what the log holds of it. */
export interface Performed {
  transition: Transition
  /** None for list_tools; for several calls one each. */
  entries: LogEntry[]
}

/** With what a server needs besides. */
export interface LocalEnvironment extends Environment {
  /** A reset, with what it settled on. */
  begin(options: ResetOptions): Promise<{ transition: Transition<ResetObservation>; log: EpisodeHead }>
  /** A step, with what the log holds of it. */
  perform(action: Action): Promise<Performed>
  /** The reset of a log once more. @throws VERSION_MISMATCH */
  beginAgain(log: EpisodeHead): Promise<Transition<ResetObservation>>
  /** A step of a log once more: what a model said then is said again, what crashed crashes. */
  performAgain(action: Action, entries: readonly LogEntry[]): Promise<Transition>
  /** So many milliseconds of the episode's time have gone by before now. */
  age(ms: number): void
  /** OpenEnv's state message. */
  state(): { episode_id: string | null; step_count: number }
  /** What has been done since reset; null before it. Grows with the episode: copy it to keep it. */
  log(): EpisodeLog | null
  /** Lets go of what an idle session does not need; the next call takes it up again and cannot tell. */
  park(): void
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

/** Where a user is there to talk to. */
export const sendMessageTool: ToolSpec = {
  name: 'send_message',
  description:
    'Says something to the user. What the user answers is the result, or, where a person is the user, comes with a later one in metadata.messages.',
  input_schema: {
    type: 'object',
    properties: { content: { type: 'string' } },
    required: ['content'],
    additionalProperties: false,
  },
}

interface Running {
  task: Task
  gold: GoldRun
  play: EnvironmentPlay
  seed: number
  episodeId: string
  /** The clock at reset. */
  began: number
  entries: LogEntry[]
  user: SimulatedUser | null
  /** What a model said first. */
  opening: UserLine | null
}

type LoggedAction = LogEntry['action']

/** What a reset settled on. */
export type EpisodeHead = Omit<EpisodeLog, 'entries'>

export function createEnvironment(world: EnvironmentWorld, options: EnvironmentOptions = {}): LocalEnvironment {
  return environmentFrom(world, complete(options), createEpisode(), null).environment
}

/**
 * The environment that has this log, in the same state, its next observations the same.
 * @throws VERSION_MISMATCH where the log is of another domain or version
 */
export async function rebuildEnvironment(
  world: EnvironmentWorld,
  log: EpisodeLog,
  options: EnvironmentOptions = {},
): Promise<LocalEnvironment> {
  return (await rebuild(world, log, options)).environment
}

async function rebuild(world: EnvironmentWorld, log: EpisodeLog, options: EnvironmentOptions): Promise<Rebuildable> {
  const rebuilt = environmentFrom(world, complete(options), createEpisode(), null)
  await rebuilt.environment.beginAgain(log)
  for (const entry of log.entries) await rebuilt.replay(entry)
  return rebuilt
}

/** @throws VERSION_MISMATCH */
function requireVersion({ domain, version }: EpisodeHead, { id, version: own = '' }: Domain): void {
  if (domain === id && version === own) return
  throw new MicrocosmError(
    'VERSION_MISMATCH',
    `The log is of "${domain}" in version ${version}; this is "${id}" in version ${own}.`,
  )
}

/**
 * What was shown after each action of a log, played once more: null for one that was not done again, since it crashed the
 * world or came too late.
 * @throws VERSION_MISMATCH
 */
export async function replayEpisode(world: EnvironmentWorld, log: EpisodeLog): Promise<(ToolObservation | null)[]> {
  const { environment, replay } = await rebuild(world, { ...log, entries: [] }, {})
  const shown: (ToolObservation | null)[] = []
  try {
    for (const entry of log.entries) {
      const { observation } = await replay(entry)
      shown.push(entry.ended === undefined ? observation : null)
    }
  } finally {
    await environment.close()
  }
  return shown
}

const complete = ({
  reward = 'binary',
  pickSeed = () => 0,
  episodeMs = 4 * 3_600_000,
  stepMs = 60_000,
  clock = () => performance.now(),
  userModel = null,
}: EnvironmentOptions): Required<EnvironmentOptions> => ({ reward, pickSeed, episodeMs, stepMs, clock, userModel })

interface Rebuildable {
  environment: LocalEnvironment
  /** Takes an action of a log as it went. */
  replay(entry: LogEntry): Promise<Transition<ToolObservation>>
}

function environmentFrom(
  world: EnvironmentWorld,
  options: Required<EnvironmentOptions>,
  episode: Episode,
  from: Running | null,
): Rebuildable {
  let running = from
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0 // pieces of work that have not ended
  const tools = offeredBy(world.domain)
  const specs = (): ToolSpec[] => (running === null || running.user === null ? tools.alone : tools.withUser)

  /** One after the other, in the order they came, whatever each waits for. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = waiting === 0 ? work() : last.then(work)
    waiting += 1
    last = turn.then(next, next)
    return turn
  }
  const next = (): void => {
    waiting -= 1
  }
  const drop = (): void => {
    running?.play.close()
    running = null
    episode.drop()
  }
  /** What verify holds against gold. */
  const reached = async (): Promise<VerifyOptions> => {
    const { task, gold, play, entries, user } = running as Running
    const outcome = await play.outcome()
    const conduct = conductOf(entries, user?.answer)
    return { domain: world.domain, task, gold, outcome, conduct, mode: options.reward }
  }
  const verify = async () => {
    episode.requireBegun('verify')
    return verifyOutcome(await reached())
  }
  const transition = <O>(observation: O): Awaitable<Transition<O>> =>
    episode.phase === 'ended'
      ? lastTransition(observation)
      : { observation, reward: null, done: false, terminated: false, truncated: false, reason: null }
  const lastTransition = async <O>(observation: O): Promise<Transition<O>> => {
    const { reason } = episode
    const truncated = reason === 'step_limit' || reason === 'time_limit' || reason === 'crashed'
    const reward = reason === 'crashed' ? null : rewardOf(await reached())
    return { observation, reward, done: true, terminated: !truncated, truncated, reason }
  }
  const observed = (action: LoggedAction, result: Json, error: ToolErrorValue | null): ToolObservation => {
    const tool_name = nameOf(action)
    const step = episode.steps
    if (error === null) return { tool_name, result, error, metadata: { step } }
    const { code: error_code, ...shown } = error
    return { tool_name, result, error: shown, error_code, metadata: { step, error_code } }
  }
  /** The last observation of an episode that the world, or the clock, has ended. */
  const cut = (action: LoggedAction, ended: 'crashed' | 'time_limit', error: ToolErrorValue) => {
    running?.entries.push({ action, ended, error })
    episode.count()
    episode.end(ended)
    return transition(observed(action, null, error))
  }
  /** One call into the world; what the world does wrong comes as the transition that ends the episode. */
  const callWorld = (
    action: LoggedAction,
    tool: string,
    args: JsonObject,
  ): Awaitable<CallOutcome | Transition<ToolObservation>> => {
    const crash = (error: unknown): Awaitable<Transition<ToolObservation>> => {
      if (!(error instanceof MicrocosmError) || error.fault !== 'environment') throw error
      const error_type = error.code === 'WORLD_TIMEOUT' ? 'timeout' : 'execution_error'
      return cut(action, 'crashed', { error_type, code: error.code, message: error.message })
    }
    try {
      const given = (running as Running).play.call(tool, args)
      return given instanceof Promise ? given.catch(crash) : given // what is there at once waits for nothing
    } catch (error) {
      return crash(error)
    }
  }
  /** The agent speaks; the user does what it is asked to with tools of its own, and answers. */
  const talk = async (action: LoggedAction, recorded?: UserLine): Promise<Transition<ToolObservation>> => {
    const { user, entries } = running as Running
    const content = contentOf(action)
    if (user === null || content === null) {
      entries.push({ action })
      if (episode.count()) episode.end('step_limit')
      return transition(observed(action, null, user === null ? noUser : noContent))
    }
    const errands = user.hear(content)
    const outcomes: CallOutcome[] = []
    for (const errand of errands) {
      const outcome = await callWorld(action, errand.tool, errand.arguments)
      if (!('ok' in outcome)) return outcome
      outcomes.push(outcome)
    }
    const reply = await within(options.stepMs, user.reply(outcomes, recorded))
    if (reply === null) return cut(action, 'crashed', tooSlow(options.stepMs))
    entries.push({
      action,
      ...(user.kind === 'model' && { reply }),
      ...(errands.length > 0 && { errands: errands.map(({ tool, arguments: args }) => ({ tool, arguments: args })) }),
    })
    const isLast = episode.count()
    if (reply.ends) episode.end('user_ended')
    else if (isLast) episode.end('step_limit')
    const said = observed(action, { delivered: true, reply: reply.content }, null)
    const messages = [{ name: 'user', content: reply.content }]
    return transition({ ...said, metadata: { ...said.metadata, messages } })
  }
  const act = async (action: LoggedAction, recorded?: UserLine): Promise<Transition<ToolObservation>> => {
    const { entries, began } = running as Running
    if (options.clock() - began > options.episodeMs) {
      const message = `The episode has gone on for more than ${options.episodeMs / 1000} seconds.`
      return cut(action, 'time_limit', { error_type: 'timeout', code: 'TIME_LIMIT', message })
    }
    let outcome: CallOutcome
    switch (nameOf(action)) {
      case 'submit':
        entries.push({ action })
        episode.count()
        episode.end('submitted')
        return transition(observed(action, { submitted: true }, null))
      case 'send_message':
        return talk(action, recorded)
      default: {
        const { tool_name, arguments: args } = action as LoggedAction & { type: 'call_tool' }
        if (tools.ofUser.has(tool_name)) {
          outcome = { ok: false, error: notYours(tool_name) }
          break
        }
        const given = callWorld(action, tool_name, args)
        const called = given instanceof Promise ? await given : given
        if (!('ok' in called)) return called
        outcome = called
      }
    }
    entries.push({ action })
    if (episode.count()) episode.end('step_limit')
    return transition(outcome.ok ? observed(action, outcome.result, null) : observed(action, null, outcome.error))
  }
  /** An action of a log as it went. */
  const actAgain = ({ action, ended, error, reply }: LogEntry) =>
    ended === undefined || error === undefined ? act(action, reply) : cut(action, ended, error)
  /** The calls of one step, one after the other, until the episode ends. */
  const actAll = async (calls: Iterable<() => Awaitable<Transition<ToolObservation>>>): Promise<Transition> => {
    const results: ToolObservation[] = []
    let last: Transition<ToolObservation> | null = null
    for (const call of calls) {
      last = await call()
      results.push(last.observation)
      if (last.done) break
    }
    return { ...(last as Transition<ToolObservation>), observation: { results, metadata: { step: episode.steps } } }
  }
  /** Calls of one step, which are cut once they have taken too long together. */
  const inTime = (calls: Extract<Action, { type: 'call_tools' }>['calls']) => {
    const began = options.clock()
    return calls.map(({ tool_name, arguments: args }) => () => {
      const call = { type: 'call_tool', tool_name, arguments: args } as const
      const isLate = options.clock() - began > options.stepMs
      return isLate ? cut(call, 'crashed', tooSlow(options.stepMs)) : act(call)
    })
  }
  const take = (action: Exclude<Action, { type: 'list_tools' }>): Promise<Transition> =>
    action.type === 'call_tools' ? actAll(inTime(action.calls)) : act(action)
  /** What the running episode's reset settled on. */
  const head = (): EpisodeHead => {
    const { task, seed, episodeId, user, opening } = running as Running
    return {
      domain: world.domain.id,
      version: world.domain.version ?? '',
      task: task.id,
      seed,
      ...(user !== null && { user: user.kind }),
      ...(user?.kind === 'model' && opening !== null && { opening }),
      episode_id: episodeId,
    }
  }
  const begin = async (asked: ResetOptions, recorded?: UserLine): Promise<Transition<ResetObservation>> => {
    const { user: kind = 'none' } = asked
    const seed = asked.seed ?? options.pickSeed()
    const task = chooseTask(world, asked, seed)
    if (kind === 'none' && needsUser(task, world.domain)) {
      throw new MicrocosmError(
        'NO_USER',
        `The task "${task.id}" can't be done without its user, who has tools of its own: reset with user "rule" or "model".`,
      )
    }
    const user =
      kind === 'none'
        ? null
        : createUser({
            kind,
            task,
            domain: world.domain,
            seed,
            model: options.userModel,
            recorded: recorded !== undefined,
          })
    const gold = await world.gold(task)
    const opening = user === null ? null : await within(options.stepMs, user.opening(recorded))
    if (user !== null && opening === null) {
      throw new MicrocosmError('STEP_TIMEOUT', tooSlow(options.stepMs).message, { step_ms: options.stepMs })
    }
    drop() // a reset that fails must not leave a half-open world to step in
    const play = await world.start(task.scenario)
    const episodeId = asked.episode_id ?? `${world.domain.id}/${task.id}/${seed}`
    running = { task, gold, play, seed, episodeId, began: options.clock(), entries: [], user, opening }
    const limit = user === null ? stepLimit(task) : talkLimit(task)
    episode.begin(limit)
    const view = {
      domain: world.domain.id,
      version: world.domain.version ?? '',
      task: task.id,
      intent: opening?.content ?? task.intent,
      policy: world.domain.policy,
      tools: specs(),
      step_limit: limit,
      seed,
      ...(user !== null && { user: user.kind }),
      calls_decide: callsDecide(task, gold, world.domain),
    }
    return transition({ ...view, metadata: { ...view, episode_id: episodeId } })
  }
  const fork = async (count: number): Promise<Environment[]> => {
    episode.requireBegun('fork')
    if (!Number.isInteger(count) || count < 1 || count > forkLimit) {
      throw new MicrocosmError('FORK_LIMIT', `${count} forks were asked for; 1 to ${forkLimit} can be made at once.`, {
        count,
      })
    }
    const own = running as Running
    const plays = await own.play.fork(count)
    return plays.map(
      (play) =>
        environmentFrom(world, options, episode.copy(), {
          ...own,
          play,
          entries: [...own.entries],
          user: own.user?.copy() ?? null,
        }).environment,
    )
  }

  const environment: LocalEnvironment = {
    reset: (asked = {}) => inTurn(() => begin(asked)),
    step: (action: Action) =>
      inTurn(async (): Promise<Transition> => {
        if (action.type === 'list_tools') return transition({ tools: specs() })
        episode.requireRunning('step')
        return take(action)
      }),
    begin: (asked) =>
      inTurn(async () => {
        const shown = await begin(asked)
        return { transition: shown, log: head() }
      }),
    perform: (action) =>
      inTurn(async () => {
        if (action.type === 'list_tools') return { transition: await transition({ tools: specs() }), entries: [] }
        episode.requireRunning('step')
        const { entries } = running as Running
        const before = entries.length
        const done = await take(action)
        return { transition: done, entries: entries.slice(before) }
      }),
    beginAgain: (log) =>
      inTurn(async () => {
        requireVersion(log, world.domain)
        const { task, seed, user, episode_id, opening } = log
        return begin({ task, seed, user, episode_id }, opening)
      }),
    performAgain: (action, entries) =>
      inTurn(async (): Promise<Transition> => {
        if (action.type === 'call_tools') return actAll(entries.map((entry) => () => actAgain(entry)))
        return actAgain(entries[0] as LogEntry)
      }),
    age(ms) {
      if (running !== null) running.began -= ms
    },
    verify: () => inTurn(verify),
    fork: (count) => inTurn(() => fork(count)),
    close: () => inTurn(async () => drop()),
    state: () => ({ episode_id: running?.episodeId ?? null, step_count: episode.steps }),
    log: () => (running === null ? null : { ...head(), entries: running.entries }),
    park: () => running?.play.park(),
    [Symbol.asyncDispose]: () => environment.close(),
  }
  return { environment, replay: (entry) => inTurn(async () => actAgain(entry)) }
}

const tooSlow = (stepMs: number): ToolErrorValue => ({
  error_type: 'timeout',
  code: 'STEP_TIMEOUT',
  message: `The step took more than ${stepMs / 1000} seconds and was given up.`,
})

/** What it comes to, or null where that takes too long; then nobody waits for it any more. */
async function within<T>(ms: number, work: Awaitable<T>): Promise<T | null> {
  if (!(work instanceof Promise)) return work
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    work.catch(() => {}) // a failure after the end is nobody's
  }
}

interface Offered {
  alone: ToolSpec[]
  withUser: ToolSpec[]
  /** Names of tools that are the user's. */
  ofUser: ReadonlySet<string>
}

const offered = new WeakMap<Domain, Offered>()

/** Who may call what: worked out once per domain, not per session. */
function offeredBy(domain: Domain): Offered {
  let specs = offered.get(domain)
  if (specs === undefined) {
    const own = domain.tools
      .filter((tool) => !isUsers(tool))
      .map(({ name, description, input_schema }) => ({ name, description, input_schema }))
    specs = {
      alone: [...own, submitTool],
      withUser: [...own, submitTool, sendMessageTool],
      ofUser: new Set(domain.tools.filter(isUsers).map(({ name }) => name)),
    }
    offered.set(domain, specs)
  }
  return specs
}

const notYours = (tool: string): ToolErrorValue => ({
  error_type: 'tool_not_found',
  code: 'NOT_PERMITTED',
  message: `The tool "${tool}" is the user's own: ask the user, by message, to do it.`,
})

const noContent: ToolErrorValue = {
  error_type: 'invalid_args',
  code: 'INVALID_ARGS',
  message: 'send_message takes one argument: content, a text.',
}

const noUser: ToolErrorValue = {
  error_type: 'execution_error',
  code: 'NO_USER',
  message: 'This episode has no user to talk to.',
}

/** What the action is called among the tools. */
function nameOf(action: LoggedAction): string {
  if (action.type === 'call_tool') return action.tool_name
  return action.type === 'submit' ? 'submit' : 'send_message'
}

/** What is said to the user; null where it is no text. */
function contentOf(action: LoggedAction): string | null {
  if (action.type === 'message') return action.content
  const { content } = argumentsOf(action)
  return typeof content === 'string' ? content : null
}

/** @param told what the user took for the answer: as good as one that is submitted */
function conductOf(entries: readonly LogEntry[], told: string | undefined): Conduct {
  const calls: { tool: string; arguments: JsonObject }[] = []
  let answer: Json | undefined
  for (const { action, ended, errands } of entries) {
    const name = nameOf(action)
    if (name === 'submit') {
      if (ended === undefined) answer = action.type === 'submit' ? action.answer : argumentsOf(action).answer
    } else if (action.type === 'call_tool' && name !== 'send_message') {
      calls.push({ tool: name, arguments: action.arguments })
    } else calls.push(...(errands ?? []))
  }
  if (answer === undefined) answer = told
  return answer === undefined ? { calls } : { calls, answer }
}

const argumentsOf = (action: LoggedAction): JsonObject => (action.type === 'call_tool' ? action.arguments : {})

function chooseTask(world: EnvironmentWorld, { task, split = 'train' }: ResetOptions, seed: number): Task {
  if (task !== undefined) return world.task(task)
  const choice = world.domain.tasks.filter((candidate) => candidate.split === split)
  const all = choice.length > 0 ? choice : world.domain.tasks
  const found = all[hashOf(`${world.domain.id}/${seed}`) % Math.max(1, all.length)]
  if (found === undefined) throw new MicrocosmError('UNKNOWN_TASK', `The domain "${world.domain.id}" has no tasks.`)
  return found
}

const hashOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0)
