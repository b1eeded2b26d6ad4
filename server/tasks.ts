/**
 * Which tasks there are, without their domains: what lists show and what draws are made from.
 *
 * A domain is read once per version; reading all of a large catalogue takes seconds, so it yields to the sockets between
 * domains.
 */

import { setImmediate as breathe } from 'node:timers/promises'
import type { Catalog } from '../envs/catalog.ts'
import type { TaskFilter } from '../schemas/environment.ts'
import { MicrocosmError } from '../schemas/errors.ts'
import type { Split, TaskSummary } from '../schemas/task.ts'
import { summarizeTask } from '../schemas/task.ts'

export interface TaskIndex {
  /** Of one domain. @throws UNKNOWN_DOMAIN */
  of(domain: string): readonly TaskSummary[]
  /** Of these domains, or of all: sorted by domain, in each in its own order. @throws UNKNOWN_DOMAIN, VERSION_MISMATCH */
  all(references?: readonly string[]): Promise<readonly TaskSummary[]>
}

export function createTaskIndex(catalog: Catalog): TaskIndex {
  const known = new Map<string, { version: string; tasks: readonly TaskSummary[] }>()
  let whole: { hash: string; tasks: readonly TaskSummary[] } | null = null

  const of = (id: string, version?: string): readonly TaskSummary[] => {
    const found = known.get(id)
    if (found !== undefined && found.version === version) return found.tasks
    const domain = catalog.domain(id)
    const tasks = domain.tasks.map((task) => Object.freeze(summarizeTask(id, task)))
    known.set(id, { version: domain.version ?? '', tasks })
    return tasks
  }
  const gather = async (domains: readonly { id: string; version: string }[]): Promise<TaskSummary[]> => {
    const tasks: TaskSummary[] = []
    let read = 0
    for (const { id, version } of domains) {
      if (known.get(id)?.version !== version && ++read % 8 === 0) await breathe()
      tasks.push(...of(id, version))
    }
    return tasks
  }
  return {
    of: (id) => of(id, catalog.domain(id).version),
    async all(references) {
      if (references === undefined) {
        const hash = catalog.hash()
        if (whole?.hash !== hash) whole = { hash, tasks: await gather(catalog.list()) }
        return whole.tasks
      }
      const versions = new Map(catalog.list().map(({ id, version }) => [id, version]))
      const domains = [...new Set(references)].sort().map((reference) => {
        const [id = '', pinned] = reference.split('@')
        const version = versions.get(id) ?? String(catalog.domain(id).version) // throws, with the nearest name
        if (pinned !== undefined && pinned !== version)
          throw new MicrocosmError(
            'VERSION_MISMATCH',
            `Version ${pinned} of "${id}" was asked for; ${version} is served.`,
            { domain: id, version },
          )
        return { id, version }
      })
      return gather(domains)
    },
  }
}

export function fits(task: TaskSummary, filter: TaskFilter, split?: Split): boolean {
  const inside = (value: number, { min = 0, max = Infinity }: { min?: number; max?: number } = {}) =>
    value >= min && value <= max
  return (
    (split ?? task.split) === task.split &&
    (filter.stage ?? task.stage) === task.stage &&
    (filter.language ?? task.language) === task.language &&
    inside(task.length, filter.length) &&
    inside(task.difficulty, filter.difficulty) &&
    (filter.kind === undefined || task.kinds.includes(filter.kind))
  )
}
