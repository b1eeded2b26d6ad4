/** A small domain for the runtime's tests: a help desk with agents and tickets. */

import { createHash } from 'node:crypto'
import { buildImage } from '../../../envs/runtime/image.ts'
import type { Limits } from '../../../envs/runtime/limits.ts'
import type { World } from '../../../envs/runtime/world.ts'
import { openWorld } from '../../../envs/runtime/world.ts'
import type { Domain, DomainInput } from '../../../schemas/domain.ts'
import { domain } from '../../../schemas/domain.ts'
import type { JsonObject } from '../../../schemas/json.ts'

const closed = (properties: JsonObject, required: string[] = []): JsonObject => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const text = { type: 'string' }

export const deskInput: DomainInput = {
  id: 'help-desk',
  version: createHash('sha256').update('desk').digest('hex').slice(0, 16),
  title: 'Help desk',
  description: 'Tickets and the agents who work on them.',
  policy: 'A closed ticket can not be changed.',
  sources: [],
  tables: [
    {
      name: 'agent',
      columns: [
        { name: 'id', type: 'TEXT', semantic: 'id' },
        { name: 'name', type: 'TEXT' },
        { name: 'load', type: 'INTEGER' },
      ],
      primary_key: ['id'],
    },
    {
      name: 'ticket',
      columns: [
        { name: 'id', type: 'TEXT', semantic: 'id' },
        { name: 'title', type: 'TEXT' },
        { name: 'status', type: 'TEXT', enum: ['open', 'closed'] },
        { name: 'agent_id', type: 'TEXT', nullable: true },
        { name: 'hours', type: 'REAL', nullable: true },
        { name: 'updated_at', type: 'TEXT', nullable: true, volatile: true },
      ],
      primary_key: ['id'],
      foreign_keys: [{ columns: ['agent_id'], table: 'agent', references: ['id'] }],
    },
    {
      name: 'note',
      columns: [
        { name: 'id', type: 'TEXT', semantic: 'id' },
        { name: 'ticket_id', type: 'TEXT' },
        { name: 'body', type: 'TEXT' },
      ],
      primary_key: ['id'],
      foreign_keys: [{ columns: ['ticket_id'], table: 'ticket', references: ['id'] }],
    },
  ],
  statements: {
    ticket_by_id: 'SELECT * FROM ticket WHERE id = :id',
    tickets: 'SELECT * FROM ticket WHERE (:status IS NULL OR status = :status) ORDER BY id LIMIT :limit',
    insert_ticket:
      "INSERT INTO ticket (id, title, status, agent_id, hours, updated_at) VALUES (:id, :title, 'open', :agent_id, NULL, :now)",
    set_status: 'UPDATE ticket SET status = :status, updated_at = :now WHERE id = :id',
    set_hours: 'UPDATE ticket SET hours = :hours WHERE id = :id',
    delete_ticket: 'DELETE FROM ticket WHERE id = :id',
    insert_note: 'INSERT INTO note (id, ticket_id, body) VALUES (:id, :ticket_id, :body)',
    notes: 'SELECT * FROM note WHERE ticket_id = :ticket_id ORDER BY id',
  },
  tools: [
    {
      name: 'list_tickets',
      description: 'Lists tickets.',
      kind: 'read',
      input_schema: closed({
        status: { type: 'string', enum: ['open', 'closed'] },
        limit: { type: 'integer', minimum: 1, maximum: 100 },
      }),
      output_schema: {},
      tables: ['ticket'],
    },
    {
      name: 'create_ticket',
      description: 'Opens a ticket.',
      kind: 'write',
      input_schema: closed({ title: text, agent_id: text }, ['title']),
      output_schema: {},
      tables: ['ticket'],
    },
    {
      name: 'close_ticket',
      description: 'Closes a ticket.',
      kind: 'write',
      input_schema: closed({ ticket_id: text }, ['ticket_id']),
      output_schema: {},
      tables: ['ticket'],
    },
    {
      name: 'set_hours',
      description: 'Books hours.',
      kind: 'write',
      input_schema: closed({ ticket_id: text, hours: { type: 'number' } }, ['ticket_id', 'hours']),
      output_schema: {},
      tables: ['ticket'],
    },
    {
      name: 'delete_ticket',
      description: 'Deletes a ticket.',
      kind: 'write',
      input_schema: closed({ ticket_id: text }, ['ticket_id']),
      output_schema: {},
      tables: ['ticket'],
    },
    {
      name: 'add_note',
      description: 'Adds a note.',
      kind: 'write',
      input_schema: closed({ ticket_id: text, body: text }, ['ticket_id', 'body']),
      output_schema: {},
      tables: ['note'],
    },
    {
      name: 'fail_late',
      description: 'Writes, then refuses.',
      kind: 'write',
      input_schema: closed({}),
      output_schema: {},
      tables: ['ticket'],
    },
    { name: 'crash', description: 'Throws.', kind: 'write', input_schema: closed({}), output_schema: {}, tables: [] },
    {
      name: 'hang',
      description: 'Never ends.',
      kind: 'write',
      input_schema: closed({}),
      output_schema: {},
      tables: [],
    },
    {
      name: 'swell',
      description: 'Takes all memory.',
      kind: 'write',
      input_schema: closed({}),
      output_schema: {},
      tables: [],
    },
    {
      name: 'draw',
      description: 'A number by chance.',
      kind: 'read',
      input_schema: closed({}),
      output_schema: {},
      tables: [],
    },
    {
      name: 'flood',
      description: 'A long result.',
      kind: 'read',
      input_schema: closed({}),
      output_schema: {},
      tables: [],
    },
  ],
  program: `
const titleMax = 200

function list_tickets (args, db) {
  return { items: db.all('tickets', { status: args.status ?? null, limit: args.limit ?? 20 }) }
}
function mustFind (db, id) {
  const ticket = db.get('ticket_by_id', { id })
  if (!ticket) throw new ToolError('not_found', 'No ticket ' + id + '.')
  return ticket
}
function create_ticket (args, db, ctx) {
  if (args.title.length > titleMax) throw new ToolError('invalid', 'The title is too long.')
  const id = ctx.id('ticket')
  db.run('insert_ticket', { id, title: args.title, agent_id: args.agent_id ?? null, now: ctx.now() })
  return db.get('ticket_by_id', { id })
}
function close_ticket (args, db, ctx) {
  const ticket = mustFind(db, args.ticket_id)
  if (ticket.status === 'closed') throw new ToolError('conflict', 'The ticket is closed already.')
  db.run('set_status', { id: ticket.id, status: 'closed', now: ctx.now() })
  return db.get('ticket_by_id', { id: ticket.id })
}
function set_hours (args, db) {
  mustFind(db, args.ticket_id)
  db.run('set_hours', { id: args.ticket_id, hours: args.hours })
  return db.get('ticket_by_id', { id: args.ticket_id })
}
function delete_ticket (args, db) {
  mustFind(db, args.ticket_id)
  return db.run('delete_ticket', { id: args.ticket_id })
}
function add_note (args, db, ctx) {
  const id = ctx.id('note')
  db.run('insert_note', { id, ticket_id: args.ticket_id, body: args.body })
  return { id }
}
function fail_late (args, db, ctx) {
  db.run('insert_ticket', { id: ctx.id('ticket'), title: 'x', agent_id: null, now: ctx.now() })
  throw new ToolError('late', 'Too late.')
}
function crash () { return null.x }
function hang () { let n = 0; while (n < 1) n = 0 }
function swell () { const all = []; for (let n = 1; n > 0; n++) all.push(new Array(1000).fill(1)) }
function draw (args, db, ctx) { return ctx.random() }
function flood () { return 'x'.repeat(100000) }
`,
  edges: [],
  scenarios: [
    {
      id: 'monday',
      now: '2025-05-05T09:00:00Z',
      rows: {
        agent: [
          { id: 'ag1', name: 'Ada', load: 1 },
          { id: 'ag2', name: 'Bo', load: 0 },
        ],
        ticket: [
          { id: 't1', title: 'Printer on fire', status: 'open', agent_id: 'ag1', hours: 0.1 + 0.2 },
          { id: 't2', title: 'No coffee', status: 'open', agent_id: null },
          { id: 't3', title: 'Old', status: 'closed', agent_id: null },
        ],
        note: [],
      },
    },
    { id: 'empty', now: '2025-06-01T00:00:00Z', rows: {} },
  ],
  tasks: [
    {
      id: 'close-coffee',
      intent: 'Close the ticket "No coffee".',
      language: 'en',
      scenario: 'monday',
      gold: {
        calls: [
          { tool: 'list_tickets', arguments: {} },
          { tool: 'close_ticket', arguments: { ticket_id: 't2' } },
        ],
      },
      slots: [],
      split: 'train',
      stage: 'general',
      walk: 'a',
    },
    {
      id: 'two-tickets',
      intent: 'Open "A" for Ada and "B", with a note on B.',
      language: 'en',
      scenario: 'monday',
      gold: {
        calls: [
          { tool: 'create_ticket', arguments: { title: 'A', agent_id: 'ag1' } },
          { tool: 'create_ticket', arguments: { title: 'B' } },
        ],
      },
      slots: [],
      split: 'train',
      stage: 'general',
      walk: 'b',
    },
    {
      id: 'who',
      intent: 'Which ticket is closed?',
      language: 'en',
      scenario: 'monday',
      gold: {
        calls: [{ tool: 'list_tickets', arguments: { status: 'closed' } }],
        answer: { value: 'Old', kind: 'text', source: { table: 'ticket', column: 'title' } },
      },
      slots: [],
      split: 'test',
      stage: 'general',
      walk: 'c',
    },
    {
      id: 'look',
      intent: 'Just list the open tickets.',
      language: 'en',
      scenario: 'monday',
      gold: { calls: [{ tool: 'list_tickets', arguments: { status: 'open' } }] },
      slots: [],
      split: 'test',
      stage: 'general',
      walk: 'd',
    },
  ],
}

export const desk: Domain = domain.parse(deskInput)

export function openDesk(limits: Partial<Limits> = {}, of: Domain = desk): World {
  return openWorld({
    domain: of,
    image: (id) => buildImage(of.tables, of.scenarios.find((scenario) => scenario.id === id)?.rows ?? {}),
    limits,
  })
}
