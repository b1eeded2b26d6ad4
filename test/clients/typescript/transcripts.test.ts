/** The transcripts of docs/protocol.md, played by the TypeScript client's own connection. */

import t from 'tap'
import { addressOf } from '../../../clients/typescript/address.ts'
import type { Connection, Message } from '../../../clients/typescript/connection.ts'
import { openConnection } from '../../../clients/typescript/connection.ts'
import { requestJson } from '../../../clients/typescript/http.ts'
import { openCatalog } from '../../../envs/catalog.ts'
import { errorTable, MicrocosmError } from '../../../schemas/errors.ts'
import { startServer } from '../../../server/app.ts'
import { filled, fits, pattern, transcripts } from '../../transcripts.ts'
import { startProxy } from './proxy.ts'

const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0, graceMs: 600_000 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
})

interface Expected {
  type: string
  session?: string
  data: unknown
}

const toldOf = (error: unknown): object => {
  if (!(error instanceof MicrocosmError)) throw error
  return { code: error.code, message: error.message, remedy: errorTable[error.code].remedy, ...error.details }
}

/** Each part by its own, and what befalls one is no other's. */
async function askEach(connection: Connection, parts: readonly Message[], expected: readonly Expected[]) {
  const asked = parts.map((part, index) => connection.ask(part, expected[index]?.type as 'observation'))
  const settled = await Promise.allSettled(asked)
  return settled.map((result, index) => {
    const { session } = parts[index] as Message
    const named = session === undefined ? {} : { session }
    return result.status === 'fulfilled'
      ? { type: expected[index]?.type, ...named, data: result.value }
      : { type: 'error', ...named, data: toldOf(result.reason) }
  })
}

async function askHttp(request: string, body: string | undefined, token: string | undefined) {
  const [method = '', path = ''] = request.split(' ')
  try {
    const answer = await requestJson(method, `${addressOf(server.url).http}${path}`, {
      ...(body !== undefined && { body: JSON.parse(body) as object }),
      token,
    })
    return { status: method === 'DELETE' ? 204 : path === '/sessions' ? 201 : 200, body: answer }
  } catch (error) {
    const told = toldOf(error) as { code: keyof typeof errorTable }
    const status = errorTable[told.code].http
    return { status, body: { status, ...told } }
  }
}

for (const [name, text] of transcripts) {
  t.test(`the transcript "${name}" is what this client hears`, async (t) => {
    const kept = new Map<string, string>()
    const closes: (() => Promise<void>)[] = []
    let connection: Connection | null = null
    let cut = async (): Promise<void> => {}
    let asking: Message | null = null
    let answer: { status: number; body: unknown } | null = null
    let received = 0
    for (const line of text.trim().split('\n')) {
      const said = filled(line.slice(2), kept)
      if (line.startsWith('@')) {
        const proxy = await startProxy(server.url)
        connection = await openConnection({
          url: proxy.url.replace('http', 'ws') + said,
          limits: { replyMs: 20_000, reconnectMs: 200, connectMs: 1_000 },
        })
        cut = () => proxy.close()
        closes.push(connection.close, proxy.close)
      } else if (line.startsWith('✂')) await cut()
      else if (line.startsWith('→ {')) asking = JSON.parse(said) as Message
      else if (line.startsWith('→')) {
        const [, request = '', body] = /^(\S+ \S+)(?: (.*))?$/.exec(said) ?? []
        answer = await askHttp(request, body, kept.get('$token'))
      } else if (line.startsWith('← {')) {
        const { id: _, ...expected } = pattern(line.slice(2)) as Expected & { id?: unknown }
        const message = asking as unknown as Message
        const isBatch = message.type === 'batch'
        const parts = isBatch ? (message.data as Message[]) : [message]
        const replies = await askEach(
          connection as unknown as Connection,
          parts,
          isBatch ? (expected.data as Expected[]) : [expected],
        )
        fits(t, isBatch ? { type: 'batch', data: replies } : replies[0], expected, kept, name)
        received += 1
      } else {
        const [, status, body] = /^← (\d+)(?: (.*))?$/.exec(line) ?? []
        t.equal(answer?.status, Number(status), line)
        if (body !== undefined) fits(t, answer?.body, pattern(body), kept, name)
        received += 1
      }
    }
    t.ok(received > 0)
    for (const close of closes) await close()
  })
}
