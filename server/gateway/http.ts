/**
 * What is served, over HTTP: domains and tasks, for who looks around; sessions, for those without WebSockets. Never gold,
 * slots, certificates, scenarios, programs or SQL, but to a key that has the right "gold".
 */

import { z } from 'zod'
import type { Catalog } from '../../envs/catalog.ts'
import { domainSummary } from '../../schemas/domain.ts'
import { action, domainReference, transition, wireResetOptions } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import { forkedReply, forkLimit, messageId, stateReply } from '../../schemas/messages.ts'
import { granted, grantRequest, sessionEvent } from '../../schemas/session.ts'
import { gold, language, slot, split, stage, taskKind, taskSummary } from '../../schemas/task.ts'
import { trajectory } from '../../schemas/trajectory.ts'
import { verification } from '../../schemas/verification.ts'
import { requireRight, tokenOf } from '../access.ts'
import type { Peers } from '../cluster/peers.ts'
import * as conduct from '../conduct.ts'
import type { ServerConfig } from '../config.ts'
import type { MessageKey } from '../journal/records.ts'
import { shuffled } from '../sampling.ts'
import type { Seat, Sessions } from '../sessions.ts'
import { remember } from '../sessions.ts'
import type { Signer } from '../signing.ts'
import { signedResult } from '../signing.ts'
import type { TaskIndex } from '../tasks.ts'
import { fits } from '../tasks.ts'
import { streamEvents } from './events.ts'
import type { Guard } from './guard.ts'
import type { Asked, Routes } from './routes.ts'

export interface HttpGatewayOptions {
  routes: Routes
  catalog: Catalog
  sessions: Sessions
  peers: Peers
  index: TaskIndex
  guard: Guard
  config: ServerConfig
  signer: Signer
}

const loose = z.looseObject({})
const whole = (min: number) => z.coerce.number().int().min(min)

