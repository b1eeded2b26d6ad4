/**
 * A domain that is loaded: its sandbox, its images, and the plays that go on in it.
 *
 * A play is calls in and changes out: no episode, no step limit, no task. The environment puts these on top; synthesis
 * grounds its tasks on plays directly.
 */

import { createHash } from 'node:crypto'
import type { Domain } from '../../schemas/domain.ts'
import type { ToolErrorValue } from '../../schemas/environment.ts'
import { didYouMean, MicrocosmError } from '../../schemas/errors.ts'
import type { Json, JsonObject, Row } from '../../schemas/json.ts'
import { canonicalJson } from '../../schemas/json.ts'
import type { Task } from '../../schemas/task.ts'
import type { Tool } from '../../schemas/tool.ts'
import { createArgumentCheck } from './arguments.ts'
import type { Baseline, Change } from './changes.ts'
import { openBaseline } from './changes.ts'
import { findTableProblems, findToolProblems } from './check/structure.ts'
import type { Clock } from './clock.ts'
import { createClock } from './clock.ts'
import type { Identifiers } from './identifiers.ts'
import { createIdentifiers } from './identifiers.ts'
import type { Limits } from './limits.ts'
import { defaultLimits } from './limits.ts'
import type { Parked } from './pages.ts'
import { park, unpark } from './pages.ts'
import { throwFirst } from './problem.ts'
import { createQueries } from './queries.ts'
import { createSandbox } from './sandbox.ts'
import type { State } from './state.ts'
import { openState } from './state.ts'
import { checkStatements, openProbe } from './statements.ts'

export type CallOutcome = { ok: true; result: Json } | { ok: false; error: ToolErrorValue }

export interface Play {
  readonly scenario: string
  /** One tool call, one transaction. @throws WORLD_CRASHED, WORLD_TIMEOUT, WORLD_MEMORY, WORLD_LIMIT; nothing is changed then */
  call(tool: string, args: JsonObject): CallOutcome
  /** All rows of a table as they are now, sorted by primary key. */
  rows(table: string): Row[]
  /** The net changed rows since the scenario began, sorted by table and key. */
  changes(): Change[]
  /** Identifiers that this play made → their table, in the order they were made. */
  minted(): ReadonlyMap<string, string>
  /** Both of them: what verify compares. */
  outcome(): Changed
  /** sha256 of the changes, as hexadecimal text. */
  digest(): string
  /** `count` plays in this one's state, from one copy of it; what happens in one is not seen by the others. */
  fork(count: number): Play[]
  /** Lets go of the open database and keeps the pages that differ; the next call takes it up again, equal to the byte. */
  park(): void
  close(): void
}

/** What a play has changed, and the identifiers that its world made → their table. */
export interface Changed {
  changes: Change[]
  minted: ReadonlyMap<string, string>
}

/** What gold leads to: replayed once per task and kept. */
export interface GoldRun extends Changed {
  digest: string
  /** Distinct values, after gold, of the column that the answer stands in; empty without one. */
  candidates: (string | number)[]
}

export interface World {
  readonly domain: Domain
  tool(name: string): Tool | undefined
  task(id: string): Task
  /** A play of that scenario, from its beginning; the caller closes it. @throws UNKNOWN_SCENARIO */
  start(scenario: string): Play
  /** @throws GOLD_FAILED where a gold call doesn't do what it declares */
  gold(task: Task): GoldRun
  close(): void
}

export interface WorldOptions {
  domain: Domain
  /** The image of a scenario; asked for once each, when it is first needed. */
  image: (scenario: string) => Uint8Array
  limits?: Partial<Limits>
  /** That tables, tools and statements were found right before, when the domain was admitted: what the compiler made. */
  checked?: boolean
}

