/**
 * Numbers in the unit and of the size that their column means: cents or euros, milliseconds or hours, a share of one or of a
 * hundred. Units come from the name (`timeout_ms`) or from what the document says ("in seconds").
 */

import type { Column } from '../../../schemas/domain.ts'
import type { Maker } from './context.ts'
import type { Random } from './random.ts'

const second = 1000

/** Many small ones and few large ones, as counts are. */
const wide = (random: Random, max: number): number => Math.floor(Math.exp(random.next() * Math.log(max + 1)))
const decimals = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits

type Rule = readonly [pattern: RegExp, maker: (column: Column) => Maker]

const of =
  (maker: Maker): Rule[1] =>
  () =>
    maker
const from = (values: readonly number[]): Rule[1] => of(({ random }) => random.pick(values))
const between = (min: number, max: number): Rule[1] => of(({ random }) => random.int(min, max))
const upTo = (max: number): Rule[1] => of(({ random }) => wide(random, max))

/** By name, the most particular first. */
const byName: readonly Rule[] = [
  [
    /(^|_)(threshold|cutoff|overlap|uncertainty|std_deviation)(_|$)/,
    ({ type }) =>
      type === 'REAL'
        ? ({ random }) => decimals(0.05 + random.next() * 0.9, 2)
        : ({ random }) => random.pick([5, 10, 25, 50, 75, 90]),
  ],
  [/(^|_)(lat|latitude)$/, of(({ place, random }) => decimals(place.latitude + (random.next() - 0.5) / 5, 5))],
  [
    /(^|_)(lon|lng|long|longitude)$/,
    of(({ place, random }) => decimals(place.longitude + (random.next() - 0.5) / 5, 5)),
  ],
  [
    /(^|_)http(_error)?_status(_code)?$|(^|_)(response|status)_code$|(^|_)web_exception_status_code$/,
    from([200, 200, 201, 204, 400, 401, 403, 404, 429, 500, 503]),
  ],
  [
    /(^|_)(is|has)_|(^|_)(enabled|active|deleted|archived|visible|locked|hidden|published|default|required)$/,
    of(({ random }) => Number(random.chance(0.6))),
  ],
  [/(^|_)(status|state|category|type|kind|level|priority|severity|mode)$/, between(1, 5)],
  [/(^|_)port(_number|_no)?$/, from([22, 80, 443, 3306, 5432, 6379, 8080, 8443])],
  [/(^|_)house_?(number|no)$/, between(1, 180)],
  [/(^|_)vlan(_id)?$/, between(2, 400)],
  [/(^|_)asn$|(^|_)as_number$/, between(64_512, 65_534)],
  [
    /(^|_)(tax|vat|interest|discount|commission|tip)_?(rate|percent|percentage|pct)$/,
    from([0, 5, 7, 8.25, 10, 12.5, 19, 20, 21, 25]),
  ],
  [/(^|_)(exchange_rate|fx_rate|conversion_rate)$/, of(({ random }) => decimals(0.7 + random.next() * 0.6, 4))],
  [/(^|_)(fps|frame_rate)$/, from([24, 25, 30, 50, 60])],
  [/(^|_)(bit_?rate|bitrate_kbps)$/, from([96, 128, 192, 256, 320, 1500, 2500])],
  [/(^|_)sample_rate$/, from([8000, 16_000, 22_050, 44_100, 48_000])],
  [/(^|_)heart_rate$|(^|_)bpm$/, between(55, 165)],
  [
    /(^|_)(key|pfid|iid|pid|uid|mid|gid|cid|ref|id|number|code|serial)$|\wid$|(^|_)(assigned_to|created_by|owner|user|author)$/,
    codeOf,
  ],
  [/(^|_)year$|(^|_)yr$/, yearOf],
  [/(^|_)(exp_)?month$/, between(1, 12)],
  [/(^|_)day(_of_month)?$/, between(1, 28)],
  [/(^|_)hour(_of_day)?$/, between(0, 23)],
  [/(^|_)age$/, between(18, 80)],
  [/(^|_)(version|generation|revision|build)$/, between(1, 14)],
  [
    /(^|_)(max|maximum|min|minimum)?_?(limit|capacity|quota|threshold|allowance)s?$/,
    from([5, 10, 20, 25, 50, 100, 200, 250, 500, 1000]),
  ],
  [/(^|_)(salary|wage|income|annual_revenue)(_amount)?$/, of(({ random }) => random.int(24, 110) * 1000)],
  [
    /(^|_)(budget|revenue|turnover|valuation|market_cap|loan_amount|mortgage)(_amount|_total)?$/,
    of(({ random }) => random.int(8, 950) * 1000),
  ],
  [/(^|_)micros$/, of(({ random }) => random.int(20, 9900) * 10_000)],
  [/(^|_)(cents|minor|milliunits)$/, of(({ random }) => random.int(199, 90_000))],
  [
    /(^|_)(amount|price|cost|total|fee|fees|balance|subtotal|tax|budget|spend|money|charge|charges|payment|refund|credit|debit|deposit|discount|fare|net|gross|dollars|overage|collateral|bid|income|surcharge|tip|cash)(_amount|_value|_money|_price|_cost)?$|(^|_)(amount|price|cost|money|balance|payment)_/,
    moneyOf,
  ],
  [/(^|_)(rate|value)$/, of(({ random }) => decimals(random.int(100, 20_000) / 100, 2))],
  [/percent|percentage|(^|_)pct(_|$)|progress|completion|utili[sz]ation|humidity|battery/, percentOf],
  [
    /(^|_)(ratio|probability|confidence|precision|recall|accuracy|relevance|similarity|share|weight_factor|growth_factor|f1_score|opacity)(_|$)/,
    of(({ random }) => decimals(0.05 + random.next() * 0.94, 2)),
  ],
  [/(^|_)(rating|stars)$/, of(({ random }) => random.int(1, 5))],
  [/(^|_)(score|points|karma|grade)$/, between(1, 100)],
  [
    /(^|_)(rank|position|order|sort_order|index|sequence|sequence_number|ordinal|step|line|page|display_order)$/,
    between(1, 12),
  ],
  [/(_|^)(ms|millis|milliseconds|msec)$|_in_ms$/, of(({ random }) => random.int(2, 400) * 50)],
  [/(^|_)(seconds|secs|sec)$|_(timeout_s|in_seconds)$/, from([5, 10, 15, 30, 45, 60, 90, 120, 180, 300, 600, 900])],
  [/(^|_)(minutes|mins|min)$|_in_minutes$/, from([5, 10, 15, 20, 30, 45, 60, 90, 120])],
  [/(^|_)hours?$/, from([1, 2, 4, 6, 8, 12, 24, 38, 40])],
  [/(^|_)(days|retention)$/, from([1, 3, 7, 10, 14, 21, 30, 60, 90, 365])],
  [/(^|_)(weeks|months)$/, from([1, 2, 3, 4, 6, 12, 24])],
  [
    /(^|_)(duration|length|timeout|ttl|delay|period|interval|estimated_time|time_spent|grace_period|wait|elapsed)(_|$)/,
    durationOf,
  ],
  [/(_|^)(mb|megabytes)(_|$)/, from([64, 128, 250, 512, 1024, 2048, 4096])],
  [/(_|^)(gb|gigabytes|gib|gbps|mbps|m_bps)(_|$)/, from([1, 2, 4, 8, 10, 16, 20, 32, 50, 64, 100, 128, 256, 500])],
  [/(^|_)(bytes|size|file_size|content_length|disk|memory|storage|ram|bandwidth)(_|$)/, sizeOf],
  [/(^|_)(width|height)$/, dimensionOf],
  [
    /(^|_)(weight)(_kg|_g|_lb)?$/,
    of(({ random }, { type }) => (type === 'INTEGER' ? random.int(1, 90) : decimals(0.2 + random.next() * 40, 1))),
  ],
  [
    /(^|_)(distance|radius|mileage|elevation|altitude|depth|thickness|diameter|area|volume|perimeter)(_|$)/,
    of(({ random }, { type }) =>
      type === 'INTEGER' ? wide(random, 900) + 1 : decimals(wide(random, 400) + random.next(), 1),
    ),
  ],
  [
    /(^|_)(temp|temperature)(_c|_f)?$/,
    of(({ random }, { type }) =>
      type === 'INTEGER' ? random.int(-5, 32) : decimals(random.int(-5, 32) + random.next(), 1),
    ),
  ],
  [
    /(^|_)(x|y|z|left|top|right|bottom)$/,
    of(({ random }, { type }) => (type === 'INTEGER' ? random.int(0, 1200) : decimals(random.next() * 100, 1))),
  ],
  [/(^|_)(zoom)$/, between(1, 18)],
  [/(^|_)(charisma|strength|intelligence|wisdom|dexterity|perception|memory|willpower)$/, between(8, 24)],
  [
    /(^|_)(guests|adults|seats|persons|people|occupancy|party_size|rooms|bedrooms|bathrooms|beds|floors|children|copies|replicas|nodes|cores|cpus?|vcpus?|workers|instances)$/,
    between(1, 8),
  ],
  [/(^|_)(quantity|qty|pieces|units|stock|inventory)$/, between(1, 24)],
  [
    /(^|_)(clicks|views|opens|impressions|visits|visitors|followers|downloads|plays|requests|likes|hits|sessions)(_count|_total)?$|(follower|view|like|download|play|status|star)s?_count$/,
    upTo(20_000),
  ],
  [
    /(_count|^count|_total|^total)s?$|(^|_)(number_of|num|total|count|no_of)_|(votes|kills|wins|losses|errors|attempts|items|pages|entries|days_left|remaining|replies|shares|comments)$/,
    upTo(60),
  ],
  [/(^|_)(max|maximum|min|minimum)_/, from([1, 2, 5, 10, 20, 50, 100, 500])],
]

