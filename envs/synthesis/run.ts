/**
 * Conducts the making of worlds: documents → operations → graph → domains → worlds → catalogue.
 *
 * Each stage is records in, records out; this hands them their readers and writers. Documents are read and worlds are made by
 * worker processes side by side, and what they bring is put together in the order of the work, so that the number of
 * workers is not seen in the catalogue. Every stage leaves what it made in a folder beside the catalogue (run/spool.ts):
 * a run that was killed is taken up there by the next one that wants the same of the same documents with the same code.
 * The catalogue appears under its name when it is whole; until then what is made can be played (catalog.ts).
 */

import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { MicrocosmError } from '../../schemas/errors.ts'
import { canonicalJson } from '../../schemas/json.ts'
import { type GrowingCatalog, growCatalog, openCatalog, type PackedDomain, runFolder } from '../catalog.ts'
import { listCorpus, type SourceFile } from './corpus.ts'
import type { DocumentProblem } from './operation.ts'
import type { Made, Rephrasing } from './run/make.ts'
import { inOrder, openPool, type Pool, type PoolOptions, WorkerDeath } from './run/pool.ts'
import { batchesOf, readIndex } from './run/read.ts'
import { readSurvey, type Survey, type SurveyOptions } from './run/survey.ts'
import type { RephraseEndpoint, Request } from './run/worker.ts'
import type { UniverseStats } from './stats.ts'
import type { Walks } from './tasks.ts'

export type StageName = 'collect' | 'clean' | 'graph' | 'domains' | 'stats' | 'worlds' | 'write'

export interface SynthesizeOptions {
  /** Files and folders of API descriptions; the default corpus where there are none. */
  sources?: readonly string[]
  /** Of the default corpus: a choice that is done in less than a minute, or all of it. */
  selection?: 'starter' | 'all'
  /** Files that `$ref`s of the sources may lead to. */
  references?: readonly string[]
  /** The catalogue to write. */
  out: string
  /** How many domains at most; all that pass where absent. */
  domainsMax?: number
  tasksPerDomain?: number
  /** How tasks are made: chained back from writes where absent. */
  walks?: Walks | undefined
  seed?: number
  /** Let a model put the intents into other words; what loses a word that counts stays as it was. */
  rephrase?: RephraseEndpoint | undefined
  /** Measure the universe, too: its graph and its domains, beside the paper's own setting. */
  stats?: boolean
  /** How many processes work side by side; as many as there are cores where absent. */
  workers?: number
  onProgress?: (stage: StageName, done: number, total: number) => void
}

export interface SynthesisReport {
  hash: string
  documents: number
  /** How many operations stood in them, and how many of these are clean tools. */
  seen: number
  operations: number
  /** Reason → operations dropped by collect. */
  dropped: Record<string, number>
  problems: DocumentProblem[]
  problemCount: number
  communities: number
  domains: number
  tools: number
  tasks: number
  providers: number
  /** Reason → communities that became no domain. */
  refused: Record<string, number>
  /** Reason → tasks that were tried and not kept. */
  tasksRefused: Record<string, number>
  /** Only where a model was asked. */
  rephrased?: Rephrasing
  /** Only where it was asked for. */
  stats?: UniverseStats
  /** Seconds of each stage in this run; one that an earlier run had done is not there. */
  seconds: Partial<Record<StageName, number>>
  /** How many batches of documents and how many communities an earlier run had done. */
  resumed: { batches: number; communities: number }
}

/** MiB of JavaScript values that a worker may hold: one that reads documents, the one that has all operations, one that makes. */
const heapMib = { read: 1024, survey: 1536, make: 320 }
const pieceMs = { batch: 300_000, survey: 1_800_000, world: 180_000, rephrased: 600_000 }

