/**
 * Messages between two processes over a pipe: a header of two lengths, JSON, and bytes that need not become text.
 *
 * Not Node's own channel, because what comes from a process that runs foreign programs must be bounded before it is held
 * in memory, and must not be handed to a deserializer that makes objects of it.
 */

import type { Readable, Writable } from 'node:stream'

const headerBytes = 8
const nothing = new Uint8Array(0)

export function writeFrame(to: Writable, value: unknown, blob: Uint8Array = nothing): void {
  const json = Buffer.from(JSON.stringify(value))
  const header = Buffer.alloc(headerBytes)
  header.writeUInt32LE(json.length, 0)
  header.writeUInt32LE(blob.length, 4)
  to.write(Buffer.concat([header, json, blob]))
}

export interface FrameReader {
  /** Bytes of one frame; a longer one is `onBroken`, and nothing is read after it. */
  bytesMax: number
  onFrame(value: unknown, blob: Uint8Array): void
  /** The other side does not keep to the format. */
  onBroken(why: string): void
}

export function readFrames(from: Readable, { bytesMax, onFrame, onBroken }: FrameReader): void {
  let chunks: Buffer[] = []
  let held = 0
  let broken = false
  const fail = (why: string): void => {
    broken = true
    chunks = []
    onBroken(why)
  }
  from.on('data', (chunk: Buffer) => {
    if (broken) return
    chunks.push(chunk)
    held += chunk.length
    while (!broken && held >= headerBytes) {
      if ((chunks[0] as Buffer).length < headerBytes) chunks = [Buffer.concat(chunks)]
      const first = chunks[0] as Buffer
      const [json, blob] = [first.readUInt32LE(0), first.readUInt32LE(4)]
      const length = headerBytes + json + blob
      if (length > bytesMax) return fail(`a frame of ${length} bytes`)
      if (held < length) return
      const all = chunks.length === 1 ? first : Buffer.concat(chunks)
      const rest = all.subarray(length)
      chunks = rest.length > 0 ? [rest] : []
      held = rest.length
      let value: unknown
      try {
        value = JSON.parse(all.toString('utf8', headerBytes, headerBytes + json))
      } catch {
        return fail('a frame that is no JSON')
      }
      onFrame(value, all.subarray(headerBytes + json, length))
    }
  })
}
