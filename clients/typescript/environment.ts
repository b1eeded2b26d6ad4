/** An environment over a connection: who plays can't tell it from a local one. Its forks share the connection. */

import type { Action, ResetObservation, ResetOptions, Transition } from '../../schemas/environment.ts'
import type { Connection } from './connection.ts'
import type { Door } from './surface.ts'

/**
 * @param domain where resets go; a connection that came back stands at an address that names none
 * @param name the connection's own, of this session
 */
export function environmentOver(connection: Connection, domain: string, name: string): Door {
  let holders = 0
  const session = (own: string): Door => {
    let closed = false
    holders += 1
    return {
      async reset(options: ResetOptions = {}) {
        const data = { domain, ...options }
        const reply = await connection.ask({ type: 'reset', session: own, data }, 'observation')
        return reply as unknown as Transition<ResetObservation>
      },
      step: async (action: Action) =>
        (await connection.ask({ type: 'step', session: own, data: action }, 'observation')) as unknown as Transition,
      verify: () => connection.ask({ type: 'verify', session: own, data: {} }, 'verification'),
      async fork(count) {
        const { sessions } = await connection.ask({ type: 'fork', session: own, data: { count } }, 'forked')
        const names = sessions.map(() => connection.name())
        const attached = await connection.askAll(
          sessions.map((data, index) => ({ type: 'attach', session: names[index] as string, data })),
          'observation',
        )
        const failed = attached.find((result) => result.status === 'rejected')
        if (failed === undefined) return names.map(session)
        await connection.askAll(
          names.map((each) => ({ type: 'close', session: each })),
          'closed',
        )
        throw failed.reason
      },
      async close() {
        if (closed) return
        closed = true
        holders -= 1
        if (holders === 0) return connection.close()
        // Where that fails, the session is gone already or goes with its connection.
        await connection.askAll([{ type: 'close', session: own }], 'closed')
      },
    }
  }
  return session(name)
}
