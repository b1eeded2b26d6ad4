/**
 * The Model Context Protocol over Streamable HTTP, by the official SDK: the tools of a domain as MCP tools.
 *
 * At `/sessions/{id}/mcp` the episode stands in the address, so each request stands for itself and any revision of the
 * protocol will do. At `/domains/{id}/mcp` the handshake opens a session and resets it; Mcp-Session-Id names it from then on.
 * OpenEnv's own JSON-RPC has the same address; what is of neither handshake nor session is OpenEnv's.
 */

import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js'
import {
  CallToolRequestSchema,
  ErrorCode,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
  ListToolsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ToolListObservation, ToolObservation, Transition } from '../../schemas/environment.ts'
import { resetOptions } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { split } from '../../schemas/task.ts'
import type { ToolSpec } from '../../schemas/tool.ts'
import { tokenOf } from '../access.ts'
import type { Caller } from '../callers.ts'
import { requireOwnKey } from '../callers.ts'
import type { Peers } from '../cluster/peers.ts'
import { relayJson } from '../cluster/relay.ts'
import * as conduct from '../conduct.ts'
import type { Seat, Session, Sessions } from '../sessions.ts'
import type { TaskIndex } from '../tasks.ts'
import type { Guard } from './guard.ts'
import { answerRpc, parseError } from './jsonrpc.ts'
import { parse } from './routes.ts'

export interface McpGatewayOptions {
  app: FastifyInstance
  sessions: Sessions
  peers: Peers
  index: TaskIndex
  guard: Guard
}

const openingQuery = z.looseObject({
  task: z.string().optional(),
  seed: z.coerce.number().int().min(0).optional(),
  split: split.optional(),
  user: resetOptions.shape.user,
})

export function addMcpRoutes({ app, sessions, peers, index, guard }: McpGatewayOptions): void {
  const handle = async (
    seat: Seat,
    request: FastifyRequest,
    reply: FastifyReply,
    handshake?: string,
  ): Promise<void> => {
    const server = serverOf(seat)
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: handshake === undefined ? undefined : () => handshake,
      enableJsonResponse: true,
    })
    reply.hijack()
    reply.raw.on('close', () => void server.close())
    await server.connect(transport as Parameters<Server['connect']>[0])
    await transport.handleRequest(request.raw, reply.raw, request.body)
  }
  /** Nothing is sent unasked, so there is no stream to open. */
  const noStream = (reply: FastifyReply) =>
    reply
      .code(405)
      .header('Allow', 'POST, DELETE')
      .type('application/json')
      .send({
        jsonrpc: '2.0',
        id: null,
        error: { code: -32000, message: 'Method not allowed: this server sends nothing unasked.' },
      })

  app.post<{ Params: { id: string } }>('/sessions/:id/mcp', async (request, reply) => {
    await sessions.wake(request.params.id)
    const seat = guard.seat(request.raw, sessions.seat(request.params.id, tokenOf(request.raw) ?? ''))
    await handle(seat, request, reply)
  })
  app.get('/sessions/:id/mcp', (_request, reply) => noStream(reply))

  app.post<{ Params: { id: string } }>('/domains/:id/mcp', async (request, reply) => {
    const caller = guard.identify(request.raw)
    const named = request.headers['mcp-session-id']
    if (typeof named === 'string') return handle(await heldBy(sessions, named, caller), request, reply)
    const { method, params } = (request.body ?? {}) as { method?: unknown; params?: { session_id?: unknown } }
    const owner = peers.ownerOf(String(params?.session_id ?? ''))
    if (owner !== null) return relayJson(peers, owner, request.raw, request.body, guard.addressOf(request.raw))
    const open = async (openedById: boolean): Promise<Seat> => {
      await sessions.room(caller)
      const { owner, journal } = sessions.open(request.params.id, { caller, bound: false, openedById })
      await journal.open()
      return owner
    }
    if (method !== 'initialize') {
      const own = new Set<Seat>()
      const answer = await answerRpc(request.body, {
        make: {
          sessions,
          caller,
          async open() {
            const seat = await open(true)
            if (method !== 'openenv/session/create') own.add(seat)
            return seat
          },
        },
      })
      for (const { session } of own) await sessions.close(session)
      return reply.send(answer)
    }
    const options = parse(openingQuery, request.query, 'query')
    const seat = await open(false)
    try {
      await conduct.reset(seat, await conduct.settle(options, seat.session.domain, index, caller))
    } catch (error) {
      await sessions.close(seat.session)
      throw error
    }
    return handle(seat, request, reply, `${seat.session.id}.${seat.token}`)
  })
  app.get('/domains/:id/mcp', (_request, reply) => noStream(reply))
  app.delete('/domains/:id/mcp', async (request, reply) => {
    const handle = String(request.headers['mcp-session-id'] ?? '')
    await sessions.close((await heldBy(sessions, handle, guard.identify(request.raw))).session)
    return reply.code(200).send()
  })
  // OpenEnv answers what is no JSON in JSON-RPC's words, with status 200.
  app.addHook('onError', async (request, reply, error) => {
    const isParse = (error as { code?: string }).code === 'FST_ERR_CTP_INVALID_JSON_BODY'
    if (isParse && request.url.split('?')[0]?.endsWith('/mcp')) {
      reply.hijack()
      reply.raw.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(parseError))
    }
  })
}

