/** Reports as a person reads them. */

import type { Domain, DomainSummary } from '../../schemas/domain.ts'
import { providersOf } from '../../schemas/domain.ts'
import type { TaskSummary } from '../../schemas/task.ts'

export function printDomains(hash: string, domains: readonly DomainSummary[]): string {
  const width = Math.max(...domains.map(({ id }) => id.length))
  const lines = domains.map(
    ({ id, title, tools, tasks, providers }) =>
      `${id.padEnd(width)}  ${String(tools).padStart(3)} tools  ${String(tasks).padStart(3)} tasks  ${title}${providers.length > 0 ? ` (${providers.slice(0, 3).join(', ')}${providers.length > 3 ? ', …' : ''})` : ''}`,
  )
  return [...lines, `${domains.length} domains, hash ${hash.slice(0, 16)}`].join('\n')
}

export function printDomain(domain: Domain): string {
  return [
    `${domain.title} (${domain.id}, version ${domain.version})`,
    domain.description,
    '',
    domain.policy,
    '',
    `Made of operations of: ${providersOf(domain.sources).join(', ') || 'nobody; written by hand'}`,
    '',
    'Tables:',
    ...domain.tables.map((table) => `  ${table.name}: ${table.columns.map(({ name }) => name).join(', ')}`),
    '',
    'Tools:',
    ...domain.tools.map((tool) => `  ${tool.kind === 'write' ? 'w' : 'r'} ${tool.name}: ${tool.description}`),
    '',
    `${domain.tasks.length} tasks, ${domain.scenarios.length} scenarios. \`tasks ${domain.id}\` lists the tasks; --json shows all.`,
  ].join('\n')
}

/** What is wrong with each file, a line a problem, the place first. */
export function printChecked(
  checked: readonly { file: string; domain: Domain | null; problems: readonly { place: string; message: string }[] }[],
): string {
  return checked
    .flatMap(({ file, domain, problems }) => [
      problems.length === 0
        ? `${file}: nothing wrong with "${domain?.id}" (${domain?.tools.length} tools, ${domain?.tasks.length} tasks)`
        : `${file}: ${problems.length} problem${problems.length === 1 ? '' : 's'}`,
      ...problems.map(({ place, message }) => `  ${place === '' ? '' : `${place}: `}${message}`),
    ])
    .join('\n')
}

export function printTasks(tasks: readonly Pick<TaskSummary, 'domain' | 'id' | 'split' | 'intent'>[]): string {
  return [
    ...tasks.map(({ domain, id, split, intent }) => `${domain}/${id} (${split})\n    ${intent}`),
    `${tasks.length} tasks`,
  ].join('\n')
}

interface Report {
  hash: string
  documents: number
  seen: number
  operations: number
  dropped: Record<string, number>
  problems: readonly { document: string; place: string; code: string; message: string }[]
  problemCount: number
  communities: number
  domains: number
  tools: number
  tasks: number
  providers: number
  refused: Record<string, number>
  seconds: Partial<Record<string, number>>
  rephrased?: { kept: number; refused: Record<string, number> }
  stats?: { rows: readonly object[] }
}

export function printReport(out: string, report: Report): string {
  const counts = (of: Record<string, number>) =>
    Object.entries(of)
      .filter(([, times]) => times > 0)
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .map(([reason, times]) => `${reason} ${times}`)
      .join(', ') || 'none'
  const problems = report.problems
    .slice(0, 10)
    .map(({ document, place, code, message }) => `  ${code} ${document}${place}: ${message}`)
  return [
    `${report.documents} documents, ${report.operations} of ${report.seen} operations kept (dropped: ${counts(report.dropped)})`,
    ...(problems.length > 0 ? [`${report.problemCount} problems in documents; the first:`, ...problems] : []),
    `${report.communities} communities → ${report.domains} domains of ${report.providers} providers (refused: ${counts(report.refused)})`,
    `${report.tools} tools, ${report.tasks} tasks with a certificate`,
    ...(report.rephrased === undefined
      ? []
      : [`${report.rephrased.kept} intents in a model's words (as they were: ${counts(report.rephrased.refused)})`]),
    ...(report.stats?.rows ?? []).flatMap((row) =>
      Object.entries(row).map(
        ([name, value]) => `  ${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`,
      ),
    ),
    `seconds: ${Object.entries(report.seconds)
      .map(([stage, seconds]) => `${stage} ${seconds}`)
      .join(', ')}`,
    `${out}, hash ${report.hash.slice(0, 16)}`,
  ].join('\n')
}

