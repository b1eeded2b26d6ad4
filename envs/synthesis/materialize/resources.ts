/**
 * What an operation is about, read from its path: the chain of resources with their keys, the action at its end, and
 * what it does to the resource (its verb).
 *
 * Evidence beats lists of words: a segment is a collection if some operation has `/segment/{id}`; a segment after an
 * identifier that is only ever posted to is an action.
 * Sources: RESTler, RestTestGen (keys from path segments).
 */

import { verbSpellings, verbs } from '../lexicon/verbs.ts'
import type { RestOperation as Operation } from '../operation.ts'
import { singular, snake, squeezed } from './words.ts'

export interface Link {
  /** Singular snake_case noun. */
  noun: string
  /** The path parameter that picks one of them, as the document spells it. */
  key?: string
}

export type RawVerb = 'get' | 'list' | 'search' | 'create' | 'update' | 'delete' | 'action'

export interface Resource {
  operation: Operation
  /** From the outermost to the one acted on; never empty. */
  chain: Link[]
  verb: RawVerb
  /** Of an action: the verb of the lexicon, or the segment's own words. */
  action?: string
  /** Its words are of this compiler and not of the document: `remove_avatar`. */
  derived?: true
  /** What a document without routes calls it. */
  given?: string
  /** The state that a row must be in for it. */
  from?: string
  /** The state that the document says it leads to. */
  to?: string
  /** There is one such thing in the world, and no key. */
  sole?: true
}

/** Segments that say nothing of what is acted on. */
const fillers = new Set(
  (
    'api rest v1 v2 v3 v4 v5 me self current my all list items data public private external internal admin json xml rpc ' +
    'web app beta alpha latest default index resources objects entities rest_api services svc portal open platform ' +
    'management manage console core crud ajax hub'
  ).split(' '),
)
/** Of these words, those that mean something after a key. */
const contents = new Set(['items', 'data', 'resources', 'objects', 'list'])
const searchWords = new Set([
  'search',
  'find',
  'query',
  'lookup',
  'filter',
  'autocomplete',
  'suggest',
  'list',
  'advanced_search',
])
const bulkWords = new Set([
  'bulk',
  'batch',
  'batch_delete',
  'batch_update',
  'batch_create',
  'bulk_delete',
  'multi',
  'mass',
  'batch_get',
])
const createWords = new Set([
  'create',
  'add',
  'new',
  'insert',
  'post',
  'make',
  'open_new',
  'store',
  'save',
  'register_new',
])
const updateWords = new Set([
  'update',
  'edit',
  'modify',
  'set',
  'patch',
  'change',
  'rename',
  'put',
  'replace',
  'configure',
  'write',
  'upsert',
])
const deleteWords = new Set(['delete', 'remove', 'destroy', 'erase', 'del'])
const getWords = new Set([
  'get',
  'show',
  'info',
  'details',
  'read',
  'retrieve',
  'fetch',
  'describe',
  'view',
  'load',
  'detail',
])
/** `v1`, `v1.2`, `v1beta1`. */
const versionSegment = /^v\d+((alpha|beta|rc)\d*)?([._]\d+)*$/i
const scopeParameter = /^(api_)?version$|^(locale|lang|language|format|region)$/

export const isCrudWord = (word: string): boolean =>
  createWords.has(word) ||
  updateWords.has(word) ||
  deleteWords.has(word) ||
  getWords.has(word) ||
  searchWords.has(word) ||
  word === 'list'

/** The lexicon's verb a segment means, or undefined: `cancel`, `cancelled`, `bulk_cancel`, `cancelOrder`. */
export function actionVerb(segment: string): string | undefined {
  const words = segment.split('_')
  const first = words[0] as string
  const plain = verbSpellings[first] ?? first
  return Object.hasOwn(verbs, plain) ? plain : undefined
}

interface Segment {
  text: string
  parameter: boolean
}

