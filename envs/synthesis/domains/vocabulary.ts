/**
 * What each API speaks of, over all its operations: so that it can be told whether two of them are in the same trade, and
 * which words so many APIs use that alone they say nothing.
 *
 * An API is the nouns of its paths, rare ones first in weight; two are as close as the cosine of these.
 */

import { type Resource, resourceOf } from '../collect/resource.ts'
import { normalWords } from '../collect/words.ts'
import type { Operation } from '../operation.ts'

export interface Vocabulary {
  /** 0 to 1: how much the APIs of two groups of operations have in common. */
  closeness(a: readonly Operation[], b: readonly Operation[]): number
  /** Whether so many providers have such a thing that its name alone doesn't say what it is (`job`, `image`). */
  isCommon(noun: string): boolean
  /** Whether so much of what these providers offer stands under such a thing that it tells nothing apart (`resource_group`). */
  isEverywhere(noun: string, operations: readonly Operation[]): boolean
}

/** Of a provider with so many operations at least. */
const everywhere = { share: 0.05, operationsMin: 100 }
/** Share of all providers, and at least so many, from which a noun is common. */
const common = { share: 0.02, providersMin: 4 }

export function readVocabulary(operations: readonly Operation[]): Vocabulary {
  const counts = new Map<string, Map<string, number>>()
  const holders = new Map<string, Set<string>>()
  const totals = new Map<string, number>()
  const under = new Map<string, number>()
  for (const operation of operations) {
    const resource = resourceOf(operation)
    const api = apiOf(operation)
    const own = counts.get(api) ?? new Map<string, number>()
    counts.set(api, own)
    for (const word of wordsOf(resource)) own.set(word, (own.get(word) ?? 0) + 1)
    totals.set(operation.provider, (totals.get(operation.provider) ?? 0) + 1)
    for (const owner of new Set(resource?.owners)) {
      const place = `${operation.provider} ${owner}`
      under.set(place, (under.get(place) ?? 0) + 1)
    }
    if (resource === undefined) continue
    const providers = holders.get(resource.head) ?? new Set()
    holders.set(resource.head, providers.add(operation.provider))
  }
  const vectors = weigh(counts)
  const providers = new Set(operations.map(({ provider }) => provider)).size
  const commonMin = Math.max(common.providersMin, providers * common.share)
  const centreOf = (group: readonly Operation[]): Map<string, number> => {
    const centre = new Map<string, number>()
    for (const [api, own] of Map.groupBy(group, apiOf)) {
      for (const [word, weight] of vectors.get(api) ?? [])
        centre.set(word, (centre.get(word) ?? 0) + (weight * own.length) / group.length)
    }
    return centre
  }
  return {
    closeness: (a, b) => dot(centreOf(a), centreOf(b)),
    isEverywhere: (noun, group) =>
      group.every(({ provider }) => {
        const total = totals.get(provider) ?? 0
        const share = (under.get(`${provider} ${noun}`) ?? 0) / Math.max(1, total)
        return total >= everywhere.operationsMin && share > everywhere.share
      }),
    isCommon: (noun) => (holders.get(noun)?.size ?? 0) >= commonMin,
  }
}

export const apiOf = ({ provider, service }: Operation): string => `${provider}:${service}`

function wordsOf(resource: Resource | undefined): Set<string> {
  return new Set(resource === undefined ? [] : [resource.head, ...resource.parents].flatMap(normalWords))
}

function weigh(counts: ReadonlyMap<string, ReadonlyMap<string, number>>): Map<string, Map<string, number>> {
  const frequency = new Map<string, number>()
  for (const own of counts.values()) for (const word of own.keys()) frequency.set(word, (frequency.get(word) ?? 0) + 1)
  const vectors = new Map<string, Map<string, number>>()
  for (const [api, own] of counts) {
    const pairs = [...own].map(([word, count]) => {
      const idf = Math.log(1 + counts.size / (frequency.get(word) as number))
      return [word, (1 + Math.log(count)) * idf] as const
    })
    const length = Math.hypot(...pairs.map((pair) => pair[1]))
    vectors.set(api, new Map(pairs.map(([word, weight]) => [word, weight / length])))
  }
  return vectors
}

export function dot<Key>(a: ReadonlyMap<Key, number>, b: ReadonlyMap<Key, number>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  let sum = 0
  for (const [word, weight] of small) sum += weight * (large.get(word) ?? 0)
  return sum
}
