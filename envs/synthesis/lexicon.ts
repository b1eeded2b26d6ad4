/**
 * The lexicon: how a person says the names of tables, columns, states and verbs, in English and Chinese, which of them a
 * person would say at all, and what stands in a column of that name. The data are JSON files in lexicon/ with
 * their schemas in lexicon/entries.ts; this is the one door to them. docs/lexicon.md says how to add a word.
 *
 *     sayTable('order_line', 'en', 2)            order lines          sayTable('order_line', 'zh')      订单行
 *     sayColumn('order', 'created_at', 'zh')     创建时间              sayState('status', 'PENDING', 'en')  still pending
 *     sayState('is_active', 0, 'zh')             停用                  poolFor('ticket', 'type', [])     question, …
 *     verbs('cancel')?.zh                        取消{x}
 *
 * What has no entry is composed of its words (lexicon/compose.ts). English always comes out, if only as the name with
 * spaces; whether it, or its Chinese, is fit to be said is `isSayable`'s to answer. Values and names are data: nothing
 * here depends on a locale of the machine.
 */

import { isVerb } from './collect/verbs.ts'
import { singular } from './collect/words.ts'
import type { ColumnType } from './lexicon/columns.ts'
import { columnFallbacks, columnRules } from './lexicon/columns.ts'
import {
  composeColumn,
  composeThing,
  isMachines,
  type Phrase,
  plural,
  sayFlagStates,
  spaced,
} from './lexicon/compose.ts'
import {
  columns,
  entry,
  flags,
  type Language,
  nouns,
  states,
  type VerbEntry,
  values,
  words,
} from './lexicon/entries.ts'
import { type NounKind, nounKinds } from './lexicon/nouns.ts'
import { verbSpellings, verbs as verbTable } from './lexicon/verbs.ts'

export type { Language } from './lexicon/entries.ts'
export type { NounKind } from './lexicon/nouns.ts'
export { generatorFor, poolFor, type ValuePool } from './lexicon/pools.ts'

/** What is known of a name: it can be said; it is a machine's and is left unsaid on purpose; nobody knows the words. */
export type Verdict = 'said' | 'unsaid' | 'unknown'

/** `order_line` → "order line", of two "order lines", 订单行. Chinese has one form for any number. */
export function sayTable(name: string, language: Language = 'en', count = 1): string {
  const phrase = tablePhrase(name)
  if (language === 'zh') return phrase?.zh ?? spaced(name)
  if (count === 1) return phrase?.en ?? spokenWords(name)
  const noun = entry(nouns, name)
  return (noun !== undefined && 'many' in noun ? noun.many : undefined) ?? plural(phrase?.en ?? spokenWords(name))
}

/** `order_line` → "order lines". */
export const sayTables = (name: string): string => sayTable(name, 'en', 2)

/** `3 orders`, 3个订单. */
export function sayCount(name: string, language: Language, count: number): string {
  return language === 'en'
    ? `${count} ${sayTable(name, 'en', count)}`
    : `${count}${measureWord(name)}${sayTable(name, 'zh')}`
}

/** What Chinese puts between a number (or 这, 一) and the thing: 张 for invoices. */
export function measureWord(name: string): string {
  for (const noun of endsOf(name)) {
    const known = entry(nouns, noun)
    if (known !== undefined && 'zh' in known) return known.measure ?? '个'
  }
  return '个'
}

/**
 * `created_at` → "creation date", 创建时间. With one name, of any table; of a table, its own name is left out of the
 * column's (`ticket.ticket_status` → "status").
 */
export function sayColumn(column: string): string
export function sayColumn(table: string, column: string, language?: Language): string
export function sayColumn(first: string, second?: string, language: Language = 'en'): string {
  const column = second ?? first
  const phrase = columnPhrase(second === undefined ? undefined : first, column)
  if (language === 'zh') return phrase?.zh ?? spaced(column)
  return phrase?.en ?? spokenWords(column.replace(/^(is|has)_/, '').replace(/_id$/, ''))
}

/** A form after `is` ("still pending", 待处理) or before a noun ("pending", 待处理的; undefined where none reads well). */
export type StateForm = 'predicate' | 'attribute'

