/**
 * Collect: OpenAPI documents in, operations in normal form out, with what was left out and why.
 *
 * One document is parsed at a time and let go of; nothing but its operations is kept. What is wrong with a document is
 * reported and the rest is still read. The result depends on the documents alone, not on their order.
 * Source: AgentScaler (arXiv 2509.13311), section 2.1, which starts from 30,000 APIs and filters them.
 */

import { type CleanOptions, cleanOperations, isNewer } from './collect/clean.ts'
import { type DocumentReading, type Draft, type DropReason, readDocument } from './collect/document.ts'
import { nameOperations } from './collect/name.ts'
import type { SourceDocument } from './corpus.ts'
import type { DocumentProblem, Operation } from './operation.ts'

export type { DropReason } from './collect/document.ts'

export interface CollectOptions {
  /** At most so many operations of one provider. */
  perProvider?: number
  /** Problems beyond so many are counted and not kept. */
  problemsMax?: number
  /** Called after each document. */
  onDocument?: (name: string) => void
}

export interface Collection {
  /** Sorted by key. */
  operations: Operation[]
  /** Reason → how many operations were left out. */
  dropped: Record<DropReason, number>
  problems: DocumentProblem[]
  /** How many problems there were, those not kept included. */
  problemCount: number
  /** How many documents were read, and how many operations stood in them. */
  documents: number
  seen: number
}

export async function collect(
  documents: AsyncIterable<SourceDocument> | Iterable<SourceDocument>,
  { perProvider = 2500, problemsMax = 1000, onDocument }: CollectOptions = {},
): Promise<Collection> {
  const dropped: Record<DropReason, number> = {
    other_edition: 0,
    deprecated: 0,
    other_method: 0,
    unnamed: 0,
    no_description: 0,
    no_input: 0,
    twin: 0,
    provider_cap: 0,
  }
  const problems: DocumentProblem[] = []
  let problemCount = 0
  const report = {
    problem(problem: DocumentProblem) {
      problemCount += 1
      if (problems.length < problemsMax) problems.push(problem)
    },
    drop(reason: DropReason, count = 1) {
      dropped[reason] += count
    },
  }
  const best = new Map<string, DocumentReading>()
  let read = 0
  let seen = 0
  for await (const { name, text, problem } of documents) {
    read += 1
    if (problem !== undefined) {
      report.problem(problem)
    } else {
      const before = sum(dropped)
      const reading = readDocument(name, text, report)
      if (reading !== undefined) {
        seen += reading.operations.length + sum(dropped) - before
        keepNewest(best, reading, report.drop)
      }
    }
    onDocument?.(name)
  }
  const drafts = [...best.values()].flatMap((reading) => reading.operations)
  best.clear()
  const operations = nameAll(cleanOperations(drafts, { perProvider, drop: report.drop }))
  return { operations, dropped, problems, problemCount, documents: read, seen }
}

function sum(counts: Record<string, number>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

/** Only the newest edition of an API is held on to while the others go by. */
function keepNewest(best: Map<string, DocumentReading>, reading: DocumentReading, drop: CleanOptions['drop']): void {
  const { family } = reading.edition
  const other = best.get(family)
  if (other === undefined) {
    best.set(family, reading)
    return
  }
  const isLater = isNewer(reading.edition, other.edition)
  drop('other_edition', (isLater ? other : reading).operations.length)
  if (isLater) best.set(family, reading)
}

function nameAll(drafts: Draft[]): Operation[] {
  const operations: Operation[] = []
  for (const service of Map.groupBy(drafts, (draft) => `${draft.provider}:${draft.service}`).values()) {
    const names = nameOperations(service)
    for (const [index, draft] of service.entries()) operations.push({ ...draft, name: names[index] as string })
  }
  return operations.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}
