/** What an agent sees of the hotel chain: its tools, with closed inputs and true outputs. */

import type { JsonObject } from '../../../schemas/json.ts'
import type { Tool } from '../../../schemas/tool.ts'

const text = (description: string): JsonObject => ({ type: 'string', description })
const day = (description: string): JsonObject => ({
  type: 'string',
  format: 'date',
  description: `${description}, YYYY-MM-DD`,
})
const whole = (description: string, minimum: number, maximum: number): JsonObject => ({
  type: 'integer',
  minimum,
  maximum,
  description,
})
const flag = (description: string): JsonObject => ({ type: 'boolean', description })
const oneOf = (description: string, ...values: string[]): JsonObject => ({ type: 'string', enum: values, description })
const object = (properties: JsonObject): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
})
const list = (items: JsonObject): JsonObject => ({ type: 'array', items })
const string: JsonObject = { type: 'string' }
const number: JsonObject = { type: 'number' }
const integer: JsonObject = { type: 'integer' }

const hotel = object({
  id: string,
  name: string,
  city: string,
  country: string,
  stars: integer,
  pool: { type: 'boolean' },
  breakfast_price: number,
  free_cancellation_days: integer,
})
const roomType = object({
  id: string,
  hotel_id: string,
  name: string,
  capacity: integer,
  rooms: integer,
  price_per_night: number,
})
const service = object({ id: string, hotel_id: string, name: string, price: number })
const guest = object({
  id: string,
  name: string,
  email: string,
  phone: { type: ['string', 'null'] },
  birth_date: string,
  tier: string,
})
const booked = object({ service_id: string, name: string, price: number, quantity: integer })
const booking = object({
  id: string,
  guest_id: string,
  room_type_id: string,
  check_in: string,
  check_out: string,
  guests: integer,
  breakfast: { type: 'boolean' },
  status: string,
  total: number,
  created_at: string,
  services: list(booked),
})
const bookingLine = object({
  id: string,
  guest_id: string,
  guest: string,
  hotel_id: string,
  hotel: string,
  city: string,
  room_type: string,
  check_in: string,
  check_out: string,
  status: string,
})
const invoice = object({ id: string, booking_id: string, amount: number, status: string, issued_at: string })
const invoiceLine = object({
  id: string,
  booking_id: string,
  guest_id: string,
  guest: string,
  amount: number,
  status: string,
})
const offer = object({
  room_type_id: string,
  name: string,
  capacity: integer,
  free: integer,
  price: number,
  price_with_breakfast: number,
})

interface Inputs {
  needs?: JsonObject
  takes?: JsonObject
}

function tool(
  kind: Tool['kind'],
  name: string,
  description: string,
  { needs = {}, takes = {} }: Inputs,
  output: JsonObject,
  tables: string[],
): Tool {
  const input: JsonObject = {
    type: 'object',
    properties: { ...needs, ...takes },
    required: Object.keys(needs),
    additionalProperties: false,
  }
  return { name, description, kind, input_schema: input, output_schema: output, tables }
}

const hotelId = { hotel_id: text('identifier of the hotel') }
const bookingId = { booking_id: text('identifier of the booking') }
const guestId = { guest_id: text('identifier of the guest') }
const stay = { check_in: day('day of arrival'), check_out: day('day of departure') }

/** What every change of a booking reads, since its total follows from all of it. */
const settled = ['booking', 'booked_service', 'guest', 'hotel', 'room_type', 'service']

