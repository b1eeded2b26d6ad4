/**
 * The TypeScript client, for Node and the browser: what is served, and environments over WebSockets.
 *
 *     const client = connect('http://127.0.0.1:8000')
 *     await using environment = await client.make('hotel-chain')
 *     const { observation } = await environment.reset({ seed: 7 })
 */

import type { DomainSummary } from '../../schemas/domain.ts'
import type { Environment } from '../../schemas/environment.ts'
import type { TaskSummary } from '../../schemas/task.ts'
import type { RemoteOptions } from './environment.ts'
import { connectEnvironment } from './environment.ts'
import { openOverHttp, requestJson } from './http.ts'

export type { RemoteOptions } from './environment.ts'

export interface Client {
  /** All domains that are served, sorted by id. @throws CONNECTION_LOST */
  domains(): Promise<DomainSummary[]>
  /** All tasks of a domain, without gold. @throws UNKNOWN_DOMAIN, CONNECTION_LOST */
  tasks(domain: string): Promise<TaskSummary[]>
  /** An environment of that domain, the caller's to close. An unknown domain shows at its first message. @throws CONNECTION_LOST */
  make(domain: string, options?: RemoteOptions & { over?: 'websocket' | 'http' }): Promise<Environment>
}

/** @param url of the server, such as `http://127.0.0.1:8000`; with a key `http://KEY@host` or `http://host/k/KEY` */
export function connect(url: string): Client {
  // A key before the host goes into the path: no browser sends it otherwise, and fetch refuses it.
  const base = url
    .replace(/\/+$/, '')
    .replace(/^ws/, 'http')
    .replace(/^(https?:\/\/)([^/@:]+)(?::[^/@]*)?@([^/]+)/, '$1$3/k/$2')
  const list = async <T>(path: string, name: string): Promise<T[]> => {
    const all: T[] = []
    for (let cursor: string | null = '0'; cursor !== null; ) {
      const page: Record<string, unknown> = await requestJson('GET', `${base}${path}?limit=1000&cursor=${cursor}`)
      all.push(...(page[name] as T[]))
      cursor = page.next_cursor as string | null
    }
    return all
  }
  return {
    domains: () => list('/domains', 'domains'),
    tasks: (domain) => list(`/domains/${encodeURIComponent(domain)}/tasks`, 'tasks'),
    make: (domain, { over = 'websocket', ...options } = {}) =>
      over === 'http'
        ? openOverHttp(base, domain)
        : connectEnvironment(`${base.replace(/^http/, 'ws')}/domains/${encodeURIComponent(domain)}/ws`, options),
  }
}
