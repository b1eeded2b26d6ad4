/** The serving process that is loaded. */

import type { Catalog } from '../../envs/catalog.ts'
import { openCatalog } from '../../envs/catalog.ts'
import type { MicrocosmServer } from '../../server/app.ts'
import { startServer } from '../../server/app.ts'
import { serveParent } from './children.ts'

let running: { catalog: Catalog; server: MicrocosmServer } | null = null

serveParent<{ catalog: string }>(
  async ({ catalog: file }) => {
    const catalog = openCatalog({ file })
    const server = await startServer({ catalog, config: { port: 0 } })
    running = { catalog, server }
    return { url: server.url.replace('http', 'ws') }
  },
  async () => {
    await running?.server.close()
    running?.catalog.close()
  },
)