export function addHttpRoutes({
  routes,
  catalog,
  sessions,
  peers,
  index,
  guard,
  config,
  signer,
}: HttpGatewayOptions): void {
  const page = {
    limit: z.coerce.number().int().min(1).max(config.pageMax).default(100),
    cursor: z.coerce.number().int().min(0).default(0),
    search: z.string().max(200).default(''),
  }
  const taskQuery = z.object({
    ...page,
    split: split.optional(),
    stage: stage.optional(),
    language: language.optional(),
    min_length: whole(0).optional(),
    max_length: whole(0).optional(),
    min_difficulty: whole(0).optional(),
    max_difficulty: whole(0).optional(),
    kind: taskKind.optional(),
    seed: whole(0).optional().describe('shuffles: the pages are then an epoch without replacement'),
  })
  type TaskQuery = z.infer<typeof taskQuery>
  const listed = (of: readonly z.infer<typeof taskSummary>[], query: TaskQuery): object => {
    const filter = {
      stage: query.stage,
      language: query.language,
      length: { min: query.min_length, max: query.max_length },
      difficulty: { min: query.min_difficulty, max: query.max_difficulty },
      kind: query.kind,
    }
    const found = of.filter((task) => fits(task, filter, query.split) && matches(query.search, task.id, task.intent))
    return paged('tasks', query.seed === undefined ? found : shuffled(found, query.seed), query)
  }
  const pageOf = (name: string, item: z.ZodType) =>
    z.object({ [name]: z.array(item), total: z.int(), next_cursor: z.string().nullable() })

  routes.add({
    method: 'GET',
    path: '/health',
    tag: 'Server',
    summary: 'Whether it serves, and how many sessions there are',
    reply: z.object({ status: z.literal('healthy'), sessions: z.int() }),
    handle: () => ({ status: 'healthy', sessions: sessions.size + peers.sessions() }),
  })
  routes.add({
    method: 'GET',
    path: '/openapi.json',
    tag: 'Server',
    summary: 'This document',
    reply: loose,
    handle: () => routes.document('Microcosm', '1.0.0'),
  })
  routes.add({
    method: 'GET',
    path: '/signing-key',
    tag: 'Server',
    summary: 'The key that results are signed with: Ed25519, as PEM',
    reply: z.object({ public_key: z.string() }),
    handle: () => ({ public_key: signer.publicKey }),
  })
  routes.add({
    method: 'GET',
    path: '/domains',
    tag: 'Domains',
    summary: 'The domains that are served',
    query: z.object(page),
    reply: pageOf('domains', domainSummary),
    handle({ query, request }) {
      const { account } = guard.identify(request.raw)
      const found = catalog
        .list()
        .filter(
          (domain) => account.mayUse(domain.id) && matches(query.search, domain.id, domain.title, domain.description),
        )
      return paged('domains', found, query)
    },
  })
  routes.add({
    method: 'GET',
    path: '/domains/:id',
    tag: 'Domains',
    summary: 'One domain: its policy, tables and tools',
    reply: loose,
    handle({ params }) {
      const { id, version, title, description, policy, sources, tables, tools, edges, tasks } = catalog.domain(
        String(params.id),
      )
      return { id, version, title, description, policy, sources, tables, tools, edges, tasks: tasks.length }
    },
  })
  routes.add({
    method: 'GET',
    path: '/domains/:id/tasks',
    tag: 'Tasks',
    summary: 'The tasks of a domain, without gold',
    query: taskQuery,
    reply: pageOf('tasks', taskSummary),
    handle: ({ params, query }) => listed(index.of(String(params.id)), query),
  })
  routes.add({
    method: 'GET',
    path: '/domains/:id/tasks/:task',
    tag: 'Tasks',
    summary: 'One task; with gold, slots and certificate for a key that has the right "gold"',
    query: z.object({ gold: z.enum(['true', 'false']).default('false') }),
    reply: loose,
    handle({ params, query, request }) {
      const [summary] = index.of(String(params.id)).filter(({ id }) => id === params.task)
      if (summary === undefined)
        throw new MicrocosmError('UNKNOWN_TASK', `The domain "${params.id}" has no task "${params.task}".`)
      if (query.gold === 'false') return summary
      const { roles, rights } = guard.identify(request.raw)
      if (!(guard.closed && roles.has('operate'))) requireRight(rights, 'gold', 'Gold')
      const found = catalog.domain(summary.domain).tasks.find(({ id }) => id === summary.id)
      return { ...found, ...summary }
    },
  })
  routes.add({
    method: 'GET',
    path: '/tasks',
    tag: 'Tasks',
    summary: 'The tasks of all domains, without gold',
    query: taskQuery,
    reply: pageOf('tasks', taskSummary),
    async handle({ query, request }) {
      const { account } = guard.identify(request.raw)
      return listed(
        (await index.all()).filter(({ domain }) => account.mayUse(domain)),
        query,
      )
    },
  })

  const seatOf = async ({ params, request }: Asked<unknown, unknown>): Promise<Seat> => {
    await sessions.wake(String(params.id))
    return guard.seat(request.raw, sessions.seat(String(params.id), tokenOf(request.raw) ?? ''))
  }
  const opened = z.looseObject({ id: z.string(), token: z.string(), observation: loose })

  routes.add({
    method: 'POST',
    path: '/sessions',
    tag: 'Sessions',
    summary: 'Opens a session, resets it, and answers with its id, its token and what the reset shows',
    body: wireResetOptions.extend({
      domain: domainReference.optional(),
      reset: z.boolean().default(true).describe('false opens it only'),
    }),
    reply: opened,
    status: 201,
    async handle({ body: { reset, ...options }, request }) {
      const caller = guard.identify(request.raw)
      const settled = await conduct.settle(options, undefined, index, caller)
      if (settled.domain === undefined)
        throw new MicrocosmError('VALIDATION_ERROR', 'Say a domain, or have a task drawn with sample.')
      await sessions.room(caller)
      const { id, owner } = sessions.open(settled.domain, { caller, bound: false })
      try {
        await owner.session.journal.open()
        const shown = reset ? await conduct.reset(owner, settled) : await conduct.step(owner, { type: 'list_tools' })
        return { id, token: owner.token, ...shown }
      } catch (error) {
        await sessions.close(owner.session)
        throw error
      }
    },
  })
  routes.add({
    method: 'GET',
    path: '/sessions/:id',
    tag: 'Sessions',
    summary: 'How it stands',
    reply: stateReply.shape.data,
    handle: async (asked) => conduct.state(await seatOf(asked)),
  })
  routes.add({
    method: 'POST',
    path: '/sessions/:id/reset',
    tag: 'Sessions',
    summary: 'Begins another episode of the same domain',
    body: wireResetOptions,
    reply: transition,
    async handle(asked) {
      const seat = await seatOf(asked)
      const settled = await conduct.settle(asked.body, seat.session.domain, index, seat.session.caller)
      if (settled.domain?.split('@')[0] !== seat.session.domain)
        throw new MicrocosmError('VALIDATION_ERROR', `This is a session of "${seat.session.domain}"; open another.`)
      return once(seat, asked, (key) => conduct.reset(seat, settled, key))
    },
  })
  routes.add({
    method: 'POST',
    path: '/sessions/:id/step',
    tag: 'Sessions',
    summary: 'One action; with an id it is done once, however often it is sent',
    body: z.looseObject({ action, id: messageId }),
    reply: transition,
    async handle(asked) {
      const seat = await seatOf(asked)
      return once(seat, asked, (key) => conduct.step(seat, asked.body.action, key))
    },
  })
  routes.add({
    method: 'POST',
    path: '/sessions/:id/verify',
    tag: 'Sessions',
    summary: 'The state of now, held against gold',
    reply: verification,
    handle: async (asked) => conduct.verify(await seatOf(asked)),
  })
  routes.add({
    method: 'POST',
    path: '/sessions/:id/fork',
    tag: 'Sessions',
    summary: 'As many sessions in the same state',
    body: z.object({ count: z.int().min(1).max(forkLimit).default(1) }),
    reply: forkedReply.shape.data,
    handle: async (asked) => conduct.fork(await seatOf(asked), asked.body.count, sessions),
  })
  routes.add({
    method: 'POST',
    path: '/sessions/:id/tokens',
    tag: 'Sessions',
    summary: 'A further token, for another agent, a user or an observer',
    body: grantRequest,
    reply: granted,
    status: 201,
    handle: async (asked) => conduct.grant(await seatOf(asked), asked.body),
  })
  routes.add({
    method: 'GET',
    path: '/sessions/:id/trajectory',
    tag: 'Sessions',
    summary: 'The record of the episode so far',
    reply: trajectory,
    handle: async (asked) => conduct.trajectory(await seatOf(asked)),
  })
  routes.add({
    method: 'GET',
    path: '/sessions/:id/result',
    tag: 'Sessions',
    summary: 'How the episode ended, signed with the key of this server',
    reply: z.object({ result: loose, signature: z.string() }),
    handle: async (asked) => signedResult(await seatOf(asked), signer),
  })
  routes.add({
    method: 'GET',
    path: '/sessions/:id/gold',
    tag: 'Sessions',
    summary: 'Gold of the task that is played, for a token that has the right "gold"',
    reply: z.object({ task: z.string(), gold, slots: z.array(slot) }),
    handle: async (asked) => conduct.gold(await seatOf(asked)),
  })
  routes.add({
    method: 'GET',
    path: '/sessions/:id/events',
    tag: 'Sessions',
    summary: 'What happens in it, as a stream of server-sent events',
    reply: sessionEvent,
    handle: async (asked) => streamEvents(await seatOf(asked), asked.reply, config),
  })
  routes.add({
    method: 'DELETE',
    path: '/sessions/:id',
    tag: 'Sessions',
    summary: 'Ends it',
    reply: z.unknown(),
    status: 204,
    async handle(asked) {
      const seat = await seatOf(asked)
      conduct.requireOwner(seat, 'delete it')
      await sessions.close(seat.session)
    },
  })
}

