/**
 * What a user does with tools of its own, on the same world: what it can look at it looks at when asked to; what changes
 * something it does where its task has it do so, once, with the arguments that the task gives. The agent can only ask.
 * Source: tau2-bench (arXiv 2506.07982), its telecom domain, in which the user holds the device.
 */

import type { Domain } from '../../../schemas/domain.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { Task } from '../../../schemas/task.ts'
import type { Tool } from '../../../schemas/tool.ts'
import type { CallOutcome } from '../world.ts'
import type { Lines } from './lines.ts'

export interface Errand {
  tool: string
  arguments: JsonObject
  kind: Tool['kind']
  /** The gold call that it is; null for a look at something. */
  call: number | null
}

export interface Errands {
  /** What the message asks for, of what is not done yet, in the order of the message. */
  asked(message: string, done: readonly number[]): { asked: Errand[]; refused: boolean }
}

export const isUsers = ({ role }: Tool): boolean => role === 'user'

/** Whether gold can't be done without the user. */
export function needsUser({ gold }: Task, { tools }: Domain): boolean {
  return gold.calls.some(({ tool }) => tools.some((each) => each.name === tool && isUsers(each)))
}

const request =
  /[?？]|\b(please|could you|can you|would you|try|need you to|ask you to|have to|you should)\b|请|麻烦|帮忙|试/i
const short = new Set('a an the of on off in to for my your'.split(' '))

export function createErrands({ gold }: Task, { tools }: Domain): Errands {
  const own = tools.filter(isUsers).map((tool) => ({
    tool,
    words: tool.name.split('_').filter((word) => !short.has(word)),
  }))
  if (own.length === 0) return { asked: () => ({ asked: [], refused: false }) }
  return {
    asked(message, done) {
      if (!request.test(message)) return { asked: [], refused: false }
      const text = message.toLowerCase()
      const named = own
        .map(({ tool, words }) => ({
          tool,
          at: text.includes(tool.name) ? text.indexOf(tool.name) : lastOf(text, words),
        }))
        .filter(({ at }) => at >= 0)
        .sort((a, b) => a.at - b.at)
      const asked = named.flatMap(({ tool }): Errand[] => {
        const { name, kind } = tool
        const call = gold.calls.findIndex((each, index) => each.tool === name && !done.includes(index))
        if (call >= 0)
          return [
            { tool: name, arguments: gold.calls[call]?.arguments ?? {}, kind, call: kind === 'read' ? null : call },
          ]
        const isFree = kind === 'read' && ((tool.input_schema.required as Json[] | undefined) ?? []).length === 0
        return isFree ? [{ tool: name, arguments: {}, kind, call: null }] : []
      })
      return { asked, refused: named.length > asked.length }
    },
  }
}

/** Where all the words of a name have been said; -1 where one is missing. */
function lastOf(text: string, words: readonly string[]): number {
  let last = -1
  for (const word of words) {
    const at = new RegExp(`(?<!\\p{L})${word}`, 'u').exec(text)?.index ?? -1
    if (at < 0) return -1
    last = Math.max(last, at)
  }
  return last
}

export function tellOutcome(
  outcome: CallOutcome,
  { kind, tool }: Errand,
  lines: Lines,
  say: (ways: readonly [string, ...string[]], what: string) => string,
): string {
  if (!outcome.ok) return say(lines.cant(outcome.error.message), tool)
  if (kind === 'write') return say(lines.did, tool)
  return say(lines.saw(inWords(outcome.result)), tool)
}

/** `{signal: 'none', airplane_mode: true}` → "signal: none, airplane mode: yes"; identifiers are not read out. */
function inWords(value: Json): string {
  if (Array.isArray(value)) return value.map(inWords).filter(Boolean).join('; ')
  if (value === null) return '–'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value !== 'object') return String(value)
  return Object.entries(value)
    .filter(([name]) => name !== 'id' && !name.endsWith('_id'))
    .map(([name, part]) => `${name.replaceAll('_', ' ')}: ${inWords(part)}`)
    .join(', ')
}
