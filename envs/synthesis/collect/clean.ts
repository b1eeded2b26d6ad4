/**
 * Cleaning: which of the operations that were read are worth making tools of, and why the others are not.
 *
 * Editions of one API first (the newest or preferred one stays), then twins, then calls that take nothing, then the cap
 * for each provider. Every operation that goes is counted under its reason. All of it is decided on a short row for each
 * operation: what is heavy (schemas) is looked at by nobody here.
 */

import type { Operation } from '../operation.ts'
import type { Draft, DropReason, Edition } from './draft.ts'
import type { Unnamed } from './name.ts'
import { readPath } from './path.ts'
import { isVerb } from './verbs.ts'
import { normalName, normalWords, splitWords } from './words.ts'

/** What cleaning and naming have to know of an operation. */
export interface Row extends Unnamed {
  provider: string
  service: string
  /** Names of its parameters, sorted. */
  takes: string[]
  /** How its description begins. */
  says: string
  /** Whether it answers with a list. */
  lists: boolean
  document: string
}

export function rowOf(draft: Draft): Row {
  const { key, provider, service, method, path, operationId, tags, summary, response, readOnly, description } = draft
  return {
    key,
    provider,
    service,
    tags,
    takes: draft.parameters.map(({ name }) => name).sort(),
    says: description.slice(0, 80),
    lists: response !== undefined && hasList(response),
    document: draft.origin?.document ?? '',
    ...(method !== undefined && { method, path }),
    ...(operationId !== undefined && { operationId }),
    ...(summary !== undefined && { summary }),
    ...(readOnly !== undefined && { readOnly }),
    ...(response?.type === 'array' && { response: { type: 'array' } }),
  }
}

export interface CleanOptions {
  /** At most so many operations of one provider, whole things before the rest. */
  perProvider: number
  drop(reason: DropReason, count?: number): void
}

/** Whether `a` is the edition to keep beside `b`: preferred, else of the later version, else of the later name. */
export function isNewer(a: Edition, b: Edition): boolean {
  if (a.preferred !== b.preferred) return a.preferred
  return (compareVersions(a.version, b.version) || compareVersions(a.document, b.document)) > 0
}

/** `v10` after `v9`, `1.0` after `1.0-beta`, dates by their numbers. */
export function compareVersions(a: string, b: string): number {
  const left = partsOf(a)
  const right = partsOf(b)
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return a < b ? -1 : a > b ? 1 : 0
}

