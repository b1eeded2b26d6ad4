/** Every limit of the server, with its unit last in the name and the code that its breach gets; and who may do what. */

import type { EndpointOptions } from '../envs/models.ts'
import type { Right } from '../schemas/session.ts'
import type { Durability } from './log/log.ts'

/** A key that whoever opens sessions may show, and the rights that its sessions have. */
export interface ServerKey {
  key: string
  rights: Right[]
}

export interface ServerConfig {
  host: string
  /** 0 for any free port. */
  port: number
  /** Bytes of one frame or body: the socket closes with 1009, HTTP answers FRAME_TOO_LARGE. */
  frameBytesMax: number
  /** How deep the JSON of a message may be nested (VALIDATION_ERROR). */
  frameDepthMax: number
  /** Sessions at once, forks counted (CAPACITY_REACHED). */
  sessionsMax: number
  /** Messages of one socket that wait for their turn; beyond it the socket is read no further until they are done. */
  queuedMessagesMax: number
  /** Bytes that wait to be sent to a client that does not read; beyond it its socket is closed. */
  unsentBytesMax: number
  /** Domains kept ready to run; the one unused for longest is let go. */
  worldsMax: number
  /** Milliseconds without a message after which a session is parked: its next one takes it up again. */
  parkMs: number
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
  /** Entries of one page of a list. */
  pageMax: number
  /** What a session's owner may do who shows no key: ['act'] is the mode for evaluations. */
  openRights: Right[]
  keys: ServerKey[]
  /** PEM of the Ed25519 key that results are signed with; without it one that lives as long as the process. */
  signingKey?: string
  /** The model that plays users where a reset asks for `user: 'model'`; without it such a reset is refused. */
  userModel?: EndpointOptions
  /** Origins of web pages that may ask here, besides this server's own. */
  allowedOrigins: string[]
  /** The state directory: logs of sessions, and the secret that tokens are derived from; without one a restart ends all sessions. */
  stateFolder?: string
  /** What the log of sessions outlives. */
  durability: Durability
  /** Milliseconds that closed sessions stay in the log; 0 frees their room as soon as a segment is done. */
  retainMs: number
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
  sessionsMax: 10_000,
  queuedMessagesMax: 256,
  unsentBytesMax: 16 << 20,
  worldsMax: 256,
  parkMs: 30_000,
  pingMs: 30_000,
  unattachedMs: 60_000,
  graceMs: 60_000,
  idleMs: 900_000,
  waitMs: 0,
  waitingMax: 10_000,
  socketSessionsMax: 1024,
  pageMax: 1000,
  openRights: ['act', 'verify', 'fork'],
  keys: [],
  allowedOrigins: [],
  durability: 'process',
  retainMs: 0,
  drainMs: 10_000,
  catalogMs: 1000,
}
