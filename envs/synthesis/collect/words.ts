/**
 * Words out of the names that API documents use: `customerIDs`, `customer-id` and `CustomerId` say the same.
 *
 * Every later comparison (names of operations, features of the graph, titles of domains) goes through here, so that
 * two documents agree wherever their authors did. Other alphabets are words as well.
 */

import pluralize from 'pluralize'

/** What pluralize gets wrong, or what the field uses as it stands. */
const singulars = new Map(
  Object.entries({
    alias: 'alias',
    always: 'always',
    analytics: 'analytics',
    atlas: 'atlas',
    axes: 'axis',
    basis: 'basis',
    caches: 'cache',
    canvas: 'canvas',
    chaos: 'chaos',
    cookies: 'cookie',
    criteria: 'criteria',
    data: 'data',
    goods: 'goods',
    graphics: 'graphics',
    https: 'https',
    kubernetes: 'kubernetes',
    lens: 'lens',
    logistics: 'logistics',
    media: 'media',
    metadata: 'metadata',
    metrics: 'metric',
    news: 'news',
    niches: 'niche',
    redis: 'redis',
    statistics: 'statistic',
    stats: 'stat',
    thanks: 'thanks',
  }),
)

/** Different words for one thing, told apart by nobody who reads a parameter list. */
const synonyms = new Map(
  Object.entries({
    acct: 'account',
    addr: 'address',
    app: 'application',
    catalogue: 'catalog',
    centre: 'center',
    cfg: 'configuration',
    colour: 'color',
    config: 'configuration',
    cust: 'customer',
    desc: 'description',
    doc: 'document',
    env: 'environment',
    favourite: 'favorite',
    guid: 'id',
    identifier: 'id',
    img: 'image',
    lang: 'language',
    licence: 'license',
    mail: 'email',
    msg: 'message',
    num: 'number',
    org: 'organization',
    organisation: 'organization',
    photo: 'image',
    pic: 'image',
    picture: 'image',
    postal: 'postcode',
    postalcode: 'postcode',
    programme: 'program',
    pwd: 'password',
    qty: 'quantity',
    repo: 'repository',
    tel: 'phone',
    telephone: 'phone',
    txn: 'transaction',
    uid: 'id',
    usr: 'user',
    uuid: 'id',
    zip: 'postcode',
    zipcode: 'postcode',
  }),
)

// The same names come again and again; both are pure, so that what is remembered never shows.
const cacheMax = 100_000
const splitCache = new Map<string, string[]>()
const singularCache = new Map<string, string>()

/** The words of a name in lower case and in order: `customerIDs.eMail-2` → customer, ids, e, mail, 2. */
export function splitWords(name: string): string[] {
  const known = splitCache.get(name)
  if (known !== undefined) return known.slice()
  const words = split(name)
  if (splitCache.size < cacheMax && name.length <= 100) splitCache.set(name, words)
  return words.slice()
}

function split(name: string): string[] {
  return name
    .slice(0, 400)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/(ID|URL|API)s(?!\p{Ll})/gu, (_, word: string) => `${word[0]}${word.slice(1).toLowerCase()}s`)
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

/** One of several: `reservations` → `reservation`. Words of three letters or fewer are left as they are (`sms`, `dns`). */
export function singular(word: string): string {
  const known = singularCache.get(word)
  if (known !== undefined) return known
  const found = singularOf(word)
  if (singularCache.size < cacheMax) singularCache.set(word, found)
  return found
}

function singularOf(word: string): string {
  const exception = singulars.get(word)
  if (exception !== undefined) return exception
  if (word === 'ids') return 'id'
  if (word.length <= 3 || !/^[a-z]+$/.test(word) || /(ss|us|is)$/.test(word)) return word
  const one = pluralize.singular(word)
  return one.length < 2 ? word : one
}

export function plural(word: string): string {
  return /(data|media|metadata|analytics|logistics|news|goods|information|software|hardware|inventory|content)$/.test(
    word,
  )
    ? word
    : pluralize.plural(word)
}

/** The words of a name made comparable: singular, and one word for each thing. */
export function normalWords(name: string): string[] {
  return splitWords(name).map((word) => {
    const one = singular(word)
    return synonyms.get(one) ?? one
  })
}

export function normalName(name: string): string {
  return normalWords(name).join('_')
}
