/**
 * Hostile input by seed: frames for sockets, requests for HTTP. What makes sense comes mixed with what almost does, because
 * what makes none at all is refused at the first look and tests that look alone.
 */

export interface Chance {
  /** A whole number below `n`. */
  below(n: number): number
  pick<T>(of: readonly T[]): T
}

/** mulberry32. */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number): number => Math.floor(next() * n)
  return { below, pick: (of) => of[below(of.length)] as (typeof of)[number] }
}

const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'type',
  'data',
  'id',
  'session',
  'then',
]
const texts = [
  '',
  'a',
  'hotel-chain',
  'new-phone',
  '../../etc/passwd',
  '%00',
  '\u0000',
  '\ud800',
  '𝒳',
  "' OR 1=1 --",
  '<script>',
  '_mc_log',
  'é'.repeat(300),
]
const numbers = [0, -0, 1, -1, 0.5, 1e308, -1e308, 2 ** 53, 2 ** 31, 2 ** 32, Number.MIN_VALUE]
const types = [
  'reset',
  'step',
  'verify',
  'fork',
  'attach',
  'grant',
  'state',
  'mcp',
  'batch',
  'close',
  'observation',
  '__proto__',
]
const actions = ['call_tool', 'call_tools', 'list_tools', 'message', 'submit', 'toString']
const tools = [
  'search_hotels',
  'find_guests',
  'update_guest',
  'cancel_booking',
  'submit',
  'send_message',
  'reset',
  '__proto__',
]

/** Any JSON text, with keys that are dangerous where objects are used as maps; duplicates too, which no object could have. */
function jsonText(chance: Chance, depth: number): string {
  switch (chance.below(depth > 0 ? 8 : 5)) {
    case 0:
      return 'null'
    case 1:
      return chance.pick(['true', 'false'])
    case 2:
      return String(chance.pick(numbers))
    case 3:
    case 4:
      return JSON.stringify(chance.pick([...texts, ...names]))
    case 5:
      return `[${Array.from({ length: chance.below(4) }, () => jsonText(chance, depth - 1)).join(',')}]`
    default:
      return objectText(
        Array.from({ length: chance.below(4) }, () => [chance.pick(names), jsonText(chance, depth - 1)]),
      )
  }
}

const objectText = (entries: readonly (readonly string[])[]): string =>
  `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`

/** Right seven times of eight, any value else. */
const mostly = (chance: Chance, right: () => string): string => (chance.below(8) > 0 ? right() : jsonText(chance, 3))
const quoted = (chance: Chance, of: readonly string[]) => () => JSON.stringify(chance.pick(of))

export function actionText(chance: Chance): string {
  const entries = [['type', mostly(chance, quoted(chance, actions))]]
  if (chance.below(3) > 0) entries.push(['tool_name', mostly(chance, quoted(chance, tools))])
  if (chance.below(3) > 0)
    entries.push([
      'arguments',
      mostly(chance, () =>
        objectText([
          [chance.pick(['city', 'guest_id', 'booking_id', 'name', ...names]), jsonText(chance, 2)],
          ['city', jsonText(chance, 1)],
        ]),
      ),
    ])
  if (chance.below(4) === 0) entries.push(['calls', jsonText(chance, 4)])
  if (chance.below(4) === 0) entries.push([chance.pick(['content', 'answer']), jsonText(chance, 3)])
  return objectText(entries)
}

function resetText(chance: Chance): string {
  const parts = [
    ['domain', quoted(chance, ['hotel-chain', 'hotel-chain@0123456789abcdef', 'x'])],
    ['task', quoted(chance, ['new-phone', 'cancel-porto', 'x'])],
    ['seed', () => String(chance.pick(numbers))],
    ['split', quoted(chance, ['train', 'test', 'x'])],
    ['user', quoted(chance, ['none', 'rule', 'model'])],
    ['sample', () => `{"seed":${chance.below(9)},"index":${chance.pick(numbers)},"group":${chance.below(3)}}`],
    ['filter', () => `{"length":{"min":${chance.pick(numbers)}}}`],
  ] as const
  return objectText(parts.filter(() => chance.below(4) === 0).map(([name, right]) => [name, mostly(chance, right)]))
}

function messageText(chance: Chance, depth: number): string {
  const type = chance.pick(types)
  const data = (): string => {
    switch (type) {
      case 'reset':
        return resetText(chance)
      case 'step':
        return actionText(chance)
      case 'fork':
        return `{"count":${chance.pick(['1', '2', '3', '65', '0', '-1', '1e9', '"1"'])}}`
      case 'attach':
        return objectText([
          ['session', jsonText(chance, 0)],
          ['token', jsonText(chance, 0)],
        ])
      case 'grant':
        return `{"name":"x","role":${chance.pick(['"agent"', '"user"', '"observer"', '"owner"'])},"rights":${jsonText(chance, 1)}}`
      case 'mcp':
        return `{"jsonrpc":"2.0","id":1,"method":${chance.pick(['"tools/list"', '"tools/call"', '"openenv/session/create"', '"openenv/session/close"', '"x"'])},"params":${mostly(chance, () => '{"name":"search_hotels","arguments":{}}')}}`
      case 'batch':
        return depth > 0
          ? `[${Array.from({ length: chance.below(6) }, () => messageText(chance, depth - 1)).join(',')}]`
          : '[]'
      default:
        return '{}'
    }
  }
  const entries = [['type', JSON.stringify(type)]]
  if (chance.below(8) > 0) entries.push(['data', mostly(chance, data)])
  if (chance.below(3) === 0) entries.push(['id', mostly(chance, () => String(chance.below(50)))])
  if (chance.below(3) === 0) entries.push(['session', mostly(chance, quoted(chance, ['a', 'b', 'c', '']))])
  if (chance.below(10) === 0) entries.push([chance.pick(names), jsonText(chance, 2)])
  return objectText(entries)
}

