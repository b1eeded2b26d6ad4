/**
 * What a run keeps on disk between its stages, in a folder beside the catalogue: so that memory holds one batch at a time
 * and a run that was killed is taken up where it was.
 *
 * A file is written under another name and renamed when it is whole; one that is there is right. Values are kept in V8's own
 * form, which writes a schema that many operations share once.
 */

import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'

/** Where a value stands in its file. */
export interface Span {
  offset: number
  bytes: number
}

/** Many values one after another, each to be read by itself. */
export function writeFrames(folder: string, name: string, values: Iterable<unknown>): Span[] {
  const spans: Span[] = []
  writeWhole(folder, name, (handle) => {
    let offset = 0
    for (const value of values) {
      const content = serialize(value)
      writeAll(handle, content)
      spans.push({ offset, bytes: content.byteLength })
      offset += content.byteLength
    }
  })
  return spans
}

export function readFrame<T>(folder: string, name: string, { offset, bytes }: Span): T {
  const handle = openSync(join(folder, name), 'r')
  try {
    const content = Buffer.allocUnsafe(bytes)
    for (let read = 0; read < bytes; ) {
      const more = readSync(handle, content, read, bytes - read, offset + read)
      if (more === 0) throw new Error(`${name} is cut short`)
      read += more
    }
    return deserialize(content) as T
  } finally {
    closeSync(handle)
  }
}

export function writeValue(folder: string, name: string, value: unknown): void {
  writeWhole(folder, name, (handle) => writeAll(handle, serialize(value)))
}

/** undefined where there is no such file. */
export function readValue<T>(folder: string, name: string): T | undefined {
  const file = join(folder, name)
  return existsSync(file) ? (deserialize(readFileSync(file)) as T) : undefined
}

function writeWhole(folder: string, name: string, write: (handle: number) => void): void {
  mkdirSync(folder, { recursive: true })
  const beside = join(folder, `${name}.${process.pid}.partial`)
  const handle = openSync(beside, 'w')
  try {
    write(handle)
  } catch (error) {
    closeSync(handle)
    rmSync(beside, { force: true })
    throw error
  }
  closeSync(handle)
  renameSync(beside, join(folder, name))
}

function writeAll(handle: number, content: Uint8Array): void {
  for (let written = 0; written < content.byteLength; ) written += writeSync(handle, content, written)
}