interface AuditReport {
  domains: readonly {
    id: string
    passed: boolean
    failures: readonly { check: string; tool: string; message: string }[]
  }[]
  totals: object
  measures?: MeasuresReport
}

interface MeasuresReport {
  domains: number
  tasks: number
  played: number
  seed: number
  sample: number | null
  measures: readonly {
    measure: number
    name: string
    value: number
    atLeast?: number
    atMost?: number
    holds: boolean
    unit: 'share' | 'number'
  }[]
  planner: Record<string, { tasks: number; passed: number }>
  lengths: Record<string, number>
  chains: Record<string, number>
  kinds: Record<string, number>
  examples: readonly string[]
}

/** What failed, a line each, and the totals: shares as per cent. */
export function printAudit({ domains, totals, measures }: AuditReport): string {
  const failed = domains.filter(({ passed }) => !passed)
  const counted = Object.entries(totals).map(([name, value]) => {
    const words = name.replace(/([A-Z])/g, ' $1').toLowerCase()
    if (typeof value !== 'object') {
      const isShare = typeof value === 'number' && !Number.isInteger(value)
      return `${words}: ${isShare ? `${(value * 100).toFixed(1)} %` : value}`
    }
    return `${words}: ${JSON.stringify(value)}`
  })
  return [
    ...failed.flatMap(({ id, failures }) => [
      `${id} fails:`,
      ...failures
        .slice(0, 10)
        .map(({ check, tool, message }) => `  ${check}${tool === '' ? '' : ` (${tool})`}: ${message}`),
    ]),
    ...counted,
    ...(measures === undefined ? [] : ['', printMeasures(measures)]),
  ].join('\n')
}

/** The ten measures as a table in Markdown: what docs/catalogue.md shows. */
export function printMeasures({
  domains,
  tasks,
  played,
  seed,
  sample,
  measures,
  planner,
  lengths,
  chains,
  kinds,
  examples,
}: MeasuresReport): string {
  const shown = (value: number, unit: 'share' | 'number'): string =>
    unit === 'share' ? `${(value * 100).toFixed(2).replace(/\.?0+$/, '')} %` : String(Math.round(value * 100) / 100)
  const aim = ({ atLeast, atMost, unit }: MeasuresReport['measures'][number]): string =>
    atLeast !== undefined ? `≥ ${shown(atLeast, unit)}` : atMost !== undefined ? `≤ ${shown(atMost, unit)}` : ''
  const counts = (of: Record<string, number>): string =>
    Object.entries(of)
      .map(([value, times]) => `${value}: ${times}`)
      .join(', ')
  return [
    `${domains} domains, ${tasks} tasks, ${played} of them played (${sample === null ? 'all' : `at most ${sample} of each domain`}, seed ${seed})`,
    '',
    '| # | measure | value | to reach | |',
    '|---|---|---|---|---|',
    ...measures.map(
      (each) =>
        `| ${each.measure} | ${each.name} | ${shown(each.value, each.unit)} | ${aim(each)} | ${aim(each) === '' ? '' : each.holds ? 'yes' : 'no'} |`,
    ),
    '',
    `calls of gold: ${counts(lengths)}`,
    `longest chains: ${counts(chains)}`,
    `kinds: ${counts(kinds)}`,
    `the planner by calls of gold: ${Object.entries(planner)
      .map(([length, { tasks: all, passed }]) => `${length}: ${passed}/${all}`)
      .join(', ')}`,
    ...(examples.length > 0 ? ['where the verifier is unfair:', ...examples.map((text) => `  ${text}`)] : []),
  ].join('\n')
}

/** Columns as wide as they must be. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