/**
 * A value of a status or flag as it is spoken: `status`, `IN_PROGRESS` → "in progress", 进行中; `is_active`, 0 →
 * "inactive", 停用. Undefined where the lexicon has no words for it.
 */
export function sayState(
  column: string,
  value: string | number | boolean,
  language: Language = 'en',
  form: StateForm = 'predicate',
): string | undefined {
  if (typeof value !== 'string') {
    const flag = sayFlagStates(column)
    if (flag === undefined || (typeof value === 'number' && value !== 0 && value !== 1)) return undefined
    const on = Boolean(value)
    return language === 'zh' ? flag.zh?.[on ? 0 : 1] : on ? flag.on : flag.off
  }
  const name = snake(value)
  const state = entry(states, name)
  if (state !== undefined) {
    if (language === 'zh') return form === 'attribute' ? `${state.zh}的` : state.zh
    return form === 'predicate' ? state.predicate : (state.attribute ?? state.predicate) || undefined
  }
  const phrase = composeThing(name)
  if (phrase === undefined || isMachines(name)) return undefined
  return language === 'zh' ? phrase.zh && (form === 'attribute' ? `${phrase.zh}的` : phrase.zh) : phrase.en
}

/**
 * A value of an enum by its own words: a state where the column is one (`IN_PROGRESS` → "in progress", 进行中), else one of a
 * kind or type (`credit_card`, 信用卡). Undefined in Chinese where neither is known, and in English for what is no word.
 */
export function sayEnumValue(value: string, isState: boolean, language: Language = 'en'): string | undefined {
  const name = snake(value)
  const kind = entry(values, name)
  if (language === 'zh') return (isState ? (entry(states, name)?.zh ?? kind?.zh) : kind?.zh) ?? undefined
  if (kind?.en !== undefined) return kind.en
  if (kind === undefined && entry(states, name) === undefined && !name.split('_').every(isWord)) return undefined
  return spaced(name)
}

/** What a verb does and how it is said; other spellings (`cancelled`, `cancellation`) are led back to it. */
export function verbs(verb: string): VerbEntry | undefined {
  return verbTable[verb] ?? verbTable[entry(verbSpellings, verb) ?? '']
}

/** `cancel`, "the booking B-17" → "cancel the booking B-17", 取消预订 B-17. */
export function sayVerb(verb: string, thing: string, language: Language = 'en'): string {
  const known = verbTable[verb]
  const say = (language === 'zh' ? known?.zh : known?.say) ?? `${spokenWords(verb)} {x}`
  return say.replace('{x}', () => thing)
}

/** Whether a request to do it to a row of that table says enough, and something that people say: not "rate it", nor "restart the invoice". */
export function verbFits(verb: string, table: string): boolean {
  const known = entry(verbTable, verb)
  const noun = table.split('_').at(-1) as string
  if (known === undefined || known.needs || noun === verb) return false
  if (turning.has(verb) && still.has(noun)) return false
  return known.of === undefined || known.of.includes(tableKind(table))
}

/** What is done to what runs; and things that are kept with machines but stand still. */
const turning = new Set('start stop run pause resume restart reboot unpause'.split(' '))
const still = new Set(
  'alias artifact certificate changeset definition dependency domain hook index namespace notebook patch policy record repo repository registry rule spreadsheet tag template version webhook workbook'.split(
    ' ',
  ),
)

/** The two states of a flag that may be set by `mark it as …`, on first; undefined where a person wouldn't say so. */
export function sayFlag(name: string): readonly [string, string] | undefined {
  const flag = entry(flags, name.replace(/^is_/, ''))
  return flag && [flag.on, flag.off]
}

/**
 * Whether a person would say it: nothing that only machines read, and in words that the lexicon knows or, in English alone,
 * that look like words, since a lexicon never holds all that people make worlds of (yachts, beehives). A column is judged
 * with its semantic where that is at hand (columns of hashes, keys and paths are written, never said).
 */
export function isSayable(
  kind: 'table' | 'column' | 'verb',
  name: string,
  semantic?: string,
  language: Language = 'en',
): boolean {
  if (kind === 'verb') return verbTable[name] !== undefined
  if (kind === 'column' && semantic === 'flag' && sayFlag(name) === undefined) return false
  const verdict = verdictOf(kind, name, semantic, language)
  if (verdict !== 'unknown' || language === 'zh') return verdict === 'said'
  if (!looksPlain(name)) return false
  return kind === 'table' || columnRules.find((rule) => rule.pattern.test(name))?.say === 'yes'
}

