/** A trainer with many sessions on one socket: each turn one frame goes out, with a step for each, and one comes back. */

import { once } from 'node:events'
import { WebSocket } from 'ws'
import { serveParent } from './children.ts'

export interface BatchRequest {
  url: string
  sessions: number
  episodes: { domain: string; actions: object[] }[]
  ms: number
}

export interface BatchReply {
  steps: number
  ms: number
}

interface Reply {
  type: string
  data: { type: string; data: { observation: { error?: unknown }; terminated: boolean } }[]
}

let socket: WebSocket | null = null

serveParent<BatchRequest>(async ({ url, sessions, episodes, ms }): Promise<BatchReply> => {
  if (socket === null) {
    socket = new WebSocket(`${url}/ws`, { perMessageDeflate: false, maxPayload: 64 << 20 })
    await once(socket, 'open')
  }
  const line = socket
  const ask = (text: string): Promise<Reply> =>
    new Promise((resolve) => {
      line.once('message', (data) => resolve(JSON.parse(String(data)) as Reply))
      line.send(text)
    })
  const episodeOf = (index: number) => episodes[index % episodes.length] as BatchRequest['episodes'][number]
  const frame = (of: (index: number) => object) =>
    JSON.stringify({
      type: 'batch',
      data: Array.from({ length: sessions }, (_, index) => ({ session: String(index), ...of(index) })),
    })
  const reset = frame((index) => ({
    type: 'reset',
    data: { domain: episodeOf(index).domain, task: 'day-shift', seed: 1 },
  }))
  const turns = episodeOf(0).actions.length
  const frames = Array.from({ length: turns }, (_, turn) =>
    frame((index) => ({ type: 'step', data: episodeOf(index).actions[turn] as object })),
  )
  let steps = 0
  let took = 0
  while (took < ms) {
    await ask(reset)
    const began = performance.now()
    for (const [turn, text] of frames.entries()) {
      const { data } = await ask(text)
      const isRight =
        data.length === sessions &&
        data.every(
          (reply) =>
            reply.type === 'observation' &&
            (reply.data.observation.error ?? null) === null &&
            reply.data.terminated === (turn === turns - 1),
        )
      if (!isRight) throw new Error(`Turn ${turn} was answered: ${JSON.stringify(data).slice(0, 300)}`)
      steps += sessions
    }
    took += performance.now() - began
  }
  return { steps, ms: took }
})
