/**
 * φ: an operation as a sparse vector of what it takes and what it is about, so that a cosine says how alike two are.
 *
 * Parameters: the whole name counts 1, each of its words .6, times where it stands (path 1, required .9, query .6,
 * body .5), times how rare it is. Resource nouns are a second part of the same weight: parameters alone (the paper's φ)
 * make communities that nothing in them can feed. What stands nearly everywhere, or in most calls of one provider,
 * says nothing.
 * Sources: AgentScaler (arXiv 2509.13311), section 2.1; the weights were compared on the whole corpus.
 */

import { nounsOfParameter, readPath } from '../collect/path.ts'
import { resourceOf } from '../collect/resource.ts'
import { normalName, normalWords } from '../collect/words.ts'
import type { Operation, Parameter } from '../operation.ts'
import type { SparseVector } from './neighbours.ts'

export type FeatureChoice = 'parameters' | 'parameters+resources'

/** What says how a list is cut or a result written, in any API. */
const ubiquitous = new Set(
  `page limit offset per_page page_size page_number page_token next_token cursor sort sort_by order order_by sort_order
  field fields expand include exclude embed filter format api_version version token callback q query search select skip
  top count marker start after before max_result max_results max_item since until dry_run force locale language pretty
  size from to metadata option parameter body data input etag if_match if_none_match next previous direction summary
  detail verbose envelope idempotency_key client_token`.split(/\s+/),
)

const generic = new Set([
  'id',
  'name',
  'key',
  'slug',
  'code',
  'number',
  'type',
  'status',
  'value',
  'description',
  'title',
])

/** Left out if it stands in more than this share of a provider's operations, and weakened from the second share on. */
const providerShare = { dropped: 0.5, weakened: 0.25, weakenedTo: 0.3, operationsMin: 60 }

/** One unit vector for each operation; an operation that says nothing has an empty one. Parameters are `p:`, nouns `r:`. */
export function featureVectors(operations: readonly Operation[], choice: FeatureChoice): SparseVector[] {
  const features = operations.map(parameterFeatures)
  weigh(features, operations)
  if (choice === 'parameters') return number(features)
  const resources = operations.map(resourceFeatures)
  weigh(resources, operations)
  for (const [index, own] of features.entries()) join(own, resources[index] as Features)
  return number(features)
}

type Features = Map<string, number>

function parameterFeatures(operation: Operation): Features {
  const features: Features = new Map()
  let pathNouns: string[] | undefined
  for (const parameter of operation.parameters) {
    let words = normalWords(parameter.name)
    if (ubiquitous.has(words.join('_')) || words.length === 0) continue
    if (parameter.in === 'path' && words.every((word) => generic.has(word))) {
      pathNouns ??= qualifiers(operation.path)
      const noun = pathNouns.find((pair) => pair.startsWith(`${parameter.name} `))?.slice(parameter.name.length + 1)
      if (noun !== undefined) words = [...noun.split('_'), ...words]
    }
    const weight = placeWeight(parameter)
    raise(features, `p:${words.join('_')}`, weight)
    if (words.length < 2) continue
    for (const word of words)
      if (!generic.has(word) && !ubiquitous.has(word)) raise(features, `p:${word}`, weight * 0.6)
  }
  return features
}

/** `name noun` of each path parameter: the thing right before it. */
function qualifiers(path: string | undefined): string[] {
  return readPath(path).things.flatMap(({ words, parameter }) =>
    parameter === undefined || words.length === 0 || nounsOfParameter(parameter).length > 0
      ? []
      : [`${parameter} ${normalName(words.join('_'))}`],
  )
}

function placeWeight(parameter: Parameter): number {
  if (parameter.in === 'path') return 1
  if (parameter.required) return 0.9
  return parameter.in === 'query' ? 0.6 : 0.5
}

function resourceFeatures(operation: Operation): Features {
  const features: Features = new Map()
  const resource = resourceOf(operation)
  if (resource === undefined) return features
  const say = (phrase: string, weight: number): void => {
    const words = normalWords(phrase)
    raise(features, `r:${words.join('_')}`, weight)
    if (words.length > 1) for (const word of words) raise(features, `r:${word}`, weight * 0.6)
  }
  say(resource.head, 1)
  for (const [index, parent] of resource.parents.slice(0, 3).entries()) say(parent, 0.6 / (index + 1))
  return features
}

function raise(features: Features, name: string, weight: number): void {
  features.set(name, Math.max(features.get(name) ?? 0, weight))
}

/** In place: times idf over all operations, less what a whole provider shares, to unit length. */
function weigh(all: readonly Features[], operations: readonly Operation[]): void {
  const frequency = new Map<string, number>()
  for (const features of all) for (const name of features.keys()) frequency.set(name, (frequency.get(name) ?? 0) + 1)
  const shares = providerShares(all, operations)
  for (const [index, features] of all.entries()) {
    const share = shares.get((operations[index] as Operation).provider)
    for (const [name, weight] of features) {
      const within = share?.get(name) ?? 0
      const idf = Math.log(1 + all.length / (frequency.get(name) as number))
      if (within > providerShare.dropped) features.delete(name)
      else features.set(name, weight * idf * (within > providerShare.weakened ? providerShare.weakenedTo : 1))
    }
    scale(features, 1 / Math.hypot(...features.values()))
  }
}

/** Provider → feature → share of its operations, for providers with enough of them to tell. */
function providerShares(all: readonly Features[], operations: readonly Operation[]): Map<string, Features> {
  const totals = new Map<string, number>()
  for (const { provider } of operations) totals.set(provider, (totals.get(provider) ?? 0) + 1)
  const shares = new Map<string, Features>()
  for (const [index, { provider }] of operations.entries()) {
    const total = totals.get(provider) as number
    if (total < providerShare.operationsMin) continue
    const own = shares.get(provider) ?? new Map<string, number>()
    shares.set(provider, own)
    for (const name of (all[index] as Features).keys()) own.set(name, (own.get(name) ?? 0) + 1 / total)
  }
  return shares
}

function scale(features: Features, factor: number): void {
  for (const [name, weight] of features) features.set(name, weight * factor)
}

/** Both parts count the same; where one is empty the other is all there is. */
function join(parameters: Features, resources: Features): void {
  if (parameters.size > 0 && resources.size > 0) {
    scale(parameters, Math.SQRT1_2)
    scale(resources, Math.SQRT1_2)
  }
  for (const [name, weight] of resources) parameters.set(name, weight)
}

/** Names as numbers, given in the order in which they come. */
function number(all: readonly Features[]): SparseVector[] {
  const numbers = new Map<string, number>()
  return all.map((features) => {
    const pairs = [...features].map(([name, weight]) => {
      let feature = numbers.get(name)
      if (feature === undefined) {
        feature = numbers.size
        numbers.set(name, feature)
      }
      return [feature, weight] as const
    })
    pairs.sort((a, b) => a[0] - b[0])
    return {
      features: Uint32Array.from(pairs, (pair) => pair[0]),
      // Rounded, so that a logarithm that differs in its last bit elsewhere changes no tie.
      weights: Float64Array.from(pairs, (pair) => Math.round(pair[1] * 1e12) / 1e12),
    }
  })
}
