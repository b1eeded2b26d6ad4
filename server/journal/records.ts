/**
 * What is kept of a session so that another process can take it up: how it was opened, what its reset settled on, and each
 * action with the id of its message. No token is among them: they are derived from a secret (state.ts).
 */

import type { EpisodeHead } from '../../envs/runtime/environment.ts'
import type { Action, EpisodeLog, LogEntry } from '../../schemas/environment.ts'
import type { Right, Role } from '../../schemas/session.ts'

/** The message that asked for it, so that a repeated one is answered again and not done again. */
export interface MessageKey {
  id: string | number
  /** Of the message; over HTTP the route. */
  type: string
  /** The id of the JSON-RPC request that the message held. */
  rpc?: string | number | null
}

/** What an entry of an episode's log holds beside its action. */
export type EntryRest = Omit<LogEntry, 'action'>

export type LogRecord =
  | {
      kind: 'open'
      domain: string
      version: string
      /** The id of the key that opened it; null where none was needed. */
      key: string | null
      rights: Right[]
      bound: boolean
      openedById: boolean
      /** Of a fork: what its parent had done by then. */
      episode?: EpisodeLog
    }
  /** @property at milliseconds since 1970, for the limit of the episode's time alone */
  | { kind: 'reset'; at: number; seat: number; message?: MessageKey; log: EpisodeHead }
  /** @property rest of each entry; left out where there is one and it holds nothing */
  | { kind: 'step'; seat: number; message?: MessageKey; action: Action; rest?: EntryRest[] }
  /** What a person said to the others. */
  | { kind: 'say'; seat: number; message?: MessageKey; content: string }
  | { kind: 'grant'; seat: number; message?: MessageKey; name: string; role: Role; rights: Right[] }
  | { kind: 'fork'; seat: number; message?: MessageKey; children: string[] }
  | { kind: 'close' }

/** The entries of a step, as short as they can be said. */
export function restOf(entries: readonly LogEntry[]): EntryRest[] | undefined {
  const rest = entries.map(({ action: _, ...others }) => others)
  return rest.length === 1 && Object.keys(rest[0] as object).length === 0 ? undefined : rest
}

/** The entries of a step from its record. */
export function entriesOf({ action, rest = [{}] }: Extract<LogRecord, { kind: 'step' }>): LogEntry[] {
  if (action.type === 'list_tools') return []
  return rest.map((others, index) => {
    if (action.type !== 'call_tools') return { ...others, action }
    const { tool_name, arguments: args } = action.calls[index] as (typeof action.calls)[number]
    return { ...others, action: { type: 'call_tool', tool_name, arguments: args } }
  })
}
