/**
 * What a seat may do with its session: the one place that every door goes through, so that rights, roles and events are
 * the same whichever way a message came.
 */

import { sendMessageTool } from '../envs/runtime/environment.ts'
import type {
  Action,
  EpisodeLog,
  ResetObservation,
  ToolListObservation,
  Transition,
  WireResetOptions,
} from '../schemas/environment.ts'
import { MicrocosmError } from '../schemas/errors.ts'
import type { Granted, GrantRequest, Right } from '../schemas/session.ts'
import type { Gold, Slot, TaskSummary } from '../schemas/task.ts'
import type { ToolSpec } from '../schemas/tool.ts'
import type { Trajectory } from '../schemas/trajectory.ts'
import type { Verification } from '../schemas/verification.ts'
import { requireRight } from './access.ts'
import type { Caller } from './callers.ts'
import type { MessageKey } from './journal/records.ts'
import { restOf } from './journal/records.ts'
import { drawTask } from './sampling.ts'
import type { Seat, Session, Sessions } from './sessions.ts'
import { addSeat, tell } from './sessions.ts'
import type { TaskIndex } from './tasks.ts'
import { fits } from './tasks.ts'
import { transcribe } from './transcript.ts'

type Shown = Transition<object>

/**
 * Where a draw is asked for, the domain and task that are drawn; else the options as they came.
 * @param own the domain that the address or the session names
 * @throws UNKNOWN_TASK where nothing fits, UNKNOWN_DOMAIN, VERSION_MISMATCH
 */
export async function settle(
  { sample, filter, domains, ...asked }: WireResetOptions,
  own: string | undefined,
  index: TaskIndex,
  { account }: Caller,
): Promise<WireResetOptions> {
  const domain = asked.domain ?? own
  if (sample === undefined && filter === undefined && domains === undefined) return { ...asked, domain }
  if (asked.task !== undefined)
    throw new MicrocosmError('VALIDATION_ERROR', 'A reset names a task or has one drawn, not both.')
  const split = asked.split ?? 'train'
  const all = await index.all(domain === undefined ? domains : [domain])
  const choice = all.filter((task) => account.mayUse(task.domain) && fits(task, filter ?? {}, split))
  const place = sample ?? { seed: asked.seed ?? 0, index: 0, group: 1 }
  const drawn = drawTask<TaskSummary>(choice, place)
  if (drawn === undefined)
    throw new MicrocosmError('UNKNOWN_TASK', `No task of the split "${split}" fits the filter.`, { of: all.length })
  return { ...asked, domain: domain ?? drawn.task.domain, task: drawn.task.id }
}

/** The session is in use, and its key pays for it. @throws KEY_REVOKED, QUOTA_EXCEEDED */
function use({ session }: Seat, steps = 1): void {
  session.used = true
  session.caller.account.spend('steps', steps)
}

/** What it takes is measured, and traced where that is asked for. */
async function measured<T>(session: Session, what: 'reset' | 'step' | 'verify', work: () => Promise<T>): Promise<T> {
  const { metrics, traces, domain, caller } = session
  const began = performance.now()
  const done = await (traces === null
    ? work()
    : traces.span(what, { 'microcosm.domain': domain, 'microcosm.key': caller.key ?? '' }, work))
  metrics[what]((performance.now() - began) / 1000)
  return done
}

/** @throws NOT_PERMITTED for all but the owner, KEY_REVOKED, QUOTA_EXCEEDED */
export async function reset(
  seat: Seat,
  { domain: _, ...options }: WireResetOptions,
  message?: MessageKey,
): Promise<Transition<ResetObservation>> {
  const { session } = seat
  requireOwner(seat, 'reset')
  use(seat)
  if (session.journal.broken) await session.mend()
  const { journal } = session
  const { transition, log } = await measured(session, 'reset', () => session.environment.begin(options))
  const kept = journal.append({ kind: 'reset', at: Date.now(), seat: seat.number, message, log })
  if (!journal.broken) begin(session, transition)
  if (kept !== null) await kept
  if (session.listeners.size > 0) tell(session, { kind: 'reset', by: seat, transition })
  return ticketed(seat, transition)
}

/** A new episode is what there is from now on. */
export function begin(session: Session, transition: Transition<ResetObservation>): void {
  session.opening = transition
  session.last = transition
  session.chars = 0
  for (const each of session.seats.values()) {
    each.answered.clear()
    each.inbox.length = 0
  }
}

/** With what its owner needs to come back; it is kept from everyone else. */
export function ticketed(seat: Seat, transition: Transition<ResetObservation>): Transition<ResetObservation> {
  const { observation } = transition
  const metadata = { ...observation.metadata, session: seat.session.id, token: seat.token }
  if (!hasPerson(seat.session) || hasSimulated(seat.session))
    return { ...transition, observation: { ...observation, metadata } }
  const tools = [...observation.tools, sendMessageTool]
  return { ...transition, observation: { ...observation, tools, metadata: { ...metadata, tools } } }
}

