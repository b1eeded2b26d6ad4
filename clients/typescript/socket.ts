/** One WebSocket: frames out, frames in, and how it ended. Needs nothing but the platform's WebSocket. */

import { MicrocosmError } from '../../schemas/errors.ts'
import { shownUrl } from './address.ts'

export interface Socket {
  send(text: string): void
  /** 1000 says that its sessions are done with; 4000 that they are to wait for another connection. */
  close(code: 1000 | 4000): void
}

export interface SocketEvents {
  onFrame(text: string): void
  /** Once, whoever closed it. Not called where `openSocket` threw. */
  onClose(code: number, reason: string): void
}

/** @throws CONNECTION_LOST where it isn't open within `openMs` milliseconds */
export function openSocket(url: string, openMs: number, { onFrame, onClose }: SocketEvents): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url)
    let state: 'opening' | 'open' | 'over' = 'opening'
    const fail = (why: string): void => {
      if (state !== 'opening') return
      state = 'over'
      clearTimeout(timer)
      reject(new MicrocosmError('CONNECTION_LOST', `${shownUrl(url)} ${why}`))
    }
    const timer = setTimeout(() => {
      fail(`did not answer within ${openMs} ms.`)
      socket.close()
    }, openMs)
    socket.addEventListener('open', () => {
      if (state !== 'opening') return socket.close(4000)
      state = 'open'
      clearTimeout(timer)
      resolve({ send: (text) => socket.send(text), close: (code) => socket.close(code) })
    })
    socket.addEventListener('error', () => fail("can't be reached."))
    socket.addEventListener('message', ({ data }) => {
      if (state === 'open') onFrame(String(data))
    })
    socket.addEventListener('close', ({ code, reason }) => {
      fail("can't be reached.")
      if (state !== 'open') return
      state = 'over'
      onClose(code, reason)
    })
  })
}
