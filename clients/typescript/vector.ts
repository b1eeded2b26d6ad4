/** Many episodes that are stepped together: a `batch` frame out and one back on each of a few sockets, whatever their number. */

import type { Action, ResetObservation, ResetOptions, Transition, WireResetOptions } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Verification } from '../../schemas/verification.ts'
import type { Connection, Message } from './connection.ts'
import type { ToolCall } from './surface.ts'
import { actionOf } from './surface.ts'

/** At each place what came of it, or the error that befell it: what befalls one is no other's. */
export type Outcome<T> = T | MicrocosmError

export interface VectorEnvironment extends AsyncDisposable {
  readonly count: number
  /** Begins an episode at each place. With a seed and no task, place i has seed + i, so that they differ. */
  reset(options?: readonly WireResetOptions[]): Promise<Outcome<Transition<ResetObservation>>[]>
  /** One action at each place; null lets a place be, and its outcome is null. */
  step(actions: readonly (Action | readonly ToolCall[] | null)[]): Promise<(Outcome<Transition> | null)[]>
  /** Begins episodes at some places. */
  resetSome(options: ReadonlyMap<number, WireResetOptions>): Promise<Map<number, Outcome<Transition<ResetObservation>>>>
  /** The state of now against gold at each place. */
  verify(): Promise<Outcome<Verification>[]>
  /** Ends all; may be called twice. */
  close(): Promise<void>
}

/** Sessions that one socket carries. */
const sessionsMax = 1024

/** A socket is one process's of a server, and only several reach several cores. */
export const connectionsFor = (count: number): number =>
  Math.max(Math.min(8, Math.ceil(count / 16)), Math.ceil(count / sessionsMax))

/** @param connections that share the places, each a row of them */
export function vectorOver(
  connections: readonly Connection[],
  count: number,
  defaults: ResetOptions & WireResetOptions,
): VectorEnvironment {
  const places = Array.from({ length: count }, (_, index) => {
    const connection = connections[Math.floor((index * connections.length) / count)] as Connection
    return { connection, session: connection.name() }
  })
  const askSome = async <T>(messages: ReadonlyMap<number, Message>, expected: 'observation' | 'verification') => {
    const outcomes = new Map<number, Outcome<T>>()
    const placed = [...messages]
    const work = connections.map(async (connection) => {
      const own = placed.filter(([at]) => places[at]?.connection === connection)
      if (own.length === 0) return
      const results = await connection.askAll(
        own.map(([at, message]) => ({ ...message, session: places[at]?.session as string })),
        expected,
      )
      for (const [index, result] of results.entries())
        outcomes.set(
          own[index]?.[0] as number,
          result.status === 'fulfilled' ? (result.value as T) : (result.reason as MicrocosmError),
        )
    })
    await Promise.all(work)
    return outcomes
  }
  const checkCount = (given: number, what: string): void => {
    if (given !== count) throw new MicrocosmError('USAGE', `${given} ${what} for ${count} episodes.`)
  }
  const resetSome = (options: ReadonlyMap<number, WireResetOptions>) =>
    askSome<Transition<ResetObservation>>(
      new Map(
        [...options].map(([at, given]) => {
          if (places[at] === undefined) throw new MicrocosmError('USAGE', `There is no place ${at} of ${count}.`)
          const data = { ...defaults, ...given }
          if (data.seed !== undefined && given.seed === undefined) data.seed += at
          return [at, { type: 'reset', data }]
        }),
      ),
      'observation',
    )
  const close = async (): Promise<void> => {
    await Promise.all(connections.map((connection) => connection.close()))
  }
  return {
    count,
    resetSome,
    async reset(options) {
      if (options !== undefined) checkCount(options.length, 'options')
      const outcomes = await resetSome(new Map(places.map((_, at) => [at, options?.[at] ?? {}])))
      return places.map((_, at) => outcomes.get(at) as Outcome<Transition<ResetObservation>>)
    },
    async step(actions) {
      checkCount(actions.length, 'actions')
      const messages = new Map<number, Message>()
      for (const [at, action] of actions.entries())
        if (action !== null) messages.set(at, { type: 'step', data: actionOf(action) })
      const outcomes = await askSome<Transition>(messages, 'observation')
      return places.map((_, at) => outcomes.get(at) ?? null)
    },
    async verify() {
      const outcomes = await askSome<Verification>(
        new Map(places.map((_, at) => [at, { type: 'verify', data: {} }])),
        'verification',
      )
      return places.map((_, at) => outcomes.get(at) as Outcome<Verification>)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
