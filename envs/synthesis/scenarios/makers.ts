/** What makes the values of a column that says what it means (its semantic), in agreement with the rest of its row. */

import type { Table } from '../../../schemas/domain.ts'
import { tableKind } from '../lexicon.ts'
import type { Maker } from './context.ts'
import { foldWords, slug } from './fold.ts'
import { digits } from './locales.ts'
import { called, ownSlug } from './names.ts'
import * as pool from './pools.ts'
import type { Random } from './random.ts'

export const minute = 60_000
export const day = 86_400_000

export const iso = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`
export const isoDate = (time: number): string => new Date(time).toISOString().slice(0, 10)

const hexDigits = '0123456789abcdef'
export const hex = (random: Random, length: number): string => {
  let text = ''
  for (let at = 0; at < length; at++) text += hexDigits[random.int(0, 15)]
  return text
}
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
export const letters = (random: Random, length: number): string => {
  let text = ''
  for (let at = 0; at < length; at++) text += base64[random.int(0, 61)]
  return text
}

const clouds = [
  'provisioning_state',
  'resource_group_id',
  'sku_name',
  'etag',
  'self_link',
  'fingerprint',
  'zone',
  'vpc_id',
  'managed_by',
  'status_value',
  'identity_type',
]
/** Whether its rows run in a cloud: what is a place elsewhere is a region there. */
export const isCloud = ({ columns }: Table): boolean =>
  columns.some(({ name }) => clouds.includes(name) || /_arn$|^arn$/.test(name))

/** Mail hosts that nobody has. */
const hosts = ['example.com', 'example.org', 'example.net', 'mail.example', 'post.example']

export const makers: Readonly<Record<string, Maker>> = {
  subject: ({ random }) => random.pick(pool.subjects),
  person: ({ person }) => person.whole,
  first_name: ({ person }) => person.first,
  last_name: ({ person }) => person.last,
  middle_name: ({ middle }, column) =>
    /initials/.test(column.name) ? `${(foldWords(middle)[0] ?? 'a').charAt(0).toUpperCase()}.` : middle,
  username: ({ person, random }) => `${foldWords(person.first).join('')}${random.int(10, 99)}`,
  email: (context, column) => mailOf(context, column),
  phone: ({ random, locale }) => digits(locale.phone, random),
  company: ({ company }) => company,
  product: ({ random }) => random.pick(pool.products),
  brand: ({ random }) => random.pick(pool.brands),
  filename: ({ random }) => `${random.pick(pool.fileStems)}.${random.pick(pool.fileEndings)}`,
  street: (context, column) => streetOf(context, column),
  street2: ({ random }, column) =>
    /(^|_)unit$/.test(column.name) ? random.pick(['piece', 'kg', 'hour', 'm', 'box']) : `Floor ${random.int(1, 9)}`,
  postcode: ({ random, locale }) => digits(locale.postcode, random),
  city: ({ random, place }, { description = '' }) =>
    /\b(airport|IATA|three[- ]letters?)\b/i.test(description) ? random.pick(pool.airports) : place.city,
  region: ({ random, place, table }, { description = '' }) =>
    /\b(AWS|cloud|data cent(er|re)|hosted|server|regions? (where|in which))\b/i.test(description) || isCloud(table)
      ? random.pick(pool.clouds)
      : place.region,
  country: ({ locale }) => locale.country,
  country_code: ({ locale }, column) =>
    /code/.test(column.name) && /phone|mobile|carrier|dial/.test(column.name)
      ? (locale.phone.split(' ')[0] as string)
      : locale.countryCode,
  timezone: ({ locale }) => locale.timezone,
  language: ({ locale }) => locale.language,
  currency: ({ locale }) => locale.currency,
  colour: ({ random }, column) =>
    /(^|_)(hex|code)$|background|font|text|brand|chart|embed|presentation/.test(column.name)
      ? `#${hex(random, 6)}`
      : random.pick(pool.colours),
  department: ({ random }, column) =>
    /cost/.test(column.name) ? `CC-${random.int(10, 99)}0` : random.pick(pool.departments),
  job_title: ({ random }) => random.pick(pool.jobTitles),
  weekday: ({ random }) => random.pick(pool.weekdays),
  gender: ({ random }) => random.pick(['female', 'male', 'other']),
  salutation: (context, column) =>
    /(^|_)(salutation|honorific|personal_details_prefix)$/.test(column.name)
      ? context.random.pick(['Ms', 'Mr', 'Dr'])
      : `${ownSlug(context)}-`,
  priority: ({ random }) => random.pick(pool.priorities),
  status: ({ random }) => random.pick(['active', 'inactive', 'pending']),
  tag: ({ random }, column) =>
    /_pre_tag$/.test(column.name)
      ? '<em>'
      : /_post_tag$/.test(column.name)
        ? '</em>'
        : /(^|_)e_tag$/.test(column.name)
          ? `"${hex(random, 16)}"`
          : random.pick(pool.labels),
  number_code: (context, column) => codeOf(context, column),
  sku: ({ random }, column) =>
    /ean|upc|gtin|barcode|isbn/.test(column.name)
      ? String(random.int(4_000_000_000_000, 4_999_999_999_999))
      : `${random.pick(pool.symbols)}-${random.int(1000, 9999)}`,
  symbol: ({ random }) => random.pick(pool.symbols),
  hostname: (context) => `${ownSlug(context)}.example.com`,
  url: (context, column) => urlOf(context, column),
  image_url: (context, column) =>
    `https://images.example.com/${column.name.split('_')[0]}/${ownSlug(context)}.${/icon|logo/.test(column.name) ? 'png' : 'jpg'}`,
  ip: ({ random }, column) =>
    `10.${random.int(0, 255)}.${random.int(0, 255)}.${/cidr|range/.test(column.name) ? '0/24' : random.int(1, 254)}`,
  mac: ({ random }) => `02:${(hex(random, 10).match(/../g) as string[]).join(':')}`,
  port: ({ random }) => random.pick(['22', '80', '443', '5432', '8080']),
  version: ({ random }, column) =>
    /(^|_)(resource_version|revision|build)$/.test(column.name)
      ? String(random.int(100, 99_999))
      : `${random.int(1, 4)}.${random.int(0, 9)}.${random.int(0, 20)}`,
  path: (context) => `/${context.random.pick(pool.labels).replaceAll(' ', '-')}/${ownSlug(context)}`,
  mime: ({ random }) => random.pick(pool.mimes),
  hash: ({ random }) => hex(random, 40),
  iban: ({ random }) => `DE${random.int(10, 99)}${random.int(10000000, 99999999)}${random.int(1000000000, 9999999999)}`,
  bic: ({ random }) => `${random.pick(pool.symbols)}BDEFF`,
  bank_account: ({ random }, column) =>
    /last_?4|last_four/.test(column.name) ? digits('####', random) : String(random.int(10000000, 99999999)),
  tax_number: ({ random, locale }) => `${locale.countryCode}${random.int(100000000, 999999999)}`,
  created_at: ({ created }) => iso(created),
  updated_at: ({ updated }) => iso(updated),
  start_date: (context, column) => isoDate(context.start + shift(column.name)),
  start_time: (context, column) => iso(context.start + shift(column.name)),
  end_date: (context, column) => isoDate(context.end + shift(column.name)),
  end_time: (context, column) => iso(context.end + shift(column.name)),
  due_date: ({ now, random }) => isoDate(now + random.int(-10, 45) * day),
  due_time: ({ now, random }) => iso(Math.floor((now + random.int(-10, 45) * day) / day) * day + 17 * 60 * minute),
  date: (context, column) => isoDate(momentOf(context, column.name)),
  datetime: (context, column) => iso(momentOf(context, column.name)),
  birth_date: ({ random }) => isoDate(Date.UTC(random.int(1955, 2004), random.int(0, 11), random.int(1, 28))),
  json: ({ random, table }, column) => listOf(random, column.name, table.name, column.description ?? ''),
}

