/**
 * What an audit can't see, counted: what had to be invented, what of the documents was left out, and how much of a world a
 * person could talk about. One number of it per domain orders the catalogue.
 */

import type { Domain } from '../../../schemas/domain.ts'
import type { ToolBinding } from '../binding.ts'
import { isSayable, verdictOf } from '../lexicon.ts'
import { type Coverage, shareBound } from '../materialize/coverage.ts'
import type { Materialized, TableEvidence } from '../materialize.ts'

/** What the compiler says of a domain that it made, kept beside it in the catalogue. */
export interface Claims {
  bindings: ToolBinding[]
  coverage: Coverage
  evidence: TableEvidence[]
  dropped: Record<string, number>
  coherence: number
}

export const claimsOf = ({ bindings, coverage, evidence, dropped, coherence }: Materialized): Claims => ({
  bindings,
  coverage,
  evidence,
  dropped,
  coherence,
})

export interface Figures {
  tools: number
  /** Tools that the documents don't have: made so that rows can be found. */
  made: number
  /** Tools of which something had to be invented, and what: reason → tools. */
  withFallback: number
  fallbacks: Record<string, number>
  tables: number
  /** Tables whose key stands in the documents. */
  keyed: number
  /** Tables with a reference that tools use; of domains of several tables. */
  linked: number
  linkable: number
  /** Tables of more columns than an agent should have to read. */
  wide: number
  sayableTables: number
  /** Columns that are no identifiers, tokens or transport, and of these the ones that the lexicon can say. */
  columns: number
  sayableColumns: number
  coverage: Coverage
}

const columnsMax = 24

export function figuresOf(domain: Domain, { bindings, coverage, evidence }: Claims): Figures {
  const fallbacks: Record<string, number> = {}
  for (const binding of bindings)
    for (const reason of new Set(binding.fallbacks)) fallbacks[reason] = (fallbacks[reason] ?? 0) + 1
  const columns = domain.tables.flatMap((table) =>
    table.columns.filter(({ name, semantic }) => verdictOf('column', name, semantic) !== 'unsaid'),
  )
  const several = evidence.length > 1
  return {
    tools: domain.tools.length,
    made: domain.tools.filter((tool) => tool.source === undefined).length,
    withFallback: bindings.filter((binding) => binding.fallbacks.length > 0).length,
    fallbacks,
    tables: domain.tables.length,
    keyed: evidence.filter(({ key }) => key !== undefined).length,
    linked: several ? evidence.filter(({ references }) => references.length > 0).length : 0,
    linkable: several ? evidence.length : 0,
    wide: domain.tables.filter((table) => table.columns.length > columnsMax).length,
    sayableTables: domain.tables.filter(({ name }) => isSayable('table', name)).length,
    columns: columns.length,
    sayableColumns: columns.filter(({ name, semantic }) => verdictOf('column', name, semantic) === 'said').length,
    coverage,
  }
}

/** 0 to 1: how much of a domain stands in the documents it was made of, and how well it can be talked about. */
export function qualityOf(domain: Domain, claims: Claims): number {
  const figures = figuresOf(domain, claims)
  const share = (part: number, of: number): number => (of === 0 ? 1 : part / of)
  const terms: readonly (readonly [weight: number, value: number])[] = [
    [3, 1 - share(figures.withFallback, figures.tools)],
    [2, (shareBound(figures.coverage.query) + shareBound(figures.coverage.body)) / 2],
    [1, share(figures.keyed, figures.tables)],
    [2, share(figures.linked, figures.linkable)],
    [1, 1 - share(figures.made, figures.tools)],
    [2, share(figures.sayableTables, figures.tables)],
    [1, share(figures.sayableColumns, figures.columns)],
    [1, Math.min(1, claims.coherence * 2)],
  ]
  const weights = terms.reduce((sum, [weight]) => sum + weight, 0)
  const score = terms.reduce((sum, [weight, value]) => sum + weight * value, 0) / weights
  return Math.round(score * 1000) / 1000
}
