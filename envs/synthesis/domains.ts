/**
 * Domains: communities of the graph of tools, named by what their tools say, ranked by how much they belong together.
 *
 * A community whose descriptions have little in common, or that only one generic parameter holds together, is refused
 * and counted. First come communities that read and write (a world needs both), then the more coherent ones, and the
 * providers take turns: the first N are a fair choice of all.
 * Source: AgentScaler (arXiv 2509.13311), section 2.1.
 */

import { resourceOf } from './collect/resource.ts'
import { kindOf } from './collect/verbs.ts'
import { normalName } from './collect/words.ts'
import { coherenceOf, proseVectors } from './domains/coherence.ts'
import { type Fold, foldTwins } from './domains/fold.ts'
import { splitHomonyms } from './domains/homonyms.ts'
import { joinFragments, partition } from './domains/partition.ts'
import { capital, type Naming, nameDomain, providerLabel, toId } from './domains/title.ts'
import { readVocabulary } from './domains/vocabulary.ts'
import type { ToolGraph } from './graph.ts'
import type { Operation } from './operation.ts'

export interface Community {
  /** `[a-z][a-z0-9-]{0,63}`, unique among those returned together. */
  id: string
  title: string
  description: string
  /** Sorted by key. */
  operations: Operation[]
  /** Mean cosine of the descriptions, 0 to 1. */
  coherence: number
  reads: number
  writes: number
  /** Sorted. */
  providers: string[]
  /** What its tools work on, most often named first: `credit_card`. */
  nouns: string[]
  /** Tools of other APIs that do the same as one that stayed. */
  folded: Fold[]
}

export type RefusalReason = 'too_few_tools' | 'incoherent' | 'one_generic_parameter' | 'no_common_thing'

export interface DomainOptions {
  seed?: number
  minTools?: number
  maxTools?: number
  /** Below this a community is refused. */
  coherenceMin?: number
}

export interface DomainSurvey {
  communities: Community[]
  /** Reason → how many communities. */
  refused: Record<RefusalReason, number>
  /** How many operations are in no community. */
  leftOver: number
  /** How many stand for nothing of their own, because another API's tool does the same. */
  folded: number
  /** Parts of enough tools before homonyms are split and the incoherent refused, and their mean coherence. */
  parts: { count: number; coherence: number }
}

/** Communities of `minTools` to `maxTools` operations, the most useful first. */
export function findDomains(
  graph: ToolGraph,
  operations: readonly Operation[],
  options: DomainOptions = {},
): Community[] {
  return surveyDomains(graph, operations, options).communities
}

