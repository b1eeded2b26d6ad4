/** Questions: a fact of a row, how many rows there are, what their figures come to, how far two are apart. */

import type { Json, JsonObject } from '../../../schemas/json.ts'
import { chineseAsked, isChinese } from './chinese.ts'
import { findGroup, findRow, getRow, listRows } from './find.ts'
import { idOf, type Known, type Mind, type Plan } from './mind.ts'
import { fieldScore, saidOf } from './pick.ts'
import { masked, nounsIn } from './text.ts'
import { isKey } from './tools.ts'

export function* answerQuestion(mind: Mind, question: string): Plan<Json | undefined> {
  if (isChinese(question)) return yield* answerChinese(mind, question)
  const text = plain(question)
  const figured =
    (yield* answerDifference(mind, text)) ?? (yield* answerTotal(mind, text)) ?? (yield* answerCount(mind, text))
  if (figured !== undefined) return figured
  const which = /\bwhich (?:one )?is (.+)$|\bwhat(?:'s|’s| is) (.+?) called$/i.exec(masked(text))
  if (which !== null) {
    const at = which.index + which[0].indexOf((which[1] ?? which[2]) as string)
    const known = yield* findRow(mind, text.slice(at).replace(/ called$/, ''))
    if (known !== undefined) return nameOf(known.row)
  }
  for (const { field, ref } of readingsOf(text)) {
    if (nounsIn(ref, mind.kit).length === 0) continue
    const known = yield* findRow(mind, ref)
    const value = known && (yield* fieldValue(mind, known, field))
    if (value !== undefined) return value
  }
  return undefined
}

function* answerChinese(mind: Mind, text: string): Plan<Json | undefined> {
  const asked = text.replace(/^.*?(?:请问|请教一下，|查一?下|查查|想知道|看看)/, '')
  const hidden = masked(asked)
  const slice = (places: [number, number] | undefined) => (places === undefined ? '' : asked.slice(...places))
  const apart =
    /^(.+)的([^的]+?)比(.+?)(?:高多少|晚几天|多多少)|^(.+)的([^的]+?)和(.+?)的?(?:差多少|相差多少天)|^(.+?)和(.+)的([^的]+?)(?:相差多少天|差额)/d.exec(
      hidden,
    )?.indices
  if (apart !== undefined) {
    const [one, field, other] =
      apart[1] !== undefined
        ? [apart[1], apart[2], apart[3]]
        : apart[4] !== undefined
          ? [apart[4], apart[5], apart[6]]
          : [apart[7], apart[9], apart[8]]
    return yield* distance(mind, [slice(one), slice(other)], slice(field))
  }
  const total = /^(.*所有.+)的([^的]+?)总和/d.exec(hidden)?.indices
  if (total !== undefined) return yield* sumOf(mind, slice(total[1]), slice(total[2]))
  const count = /^(.+?)(?:一共)?(?:有多少|有几)|^(.+?)的?数量/d.exec(hidden)?.indices
  if (count !== undefined) return (yield* findGroup(mind, slice(count[1] ?? count[2]))).length
  for (const { field, ref } of chineseAsked(asked)) {
    if (nounsIn(ref, mind.kit).length === 0) continue
    const known = yield* findRow(mind, ref)
    const value = known && (field === '名称' ? nameOf(known.row) : yield* fieldValue(mind, known, field))
    if (value !== undefined) return value
  }
  return undefined
}

/** Without what is said around the question. */
const plain = (text: string): string =>
  text
    .replace(/\s+-\s+could you.*$/i, '')
    .replace(/[.?!]+$/, '')
    .replace(/(?:,?\s+(?:for me|please|at the moment))+$/i, '')
    .trim()

/** "the A of X", every way to part them; and "what A X is in". */
function readingsOf(text: string): { field: string; ref: string }[] {
  const found: { field: string; ref: string }[] = []
  const hidden = masked(text)
  for (const { index: of } of hidden.matchAll(/\s(?:of|for)\s/gi)) {
    const before = /(?:the|its|their)\s+([^,.?]+)$/i.exec(hidden.slice(0, of))
    if (before !== null)
      found.push({ field: text.slice(of - (before[1] as string).length, of), ref: text.slice(of + 4) })
  }
  const isIn = /\bwhat\s+(.+?)\s+((?:the|my|our)\s.+?)\s+(?:is in|is|has|are|was)\b/i.exec(text)
  if (isIn !== null) found.push({ field: isIn[1] as string, ref: isIn[2] as string })
  const counted = /\bhow many (.+?) (?:does (.+) have|are there for (.+)|((?:the|our|my|that) .+) has)$/di.exec(hidden)
  const slice = (places: [number, number] | undefined) => (places === undefined ? '' : text.slice(...places))
  if (counted !== null) {
    const [, field, a, b, c] = counted.indices ?? []
    found.unshift({ field: `number of ${slice(field)}`, ref: slice(a ?? b ?? c) })
  }
  const held = /\b(?:which|what) (.+?) (?:do we have (?:on file |down )?for|does) (.+?)(?: have)?$/di.exec(hidden)
  if (held !== null) found.unshift({ field: slice(held.indices?.[1]), ref: slice(held.indices?.[2]) })
  const located = /\bwhich (city) is (.+) in$/di.exec(hidden)
  if (located !== null) found.unshift({ field: 'city', ref: slice(located.indices?.[2]) })
  const priced = /\bhow much (?:is|does) (.+?)(?: cost)?$/di.exec(hidden)
  if (priced !== null) found.push({ field: 'price', ref: slice(priced.indices?.[1]) })
  const when = /\bwhen (?:was|is|does|did|were) (.+?) (created|due|expire|start|end|born|\w+ed|sent|paid)$/di.exec(
    hidden,
  )
  if (when !== null) found.unshift({ field: `when ${slice(when.indices?.[2])}`, ref: slice(when.indices?.[1]) })
  const own = /\b(?:what(?:'s| is)|tell me|look up|know)\s+(.+?)['’]s?\s+([^?.]+)/i.exec(text)
  if (own !== null) found.push({ field: own[2] as string, ref: own[1] as string })
  return found
}

function* answerCount(mind: Mind, text: string): Plan<Json | undefined> {
  const hidden = masked(text)
  const lead = /\b(?:how many(?: are there| there are)?(?: of)?|count|(?:the )?number of)\s/i.exec(hidden)
  if (lead === null) return undefined
  const group = text
    .slice(lead.index + lead[0].length)
    .replace(/\s+(?:are there|there are|do we have|we have|exist)\b.*$/i, '')
    .trim()
  const [head] = nounsIn(group, mind.kit)
  // A count is asked of many: "the number of adults" is a field of one.
  if (head === undefined || !/s$/i.test(group.slice(head.at, head.end))) return undefined
  return (yield* findGroup(mind, group)).length
}

function* answerTotal(mind: Mind, text: string): Plan<Json | undefined> {
  const hidden = masked(text)
  const match =
    /\b(?:total|sum of the|combined)\s(.+?)\sof\s((?:all|the)\s.+)$/di.exec(hidden) ??
    /\bwhat (?:does|do) the (.+?) of (all .+) add up to$/di.exec(hidden)
  const [, field, group] = match?.indices ?? []
  if (field === undefined || group === undefined) return undefined
  return yield* sumOf(mind, text.slice(...group), text.slice(...field))
}

function* sumOf(mind: Mind, group: string, field: string): Plan<Json | undefined> {
  let total = 0
  for (const known of yield* findGroup(mind, group)) {
    const value = yield* fieldValue(mind, known, field)
    if (typeof value === 'number') total += value
  }
  return Math.round(total * 100) / 100
}

function* answerDifference(mind: Mind, text: string): Plan<Json | undefined> {
  const match =
    /\bthe (.+?) of (.+?) (?:\w+ than|than|above|and|is) (?:that|the \1) of (.+)$/di.exec(masked(text)) ?? undefined
  const [, field, one, other] = match?.indices ?? []
  if (field === undefined || one === undefined || other === undefined) return undefined
  const words = text.slice(...field).replace(/^difference between the /i, '')
  return yield* distance(mind, [text.slice(...one), text.slice(...other)], words)
}

/** How far two rows are apart in a field: in days where it holds days. */
function* distance(mind: Mind, refs: readonly [string, string], words: string): Plan<Json | undefined> {
  const values: Json[] = []
  for (const ref of refs) {
    const known = yield* findRow(mind, ref)
    const value = known && (yield* fieldValue(mind, known, words))
    if (value !== undefined) values.push(value)
  }
  const [a, b] = values
  if (typeof a === 'number' && typeof b === 'number') return Math.round(Math.abs(a - b) * 100) / 100
  if (typeof a !== 'string' || typeof b !== 'string') return undefined
  const days = (Date.parse(a.slice(0, 10)) - Date.parse(b.slice(0, 10))) / 86_400_000
  return Number.isNaN(days) ? undefined : Math.abs(days)
}

function* fieldValue(mind: Mind, known: Known, words: string): Plan<Json | undefined> {
  const best = (row: JsonObject) =>
    Object.entries(row)
      .filter(([field, value]) => !isKey(field) && value !== null && typeof value !== 'object')
      .map(([field, value]) => ({ value, score: scoreOf(mind, field, value, words) }))
      .sort((a, b) => b.score - a.score)[0]
  const listed = best(known.row)
  if (listed !== undefined && listed.score >= 2.5) return listed.value
  const whole = yield* getRow(mind, known.noun, idOf(known) as Json, known.row)
  const shown = whole && best(whole.row)
  const found = shown !== undefined && shown.score > (listed?.score ?? 0) ? shown : listed
  return found !== undefined && found.score > 0 ? found.value : undefined
}

/** "When was it created?" asks for the day whose field is called after what happened. */
function scoreOf({ dictionary }: Mind, field: string, value: Json, words: string): number {
  const happened = /^when (.+)$/.exec(words)?.[1]
  if (happened === undefined) return fieldScore(dictionary, field, words)
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(value)) return 0
  const stems: Record<string, string> = { born: 'birth', created: 'creat', sent: 'sent', paid: 'paid' }
  const stem = stems[happened] ?? happened.slice(0, 5)
  return field.startsWith(stem) ? 3 : field.includes(stem) ? 2.5 : 0
}

const nameOrder = ['name', 'title', 'display_name', 'full_name', 'label', 'subject', 'headline']

/** What a row is called. */
function nameOf(row: JsonObject): Json | undefined {
  const field =
    nameOrder.find((name) => typeof row[name] === 'string') ??
    Object.keys(row).find((name) => /(^|_)(name|title|subject|label|code|number)$/.test(name) && row[name] !== null)
  return field === undefined ? undefined : (row[field] as Json)
}

const listsMax = 6

/** Words of a question → words that fields are called by. */
const kin: Record<string, string[]> = {
  cost: ['price', 'cost', 'fee', 'amount', 'total'],
  owe: ['amount', 'balance', 'total', 'due'],
  pay: ['amount', 'price', 'total'],
  much: ['price', 'amount', 'total', 'cost'],
  when: ['date', 'at', 'time', 'on'],
  arrive: ['in', 'arrival', 'start'],
  leave: ['out', 'departure', 'end'],
  where: ['city', 'address', 'location', 'place'],
}

/** A last resort: of everything that can be listed, the row of which the question says most, and its likeliest field. */
export function* guessAnswer(mind: Mind, text: string): Plan<Json | undefined> {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? []
  const asked = new Set(words.flatMap((word) => [word, ...(kin[word.replace(/s$/, '')] ?? [])]))
  let best: { row: JsonObject; field: string | undefined; score: number } | undefined
  const nouns = [...new Set(mind.kit.tools.filter(({ effect }) => effect === 'list').map(({ noun }) => noun))]
  for (const noun of nouns.slice(0, listsMax)) {
    for (const row of yield* listRows(mind, noun, { direct: true })) {
      const [field] = Object.entries(row)
        .filter(([name, value]) => !isKey(name) && value !== null && typeof value !== 'object' && !isSaid(value, text))
        .map(([name]) => ({ name, score: name.split('_').filter((word) => asked.has(word)).length }))
        .sort((a, b) => b.score - a.score)
      const score = saidOf(row, text, mind.dictionary) + (field?.score ?? 0)
      if (score > (best?.score ?? 0)) best = { row, field: field?.score === 0 ? undefined : field?.name, score }
    }
  }
  if (best === undefined) return undefined
  if (/^(?:which|who)\b/i.test(text) || best.field === undefined) return nameOf(best.row)
  return best.row[best.field]
}

/** What the question says is not what it asks for. */
const isSaid = (value: Json, text: string): boolean => typeof value === 'string' && text.includes(value)
