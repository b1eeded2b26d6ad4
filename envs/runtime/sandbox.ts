/**
 * Where programs run: one isolate and one frozen context per domain, shared by all of its sessions.
 *
 * A call goes in as two strings and comes out as one; rows cross as JSON through callbacks, which measured faster than
 * copied objects and references. The caller's state is bound for the length of a call, which is synchronous, so that a
 * program can reach no state but that of the session that called it. Nothing ambient is left in the context: no clock,
 * chance or locale, no way to make functions of strings, and every object in it is frozen.
 */

import ivm from 'isolated-vm'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { JsonObject } from '../../schemas/json.ts'
import type { Limits } from './limits.ts'
import { checkProgram } from './program.ts'
import type { Params, State } from './state.ts'
import { ConstraintRefusal } from './state.ts'
import type { Watchdog } from './watchdog.ts'
import { watchdog } from './watchdog.ts'

/** What the program itself says of a call: a result as JSON text, or a refusal with its own code. */
export type ProgramOutcome = { result: string } | { refusal: { code: string; message: string } }

export interface Sandbox {
  /** @throws WORLD_CRASHED, WORLD_TIMEOUT, WORLD_MEMORY, WORLD_LIMIT */
  call(tool: string, args: JsonObject, state: State): ProgramOutcome
  close(): void
}

interface Room {
  isolate: ivm.Isolate
  dog: Watchdog
  slot: number
  dispatch: ivm.Reference<(tool: string, args: string) => string>
}

export function createSandbox(program: string, tools: readonly string[], limits: Limits): Sandbox {
  const names = checkProgram(program, tools)
  let room: Room | null = null
  let current: State | null = null
  let fault: unknown = null // what a callback threw on the host; the isolate sees only that it did

  const state = (): State => {
    if (current === null) throw new Error('no call is running')
    return current
  }
  /** A host error must not cross as an object: the isolate gets text, and the fault is kept here. */
  const shielded =
    <A extends unknown[]>(work: (...args: A) => string | null) =>
    (...args: A): string | null => {
      try {
        return work(...args)
      } catch (error) {
        fault = error
        return '!'
      }
    }
  const params = (text: unknown): Params => JSON.parse(String(text)) as Params
  const callbacks = {
    $get: shielded((name, text) => JSON.stringify(state().get(String(name), params(text)))),
    $all: shielded((name, text) => JSON.stringify(state().all(String(name), params(text)))),
    $run: shielded((name, text) => String(state().run(String(name), params(text)))),
    $now: shielded(() => state().now()),
    $id: shielded((table) => state().id(String(table))),
    $random: shielded(() => String(state().random())),
  } satisfies Record<string, (...args: unknown[]) => string | null>

  const open = (): Room => {
    const isolate = new ivm.Isolate({ memoryLimit: limits.isolateMib })
    try {
      const context = isolate.createContextSync()
      for (const [name, callback] of Object.entries(callbacks)) context.global.setSync(name, new ivm.Callback(callback))
      context.evalSync(prelude)
      const table = tools.map((tool) => `${JSON.stringify(tool)}: ${tool}`).join(', ')
      // The program stands first on its line, so that its own line numbers hold.
      context.evalSync(
        `'use strict';(function ($seal) {${program}\n;$seal({ ${table} }, [${names.join(', ')}]) })($seal);0`,
        {
          filename: 'program.js',
        },
      )
      const dispatch = context.global.getSync('$dispatch', { reference: true }) as Room['dispatch']
      const dog = watchdog()
      return { isolate, dog, slot: dog.register(isolate), dispatch }
    } catch (error) {
      isolate.dispose()
      throw new MicrocosmError(
        'PROGRAM_INVALID',
        `The program can't be loaded: ${(error as Error).message}.`,
        {},
        error,
      )
    }
  }

  const letGo = (): void => {
    if (room === null) return
    room.dog.unregister(room.slot)
    if (!room.isolate.isDisposed) room.isolate.dispose()
    room = null
  }

  return {
    call(tool, args, of) {
      room ??= open()
      const { dog } = room
      current = of
      fault = null
      dog.enter(room.slot, limits.callMs)
      let reply: string
      try {
        reply = room.dispatch.applySync(undefined, [tool, JSON.stringify(args)]) as string
      } catch (error) {
        const gone = room.isolate.isDisposed
        const message = String((error as Error)?.message ?? error)
        if (gone) letGo()
        if (!gone)
          throw new MicrocosmError('WORLD_CRASHED', `The program of "${tool}" failed: ${message}.`, { tool }, error)
        if (/memory/i.test(message)) {
          throw new MicrocosmError(
            'WORLD_MEMORY',
            `The program of "${tool}" took more than ${limits.isolateMib} MiB.`,
            { tool },
            error,
          )
        }
        throw new MicrocosmError(
          'WORLD_TIMEOUT',
          `The program of "${tool}" ran longer than ${limits.callMs} ms.`,
          { tool },
          error,
        )
      } finally {
        dog.leave()
        current = null
      }
      if (fault !== null) return outcomeOfFault(tool, fault)
      return outcomeOfReply(tool, reply)
    },
    close: letGo,
  }
}

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

