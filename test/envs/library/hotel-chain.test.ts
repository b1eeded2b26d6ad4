import { writeFileSync } from 'node:fs'
import t from 'tap'
import { references } from '../../../envs/library/hotel-chain/tasks.ts'
import { libraryDomains } from '../../../envs/library/index.ts'
import { buildImage } from '../../../envs/runtime/image.ts'
import { openWorld } from '../../../envs/runtime/world.ts'
import { certifyTask } from '../../../envs/synthesis/certify.ts'
import { domain as domainSchema } from '../../../schemas/domain.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { Certificate, Origin, Task } from '../../../schemas/task.ts'

const hotel = libraryDomains.find(({ id }) => id === 'hotel-chain')
if (hotel === undefined) throw new Error('the library lacks the hotel chain')
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
        origins.push({ call: index, argument, slot: slot.name })
        continue
      }
      const call = results.findIndex((result) => pathTo(value, result) !== null)
      if (call >= 0)
        origins.push({ call: index, argument, output: { call, path: pathTo(value, results[call] as Json) ?? [] } })
    }
    const outcome = play.call(tool, args)
    results.push(outcome.ok ? outcome.result : null)
  }
  play.close()
  return origins
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
  t.match(play.call('check_out', { booking_id: 'book_07' }), { ok: true })
  const invoice = play.rows('invoice').find((row) => row.booking_id === 'book_07')?.id as string
  t.match(play.call('pay_invoice', { invoice_id: invoice, method: 'cash' }), { ok: true, result: { status: 'paid' } })
  t.match(play.call('pay_invoice', { invoice_id: invoice, method: 'cash' }), { ok: false, error: { code: 'conflict' } })
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
