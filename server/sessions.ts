/**
 * Which sessions there are: each an environment, known by 128 random bits, and the seats that its tokens open.
 *
 * A session that a socket opened ends with that socket; where the connection was dropped, after a time of grace in which
 * its token takes it up again. One that HTTP opened ends when it is deleted, or idle for long. Where the house is full, a
 * newcomer is refused, or waits for its turn (waiting.ts).
 */

import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { EnvironmentWorld, LocalEnvironment } from '../envs/runtime/environment.ts'
import { createEnvironment } from '../envs/runtime/environment.ts'
import type { ChatModel, ResetObservation, Transition } from '../schemas/environment.ts'
import { MicrocosmError } from '../schemas/errors.ts'
import type { Right, Role, SessionEvent } from '../schemas/session.ts'
import type { ServerConfig } from './config.ts'
import { createWaiting } from './waiting.ts'
import type { Lease, Worlds } from './worlds.ts'

export interface Session {
  readonly id: string
  /** Its domain's id. */
  readonly domain: string
  readonly world: EnvironmentWorld
  readonly environment: LocalEnvironment
  readonly owner: Seat
  /** What the last reset showed; null before the first. */
  opening: Transition<ResetObservation> | null
  /** What was shown last, for whoever attaches. */
  last: Transition<object> | null
  /** By token. */
  readonly seats: Map<string, Seat>
  readonly listeners: Set<(event: SessionEvent) => void>
  events: number
  /** Set with each message; a sweep clears it, and parks the session that it finds without. */
  used: boolean
  closed: boolean
}

/** What a token opens: a place in a session, under a name and in a role. */
export interface Seat {
  readonly session: Session
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
  /** The owner's. */
  rights: ReadonlySet<Right>
  /** That it ends with the connection that holds it; else it lives until it is closed or idle for long. */
  bound: boolean
  /** That the id alone opens it, as OpenEnv's clients have it. */
  openedById?: boolean
}

export interface Sessions {
  readonly size: number
  readonly max: number
  /** Room for one session, waited for where that is allowed. @throws CAPACITY_REACHED */
  room(client: string): Promise<void>
  /** @param reference a domain's id, or `id@version` @throws CAPACITY_REACHED, UNKNOWN_DOMAIN, VERSION_MISMATCH */
  open(reference: string, options: OpenOptions): Session
  /** @throws CAPACITY_REACHED where not all of them fit; none is made then */
  fork(parent: Session, count: number): Promise<Session[]>
  /** The seat that the token opens. @throws UNKNOWN_SESSION */
  seat(session: string, token: string): Seat
  /** The seat is served by this connection from now on. */
  hold(seat: Seat, holder: Holder): void
  /** The connection serves it no longer: it ended, or it was dropped and may come back. */
  letGo(seat: Seat, holder: Holder, how: 'ended' | 'dropped'): Promise<void>
  close(session: Session): Promise<void>
  closeAll(): Promise<void>
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
  'sessionsMax' | 'unattachedMs' | 'parkMs' | 'graceMs' | 'idleMs' | 'waitMs' | 'waitingMax'
>

/** @param userModel who plays the users that a reset wants played by a model */
export function createSessions(worlds: Worlds, limits: SessionLimits, userModel: ChatModel | null = null): Sessions {
  const sessions = new Map<string, Entry>()
  let reserved = 0 // places of forks that are being made
  const waiting = createWaiting(limits)

  const sweep = setInterval(() => {
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
    }
  }, limits.parkMs).unref()

