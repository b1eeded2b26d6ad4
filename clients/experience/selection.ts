/**
 * Which tasks are meant: `all`, `sample:50`, `domain`, `domain/task`, or several with commas, narrowed by split, stage and
 * language. A sample is drawn by the seed, and the same whatever order the tasks come in.
 */

import type { Chance } from '../../envs/agents/chance.ts'
import { didYouMean, MicrocosmError } from '../../schemas/errors.ts'
import type { Language, Split, Stage, TaskSummary } from '../../schemas/task.ts'

export interface SelectionOptions {
  /** What is sampled from and looked up in. */
  tasks: readonly TaskSummary[]
  split?: Split
  stage?: Stage
  language?: Language
  seed: number
  chance: Chance
}

/** Sorted by domain and task, each once. @throws UNKNOWN_DOMAIN, UNKNOWN_TASK, USAGE where nothing is left */
export function selectTasks(
  selection: string,
  { tasks, split, stage, language, seed, chance }: SelectionOptions,
): TaskSummary[] {
  const fits = (task: TaskSummary): boolean =>
    (split ?? task.split) === task.split &&
    (stage ?? task.stage) === task.stage &&
    (language ?? task.language) === task.language
  const chosen = new Map<string, TaskSummary>()
  const sorted = [...tasks].sort(byPlace)
  for (const part of selection.split(',').map((text) => text.trim())) {
    for (const task of meant(part, sorted, fits, () => chance(`sample/${seed}`))) chosen.set(placeOf(task), task)
  }
  const found = [...chosen.values()].filter(fits).sort(byPlace)
  if (found.length > 0) return found
  const asked = [split, stage, language].filter((word) => word !== undefined).join(', ')
  throw new MicrocosmError('USAGE', `"${selection}"${asked === '' ? '' : ` with ${asked}`} leaves no task.`)
}

export const placeOf = ({ domain, id }: Pick<TaskSummary, 'domain' | 'id'>): string => `${domain}/${id}`

const byPlace = (a: TaskSummary, b: TaskSummary): number => (placeOf(a) < placeOf(b) ? -1 : 1)

function meant(
  part: string,
  tasks: readonly TaskSummary[],
  fits: (task: TaskSummary) => boolean,
  draw: () => () => number,
): readonly TaskSummary[] {
  if (part === 'all') return tasks
  const sample = /^sample:([1-9]\d*)$/.exec(part)
  if (sample !== null) return sampled(tasks.filter(fits), Number(sample[1]), draw())
  const [domain = '', id] = part.split('/')
  const own = tasks.filter((task) => task.domain === domain)
  if (own.length === 0)
    throw new MicrocosmError(
      'UNKNOWN_DOMAIN',
      `No domain "${domain}" with tasks.${didYouMean(domain, new Set(tasks.map((task) => task.domain)))} A selection is all, sample:50, DOMAIN or DOMAIN/TASK, or several with commas.`,
    )
  if (id === undefined) return own
  const found = own.filter((task) => task.id === id)
  if (found.length > 0) return found
  const ids = own.map((task) => task.id)
  throw new MicrocosmError('UNKNOWN_TASK', `The domain "${domain}" has no task "${id}".${didYouMean(id, ids)}`)
}

/** The first of a shuffle: a larger sample holds every smaller one of the same seed. */
function sampled(tasks: readonly TaskSummary[], size: number, next: () => number): TaskSummary[] {
  const pool = [...tasks]
  for (let at = 0; at < Math.min(size, pool.length); at += 1) {
    const other = at + Math.floor(next() * (pool.length - at))
    const held = pool[at] as TaskSummary
    pool[at] = pool[other] as TaskSummary
    pool[other] = held
  }
  return pool.slice(0, size)
}
