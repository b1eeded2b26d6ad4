/**
 * How a route is written down: its schemas are what it checks and what the OpenAPI document says of it.
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { MicrocosmError } from '../../schemas/errors.ts'

export interface Route<Query, Body, Reply> {
  method: 'GET' | 'POST' | 'DELETE'
  /** With parameters as `:name`. */
  path: string
  summary: string
  tag: string
  query?: z.ZodType<Query>
  body?: z.ZodType<Body>
  reply: z.ZodType<Reply>
  status?: number
  handle(asked: Asked<Query, Body>): Promise<unknown> | unknown
}

export interface Asked<Query, Body> {
  params: Record<string, string>
  query: Query
  body: Body
  request: FastifyRequest
  reply: FastifyReply
}

export interface Routes {
  add<Query = unknown, Body = unknown, Reply = unknown>(route: Route<Query, Body, Reply>): void
  /** OpenAPI 3.1, of all routes or of those below a path, which are then named from there. */
  document(title: string, version: string, below?: string): object
}

export const problemSchema = z
  .object({
    status: z.int(),
    title: z.string(),
    detail: z.string(),
    code: z.string(),
    remedy: z.string(),
    quota: z.string().optional(),
    retry_after_ms: z.number().optional(),
  })
  .meta({ title: 'Problem' })

export function createRoutes(app: FastifyInstance): Routes {
  const known: Route<never, never, unknown>[] = []
  return {
    add(route) {
      known.push(route as unknown as Route<never, never, unknown>)
      const { query = z.unknown(), body = z.unknown(), status = 200 } = route
      app.route({
        method: route.method,
        url: route.path,
        async handler(request, reply) {
          reply.code(status)
          const answered = await route.handle({
            params: request.params as Record<string, string>,
            query: parse(query, request.query, 'query') as never,
            body: parse(body, request.body ?? {}, 'body') as never,
            request,
            reply,
          })
          // What has written its own answer is done.
          if (reply.sent || reply.raw.headersSent) return reply
          return status === 204 ? reply.send() : answered
        },
      })
    },
    document(title, version, below = '') {
      const paths: Record<string, Record<string, object>> = {}
      for (const route of known) {
        if (!route.path.startsWith(below) || route.path === below) continue
        const path = route.path.slice(below.length).replaceAll(/:(\w+)/g, '{$1}')
        paths[path] ??= {}
        ;(paths[path] as Record<string, object>)[route.method.toLowerCase()] = operation(route, below)
      }
      return { openapi: '3.1.0', info: { title, version }, paths }
    },
  }
}

function operation(
  { summary, tag, path, query, body, reply, status = 200 }: Route<never, never, unknown>,
  below: string,
) {
  const json = (schema: z.ZodType, io: 'input' | 'output') => ({
    'application/json': { schema: z.toJSONSchema(schema, { io, unrepresentable: 'any' }) },
  })
  const inPath = [...path.slice(below.length).matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const shape = query instanceof z.ZodObject ? (query.shape as Record<string, z.ZodType>) : {}
  const inQuery = Object.entries(shape).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  }))
  return {
    summary,
    tags: [tag],
    parameters: [...inPath, ...inQuery],
    ...(body === undefined ? {} : { requestBody: { content: json(body, 'input') } }),
    responses: {
      [status]: status === 204 ? { description: 'Done.' } : { description: summary, content: json(reply, 'output') },
      default: {
        description: 'What went wrong (RFC 9457).',
        content: { 'application/problem+json': { schema: z.toJSONSchema(problemSchema) } },
      },
    },
  }
}

/** @throws VALIDATION_ERROR with the places */
export function parse<T>(schema: z.ZodType<T>, value: unknown, what: 'query' | 'body'): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const words = parsed.error.issues.map((issue) => `${issue.path.join('.') || what}: ${issue.message}`).join('; ')
  const errors = parsed.error.issues
    .slice(0, 20)
    .map(({ code, path, message }) => ({ type: code, loc: [what, ...path], msg: message }))
  throw new MicrocosmError('VALIDATION_ERROR', `The ${what} does not fit: ${words}.`, { errors })
}