/** A request whose id, in its body or as Idempotency-Key, was answered in this episode is answered again. */
async function once(
  seat: Seat,
  { body, request }: Asked<unknown, unknown>,
  work: (key?: MessageKey) => Promise<object>,
): Promise<object> {
  const given = (body as { id?: unknown }).id ?? request.headers['idempotency-key']
  const { data: id } = messageId.safeParse(given)
  if (id === undefined) return work()
  const type = request.routeOptions.url ?? ''
  const before = seat.answered.get(id)
  if (before !== undefined) {
    if (before.type === type) return before.reply
    throw new MicrocosmError('VALIDATION_ERROR', `The id ${JSON.stringify(id)} was another request's already.`)
  }
  const reply = work({ id, type })
  remember(seat, id, { type, reply })
  try {
    const answered = await reply
    remember(seat, id, { type, reply }) // a reset forgets what came before it, but not itself
    return answered
  } catch (error) {
    seat.answered.delete(id)
    throw error
  }
}

function matches(search: string, ...texts: string[]): boolean {
  return search === '' || texts.some((text) => text.toLowerCase().includes(search.toLowerCase()))
}

/** `cursor` is where the page begins; `next_cursor` is null on the last one. */
function paged<T>(name: string, found: readonly T[], { limit, cursor }: { limit: number; cursor: number }): object {
  const next = cursor + limit
  return {
    [name]: found.slice(cursor, next),
    total: found.length,
    next_cursor: next < found.length ? String(next) : null,
  }
}
