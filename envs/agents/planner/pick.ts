/** Choosing among rows that are at hand: the one of which most is said, all of which it is said, the one with the most of something. */

import type { Json, JsonObject } from '../../../schemas/json.ts'
import { spoken, stem } from '../words.ts'
import type { Dictionary } from './dictionary.ts'
import { idOf, type Known, type Mind } from './mind.ts'
import { indexOfWords, masked, quotedIn } from './text.ts'
import { isKey } from './tools.ts'
import { waysToSay } from './values.ts'

export interface Superlative {
  /** The words for the field, or what kind of field is meant. */
  field: string | 'time' | 'price'
  most: boolean
}

const superlatives: readonly [RegExp, (match: RegExpExecArray) => Superlative][] = [
  [/最(便宜|贵)的/, (match) => ({ field: 'price', most: match[1] === '贵' })],
  [/最(早|晚)(\p{Script=Han}{2})的/u, (match) => ({ field: `${match[2]}时间`, most: match[1] === '晚' })],
  [
    /([^的“”"\s、，]+)最(早|晚|高|低|大|小)的/,
    (match) => ({ field: match[1] as string, most: /[晚高大]/.test(match[2] as string) }),
  ],
  [
    /\s(?:with|that has|having) the (highest|lowest|latest|earliest|largest|smallest|biggest|longest|shortest|most|least|fewest) ([^",.?]+?)$/i,
    (match) => ({
      field: match[2] as string,
      most: /highest|latest|largest|biggest|longest|most/i.test(match[1] as string),
    }),
  ],
  [
    /\s(?:that|and) (?:(?:is|are|was|were) )?(due|starts?|ends?|expires?|\w+ed|sent|paid) (first|last)$/i,
    (match) => ({ field: (match[1] as string).replace(/(?<=start|end|expire)s$/, ''), most: match[2] === 'last' }),
  ],
  [
    /\b(newest|most recently created|most recent|latest|oldest|earliest)\b/i,
    (match) => ({ field: 'time', most: !/oldest|earliest/i.test(match[1] as string) }),
  ],
  [
    /\b(cheapest|least expensive|most expensive|dearest)\b/i,
    (match) => ({ field: 'price', most: /most|dearest/i.test(match[1] as string) }),
  ],
]

export function withoutSuperlative(words: string): { text: string; best: Superlative | undefined } {
  const hidden = masked(words.replace(/[.?!]+$/, ''))
  for (const [pattern, read] of superlatives) {
    const match = pattern.exec(hidden)
    if (match !== null)
      return { text: words.slice(0, match.index) + words.slice(match.index + match[0].length), best: read(match) }
  }
  return { text: words, best: undefined }
}

export function extreme(mind: Mind, rows: readonly JsonObject[], { field, most }: Superlative): JsonObject | undefined {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !isKey(name))
  const time = ['created_at', 'creation_date', 'created', 'created_on', 'date']
  const name =
    field === 'time'
      ? (time.find((each) => fields.includes(each)) ?? fields.find((each) => /creat|date|_at$/.test(each)))
      : field === 'price'
        ? fields
            .filter(
              (each) =>
                /price|cost|fee|rate|amount|total/.test(each) && rows.some((row) => typeof row[each] === 'number'),
            )
            .sort((a, b) => priceRank(a) - priceRank(b))[0]
        : (fields
            .map((each) => ({
              each,
              score: Math.max(
                fieldScore(mind.dictionary, each, field),
                fieldScore(mind.dictionary, each, `number of ${field}`),
              ),
            }))
            .sort((a, b) => b.score - a.score)
            .find(({ score }) => score > 0)?.each ?? fields.find((each) => startsAlike(mind.dictionary, each, field)))
  if (name === undefined) return undefined
  const known = rows.filter((row) => row[name] !== null && row[name] !== undefined)
  return known.reduce<JsonObject | undefined>((best, row) => {
    if (best === undefined) return row
    const [a, b] = [row[name] as string | number, best[name] as string | number]
    return (most ? a > b : a < b) ? row : best
  }, undefined)
}

/** 创建时间 where the field is the 创建日期, `expires_at` where it is what "expires". */
const startsAlike = (dictionary: Dictionary, name: string, field: string): boolean =>
  name.startsWith(field.slice(0, 5)) ||
  (/时间$/.test(field) && dictionary.fields(name).some((way) => way.startsWith(field.slice(0, 2))))

const priceRank = (name: string): number =>
  ['price', 'cost', 'fee', 'rate', 'amount', 'total'].findIndex((word) => name.includes(word))

/** The rows that explain most of what is said: each word of a group's description is a cell of every row in it. */
export function groupOf(
  { dictionary }: Mind,
  rows: readonly JsonObject[],
  words: string,
  parent: Known | undefined,
): JsonObject[] {
  const above = parent && idOf(parent)
  const under = rows.filter(
    (row) => above === undefined || Object.entries(row).some(([field, value]) => field !== 'id' && value === above),
  )
  const text = words.replace(/^\s*(?:all|every one|each|every)(?: of)?\s/i, ' ')
  if (describing(text) === '') return under
  const covered = under.map((row) => ({ row, covers: coverage(row, text, dictionary) }))
  const most = Math.max(0, ...covered.map(({ covers }) => covers))
  return most === 0 ? [] : covered.filter(({ covers }) => covers === most).map(({ row }) => row)
}

/** How many characters of a text are said of the row. */
function coverage(row: JsonObject, text: string, dictionary: Dictionary): number {
  const covered = new Set<number>()
  for (const [field, value] of Object.entries(row)) {
    if (isKey(field)) continue
    for (const way of waysToSay(field, value, dictionary)) {
      const at = indexOfWords(text, way)
      if (at < 0) continue
      for (let index = at; index < at + way.length; index += 1) covered.add(index)
    }
  }
  return covered.size
}

/** What is left of a description besides articles. */
export const describing = (text: string): string =>
  text
    .replace(
      /\b(?:the|a|an|my|our|your|his|her|their|its|this|that|please|all|every|one|each|of|there)\b|的|那个|这个|把|将|请|所有|全部|都|对应|所属/gi,
      '',
    )
    .replace(/[\s.?!,]+/g, ' ')
    .trim()

export function scoreRows(
  { dictionary, intent, last, kit }: Mind,
  rows: readonly JsonObject[],
  words: string,
  parent: Known | undefined,
): { row: JsonObject; score: number }[] {
  const above = parent && idOf(parent)
  const quoted = quotedIn(words)
  return rows
    .map((row) => {
      // What is said elsewhere in the intent tells apart what is said alike here.
      let score = saidOf(row, words, dictionary) + 0.02 * saidOf(row, intent, dictionary)
      // What is quoted is what the thing is called, if it is anything.
      for (const text of quoted) {
        const fields = Object.keys(row).filter((field) => isSaidAs(field, row[field], text, dictionary))
        score += fields.length === 0 ? -100 : Math.max(...fields.map(nameRank))
      }
      if (above !== undefined)
        score += Object.entries(row).some(([field, value]) => field !== 'id' && value === above) ? 40 : -20
      else
        for (const [field, value] of Object.entries(row)) {
          const noun = isKey(field) && field !== 'id' ? kit.nounOf(field) : undefined
          const near = noun === undefined ? undefined : last.get(noun)
          if (near !== undefined && idOf(near) === value) score += 0.5
        }
      return { row, score }
    })
    .sort((a, b) => b.score - a.score)
}

const nameRank = (field: string): number =>
  /^(name|title)$/.test(field) ? 12 : /(^|_)(name|title|subject|label|number|code|file)$/.test(field) ? 6 : 0

const isSaidAs = (field: string, value: Json | undefined, text: string, dictionary: Dictionary): boolean =>
  waysToSay(field, value, dictionary).some((way) => way.toLowerCase() === text.toLowerCase())

/** How much of a row is said. */
export function saidOf(row: JsonObject, words: string, dictionary: Dictionary): number {
  let score = 0
  for (const [field, value] of Object.entries(row)) {
    if (isKey(field)) continue
    const ways = waysToSay(field, value, dictionary)
    const at = ways.findIndex((way) => way !== '' && indexOfWords(words, way) >= 0)
    if (at < 0) continue
    const weight = typeof value === 'string' ? 4 + Math.min(20, value.length) / 2 : typeof value === 'number' ? 3 : 1
    // A name is said as it is written; a word that only happens to be a value seldom is.
    const asWritten = typeof value === 'string' && words.includes(value) ? 2 : 0
    score += weight + asWritten - Math.min(at, 3) * 0.1
  }
  return score
}

/** How well words name a field: 3 for one of its names, less for words in common, 0 for none. */
export function fieldScore(dictionary: Dictionary, name: string, words: string): number {
  const wanted = words.trim().toLowerCase()
  if (wanted === '') return 0
  const ways = dictionary.fields(name).map((way) => way.toLowerCase())
  if (ways.includes(wanted)) return 3
  if (ways.some((way) => stem(way) === stem(wanted))) return 2.5
  const own = new Set(ways.flatMap((way) => way.split(' ')))
  const said = wanted.split(' ')
  const common = said.filter((word) => own.has(word)).length
  const share = common / Math.max(said.length, spoken(name).split(' ').length)
  return share >= 0.5 ? share : 0
}
