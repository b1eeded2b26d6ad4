/**
 * The figures of a universe: how many operations came in and stayed, how the graph hangs together, how large, how coherent
 * and of how many providers the domains are, and how long the walks in them.
 *
 * Coherence is judged by descriptions, which no feature of the graph is made of; beside it stands what groups of the same
 * sizes drawn at random reach, and what the communities had before homonyms were told apart (by descriptions, among other
 * things) and incoherent ones refused.
 * The paper's pure form (parameters only) has its own row, so that the two can be compared.
 */

import type { Counts } from './collect.ts'
import { longestWalk } from './dependencies/walks.ts'
import { findDependencies } from './dependencies.ts'
import { coherenceOf, proseVectors } from './domains/coherence.ts'
import { createRandom, findCommunities } from './domains/partition.ts'
import { type DomainSurvey, surveyDomains } from './domains.ts'
import { modularityOf } from './graph/modularity.ts'
import { buildGraph, type GraphOptions, type ToolGraph } from './graph.ts'
import type { Operation } from './operation.ts'

export interface UniverseStats {
  operations: { seen: number; dropped: Record<string, number>; clean: number; providers: number }
  /** The settings of the run, and the paper's. */
  rows: StatsRow[]
}

export interface StatsRow {
  setting: string
  edges: number
  /** Of what Louvain finds before anything is split or joined. */
  modularity: number
  communities: number
  largest: number
  domains: number
  tools: number
  refused: Record<string, number>
  /** Operations in no domain, and those that a tool of another API stands for. */
  leftOver: number
  folded: number
  /** Tools of a domain: quantiles, and how many domains have so many. */
  sizes: { least: number; median: number; mean: number; most: number; counts: Record<string, number> }
  coherence: { mean: number; below05: number; random: number; beforeRefusal: number }
  providers: { one: number; two: number; threeToFive: number; more: number }
  /** Domains that have reads and writes. */
  mixed: number
  dependencies: { edges: number; teaching: number }
  /** Domains with a walk of so many calls, a write among them: only steps that teach something, and all. */
  walks: { strict: Walks; all: Walks }
}

export interface Walks {
  three: number
  five: number
  eight: number
}

export interface StatsOptions {
  seed: number
  counts?: Pick<Counts, 'seen' | 'dropped'>
  /** What a run has made already, so that it needn't be made again. */
  graph?: ToolGraph
  survey?: DomainSurvey
  /** Leaves the paper's row out. */
  paper?: boolean
}

export function measureUniverse(operations: readonly Operation[], options: StatsOptions): UniverseStats {
  const { seed, counts, graph, survey, paper = true } = options
  const rows = [measureRow(operations, 'parameters and resources', {}, { seed, graph, survey })]
  if (paper) rows.push(measureRow(operations, 'parameters only (the paper)', { features: 'parameters' }, { seed }))
  return {
    operations: {
      seen: counts?.seen ?? operations.length,
      dropped: { ...counts?.dropped },
      clean: operations.length,
      providers: new Set(operations.map(({ provider }) => provider)).size,
    },
    rows,
  }
}

function measureRow(
  operations: readonly Operation[],
  setting: string,
  features: GraphOptions,
  given: { seed: number; graph?: ToolGraph | undefined; survey?: DomainSurvey | undefined },
): StatsRow {
  const { seed } = given
  const graph = given.graph ?? buildGraph(operations, features)
  const survey = given.survey ?? surveyDomains(graph, operations, { seed })
  const louvain = findCommunities(graph, { seed })
  const { communities, refused, leftOver, folded, parts } = survey
  const sizes = communities.map((community) => community.operations.length).sort((a, b) => a - b)
  const coherences = communities.map(({ coherence }) => coherence)
  const held = communities.map(({ providers }) => providers.length)
  return {
    setting,
    edges: graph.size,
    modularity: round(modularityOf(graph, louvain)),
    communities: louvain.length,
    largest: louvain.reduce((most, own) => Math.max(most, own.length), 0),
    domains: communities.length,
    tools: sizes.reduce((sum, size) => sum + size, 0),
    refused: { ...refused },
    leftOver,
    folded,
    sizes: {
      least: sizes[0] ?? 0,
      median: sizes[Math.floor(sizes.length / 2)] ?? 0,
      mean: round(meanOf(sizes)),
      most: sizes.at(-1) ?? 0,
      counts: countSizes(sizes),
    },
    coherence: {
      mean: round(meanOf(coherences)),
      below05: coherences.filter((coherence) => coherence < 0.05).length,
      random: round(randomCoherence(operations, sizes, seed)),
      beforeRefusal: round(parts.coherence),
    },
    providers: {
      one: held.filter((count) => count === 1).length,
      two: held.filter((count) => count === 2).length,
      threeToFive: held.filter((count) => count >= 3 && count <= 5).length,
      more: held.filter((count) => count > 5).length,
    },
    mixed: communities.filter(({ reads, writes }) => reads > 0 && writes > 0).length,
    ...measureWalks(survey),
  }
}

