/** What may stand in a statement, and how much work it may be. */

import fc from 'fast-check'
import t from 'tap'
import { buildImage } from '../../../envs/runtime/image.ts'
import { defaultLimits } from '../../../envs/runtime/limits.ts'
import { parseStatement } from '../../../envs/runtime/statements/syntax.ts'
import { checkStatements, findStatementProblems, openProbe } from '../../../envs/runtime/statements.ts'
import type { Table } from '../../../schemas/domain.ts'
import { table } from '../../../schemas/domain.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import type { Row } from '../../../schemas/json.ts'
import { desk, openDesk } from './desk.ts'

const text = (name: string, nullable = true) => ({ name, type: 'TEXT', nullable })
const whole = (name: string, nullable = true) => ({ name, type: 'INTEGER', nullable })
const shop: Table[] = [
  { name: 'shop', columns: [text('id', false), text('city'), whole('size')], primary_key: ['id'] },
  {
    name: 'sale',
    columns: [text('id', false), text('shop_id'), whole('size')],
    primary_key: ['id'],
    foreign_keys: [{ columns: ['shop_id'], table: 'shop', references: ['id'] }],
  },
  {
    name: 'line',
    columns: [text('sale_id', false), whole('number', false), text('note')],
    primary_key: ['sale_id', 'number'],
    foreign_keys: [{ columns: ['sale_id'], table: 'sale', references: ['id'] }],
  },
].map((each) => table.parse(each))

const rows: Record<string, Row[]> = {
  shop: Array.from({ length: 100 }, (_, index) => ({ id: `s${index}`, city: 'x', size: index })),
  sale: Array.from({ length: 1000 }, (_, index) => ({ id: `v${index}`, shop_id: `s${index % 10}`, size: index })),
  line: [],
}

const empty = openProbe(buildImage(shop, {}))
const full = openProbe(buildImage(shop, rows))
t.teardown(() => {
  empty.close()
  full.close()
})

function refusalOf(sql: string, { visits = 200_000, probes = [empty, full] } = {}): string {
  const limits = { ...defaultLimits, statementVisits: visits }
  const problems = findStatementProblems({ it: sql }, { tables: shop.map(({ name }) => name), probes, limits })
  return problems.length === 0 ? 'accepted' : problems.map(({ message }) => message).join(' ')
}

/** A title of one line. */
const titleOf = (sql: string): string => JSON.stringify(sql.slice(0, 80).toWellFormed())

const nested = (depth: number) => `SELECT ${'('.repeat(depth)}1${')'.repeat(depth)}`