export const tools: Tool[] = [
  tool(
    'read',
    'search_hotels',
    'Lists the hotels of the chain, filtered by city, country, stars or pool.',
    {
      takes: {
        city: text('city, whatever its case'),
        country: text('country, whatever its case'),
        min_stars: whole('at least so many stars', 1, 5),
        pool: flag('with or without a pool'),
      },
    },
    object({ hotels: list(hotel) }),
    ['hotel'],
  ),
  tool(
    'read',
    'list_room_types',
    'Lists the room types of a hotel with capacity and price per night, the cheapest first.',
    { needs: hotelId },
    object({ hotel: string, room_types: list(roomType) }),
    ['hotel', 'room_type'],
  ),
  tool(
    'read',
    'list_services',
    'Lists the services that a hotel offers, with their prices.',
    { needs: hotelId },
    object({ hotel: string, services: list(service) }),
    ['hotel', 'service'],
  ),
  tool(
    'read',
    'check_availability',
    'Shows which room types of a hotel are free for a stay and what they cost for the whole of it, without and with breakfast, before any discount.',
    { needs: { ...hotelId, ...stay, guests: whole('how many people', 1, 10) } },
    object({ hotel: string, nights: integer, offers: list(offer) }),
    ['hotel', 'room_type', 'booking'],
  ),
  tool(
    'read',
    'find_guests',
    'Finds guests by part of their name or by their exact email.',
    { takes: { name: text('part of the name'), email: text('the whole email') } },
    object({ guests: list(guest) }),
    ['guest'],
  ),
  tool(
    'read',
    'list_bookings',
    'Lists bookings in the order of their arrival, filtered by guest, hotel or status; 100 at most.',
    {
      takes: {
        ...guestId,
        ...hotelId,
        status: oneOf('status of the booking', 'confirmed', 'checked_in', 'checked_out', 'cancelled'),
      },
    },
    object({ bookings: list(bookingLine) }),
    ['booking', 'guest', 'room_type', 'hotel'],
  ),
  tool('read', 'get_booking', 'Shows one booking whole, with its services.', { needs: bookingId }, booking, [
    'booking',
    'booked_service',
    'service',
  ]),
  tool(
    'read',
    'list_invoices',
    'Lists invoices, filtered by guest or status; 100 at most.',
    { takes: { ...guestId, status: oneOf('status of the invoice', 'open', 'paid') } },
    object({ invoices: list(invoiceLine) }),
    ['invoice', 'booking', 'guest'],
  ),
  tool(
    'write',
    'create_booking',
    'Books a room for a guest. The total follows from nights, breakfast and the discount of the guest.',
    {
      needs: {
        ...guestId,
        room_type_id: text('identifier of the room type'),
        ...stay,
        guests: whole('how many people', 1, 10),
      },
      takes: { breakfast: flag('with breakfast; without unless said') },
    },
    booking,
    settled,
  ),
  tool(
    'write',
    'change_booking_dates',
    'Moves a confirmed booking to other dates, if a room is free then.',
    { needs: { ...bookingId, ...stay } },
    booking,
    settled,
  ),
  tool(
    'write',
    'change_room_type',
    'Moves a confirmed booking to another room type of the same hotel.',
    { needs: { ...bookingId, room_type_id: text('identifier of the new room type') } },
    booking,
    settled,
  ),
  tool(
    'write',
    'set_breakfast',
    'Adds breakfast to a confirmed booking, or takes it off.',
    { needs: { ...bookingId, breakfast: flag('whether breakfast is included') } },
    booking,
    settled,
  ),
  tool(
    'write',
    'add_service',
    'Adds a service of the hotel to a booking that is confirmed or checked in.',
    { needs: { ...bookingId, service_id: text('identifier of the service'), quantity: whole('how many', 1, 20) } },
    booking,
    settled,
  ),
  tool(
    'write',
    'remove_service',
    'Takes a service off a booking that is confirmed or checked in.',
    { needs: { ...bookingId, service_id: text('identifier of the service') } },
    booking,
    settled,
  ),
  tool(
    'write',
    'cancel_booking',
    'Cancels a confirmed booking. Too late for a free cancellation, the first night is charged by an invoice.',
    { needs: bookingId },
    booking,
    ['booking', 'booked_service', 'hotel', 'invoice', 'room_type', 'service'],
  ),
  tool(
    'write',
    'check_in',
    'Checks the guest of a confirmed booking in, on the day of arrival.',
    { needs: bookingId },
    booking,
    ['booking', 'booked_service', 'service'],
  ),
  tool(
    'write',
    'check_out',
    'Checks a guest out and issues the invoice over the total.',
    { needs: bookingId },
    booking,
    ['booking', 'booked_service', 'invoice', 'service'],
  ),
  tool(
    'write',
    'pay_invoice',
    'Takes the payment of an open invoice.',
    {
      needs: {
        invoice_id: text('identifier of the invoice'),
        method: oneOf('how it is paid', 'card', 'cash', 'transfer'),
      },
    },
    invoice,
    ['invoice', 'payment'],
  ),
  tool(
    'write',
    'update_guest',
    "Changes a guest's email or phone number.",
    {
      needs: guestId,
      takes: {
        email: { type: 'string', format: 'email', description: 'the new email' },
        phone: text('the new phone number'),
      },
    },
    guest,
    ['guest'],
  ),
]
