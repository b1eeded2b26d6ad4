/** The commands for who runs a server: keys (a file beside the catalogue) and sessions (a server that runs). */

import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Right } from '../../schemas/session.ts'
import { right } from '../../schemas/session.ts'
import type { KeyRecord, KeyRole } from '../../server/keys.ts'
import { addKey, keyRole, readKeys, revokeKey } from '../../server/keys.ts'
import { requestJson } from '../typescript/http.ts'
import { whole } from './experience.ts'
import { table } from './print.ts'

export const defaultKeys = '.microcosm/keys.json'

/** For serve as well. */
export const keysOption = () =>
  new Option('--keys <file>', 'the file of keys').env('MICROCOSM_KEYS').default(defaultKeys)

const now = (): string => new Date().toISOString()

const listOf =
  <T extends string>(allowed: readonly T[]) =>
  (text: string): T[] => {
    const given = text.split(',').filter((word) => word !== '')
    for (const word of given)
      if (!allowed.includes(word as T)) throw new InvalidArgumentError(`It must be a list of ${allowed.join(', ')}.`)
    return [...new Set(given)] as T[]
  }

interface Parts {
  print(text: string): void
}

interface AddArguments {
  roles: KeyRole[]
  rights: Right[]
  sessions?: number
  stepsPerSecond?: number
  bytesPerSecond?: number
  domains?: string
  keys: string
  json?: true
}

export function addKeysCommands(program: Command, { print }: Parts): void {
  const keys = program.command('keys').description('make, list and revoke the keys of this installation')
  keys
    .command('add')
    .argument('<label>', 'whom or what it is for')
    .description('make a key and show it, this once')
    .option('--roles <list>', 'play, operate', listOf(keyRole.options), ['play'])
    .option('--rights <list>', 'what its sessions may: act, verify, fork, gold', listOf(right.options), [
      'act',
      'verify',
      'fork',
    ])
    .option('--sessions <n>', 'at most so many open at once, forks counted', whole(0, 1_000_000))
    .option('--steps-per-second <n>', 'steps, resets, verifications and forks', whole(1, 1_000_000))
    .option('--bytes-per-second <n>', 'sent and received', whole(1, 2 ** 40))
    .option('--domains <list>', 'the only domains that it may use, with commas between')
    .addOption(keysOption())
    .addOption(new Option('--json', 'print JSON'))
    .action((label: string, options: AddArguments) => {
      const { key, record } = addKey(
        options.keys,
        {
          label,
          roles: options.roles,
          rights: options.rights,
          quotas: {
            ...(options.sessions !== undefined && { sessions: options.sessions }),
            ...(options.stepsPerSecond !== undefined && { steps_per_second: options.stepsPerSecond }),
            ...(options.bytesPerSecond !== undefined && { bytes_per_second: options.bytesPerSecond }),
            ...(options.domains !== undefined && { domains: options.domains.split(',') }),
          },
        },
        now(),
      )
      if (options.json) print(JSON.stringify({ key, ...shown(record) }, null, 2))
      else print(`${key}\nThis key, ${record.id}, is shown this once; only a hash of it is kept.`)
    })
  keys
    .command('list')
    .description('the keys that there are; none can be read back')
    .addOption(keysOption())
    .addOption(new Option('--json', 'print JSON'))
    .action(({ keys: file, json }: { keys: string; json?: true }) => {
      const all = readKeys(file)
      if (json) return print(JSON.stringify(all.map(shown), null, 2))
      if (all.length === 0) return print(`There is no key in ${file}.`)
      const rows = all.map(({ id, label, roles, rights, quotas, created, revoked }) => [
        id,
        label,
        roles.join(','),
        rights.join(','),
        Object.entries(quotas)
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
        created,
        revoked ?? '',
      ])
      print(table(['id', 'label', 'roles', 'rights', 'quotas', 'created', 'revoked'], rows))
    })
  keys
    .command('revoke')
    .argument('<id>', 'the first twelve digits of the key, as keys list shows them')
    .description('revoke a key: servers that run see it within a second')
    .addOption(keysOption())
    .action((id: string, { keys: file }: { keys: string }) => {
      const { label, revoked } = revokeKey(file, id, now())
      print(`Revoked ${id} (${label}), ${revoked}.`)
    })
}

const shown = ({ hash: _, ...rest }: KeyRecord) => rest

interface ServerArguments {
  url: string
  key?: string
  json?: true
}

interface Line {
  id: string
  domain: string
  key: string | null
  age_seconds: number
  steps: number
  state: string
  held: boolean
}

export function addSessionsCommands(program: Command, { print }: Parts): void {
  const sessions = program.command('sessions').description('see, end and drain the sessions of a server that runs')
  const urlOption = () => new Option('--url <url>', 'the server').env('MICROCOSM_URL').default('http://127.0.0.1:8000')
  const keyOption = () =>
    new Option('--key <key>', 'a key with the role operate, where the server has keys').env('MICROCOSM_KEY')
  const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, { url, key }: ServerArguments) =>
    (await requestJson(method, `${url.replace(/\/+$/, '').replace(/^ws/, 'http')}${path}`, { token: key })) as Record<
      string,
      unknown
    >
  sessions
    .command('list')
    .description('the sessions that there are, the oldest first')
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(new Option('--json', 'print JSON'))
    .action(async (options: ServerArguments) => {
      const all: Line[] = []
      for (let cursor: string | null = '0'; cursor !== null; ) {
        const page = await ask('GET', `/operate/sessions?limit=1000&cursor=${cursor}`, options)
        all.push(...(page.sessions as Line[]))
        cursor = page.next_cursor as string | null
      }
      if (options.json) return print(JSON.stringify(all, null, 2))
      if (all.length === 0) return print('There are no sessions.')
      const rows = all.map(({ id, domain, key, age_seconds: age, steps, state, held }) => [
        id,
        domain,
        key ?? '',
        `${age} s`,
        String(steps),
        state,
        held ? 'held' : '',
      ])
      print(table(['session', 'domain', 'key', 'age', 'steps', 'state', ''], rows))
    })
  sessions
    .command('kill')
    .argument('<id...>', 'as sessions list shows them')
    .description('end sessions, whoever holds them')
    .addOption(urlOption())
    .addOption(keyOption())
    .action(async (ids: string[], options: ServerArguments) => {
      for (const id of ids) {
        if (!/^[\w.-]+$/.test(id)) throw new MicrocosmError('USAGE', `${JSON.stringify(id)} is no session's id.`)
        await ask('DELETE', `/operate/sessions/${id}`, options)
        print(`Ended ${id}.`)
      }
    })
  sessions
    .command('drain')
    .description('let no session be opened any more; those that there are go on')
    .addOption(urlOption())
    .addOption(keyOption())
    .action(async (options: ServerArguments) => {
      const { sessions: left } = await ask('POST', '/operate/drain', options)
      print(`No session is opened any more; ${left} go on.`)
    })
}