/** @throws SOURCE_NOT_FOUND, SOURCE_EMPTY, CATALOG_BUSY */
export async function synthesize(options: SynthesizeOptions): Promise<SynthesisReport> {
  const { out, seed = 0, tasksPerDomain = 8, walks = 'chained', domainsMax = Number.POSITIVE_INFINITY } = options
  const { sources = [], selection = 'all', references = [], stats = false, rephrase } = options
  const workers = options.workers ?? availableParallelism()
  const clock = stageClock(options.onProgress ?? (() => {}))
  const files = await listCorpus({ sources, selection })
  const folder = runFolder(out)
  const release = lock(folder)
  let report: SynthesisReport
  try {
    const spool = takeUp(folder, {
      files,
      references,
      seed,
      stats,
      tasksPerDomain,
      walks,
      domainsMax,
      model: rephrase === undefined ? null : [rephrase.url, rephrase.model],
    })
    const batches = batchesOf(files)
    const resumed = { batches: batches.length, communities: 0 }
    let survey = readSurvey(spool)
    if (survey === undefined) {
      resumed.batches = await readAll(spool, batches, { references, workers, clock })
      survey = await surveyAll(spool, { seed, stats, batches: batches.length }, clock)
    }
    const journal = openJournal(spool)
    resumed.communities = journal.lines.length
    const catalog = growCatalog(out)
    try {
      await makeAll(survey, {
        folder: spool,
        catalog,
        journal,
        seed,
        tasksPerDomain,
        walks,
        rephrase,
        domainsMax,
        workers,
        clock,
      })
      report = { ...sumUp(survey, journal.lines), hash: '', seconds: {}, resumed }
      requireDomains(report)
      clock.progress('write', 0, report.domains)
      catalog.commit()
      clock.progress('write', report.domains, report.domains)
    } finally {
      catalog.close()
    }
  } catch (error) {
    // Nothing is worth taking up where the same would come of it.
    if (error instanceof MicrocosmError && error.code === 'SOURCE_EMPTY') discard(folder)
    throw error
  } finally {
    release()
  }
  discard(folder)
  return { ...report, hash: hashOf(out), seconds: clock.seconds() }
}

interface StageClock {
  progress(stage: StageName, done: number, total: number): void
  seconds(): SynthesisReport['seconds']
}

function stageClock(onProgress: NonNullable<SynthesizeOptions['onProgress']>): StageClock {
  const begun = new Map<StageName, number>()
  return {
    progress(stage, done, total) {
      if (!begun.has(stage)) begun.set(stage, performance.now())
      onProgress(stage, done, total)
    },
    seconds() {
      const starts = [...begun]
      return Object.fromEntries(
        starts.map(([stage, start], index) => [
          stage,
          Math.round(((starts[index + 1]?.[1] ?? performance.now()) - start) / 100) / 10,
        ]),
      )
    },
  }
}

/** Reads what no run before has read. @returns how many batches there were already */
async function readAll(
  folder: string,
  batches: readonly SourceFile[][],
  { references, workers, clock }: { references: readonly string[]; workers: number; clock: StageClock },
): Promise<number> {
  const total = batches.reduce((sum, files) => sum + files.length, 0)
  const missing = [...batches.keys()].filter((batch) => readIndex(folder, batch) === undefined)
  let done = total - missing.reduce((sum, batch) => sum + (batches[batch] as SourceFile[]).length, 0)
  clock.progress('collect', done, total)
  await withPool(
    { workers: Math.min(workers, missing.length), heapMib: heapMib.read, pieceMs: pieceMs.batch },
    async (pool) => {
      const read = async (batch: number): Promise<number> => {
        const files = batches[batch] as SourceFile[]
        const ask = (request: Omit<Request & { do: 'read' }, 'do' | 'folder' | 'references'>) =>
          pool.ask({ do: 'read', folder, references, ...request } satisfies Request)
        try {
          await ask({ batch, files, failed: [] })
        } catch (error) {
          if (!(error instanceof WorkerDeath)) throw error
          // Some document brought the process down: each is tried by itself, and the batch is read without the culprits.
          const failed: { name: string; why: string }[] = []
          for (const file of files) {
            await ask({ batch: -1 - batch, files: [file], failed: [] }).catch((why) => {
              if (!(why instanceof WorkerDeath)) throw why
              failed.push({ name: file.name, why: why.message })
            })
          }
          await ask({ batch, files, failed })
        }
        return files.length
      }
      for await (const count of inOrder(missing, workers + 1, read)) {
        done += count
        clock.progress('collect', done, total)
      }
    },
  )
  return batches.length - missing.length
}

