/** Every door of a server of two processes, whichever of them has the session that is asked for. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openCatalog } from '../../envs/catalog.ts'
import { startCluster } from '../../server/cluster/supervisor.ts'
import { doorsContract } from './doors.ts'

const folder = mkdtempSync(join(tmpdir(), 'mc-'))
const catalog = openCatalog({})
const server = await startCluster({ workers: 2, config: { port: 0, stateFolder: join(folder, 's') } })
t.teardown(async () => {
  await server.close()
  catalog.close()
  rmSync(folder, { recursive: true, force: true })
})
await doorsContract(t, server.url, catalog)