/** By what the document says, where the name says little. */
const byDescription: readonly Rule[] = [
  [/\b(milliseconds|ms)\b.*\b(epoch|1970)|\b(epoch|1970)\b.*\b(milliseconds|ms)\b/i, of(({ created }) => created)],
  [/\b(unix|epoch|posix|1 january 1970)\b/i, of(({ created }) => Math.floor(created / second))],
  [/google\.rpc\.Code/, from([0, 0, 0, 3, 5, 7, 9, 13, 14])],
  [/\bHTTP\b.*\bstatus\b|\bstatus code\b/i, from([200, 201, 204, 400, 403, 404, 500])],
  [/\b(cents|smallest (currency )?unit|minor units?|milliunits)\b/i, of(({ random }) => random.int(199, 90_000))],
  [/\bpercent(age)?\b|0 (to|and) 100\b/i, percentOf],
  [/\b(between|from) 0(\.0)? (and|to) 1(\.0)?\b/i, of(({ random }) => decimals(0.05 + random.next() * 0.94, 2))],
  [/\bmilliseconds\b/i, of(({ random }) => random.int(2, 400) * 50)],
  [/\bseconds\b/i, from([5, 10, 15, 30, 60, 90, 120, 300, 600, 900])],
  [/\bminutes\b/i, from([5, 10, 15, 20, 30, 45, 60, 90, 120])],
  [/\bhours\b/i, from([1, 2, 4, 6, 8, 12, 24, 48])],
  [/\bdays\b/i, from([1, 3, 7, 14, 30, 60, 90])],
  [/\b(megabytes|MB)\b/, from([64, 128, 256, 512, 1024, 2048])],
  [/\b(gigabytes|GB|GiB|Gbps)\b/, from([1, 2, 4, 8, 16, 32, 64, 128])],
  [/\bbytes\b/i, sizeOf],
  [/\b(amount of money|price|cost|amount|fee)\b/i, moneyOf],
  [/^\s*(true|whether|if (true|set)|1 if)\b|\b0 or 1\b/i, of(({ random }) => Number(random.chance(0.5)))],
  [/\b(unique )?(id|identifier|key)\b/i, codeOf],
  [/\b(maximum|minimum|limit)\b/i, from([1, 5, 10, 20, 50, 100, 500])],
  [/\bnumber of\b|\bhow many\b/i, upTo(60)],
]

