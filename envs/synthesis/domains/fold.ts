/**
 * Near-duplicate tools of several APIs folded into one: what `list_songs` does at three providers, one tool does in a world.
 *
 * Two tools are twins if their APIs are different ones and they do the same to the same thing, picked by as many
 * identifiers, and at least half of what they take is the same. The one that says most stays.
 */

import { resourceOf } from '../collect/resource.ts'
import { kindOf, plainVerb } from '../collect/verbs.ts'
import { normalName } from '../collect/words.ts'
import type { Operation } from '../operation.ts'
import { apiOf } from './vocabulary.ts'

export interface Fold {
  /** Key of the operation that stayed. */
  kept: string
  /** Keys of those it stands for, sorted. */
  folded: string[]
}

/** Share of the parameters of two tools, those of the path aside, that must be the same. */
const sharedMin = 0.5

/** `kept` in the order given. */
export function foldTwins(operations: readonly Operation[]): { kept: Operation[]; folds: Fold[] } {
  const folded = new Map<Operation, Operation[]>()
  for (const group of Map.groupBy(operations, deedOf).values()) {
    const byWorth = [...group].sort((a, b) => worth(b) - worth(a) || (a.key < b.key ? -1 : 1))
    const leaders: Operation[] = []
    for (const operation of byWorth) {
      const twin = leaders.find(
        (leader) =>
          apiOf(leader) !== apiOf(operation) &&
          // No two tools of one API become one: they differ in a way that their API thought worth it.
          !(folded.get(leader) ?? []).some((other) => apiOf(other) === apiOf(operation)) &&
          isAlike(leader, operation),
      )
      if (twin === undefined) leaders.push(operation)
      else folded.set(twin, [...(folded.get(twin) ?? []), operation])
    }
  }
  const gone = new Set([...folded.values()].flat())
  return {
    kept: operations.filter((operation) => !gone.has(operation)),
    folds: operations.flatMap((operation) => {
      const others = folded.get(operation)
      return others === undefined ? [] : [{ kept: operation.key, folded: others.map(({ key }) => key).sort() }]
    }),
  }
}

/** What is done to what, and by how many identifiers that is picked. */
function deedOf(operation: Operation): string {
  const [verb = '', ...rest] = operation.name.split('_')
  const thing = resourceOf(operation)?.head ?? rest.join('_')
  const picked = operation.parameters.filter((parameter) => parameter.in === 'path').length
  return `${kindOf(operation)} ${plainVerb(verb)} ${normalName(thing)} ${picked}`
}

function worth({ parameters, response }: Operation): number {
  const fields = response?.properties ?? response?.items?.properties ?? {}
  return parameters.length + Object.keys(fields).length
}

function isAlike(a: Operation, b: Operation): boolean {
  const [left, right] = [namesOf(a), namesOf(b)]
  const all = new Set([...left, ...right])
  if (all.size === 0) return true
  const shared = [...left].filter((name) => right.has(name)).length
  return shared >= all.size * sharedMin
}

function namesOf({ parameters }: Operation): Set<string> {
  return new Set(parameters.filter((parameter) => parameter.in !== 'path').map(({ name }) => normalName(name)))
}
