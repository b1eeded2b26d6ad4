/**
 * OpenEnv's HTTP routes of a domain. Its reset and step keep nothing between requests: each is a fresh environment, as
 * OpenEnv has it; episodes are played over the WebSocket beside them, or under /sessions.
 * Source: openenv 0.10.0, core/env_server/http_server.py; checked by `openenv validate`.
 */

import { z } from 'zod'
import type { Catalog } from '../../envs/catalog.ts'
import { action, resetObservation, transition, wireResetOptions } from '../../schemas/environment.ts'
import { stateReply } from '../../schemas/messages.ts'
import * as conduct from '../conduct.ts'
import type { Seat, Sessions } from '../sessions.ts'
import type { TaskIndex } from '../tasks.ts'
import type { Guard } from './guard.ts'
import type { Asked, Routes } from './routes.ts'

export interface OpenEnvOptions {
  routes: Routes
  catalog: Catalog
  sessions: Sessions
  index: TaskIndex
  guard: Guard
}

export function addOpenEnvRoutes({ routes, catalog, sessions, index, guard }: OpenEnvOptions): void {
  const base = '/domains/:id'
  const tag = 'OpenEnv'
  /** A session of this request alone. */
  const within = async <T>(
    { params, request }: Asked<unknown, unknown>,
    work: (seat: Seat) => Promise<T>,
  ): Promise<T> => {
    const caller = guard.identify(request.raw)
    await sessions.room(caller)
    const { owner } = sessions.open(String(params.id), { caller, bound: false })
    try {
      return await work(owner)
    } finally {
      await sessions.close(owner.session)
    }
  }
  const schemas = {
    action: z.toJSONSchema(action, { io: 'input' }),
    observation: z.toJSONSchema(transition.shape.observation),
    reset_observation: z.toJSONSchema(resetObservation),
    state: z.toJSONSchema(stateReply.shape.data),
  }
  routes.add({
    method: 'GET',
    path: `${base}/openapi.json`,
    tag,
    summary: 'The OpenAPI document of this domain as an OpenEnv server',
    reply: z.looseObject({}),
    handle({ params }) {
      const { title } = catalog.domain(idOf(params))
      return routes.document(title, '1.0.0', base)
    },
  })
  routes.add({
    method: 'GET',
    path: `${base}/health`,
    tag,
    summary: 'Whether it serves',
    reply: z.object({ status: z.literal('healthy') }),
    handle({ params }) {
      catalog.domain(idOf(params))
      return { status: 'healthy' }
    },
  })
  routes.add({
    method: 'GET',
    path: `${base}/metadata`,
    tag,
    summary: 'Name, description and version',
    reply: z.object({
      name: z.string(),
      description: z.string(),
      readme_content: z.string().nullable(),
      version: z.string().nullable(),
      author: z.string().nullable(),
      documentation_url: z.string().nullable(),
    }),
    handle({ params }) {
      const { title, description, version, policy } = catalog.domain(idOf(params))
      return {
        name: title,
        description,
        readme_content: policy,
        version: version ?? null,
        author: null,
        documentation_url: null,
      }
    },
  })
  routes.add({
    method: 'GET',
    path: `${base}/schema`,
    tag,
    summary: 'JSON Schemas of actions, observations and state',
    reply: z.object({
      action: z.looseObject({}),
      observation: z.looseObject({}),
      reset_observation: z.looseObject({}),
      state: z.looseObject({}),
    }),
    handle({ params }) {
      catalog.domain(idOf(params))
      return schemas
    },
  })
  routes.add({
    method: 'GET',
    path: `${base}/state`,
    tag,
    summary: 'The state of a fresh environment',
    reply: stateReply.shape.data,
    handle({ params }) {
      catalog.domain(idOf(params))
      return { episode_id: null, step_count: 0 }
    },
  })
  routes.add({
    method: 'POST',
    path: `${base}/reset`,
    tag,
    summary: 'What a reset shows; the environment ends with the request',
    body: wireResetOptions,
    reply: transition,
    async handle(asked) {
      const caller = guard.identify(asked.request.raw)
      const settled = await conduct.settle(asked.body, String(asked.params.id), index, caller)
      return within(asked, (seat) => conduct.reset(seat, settled))
    },
  })
  routes.add({
    method: 'POST',
    path: `${base}/step`,
    tag,
    summary: 'One action in a fresh environment, reset with seed 0, which ends with the request',
    body: z.looseObject({
      action,
      timeout_s: z.number().positive().nullish(),
      request_id: z.string().max(255).nullish(),
    }),
    reply: transition,
    handle: (asked) =>
      within(asked, async (seat) => {
        await conduct.reset(seat, { seed: 0 })
        return conduct.step(seat, asked.body.action)
      }),
  })
}

export const idOf = ({ id = '' }: Record<string, string>): string => id.split('@')[0] ?? ''
