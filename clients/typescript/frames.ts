/** What fits into a frame: a server takes one of 1 MiB and 128 levels, and a batch of 1,024 messages. */

import { MicrocosmError } from '../../schemas/errors.ts'

/** Room is left for what a batch puts around its messages. */
const bytesMax = (1 << 20) - 4096
const depthMax = 124
/** Replies come in one frame as well, and a reset's has all the tools of its domain. */
const batchMax = { light: 512, heavy: 64 }
const heavy = new Set(['reset', 'attach'])

export interface Framed {
  type: string
  text: string
}

/** @throws FRAME_TOO_LARGE, VALIDATION_ERROR: one message that a server would refuse must not cost the whole connection */
export function checkText(message: object, text: string): void {
  if (bytesOf(text) > bytesMax)
    throw new MicrocosmError('FRAME_TOO_LARGE', `The message has more than ${bytesMax} bytes.`)
  if (deeper(message, depthMax))
    throw new MicrocosmError('VALIDATION_ERROR', `The message is nested deeper than ${depthMax} levels.`)
}

/** Messages in order, packed into as few frames as they fit. */
export function packed<T extends Framed>(messages: readonly T[]): T[][] {
  const frames: T[][] = []
  let room = 0
  let weight = 1
  for (const message of messages) {
    const bytes = bytesOf(message.text) + 1
    const share = 1 / (heavy.has(message.type) ? batchMax.heavy : batchMax.light)
    if (bytes > room || weight + share > 1 + 1e-9) {
      frames.push([])
      room = bytesMax
      weight = 0
    }
    frames.at(-1)?.push(message)
    room -= bytes
    weight += share
  }
  return frames
}

const encoder = new TextEncoder()
/** Exact for what is long, and never too few. */
const bytesOf = (text: string): number => (text.length < 1024 ? text.length * 3 : encoder.encode(text).length)

function deeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((part) => deeper(part, levels - 1))
}
