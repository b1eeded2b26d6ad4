/**
 * Collect: documents in, operations in normal form out, with what was left out and why. Two steps, each with its counts.
 *
 * Reading takes one document at a time and lets go of it. Cleaning looks at a short row for each operation and never at the
 * operations, so that they may lie on disk meanwhile (run.ts does that; `collect` here holds them). What is wrong with a
 * document is reported and the rest is still read. The result depends on the documents alone, not on their order.
 * Source: AgentScaler (arXiv 2509.13311), section 2.1, which starts from 30,000 APIs and filters them.
 */

import { cleanRows, isNewer, type Row, rowOf } from './collect/clean.ts'
import { type ReadOptions, readDocument } from './collect/document.ts'
import { type Draft, type DropReason, dropReasons, type Edition } from './collect/draft.ts'
import { nameOperations } from './collect/name.ts'
import type { SourceDocument } from './corpus.ts'
import type { DocumentProblem, Operation } from './operation.ts'

export type { DropReason } from './collect/draft.ts'

/** At most so many operations of one provider: one that has ten thousand would be most of the universe. */
export const perProviderDefault = 5500

export interface CollectOptions extends ReadOptions {
  perProvider?: number
  /** Problems beyond so many are counted and not kept. */
  problemsMax?: number
  /** Called after each document. */
  onDocument?: (name: string) => void
}

export interface Counts {
  /** Reason → how many operations were left out. */
  dropped: Record<DropReason, number>
  problems: DocumentProblem[]
  /** How many problems there were, those not kept included. */
  problemCount: number
  /** How many documents were read, and how many operations stood in them. */
  documents: number
  seen: number
}

export interface Collection extends Counts {
  /** Sorted by key. */
  operations: Operation[]
}

/** One document as cleaning sees it. */
export interface IndexedDocument {
  edition: Edition
  rows: Row[]
}

/** Which operation stays, and what it is called. */
export interface Kept {
  /** Index of the document, and of the operation in it. */
  document: number
  operation: number
  name: string
}

export const problemsMaxDefault = 1000

export function noCounts(): Counts {
  const dropped = Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Record<DropReason, number>
  return { dropped, problems: [], problemCount: 0, documents: 0, seen: 0 }
}

export function addCounts(into: Counts, from: Counts, problemsMax = problemsMaxDefault): void {
  for (const reason of dropReasons) into.dropped[reason] += from.dropped[reason]
  into.problems.push(...from.problems.slice(0, Math.max(0, problemsMax - into.problems.length)))
  into.problemCount += from.problemCount
  into.documents += from.documents
  into.seen += from.seen
}

/** First step, for one document; undefined where nothing of it can be read. */
export function readSource(
  { name, text, problem, external }: SourceDocument,
  counts: Counts,
  { problemsMax = problemsMaxDefault, ...options }: CollectOptions = {},
): { edition: Edition; operations: Draft[] } | undefined {
  counts.documents += 1
  const report = {
    problem(found: DocumentProblem) {
      counts.problemCount += 1
      if (counts.problems.length < problemsMax) counts.problems.push(found)
    },
    drop(reason: DropReason, count = 1) {
      counts.dropped[reason] += count
      counts.seen += count
    },
  }
  if (problem !== undefined) {
    report.problem(problem)
    return undefined
  }
  const reading = readDocument(name, text, report, { ...options, ...(external !== undefined && { external }) })
  counts.seen += reading?.operations.length ?? 0
  return reading
}

/** Second step: which operations stay, sorted by their keys, and their names. Counts what goes. */
export function clean(
  documents: readonly IndexedDocument[],
  counts: Pick<Counts, 'dropped'>,
  { perProvider = perProviderDefault }: Pick<CollectOptions, 'perProvider'> = {},
): Kept[] {
  const drop = (reason: DropReason, count = 1): void => {
    counts.dropped[reason] += count
  }
  const newest = new Map<string, number>()
  for (const [index, { edition, rows }] of documents.entries()) {
    const held = newest.get(edition.family)
    const other = held === undefined ? undefined : documents[held]
    if (other !== undefined && !isNewer(edition, other.edition)) {
      drop('other_edition', rows.length)
      continue
    }
    if (other !== undefined) drop('other_edition', other.rows.length)
    newest.set(edition.family, index)
  }
  const where = new Map<Row, Kept>()
  for (const document of newest.values()) {
    for (const [operation, row] of (documents[document] as IndexedDocument).rows.entries())
      where.set(row, { document, operation, name: '' })
  }
  const rows = cleanRows([...where.keys()], { perProvider, drop })
  const kept: Kept[] = []
  const names = new Map<Row, string>()
  for (const service of Map.groupBy(rows, (row) => `${row.provider}:${row.service}`).values()) {
    for (const [index, name] of nameOperations(service).entries()) names.set(service[index] as Row, name)
  }
  for (const row of rows) kept.push({ ...(where.get(row) as Kept), name: names.get(row) as string })
  return kept
}

/** Both steps, in memory. */
export async function collect(
  documents: AsyncIterable<SourceDocument> | Iterable<SourceDocument>,
  options: CollectOptions = {},
): Promise<Collection> {
  const counts = noCounts()
  const drafts: Draft[][] = []
  const indexed: IndexedDocument[] = []
  for await (const document of documents) {
    const reading = readSource(document, counts, options)
    if (reading !== undefined) {
      drafts.push(reading.operations)
      indexed.push({ edition: reading.edition, rows: reading.operations.map(rowOf) })
    }
    options.onDocument?.(document.name)
  }
  const operations = clean(indexed, counts, options).map(({ document, operation, name }) => ({
    ...((drafts[document] as Draft[])[operation] as Draft),
    name,
  }))
  return { operations, ...counts }
}