/** A number of the column; where neither name nor prose says of what, a small one. */
export function numberOf(column: Column): Maker {
  const { name, type, description = '' } = column
  const found =
    byName.find(([pattern]) => pattern.test(name)) ?? byDescription.find(([pattern]) => pattern.test(description))
  const maker =
    found?.[1](column) ??
    (type === 'INTEGER'
      ? ({ random }) => wide(random, 120)
      : ({ random }) => decimals(wide(random, 90) + random.next(), 1))
  return type === 'INTEGER'
    ? (context) => {
        const value = maker(context, column)
        return value === null ? null : Math.round(Number(value))
      }
    : maker
}

/** Codes of states are few, of things many. */
function codeOf({ name, description = '' }: Column): Maker {
  if (/(^|_)(error|result|reason|exit|return)_(code|number)$/.test(name))
    return /rpc/.test(description)
      ? ({ random }) => random.pick([0, 0, 3, 5, 7, 13])
      : ({ random }) => random.pick([0, 0, 0, 1, 2, 4, 12, 101, 403, 404])
  if (/(country|area|dial)_code$/.test(name))
    return ({ random }) => random.pick([1, 33, 34, 39, 44, 46, 48, 49, 55, 86])
  if (/\bHTTP\b/.test(description)) return ({ random }) => random.pick([200, 200, 201, 204, 400, 403, 404, 500])
  if (/(^|_)(version|revision|execution|attempt|retry|generation)_number$/.test(name))
    return ({ random }) => random.int(1, 9)
  if (
    /(^|_)(sequence|line|page|run|build|round|item|row|employee)_number$|^number$/.test(name) ||
    /\b(sequence|incremental|incrementing)\b/i.test(description)
  )
    return ({ index }) => index + 1
  return ({ random }) => random.int(1000, 99_999)
}

