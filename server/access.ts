/**
 * Who speaks: the key and the token that a request carries, and from where it comes.
 *
 * A key opens the server, a token one session. Both come as Bearer, as Basic (`http://KEY:x@host/…`), as `x-api-key`, as
 * `?token=`, or in the path (`/k/KEY/…`): OpenEnv's clients can send no header but the second, and some not even that. A
 * header is preferred: an address may end in the logs of others, so nothing here is ever logged.
 */

import type { IncomingMessage } from 'node:http'
import proxyAddress from '@fastify/proxy-addr'
import { MicrocosmError } from '../schemas/errors.ts'
import type { Right } from '../schemas/session.ts'
import type { ServerConfig } from './config.ts'
import { keyForm } from './keys.ts'

export type Asking = Pick<IncomingMessage, 'headers' | 'url'>

/** The key that stood in a request's path. */
const inPath = new WeakMap<Asking, string>()

/** Takes the key out of the path, so that what routes, answers and logs never sees it there. @returns the address without */
export function takePathKey(request: Asking): string {
  const { url = '/' } = request
  const [, key, rest = ''] = /^\/k\/([^/?]*)(.*)$/s.exec(url) ?? []
  if (key === undefined) return url
  inPath.set(request, key)
  request.url = rest.startsWith('/') ? rest : `/${rest}`
  return request.url
}

/** All that it shows, what is preferred first. */
function* shownBy(request: Asking): Generator<string> {
  const { headers, url = '' } = request
  const { authorization = '' } = headers
  const [, scheme, given = ''] = /^(bearer|basic)\s+(\S+)$/i.exec(authorization) ?? []
  if (scheme?.toLowerCase() === 'bearer') yield given
  if (scheme?.toLowerCase() === 'basic') yield* Buffer.from(given, 'base64').toString().split(':', 2)
  const header = headers['x-api-key']
  if (typeof header === 'string') yield header
  const query = url.includes('?') ? new URLSearchParams(url.slice(url.indexOf('?'))).get('token') : null
  if (query !== null) yield query
  const key = inPath.get(request)
  if (key !== undefined) yield key
}

const isKey = (text: string): boolean => keyForm.test(text)

/** The key; null where there is none. */
export function keyOf(request: Asking): string | null {
  for (const shown of shownBy(request)) if (isKey(shown)) return shown
  return null
}

/** The token of a session, which may stand beside a key; null where there is none. */
export function tokenOf(request: Asking): string | null {
  for (const shown of shownBy(request)) if (!isKey(shown)) return shown
  return null
}

/** Where another process of this server says that a request came from which it relays over its local socket. */
export const fromHeader = 'x-microcosm-from'

/** Where it comes from: the last address before the proxies that are trusted. */
export function addressOf(request: IncomingMessage, { trustProxy }: Pick<ServerConfig, 'trustProxy'>): string {
  const { remoteAddress } = request.socket
  if (remoteAddress === undefined) return String(request.headers[fromHeader] ?? '') // a local socket has none
  if (trustProxy.length === 0) return remoteAddress
  try {
    return proxyAddress(request, trustProxy)
  } catch {
    return remoteAddress
  }
}

export function requireRight(rights: ReadonlySet<Right>, right: Right, what: string): void {
  if (rights.has(right)) return
  throw new MicrocosmError('NOT_PERMITTED', `${what} needs the right "${right}", which this token does not have.`, {
    right,
  })
}

/**
 * A browser on another site can't reach in: a page's Origin must be this server's own or one that was allowed, and a
 * server that listens on loopback answers to no other name than its public one (DNS rebinding).
 * @throws NOT_PERMITTED
 */
export function requireOwnSite(
  { headers }: Pick<IncomingMessage, 'headers'>,
  config: Pick<ServerConfig, 'host' | 'allowedOrigins' | 'publicUrl'>,
): void {
  const host = headers.host ?? ''
  const name = host.replace(/:\d+$/, '')
  const known = config.publicUrl === undefined ? null : new URL(config.publicUrl)
  if (isLoopback(config.host) && !isLoopback(name) && host !== known?.host)
    throw new MicrocosmError('NOT_PERMITTED', `This server does not answer to the name ${JSON.stringify(name)}.`)
  const { origin } = headers
  if (origin === undefined || config.allowedOrigins.includes(origin) || origin === known?.origin) return
  let from = ''
  try {
    from = new URL(origin).host
  } catch {
    // An opaque origin ("null") is none of ours.
  }
  if (from !== host) throw new MicrocosmError('NOT_PERMITTED', `Pages of ${JSON.stringify(origin)} may not ask here.`)
}

export const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '[::1]' || name === '::1' || /^127(\.\d+){3}$/.test(name)
