/**
 * Files of trajectories: one JSON value a line, only ever added to in whole lines.
 *
 * A run that is killed leaves at most one line cut short, at the end; whoever goes on cuts it off. Lines are parted at the
 * byte 10 alone: JSON text may hold every other character that some readers take for the end of a line.
 */

import { closeSync, createReadStream, existsSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs'
import { MicrocosmError } from '../../schemas/errors.ts'
import { type Trajectory, trajectory } from '../../schemas/trajectory.ts'

export interface Line {
  /** From 1. */
  number: number
  text: string
  /** Where the next line begins, in bytes. */
  end: number
  /** False for a last line that nothing ends. */
  whole: boolean
}

const lineBytesMax = 256 << 20

/** @throws SOURCE_NOT_FOUND */
export async function* readLines(file: string): AsyncGenerator<Line> {
  if (!existsSync(file) || !statSync(file).isFile())
    throw new MicrocosmError('SOURCE_NOT_FOUND', `There is no file ${file}.`)
  let [number, end] = [0, 0]
  let parts: Buffer[] = []
  let held = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, at))
      const bytes = Buffer.concat(parts)
      from = at + 1
      end += bytes.length + 1
      number += 1
      yield { number, text: bytes.toString('utf8'), end, whole: true }
      parts = []
      held = 0
    }
    parts.push(Buffer.from(chunk.subarray(from)))
    held += chunk.length - from
    if (held > lineBytesMax)
      throw new MicrocosmError(
        'TRAJECTORY_INVALID',
        `Line ${number + 1} of ${file} has more than ${lineBytesMax} bytes.`,
      )
  }
  const rest = Buffer.concat(parts)
  if (rest.length > 0) yield { number: number + 1, text: rest.toString('utf8'), end: end + rest.length, whole: false }
}

export type ReadTrajectory =
  | { file: string; line: number; text: string; trajectory: Trajectory; problem?: undefined }
  | { file: string; line: number; text: string; trajectory?: undefined; problem: string }

/** Each line as a trajectory, or why it is none; blank lines are passed over. @throws SOURCE_NOT_FOUND */
export async function* readTrajectories(files: readonly string[]): AsyncGenerator<ReadTrajectory> {
  for (const file of files) {
    for await (const { number: line, text } of readLines(file)) {
      if (text.trim() === '') continue
      const read = parseTrajectory(text)
      if (typeof read === 'string') yield { file, line, text, problem: read }
      else yield { file, line, text, trajectory: read }
    }
  }
}

/** The trajectory, or in words why the text is none. */
export function parseTrajectory(text: string): Trajectory | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return `no JSON: ${(error as Error).message}`
  }
  const parsed = trajectory.safeParse(value)
  if (parsed.success) return value as Trajectory
  const [issue] = parsed.error.issues
  return `${issue?.path.join('.') || 'the line'}: ${issue?.message}`
}

export interface Appender {
  append(value: unknown): void
  close(): void
}

/** @param at the length to cut the file to first: the end of its last whole line */
export function openAppender(file: string, at?: number): Appender {
  let descriptor: number
  try {
    descriptor = openSync(file, 'a')
  } catch (error) {
    throw new MicrocosmError('USAGE', `${file} can't be written: ${(error as Error).message}.`, {}, error)
  }
  if (at !== undefined) ftruncateSync(descriptor, at)
  return {
    append(value) {
      const bytes = Buffer.from(`${JSON.stringify(value)}\n`)
      for (let from = 0; from < bytes.length; ) from += writeSync(descriptor, bytes, from)
    },
    close: () => closeSync(descriptor),
  }
}
