/**
 * Callers: who may come in, and what each key has used of what it may have.
 *
 * Where there are keys, nobody gets in without one; where there are none, whoever reaches the server plays and operates it,
 * and it listens on loopback only. Quotas are counted per process: each has its share of them, so that all together they
 * hold (a key whose connections all fall to one process has only that one's share).
 */

import type { IncomingMessage } from 'node:http'
import { MicrocosmError } from '../schemas/errors.ts'
import type { Right } from '../schemas/session.ts'
import { addressOf, keyOf } from './access.ts'
import type { Bucket } from './buckets.ts'
import { createBucket, createBuckets } from './buckets.ts'
import type { ServerConfig } from './config.ts'
import type { KeyRecord, KeyRole, Quotas } from './keys.ts'
import { openKeys } from './keys.ts'
import type { Logger } from './replies.ts'

export interface Caller {
  /** The key's id; null where no key is needed. */
  readonly key: string | null
  readonly roles: ReadonlySet<KeyRole>
  /** What a session that it opens lets its owner do. */
  readonly rights: ReadonlySet<Right>
  /** Whose sessions wait in one line when the house is full. */
  readonly line: string
  readonly account: Account
}

export type Quota = keyof Quotas

/** What a key may have, and has. All sessions and connections of a key share one. */
export interface Account {
  /** @throws KEY_REVOKED */
  check(): void
  /** @throws KEY_REVOKED, QUOTA_EXCEEDED before anything is done */
  spend(what: 'steps' | 'bytes', amount: number): void
  /** Bytes that are gone already: whoever comes next waits for them. */
  charge(bytes: number): void
  /** Whether so many more sessions may be opened. @throws KEY_REVOKED, QUOTA_EXCEEDED */
  requireSessions(count: number): void
  opened(count: number): void
  mayUse(domain: string): boolean
  /** @throws QUOTA_EXCEEDED */
  requireDomain(domain: string): void
}

export interface Callers {
  /** Whether a key must be shown. */
  readonly closed: boolean
  /** @throws KEY_REQUIRED, KEY_REVOKED, RATE_LIMITED */
  identify(request: IncomingMessage): Caller
  /** Whose key has this id, for a session that is taken up again; null where it is gone. */
  ofKey(id: string | null): Caller | null
  /** Reads the keys again. @returns the ids of those that were revoked since */
  refresh(): string[]
}

export interface CallersOptions {
  config: Pick<ServerConfig, 'keysFile' | 'openRights' | 'processes' | 'trustProxy' | 'refusalsPerSecond'>
  log: Logger
  onRefusal?(quota: Quota): void
}

/** @throws KEYS_INVALID */
export function createCallers({ config, log, onRefusal = () => {} }: CallersOptions): Callers {
  const keys = openKeys(config.keysFile)
  const known = new Map<string, Known>()
  const refusals = createBuckets(config.refusalsPerSecond)
  const open: Omit<Caller, 'line'> = {
    key: null,
    roles: new Set(['play', 'operate']),
    rights: new Set(config.openRights),
    account: free,
  }
  const callerOf = (record: KeyRecord): Caller => {
    const entry = known.get(record.id) ?? { account: createAccount(record, config, onRefusal), caller: null }
    known.set(record.id, entry)
    entry.caller ??= {
      key: record.id,
      roles: new Set(record.roles),
      rights: new Set(record.rights),
      line: record.id,
      account: entry.account,
    }
    return entry.caller
  }
  const refuse = (address: string, code: 'KEY_REQUIRED' | 'KEY_REVOKED', message: string): never => {
    const bucket = refusals.of(address)
    const wait = bucket.wait()
    if (wait > 0) throw new MicrocosmError('RATE_LIMITED', 'Too many requests without a key.', { retry_after_ms: wait })
    bucket.take(1)
    throw new MicrocosmError(code, message)
  }
  return {
    get closed() {
      return keys.some
    },
    identify(request) {
      const address = addressOf(request, config)
      if (!keys.some) return { ...open, line: address }
      const shown = keyOf(request)
      if (shown === null) return refuse(address, 'KEY_REQUIRED', 'This server is for those who have a key.')
      const record = keys.find(shown)
      if (record === null) return refuse(address, 'KEY_REQUIRED', 'This key is not known here.')
      if (record.revoked !== null) return refuse(address, 'KEY_REVOKED', `The key ${record.id} was revoked.`)
      return callerOf(record)
    },
    ofKey(id) {
      if (id === null) return { ...open, line: '' }
      const record = keys.byId(id)
      return record === null || record.revoked !== null ? null : callerOf(record)
    },
    refresh() {
      try {
        if (!keys.refresh()) return []
      } catch (error) {
        log.error({ err: error }, 'the keys were not read again: those read before hold')
        return []
      }
      const revoked: string[] = []
      for (const [id, entry] of known) {
        const record = keys.byId(id)
        entry.caller = null // made anew, with the roles and rights of now
        if (entry.account.update(record)) revoked.push(id)
      }
      if (revoked.length > 0) log.info({ keys: revoked }, 'keys revoked')
      return revoked
    },
  }
}

