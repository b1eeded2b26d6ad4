/** What the adapters share: the tools of an episode as its reset showed them, and its calls played on the environment. */

import type {
  ResetObservation,
  ToolCallsObservation,
  ToolObservation,
  Transition,
} from '../../../schemas/environment.ts'
import type { JsonObject } from '../../../schemas/json.ts'
import type { ClientEnvironment, ToolCall } from '../surface.ts'

export interface Episode {
  /** What to tell the model: the rules, then what is to be done. */
  system: string
  prompt: string
  /** Whether it is over. */
  done(): boolean
  /** Null until it is over; after a crash, too. */
  reward(): number | null
}

export interface Played extends Episode {
  tools: ResetObservation['tools']
  /** Results in the order of the calls; a call that came after the end says so. */
  play(calls: readonly ToolCall[]): Promise<object[]>
}

const late = { error: { message: 'The episode is over; the call was not made.' } }

/** @param shown what a reset returned */
export function playedEpisode(environment: ClientEnvironment, shown: Transition<ResetObservation>): Played {
  const { policy, intent, tools } = shown.observation
  let last: Transition | null = null
  let line: Promise<unknown> = Promise.resolve()
  const isOver = (): boolean => last?.done ?? shown.done
  const playNow = async (calls: readonly ToolCall[]): Promise<object[]> => {
    if (calls.length === 0 || isOver()) return calls.map(() => late)
    last = await environment.step(calls)
    const { results } = last.observation as ToolCallsObservation
    return calls.map((_, index) => resultOf(results[index]))
  }
  return {
    tools,
    system: policy,
    prompt: intent,
    done: isOver,
    reward: () => last?.reward ?? null,
    play(calls) {
      // An SDK may run the calls of one turn beside each other; here one comes after the other.
      const turn = line.then(() => playNow(calls))
      line = turn.catch(() => {})
      return turn
    },
  }
}

function resultOf(observation: ToolObservation | undefined): object {
  if (observation === undefined) return late
  const { result, error, error_code } = observation
  if (error !== null) return { error: { ...error, ...(error_code === undefined ? {} : { code: error_code }) } }
  return typeof result === 'object' && result !== null ? result : ({ result } as JsonObject)
}