const syntax: Record<string, RegExp> = {
  // What may stand.
  'SELECT 1': /^accepted$/,
  'SELECT * FROM shop WHERE id = :id;': /^accepted$/,
  'select "id", [city], `size` from "shop" -- a remark': /^accepted$/,
  'SELECT s.*, count(*) AS sales FROM SHOP s LEFT JOIN sale v ON v.shop_id = s.id GROUP BY s.id HAVING count(*) > 1':
    /^accepted$/,
  'SELECT DISTINCT city COLLATE NOCASE FROM shop ORDER BY 1 DESC NULLS LAST LIMIT :limit OFFSET :offset': /^accepted$/,
  "SELECT 'attach random() _mc_log' AS x": /^accepted$/,
  "SELECT CASE WHEN size BETWEEN 1 AND 3 THEN 'few' ELSE iif(size > 9, 'many', NULL) END FROM shop": /^accepted$/,
  'SELECT CAST(size AS TEXT) || :unit FROM shop': /^accepted$/,
  "SELECT id FROM shop WHERE city LIKE '%burg' AND city NOT GLOB 'A*' AND id NOT IN ('a', :b)": /^accepted$/,
  "SELECT replace(city, 'ss', 'ß') FROM shop": /^accepted$/,
  'SELECT total(size) FILTER (WHERE size > 3), sum(DISTINCT size) FROM shop': /^accepted$/,
  'SELECT id FROM shop UNION ALL SELECT id FROM sale EXCEPT SELECT sale_id FROM line': /^accepted$/,
  'SELECT * FROM shop WHERE (id, city) = (:id, :city) AND EXISTS (SELECT 1 FROM sale WHERE shop_id = shop.id)':
    /^accepted$/,
  'INSERT INTO shop (id, city) VALUES (:id, :city), (:other, NULL)': /^accepted$/,
  'INSERT INTO line SELECT id, 1, NULL FROM sale WHERE shop_id = :id': /^accepted$/,
  'INSERT INTO shop VALUES (:id, :c, 1) ON CONFLICT (id) DO UPDATE SET size = size + excluded.size WHERE size < 9':
    /^accepted$/,
  'INSERT INTO shop VALUES (:id, :c, 1) ON CONFLICT DO NOTHING': /^accepted$/,
  'UPDATE sale SET size = s.size, shop_id = NULL FROM shop s WHERE s.id = sale.shop_id AND sale.id = :id': /^accepted$/,
  'DELETE FROM line WHERE sale_id = :id': /^accepted$/,

  // Other statements.
  '': /no SQL statement/,
  '-- nothing': /no SQL statement/,
  'SELECT 1; DELETE FROM shop': /line 1, column 11: it is more than one statement/,
  'SELECT FROM shop': /line 1, column 8: near "FROM": syntax error/,
  'ATTACH :f AS x': /it is ATTACH; only SELECT/,
  'DETACH x': /it is DETACH/,
  'VACUUM INTO :f': /it is VACUUM/,
  'PRAGMA user_version = 3': /it is PRAGMA/,
  'EXPLAIN SELECT 1': /it is EXPLAIN/,
  'DROP TABLE shop': /it is DROP TABLE/,
  'CREATE TRIGGER x AFTER INSERT ON shop BEGIN SELECT 1; END': /it is CREATE TRIGGER/,
  'ALTER TABLE shop RENAME TO x': /it is ALTER TABLE/,
  'ROLLBACK TO base': /it is ROLLBACK/,
  'RELEASE base': /it is RELEASE/,
  COMMIT: /it is COMMIT/,
  ANALYZE: /it is ANALYZE/,
  'REINDEX shop': /it is REINDEX/,

  // Clauses.
  'WITH x AS (SELECT 1) SELECT 1': /WITH is not allowed; write the query in FROM/,
  'WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT 1 FROM x': /WITH is not allowed/,
  'SELECT * FROM (WITH x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT * FROM x)': /WITH is not allowed/,
  'REPLACE INTO shop VALUES (:a, :b, :c)': /OR with a conflict is not allowed/,
  'INSERT OR REPLACE INTO shop VALUES (:a, :b, :c)': /OR with a conflict is not allowed/,
  'INSERT OR ROLLBACK INTO shop VALUES (:a, :b, :c)': /OR with a conflict is not allowed/,
  'UPDATE OR IGNORE shop SET size = :n': /OR with a conflict is not allowed/,
  'INSERT INTO shop DEFAULT VALUES': /DEFAULT VALUES is not allowed/,
  'DELETE FROM shop WHERE id = :id RETURNING *': /RETURNING is not allowed; read it with a SELECT/,
  'DELETE FROM shop LIMIT 1': /near "LIMIT"/,
  'SELECT * FROM shop INDEXED BY x': /INDEXED is not allowed/,
  'SELECT * FROM shop NOT INDEXED': /INDEXED is not allowed/,
  'SELECT * FROM main.shop': /the name of a schema is not allowed/,
  'SELECT main.shop.id FROM shop': /the name of a schema is not allowed/,
  'SELECT row_number() OVER (ORDER BY id) FROM shop': /OVER is not allowed.*|"row_number" is not allowed/,
  'SELECT count(*) OVER () FROM shop': /OVER is not allowed/,
  'SELECT sum(size) OVER w FROM shop WINDOW w AS (ORDER BY id)': /WINDOW is not allowed/,
  'SELECT * FROM shop NATURAL JOIN sale': /a NATURAL join is not allowed/,
  'SELECT * FROM shop RIGHT JOIN sale ON shop.id = sale.shop_id': /a RIGHT or FULL join is not allowed/,
  'SELECT * FROM shop FULL OUTER JOIN sale ON shop.id = sale.shop_id': /a RIGHT or FULL join is not allowed/,
  'SELECT * FROM shop WHERE id IN sale': /IN with the name of a table is not allowed/,

  // Tables.
  'SELECT * FROM nowhere': /there is no table "nowhere"\.$/,
  'SELECT * FROM shops': /there is no table "shops"; did you mean "shop"\.$/,
  'SELECT * FROM _mc_log': /no statement may name "_mc_log"/,
  'DELETE FROM "_MC_log"': /no statement may name "_MC_log"/,
  'SELECT 1 WHERE EXISTS (SELECT 1 FROM [_mc_meta])': /no statement may name "_mc_meta"/,
  'SELECT * FROM sqlite_master': /no statement may name "sqlite_master"/,
  'SELECT * FROM dbstat': /there is no table "dbstat"/,
  "SELECT * FROM pragma_table_info('shop')": /a table made by a function is not allowed/,
  'SELECT * FROM pragma_database_list': /no statement may name/,
  'SELECT value FROM json_each(:list)': /a table made by a function is not allowed/,
  'SELECT rowid FROM shop': /no such column: rowid/,

  // Functions and expressions.
  'SELECT random()': /the function "random" is not allowed; use ctx\.random\(\)/,
  'SELECT RandomBlob(9)': /the function "RandomBlob" is not allowed/,
  'SELECT "random"()': /the function "random" is not allowed/,
  "SELECT datetime('now')": /the function "datetime" is not allowed; use ctx\.now\(\)/,
  "SELECT strftime('%s', :t)": /the function "strftime" is not allowed/,
  'SELECT current_timestamp': /CURRENT_TIMESTAMP is not allowed/,
  'SELECT CURRENT_DATE': /CURRENT_DATE is not allowed/,
  "SELECT load_extension('x')": /the function "load_extension" is not allowed/,
  'SELECT zeroblob(1000000000)': /the function "zeroblob" is not allowed/,
  "SELECT printf('%1000000000d', 1)": /the function "printf" is not allowed/,
  'SELECT group_concat(city) FROM shop': /the function "group_concat" is not allowed; select the rows/,
  'SELECT hex(city) FROM shop': /the function "hex" is not allowed/,
  'SELECT sin(size) FROM shop': /the function "sin" is not allowed/,
  'SELECT last_insert_rowid()': /the function "last_insert_rowid" is not allowed/,
  'SELECT min(*) FROM shop': /only count takes \*/,
  'SELECT replace(city, :a, :b) FROM shop': /replace must put a text in quotes/,
  "SELECT replace(replace(city, 'a', 'aa'), 'a', 'aa') FROM shop":
    /replace must put.*replace must put|replace must put/,
  'UPDATE shop SET city = city || city': /\|\| is not allowed in a write/,
  'SELECT y || y FROM (SELECT city || city AS y FROM shop)': /\|\| is not allowed beside a query in FROM/,
  [`SELECT ${Array(18).fill('city').join(' || ')} FROM shop`]: /\|\| stands in it more than 16 times/,
  'SELECT city LIKE :pattern FROM shop': /the pattern of LIKE must be a text in quotes/,
  [`SELECT city GLOB '${'*a'.repeat(40)}' FROM shop`]: /the pattern is longer than 64/,
  'SELECT city REGEXP :p FROM shop': /REGEXP is not allowed/,
  "SELECT city MATCH 'x' FROM shop": /MATCH is not allowed/,
  'SELECT city COLLATE unicode FROM shop': /there is no collation unicode/,
  "SELECT x'00'": /a blob is not allowed/,
  'SELECT CAST(city AS BLOB) FROM shop': /CAST AS BLOB is not allowed/,
  "SELECT city ->> 'a' FROM shop": /-> is not allowed/,
  "SELECT RAISE(ABORT, 'x')": /RAISE is not allowed/,
  'SELECT ?': /the parameter \? must be a named one/,
  'SELECT ?1': /the parameter \?1 must be a named one/,
  'SELECT @id': /the parameter @id must be a named one/,
  'SELECT $id': /the parameter \$id must be a named one/,
  'SELECT * FROM shop WHERE city = "Ghent"': /no such column: "?Ghent/,
  'SELECT no_column FROM shop': /no such column: no_column/,
  'INSERT INTO shop VALUES (1)': /table shop has 3 columns but 1 values were supplied/,

  // Sizes, and what two readers could read differently.
  [nested(20)]: /^accepted$/,
  [nested(150)]: /it is nested more than 100 deep/,
  [`SELECT ${Array(201).fill('1').join(', ')}`]: /a list has 201 items, more than 200/,
  [`SELECT ${Array(34).fill('abs(abs(abs(1)))').join(', ')}`]: /it calls more than 100 functions/,
  [`SELECT 1 -- ${'x'.repeat(17_000)}`]: /it has \d+ characters, more than 16384/,
  'SELECT 1 \u0000; DROP TABLE shop': /it has a control character/,
  "SELECT '\ud800'": /it has a control character/,
  "SELECT 'unended": /unrecognized token/,
  'SELECT 1 /* unended': /^accepted$/,
}

