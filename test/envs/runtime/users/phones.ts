/**
 * A small domain in which the user has tools of its own: a telephone company's desk. The desk sees the contract; the
 * telephone is in the customer's hand, on the same database. After the telecom domain of tau2-bench (arXiv 2506.07982).
 */

import type { Domain, DomainInput } from '../../../../schemas/domain.ts'
import { domain } from '../../../../schemas/domain.ts'
import type { JsonObject } from '../../../../schemas/json.ts'
import type { Tool } from '../../../../schemas/tool.ts'

const input = (properties: JsonObject): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})
const text = (name: string, more: object = {}) => ({ name, type: 'TEXT' as const, ...more })
const flag = (name: string) => ({ name, type: 'INTEGER' as const, enum: [0, 1], semantic: 'boolean' })

function tool(kind: Tool['kind'], name: string, description: string, takes: JsonObject, role?: 'user'): Tool {
  const tables = ['customer', 'line', 'phone']
  return {
    name,
    description,
    kind,
    ...(role && { role }),
    input_schema: input(takes),
    output_schema: { type: 'object' },
    tables,
  }
}

const phonesInput: DomainInput = {
  id: 'phone-company',
  title: 'Phone company',
  description: 'Contracts and roaming at a telephone company; the telephone is in the hand of the customer.',
  policy: `You work at the desk of a telephone company. You see contracts, not telephones.

- Abroad a line works only with roaming, which you can set.
- A telephone in airplane mode has no signal. Only its owner can switch the airplane mode, or check the signal: ask for it.`,
  sources: [],
  tables: [
    { name: 'customer', columns: [text('id', { semantic: 'id' }), text('name')], primary_key: ['id'] },
    {
      name: 'line',
      columns: [text('id', { semantic: 'id' }), text('customer_id'), text('number'), flag('roaming')],
      primary_key: ['id'],
      foreign_keys: [{ columns: ['customer_id'], table: 'customer', references: ['id'] }],
    },
    {
      name: 'phone',
      columns: [text('line_id'), text('country'), flag('airplane_mode'), flag('bluetooth')],
      primary_key: ['line_id'],
      foreign_keys: [{ columns: ['line_id'], table: 'line', references: ['id'] }],
    },
  ],
  statements: {
    customers: 'SELECT id, name FROM customer WHERE name = :name ORDER BY id',
    lines: 'SELECT id, number, roaming FROM line WHERE customer_id = :customer_id ORDER BY id',
    line: 'SELECT id, number, roaming FROM line WHERE id = :id',
    set_roaming: 'UPDATE line SET roaming = :roaming WHERE id = :id',
    phones:
      'SELECT p.line_id, p.country, p.airplane_mode, l.roaming FROM phone p JOIN line l ON l.id = p.line_id ORDER BY p.line_id',
    set_airplane_mode: 'UPDATE phone SET airplane_mode = :on',
    set_bluetooth: 'UPDATE phone SET bluetooth = :on',
  },
  tools: [
    tool('read', 'find_customers', 'Finds customers by their name.', { name: { type: 'string' } }),
    tool('read', 'list_lines', 'Lists the lines of a customer.', { customer_id: { type: 'string' } }),
    tool('write', 'set_roaming', 'Switches roaming of a line.', {
      line_id: { type: 'string' },
      roaming: { type: 'boolean' },
    }),
    tool('read', 'check_signal', 'Looks at the signal that the telephone shows.', {}, 'user'),
    tool('write', 'switch_airplane_mode', 'Switches the airplane mode.', { on: { type: 'boolean' } }, 'user'),
    tool('write', 'switch_bluetooth', 'Switches Bluetooth.', { on: { type: 'boolean' } }, 'user'),
  ],
  program: `
function find_customers(args, db) { return { customers: db.all('customers', { name: args.name }) } }
function list_lines(args, db) { return { lines: db.all('lines', { customer_id: args.customer_id }) } }
function set_roaming(args, db) {
  db.run('set_roaming', { id: args.line_id, roaming: args.roaming })
  return db.get('line', { id: args.line_id })
}
function check_signal(args, db) {
  const phone = db.all('phones', {})[0]
  if (phone.airplane_mode) return { signal: 'none', airplane_mode: true }
  return { signal: phone.country === 'home' || phone.roaming ? 'full' : 'searching', airplane_mode: false }
}
function switch_airplane_mode(args, db) {
  db.run('set_airplane_mode', { on: args.on })
  return check_signal({}, db)
}
function switch_bluetooth(args, db) {
  db.run('set_bluetooth', { on: args.on })
  return { bluetooth: args.on }
}
`,
  edges: [
    { from: { tool: 'find_customers', field: 'customers[].id' }, to: { tool: 'list_lines', parameter: 'customer_id' } },
    { from: { tool: 'list_lines', field: 'lines[].id' }, to: { tool: 'set_roaming', parameter: 'line_id' } },
  ],
  scenarios: [
    {
      id: 'abroad',
      now: '2025-08-01T10:00:00Z',
      rows: {
        customer: [
          { id: 'cus_1', name: 'Noa Levi' },
          { id: 'cus_2', name: 'Per Holm' },
        ],
        line: [
          { id: 'lin_1', customer_id: 'cus_1', number: '+972 3 5550101', roaming: 0 },
          { id: 'lin_2', customer_id: 'cus_2', number: '+45 33 555 01', roaming: 0 },
        ],
        phone: [{ line_id: 'lin_1', country: 'Portugal', airplane_mode: 1, bluetooth: 0 }],
      },
    },
  ],
  tasks: [
    {
      id: 'no-signal',
      intent: 'My telephone has no signal here in Portugal; please help. I am Noa Levi.',
      language: 'en',
      scenario: 'abroad',
      gold: {
        calls: [
          { tool: 'find_customers', arguments: { name: 'Noa Levi' } },
          { tool: 'list_lines', arguments: { customer_id: 'cus_1' } },
          { tool: 'set_roaming', arguments: { line_id: 'lin_1', roaming: true } },
          { tool: 'switch_airplane_mode', arguments: { on: false } },
        ],
      },
      slots: [{ name: 'customer_name', value: 'Noa Levi', said: 'Noa Levi' }],
      split: 'train',
      stage: 'vertical',
      walk: 'find_customers>list_lines>set_roaming>switch_airplane_mode',
    },
    {
      id: 'roaming-only',
      intent: 'Please switch on roaming for the line of Per Holm.',
      language: 'en',
      scenario: 'abroad',
      gold: {
        calls: [
          { tool: 'find_customers', arguments: { name: 'Per Holm' } },
          { tool: 'list_lines', arguments: { customer_id: 'cus_2' } },
          { tool: 'set_roaming', arguments: { line_id: 'lin_2', roaming: true } },
        ],
      },
      slots: [{ name: 'customer_name', value: 'Per Holm', said: 'Per Holm' }],
      split: 'train',
      stage: 'vertical',
      walk: 'find_customers>list_lines>set_roaming',
    },
  ],
}

export const phones: Domain = { ...domain.parse(phonesInput), version: '00000000000000aa' }
export const rowsOf = (scenario: string): Record<string, Record<string, string | number | null>[]> =>
  phones.scenarios.find(({ id }) => id === scenario)?.rows ?? {}