/** @throws NOT_PERMITTED, EPISODE_NOT_RESET, EPISODE_ENDED */
export function step(seat: Seat, action: Action, message?: MessageKey): Promise<Shown> {
  const { session } = seat
  use(seat, action.type === 'call_tools' ? action.calls.length : 1)
  return session.journal.broken ? session.mend().then(() => take(seat, action, message)) : take(seat, action, message)
}

function take(seat: Seat, action: Action, message?: MessageKey): Promise<Shown> {
  const { session } = seat
  if (action.type === 'list_tools') return listTools(seat)
  // Where a user is simulated, it is that one that an agent talks to.
  if (seat.role === 'user' || (hasPerson(session) && !hasSimulated(session))) {
    const content = saidIn(action)
    if (content !== undefined) return say(seat, content, message)
  }
  if (!seat.rights.has('act')) return refuse(seat)
  weigh(session, action)
  return act(seat, session, action, message)
}

/** What an episode's log keeps of its actions has an end. @throws FRAME_TOO_LARGE */
function weigh(session: Session, action: Action): void {
  const { episodeCharsMax } = session.limits
  const chars = session.chars + sizeOf(action)
  if (chars > episodeCharsMax)
    throw new MicrocosmError('FRAME_TOO_LARGE', `The actions of an episode have ${episodeCharsMax} characters at most.`)
  session.chars = chars
}

/** About as many characters as its JSON has; it was not nested deep when it came. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value !== 'object' || value === null) return 8
  let size = 2
  for (const key in value) size += key.length + 3 + sizeOf((value as Record<string, unknown>)[key])
  return size
}

async function act(seat: Seat, session: Session, action: Action, message?: MessageKey): Promise<Shown> {
  const { journal } = session
  const { transition, entries } = await measured(session, 'step', () => session.environment.perform(action))
  if (transition.reason === 'crashed') session.metrics.crash()
  const kept = journal.append({ kind: 'step', seat: seat.number, message, action, rest: restOf(entries) })
  const shown = show(seat, transition)
  if (kept !== null) await kept
  if (session.listeners.size > 0) tell(session, { kind: 'step', by: seat, action, transition })
  return shown
}

/** What a step showed, with what was said to this seat meanwhile. */
export function show(seat: Seat, transition: Shown): Shown {
  seat.session.last = transition
  return seat.inbox.length === 0 ? transition : withMessages(seat, transition)
}

/** Nothing is told of what may not be kept, and of nothing that the log doesn't hold. */
async function settled({ journal, mend }: Session): Promise<void> {
  if (journal.broken) await mend()
  else if (journal.pending !== null) await journal.pending
}

async function refuse(seat: Seat): Promise<never> {
  requireRight(seat.rights, 'act', 'step')
  throw new MicrocosmError('NOT_PERMITTED', 'This token may not step.')
}

async function listTools(seat: Seat): Promise<Shown> {
  const transition = (await seat.session.environment.step({ type: 'list_tools' })) as Transition<ToolListObservation>
  return { ...transition, observation: { tools: toolsOf(seat, transition.observation.tools) } }
}

/** What a role is offered: a user can only speak, an observer only watch. */
export function toolsOf(seat: Seat, tools: readonly ToolSpec[]): ToolSpec[] {
  if (seat.role === 'user') return [sendMessageTool]
  if (!seat.rights.has('act')) return []
  return hasPerson(seat.session) && !hasSimulated(seat.session) ? [...tools, sendMessageTool] : [...tools]
}

const hasSimulated = ({ opening }: Session): boolean => opening?.observation.user !== undefined

/** Whether a person has a seat to play the user. */
function hasPerson(session: Session): boolean {
  if (session.seats.size === 1) return false
  for (const { role } of session.seats.values()) if (role === 'user') return true
  return false
}

function saidIn(action: Action): string | undefined {
  if (action.type === 'message') return action.content
  if (action.type !== 'call_tool' || action.tool_name !== 'send_message') return undefined
  const { content } = action.arguments
  return typeof content === 'string' ? content : undefined
}

/** To those on the other side: from the user to the agents, from an agent to the users. */
async function say(seat: Seat, content: string, message?: MessageKey): Promise<Shown> {
  const { session } = seat
  if (seat.role === 'observer') return refuse(seat)
  if (session.opening === null) throw new MicrocosmError('EPISODE_NOT_RESET', 'message came before reset.')
  const others = othersOf(seat)
  const deaf = others.find(({ inbox }) => inbox.length >= session.limits.inboxMax)
  if (deaf !== undefined)
    throw new MicrocosmError('CAPACITY_REACHED', `${deaf.name} has ${deaf.inbox.length} messages to read already.`)
  for (const { inbox } of others) {
    const waiting = inbox.reduce((sum, message) => sum + message.content.length, content.length)
    if (waiting > session.limits.episodeCharsMax)
      throw new MicrocosmError(
        'FRAME_TOO_LARGE',
        `${waiting} characters would wait to be read; read first, or say less.`,
      )
  }
  const kept = session.journal.append({ kind: 'say', seat: seat.number, message, content })
  const said = pass(seat, content)
  if (kept !== null) await kept
  tell(session, { kind: 'message', by: seat, content })
  return said
}

