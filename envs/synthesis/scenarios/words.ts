/**
 * Words of columns whose name and place in the lexicon say nothing of their values: what their document says of them, what
 * a number or a date of such a name would be, and what columns of that name hold in most systems.
 */

import type { Column, Table } from '../../../schemas/domain.ts'
import { columnSemantic } from '../lexicon.ts'
import { plural } from '../materialize/words.ts'
import type { Maker } from './context.ts'
import { hex, isCloud, iso, isoDate, letters, makers, opaque, uuid } from './makers.ts'
import { ownSlug } from './names.ts'
import { numberOf } from './numbers.ts'
import * as pool from './pools.ts'
import { textOf } from './prose.ts'
import type { Random } from './random.ts'

/** One of what the text lists with bars between. */
const one = (text: string): Maker => {
  const values = text.split('|')
  return ({ random }) => random.pick(values)
}
const yes: Maker = ({ random }) => (random.chance(0.5) ? 'true' : 'false')
const person: Maker = ({ person: { whole } }) => whole
const version: Maker = ({ random }) => `${random.int(1, 4)}.${random.int(0, 9)}.${random.int(0, 20)}`

type Rule = readonly [pattern: RegExp, maker: Maker]

/** Names that leave no doubt, whatever is said of them. */
const bySureName: readonly Rule[] = [
  [
    /(^|_)user_agent$/,
    one(
      'Mozilla/5.0 (Windows NT 10.0)|Mozilla/5.0 (Macintosh)|Mozilla/5.0 (X11; Linux x86_64)|Mozilla/5.0 (iPhone)|okhttp/4.12|curl/8.6',
    ),
  ],
  [/(^|_)b?ssid$/, ({ random }) => `${random.pick(pool.namesByNoun.get('network') as readonly string[])}-wifi`],
  [/(^|_)(cusip|isin|sedol|lei|figi|wkn|edi_code\w*|naics|sic|duns)$/, ({ random }) => random.text(9).toUpperCase()],
  [/(^|_)ipv6(_|$)/, ({ random }) => `2001:db8:${random.int(16, 255).toString(16)}::${random.int(1, 99)}`],
  [/(^|_)(pin|leader_pin|passcode)$/, ({ random }) => String(random.int(1000, 999_999))],
  [/(^|_)subject(_part|_line|_template)?$/, ({ random }) => random.pick(pool.subjects)],
  [
    /(^|_)(sha|sha1|commit|commit_id|head_sha|base_sha|merge_commit_sha|revision_hash)$/,
    ({ random }) => hex(random, 40),
  ],
  [/(^|_)(target_branch|base|base_branch|default_branch)$/, one('main|main|main|develop|release/2.5')],
  [
    /(^|_)(source_branch|branch|head|head_branch)$/,
    ({ random }) => random.pick(pool.namesByNoun.get('branch') as readonly string[]),
  ],
  [/(^|_)git_ref$/, ({ random }) => `refs/heads/${random.pick(pool.namesByNoun.get('branch') as readonly string[])}`],
  [
    /(^|_)(cron|schedule_expression|cron_expression)$/,
    one('0 6 * * 1|30 2 * * *|0 0 1 * *|15 9 * * 1-5|*/10 * * * *|0 22 * * 5'),
  ],
  [/(^|_)(etag|e_tag)$/, ({ random }) => `"${hex(random, 16)}"`],
  [/(^|_)(namespace)$/, ({ random }) => random.pick(pool.namesByNoun.get('namespace') as readonly string[])],
  [
    /(^|_)(user|owner|author|editor|actor|operator|agent|approver|assignee|submitter|unassigned_by|requested_by|created_by|updated_by|deleted_by|closed_by)$|_by$/,
    person,
  ],
  [
    /(^|_)(cc|bcc|reply_to|recipients?|email_address_\w+)$/,
    (context, column) => (makers.email as Maker)(context, column),
  ],
  [/(^|_)(iid|seq|sequence)$/, ({ index }) => String(index + 1)],
]

