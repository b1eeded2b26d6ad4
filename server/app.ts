/** Builds a server over a catalogue: sessions, worlds and the gateways put together. `main.ts` starts one. */

import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import Fastify from 'fastify'
import type { Catalog } from '../envs/catalog.ts'
import type { EndpointOptions } from '../envs/models.ts'
import { liveIsolates } from '../envs/runtime/sandbox.ts'
import type { ChatModel } from '../schemas/environment.ts'
import { MicrocosmError } from '../schemas/errors.ts'
import { isLoopback, takePathKey } from './access.ts'
import { createCallers } from './callers.ts'
import type { Peers } from './cluster/peers.ts'
import { alone } from './cluster/peers.ts'
import { relayRequests } from './cluster/relay.ts'
import type { ServerConfig } from './config.ts'
import { defaultConfig } from './config.ts'
import { requireShallow } from './gateway/frames.ts'
import { createGuard } from './gateway/guard.ts'
import { addHttpRoutes } from './gateway/http.ts'
import { addMcpRoutes } from './gateway/mcp.ts'
import { addOpenEnvRoutes } from './gateway/openenv.ts'
import { addOperateRoutes } from './gateway/operate.ts'
import { createRoutes } from './gateway/routes.ts'
import { createWebSocketGateway } from './gateway/websocket.ts'
import { openFileLog } from './journal/file.ts'
import { openState } from './journal/state.ts'
import type { Metrics } from './metrics.ts'
import { createMetrics } from './metrics.ts'
import { createOperator, operatorDoor, operatorOf } from './operate.ts'
import type { Logger } from './replies.ts'
import { problemOf, publicError, quotaOf } from './replies.ts'
import { reviveSession } from './revive.ts'
import { createSessions } from './sessions.ts'
import { createSigner } from './signing.ts'
import { createTaskIndex } from './tasks.ts'
import { openTraces } from './traces.ts'
import { createWorlds } from './worlds.ts'

export interface ServerOptions {
  /** Stays the caller's to close. */
  catalog: Catalog
  config?: Partial<ServerConfig>
  log?: Logger
  /** The other processes of the same server; none unless given. */
  peers?: Peers
  /** That no session may be opened. */
  draining?: boolean
}

export interface MicrocosmServer {
  /** Where it listens, such as `http://127.0.0.1:8000`. */
  readonly url: string
  readonly sessions: number
  /** Ends all sessions, then lets go of the port. */
  close(): Promise<void>
  /** Lets running steps end, and leaves the sessions in the log for the next start. */
  drain(): Promise<void>
}

const quiet: Logger = { error: (fields, message) => console.error(message, fields), info: () => {} }

