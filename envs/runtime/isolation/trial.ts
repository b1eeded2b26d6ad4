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
  /** Why not. What the process fell over stands last, with the code of the error. */
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

/** Milliseconds that all tools of one domain may take to be exercised. */
const exerciseMs = 60_000

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
          const inside = await load(domain, images)
          const { problems } = readers.exercise(await inside.ask({ do: 'exercise' }, { ms: exerciseMs }))
          const golds: (GoldRun | MicrocosmError)[] = []
          for (const task of domain.tasks) golds.push(await goldIn(inside, domain, task))
          return { admitted: problems.length === 0, problems, golds }
        } catch (error) {
          const { code, message } = asOurs(domain, error)
          return { admitted: false, problems: [{ tool: '', code, message, arguments: '' }], golds: [] }
        }
      }),
    golds: (domain, images, tasks) =>
      inTurn(async () => {
        const golds: (GoldRun | MicrocosmError)[] = []
        for (const task of tasks) {
          try {
            // One that fell over a gold before this one is opened again.
            const inside: Room = golds.length > 0 && room?.alive ? room : await load(domain, images)
            golds.push(await goldIn(inside, domain, task))
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
