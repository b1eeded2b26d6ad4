/**
 * How much of made domains the lexicon can say, by occurrences: `node test/bench/lexicon-coverage.ts [--json]
 * [--catalog FILE] [--all] [SOURCE ...]`.
 *
 * Of a catalogue if one is named; else domains are made of the sources, without tasks (of none named, of the directory's
 * choice, or of all of it with --all). A table or column is covered when it is said, or marked as a machine's and left
 * unsaid on purpose; `ofSayable` leaves the latter out of both sides of the fraction, and can't be raised by marking.
 */

import { parseArgs } from 'node:util'
import { openCatalog } from '../../envs/catalog.ts'
import { collect } from '../../envs/synthesis/collect.ts'
import { readCorpus } from '../../envs/synthesis/corpus.ts'
import { findDomains } from '../../envs/synthesis/domains.ts'
import { buildGraph } from '../../envs/synthesis/graph.ts'
import { type Language, type Verdict, verdictOf } from '../../envs/synthesis/lexicon.ts'
import { materialize } from '../../envs/synthesis/materialize.ts'
import type { Table } from '../../schemas/domain.ts'

export interface Named {
  kind: 'table' | 'column'
  name: string
  /** Of a column. */
  semantic?: string | undefined
  /** How often it occurs. */
  count: number
}

export interface Share {
  occurrences: number
  said: number
  unsaid: number
  unknown: number
  /** (said + unsaid) / occurrences. */
  covered: number
  /** said / (said + unknown). */
  ofSayable: number
}

export type Coverage = Record<'table' | 'column', Record<Language, Share>>

export function measureCoverage(names: Iterable<Named>): Coverage {
  const none = () => ({ occurrences: 0, said: 0, unsaid: 0, unknown: 0, covered: 0, ofSayable: 0 })
  const coverage: Coverage = { table: { en: none(), zh: none() }, column: { en: none(), zh: none() } }
  for (const { kind, name, semantic, count } of names) {
    for (const language of ['en', 'zh'] as const) {
      const verdict: Verdict = verdictOf(kind, name, semantic, language)
      coverage[kind][language].occurrences += count
      coverage[kind][language][verdict] += count
    }
  }
  for (const share of [coverage.table.en, coverage.table.zh, coverage.column.en, coverage.column.zh]) {
    share.covered = rounded((share.said + share.unsaid) / share.occurrences)
    share.ofSayable = rounded(share.said / (share.said + share.unknown))
  }
  return coverage
}

/** Every table once for each domain that has it, and every column once for each table. */
export function namesOf(tables: Iterable<Pick<Table, 'name' | 'columns'>>): Named[] {
  const names: Named[] = []
  for (const { name, columns } of tables) {
    names.push({ kind: 'table', name, count: 1 })
    for (const { name, semantic } of columns) names.push({ kind: 'column', name, semantic, count: 1 })
  }
  return names
}

const rounded = (share: number): number => Math.round(share * 1000) / 1000

/** The names that are not known, most frequent first. */
function unknownOf(names: readonly Named[], language: Language, max: number): Record<string, string[]> {
  const counts: Record<string, Map<string, number>> = { table: new Map(), column: new Map() }
  for (const { kind, name, semantic, count } of names) {
    if (verdictOf(kind, name, semantic, language) === 'unknown')
      counts[kind]?.set(name, (counts[kind].get(name) ?? 0) + count)
  }
  return Object.fromEntries(
    Object.entries(counts).map(([kind, found]) => [
      kind,
      [...found]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, max)
        .map(([name, count]) => `${name} ${count}`),
    ]),
  )
}

async function* madeTables(sources: string[], all: boolean): AsyncGenerator<Table[]> {
  const corpus = readCorpus({ ...(sources.length > 0 && { sources }), selection: all ? 'all' : 'starter' })
  const { operations } = await collect(corpus)
  for (const community of findDomains(buildGraph(operations), operations)) {
    const made = materialize(community, { seed: 0, scenarios: 0 })
    if (!('refused' in made)) yield made.domain.tables
  }
}

async function* storedTables(file: string): AsyncGenerator<Table[]> {
  const catalog = openCatalog({ file })
  try {
    for (const { id } of catalog.list()) yield catalog.domain(id).tables
  } finally {
    catalog.close()
  }
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, all: { type: 'boolean' }, catalog: { type: 'string' } },
  })
  const names: Named[] = []
  let domains = 0
  const found =
    values.catalog === undefined ? madeTables(positionals, values.all === true) : storedTables(values.catalog)
  for await (const tables of found) {
    domains += 1
    for (const named of namesOf(tables)) names.push(named)
  }
  const coverage = measureCoverage(names)
  if (values.json) {
    console.log(JSON.stringify({ domains, coverage, unknown: unknownOf(names, 'en', 40) }, null, 2))
  } else {
    console.log(`${domains} domains`)
    for (const kind of ['table', 'column'] as const) {
      for (const language of ['en', 'zh'] as const) {
        const { occurrences, covered, ofSayable } = coverage[kind][language]
        const percent = (share: number) => `${(share * 100).toFixed(1)} %`
        console.log(
          `${kind}s, ${language}: ${percent(covered)} of ${occurrences} covered, ${percent(ofSayable)} of the sayable said`,
        )
      }
    }
  }
}
