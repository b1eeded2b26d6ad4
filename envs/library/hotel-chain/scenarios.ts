/**
 * Two mornings at the chain. Near-twins stand here on purpose: three hotels named Aurora, two guests named Müller and one
 * Mueller, stays on the same day.
 */

import type { Scenario } from '../../../schemas/domain.ts'
import type { Cell, Row } from '../../../schemas/json.ts'

/** Rows of cells under their column names. */
function rowsOf(columns: string, ...rows: Cell[][]): Row[] {
  const names = columns.split(' ')
  return rows.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? null])))
}

const hotel = rowsOf(
  'id name city country stars pool breakfast_price free_cancellation_days',
  ['hot_a1', 'Aurora', 'Lisbon', 'Portugal', 4, 1, 14, 3],
  ['hot_b2', 'Aurora', 'Porto', 'Portugal', 3, 0, 11, 2],
  ['hot_c3', 'Aurora', 'Vienna', 'Austria', 5, 1, 24, 7],
  ['hot_d4', 'Tagus View', 'Lisbon', 'Portugal', 4, 0, 12.5, 1],
  ['hot_e5', 'Alfama House', 'Lisbon', 'Portugal', 3, 0, 9, 2],
  ['hot_f6', 'Ringhof', 'Vienna', 'Austria', 4, 0, 18, 3],
)

const room_type = rowsOf(
  'id hotel_id name capacity rooms price_per_night',
  ['room_a1', 'hot_a1', 'Standard Double', 2, 3, 120],
  ['room_a2', 'hot_a1', 'Sea View Double', 2, 1, 165],
  ['room_a3', 'hot_a1', 'Family Suite', 4, 1, 230],
  ['room_b1', 'hot_b2', 'Standard Double', 2, 2, 95],
  ['room_b2', 'hot_b2', 'Single', 1, 2, 70],
  ['room_c1', 'hot_c3', 'Standard Double', 2, 2, 210],
  ['room_c2', 'hot_c3', 'Grand Suite', 4, 1, 420],
  ['room_d1', 'hot_d4', 'Standard Double', 2, 2, 118],
  ['room_d2', 'hot_d4', 'River Double', 2, 1, 140],
  ['room_e1', 'hot_e5', 'Standard Double', 2, 2, 121],
  ['room_e2', 'hot_e5', 'Attic Single', 1, 1, 68],
  ['room_f1', 'hot_f6', 'Standard Double', 2, 2, 150],
  ['room_f2', 'hot_f6', 'Family Suite', 4, 1, 260],
)

const service = rowsOf(
  'id hotel_id name price',
  ['serv_a1', 'hot_a1', 'Airport Transfer', 35],
  ['serv_a2', 'hot_a1', 'Spa Entry', 28],
  ['serv_a3', 'hot_a1', 'Late Check-out', 40],
  ['serv_b1', 'hot_b2', 'Airport Transfer', 30],
  ['serv_c1', 'hot_c3', 'Opera Shuttle', 22],
  ['serv_c2', 'hot_c3', 'Spa Entry', 45],
  ['serv_d1', 'hot_d4', 'Airport Transfer', 32],
  ['serv_e1', 'hot_e5', 'Bicycle', 15],
  ['serv_f1', 'hot_f6', 'Parking', 20],
)

const guest = rowsOf(
  'id name email phone birth_date tier',
  ['gst_01', 'Hanna Müller', 'hanna.mueller@example.com', '+49 30 5550101', '1984-02-11', 'gold'],
  ['gst_02', 'Hannah Mueller', 'h.mueller@example.com', '+49 40 5550102', '1991-07-30', 'none'],
  ['gst_03', 'Jonas Müller', 'jonas.mueller@example.com', null, '1988-12-05', 'silver'],
  ['gst_04', 'Ines Carvalho', 'ines.carvalho@example.com', '+351 21 5550104', '1979-04-21', 'none'],
  ['gst_05', 'Tiago Carvalho', 'tiago.carvalho@example.com', '+351 21 5550105', '2008-03-14', 'none'],
  ['gst_06', 'Amara Okafor', 'amara.okafor@example.com', '+44 20 5550106', '1995-09-02', 'silver'],
  ['gst_07', 'Lukas Steiner', 'lukas.steiner@example.com', '+43 1 5550107', '1967-01-19', 'gold'],
  ['gst_08', 'Mei Tanaka', 'mei.tanaka@example.com', null, '1990-11-23', 'none'],
  ['gst_09', 'Oscar Lind', 'oscar.lind@example.com', '+46 8 5550109', '1982-06-08', 'none'],
)

const bookingColumns = 'id guest_id room_type_id check_in check_out guests breakfast status total created_at'