t.test('a statement is one plain read or write over the tables of the domain, or refused for a reason', async (t) => {
  for (const [sql, words] of Object.entries(syntax)) t.match(refusalOf(sql), words, titleOf(sql))
})

const plans: [string, RegExp][] = [
  ['SELECT * FROM shop, sale', /it goes through all of "sale" for each row of something else|all of "shop"/],
  ['SELECT * FROM shop a, shop b, shop c', /for each row of something else/],
  ['SELECT * FROM shop a CROSS JOIN shop b WHERE a.id < b.id', /for each row of something else/],
  ['SELECT * FROM shop JOIN sale ON sale.size = shop.size', /without an index|for each row/],
  ['SELECT * FROM shop LEFT JOIN sale ON sale.size + 0 = shop.size', /for each row of something else/],
  ['SELECT *, (SELECT count(*) FROM sale WHERE sale.size > shop.size) FROM shop', /for each row of something else/],
  ['SELECT * FROM shop WHERE EXISTS (SELECT 1 FROM sale WHERE sale.size = shop.size)', /without an index|for each row/],
  [
    'SELECT * FROM shop WHERE city IN (SELECT id FROM sale WHERE sale.size = shop.size)',
    /for each row of something else/,
  ],
  ['UPDATE sale SET size = shop.size FROM shop WHERE shop.size = sale.size', /without an index|for each row/],
  [
    'DELETE FROM shop WHERE (SELECT count(*) FROM sale WHERE sale.size = shop.size) > 1',
    /for each row of something else/,
  ],
  ['SELECT * FROM shop JOIN sale ON sale.size = shop.size WHERE shop.id IN (:a, :b)', /for each row of something else/],
  ['SELECT * FROM shop JOIN sale ON sale.size = shop.size WHERE shop.id = :a OR shop.id = :b', /for each row|index/],

  ['SELECT * FROM shop JOIN sale ON sale.size = shop.size WHERE shop.id = :id', /^accepted$/],
  ['SELECT * FROM line l JOIN sale v ON v.id = l.sale_id JOIN shop s ON s.id = v.shop_id', /^accepted$/],
  ['SELECT *, (SELECT count(*) FROM sale WHERE shop_id = shop.id) FROM shop ORDER BY city', /^accepted$/],
  ['SELECT * FROM shop WHERE size = (SELECT max(size) FROM sale)', /^accepted$/],
  [
    'SELECT * FROM (SELECT shop_id, count(*) AS n FROM sale GROUP BY shop_id) z JOIN shop ON shop.id = z.shop_id',
    /^accepted$/,
  ],
  ['SELECT * FROM sale WHERE id = :id OR shop_id = :shop', /^accepted$/],
]

