/**
 * The first filter: whether a trajectory is one at all. Rules, in the order in which they are looked at; the first that is
 * broken is the reason.
 *
 * | reason | rule |
 * |---|---|
 * | `not_a_trajectory` | the line is JSON of the contract's form (schemas/trajectory.ts) |
 * | `crashed` | the world did not break under it |
 * | `agent_failed` | the agent (its endpoint, its answers) did not break |
 * | `cut_short` | the episode came to its own end: neither a limit of steps, time or tokens nor the agent's giving up ended it |
 * | `no_verification` | it was held against gold |
 * | `no_messages` | the agent said something, after a system's message or none, and a user's |
 * | `order` | after a user or a tool comes the assistant, after the assistant the results of its calls or the user; no second system |
 * | `empty_message` | every assistant's message says something or calls something |
 * | `call_id` | ids of calls are there, and each is of one call |
 * | `call_arguments` | the arguments of each call are a JSON object |
 * | `unknown_tool` | each call is of a tool that was offered |
 * | `result_missing` | each call has one result, before anyone speaks again |
 * | `result_without_call` | each result is of a call just before it |
 * | `repetition` | no reasoning, and no reply, goes round in circles (funnel/repetition.ts; n and share are settings) |
 *
 * A call that was refused, or failed, breaks no rule: to meet an error and go on is worth learning. The last reply may end
 * with its calls where the episode ended with them.
 */

import type { ChatMessage, Trajectory } from '../../../schemas/trajectory.ts'
import { defaultRepetition, goesRound, type RepetitionRule } from './repetition.ts'

export const validityReasons = [
  'not_a_trajectory',
  'crashed',
  'agent_failed',
  'cut_short',
  'no_verification',
  'no_messages',
  'order',
  'empty_message',
  'call_id',
  'call_arguments',
  'unknown_tool',
  'result_missing',
  'result_without_call',
  'repetition',
] as const
export type ValidityReason = (typeof validityReasons)[number]

export interface ValidityRules {
  repetition: RepetitionRule
}

/** Why it is not valid; null where it is. */
export function findInvalidity(
  trajectory: Trajectory,
  { repetition }: ValidityRules = { repetition: defaultRepetition },
): ValidityReason | null {
  return (
    endingFault(trajectory) ??
    orderFault(trajectory.messages) ??
    callFault(trajectory) ??
    resultFault(trajectory.messages) ??
    (repeats(trajectory.messages, repetition) ? 'repetition' : null)
  )
}

function endingFault({ reason, stop, failure, terminated, verification }: Trajectory): ValidityReason | null {
  if (reason === 'crashed') return 'crashed'
  if (stop === 'failed' || failure !== undefined) return 'agent_failed'
  if (!terminated || (stop !== undefined && stop !== 'ended')) return 'cut_short'
  return verification === null ? 'no_verification' : null
}

const calls = (message: ChatMessage | undefined) => (message?.role === 'assistant' ? (message.tool_calls ?? []) : [])

/** Who may follow whom; what has to do with results is looked at in resultFault. */
const follows: Record<ChatMessage['role'], readonly ChatMessage['role'][]> = {
  system: ['user'],
  user: ['assistant', 'tool'],
  assistant: ['user', 'tool'],
  tool: ['tool', 'assistant'],
}

function orderFault(messages: readonly ChatMessage[]): ValidityReason | null {
  if (!messages.some(({ role }) => role === 'assistant')) return 'no_messages'
  const [first] = messages
  if (first?.role !== 'system' && first?.role !== 'user') return 'order'
  for (const [at, message] of messages.entries()) {
    const next = messages[at + 1]
    if (next === undefined || calls(message).length > 0) continue
    if (!follows[message.role].includes(next.role)) return 'order'
  }
  const says = (message: ChatMessage) => calls(message).length > 0 || (message.content ?? '').trim() !== ''
  return messages.every((message) => message.role !== 'assistant' || says(message)) ? null : 'empty_message'
}

function callFault({ messages, tools }: Trajectory): ValidityReason | null {
  const ids = new Set<string>()
  // A list of the tools may be asked for wherever there are any; who talks to a user may find its message among them.
  const offered = tools === undefined ? null : new Set([...tools.map(({ name }) => name), 'list_tools'])
  for (const message of messages) {
    for (const { id, function: called } of calls(message)) {
      if (id === '' || ids.has(id)) return 'call_id'
      ids.add(id)
      if (!isObject(called.arguments)) return 'call_arguments'
      if (offered !== null && !offered.has(called.name)) return 'unknown_tool'
    }
  }
  return null
}

function isObject(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

function resultFault(messages: readonly ChatMessage[]): ValidityReason | null {
  let open = new Set<string>()
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id)) return 'result_without_call'
      continue
    }
    if (open.size > 0) return 'result_missing'
    open = new Set(calls(message).map(({ id }) => id))
  }
  return null // calls of the very last message ended the episode
}

function repeats(messages: readonly ChatMessage[], rule: RepetitionRule): boolean {
  return messages.some(
    (message) =>
      message.role === 'assistant' &&
      (goesRound(message.reasoning_content ?? '', rule) || goesRound(message.content ?? '', rule)),
  )
}
