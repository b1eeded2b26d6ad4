/** Who loads server and echo: so many connections at once, each playing one episode after the other. */

import { WebSocket } from 'ws'
import { serveParent } from './children.ts'

export interface LoadRequest {
  url: string
  /** What a reply must be: an observation without an error, or as long as what was sent. */
  expects: 'observations' | 'echo'
  episodes: { path: string; messages: string[] }[]
  connections: number
  ms: number
}

export interface LoadReply {
  /** Messages answered, but for the first of each connection. */
  steps: number
  ms: number
  /** Milliseconds that a step took which one in a hundred exceeds. */
  p99Ms: number
}

const observation = Buffer.from('{"type":"observation"')
const noError = Buffer.from('"error":null')
const done = Buffer.from('"done":true')

serveParent<LoadRequest>(({ url: at, expects, episodes, connections, ms }) => {
  return new Promise<LoadReply>((resolve, reject) => {
    const took: number[] = []
    let turn = 0
    let open = 0
    let stopping = false
    const began = performance.now()
    let ended = began

    const isRight = (data: Buffer, sent: string, index: number, last: boolean): boolean => {
      if (expects === 'echo') return data.length === sent.length
      if (!data.subarray(0, observation.length).equals(observation)) return false
      return (index === 0 || data.includes(noError)) && (!last || data.includes(done))
    }
    const play = (): void => {
      const { path, messages } = episodes[turn++ % episodes.length] as LoadRequest['episodes'][number]
      const socket = new WebSocket(at + path, { perMessageDeflate: false })
      let index = 0
      let sentAt = 0
      open += 1
      socket.on('open', () => socket.send(messages[0] as string))
      socket.on('message', (data: Buffer) => {
        if (stopping) return
        const last = index === messages.length - 1
        if (!isRight(data, messages[index] as string, index, last)) {
          return reject(new Error(`Message ${index} was answered: ${String(data).slice(0, 300)}`))
        }
        const now = performance.now()
        if (index > 0) took.push(now - sentAt)
        index += 1
        sentAt = now
        if (last) socket.close()
        else socket.send(messages[index] as string)
      })
      socket.on('error', (error) => {
        if (!stopping) reject(error)
      })
      socket.on('close', () => {
        open -= 1
        sockets.delete(socket)
        if (!stopping) play()
        else if (open === 0) {
          const p99Ms = took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? 0
          resolve({ steps: took.length, ms: ended - began, p99Ms })
        }
      })
      sockets.add(socket)
    }
    const sockets = new Set<WebSocket>()
    setTimeout(() => {
      stopping = true
      ended = performance.now()
      // An end and not a cut: else sessions wait for who comes back, into the next round.
      for (const socket of sockets) socket.close()
    }, ms)
    for (let connection = 0; connection < connections; connection++) play()
  })
})