  const isFull = (count: number): boolean => sessions.size + reserved + count > limits.sessionsMax
  const requireRoom = (count: number): void => {
    if (!isFull(count)) return
    throw new MicrocosmError(
      'CAPACITY_REACHED',
      `Server at capacity: ${sessions.size}/${limits.sessionsMax} sessions active. Cannot accept new connections.`,
      { active_sessions: sessions.size, max_sessions: limits.sessionsMax },
    )
  }
  const add = (lease: Lease, environment: LocalEnvironment, { rights, bound, openedById }: OpenOptions): Session => {
    const id = randomBytes(16).toString('hex')
    const session = {
      id,
      domain: lease.world.domain.id,
      world: lease.world,
      environment,
      opening: null,
      last: null,
      seats: new Map<string, Seat>(),
      listeners: new Set<(event: SessionEvent) => void>(),
      events: 0,
      used: true,
      closed: false,
    } as unknown as Session & { owner: Seat }
    session.owner = addSeat(session, { name: 'owner', role: 'agent', rights }, openedById === true ? id : undefined)
    sessions.set(id, { session, lease, bound, timer: null, idleRounds: 0 })
    return session
  }
  const close = async (session: Session): Promise<void> => {
    const entry = sessions.get(session.id)
    if (entry === undefined) return
    sessions.delete(session.id)
    if (entry.timer !== null) clearTimeout(entry.timer)
    tell(session, { kind: 'closed', by: null })
    session.closed = true
    for (const seat of session.seats.values()) seat.holder?.lose(seat)
    session.listeners.clear()
    await session.environment.close()
    entry.lease.release()
    waiting.admit(() => !isFull(1))
  }
  const closeLater = (entry: Entry, ms: number): void => {
    if (entry.timer !== null) clearTimeout(entry.timer)
    entry.timer = setTimeout(() => void close(entry.session), ms).unref()
  }
  return {
    get size() {
      return sessions.size
    },
    max: limits.sessionsMax,
    async room(client) {
      if (limits.waitMs > 0 && isFull(1)) await waiting.turn(client)
      requireRoom(1)
    },
    open(reference, options) {
      requireRoom(1)
      const [id = '', version] = reference.split('@')
      const lease = worlds.lease(id)
      const own = lease.world.domain.version
      if (version !== undefined && version !== own) {
        lease.release()
        throw new MicrocosmError('VERSION_MISMATCH', `Version ${version} of "${id}" was asked for; ${own} is served.`, {
          domain: id,
          version: own,
        })
      }
      const pickSeed = () => randomBytes(4).readUInt32BE(0)
      return add(lease, createEnvironment(lease.world, { pickSeed, userModel }), options)
    },
    async fork(parent, count) {
      const entry = sessions.get(parent.id)
      if (entry === undefined) throw new MicrocosmError('UNKNOWN_SESSION', 'The session has ended.')
      requireRoom(count)
      reserved += count
      let environments: LocalEnvironment[]
      try {
        environments = (await parent.environment.fork(count)) as LocalEnvironment[]
      } finally {
        reserved -= count
      }
      return environments.map((environment) => {
        const { rights } = parent.owner
        const child = add(entry.lease.again(), environment, { rights, bound: entry.bound })
        child.opening = parent.opening
        child.last = parent.last
        if (entry.bound) closeLater(sessions.get(child.id) as Entry, limits.unattachedMs)
        return child
      })
    },
    seat(id, token) {
      const seats = sessions.get(id)?.session.seats
      const given = Buffer.from(token)
      for (const [own, seat] of seats ?? []) {
        const known = Buffer.from(own)
        if (known.length === given.length && timingSafeEqual(known, given)) return seat
      }
      throw new MicrocosmError('UNKNOWN_SESSION', 'There is no such session, or the token is not its own.')
    },
    hold(seat, holder) {
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
    async closeAll() {
      clearInterval(sweep)
      waiting.close()
      await Promise.all([...sessions.values()].map(({ session }) => close(session)))
    },
  }
}

/** A further seat; what may be asked for it was checked before. */
export function addSeat(
  session: Session,
  { name, role, rights }: Pick<Seat, 'name' | 'role' | 'rights'>,
  token: string = randomBytes(24).toString('base64url'),
): Seat {
  const seat: Seat = { session, token, name, role, rights, answered: new Map(), inbox: [], holder: null }
  session.seats.set(token, seat)
  return seat
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