/** What columns of a name hold in most systems. */
const byName: readonly Rule[] = [
  [
    /(^|_)(location|region|zone|data_center|datacenter|availability_zone|aws_region)$/,
    ({ random, place, table }) => (isCloud(table) ? random.pick(pool.clouds) : place.city),
  ],
  [
    /(^|_)(vpc|subnet|network|security_group|subnetwork)$/,
    ({ random }) => `networks/${random.pick(pool.systems)}-${random.pick(pool.stages)}`,
  ],
  [/(^|_)(market|country|countries|nationality|jurisdiction)$/, ({ locale }) => locale.countryCode],
  [/(^|_)(exchange)$/, one('NYSE|LSE|XETRA|Euronext|Nasdaq')],
  [/(^|_)(timestamp|ts|date_\w+|\w+_on|when)$|timestamp/, ({ created }) => iso(created)],
  [/(^|_)(duration|elapsed|uptime|length|retention_length)$/, one('PT15M|PT30M|PT1H|PT2H30M|P1D|PT45S|P7D')],
  [
    /(^|_)(html|body_html|html_body|markup)$/,
    ({ person: { first } }) => `<p>Hello ${first},</p><p>thank you for your message.</p>`,
  ],
  [/(^|_)(css|style)$/, one('compact|wide|plain|cards')],
  [
    /(^|_)(json|payload|properties|options|config|configuration|settings|metadata|parameters|attributes|context|additional_\w+)$/,
    one('{"retries":3}|{"mode":"strict"}|{"locale":"en","notify":true}|{"level":2}|{"timeout":30}'),
  ],
  [/(^|_)(certificate|public_key|pem|csr)$/, ({ random }) => `MIIB${letters(random, 44)}==`],
  [/(^|_)(content|data|raw|blob|image_data|bytes|binary)$/, ({ random }) => `${letters(random, 31)}=`],
  [
    /(^|_)(policy)$/,
    (context, column) =>
      isCloud(context.table)
        ? context.random.pick(['{"effect":"allow","actions":["read"]}', '{"effect":"deny","actions":["delete"]}'])
        : textOf(context.table.name, 'description')(context, column),
  ],
  [
    /(^|_)(model|model_name|hardware_model|device_model)$/,
    ({ random }) => `${random.pick(['X', 'M', 'GT', 'A', 'Pro '])}${random.int(1, 9)}0${random.pick(['', '0', 's'])}`,
  ],
  [/(^|_)(manufacturer|vendor|brand|make|publisher|supplier)$/, ({ random }) => random.pick(pool.brands)],
  [/(^|_)(runtime|engine|framework|stack|interpreter)$/, one('nodejs22|python3.12|java21|go1.23|ruby3.3|dotnet8')],
  [/(^|_)(protocol|scheme)$/, one('https|http|tcp|udp|tls')],
  [/(^|_)(algorithm|cipher|hash_algorithm|key_algorithm)$/, one('RSA_2048|ECDSA_P256|SHA256|AES_256')],
  [
    /(^|_)(device|platform|user_agent|client)$/,
    one('iPhone 15|Pixel 8|Windows 11 laptop|MacBook Air|Galaxy Tab|Linux desktop'),
  ],
  [
    /(^|_)(sku|tier|machine_type|instance_type|vm_size|node_type|flavor|size)$/,
    one('standard-2|standard-4|basic-1|memory-8|compute-16'),
  ],
  [
    /(^|_)(coupon|promo|promotion|discount|voucher)(_code)?$/,
    one('SPRING10|WELCOME5|FREESHIP|LOYAL15|SUMMER20|STUDENT'),
  ],
  [/(^|_)(locale|language|lang)$/, ({ locale }) => locale.language],
  [/(^|_)(rights|access|permission|permissions)$/, one('read|write|comment|manage')],
  [/(^|_)(encoding|charset)$/, one('utf-8|iso-8859-1|us-ascii')],
  [/(^|_)(issuer|authority|ca)$/, one('Northern Trust CA|Example Root CA|City Registry|Harbour Certificates')],
  [/(^|_)(authentication|auth_type|auth_mode|login_type)$/, one('password|single sign-on|certificate|key pair')],
  [/(^|_)(icon|emoji|symbol)$/, one('star|heart|flag|bell|bolt|leaf')],
  [/(^|_)(gender|sex)$/, one('female|male|other')],
  [
    /(^|_)(first_line|second_line|line|line_\d|subject_line|preview|snippet|excerpt|text\w*|\w+_text|headline|greeting|prompt|query|phrase|statement|question|answer)$/,
    ({ random }) => random.pick(pool.subjects),
  ],
  [
    /(^|_)(pattern|regex|regexp|expression|filter|formula|selector|condition|rule)$/,
    one('status == "open"|amount > 100|^[A-Z]{3}-\\d+$|region == "north"|total >= 50 && paid|name contains "test"'),
  ],
  [/(^|_)(action|operation|command|verb|op)$/, one('create|update|archive|notify|assign|approve')],
  [/(^|_)(event|trigger|reason)$/, one('created|updated|expired|cancelled|reminder sent')],
  [
    /(^|_)(target|destination|source|resource|subject|object|parent|scope|entity|item|component|service|project|workspace|organization|account|repository|bucket|cluster|dataset|artifact\w*)$/,
    (context) => `${context.random.pick(pool.systems)}-${context.random.pick(pool.machineRoles)}`,
  ],
  [/(^|_)(key|slug|handle|alias|shortcut|identifier|keyword|tag_key)$/, (context) => ownSlug(context)],
  [/(^|_)(id|gid|moid|oid|uid|rid|hash|guid|asset|code|reference|number)$|[a-z]id$/, ({ random }) => random.text(10)],
  [
    /(^|_)(default_value|new_value|old_value|value|current_value|\w+_value|setting|option|choice|result|output|response)$/,
    one('standard|12|true|automatic|weekly|30|none|large|eu'),
  ],
]

