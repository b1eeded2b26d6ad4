/** Mistakes as agents make them: the neighbour's row, another value of the same kind, or a step that is left out. */

import type { Action } from '../../../schemas/environment.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import { pick } from '../chance.ts'
import { anyValue, submission } from '../random.ts'
import type { Seen } from '../seen.ts'

export function slip({ action, seen, next }: { action: Action; seen: Seen; next: () => number }): Action {
  if (action.type === 'submit') return action.answer === undefined ? action : submission(anyValue(seen, next))
  if (action.type !== 'call_tool') return action
  const names = Object.keys(action.arguments)
  // Nothing to get wrong in a call without arguments but to do it again for nothing.
  if (names.length === 0 || next() < 0.2) return { type: 'list_tools' }
  const name = pick(next, names)
  return { ...action, arguments: { ...action.arguments, [name]: other(name, action.arguments, seen, next) } }
}

function other(name: string, args: JsonObject, { fields }: Seen, next: () => number): Json {
  const now = args[name] as Json
  const rivals = (fields.get(name) ?? []).filter((value) => value !== now && typeof value === typeof now)
  if (rivals.length > 0) return pick(next, rivals)
  if (typeof now === 'number') return now + 1
  if (typeof now === 'boolean') return !now
  return typeof now === 'string' ? `${now.slice(0, -1)}` : now
}
