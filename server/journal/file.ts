/**
 * The log of sessions in files of this machine: a shelf of them for each process that there ever was, in segments. What was
 * opened by a process of some number stays on that number's shelf, whichever process has it now.
 *
 * All that is appended in one turn of the event loop is one write. A line is a checksum, the session, its place in that
 * session's sequence, its kind and a JSON value; one that was torn by a crash does not fit its checksum and is dropped, and
 * what came after a gap in a session's sequence with it. Segments are deleted oldest first, once nothing in them is needed:
 * so the line that closes a session never goes before those that it closes.
 */

import type { Stats } from 'node:fs'
import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Durability, SessionLog } from './log.ts'
import type { LogRecord } from './records.ts'

export interface FileLogOptions {
  folder: string
  /** Of the process; sessions that name none are on its shelf. */
  number: number
  /** Whose shelves are this process's, its own among them: those of processes that there are no longer. */
  owns?: (number: number) => boolean
  durability?: Exclude<Durability, 'none'>
  segmentBytes?: number
  /** Milliseconds that a segment is kept after its last line, though nothing in it is needed. */
  retainMs?: number
  /** Bytes of segments above which the oldest is rewritten for what little of it is needed; at least three times that. */
  rewriteBytes?: number
  /** Bytes of a shelf; what would go beyond it is not kept. */
  bytesMax?: number
  /** How bytes get to a file; what a test lets fail. */
  write?: (fd: number, bytes: Buffer) => number
}

interface Segment {
  file: string
  fd: number
  bytes: number
  /** Lines of it that are needed. */
  live: number
  /** When its last line was written, in milliseconds since 1970. */
  at: number
}

/** Where a line is. */
interface Place {
  n: number
  segment: Segment
  offset: number
  bytes: number
}

interface Known {
  bound: boolean
  /** The lines that outlast an episode: how it was opened, its seats. */
  lasting: Place[]
  /** Those of the last episode, its reset first. */
  episode: Place[]
  /** Of the next line that is appended; above the last one that is written while some wait. */
  next: number
}

interface Group {
  entries: { session: string; n: number; record: LogRecord; line: Buffer }[]
  resolve(): void
  reject(error: MicrocosmError): void
  promise: Promise<void>
}

const sync = promisify(fdatasync)

export function openFileLog({ owns, ...options }: FileLogOptions): SessionLog {
  const { folder, number: own } = options
  const shelves = new Map<number, Shelf>([[own, openShelf(options)]])
  for (const name of readdirSync(folder)) {
    const number = Number(/^(\d+)-\d+\.log$/.exec(name)?.[1])
    if (Number.isNaN(number) || shelves.has(number) || owns?.(number) !== true) continue
    const shelf = openShelf({ ...options, number })
    if (shelf.sessions().length > 0) shelves.set(number, shelf)
    else shelf.remove()
  }
  const shelfOf = (session: string): Shelf =>
    shelves.get(Number(/-(\d+)$/.exec(session)?.[1] ?? own)) ?? (shelves.get(own) as Shelf)
  return {
    append: (entries) => shelfOf(entries[0]?.session ?? '').append(entries),
    sessions: () => [...shelves.values()].flatMap((shelf) => shelf.sessions()),
    read: (session) => shelfOf(session).read(session),
    compact() {
      for (const shelf of shelves.values()) shelf.compact()
    },
    async close() {
      await Promise.all(Array.from(shelves.values(), (shelf) => shelf.close()))
    },
  }
}

interface Shelf extends SessionLog {
  /** Of nothing that is needed. */
  remove(): void
}

