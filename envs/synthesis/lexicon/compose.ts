/**
 * How a name is said that has no entry of its own: by its words, longest known phrase first and from the end, since the
 * head of a compound stands last in both languages (`default_billing_address` → 默认账单地址).
 *
 * A word that isn't known makes the whole unknown: a person would not say it, and a translation of half a name is worse
 * than none. Words that run together come apart where both halves are known (`ratePlan`, `rateplan`).
 */

import { plural as pluralWord, singular } from '../collect/words.ts'
import { columns, entry, flags, nouns, unsaidWords, words } from './entries.ts'

export interface Phrase {
  en: string
  /** Undefined where no Chinese can be made of it. */
  zh: string | undefined
  /** Of a participle at its end: what happens then. */
  act?: string
  isPerson?: boolean
}

const phraseMax = 4
const unsaid = new Set(unsaidWords)
/** `paymentmethod` → `payment_method`. */
const joined = new Map(
  Object.entries(nouns).flatMap(([name, noun]) =>
    name.includes('_') && 'zh' in noun ? [[name.replaceAll('_', ''), name] as const] : [],
  ),
)

/** Of several; `APIs`, not `APIS`. */
export const plural = (phrase: string): string =>
  /(^| )[A-Z0-9]+$/.test(phrase) ? (phrase.endsWith('S') ? phrase : `${phrase}s`) : pluralWord(phrase)

export const spaced = (name: string): string => name.replaceAll('_', ' ')

/** Where a part stands in its name, and what the name is of: the last word of a column is a property (`state`: 状态). */
interface Place {
  isFirst: boolean
  isLast: boolean
  ofColumn: boolean
}

/** An entry for exactly this name; a noun's before a word's. */
function known(name: string, { isFirst, isLast, ofColumn }: Place): Phrase | undefined {
  const column = entry(columns, name)
  const property =
    column?.zh === undefined || column.say === false ? undefined : { en: column.en ?? spaced(name), zh: column.zh }
  const noun = entry(nouns, name)
  const headed = noun !== undefined && 'zh' in noun && noun.after !== undefined && !isFirst
  // A count is of the whole: `new_message_count` is no "new number of messages".
  const counts = property?.en.startsWith('number of') === true
  if (ofColumn && isLast && property !== undefined && !headed && !(counts && !isFirst)) return property
  if (noun !== undefined && 'zh' in noun) {
    const zh = (isLast ? (isFirst ? noun.zh : noun.after) : noun.before) ?? noun.zh
    return {
      en: noun.one ?? spaced(name),
      zh,
      ...(noun.kind === 'person' && noun.before === undefined && { isPerson: true }),
    }
  }
  const word = entry(words, name)
  if (word !== undefined) return { en: word.en ?? spaced(name), zh: word.zh, ...(word.act && { act: word.act }) }
  // `date_to` leads nothing on, `created_by` does: the creator's code.
  return counts || (!isLast && /_(at|on|to|from)$/.test(name)) ? undefined : property
}

function knownWord(word: string, place: Place): Phrase | undefined {
  const own = known(word, place)
  if (own !== undefined) return own
  const one = singular(word)
  const single = one === word ? undefined : known(one, place)
  if (single !== undefined) return { ...single, en: plural(single.en) }
  const apart = joined.get(word) ?? joined.get(one)
  if (apart !== undefined) {
    const phrase = known(apart, place) as Phrase
    return joined.has(word) ? phrase : { ...phrase, en: plural(phrase.en) }
  }
  return halves(word, place)
}

const halfMin = 4
/** `accountcategory` → account category; the longest second half wins, since it is the head. */
function halves(word: string, place: Place): Phrase | undefined {
  for (let at = halfMin; at <= word.length - halfMin; at++) {
    const left = known(word.slice(0, at), { ...place, isLast: false })
    const own = { ...place, isFirst: false }
    const right = known(word.slice(at), own) ?? known(singular(word.slice(at)), own)
    if (left?.zh !== undefined && right?.zh !== undefined)
      return { en: `${left.en} ${word.slice(at) === right.en ? right.en : word.slice(at)}`, zh: chinese([left, right]) }
  }
  return undefined
}

/** The parts of a name, or undefined where one of its words isn't known. */
function partsOf(name: string, ofColumn: boolean): Phrase[] | undefined {
  const all = name.split('_')
  if (all.length > phraseMax + 2) return undefined
  const parts: Phrase[] = []
  for (let end = all.length; end > 0; ) {
    let found: Phrase | undefined
    let from = 0
    for (; from < end; from++) {
      const place = { isFirst: from === 0, isLast: end === all.length, ofColumn }
      found = from === end - 1 ? knownWord(all[from] as string, place) : known(all.slice(from, end).join('_'), place)
      if (found !== undefined) break
    }
    if (found === undefined) return undefined
    parts.unshift(found)
    end = from
  }
  return parts
}

/** Words between which Chinese would turn the order round; rules below take those that they can. */
const relations = new Set(
  'of in on for by with at as from to before after via under near than into since until between without over off up'.split(
    ' ',
  ),
)