async function surveyAll(folder: string, options: SurveyOptions, clock: StageClock): Promise<Survey> {
  await withPool({ workers: 1, heapMib: heapMib.survey, pieceMs: pieceMs.survey }, (pool) =>
    pool.ask({ do: 'survey', folder, options } satisfies Request, (...[stage, done, total]) =>
      clock.progress(stage as StageName, done as number, total as number),
    ),
  )
  return readSurvey(folder) as Survey
}

interface MakeAllOptions {
  folder: string
  catalog: GrowingCatalog
  journal: Journal
  seed: number
  tasksPerDomain: number
  walks: Walks
  rephrase: RephraseEndpoint | undefined
  domainsMax: number
  workers: number
  clock: StageClock
}

/** How many communities are put into the catalogue at a time. */
const together = 16

async function makeAll(survey: Survey, options: MakeAllOptions): Promise<void> {
  const { folder, catalog, journal, seed, tasksPerDomain, walks, rephrase, domainsMax, workers, clock } = options
  const total = survey.communities.length
  const left = survey.communities.slice(journal.lines.length)
  const taken = new Set([...libraryIds(), ...journal.lines.flatMap((line) => ('id' in line ? [line.id] : []))])
  let domains = journal.lines.filter((line) => 'id' in line).length
  let pending: { line: JournalLine; packed?: PackedDomain }[] = []
  const store = (): void => {
    catalog.putAll(
      pending.flatMap(({ packed }) => (packed === undefined ? [] : [packed])),
      'compiler',
    )
    journal.append(pending.map(({ line }) => line))
    pending = []
  }
  clock.progress('worlds', journal.lines.length, total)
  if (domains >= domainsMax || left.length === 0) return
  await withPool(
    {
      workers: Math.min(workers, left.length),
      heapMib: heapMib.make,
      pieceMs: rephrase === undefined ? pieceMs.world : pieceMs.rephrased,
    },
    async (pool) => {
      const make = (span: Survey['communities'][number]): Promise<Made> =>
        pool
          .ask<Made>({
            do: 'make',
            folder,
            span,
            seed,
            tasksPerDomain,
            walks,
            ...(rephrase && { rephrase }),
          } satisfies Request)
          .catch((error: Error) => ({
            // What befalls one community befalls no other.
            refused: error instanceof WorkerDeath ? 'its making ended the process' : 'its making failed',
            tasksRefused: {},
          }))
      for await (const made of inOrder(left, workers * 8, make)) {
        const { tasksRefused, rephrased } = made
        if ('refused' in made) pending.push({ line: { refused: made.refused, tasksRefused } })
        else if (taken.has(made.packed.summary.id)) pending.push({ line: { refused: 'its id is taken', tasksRefused } })
        else {
          const { id, tools, tasks, providers } = made.packed.summary
          taken.add(id)
          domains += 1
          const line = { id, tools, tasks, providers, tasksRefused, ...(rephrased && { rephrased }) }
          pending.push({ line, packed: made.packed })
        }
        if (pending.length >= together) store()
        clock.progress('worlds', journal.lines.length + pending.length, total)
        if (domains >= domainsMax) break
      }
    },
  )
  store()
}

function sumUp(survey: Survey, lines: readonly JournalLine[]): Omit<SynthesisReport, 'hash' | 'seconds' | 'resumed'> {
  const { counts, operations, communities } = survey
  const refused: Record<string, number> = { ...survey.refused }
  const tasksRefused: Record<string, number> = {}
  const providers = new Set<string>()
  const sum = { domains: 0, tools: 0, tasks: 0 }
  let rephrased: Rephrasing | undefined
  for (const line of lines) {
    for (const [reason, times] of Object.entries(line.tasksRefused)) count(tasksRefused, reason, times)
    if ('refused' in line) {
      count(refused, line.refused)
      continue
    }
    sum.domains += 1
    sum.tools += line.tools
    sum.tasks += line.tasks
    for (const provider of line.providers) providers.add(provider)
    if (line.rephrased === undefined) continue
    rephrased ??= { kept: 0, refused: {} }
    rephrased.kept += line.rephrased.kept
    for (const [reason, times] of Object.entries(line.rephrased.refused)) count(rephrased.refused, reason, times)
  }
  const { dropped, problems, problemCount, documents, seen } = counts
  return {
    documents,
    seen,
    operations,
    dropped,
    problems,
    problemCount,
    communities: communities.length,
    ...sum,
    providers: providers.size,
    refused,
    tasksRefused,
    ...(rephrased && { rephrased }),
    ...(survey.stats !== undefined && { stats: survey.stats }),
  }
}

