/**
 * The stage that needs all operations at once: cleaning, the graph, the domains. It runs in a process of its own, whose
 * memory is given back when it is done, and leaves a list of communities, each to be made into a world by itself.
 */

import { MicrocosmError } from '../../../schemas/errors.ts'
import { type Counts, clean, type IndexedDocument } from '../collect.ts'
import type { Community } from '../domains.ts'
import { surveyDomains } from '../domains.ts'
import { buildGraph } from '../graph.ts'
import type { Operation } from '../operation.ts'
import { measureUniverse, type UniverseStats } from '../stats.ts'
import { type BatchIndex, readIndex, readOperations, sumCounts } from './read.ts'
import { readFrame, readValue, type Span, writeFrames, writeValue } from './spool.ts'

export interface Survey {
  counts: Counts
  operations: number
  /** The most useful first. */
  communities: Span[]
  refused: Record<string, number>
  stats?: UniverseStats
}

export interface SurveyOptions {
  seed: number
  /** Measure the universe, too. */
  stats: boolean
  /** How many batches of documents were read. */
  batches: number
}

const surveyName = 'survey'
const communitiesName = 'communities'

export const readSurvey = (folder: string): Survey | undefined => readValue(folder, surveyName)

export const readCommunity = (folder: string, span: Span): Community => readFrame(folder, communitiesName, span)

type Progress = (stage: string, done: number, total: number) => void

/** @throws SOURCE_EMPTY where no operation is left */
export function writeSurvey(folder: string, { seed, stats, batches }: SurveyOptions, progress: Progress): void {
  const { operations, counts } = loadOperations(folder, batches, progress)
  progress('graph', 0, operations.length)
  const graph = buildGraph(operations)
  progress('domains', 0, graph.order)
  const found = surveyDomains(graph, operations, { seed })
  const { communities, refused } = found
  progress('domains', graph.order, graph.order)
  const spans = writeFrames(folder, communitiesName, communities)
  const survey: Survey = { counts, operations: operations.length, communities: spans, refused: { ...refused } }
  if (stats) {
    progress('stats', 0, 1)
    survey.stats = measureUniverse(operations, { seed, counts, graph, survey: found })
    progress('stats', 1, 1)
  }
  writeValue(folder, surveyName, survey)
}

/** Cleans, and reads what stays; the rows that cleaning looks at are let go of before the graph needs room. */
function loadOperations(
  folder: string,
  batches: number,
  progress: Progress,
): { operations: Operation[]; counts: Counts } {
  progress('clean', 0, batches)
  const indexes = Array.from({ length: batches }, (_, batch) => readIndex(folder, batch) as BatchIndex)
  const counts = sumCounts(indexes.map((index) => index.counts))
  const places = indexes.flatMap((index, batch) => index.documents.map(({ span }) => ({ batch, span })))
  const documents: IndexedDocument[] = indexes.flatMap((index) => index.documents)
  const kept = clean(documents, counts)
  if (kept.length === 0) {
    const [first] = counts.problems
    const why = first === undefined ? '' : ` The first problem: ${first.document}: ${first.message}`
    throw new MicrocosmError(
      'SOURCE_EMPTY',
      `No operation of ${counts.documents} document(s) can become a tool.${why}`,
      { problems: counts.problemCount },
    )
  }
  const operations: Operation[] = new Array(kept.length)
  let loaded = 0
  for (const [document, own] of Map.groupBy(kept.keys(), (at) => kept[at]?.document as number)) {
    const { batch, span } = places[document] as (typeof places)[number]
    const drafts = readOperations(folder, batch, span)
    for (const at of own) {
      const { operation, name } = kept[at] as (typeof kept)[number]
      operations[at] = { ...(drafts[operation] as Omit<Operation, 'name'>), name }
    }
    loaded += own.length
    progress('clean', loaded, kept.length)
  }
  return { operations, counts }
}