function chinese(parts: readonly Phrase[]): string | undefined {
  let said = ''
  for (const { zh } of parts) {
    if (zh === undefined) return undefined
    // 客户 and 客户名称 side by side say the one thing once.
    if (said !== '' && zh.startsWith(said)) said = zh
    else if (!said.endsWith(zh)) said += zh
  }
  return said
}

/** A thing: `credit_card`, `default_billing_address`; of a column, a property: `billing_state`. */
export function composeThing(name: string, ofColumn = false): Phrase | undefined {
  const all = name.split('_')
  if (all.length > phraseMax || all.some((word, at) => word === all[at - 1])) return undefined
  const parts = partsOf(name, ofColumn)
  if (parts === undefined) return undefined
  const last = parts.at(-1) as Phrase
  if (/_(and|or)$/.test(name) || relations.has(all[0] as string) || (last.en === all.at(-1) && relations.has(last.en)))
    return undefined
  const en = parts.map((part) => part.en).join(' ')
  const related = /^(.+?)_(of|in|per|and|or)_(.+)$/.exec(name)
  const zh =
    related === null ? chinese(parts) : relate(related as unknown as [string, string, string, string], ofColumn)
  return { en, zh, ...(last.act && { act: last.act }), ...(last.isPerson && { isPerson: true }) }
}

function relate([, left, relation, right]: readonly [string, string, string, string], ofColumn: boolean) {
  const a = composeThing(left, ofColumn)?.zh
  const b = composeThing(right)?.zh
  if (a === undefined || b === undefined) return undefined
  switch (relation) {
    case 'of':
      return b.endsWith(a) ? b : b + a
    case 'in':
      return `${a}（${b.replace(/数$/, '')}）`
    case 'per':
      return `每${b}${a}`
    case 'and':
      return `${a}和${b}`
    default:
      return `${a}或${b}`
  }
}

/** What stands before a noun in names of switches and makes it a sentence: `allow_comments`. */
const imperatives = new Set(
  (
    'allow allows enable disable use uses show send hide include includes exclude excludes require requires skip force ' +
    'ignore accept accepts create update delete get set apply add remove support supports has have can is should must ' +
    'will was are do does needs want keep make notify override'
  ).split(' '),
)

const moneyWords =
  /(sales|earnings|taxes|fees|charges|costs|payments|credits|refunds|discounts|expenses|savings|losses)$/
const amount = /(amount|price|cost|fee|salary|wage|value|bid|rate|score|temperature|balance|limit|level|speed|age)$/

/** A property of a thing, as a noun phrase. */
export function composeColumn(name: string): Phrase | undefined {
  const all = name.split('_')
  const first = all[0] as string
  const rest = all.slice(1).join('_')
  if (all.some((_, from) => from > 0 && from < all.length - 1 && isSaidColumn(all.slice(from).join('_'))))
    return imperatives.has(first) ? undefined : composeThing(name, true)
  if ((first === 'max' || first === 'min' || first === 'maximum' || first === 'minimum') && rest !== '') {
    const what = composeColumn(rest)
    const most = first.startsWith('max')
    const sign = amount.test(rest) ? (most ? '最高' : '最低') : most ? '最大' : '最小'
    return what && { en: `${most ? 'maximum' : 'minimum'} ${what.en}`, zh: what.zh && sign + what.zh }
  }
  const summed = /^total_(?:number_of_)?([a-z_]+s)$/.exec(name)?.[1]
  if (summed !== undefined && singular(summed) !== summed && !moneyWords.test(summed)) {
    const what = composeThing(summed)
    return what && { en: `total number of ${what.en}`, zh: what.zh && `总${what.zh}数` }
  }
  const counted =
    /^(?:number_of|num|no_of|nb|nr_of)_(.+)$/.exec(name)?.[1] ?? /^(.+)_(?:count|cnt|counts)$/.exec(name)?.[1]
  if (counted !== undefined) {
    const whole = /^total_(.+)$/.exec(counted)?.[1]
    const what = composeThing(whole ?? counted)
    if (entry(words, counted.split('_').at(-1) as string)?.adjective) return undefined
    return (
      what && {
        en: `${whole === undefined ? '' : 'total '}number of ${plural(what.en)}`,
        zh: what.zh && `${whole === undefined ? '' : '总'}${what.zh}数量`,
      }
    )
  }
  const dated = /^(.+?)_(at|on|date|time|datetime|timestamp|date_time|ts)$/.exec(name) ?? dateFirst(name)
  if (dated !== null && entry(columns, name) === undefined) {
    const what = composeThing(dated[1] as string)
    const day = dated[2] === 'on' || dated[2] === 'date'
    if (
      what === undefined ||
      (what.act === undefined && (dated[2] === 'at' || dated[2] === 'on') && !/ed$/.test(what.en))
    )
      return undefined
    const head = what.act === undefined ? what.en : [...what.en.split(' ').slice(0, -1), what.act].join(' ')
    const time = dated[2] === 'time' && what.act === undefined
    const zh = what.zh?.replace(/^已/, '')
    const ends = /(日期|时间)$/.test(zh ?? '')
    return { en: `${head} ${time ? 'time' : 'date'}`, zh: zh && (ends ? zh : zh + (day ? '日期' : '时间')) }
  }
  const titled = /^(.+)_name$/.exec(name)?.[1]
  const who = titled === undefined ? undefined : composeThing(titled)
  if (who?.isPerson) return { en: `${who.en} name`, zh: who.zh && `${who.zh}姓名` }
  if (all.length > 1 && imperatives.has(first)) return undefined
  return composeThing(name, true)
}

