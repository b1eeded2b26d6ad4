/**
 * Which sessions there are: each an environment, known by 128 random bits, and the seats that its tokens open.
 *
 * With a log, each session can be taken up after a crash: it sleeps there until its next message, or until its time is up.
 *
 * A session that a socket opened ends with that socket; where the connection was dropped, after a time of grace in which
 * its token takes it up again. One that HTTP opened ends when it is deleted, or idle for long. Where the house is full, a
 * newcomer is refused, or waits for its turn (waiting.ts).
 */

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { EnvironmentWorld, LocalEnvironment } from '../envs/runtime/environment.ts'
import { createEnvironment } from '../envs/runtime/environment.ts'
import type { ChatModel, ResetObservation, Transition } from '../schemas/environment.ts'
import { MicrocosmError } from '../schemas/errors.ts'
import type { Right, Role, SessionEvent } from '../schemas/session.ts'
import type { Caller } from './callers.ts'
import { requireRole } from './callers.ts'
import type { ServerConfig } from './config.ts'
import type { Journal } from './journal/journal.ts'
import { createJournal } from './journal/journal.ts'
import type { SessionLog } from './journal/log.ts'
import type { LogRecord } from './journal/records.ts'
import type { DomainMetrics } from './metrics.ts'
import { unmeasured } from './metrics.ts'
import type { Traces } from './traces.ts'
import { createWaiting } from './waiting.ts'
import type { Lease, Worlds } from './worlds.ts'

export interface Session {
  readonly id: string
  /** Its domain's id. */
  readonly domain: string
  readonly world: EnvironmentWorld
  /** Another one once the session was taken up anew from the log. */
  environment: LocalEnvironment
  /** What it appends to the log. */
  journal: Journal
  /** Taken up anew from the log, where something could not be written to it. @throws LOG_UNAVAILABLE */
  mend(): Promise<void>
  /** Who opened it, whose quotas it counts towards. */
  readonly caller: Caller
  readonly limits: SessionLimits
  readonly metrics: DomainMetrics
  /** Null where nobody wants them. */
  readonly traces: Traces | null
  /** When it was opened or taken up here, on the clock of performance.now(). */
  readonly openedMs: number
  readonly owner: Seat
  /** What the last reset showed; null before the first. */
  opening: Transition<ResetObservation> | null
  /** What was shown last, for whoever attaches. */
  last: Transition<object> | null
  /** By token. */
  readonly seats: Map<string, Seat>
  /** Derived, so that it is kept nowhere. @param of a fork of it, where it is not its own */
  tokenOf(seat: number, of?: string): string
  readonly listeners: Set<(event: SessionEvent) => void>
  events: number
  /** Characters of the actions of its episode, which its log keeps. */
  chars: number
  /** Set with each message; a sweep clears it, and parks the session that it finds without. */
  used: boolean
  closed: boolean
}

/** What a token opens: a place in a session, under a name and in a role. */
export interface Seat {
  readonly session: Session
  /** In the order of seats, the owner's 0. */
  readonly number: number
  readonly token: string
  readonly name: string
  readonly role: Role
  readonly rights: ReadonlySet<Right>
  /** Replies by the id of their message, the oldest first; those of one episode. */
  readonly answered: Map<string | number, Answered>
  /** What a user has said and this seat hasn't been shown yet. */
  readonly inbox: { name: string; content: string }[]
  /** The connection that it is held by; another one that attaches takes it over. */
  holder: Holder | null
}

export interface Answered {
  type: string
  reply: Promise<object>
}

export interface Holder {
  /** The seat is another connection's now. */
  lose(seat: Seat): void
}

export interface OpenOptions {
  /** Whose it is; its owner has the rights of the key. */
  caller: Caller
  /** That it ends with the connection that holds it; else it lives until it is closed or idle for long. */
  bound: boolean
  /** That the id alone opens it, as OpenEnv's clients have it. */
  openedById?: boolean
}

