/**
 * A report as one HTML page that needs nothing else: no script, no font, no server. Which run is better, and how sure that
 * is, stands at the top; then the plots, then every figure.
 */

import type { Comparison, EvaluationReport, RunFigures, Score } from '../evaluation.ts'
import { type FailureKind, failureKinds } from './failures.ts'
import { noopText, percent, span, verdict } from './markdown.ts'
import { drawPlots } from './plots.ts'

export function drawPage(report: EvaluationReport, title = 'Evaluation'): string {
  const { runs, comparisons, notes, level, resamples, seed } = report
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${comparisons.length === 0 ? '' : `<section class="verdicts">${comparisons.map(verdictCard).join('')}</section>`}
<section class="runs">${runs.map(runCard).join('')}</section>
<p class="small">Shares in per cent, with intervals that hold ${level * 100} % (bootstrap over tasks, ${resamples} resamples, seed ${seed}). “No-op” is what doing nothing scores on the same tasks.</p>
<section class="plots">${drawPlots(report)
    .map(({ name, svg }) => `<figure><figcaption>${escaped(name)}</figcaption>${svg}</figure>`)
    .join('')}</section>
${scoreTable('pass^k: all of k trials pass', 'k', runs, (run) => run.pass_hat.map((each) => [each.k, each]))}
${scoreTable('pass@k: one of k trials passes', 'k', runs, (run) => run.pass_at.map((each) => [each.k, each]))}
${scoreTable('Success by number of gold’s calls', 'calls', runs, (run) => run.by_length.map((each) => [each.length, each]))}
${scoreTable('Success by kind of task', 'kind', runs, (run) => run.by_kind.map((each) => [each.kind, each]))}
${failureTable(runs)}
${scoreTable('Success by domain', 'domain', runs, (run) => run.by_domain.map((each) => [each.domain, each]))}
${notes.length === 0 ? '' : `<h2>Notes</h2><ul>${notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul>`}
</body>
</html>
`
}

const style = `
:root { color-scheme: light; }
body { font: 15px/1.45 system-ui, sans-serif; color: #222; background: #fff; max-width: 1340px; margin: 24px auto; padding: 0 20px; }
h1 { font-size: 24px; margin: 0 0 12px; } h2 { font-size: 17px; margin: 28px 0 8px; }
.verdicts p { margin: 0 0 8px; padding: 12px 16px; border-left: 6px solid #8a8a8a; background: #f4f4f4; font-size: 17px; }
.verdicts p.sure { border-color: #009e73; background: #eef8f4; }
.verdicts small { color: #555; font-size: 14px; display: block; }
.runs { display: flex; flex-wrap: wrap; gap: 12px; margin: 16px 0 8px; }
.runs div { border: 1px solid #ddd; border-radius: 6px; padding: 10px 16px; min-width: 220px; overflow-wrap: anywhere; }
.runs b { font-size: 26px; } .small, .runs span { color: #555; font-size: 13px; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(480px, 1fr)); gap: 16px; }
figure { margin: 0; border: 1px solid #eee; border-radius: 6px; padding: 10px; } figcaption { font-weight: 600; margin-bottom: 4px; }
figure svg { max-width: 100%; height: auto; }
.wide { overflow-x: auto; } table { border-collapse: collapse; } th, td { padding: 4px 10px; border-bottom: 1px solid #e5e5e5; text-align: left; white-space: nowrap; }
th { background: #fafafa; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
`

function verdictCard(comparison: Comparison): string {
  const text = verdict(comparison)
  const at = text.indexOf(' (')
  const [head, rest] = at < 0 ? [text, ''] : [`${text.slice(0, at)}.`, text.slice(at + 2, -2)]
  return `<p class="${comparison.better === null ? 'open' : 'sure'}">${escaped(head)}<small>${escaped(rest)}</small></p>`
}

function runCard({ name, agents, tasks, trials, success, steps, tokens }: RunFigures): string {
  return `<div>${escaped(name)}<br><span>${escaped(agents.join(', '))}</span><br><b>${percent(success.value)} %</b> <span>[${percent(success.low)}, ${percent(success.high)}]</span><br><span>no-op ${noopText(success)}${success.noop === null ? '' : ' %'} · ${tasks} tasks, ${trials} trials · ${steps.value.toFixed(1)} steps${tokens.value > 0 ? ` · ${Math.round(tokens.value)} tokens` : ''} a trial</span></div>`
}

const rowsMax = 500

function scoreTable(
  title: string,
  head: string,
  runs: readonly RunFigures[],
  of: (run: RunFigures) => [key: string | number, score: Score][],
): string {
  const columns = runs.map((run) => new Map(of(run)))
  const keys = [...new Set(columns.flatMap((column) => [...column.keys()]))]
  if (keys.length === 0) return ''
  keys.sort((a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1))
  const rows = keys.slice(0, rowsMax).map((key) => {
    const found = columns.map((column) => column.get(key))
    const some = found.find((each) => each !== undefined) as Score
    const cells = found.map((each) => cell(each === undefined ? '–' : span(each), true)).join('')
    return `<tr>${cell(key)}${cell(some.tasks, true)}${cells}${cell(noopText(some), true)}</tr>`
  })
  const more =
    keys.length > rowsMax ? `<p class="small">… and ${keys.length - rowsMax} more; the JSON has them all.</p>` : ''
  return `<h2>${escaped(title)}</h2><div class="wide"><table><tr>${[head, 'tasks', ...runs.map(({ name }) => name), 'no-op'].map(header).join('')}</tr>${rows.join('')}</table></div>${more}`
}

function failureTable(runs: readonly RunFigures[]): string {
  const kinds = (Object.keys(failureKinds) as FailureKind[]).filter((kind) =>
    runs.some((run) => run.failures[kind] > 0),
  )
  if (kinds.length === 0) return ''
  const rows = kinds.map(
    (kind) =>
      `<tr>${cell(kind.replaceAll('_', ' '))}${cell(failureKinds[kind])}${runs.map((run) => cell(run.failures[kind], true)).join('')}</tr>`,
  )
  return `<h2>What went wrong, in trials</h2><div class="wide"><table><tr>${['kind', 'meaning', ...runs.map(({ name }) => name)].map(header).join('')}</tr>${rows.join('')}</table></div>`
}

const header = (text: string): string => `<th>${escaped(text)}</th>`
const cell = (value: string | number, isNumber = false): string =>
  `<td${isNumber ? ' class="number"' : ''}>${escaped(String(value))}</td>`

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => entities[letter] as string)