/** @throws DOMAIN_INVALID, PROGRAM_INVALID, STATEMENT_INVALID with the place */
export function openWorld({ domain, image, limits: given, checked = false }: WorldOptions): World {
  const limits: Limits = { ...defaultLimits, ...given }
  const tools = new Map(domain.tools.map((tool) => [tool.name, tool]))
  const tasks = new Map(domain.tasks.map((task) => [task.id, task]))
  const images = new Map<string, Uint8Array>()
  const baselines = new Map<string, Baseline>()
  const identifiers = new Map<string, Identifiers>()
  const clocks = new Map<string, Clock>()
  const pools = new Map<string, State[]>()
  const golds = new Map<string, GoldRun>()
  const fits = createArgumentCheck()

  if (!checked) throwFirst([...findTableProblems(domain.tables), ...findToolProblems(domain.tools, domain.tables)])
  const queries = createQueries(domain.statements)
  const sandbox = createSandbox({
    program: domain.program,
    tools: [...tools.keys()],
    queries,
    limits,
  })
  const imageOf = (id: string): Uint8Array => {
    let bytes = images.get(id)
    if (bytes === undefined) {
      bytes = image(id)
      images.set(id, bytes)
    }
    return bytes
  }
  const baselineOf = (id: string): Baseline => {
    let baseline = baselines.get(id)
    if (baseline === undefined) {
      baseline = openBaseline(imageOf(id))
      baselines.set(id, baseline)
    }
    return baseline
  }
  const seedOf = (scenario: string): string => `${domain.id}/${scenario}`
  const identifiersOf = (id: string): Identifiers => {
    let given = identifiers.get(id)
    if (given === undefined) {
      given = createIdentifiers(seedOf(id), () => baselineOf(id))
      identifiers.set(id, given)
    }
    return given
  }
  const scenarioOf = (id: string) => {
    const found = domain.scenarios.find((scenario) => scenario.id === id)
    if (found === undefined) {
      const known = domain.scenarios.map((scenario) => scenario.id)
      throw new MicrocosmError(
        'UNKNOWN_SCENARIO',
        `The domain "${domain.id}" has no scenario "${id}".${didYouMean(id, known)}`,
      )
    }
    return found
  }
  const clockOf = (id: string): Clock => {
    let clock = clocks.get(id)
    if (clock === undefined) {
      clock = createClock(scenarioOf(id).now)
      clocks.set(id, clock)
    }
    return clock
  }
  if (!checked) {
    const probe = openProbe(imageOf((domain.scenarios[0] as Domain['scenarios'][number]).id))
    try {
      checkStatements(domain.statements, {
        tables: domain.tables.map((table) => table.name),
        probes: [probe],
        limits,
      })
    } finally {
      probe.close()
    }
  }

  const newState = (scenario: string, from: Uint8Array): State =>
    openState({
      domain,
      queries,
      image: from,
      baseline: () => baselineOf(scenario),
      clock: clockOf(scenario),
      seed: seedOf(scenario),
      identifiers: identifiersOf(scenario),
      limits,
    })

  /** @param from null: as the scenario begins. Its database is opened when it is first needed: many are begun and wait. */
  const play = (scenario: string, from: State | null): Play => {
    let state = from
    let parked: Parked | null = null
    let closed = false
    /** The open database, taken up again where it was parked. */
    const live = (): State => {
      if (closed) throw new MicrocosmError('SESSION_ERROR', 'The play is closed.')
      if (state === null) {
        const waiting = parked === null ? pools.get(scenario)?.pop() : undefined
        state = waiting ?? newState(scenario, atRest())
        parked = null
      }
      return state
    }
    const atRest = (): Uint8Array => (parked === null ? imageOf(scenario) : unpark(parked, imageOf(scenario)))
    const image = (): Uint8Array => (state === null ? atRest() : state.image())
    return {
      scenario,
      call(name, args) {
        const tool = tools.get(name)
        if (tool === undefined)
          return refusal(
            'tool_not_found',
            'TOOL_NOT_FOUND',
            `There is no tool "${name}".${didYouMean(name, tools.keys())}`,
          )
        const misfit = fits(tool, args)
        if (misfit !== '') return refusal('invalid_args', 'INVALID_ARGS', misfit)
        const now = live()
        now.begin(tool.kind === 'read')
        let done = false
        try {
          const outcome = sandbox.call(name, args, now)
          if ('refusal' in outcome) return refusal('execution_error', outcome.refusal.code, outcome.refusal.message)
          now.commit()
          done = true
          return { ok: true, result: resultOf(outcome.result, limits.resultChars) }
        } finally {
          if (!done) now.rollback()
        }
      },
      rows: (table) => live().rows(table),
      changes: () => live().changes(),
      minted: () => live().minted(),
      outcome: () => ({ changes: live().changes(), minted: live().minted() }),
      digest: () => digestOf(live().changes()),
      fork(count) {
        const bytes = image()
        return Array.from({ length: count }, () => play(scenario, newState(scenario, bytes)))
      },
      park() {
        if (closed || state === null) return
        parked = park(state.image(), imageOf(scenario))
        state.close()
        state = null
      },
      close() {
        if (closed) return
        closed = true
        parked = null
        if (state === null) return
        const pool = pools.get(scenario) ?? []
        pools.set(scenario, pool)
        if (pool.length < limits.pooledStates && state.reset()) pool.push(state)
        else state.close()
        state = null
      },
    }
  }

  const world: World = {
    domain,
    tool: (name) => tools.get(name),
    task(id) {
      const found = tasks.get(id)
      if (found === undefined)
        throw new MicrocosmError(
          'UNKNOWN_TASK',
          `The domain "${domain.id}" has no task "${id}".${didYouMean(id, tasks.keys())}`,
        )
      return found
    },
    start(scenario) {
      scenarioOf(scenario)
      imageOf(scenario) // which may be missing: that is said now
      return play(scenario, null)
    },
    gold(task) {
      // Only the domain's own tasks are kept: a candidate may come back changed under the same name.
      const own = tasks.get(task.id) === task
      const known = own ? golds.get(task.id) : undefined
      if (known !== undefined) return known
      const run = replayGold(world, task)
      if (own) golds.set(task.id, run)
      return run
    },
    close() {
      for (const pool of pools.values()) for (const state of pool) state.close()
      pools.clear()
      for (const baseline of baselines.values()) baseline.close()
      baselines.clear()
      sandbox.close()
    },
  }
  return world
}