const may: Scenario = {
  id: 'may',
  now: '2025-05-02T08:00:00Z',
  rows: {
    hotel,
    room_type,
    service,
    guest,
    booking: rowsOf(
      bookingColumns,
      ['book_01', 'gst_01', 'room_a1', '2025-05-03', '2025-05-06', 2, 1, 'confirmed', 408, '2025-03-01T10:00:00Z'],
      ['book_02', 'gst_01', 'room_c1', '2025-05-20', '2025-05-23', 1, 0, 'confirmed', 567, '2025-03-04T10:00:00Z'],
      ['book_03', 'gst_02', 'room_a1', '2025-05-03', '2025-05-05', 1, 0, 'confirmed', 240, '2025-03-09T10:00:00Z'],
      ['book_04', 'gst_03', 'room_b1', '2025-05-10', '2025-05-12', 2, 1, 'confirmed', 224.5, '2025-03-11T10:00:00Z'],
      ['book_05', 'gst_04', 'room_d1', '2025-05-02', '2025-05-04', 2, 0, 'confirmed', 236, '2025-04-01T10:00:00Z'],
      ['book_06', 'gst_06', 'room_a2', '2025-05-14', '2025-05-17', 2, 1, 'confirmed', 554.25, '2025-04-02T10:00:00Z'],
      ['book_07', 'gst_07', 'room_f1', '2025-04-29', '2025-05-02', 1, 1, 'checked_in', 459, '2025-04-03T10:00:00Z'],
      ['book_08', 'gst_08', 'room_e1', '2025-04-30', '2025-05-02', 2, 0, 'checked_in', 272, '2025-04-05T10:00:00Z'],
      ['book_09', 'gst_06', 'room_c2', '2025-03-10', '2025-03-12', 2, 0, 'checked_out', 820, '2025-02-01T10:00:00Z'],
      ['book_10', 'gst_09', 'room_a2', '2025-06-06', '2025-06-09', 2, 0, 'confirmed', 495, '2025-04-20T10:00:00Z'],
      ['book_11', 'gst_09', 'room_a1', '2025-04-10', '2025-04-12', 2, 0, 'cancelled', 0, '2025-03-20T10:00:00Z'],
      ['book_12', 'gst_08', 'room_a3', '2025-06-06', '2025-06-08', 3, 1, 'confirmed', 544, '2025-04-21T10:00:00Z'],
    ),
    booked_service: rowsOf('booking_id service_id quantity', ['book_08', 'serv_e1', 2], ['book_09', 'serv_c1', 1]),
    invoice: rowsOf('id booking_id amount status issued_at', [
      'inv_01',
      'book_09',
      820,
      'open',
      '2025-03-12T09:00:00Z',
    ]),
    payment: [],
  },
}

const july: Scenario = {
  id: 'july',
  now: '2025-07-18T08:00:00Z',
  rows: {
    hotel,
    room_type,
    service,
    guest,
    booking: rowsOf(
      bookingColumns,
      ['book_21', 'gst_03', 'room_d2', '2025-07-18', '2025-07-21', 2, 0, 'confirmed', 399, '2025-05-01T10:00:00Z'],
      ['book_22', 'gst_03', 'room_f1', '2025-08-04', '2025-08-07', 2, 1, 'confirmed', 535.5, '2025-05-02T10:00:00Z'],
      ['book_23', 'gst_02', 'room_d1', '2025-07-20', '2025-07-24', 2, 1, 'confirmed', 572, '2025-05-03T10:00:00Z'],
      ['book_24', 'gst_06', 'room_d1', '2025-07-20', '2025-07-22', 1, 0, 'confirmed', 224.2, '2025-05-05T10:00:00Z'],
      ['book_25', 'gst_01', 'room_e1', '2025-07-19', '2025-07-22', 2, 0, 'confirmed', 326.7, '2025-05-06T10:00:00Z'],
      ['book_26', 'gst_04', 'room_a3', '2025-07-15', '2025-07-18', 3, 1, 'checked_in', 844, '2025-05-07T10:00:00Z'],
      ['book_27', 'gst_07', 'room_c1', '2025-07-25', '2025-07-28', 2, 0, 'confirmed', 567, '2025-05-09T10:00:00Z'],
      ['book_28', 'gst_09', 'room_b2', '2025-07-01', '2025-07-03', 1, 0, 'checked_out', 140, '2025-05-10T10:00:00Z'],
      ['book_29', 'gst_08', 'room_b2', '2025-07-01', '2025-07-04', 1, 0, 'checked_out', 210, '2025-05-11T10:00:00Z'],
      ['book_30', 'gst_09', 'room_c1', '2025-07-25', '2025-07-27', 2, 0, 'confirmed', 420, '2025-05-12T10:00:00Z'],
    ),
    booked_service: rowsOf('booking_id service_id quantity', ['book_26', 'serv_a2', 1]),
    invoice: rowsOf(
      'id booking_id amount status issued_at',
      ['inv_21', 'book_28', 140, 'open', '2025-07-03T09:00:00Z'],
      ['inv_22', 'book_29', 210, 'paid', '2025-07-04T09:00:00Z'],
    ),
    payment: rowsOf('id invoice_id amount method paid_at', ['pay_21', 'inv_22', 210, 'card', '2025-07-04T10:00:00Z']),
  },
}

export const scenarios: Scenario[] = [may, july]
