/**
 * The plan: clause by clause, each write that it asks for with the rows that it speaks of, and an answer where one is asked
 * for. Whatever can't be understood is left undone.
 */

import type { ResetObservation } from '../../../schemas/environment.ts'
import type { Json } from '../../../schemas/json.ts'
import { act, type Ending, remove } from './act.ts'
import { answerQuestion, guessAnswer } from './answer.ts'
import { type Clause, clausesOf, isCondition, isQuestion } from './clauses.ts'
import { create } from './create.ts'
import type { Dictionary } from './dictionary.ts'
import type { Mind, Plan } from './mind.ts'
import { nounsIn } from './text.ts'
import { readKit } from './tools.ts'
import { update } from './update.ts'

/** The answer, where there is one. */
export function* plan(observation: ResetObservation, dictionary: Dictionary): Plan<Json | undefined> {
  const { intent } = observation
  const kit = readKit(observation.tools, dictionary)
  const mind: Mind = { kit, dictionary, intent, lists: new Map(), last: new Map() }
  let ending: Ending = 'unclear'
  let skips = false
  let did = false
  for (const clause of clausesOf(intent, kit)) {
    if (isCondition(clause.text)) {
      // "If that can't be done, …": what follows is for whoever was refused.
      skips = ending === 'done'
      continue
    }
    if (skips) {
      skips = false
      continue
    }
    // "The status of the order, please."
    if ((isQuestion(clause.text) || clause.readings.length === 0) && !did) {
      const answer = yield* answerQuestion(mind, clause.text)
      if (answer !== undefined) return answer
    }
    const before = mind.it
    ending = yield* doClause(mind, clause)
    did ||= ending === 'done'
    if (ending === 'unclear' && mind.it === before && nounsIn(clause.text, kit).length > 0) mind.spoken = clause.text
  }
  return did || !isQuestion(intent) ? undefined : yield* guessAnswer(mind, intent)
}

function* doClause(mind: Mind, { readings }: Clause): Plan<Ending> {
  let ending: Ending = 'unclear'
  for (const { effect, rest, says } of readings) {
    const now: Ending =
      effect === 'create'
        ? yield* create(mind, rest)
        : effect === 'update'
          ? yield* update(mind, rest)
          : effect === 'delete'
            ? yield* remove(mind, rest)
            : yield* act(mind, rest, says ?? '')
    if (now === 'done') return now
    if (now === 'refused') ending = now
  }
  return ending
}