function partsOf(version: string): number[] {
  return (version.toLowerCase().match(/\d+|alpha|beta|preview|rc/g) ?? []).map((part) =>
    /\d/.test(part) ? Number(part) : part === 'rc' ? -1 : part === 'alpha' ? -3 : -2,
  )
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What is left, sorted by key. */
export function cleanRows(rows: readonly Row[], options: CleanOptions): Row[] {
  const sorted = [...rows].sort((a, b) => order(a.key, b.key) || order(a.document, b.document))
  return capProviders(dropInputless(dropTwins(sorted, options), options), options)
}

/**
 * Twins: the same call twice in one service, under another version, method or ending; and the same call in two
 * documents of one provider (its cloud and its server edition), where description and parameters agree as well.
 */
function dropTwins(drafts: readonly Row[], { drop }: CleanOptions): Row[] {
  const kept = new Map<string, Row>()
  const signatures = new Map<string, string>()
  for (const draft of drafts) {
    const parameters = draft.takes.join(',')
    const plain = draft.path === undefined ? draft.key : plainPath(draft.path)
    const own = [
      `${draft.provider}:${draft.service} ${draft.method} ${plain}`,
      `${draft.provider} ${draft.method} ${draft.path === undefined ? draft.operationId : plain} ${parameters} ${draft.says}`,
      ...bareId(draft),
    ]
    const twin = own.map((signature) => signatures.get(signature)).find((key) => key !== undefined)
    if (twin === undefined) {
      kept.set(draft.key, draft)
      for (const signature of own) signatures.set(signature, draft.key)
      continue
    }
    drop('twin')
    const other = kept.get(twin)
    if (other === undefined || !isBetter(draft, other)) continue
    kept.delete(twin)
    kept.set(draft.key, draft)
    for (const signature of own) signatures.set(signature, draft.key)
    for (const [signature, key] of own.map((one) => [one, signatures.get(one)] as const)) {
      if (key === twin) signatures.set(signature, draft.key)
    }
  }
  return [...kept.values()]
}

/** `GET_CreateBucket` and `POST_CreateBucket`: one call by two methods. */
function bareId({ provider, service, operationId, path }: Row): string[] {
  const bare = /^(?:get|post|put|patch|delete)_(\w+)$/i.exec(operationId ?? '')?.[1]
  return bare === undefined || path?.includes('#') !== true ? [] : [`${provider}:${service} # ${bare}`]
}

/** Of two twins the later version, else the one by POST (its parameters stand in a body), else the earlier key. */
function isBetter(draft: Row, other: Row): boolean {
  const [mine, theirs] = [draft.path, other.path].map((path = '') => /\/v?(\d+(?:\.\d+)*)\w*\//i.exec(path)?.[1] ?? '')
  if (draft.service === other.service && mine !== theirs) return compareVersions(mine as string, theirs as string) > 0
  return draft.method === 'post' && other.method === 'get'
}

/** A path without what two editions of it differ in: version, names of parameters, ending. */
function plainPath(path: string): string {
  return path
    .replace(/\{[^{}]*\}/g, '{}')
    .replace(/\/v?\d+(\.\d+)*((alpha|beta)\d*)?(?=\/)/gi, '')
    .replace(/\.(json|xml)$/i, '')
    .replace(/\/+$/, '')
    .toLowerCase()
}

/**
 * A call that takes nothing can't be asked for anything, with one exception: the list of things that other calls work
 * on. It is what finds their identifiers.
 */
function dropInputless(drafts: readonly Row[], { drop }: CleanOptions): Row[] {
  const worked = new Set<string>()
  for (const draft of drafts) if (draft.takes.length > 0) worked.add(`${draft.service} ${headOf(draft)}`)
  return drafts.filter((draft) => {
    if (draft.takes.length > 0) return true
    // What a tool without a route answers is seldom said: its name has to do.
    const lists = draft.path === undefined ? saysList(draft.operationId) : draft.method === 'get' && draft.lists
    const head = headOf(draft)
    if (lists && head !== '' && worked.has(`${draft.service} ${head}`)) return true
    drop('no_input')
    return false
  })
}

/** What a call is about: the last thing of its path, or the last word of its name. */
function headOf({ path, operationId = '' }: Row): string {
  if (path === undefined) {
    const words = normalWords(operationId)
    const nouns = words.filter((word, index) => index > 0 || !isVerb(word))
    return nouns[0] === undefined
      ? ''
      : (nouns[nouns.findIndex((word) => /^(by|for|of|in|to|from)$/.test(word)) - 1] ?? (nouns.at(-1) as string))
  }
  return normalName(readPath(path).things.at(-1)?.words.join('_') ?? '')
}

function saysList(operationId = ''): boolean {
  return /^(list|search|find|browse|query|get|fetch|show)$/.test(splitWords(operationId)[0] ?? '')
}

function hasList(shape: NonNullable<Operation['response']>): boolean {
  return shape.type === 'array' || Object.values(shape.properties ?? {}).some((property) => property.type === 'array')
}

/** Services of a provider take turns, so that a cap leaves something of each. */
function capProviders(drafts: readonly Row[], { perProvider, drop }: CleanOptions): Row[] {
  const providers = Map.groupBy(drafts, (draft) => draft.provider)
  const left: Row[] = []
  for (const own of providers.values()) {
    if (own.length <= perProvider) {
      left.push(...own)
      continue
    }
    drop('provider_cap', own.length - perProvider)
    const services = [...Map.groupBy(own, (draft) => draft.service).values()].sort((a, b) => a.length - b.length)
    let room = perProvider
    for (const [index, service] of services.entries()) {
      const share = Math.min(service.length, Math.ceil(room / (services.length - index)))
      left.push(...service.slice(0, share))
      room -= share
    }
  }
  return left.sort((a, b) => order(a.key, b.key))
}