function segmentsOf(path: string): Segment[] {
  const segments: Segment[] = []
  for (const piece of path.split('?')[0]?.split('/') ?? []) {
    if (piece === '' || piece === '#') continue
    const text = piece.replace(/\.(json|xml|format|\{format\}|php|aspx?)$/, '')
    const keyed = /^([A-Za-z][\w.-]*)\((?:[^{)]*=)?'?\{([^}]+)\}'?\)$/.exec(text) // OData: users('{id}')
    if (keyed) {
      segments.push({ text: keyed[1] as string, parameter: false }, { text: keyed[2] as string, parameter: true })
      continue
    }
    for (const part of text.split(/(\{[^}]*\})/)) {
      if (part === '' || /^[.:@=,;'()~-]+$/.test(part)) continue
      if (part.startsWith('{'))
        segments.push({ text: part.slice(1, -1).replace(/^[+/?.#*]|\*$/g, ''), parameter: true })
      else for (const word of part.split(/[:.]/)) if (word !== '') segments.push({ text: word, parameter: false })
    }
  }
  return segments
}

/** What the operations of one community say together about its segments. */
export interface Evidence {
  /** Squeezed nouns that some path follows with a key. */
  collections: ReadonlySet<string>
  /** Squeezed nouns that some path ends with and reads, lists or deletes. */
  read: ReadonlySet<string>
  /** Nouns of one or two letters (`/t/{id}`) → what the operations' names call them. */
  aliases: ReadonlyMap<string, string>
}

export function gatherEvidence(operations: readonly Operation[]): Evidence {
  const collections = new Set<string>()
  const read = new Set<string>()
  const called = new Map<string, Map<string, number>>()
  for (const operation of operations) {
    const segments = segmentsOf(operation.path)
    segments.forEach((segment, index) => {
      if (segment.parameter) return
      const noun = squeezed(snake(segment.text))
      if (noun.length <= 2 && segments[index + 1]?.parameter && index >= segments.length - 2) {
        const name = singular(readName(operation.name).noun.replace(/_by_.*$/, ''))
        const names = called.get(noun) ?? new Map<string, number>()
        called.set(noun, names.set(name, (names.get(name) ?? 0) + 1))
      }
      if (segments[index + 1]?.parameter) collections.add(noun)
      if (index === segments.length - 1 && (operation.method === 'get' || operation.method === 'delete')) read.add(noun)
    })
  }
  const aliases = new Map<string, string>()
  for (const [noun, names] of called) {
    const best = [...names].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]
    if (best !== undefined && best[0].length > 2) aliases.set(noun, best[0])
  }
  return { collections, read, aliases }
}

const toldState =
  /\bstatus (?:will be|is|gets) (?:changed|set|updated) to (?:['"‘“`]([A-Za-z][A-Za-z _-]{1,28})['"’”`]|([A-Z][A-Z_]{2,28})\b)/

/** "The order status will be changed to 'return requested'." */
export const stateTold = ({ description }: Operation): string | undefined => {
  const told = toldState.exec(description)
  return told?.[1] ?? told?.[2]
}

export function readResource(operation: Operation, evidence: Evidence): Resource | null {
  const segments = segmentsOf(operation.path)
  if (countsOnly(operation, segments, evidence)) return null
  const chain: Link[] = []
  const trailing: string[] = [] // words after the last resource that are no resource
  let hint: RawVerb | undefined
  let bareKey: string | undefined // `/v1/{name}`: one of what the operation's name says
  segments.forEach((segment, index) => {
    const name = snake(segment.text)
    if (segment.parameter) {
      if (scopeParameter.test(name) || /^(tenant|realm)_?(id|name)?$/.test(name)) return
      const last = chain.at(-1)
      if (last !== undefined && last.key === undefined && !segments[index - 1]?.parameter) last.key = segment.text
      else {
        const noun = /^(\w+_)?(name|resource)$/.test(name) && chain.length === 0 ? '' : nounOfParameter(name)
        if (noun !== '') chain.push({ noun, key: segment.text })
        else if (last !== undefined) last.key = segment.text
        else bareKey = segment.text
      }
      return
    }
    // `/api/items`: a word without meaning; `/orders/{id}/items`: what is in the order.
    const held = contents.has(name) && chain.at(-1)?.key !== undefined
    if (name === '' || (fillers.has(name) && !held) || versionSegment.test(segment.text)) return
    const isCollection = evidence.collections.has(squeezed(name))
    if (!isCollection) {
      if (searchWords.has(name) || name.startsWith('search_') || name.startsWith('find_by')) {
        hint = 'search'
        return
      }
      if (bulkWords.has(name)) return
      // `/actions/retry`: the word before an action.
      if (
        /^(action|actions|command|commands|operation|operations)$/.test(name) &&
        segments[index + 1]?.parameter === false
      )
        return
      const after = index === segments.length - 1
      if (after && createWords.has(name)) hint = 'create'
      else if (after && updateWords.has(name)) hint = 'update'
      else if (after && deleteWords.has(name)) hint = 'delete'
      else if (after && getWords.has(name)) hint = 'get'
      else if (after && chain.length > 0 && isAction(name, operation, chain, evidence)) trailing.push(name)
      else if (after && bareKey !== undefined && operation.method === 'post' && chain.length === 0) trailing.push(name)
      else if (after && called(name, operation) !== null) {
        // `/specs/{spec}:deleteRevision`: a verb and what it is done to in one word.
        const { verb, noun } = called(name, operation) as { verb: RawVerb; noun: string }
        hint = verb
        if (squeezed(chain.at(-1)?.noun ?? '') !== squeezed(noun)) chain.push({ noun })
      } else chain.push({ noun: singular(name) })
      return
    }
    chain.push({ noun: evidence.aliases.get(squeezed(name)) ?? singular(name) })
  })
  const spelled = readName(operation.name)
  if (chain.length === 0 && spelled.noun !== '')
    chain.push({ noun: singular(spelled.noun), ...(bareKey !== undefined && { key: bareKey }) })
  if (chain.length === 0) return null
  qualify(chain)
  const action = trailing.at(-1)
  if (action !== undefined) {
    // A GET of an action word reads what the action made: `GET /invoices/{id}/download`. It is a look at the row.
    if (operation.method === 'get') return { operation, chain, verb: chain.at(-1)?.key === undefined ? 'list' : 'get' }
    const undo = operation.method === 'delete' ? undoing(action) : undefined
    return { operation, chain, verb: 'action', action: undo ?? actionVerb(action) ?? action }
  }
  return { operation, chain, verb: hint ?? verbOf(operation, chain, spelled) }
}

/** `GET /users/$count` says how many there are, which every list says of itself: it is about no thing of its own. */
function countsOnly({ method }: Operation, segments: readonly Segment[], { collections }: Evidence): boolean {
  const last = segments.at(-1)
  if (method !== 'get' || last === undefined || last.parameter || segments.length < 2) return false
  return snake(last.text) === 'count' && !collections.has('count')
}

/** A segment that is a verb and a noun: what it does to which thing. */
function called(name: string, { method }: Operation): { verb: RawVerb; noun: string } | null {
  const [first = '', ...rest] = name.split('_')
  if (rest.length === 0) return null
  const noun = singular(rest.join('_'))
  if (first === 'list' || searchWords.has(first)) return { verb: first === 'list' ? 'list' : 'search', noun }
  if (getWords.has(first)) return { verb: rest.join('_') === noun ? 'get' : 'list', noun }
  if (method === 'get') return null
  if (createWords.has(first)) return { verb: 'create', noun }
  if (updateWords.has(first)) return { verb: 'update', noun }
  if (deleteWords.has(first)) return { verb: 'delete', noun }
  return null
}

/** Whether a last segment is something done to what stands before it. */
function isAction(name: string, operation: Operation, chain: readonly Link[], evidence: Evidence): boolean {
  const known = actionVerb(name) !== undefined
  const noun = squeezed(name)
  const keyed = chain.at(-1)?.key !== undefined
  if (operation.method !== 'get' && /^(un|de|re)(install|link|assign|register|bind)$/.test(name)) return true
  if (known && (keyed || !evidence.read.has(noun))) return operation.method !== 'get' || !/s$/.test(name)
  const plural = name !== singular(name)
  return keyed && !plural && operation.method === 'post' && !evidence.read.has(noun)
}

/** `DELETE …/star` takes the star away again. */
function undoing(action: string): string | undefined {
  const verb = actionVerb(action)
  if (verb === undefined) return undefined
  for (const candidate of [`un${verb}`, `dis${verb}`, `de${verb}`])
    if (Object.hasOwn(verbs, candidate)) return candidate
  return verb === 'enable' ? 'disable' : undefined
}

function verbOf(operation: Operation, chain: readonly Link[], spelled: { verb: string; noun: string }): RawVerb {
  const last = chain.at(-1) as Link
  const first = spelled.verb
  if (operation.method === 'get') {
    if (last.key !== undefined) return 'get'
    return searchWords.has(first) && first !== 'list' ? 'search' : 'list'
  }
  if (operation.method === 'delete') return 'delete'
  if (operation.method === 'post') {
    if (last.key !== undefined) return deleteWords.has(first) ? 'delete' : 'update'
    if (searchWords.has(first)) return 'search'
    if (getWords.has(first)) return 'list'
    if (deleteWords.has(first)) return 'delete'
    if (updateWords.has(first)) return 'update'
    return 'create'
  }
  return 'update'
}

/** `{project_id}` → project, `{owner}` → owner, `{id}` → ''. */
function nounOfParameter(name: string): string {
  const bare = name.replace(/_?(id|ids|uuid|guid|slug|key|name|sid|code|number|no|identifier|gid)$/, '')
  return bare === '' || /^(resource|item|object|entity|parent)$/.test(bare) ? '' : singular(bare)
}

/** Nouns that mean nothing without what they belong to. */
const bare = new Set([
  'item',
  'entry',
  'value',
  'detail',
  'line',
  'option',
  'property',
  'setting',
  'content',
  'result',
  'element',
  'record',
  'row',
  'config',
  'configuration',
  'metadata',
  'info',
  'summary',
  'history',
  'status',
  'stat',
  'statistic',
  'preference',
  'version',
  'attribute',
  'field',
  'parameter',
  'link',
  'relationship',
  'action',
  'data',
  'object',
  'resource',
  'permission',
  'access',
])

function qualify(chain: Link[]): void {
  for (let index = 1; index < chain.length; index++) {
    const link = chain[index] as Link
    const parent = (chain[index - 1] as Link).noun.split('_').at(-1) as string
    if (bare.has(link.noun)) link.noun = `${parent}_${link.noun}`
  }
}

/** `create_order_line` → create, order_line. */
export function readName(name: string): { verb: string; noun: string } {
  const words = name.split('_')
  const first = words[0] as string
  const known =
    createWords.has(first) ||
    updateWords.has(first) ||
    deleteWords.has(first) ||
    getWords.has(first) ||
    searchWords.has(first) ||
    actionVerb(first) !== undefined
  return known && words.length > 1 ? { verb: first, noun: words.slice(1).join('_') } : { verb: '', noun: name }
}