export interface Sessions {
  /** Those that sleep in the log are among them. */
  readonly size: number
  readonly max: number
  /** All of them, the oldest first. */
  all(): Iterable<Session>
  /** From now on nobody may open one; those that there are go on. */
  drain(): void
  readonly draining: boolean
  /** Newcomers that wait for a place. */
  readonly waiting: number
  /** Room for one session, waited for where that is allowed. @throws CAPACITY_REACHED, QUOTA_EXCEEDED, DRAINING */
  room(caller: Caller): Promise<void>
  /** @param reference a domain's id, or `id@version` @throws CAPACITY_REACHED, QUOTA_EXCEEDED, DRAINING, UNKNOWN_DOMAIN, VERSION_MISMATCH */
  open(reference: string, options: OpenOptions): Session
  /** @throws CAPACITY_REACHED where not all of them fit; none is made then */
  fork(parent: Session, count: number): Promise<Session[]>
  /** A session that sleeps in the log is taken up; any other is left as it is. @throws VERSION_MISMATCH, LOG_UNAVAILABLE */
  wake(session: string): Promise<void>
  /** The seat that the token opens; of a session that is awake. @throws UNKNOWN_SESSION */
  seat(session: string, token: string): Seat
  /** The seat is served by this connection from now on. @throws KEY_REVOKED */
  hold(seat: Seat, holder: Holder): void
  /** The connection serves it no longer: it ended, or it was dropped and may come back. */
  letGo(seat: Seat, holder: Holder, how: 'ended' | 'dropped'): Promise<void>
  close(session: Session): Promise<void>
  /** Closes those that these keys opened, after the time of grace: until then whoever asks is told why. */
  expire(keys: readonly string[]): void
  closeAll(): Promise<void>
  /** Lets go of all of them; those that are in the log can be taken up from there. */
  suspend(): Promise<void>
}

interface Entry {
  session: Session
  lease: Lease
  bound: boolean
  timer: NodeJS.Timeout | null
  idleRounds: number
}

export type SessionLimits = Pick<
  ServerConfig,
  | 'stepMs'
  | 'episodeMs'
  | 'sessionsMax'
  | 'memoryBytesMax'
  | 'unattachedMs'
  | 'parkMs'
  | 'graceMs'
  | 'idleMs'
  | 'waitMs'
  | 'waitingMax'
  | 'seatsMax'
  | 'inboxMax'
  | 'answeredMax'
  | 'episodeCharsMax'
>

/** What sessions need of the process that they are in, and of the others. */
export interface Keeping {
  /** Null where nothing outlasts the process. */
  log: SessionLog | null
  /** What tokens are derived from. */
  secret: Buffer
  /** Of the process; each session's id ends with it. */
  number: number
  /** Sessions of the other processes. */
  others(): number
  /** How many there are here has changed. */
  onSize(size: number): void
  /** Does again in a fresh session what the log has of it. */
  revive(session: Session, records: readonly LogRecord[]): Promise<void>
  /** Whose key has this id; null where it is gone. */
  callerOf(key: string | null): Caller | null
}

/** Milliseconds of a turn of the event loop that looking for idle sessions may take. */
const sweepMs = 3

const alone = (): Keeping => ({
  log: null,
  secret: randomBytes(32),
  number: 0,
  others: () => 0,
  onSize: () => {},
  revive: async () => {},
  callerOf: () => null,
})

export interface SessionParts {
  worlds: Worlds
  limits: SessionLimits
  /** Who plays the users that a reset wants played by a model. */
  userModel?: ChatModel | null
  metricsOf?(domain: string): DomainMetrics
  traces?: Traces | null
  keeping?: Keeping
}

