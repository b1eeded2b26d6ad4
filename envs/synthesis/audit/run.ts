/**
 * The audit of a catalogue: every domain of it in worker processes, and what it comes to in all. A domain that brings its
 * process down fails, and the others go on.
 */

import { join } from 'node:path'
import { MicrocosmError } from '../../../schemas/errors.ts'
import type { Catalog } from '../../catalog.ts'
import { addCoverage, type Coverage, noCoverage, shareBound } from '../materialize/coverage.ts'
import { inOrder, openPool, WorkerDeath } from '../run/pool.ts'
import type { DomainAudit } from './entry.ts'
import type { DomainMeasures, MeasureOptions } from './measures/domain.ts'
import { type CatalogMeasures, sumUpMeasures } from './measures.ts'
import type { AuditRequest } from './worker.ts'

export interface CatalogAudit {
  domains: DomainAudit[]
  totals: Totals
  /** Where they were asked for: the ten measures, and how many tasks of a domain were played with which seed. */
  measures?: CatalogMeasures & { seed: number; sample: number | null }
}

export interface Totals {
  domains: number
  passed: number
  /** Domains of five tools or more that passed, and the tools in them: all, and those of the documents. */
  whole: number
  tools: number
  distinctTools: number
  /** Shares, of the domains that passed and were made: 0 to 1. */
  withoutFallback: number
  toolsWithoutFallback: number
  pathBound: number
  queryBound: number
  bodyBound: number
  keyed: number
  linked: number
  sayableTables: number
  sayableColumns: number
  wideTables: number
  /** Reason → tools, and reason → parameters that were left out. */
  fallbacks: Record<string, number>
  unbound: Record<keyof Coverage, Record<string, number>>
  transport: number
  /** Check → domains that failed it. */
  failures: Record<string, number>
  quality: number
}

export interface AuditCatalogOptions {
  catalog: Catalog
  /** Where it is stored; absent for the library. */
  file?: string
  /** One domain; all where absent. */
  id?: string
  workers: number
  /** To compute the ten measures as well: the same for any number of workers. */
  measures?: MeasureOptions
  onProgress?: (done: number, total: number) => void
}

const toolsMin = 5
const pieceMs = 120_000

export async function auditCatalog(options: AuditCatalogOptions): Promise<CatalogAudit> {
  const { catalog, file, id, workers, measures, onProgress = () => {} } = options
  if (id !== undefined) catalog.domain(id) // throws where there is none
  const ids = id === undefined ? catalog.list().map((summary) => summary.id) : [id]
  if (ids.length === 0) throw new MicrocosmError('SOURCE_EMPTY', 'There is no domain in the catalogue.')
  const module = join(import.meta.dirname, 'worker.ts')
  const pool = openPool({ workers: Math.max(1, Math.min(workers, ids.length)), heapMib: 1024, pieceMs, module })
  const domains: DomainAudit[] = []
  const measured: (DomainMeasures & { id: string })[] = []
  try {
    const audit = (of: string): Promise<DomainAudit> =>
      pool
        .ask<DomainAudit>({
          id: of,
          ...(file !== undefined && { file }),
          ...(measures && { measures }),
        } satisfies AuditRequest)
        .catch((error) => {
          if (!(error instanceof WorkerDeath)) throw error
          return { id: of, passed: false, failures: [{ check: 'stands', tool: '', message: error.message }], tasks: 0 }
        })
    for await (const { measures: own, ...done } of inOrder(ids, workers * 4, audit)) {
      domains.push(done)
      if (own !== undefined) measured.push({ id: done.id, ...own })
      onProgress(domains.length, ids.length)
    }
  } finally {
    await pool.close()
  }
  const totals = sumUp(domains)
  if (measures === undefined) return { domains, totals }
  const { seed, sample = null } = measures
  return { domains, totals, measures: { seed, sample, ...sumUpMeasures(measured) } }
}

export function sumUp(domains: readonly DomainAudit[]): Totals {
  const passed = domains.filter((domain) => domain.passed)
  const made = passed.flatMap(({ figures }) => (figures === undefined ? [] : [figures]))
  const whole = made.filter(({ tools }) => tools >= toolsMin)
  const coverage = noCoverage()
  const fallbacks: Record<string, number> = {}
  for (const figures of made) {
    addCoverage(coverage, figures.coverage)
    for (const [reason, times] of Object.entries(figures.fallbacks))
      fallbacks[reason] = (fallbacks[reason] ?? 0) + times
  }
  const failures: Record<string, number> = {}
  for (const domain of domains)
    for (const check of new Set(domain.failures.map((failure) => failure.check)))
      failures[check] = (failures[check] ?? 0) + 1
  const sum = (of: (figures: (typeof made)[number]) => number, from = made): number =>
    from.reduce((total, figures) => total + of(figures), 0)
  const share = (part: number, all: number): number => (all === 0 ? 1 : Math.round((part / all) * 1000) / 1000)
  const tools = sum((figures) => figures.tools)
  const qualities = passed.flatMap(({ quality }) => (quality === undefined ? [] : [quality]))
  return {
    domains: domains.length,
    passed: passed.length,
    whole: whole.length,
    tools: sum((figures) => figures.tools, whole),
    distinctTools: sum((figures) => figures.tools - figures.made, whole),
    withoutFallback: share(made.filter(({ withFallback }) => withFallback === 0).length, made.length),
    toolsWithoutFallback: share(tools - sum((figures) => figures.withFallback), tools),
    pathBound: share(shareBound(coverage.path), 1),
    queryBound: share(shareBound(coverage.query), 1),
    bodyBound: share(shareBound(coverage.body), 1),
    keyed: share(
      sum(({ keyed }) => keyed),
      sum(({ tables }) => tables),
    ),
    linked: share(
      sum(({ linked }) => linked),
      sum(({ linkable }) => linkable),
    ),
    sayableTables: share(
      sum(({ sayableTables }) => sayableTables),
      sum(({ tables }) => tables),
    ),
    sayableColumns: share(
      sum(({ sayableColumns }) => sayableColumns),
      sum(({ columns }) => columns),
    ),
    wideTables: sum(({ wide }) => wide),
    fallbacks,
    unbound: {
      path: coverage.path.unbound,
      query: coverage.query.unbound,
      body: coverage.body.unbound,
      nested: coverage.nested.unbound,
    },
    transport: coverage.query.transport + coverage.body.transport,
    failures,
    quality: share(
      qualities.reduce((total, quality) => total + quality, 0),
      qualities.length,
    ),
  }
}
