/**
 * The keys of an installation: a file that says of each who it is for, what it may do and how much, and of its secret only a
 * hash. A key is random (256 bits), so one round of SHA-256 is as good as many; it is shown once, when it is made.
 *
 * The file is written whole, beside itself, and put in its place by a rename: who reads it never sees half of one, and the
 * file being written is the lock of those who write. Any number of processes read it again when it has changed.
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { domainId } from '../schemas/domain.ts'
import { MicrocosmError } from '../schemas/errors.ts'
import { right } from '../schemas/session.ts'

/** To play is to open sessions; to operate, to see and end those of others, and to read what the server measures. */
export const keyRole = z.enum(['play', 'operate'])
export type KeyRole = z.infer<typeof keyRole>

/** How much a key may have; what is not said has no limit but the server's own. */
export const quotas = z.strictObject({
  sessions: z.int().min(0).optional().describe('open at once, forks counted'),
  steps_per_second: z.number().positive().optional().describe('steps, resets, verifications and forks'),
  bytes_per_second: z.number().positive().optional().describe('sent and received'),
  domains: z.array(domainId).min(1).optional().describe('the only ones that it may use'),
})
export type Quotas = z.infer<typeof quotas>

export const keyRecord = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  label: z.string().min(1).max(200),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  roles: z.array(keyRole).min(1),
  rights: z.array(right),
  quotas,
  created: z.string(),
  revoked: z.string().nullable(),
})
export type KeyRecord = z.infer<typeof keyRecord>

const keysFile = z.strictObject({ version: z.literal(1), keys: z.array(keyRecord) })

export type KeyOrder = Pick<KeyRecord, 'label' | 'roles' | 'rights' | 'quotas'>

/** How a key looks, so that it is known wherever it stands by mistake: in an address, in a log. */
export const keyForm = /mc_[0-9a-f]{12}_[\w-]{43}/

const wholeKey = new RegExp(`^${keyForm.source}$`)

/** Bytes of the file at most, so that a wrong name does no harm. */
const fileBytesMax = 16 << 20
/** Milliseconds after which a writer that left its lock behind is taken for dead. */
const lockMs = 10_000

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex')

/** In the order in which they were made; none where there is no file. @throws KEYS_INVALID */
export function readKeys(file: string): KeyRecord[] {
  let text: string
  try {
    const { size } = statSync(file)
    if (size > fileBytesMax)
      throw new MicrocosmError('KEYS_INVALID', `${file} has ${size} bytes: it is no file of keys.`)
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error instanceof MicrocosmError ? error : invalid(file, (error as Error).message, error)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw invalid(file, (error as Error).message, error)
  }
  const parsed = keysFile.safeParse(value)
  if (parsed.success) return parsed.data.keys
  throw invalid(file, parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
}

const invalid = (file: string, why: string, cause?: unknown) =>
  new MicrocosmError('KEYS_INVALID', `${file} can't be read as a file of keys: ${why}.`, {}, cause)

/** Makes a key. @param now when, as an ISO date @returns the key itself, which nothing else ever shows */
export function addKey(file: string, order: KeyOrder, now: string): { key: string; record: KeyRecord } {
  const id = randomBytes(6).toString('hex')
  const key = `mc_${id}_${randomBytes(32).toString('base64url')}`
  const record: KeyRecord = { id, ...order, hash: hashOf(key), created: now, revoked: null }
  change(file, (keys) => [...keys, keyRecord.parse(record)])
  return { key, record }
}

/** From now on it opens nothing; it stays in the file, so that it is known to have been. @throws UNKNOWN_KEY */
export function revokeKey(file: string, id: string, now: string): KeyRecord {
  let revoked: KeyRecord | undefined
  change(file, (keys) =>
    keys.map((record) => {
      if (record.id !== id) return record
      revoked = { ...record, revoked: record.revoked ?? now }
      return revoked
    }),
  )
  if (revoked === undefined)
    throw new MicrocosmError('UNKNOWN_KEY', `There is no key ${JSON.stringify(id)} in ${file}.`)
  return revoked
}

/** @throws KEYS_BUSY, KEYS_INVALID */
function change(file: string, edit: (keys: KeyRecord[]) => KeyRecord[]): void {
  mkdirSync(dirname(file), { recursive: true })
  const next = `${file}.next`
  const age = Date.now() - (statSync(next, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY)
  if (age > lockMs) rmSync(next, { force: true })
  let lock: number
  try {
    lock = openSync(next, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new MicrocosmError('KEYS_BUSY', `Someone else writes to ${file} right now.`, {}, error)
  }
  try {
    writeSync(lock, `${JSON.stringify({ version: 1, keys: edit(readKeys(file)) }, null, 2)}\n`)
    fsyncSync(lock)
    renameSync(next, file)
  } catch (error) {
    rmSync(next, { force: true })
    throw error
  } finally {
    closeSync(lock)
  }
}

export interface KeyStore {
  /** Whether there is any key, be it revoked: then nobody gets in without one. */
  readonly some: boolean
  /** Whose key this is, be it revoked; null for what is no key. */
  find(key: string): KeyRecord | null
  /** By its id, be it revoked. */
  byId(id: string): KeyRecord | null
  /** Reads the file again where it has changed. @returns whether it has @throws KEYS_INVALID: what was read before holds */
  refresh(): boolean
}

/** @param file null for an installation without keys */
export function openKeys(file: string | null): KeyStore {
  let keys = new Map<string, KeyRecord>()
  let seen = ''
  const look = (): string => {
    const found = file === null ? undefined : statSync(file, { throwIfNoEntry: false })
    return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs}`
  }
  const store: KeyStore = {
    get some() {
      return keys.size > 0
    },
    find(key) {
      if (!wholeKey.test(key)) return null
      const record = keys.get(key.slice(3, 15))
      if (record === undefined) return null
      return timingSafeEqual(Buffer.from(hashOf(key), 'hex'), Buffer.from(record.hash, 'hex')) ? record : null
    },
    byId: (id) => keys.get(id) ?? null,
    refresh() {
      const now = look()
      if (file === null || now === seen) return false
      seen = now
      // A file that was taken away revokes nothing by accident: who wants keys gone revokes them.
      if (now === '') return false
      keys = new Map(readKeys(file).map((record) => [record.id, record]))
      return true
    },
  }
  store.refresh()
  return store
}