/** @throws UNKNOWN_SESSION also for one of another key */
async function heldBy(sessions: Sessions, handle: string, caller: Caller): Promise<Seat> {
  const [id = '', token = ''] = handle.split('.')
  await sessions.wake(id)
  return requireOwnKey(sessions.seat(id, token), caller)
}

function serverOf(seat: Seat): Server {
  const { session } = seat
  const { id, title, version = '' } = session.world.domain
  const server = new Server(
    { name: id, title, version },
    { capabilities: { tools: {}, prompts: {} }, instructions: instructionsOf(session) },
  )
  server.setRequestHandler(ListToolsRequestSchema, async () => {
    const { observation } = (await conduct.step(seat, { type: 'list_tools' })) as Transition<ToolListObservation>
    return { tools: observation.tools.map((spec) => toolOf(session, spec)) }
  })
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    try {
      return await call(seat, params.name, (params.arguments ?? {}) as JsonObject)
    } catch (error) {
      if (!(error instanceof MicrocosmError)) throw error
      throw new McpError(ErrorCode.InvalidRequest, `${error.message} ${error.remedy}`, { code: error.code })
    }
  })
  server.setRequestHandler(ListPromptsRequestSchema, () => ({
    prompts: [{ name: 'task', title: 'The task', description: 'The rules of the domain and what is to be done.' }],
  }))
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => {
    if (params.name !== 'task') throw new McpError(ErrorCode.InvalidParams, `There is no prompt "${params.name}".`)
    return { messages: [{ role: 'user', content: { type: 'text', text: instructionsOf(session) } }] }
  })
  return server
}

function instructionsOf({ opening }: Session): string {
  if (opening === null) return 'The session was not reset yet.'
  const { policy, intent, user } = opening.observation
  if (user === undefined) return `${policy}\n\n${intent}\n\nWhen it is done, call submit.`
  return `${policy}\n\nA user talks to you; answer with send_message. The user says:\n\n${intent}\n\nWhen it is done, tell the user, or call submit.`
}

function toolOf({ world }: Session, { name, description, input_schema }: ToolSpec): Tool {
  const tool = world.domain.tools.find((each) => each.name === name)
  const isRead = tool?.kind === 'read'
  return {
    name,
    description,
    inputSchema: input_schema as Tool['inputSchema'],
    annotations: { readOnlyHint: isRead, destructiveHint: tool?.kind === 'write', openWorldHint: false },
  }
}

/** What the agent did wrong is the result of the call; how the episode stands goes with it in `_meta`. */
async function call(seat: Seat, name: string, args: JsonObject): Promise<CallToolResult> {
  const { observation, ...rest } = (await conduct.step(seat, {
    type: 'call_tool',
    tool_name: name,
    arguments: args,
  })) as Transition<ToolObservation>
  const { result, error, error_code: code, metadata } = observation
  const _meta = { ...rest, ...metadata }
  if (error !== null)
    return {
      content: [{ type: 'text', text: error.message }],
      isError: true,
      _meta: { ..._meta, error_type: error.error_type, code },
    }
  const isObject = typeof result === 'object' && result !== null && !Array.isArray(result)
  return {
    content: [{ type: 'text', text: JSON.stringify(result) }],
    ...(isObject ? { structuredContent: result } : {}),
    _meta,
  }
}
