/**
 * The stage that reads documents: a batch of them at a time, in whatever process, into two files: the operations, and a
 * short index of them, which comes last and says that the batch is done.
 */

import { type Row, rowOf } from '../collect/clean.ts'
import type { Draft, Edition } from '../collect/draft.ts'
import { addCounts, type Counts, noCounts, readSource } from '../collect.ts'
import { readFiles, type SourceFile } from '../corpus.ts'
import type { Operation } from '../operation.ts'
import { readFrame, readValue, type Span, writeFrames, writeValue } from './spool.ts'

export interface BatchIndex {
  counts: Counts
  documents: { edition: Edition; rows: Row[]; span: Span }[]
}

const batchBytes = 8 << 20
const batchFiles = 64

/** Files in their order, in batches of about the same size. The same files make the same batches. */
export function batchesOf(files: readonly SourceFile[]): SourceFile[][] {
  const batches: SourceFile[][] = []
  let room = 0
  for (const file of files) {
    const last = batches.at(-1)
    if (last === undefined || last.length >= batchFiles || file.bytes > room) {
      batches.push([file])
      room = batchBytes - file.bytes
    } else {
      last.push(file)
      room -= file.bytes
    }
  }
  return batches
}

const indexName = (batch: number): string => `documents-${batch}.index`
const operationsName = (batch: number): string => `documents-${batch}.operations`

export const readIndex = (folder: string, batch: number): BatchIndex | undefined => readValue(folder, indexName(batch))

export interface BatchRequest {
  folder: string
  batch: number
  files: readonly SourceFile[]
  /** Files that `$ref`s may lead to. */
  references: readonly string[]
  /** Documents that brought down the process that read them, and how: told, and not read again. */
  failed: readonly { name: string; why: string }[]
}

export async function readBatch({ folder, batch, files, references, failed }: BatchRequest): Promise<void> {
  const counts = noCounts()
  for (const { name, why } of failed) {
    const message = `It can't be read: ${why}`
    readSource({ name, text: '', problem: { document: name, place: '', code: 'DOCUMENT_INVALID', message } }, counts)
  }
  const drafts: Draft[][] = []
  const documents: Omit<BatchIndex['documents'][number], 'span'>[] = []
  const left = files.filter(({ name }) => !failed.some((other) => other.name === name))
  for await (const document of readFiles(left, { references })) {
    const reading = readSource(document, counts)
    if (reading === undefined) continue
    drafts.push(reading.operations)
    documents.push({ edition: reading.edition, rows: reading.operations.map(rowOf) })
  }
  const spans = writeFrames(folder, operationsName(batch), drafts)
  const index: BatchIndex = {
    counts,
    documents: documents.map((document, at) => ({ ...document, span: spans[at] as Span })),
  }
  writeValue(folder, indexName(batch), index)
}

/** The operations of a document that was read. */
export const readOperations = (folder: string, batch: number, span: Span): Omit<Operation, 'name'>[] =>
  readFrame(folder, operationsName(batch), span)

export function sumCounts(all: Iterable<Counts>): Counts {
  const sum = noCounts()
  for (const counts of all) addCounts(sum, counts)
  return sum
}
