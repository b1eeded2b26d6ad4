/** Builds a server over a catalogue: sessions, worlds and the gateways put together. `main.ts` starts one. */

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
import type { Metrics } from './metrics.ts'
import { createMetrics } from './metrics.ts'
import { createOperator } from './operate.ts'
import type { Logger } from './replies.ts'
import { problemOf, publicError, quotaOf } from './replies.ts'
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
}

export interface MicrocosmServer {
  /** Where it listens, such as `http://127.0.0.1:8000`. */
  readonly url: string
  readonly sessions: number
  /** Ends all sessions, then lets go of the port. */
  close(): Promise<void>
}

const quiet: Logger = { error: (fields, message) => console.error(message, fields), info: () => {} }

/** @throws PORT_IN_USE, KEYS_MISSING where it would listen to others, KEYS_INVALID */
export async function startServer({ catalog, config: given, log = quiet }: ServerOptions): Promise<MicrocosmServer> {
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
  const sessions = createSessions({ worlds, limits: config, userModel, metricsOf: metrics.of, traces })
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
  app.addHook('onResponse', async ({ method, routeOptions, raw }, reply) => {
    const fields = { method, route: routeOptions.url ?? null, status: reply.statusCode, key: guard.payer(raw) }
    log.debug?.({ ...fields, ms: Math.round(reply.elapsedTime) }, 'request')
  })
  guard.watch(app)
  const index = createTaskIndex(catalog)
  const routes = createRoutes(app)
  addHttpRoutes({ routes, catalog, sessions, index, guard, config, signer: createSigner(config.signingKey) })
  addOperateRoutes({ routes, operator: createOperator(sessions, log), metrics, guard, config })
  addOpenEnvRoutes({ routes, catalog, sessions, index, guard })
  addMcpRoutes({ app, sessions, index, guard })
  const gateway = createWebSocketGateway({ server: app.server, catalog, sessions, index, guard, metrics, config, log })
  const watch = setInterval(() => {
    try {
      catalog.refresh()
    } catch (error) {
      log.error({ err: error }, 'the catalogue was not read again')
    }
  }, config.catalogMs).unref()
  const watchKeys = setInterval(() => sessions.expire(callers.refresh()), config.keysMs).unref()
  const close = async (): Promise<void> => {
    clearInterval(watch)
    clearInterval(watchKeys)
    log.info({ sessions: sessions.size }, 'closing')
    await gateway.close()
    await sessions.closeAll()
    await app.close()
    await worlds.close()
    await traces?.close().catch((error) => log.error({ err: error }, 'the last traces were not sent'))
  }
  try {
    const url = await app.listen({ host: config.host, port: config.port })
    log.info({ url, closed: callers.closed, domains: catalog.list().length }, 'listening')
    return {
      url,
      get sessions() {
        return sessions.size
      },
      close,
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
