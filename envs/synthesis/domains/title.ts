/**
 * What to call a domain: the things that its tools say they work on, never the number of a community.
 */

import { type Resource, resourceOf } from '../collect/resource.ts'
import { kindOf } from '../collect/verbs.ts'
import { normalWords, plural } from '../collect/words.ts'
import type { Operation } from '../operation.ts'

export interface Naming {
  /** `[a-z][a-z0-9-]{0,63}`, not yet unique. */
  id: string
  title: string
  description: string
  /** The things, most often named first. */
  nouns: string[]
  /** For ids that are taken: what else tells this domain from its namesakes, nearest first. */
  distinctions: string[]
}

/** A title names so many things, a description so many. */
const titleNouns = 2
const descriptionNouns = 4
const idCharactersMax = 48

export function nameDomain(operations: readonly Operation[]): Naming {
  const resources = operations.map(resourceOf).filter((resource) => resource !== undefined)
  const nouns = rankNouns(resources)
  const [first = 'record', ...others] = nouns
  const second = others.find((noun) => !isSameThing(noun, first))
  const owner = commonOwner(resources, first)
  const lead = owner === undefined ? first : `${owner}_${first}`
  const hasSecond = second !== undefined && second !== owner && isNotable(resources, second)
  const named = hasSecond ? [lead, second] : [lead]
  const title = capital(named.slice(0, titleNouns).map(spoken).join(' and '))
  const providers = [...new Set(operations.map(({ provider }) => provider))].sort()
  const labels = providers.map(providerLabel).filter((label) => label !== '')
  return {
    id: toId(named.map((noun) => plural(noun)).join('_')),
    title,
    description: describe(operations, nouns.slice(0, descriptionNouns), providers),
    nouns,
    distinctions: [
      ...(labels.length === 1 ? labels : []),
      ...nouns.slice(hasSecond ? 2 : 1, 5).filter((noun) => noun !== owner),
      ...labels.slice(0, 3),
    ],
  }
}

/** By how many operations are about a thing, half for one they only pass through. */
function rankNouns(resources: readonly Resource[]): string[] {
  const counts = new Map<string, number>()
  for (const { head, owners } of resources) {
    if (isSayable(head)) counts.set(head, (counts.get(head) ?? 0) + 1)
    const [owner] = owners
    if (owner !== undefined && isSayable(owner)) counts.set(owner, (counts.get(owner) ?? 0) + 0.4)
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([noun]) => noun)
}

function isSayable(noun: string): boolean {
  return /^[a-z][a-z0-9_]*$/.test(noun) && noun.length >= 3 && noun.length <= 40 && /[aeiouy]/.test(noun)
}

/** `hotel` where most reservations are a hotel's, so that a title can say hotel reservations. */
function commonOwner(resources: readonly Resource[], noun: string): string | undefined {
  const own = resources.filter(({ head }) => head === noun)
  const owners = new Map<string, number>()
  for (const { owners: above } of own) {
    const [owner] = above
    if (owner !== undefined && isSayable(owner)) owners.set(owner, (owners.get(owner) ?? 0) + 1)
  }
  for (const [owner, count] of [...owners].sort()) {
    const repeats = noun.split('_').some((word) => owner.split('_').includes(word))
    if (count > own.length * 0.6 && !repeats && owner.length + noun.length < 40) return owner
  }
  return undefined
}

/** `org` and `organization`, `ssh_key` and `sshkey`, `token` and `access_token`: naming both says nothing more. */
function isSameThing(a: string, b: string): boolean {
  const [left, right] = [normalWords(a), normalWords(b)]
  if (left.join('') === right.join('')) return true
  return left.every((word) => right.includes(word)) || right.every((word) => left.includes(word))
}

function isNotable(resources: readonly Resource[], noun: string): boolean {
  return resources.filter(({ head }) => head === noun).length >= resources.length * 0.15
}

function spoken(noun: string): string {
  const words = noun.split('_')
  return [...words.slice(0, -1), plural(words.at(-1) as string)].join(' ')
}

function describe(operations: readonly Operation[], nouns: readonly string[], providers: readonly string[]): string {
  const reads = operations.filter((operation) => kindOf(operation) === 'read').length
  const verbs = reads === 0 ? 'change' : reads === operations.length ? 'look up' : 'look up and change'
  const whose = providers.length === 1 ? `the API of ${providers[0]}` : `the APIs of ${providers.length} providers`
  return `${operations.length} tools to ${verbs} ${inSeries(nouns.map(spoken))}, made from ${whose}.`
}

function inSeries(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? 'records'
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** `api.stripe.com` → `stripe`. */
export function providerLabel(provider: string): string {
  const parts = provider.toLowerCase().split('.')
  const ending = /^(co|com|org|gov|net|ac)$/
  parts.pop()
  while (parts.length > 1 && ending.test(parts.at(-1) as string)) parts.pop()
  return (parts.at(-1) ?? provider).replace(/[^a-z0-9-]/g, '')
}

/** Words of an id are never cut in two. */
export function toId(words: string): string {
  let id = ''
  for (const word of words.toLowerCase().split(/[^a-z0-9]+/)) {
    if (word === '' || id.length + word.length + 1 > idCharactersMax) continue
    id = id === '' ? word : `${id}-${word}`
  }
  return /^[a-z]/.test(id) ? id : `domain-${id}`.replace(/-$/, '')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