export function createSessions({
  worlds,
  limits,
  userModel = null,
  metricsOf = () => unmeasured,
  traces = null,
  keeping: { log, secret, number, others, onSize, revive, callerOf } = alone(),
}: SessionParts): Sessions {
  const sessions = new Map<string, Entry>()
  const asleep = new Map(log?.sessions().map(({ session, bound }) => [session, bound]))
  const waking = new Map<string, Promise<void>>()
  const count = (): number => sessions.size + asleep.size
  /** Those that nobody has come back to in time are not taken up any more. */
  const expire = (bound: boolean, ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      for (const [id, own] of [...asleep]) if (own === bound && !waking.has(id)) forget(id)
      onSize(count())
      log?.compact()
    }, ms).unref()
  const forget = (id: string): void => {
    asleep.delete(id)
    log?.append([{ session: id, record: { kind: 'close' } }]).catch(() => {}) // else it sleeps at the next start, too
  }
  const expiring = asleep.size === 0 ? [] : [expire(true, limits.graceMs), expire(false, limits.idleMs)]
  let reserved = 0 // places of forks that are being made
  let draining = false
  const waiting = createWaiting(limits)

  /** Thousands that are parked at once must not keep a message waiting: it takes a few milliseconds of each turn. */
  const sweepAll = async (): Promise<void> => {
    let began = performance.now()
    for (const entry of sessions.values()) {
      const { session } = entry
      if (session.used) {
        session.used = false
        entry.idleRounds = 0
        continue
      }
      session.environment.park()
      entry.idleRounds += 1
      if (!entry.bound && !isHeld(session) && entry.idleRounds * limits.parkMs >= limits.idleMs) void close(session)
      if (performance.now() - began < sweepMs) continue
      await new Promise((resolve) => setImmediate(resolve))
      began = performance.now()
    }
    log?.compact()
  }
  let sweeping = false
  const sweep = setInterval(() => {
    if (sweeping) return
    sweeping = true
    void sweepAll().finally(() => {
      sweeping = false
    })
  }, limits.parkMs).unref()

  let heldBytes = 0
  let lookedMs = Number.NEGATIVE_INFINITY
  /** Whether the process has so much memory that whoever comes now would endanger all others. */
  const isHeavy = (): boolean => {
    const now = performance.now()
    if (now - lookedMs > 200) {
      heldBytes = process.memoryUsage.rss()
      lookedMs = now
    }
    return heldBytes > limits.memoryBytesMax
  }
  const isFull = (more: number): boolean => count() + others() + reserved + more > limits.sessionsMax
  const requireRoom = (more: number, { account }: Caller): void => {
    if (draining) throw new MicrocosmError('DRAINING', 'This server takes no new sessions.')
    account.requireSessions(more)
    const active = count() + others()
    if (isHeavy())
      throw new MicrocosmError('CAPACITY_REACHED', 'The memory of this server is taken; sessions must end first.', {
        active_sessions: active,
        max_sessions: limits.sessionsMax,
      })
    if (!isFull(more)) return
    throw new MicrocosmError(
      'CAPACITY_REACHED',
      `Server at capacity: ${active}/${limits.sessionsMax} sessions active. Cannot accept new connections.`,
      { active_sessions: active, max_sessions: limits.sessionsMax },
    )
  }
  const environmentOf = (lease: Lease): LocalEnvironment => {
    const { stepMs, episodeMs } = limits
    const pickSeed = () => randomBytes(4).readUInt32BE(0)
    return createEnvironment(lease.world, { pickSeed, userModel, stepMs, episodeMs })
  }
  /** @param was its id, where it was in the log */
  const add = (
    lease: Lease,
    environment: LocalEnvironment,
    { caller, bound, openedById = false }: OpenOptions,
    was?: string,
  ): Session => {
    const id = was ?? `${randomBytes(16).toString('hex')}-${number}`
    const { id: domain, version = '' } = lease.world.domain
    const episode = environment.log()
    const opened: LogRecord = {
      kind: 'open',
      domain,
      version,
      key: caller.key,
      rights: [...caller.rights],
      bound,
      openedById,
      ...(episode !== null && { episode: { ...episode, entries: [...episode.entries] } }),
    }
    let mending: Promise<void> | null = null
    const mend = async (): Promise<void> => {
      const records = (log as SessionLog).read(id)
      const before = session.environment
      session.environment = environmentOf(lease)
      session.opening = null
      session.last = null
      void before.close()
      await revive(session, records.length === 0 ? [opened] : records)
      session.journal = createJournal(log, id, records.length === 0 ? opened : null)
    }
    const session = {
      id,
      journal: createJournal(log, id, was === undefined ? opened : null),
      mend() {
        mending ??= mend().finally(() => {
          mending = null
        })
        return mending
      },
      domain: lease.world.domain.id,
      world: lease.world,
      environment,
      caller,
      limits,
      metrics: metricsOf(lease.world.domain.id),
      traces,
      openedMs: performance.now(),
      opening: null,
      last: null,
      seats: new Map<string, Seat>(),
      listeners: new Set<(event: SessionEvent) => void>(),
      events: 0,
      chars: 0,
      used: true,
      closed: false,
    } as unknown as Session & { owner: Seat }
    const tokenOf = (seat: number, of = id): string =>
      openedById && seat === 0 && of === id
        ? id
        : createHmac('sha256', secret).update(`${of} ${seat}`).digest().subarray(0, 24).toString('base64url')
    Object.assign(session, { tokenOf })
    session.owner = addSeat(session, { name: 'owner', role: 'agent', rights: caller.rights })
    caller.account.opened(1)
    session.metrics.opened()
    sessions.set(id, { session, lease, bound, timer: null, idleRounds: 0 })
    asleep.delete(id)
    onSize(count())
    return session
  }
  const close = async (session: Session): Promise<void> => {
    const entry = sessions.get(session.id)
    if (entry === undefined) return
    sessions.delete(session.id)
    session.caller.account.opened(-1)
    if (entry.timer !== null) clearTimeout(entry.timer)
    tell(session, { kind: 'closed', by: null })
    session.closed = true
    for (const seat of session.seats.values()) seat.holder?.lose(seat)
    session.listeners.clear()
    log?.append([{ session: session.id, record: { kind: 'close' } }]).catch(() => {}) // else it sleeps at the next start
    await session.environment.close()
    entry.lease.release()
    onSize(count())
    waiting.admit(() => !isFull(1))
  }
  const closeLater = (entry: Entry, ms: number): void => {
    if (entry.timer !== null) clearTimeout(entry.timer)
    entry.timer = setTimeout(() => void close(entry.session), ms).unref()
  }
  const wake = async (id: string): Promise<void> => {
    const records = (log as SessionLog).read(id)
    const [opened] = records
    if (opened?.kind !== 'open') return forget(id)
    const found = callerOf(opened.key)
    if (found === null) return forget(id) // its key was revoked meanwhile
    const lease = worlds.lease(opened.domain)
    const { version } = lease.world.domain
    if (version !== opened.version) {
      lease.release()
      forget(id)
      throw new MicrocosmError('VERSION_MISMATCH', `"${opened.domain}" has changed since the session was begun.`, {
        domain: opened.domain,
        version,
      })
    }
    const { rights, bound, openedById } = opened
    const session = add(
      lease,
      environmentOf(lease),
      { caller: { ...found, rights: new Set(rights) }, bound, openedById },
      id,
    )
    try {
      await revive(session, records)
    } catch (error) {
      await close(session)
      throw error
    }
    if (bound) closeLater(sessions.get(id) as Entry, limits.graceMs)
  }
  const suspend = async (): Promise<void> => {
    clearInterval(sweep)
    for (const timer of expiring) clearTimeout(timer)
    waiting.close()
    await Promise.allSettled(waking.values())
    for (const { session, lease, timer } of sessions.values()) {
      if (timer !== null) clearTimeout(timer)
      session.closed = true
      await session.environment.close()
      lease.release()
    }
    sessions.clear()
  }
  return {
    get size() {
      return count()
    },
    max: limits.sessionsMax,
    *all() {
      for (const { session } of sessions.values()) yield session
    },
    drain() {
      draining = true
      waiting.close()
    },
    get draining() {
      return draining
    },
    get waiting() {
      return waiting.size
    },
    async room(caller) {
      if (limits.waitMs > 0 && !draining && isFull(1)) {
        caller.account.requireSessions(1) // who couldn't come in then needn't wait
        await waiting.turn(caller.line)
      }
      requireRoom(1, caller)
    },
    open(reference, options) {
      requireRole(options.caller, 'play')
      requireRoom(1, options.caller)
      const [id = '', version] = reference.split('@')
      options.caller.account.requireDomain(id)
      const lease = worlds.lease(id)
      const own = lease.world.domain.version
      if (version !== undefined && version !== own) {
        lease.release()
        throw new MicrocosmError('VERSION_MISMATCH', `Version ${version} of "${id}" was asked for; ${own} is served.`, {
          domain: id,
          version: own,
        })
      }
      return add(lease, environmentOf(lease), options)
    },
    async fork(parent, count) {
      const entry = sessions.get(parent.id)
      if (entry === undefined) throw new MicrocosmError('UNKNOWN_SESSION', 'The session has ended.')
      requireRoom(count, parent.caller)
      reserved += count
      parent.caller.account.opened(count)
      let environments: LocalEnvironment[]
      try {
        environments = (await parent.environment.fork(count)) as LocalEnvironment[]
      } finally {
        reserved -= count
        parent.caller.account.opened(-count)
      }
      return environments.map((environment) => {
        const child = add(entry.lease.again(), environment, { caller: parent.caller, bound: entry.bound })
        child.opening = parent.opening
        child.last = parent.last
        child.chars = parent.chars
        if (entry.bound) closeLater(sessions.get(child.id) as Entry, limits.unattachedMs)
        return child
      })
    },
    wake(id) {
      if (!asleep.has(id)) return waking.get(id) ?? Promise.resolve()
      const known = waking.get(id)
      if (known !== undefined) return known
      const work = wake(id).finally(() => waking.delete(id))
      waking.set(id, work)
      return work
    },
    seat(id, token) {
      const seats = waking.has(id) ? undefined : sessions.get(id)?.session.seats
      const given = Buffer.from(token)
      for (const [own, seat] of seats ?? []) {
        const known = Buffer.from(own)
        if (known.length === given.length && timingSafeEqual(known, given)) return seat
      }
      throw new MicrocosmError('UNKNOWN_SESSION', 'There is no such session, or the token is not its own.')
    },
    hold(seat, holder) {
      seat.session.caller.account.check() // a revoked key's session is not taken up again
      const before = seat.holder
      if (before === holder) return
      seat.holder = holder
      before?.lose(seat)
      const entry = sessions.get(seat.session.id)
      if (entry?.timer != null && seat === seat.session.owner) {
        clearTimeout(entry.timer)
        entry.timer = null
      }
      if (before === null) tell(seat.session, { kind: 'joined', by: seat })
    },
    async letGo(seat, holder, how) {
      if (seat.holder !== holder) return
      seat.holder = null
      const entry = sessions.get(seat.session.id)
      if (entry === undefined) return
      tell(seat.session, { kind: 'left', by: seat })
      if (!entry.bound || seat !== seat.session.owner) return
      if (how === 'ended') await close(seat.session)
      else closeLater(entry, limits.graceMs)
    },
    close,
    expire(keys) {
      for (const entry of sessions.values()) {
        const { key } = entry.session.caller
        if (key !== null && keys.includes(key)) closeLater(entry, limits.graceMs)
      }
    },
    async closeAll() {
      await Promise.all([...sessions.values()].map(({ session }) => close(session)))
      await suspend()
    },
    suspend,
  }
}