/** A byte changed, cut out or doubled. */
function spoilt(chance: Chance, text: string): string {
  if (text === '') return text
  const at = chance.below(text.length)
  switch (chance.below(3)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(chance.below(0x300)) + text.slice(at + 1)
    case 1:
      return text.slice(0, at)
    default:
      return text.slice(0, at) + text.slice(Math.max(0, at - chance.below(20)))
  }
}

function nonsense(chance: Chance): string {
  switch (chance.below(4)) {
    case 0:
      return Array.from({ length: chance.below(60) }, () => String.fromCharCode(chance.below(0x500))).join('')
    case 1:
      return jsonText(chance, 4)
    case 2:
      return '['.repeat(1 + chance.below(400))
    default:
      return `{"type":"step","data":${'{"a":'.repeat(1 + chance.below(200))}1`
  }
}

/** One frame. `close` without a session is left out: it ends the socket, as it should. */
export function frame(chance: Chance): string | Buffer {
  const kind = chance.below(20)
  if (kind === 0) return Buffer.from(Array.from({ length: chance.below(50) }, () => chance.below(256)))
  if (kind < 3) return nonsense(chance)
  const text = messageText(chance, 2)
  return kind < 7 ? spoilt(chance, text) : text
}

export interface FuzzedRequest {
  method: string
  path: string
  headers: [string, string][]
  body: string
}

/** One HTTP request, as one writes it: nothing here is checked by a client that knows better. */
export function request(chance: Chance, held: { id: string; token: string }): FuzzedRequest {
  const id = chance.pick([held.id, held.id, held.id, 'x', '__proto__', '%2e%2e', '%zz', '%00'])
  const paths = [
    ['POST', '/sessions'],
    ['POST', `/sessions/${id}/step`],
    ['POST', `/sessions/${id}/step`],
    ['POST', `/sessions/${id}/reset`],
    ['POST', `/sessions/${id}/verify`],
    ['POST', `/sessions/${id}/fork`],
    ['POST', `/sessions/${id}/tokens`],
    ['POST', `/sessions/${id}/mcp`],
    ['POST', '/domains/hotel-chain/mcp'],
    ['POST', '/domains/hotel-chain/reset'],
    ['POST', '/domains/hotel-chain/step'],
    ['GET', `/sessions/${id}`],
    ['GET', `/sessions/${id}/trajectory`],
    ['GET', `/sessions/${id}/result`],
    ['GET', `/sessions/${id}/gold`],
    [
      'GET',
      `/domains?limit=${chance.pick(numbers)}&cursor=${chance.pick(numbers)}&search=${encodeURIComponent(chance.pick(texts.filter((text) => text !== '\ud800')))}`,
    ],
    ['GET', `/tasks?min_length=${chance.pick(numbers)}&kind=${chance.pick(names)}&seed=${chance.pick(numbers)}`],
    ['GET', `/domains/${chance.pick(['hotel-chain', 'x', ...names])}`],
    ['GET', `/domains/hotel-chain/tasks/${chance.pick(names)}?gold=${chance.pick(['true', '1'])}`],
    ['GET', '/operate/sessions?limit=1e3'],
    ['DELETE', '/operate/sessions/__proto__'],
    [chance.pick(['PUT', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE']), '/sessions'],
    ['GET', `/${chance.pick(names)}`],
  ] as const
  const [method, path] = chance.pick(paths)
  const bodies = [
    () => `{"action":${actionText(chance)}${chance.below(2) === 0 ? `,"id":${jsonText(chance, 1)}` : ''}}`,
    () => resetText(chance),
    () => '{"domain":"hotel-chain","reset":false}',
    () => jsonText(chance, 4),
    () => nonsense(chance),
    () =>
      `{"jsonrpc":"2.0","id":1,"method":${chance.pick(['"tools/list"', '"tools/call"', '"initialize"', '"openenv/session/create"', '"ping"'])},"params":${jsonText(chance, 2)}}`,
  ]
  const body = method === 'POST' ? chance.pick(bodies)() : ''
  const headers: [string, string][] = []
  if (body !== '')
    headers.push([
      'Content-Type',
      chance.pick(['application/json', 'application/json', 'application/json', 'text/plain', 'x/y', '']),
    ])
  headers.push([
    'Authorization',
    chance.pick([
      `Bearer ${held.token}`,
      `Bearer ${held.token}`,
      'Bearer x',
      'Basic ====',
      'Bearer',
      `Basic ${btoa(`${held.token}:x`)}`,
    ]),
  ])
  if (chance.below(3) === 0) headers.push(['Accept', chance.pick(['application/json, text/event-stream', '*/*'])])
  if (chance.below(10) === 0)
    headers.push([
      chance.pick(['Mcp-Session-Id', 'Idempotency-Key', 'X-Forwarded-For', 'Expect']),
      chance.pick(['x', '1', 'a.b', '100-continue']),
    ])
  return { method, path, headers, body }
}