/** What the document says it is. */
const byDescription: readonly Rule[] = [
  [/\bHTTP (request )?method\b/i, one('GET|POST|PUT|DELETE')],
  [/\bhow long\b/i, one('PT15M|PT30M|PT1H|P1D|P7D|P30D')],
  [/\b(numeric value|digits)\b/i, ({ random }) => String(random.int(100_000, 999_999))],
  [
    /^\W*(whether|if true|when true|if set|set to true|true if|true to|indicates? (whether|if)|determines (whether|if)|specifies (whether|if)|flag)\b|\btrue or false\b|\bboolean\b/i,
    yes,
  ],
  [/\bISO[- ]?4217\b|\bcurrency code\b/i, ({ locale }) => locale.currency],
  [/\bISO[- ]?3166\b|\bcountry code\b/i, ({ locale }) => locale.countryCode],
  [/\b(ISO[- ]?639|BCP[- ]?47|language code|IETF language)\b/i, ({ locale }) => locale.language],
  [/\b(time ?zone)\b/i, ({ locale }) => locale.timezone],
  [/\bcron\b/i, one('0 6 * * 1|30 2 * * *|0 0 1 * *|15 9 * * 1-5|*/10 * * * *')],
  [/\b(e-?mail address)\b/i, (context, column) => (makers.email as Maker)(context, column)],
  [/\b(phone number|E\.164)\b/i, (context, column) => (makers.phone as Maker)(context, column)],
  [/\b(IP address|IPv4)\b/i, (context, column) => (makers.ip as Maker)(context, column)],
  [/\b(CIDR)\b/, ({ random }) => `10.${random.int(0, 255)}.0.0/16`],
  [/\bMAC address\b/i, (context, column) => (makers.mac as Maker)(context, column)],
  [/\bARN\b|Amazon Resource Name/, (context, column) => opaque(column.name, 'ARN')(context, column)],
  [/\b(UUID|GUID)\b/, ({ random }) => uuid(random)],
  [/\b(URL|URI|link|hyperlink|webpage)\b/, (context, column) => (makers.url as Maker)(context, column)],
  [
    /\b(RFC ?3339|ISO ?8601|date[- ]?time|timestamp|date and time|time at which|time when)\b/i,
    ({ created }) => iso(created),
  ],
  [/\bdate\b/i, ({ created }) => isoDate(created)],
  [/\b(ISO 8601 duration|duration)\b/i, one('PT15M|PT30M|PT1H|PT2H30M|P1D|P7D')],
  [/\bbase64|encoded bytes|binary data\b/i, ({ random }) => `${letters(random, 31)}=`],
  [/\b(hash|checksum|digest|fingerprint)\b/i, ({ random }) => hex(random, 32)],
  [/\b(JSON|JToken|payload|key[- ]value)\b/i, one('{"retries":3}|{"mode":"strict"}|{"notify":true}|{"level":2}')],
  [/\bHTML\b/, ({ person: { first } }) => `<p>Hello ${first},</p><p>thank you for your message.</p>`],
  [/\b(regular expression|regex)\b/i, one('^[A-Z]{3}-\\d+$|^\\d{5}$|.*@example\\.com$|^test-.*')],
  [/\b(MIME|media) type\b/i, (context, column) => (makers.mime as Maker)(context, column)],
  [
    /\b(resource (name|path)|fully qualified|relative name)\b/i,
    (context) => `projects/${context.random.pick(pool.systems)}/${plural(context.table.name)}/${ownSlug(context)}`,
  ],
  [
    /\bresource id(entifier)?\b/i,
    (context) => `/groups/${context.random.pick(pool.systems)}/${plural(context.table.name)}/${ownSlug(context)}`,
  ],
  [
    /\b(resource location|the location|region|geographic)\b/i,
    ({ random, table, place }) => (isCloud(table) ? random.pick(pool.clouds) : place.city),
  ],
  [/\b(version)\b/i, version],
  [/\b(percent|percentage)\b/i, ({ random }) => String(random.int(1, 19) * 5)],
  [
    /\b(decimal|number of|quantity|how many|count of|amount|price|cost)\b/i,
    (context, column) => String(numberOf({ ...column, type: 'REAL' })(context, column)),
  ],
  [/\bfile ?name\b/i, (context, column) => (makers.filename as Maker)(context, column)],
  [/\b(path|directory)\b/i, (context, column) => (makers.path as Maker)(context, column)],
  [/\b(user ?name|login|user who|person who|name of the (user|person|owner|author|customer))\b/i, person],
  [/\b(unique|id|ids|identifier|identifies|key of|uid|gid)\b/i, ({ random }) => random.text(10)],
  [/\bcomma[- ]separated\b/i, ({ random }) => `${random.pick(pool.labels)},${random.pick(pool.labels)}`],
  [/\b(name|title|label|called)\b/i, (context) => ownSlug(context)],
  [
    /\b(description|explanation|summary)\b/i,
    (context, column) => textOf(context.table.name, 'description')(context, column),
  ],
  [/\b(text|message|string to|words?)\b/i, ({ random }) => random.pick(pool.subjects)],
]

