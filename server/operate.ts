/**
 * The operator's hand: what sessions there are, ending one, and letting the house run empty. It shows whose a session is and
 * how it stands, never a token. Of a server of many processes, each asks the others.
 */

import { z } from 'zod'
import { MicrocosmError } from '../schemas/errors.ts'
import type { PeerDoor, Peers } from './cluster/peers.ts'
import type { Metrics } from './metrics.ts'
import type { Logger } from './replies.ts'
import type { Session, Sessions } from './sessions.ts'

export const sessionLine = z
  .strictObject({
    id: z.string(),
    domain: z.string(),
    key: z.string().nullable().describe('the id of the key that opened it'),
    age_seconds: z.int().min(0),
    steps: z.int().min(0),
    state: z.enum(['open', 'running', 'ended']).describe('open: not reset yet'),
    held: z.boolean().describe('whether a connection holds it'),
    tokens: z.int().min(1),
  })
  .meta({ title: 'SessionLine' })
export type SessionLine = z.infer<typeof sessionLine>

export interface Operator {
  list(): Promise<SessionLine[]>
  /** @throws UNKNOWN_SESSION */
  kill(session: string): Promise<void>
  /** From now on no session is opened; those that there are go on. @returns how many are left */
  drain(): Promise<{ sessions: number }>
  status(): { draining: boolean; sessions: number }
}

export function createOperator(sessions: Sessions, log: Logger, peers: Pick<Peers, 'tellDraining'>): Operator {
  return {
    list: async () => Array.from(sessions.all(), lineOf),
    async kill(id) {
      await sessions.wake(id) // it may sleep in the log
      for (const session of sessions.all()) {
        if (session.id !== id) continue
        log.info(
          { session: shortOf(id), domain: session.domain, owner: session.caller.key },
          'session ended by an operator',
        )
        return sessions.close(session)
      }
      throw new MicrocosmError('UNKNOWN_SESSION', 'There is no such session.')
    },
    async drain() {
      sessions.drain()
      peers.tellDraining()
      log.info({ sessions: sessions.size }, 'draining')
      return { sessions: sessions.size }
    },
    status: () => ({ draining: sessions.draining, sessions: sessions.size }),
  }
}

/** What other processes ask of this one's hand, and of what it measures. */
export function operatorDoor(own: Operator, metrics: Pick<Metrics, 'json'>): PeerDoor {
  return async (question, value) => {
    switch (question) {
      case 'sessions':
        return own.list()
      case 'kill':
        await own.kill(String(value))
        return null
      case 'drain':
        return own.drain()
      case 'metrics':
        return metrics.json()
      default:
        throw new MicrocosmError('NOT_FOUND', `There is no question ${JSON.stringify(question)}.`)
    }
  }
}

/** The hand on all processes. */
export function operatorOf(own: Operator, peers: Peers): Operator {
  return {
    async list() {
      const [mine, others] = await Promise.all([own.list(), peers.askAll<SessionLine[]>('sessions')])
      return [mine, ...others].flat().sort((a, b) => b.age_seconds - a.age_seconds || (a.id < b.id ? -1 : 1))
    },
    kill(id) {
      const owner = peers.ownerOf(id)
      return owner === null ? own.kill(id) : peers.ask(owner, 'kill', id)
    },
    async drain() {
      const [mine, others] = await Promise.all([own.drain(), peers.askAll<{ sessions: number }>('drain')])
      return { sessions: others.reduce((sum, { sessions }) => sum + sessions, mine.sessions) }
    },
    status() {
      const { draining, sessions } = own.status()
      return { draining, sessions: sessions + peers.sessions() }
    },
  }
}

/** As logs name a session: some sessions are opened by their id alone, so no log has one whole. */
const shortOf = (id: string): string => id.slice(0, 8)

function lineOf(session: Session): SessionLine {
  const { id, domain, caller, openedMs, last, environment, seats } = session
  return {
    id,
    domain,
    key: caller.key,
    age_seconds: Math.floor((performance.now() - openedMs) / 1000),
    steps: environment.state().step_count,
    state: last === null ? 'open' : last.done ? 'ended' : 'running',
    held: [...seats.values()].some(({ holder }) => holder !== null),
    tokens: seats.size,
  }
}