t.test('a join goes by a key or an index, or is refused', async (t) => {
  for (const [sql, words] of plans) t.match(refusalOf(sql), words, sql)
})

t.test('the rows that a statement may visit are counted by the largest image, and bounded', async (t) => {
  const visits = (sql: string, probes = [empty, full]) => {
    const said = /it may visit (\d+) rows/.exec(refusalOf(sql, { visits: 0, probes }))
    return Number(said?.[1])
  }
  t.equal(visits('SELECT * FROM shop WHERE id = :id'), 1, 'a key is one row')
  t.equal(visits('SELECT * FROM sale', [full]), 1064, 'a scan is all rows, and those an episode may add')
  t.equal(visits('SELECT * FROM sale', [empty]), 64)
  t.equal(visits('SELECT * FROM sale'), 1064)
  t.equal(visits('SELECT * FROM sale WHERE shop_id = :id'), 116, 'an index is its largest group')
  t.equal(visits('SELECT * FROM shop WHERE id IN (:a, :b, :c)'), 3)
  t.equal(visits('SELECT * FROM sale v JOIN shop s ON s.id = v.shop_id'), 2 * 1064)
  t.equal(visits('SELECT * FROM sale UNION ALL SELECT * FROM sale') > 2 * 1064, true)
  t.ok(visits('UPDATE sale SET size = 1') > 20 * 1064, 'a written row weighs more than one that is read')
  t.match(
    refusalOf('SELECT * FROM sale a JOIN sale b ON b.shop_id = a.shop_id', { visits: 100_000 }),
    /it may visit 124488 rows, more than 100000/,
  )
})