/** What is no word of anybody's (`gtfsrealtime`) is a code. */
const isWord = (word: string): boolean =>
  [nouns, words, states, values, columns].some((part) => entry<unknown>(part, word) !== undefined) ||
  entry(nouns, singular(word)) !== undefined

const snake = (value: string): string =>
  value
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase()

const plainWordsMax = 3
/** Up to three words that could be spoken: of letters, with a vowel, neither glued together nor an abbreviation. */
const looksPlain = (name: string): boolean => {
  const all = name.split('_')
  return all.length <= plainWordsMax && all.every((word) => /^[a-z]{3,14}$/.test(word) && /[aeiouy]/.test(word))
}

/**
 * Whether a request may turn on it: it can be said, and in words that people use and not only understand. That is an entry,
 * or a table of two nouns; other compounds are names of fields with their spaces put in ("inventory date" of an invoice line).
 */
export function readsWell(
  kind: 'table' | 'column',
  name: string,
  semantic?: string,
  language: Language = 'en',
): boolean {
  if (!isSayable(kind, name, semantic, language) || verdictOf(kind, name, semantic, language) !== 'said') return false
  if (kind === 'column' && /(_identifier|_value|_data|_string|_total_count|_percent|_utc)$/.test(name)) return false
  if (entry(kind === 'table' ? nouns : columns, name) !== undefined) return true
  // A Chinese compound put together word by word is understood, but seldom what anybody calls the thing.
  if (language === 'zh') return false
  const all = name.split('_')
  if (kind === 'table')
    return (
      all.length <= compoundMax &&
      !inner.has(all.at(-1) as string) &&
      !leading.has(all[0] as string) &&
      singular(all[0] as string) === all[0] &&
      entry(nouns, all[0] as string) !== undefined
    )
  if (semantic === 'flag') return true
  if (/^(number_of|num)_|_count$/.test(name)) return all.length <= compoundMax + 1
  return all.length === 1 && heads.has(name)
}

const compoundMax = 2
/** Heads of tables that hold parts of records, and beginnings of names that are how a call is made. */
const inner = new Set(
  'type status state property value content data detail info summary result list entry to'.split(' '),
)
const leading = new Set(
  'filter expand include update available upcoming historical latest activate all source target is private'.split(' '),
)
/** What people say a thing has, where the word is no entry of its own. */
const heads = new Set(
  (
    'address amount at author balance capacity category city code comment comments company cost country creator currency ' +
    'date days description discount driver duration email fee file frequency hours level limit manager method minutes ' +
    'name note notes number on owner percentage period plan points price priority quantity rate rating reason reference ' +
    'revenue role size stage status subject supplier tax time title total unit weight'
  ).split(' '),
)

/** What the lexicon itself knows, with no guess at words. A flag counts as said where its states can be. */
export function verdictOf(
  kind: 'table' | 'column',
  name: string,
  semantic?: string,
  language: Language = 'en',
): Verdict {
  const inLanguage = (phrase: Phrase | undefined): Verdict =>
    phrase === undefined || (language === 'zh' && phrase.zh === undefined) ? 'unknown' : 'said'
  if (kind === 'table') {
    const own = entry(nouns, name)
    if (own !== undefined) return 'zh' in own ? 'said' : 'unsaid'
    const last = entry(nouns, name.split('_').at(-1) as string)
    if ((last !== undefined && !('zh' in last)) || isPlumbing(name)) return 'unsaid'
    // An adjective at the end (`recorded`, `pending`) is what is left of an action or a filter.
    const head = name.split('_').at(-1) as string
    if (entry(words, head)?.adjective && entry(nouns, head) === undefined) return 'unsaid'
    return inLanguage(tablePhrase(name))
  }
  const own = entry(columns, name)
  if (own?.say === false) return 'unsaid'
  if (semantic !== undefined && unsaidSemantics.has(semantic) && (own === undefined || machineSemantics.has(semantic)))
    return 'unsaid'
  if (semantic === 'flag') {
    const flag = sayFlagStates(name)
    if (flag === undefined) return isMachines(name) || isOption(name) ? 'unsaid' : 'unknown'
    return language === 'zh' && flag.zh === undefined ? 'unknown' : 'said'
  }
  if (own !== undefined) return 'said'
  if (isMachines(name)) return 'unsaid'
  return inLanguage(columnPhrase(undefined, name))
}

