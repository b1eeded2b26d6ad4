/**
 * Tools that no task of the domain uses yet: a walk takes one of them where it has the choice. What was preferred and came
 * to nothing several times is preferred no more, so that a tool that no task can use doesn't stand in the others' way.
 */

import type { Draw } from './draw.ts'

export interface Idle {
  /** Whether the tool is still to be brought in. */
  wants(tool: string): boolean
  /** The items shuffled, those that bring in such a tool first; at most `max` of them are put before the others. */
  first<T>(draw: Draw, items: readonly T[], toolsOf: (item: T) => readonly string[], max?: number): T[]
  /** A task uses these. */
  note(tools: readonly string[]): void
  /** Whether no task uses the tool, wanted or not. */
  has(tool: string): boolean
  /** How many tools are still wanted. */
  left(): number
}

const preferredMax = 6

export function createIdle(tools: readonly string[]): Idle {
  /** Tool → how often it was put first. */
  const idle = new Map(tools.map((tool) => [tool, 0]))
  const wants = (tool: string): boolean => (idle.get(tool) ?? preferredMax) < preferredMax
  return {
    wants,
    first(draw, items, toolsOf, max = Number.POSITIVE_INFINITY) {
      const shuffled = draw.shuffle(items)
      const chosen = shuffled.filter((item) => toolsOf(item).some(wants)).slice(0, max)
      const counted = new Set(chosen.flatMap((item) => toolsOf(item)).filter(wants))
      for (const tool of counted) idle.set(tool, (idle.get(tool) as number) + 1)
      return [...chosen, ...shuffled.filter((item) => !chosen.includes(item))]
    },
    note(used) {
      for (const tool of used) idle.delete(tool)
    },
    has: (tool) => idle.has(tool),
    left: () => [...idle.keys()].filter(wants).length,
  }
}