t.test('every statement that is wrong is told, sorted by name', async (t) => {
  const problems = findStatementProblems(
    { b: 'PRAGMA x', a: 'SELECT random(), @x', c: 'SELECT 1' },
    { tables: [], probes: [empty], limits: defaultLimits },
  )
  t.same(
    problems.map(({ code, place }) => `${code} ${place}`),
    ['STATEMENT_INVALID statements.a 1:8', 'STATEMENT_INVALID statements.a 1:18', 'STATEMENT_INVALID statements.b 1:1'],
  )
})

t.test('an upsert leaves in the row log what the row was before', async (t) => {
  const domain = structuredClone(desk)
  domain.statements.upsert =
    'INSERT INTO agent (id, name, load) VALUES (:id, :name, 5) ON CONFLICT (id) DO UPDATE SET load = load + 10'
  domain.program = domain.program.replace(
    'function fail_late (args, db, ctx) {',
    "function fail_late (args, db, ctx) { db.run('upsert', { id: 'ag1', name: 'x' }); db.run('upsert', { id: 'ag3', name: 'new' }); return null",
  )
  const world = openDesk({}, domain)
  const play = world.start('monday')
  t.ok(play.call('fail_late', {}).ok)
  t.same(play.changes(), [
    {
      table: 'agent',
      key: { id: 'ag1' },
      before: { id: 'ag1', name: 'Ada', load: 1 },
      after: { id: 'ag1', name: 'Ada', load: 11 },
    },
    { table: 'agent', key: { id: 'ag3' }, before: null, after: { id: 'ag3', name: 'new', load: 5 } },
  ])
  play.close()
  world.close()
})

t.test('any text is a statement, or refused as one that is not', async () => {
  const words = fc.constantFrom(
    ...'SELECT INSERT UPDATE DELETE FROM shop sale WHERE id = :id ( ) , * JOIN ON AND OR IN VALUES INTO SET 1 \'x\' "x" WITH AS || -- /* ; UNION'.split(
      ' ',
    ),
  )
  const statement = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.array(words, { maxLength: 30 }).map((list) => list.join(' ')),
  )
  fc.assert(
    fc.property(statement, (sql) => {
      try {
        checkStatements({ it: sql }, { tables: ['shop', 'sale', 'line'], probes: [empty], limits: defaultLimits })
        empty.prepare(sql)
      } catch (error) {
        if (!(error instanceof MicrocosmError) || error.code !== 'STATEMENT_INVALID') throw error
      }
    }),
    { numRuns: 2000 },
  )
})