interface Known {
  account: ReturnType<typeof createAccount>
  caller: Caller | null
}

/** Where no key is needed, there is no quota; a session that was opened so goes on when there are keys. */
const free: Account = {
  check() {},
  spend() {},
  charge() {},
  requireSessions() {},
  opened() {},
  mayUse: () => true,
  requireDomain() {},
}

function createAccount(
  first: KeyRecord,
  { processes }: Pick<ServerConfig, 'processes'>,
  onRefusal: (quota: Quota) => void,
): Account & { update(record: KeyRecord | null): boolean } {
  let { quotas } = first
  let revoked = false
  let sessions = 0
  const buckets: { steps: Bucket | null; bytes: Bucket | null } = { steps: null, bytes: null }
  const fill = (): void => {
    const { steps_per_second: steps, bytes_per_second: bytes } = quotas
    buckets.steps = steps === undefined ? null : createBucket(steps / processes)
    buckets.bytes = bytes === undefined ? null : createBucket(bytes / processes)
  }
  fill()
  const exceed = (quota: Quota, message: string, retryAfter: number | null): never => {
    onRefusal(quota)
    throw new MicrocosmError('QUOTA_EXCEEDED', `The key ${first.id} ${message}.`, { quota, retry_after_ms: retryAfter })
  }
  const check = (): void => {
    if (revoked) throw new MicrocosmError('KEY_REVOKED', `The key ${first.id} was revoked.`)
  }
  const quotaOf = { steps: 'steps_per_second', bytes: 'bytes_per_second' } as const
  const account = {
    check,
    spend(what: 'steps' | 'bytes', amount: number) {
      check()
      const bucket = buckets[what]
      if (bucket === null) return
      const wait = bucket.wait()
      if (wait > 0) exceed(quotaOf[what], `may have ${quotas[quotaOf[what]]} ${what} a second`, wait)
      bucket.take(amount)
    },
    charge: (bytes: number) => buckets.bytes?.take(bytes),
    requireSessions(count: number) {
      check()
      const { sessions: max } = quotas
      if (max !== undefined && sessions + count > Math.ceil(max / processes))
        exceed('sessions', `may have ${max} sessions, and has ${sessions} here`, null)
    },
    opened(count: number) {
      sessions += count
    },
    mayUse: (domain: string) => quotas.domains === undefined || quotas.domains.includes(domain),
    requireDomain(domain: string) {
      if (!account.mayUse(domain)) exceed('domains', `may not use the domain ${JSON.stringify(domain)}`, null)
    },
    update(record: KeyRecord | null) {
      const was = revoked
      revoked = record === null || record.revoked !== null
      if (record !== null && JSON.stringify(record.quotas) !== JSON.stringify(quotas)) {
        quotas = record.quotas
        fill()
      }
      return revoked && !was
    },
  }
  return account
}

/** @throws NOT_PERMITTED */
export function requireRole({ roles }: Caller, role: KeyRole): void {
  if (!roles.has(role)) throw new MicrocosmError('NOT_PERMITTED', `This needs a key with the role "${role}".`, { role })
}

/** A session that its id alone opens is opened by its own key alone. @throws UNKNOWN_SESSION */
export function requireOwnKey<T extends { session: { caller: Caller } }>(seat: T, { key }: Caller): T {
  if (seat.session.caller.key === key) return seat
  throw new MicrocosmError('UNKNOWN_SESSION', 'There is no such session, or it is of another key.')
}
