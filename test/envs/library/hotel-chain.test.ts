import { writeFileSync } from 'node:fs'
import { parse } from 'acorn'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { references } from '../../../envs/library/hotel-chain/tasks.ts'
import { libraryDomains } from '../../../envs/library/index.ts'
import { buildImage } from '../../../envs/runtime/image.ts'
import { openWorld } from '../../../envs/runtime/world.ts'
import { certifyTask } from '../../../envs/synthesis/certify.ts'
import type { Domain } from '../../../schemas/domain.ts'
import { domain as domainSchema } from '../../../schemas/domain.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { Certificate, Origin, Task } from '../../../schemas/task.ts'

const hotel = libraryDomains.find(({ id }) => id === 'hotel-chain') as Domain
const world = openWorld({
  domain: hotel,
  image: (id) => buildImage(hotel.tables, hotel.scenarios.find((scenario) => scenario.id === id)?.rows ?? {}),
})
t.teardown(() => world.close())

/** Where a value first stands in a result. */
function pathTo(value: Json, result: Json): (string | number)[] | null {
  if (result === value) return []
  if (typeof result !== 'object' || result === null) return null
  for (const [key, part] of Object.entries(result)) {
    const rest = pathTo(value, part)
    if (rest !== null) return [Array.isArray(result) ? Number(key) : key, ...rest]
  }
  return null
}

/** The origin of each argument: the slot of that value, else the first earlier output that has it. */
function originsOf(task: Task): Origin[] {
  const play = world.start(task.scenario)
  const results: Json[] = []
  const origins: Origin[] = []
  for (const [index, { tool, arguments: args }] of task.gold.calls.entries()) {
    for (const [argument, value] of Object.entries(args)) {
      const slot = task.slots.find(
        (candidate) => candidate.value === value && (candidate.name === argument || typeof value === 'string'),
      )
      if (slot !== undefined) {
        origins.push({ call: index, argument, slot: slot.name, ...columnOf(tool, argument) })
        continue
      }
      const call = results.findIndex((result) => pathTo(value, result) !== null)
      if (call >= 0)
        origins.push({
          call: index,
          argument,
          output: { call, path: pathTo(value, results[call] as Json) ?? [] },
          ...columnOf(tool, argument),
        })
    }
    const outcome = play.call(tool, args)
    results.push(outcome.ok ? outcome.result : null)
  }
  play.close()
  return origins
}

/** Of a write's argument, the column it is called after: `guest_id` is the key of a guest. */
function columnOf(name: string, argument: string): Pick<Origin, 'column'> {
  const tool = hotel.tools.find((each) => each.name === name)
  if (tool?.kind !== 'write') return {}
  const key = hotel.tables.find((table) => `${table.name}_id` === argument)
  if (key !== undefined) return { column: { table: key.name, name: 'id' } }
  const table = hotel.tables.find(
    (each) => tool.tables.includes(each.name) && each.columns.some((column) => column.name === argument),
  )
  return table === undefined ? {} : { column: { table: table.name, name: argument } }
}

t.test('the domain fits the contract', async (t) => {
  t.ok(domainSchema.safeParse(hotel).success)
  t.ok(hotel.tables.length >= 8 && hotel.tools.length >= 15 && hotel.tasks.length >= 20)
})

t.test('every task earns its certificate again, and it is the one that is shipped', async (t) => {
  const earned: Record<string, Certificate> = {}
  for (const task of hotel.tasks) {
    const claims = { origins: originsOf(task), references: references.get(task.id) ?? [] }
    const { certificate: _, ...bare } = task
    const outcome = certifyTask(world, bare, claims)
    if ('reason' in outcome) t.fail(`${task.id}: ${outcome.reason}: ${outcome.message}`)
    else earned[task.id] = outcome.certificate
  }
  if (process.env.UPDATE_GOLDEN === '1') {
    const comment = 'Generated: UPDATE_GOLDEN=1 with the test of this domain writes it.'
    writeFileSync(
      new URL('../../../envs/library/hotel-chain/certificates.json', import.meta.url),
      `${JSON.stringify({ $comment: comment, tasks: earned }, null, 2)}\n`,
    )
    return
  }
  for (const task of hotel.tasks) t.same(task.certificate, earned[task.id], task.id)
})

