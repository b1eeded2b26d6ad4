/**
 * A hotel chain at its reservation desk: search, availability, bookings and their changes, services, invoices.
 *
 * Written by hand, to be read in five minutes: tables, statements, program, tools, scenarios, tasks, in that order.
 */

import { readFileSync } from 'node:fs'
import type { Domain } from '../../../schemas/domain.ts'
import { scenarios } from './scenarios.ts'
import { statements } from './statements.ts'
import { tables } from './tables.ts'
import { tasks } from './tasks.ts'
import { tools } from './tools.ts'

const policy = `You work at the reservation desk of a hotel chain.

- A booking is for one room type of one hotel and for at most as many people as the room holds; a stay has 1 to 30 nights and does not begin in the past.
- Whoever books is 18 or older on the day of arrival.
- A room type can be booked as long as one of its rooms is free for the whole stay.
- The total is nights times price, less the discount of the guest (silver 5 %, gold 10 %), plus breakfast per guest and night, plus services. The discount is on the room alone.
- Only a confirmed booking can be changed, checked in or cancelled, and only a checked-in one checked out. The room type changes within the hotel only; for another hotel, cancel and book anew.
- Services are those of the hotel, each at most once on a booking, with its quantity. They can be added and removed while it is confirmed or checked in.
- Cancelling is free until the hotel's number of days before arrival; after that an invoice charges the first night at its full price, and nothing else.
- Check-in is on the day of arrival. Check-out issues the invoice over the total. An invoice is paid once.`

export const hotelChain: Domain = {
  id: 'hotel-chain',
  title: 'Hotel chain',
  description:
    'The reservation desk of a hotel chain: availability, bookings and their changes, services, invoices and payments.',
  policy,
  sources: [],
  tables,
  statements,
  tools,
  program: readFileSync(new URL('program.js', import.meta.url), 'utf8'),
  edges: [
    { from: { tool: 'search_hotels', field: 'hotels[].id' }, to: { tool: 'list_room_types', parameter: 'hotel_id' } },
    { from: { tool: 'search_hotels', field: 'hotels[].id' }, to: { tool: 'list_services', parameter: 'hotel_id' } },
    {
      from: { tool: 'search_hotels', field: 'hotels[].id' },
      to: { tool: 'check_availability', parameter: 'hotel_id' },
    },
    {
      from: { tool: 'check_availability', field: 'offers[].room_type_id' },
      to: { tool: 'create_booking', parameter: 'room_type_id' },
    },
    {
      from: { tool: 'list_room_types', field: 'room_types[].id' },
      to: { tool: 'create_booking', parameter: 'room_type_id' },
    },
    {
      from: { tool: 'list_room_types', field: 'room_types[].id' },
      to: { tool: 'change_room_type', parameter: 'room_type_id' },
    },
    { from: { tool: 'find_guests', field: 'guests[].id' }, to: { tool: 'create_booking', parameter: 'guest_id' } },
    { from: { tool: 'find_guests', field: 'guests[].id' }, to: { tool: 'list_bookings', parameter: 'guest_id' } },
    { from: { tool: 'find_guests', field: 'guests[].id' }, to: { tool: 'list_invoices', parameter: 'guest_id' } },
    { from: { tool: 'find_guests', field: 'guests[].id' }, to: { tool: 'update_guest', parameter: 'guest_id' } },
    ...[
      'get_booking',
      'change_booking_dates',
      'change_room_type',
      'set_breakfast',
      'add_service',
      'remove_service',
      'cancel_booking',
      'check_in',
      'check_out',
    ].map((tool) => ({
      from: { tool: 'list_bookings', field: 'bookings[].id' },
      to: { tool, parameter: 'booking_id' },
    })),
    { from: { tool: 'list_services', field: 'services[].id' }, to: { tool: 'add_service', parameter: 'service_id' } },
    {
      from: { tool: 'get_booking', field: 'services[].service_id' },
      to: { tool: 'remove_service', parameter: 'service_id' },
    },
    { from: { tool: 'list_invoices', field: 'invoices[].id' }, to: { tool: 'pay_invoice', parameter: 'invoice_id' } },
  ],
  scenarios,
  tasks,
}