/** `R` result, `E` refusal, `X` anything else that was thrown. */
function outcomeOfReply(tool: string, reply: string): ProgramOutcome {
  const rest = reply.slice(1)
  if (reply[0] === 'R') return { result: rest }
  if (reply[0] === 'E') {
    const { code, message } = JSON.parse(rest) as { code: string; message: string }
    return { refusal: { code, message } }
  }
  throw new MicrocosmError('WORLD_CRASHED', `The program of "${tool}" failed: ${rest}.`, { tool })
}

/**
 * Runs in the context before the program: what a program sees, and the one function that the host calls. Everything it
 * needs is taken into constants first; `lockdown` then removes what is ambient and freezes the rest.
 */
const prelude = `'use strict';
(function () {
  const { parse, stringify } = JSON
  const { freeze, getOwnPropertyDescriptors, getPrototypeOf, hasOwn } = Object
  const text = String
  const get = $get, all = $all, run = $run, now = $now, id = $id, random = $random
  const own = Reflect.ownKeys
  const world = globalThis
  class ToolError extends Error {
    constructor (code, message) { super(text(message)); Object.defineProperty(this, 'code', { value: text(code) }) }
  }
  class HostFault { }
  const held = (reply) => { if (reply === '!') throw new HostFault(); return reply }
  const db = freeze({
    get: freeze((name, params) => parse(held(get(text(name), stringify(params ?? {}))))),
    all: freeze((name, params) => parse(held(all(text(name), stringify(params ?? {}))))),
    run: freeze((name, params) => ({ changes: +held(run(text(name), stringify(params ?? {}))) })),
  })
  const ctx = freeze({
    now: freeze(() => held(now())),
    id: freeze((table) => held(id(text(table)))),
    random: freeze(() => +held(random())),
  })
  let tools = null
  globalThis.ToolError = ToolError
  globalThis.$seal = (table, names) => { if (tools === null) { tools = freeze(table); names.forEach(deepFreeze) } }
  globalThis.$dispatch = (tool, args) => {
    try {
      const result = tools[tool](parse(args), db, ctx)
      return 'R' + (stringify(result) ?? 'null')
    } catch (error) {
      if (error instanceof ToolError) return 'E' + stringify({ code: error.code, message: error.message })
      if (error instanceof HostFault) return 'X'
      let words = 'it threw'
      try { words = text(error && error.message || error) } catch { }
      return 'X' + words
    }
  }
  function deepFreeze (value) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || Object.isFrozen(value)) return
    freeze(value)
    const parts = getOwnPropertyDescriptors(value)
    for (const key of own(parts)) {
      const part = parts[key]
      if (hasOwn(part, 'value')) deepFreeze(part.value)
      else { deepFreeze(part.get); deepFreeze(part.set) }
    }
    deepFreeze(getPrototypeOf(value))
  }
  lockdown()
  function lockdown () {
    const refuse = () => { throw new TypeError('functions can not be made of text here') }
    for (const sample of [function () {}, async function () {}, function * () {}, async function * () {}]) {
      Object.defineProperty(getPrototypeOf(sample), 'constructor', { value: refuse })
    }
    // A native fill never yields to termination; one written in JavaScript does.
    Object.defineProperty(Array.prototype, 'fill', { value: function fill (value, start = 0, end = this.length) {
      const stop = Math.min(end < 0 ? this.length + end : end, this.length)
      for (let index = start < 0 ? Math.max(0, this.length + start) : start; index < stop; index++) this[index] = value
      return this
    } })
    for (const [holder, names] of [
      [Math, ['random']],
      [String.prototype, ['localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase']],
      [Number.prototype, ['toLocaleString']],
      [Array.prototype, ['toLocaleString']],
      [Object.prototype, ['toLocaleString', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__']],
    ]) for (const name of names) delete holder[name]
    const kept = new Set(['Object', 'Array', 'String', 'Number', 'Boolean', 'Math', 'JSON', 'Map', 'Set', 'RegExp', 'Error', 'TypeError',
      'RangeError', 'SyntaxError', 'isNaN', 'isFinite', 'parseInt', 'parseFloat', 'NaN', 'Infinity', 'undefined', 'ToolError', '$dispatch', '$seal',
      'encodeURIComponent', 'decodeURIComponent'])
    for (const name of own(world)) if (!kept.has(name)) delete world[name]
    deepFreeze(world)
  }
})();0`
