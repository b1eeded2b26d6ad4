/**
 * What must not be trained on: tasks of the split `test`, domains that are held out, and whatever says or asks the same as
 * one of those. Looked at before a row is chosen, and again in the files that were written.
 */

import type { Split, TaskSummary } from '../../../schemas/task.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'

export interface HeldOutTask extends Pick<TaskSummary, 'domain' | 'id' | 'intent'> {
  split: Split
  /** The signature of its walk: tasks that share it share a split. */
  walk: string
}

export const heldOutReasons = [
  'held_out_domain',
  'held_out_task',
  'held_out_intent',
  'held_out_walk',
  'split_unknown',
] as const
export type HeldOutReason = (typeof heldOutReasons)[number]

export interface HeldOut {
  /** Why it may not be trained on; null where it may. */
  reason(trajectory: Pick<Trajectory, 'domain' | 'task' | 'about' | 'messages'>): HeldOutReason | null
  /** Whether a user says what one of the tasks that are held out says. */
  says(text: string): boolean
  tasks: number
  domains: readonly string[]
}

/**
 * @param known every task that there is
 * @param domains held out whole, besides those that have no other tasks than held-out ones
 */
export function createHeldOut(known: Iterable<HeldOutTask>, domains: readonly string[] = []): HeldOut {
  const chosen = new Set(domains)
  const splits = new Map<string, { split: Split; walk: string }>()
  const intents = new Set<string>()
  const walks = new Set<string>()
  const sound = new Set<string>()
  let tasks = 0
  for (const { domain, id, split, intent, walk } of known) {
    splits.set(`${domain}/${id}`, { split, walk: `${domain} ${walk}` })
    if (split === 'train' && !chosen.has(domain)) {
      sound.add(domain)
      continue
    }
    tasks += 1
    intents.add(folded(intent))
    walks.add(`${domain} ${walk}`)
  }
  const held = new Set(
    [...chosen, ...[...splits.keys()].map((key) => key.split('/')[0] as string)].filter((id) => !sound.has(id)),
  )
  const says = (text: string): boolean => intents.has(folded(text))
  return {
    reason({ domain, task, about, messages }) {
      if (held.has(domain)) return 'held_out_domain'
      const place = splits.get(`${domain}/${task}`)
      const split = place?.split ?? about?.split
      if (split === undefined) return 'split_unknown'
      // Either word suffices: a catalogue made anew may part its tasks otherwise than the one that was played.
      if (split === 'test' || about?.split === 'test') return 'held_out_task'
      if (place !== undefined && walks.has(place.walk)) return 'held_out_walk'
      return messages.some(({ role, content }) => role === 'user' && says(content ?? '')) ? 'held_out_intent' : null
    },
    says,
    tasks,
    domains: [...held].sort(),
  }
}

/** Case, width and white space hide no twin. */
const folded = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