t.test('totals in the scenarios are what the program computes', async (t) => {
  for (const { id } of hotel.scenarios) {
    const play = world.start(id)
    for (const booking of play.rows('booking')) {
      if (booking.status !== 'confirmed') continue
      play.call('set_breakfast', { booking_id: booking.id as string, breakfast: booking.breakfast === 0 })
      play.call('set_breakfast', { booking_id: booking.id as string, breakfast: booking.breakfast === 1 })
    }
    t.same(play.changes(), [], id)
    play.close()
  }
})

const refusals: [string, string, JsonObject, string][] = [
  ['not_found', 'get_booking', { booking_id: 'none' }, 'No booking none.'],
  ['not_found', 'list_services', { hotel_id: 'none' }, 'No hotel none.'],
  [
    'not_found',
    'create_booking',
    { guest_id: 'none', room_type_id: 'room_a1', check_in: '2025-05-10', check_out: '2025-05-12', guests: 1 },
    'No guest none.',
  ],
  ['not_found', 'change_room_type', { booking_id: 'book_01', room_type_id: 'none' }, 'No room type none.'],
  ['not_found', 'add_service', { booking_id: 'book_08', service_id: 'none', quantity: 1 }, 'No service none.'],
  ['not_found', 'update_guest', { guest_id: 'none', phone: '1' }, 'No guest none.'],
  ['invalid', 'find_guests', {}, 'Give a name or an email to search for.'],
  [
    'invalid',
    'create_booking',
    { guest_id: 'gst_01', room_type_id: 'room_a1', check_in: '2025-05-10', check_out: '2025-05-10', guests: 1 },
    'check_out must be after check_in.',
  ],
  [
    'invalid',
    'create_booking',
    { guest_id: 'gst_01', room_type_id: 'room_a1', check_in: '2025-05-01', check_out: '2025-05-10', guests: 1 },
    'check_in 2025-05-01 is in the past.',
  ],
  [
    'invalid',
    'create_booking',
    { guest_id: 'gst_01', room_type_id: 'room_a1', check_in: '2025-05-10', check_out: '2025-06-20', guests: 1 },
    'A stay is 30 nights at most.',
  ],
  [
    'invalid',
    'create_booking',
    { guest_id: 'gst_01', room_type_id: 'room_b2', check_in: '2025-05-10', check_out: '2025-05-12', guests: 2 },
    'A Single holds 1, not 2.',
  ],
  [
    'not_permitted',
    'create_booking',
    { guest_id: 'gst_05', room_type_id: 'room_a1', check_in: '2025-05-10', check_out: '2025-05-12', guests: 1 },
    'Tiago Carvalho is under 18 on the day of arrival and can not book.',
  ],
  [
    'unavailable',
    'create_booking',
    { guest_id: 'gst_01', room_type_id: 'room_a2', check_in: '2025-05-16', check_out: '2025-05-19', guests: 2 },
    'No Sea View Double is free from 2025-05-16 to 2025-05-19.',
  ],
  [
    'conflict',
    'cancel_booking',
    { booking_id: 'book_11' },
    'The booking is cancelled; only a confirmed one can be cancelled.',
  ],
  ['conflict', 'check_in', { booking_id: 'book_01' }, 'The booking begins on 2025-05-03; today is 2025-05-02.'],
  [
    'conflict',
    'check_out',
    { booking_id: 'book_01' },
    'The booking is confirmed; only a checked_in one can be checked out.',
  ],
  ['conflict', 'set_breakfast', { booking_id: 'book_01', breakfast: true }, 'Breakfast is included already.'],
  [
    'conflict',
    'change_room_type',
    { booking_id: 'book_01', room_type_id: 'room_a1' },
    'The booking is for a Standard Double already.',
  ],
  [
    'invalid',
    'change_room_type',
    { booking_id: 'book_01', room_type_id: 'room_b1' },
    'The room type is in another hotel: cancel and book anew.',
  ],
  [
    'already_exists',
    'add_service',
    { booking_id: 'book_08', service_id: 'serv_e1', quantity: 1 },
    'Bicycle is on this booking already.',
  ],
  [
    'invalid',
    'add_service',
    { booking_id: 'book_08', service_id: 'serv_a1', quantity: 1 },
    'Airport Transfer is a service of another hotel.',
  ],
  [
    'conflict',
    'add_service',
    { booking_id: 'book_11', service_id: 'serv_a1', quantity: 1 },
    'The booking is cancelled; its services are settled.',
  ],
  [
    'not_found',
    'remove_service',
    { booking_id: 'book_01', service_id: 'serv_a1' },
    'That service is not on this booking.',
  ],
  ['not_found', 'pay_invoice', { invoice_id: 'none', method: 'card' }, 'No invoice none.'],
  ['invalid', 'update_guest', { guest_id: 'gst_01' }, 'Give an email or a phone number to change.'],
]

