/** docs/operations.md says of limits, metrics and commands what the code says. `UPDATE_DOCS=1` writes the table of limits anew. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Limits } from '../envs/runtime/limits.ts'
import { defaultLimits } from '../envs/runtime/limits.ts'
import { errorCodes, errorTable } from '../schemas/errors.ts'
import { defaultConfig } from '../server/config.ts'
import { createMetrics } from '../server/metrics.ts'

const root = join(import.meta.dirname, '..')
const file = join(root, 'docs/operations.md')
const page = readFileSync(file, 'utf8')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** What stands above each number in an interface's source. */
function told(source: string): Map<string, string> {
  const found = source.matchAll(/\/\*\* ([^\n]*?) \*\/\n {2}(\w+)\??: number\n/g)
  return new Map([...found].map(([, words = '', name = '']) => [name, words]))
}

function shown(name: string, value: number): string {
  if (name === 'memoryBytesMax') return '¾ of the machine'
  if (/bytes|Bytes|Chars|chars/.test(name) && value % 1024 === 0)
    return value % (1 << 20) === 0 ? `${value / (1 << 20)} Mi` : `${value / 1024} Ki`
  return value.toLocaleString('en')
}

function table(): string {
  const rows = (values: object, words: Map<string, string>) =>
    Object.entries(values)
      .filter(([name, value]) => typeof value === 'number' && name !== 'port' && name !== 'processes')
      .map(([name, value]) => `| \`${name}\` | ${shown(name, value)} | ${words.get(name)} |`)
  const head = (what: string) => [`| ${what} | | |`, '|---|---|---|']
  return [
    ...head('of the server (`server/config.ts`)'),
    ...rows(defaultConfig, told(read('server/config.ts'))),
    '',
    ...head('of worlds (`envs/runtime/limits.ts`)'),
    ...rows(defaultLimits satisfies Limits, told(read('envs/runtime/limits.ts'))),
  ].join('\n')
}

t.test('the table of limits is what the code has, and each limit says what happens', async (t) => {
  const written = `<!-- limits -->\n${table()}\n<!-- /limits -->`
  const now = page.replace(/<!-- limits -->[\s\S]*<!-- \/limits -->/, written)
  if (process.env.UPDATE_DOCS === '1') writeFileSync(file, now)
  else t.equal(page, now)
  t.notMatch(written, /undefined/)
  for (const [, code = ''] of written.matchAll(/\b([A-Z]{3,}_[A-Z_]+)\b/g))
    t.ok((errorCodes as string[]).includes(code), code)
})

t.test('every metric of ours has a line, and every code that the page names is one', async (t) => {
  const none = () => 0
  const gauges = { sessions: none, waiting: none, sockets: none, worlds: none, isolates: none, draining: () => false }
  const text = await createMetrics(gauges, defaultConfig).text()
  const names = [...text.matchAll(/^# TYPE (microcosm_\w+)/gm)].map(([, name]) => String(name))
  t.ok(names.length >= 10)
  for (const name of names) t.match(page, new RegExp(`\`${name}[\`{]`), name)
  for (const [, name = ''] of page.matchAll(/`(microcosm_\w+?)(?:_count)?[`{]/g)) t.ok(names.includes(name), name)
  for (const [, code = ''] of page.matchAll(/`([A-Z]+_[A-Z_]+)`/g))
    t.ok(code in errorTable || /^(MICROCOSM|OTEL)_/.test(code), code)
})

t.test('the files that the page leads to are there and name options that there are', async (t) => {
  for (const [, path = ''] of page.matchAll(/\]\((deploy\/[\w.]+)\)/g)) {
    const text = read(`docs/${path}`)
    const sources = read('clients/cli/serving.ts') + read('clients/cli/main.ts')
    for (const [, option = ''] of text.matchAll(/(?<=\s)(--(?:port|host|trust-proxy|public-url|keys|catalog)[\w-]*)/g))
      t.ok(sources.includes(option) || option === '--keys', `${path}: ${option}`)
  }
})