/** Numbers and dates that a document calls strings. */
function asOther(column: Column): Maker | undefined {
  const { name } = column
  if (/(^|_)(value|rate|interval|period|x|y|z)$/.test(name)) return undefined
  if (
    /^(is|has|can|should|include|exclude|allow|enable|disable|show|hide|use|force|auto|merge_when|requires?|supports?|remove)_|(^|_)(enabled|disabled|deleted|subscribed|confidential|visible|required|allowed|active|pending|locked|hidden|editable|readonly|read_only|unlimited|verified)$/.test(
      name,
    )
  )
    return yes
  if (/(_count|votes|likes|views)$|^(num|number_of|total)_/.test(name)) return stringOf({ ...column, type: 'INTEGER' })
  for (const type of ['REAL', 'INTEGER'] as const) {
    const semantic = columnSemantic(name, type)
    if (
      semantic !== 'number' &&
      semantic !== 'integer' &&
      semantic !== 'duration' &&
      semantic !== 'ordinal' &&
      semantic !== 'bytes'
    )
      return stringOf({ ...column, type })
    if (semantic === 'bytes' && /bytes|_size$|^size$/.test(name)) return stringOf({ ...column, type: 'INTEGER' })
  }
  return undefined
}

function stringOf(column: Column): Maker {
  const number = numberOf(column)
  const money = /amount|price|cost|total|fee|balance|money/.test(column.name)
  return (context) => {
    const value = number(context, column)
    return money && typeof value === 'number' && column.type === 'REAL' ? value.toFixed(2) : String(value)
  }
}

/** @param examples values that the document names: the first of them stands in most rows */
export function wordOf(table: Table, column: Column, examples: readonly string[]): Maker {
  const { name, description = '' } = column
  if (examples.length >= 2) return ({ random }) => random.pick(examples)
  if (examples.length === 1) return likeExample(examples[0] as string)
  const other = asOther(column)
  if (other !== undefined) return other
  const told = byDescription.find(([pattern]) => pattern.test(description))
  const named = byName.find(([pattern]) => pattern.test(name))
  if (/(^|_)type$/.test(name) && /\bresource\b/i.test(description)) {
    const type = `example.cloud/${plural(table.name).replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())}`
    return () => type
  }
  // What a document says is more particular than a name, but for names that leave no doubt.
  const sure = bySureName.find(([pattern]) => pattern.test(name))
  const found = sure ?? told ?? named
  if (found !== undefined) return found[1]
  return plainWord(column)
}
/** Digits are drawn anew, letters stay: `INV-2041`. */
function likeExample(example: string): Maker {
  if (!/\d/.test(example)) return () => example
  return ({ random }: { random: Random }) =>
    example.replace(/\d/g, (digit, at: number) => (at === 0 ? digit : String(random.int(0, 9))))
}

const plain = 'standard|default|custom|primary|secondary|basic|extended|shared|main|other'.split('|')
/** A word that could stand anywhere, with the column's own noun where it has one; most rows have none. */
function plainWord({ name, nullable }: Column): Maker {
  const last = name.split('_').at(-1) as string
  const own = last.length > 3 && last.length < 14 && /^[a-z]+$/.test(last) ? ` ${last}` : ''
  return ({ random }) => (nullable && random.chance(0.6) ? null : `${random.pick(plain)}${own}`)
}