/** A further seat; what may be asked for it was checked before. @throws CAPACITY_REACHED */
export function addSeat(session: Session, { name, role, rights }: Pick<Seat, 'name' | 'role' | 'rights'>): Seat {
  const number = session.seats.size
  if (number >= session.limits.seatsMax)
    throw new MicrocosmError('CAPACITY_REACHED', `A session has ${session.limits.seatsMax} tokens at most.`)
  const token = session.tokenOf(number)
  const seat: Seat = { session, number, token, name, role, rights, answered: new Map(), inbox: [], holder: null }
  session.seats.set(token, seat)
  return seat
}

/** Keeps the reply of an episode by its message's id, so that one that comes again isn't done again. */
export function remember(seat: Seat | undefined, id: string | number, answered: Answered): void {
  if (seat === undefined) return
  seat.answered.set(id, answered)
  if (seat.answered.size > seat.session.limits.answeredMax)
    seat.answered.delete(seat.answered.keys().next().value as string)
}

/** Says it to all who listen. */
export function tell(
  session: Session,
  { by, ...event }: Omit<SessionEvent, 'seq' | 'by'> & { by: Pick<Seat, 'name' | 'role'> | null },
): void {
  if (session.listeners.size === 0) return
  session.events += 1
  const whole: SessionEvent = { seq: session.events, by: by && { name: by.name, role: by.role }, ...event }
  for (const listener of session.listeners) listener(whole)
}

function isHeld(session: Session): boolean {
  if (session.listeners.size > 0) return true
  for (const { holder } of session.seats.values()) if (holder !== null) return true
  return false
}
