/**
 * The guard at the doors: from where a request may come, how often, and with which key. It stands before every route of
 * HTTP, and before every upgrade to a WebSocket.
 *
 * Without a key only `/health` and `/ready` are answered; a session's own addresses are opened by its token. What a request
 * weighs is put on the account of its key, or of the key that opened the session.
 */

import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { MicrocosmError } from '../../schemas/errors.ts'
import { addressOf, requireOwnSite } from '../access.ts'
import { createBuckets } from '../buckets.ts'
import type { Caller, Callers } from '../callers.ts'
import type { ServerConfig } from '../config.ts'
import type { Seat } from '../sessions.ts'

export interface Guard {
  /** Whether a key must be shown. */
  readonly closed: boolean
  /** Whether it may come in at all. @throws NOT_PERMITTED for another site's, RATE_LIMITED */
  admit(request: IncomingMessage): void
  addressOf(request: IncomingMessage): string
  /** Who asks. @throws KEY_REQUIRED, KEY_REVOKED, RATE_LIMITED, QUOTA_EXCEEDED */
  identify(request: IncomingMessage): Caller
  /** The seat, for whose session the request is. @throws KEY_REVOKED, QUOTA_EXCEEDED */
  seat(request: IncomingMessage, seat: Seat): Seat
  /** A body has come, with or without saying its length before. */
  weigh(request: IncomingMessage, bytes: number): void
  /** The id of the key that a request was put on the account of. */
  payer(request: IncomingMessage): string | null
  /** Before all routes that are added later. */
  watch(app: FastifyInstance): void
}

const open = new Set(['/health', '/ready'])

export function createGuard(callers: Callers, config: ServerConfig): Guard {
  const payers = new WeakMap<IncomingMessage, Caller>()
  const rates = createBuckets(config.requestsPerSecond)
  const unpaid = new WeakMap<IncomingMessage, number>() // bodies that came before it was known whose they are
  const pay = (request: IncomingMessage, caller: Caller): void => {
    payers.set(request, caller)
    caller.account.spend('bytes', unpaid.get(request) ?? 0)
  }
  const guard: Guard = {
    get closed() {
      return callers.closed
    },
    addressOf: (request) => addressOf(request, config),
    admit(request) {
      requireOwnSite(request, config)
      const bucket = rates.of(guard.addressOf(request))
      const wait = bucket.wait()
      if (wait > 0) throw new MicrocosmError('RATE_LIMITED', 'Too many requests.', { retry_after_ms: wait })
      bucket.take(1)
    },
    identify(request) {
      const known = payers.get(request)
      if (known !== undefined) return known
      const caller = callers.identify(request)
      pay(request, caller)
      return caller
    },
    seat(request, seat) {
      if (!payers.has(request)) pay(request, seat.session.caller)
      return seat
    },
    weigh(request, bytes) {
      const caller = payers.get(request)
      if (caller === undefined) unpaid.set(request, bytes)
      else caller.account.charge(bytes)
    },
    payer: (request) => payers.get(request)?.key ?? null,
    watch(app) {
      app.addHook('onRequest', async ({ raw, method, routeOptions, params }) => {
        guard.admit(raw)
        const route = routeOptions.url ?? ''
        if (open.has(route) || route.startsWith('/sessions/:id')) return
        const { account } = guard.identify(raw)
        if (method === 'GET') account.spend('steps', 1) // lists and domains take time as well
        const { id } = params as { id?: string }
        if (route.startsWith('/domains/:id') && id !== undefined) account.requireDomain(id.split('@')[0] ?? '')
      })
      app.addHook('onSend', async ({ raw }, _reply, payload) => {
        const size = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0
        payers.get(raw)?.account.charge(size)
        return payload
      })
    },
  }
  return guard
}
