/**
 * What a path says: which things it goes through (`/customers/{id}/cards` → customer, card), and what is done to the last.
 *
 * Versions, `api` and file endings say nothing. A last segment that begins with a verb is an action on the thing before
 * it, unless the thing is looked up under that very word (`/orders`, `/orders/{id}`).
 */

import { isVerb } from './verbs.ts'
import { singular, splitWords } from './words.ts'

export interface PathThing {
  /** As many words as the segment has, as they stand (`credit`, `cards`). */
  words: string[]
  /** The parameter right behind it, which picks one of these things. */
  parameter?: string
}

export interface PathReading {
  things: PathThing[]
  /** What is done to the last thing, where a last segment says so: its words, a verb first. */
  action?: string[]
}

const silent = new Set(['api', 'apis', 'rest', 'rpc', 'public', 'json', 'xml', 'php', 'ashx', 'aspx', 'ws', 'odata'])
const version = /^(v?\d[\d._-]*((alpha|beta|rc|p|preview)\d*)*|latest|beta|alpha|stable|current)$/i

/** @param path undefined for what has none: nothing is read from it */
export function readPath(path: string | undefined): PathReading {
  if (path === undefined) return { things: [] }
  const things: PathThing[] = []
  let lastStatic = ''
  for (const segment of path.split(/[?#]/, 1)[0]?.split('/') ?? []) {
    const parameters = [...segment.matchAll(/\{([^{}]*)\}/g)].map((match) =>
      (match[1] as string).replace(/^\+|\*$/g, ''),
    )
    const [before = '', after = ''] = segment.split(/\{[^{}]*\}/)
    for (const part of (parameters.length > 0 ? before : segment).split(/[.:]/)) {
      const words = wordsOf(part)
      if (words.length > 0) {
        things.push({ words })
        lastStatic = part
      }
    }
    const parameter = parameters[0]
    if (parameter !== undefined) {
      const last = things.at(-1)
      if (last !== undefined && last.parameter === undefined) last.parameter = parameter
      else things.push({ words: nounsOfParameter(parameter), parameter })
    }
    const suffix = wordsOf(after)
    if (suffix.length > 0) {
      things.push({ words: suffix })
      lastStatic = after
    }
  }
  const named = things.filter((thing) => thing.words.length > 0)
  const last = named.at(-1)
  if (
    last !== undefined &&
    last.parameter === undefined &&
    isVerb(last.words[0] as string) &&
    isAction(last, lastStatic)
  ) {
    return { things: named.slice(0, -1), action: last.words }
  }
  return { things: named }
}

/** A plural is a collection (`orders`, `likes`); a single verb, or a verb with what it is done to, is an action. */
function isAction(thing: PathThing, written: string): boolean {
  const [first = '', ...rest] = thing.words
  if (rest.length === 0) return singular(first) === first
  return (
    !/^(order|report|process|test|record|log|share|rate|review|batch|bulk|tag|check|list|query|ship|list|view)$/.test(
      first,
    ) || /[a-z][A-Z]|[-_]/.test(written)
  )
}

function wordsOf(part: string): string[] {
  if (version.test(part)) return []
  return splitWords(part).filter((word) => !silent.has(word) && !/^(v?\d+)$/.test(word))
}

/** `{customerId}` → customer; `{id}` says nothing of its own. */
export function nounsOfParameter(name: string): string[] {
  const words = splitWords(name)
  const generic = new Set(['id', 'ids', 'uuid', 'guid', 'uid', 'name', 'key', 'slug', 'code', 'number', 'identifier'])
  while (words.length > 0 && generic.has(words.at(-1) as string)) words.pop()
  return words
}
