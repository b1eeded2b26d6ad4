/**
 * Conducts the making of worlds: corpus → collect → graph → domains → materialize → audit → tasks → catalogue.
 *
 * Each stage is records in, records out; this hands them their readers and the writer. The catalogue appears under its
 * name only when it is whole. Every task's gold is replayed again in a second process, and a task whose digest differs
 * there is left out.
 */

import type { Domain } from '../../schemas/domain.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Catalog } from '../catalog.ts'
import { createCatalog, openCatalog } from '../catalog.ts'
import { buildImage } from '../runtime/image.ts'
import { openWorld } from '../runtime/world.ts'
import { auditDomain } from './audit.ts'
import { collect } from './collect.ts'
import { listCorpus, readCorpus } from './corpus.ts'
import type { Community } from './domains.ts'
import { surveyDomains } from './domains.ts'
import { buildGraph } from './graph.ts'
import type { Materialized } from './materialize.ts'
import { materialize } from './materialize.ts'
import type { DocumentProblem } from './operation.ts'
import type { Replayer } from './replay.ts'
import { startReplayer } from './replay.ts'
import { makeTasks } from './tasks.ts'

export type StageName = 'collect' | 'graph' | 'domains' | 'worlds' | 'done'

export interface SynthesizeOptions {
  /** Files and folders of OpenAPI documents; the default corpus where there are none. */
  sources?: readonly string[]
  /** Of the default corpus: a choice that is done in less than a minute, or all of it. */
  selection?: 'starter' | 'all'
  /** The catalogue to write. */
  out: string
  /** How many domains at most; all that pass where absent. */
  domainsMax?: number
  tasksPerDomain?: number
  seed?: number
  onProgress?: (stage: StageName, done: number, total: number) => void
}

export interface SynthesisReport {
  hash: string
  documents: number
  operations: number
  /** Reason → operations dropped by collect. */
  dropped: Record<string, number>
  problems: DocumentProblem[]
  communities: number
  domains: number
  tools: number
  tasks: number
  providers: number
  /** Reason → communities that became no domain. */
  refused: Record<string, number>
  /** Reason → tasks that were tried and not kept. */
  tasksRefused: Record<string, number>
}

export async function synthesize(options: SynthesizeOptions): Promise<SynthesisReport> {
  const {
    sources,
    selection = 'all',
    out,
    domainsMax = Number.POSITIVE_INFINITY,
    tasksPerDomain = 8,
    seed = 0,
  } = options
  const progress = options.onProgress ?? (() => {})
  const corpus = { sources: sources && [...sources], selection }
  const documentsTotal = (await listCorpus(corpus)).length
  let documentsDone = 0
  const { operations, dropped, problems, documents } = await collect(readCorpus(corpus), {
    onDocument: () => progress('collect', ++documentsDone, documentsTotal),
  })
  if (operations.length === 0) {
    const why = problems[0] === undefined ? '' : ` The first problem: ${problems[0].document}: ${problems[0].message}`
    throw new MicrocosmError('SOURCE_EMPTY', `No operation of ${documents} document(s) can become a tool.${why}`, {
      problems: problems.length,
    })
  }
  progress('graph', 0, operations.length)
  const graph = buildGraph(operations)
  progress('domains', 0, graph.order)
  const { communities, refused } = surveyDomains(graph, operations, { seed })

  const writer = createCatalog(out)
  const replayer = startReplayer()
  const report = {
    domains: 0,
    tools: 0,
    tasks: 0,
    refused: { ...refused } as Record<string, number>,
    tasksRefused: {} as Record<string, number>,
  }
  const providers = new Set<string>()
  const taken = new Set(openLibraryIds())
  try {
    for (const [index, community] of communities.entries()) {
      if (report.domains >= domainsMax) break
      progress('worlds', index, communities.length)
      const made = await makeDomain(community, { seed, tasksPerDomain, replayer, tasksRefused: report.tasksRefused })
      const reason = 'refused' in made ? made.refused : taken.has(made.domain.id) ? 'its id is taken' : null
      if ('refused' in made || reason !== null) {
        count(report.refused, reason ?? '')
        continue
      }
      taken.add(made.domain.id)
      writer.put(made.domain, made.images, 'compiler')
      report.domains += 1
      report.tools += made.domain.tools.length
      report.tasks += made.domain.tasks.length
      for (const { provider } of made.domain.sources) providers.add(provider)
    }
    if (report.domains === 0) {
      const reasons = Object.entries(report.refused).map(([reason, times]) => `${reason} (${times})`)
      throw new MicrocosmError(
        'SOURCE_EMPTY',
        `None of ${communities.length} communities of tools became a domain: ${reasons.join(', ') || 'there are too few tools'}.`,
      )
    }
    writer.commit()
  } catch (error) {
    writer.abandon()
    throw error
  } finally {
    await replayer.close()
  }
  const catalog = openCatalog({ file: out })
  const hash = catalog.hash()
  catalog.close()
  progress('done', communities.length, communities.length)
  return {
    hash,
    documents,
    operations: operations.length,
    dropped,
    problems,
    communities: communities.length,
    providers: providers.size,
    ...report,
  }
}

interface MakeOptions {
  seed: number
  tasksPerDomain: number
  replayer: Replayer
  tasksRefused: Record<string, number>
}

type Made = { domain: Domain; images: Map<string, Uint8Array> } | { refused: string }

/** One community's way through the later stages. What the compiler got wrong refuses this domain and no other. */
async function makeDomain(community: Community, options: MakeOptions): Promise<Made> {
  try {
    const made = materialize(community, { seed: options.seed })
    return 'refused' in made ? made : await furnishDomain(made, options)
  } catch (error) {
    if (error instanceof MicrocosmError) return { refused: error.code }
    throw error
  }
}

async function furnishDomain(
  { domain, bindings, rows }: Materialized,
  { seed, tasksPerDomain, replayer, tasksRefused }: MakeOptions,
): Promise<Made> {
  const images = new Map(domain.scenarios.map(({ id }) => [id, buildImage(domain.tables, rows[id] ?? {})]))
  const world = openWorld({ domain, image: (id) => images.get(id) as Uint8Array })
  try {
    const audit = auditDomain({ world, bindings })
    if (!audit.passed) return { refused: `audit: ${audit.failures[0]?.check}` }
    const { tasks, refused } = makeTasks({ domain, bindings, rows, world }, { seed, count: tasksPerDomain })
    for (const [reason, times] of Object.entries(refused)) count(tasksRefused, reason, times)
    const digests = tasks.length === 0 ? [] : await replayer.digests(domain, images, tasks)
    const kept = tasks.filter((task, index) => task.certificate?.digest === digests[index])
    if (kept.length < tasks.length) count(tasksRefused, 'differs in a second process', tasks.length - kept.length)
    return kept.length === 0 ? { refused: 'no task' } : { domain: { ...domain, tasks: kept }, images }
  } finally {
    world.close()
  }
}

function openLibraryIds(): string[] {
  const catalog: Catalog = openCatalog({})
  const ids = catalog.list().map(({ id }) => id)
  catalog.close()
  return ids
}

function count(counts: Record<string, number>, reason: string, times = 1): void {
  counts[reason] = (counts[reason] ?? 0) + times
}
