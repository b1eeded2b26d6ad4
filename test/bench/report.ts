/** The figures as a table that a person reads. */

import type { Figure, Unit } from './figure.ts'
import { isMet } from './figure.ts'
import type { RuntimeReport } from './runtime.ts'

const digits: Record<Unit, number> = { µs: 1, ms: 2, MiB: 0, '/s': 0 }

export function printRuntimeReport({ machine, commit, quick, seconds, figures }: RuntimeReport): string {
  const header = ['', 'figure', 'measured', 'p99', 'bound', 'ratio', 'goal']
  const rows = figures.map((figure) => [
    isMet(figure) ? '✓' : '✗',
    figure.name,
    shown(figure.value, figure.unit),
    figure.p99 === null ? '' : shown(figure.p99, figure.unit),
    shown(figure.bound, figure.unit),
    `${figure.ratio.toFixed(2)} ×`,
    goalOf(figure),
  ])
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => (cells[column] as string).length)),
  )
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] as number
        return column < 2 || column === header.length - 1 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd()
  return [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${commit === null ? 'no commit' : `commit ${commit}`}`,
    ...(quick ? ['A quick run: it shows that everything can be measured; its figures are rough.'] : []),
    '',
    line(header),
    ...rows.map(line),
    '',
    ...figures.map(({ name, what, boundIs }) => `${name}: ${what}; its bound: ${boundIs}.`),
    '',
    `${figures.filter(isMet).length} of ${figures.length} reach their goals; measured in ${seconds.toFixed(0)} s.`,
  ].join('\n')
}

const shown = (value: number, unit: Unit): string => `${value.toFixed(digits[unit])} ${unit}`.replace(' /', '/')

function goalOf({ unit, goal }: Figure): string {
  const parts: string[] = []
  if (goal.valueMax !== undefined) parts.push(`≤ ${goal.valueMax} ${unit}`)
  if (goal.valueMin !== undefined) parts.push(`≥ ${goal.valueMin}${unit}`)
  if (goal.ratioMax !== undefined) parts.push(`≤ ${goal.ratioMax} ×`)
  if (goal.ratioMin !== undefined) parts.push(`≥ ${goal.ratioMin} ×`)
  return parts.join(', ')
}
