/** The transcripts of docs/protocol.md: what is sent, and what must come back. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'

export const page = readFileSync(join(import.meta.dirname, '../docs/protocol.md'), 'utf8')

/** By name, as they stand there. */
export const transcripts = new Map(
  Array.from(page.matchAll(/<!-- transcript: (\w+) -->\n```\n([\s\S]*?)```/g), ([, name = '', text = '']) => [
    name,
    text,
  ]),
)

/** `…` among the keys of an object leaves others open; `$name` is what was received there before, or is kept from now on. */
export const pattern = (text: string): unknown =>
  JSON.parse(
    text
      .replaceAll(/,? …(?=[}\]])/g, '')
      .replaceAll(/\{…\}/g, '{}')
      .replaceAll(/(?<=[ [{:])\$(\w+)/g, '"$$$1"'),
  )

export function fits(t: Test, actual: unknown, expected: unknown, kept: Map<string, string>, where: string): void {
  if (typeof expected === 'string' && expected.startsWith('$')) {
    const known = kept.get(expected)
    if (known === undefined) kept.set(expected, String(actual))
    else t.equal(actual, known, where)
  } else if (typeof expected === 'object' && expected !== null) {
    t.ok(typeof actual === 'object' && actual !== null, `${where} is there`)
    if (Array.isArray(expected)) t.equal((actual as unknown[]).length, expected.length, `${where} is as long`)
    for (const [key, value] of Object.entries(expected))
      fits(t, (actual as Record<string, unknown>)?.[key], value, kept, `${where}.${key}`)
  } else t.equal(actual, expected, `${where} is ${JSON.stringify(expected)}, not ${JSON.stringify(actual)}`)
}

export const filled = (text: string, kept: Map<string, string>): string => {
  let whole = text
  for (const [name, value] of kept) {
    whole = whole.replaceAll(`: ${name}`, `: "${value}"`).replaceAll(name, value)
  }
  return whole
}
