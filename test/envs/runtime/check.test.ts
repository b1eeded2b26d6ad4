/** An author is told everything that is wrong with a domain, each with its place. */

import fc from 'fast-check'
import t from 'tap'
import { buildImages, domainVersion } from '../../../envs/catalog.ts'
import { libraryDomains } from '../../../envs/library/index.ts'
import type { Findings } from '../../../envs/runtime/check.ts'
import { findProblems } from '../../../envs/runtime/check.ts'
import { openWorld } from '../../../envs/runtime/world.ts'
import type { Domain, DomainInput } from '../../../schemas/domain.ts'
import { errorCodes, MicrocosmError } from '../../../schemas/errors.ts'
import { deskInput } from './desk.ts'

// biome-ignore lint/suspicious/noExplicitAny: a file holds anything
type Loose = any

const changed = (change: (domain: Loose) => void): Loose => {
  const domain: Loose = JSON.parse(JSON.stringify(deskInput))
  change(domain)
  return domain
}
const places = ({ problems }: Findings): string[] => problems.map(({ place }) => place)
const told = (change: (domain: Loose) => void): string[] =>
  findProblems(changed(change)).problems.map(({ place, message }) => `${place}: ${message}`)

t.test('a sound domain has no problems, its defaults filled in and its images built', async (t) => {
  const { domain, images, problems } = findProblems(deskInput)
  t.same(problems, [])
  t.same([...images.keys()], ['monday', 'empty'])
  t.same(domain?.tables[0]?.foreign_keys, [])
  for (const each of libraryDomains) {
    const found = findProblems(JSON.parse(JSON.stringify(each)))
    t.same(found.problems, [], each.id)
    t.equal(
      domainVersion(found.domain as Domain, found.images),
      domainVersion(
        each,
        buildImages(each, () => ({})),
      ),
    )
  }
})

