/** Where a server is, and the key that goes with what is asked of it. */

import { MicrocosmError } from '../../schemas/errors.ts'

export interface Address {
  /** Without a slash at the end, such as `http://127.0.0.1:8000`. */
  http: string
  key: string | undefined
  /** A WebSocket's address. A browser's can send no headers, so the key stands in it. */
  socket(path: string): string
}

/**
 * @param url of the server; http, https, ws and wss are as good as each other
 * @throws USAGE where it is none
 */
export function addressOf(url: string, key?: string): Address {
  const http = url.replace(/^ws/i, 'http').replace(/\/+$/, '')
  if (!/^https?:$/.test(URL.parse(http)?.protocol ?? ''))
    throw new MicrocosmError('USAGE', `"${url}" is no server's address; one is like http://127.0.0.1:8000.`)
  return {
    http,
    key,
    socket: (path) =>
      `${http.replace(/^http/i, 'ws')}${path}${key === undefined ? '' : `?token=${encodeURIComponent(key)}`}`,
  }
}

/** The same without what opens doors, for messages. */
export const shownUrl = (url: string): string => url.replace(/\?.*$/, '').replace(/\/k\/[^/]*/, '/k/…')
