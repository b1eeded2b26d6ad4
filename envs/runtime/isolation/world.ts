/**
 * A domain that runs in a process of its own, with the face of one that runs here.
 *
 * The plays there are shadows of logs that are kept here: when the process is gone, whoever was to blame for it gets a
 * known error, and every other play is done again from its log in the next process, at its next call. A domain that
 * brought its process down begins no more plays. Gold is replayed elsewhere (trial.ts), so a program that plays an agent's
 * episode never sees it.
 */

import type { Domain } from '../../../schemas/domain.ts'
import { didYouMean, MicrocosmError } from '../../../schemas/errors.ts'
import type { JsonObject } from '../../../schemas/json.ts'
import type { Task } from '../../../schemas/task.ts'
import type { EnvironmentPlay, EnvironmentWorld } from '../environment.ts'
import type { Limits } from '../limits.ts'
import type { CallOutcome, Changed, GoldRun } from '../world.ts'
import { readers } from './protocol.ts'
import type { Room, RoomOptions } from './room.ts'
import { blame, loadDomain, openRoom, RoomDeath } from './room.ts'
import type { Trial } from './trial.ts'

export interface IsolatedWorld extends EnvironmentWorld {
  /** Why no play begins here any more; null while all is well. */
  readonly quarantined: string | null
  close(): Promise<void>
}

export interface IsolatedWorldOptions {
  domain: Domain
  images: ReadonlyMap<string, Uint8Array>
  limits: Limits
  room?: Partial<RoomOptions>
  /** Where gold is replayed: in another process than this world's. */
  trial: Trial
  /** The domain was quarantined before, for this reason. */
  quarantined?: string | null
  /** Told once, when the domain has brought down its process. */
  onQuarantine?: (reason: string) => void
  /** Milliseconds without a call after which the process is let go; plays come back from their logs. */
  idleMs?: number
}

interface LoggedCall {
  tool: string
  args: JsonObject
}

/** How often one call is tried again because others brought the process down under it. */
const triesMax = 5

