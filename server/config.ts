/** Every limit of the server, with its unit last in the name and the code that its breach gets; and who may do what. */

import { totalmem } from 'node:os'
import type { EndpointOptions } from '../envs/models.ts'
import type { Right } from '../schemas/session.ts'
import type { Durability } from './journal/log.ts'

export interface ServerConfig {
  host: string
  /** 0 for any free port. */
  port: number
  /** Bytes of one frame or body: the socket closes with 1009, HTTP answers FRAME_TOO_LARGE. */
  frameBytesMax: number
  /** How deep the JSON of a message may be nested (VALIDATION_ERROR). */
  frameDepthMax: number
  /** Connections at once; one more is closed before anything is read from it. */
  connectionsMax: number
  /** Milliseconds in which a request's head must have come (status 408). */
  headMs: number
  /** Milliseconds in which a whole request must have come (status 408). */
  requestMs: number
  /** Sessions at once, forks counted (CAPACITY_REACHED). */
  sessionsMax: number
  /** Bytes of memory of the process above which no session is opened (CAPACITY_REACHED); three quarters of the machine's. */
  memoryBytesMax: number
  /** Messages of one socket that wait for their turn; beyond it the socket is read no further until they are done. */
  queuedMessagesMax: number
  /** Bytes of messages of one socket that wait for their turn; as above. */
  queuedBytesMax: number
  /** Bytes that wait to be sent to a client; beyond it its socket is read no further until it has taken half of them. */
  unsentPauseBytes: number
  /** Bytes that wait to be sent to a client that does not read; beyond it its socket is closed. */
  unsentBytesMax: number
  /** Domains kept ready to run, beside those that sessions use; the one unused for longest is let go. */
  worldsMax: number
  /** Milliseconds without a message after which a session is parked: its next one takes it up again. */
  parkMs: number
  /** Milliseconds that one step may take, or what a user that a model plays says first (STEP_TIMEOUT). */
  stepMs: number
  /** Milliseconds from its reset after which the next action ends an episode (reason time_limit). */
  episodeMs: number
  /** Milliseconds between pings; a socket that misses one whole round is closed. */
  pingMs: number
  /** Milliseconds a forked session waits to be attached. */
  unattachedMs: number
  /** Milliseconds in which a session whose connection was dropped can be taken up again. */
  graceMs: number
  /** Milliseconds without a message after which a session that no connection holds is closed. */
  idleMs: number
  /** Milliseconds a newcomer waits for a place when the house is full; 0 refuses at once, as OpenEnv does. */
  waitMs: number
  /** Newcomers that wait at once (CAPACITY_REACHED). */
  waitingMax: number
  /** Sessions of one socket (CAPACITY_REACHED). */
  socketSessionsMax: number
  /** Tokens of one session, its owner's counted (CAPACITY_REACHED). */
  seatsMax: number
  /** Who watch one session's events at once (CAPACITY_REACHED). */
  listenersMax: number
  /** Messages that wait for one seat to be shown them (CAPACITY_REACHED). */
  inboxMax: number
  /** Characters that the actions of one episode may have, and the messages that wait for one seat (FRAME_TOO_LARGE). */
  episodeCharsMax: number
  /** Replies of an episode that are kept by the id of their message, for one that comes again; the oldest goes. */
  answeredMax: number
  /** Entries of one page of a list (VALIDATION_ERROR for more). */
  pageMax: number
  /** What a session's owner may do where there are no keys: ['act'] is the mode for evaluations. */
  openRights: Right[]
  /** The file of keys (keys.ts): as soon as there is one in it, nobody gets in without (KEY_REQUIRED). */
  keysFile: string | null
  /** Milliseconds between looks at whether the file of keys has changed. */
  keysMs: number
  /** Processes that share the quotas of the keys. */
  processes: number
  /** Requests a second from one address that are refused for want of a key; beyond it they get RATE_LIMITED. */
  refusalsPerSecond: number
  /** HTTP requests and new WebSockets a second of one address (RATE_LIMITED). */
  requestsPerSecond: number
  /** Proxies whose word on where a request comes from is taken: addresses, ranges such as 10.0.0.0/8, or loopback. */
  trustProxy: string[]
  /** Under which address others know this server, such as `https://worlds.example.org`: its name and its pages are answered. */
  publicUrl?: string
  /** PEM of the certificate and its key: then HTTPS and WSS are spoken. */
  tls?: { cert: string; key: string }
  /** PEM of the Ed25519 key that results are signed with; without it one that lives as long as the process. */
  signingKey?: string
  /** The model that plays users where a reset asks for `user: 'model'`; without it such a reset is refused. */
  userModel?: EndpointOptions
  /** Origins of web pages that may ask here, besides this server's own. */
  allowedOrigins: string[]
  /** Lines of one kind that the log takes a second; how many were left out is said. */
  logLinesPerSecond: number
  /** Where traces are sent, by OTLP over HTTP; nowhere unless given. */
  tracesUrl?: string
  /** Domains that metrics tell apart; further ones are counted together, as other. */
  metricsDomainsMax: number
  /** The state directory: logs of sessions, and the secret that tokens are derived from; without one a restart ends all sessions. */
  stateFolder?: string
  /** What the log of sessions outlives. */
  durability: Durability
  /** Milliseconds that closed sessions stay in the log; 0 frees their room as soon as a segment is done. */
  retainMs: number
  /** Bytes that the log of sessions of one process may have; what would go beyond is not done (LOG_UNAVAILABLE). */
  logBytesMax: number
  /** Milliseconds that running steps have to end when the server is told to stop. */
  drainMs: number
  /** Milliseconds between looks at whether the catalogue has grown or was replaced. */
  catalogMs: number
}

export const defaultConfig: ServerConfig = {
  host: '127.0.0.1',
  port: 8000,
  frameBytesMax: 1 << 20,
  frameDepthMax: 128,
  connectionsMax: 20_000,
  headMs: 20_000,
  requestMs: 60_000,
  sessionsMax: 10_000,
  memoryBytesMax: 0.75 * Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()),
  queuedMessagesMax: 256,
  queuedBytesMax: 8 << 20,
  unsentPauseBytes: 1 << 20,
  unsentBytesMax: 16 << 20,
  worldsMax: 256,
  parkMs: 30_000,
  stepMs: 60_000,
  episodeMs: 4 * 3_600_000,
  pingMs: 30_000,
  unattachedMs: 60_000,
  graceMs: 60_000,
  idleMs: 900_000,
  waitMs: 0,
  waitingMax: 10_000,
  socketSessionsMax: 1024,
  seatsMax: 64,
  listenersMax: 64,
  inboxMax: 256,
  episodeCharsMax: 4 << 20,
  answeredMax: 1024,
  pageMax: 1000,
  openRights: ['act', 'verify', 'fork'],
  keysFile: null,
  keysMs: 250,
  processes: 1,
  refusalsPerSecond: 20,
  requestsPerSecond: 20_000,
  trustProxy: [],
  allowedOrigins: [],
  logLinesPerSecond: 20,
  metricsDomainsMax: 100,
  durability: 'process',
  retainMs: 0,
  logBytesMax: 8 * 2 ** 30,
  drainMs: 10_000,
  catalogMs: 1000,
}