/** The same, with what was refused and why. */
export function surveyDomains(
  graph: ToolGraph,
  operations: readonly Operation[],
  { seed = 0, minTools = 5, maxTools = 40, coherenceMin = 0.08 }: DomainOptions = {},
): DomainSurvey {
  const byKey = new Map(operations.map((operation) => [operation.key, operation]))
  const prose = proseVectors(operations)
  const vocabulary = readVocabulary(operations)
  const refused: DomainSurvey['refused'] = {
    too_few_tools: 0,
    incoherent: 0,
    one_generic_parameter: 0,
    no_common_thing: 0,
  }
  const found: Candidate[] = []
  let leftOver = 0
  let folded = 0
  const parts: number[] = []
  const limits = { minTools, maxTools }
  const whole = toolLists(operations, limits)
  const listed = new Set(whole.flat())
  const senses: string[][] = []
  for (const keys of partition(graph, { seed, ...limits, kinship: kinshipOf(byKey, 0.2) })) {
    const together = known(keys, byKey).filter(({ key }) => !listed.has(key))
    if (together.length >= minTools) parts.push(coherenceOf(together, prose))
    for (const sense of splitHomonyms(together, prose, vocabulary)) senses.push(sense.map(({ key }) => key))
  }
  // What a shared word had drawn away from its own API is taken in there again.
  const joined = joinFragments(graph, senses, { ...limits, kinship: kinshipOf(byKey, 0) })
  const rest = joined.map((keys) => keys.filter((key) => !listed.has(key))).filter((keys) => keys.length > 0)
  for (const keys of [...whole, ...rest]) {
    const sense = known(keys, byKey)
    const { kept: own, folds } = foldTwins(sense)
    folded += sense.length - own.length
    const coherence = Math.round(coherenceOf(own, prose) * 1e6) / 1e6
    const naming = nameDomain(own, vocabulary)
    const told = refusal(own, naming, coherence, minTools, coherenceMin)
    // Of what somebody put together it isn't asked what holds it together.
    const reason = whole.includes(keys) && told !== 'too_few_tools' && told !== 'no_common_thing' ? undefined : told
    if (reason !== undefined) {
      refused[reason] += 1
      leftOver += own.length
      continue
    }
    const reads = own.filter((operation) => kindOf(operation) === 'read').length
    const providers = [...new Set(own.map(({ provider }) => provider))].sort()
    found.push({ naming, operations: own, coherence, reads, writes: own.length - reads, providers, folded: folds })
  }
  const coherence = parts.reduce((sum, own) => sum + own, 0) / Math.max(1, parts.length)
  return {
    communities: giveIds(rank(found)),
    refused,
    leftOver,
    folded,
    parts: { count: parts.length, coherence: Math.round(coherence * 1e6) / 1e6 },
  }
}

/**
 * A list of tools (of an MCP server, of functions) was put together for one purpose: where it is of a domain's size it is one
 * as it is, however little its parameters have in common. An API with routes is rather a catalogue of many.
 */
function toolLists(
  operations: readonly Operation[],
  { minTools, maxTools }: { minTools: number; maxTools: number },
): string[][] {
  const lists = Map.groupBy(operations, ({ provider, service }) => `${provider}\n${service}`)
  return [...lists]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, list]) => list)
    .filter(
      (list) => list.length >= minTools && list.length <= maxTools && list.every(({ path }) => path === undefined),
    )
    .map((list) => list.map(({ key }) => key).sort())
}

/** A link inside one API counts whole, one between two of one provider less, one between strangers as told. */
function kinshipOf(
  operations: ReadonlyMap<string, Operation>,
  strangers: number,
): (node: string, other: string) => number {
  return (node, other) => {
    const [a, b] = [operations.get(node), operations.get(other)]
    if (a === undefined || b === undefined || a.provider !== b.provider) return strangers
    return a.service === b.service ? 1 : 0.7
  }
}

