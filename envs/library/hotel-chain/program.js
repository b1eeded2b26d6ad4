// What the tools of the hotel chain do. Every function reads or writes the database by the statements of statements.ts.

const discounts = { none: 0, silver: 0.05, gold: 0.1 }
const nightsMax = 30

// Reading

function search_hotels(args, db) {
  return {
    hotels: db
      .all('hotels', {
        city: args.city ?? null,
        country: args.country ?? null,
        min_stars: args.min_stars ?? null,
        pool: args.pool === undefined ? null : args.pool,
      })
      .map(showHotel),
  }
}

function list_room_types(args, db) {
  const hotel = findHotel(db, args.hotel_id)
  return { hotel: hotel.name, room_types: db.all('room_types_of_hotel', { hotel_id: hotel.id }) }
}

function list_services(args, db) {
  const hotel = findHotel(db, args.hotel_id)
  return { hotel: hotel.name, services: db.all('services_of_hotel', { hotel_id: hotel.id }) }
}

function check_availability(args, db, ctx) {
  const hotel = findHotel(db, args.hotel_id)
  const nights = checkDates(args.check_in, args.check_out, ctx)
  const offers = []
  for (const room of db.all('room_types_of_hotel', { hotel_id: hotel.id })) {
    if (room.capacity < args.guests) continue
    const free = room.rooms - taken(db, room.id, args.check_in, args.check_out, null)
    if (free < 1) continue
    offers.push({
      room_type_id: room.id,
      name: room.name,
      capacity: room.capacity,
      free,
      price: cents(nights * room.price_per_night),
      price_with_breakfast: cents(nights * (room.price_per_night + hotel.breakfast_price * args.guests)),
    })
  }
  return { hotel: hotel.name, nights, offers }
}

function find_guests(args, db) {
  if (args.name === undefined && args.email === undefined)
    throw new ToolError('invalid', 'Give a name or an email to search for.')
  return { guests: db.all('guests', { name: args.name ?? null, email: args.email ?? null }) }
}

function list_bookings(args, db) {
  return {
    bookings: db.all('bookings', {
      guest_id: args.guest_id ?? null,
      hotel_id: args.hotel_id ?? null,
      status: args.status ?? null,
    }),
  }
}

function get_booking(args, db) {
  return showBooking(db, findBooking(db, args.booking_id))
}

function list_invoices(args, db) {
  return { invoices: db.all('invoices', { guest_id: args.guest_id ?? null, status: args.status ?? null }) }
}

// Booking

function create_booking(args, db, ctx) {
  const guest = db.get('guest_by_id', { id: args.guest_id })
  if (!guest) throw new ToolError('not_found', `No guest ${args.guest_id}.`)
  const room = findRoomType(db, args.room_type_id)
  checkDates(args.check_in, args.check_out, ctx)
  if (ageOn(guest.birth_date, args.check_in) < 18)
    throw new ToolError('not_permitted', `${guest.name} is under 18 on the day of arrival and can not book.`)
  checkRoom(db, room, args.check_in, args.check_out, args.guests, null)
  const id = ctx.id('booking')
  db.run('insert_booking', {
    id,
    guest_id: guest.id,
    room_type_id: room.id,
    check_in: args.check_in,
    check_out: args.check_out,
    guests: args.guests,
    breakfast: args.breakfast === true,
    created_at: ctx.now(),
  })
  return settle(db, id)
}

function change_booking_dates(args, db, ctx) {
  const booking = findConfirmed(db, args.booking_id, 'changed')
  checkDates(args.check_in, args.check_out, ctx)
  checkRoom(db, findRoomType(db, booking.room_type_id), args.check_in, args.check_out, booking.guests, booking.id)
  db.run('set_booking_dates', { id: booking.id, check_in: args.check_in, check_out: args.check_out })
  return settle(db, booking.id)
}

function change_room_type(args, db) {
  const booking = findConfirmed(db, args.booking_id, 'changed')
  const room = findRoomType(db, args.room_type_id)
  if (room.id === booking.room_type_id) throw new ToolError('conflict', `The booking is for a ${room.name} already.`)
  if (room.hotel_id !== findRoomType(db, booking.room_type_id).hotel_id)
    throw new ToolError('invalid', 'The room type is in another hotel: cancel and book anew.')
  checkRoom(db, room, booking.check_in, booking.check_out, booking.guests, booking.id)
  db.run('set_booking_room_type', { id: booking.id, room_type_id: room.id })
  return settle(db, booking.id)
}