t.test('the program refuses what the policy forbids, in words, and changes nothing', async (t) => {
  const play = world.start('may')
  for (const [code, tool, args, message] of refusals) {
    t.match(
      play.call(tool, args),
      { ok: false, error: { error_type: 'execution_error', code, message } },
      `${tool} ${JSON.stringify(args)}`,
    )
  }
  t.same(play.changes(), [])
  t.match(play.call('check_out', { booking_id: 'book_07' }), { ok: true })
  const invoice = play.rows('invoice').find((row) => row.booking_id === 'book_07')?.id as string
  t.match(play.call('pay_invoice', { invoice_id: invoice, method: 'cash' }), { ok: true, result: { status: 'paid' } })
  t.match(play.call('pay_invoice', { invoice_id: invoice, method: 'cash' }), {
    ok: false,
    error: { code: 'conflict', message: 'The invoice is paid already.' },
  })
  play.close()
})

t.test('a room can not be booked more often than there are rooms', async (t) => {
  const play = world.start('may')
  const book = () =>
    play.call('create_booking', {
      guest_id: 'gst_09',
      room_type_id: 'room_e1',
      check_in: '2025-09-01',
      check_out: '2025-09-03',
      guests: 2,
    })
  t.match([book(), book(), book()], [{ ok: true }, { ok: true }, { ok: false, error: { code: 'unavailable' } }])
  play.close()
})

/** A node of the program's syntax tree. */
type Node = Record<string, unknown> & { type: string; start: number; end: number }

function visit(part: unknown, see: (node: Node) => void): void {
  if (typeof part !== 'object' || part === null) return
  if ('type' in part) see(part as Node)
  for (const child of Object.values(part)) visit(child, see)
}

const functions = new Map(
  (parse(hotel.program, { ecmaVersion: 'latest' }).body as unknown as Node[])
    .filter(({ type }) => type === 'FunctionDeclaration')
    .map((node) => [(node.id as { name: string }).name, node]),
)

t.test('every refusal in the program is reached above', async (t) => {
  // Reached: something was refused with this code, in words that fit the fixed parts of the message.
  const met: [code: string, message: string][] = refusals.map(([code, , , message]) => [code, message])
  met.push(['conflict', 'The invoice is paid already.'])
  let found = 0
  for (const [name, declaration] of functions) {
    visit(declaration.body, (node) => {
      if (node.type !== 'NewExpression') return
      found += 1
      const [code, message] = node.arguments as [{ value: string }, Node]
      const fixed =
        message.type === 'Literal'
          ? [String(message.value)]
          : (message.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked)
      const words = new RegExp(`^${fixed.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`)
      t.ok(
        met.some(([had, text]) => had === code.value && words.test(text)),
        `${name}: ${code.value}: ${fixed.join('…')}`,
      )
    })
  }
  t.ok(found > 20)
})