export function createIsolatedWorld(options: IsolatedWorldOptions): IsolatedWorld {
  const { domain, images, limits, trial, idleMs = 60_000 } = options
  const golds = new Map<Task, Promise<GoldRun>>()
  const tasks = new Map(domain.tasks.map((task) => [task.id, task]))
  const writes = new Set(domain.tools.filter(({ kind }) => kind === 'write').map(({ name }) => name))
  // What runs there has no use for tasks and must not see what is in them.
  const shown: Domain = { ...domain, tasks: [] }
  let quarantined = options.quarantined ?? null
  let opened: { room: Promise<Room>; epoch: number } | null = null
  let epoch = 0
  let names = 0
  let busy = 0
  let idle: NodeJS.Timeout | null = null
  let closed = false

  const room = (): { room: Promise<Room>; epoch: number } => {
    if (closed) throw new MicrocosmError('SESSION_ERROR', `The domain "${domain.id}" is closed.`)
    opened ??= { room: openDomain(shown, images, limits, options.room), epoch: ++epoch }
    return opened
  }
  const letGo = async (): Promise<void> => {
    const last = opened
    opened = null
    if (last !== null) await last.room.then((alive) => alive.close()).catch(() => {})
  }
  /** One piece of work in the process, done again in the next one if another's doing ended it. */
  const within = async <T>(work: (room: Room, epoch: number) => Promise<T>): Promise<T> => {
    busy += 1
    if (idle !== null) clearTimeout(idle)
    try {
      for (let tries = 1; ; tries++) {
        const at = room()
        try {
          return await work(await at.room, at.epoch)
        } catch (error) {
          if (!(error instanceof RoomDeath)) throw error
          if (opened === at) opened = null
          const toBlame = error.culprit && error.kind !== 'idle'
          if (toBlame) quarantine(error)
          if (toBlame || tries >= triesMax) throw blame(domain.id, error)
        }
      }
    } finally {
      if (--busy === 0) idle = setTimeout(() => void letGo(), idleMs).unref()
    }
  }
  const quarantine = (death: RoomDeath): void => {
    if (quarantined !== null) return
    quarantined = `It brought its process down (${death.kind}). ${death.message}`
    options.onQuarantine?.(quarantined)
  }

  /** A play in whatever process is there: begun, and brought to where its log of writes says, when it is first needed. */
  const playFrom = (
    scenario: string,
    log: LoggedCall[],
    at: { name: string; epoch: number } | null,
  ): EnvironmentPlay => {
    let here = at
    let closedHere = false
    const located = async (inside: Room, now: number): Promise<string> => {
      if (closedHere) throw new MicrocosmError('SESSION_ERROR', 'The play is closed.')
      if (here?.epoch === now) return here.name
      const name = `p${++names}`
      await inside.ask({ do: 'start', play: name, scenario })
      for (const { tool, args } of log) await inside.ask({ do: 'call', play: name, tool, arguments: args }, callTime)
      here = { name, epoch: now }
      return name
    }
    /** Said without waiting, and lost without harm. */
    const tell = (what: 'park' | 'close'): void => {
      if (here === null || opened === null || here.epoch !== opened.epoch) return
      const { name } = here
      void opened.room.then((inside) => inside.ask({ do: what, play: name })).catch(() => {})
    }
    return {
      async call(tool, args) {
        const outcome = await within(async (inside, now): Promise<CallOutcome> => {
          const play = await located(inside, now)
          return checked(() => inside.ask({ do: 'call', play, tool, arguments: args }, callTime).then(readers.call))
        })
        if (outcome.ok && writes.has(tool)) log.push({ tool, args }) // nothing else leaves a trace
        return outcome
      },
      outcome: () =>
        within(async (inside, now): Promise<Changed> => {
          const play = await located(inside, now)
          return checked(() => inside.ask({ do: 'outcome', play }).then(readers.outcome))
        }),
      async fork(count) {
        const forks = await within(async (inside, now) => {
          const play = await located(inside, now)
          const plays = Array.from({ length: count }, () => `p${++names}`)
          await inside.ask({ do: 'fork', play, plays })
          return plays.map((name) => ({ name, epoch: now }))
        })
        return forks.map((fork) => playFrom(scenario, [...log], fork))
      },
      park: () => tell('park'),
      close() {
        if (closedHere) return
        closedHere = true
        tell('close')
      },
    }
  }
  const callTime = { ms: limits.callMs + 1500 }

  return {
    domain,
    get quarantined() {
      return quarantined
    },
    task(id) {
      const found = tasks.get(id)
      if (found !== undefined) return found
      throw new MicrocosmError(
        'UNKNOWN_TASK',
        `The domain "${domain.id}" has no task "${id}".${didYouMean(id, tasks.keys())}`,
      )
    },
    async start(scenario) {
      if (quarantined !== null)
        throw new MicrocosmError('WORLD_QUARANTINED', `The domain "${domain.id}" is quarantined. ${quarantined}`)
      if (!images.has(scenario)) {
        const near = didYouMean(scenario, images.keys())
        throw new MicrocosmError('UNKNOWN_SCENARIO', `The domain "${domain.id}" has no scenario "${scenario}".${near}`)
      }
      const name = `p${++names}`
      const now = await within(async (inside, at) => {
        await inside.ask({ do: 'start', play: name, scenario })
        return at
      })
      return playFrom(scenario, [], { name, epoch: now })
    },
    gold(task) {
      let run = golds.get(task)
      if (run === undefined) {
        run = trial.golds(domain, images, [task]).then(([gold]) => {
          if (gold instanceof Error || gold === undefined) throw gold
          return gold
        })
        golds.set(task, run)
        run.catch(() => golds.delete(task)) // it may have been a process that could not be had
      }
      return run
    },
    async close() {
      closed = true
      if (idle !== null) clearTimeout(idle)
      await letGo()
    },
  }
}

/** A process in which that domain is open. */
export async function openDomain(
  domain: Domain,
  images: ReadonlyMap<string, Uint8Array>,
  limits: Limits,
  options: Partial<RoomOptions> = {},
): Promise<Room> {
  const room = openRoom(options)
  try {
    await loadDomain(room, domain, images, limits)
    return room
  } catch (error) {
    await room.close()
    throw error
  }
}

/** An answer that does not keep to the protocol is the world's fault. */
async function checked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof MicrocosmError || error instanceof RoomDeath) throw error
    throw new MicrocosmError('WORLD_CRASHED', 'The process of the domain answered with nonsense.', {}, error)
  }
}
