/**
 * A database at rest: the pages in which it differs from the image that it began as.
 *
 * A session that waits needs no open database. What is kept of it is a few pages (48 KiB after ten steps, where an open
 * one takes ten times as much), and from them and the image it comes back equal to the byte.
 */

import { pageBytes } from './image.ts'

export interface Parked {
  /** Bytes of the whole database. */
  size: number
  /** Numbers of the pages that differ, from 0. */
  numbers: Uint32Array
  /** Their contents, one behind the other. */
  content: Uint8Array
}

/** @param template what the database was opened from, or anything that resembles it */
export function park(database: Uint8Array, template: Uint8Array): Parked {
  const [now, then] = [viewOf(database), viewOf(template)]
  const numbers: number[] = []
  for (let start = 0; start < now.length; start += pageBytes) {
    const end = start + pageBytes
    if (end <= then.length && now.compare(then, start, end, start, end) === 0) continue
    numbers.push(start / pageBytes)
  }
  const content = new Uint8Array(numbers.length * pageBytes)
  numbers.forEach((number, index) => {
    content.set(now.subarray(number * pageBytes, (number + 1) * pageBytes), index * pageBytes)
  })
  return { size: now.length, numbers: Uint32Array.from(numbers), content }
}

/** @param template the same that it was parked against */
export function unpark({ size, numbers, content }: Parked, template: Uint8Array): Uint8Array {
  const database = new Uint8Array(size)
  database.set(template.subarray(0, size))
  numbers.forEach((number, index) => {
    database.set(content.subarray(index * pageBytes, (index + 1) * pageBytes), number * pageBytes)
  })
  return database
}

const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
