/** The contract over every other door that has sessions: HTTP, a session's own address, and one socket with many. */

import type { Test } from 'tap'
import type { Connection } from '../../clients/typescript/connection.ts'
import { openConnection } from '../../clients/typescript/connection.ts'
import { connect } from '../../clients/typescript/index.ts'
import { defaultLimits as limits } from '../../clients/typescript/limits.ts'
import type { Catalog } from '../../envs/catalog.ts'
import { libraryDomains } from '../../envs/library/index.ts'
import type { Action, Environment, ResetOptions, Transition } from '../../schemas/environment.ts'
import { environmentContract } from './environment.ts'

/** @param url of a server that has been started @param catalog what it serves */
export async function doorsContract(t: Test, url: string, catalog: Catalog): Promise<void> {
  const client = connect(url)
  const ws = url.replace('http', 'ws')
  const shared = await openConnection({ url: `${ws}/ws`, limits })
  t.teardown(() => shared.close())

  type Ask = Connection['ask']

  /** Over a connection that it shares or has alone; `domain` where the address names none. */
  function environmentOver(ask: Ask, close: () => Promise<void>, domain?: string): Environment {
    return {
      async reset(options: ResetOptions = {}) {
        return (await ask(
          { type: 'reset', data: { domain, ...options } },
          'observation',
        )) as unknown as Transition<never>
      },
      async step(action: Action) {
        return (await ask({ type: 'step', data: action }, 'observation')) as unknown as Transition
      },
      verify: () => ask({ type: 'verify' }, 'verification'),
      async fork(count: number) {
        const { sessions } = await ask({ type: 'fork', data: { count } }, 'forked')
        return Promise.all(
          sessions.map(async (data) => {
            const own = named()
            await own.ask({ type: 'attach', data }, 'observation')
            return environmentOver(own.ask, own.close)
          }),
        )
      },
      close,
      [Symbol.asyncDispose]: close,
    }
  }

  let made = 0
  function named(): { ask: Ask; close: () => Promise<void> } {
    const session = `session ${++made}`
    const ask = ((message, expected) => shared.ask({ ...message, session }, expected)) as Ask
    return {
      ask,
      async close() {
        await ask({ type: 'close' }, 'closed')
      },
    }
  }

  for (const { id } of libraryDomains) {
    const domain = catalog.domain(id)
    t.test(`${id}, over HTTP`, (t) => {
      environmentContract(t, { domain, make: () => client.make(id, { over: 'http' }) })
      t.end()
    })
    t.test(`${id}, at the address of a session`, (t) => {
      const make = async () => {
        const response = await fetch(`${url}/sessions`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ domain: id, reset: false }),
        })
        const opened = (await response.json()) as { id: string; token: string }
        const { ask, close } = await openConnection({
          url: `${ws}/sessions/${opened.id}/ws?token=${opened.token}`,
          limits,
        })
        return environmentOver(ask, close)
      }
      environmentContract(t, { domain, make })
      t.end()
    })
    t.test(`${id}, one of many on a socket`, (t) => {
      environmentContract(t, {
        domain,
        make: async () => {
          const { ask, close } = named()
          // On /ws nothing is known of a domain before the first reset.
          await ask({ type: 'reset', data: { domain: id, task: domain.tasks[0]?.id } }, 'observation')
          const fresh = await freshSession(id)
          await ask({ type: 'close' }, 'closed')
          await ask({ type: 'attach', data: fresh }, 'observation')
          return environmentOver(ask, close, id)
        },
      })
      t.end()
    })
  }

  async function freshSession(domain: string): Promise<{ session: string; token: string }> {
    const response = await fetch(`${url}/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ domain, reset: false }),
    })
    const { id, token } = (await response.json()) as { id: string; token: string }
    return { session: id, token }
  }
}