function measureWalks({ communities }: DomainSurvey): Pick<StatsRow, 'dependencies' | 'walks'> {
  const dependencies = { edges: 0, teaching: 0 }
  const strict: Walks = { three: 0, five: 0, eight: 0 }
  const all: Walks = { three: 0, five: 0, eight: 0 }
  for (const { operations } of communities) {
    const found = findDependencies(operations)
    dependencies.edges += found.length
    dependencies.teaching += found.filter(({ carried }) => !carried).length
    add(strict, longestWalk(operations, found))
    add(all, longestWalk(operations, found, { strict: false }))
  }
  return { dependencies, walks: { strict, all } }
}

function add(walks: Walks, longest: number): void {
  if (longest >= 3) walks.three += 1
  if (longest >= 5) walks.five += 1
  if (longest >= 8) walks.eight += 1
}

/** The mean over groups of the same sizes drawn at random; none where there are too few operations to draw from. */
function randomCoherence(operations: readonly Operation[], sizes: readonly number[], seed: number): number {
  const vectors = proseVectors(operations)
  const random = createRandom(seed)
  return meanOf(
    sizes.map((size) => {
      const drawn = new Set<Operation>()
      for (let draw = 0; draw < size * 4 && drawn.size < size; draw++)
        drawn.add(operations[Math.floor(random() * operations.length)] as Operation)
      return coherenceOf([...drawn], vectors)
    }),
  )
}

const bands: [string, number][] = [
  ['5-9', 9],
  ['10-19', 19],
  ['20-29', 29],
  ['30-40', 40],
  ['41+', Number.POSITIVE_INFINITY],
]

function countSizes(sizes: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(bands.map(([name]) => [name, 0]))
  for (const size of sizes) {
    const [name] = bands.find(([, most]) => size <= most) as [string, number]
    counts[name] = (counts[name] as number) + 1
  }
  return counts
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4

/** The figures as lines of text, one row of the table beside the other. */
export function printStats({ operations, rows }: UniverseStats): string {
  const lines = [
    `Operations: ${operations.seen} seen, ${operations.clean} clean, of ${operations.providers} providers`,
    ...Object.entries(operations.dropped)
      .filter(([, count]) => count > 0)
      .map(([reason, count]) => `  dropped, ${reason.replaceAll('_', ' ')}: ${count}`),
    '',
  ]
  const table: [string, (row: StatsRow) => string | number][] = [
    ['', (row) => row.setting],
    ['edges', (row) => row.edges],
    ['modularity', (row) => row.modularity],
    ['communities of Louvain', (row) => row.communities],
    ['the largest', (row) => row.largest],
    ['domains', (row) => row.domains],
    ['tools in them', (row) => row.tools],
    ['tools left over', (row) => row.leftOver],
    ['tools folded', (row) => row.folded],
    ['tools a domain', ({ sizes }) => `${sizes.least}, ${sizes.median}, ${sizes.most} (mean ${sizes.mean})`],
    ['coherence', (row) => row.coherence.mean],
    ['… below .05', (row) => row.coherence.below05],
    ['… of random groups', (row) => row.coherence.random],
    ['… before refusal', (row) => row.coherence.beforeRefusal],
    ['of one provider', (row) => row.providers.one],
    ['reads and writes', (row) => row.mixed],
    ['dependencies', (row) => `${row.dependencies.edges} (${row.dependencies.teaching} teach)`],
    ['walks of 3, 5, 8', ({ walks }) => `${walks.strict.three}, ${walks.strict.five}, ${walks.strict.eight}`],
    ['… all steps', ({ walks }) => `${walks.all.three}, ${walks.all.five}, ${walks.all.eight}`],
  ]
  for (const [name, of] of table)
    lines.push([name.padEnd(24), ...rows.map((row) => String(of(row)).padEnd(30))].join(''))
  return lines.map((line) => line.trimEnd()).join('\n')
}
