/**
 * The log of sessions: what was done is appended before it is answered, and what was appended can be read again, after a
 * crash by another process. file.ts keeps it in local files; a log over a network can take its place.
 */

import type { LogRecord } from './records.ts'

/** What survives what: `process` a crash of the server, `fsync` one of the host as well, `none` nothing. */
export type Durability = 'process' | 'fsync' | 'none'

export interface Entry {
  session: string
  record: LogRecord
}

export interface SessionLog {
  /**
   * Of one session. Resolves once all of them are kept, in their order; rejects where none of them is.
   * @throws LOG_UNAVAILABLE
   */
  append(entries: readonly Entry[]): Promise<void>
  /** The sessions that are in it and not closed, and whether each ends with its connection. */
  sessions(): { session: string; bound: boolean }[]
  /** What there is of a session, in order: how it was opened, its seats, and its last episode. Empty where it has none. */
  read(session: string): LogRecord[]
  /** Gives back the room of sessions that were closed. */
  compact(): void
  /** What was appended is kept before it resolves. */
  close(): Promise<void>
}
