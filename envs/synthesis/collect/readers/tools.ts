/**
 * Tools that are told as tools: what an MCP server answers to `tools/list`, and lists of functions as chat models are given
 * them. They have a name, a description and one object of arguments; no method, no path.
 *
 * Sources: Model Context Protocol 2025-06-18 (tools, annotations, outputSchema); OpenAI's chat and responses forms of
 * `tools`, and the older `functions`; Anthropic's `input_schema`.
 */

import type { DocumentReading, Draft, Identity, Source } from '../draft.ts'
import { slug, slugOfFile, toDraft } from '../draft.ts'
import { isObject, pointerStep, type Value } from '../reference.ts'
import { buildShape } from '../shape.ts'
import { propertiesAsParameters } from './openapi.ts'

export interface ToolList {
  list: readonly unknown[]
  /** JSON pointer of the list. */
  place: string
}

/** Where in a document tools are listed, or undefined where they are not. */
export function findTools(root: unknown): { format: 'mcp' | 'functions'; found: ToolList } | undefined {
  for (const place of ['', '/tools', '/functions', '/result/tools', '/data', '/data/tools']) {
    let at: unknown = root
    for (const step of place.split('/').slice(1)) at = isObject(at) ? at[step] : undefined
    if (!Array.isArray(at)) continue
    const first = at.find((item) => isObject(item) && describes(item) !== undefined)
    if (first === undefined && !(at.length === 0 && place !== '' && place !== '/data')) continue
    const isMcp = first === undefined ? place.endsWith('tools') : isObject((first as Value).inputSchema)
    return { format: isMcp ? 'mcp' : 'functions', found: { list: at, place } }
  }
  return undefined
}

interface Described {
  value: Value
  /** Which of its keys holds the schema of the arguments. */
  schema: string
  within: string
}

/** The one of an entry's forms that it has. */
function describes(entry: Value): Described | undefined {
  const forms: [Value | unknown, string][] = [
    [entry.function, '/function'],
    [entry, ''],
  ]
  for (const [value, within] of forms) {
    if (!isObject(value) || typeof value.name !== 'string') continue
    const schema = ['inputSchema', 'parameters', 'input_schema'].find((key) => isObject(value[key]))
    if (schema !== undefined) return { value, schema, within }
    // A function that takes nothing may leave its parameters away; anything with a name may not be called a function.
    if (entry.type === 'function' || typeof value.description === 'string')
      return { value, schema: 'parameters', within }
  }
  return undefined
}

export function readTools(source: Source, { list, place }: ToolList): DocumentReading {
  const identity = identify(source)
  const operations: Draft[] = []
  const names = new Map<string, string>()
  for (const [index, entry] of list.entries()) {
    const at = `${place}/${index}`
    const described = isObject(entry) ? describes(entry) : undefined
    if (described === undefined) {
      source.report.drop('unnamed')
      source.report.problem({
        document: source.name,
        place: at,
        code: 'OPERATION_UNNAMED',
        message: 'It is no tool: it has no name, or neither a description nor a schema of its arguments.',
      })
      continue
    }
    const { value, schema, within } = described
    const name = value.name as string
    const other = names.get(name)
    if (other !== undefined)
      source.report.problem({
        document: source.name,
        place: at,
        code: 'OPERATION_REPEATED',
        message: `The name ${JSON.stringify(name.slice(0, 100))} is that of ${other} as well; the first one counts.`,
      })
    else names.set(name, at)
    const annotations = isObject(value.annotations) ? value.annotations : {}
    const draft = toDraft(source, identity, {
      place: at + within,
      operationId: name,
      ...(typeof annotations.readOnlyHint === 'boolean' && { readOnly: annotations.readOnlyHint }),
      summary: value.title ?? annotations.title,
      descriptions: [value.description],
      parameters: () =>
        propertiesAsParameters(
          buildShape(source.references, { schema: value[schema], place: at + within + pointerStep(schema) }),
          'argument',
        ),
      response() {
        const key = ['outputSchema', 'output_schema', 'returns'].find((one) => isObject(value[one]))
        if (key === undefined) return undefined
        const shape = buildShape(source.references, { schema: value[key], place: at + within + pointerStep(key) })
        return shape.type === 'unknown' ? undefined : shape
      },
    })
    if (draft !== undefined) operations.push(draft)
  }
  const { provider, service, edition } = identity
  return { provider, service, edition, operations }
}

/** The server says who it is where its answer to `initialize` stands beside; else the file does. */
function identify({ root, name }: Source): Identity {
  const info = isObject(root.serverInfo) ? root.serverInfo : root
  const said = typeof info.name === 'string' ? slug(info.name) : ''
  const provider = said || slugOfFile(name) || 'tools'
  const { version } = info
  return {
    provider,
    service: provider,
    edition: {
      // Two lists are two lists: only a server's own name makes editions of them.
      family: said === '' ? `${provider} ${name}` : `${provider}:${provider}`,
      document: name,
      preferred: false,
      version: typeof version === 'string' ? version.slice(0, 60) : '',
    },
  }
}
