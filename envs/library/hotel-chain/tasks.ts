/**
 * The tasks of the hotel chain, as a receptionist would hear them. Certificates are earned by execution and kept in
 * certificates.json (generated: UPDATE_GOLDEN=1 with the test of this domain writes it).
 */

import { readFileSync } from 'node:fs'
import type { Cell, Json, JsonObject } from '../../../schemas/json.ts'
import type { Certificate, GoldAnswer, GoldCall, Reference, Task } from '../../../schemas/task.ts'

const certificates = JSON.parse(readFileSync(new URL('certificates.json', import.meta.url), 'utf8')) as {
  tasks: Record<string, Certificate>
}

/** What the intent names without its identifier; `found_by` is the call that shows it. */
export const references = new Map<string, Reference[]>()

interface Given {
  /** Name → [as a tool takes it, as the intent says it, what it is called where that is not its name]. */
  slots?: Record<string, [Json, string, ...string[]]>
  names: Reference[]
  answer?: GoldAnswer
  test?: true
  zh?: true
}

function task(
  id: string,
  scenario: string,
  intent: string,
  calls: GoldCall[],
  { slots = {}, names, answer, test, zh }: Given,
): Task {
  references.set(id, names)
  const certificate = certificates.tasks[id]
  return {
    id,
    intent,
    language: zh ? 'zh' : 'en',
    scenario,
    gold: answer === undefined ? { calls } : { calls, answer },
    slots: Object.entries(slots).map(([name, [value, said, ...words]]) => ({
      name,
      value,
      said,
      ...(words.length > 0 && { words: { name: [...words, name.replaceAll('_', ' ')], thing: [] } }),
    })),
    split: test ? 'test' : 'train',
    stage: calls.length > 2 ? 'vertical' : 'general',
    walk: calls.map((call) => call.tool).join('>'),
    ...(certificate === undefined ? {} : { certificate }),
  }
}

const call = (tool: string, args: JsonObject, expect?: string): GoldCall =>
  expect === undefined ? { tool, arguments: args } : { tool, arguments: args, expect_error: expect }
const named = (said: string, table: string, key: string, where: Record<string, Cell>, found_by: number): Reference => ({
  said,
  table,
  where,
  key: { id: key },
  found_by,
})
const person = (name: string, id: string, at = 0): Reference => named(name, 'guest', id, { name }, at)
const fact = (value: string | number, kind: GoldAnswer['kind'], table: string, column: string): GoldAnswer => ({
  value,
  kind,
  source: { table, column },
})
const find = (name: string) => call('find_guests', { name })
const same = (value: string): [Json, string] => [value, value]

