/**
 * The plots of a report as SVG, drawn here by ECharts, so that a page with them needs no script: pass^k against k, success
 * against the number of gold's calls, what went wrong, and each difference with its interval.
 * Source: AgentScaler (arXiv 2509.13311), whose figures these are.
 */

import { BarChart, CustomChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { EvaluationReport, RunFigures, Score } from '../evaluation.ts'
import { type FailureKind, failureKinds } from './failures.ts'

echarts.use([
  BarChart,
  CustomChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  SVGRenderer,
])

/** Told apart by who sees few colours, too (Okabe and Ito). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9']
const quiet = '#8a8a8a'
const [width, height] = [640, 380]

export function drawPlots(report: EvaluationReport): { name: string; svg: string }[] {
  const { runs } = report
  const plots = [
    { name: 'pass^k against k', option: passPlot(runs) },
    { name: "Success against the number of gold's calls", option: lengthPlot(runs) },
    { name: 'What went wrong, share of trials', option: failurePlot(runs) },
    ...(report.comparisons.length > 0 ? [{ name: 'Differences', option: differencePlot(report) }] : []),
  ]
  return plots.map(({ name, option }) => ({ name, svg: draw(option) }))
}

function draw(option: object): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption({ animation: false, color: colours, textStyle: { fontFamily: 'system-ui, sans-serif' }, ...option })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

const points = (value: number): number => Math.round(value * 1000) / 10
const percentAxis = { type: 'value', min: 0, max: 100, name: '%', nameGap: 8 }
const legend = { top: 4, itemGap: 28 }
const frame = { left: 56, right: 24, top: 44, bottom: 52 }

interface Place extends Score {
  x: string
}

/** A line for each run with the intervals as whiskers, and a dashed one for who does nothing. */
function linesOf(runs: readonly RunFigures[], places: readonly string[], of: (run: RunFigures) => Place[]): object[] {
  const series = runs.flatMap((run, index) => {
    const found = of(run)
    return [
      {
        type: 'line',
        name: run.name,
        symbolSize: 7,
        color: colours[index % colours.length],
        data: places.map((x) => {
          const at = found.find((place) => place.x === x)
          return at === undefined ? null : points(at.value)
        }),
      },
      whiskers(
        found.map(({ x, low, high }) => [places.indexOf(x), points(low), points(high)]),
        colours[index % colours.length] as string,
        (index - (runs.length - 1) / 2) * 3,
      ),
    ]
  })
  const noops = places.map((x) => {
    const at = runs.flatMap(of).find((place) => place.x === x && place.noop !== null)
    return at === undefined || at.noop === null ? null : points(at.noop)
  })
  if (noops.every((value) => value === null)) return series
  const line = { type: 'dashed', color: quiet }
  return [
    ...series,
    { type: 'line', name: 'no-op', symbol: 'none', lineStyle: line, itemStyle: { color: quiet }, data: noops },
  ]
}

/** Intervals: each from low to high, a little beside its neighbours'. */
function whiskers(data: number[][], colour: string, shift: number): object {
  return {
    type: 'custom',
    silent: true,
    data,
    encode: { x: 0, y: [1, 2] },
    z: 1,
    renderItem(_: unknown, api: { value(index: number): number; coord(at: number[]): [number, number] }) {
      const [x, high] = api.coord([api.value(0), api.value(2)])
      const [, low] = api.coord([api.value(0), api.value(1)])
      const stroke = (x1: number, y1: number, x2: number, y2: number) => ({
        type: 'line',
        shape: { x1: x1 + shift, y1, x2: x2 + shift, y2 },
        style: { stroke: colour, lineWidth: 1.5, opacity: 0.8 },
      })
      return {
        type: 'group',
        children: [stroke(x, low, x, high), stroke(x - 4, low, x + 4, low), stroke(x - 4, high, x + 4, high)],
      }
    },
  }
}

function passPlot(runs: readonly RunFigures[]): object {
  const places = [...new Set(runs.flatMap((run) => run.pass_hat.map(({ k }) => k)))].sort((a, b) => a - b).map(String)
  return {
    grid: frame,
    legend,
    xAxis: { type: 'category', data: places, name: 'k', nameLocation: 'middle', nameGap: 28 },
    yAxis: percentAxis,
    series: linesOf(runs, places, (run) => run.pass_hat.map((each) => ({ ...each, x: String(each.k) }))),
  }
}

function lengthPlot(runs: readonly RunFigures[]): object {
  const places = [...new Set(runs.flatMap((run) => run.by_length.map(({ length }) => length)))]
    .sort((a, b) => a - b)
    .map(String)
  return {
    grid: frame,
    legend,
    xAxis: { type: 'category', data: places, name: 'calls of gold', nameLocation: 'middle', nameGap: 28 },
    yAxis: percentAxis,
    series: linesOf(runs, places, (run) => run.by_length.map((each) => ({ ...each, x: String(each.length) }))),
  }
}

function failurePlot(runs: readonly RunFigures[]): object {
  const kinds = (Object.keys(failureKinds) as FailureKind[]).filter((kind) =>
    runs.some((run) => run.failures[kind] > 0),
  )
  return {
    grid: { ...frame, left: 104 },
    legend,
    xAxis: { type: 'value', min: 0, name: '% of trials', nameLocation: 'middle', nameGap: 28 },
    yAxis: { type: 'category', data: kinds.map((kind) => kind.replaceAll('_', ' ')), inverse: true },
    series: runs.map((run) => ({
      type: 'bar',
      name: run.name,
      data: kinds.map((kind) => points(run.failures[kind] / run.trials)),
      label: { show: runs.length <= 3, position: 'right', formatter: '{c}', fontSize: 10 },
    })),
  }
}

function differencePlot({ comparisons }: EvaluationReport): object {
  const shown = comparisons.slice(0, 10)
  return {
    grid: { ...frame, left: 260 },
    xAxis: { type: 'value', name: 'difference in points', nameLocation: 'middle', nameGap: 28 },
    yAxis: { type: 'category', inverse: true, data: shown.map(({ a, b }) => `${shorter(b)} − ${shorter(a)}`) },
    series: [
      {
        type: 'scatter',
        symbolSize: 10,
        data: shown.map(({ difference, better }) => ({
          value: points(difference.value),
          itemStyle: { color: better === null ? quiet : difference.value > 0 ? colours[2] : colours[1] },
        })),
        label: { show: true, position: 'top', formatter: '{c}' },
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          data: [{ xAxis: 0 }],
          lineStyle: { color: quiet },
        },
      },
      {
        type: 'custom',
        silent: true,
        data: shown.map(({ difference }, index) => [points(difference.low), points(difference.high), index]),
        encode: { x: [0, 1], y: 2 },
        renderItem(_: unknown, api: { value(index: number): number; coord(at: number[]): [number, number] }) {
          const [x1, y] = api.coord([api.value(0), api.value(2)])
          const [x2] = api.coord([api.value(1), api.value(2)])
          return { type: 'line', shape: { x1, y1: y, x2, y2: y }, style: { stroke: '#444', lineWidth: 2 } }
        },
      },
    ],
  }
}

const shorter = (name: string): string => {
  const base = name.split('/').at(-1) as string
  return base.length > 18 ? `${base.slice(0, 17)}…` : base
}
