/**
 * Who speaks: the token or key that a request carries, and what it may do.
 *
 * A header is preferred: a token in an address may end in logs, so nothing here is ever logged. OpenEnv's older clients can
 * only put it before the host (`http://TOKEN:x@host/…`), which arrives as Basic.
 */

import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { MicrocosmError } from '../schemas/errors.ts'
import type { Right } from '../schemas/session.ts'
import type { ServerConfig } from './config.ts'

/** The token or key; null where there is none. */
export function credentialOf({ headers, url = '' }: Pick<IncomingMessage, 'headers' | 'url'>): string | null {
  const { authorization = '' } = headers
  const bearer = /^bearer\s+(\S+)$/i.exec(authorization)?.[1]
  if (bearer !== undefined) return bearer
  const basic = /^basic\s+(\S+)$/i.exec(authorization)?.[1]
  if (basic !== undefined) return Buffer.from(basic, 'base64').toString().split(':')[0] ?? null
  const key = headers['x-api-key']
  if (typeof key === 'string') return key
  return new URLSearchParams(url.split('?')[1] ?? '').get('token')
}

/** What a session that this request opens lets its owner do. */
export function rightsOf(credential: string | null, config: Pick<ServerConfig, 'keys' | 'openRights'>): Set<Right> {
  const given = Buffer.from(credential ?? '')
  for (const { key, rights } of config.keys) {
    const known = Buffer.from(key)
    if (known.length === given.length && timingSafeEqual(known, given)) return new Set(rights)
  }
  return new Set(config.openRights)
}

export function requireRight(rights: ReadonlySet<Right>, right: Right, what: string): void {
  if (rights.has(right)) return
  throw new MicrocosmError('NOT_PERMITTED', `${what} needs the right "${right}", which this token does not have.`, {
    right,
  })
}

/**
 * A browser on another site can't reach in: a page's Origin must be this server's own or one that was allowed, and a
 * server that listens on loopback answers to no other name (DNS rebinding).
 * @throws NOT_PERMITTED
 */
export function requireOwnSite(
  { headers }: Pick<IncomingMessage, 'headers'>,
  config: Pick<ServerConfig, 'host' | 'allowedOrigins'>,
): void {
  const host = headers.host ?? ''
  const name = host.replace(/:\d+$/, '')
  if (isLoopback(config.host) && !isLoopback(name))
    throw new MicrocosmError('NOT_PERMITTED', `This server does not answer to the name ${JSON.stringify(name)}.`)
  const { origin } = headers
  if (origin === undefined || config.allowedOrigins.includes(origin)) return
  let from = ''
  try {
    from = new URL(origin).host
  } catch {
    // An opaque origin ("null") is none of ours.
  }
  if (from !== host) throw new MicrocosmError('NOT_PERMITTED', `Pages of ${JSON.stringify(origin)} may not ask here.`)
}

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '[::1]' || name === '::1' || /^127(\.\d+){3}$/.test(name)