/** Whom a message of this seat is for. */
const othersOf = ({ session, role: own }: Seat): Seat[] =>
  [...session.seats.values()].filter(({ role }) => role !== 'observer' && (role === 'user') !== (own === 'user'))

export function pass(seat: Seat, content: string): Shown {
  const { session } = seat
  for (const { inbox } of othersOf(seat)) inbox.push({ name: seat.name, content })
  const { done, terminated, truncated, reason } = session.last as Shown
  const said = {
    observation: {
      tool_name: 'send_message',
      result: { delivered: true },
      error: null,
      metadata: { step: session.environment.state().step_count },
    },
    reward: null,
    done,
    terminated,
    truncated,
    reason,
  }
  return seat.inbox.length === 0 ? said : withMessages(seat, said)
}

function withMessages(seat: Seat, transition: Shown): Shown {
  const { observation } = transition as Transition<{ metadata?: object }>
  const messages = seat.inbox.splice(0)
  return { ...transition, observation: { ...observation, metadata: { ...observation.metadata, messages } } }
}

export async function verify(seat: Seat): Promise<Verification> {
  requireRight(seat.rights, 'verify', 'verify')
  use(seat)
  await settled(seat.session)
  return measured(seat.session, 'verify', () => seat.session.environment.verify())
}

export async function fork(
  seat: Seat,
  count: number,
  sessions: Sessions,
  message?: MessageKey,
): Promise<{ sessions: { session: string; token: string }[] }> {
  requireRight(seat.rights, 'fork', 'fork')
  use(seat)
  const { session } = seat
  await settled(session)
  const children = await sessions.fork(session, count)
  await Promise.all(children.map(({ journal }) => journal.open()))
  await session.journal.append({
    kind: 'fork',
    seat: seat.number,
    message,
    children: children.map(({ id }) => id),
  })
  return { sessions: children.map(({ id, owner }) => ({ session: id, token: owner.token })) }
}

/** A further token. @throws NOT_PERMITTED for all but the owner, and for more rights than the owner has */
export async function grant(
  seat: Seat,
  { role, name, rights: asked }: GrantRequest,
  message?: MessageKey,
): Promise<Granted> {
  requireOwner(seat, 'grant')
  use(seat)
  const rights = new Set<Right>(asked ?? (role === 'agent' ? ['act'] : []))
  for (const right of rights) requireRight(seat.rights, right, `Granting "${right}"`)
  if (role !== 'agent' && rights.has('act'))
    throw new MicrocosmError('VALIDATION_ERROR', `The role "${role}" does not act; grant it to an agent.`)
  const { session } = seat
  await settled(session)
  const kept = session.journal.append({ kind: 'grant', seat: seat.number, message, name, role, rights: [...rights] })
  const { token } = addSeat(session, { name, role, rights })
  try {
    await kept
  } catch (error) {
    session.seats.delete(token)
    throw error
  }
  return { session: session.id, token, role, name, rights: [...rights] }
}

export async function state(
  seat: Seat,
): Promise<{ episode_id: string | null; step_count: number } & Record<string, unknown>> {
  const { session } = seat
  use(seat)
  await settled(session)
  const { reward = null, done = false } = session.last ?? {}
  return {
    ...session.environment.state(),
    domain: session.domain,
    reward,
    done,
    task: session.opening?.observation.task ?? null,
  }
}

/** What is shown to whoever attaches: the last observation, or the tools where there was no reset yet. */
export async function shownLast(seat: Seat): Promise<Shown> {
  await settled(seat.session)
  const { last, opening } = seat.session
  if (last === null) return listTools(seat)
  return last === opening && seat === seat.session.owner ? ticketed(seat, opening) : last
}

/** The record of the episode so far, for whoever may act or verify; the verification only for who may verify. */
export async function trajectory(seat: Seat): Promise<Trajectory> {
  if (!seat.rights.has('verify')) requireRight(seat.rights, 'act', 'trajectory')
  const { session } = seat
  await settled(session)
  const { log, opening } = begun(session, 'trajectory')
  use(seat, 1 + log.entries.length) // for all of it is played once more
  const verification = seat.rights.has('verify') && session.last?.reason !== 'crashed' ? await verify(seat) : null
  return transcribe({
    log,
    opening,
    world: session.world,
    last: session.last as Shown,
    verification,
  })
}

/** @throws NOT_PERMITTED */
export function gold(seat: Seat): { task: string; gold: Gold; slots: Slot[] } {
  requireRight(seat.rights, 'gold', 'gold')
  use(seat)
  const { log } = begun(seat.session, 'gold')
  const task = seat.session.world.task(log.task)
  return { task: task.id, gold: task.gold, slots: task.slots }
}

function begun(session: Session, what: string): { log: EpisodeLog; opening: Transition<ResetObservation> } {
  const log = session.environment.log()
  if (log === null || session.opening === null)
    throw new MicrocosmError('EPISODE_NOT_RESET', `${what} came before reset.`)
  return { log: { ...log, entries: [...log.entries] }, opening: session.opening }
}

export function requireOwner(seat: Seat, what: string): void {
  if (seat === seat.session.owner) return
  throw new MicrocosmError('NOT_PERMITTED', `Only the session's owner can ${what}.`)
}