t.test('every tool succeeds in some gold, its result fits its schema, and a read changes nothing', async (t) => {
  const ajv = new Ajv2020({ strict: false })
  const succeeded = new Set<string>()
  for (const task of hotel.tasks) {
    const play = world.start(task.scenario)
    for (const { tool: name, arguments: args } of task.gold.calls) {
      const before = play.digest()
      const outcome = play.call(name, args)
      const tool = world.tool(name)
      if (tool?.kind === 'read' || !outcome.ok) t.equal(play.digest(), before, `${task.id}: ${name}`)
      if (!outcome.ok) continue
      succeeded.add(name)
      t.ok(ajv.validate(closed(tool?.output_schema ?? false), outcome.result), `${task.id}: ${name}`)
    }
    play.close()
  }
  t.same([...succeeded].sort(), hotel.tools.map(({ name }) => name).sort())
})

/** The schema with every object closed: a field that it does not tell of is a misfit too. */
function closed(schema: Json): JsonObject {
  const close = (part: Json): Json => {
    if (Array.isArray(part)) return part.map(close)
    if (typeof part !== 'object' || part === null) return part
    const inner = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, close(value)]))
    return part.type === 'object' ? { ...inner, additionalProperties: false } : inner
  }
  return close(schema) as JsonObject
}

t.test('a tool declares just the tables that its statements name', async (t) => {
  const used = new Set<string>()
  const tablesOf = (name: string, seen: Set<string>): string[] => {
    if (seen.has(name)) return []
    seen.add(name)
    const tables: string[] = []
    visit(functions.get(name)?.body, (node) => {
      if (node.type !== 'CallExpression') return
      const callee = node.callee as Node & { name?: string; object?: { name: string } }
      if (callee.object?.name === 'db') {
        const statement = (node.arguments as { value: string }[])[0]?.value ?? ''
        used.add(statement)
        for (const [, table] of (hotel.statements[statement] ?? '').matchAll(/(?:FROM|JOIN|INTO|UPDATE) (\w+)/g))
          tables.push(table as string)
      } else if (callee.name !== undefined && functions.has(callee.name)) tables.push(...tablesOf(callee.name, seen))
    })
    return tables
  }
  for (const tool of hotel.tools)
    t.same([...tool.tables].sort(), [...new Set(tablesOf(tool.name, new Set()))].sort(), tool.name)
  t.same([...used].sort(), Object.keys(hotel.statements).sort(), 'and no statement is left over')
})

t.test('tasks of one walk share a split', async (t) => {
  const splits = new Map<string, string>()
  for (const { id, walk, split } of hotel.tasks) {
    t.equal(splits.get(walk) ?? split, split, id)
    splits.set(walk, split)
  }
  t.same(new Set(splits.values()), new Set(['train', 'test']))
})

t.test('what was stayed and invoiced before a scenario begins adds up as well', async (t) => {
  const off: Record<string, number> = { none: 1, silver: 0.95, gold: 0.9 }
  for (const { id } of hotel.scenarios) {
    const play = world.start(id)
    const byId = (table: string, key: unknown) => play.rows(table).find((row) => row.id === key) ?? {}
    for (const booking of play.rows('booking')) {
      if (booking.status === 'cancelled') continue
      const room = byId('room_type', booking.room_type_id)
      const nights = (Date.parse(String(booking.check_out)) - Date.parse(String(booking.check_in))) / 86_400_000
      let total =
        nights * Number(room.price_per_night) * (off[String(byId('guest', booking.guest_id).tier)] ?? Number.NaN)
      if (booking.breakfast === 1)
        total += nights * Number(booking.guests) * Number(byId('hotel', room.hotel_id).breakfast_price)
      for (const line of play.rows('booked_service').filter((row) => row.booking_id === booking.id))
        total += Number(line.quantity) * Number(byId('service', line.service_id).price)
      t.equal(booking.total, Math.round(total * 100) / 100, `${id}: ${booking.id}`)
    }
    for (const invoice of play.rows('invoice'))
      t.equal(invoice.amount, byId('booking', invoice.booking_id).total, `${id}: ${invoice.id}`)
    play.close()
  }
})
