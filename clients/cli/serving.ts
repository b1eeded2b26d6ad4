/** Options of serve that say who gets in, how it is reached, and what is written of it. */

import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { ServerConfig } from '../../server/config.ts'
import { defaultConfig } from '../../server/config.ts'
import type { LogLevel } from '../../server/log.ts'
import { createLog, logLevels } from '../../server/log.ts'
import type { Logger } from '../../server/replies.ts'
import { whole } from './experience.ts'
import { keysOption } from './keys.ts'

export interface GuardingArguments {
  keys: string
  tlsCert?: string
  tlsKey?: string
  trustProxy: string[]
  publicUrl?: string
  allowOrigin: string[]
  maxSessions: number
  wait: number
  requestsPerSecond: number
  logLevel: LogLevel
  otel?: string
}

const gather = (value: string, all: string[]): string[] => [...all, value]

const address = (text: string): string => {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError('It must be an address such as https://worlds.example.org.')
  return text
}

export function addGuardingOptions(serve: Command): Command {
  return serve
    .addOption(keysOption())
    .option('--tls-cert <file>', 'speak HTTPS and WSS with this certificate (PEM)')
    .option('--tls-key <file>', 'and its key (PEM)')
    .option(
      '--trust-proxy <address>',
      'a proxy whose X-Forwarded-For is believed: an address, a range, loopback (repeatable)',
      gather,
      [],
    )
    .option('--public-url <url>', 'under which address others know this server', address)
    .option('--allow-origin <origin>', 'a web site whose pages may ask here (repeatable)', gather, [])
    .option('--max-sessions <n>', 'sessions at once, forks counted', whole(1, 1_000_000), defaultConfig.sessionsMax)
    .option(
      '--wait <ms>',
      'how long a newcomer waits for a place when the house is full',
      whole(0, 3_600_000),
      defaultConfig.waitMs,
    )
    .option(
      '--requests-per-second <n>',
      'HTTP requests and new WebSockets of one address',
      whole(1, 1_000_000),
      defaultConfig.requestsPerSecond,
    )
    .addOption(
      new Option('--log-level <level>', 'what is written to standard error').choices(logLevels).default('info'),
    )
    .addOption(
      new Option('--otel <url>', 'send traces there, by OTLP over HTTP, such as http://127.0.0.1:4318').env(
        'OTEL_EXPORTER_OTLP_ENDPOINT',
      ),
    )
}

/** @throws USAGE, SOURCE_NOT_FOUND */
export function guardingOf(options: GuardingArguments): Partial<ServerConfig> {
  const { tlsCert, tlsKey } = options
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new MicrocosmError('USAGE', '--tls-cert and --tls-key go together.')
  return {
    keysFile: options.keys,
    trustProxy: options.trustProxy,
    allowedOrigins: options.allowOrigin,
    sessionsMax: options.maxSessions,
    waitMs: options.wait,
    requestsPerSecond: options.requestsPerSecond,
    ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
    ...(options.otel !== undefined && { tracesUrl: options.otel }),
    ...(tlsCert !== undefined && tlsKey !== undefined && { tls: { cert: readPem(tlsCert), key: readPem(tlsKey) } }),
  }
}

export const logOf = ({ logLevel }: GuardingArguments): Logger =>
  createLog({ level: logLevel, linesPerSecond: defaultConfig.logLinesPerSecond })

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new MicrocosmError('SOURCE_NOT_FOUND', `${file} can't be read: ${(error as Error).message}.`, {}, error)
  }
}
