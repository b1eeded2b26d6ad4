/** Where a server is, and the key that goes with what is asked of it. */

import { MicrocosmError } from '../../schemas/errors.ts'

export interface Address {
  /** Without a slash at the end, such as `http://127.0.0.1:8000`; with a key, `http://127.0.0.1:8000/k/KEY`. */
  http: string
  /** The same for WebSockets. */
  ws: string
}

/**
 * A key goes into the path, wherever it was said: a browser's WebSocket sends none otherwise, and fetch refuses one before
 * the host.
 *
 * @param url of the server; http, https, ws and wss are as good as each other
 * @throws USAGE where it is none
 */
export function addressOf(url: string, key?: string): Address {
  const parsed = URL.parse(url.replace(/^ws/i, 'http'))
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new MicrocosmError('USAGE', `"${shownUrl(url)}" is no server's address; one is like http://127.0.0.1:8000.`)
  const said = key === undefined ? parsed.username : encodeURIComponent(key)
  const http = `${parsed.origin}${said === '' ? '' : `/k/${said}`}${parsed.pathname}`.replace(/\/+$/, '')
  return { http, ws: http.replace(/^http/, 'ws') }
}

/** The same without what opens doors, for messages. */
export const shownUrl = (url: string): string =>
  url
    .replace(/\?.*$/, '')
    .replace(/\/\/[^/@]*@/, '//…@')
    .replace(/\/k\/[^/]*/, '/k/…')
