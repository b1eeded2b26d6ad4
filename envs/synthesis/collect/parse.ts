/**
 * The text of a document → plain data. JSON, or YAML under bounds: a short YAML text can stand for a tree of any size
 * (aliases of aliases), and its parser keeps far more than the text in memory.
 *
 * Nothing in a document is run: YAML's core schema has no tags that build anything.
 * Sources: RFC 8259, YAML 1.2.2 (chapter 10.3, the core schema).
 */

import { parseDocument } from 'yaml'

export interface ParseLimits {
  /** A YAML text of more characters is not read. */
  yamlCharactersMax: number
  /** How many values the aliases of a YAML text may stand for. */
  aliasesMax: number
  /** How deep lists and objects of a YAML text may lie in each other. */
  depthMax: number
}

export const parseLimits: ParseLimits = { yamlCharactersMax: 16 << 20, aliasesMax: 1000, depthMax: 200 }

/** What was read, or in words why nothing was. Never throws. */
export function parseText(text: string, limits: ParseLimits = parseLimits): { root: unknown } | { problem: string } {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  const first = /\S/.exec(bare)?.[0]
  if (first === undefined) return { problem: 'Not JSON or YAML: it is empty.' }
  if (first === '{' || first === '[') {
    try {
      return { root: JSON.parse(bare) } // its parser does not recurse, and whoever follows it bounds its own depth
    } catch (cause) {
      // YAML has a form that looks like JSON and leaves quotes away; of a text that is neither, JSON's words are the plainer.
      const yaml = bare.length <= limits.yamlCharactersMax && !/^\s*[{[]\s*["\]}]/.test(bare)
      const read = yaml ? parseYaml(bare, limits) : undefined
      return read !== undefined && 'root' in read ? read : { problem: `Not JSON: ${wordsOf(cause)}.` }
    }
  }
  return parseYaml(bare, limits)
}

function parseYaml(text: string, limits: ParseLimits): { root: unknown } | { problem: string } {
  if (text.length > limits.yamlCharactersMax)
    return {
      problem: `A YAML text of ${text.length} characters; at most ${limits.yamlCharactersMax} are read. As JSON it may be larger.`,
    }
  try {
    const document = parseDocument(text, {
      schema: 'core',
      merge: true,
      uniqueKeys: false, // the last one counts, as in JSON
      logLevel: 'silent',
      prettyErrors: true,
    })
    const error = document.errors[0]
    if (error !== undefined) return { problem: `Not YAML: ${wordsOf(error)}.` }
    const root: unknown = document.toJS({ maxAliasCount: limits.aliasesMax })
    return isDeeper(root, limits.depthMax) ? tooDeep(limits) : { root }
  } catch (cause) {
    if (cause instanceof RangeError) return tooDeep(limits) // its parser recurses
    return { problem: `Not readable as YAML: ${wordsOf(cause)}.` }
  }
}

const tooDeep = ({ depthMax }: ParseLimits): { problem: string } => ({
  problem: `Its values lie deeper in each other than ${depthMax}.`,
})

/** Whether something lies too deep. What stands in several places, or in itself, is looked at once. */
function isDeeper(root: unknown, depthMax: number): boolean {
  let level: object[] = typeof root === 'object' && root !== null ? [root] : []
  const seen = new Set<object>(level)
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= depthMax) return true
    const below: object[] = []
    for (const value of level) {
      for (const inner of Array.isArray(value) ? value : Object.values(value)) {
        if (typeof inner !== 'object' || inner === null || seen.has(inner)) continue
        seen.add(inner)
        below.push(inner)
      }
    }
    level = below
  }
  return false
}

function wordsOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  return (message.split('\n', 1)[0] as string).replace(/[.:]$/, '').slice(0, 200)
}
