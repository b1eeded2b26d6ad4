/**
 * Where programs run: one isolate and one frozen context per domain, shared by all of its sessions.
 *
 * A call goes in as two strings and comes out as one; rows cross as JSON lists of cells through callbacks, which measured
 * faster than objects, copies and references, and parameters as so many plain values. The caller's state is bound for the length of a call, which is synchronous, so that a
 * program can reach no state but that of the session that called it. What a program finds around it is prelude.ts's to
 * say. What comes out is text of a bounded length and a code of the table: no host error, stack or object goes in, and
 * no error of the isolate's comes out as it is.
 *
 * An isolate is a matter of memory, not of state: it may be let go between any two calls and comes back at the next one.
 * So a process keeps a bounded number of them, and the one that was used longest ago makes room.
 */

import ivm from 'isolated-vm'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { JsonObject } from '../../schemas/json.ts'
import type { Limits } from './limits.ts'
import { preludeSource, refused, replies } from './prelude.ts'
import { checkProgram } from './program.ts'
import type { Queries, Value } from './queries.ts'
import type { State } from './state.ts'
import { ConstraintRefusal } from './state.ts'
import type { Watchdog } from './watchdog.ts'
import { watchdog } from './watchdog.ts'

/** What the program itself says of a call: a result as JSON text, or a refusal with its own code. */
export type ProgramOutcome = { result: string } | { refusal: { code: string; message: string } }

export interface Sandbox {
  /** @throws WORLD_CRASHED, WORLD_TIMEOUT, WORLD_MEMORY, WORLD_LIMIT */
  call(tool: string, args: JsonObject, state: State): ProgramOutcome
  /** Whether an isolate is held at the moment. */
  readonly live: boolean
  close(): void
}

interface Room {
  isolate: ivm.Isolate
  dog: Watchdog
  slot: number
  dispatch: ivm.Reference<(tool: number, args: string, now: string) => string>
  /** When it was last called, in calls of the process. */
  used: number
  letGo: () => void
}

/** Characters of what is told of a crash or a refusal, and of a refusal's code. */
const messageChars = 2000
const nameChars = 64
/** Levels of nesting of a result: what any client's parser takes. */
const resultDepth = 64

/** Every isolate of the process that programs run in. */
const rooms = new Set<Room>()
let calls = 0

/** How many isolates the process keeps at the moment. */
export const liveIsolates = (): number => rooms.size

/** Lets go of what was used longest ago until there is a place. Nothing runs in any of them: a call is synchronous. */
function makePlace(most: number): void {
  while (rooms.size >= Math.max(1, most)) {
    let oldest: Room | undefined
    for (const room of rooms) if (oldest === undefined || room.used < oldest.used) oldest = room
    oldest?.letGo()
  }
}

export interface SandboxOptions {
  program: string
  /** What can be called in it: functions of the program. */
  tools: readonly string[]
  /** What it may ask of the database, by name. */
  queries: Queries
  limits: Limits
}