function set_breakfast(args, db) {
  const booking = findConfirmed(db, args.booking_id, 'changed')
  if (!!booking.breakfast === args.breakfast)
    throw new ToolError('conflict', `Breakfast is ${args.breakfast ? 'included' : 'left out'} already.`)
  db.run('set_booking_breakfast', { id: booking.id, breakfast: args.breakfast })
  return settle(db, booking.id)
}

function add_service(args, db) {
  const booking = findOpen(db, args.booking_id)
  const service = db.get('service_by_id', { id: args.service_id })
  if (!service) throw new ToolError('not_found', `No service ${args.service_id}.`)
  if (service.hotel_id !== findRoomType(db, booking.room_type_id).hotel_id)
    throw new ToolError('invalid', `${service.name} is a service of another hotel.`)
  if (db.get('booked_service', { booking_id: booking.id, service_id: service.id }))
    throw new ToolError('already_exists', `${service.name} is on this booking already.`)
  db.run('insert_booked_service', { booking_id: booking.id, service_id: service.id, quantity: args.quantity })
  return settle(db, booking.id)
}

function remove_service(args, db) {
  const booking = findOpen(db, args.booking_id)
  const { changes } = db.run('delete_booked_service', { booking_id: booking.id, service_id: args.service_id })
  if (changes === 0) throw new ToolError('not_found', 'That service is not on this booking.')
  return settle(db, booking.id)
}

function cancel_booking(args, db, ctx) {
  const booking = findConfirmed(db, args.booking_id, 'cancelled')
  const room = findRoomType(db, booking.room_type_id)
  const hotel = findHotel(db, room.hotel_id)
  const daysLeft = dayNumber(booking.check_in) - dayNumber(ctx.now())
  const fee = daysLeft >= hotel.free_cancellation_days ? 0 : room.price_per_night
  db.run('set_booking_status', { id: booking.id, status: 'cancelled' })
  db.run('set_booking_total', { id: booking.id, total: fee })
  if (fee > 0)
    db.run('insert_invoice', { id: ctx.id('invoice'), booking_id: booking.id, amount: fee, issued_at: ctx.now() })
  return showBooking(db, findBooking(db, booking.id))
}

// At the desk

function check_in(args, db, ctx) {
  const booking = findConfirmed(db, args.booking_id, 'checked in')
  const today = ctx.now().slice(0, 10)
  if (booking.check_in !== today)
    throw new ToolError('conflict', `The booking begins on ${booking.check_in}; today is ${today}.`)
  db.run('set_booking_status', { id: booking.id, status: 'checked_in' })
  return showBooking(db, findBooking(db, booking.id))
}

function check_out(args, db, ctx) {
  const booking = findBooking(db, args.booking_id)
  if (booking.status !== 'checked_in')
    throw new ToolError('conflict', `The booking is ${booking.status}; only a checked_in one can be checked out.`)
  db.run('set_booking_status', { id: booking.id, status: 'checked_out' })
  db.run('insert_invoice', {
    id: ctx.id('invoice'),
    booking_id: booking.id,
    amount: booking.total,
    issued_at: ctx.now(),
  })
  return showBooking(db, findBooking(db, booking.id))
}

function pay_invoice(args, db, ctx) {
  const invoice = db.get('invoice_by_id', { id: args.invoice_id })
  if (!invoice) throw new ToolError('not_found', `No invoice ${args.invoice_id}.`)
  if (invoice.status === 'paid') throw new ToolError('conflict', 'The invoice is paid already.')
  db.run('set_invoice_paid', { id: invoice.id })
  db.run('insert_payment', {
    id: ctx.id('payment'),
    invoice_id: invoice.id,
    amount: invoice.amount,
    method: args.method,
    paid_at: ctx.now(),
  })
  return db.get('invoice_by_id', { id: invoice.id })
}

