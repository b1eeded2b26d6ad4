/**
 * How right the rules of dependencies are: held against the `links` that OpenAPI documents declare themselves.
 *
 * A link says which field of an operation's answer is which parameter of another. Recall is the share of declared triples
 * (producer, consumer, parameter) that the rules find, and of these the share with the very field. What is declared is far
 * from all that is true, so precision is a lower bound: of what the rules say about producers and parameters for which the
 * document declares links at all, the share that is declared.
 * Usage: node test/bench/links.ts [FILE OR FOLDER...] [--list]; the documents of the default corpus without any.
 */

import { readDocument } from '../../envs/synthesis/collect/document.ts'
import type { SourceDocument } from '../../envs/synthesis/corpus.ts'
import { readCorpus } from '../../envs/synthesis/corpus.ts'
import { type Dependency, findDependencies } from '../../envs/synthesis/dependencies.ts'
import type { Operation } from '../../envs/synthesis/operation.ts'

export interface LinkFigures {
  documents: number
  /** Links that pass on a field of the answer, between operations that are read. */
  declared: number
  found: number
  recall: number
  /** Of those found, with the very field declared. */
  sameField: number
  /** What the rules say about producers and parameters that have declared links, and how much of it is declared. */
  said: number
  precisionAtLeast: number
}

interface Declared {
  from: string
  field: string
  to: string
  parameter: string
}

interface RawLink {
  $ref?: string
  operationId?: string
  operationRef?: string
  parameters?: Record<string, unknown>
}
interface RawResponse {
  $ref?: string
  links?: Record<string, RawLink>
}
interface RawOperation {
  operationId?: string
  responses?: Record<string, RawResponse>
}
interface RawDocument {
  paths?: Record<string, Record<string, RawOperation>>
  components?: { links?: Record<string, RawLink>; responses?: Record<string, RawResponse> }
}

const methods = new Set(['get', 'put', 'post', 'patch', 'delete'])

export async function measureLinks(
  documents: AsyncIterable<SourceDocument> | Iterable<SourceDocument>,
  onMiss: (declared: Declared, said: Dependency | undefined) => void = () => {},
): Promise<LinkFigures> {
  const sums = { documents: 0, declared: 0, found: 0, sameField: 0, said: 0, right: 0 }
  for await (const { name, text, problem } of documents) {
    if (problem !== undefined || !text.includes('"links"')) continue
    const raw = parse(text)
    const declared = raw === undefined ? [] : linksOf(raw)
    if (declared.length === 0) continue
    const reading = readDocument(name, text, { problem() {}, drop() {} }, {})
    if (reading === undefined) continue
    const operations = reading.operations.map((draft, index) => ({
      ...draft,
      name: nameOf(draft, index),
    })) as Operation[]
    const byRoute = new Map(operations.map((operation) => [`${operation.method} ${operation.path}`, operation]))
    const known = declared.flatMap((link) => {
      const [from, to] = [byRoute.get(link.from), byRoute.get(link.to)]
      return from === undefined || to === undefined || from === to ? [] : [{ ...link, from: from.key, to: to.key }]
    })
    if (known.length === 0) continue
    sums.documents += 1
    const said = findDependencies(operations)
    const bySaid = new Map(said.map((one) => [`${one.from}\n${one.to}\n${one.parameter}`, one]))
    const byDeclared = new Set<string>()
    for (const link of known) {
      const key = `${link.from}\n${link.to}\n${link.parameter}`
      if (byDeclared.has(key)) continue
      byDeclared.add(key)
      sums.declared += 1
      const one = bySaid.get(key)
      if (one === undefined || plain(one.field) !== plain(link.field)) onMiss(link, one)
      if (one === undefined) continue
      sums.found += 1
      if (plain(one.field) === plain(link.field)) sums.sameField += 1
    }
    const producers = new Set(known.map(({ from }) => from))
    const wanted = new Set(known.map(({ to, parameter }) => `${to}\n${parameter}`))
    for (const one of said) {
      if (!producers.has(one.from) || !wanted.has(`${one.to}\n${one.parameter}`)) continue
      sums.said += 1
      if (byDeclared.has(`${one.from}\n${one.to}\n${one.parameter}`)) sums.right += 1
    }
  }
  const { right, ...counted } = sums
  return { ...counted, recall: share(sums.found, sums.declared), precisionAtLeast: share(right, sums.said) }
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 1000) / 1000)

const plain = (field: string): string => field.replaceAll('[]', '').replace(/^\./, '')

function parse(text: string): RawDocument | undefined {
  try {
    return JSON.parse(text) as RawDocument
  } catch {
    return undefined
  }
}

/** Producer and consumer as `method path`. */
function linksOf({ paths = {}, components = {} }: RawDocument): Declared[] {
  const routes = new Map<string, string>()
  const all: [string, RawOperation][] = []
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item ?? {})) {
      if (!methods.has(method)) continue
      all.push([`${method} ${path}`, operation])
      if (operation.operationId !== undefined) routes.set(operation.operationId, `${method} ${path}`)
    }
  }
  const last = (ref: string): string => decodeURIComponent(ref.split('/').at(-1) as string)
  const found: Declared[] = []
  for (const [from, { responses = {} }] of all) {
    for (const given of Object.values(responses)) {
      const response = given.$ref === undefined ? given : components.responses?.[last(given.$ref)]
      for (const declared of Object.values(response?.links ?? {})) {
        const link = declared.$ref === undefined ? declared : components.links?.[last(declared.$ref)]
        if (link === undefined) continue
        const to = link.operationId === undefined ? routeOfRef(link.operationRef) : routes.get(link.operationId)
        if (to === undefined) continue
        for (const [name, expression] of Object.entries(link.parameters ?? {})) {
          const pointer = /^\{?\$response\.body#\/(.+?)\}?$/.exec(String(expression))?.[1]
          if (pointer === undefined) continue
          const field = pointer
            .split('/')
            .filter((part) => !/^\d+$/.test(part))
            .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
            .join('.')
          found.push({ from, field, to, parameter: name.replace(/^(path|query)\./, '') })
        }
      }
    }
  }
  return found
}

/** `#/paths/~1users~1{id}/get` → `get /users/{id}`. */
function routeOfRef(ref: string | undefined): string | undefined {
  const match = /^#\/paths\/(.+)\/([a-z]+)$/.exec(ref ?? '')
  if (match === null) return undefined
  return `${match[2]} ${decodeURIComponent((match[1] as string).replaceAll('~1', '/').replaceAll('~0', '~'))}`
}

/** Operations are named when a whole universe is cleaned; here only the verb matters. */
function nameOf({ operationId, method }: Pick<Operation, 'operationId' | 'method'>, index: number): string {
  const verb = { get: 'get', put: 'update', post: 'create', patch: 'update', delete: 'delete' }[method ?? 'get']
  return `${verb}_${operationId ?? index}`
}

if (import.meta.main) {
  const given = process.argv.slice(2)
  const sources = given.filter((argument) => !argument.startsWith('--'))
  const figures = await measureLinks(readCorpus({ sources, selection: 'all' }), (link, said) => {
    if (given.includes('--list'))
      console.error(said === undefined ? 'missed' : `field ${said.field}`, JSON.stringify(link))
  })
  console.log(JSON.stringify(figures, null, 2))
}
