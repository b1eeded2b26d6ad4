/**
 * The trajectory of a session's episode, made when it is asked for: its log is replayed, which gives the same observations
 * again, so that no session need keep what it has shown.
 */

import type { LocalEnvironment } from '../envs/runtime/environment.ts'
import type { Action, EpisodeLog, ResetObservation, ToolObservation, Transition } from '../schemas/environment.ts'
import type { ChatMessage, Trajectory } from '../schemas/trajectory.ts'
import type { Verification } from '../schemas/verification.ts'

export interface TranscriptOptions {
  log: EpisodeLog
  opening: Transition<ResetObservation>
  /** A fresh one of the same world; it is closed here. */
  environment: LocalEnvironment
  last: Transition<object>
  verification: Verification | null
}

export async function transcribe({
  log,
  opening,
  environment,
  last,
  verification,
}: TranscriptOptions): Promise<Trajectory> {
  const { domain, version, task, seed, entries } = log
  const { policy, intent } = opening.observation
  const messages: ChatMessage[] = [
    { role: 'system', content: policy },
    { role: 'user', content: intent },
  ]
  await using _closes = environment
  await environment.reset({ task, seed, episode_id: log.episode_id })
  for (const [index, { action, ended, error }] of entries.entries()) {
    const id = `call_${index}`
    const { name, args } = asCall(action)
    messages.push({
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: { name, arguments: JSON.stringify(args) } }],
    })
    // What crashed the world is not done again; how it ended stands in the log.
    const shown =
      ended !== undefined && error !== undefined
        ? { error: error.message }
        : shownResult((await environment.step(action)).observation as ToolObservation)
    messages.push({ role: 'tool', tool_call_id: id, content: JSON.stringify(shown) })
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
