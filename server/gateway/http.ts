/**
 * What is served, over HTTP: domains and their tasks, for who looks around; and OpenEnv's routes per domain that need no
 * session. Never gold, slots, certificates, scenarios, programs or SQL.
 */

import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Catalog } from '../../envs/catalog.ts'
import { action, transition } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import { stateReply } from '../../schemas/messages.ts'
import { split, stage, summarizeTask } from '../../schemas/task.ts'
import type { ServerConfig } from '../config.ts'
import type { Sessions } from '../sessions.ts'

export interface HttpGatewayOptions {
  app: FastifyInstance
  catalog: Catalog
  sessions: Sessions
  config: ServerConfig
}

export function addHttpRoutes({ app, catalog, sessions, config }: HttpGatewayOptions): void {
  const page = {
    limit: z.coerce.number().int().min(1).max(config.pageMax).default(100),
    cursor: z.coerce.number().int().min(0).default(0),
    search: z.string().max(200).default(''),
  }
  const domainQuery = z.object(page)
  const taskQuery = z.object({ ...page, split: split.optional(), stage: stage.optional() })

  app.get('/health', () => ({ status: 'healthy', sessions: sessions.size }))

  app.get('/domains', (request) => {
    const query = parseQuery(domainQuery, request.query)
    const found = catalog.list().filter(({ id, title, description }) => matches(query.search, id, title, description))
    return paged('domains', found, query)
  })

  app.get<{ Params: { id: string } }>('/domains/:id', (request) => {
    const { id, version, title, description, policy, sources, tables, tools, edges, tasks } = catalog.domain(
      request.params.id,
    )
    return { id, version, title, description, policy, sources, tables, tools, edges, tasks: tasks.length }
  })

  app.get<{ Params: { id: string } }>('/domains/:id/tasks', (request) => {
    const query = parseQuery(taskQuery, request.query)
    const { id, tasks } = catalog.domain(request.params.id)
    const found = tasks
      .filter((task) => (query.split ?? task.split) === task.split && (query.stage ?? task.stage) === task.stage)
      .filter((task) => matches(query.search, task.id, task.intent))
      .map((task) => summarizeTask(id, task))
    return paged('tasks', found, query)
  })

  app.get<{ Params: { id: string } }>('/domains/:id/health', (request) => {
    catalog.domain(request.params.id)
    return { status: 'healthy' }
  })

  app.get<{ Params: { id: string } }>('/domains/:id/metadata', (request) => {
    const { title, description, version } = catalog.domain(request.params.id)
    return {
      name: title,
      description,
      readme_content: null,
      version: version ?? null,
      author: null,
      documentation_url: null,
    }
  })

  const schemas = {
    action: z.toJSONSchema(action, { io: 'input' }),
    observation: z.toJSONSchema(transition.shape.observation),
    state: z.toJSONSchema(stateReply.shape.data),
  }
  app.get<{ Params: { id: string } }>('/domains/:id/schema', (request) => {
    catalog.domain(request.params.id)
    return schemas
  })
}

function parseQuery<T>(schema: z.ZodType<T>, query: unknown): T {
  const parsed = schema.safeParse(query)
  if (parsed.success) return parsed.data
  const words = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw new MicrocosmError('VALIDATION_ERROR', `The query does not fit: ${words}.`)
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
