/**
 * Who holds which environment: a session is known by 128 random bits and opened by its token, which only its owner has.
 *
 * A session that a socket opened ends with the socket. One that fork made waits for a while to be attached.
 */

import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { LocalEnvironment } from '../envs/runtime/environment.ts'
import { createEnvironment } from '../envs/runtime/environment.ts'
import type { Transition } from '../schemas/environment.ts'
import { MicrocosmError } from '../schemas/errors.ts'
import type { ServerConfig } from './config.ts'
import type { Lease, Worlds } from './worlds.ts'

export interface Session {
  readonly id: string
  readonly token: string
  readonly domain: string
  readonly environment: LocalEnvironment
  /** What was shown last, for whoever attaches. */
  last: Transition<object> | null
  /** Whether a socket serves it. */
  attached: boolean
  /** Set with each message; a sweep clears it, and parks the session that it finds without. */
  used: boolean
}

export interface Sessions {
  readonly size: number
  /** @throws CAPACITY_REACHED, UNKNOWN_DOMAIN */
  open(domain: string): Session
  /** @throws CAPACITY_REACHED where not all of them fit; none is made then */
  fork(parent: Session, count: number): Promise<Session[]>
  /** @throws UNKNOWN_SESSION, SESSION_ERROR where another socket holds it */
  attach(domain: string, ticket: { session: string; token: string }): Session
  close(session: Session): Promise<void>
  closeAll(): Promise<void>
}

export function createSessions(
  worlds: Worlds,
  { sessionsMax, unattachedMs, parkMs }: Pick<ServerConfig, 'sessionsMax' | 'unattachedMs' | 'parkMs'>,
): Sessions {
  const sessions = new Map<string, { session: Session; lease: Lease; timer: NodeJS.Timeout | null }>()
  let reserved = 0 // places of forks that are being made
  const sweep = setInterval(() => {
    for (const { session } of sessions.values()) {
      if (session.used) session.used = false
      else session.environment.park()
    }
  }, parkMs).unref()

  const requireRoom = (count: number): void => {
    if (sessions.size + reserved + count <= sessionsMax) return
    throw new MicrocosmError(
      'CAPACITY_REACHED',
      `Server at capacity: ${sessions.size}/${sessionsMax} sessions active. Cannot accept new connections.`,
      { active_sessions: sessions.size, max_sessions: sessionsMax },
    )
  }
  const add = (domain: string, lease: Lease, environment: LocalEnvironment, attached: boolean): Session => {
    const session: Session = {
      id: randomBytes(16).toString('hex'),
      token: randomBytes(24).toString('base64url'),
      domain,
      environment,
      last: null,
      attached,
      used: true,
    }
    const timer = attached ? null : setTimeout(() => void close(session), unattachedMs).unref()
    sessions.set(session.id, { session, lease, timer })
    return session
  }
  const close = async (session: Session): Promise<void> => {
    const entry = sessions.get(session.id)
    if (entry === undefined) return
    sessions.delete(session.id)
    if (entry.timer !== null) clearTimeout(entry.timer)
    await session.environment.close()
    entry.lease.release()
  }
  return {
    get size() {
      return sessions.size
    },
    open(domain) {
      requireRoom(1)
      const lease = worlds.lease(domain)
      return add(
        domain,
        lease,
        createEnvironment(lease.world, { pickSeed: () => randomBytes(4).readUInt32BE(0) }),
        true,
      )
    },
    async fork(parent, count) {
      const lease = sessions.get(parent.id)?.lease
      if (lease === undefined) throw new MicrocosmError('UNKNOWN_SESSION', 'The session has ended.')
      requireRoom(count)
      reserved += count
      let environments: LocalEnvironment[]
      try {
        environments = (await parent.environment.fork(count)) as LocalEnvironment[]
      } finally {
        reserved -= count
      }
      return environments.map((environment) => {
        const child = add(parent.domain, lease.again(), environment, false)
        child.last = parent.last
        return child
      })
    },
    attach(domain, { session: id, token }) {
      const entry = sessions.get(id)
      const given = Buffer.from(token)
      const own = Buffer.from(entry?.session.token ?? '')
      if (entry === undefined || given.length !== own.length || !timingSafeEqual(given, own)) {
        throw new MicrocosmError('UNKNOWN_SESSION', 'There is no such session, or the token is not its own.')
      }
      if (entry.session.domain !== domain)
        throw new MicrocosmError('UNKNOWN_SESSION', `The session is not one of the domain "${domain}".`)
      if (entry.session.attached)
        throw new MicrocosmError('SESSION_ERROR', 'The session is held by another connection.')
      if (entry.timer !== null) clearTimeout(entry.timer)
      entry.timer = null
      entry.session.attached = true
      return entry.session
    },
    close,
    async closeAll() {
      clearInterval(sweep)
      await Promise.all([...sessions.values()].map(({ session }) => close(session)))
    },
  }
}