export function digestOf(changes: readonly Change[]): string {
  return createHash('sha256').update(canonicalJson(changes)).digest('hex')
}

function replayGold(world: World, task: Task): GoldRun {
  const play = world.start(task.scenario)
  try {
    task.gold.calls.forEach((call, index) => {
      const outcome = play.call(call.tool, call.arguments)
      const code = outcome.ok ? undefined : outcome.error.code
      if (code === call.expect_error) return
      const what = outcome.ok
        ? `succeeded, where "${call.expect_error}" was declared`
        : `was refused: ${outcome.error.message}`
      throw new MicrocosmError('GOLD_FAILED', `Gold call ${index} (${call.tool}) of the task "${task.id}" ${what}`, {
        task: task.id,
        call: index,
      })
    })
    const changes = play.changes()
    const from = task.gold.answer?.source
    const values =
      from === undefined ? (task.gold.answer?.among ?? []) : play.rows(from.table).map((row) => row[from.column])
    const candidates = [...new Set(values)].filter((value) => value !== null && value !== undefined)
    return { changes, minted: new Map(play.minted()), digest: digestOf(changes), candidates }
  } finally {
    play.close()
  }
}

function refusal(errorType: ToolErrorValue['error_type'], code: string, message: string): CallOutcome {
  return { ok: false, error: { error_type: errorType, code, message } }
}

/** A result that is too long is cut and says so: the call has happened, and an agent can ask for less. */
function resultOf(text: string, charsMax: number): Json {
  if (text.length <= charsMax) return JSON.parse(text) as Json
  return {
    cut: true,
    message: `The result has ${text.length} characters and was cut to ${charsMax}. Ask for less: filter, or page with limit and offset.`,
    beginning: text.slice(0, charsMax),
  }
}