function openShelf({
  folder,
  number,
  durability = 'process',
  segmentBytes = 8 << 20,
  retainMs = 0,
  rewriteBytes = 64 << 20,
  bytesMax = Number.POSITIVE_INFINITY,
  write = writeSync,
}: Omit<FileLogOptions, 'owns'>): Shelf {
  const known = new Map<string, Known>()
  const segments: Segment[] = [] // the oldest first; the last is appended to
  let group: Group | null = null
  let flushing: Promise<void> = Promise.resolve()
  let idle = true
  let segmentNumber = 0
  let compacted = 1 // segments that there were after the last look

  const addSegment = (): Segment => {
    segmentNumber += 1
    const file = join(folder, `${number}-${String(segmentNumber).padStart(8, '0')}.log`)
    const segment = { file, fd: openSync(file, 'ax+', 0o600), bytes: 0, live: 0, at: Date.now() }
    segments.push(segment)
    return segment
  }
  const total = (): number => segments.reduce((sum, { bytes }) => sum + bytes, 0)
  const drop = (places: readonly Place[]): void => {
    for (const { segment } of places) segment.live -= 1
  }
  const place = (session: string, record: LogRecord, at: Place): void => {
    const { kind } = record
    let entry = known.get(session)
    if (kind === 'close') {
      if (entry === undefined) return
      drop(entry.lasting)
      drop(entry.episode)
      known.delete(session)
      return
    }
    if (entry === undefined) {
      if (record.kind !== 'open') return // closed by now
      entry = { bound: record.bound, lasting: [], episode: [], next: at.n + 1 }
      known.set(session, entry)
    }
    at.segment.live += 1
    if (kind === 'open' || kind === 'grant') entry.lasting.push(at)
    else if (kind === 'reset') {
      drop(entry.episode)
      entry.episode = [at]
    } else entry.episode.push(at)
    entry.next = Math.max(entry.next, at.n + 1)
  }
  /** All of it, or nothing. */
  const writeAll = (bytes: Buffer): { segment: Segment; offset: number } => {
    let segment = segments.at(-1)
    if (segment === undefined || segment.bytes >= segmentBytes) segment = addSegment()
    const offset = segment.bytes
    try {
      for (let done = 0; done < bytes.length; ) {
        const wrote = write(segment.fd, done === 0 ? bytes : bytes.subarray(done))
        if (wrote <= 0) throw new Error('nothing was written')
        done += wrote
      }
    } catch (error) {
      undo(segment, offset)
      throw error
    }
    segment.bytes += bytes.length
    segment.at = Date.now()
    return { segment, offset }
  }
  const undo = (segment: Segment, bytes: number): void => {
    segment.bytes = bytes
    try {
      ftruncateSync(segment.fd, bytes)
    } catch {
      // What is torn stays behind: nothing is appended to it any more.
      segment.bytes = Math.max(bytes, segmentBytes)
    }
  }
  /** What closes a session makes room, and always has some. */
  const requireRoom = (bytes: number, entries: Group['entries']): void => {
    const isFull = (): boolean => total() + bytes > bytesMax
    if (!isFull() || entries.every(({ record }) => record.kind === 'close')) return
    compact()
    if (isFull()) throw new Error(`it would have more than ${bytesMax} bytes`)
  }
  const flush = async (): Promise<void> => {
    if (group === null) return
    const { entries, resolve, reject } = group
    group = null
    try {
      const bytes = Buffer.concat(entries.map(({ line }) => line))
      requireRoom(bytes.length, entries)
      const { segment, offset: began } = writeAll(bytes)
      if (durability === 'fsync') {
        try {
          await sync(segment.fd)
        } catch (error) {
          undo(segment, began)
          throw error
        }
      }
      let offset = began
      for (const { session, n, record, line } of entries) {
        place(session, record, { n, segment, offset, bytes: line.length })
        offset += line.length
      }
      resolve()
      if (segments.length > compacted) compact() // a segment was begun since: others may have nothing that is needed
      compacted = segments.length
    } catch (error) {
      for (const { session } of entries) {
        const entry = known.get(session)
        if (entry !== undefined) entry.next = lastOf(entry) + 1
        else fresh.delete(session)
      }
      // What has come meanwhile goes on from lines that are not there.
      const waiting = group as Group | null
      group = null
      const { message } = error as Error
      const told = new MicrocosmError(
        'LOG_UNAVAILABLE',
        'What was asked could not be written to the log, and was not done.',
        {},
        error,
      )
      console.error(`The log of sessions could not be written: ${message}`)
      reject(told)
      waiting?.reject(told)
    }
  }
  const fresh = new Map<string, number>() // the next place of sessions that wait for their first line
  const nextOf = (session: string): number => {
    const entry = known.get(session)
    if (entry !== undefined) return entry.next++
    const n = fresh.get(session) ?? 0
    fresh.set(session, n + 1)
    return n
  }
  const schedule = (): void => {
    if (!idle) return
    idle = false
    setImmediate(() => {
      flushing = flush().finally(() => {
        idle = true
        if (group !== null) schedule()
        else fresh.clear()
      })
    })
  }
  const raw = ({ segment, offset, bytes }: Place): Buffer => {
    const line = Buffer.allocUnsafe(bytes)
    for (let done = 0; done < bytes; ) {
      const got = readSync(segment.fd, line, done, bytes - done, offset + done)
      if (got === 0) throw new MicrocosmError('LOG_UNAVAILABLE', `${segment.file} is shorter than it was.`)
      done += got
    }
    return line
  }
  /** The lines of a segment that are still needed, to the end of the log. */
  const rewrite = (segment: Segment): void => {
    const moved: Place[] = []
    for (const { lasting, episode } of known.values())
      for (const at of [...lasting, ...episode]) if (at.segment === segment) moved.push(at)
    const lines = moved.map(raw)
    const { segment: to, offset: began } = writeAll(Buffer.concat(lines))
    let offset = began
    for (const [index, at] of moved.entries()) {
      at.segment.live -= 1
      to.live += 1
      at.segment = to
      at.offset = offset
      offset += (lines[index] as Buffer).length
    }
  }
  const remove = ({ file, fd }: Segment): void => {
    segments.shift()
    closeSync(fd)
    unlinkSync(file)
  }
  const compact = (): void => {
    try {
      for (;;) {
        const [oldest] = segments
        if (oldest === undefined || segments.length === 1 || Date.now() - oldest.at < retainMs) return
        if (oldest.live > 0) {
          let needed = 0
          for (const { lasting, episode } of known.values())
            for (const { bytes } of [...lasting, ...episode]) needed += bytes
          if (total() < Math.max(Math.min(rewriteBytes, bytesMax / 2), 3 * needed)) return
          rewrite(oldest)
        }
        remove(oldest)
      }
    } catch (error) {
      console.error(`The log of sessions could not be compacted: ${(error as Error).message}`)
    }
  }

  const files = readdirSync(folder)
    .flatMap((name) => {
      const match = /^(\d+)-(\d+)\.log$/.exec(name)
      return match !== null && Number(match[1]) === number ? [{ name, at: Number(match[2]) }] : []
    })
    .sort((a, b) => a.at - b.at)
  const found = new Map<string, Map<number, { record: LogRecord; at: Place }>>()
  const closed = new Set<string>()
  for (const { name, at } of files) {
    const file = join(folder, name)
    const fd = openSync(file, 'a+', 0o600)
    const { size, mtimeMs }: Stats = fstatSync(fd)
    const segment: Segment = { file, fd, bytes: size, live: 0, at: mtimeMs }
    segmentNumber = at
    segments.push(segment)
    const good = scan(readFileSync(file), ({ session, n, record, offset, bytes }) => {
      if (record.kind === 'close') closed.add(session)
      const lines = found.get(session) ?? new Map()
      found.set(session, lines)
      lines.set(n, { record, at: { n, segment, offset, bytes } })
    })
    if (good < size) undo(segment, good) // a torn tail: what is appended next must begin a line
  }
  for (const [session, lines] of found) {
    if (closed.has(session)) continue
    const sorted = [...lines].sort(([a], [b]) => a - b)
    const resets = sorted.findLastIndex(([, { record }]) => record.kind === 'reset')
    let last = resets < 0 ? 0 : (sorted[resets]?.[0] as number)
    for (const [index, [n, { record, at }]] of sorted.entries()) {
      if (index > Math.max(0, resets)) {
        if (n !== last + 1) break
        last = n
      }
      place(session, record, at)
    }
  }
  found.clear()
  compact()

  return {
    append(entries) {
      if (group === null) {
        const { promise, resolve, reject } = Promise.withResolvers<void>()
        promise.catch(() => {}) // whoever waits for it hears of it
        group = { entries: [], resolve, reject, promise }
        schedule()
      }
      for (const { session, record } of entries) {
        const n = nextOf(session)
        group.entries.push({ session, n, record, line: lineOf(session, n, record) })
      }
      return group.promise
    },
    sessions: () => Array.from(known, ([session, { bound }]) => ({ session, bound })),
    read(session) {
      const entry = known.get(session)
      if (entry === undefined) return []
      const places = [...entry.lasting, ...entry.episode].sort((a, b) => a.n - b.n)
      return places.map((at) => recordOf(raw(at)))
    },
    compact,
    remove() {
      while (segments.length > 0) remove(segments[0] as Segment)
    },
    async close() {
      while (!idle || group !== null) {
        await new Promise((done) => setImmediate(done))
        await flushing
      }
      for (const { fd } of segments) closeSync(fd)
      segments.length = 0
    },
  }
}

