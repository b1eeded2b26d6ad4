/** The arrows of the house: who may import whom. A new arrow is a decision, not an accident. */

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '..')

/** Folder or file → what it may import of the project, besides itself. The longest name that fits a file is its room. */
const rooms: Record<string, string[]> = {
  schemas: [],
  'envs/models.ts': ['schemas'],
  'envs/agents': ['schemas'],
  'envs/library': ['schemas'],
  'envs/runtime': ['schemas', 'envs/models.ts', 'envs/agents'],
  'envs/synthesis': ['schemas', 'envs/models.ts', 'envs/agents', 'envs/runtime', 'envs/catalog.ts'],
  'envs/catalog.ts': ['schemas', 'envs/library', 'envs/runtime'],
  server: ['schemas', 'envs/models.ts', 'envs/runtime', 'envs/catalog.ts'],
  'clients/typescript': ['schemas'],
  'clients/experience': ['schemas', 'envs/models.ts', 'envs/agents'],
  'clients/cli': ['schemas', 'clients/typescript', 'envs/agents'],
  'clients/cli/experience.ts': ['schemas', 'clients/cli', 'clients/experience', 'envs/models.ts', 'envs/agents'],
  'clients/cli/keys.ts': ['schemas', 'clients/cli', 'clients/typescript', 'server/keys.ts'],
  'clients/cli/serving.ts': ['schemas', 'clients/cli', 'server'],
  'clients/cli/serve.ts': ['schemas', 'clients/cli', 'server', 'envs/catalog.ts'],
  'clients/cli/main.ts': ['schemas', 'envs', 'server', 'clients', 'test/bench'],
}

/** Packages that only some files may import. */
const packages: Record<string, string[]> = {
  'isolated-vm': ['envs/runtime/sandbox.ts', 'envs/runtime/watchdog.ts'],
  'better-sqlite3': [
    'envs/runtime/state.ts',
    'envs/runtime/queries.ts',
    'envs/runtime/image.ts',
    'envs/runtime/changes.ts',
    'envs/runtime/statements.ts',
    'envs/runtime/statements/plan.ts',
    'envs/catalog.ts',
  ],
  openai: ['envs/models.ts'],
  fastify: ['server'],
  ws: ['server'],
  '@fastify/helmet': ['server/app.ts'],
  '@fastify/proxy-addr': ['server/access.ts'],
  pino: ['server/log.ts'],
  'prom-client': ['server/metrics.ts'],
  '@opentelemetry/api': ['server/traces.ts'],
  '@opentelemetry/resources': ['server/traces.ts'],
  '@opentelemetry/sdk-trace-base': ['server/traces.ts'],
  '@opentelemetry/exporter-trace-otlp-http': ['server/traces.ts'],
  '@modelcontextprotocol/sdk': ['server/gateway/mcp.ts'],
}

const within = (file: string, room: string): boolean => file === room || file.startsWith(`${room}/`)

const files = globSync(['schemas/**/*.ts', 'envs/**/*.ts', 'server/**/*.ts', 'clients/**/*.ts'], { cwd: root })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !file.includes('node_modules') && !file.includes('/examples/'))
  .sort()

function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8')
  const found = source.matchAll(
    /^\s*(?:import|export)\s[^'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gms,
  )
  return [...found].map((match) => (match[1] ?? match[2] ?? match[3]) as string)
}

const roomOf = (file: string): string | undefined =>
  Object.keys(rooms)
    .filter((room) => within(file, room))
    .sort((a, b) => b.length - a.length)[0]

t.test('every file imports only what its room may', async (t) => {
  t.ok(files.length > 30, `${files.length} files read`)
  for (const file of files) {
    const room = roomOf(file)
    if (room === undefined) {
      t.fail(`${file} stands in no room`)
      continue
    }
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('.')) {
        const target = normalize(join(dirname(file), specifier)).replaceAll('\\', '/')
        if (target === 'clients/cli/main.ts') t.fail(`${file} imports the one file that nothing may import`)
        const allowed = [room, ...(rooms[room] ?? [])].some((other) => within(target, other))
        if (!allowed) t.fail(`${file} imports ${target}, which ${room} may not`)
      } else {
        const name = specifier.startsWith('@')
          ? specifier.split('/').slice(0, 2).join('/')
          : (specifier.split('/')[0] as string)
        const only = packages[name]
        if (only !== undefined && !only.some((place) => within(file, place))) t.fail(`${file} imports ${name}`)
        if (room === 'schemas' && name !== 'zod')
          t.fail(`${file} imports ${specifier}; schemas imports nothing but zod`)
      }
    }
  }
})
