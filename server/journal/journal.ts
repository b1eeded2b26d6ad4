/**
 * What one session appends to the log. Once something could not be written, the session has done what the log doesn't hold:
 * nothing more is appended, and the session is taken up anew from the log at its next message.
 */

import { MicrocosmError } from '../../schemas/errors.ts'
import type { SessionLog } from './log.ts'
import type { LogRecord } from './records.ts'

export interface Journal {
  readonly broken: boolean
  /** What was appended and may not be kept yet; null where nothing need be waited for. */
  readonly pending: Promise<void> | null
  /** Null where nothing need be waited for. @throws LOG_UNAVAILABLE */
  append(record: LogRecord): Promise<void> | null
  /** How the session was opened is in the log, too, before anything was done in it. @throws LOG_UNAVAILABLE */
  open(): Promise<void> | null
}

/** @param opening how the session was opened, said with the first record; null where the log has it */
export function createJournal(log: SessionLog | null, session: string, opening: LogRecord | null): Journal {
  let pending: Promise<void> | null = null
  let broken = false
  let unsaid = opening
  const write = (log: SessionLog, records: LogRecord[]): Promise<void> => {
    if (broken)
      return Promise.reject(
        new MicrocosmError('LOG_UNAVAILABLE', 'What came before it could not be written to the log.'),
      )
    unsaid = null
    const kept = log.append(records.map((record) => ({ session, record })))
    pending = kept
    kept.then(
      () => {
        if (pending === kept) pending = null
      },
      () => {
        broken = true
      },
    )
    return kept
  }
  return {
    get broken() {
      return broken
    },
    get pending() {
      return pending
    },
    append: (record) => (log === null ? null : write(log, unsaid === null ? [record] : [unsaid, record])),
    open: () => (log === null || unsaid === null ? pending : write(log, [unsaid])),
  }
}
