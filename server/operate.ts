/**
 * The operator's hand: what sessions there are, ending one, and letting the house run empty. It shows whose a session is and
 * how it stands, never a token. This is the hand on one process; one for many processes has the same form.
 */

import { z } from 'zod'
import { MicrocosmError } from '../schemas/errors.ts'
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

export function createOperator(sessions: Sessions, log: Logger): Operator {
  return {
    list: async () => Array.from(sessions.all(), lineOf),
    async kill(id) {
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
      log.info({ sessions: sessions.size }, 'draining')
      return { sessions: sessions.size }
    },
    status: () => ({ draining: sessions.draining, sessions: sessions.size }),
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
