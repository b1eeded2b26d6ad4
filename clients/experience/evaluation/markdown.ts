/** A report in Markdown: what stands in a pull request or a paper's appendix. */

import type { Comparison, EvaluationReport, RunFigures, Score } from '../evaluation.ts'
import type { Interval } from './bootstrap.ts'
import { type FailureKind, failureKinds } from './failures.ts'

const domainsMax = 40

export const percent = (value: number): string => (Number.isNaN(value) ? '–' : `${(value * 100).toFixed(1)}`)
export const span = ({ value, low, high }: Interval): string => `${percent(value)} [${percent(low)}, ${percent(high)}]`
const figure = ({ value, low, high }: Interval): string => `${value.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`
export const noopText = ({ noop }: Pick<Score, 'noop'>): string => (noop === null ? 'not measured' : percent(noop))

export function printMarkdown(report: EvaluationReport): string {
  const { runs, comparisons, notes, level, resamples, seed } = report
  return `${[
    '# Evaluation',
    '',
    `Shares in per cent, with intervals that hold ${level * 100} % (bootstrap over tasks, ${resamples} resamples, seed ${seed}). "no-op" is what doing nothing scores on the same tasks.`,
    '',
    ...comparisons.map((comparison) => `- ${verdict(comparison)}`),
    ...(comparisons.length > 0 ? [''] : []),
    ...table(
      ['run', 'agent', 'tasks', 'trials', 'success', 'no-op', 'steps', 'tokens'],
      runs.map((run) => [
        run.name,
        run.agents.join(', '),
        run.tasks,
        run.trials,
        span(run.success),
        noopText(run.success),
        figure(run.steps),
        run.tokens.value === 0 ? '–' : figure(run.tokens),
      ]),
    ),
    '',
    ...scores('pass^k: all of k trials pass', runs, 'k', (run) => run.pass_hat.map((each) => [String(each.k), each])),
    ...scores('pass@k: one of k trials passes', runs, 'k', (run) => run.pass_at.map((each) => [String(each.k), each])),
    ...scores("Success by number of gold's calls", runs, 'calls', (run) =>
      run.by_length.map((each) => [String(each.length), each]),
    ),
    ...scores('Success by kind of task', runs, 'kind', (run) => run.by_kind.map((each) => [each.kind, each])),
    ...failureTable(runs),
    ...scores(
      'Success by domain',
      runs,
      'domain',
      (run) => run.by_domain.map((each) => [each.domain, each]),
      domainsMax,
    ),
    ...(notes.length > 0 ? ['## Notes', '', ...notes.map((note) => `- ${note}`), ''] : []),
  ]
    .join('\n')
    .trimEnd()}\n`
}

/** Which is better, and how sure that is, in one sentence. */
export function verdict({ a, b, tasks, difference, p, better }: Comparison): string {
  if (tasks === 0) return `${a} and ${b} have no task in common.`
  const how = `p ${p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`}, ${tasks} tasks`
  const points = ({ value, low, high }: Interval): string =>
    `${value >= 0 ? '+' : ''}${percent(value)} points [${percent(low)}, ${percent(high)}], ${how}`
  if (better === null) return `${a} and ${b}: no telling which is better (${b} less ${a}: ${points(difference)}).`
  if (better === 'b') return `${b} is better than ${a} (${points(difference)}).`
  return `${a} is better than ${b} (${points({ value: -difference.value, low: -difference.high, high: -difference.low })}).`
}

const cellText = (value: unknown): string => String(value).replaceAll('|', '\\|').replace(/\s+/g, ' ')

function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  const line = (cells: readonly unknown[]) => `| ${cells.map(cellText).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)]
}

/** One row for each key that any of the runs has, one column for each run and one for who does nothing. */
function scores(
  title: string,
  runs: readonly RunFigures[],
  head: string,
  of: (run: RunFigures) => [key: string, score: Score][],
  rowsMax = 1000,
): string[] {
  const columns = runs.map((run) => new Map(of(run)))
  const keys = [...new Set(columns.flatMap((column) => [...column.keys()]))]
  if (keys.length === 0) return []
  const numeric = keys.every((key) => /^\d+$/.test(key))
  keys.sort((x, y) => (numeric ? Number(x) - Number(y) : x < y ? -1 : 1))
  const rows = keys.slice(0, rowsMax).map((key) => {
    const found = columns.map((column) => column.get(key))
    const some = found.find((each) => each !== undefined) as Score
    return [key, some.tasks, ...found.map((each) => (each === undefined ? '–' : span(each))), noopText(some)]
  })
  return [
    `## ${title}`,
    '',
    ...table([head, 'tasks', ...runs.map(({ name }) => name), 'no-op'], rows),
    ...(keys.length > rowsMax ? ['', `… and ${keys.length - rowsMax} more; the JSON has them all.`] : []),
    '',
  ]
}

function failureTable(runs: readonly RunFigures[]): string[] {
  const kinds = (Object.keys(failureKinds) as FailureKind[]).filter((kind) =>
    runs.some((run) => run.failures[kind] > 0),
  )
  if (kinds.length === 0) return []
  return [
    '## What went wrong, in trials',
    '',
    ...table(
      ['kind', 'meaning', ...runs.map(({ name }) => name)],
      kinds.map((kind) => [kind, failureKinds[kind], ...runs.map((run) => run.failures[kind])]),
    ),
    '',
  ]
}
