/** A bare socket: frames out, replies in, in order. */

import WebSocket from 'ws'

export interface Reply {
  type: string
  // biome-ignore lint/suspicious/noExplicitAny: what the wire says is what is tested here
  data: any
  id?: unknown
  session?: string
}

export interface Line {
  socket: WebSocket
  /** The code that it closed with. */
  closed: Promise<number>
  receive(): Promise<Reply>
  send(frame: unknown): void
  ask(frame: unknown): Promise<Reply>
  hangUp(): Promise<void>
  /** As when the network fails: nothing is said. */
  cut(): Promise<void>
}

export async function dial(url: string, options: WebSocket.ClientOptions = {}): Promise<Line> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), options)
  const replies: Reply[] = []
  const waiting: ((reply: Reply) => void)[] = []
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  socket.on('message', (data) => {
    const reply = JSON.parse(String(data)) as Reply
    const next = waiting.shift()
    if (next) next(reply)
    else replies.push(reply)
  })
  await new Promise((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('error', reject)
  })
  const receive = (): Promise<Reply> => {
    const ready = replies.shift()
    return ready ? Promise.resolve(ready) : new Promise((resolve) => waiting.push(resolve))
  }
  const send = (frame: unknown): void =>
    socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame))
  return {
    socket,
    closed,
    receive,
    send,
    ask(frame) {
      send(frame)
      return receive()
    },
    async hangUp() {
      socket.close()
      await closed
    },
    async cut() {
      socket.terminate()
      await closed
    },
  }
}

/** Until it holds: what a server does once a socket has closed has no reply to wait for. */
export async function until(holds: () => boolean): Promise<boolean> {
  for (let tries = 0; !holds() && tries < 1000; tries++) await new Promise((resolve) => setTimeout(resolve, 10))
  return holds()
}
