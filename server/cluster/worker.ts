/** One process of a server on many cores: serves its share and shares nothing. Started by supervisor.ts alone. */

import cluster from 'node:cluster'
import { openCatalog } from '../../envs/catalog.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import { startServer } from '../app.ts'
import { defaultConfig } from '../config.ts'
import { createLog } from '../log.ts'
import type { FromWorker, ToWorker } from './peers.ts'
import { createPeers } from './peers.ts'
import type { WorkerOptions } from './supervisor.ts'

const {
  number,
  workers,
  catalog: file,
  folder,
  config,
  draining,
  logLevel,
} = JSON.parse(process.env.MICROCOSM_WORKER ?? '{}') as WorkerOptions
delete process.env.MICROCOSM_WORKER // it may hold keys, and nothing that is started here needs it
const log = createLog({
  level: logLevel,
  linesPerSecond: config.logLinesPerSecond ?? defaultConfig.logLinesPerSecond,
})
const say = (message: FromWorker): void => {
  process.send?.(message)
}
// The primary says when to stop; a signal to the whole group comes to it as well.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})

try {
  const catalog = openCatalog({ ...(file !== undefined && { file }), awaited: true })
  const server = await startServer({ catalog, config, log, peers: createPeers({ folder, number, workers }), draining })
  const beat = setInterval(() => say({ kind: 'beat' }), 1000)
  let stopping = false
  process.on('message', async ({ kind }: ToWorker) => {
    if ((kind !== 'drain' && kind !== 'close') || stopping) return
    stopping = true
    await server[kind]()
    clearInterval(beat)
    catalog.close()
    cluster.worker?.disconnect()
    process.exit(0)
  })
  say({ kind: 'ready', url: server.url })
} catch (error) {
  const { code, message } = error as MicrocosmError
  if (!(error instanceof MicrocosmError)) console.error(error)
  say({ kind: 'failed', code: error instanceof MicrocosmError ? code : 'EXECUTION_ERROR', message })
  setImmediate(() => process.exit(1))
}