function yearOf({ name }: Column): Maker {
  if (/exp/.test(name)) return ({ now, random }) => new Date(now).getUTCFullYear() + random.int(1, 4)
  if (/birth|found|built|construct/.test(name)) return ({ random }) => random.int(1955, 2010)
  return ({ now, random }) => new Date(now).getUTCFullYear() - random.int(0, 6)
}

const prices = [4.5, 9.9, 12, 19.5, 24.9, 35, 49, 60, 75.5, 89, 120, 145, 199, 240, 310, 425.5, 580, 750, 990]
function moneyOf({ name, type, description = '' }: Column): Maker {
  if (/\b(cents|smallest|minor|milliunits)\b/i.test(description)) return ({ random }) => random.int(199, 90_000)
  const factor = /(fee|tax|tip|surcharge|discount|commission|bid|shipping)/.test(name)
    ? 0.08
    : /(balance|total|gross|net|limit)/.test(name)
      ? 4
      : 1
  if (type === 'INTEGER') return ({ random }) => Math.max(1, Math.round(random.int(5, 900) * factor))
  return ({ random }) => decimals((random.pick(prices) + random.int(0, 40)) * factor, 2)
}

function percentOf({ description = '', type, name }: Column): Maker {
  if (type === 'REAL' && /\b0(\.0)?\s*(-|–|to|and)\s*1(\.0)?\b|fraction/i.test(description))
    return ({ random }) => decimals(random.next(), 2)
  return /progress|completion/.test(name)
    ? ({ random }) => random.pick([0, 10, 25, 40, 50, 60, 75, 80, 90, 100])
    : ({ random }) => random.int(1, 19) * 5
}

function durationOf({ name, description = '' }: Column): Maker {
  const said = `${name} ${description}`
  if (/\b(ms|millisec)/i.test(said.replaceAll('_', ' '))) return ({ random }) => random.int(2, 400) * 50
  if (/\bsec/i.test(said)) return ({ random }) => random.pick([10, 15, 30, 45, 60, 95, 120, 187, 214, 300, 600, 900])
  if (/\bhour/i.test(said)) return ({ random }) => random.pick([1, 2, 4, 6, 8, 12, 24, 48])
  if (/\bday/i.test(said)) return ({ random }) => random.pick([1, 3, 7, 14, 30, 60, 90])
  return ({ random }) => random.pick([5, 10, 15, 20, 30, 45, 60, 90, 120])
}

function sizeOf({ name, description = '' }: Column): Maker {
  if (/(^|_)(page|batch|team|group|company|class|pool|cluster|sample|party|household)_size$/.test(name))
    return ({ random }) => random.pick([1, 2, 4, 5, 8, 10, 20, 25, 50, 100])
  if (/key_size/.test(name)) return ({ random }) => random.pick([256, 2048, 3072, 4096])
  if (/\b(GB|GiB|gigabytes?)\b/.test(description))
    return ({ random }) => random.pick([1, 2, 4, 8, 16, 32, 64, 100, 128, 256, 512])
  if (/\b(MB|MiB|megabytes?)\b/.test(description)) return ({ random }) => random.pick([64, 128, 256, 512, 1024, 2048])
  return ({ random }) => random.int(2, 900) * 1024 + random.int(0, 1023)
}

function dimensionOf({ description = '', type }: Column): Maker {
  if (/\b(pixels?|px|image|screen|video|thumbnail)\b/i.test(description))
    return ({ random }) => random.pick([64, 120, 320, 480, 640, 720, 800, 1080, 1280, 1920])
  return type === 'INTEGER' ? ({ random }) => random.int(5, 250) : ({ random }) => decimals(5 + random.next() * 240, 1)
}