export function createSandbox({ program, tools, queries, limits }: SandboxOptions): Sandbox {
  const source = sourceOf(program, tools, queries)
  const names = [...queries.keys()]
  const numbers = new Map(tools.map((tool, index) => [tool, index]))
  let room: Room | null = null
  let current: State | null = null
  let fault: unknown = null // what a callback threw on the host; the isolate sees only that it did

  const state = (): State => {
    if (current === null) throw new Error('no call is running')
    return current
  }
  /** A host error must not cross as an object: the isolate gets a sign, and the fault is kept here. After one, nothing more is done. */
  const shielded =
    (work: (name: string, values: Value[]) => string | number) =>
    (name: unknown, ...values: Value[]): string | number => {
      if (fault !== null) return refused
      try {
        return work(typeof name === 'number' ? (names[name - 1] as string) : (name as string), values)
      } catch (error) {
        fault = error ?? new Error('nothing was thrown')
        return refused
      }
    }
  /** What goes in is bounded too: a text that an isolate can't take takes the process. */
  const fitting = (text: string): string => {
    if (text.length <= 4 * limits.programSize) return text
    throw new MicrocosmError('WORLD_LIMIT', `A statement returned ${text.length} characters of JSON.`)
  }
  // A statement comes as its number from one, or as a name that is none; nothing but the prelude can reach these.
  const callbacks = {
    $get: shielded((name, values) => fitting(JSON.stringify(state().get(name, values)))),
    $all: shielded((name, values) => fitting(JSON.stringify(state().all(name, values)))),
    $run: shielded((name, values) => state().run(name, values)),
    $columns: shielded((name) => JSON.stringify(state().columns(name))),
    $id: shielded((table) => state().id(table)),
    $random: shielded(() => state().random()),
  }

  const letGo = (): void => {
    if (room === null) return
    rooms.delete(room)
    room.dog.unregister(room.slot)
    dispose(room.isolate)
    room = null
  }
  const open = (): Room => {
    makePlace(limits.liveIsolates)
    const isolate = new ivm.Isolate({ memoryLimit: limits.isolateMib })
    try {
      const context = isolate.createContextSync()
      for (const [name, callback] of Object.entries(callbacks)) context.global.setSync(name, new ivm.Callback(callback))
      context.evalSync(preludeSource({ ...limits, resultDepth, messageChars, nameChars }))
      const dispatch = context.global.getSync('$dispatch', { reference: true }) as Room['dispatch']
      context.evalSync(source, { filename: 'program.js' })
      context.release()
      const dog = watchdog()
      const opened = { isolate, dog, slot: dog.register(isolate), dispatch, used: 0, letGo }
      rooms.add(opened)
      return opened
    } catch (error) {
      dispose(isolate)
      throw new MicrocosmError('WORLD_CRASHED', `The program can't be loaded: ${wordsOf(error)}.`, {}, error)
    }
  }

  return {
    call(tool, args, of) {
      room ??= open()
      const { dog, isolate, slot, dispatch } = room
      room.used = ++calls
      current = of
      fault = null
      let reply: string | null = null
      let thrown: unknown = null
      let ended: boolean
      const given = JSON.stringify(args)
      dog.enter(slot, limits.callMs)
      try {
        reply = dispatch.applySync(undefined, [numbers.get(tool) as number, given, of.now()]) as string
      } catch (error) {
        thrown = error
      } finally {
        ended = dog.leave()
        current = null
      }
      if (ended || isolate.isDisposed) {
        letGo()
        // The limit of time is told by who watched it: an isolate that was taken away can say anything.
        if (!ended && /memory/i.test(wordsOf(thrown))) {
          throw new MicrocosmError(
            'WORLD_MEMORY',
            `The program of "${tool}" took more than ${limits.isolateMib} MiB.`,
            { tool },
            thrown,
          )
        }
        throw new MicrocosmError(
          'WORLD_TIMEOUT',
          `The program of "${tool}" ran longer than ${limits.callMs} ms.`,
          { tool },
          thrown,
        )
      }
      if (fault !== null) return outcomeOfFault(tool, fault)
      if (typeof reply !== 'string') throw crash(tool, wordsOf(thrown), thrown)
      return outcomeOfReply(tool, reply)
    },
    get live() {
      return room !== null
    },
    close: letGo,
  }
}

/**
 * The program as a script. It stands first on its line, so that its own line numbers hold, and in a function of its own
 * that it can't put a name outside of.
 */
/** @throws PROGRAM_INVALID */
function sourceOf(program: string, tools: readonly string[], queries: Queries): string {
  const names = checkProgram(program, tools)
  const statements = [...queries.values()].map(({ name, parameters }) => [name, parameters])
  return `'use strict';$seal((function () {${program}\n;return [[${tools.join(', ')}], [${names.join(', ')}]] })(), ${JSON.stringify(statements)});0`
}

function dispose(isolate: ivm.Isolate): void {
  try {
    isolate.dispose()
  } catch {
    // The watchdog, or the isolate's own end, was first.
  }
}

const crash = (tool: string, words: string, cause?: unknown): MicrocosmError =>
  new MicrocosmError('WORLD_CRASHED', `The program of "${tool}" failed: ${words}.`, { tool }, cause)

const wordsOf = (error: unknown): string => String((error as Error | null)?.message ?? error).slice(0, messageChars)

function outcomeOfFault(tool: string, fault: unknown): ProgramOutcome {
  if (fault instanceof ConstraintRefusal) return { refusal: { code: 'constraint', message: describeConstraint(fault) } }
  if (fault instanceof MicrocosmError) throw fault
  throw new MicrocosmError('WORLD_CRASHED', `The program of "${tool}" failed in the database.`, { tool }, fault)
}

function describeConstraint({ constraint, message }: ConstraintRefusal): string {
  if (constraint.endsWith('FOREIGNKEY')) return 'Refused: something would refer to a record that does not exist.'
  if (constraint.endsWith('PRIMARYKEY') || constraint.endsWith('UNIQUE'))
    return 'Refused: a record with that key exists already.'
  const column = /: (?:\w+\.)?(\w+)/.exec(message)?.[1]
  return column === undefined ? 'Refused: a value is not allowed.' : `Refused: the value for ${column} is not allowed.`
}

function outcomeOfReply(tool: string, reply: string): ProgramOutcome {
  const rest = reply.slice(1)
  switch (reply[0]) {
    case replies.result:
      return { result: rest }
    case replies.refusal: {
      const { code, message } = JSON.parse(rest) as { code: string; message: string }
      return { refusal: { code, message } }
    }
    case replies.limit:
      throw new MicrocosmError('WORLD_LIMIT', `The program of "${tool}" made ${rest}.`, { tool })
    default:
      throw crash(tool, rest)
  }
}