/** Several beginnings in one row are some days apart, each end as far after its own beginning. */
const shift = (name: string): number => {
  const stem = name
    .replace(
      /(^|_)(start|end|starts|ends|begin|from|to|until|valid|effective|expires?|expiry|expiration|check_?in|check_?out)(_|$)/g,
      '$1',
    )
    .replace(/_?(date|time|at|on)$/, '')
  return stem === '' || stem === '_' ? 0 : ((stem.length * 7) % 5) * day
}

/** When in a row's life something happens, by what it is called: 0 when the row was made, 1 when it was last changed. */
const phases: readonly (readonly [RegExp, number])[] = [
  [
    /(^|_)(creat\w*|insert\w*|regist\w*|joined|opened|issued|order(ed)?|sign_?up|upload\w*|import\w*|invit\w*|submitted|requested|received)(_|$)/,
    0.02,
  ],
  [/(^|_)(queued?|queueing|scheduled|accepted|confirmed|assigned|approved|acknowledged)(_|$)/, 0.15],
  [/(^|_)(from|start\w*|begin|began|begun|launched|activated|opened|published|processing)(_|$)/, 0.3],
  [/(^|_)(paid|shipped|sent|processed|signed|answered|reviewed|verified|resolved)(_|$)/, 0.6],
  [
    /(^|_)(finish\w*|complet\w*|end(ed)?|clos\w*|deliver\w*|settled|cancel\w*|delet\w*|archived|fail\w*|expired|stopped|refunded)(_|$)/,
    0.9,
  ],
  [/(^|_)(last|latest|sync\w*|seen|login|modified|chang\w*|updat\w*)(_|$)/, 0.97],
]

