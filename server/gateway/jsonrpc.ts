/**
 * OpenEnv's own JSON-RPC, over `POST /domains/{id}/mcp` and in frames of type mcp: tools are listed and called in a session
 * that was made before, and sessions are made and closed. It is no MCP transport (that is mcp.ts): no handshake, and always
 * status 200.
 * Source: openenv 0.10.0, core/env_server/http_server.py (mcp_handler) and core/mcp_client.py.
 */

import { z } from 'zod'
import type { ToolListObservation, ToolObservation, Transition } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import { parsedObject } from '../../schemas/json.ts'
import type { Caller } from '../callers.ts'
import { requireOwnKey } from '../callers.ts'
import * as conduct from '../conduct.ts'
import type { MessageKey } from '../journal/records.ts'
import type { Seat, Sessions } from '../sessions.ts'

export interface RpcContext {
  /** The session that the socket has; requests there name none. */
  seat?: Seat
  /** The message of the socket that it came in. */
  message?: MessageKey
  /** What makes and finds sessions over HTTP. */
  make?: { sessions: Sessions; caller: Caller; open(): Promise<Seat> }
}

export type JsonRpcReply = { jsonrpc: '2.0'; id: string | number | null } & Record<string, unknown>

const request = z.strictObject({
  jsonrpc: z.literal('2.0'),
  method: z.string(),
  params: parsedObject.default({}),
  id: z.union([z.string(), z.int(), z.null()]).default(null),
})

const callParams = z.looseObject({ name: z.string().min(1), arguments: parsedObject.default({}) })

class RpcError extends Error {
  readonly code: number
  readonly data: object | undefined
  constructor(code: number, message: string, data?: object) {
    super(message)
    this.code = code
    this.data = data
  }
}

const invalidRequest = -32600
const unknownMethod = -32601
const invalidParams = -32602
const internal = -32603
const serverError = -32000

export const parseError: JsonRpcReply = { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'Parse error' } }

/** Always an answer: what fails stands in it as JSON-RPC has it. */
export async function answerRpc(value: unknown, context: RpcContext): Promise<JsonRpcReply> {
  const parsed = request.safeParse(value)
  if (!parsed.success) {
    const words = parsed.error.issues
      .map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`)
      .join('; ')
    return reply(null, { error: { code: invalidRequest, message: `Invalid request: ${words}` } })
  }
  const { method, params, id } = parsed.data
  const { message } = context
  const whole = message === undefined ? context : { ...context, message: { ...message, rpc: id } }
  try {
    return reply(id, { result: await carryOut(method, params, whole) })
  } catch (error) {
    return failure(id, error)
  }
}

/** What a call of a tool is answered, from what it showed. */
export function rpcReplyTo(id: string | number | null, transition: Transition<object>): JsonRpcReply {
  try {
    return reply(id, { result: resultOf(transition as Transition<ToolObservation>) })
  } catch (error) {
    return failure(id, error)
  }
}

function failure(id: string | number | null, error: unknown): JsonRpcReply {
  if (!(error instanceof RpcError) && !(error instanceof MicrocosmError)) throw error
  const { code, data } =
    error instanceof RpcError ? error : { code: codeOf(error), data: { ...error.details, code: error.code } }
  return reply(id, { error: { code, message: error.message, ...(data === undefined ? {} : { data }) } })
}

const reply = (id: string | number | null, rest: object): JsonRpcReply => ({ jsonrpc: '2.0', id, ...rest })

function codeOf({ code }: MicrocosmError): number {
  if (code === 'CAPACITY_REACHED') return serverError
  return code === 'UNKNOWN_SESSION' ? invalidParams : internal
}

async function carryOut(method: string, params: Record<string, unknown>, context: RpcContext): Promise<object> {
  switch (method) {
    case 'openenv/session/create': {
      const seat = context.seat ?? (await context.make?.open())
      return { session_id: seat?.session.id }
    }
    case 'openenv/session/close':
      return closeSession(params, context)
    case 'tools/list':
      return listTools(await seatOf(params, context))
    case 'tools/call': {
      const parsed = callParams.safeParse(params)
      if (!parsed.success) throw new RpcError(invalidParams, "Missing 'name' in params")
      return callTool(await seatOf(params, context), parsed.data, context.message)
    }
    default:
      throw new RpcError(unknownMethod, `Method not found: ${method.slice(0, 100)}`)
  }
}

/** @throws RpcError where the id is unknown */
async function seatOf({ session_id: id }: Record<string, unknown>, { seat, make }: RpcContext): Promise<Seat> {
  if (seat !== undefined) return seat
  if (make === undefined) throw new RpcError(invalidRequest, 'There is no session here.')
  // Without a session it is a fresh environment of its own, as OpenEnv has it.
  if (id === undefined || id === null || id === '') return make.open()
  return known(make, String(id))
}

async function known({ sessions, caller }: NonNullable<RpcContext['make']>, id: string): Promise<Seat> {
  try {
    await sessions.wake(id)
    return requireOwnKey(sessions.seat(id, id), caller)
  } catch {
    throw new RpcError(invalidParams, `Unknown session_id: ${id.slice(0, 100)}`)
  }
}

async function closeSession({ session_id: id }: Record<string, unknown>, { seat, make }: RpcContext): Promise<object> {
  if (typeof id !== 'string' || id === '')
    throw new RpcError(invalidParams, "Invalid params - 'session_id' is required")
  if (seat !== undefined && seat.session.id === id)
    throw new RpcError(invalidRequest, 'Cannot close active WebSocket-managed session via MCP method')
  if (make === undefined) throw new RpcError(invalidParams, `Unknown session_id: ${id.slice(0, 100)}`)
  await make.sessions.close((await known(make, id)).session)
  return { session_id: id, closed: true }
}

async function listTools(seat: Seat): Promise<object> {
  const { observation } = (await conduct.step(seat, { type: 'list_tools' })) as Transition<ToolListObservation>
  return {
    tools: observation.tools.map(({ name, description, input_schema }) => ({
      name,
      description,
      inputSchema: input_schema,
    })),
  }
}

async function callTool(
  seat: Seat,
  { name, arguments: args }: z.infer<typeof callParams>,
  message?: MessageKey,
): Promise<object> {
  const transition = await conduct.step(seat, { type: 'call_tool', tool_name: name, arguments: args }, message)
  return resultOf(transition as Transition<ToolObservation>)
}

/** `data` is what OpenEnv's client unwraps; the rest says how the episode stands. @throws RpcError */
function resultOf({ observation, ...rest }: Transition<ToolObservation>): object {
  const { result, error, error_code: code } = observation
  if (error !== null) {
    const isParams = error.error_type === 'tool_not_found' || error.error_type === 'invalid_args'
    throw new RpcError(isParams ? invalidParams : internal, error.message, {
      ...rest,
      error_type: error.error_type,
      code,
    })
  }
  return { content: [{ type: 'text', text: JSON.stringify(result) }], data: result, is_error: false, ...rest }
}