const cases: [string, (domain: Loose) => void, RegExp[]][] = [
  ['what has no title', (d) => delete d.title, [/^title: At title: /]],
  [
    'an unknown field',
    (d) => {
      d.tables[0].colour = 1
    },
    [/^tables\[0\]: .*"colour"/],
  ],
  [
    'a kind that is none',
    (d) => {
      d.tools[3].kind = 'both'
    },
    [/^tools\[3\]\.kind: At tools\[3\]\.kind: /],
  ],
  [
    'a name that can be none',
    (d) => {
      d.tools[2].name = 'Close-Ticket'
    },
    [/^tools\[2\]\.name: /],
  ],
  [
    'two tables of a name',
    (d) => {
      d.tables.push(d.tables[0])
    },
    [/^tables\[3\]\.name: There are two tables named "agent"\.$/],
  ],
  [
    'two columns of a name',
    (d) => {
      d.tables[0].columns.push(d.tables[0].columns[1])
    },
    [/^tables\[0\]\.columns\[3\]\.name: .*two columns named "name"/],
  ],
  [
    'a key of no column',
    (d) => {
      d.tables[2].primary_key = ['idd']
    },
    [/^tables\[2\]\.primary_key\[0\]: .*no column "idd" for its key\. Did you mean "id"\?/],
  ],
  [
    'a reference to no table',
    (d) => {
      d.tables[1].foreign_keys[0].table = 'agents'
    },
    [/^tables\[1\]\.foreign_keys\[0\]: .*"agents", which is not there\. Did you mean "agent"\?/],
  ],
  [
    'a reference by no column',
    (d) => {
      d.tables[1].foreign_keys[0].columns = ['agent']
    },
    [/^tables\[1\]\.foreign_keys\[0\]: .*no column "agent" to refer by/],
  ],
  [
    'a reference to no key',
    (d) => {
      d.tables[1].foreign_keys[0].references = ['name']
    },
    [/^tables\[1\]\.foreign_keys\[0\]: .*by its whole key \(id\), not by \(name\)/],
  ],
  [
    'a reference of another type',
    (d) => {
      d.tables[1].columns[3].type = 'INTEGER'
    },
    [/^tables\[1\]\.foreign_keys\[0\]: .*"agent_id" is INTEGER, and "id" of "agent" is TEXT/],
  ],
  [
    'an enum of another type',
    (d) => {
      d.tables[1].columns[2].enum = ['open', 3, 'closed']
    },
    [/^tables\[1\]\.columns\[2\]\.enum: .*3 can't stand in the TEXT column "status"/],
  ],
  [
    'a name of the database',
    (d) => {
      d.tables.push({ ...d.tables[0], name: 'sqlite_stat1' })
    },
    [/^tables\[3\]\.name: .*sqlite_/],
  ],
  [
    'two tools of a name',
    (d) => {
      d.tools.push(d.tools[0])
    },
    [/^tools\[12\]\.name: There are two tools named "list_tickets"\.$/],
  ],
  [
    'a reserved name',
    (d) => {
      d.tools[10].name = 'submit'
      d.program += 'function submit () {}'
    },
    [/^tools\[10\]\.name: "submit" is a name of the protocol/],
  ],
  [
    'a tool of no table',
    (d) => {
      d.tools[0].tables = ['tickets']
    },
    [/^tools\[0\]\.tables\[0\]: .*"tickets", which is not there\. Did you mean "ticket"\?/],
  ],
  [
    'an open schema',
    (d) => {
      d.tools[0].input_schema.additionalProperties = true
    },
    [/^tools\[0\]\.input_schema: .*closed object/],
  ],
  [
    'a pattern',
    (d) => {
      d.tools[0].input_schema.properties.a = { type: 'string', pattern: 'x' }
    },
    [/^tools\[0\]\.input_schema: .*pattern/],
  ],
  [
    'an input schema that is none',
    (d) => {
      d.tools[4].input_schema.properties.ticket_id = { type: 'txt' }
    },
    [/^tools\[4\]\.input_schema: The input_schema of "delete_ticket" is no JSON Schema/],
  ],
  [
    'an output schema that is none',
    (d) => {
      d.tools[4].output_schema = { type: 7 }
    },
    [/^tools\[4\]\.output_schema: The output_schema of "delete_ticket" is no JSON Schema/],
  ],
  [
    'a tool without a function',
    (d) => {
      d.program = d.program.replace('function draw', 'function drew')
    },
    [/^program: .*no function for the tool "draw"\. Did you mean "drew"\?/],
  ],
  [
    'programs that keep state',
    (d) => {
      d.program = `let n = 0; var m\n${d.program}`
    },
    [/^program 1:1: /, /^program 1:12: /],
  ],
  [
    'a statement that a program lacks',
    (d) => {
      d.program = d.program.replace("db.all('tickets'", "db.all('ticket'")
    },
    [/^program 5:19: The program names a statement "ticket", which is not there\. Did you mean "tickets"\?/],
  ],
  [
    'statements that may not be',
    (d) => {
      d.statements.tickets = 'SELECT random() FROM tickt'
      d.statements.notes = 'DROP TABLE note'
    },
    [/^statements\.notes 1:1: /, /^statements\.tickets 1:8: /, /^statements\.tickets 1:22: /],
  ],
  [
    'a statement that does not prepare',
    (d) => {
      d.statements.tickets = 'SELECT colour FROM ticket'
    },
    [/^statements\.tickets: Statement "tickets": no such column: colour\.$/],
  ],
  [
    'rows of all kinds',
    (d) => {
      const rows = d.scenarios[0].rows
      rows.agent.push(
        { id: 'ag1', name: 'Again', load: 0 },
        { id: 'ag3', name: null, load: 0 },
        { id: 'ag4', name: 'X', load: 'many' },
        { id: 'ag5', name: 'X', load: 0, colour: 1 },
      )
      rows.ticket.push(
        { id: 't9', title: 'X', status: 'lost' },
        { id: 't8', title: 'X', status: 'open', agent_id: 'gone' },
      )
      rows.tickets = []
    },
    [
      /^scenarios\[0\]\.rows\.tickets: There is no table "tickets"\. Did you mean "ticket"\?/,
      /^scenarios\[0\]\.rows\.agent\[2\]: The row id "ag1" of "agent": UNIQUE/,
      /^scenarios\[0\]\.rows\.agent\[3\]: .*NOT NULL/,
      /^scenarios\[0\]\.rows\.agent\[4\]: .*cannot store TEXT value in INTEGER column/,
      /^scenarios\[0\]\.rows\.agent\[5\]\.colour: .*there is no column "colour"/,
      /^scenarios\[0\]\.rows\.ticket\[3\]: .*CHECK constraint failed/,
      /^scenarios\[0\]\.rows\.ticket\[4\]: .*refers by agent_id "gone" to a row of "agent" that is not there/,
    ],
  ],
  [
    'a text that is too long',
    (d) => {
      d.scenarios[0].rows.note.push({ id: 'n1', ticket_id: 't1', body: 'x'.repeat(20_000) })
    },
    [/^scenarios\[0\]\.rows\.note\[0\]\.body: The text has 20000 characters, more than 16384/],
  ],
  [
    'two scenarios of a name',
    (d) => {
      d.scenarios[1].id = 'monday'
    },
    [/^scenarios\[1\]\.id: There are two scenarios named "monday"/],
  ],
  [
    'a scenario without rows',
    (d) => {
      delete d.scenarios[1].rows
    },
    [/^scenarios\[1\]: The scenario "empty" has neither rows nor a seed/],
  ],
  [
    'a seed that nothing makes rows of',
    (d) => {
      delete d.scenarios[1].rows
      d.scenarios[1].seed = 1
    },
    [/^scenarios\[1\]: The scenario "empty" has a seed and no rows, and nothing here/],
  ],
  [
    'edges to nowhere',
    (d) => {
      d.edges = [
        { from: { tool: 'list_tickets', field: 'items[].id' }, to: { tool: 'close_tickets', parameter: 'x' } },
        { from: { tool: 'nothing', field: 'id' }, to: { tool: 'close_ticket', parameter: 'ticket' } },
      ]
    },
    [
      /^edges\[0\]\.to\.tool: .*Did you mean "close_ticket"\?/,
      /^edges\[1\]\.from\.tool: /,
      /^edges\[1\]\.to\.parameter: .*no parameter "ticket"/,
    ],
  ],
  [
    'tasks that name nothing',
    (d) => {
      d.tasks[0].scenario = 'tuesday'
      d.tasks[1].gold.calls[1].tool = 'create_tickets'
      d.tasks[1].gold.calls[0].arguments = { titel: 'A' }
      d.tasks[2].gold.answer.source.column = 'titel'
      d.tasks[3].id = 'who'
    },
    [
      /^tasks\[3\]\.id: There are two tasks named "who"/,
      /^tasks\[0\]\.scenario: There is no scenario "tuesday"\.$/,
      /^tasks\[1\]\.gold\.calls\[0\]\.arguments: The call of "create_ticket" does not fit it: .*"titel"/,
      /^tasks\[1\]\.gold\.calls\[1\]\.tool: There is no tool "create_tickets"\. Did you mean "create_ticket"\?/,
      /^tasks\[2\]\.gold\.answer\.source\.column: "ticket" has no column "titel"\. Did you mean "title"\?/,
    ],
  ],
]

t.test('each mistake is told with its place, and once', async (t) => {
  for (const [what, change, wanted] of cases) {
    const found = told(change)
    t.equal(found.length, wanted.length, `${what}: ${found.join(' | ')}`)
    wanted.forEach((words, index) => void t.match(found[index], words, what))
  }
})

t.test('mistakes of all parts are told in one go, even where the form is wrong', async (t) => {
  const found = findProblems(
    changed((domain) => {
      domain.title = 3
      domain.tools[1].kind = 'both'
      domain.tools[2].input_schema.additionalProperties = true
      domain.statements.tickets = 'VACUUM'
      domain.program = `let n = 0\n${domain.program}`
      domain.scenarios[0].rows.agent[1].load = 'many'
      domain.tasks[0].scenario = 'tuesday'
    }),
  )
  t.equal(found.domain, null)
  t.same(places(found), [
    'title',
    'tools[1].kind',
    'tools[2].input_schema',
    'program 1:1',
    'scenarios[0].rows.agent[1]',
    'statements.tickets 1:1',
    'tasks[0].scenario',
  ])
})

t.test('a call of gold that is to be refused need not fit its tool', async (t) => {
  const found = told((domain) => {
    domain.tasks[0].gold.calls = [
      { tool: 'close_ticket', arguments: {}, expect_error: 'INVALID_ARGS' },
      { tool: 'nothing', arguments: {}, expect_error: 'TOOL_NOT_FOUND' },
    ]
  })
  t.same(found, [])
})

t.test('rows of a seed are made by who can make them, and a refusal of theirs is a problem', async (t) => {
  const seeded = changed((domain) => {
    delete domain.scenarios[1].rows
    domain.scenarios[1].seed = 7
  })
  const found = findProblems(seeded, {
    rowsOf: (tables, { seed, now }) => ({ [tables[0]?.name as string]: [{ id: `ag${seed}`, name: now, load: 1 }] }),
  })
  t.same(found.problems, [])
  t.ok(found.images.has('empty'))
  const refused = findProblems(seeded, {
    rowsOf: () => {
      throw new MicrocosmError('DOMAIN_INVALID', 'No rows.')
    },
  })
  t.same(refused.problems, [{ code: 'DOMAIN_INVALID', place: 'scenarios[1]', message: 'No rows.' }])
})

t.test('a world is refused for the first problem that its author is told', async (t) => {
  const changes: ((domain: Loose) => void)[] = [
    (domain) => {
      domain.tables[1].foreign_keys[0].table = 'agents'
    },
    (domain) => {
      domain.tools[0].name = 'submit'
    },
    (domain) => {
      domain.program = `let n = 0\n${domain.program}`
    },
    (domain) => {
      domain.statements.tickets = 'SELECT 1 FROM ticket, note, agent'
    },
  ]
  for (const change of changes) {
    const value = changed(change)
    const { domain, images, problems } = findProblems(value)
    const [first] = problems
    try {
      openWorld({ domain: domain as Domain, image: (id) => images.get(id) as Uint8Array }).close()
      t.fail('it opens')
    } catch (error) {
      const { code, message, details } = error as MicrocosmError
      t.same({ code, message, place: details.place }, first)
    }
  }
})

t.test('any JSON gives findings, never an error', async () => {
  const keys = Object.keys(deskInput) as (keyof DomainInput)[]
  const mutated = fc.tuple(fc.constantFrom(...keys), fc.jsonValue(), fc.nat(12)).map(([key, value, index]) =>
    changed((domain) => {
      if (Array.isArray(domain[key]) && domain[key].length > 0) domain[key][index % domain[key].length] = value
      else domain[key] = value
    }),
  )
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), mutated), (value) => {
      const { problems } = findProblems(value)
      return problems.every(({ code, place, message }) => errorCodes.includes(code) && place !== '' && message !== '')
    }),
    { numRuns: 60 },
  )
})
