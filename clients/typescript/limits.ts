/** How long a client waits, in milliseconds. Whatever is asked has an end. */

export interface Limits {
  /** For the reply to one message, whatever happens meanwhile; then REPLY_TIMEOUT. */
  replyMs: number
  /** For coming back after a connection was cut, from the last reply on; then CONNECTION_LOST. A server's grace is a minute. */
  reconnectMs: number
  /** For one attempt to connect. */
  connectMs: number
}

export const defaultLimits: Limits = { replyMs: 60_000, reconnectMs: 30_000, connectMs: 10_000 }

/** A server that was never reached is given this long: long enough for one connection that failed by chance. */
export const firstMs = 1_000

/** Before the next attempt: doubled each time up to two seconds, and not the same for all who were cut at once. */
export const pauseMs = (attempt: number): number => Math.min(2_000, 25 * 2 ** attempt) * (0.5 + Math.random() / 2)

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