/** Sorted by key. */
function known(keys: readonly string[], operations: ReadonlyMap<string, Operation>): Operation[] {
  return keys
    .map((key) => operations.get(key))
    .filter((operation) => operation !== undefined)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

interface Candidate extends Omit<Community, 'id' | 'title' | 'description' | 'nouns'> {
  naming: Naming
}

function refusal(
  operations: readonly Operation[],
  naming: Naming,
  coherence: number,
  minTools: number,
  coherenceMin: number,
): RefusalReason | undefined {
  if (operations.length < minTools) return 'too_few_tools'
  if (naming.nouns.length === 0) return 'no_common_thing'
  if (coherence < coherenceMin) return 'incoherent'
  return isHeldByOneParameter(operations) ? 'one_generic_parameter' : undefined
}

/** Most operations share a parameter, and no two in five are about the same thing: only the parameter is common. */
function isHeldByOneParameter(operations: readonly Operation[]): boolean {
  const parameters = new Map<string, number>()
  const things = new Map<string, number>()
  for (const operation of operations) {
    for (const name of new Set(operation.parameters.map((parameter) => normalName(parameter.name)))) {
      parameters.set(name, (parameters.get(name) ?? 0) + 1)
    }
    const resource = resourceOf(operation)
    for (const thing of resource === undefined ? [] : new Set([resource.head, ...resource.parents])) {
      things.set(thing, (things.get(thing) ?? 0) + 1)
    }
  }
  const most = (counts: ReadonlyMap<string, number>): number => Math.max(0, ...counts.values()) / operations.length
  return most(parameters) > 0.6 && most(things) < 0.3
}

/** What a provider or a thing that came up before is worth the next time. */
const repeatFactor = 0.75

/** How useful a community is before it is known what else there is. */
function usefulness({ operations, coherence, reads, writes, naming }: Candidate): number {
  const mixed = reads > 0 && writes > 0 ? Math.min(reads, writes) / operations.length : 0
  const sized = Math.min(1, operations.length / 8)
  const short = naming.nouns[0] !== undefined && naming.nouns[0].length <= 18 ? 1 : 0.6
  return Math.sqrt(coherence) * (mixed === 0 ? 0.1 : 0.5 + mixed) * sized * short
}

/** Greedy: the most useful one, each time a little less for every one of the same provider or thing already taken. */
function rank(candidates: readonly Candidate[]): Candidate[] {
  const ordered = [...candidates].sort((a, b) => ((a.operations[0]?.key ?? '') < (b.operations[0]?.key ?? '') ? -1 : 1))
  const worth = ordered.map(usefulness)
  const taken = ordered.map(() => false)
  const byMark = new Map<string, number[]>()
  const marksOf = ({ providers, naming }: Candidate): string[] => [
    ...(providers.length <= 2 ? providers.map((provider) => `provider ${provider}`) : []),
    ...naming.nouns.slice(0, 1).map((noun) => `noun ${noun}`),
  ]
  for (const [index, candidate] of ordered.entries()) {
    for (const mark of marksOf(candidate)) byMark.set(mark, [...(byMark.get(mark) ?? []), index])
  }
  const ranked: Candidate[] = []
  for (let round = 0; round < ordered.length; round++) {
    let best = -1
    for (let index = 0; index < ordered.length; index++) {
      if (!taken[index] && (best < 0 || (worth[index] as number) > (worth[best] as number))) best = index
    }
    const candidate = ordered[best] as Candidate
    taken[best] = true
    ranked.push(candidate)
    for (const mark of marksOf(candidate)) {
      for (const index of byMark.get(mark) ?? []) worth[index] = (worth[index] as number) * repeatFactor
    }
  }
  return ranked
}

/** Two of one catalogue share neither id nor title: `Servers (Azure)`, `Extended properties (calendar)`. */
function giveIds(candidates: readonly Candidate[]): Community[] {
  const ids = new Set<string>()
  const titles = new Set<string>()
  return candidates.map(({ naming, ...rest }) => {
    const { description, nouns, distinctions } = naming
    const labels = rest.providers.map(providerLabel)
    const id = untaken(naming.id, ids, distinctions, {
      with: (distinction) => toId(`${naming.id}_${distinction}`),
      numbered: (number) => `${naming.id}-${number}`,
    })
    const title = untaken(naming.title, titles, distinctions, {
      with: (distinction) => {
        const words = distinction.replaceAll('_', ' ')
        if (naming.title.toLowerCase().includes(words)) return naming.title
        return `${naming.title} (${labels.includes(distinction) ? capital(words) : words})`
      },
      numbered: (number) => `${naming.title} (${number})`,
    })
    return { id, title, description, nouns, ...rest }
  })
}

/** What nothing taken has: the name as it is, with the first distinction that helps, or with a number; taken then. */
function untaken(
  name: string,
  taken: Set<string>,
  distinctions: readonly string[],
  longer: { with: (distinction: string) => string; numbered: (number: number) => string },
): string {
  let free = [name, ...distinctions.map(longer.with)].find((each) => !taken.has(each))
  for (let number = 2; free === undefined; number++) {
    if (!taken.has(longer.numbered(number))) free = longer.numbered(number)
  }
  taken.add(free)
  return free
}
