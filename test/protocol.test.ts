/** The transcripts of docs/protocol.md, played as they stand against a real server. */

import t from 'tap'
import { openCatalog } from '../envs/catalog.ts'
import { serverMessage } from '../schemas/messages.ts'
import { startServer } from '../server/app.ts'
import { asker } from './server/http.ts'
import type { Line } from './server/line.ts'
import { dial } from './server/line.ts'
import { filled, fits, page, pattern, transcripts } from './transcripts.ts'

const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0, graceMs: 600_000 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
})

for (const [name, text] of transcripts) {
  t.test(`the transcript "${name}" is what the server says`, async (t) => {
    const kept = new Map<string, string>()
    const lines: Line[] = []
    const ask = asker(server.url)
    let answer: { status: number; body: unknown } | null = null
    let received = 0
    for (const line of text.trim().split('\n')) {
      const said = filled(line.slice(2), kept)
      if (line.startsWith('@')) lines.push(await dial(server.url + said))
      else if (line.startsWith('✂')) await lines.at(-1)?.cut()
      else if (line.startsWith('→ {')) lines.at(-1)?.send(JSON.stringify(JSON.parse(said)))
      else if (line.startsWith('→')) {
        const [, request = '', body] = /^(\S+ \S+)(?: (.*))?$/.exec(said) ?? []
        const token = kept.get('$token')
        answer = await ask(request, { token, body: body === undefined ? undefined : JSON.parse(body) })
      } else if (line.startsWith('← {')) {
        const reply = await lines.at(-1)?.receive()
        t.ok(serverMessage.safeParse(reply).success, 'the reply fits the contract')
        fits(t, reply, pattern(line.slice(2)), kept, name)
        received += 1
      } else {
        const [, status, body] = /^← (\d+)(?: (.*))?$/.exec(line) ?? []
        t.equal(answer?.status, Number(status), line)
        if (body !== undefined) fits(t, answer?.body, pattern(body), kept, name)
        received += 1
      }
    }
    t.ok(received > 0)
    for (const line of lines) if (line.socket.readyState === line.socket.OPEN) await line.hangUp()
  })
}

t.test('the page has a transcript for each part, and names every type of message', async (t) => {
  t.same(
    [...transcripts.keys()],
    ['episode', 'retry', 'batch', 'sample', 'refused', 'user', 'errors', 'resume', 'shared', 'http'],
  )
  for (const { shape } of serverMessage.options)
    t.ok(page.includes(`\`${shape.type.value}\``), String(shape.type.value))
})
