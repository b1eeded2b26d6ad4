/**
 * A process in which nobody plays, for what must be found out about domains before or beside their serving: what gold
 * leads to, and whether every tool stands good, bad and hostile arguments.
 *
 * It takes one domain after another; one that brings it down is told so, and the next one gets a new process.
 */

import type { Domain } from '../../../schemas/domain.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import type { Task } from '../../../schemas/task.ts'
import type { Limits } from '../limits.ts'
import { defaultLimits } from '../limits.ts'
import type { GoldRun } from '../world.ts'
import type { ExerciseProblem } from './protocol.ts'
import { readers } from './protocol.ts'
import type { Room, RoomOptions } from './room.ts'
import { blame, loadDomain, openRoom, RoomDeath } from './room.ts'

export interface Admission {
  /** Whether it may run where others do. */
  admitted: boolean
  /** Why not, in the order of the tools; of a tool that brought the process down, the code of its end. */
  problems: ExerciseProblem[]
  /** For each task what its gold leads to in that process, or what went wrong. */
  golds: (GoldRun | MicrocosmError)[]
}

export interface Trial {
  /** Runs every tool and every gold of a domain. Never throws for what the domain does. */
  admit(domain: Domain, images: ReadonlyMap<string, Uint8Array>): Promise<Admission>
  /** What gold leads to. @throws GOLD_FAILED, or the environment's fault */
  golds(
    domain: Domain,
    images: ReadonlyMap<string, Uint8Array>,
    tasks: readonly Task[],
  ): Promise<(GoldRun | MicrocosmError)[]>
  close(): Promise<void>
}

/** Milliseconds that all tools of one domain may take to be exercised, beside what each may take (`toolMs`). */
const exerciseMs = 120_000
/** Processes that one domain may bring down; the tools after that are not tried. */
const deathsMax = 4

export function openTrial({
  limits = {},
  room: roomOptions,
}: {
  limits?: Partial<Limits>
  room?: Partial<RoomOptions>
} = {}): Trial {
  const all: Limits = { ...defaultLimits, ...limits }
  let room: Room | null = null
  let last: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn
  }
  const load = async (domain: Domain, images: ReadonlyMap<string, Uint8Array>): Promise<Room> => {
    if (room === null || !room.alive) room = openRoom(roomOptions)
    await loadDomain(room, { ...domain, tasks: [] }, images, all)
    return room
  }
  /** The process in which the domain was loaded, or the next one where something has brought it down since. */
  const opener = (domain: Domain, images: ReadonlyMap<string, Uint8Array>) => {
    let inside: Room | null = null
    return async (): Promise<Room> => {
      if (inside === null || !inside.alive) inside = await load(domain, images)
      return inside
    }
  }
  const exercise = async (domain: Domain, open: () => Promise<Room>): Promise<ExerciseProblem[]> => {
    const problems: ExerciseProblem[] = []
    const until = performance.now() + exerciseMs
    const toolMs = 20 * all.callMs + 1500
    let deaths = 0
    for (const { name: tool } of domain.tools) {
      const inside = await open()
      const left = until - performance.now()
      if (left <= 0) {
        const message = `The tools before it took ${exerciseMs / 1000} seconds; it was not tried, nor those after it.`
        problems.push({ tool, code: 'WORLD_TIMEOUT', message, arguments: '' })
        break
      }
      const ms = Math.min(toolMs, left)
      try {
        const told = readers.exercise(await inside.ask({ do: 'exercise', tool }, { ms })).problems
        problems.push(...told.map((problem) => ({ ...problem, tool })))
      } catch (error) {
        const { code, message } = asOurs(domain, error)
        problems.push({ tool, code, message, arguments: '' })
        if (error instanceof RoomDeath && ++deaths >= deathsMax) break
      }
    }
    return problems
  }
  const goldIn = async (inside: Room, domain: Domain, task: Task): Promise<GoldRun | MicrocosmError> => {
    try {
      const ms = (task.gold.calls.length + 1) * all.callMs + 1500
      return readers.gold(await inside.ask({ do: 'gold', task }, { ms }))
    } catch (error) {
      return asOurs(domain, error)
    }
  }

  return {
    admit: (domain, images) =>
      inTurn(async () => {
        try {
          const open = opener(domain, images)
          await open() // what can't be loaded at all is told once
          const problems = await exercise(domain, open)
          const golds: (GoldRun | MicrocosmError)[] = []
          for (const task of domain.tasks) golds.push(await goldIn(await open(), domain, task))
          return { admitted: problems.length === 0, problems, golds }
        } catch (error) {
          const { code, message } = asOurs(domain, error)
          return { admitted: false, problems: [{ tool: '', code, message, arguments: '' }], golds: [] }
        }
      }),
    golds: (domain, images, tasks) =>
      inTurn(async () => {
        const golds: (GoldRun | MicrocosmError)[] = []
        const open = opener(domain, images)
        for (const task of tasks) {
          try {
            golds.push(await goldIn(await open(), domain, task))
          } catch (error) {
            golds.push(asOurs(domain, error))
          }
        }
        return golds
      }),
    close: () =>
      inTurn(async () => {
        await room?.close()
        room = null
      }),
  }
}

function asOurs(domain: Domain, error: unknown): MicrocosmError {
  if (error instanceof MicrocosmError) return error
  if (error instanceof RoomDeath) return blame(domain.id, error)
  return new MicrocosmError(
    'WORLD_CRASHED',
    `The process of the domain "${domain.id}" answered with nonsense.`,
    {},
    error,
  )
}
