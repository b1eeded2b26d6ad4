/**
 * The trajectory of a session's episode, made when it is asked for: its log is replayed, which gives the same observations
 * again, so that no session need keep what it has shown.
 */

import type { EnvironmentWorld } from '../envs/runtime/environment.ts'
import { replayEpisode } from '../envs/runtime/environment.ts'
import type { EpisodeLog, ResetObservation, Transition } from '../schemas/environment.ts'
import type { ChatMessage, Trajectory } from '../schemas/trajectory.ts'
import { asToolCall, callsOf, replyIn, resultText } from '../schemas/trajectory.ts'
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
    const reply = replyIn(came?.result)
    if (action.type === 'message' && reply !== undefined) {
      messages.push({ role: 'assistant', content: action.content }, { role: 'user', content: reply })
      continue
    }
    const id = `call_${index}`
    messages.push({ role: 'assistant', content: null, tool_calls: callsOf(action).map((call) => asToolCall(id, call)) })
    const content = resultText(came ?? { error: { message: error?.message ?? '' } })
    messages.push({ role: 'tool', tool_call_id: id, content })
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