/** @throws PORT_IN_USE, KEYS_MISSING where it would listen to others, KEYS_INVALID */
export async function startServer({
  catalog,
  config: given,
  log = quiet,
  peers = alone,
  draining = false,
}: ServerOptions): Promise<MicrocosmServer> {
  const config: ServerConfig = { ...defaultConfig, ...given }
  const metrics: Metrics = createMetrics(
    {
      sessions: () => sessions.size,
      waiting: () => sessions.waiting,
      sockets: () => gateway.sockets,
      worlds: () => worlds.size,
      isolates: liveIsolates,
      draining: () => sessions.draining,
    },
    config,
  )
  const callers = createCallers({ config, log })
  if (!callers.closed && !isLoopback(config.host))
    throw new MicrocosmError(
      'KEYS_MISSING',
      `Without keys this server listens on loopback only, not on ${config.host}.`,
    )
  const app = createFastify(config)
  app.server.maxConnections = config.connectionsMax
  const guard = createGuard(callers, config)
  const worlds = createWorlds(catalog, { worldsMax: config.worldsMax, log })
  const userModel = config.userModel === undefined ? null : await chatModel(config.userModel)
  const traces = config.tracesUrl === undefined ? null : await openTraces(config.tracesUrl)
  const state = config.stateFolder === undefined ? null : openState(config.stateFolder)
  const journals =
    state === null || config.durability === 'none'
      ? null
      : openFileLog({
          folder: state.folder,
          number: peers.number,
          owns: peers.owns,
          durability: config.durability,
          retainMs: config.retainMs,
          bytesMax: config.logBytesMax,
        })
  const keeping = {
    log: journals,
    secret: state?.secret ?? randomBytes(32),
    number: peers.number,
    others: peers.sessions,
    onSize: peers.tell,
    revive: reviveSession,
    callerOf: callers.ofKey,
  }
  const sessions = createSessions({ worlds, limits: config, userModel, metricsOf: metrics.of, traces, keeping })
  if (draining) sessions.drain()
  app.setErrorHandler((error, _request, reply) => {
    const ours = publicError(asOurs(error), log)
    metrics.refused(ours.code, quotaOf(ours))
    const problem = problemOf(ours)
    return reply.code(problem.status).type('application/problem+json').send(problem)
  })
  app.setNotFoundHandler((request, reply) => {
    const problem = problemOf(
      new MicrocosmError('NOT_FOUND', `There is nothing at ${request.method} ${request.url.slice(0, 200)}.`),
    )
    return reply.code(404).type('application/problem+json').send(problem)
  })
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    guard.weigh(request.raw, body.length)
    try {
      requireShallow(body, config.frameDepthMax)
    } catch (error) {
      return done(error as Error)
    }
    parseJson(request, body, done)
  })
  await app.register(helmet)
  // What a page asks beforehand needs no key; the guard looks at the request itself.
  const { allowedOrigins } = config
  if (allowedOrigins.length > 0)
    await app.register(cors, { origin: allowedOrigins, exposedHeaders: ['mcp-session-id'], maxAge: 600 })
  app.addHook('onResponse', async ({ method, routeOptions, raw }, reply) => {
    const fields = { method, route: routeOptions.url ?? null, status: reply.statusCode, key: guard.payer(raw) }
    log.debug?.({ ...fields, ms: Math.round(reply.elapsedTime) }, 'request')
  })
  const running = watchRunning(app)
  guard.watch(app)
  const index = createTaskIndex(catalog)
  const routes = createRoutes(app)
  relayRequests({ app, peers, guard })
  const signer = createSigner(config.signingKey ?? state?.signingKey)
  addHttpRoutes({ routes, catalog, sessions, peers, index, guard, config, signer })
  const operator = createOperator(sessions, log, peers)
  addOperateRoutes({ routes, operator: operatorOf(operator, peers), metrics, peers, guard, config })
  addOpenEnvRoutes({ routes, catalog, sessions, index, guard })
  addMcpRoutes({ app, sessions, peers, index, guard })
  const gateway = createWebSocketGateway({
    server: app.server,
    catalog,
    sessions,
    peers,
    index,
    guard,
    metrics,
    config,
    log,
  })
  const watch = setInterval(() => {
    try {
      catalog.refresh()
    } catch (error) {
      log.error({ err: error }, 'the catalogue was not read again')
    }
  }, config.catalogMs).unref()
  const watchKeys = setInterval(() => sessions.expire(callers.refresh()), config.keysMs).unref()
  const end = async (how: 'closed' | 'drained'): Promise<void> => {
    clearInterval(watch)
    clearInterval(watchKeys)
    log.info({ sessions: sessions.size, how }, 'closing')
    const answered = running.end()
    await gateway.close(how)
    if (how === 'drained') await Promise.race([answered, sleep(config.drainMs, null, { ref: false })])
    await (how === 'closed' ? sessions.closeAll() : sessions.suspend())
    // A connection that was handed over counts as one of ours for as long as the other process has it.
    await Promise.race([app.close(), sleep(1000, null, { ref: false })])
    await peers.close()
    await journals?.close()
    await worlds.close()
    await traces?.close().catch((error) => log.error({ err: error }, 'the last traces were not sent'))
  }
  const close = () => end('closed')
  try {
    await peers.listen(app, gateway, operatorDoor(operator, metrics))
    const url = await app.listen({ host: config.host, port: config.port })
    log.info({ url, closed: callers.closed, domains: catalog.list().length }, 'listening')
    return {
      url,
      get sessions() {
        return sessions.size
      },
      close,
      drain: () => end('drained'),
    }
  } catch (error) {
    await close()
    const { code } = error as { code?: string }
    if (code === 'EADDRINUSE')
      throw new MicrocosmError(
        'PORT_IN_USE',
        `Port ${config.port} of ${config.host} is in use.`,
        { port: config.port },
        error,
      )
    throw error
  }
}

/** The requests that are being answered; once it is ended, none is begun any more. */
function watchRunning(app: FastifyInstance): { end(): Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let count = 0
  let ended = false
  app.addHook('onRequest', async (request, reply) => {
    if (ended) throw new MicrocosmError('CONNECTION_LOST', 'This server is going down: ask again in a moment.')
    if (request.method === 'GET') return // it changes nothing, and may be a stream that never ends
    count += 1
    reply.raw.once('close', () => {
      count -= 1
      if (ended && count === 0) resolve()
    })
  })
  return {
    end() {
      ended = true
      if (count === 0) resolve()
      return promise
    },
  }
}

function createFastify(config: ServerConfig): FastifyInstance {
  const { tls } = config
  const timeouts = { headersTimeout: config.headMs, connectionsCheckingInterval: Math.ceil(config.headMs / 4) }
  const options = {
    bodyLimit: config.frameBytesMax,
    requestTimeout: config.requestMs,
    forceCloseConnections: true,
    trustProxy: config.trustProxy.length > 0 && config.trustProxy,
    rewriteUrl: takePathKey,
    http: timeouts,
  }
  if (tls === undefined) return Fastify(options)
  return Fastify({ ...options, https: { ...tls, ...timeouts } }) as unknown as FastifyInstance
}

/** The client of models is loaded only where there is one to ask. */
async function chatModel(options: EndpointOptions): Promise<ChatModel> {
  const { createChatModel } = await import('../envs/models.ts')
  return createChatModel(options)
}

/** Fastify's own refusals (a body too large, malformed JSON) in our words. */
function asOurs(error: unknown): unknown {
  const { statusCode, message } = error as { statusCode?: number; message: string }
  if (error instanceof MicrocosmError || statusCode === undefined || statusCode >= 500) return error
  return new MicrocosmError(statusCode === 413 ? 'FRAME_TOO_LARGE' : 'VALIDATION_ERROR', message)
}
