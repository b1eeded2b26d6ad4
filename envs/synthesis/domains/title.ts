/**
 * What to call a domain: the things that its tools say they work on, never the number of a community.
 */

import { type Resource, resourceOf } from '../collect/resource.ts'
import { isVerb, kindOf } from '../collect/verbs.ts'
import { normalWords, plural, splitWords } from '../collect/words.ts'
import type { Operation } from '../operation.ts'
import { readSpelling, type Spelling } from './spelling.ts'
import type { Vocabulary } from './vocabulary.ts'

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

/** @param vocabulary where it is given, a thing that many APIs have is told with what kind of it this one is */
export function nameDomain(operations: readonly Operation[], vocabulary?: Vocabulary): Naming {
  const resources = operations.map(resourceOf).filter((resource) => resource !== undefined)
  const spelling = readSpelling(operations, wordsToSpell(operations, resources))
  const spelt = resources.map((resource) => spell(resource, spelling))
  const nouns = rankNouns(spelt)
  const [first = 'record', ...others] = nouns
  const shared = sharedName(operations, spelt, first)
  const owner = commonOwner(spelt, first, (noun) => vocabulary?.isEverywhere(noun, operations) === true)
  const providers = [...new Set(operations.map(({ provider }) => provider))].sort()
  const labels = providers.map(providerLabel).filter((label) => label !== '')
  const isBare = owner === undefined && !first.includes('_')
  const kind = isBare && vocabulary?.isCommon(first) !== false ? kindOfThing(operations, first, spelling) : undefined
  const lead = [owner ?? kind, first].filter((part) => part !== undefined).join('_')
  const isBroad = isBare && kind === undefined && providers.length > 1 && vocabulary?.isCommon(first) === true
  const second = others.find((noun) => !isSameThing(noun, lead) && (isBroad || isNotable(spelt, noun)))
  const named = shared !== undefined ? [shared] : second === undefined ? [lead] : [lead, second]
  const say = (noun: string): string => spoken(noun, spelling)
  const isAlone = vocabulary !== undefined && shared === undefined && lead === first && isBare && second === undefined
  const whose = isAlone ? ownerOf(operations, first, labels, spelling) : ''
  return {
    id: toId(named.map((noun) => plural(noun)).join('_')),
    title: capital(named.slice(0, titleNouns).map(say).join(' and ')) + whose,
    description: describe(operations, nouns.slice(0, descriptionNouns).map(say), providers),
    nouns,
    distinctions: [
      ...(labels.length === 1 ? labels : []),
      ...nouns.filter((noun) => !named.includes(noun) && noun !== first && noun !== owner).slice(0, 3),
      ...labels.slice(0, 3),
    ],
  }
}

/** ` of Batch AI` where all tools are of one API, by its name or else its provider's; of two providers by both. */
function ownerOf(
  operations: readonly Operation[],
  thing: string,
  labels: readonly string[],
  spelling: Spelling,
): string {
  const named = (words: readonly string[]): string =>
    words.map((word) => houses.get(word) ?? capital(spelling.say(word))).join(' ')
  const services = new Set(operations.map(({ service }) => service))
  const [service = ''] = services
  const [label, other, ...more] = labels
  if (label === undefined || more.length > 0) return ''
  if (other !== undefined) return ` of ${named([label])} and ${named([other])}`
  const words = services.size > 1 || service === operations[0]?.provider ? [] : splitWords(service)
  const own = words.filter(
    (word) =>
      !isSameThing(word, thing) &&
      !label.includes(word) &&
      !saysNothing.has(word) &&
      !/^(\d+|v\d.*|openapi|rest|service)$/.test(word),
  )
  const apart = [...new Set(own.flatMap((word) => spelling.apart(word)))]
  // One word alone (`graph`, `engine`, `server`) is not known without whose it is.
  const name = apart.length === 0 || apart.length > 4 ? [label] : apart.length === 1 ? [label, ...apart] : apart
  return ` of ${named(name)}`
}

/** Hosts that are not called as the house behind them is. */
const houses: ReadonlyMap<string, string> = new Map([
  ['amazonaws', 'AWS'],
  ['googleapis', 'Google'],
])

function* wordsToSpell(operations: readonly Operation[], resources: readonly Resource[]): Generator<string> {
  for (const { head, parents } of resources) for (const noun of [head, ...parents]) yield* noun.split('_')
  for (const { tags, service } of operations) for (const text of [...tags, service]) yield* normalWords(text)
}

/** Words that were written as one are told apart, and what only says how a thing is looked up is left out. */
function spell(resource: Resource, spelling: Spelling): Resource {
  const one = (noun: string): string => {
    const words = noun.split('_').flatMap((word) => spelling.apart(word))
    while (words.length > 1 && leads.has(words[0] as string)) words.shift()
    return words.join('_')
  }
  return { head: one(resource.head), parents: resource.parents.map(one), owners: resource.owners.map(one) }
}

/** They lead up to a thing and are no part of its name. */
const leads = new Set('by with for from to in of on my me all the a'.split(' '))

/** The words that nearly all tools bear, where no one thing is what most are about: `droplet_metric`. */
function sharedName(
  operations: readonly Operation[],
  resources: readonly Resource[],
  first: string,
): string | undefined {
  if (resources.filter(({ head }) => head === first).length >= operations.length * foremostShare) return undefined
  const counts = new Map<string, number>()
  const names = operations.map(({ name }) => normalWords(name).slice(1))
  for (const words of names) for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1)
  const common = (names[0] ?? []).filter(
    (word, at, all) =>
      all.indexOf(word) === at &&
      isSayable(word) &&
      !saysNothing.has(word) &&
      (counts.get(word) as number) >= operations.length * sharedShare,
  )
  return common.length >= 2 ? common.slice(-3).join('_') : undefined
}