/** Statements that are near to what may stand, with much in them that may not. */
const { statement } = fc.letrec<{ statement: string; value: string; source: string }>((tie) => {
  const join = (...parts: (string | fc.Arbitrary<string>)[]) =>
    fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((list) => list.join(''))
  const one = (...words: string[]) => fc.constantFrom(...words)
  const gap = one(' ', '\n', '\f', " /* ' */ ", ' -- "\n', '/**/ ', ' /*/*/ ')
  const leaf = one(
    ...'id size shop.id 1 .5 0x1F 1e3 NULL :p true random current_time "current_time" "id" [size] `city`'.split(' '),
    "'t'",
    "'it''s -- '",
    '"/*"',
  )
  const called = one(
    ...'lower abs random "random" max count coalesce datetime [datetime] hex total group_concat iif replace like json concat unistr percentile'.split(
      ' ',
    ),
  )
  const operator = one(
    ...'+ - * / % || = == <> < AND OR IS LIKE GLOB & | << -> ->> MATCH REGEXP'.split(' '),
    'IS NOT',
    'NOT LIKE',
    'COLLATE nocase =',
  )
  return {
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      join(tie('value'), gap, operator, gap, tie('value')),
      join(called, gap, '(', tie('value'), one(')', ', 1)', ', 1, 2)', ') OVER ()')),
      join('(SELECT ', tie('value'), ' FROM ', tie('source'), ')'),
      join(tie('value'), ' IN ', one('(1, 2)', '(SELECT id FROM sale)', 'sale', '_mc_log', 'sqlite_schema')),
      join('CAST(', tie('value'), ' AS ', one('TEXT', 'BLOB', '"REAL"'), ')'),
    ),
    source: one(
      ...'shop sale main.shop temp.shop _mc_log "_mc_log" sqlite_schema pragma_table_list json_each(:p) dbstat'.split(
        ' ',
      ),
      'shop JOIN sale ON shop.id = sale.shop_id',
      '(SELECT * FROM sale) q',
      'shop NOT INDEXED',
      '(VALUES (1)) v',
    ),
    statement: fc.oneof(
      join('SELECT', gap, tie('value'), ' FROM ', tie('source'), one('', ' LIMIT 1'), one('', ' UNION SELECT 1')),
      join('SELECT ', tie('value'), ' FROM ', tie('source'), ' WHERE ', tie('value'), ' ORDER BY ', tie('value')),
      join('UPDATE ', one('shop', '_mc_log', 'OR REPLACE shop'), ' SET size = ', tie('value'), ' WHERE ', tie('value')),
      join('DELETE FROM ', one('shop', '_mc_meta'), ' WHERE ', tie('value'), one('', ' RETURNING id')),
      join('INSERT INTO shop VALUES (', tie('value'), ', 1, 2)', one('', ' ON CONFLICT DO NOTHING', ' RETURNING id')),
    ),
  }
})

t.test(
  'what is accepted compiles to known functions and to the tables of the domain, by the engine’s own code',
  async (t) => {
    // Those of the list, those that operators are made of, and that of the row log.
    const known = new Set('abs coalesce count glob iif json_array like lower max replace total'.split(' '))
    let compiled = 0
    fc.assert(
      fc.property(statement, (sql) => {
        if (refusalOf(sql, { visits: Number.POSITIVE_INFINITY }) !== 'accepted') return true
        const { facts } = parseStatement(sql, { tables: new Set(shop.map(({ name }) => name)), charsMax: 10_000 })
        const parameters = Object.fromEntries([...facts.parameters].map((name) => [name, null]))
        const code = empty.prepare(`EXPLAIN ${sql}`).all(parameters) as { opcode: string; p4: string | null }[]
        compiled += 1
        return code.every(({ opcode, p4 }) => {
          if (/^(V[A-Z]|Vacuum|AutoCommit|Savepoint|ParseSchema|JournalMode)/.test(opcode)) return false
          if (opcode === 'OpenWrite' && facts.reads) return false
          return !/Function|Agg/.test(opcode) || known.has(/^\w+/.exec(p4 ?? '')?.[0] ?? '')
        })
      }),
      { numRuns: 3000 },
    )
    t.ok(compiled > 20, `${compiled} were accepted`)
  },
)
