/** `serve`, once its options are read: on one core or many, its sessions in a log, until a signal ends it. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import type { Catalog } from '../../envs/catalog.ts'
import { startServer } from '../../server/app.ts'
import { lockFolder, startCluster } from '../../server/cluster/supervisor.ts'
import type { ServerConfig } from '../../server/config.ts'
import type { Durability } from '../../server/journal/log.ts'
import type { LogLevel } from '../../server/log.ts'
import type { Logger } from '../../server/replies.ts'
import { whole } from './experience.ts'

export interface OperationOptions {
  workers?: number
  state?: string
  durability: Durability
  retain: number
}

export interface OperationParts {
  catalog: Catalog
  /** Of the catalogue; absent where only what ships with the installation is served. */
  file?: string
  config: Partial<ServerConfig>
  log: Logger
  /** Of the log that each of several processes writes. */
  logLevel: LogLevel
}

const defaultState = '.microcosm/sessions'

export function addOperationOptions(command: Command): Command {
  return command
    .option('--workers <n>', 'processes that serve side by side (default: one a core)', whole(1, 256))
    .addOption(
      new Option(
        '--state <dir>',
        `where sessions are kept to outlive a crash or a restart (default: ${defaultState}/PORT)`,
      ).env('MICROCOSM_STATE'),
    )
    .addOption(
      new Option(
        '--durability <what>',
        'what an answered step outlives: a crash of the server, of the host as well, or nothing',
      )
        .choices(['process', 'fsync', 'none'])
        .default('process'),
    )
    .option('--retain <hours>', 'how long closed sessions stay in the log', whole(0, 8760), 0)
}

/** @returns where it listens, and how it ends */
export async function startOperation(
  { workers = availableParallelism(), state, durability, retain }: OperationOptions,
  { catalog, file, config, log, logLevel }: OperationParts,
): Promise<{ url: string; stop(): Promise<void> }> {
  // On any free port nobody can come back to it: what is kept lasts as long as the server.
  const passing = state === undefined && config.port === 0
  if (passing) mkdirSync(defaultState, { recursive: true })
  const stateFolder = passing
    ? mkdtempSync(join(defaultState, 'any-'))
    : (state ?? join(defaultState, String(config.port)))
  const whole = { ...config, stateFolder, durability, retainMs: retain * 3_600_000 }
  const remove = (): void => {
    if (passing) rmSync(stateFolder, { recursive: true, force: true })
  }
  if (workers > 1) {
    const { url, drain } = await startCluster({
      ...(file !== undefined && { catalog: file }),
      workers,
      config: whole,
      log,
      logLevel,
    })
    return { url, stop: () => drain().then(remove) }
  }
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 })
  const lock = await lockFolder(stateFolder)
  const server = await startServer({ catalog, config: whole, log })
  return { url: server.url, stop: () => server.drain().then(lock.release).then(remove) }
}