export const tasks: Task[] = [
  task(
    'pool-in-lisbon',
    'may',
    'Which of our hotels in Lisbon has a pool?',
    [call('search_hotels', { city: 'Lisbon', pool: true })],
    {
      slots: { city: same('Lisbon'), pool: [true, 'has a pool'] },
      names: [named('hotels in Lisbon has a pool', 'hotel', 'hot_a1', { city: 'Lisbon', pool: 1 }, 0)],
      answer: fact('Aurora', 'text', 'hotel', 'name'),
    },
  ),
  task(
    'breakfast-in-vienna',
    'may',
    'What does breakfast cost at the Aurora in Vienna?',
    [call('search_hotels', { city: 'Vienna' })],
    {
      slots: { city: same('Vienna') },
      names: [named('the Aurora in Vienna', 'hotel', 'hot_c3', { name: 'Aurora', city: 'Vienna' }, 0)],
      answer: fact(24, 'number', 'hotel', 'breakfast_price'),
    },
  ),
  task(
    'amaras-arrival',
    'may',
    'When does Amara Okafor arrive at the Aurora in Lisbon?',
    [find('Amara Okafor'), call('list_bookings', { guest_id: 'gst_06' })],
    {
      slots: { name: same('Amara Okafor') },
      names: [
        person('Amara Okafor', 'gst_06'),
        named('arrive at the Aurora in Lisbon', 'booking', 'book_06', { guest_id: 'gst_06', status: 'confirmed' }, 1),
      ],
      answer: fact('2025-05-14', 'date', 'booking', 'check_in'),
      test: true,
    },
  ),
  task(
    'cancel-porto',
    'may',
    "Jonas Müller can't come to Porto on 10 May after all. Please cancel his booking.",
    [
      find('Jonas Müller'),
      call('list_bookings', { guest_id: 'gst_03' }),
      call('cancel_booking', { booking_id: 'book_04' }),
    ],
    {
      slots: { name: same('Jonas Müller') },
      names: [
        person('Jonas Müller', 'gst_03'),
        named('his booking', 'booking', 'book_04', { guest_id: 'gst_03', check_in: '2025-05-10' }, 1),
      ],
    },
  ),
  task(
    'cancel-late',
    'may',
    'Hanna Müller has fallen ill. Cancel her stay at the Aurora in Lisbon that begins on 3 May; she knows that it costs her the first night.',
    [
      find('Hanna Müller'),
      call('list_bookings', { guest_id: 'gst_01' }),
      call('cancel_booking', { booking_id: 'book_01' }),
    ],
    {
      slots: { name: same('Hanna Müller') },
      names: [
        person('Hanna Müller', 'gst_01'),
        named(
          'her stay at the Aurora in Lisbon that begins on 3 May',
          'booking',
          'book_01',
          { guest_id: 'gst_01', check_in: '2025-05-03' },
          1,
        ),
      ],
    },
  ),
  task(
    'add-breakfast',
    'may',
    'Could you add breakfast to the booking of Hannah Mueller? She asked for it this morning.',
    [
      find('Hannah Mueller'),
      call('list_bookings', { guest_id: 'gst_02' }),
      call('set_breakfast', { booking_id: 'book_03', breakfast: true }),
    ],
    {
      slots: { name: same('Hannah Mueller'), breakfast: [true, 'add breakfast'] },
      names: [
        person('Hannah Mueller', 'gst_02'),
        named('the booking of Hannah Mueller', 'booking', 'book_03', { guest_id: 'gst_02' }, 1),
      ],
    },
  ),
  task(
    'a-day-later',
    'may',
    'Amara Okafor comes to Lisbon a day later than planned: please move her booking of 14 May so that it runs from 15 May to 18 May 2025.',
    [
      find('Amara Okafor'),
      call('list_bookings', { guest_id: 'gst_06' }),
      call('change_booking_dates', { booking_id: 'book_06', check_in: '2025-05-15', check_out: '2025-05-18' }),
    ],
    {
      slots: {
        name: same('Amara Okafor'),
        check_in: ['2025-05-15', '15 May'],
        check_out: ['2025-05-18', '18 May 2025'],
      },
      names: [
        person('Amara Okafor', 'gst_06'),
        named('her booking of 14 May', 'booking', 'book_06', { guest_id: 'gst_06', check_in: '2025-05-14' }, 1),
      ],
    },
  ),
  task(
    'steiner-leaves',
    'may',
    'Lukas Steiner is leaving the Ringhof. Check him out and take the payment by card.',
    [
      find('Lukas Steiner'),
      call('list_bookings', { guest_id: 'gst_07' }),
      call('check_out', { booking_id: 'book_07' }),
      call('list_invoices', { guest_id: 'gst_07' }),
      call('pay_invoice', { invoice_id: 'invo_e9hjov', method: 'card' }),
    ],
    {
      slots: { name: same('Lukas Steiner'), method: same('card') },
      names: [
        person('Lukas Steiner', 'gst_07'),
        named('leaving the Ringhof', 'booking', 'book_07', { guest_id: 'gst_07', status: 'checked_in' }, 1),
      ],
    },
  ),
  task(
    'ines-arrives',
    'may',
    'Ines Carvalho has just arrived at the Tagus View. Check her in, and put 2 of the Airport Transfer on her booking.',
    [
      find('Ines Carvalho'),
      call('list_bookings', { guest_id: 'gst_04' }),
      call('check_in', { booking_id: 'book_05' }),
      call('list_services', { hotel_id: 'hot_d4' }),
      call('add_service', { booking_id: 'book_05', service_id: 'serv_d1', quantity: 2 }),
    ],
    {
      slots: { name: same('Ines Carvalho'), quantity: [2, '2'] },
      names: [
        person('Ines Carvalho', 'gst_04'),
        named('her booking', 'booking', 'book_05', { guest_id: 'gst_04' }, 1),
        named('the Airport Transfer', 'service', 'serv_d1', { hotel_id: 'hot_d4', name: 'Airport Transfer' }, 3),
      ],
    },
  ),
  task(
    'cheapest-with-breakfast',
    'may',
    'Mei Tanaka wants to be in Lisbon from 20 May 2025 to 22 May 2025, 2 people, with breakfast. Book her the room that is cheapest including breakfast, whichever of our hotels there it is in.',
    [
      find('Mei Tanaka'),
      call('search_hotels', { city: 'Lisbon' }),
      ...['hot_a1', 'hot_d4', 'hot_e5'].map((hotel_id) =>
        call('check_availability', { hotel_id, check_in: '2025-05-20', check_out: '2025-05-22', guests: 2 }),
      ),
      call('create_booking', {
        guest_id: 'gst_08',
        room_type_id: 'room_e1',
        check_in: '2025-05-20',
        check_out: '2025-05-22',
        guests: 2,
        breakfast: true,
      }),
    ],
    {
      slots: {
        name: same('Mei Tanaka'),
        city: same('Lisbon'),
        check_in: ['2025-05-20', '20 May 2025'],
        check_out: ['2025-05-22', '22 May 2025'],
        guests: [2, '2 people'],
        breakfast: [true, 'with breakfast'],
      },
      names: [person('Mei Tanaka', 'gst_08')],
    },
  ),
  task(
    'sea-view-or-standard',
    'may',
    'Please book the Sea View Double at the Aurora in Lisbon for Mei Tanaka, from 6 June 2025 to 8 June 2025 for 2 people. If it is taken, the Standard Double there will do.',
    [
      find('Mei Tanaka'),
      call('search_hotels', { city: 'Lisbon' }),
      call('list_room_types', { hotel_id: 'hot_a1' }),
      call(
        'create_booking',
        { guest_id: 'gst_08', room_type_id: 'room_a2', check_in: '2025-06-06', check_out: '2025-06-08', guests: 2 },
        'unavailable',
      ),
      call('create_booking', {
        guest_id: 'gst_08',
        room_type_id: 'room_a1',
        check_in: '2025-06-06',
        check_out: '2025-06-08',
        guests: 2,
      }),
    ],
    {
      slots: {
        name: same('Mei Tanaka'),
        city: same('Lisbon'),
        check_in: ['2025-06-06', '6 June 2025'],
        check_out: ['2025-06-08', '8 June 2025'],
        guests: [2, '2 people'],
      },
      names: [
        person('Mei Tanaka', 'gst_08'),
        named('the Aurora in Lisbon', 'hotel', 'hot_a1', { name: 'Aurora', city: 'Lisbon' }, 1),
        named('the Sea View Double', 'room_type', 'room_a2', { hotel_id: 'hot_a1', name: 'Sea View Double' }, 2),
        named('the Standard Double there', 'room_type', 'room_a1', { hotel_id: 'hot_a1', name: 'Standard Double' }, 2),
      ],
    },
  ),
  task(
    'what-amara-owes',
    'may',
    'How much does Amara Okafor still owe us?',
    [find('Amara Okafor'), call('list_invoices', { guest_id: 'gst_06' })],
    {
      slots: { name: same('Amara Okafor') },
      names: [person('Amara Okafor', 'gst_06')],
      answer: fact(820, 'number', 'invoice', 'amount'),
      test: true,
    },
  ),
  task(
    'new-phone',
    'may',
    'Mei Tanaka has a phone number at last: it is +81 3 5550199. Please note it.',
    [find('Mei Tanaka'), call('update_guest', { guest_id: 'gst_08', phone: '+81 3 5550199' })],
    {
      slots: { name: same('Mei Tanaka'), phone: same('+81 3 5550199') },
      names: [person('Mei Tanaka', 'gst_08')],
    },
  ),
  task(
    'grand-suite',
    'may',
    "It is Hanna Müller's anniversary: move her booking in Vienna on 20 May to the Grand Suite.",
    [
      find('Hanna Müller'),
      call('list_bookings', { guest_id: 'gst_01' }),
      call('list_room_types', { hotel_id: 'hot_c3' }),
      call('change_room_type', { booking_id: 'book_02', room_type_id: 'room_c2' }),
    ],
    {
      slots: { name: same('Hanna Müller') },
      names: [
        person('Hanna Müller', 'gst_01'),
        named(
          'her booking in Vienna on 20 May',
          'booking',
          'book_02',
          { guest_id: 'gst_01', check_in: '2025-05-20' },
          1,
        ),
        named('the Grand Suite', 'room_type', 'room_c2', { hotel_id: 'hot_c3', name: 'Grand Suite' }, 2),
      ],
      test: true,
    },
  ),
  task(
    'no-bicycles',
    'may',
    "The bicycles were broken, so take them off Mei Tanaka's bill at the Alfama House.",
    [
      find('Mei Tanaka'),
      call('list_bookings', { guest_id: 'gst_08' }),
      call('get_booking', { booking_id: 'book_08' }),
      call('remove_service', { booking_id: 'book_08', service_id: 'serv_e1' }),
    ],
    {
      slots: { name: same('Mei Tanaka') },
      names: [
        person('Mei Tanaka', 'gst_08'),
        named(
          "Mei Tanaka's bill at the Alfama House",
          'booking',
          'book_08',
          { guest_id: 'gst_08', status: 'checked_in' },
          1,
        ),
      ],
      test: true,
    },
  ),
  task(
    'jonas-arrives',
    'july',
    'Jonas Müller stands at the desk of the Tagus View. Check him in, please.',
    [find('Jonas Müller'), call('list_bookings', { guest_id: 'gst_03' }), call('check_in', { booking_id: 'book_21' })],
    {
      slots: { name: same('Jonas Müller') },
      names: [
        person('Jonas Müller', 'gst_03'),
        named('at the desk of the Tagus View', 'booking', 'book_21', { guest_id: 'gst_03', check_in: '2025-07-18' }, 1),
      ],
    },
  ),
  task(
    'ines-leaves',
    'july',
    'Ines Carvalho is leaving today. Check her out of the Aurora in Lisbon; she pays cash.',
    [
      find('Ines Carvalho'),
      call('list_bookings', { guest_id: 'gst_04' }),
      call('check_out', { booking_id: 'book_26' }),
      call('list_invoices', { guest_id: 'gst_04' }),
      call('pay_invoice', { invoice_id: 'invo_xhohf3', method: 'cash' }),
    ],
    {
      slots: { name: same('Ines Carvalho'), method: same('cash') },
      names: [
        person('Ines Carvalho', 'gst_04'),
        named('Check her out of the Aurora in Lisbon', 'booking', 'book_26', { guest_id: 'gst_04' }, 1),
      ],
    },
  ),
  task(
    'amaras-breakfast',
    'july',
    'Amara Okafor would like breakfast with her stay at the Tagus View. Please add breakfast.',
    [
      find('Amara Okafor'),
      call('list_bookings', { guest_id: 'gst_06' }),
      call('set_breakfast', { booking_id: 'book_24', breakfast: true }),
    ],
    {
      slots: { name: same('Amara Okafor'), breakfast: [true, 'add breakfast'] },
      names: [
        person('Amara Okafor', 'gst_06'),
        named('her stay at the Tagus View', 'booking', 'book_24', { guest_id: 'gst_06' }, 1),
      ],
    },
  ),
  task(
    'vienna-in-july',
    'july',
    'About Vienna on 25 July: Oscar Lind has cancelled, so please cancel his booking. Lukas Steiner is coming and wants Spa Entry for 2; add that to his.',
    [
      find('Oscar Lind'),
      call('list_bookings', { guest_id: 'gst_09' }),
      call('cancel_booking', { booking_id: 'book_30' }),
      find('Lukas Steiner'),
      call('list_bookings', { guest_id: 'gst_07' }),
      call('list_services', { hotel_id: 'hot_c3' }),
      call('add_service', { booking_id: 'book_27', service_id: 'serv_c2', quantity: 2 }),
    ],
    {
      slots: { first_name: same('Oscar Lind'), second_name: same('Lukas Steiner'), quantity: [2, 'for 2'] },
      names: [
        person('Oscar Lind', 'gst_09'),
        named('his booking', 'booking', 'book_30', { guest_id: 'gst_09', check_in: '2025-07-25' }, 1),
        person('Lukas Steiner', 'gst_07', 3),
        named('his', 'booking', 'book_27', { guest_id: 'gst_07', check_in: '2025-07-25' }, 4),
        named('Spa Entry', 'service', 'serv_c2', { hotel_id: 'hot_c3', name: 'Spa Entry' }, 5),
      ],
      test: true,
    },
  ),
  task(
    'oscar-pays',
    'july',
    'Oscar Lind wants to settle his open invoice by transfer.',
    [
      find('Oscar Lind'),
      call('list_invoices', { guest_id: 'gst_09' }),
      call('pay_invoice', { invoice_id: 'inv_21', method: 'transfer' }),
    ],
    {
      slots: { name: same('Oscar Lind'), method: same('transfer') },
      names: [
        person('Oscar Lind', 'gst_09'),
        named('his open invoice', 'invoice', 'inv_21', { booking_id: 'book_28', status: 'open' }, 1),
      ],
    },
  ),
  task(
    'hanna-stays-longer',
    'july',
    'Hanna Müller stays longer at the Alfama House: change her booking to 19 July 2025 until 24 July 2025, add breakfast, and let her have 2 of the Bicycle service.',
    [
      find('Hanna Müller'),
      call('list_bookings', { guest_id: 'gst_01' }),
      call('change_booking_dates', { booking_id: 'book_25', check_in: '2025-07-19', check_out: '2025-07-24' }),
      call('set_breakfast', { booking_id: 'book_25', breakfast: true }),
      call('list_services', { hotel_id: 'hot_e5' }),
      call('add_service', { booking_id: 'book_25', service_id: 'serv_e1', quantity: 2 }),
    ],
    {
      slots: {
        name: same('Hanna Müller'),
        check_in: ['2025-07-19', '19 July 2025'],
        check_out: ['2025-07-24', '24 July 2025'],
        breakfast: [true, 'add breakfast'],
        quantity: [2, '2 of the Bicycle'],
      },
      names: [
        person('Hanna Müller', 'gst_01'),
        named('her booking', 'booking', 'book_25', { guest_id: 'gst_01' }, 1),
        named('the Bicycle service', 'service', 'serv_e1', { hotel_id: 'hot_e5', name: 'Bicycle' }, 4),
      ],
    },
  ),
  task(
    'room-for-four',
    'july',
    'Which room at the Ringhof in Vienna takes four people?',
    [call('search_hotels', { city: 'Vienna' }), call('list_room_types', { hotel_id: 'hot_f6' })],
    {
      slots: { city: same('Vienna') },
      names: [
        named('the Ringhof in Vienna', 'hotel', 'hot_f6', { name: 'Ringhof' }, 0),
        named(
          'room at the Ringhof in Vienna takes four people',
          'room_type',
          'room_f2',
          { hotel_id: 'hot_f6', capacity: 4 },
          1,
        ),
      ],
      answer: fact('Family Suite', 'text', 'room_type', 'name'),
      test: true,
    },
  ),
  task(
    'mei-email-zh',
    'may',
    '麻烦把客人 Mei Tanaka 的邮箱改成 mei.t@example.org，电话也登记一下：+81 3 5550199。',
    [
      find('Mei Tanaka'),
      call('update_guest', { guest_id: 'gst_08', email: 'mei.t@example.org', phone: '+81 3 5550199' }),
    ],
    {
      slots: {
        name: ['Mei Tanaka', 'Mei Tanaka', '客人姓名', '名字'],
        email: ['mei.t@example.org', 'mei.t@example.org', '邮箱'],
        phone: ['+81 3 5550199', '+81 3 5550199', '电话', '电话号码'],
      },
      names: [person('Mei Tanaka', 'gst_08')],
      zh: true,
    },
  ),
  task(
    'hanna-moves-zh',
    'july',
    'Hanna Müller 想改一下她在 Alfama House 的预订：改成2025年7月20日入住、2025年7月23日退房，顺便加上早餐。',
    [
      find('Hanna Müller'),
      call('list_bookings', { guest_id: 'gst_01' }),
      call('change_booking_dates', { booking_id: 'book_25', check_in: '2025-07-20', check_out: '2025-07-23' }),
      call('set_breakfast', { booking_id: 'book_25', breakfast: true }),
    ],
    {
      slots: {
        name: ['Hanna Müller', 'Hanna Müller', '客人姓名', '名字'],
        check_in: ['2025-07-20', '2025年7月20日', '入住日期', '入住'],
        check_out: ['2025-07-23', '2025年7月23日', '退房日期', '退房'],
        breakfast: [true, '加上早餐', '早餐'],
      },
      names: [
        person('Hanna Müller', 'gst_01'),
        named('她在 Alfama House 的预订', 'booking', 'book_25', { guest_id: 'gst_01' }, 1),
      ],
      zh: true,
      test: true,
    },
  ),
]
