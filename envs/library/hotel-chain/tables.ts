/** The tables of the hotel chain. Identifiers are opaque; people know hotels, guests and services by name. */

import type { Column, ForeignKey, Table } from '../../../schemas/domain.ts'

const text = (name: string, more: Partial<Column> = {}): Column => ({ name, type: 'TEXT', nullable: false, ...more })
const integer = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  type: 'INTEGER',
  nullable: false,
  ...more,
})
const real = (name: string, more: Partial<Column> = {}): Column => ({ name, type: 'REAL', nullable: false, ...more })
const id = text('id', { semantic: 'id' })
const refers = (column: string, table: string): ForeignKey => ({ columns: [column], table, references: ['id'] })

export const tables: Table[] = [
  {
    name: 'hotel',
    columns: [
      id,
      text('name', { semantic: 'name' }),
      text('city', { semantic: 'city' }),
      text('country', { semantic: 'country' }),
      integer('stars'),
      integer('pool', { enum: [0, 1], semantic: 'boolean' }),
      real('breakfast_price', { semantic: 'money', description: 'per guest and night' }),
      integer('free_cancellation_days', { description: 'days before arrival until which cancelling costs nothing' }),
    ],
    primary_key: ['id'],
    foreign_keys: [],
  },
  {
    name: 'room_type',
    columns: [
      id,
      text('hotel_id'),
      text('name', { semantic: 'name' }),
      integer('capacity'),
      integer('rooms', { description: 'how many there are' }),
      real('price_per_night', { semantic: 'money' }),
    ],
    primary_key: ['id'],
    foreign_keys: [refers('hotel_id', 'hotel')],
  },
  {
    name: 'service',
    columns: [id, text('hotel_id'), text('name', { semantic: 'name' }), real('price', { semantic: 'money' })],
    primary_key: ['id'],
    foreign_keys: [refers('hotel_id', 'hotel')],
  },
  {
    name: 'guest',
    columns: [
      id,
      text('name', { semantic: 'person' }),
      text('email', { semantic: 'email' }),
      text('phone', { semantic: 'phone', nullable: true }),
      text('birth_date', { semantic: 'date' }),
      text('tier', { enum: ['none', 'silver', 'gold'] }),
    ],
    primary_key: ['id'],
    foreign_keys: [],
  },
  {
    name: 'booking',
    columns: [
      id,
      text('guest_id'),
      text('room_type_id'),
      text('check_in', { semantic: 'start_date' }),
      text('check_out', { semantic: 'end_date' }),
      integer('guests'),
      integer('breakfast', { enum: [0, 1], semantic: 'boolean' }),
      text('status', { enum: ['confirmed', 'checked_in', 'checked_out', 'cancelled'], semantic: 'status' }),
      real('total', { semantic: 'money' }),
      text('created_at', { semantic: 'created_at', volatile: true }),
    ],
    primary_key: ['id'],
    foreign_keys: [refers('guest_id', 'guest'), refers('room_type_id', 'room_type')],
  },
  {
    name: 'booked_service',
    columns: [text('booking_id'), text('service_id'), integer('quantity')],
    primary_key: ['booking_id', 'service_id'],
    foreign_keys: [refers('booking_id', 'booking'), refers('service_id', 'service')],
  },
  {
    name: 'invoice',
    columns: [
      id,
      text('booking_id'),
      real('amount', { semantic: 'money' }),
      text('status', { enum: ['open', 'paid'], semantic: 'status' }),
      text('issued_at', { semantic: 'created_at', volatile: true }),
    ],
    primary_key: ['id'],
    foreign_keys: [refers('booking_id', 'booking')],
  },
  {
    name: 'payment',
    columns: [
      id,
      text('invoice_id'),
      real('amount', { semantic: 'money' }),
      text('method', { enum: ['card', 'cash', 'transfer'] }),
      text('paid_at', { semantic: 'created_at', volatile: true }),
    ],
    primary_key: ['id'],
    foreign_keys: [refers('invoice_id', 'invoice')],
  },
]
