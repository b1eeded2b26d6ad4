/** The server that is attacked, in a process of its own; it says how it stands when it is asked to. */

import { openCatalog } from '../../../envs/catalog.ts'
import { startServer } from '../../../server/app.ts'

const errors: string[] = []
const log = {
  error: (fields: object, message: string) => {
    const { err } = fields as { err?: Error }
    if (errors.length < 20) errors.push(`${message}: ${err?.stack ?? JSON.stringify(fields)}`)
  },
  info: () => {},
}
const catalog = openCatalog({})
const config = { port: 0, unattachedMs: 2000, graceMs: 1000, idleMs: 3000, parkMs: 1000, sessionsMax: 2000 }
const server = await startServer({ catalog, log, config })

process.on('message', () => {
  const mib = process.memoryUsage().rss / (1 << 20)
  process.send?.({ sessions: server.sessions, mib, errors })
})
process.on('disconnect', async () => {
  await server.close()
  catalog.close()
})
process.send?.({ url: server.url })