/** What is written and never said, whatever the column is called. */
export const unsaidSemantics: ReadonlySet<string> = new Set(
  (
    'id ref secret hash uuid token url image_url iban bic bank_account tax_number ip mac version mime path latitude ' +
    'longitude bytes ordinal port word integer number updated_at json'
  ).split(' '),
)

/** Of these, the ones that no entry makes sayable: a `word` or an `integer` with a good name may be said. */
const machineSemantics: ReadonlySet<string> = new Set(
  'id ref secret hash uuid token url image_url iban bic ip mac mime path latitude longitude json'.split(' '),
)

/** What the values of a column are, by its name and type. */
export function columnSemantic(name: string, type: ColumnType): string {
  for (const rule of columnRules) {
    if ((rule.types === undefined || rule.types.includes(type)) && rule.pattern.test(name)) return rule.semantic
  }
  return columnFallbacks[type]
}

/** What kind of thing the rows of a table are, by its last words that are known. */
export function tableKind(name: string): NounKind {
  for (const noun of endsOf(name)) {
    const kind = nounKinds.get(noun)
    if (kind !== undefined) return kind
  }
  return 'thing'
}

/** `a_b_c` → a_b_c, b_c, c. */
function endsOf(name: string): string[] {
  const all = name.split('_')
  return all.map((_, from) => all.slice(from).join('_'))
}

/** What is left of actions and paths (`get_deployment`, `for_workspace`, `v1beta2_event`) is no thing. */
function isPlumbing(name: string): boolean {
  const all = name.split('_')
  const first = all[0] as string
  return (
    all.some((word) => /^v\d+((alpha|beta)\d*)?$|^\d+$/.test(word)) ||
    leaders.has(first) ||
    (isVerb(first) && entry(nouns, first) === undefined && entry(words, first) === undefined)
  )
}

/** A flag of a call, about its answer or how it is made, and of nothing that is stored: `expand_details`, `force`. */
const isOption = (name: string): boolean =>
  /^(expand|exclude|fetch|return|embed|force|raw|limit|calculate|keep|include|with|skip|ignore|dry)(_|$)/.test(name)

/** What no noun begins with. */
const leaders = new Set('for by with from to in on of at as find get set list my what are reset send'.split(' '))

// The same names come again and again; what is remembered never shows.
const tablePhrases = new Map<string, Phrase | undefined>()
const columnPhrases = new Map<string, Phrase | undefined>()
const rememberedMax = 50_000

function remembered(cache: Map<string, Phrase | undefined>, key: string, make: () => Phrase | undefined) {
  if (cache.has(key)) return cache.get(key)
  const made = make()
  if (cache.size < rememberedMax) cache.set(key, made)
  return made
}

function tablePhrase(name: string): Phrase | undefined {
  return remembered(tablePhrases, name, () => composeThing(name))
}

function columnPhrase(table: string | undefined, column: string): Phrase | undefined {
  return remembered(columnPhrases, `${table ?? ''}.${column}`, () => {
    const own = entry(columns, column)
    if (own?.zh !== undefined) return { en: own.en ?? spaced(column), zh: own.zh }
    for (const noun of table === undefined ? [] : endsOf(table)) {
      const rest = column.startsWith(`${noun}_`) ? entry(columns, column.slice(noun.length + 1)) : undefined
      if (rest?.zh !== undefined && rest.say !== false)
        return { en: rest.en ?? spaced(column.slice(noun.length + 1)), zh: rest.zh }
    }
    return composeColumn(column)
  })
}

/** Word by word, for names of which some word isn't known. */
function spokenWords(name: string): string {
  return name
    .split('_')
    .filter((word) => word !== '')
    .map((word) => entry(words, word)?.en ?? word)
    .join(' ')
}
