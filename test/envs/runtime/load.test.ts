/** What is refused when a domain is loaded, before anything of it runs. */

import t from 'tap'
import { buildImage } from '../../../envs/runtime/image.ts'
import { openWorld } from '../../../envs/runtime/world.ts'
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

t.test(
  'a program that could keep state is refused with line and column, and one without a tool by its name',
  async (t) => {
    t.match(
      withProgram('\nlet n = 0'),
      /^PROGRAM_INVALID Line \d+, column 1 of the program: only function declarations/,
    )
    t.match(
      refusalOf((domain) => {
        domain.program = domain.program.replace('function draw', 'function drew')
      }),
      /no function for the tool "draw"\. Did you mean "drew"\?/,
    )
  },
)

t.test('a statement that is more than a plain read or write is refused with its name and place', async (t) => {
  t.equal(withStatement('DELETE FROM ticket WHERE title = :t'), 'accepted')
  t.match(
    withStatement('SELECT *\nFROM _mc_log'),
    /^STATEMENT_INVALID Statement "extra", line 2, column 6: no statement may name "_mc_log"\.$/,
  )
})

t.test('a statement whose work grows as a product of tables is refused', async (t) => {
  t.match(withStatement('SELECT 1 FROM ticket, note, agent'), /^STATEMENT_INVALID .* for each row of something else/)
})

t.test('what was checked when it was admitted is not checked again', async (t) => {
  const domain = structuredClone(desk)
  domain.statements.extra = 'SELECT 1 FROM ticket, note, agent'
  const image = (id: string) =>
    buildImage(domain.tables, domain.scenarios.find((scenario) => scenario.id === id)?.rows ?? {})
  t.throws(() => openWorld({ domain, image }), { code: 'STATEMENT_INVALID' })
  const world = openWorld({ domain, image, checked: true })
  t.equal(world.start('monday').rows('agent').length, 2)
  world.close()
})

t.test('the tables of a domain are held together by names that are there', async (t) => {
  t.match(
    refusalOf(
      (domain) => void domain.tables[1]?.foreign_keys.push({ columns: ['title'], table: 'agnt', references: ['id'] }),
    ),
    /^DOMAIN_INVALID The table "ticket": it refers to a table "agnt", which is not there\. Did you mean "agent"\?$/,
  )
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