/** Nothing of the past is before the row was made; what is still to come is after all of it. */
function momentOf({ created, updated, now, end, random }: Parameters<Maker>[0], name: string): number {
  if (/expir|(^|_)(valid_until|deadline|renew\w*|next|eta|planned|due|resume)(_|$)/.test(name))
    return Math.max(end, now + random.int(1, 60) * day)
  const phase = phases.find(([pattern]) => pattern.test(name))?.[1] ?? 0.35 + random.next() * 0.2
  return Math.floor((created + (updated - created) * phase) / minute) * minute
}

/** The mail of whom the row is about: its person, or the office of what else it is. */
function mailOf(context: Parameters<Maker>[0], column: Parameters<Maker>[1]): string {
  const { person, random, row, names, table } = context
  const company = table.columns.find(
    ({ semantic, enum: values }) => semantic === 'company' && values === undefined,
  )?.name
  const host =
    company !== undefined && typeof row[company] === 'string'
      ? `${slug(String(row[company]), '-').slice(0, 24).replace(/-+$/, '') || 'office'}.example`
      : (hosts[foldWords(person.last).join('').length % hosts.length] as string)
  const known = called(context)
  if (
    known !== '' &&
    names.length > 0 &&
    !known.startsWith(person.whole) &&
    !hasPerson(table) &&
    /^(email|e_mail|mail|email_address|contact_email)$/.test(column.name)
  )
    return `${random.pick(['info', 'office', 'team', 'contact'])}@${ownSlug(context)}.example`
  return `${slug(person.first)}.${slug(person.last)}@${host}`
}

const personal = new Set(['person', 'first_name', 'last_name', 'username'])
const hasPerson = (table: Parameters<Maker>[0]['table']): boolean =>
  table.columns.some(({ semantic }) => personal.has(semantic ?? ''))

/** A number that people quote: by its first letter it is known what it is of, unless others give it out. */
function codeOf({ random, table }: Parameters<Maker>[0], { name }: Parameters<Maker>[1]): string {
  if (/tracking/.test(name)) return `${random.pick(['1Z', 'JD', 'RR', 'CP'])}${digits('#########', random)}`
  if (/(serial|imei|(^|_)vin)/.test(name)) return `${letters(random, 4).toUpperCase()}${digits('######', random)}`
  if (/(service|package|carrier|shipping|delivery|product_type|job_type|reason|result|status|error)_code$/.test(name))
    return random.pick(['STD', 'EXP', 'ECO', 'PRM', 'INT', 'DOM', 'BULK', 'SPC'])
  const own = /^(?:.*_)?([a-z]{4,})_(?:number|no|code|reference|ref)$/.exec(name)?.[1]
  const letter = (
    own !== undefined && !/^(external|internal|customer|your|reference|order)$/.test(own)
      ? own
      : (table.name.split('_').at(-1) as string)
  ).charAt(0)
  return `${letter.toUpperCase()}-${random.int(1000, 9999)}`
}

/** An address of the post; other addresses are of machines. */
function streetOf({ random, locale, street }: Parameters<Maker>[0], { name }: Parameters<Maker>[1]): string {
  if (/(^|_)(ip|local|peering|remote|bgp|source|destination|dest|loopback|gateway|nat|subnet)(_|$)/.test(name))
    return `10.${random.int(0, 255)}.${random.int(0, 255)}.${random.int(1, 254)}`
  if (/(^|_)(mac|ethernet|bluetooth)(_|$)/.test(name))
    return `02:${(hex(random, 10).match(/../g) as string[]).join(':')}`
  if (/(^|_)(sip|server|host|web|smtp)(_|$)/.test(name)) return `${random.pick(pool.systems)}.example.com`
  if (/(^|_)(wallet|contract|token|crypto|eth|tron|btc)(_|$)/.test(name)) return `0x${hex(random, 40)}`
  return locale.house(locale.language === 'en' ? random.pick(pool.streets) : street, random.int(1, 180))
}

/** A link to the row itself, or to what the column names: `webhook_url`, `documentation_url`. */
function urlOf(context: Parameters<Maker>[0], { name }: Parameters<Maker>[1]): string {
  const of = ownSlug(context)
  const table = context.table.name.replaceAll('_', '-')
  if (/(callback|webhook|redirect|target|push|notify|hook|endpoint|ping)/.test(name))
    return `https://hooks.example.com/${of}`
  if (/(website|homepage|webpage|domain)|^web$/.test(name)) return `https://www.${of}.example`
  if (/(doc|help|support|terms|privacy|policy|license)/.test(name)) return `https://docs.example.com/${of}`
  if (/(image|photo|picture|avatar|icon|thumb|logo|\dx\d)/.test(name)) return `https://images.example.com/${of}.jpg`
  if (/(stream|video|media|audio|recording|download|file|asset)/.test(name))
    return `https://media.example.com/${table}/${of}`
  const what = name
    .replace(/_?(url|uri|href|link|self|html|web|api)$/, '')
    .replace(/_?(self|html|web|api)$/, '')
    .replaceAll('_', '-')
  return `https://www.example.com/${table}/${of}${what === '' || what === 'url' ? '' : `/${what}`}`
}

