/** An OpenAI-compatible endpoint for tests: a real server on a free port, which answers as it is told. */

import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  path: string
  headers: IncomingHttpHeaders
  body: Record<string, unknown>
}

/** A body to answer with; a string goes over as it is. `drop` ends the connection without a word. */
export type Answer = { status?: number; type?: string; body: unknown } | 'drop'

export async function startEndpoint(answer: (asked: Asked, times: number) => Answer) {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body: JSON.parse(Buffer.concat(parts).toString() || '{}'),
      }
      asked.push(one)
      const said = answer(one, asked.length)
      if (said === 'drop') {
        request.socket.destroy()
        return
      }
      response.writeHead(said.status ?? 200, { 'content-type': said.type ?? 'application/json' })
      response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A vector of the letters in a text: alike texts are near. */
export function letters(text: string): number[] {
  const vector = new Array<number>(27).fill(0)
  vector[26] = 0.1
  for (const letter of text.toLowerCase()) {
    const at = letter.charCodeAt(0) - 97
    if (at >= 0 && at < 26) vector[at] = (vector[at] as number) + 1
  }
  return vector
}

export const embeddings = ({ body }: Asked): { body: object } => ({
  body: {
    object: 'list',
    model: body.model,
    data: (body.input as string[]).map((text, index) => ({ object: 'embedding', index, embedding: letters(text) })),
  },
})
