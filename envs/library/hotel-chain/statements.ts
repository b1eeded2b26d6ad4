/** All the SQL of the hotel chain. A parameter that is null filters nothing. */

export const statements: Record<string, string> = {
  hotels: `SELECT * FROM hotel WHERE (:city IS NULL OR lower(city) = lower(:city)) AND (:country IS NULL OR lower(country) = lower(:country))
    AND (:min_stars IS NULL OR stars >= :min_stars) AND (:pool IS NULL OR pool = :pool) ORDER BY name, city`,
  hotel_by_id: 'SELECT * FROM hotel WHERE id = :id',
  room_types_of_hotel: 'SELECT * FROM room_type WHERE hotel_id = :hotel_id ORDER BY price_per_night, id',
  room_type_by_id: 'SELECT * FROM room_type WHERE id = :id',
  rooms_taken: `SELECT count(*) AS taken FROM booking WHERE room_type_id = :room_type_id AND status IN ('confirmed', 'checked_in')
    AND check_in < :check_out AND check_out > :check_in AND (:except IS NULL OR id <> :except)`,
  services_of_hotel: 'SELECT * FROM service WHERE hotel_id = :hotel_id ORDER BY name',
  service_by_id: 'SELECT * FROM service WHERE id = :id',

  guests: `SELECT * FROM guest WHERE (:name IS NULL OR instr(lower(name), lower(:name)) > 0) AND (:email IS NULL OR lower(email) = lower(:email))
    ORDER BY name, id`,
  guest_by_id: 'SELECT * FROM guest WHERE id = :id',
  set_guest_contact: 'UPDATE guest SET email = :email, phone = :phone WHERE id = :id',

  bookings: `SELECT b.id, b.guest_id, g.name AS guest, h.id AS hotel_id, h.name AS hotel, h.city, r.name AS room_type, b.check_in, b.check_out, b.status
    FROM booking b JOIN guest g ON g.id = b.guest_id JOIN room_type r ON r.id = b.room_type_id JOIN hotel h ON h.id = r.hotel_id
    WHERE (:guest_id IS NULL OR b.guest_id = :guest_id) AND (:hotel_id IS NULL OR h.id = :hotel_id) AND (:status IS NULL OR b.status = :status)
    ORDER BY b.check_in, b.id LIMIT 100`,
  booking_by_id: 'SELECT * FROM booking WHERE id = :id',
  insert_booking: `INSERT INTO booking (id, guest_id, room_type_id, check_in, check_out, guests, breakfast, status, total, created_at)
    VALUES (:id, :guest_id, :room_type_id, :check_in, :check_out, :guests, :breakfast, 'confirmed', 0, :created_at)`,
  set_booking_dates: 'UPDATE booking SET check_in = :check_in, check_out = :check_out WHERE id = :id',
  set_booking_room_type: 'UPDATE booking SET room_type_id = :room_type_id WHERE id = :id',
  set_booking_breakfast: 'UPDATE booking SET breakfast = :breakfast WHERE id = :id',
  set_booking_status: 'UPDATE booking SET status = :status WHERE id = :id',
  set_booking_total: 'UPDATE booking SET total = :total WHERE id = :id',

  booked_service: 'SELECT * FROM booked_service WHERE booking_id = :booking_id AND service_id = :service_id',
  services_of_booking: `SELECT s.id AS service_id, s.name, s.price, x.quantity FROM booked_service x JOIN service s ON s.id = x.service_id
    WHERE x.booking_id = :booking_id ORDER BY s.name`,
  services_sum: `SELECT coalesce(sum(s.price * x.quantity), 0) AS sum FROM booked_service x JOIN service s ON s.id = x.service_id
    WHERE x.booking_id = :booking_id`,
  insert_booked_service:
    'INSERT INTO booked_service (booking_id, service_id, quantity) VALUES (:booking_id, :service_id, :quantity)',
  delete_booked_service: 'DELETE FROM booked_service WHERE booking_id = :booking_id AND service_id = :service_id',

  invoices: `SELECT i.id, i.booking_id, b.guest_id, g.name AS guest, i.amount, i.status FROM invoice i JOIN booking b ON b.id = i.booking_id
    JOIN guest g ON g.id = b.guest_id WHERE (:guest_id IS NULL OR b.guest_id = :guest_id) AND (:status IS NULL OR i.status = :status)
    ORDER BY i.id LIMIT 100`,
  invoice_by_id: 'SELECT * FROM invoice WHERE id = :id',
  insert_invoice: `INSERT INTO invoice (id, booking_id, amount, status, issued_at) VALUES (:id, :booking_id, :amount, 'open', :issued_at)`,
  set_invoice_paid: `UPDATE invoice SET status = 'paid' WHERE id = :id`,
  insert_payment:
    'INSERT INTO payment (id, invoice_id, amount, method, paid_at) VALUES (:id, :invoice_id, :amount, :method, :paid_at)',
}
