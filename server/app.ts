/** Builds a server over a catalogue: sessions, worlds and the gateways put together. `main.ts` starts one. */

import { randomBytes } from 'node:crypto'
import Fastify from 'fastify'
import type { Catalog } from '../envs/catalog.ts'
import type { EndpointOptions } from '../envs/models.ts'
import type { ChatModel } from '../schemas/environment.ts'
import { MicrocosmError } from '../schemas/errors.ts'
import type { Peers } from './cluster/peers.ts'
import { alone } from './cluster/peers.ts'
import { relayRequests } from './cluster/relay.ts'
import type { ServerConfig } from './config.ts'
import { defaultConfig } from './config.ts'
import { addHttpRoutes } from './gateway/http.ts'
import { addMcpRoutes } from './gateway/mcp.ts'
import { addOpenEnvRoutes } from './gateway/openenv.ts'
import { createRoutes } from './gateway/routes.ts'
import { createWebSocketGateway } from './gateway/websocket.ts'
import { openFileLog } from './log/file.ts'
import { openState } from './log/state.ts'
import type { Logger } from './replies.ts'
import { problemOf, publicError } from './replies.ts'
import { reviveSession } from './revive.ts'
import { createSessions } from './sessions.ts'
import { createSigner } from './signing.ts'
import { createTaskIndex } from './tasks.ts'
import { createWorlds } from './worlds.ts'

export interface ServerOptions {
  /** Stays the caller's to close. */
  catalog: Catalog
  config?: Partial<ServerConfig>
  log?: Logger
  /** The other processes of the same server; none unless given. */
  peers?: Peers
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

/** @throws PORT_IN_USE */
export async function startServer({
  catalog,
  config: given,
  log = quiet,
  peers = alone,
}: ServerOptions): Promise<MicrocosmServer> {
  const config: ServerConfig = { ...defaultConfig, ...given }
  const app = Fastify({ bodyLimit: config.frameBytesMax, forceCloseConnections: true })
  const worlds = createWorlds(catalog, { worldsMax: config.worldsMax, log })
  const userModel = config.userModel === undefined ? null : await chatModel(config.userModel)
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
        })
  const sessions = createSessions(worlds, config, userModel, {
    log: journals,
    secret: state?.secret ?? randomBytes(32),
    number: peers.number,
    others: peers.sessions,
    onSize: peers.tell,
    revive: reviveSession,
  })
  app.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(publicError(asOurs(error), log))
    return reply.code(problem.status).type('application/problem+json').send(problem)
  })
  app.setNotFoundHandler((request, reply) => {
    const problem = problemOf(
      new MicrocosmError('NOT_FOUND', `There is nothing at ${request.method} ${request.url.slice(0, 200)}.`),
    )
    return reply.code(404).type('application/problem+json').send(problem)
  })
  const index = createTaskIndex(catalog)
  const routes = createRoutes(app)
  relayRequests({ app, peers })
  addHttpRoutes({
    routes,
    catalog,
    sessions,
    peers,
    index,
    config,
    signer: createSigner(config.signingKey ?? state?.signingKey),
  })
  addOpenEnvRoutes({ routes, catalog, sessions, index, config })
  addMcpRoutes({ app, sessions, peers, index, config })
  const gateway = createWebSocketGateway({ server: app.server, catalog, sessions, peers, index, config, log })
  const watch = setInterval(() => {
    try {
      catalog.refresh()
    } catch (error) {
      log.error({ err: error }, 'the catalogue was not read again')
    }
  }, config.catalogMs).unref()
  const end = async (how: 'closed' | 'drained'): Promise<void> => {
    clearInterval(watch)
    await gateway.close(how)
    await (how === 'closed' ? sessions.closeAll() : sessions.suspend())
    await app.close()
    await peers.close()
    await journals?.close()
    await worlds.close()
  }
  const close = () => end('closed')
  try {
    await peers.listen(app, gateway)
    const url = await app.listen({ host: config.host, port: config.port })
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