function update_guest(args, db) {
  const guest = db.get('guest_by_id', { id: args.guest_id })
  if (!guest) throw new ToolError('not_found', `No guest ${args.guest_id}.`)
  if (args.email === undefined && args.phone === undefined)
    throw new ToolError('invalid', 'Give an email or a phone number to change.')
  db.run('set_guest_contact', { id: guest.id, email: args.email ?? guest.email, phone: args.phone ?? guest.phone })
  return db.get('guest_by_id', { id: guest.id })
}

// Helpers

function findHotel(db, id) {
  const hotel = db.get('hotel_by_id', { id })
  if (!hotel) throw new ToolError('not_found', `No hotel ${id}.`)
  return hotel
}

function findRoomType(db, id) {
  const room = db.get('room_type_by_id', { id })
  if (!room) throw new ToolError('not_found', `No room type ${id}.`)
  return room
}

function findBooking(db, id) {
  const booking = db.get('booking_by_id', { id })
  if (!booking) throw new ToolError('not_found', `No booking ${id}.`)
  return booking
}

function findConfirmed(db, id, done) {
  const booking = findBooking(db, id)
  if (booking.status !== 'confirmed')
    throw new ToolError('conflict', `The booking is ${booking.status}; only a confirmed one can be ${done}.`)
  return booking
}

function findOpen(db, id) {
  const booking = findBooking(db, id)
  if (booking.status !== 'confirmed' && booking.status !== 'checked_in')
    throw new ToolError('conflict', `The booking is ${booking.status}; its services are settled.`)
  return booking
}

function taken(db, roomTypeId, checkIn, checkOut, except) {
  return db.get('rooms_taken', { room_type_id: roomTypeId, check_in: checkIn, check_out: checkOut, except }).taken
}

function checkRoom(db, room, checkIn, checkOut, guests, except) {
  if (guests > room.capacity) throw new ToolError('invalid', `A ${room.name} holds ${room.capacity}, not ${guests}.`)
  if (taken(db, room.id, checkIn, checkOut, except) >= room.rooms)
    throw new ToolError('unavailable', `No ${room.name} is free from ${checkIn} to ${checkOut}.`)
}

function checkDates(checkIn, checkOut, ctx) {
  const nights = dayNumber(checkOut) - dayNumber(checkIn)
  if (nights < 1) throw new ToolError('invalid', 'check_out must be after check_in.')
  if (nights > nightsMax) throw new ToolError('invalid', `A stay is ${nightsMax} nights at most.`)
  if (checkIn < ctx.now().slice(0, 10)) throw new ToolError('invalid', `check_in ${checkIn} is in the past.`)
  return nights
}

// The total follows from what the booking holds, whatever changed last.
function settle(db, id) {
  const booking = findBooking(db, id)
  const room = findRoomType(db, booking.room_type_id)
  const hotel = findHotel(db, room.hotel_id)
  const { tier } = db.get('guest_by_id', { id: booking.guest_id })
  const nights = dayNumber(booking.check_out) - dayNumber(booking.check_in)
  const stay = nights * room.price_per_night * (1 - discounts[tier])
  const breakfast = booking.breakfast ? nights * hotel.breakfast_price * booking.guests : 0
  const { sum } = db.get('services_sum', { booking_id: id })
  db.run('set_booking_total', { id, total: cents(stay + breakfast + sum) })
  return showBooking(db, findBooking(db, id))
}

function showBooking(db, booking) {
  return {
    ...booking,
    breakfast: !!booking.breakfast,
    services: db.all('services_of_booking', { booking_id: booking.id }),
  }
}

function showHotel(hotel) {
  return { ...hotel, pool: !!hotel.pool }
}

function cents(amount) {
  return Math.round(amount * 100) / 100
}

function ageOn(birthDate, day) {
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return day.slice(5, 10) < birthDate.slice(5, 10) ? years - 1 : years
}

// Days since 1 March of the year 0 in the Gregorian calendar, so that leap days come last in a year.
function dayNumber(iso) {
  const month = Number(iso.slice(5, 7))
  const year = Number(iso.slice(0, 4)) - (month <= 2 ? 1 : 0)
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + Number(iso.slice(8, 10)) - 1
  return 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + dayOfYear
}