const foremostShare = 0.4
const sharedShare = 0.85

/** Words that qualify anything. */
const saysNothing = new Set(
  `all my me current single one new v1 v2 v3 api by id for of the a user list get detail full bulk batch multiple many default
  public private internal admin available existing given specific service data info resource object entity v`.split(
    /\s+/,
  ),
)

/** What most tools call it: `pipeline` of `get_repository_pipeline_schedules`; else the tag that most of them bear. */
function kindOfThing(operations: readonly Operation[], noun: string, spelling: Spelling): string | undefined {
  const before = new Map<string, number>()
  let named = 0
  for (const { name } of operations) {
    const words = normalWords(name)
    const at = words.indexOf(noun)
    if (at < 0) continue
    named += 1
    const word = words[at - 1]
    if (word !== undefined && at > 1 && isKind(word, noun)) before.set(word, (before.get(word) ?? 0) + 1)
  }
  const own = mostOf(before, Math.max(named, operations.length / 2) * kindShare)
  if (own !== undefined) return own
  const tags = new Map<string, number>()
  for (const { tags: borne } of operations) {
    for (const tag of new Set(borne.map((text) => kindOfTag(text, noun, spelling)))) {
      if (tag !== undefined) tags.set(tag, (tags.get(tag) ?? 0) + 1)
    }
  }
  return mostOf(tags, operations.length * kindShare)
}

const kindShare = 0.6

function kindOfTag(text: string, noun: string, spelling: Spelling): string | undefined {
  const words = normalWords(text).flatMap((word) => spelling.apart(word))
  const own = words.filter((word) => isKind(word, noun))
  return own.length === 0 || own.length > 2 || words.length > 3 ? undefined : own.join('_')
}

function isKind(word: string, noun: string): boolean {
  return isSayable(word) && !saysNothing.has(word) && !isVerb(word) && !isSameThing(word, noun)
}

function mostOf(counts: ReadonlyMap<string, number>, least: number): string | undefined {
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return most !== undefined && most[1] >= least ? most[0] : undefined
}

/** By how many operations are about a thing, half for one they only pass through. */
function rankNouns(resources: readonly Resource[]): string[] {
  const counts = new Map<string, number>()
  for (const { head, owners } of resources) {
    const isOdd = isUncounted(head.split('_').at(-1) as string) || /\d/.test(head)
    const weight = isOdd ? 0.5 : 1
    if (isSayable(head)) counts.set(head, (counts.get(head) ?? 0) + weight)
    const [owner] = owners
    if (owner !== undefined && isSayable(owner)) counts.set(owner, (counts.get(owner) ?? 0) + 0.4)
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([noun]) => noun)
}

/** Where a path says that something is to be named there, and not what. */
const placeholders = new Set(['parent', 'child', 'name', 'owner', 'random', 'reference', 'paged'])

function isSayable(noun: string): boolean {
  return (
    !placeholders.has(noun) &&
    /^[a-z][a-z0-9_]*$/.test(noun) &&
    noun.length >= 3 &&
    noun.length <= 40 &&
    // Abbreviations such as SMS and DNS have no vowel and are said all the same.
    (/[aeiouy]/.test(noun) || noun.length <= 4)
  )
}

/** `hotel` where most reservations are a hotel's, so that a title can say hotel reservations. */
function commonOwner(
  resources: readonly Resource[],
  noun: string,
  isEverywhere: (owner: string) => boolean,
): string | undefined {
  const own = resources.filter(({ head }) => head === noun)
  const owners = new Map<string, number>()
  for (const { owners: above } of own) {
    const [owner] = above
    if (owner !== undefined && isSayable(owner)) owners.set(owner, (owners.get(owner) ?? 0) + 1)
  }
  for (const [owner, count] of [...owners].sort()) {
    const repeats = noun.split('_').some((word) => owner.split('_').includes(word))
    if (count > own.length * 0.6 && !repeats && owner.length + noun.length < 40 && !isEverywhere(owner)) return owner
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

function spoken(noun: string, spelling: Spelling): string {
  const words = noun.split('_')
  const last = words.at(-1) as string
  const said = spelling.say(last)
  const many = isUncounted(last) || /\p{Lu}s$/u.test(said) ? said : /\p{Lu}{2}$/u.test(said) ? `${said}s` : plural(said)
  return [...words.slice(0, -1).map((word) => spelling.say(word)), many].join(' ')
}

/** What is not counted, and what is no noun: `member_of`, `close_all`, `deleted`. */
function isUncounted(word: string): boolean {
  return (
    /^(of|all|for|by|in|to|dns|sms|faq|information|private|public|latest|current)$/.test(word) || isParticiple(word)
  )
}

const isParticiple = (word: string): boolean => /(?<!e|b|sh|sl)ed$/.test(word) && word.length > 4

function describe(operations: readonly Operation[], nouns: readonly string[], providers: readonly string[]): string {
  const reads = operations.filter((operation) => kindOf(operation) === 'read').length
  const verbs = reads === 0 ? 'change' : reads === operations.length ? 'look up' : 'look up and change'
  const whose = providers.length === 1 ? `the API of ${providers[0]}` : `the APIs of ${providers.length} providers`
  return `${operations.length} tools to ${verbs} ${inSeries(nouns)}, made from ${whose}.`
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

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
