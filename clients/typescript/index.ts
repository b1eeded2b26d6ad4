/**
 * The TypeScript client, for Node and the browser: what is served, and environments over WebSockets.
 *
 *     const client = connect('http://127.0.0.1:8000')
 *     await using environment = await client.make('hotel-chain', { split: 'train' })
 *     const { observation } = await environment.reset({ seed: 7 })
 */

import type { DomainSummary } from '../../schemas/domain.ts'
import type { ResetOptions, WireResetOptions } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { TaskSummary } from '../../schemas/task.ts'
import { addressOf } from './address.ts'
import { openConnection } from './connection.ts'
import { environmentOver } from './environment.ts'
import { openOverHttp, requestJson } from './http.ts'
import type { Limits } from './limits.ts'
import { defaultLimits } from './limits.ts'
import type { ClientEnvironment } from './surface.ts'
import { clientEnvironment } from './surface.ts'
import type { VectorEnvironment } from './vector.ts'
import { connectionsFor, vectorOver } from './vector.ts'

export type { DomainSummary } from '../../schemas/domain.ts'
export type {
  Action,
  Environment,
  ResetObservation,
  ResetOptions,
  ToolCallsObservation,
  ToolObservation,
  Transition,
  WireResetOptions,
} from '../../schemas/environment.ts'
export type { ErrorCode } from '../../schemas/errors.ts'
export { MicrocosmError } from '../../schemas/errors.ts'
export type { TaskSummary } from '../../schemas/task.ts'
export type { Verification } from '../../schemas/verification.ts'
export type { Limits } from './limits.ts'
export type { ClientEnvironment, ToolCall } from './surface.ts'
export type { Outcome, VectorEnvironment } from './vector.ts'

export interface ConnectOptions extends Partial<Limits> {
  /** Where the server has keys: says what the sessions opened with it may do. */
  key?: string
}

/** Of every reset, unless the reset says otherwise; and how long to wait, unless as the client does. */
export type MakeOptions = ResetOptions & Partial<Limits> & { over?: 'websocket' | 'http' }

export interface TaskQuery {
  split?: 'train' | 'test'
  search?: string
  /** Shuffles. */
  seed?: number
}

export interface Client {
  /** All domains that are served, the best first. @throws CONNECTION_LOST */
  domains(search?: string): Promise<DomainSummary[]>
  /** All tasks of a domain, without gold. @throws UNKNOWN_DOMAIN, CONNECTION_LOST */
  tasks(domain: string, query?: TaskQuery): Promise<TaskSummary[]>
  /** An environment of that domain, the caller's to close. An unknown domain shows at its first message. @throws CONNECTION_LOST */
  make(domain: string, options?: MakeOptions): Promise<ClientEnvironment>
  /** `count` episodes that are stepped together, of one domain or of what their resets say; the caller's to close. */
  vector(count: number, options?: WireResetOptions & Partial<Limits>): Promise<VectorEnvironment>
}

/**
 * @param url of the server, such as `http://127.0.0.1:8000`; with a key also `http://KEY@host` or `http://host/k/KEY`
 * @throws USAGE where it is none
 */
export function connect(url: string, { key, ...limits }: ConnectOptions = {}): Client {
  const address = addressOf(url, key)
  const limitsOf = ({ replyMs, reconnectMs, connectMs }: Partial<Limits>): Limits => {
    const given = { replyMs, reconnectMs, connectMs }
    const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    return { ...defaultLimits, ...limits, ...said }
  }
  const list = async <T>(path: string, name: string, query: object = {}): Promise<T[]> => {
    const all: T[] = []
    for (let cursor: string | null = '0'; cursor !== null; ) {
      const asked = new URLSearchParams({ limit: '1000', cursor })
      for (const [key, value] of Object.entries(query)) if (value !== undefined) asked.set(key, String(value))
      const page: Record<string, unknown> = await requestJson('GET', `${address.http}${path}?${asked}`, {
        timeoutMs: limitsOf({}).replyMs,
      })
      all.push(...(page[name] as T[]))
      cursor = page.next_cursor as string | null
    }
    return all
  }
  return {
    domains: (search) => list('/domains', 'domains', { search }),
    tasks: (domain, query) => list(`/domains/${encodeURIComponent(domain)}/tasks`, 'tasks', query),
    async make(domain, { over = 'websocket', replyMs, reconnectMs, connectMs, ...defaults } = {}) {
      const own = limitsOf({ replyMs, reconnectMs, connectMs })
      if (over === 'http') return clientEnvironment(await openOverHttp(address, domain, own), defaults)
      const connection = await openConnection({
        url: `${address.ws}/domains/${encodeURIComponent(domain)}/ws`,
        backUrl: `${address.ws}/ws`,
        limits: own,
      })
      return clientEnvironment(environmentOver(connection, domain, connection.name()), defaults)
    },
    async vector(count, { replyMs, reconnectMs, connectMs, ...defaults } = {}) {
      if (!Number.isInteger(count) || count < 1)
        throw new MicrocosmError('USAGE', `A vector has one episode or more, not ${count}.`)
      const own = { url: `${address.ws}/ws`, limits: limitsOf({ replyMs, reconnectMs, connectMs }) }
      const connections = await Promise.all(Array.from({ length: connectionsFor(count) }, () => openConnection(own)))
      return vectorOver(connections, count, defaults)
    },
  }
}
