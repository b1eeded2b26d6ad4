/** What the funnel did, as a person reads it. */

import { type FunnelReport, filterNames } from '../funnel.ts'

const domainsMax = 20

export function printFunnel(report: FunnelReport): string {
  const counts = (of: Record<string, number>): string =>
    Object.entries(of)
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .map(([reason, times]) => `${reason} ${times}`)
      .join(', ')
  const domains = Object.entries(report.domains)
  return [
    ...filterNames.map((name) => {
      const { in: before, out, judged, reasons } = report.filters[name]
      const why = before === out ? '' : ` (dropped: ${counts(reasons)})`
      return `${name.padEnd(10)} ${before} in, ${judged} judged, ${out} out${why}`
    }),
    `${report.kept} of ${report.in} are kept; ${report.recovered} of them met an error and got there, ${report.recovered_of_own} an error of their own.`,
    ...(domains.length > 1
      ? [
          'by domain:',
          ...domains.slice(0, domainsMax).map(([domain, { in: before, kept, filters }]) => {
            const reasons = Object.assign({}, ...filterNames.map((name) => filters[name].reasons))
            return `  ${domain || '(no domain)'}: ${kept} of ${before}${before === kept ? '' : ` (${counts(reasons)})`}`
          }),
          ...(domains.length > domainsMax ? [`  … and ${domains.length - domainsMax} more; --json has them all`] : []),
        ]
      : []),
  ].join('\n')
}
