/**
 * The server's log: one JSON object a line, without secrets and without end.
 *
 * Nothing that calls here hands in an address, a header or a message of a caller; and whatever is handed in, what looks like
 * a key or a token is taken out of every text before it is written (an error of a library may quote what it was given).
 * Callers can't fill a disk: of each kind of line so many a second are written, and how many were not is said once.
 */

import type { DestinationStream } from 'pino'
import { pino } from 'pino'
import { keyForm } from './keys.ts'
import type { Logger } from './replies.ts'

export const logLevels = ['silent', 'error', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

export interface LogOptions {
  level: LogLevel
  /** Lines of one kind that are written a second. */
  linesPerSecond: number
  /** Standard error unless given: what a command prints goes to standard output. */
  to?: DestinationStream
  clock?: () => number
}

const secrets = new RegExp(
  [
    keyForm.source,
    String.raw`(?<=[?&](?:token|session_id)=)[^&\s"]+`,
    String.raw`(?<=\/k\/)[^/\s"?]+`,
    String.raw`(?<=(?:bearer|basic)\s+)[\w.~+/=-]+`,
    '(?<="token":")[^"]+',
    String.raw`(?<=:\/\/)[^/\s@"]+(?=@)`,
  ].join('|'),
  'gi',
)

/** The text, without what looks like a secret. */
export const withoutSecrets = (text: string): string => text.replace(secrets, '[secret]')

export function createLog({ level, linesPerSecond, to, clock = () => performance.now() }: LogOptions): Logger {
  const log = pino(
    {
      level,
      base: { pid: process.pid },
      redact: {
        paths: ['*.authorization', '*.cookie', '*.token', 'token', 'authorization'],
        censor: '[secret]',
      },
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: withoutSecrets },
      serializers: { err: pino.stdSerializers.err },
    },
    to ?? pino.destination({ fd: 2, sync: true }),
  )
  const kinds = new Map<string, { second: number; lines: number }>()
  /** Whether a line of this kind is still to be written in this second. */
  const passes = (message: string): boolean => {
    const second = Math.floor(clock() / 1000)
    const kind = kinds.get(message)
    if (kind === undefined || kind.second !== second) {
      const left = (kind?.lines ?? 0) - linesPerSecond
      if (left > 0) log.error({ kind: message, lines: left }, 'lines were left out of the log')
      kinds.set(message, { second, lines: 1 })
      return true
    }
    kind.lines += 1
    return kind.lines <= linesPerSecond
  }
  return {
    error: (fields, message) => passes(message) && log.error(fields, message),
    info: (fields, message) => passes(message) && log.info(fields, message),
    debug: (fields, message) => log.isLevelEnabled('debug') && passes(message) && log.debug(fields, message),
  }
}
