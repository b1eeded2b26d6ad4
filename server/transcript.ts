/**
 * The trajectory of a session's episode, made when it is asked for: its log is replayed, which gives the same observations
 * again, so that no session need keep what it has shown.
 */

import type { EnvironmentWorld } from '../envs/runtime/environment.ts'
import { replayEpisode } from '../envs/runtime/environment.ts'
import type { Action, EpisodeLog, ResetObservation, ToolObservation, Transition } from '../schemas/environment.ts'
import type { ChatMessage, Trajectory } from '../schemas/trajectory.ts'
import type { Verification } from '../schemas/verification.ts'

export interface TranscriptOptions {
  log: EpisodeLog
  opening: Transition<ResetObservation>
  world: EnvironmentWorld
  last: Transition<object>
  verification: Verification | null
}

export async function transcribe({ log, opening, world, last, verification }: TranscriptOptions): Promise<Trajectory> {
  const { domain, version, task, seed, entries } = log
  const { policy, intent } = opening.observation
  const messages: ChatMessage[] = [
    { role: 'system', content: policy },
    { role: 'user', content: intent },
  ]
  const shown = await replayEpisode(world, log)
  for (const [index, { action, error }] of entries.entries()) {
    const came = shown[index] ?? null
    const reply = came === null ? undefined : replyIn(came)
    if (action.type === 'message' && reply !== undefined) {
      messages.push({ role: 'assistant', content: action.content }, { role: 'user', content: reply })
      continue
    }
    const id = `call_${index}`
    const { name, args } = asCall(action)
    messages.push({
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name, arguments: JSON.stringify(args) } }],
    })
    const content = came === null ? { error: error?.message ?? '' } : shownResult(came)
    messages.push({ role: 'tool', tool_call_id: id, content: JSON.stringify(content) })
  }
  return {
    domain,
    version,
    task,
    trial: 0,
    seed,
    agent: 'session',
    messages,
    steps: entries.length,
    terminated: last.terminated,
    truncated: last.truncated,
    reason: last.reason,
    reward: last.reward,
    verification,
  }
}

const shownResult = ({ result, error }: ToolObservation) => (error === null ? result : { error: error.message })

/** What a simulated user answered. */
function replyIn({ result }: ToolObservation): string | undefined {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return undefined
  return typeof result.reply === 'string' ? result.reply : undefined
}

function asCall(action: Action): { name: string; args: object } {
  switch (action.type) {
    case 'call_tool':
      return { name: action.tool_name, args: action.arguments }
    case 'submit':
      return { name: 'submit', args: action.answer === undefined ? {} : { answer: action.answer } }
    case 'message':
      return { name: 'send_message', args: { content: action.content } }
    default:
      return { name: action.type, args: {} }
  }
}