const lastOf = ({ lasting, episode }: Known): number => Math.max(lasting.at(-1)?.n ?? -1, episode.at(-1)?.n ?? -1)

function lineOf(session: string, n: number, record: LogRecord): Buffer {
  const { kind, ...rest } = record
  const text = `${session} ${n} ${kind} ${JSON.stringify(rest)}`
  return Buffer.from(`${crc32(text).toString(16).padStart(8, '0')} ${text}\n`)
}

/** @param line with its newline, known to fit its checksum */
function recordOf(line: Buffer): LogRecord {
  const text = line.toString()
  let at = 9
  for (let fields = 0; fields < 2; fields++) at = text.indexOf(' ', at) + 1
  const end = text.indexOf(' ', at)
  return { kind: text.slice(at, end), ...JSON.parse(text.slice(end + 1)) } as LogRecord
}

interface Line {
  session: string
  n: number
  record: LogRecord
  offset: number
  bytes: number
}

/** Each line that fits its checksum. @returns where the last of them ends, or the end where only whole lines follow it */
function scan(content: Buffer, found: (line: Line) => void): number {
  let good = 0
  for (let offset = 0; offset < content.length; ) {
    const end = content.indexOf(0x0a, offset)
    if (end < 0) break
    const line = content.subarray(offset, end + 1)
    const sum = Number.parseInt(line.toString('latin1', 0, 8), 16)
    if (line.length > 10 && sum === crc32(line.subarray(9, -1))) {
      const [, session = '', n = ''] = line.toString('latin1', 0, 200).split(' ', 3)
      found({ session, n: Number(n), record: recordOf(line), offset, bytes: line.length })
    }
    offset = end + 1
    good = offset
  }
  return good
}