const isSaidColumn = (name: string): boolean => {
  const column = entry(columns, name)
  return column?.zh !== undefined && column.say !== false && !/^number of|^date and time/.test(column.en ?? '')
}

/** `date_closed` says what `closed_date` does. */
function dateFirst(name: string): RegExpExecArray | null {
  const found = /^(?:date|time)_([a-z]+)$/.exec(name)
  return found !== null && entry(words, found[1] as string)?.act !== undefined
    ? /^(.+)_(date)$/.exec(`${found[1]}_date`)
    : null
}

/** Whether some word of the name belongs to machines. */
export const isMachines = (name: string): boolean => name.split('_').some((word) => unsaid.has(word))

export interface SpokenFlag {
  on: string
  off: string
  zh: readonly [string, string] | undefined
}

/** The two states of a flag: by an entry, else by the form of its name (`allow_comments`, `has_children`). */
export function sayFlagStates(name: string): SpokenFlag | undefined {
  const bare = name.replace(/^is_/, '')
  const own = entry(flags, bare) ?? entry(flags, name)
  if (own !== undefined) return own
  if (isMachines(bare)) return undefined
  for (const { form, on, off, zh } of flagForms) {
    const inner = form
      .exec(bare)
      ?.slice(1)
      .find((part) => part !== undefined)
    const what = inner === undefined ? undefined : composeThing(inner)
    if (what === undefined) continue
    return {
      on: `with ${what.en} ${on}`,
      off: `with ${what.en} ${off}`,
      zh: what.zh === undefined ? undefined : zh(what.zh),
    }
  }
  const having = /^has_(.+)$/.exec(bare)?.[1]
  if (having !== undefined) {
    const what = composeThing(having)
    return (
      what && {
        on: `with ${what.en}`,
        off: `without ${what.en}`,
        zh: what.zh === undefined ? undefined : [`有${what.zh}`, `无${what.zh}`],
      }
    )
  }
  if (bare === name && !/(ed|able|ible)$/.test(bare)) return undefined
  const what = composeThing(bare)
  if (what === undefined || bare.includes('_')) return undefined
  const one = entry(nouns, bare)
  // `is_bot`: a bot; `is_overtime`: overtime.
  const noun = one !== undefined && 'zh' in one && countable.has(one.kind)
  const thing = `${/^[aeiou]/.test(what.en) ? 'an' : 'a'} ${what.en}`
  return {
    on: noun ? thing : what.en,
    off: noun ? `not ${thing}` : `not ${what.en}`,
    zh: what.zh === undefined ? undefined : opposed(what.zh, what.act !== undefined),
  }
}

const countable: ReadonlySet<string> = new Set(['person', 'company', 'place', 'product', 'file'])

/** 已 and 未 of what happened, 非 of what is. */
function opposed(zh: string, happened: boolean): readonly [string, string] {
  const bare = zh.replace(/^已/, '')
  return happened || bare !== zh ? [`已${bare}`, `未${bare}`] : [zh, `非${zh}`]
}

const flagForms: readonly { form: RegExp; on: string; off: string; zh(what: string): readonly [string, string] }[] = [
  {
    form: /^(?:enable|enables|use|uses)_(.+)$|^(.+)_(?:enabled|active)$/,
    on: 'switched on',
    off: 'switched off',
    zh: (what) => [`已启用${what}`, `未启用${what}`],
  },
  {
    form: /^disable_(.+)$|^(.+)_disabled$/,
    on: 'switched off',
    off: 'switched on',
    zh: (what) => [`已停用${what}`, `未停用${what}`],
  },
  {
    form: /^(?:allow|allows|accept|accepts)_(.+)$|^(.+)_(?:allowed|accepted)$/,
    on: 'allowed',
    off: 'not allowed',
    zh: (what) => [`允许${what}`, `不允许${what}`],
  },
  {
    form: /^(?:require|requires)_(.+)$|^(.+)_required$/,
    on: 'required',
    off: 'not required',
    zh: (what) => [`需要${what}`, `不需要${what}`],
  },
  {
    form: /^(?:show|shows|display)_(.+)$|^(.+)_(?:shown|visible)$/,
    on: 'shown',
    off: 'hidden',
    zh: (what) => [`显示${what}`, `隐藏${what}`],
  },
  { form: /^hide_(.+)$|^(.+)_hidden$/, on: 'hidden', off: 'shown', zh: (what) => [`隐藏${what}`, `显示${what}`] },
  {
    form: /^(?:include|includes)_(.+)$|^(.+)_(?:included|provided)$/,
    on: 'included',
    off: 'left out',
    zh: (what) => [`包含${what}`, `不包含${what}`],
  },
]
