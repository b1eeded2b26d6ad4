/** For who runs the server: sessions, draining, whether it is ready, and what it measures; but for the second by keys with the role operate. */

import { z } from 'zod'
import { MicrocosmError } from '../../schemas/errors.ts'
import { requireRole } from '../callers.ts'
import type { Peers } from '../cluster/peers.ts'
import type { ServerConfig } from '../config.ts'
import type { Metrics } from '../metrics.ts'
import type { Operator } from '../operate.ts'
import { sessionLine } from '../operate.ts'
import type { Guard } from './guard.ts'
import type { Asked, Routes } from './routes.ts'

export interface OperateOptions {
  routes: Routes
  operator: Operator
  metrics: Metrics
  peers: Peers
  guard: Guard
  config: Pick<ServerConfig, 'pageMax'>
}

const tag = 'Operation'

export function addOperateRoutes({ routes, operator, metrics, peers, guard, config }: OperateOptions): void {
  const requireOperator = ({ request }: Asked<unknown, unknown>): void =>
    requireRole(guard.identify(request.raw), 'operate')

  routes.add({
    method: 'GET',
    path: '/ready',
    tag,
    summary: 'Whether new sessions are taken: 200, or 503 while it is drained',
    reply: z.object({ status: z.literal('ready') }),
    handle() {
      if (operator.status().draining) throw new MicrocosmError('DRAINING', 'This server takes no new sessions.')
      return { status: 'ready' }
    },
  })
  routes.add({
    method: 'GET',
    path: '/metrics',
    tag,
    summary: "What the server measures, in Prometheus' text form",
    reply: z.string(),
    async handle(asked) {
      requireOperator(asked)
      asked.reply.type(metrics.type)
      return metrics.text(await peers.askAll<object[]>('metrics'))
    },
  })
  routes.add({
    method: 'GET',
    path: '/operate/sessions',
    tag,
    summary: 'The sessions that there are, the oldest first',
    query: z.object({
      limit: z.coerce.number().int().min(1).max(config.pageMax).default(100),
      cursor: z.coerce.number().int().min(0).default(0),
      domain: z.string().optional(),
      key: z.string().optional(),
    }),
    reply: z.object({
      sessions: z.array(sessionLine),
      total: z.int(),
      next_cursor: z.string().nullable(),
      draining: z.boolean(),
    }),
    async handle(asked) {
      requireOperator(asked)
      const { limit, cursor, domain, key } = asked.query
      const found = (await operator.list()).filter(
        (line) => (domain === undefined || line.domain === domain) && (key === undefined || line.key === key),
      )
      const next = cursor + limit
      return {
        sessions: found.slice(cursor, next),
        total: found.length,
        next_cursor: next < found.length ? String(next) : null,
        draining: operator.status().draining,
      }
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/operate/sessions/:session',
    tag,
    summary: 'Ends a session, whoever holds it',
    reply: z.unknown(),
    status: 204,
    async handle(asked) {
      requireOperator(asked)
      await operator.kill(String(asked.params.session))
    },
  })
  routes.add({
    method: 'POST',
    path: '/operate/drain',
    tag,
    summary: 'No session is opened from now on; those that there are go on',
    reply: z.object({ sessions: z.int() }),
    async handle(asked) {
      requireOperator(asked)
      return operator.drain()
    },
  })
}