function requireDomains({ domains, communities, refused }: SynthesisReport): void {
  if (domains > 0) return
  const reasons = Object.entries(refused)
    .filter(([, times]) => times > 0)
    .map(([reason, times]) => `${reason} (${times})`)
  throw new MicrocosmError(
    'SOURCE_EMPTY',
    `None of ${communities} communities of tools became a domain: ${reasons.join(', ') || 'there are too few tools'}.`,
  )
}

/** What became of each community, in their order. */
type JournalLine = { tasksRefused: Record<string, number> } & (
  | { refused: string }
  | { id: string; tools: number; tasks: number; providers: string[]; rephrased?: Rephrasing }
)

interface Journal {
  lines: JournalLine[]
  append(lines: readonly JournalLine[]): void
}

/** A line is written after its domain is stored: what a killed run has stored beyond it is stored once more, the same. */
function openJournal(folder: string): Journal {
  const file = join(folder, 'worlds.jsonl')
  const lines: JournalLine[] = []
  if (existsSync(file)) {
    const whole = readFileSync(file, 'utf8').split('\n').slice(0, -1) // what follows the last line's end was cut short
    for (const line of whole) lines.push(JSON.parse(line) as JournalLine)
    writeFileSync(file, whole.map((line) => `${line}\n`).join(''))
  }
  return {
    lines,
    append(more) {
      appendFileSync(file, more.map((line) => `${JSON.stringify(line)}\n`).join(''))
      lines.push(...more)
    },
  }
}

interface Wanted {
  files: readonly SourceFile[]
  references: readonly string[]
  seed: number
  stats: boolean
  tasksPerDomain: number
  walks: Walks
  domainsMax: number
  model: readonly string[] | null
}

/**
 * Keeps what an earlier run left if it wanted the same, of the same files, with the same code; else clears it away.
 * @returns the folder in which the stages leave what they made
 */
function takeUp(folder: string, { files, references, ...wanted }: Wanted): string {
  const state = (path: string): unknown => {
    const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {}
    return [path, size ?? 0, Math.round(mtimeMs ?? 0)]
  }
  const root = join(import.meta.dirname, '..')
  const code = globSync('**/*.{ts,js}', { cwd: root })
    .sort()
    .map((name) => [name, sha256(readFileSync(join(root, name), 'utf8'))])
  const fingerprint = sha256(
    canonicalJson([
      { ...wanted, domainsMax: String(wanted.domainsMax) },
      code,
      files.map(({ name, path }) => [name, state(path)]),
      references.map(state),
    ] as never),
  )
  // A worker that has not noticed yet that its run was killed writes where nobody looks any more.
  const own = `run-${fingerprint.slice(0, 16)}`
  const others = globSync('*', { cwd: folder }).filter((name) => name !== lockName)
  if (!others.includes(own)) for (const name of others) rmSync(join(folder, name), { recursive: true, force: true })
  const spool = join(folder, own)
  mkdirSync(spool, { recursive: true })
  return spool
}

const lockName = 'lock'

/** One run at a time makes one catalogue. @throws CATALOG_BUSY */
function lock(folder: string): () => void {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, lockName)
  const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  if (holder !== 0 && holder !== process.pid && isRunning(holder))
    throw new MicrocosmError('CATALOG_BUSY', `Process ${holder} is making this catalogue already.`, { folder })
  writeFileSync(file, String(process.pid))
  return () => rmSync(file, { force: true })
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Left where it lies if someone still reads it: the next run clears it away. */
function discard(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {}
}

async function withPool<T>(options: PoolOptions, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = openPool({ ...options, workers: Math.max(1, options.workers) })
  try {
    return await work(pool)
  } finally {
    await pool.close()
  }
}

function hashOf(file: string): string {
  const catalog = openCatalog({ file })
  try {
    return catalog.hash()
  } finally {
    catalog.close()
  }
}

function libraryIds(): string[] {
  const catalog = openCatalog({})
  const ids = catalog.list().map(({ id }) => id)
  catalog.close()
  return ids
}

function count(counts: Record<string, number>, reason: string, times = 1): void {
  counts[reason] = (counts[reason] ?? 0) + times
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