/** Identifiers of what stands outside of this world. */
export function opaque(name: string, description: string): Maker {
  if (/(^|_)arn$/.test(name) || /\bARN\b|Amazon Resource Name/.test(description)) {
    const what = name.replace(/_?arn$/, '').replaceAll('_', '-') || 'resource'
    return ({ random }) => `arn:aws:service:eu-west-1:${digits('############', random)}:${what}/${random.text(8)}`
  }
  if (/(^|_)(uuid|guid)$/.test(name) || /\bUUID|GUID\b/.test(description)) return ({ random }) => uuid(random)
  const stem =
    name
      .replace(/_?(id|uuid|guid|token|hash|key|ref)$/, '')
      .split('_')
      .at(-1)
      ?.slice(0, 4) || 'ref'
  return ({ random }) => `${stem}_${random.text(8)}`
}

export const uuid = (random: Random): string =>
  `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`

/** Two or three of what the list's name says. */
function listOf(random: Random, name: string, table: string, description: string): string {
  const one = (): string => {
    const last = name.split('_').at(-1) as string
    if (/_ids?(_list)?$|^ids?$/.test(name) || /\b(IDs|identifiers)\b/.test(description))
      return `${(
        name
          .replace(/_?ids?(_list)?$/, '')
          .split('_')
          .at(-1) || table
      ).slice(0, 4)}_${random.text(6)}`
    if (/(email|mail)/.test(name)) return `${random.pick(pool.systems)}@example.com`
    if (/(^|_)(skus?|barcodes?|parts?)$/.test(name)) return `${random.pick(pool.symbols)}-${random.int(1000, 9999)}`
    if (/(^|_)modes$/.test(name)) return random.pick(['bus', 'train', 'tram', 'ferry', 'bicycle'])
    if (/phone/.test(name)) return digits('+44 20 7946 0###', random)
    if (/(url|uri|link|href|image|photo)/.test(name)) return `https://www.example.com/${random.pick(pool.fileStems)}`
    if (/(countr|region_codes)/.test(name)) return random.pick(pool.countryCodes)
    if (/(lang|locale)/.test(name)) return random.pick(['en', 'de', 'fr', 'es', 'zh', 'pt'])
    if (/currenc/.test(name)) return random.pick(['EUR', 'USD', 'GBP', 'SEK', 'CNY'])
    if (/(^|_)(ips?|cidrs?|addresses|networks?|subnets?|ranges)$/.test(name))
      return `10.${random.int(0, 255)}.${random.int(0, 255)}.0/24`
    if (/(^|_)macs?$/.test(name)) return `02:${(hex(random, 10).match(/../g) as string[]).join(':')}`
    if (/(region|zone|location)s?$/.test(name)) return random.pick(pool.clouds)
    if (/roles?$/.test(name)) return random.pick(pool.namesByNoun.get('role') as readonly string[])
    if (/(^|_)actions?$/.test(name)) return random.pick(['create', 'read', 'update', 'delete', 'archive', 'share'])
    if (/(permission|scope|restriction)s?$/.test(name))
      return random.pick(pool.namesByNoun.get('permission') as readonly string[])
    if (/(day|weekday)s?$/.test(name)) return random.pick(pool.weekdays)
    if (/(date|time)s?$/.test(name)) return isoDate(Date.UTC(2025, random.int(0, 11), random.int(1, 28)))
    if (/(users?|members?|owners?|assignees|names?|authors?|players?)$/.test(name))
      return random.pick(['a.berg', 'm.rossi', 'j.smith', 'l.novak', 'c.dubois', 's.lind', 'p.kowalski'])
    const single = last.replace(/ies$/, 'y').replace(/s$/, '')
    const named = pool.namesByNoun.get(single)
    if (named !== undefined) return random.pick(named)
    switch (tableKind(single)) {
      case 'machine':
        return `${random.pick(pool.systems)}-${random.pick(pool.machineRoles)}`
      case 'company':
        return random.pick(pool.brands)
      case 'product':
        return random.pick(pool.products)
      case 'file':
        return `${random.pick(pool.fileStems)}.${random.pick(pool.fileEndings)}`
      default:
        return random.pick(pool.labels)
    }
  }
  return JSON.stringify([...new Set([one(), one(), ...(random.chance(0.3) ? [one()] : [])])])
}
