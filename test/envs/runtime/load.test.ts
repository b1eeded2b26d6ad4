/** What is refused when a domain is loaded, before anything of it runs. */

import t from 'tap'
import type { Domain } from '../../../schemas/domain.ts'
import { desk, openDesk } from './desk.ts'

function refusalOf(change: (domain: Domain) => void): string {
  const domain = structuredClone(desk)
  change(domain)
  try {
    openDesk({}, domain).close()
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return `${code} ${message}`
  }
  return 'accepted'
}

const withProgram = (source: string) =>
  refusalOf((domain) => {
    domain.program += source
  })
const withStatement = (sql: string) =>
  refusalOf((domain) => {
    domain.statements.extra = sql
  })

t.test('the domain as it is loads', async (t) => {
  t.equal(
    refusalOf(() => {}),
    'accepted',
  )
})

const programs: [string, RegExp][] = [
  ['let n = 0', /only function declarations and constants/],
  ['const n = Math.max(1, 2)', /must be a literal/],
  ['const f = () => 1', /must be a literal/],
  ['const all = [1, { a: -2, b: [`x`, null] }]', /^accepted$/],
  ['console.log(1)', /only function declarations/],
  ['import x from "y"', /only function declarations/],
  ['async function f () {}', /neither async nor generators/],
  ['function * f () {}', /neither async nor generators/],
  ['function f () { return 1n }', /BigInt/],
  ['function f () { return BigInt(1) }', /BigInt/],
  ['function f () { return this }', /`this`/],
  ['class A {}', /only function declarations/],
  ['function f () { class A {} }', /classes/],
  ['function f () { return eval("1") }', /"eval"/],
  ['function f () { return [].constructor }', /"\.constructor"/],
  ['function f () { return []["constructor"] }', /"\.constructor"/],
  ['function f () { return {}.__proto__ }', /"\.__proto__"/],
  ['function f () { return import("fs") }', /import\(\)/],
  ['function f () { return globalThis }', /"globalThis"/],
  ['function f () { return new Date() }', /"Date"/],
  ['function f () { f = 1 }', /"f" stands at the top level/],
  ['function f () { titleMax.x = 1 }', /"titleMax" stands at the top level/],
  ['function f ( {', /can't be parsed/],
]

t.test('a program is stateless by construction, or refused with line and column', async (t) => {
  for (const [source, words] of programs) t.match(withProgram(`\n${source}`), words, source)
  t.match(withProgram('\nlet n = 0'), /PROGRAM_INVALID Line \d+, column 1/)
  t.match(
    refusalOf((domain) => {
      domain.program = domain.program.replace('function draw', 'function drew')
    }),
    /no function for the tool "draw"\. Did you mean "drew"\?/,
  )
})

const statements: [string, RegExp][] = [
  ['SELECT 1', /^accepted$/],
  ['DELETE FROM ticket WHERE title = :t', /^accepted$/],
  ["SELECT 'attach random() _mc_log' AS x", /^accepted$/],
  ['SELECT replace(title, :a, :b) FROM ticket', /^accepted$/],
  ['ATTACH :f AS x', /begins with "attach"/],
  ['PRAGMA user_version', /begins with "pragma"/],
  ['VACUUM INTO :f', /begins with "vacuum"/],
  ['DROP TABLE ticket', /begins with "drop"/],
  ['REPLACE INTO agent VALUES (:a, :b, :c)', /begins with "replace"/],
  ['INSERT OR REPLACE INTO agent VALUES (:a, :b, :c)', /"insert or" is not allowed/],
  ['UPDATE OR IGNORE agent SET name = :n', /"update or" is not allowed/],
  ['WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT * FROM x', /begins with "with"/],
  ['SELECT * FROM (WITH x AS (SELECT 1) SELECT * FROM x)', /"with" is not allowed/],
  ['SELECT random()', /"random" is not allowed/],
  ["SELECT datetime('now')", /"datetime" is not allowed/],
  ['SELECT current_timestamp', /"current_timestamp" is not allowed/],
  ['SELECT * FROM _mc_log', /no statement may name "_mc_log"/],
  ['SELECT * FROM "_mc_log"', /no statement may name "_mc_log"/],
  ['SELECT * FROM sqlite_master', /no statement may name "sqlite_master"/],
  ["SELECT * FROM pragma_table_info('ticket')", /no statement may name "pragma_table_info"/],
  ["SELECT load_extension('x')", /"load_extension" is not allowed/],
  ['SELECT * FROM nowhere', /no such table: nowhere/],
  ['SELECT 1; DELETE FROM ticket', /more than one statement/],
  ['', /begins with ""/],
]

t.test('a statement is one plain read or write over the tables of the domain, or refused by name', async (t) => {
  for (const [sql, words] of statements) t.match(withStatement(sql), words, sql)
  t.match(withStatement('DROP TABLE ticket'), /STATEMENT_INVALID Statement "extra"/)
})

t.test('tools are closed, have names of their own, and no patterns', async (t) => {
  const change = (edit: (tool: Domain['tools'][number]) => void) =>
    refusalOf((domain) => edit(domain.tools[0] as Domain['tools'][number]))
  t.match(
    change((tool) => {
      tool.input_schema.additionalProperties = true
    }),
    /DOMAIN_INVALID.*closed object/,
  )
  t.match(
    change((tool) => {
      tool.input_schema.properties = { a: { type: 'string', pattern: '(a+)+$' } }
    }),
    /has a pattern/,
  )
  t.match(
    change((tool) => {
      tool.name = 'submit'
    }),
    /a name of the protocol/,
  )
  t.match(
    change((tool) => {
      tool.name = 'draw'
    }),
    /two tools named "draw"/,
  )
  t.equal(
    change((tool) => {
      tool.input_schema.properties = { pattern: { type: 'string' } }
    }),
    'accepted',
    'an argument may be named so',
  )
})

t.test('rows that break a table are refused with their place', async (t) => {
  const rows = (table: string, row: Record<string, string | number | null>) =>
    refusalOf((domain) => void domain.scenarios[0]?.rows?.[table]?.push(row))
  t.match(rows('agent', { id: 'ag1', name: 'Again', load: 0 }), /Row 2 of table "agent" \(id "ag1"\): UNIQUE/)
  t.match(rows('agent', { id: 'ag9', name: null, load: 0 }), /NOT NULL/)
  t.match(rows('agent', { id: 'ag9', name: 'X', load: 'many' }), /cannot store TEXT value in INTEGER column/)
  t.match(rows('agent', { id: 'ag9', name: 'X', load: 0, extra: 1 }), /"extra" is no column/)
  t.match(rows('ticket', { id: 't9', title: 'X', status: 'lost' }), /CHECK constraint failed/)
  t.match(
    rows('note', { id: 'n1', ticket_id: 'gone', body: 'x' }),
    /refer to nothing; the first is in "note" and refers to "ticket"/,
  )
})
