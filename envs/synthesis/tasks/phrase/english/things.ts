/** Things in English: how a row is called, by what picks it out, and how a value stands after its column's name. */

import { sayColumn, sayState, sayTable, tableKind } from '../../../lexicon.ts'
import type { Mention, Setting } from '../../deed.ts'
import type { Attribute, Description } from '../../refer.ts'
import { listed, withArticle } from '../../words.ts'
import { aside, isSpoken, noteSpoken, type Talk, turnTo } from '../talk.ts'

/** `occurred_at` is an "occurred date" before its value; a bare "email" is an address. */
export const columnWords = (table: string, column: string): string => {
  const words = sayColumn(table, column).replace(/ (at|on)$/, ' date')
  return words === 'email' ? 'email address' : words
}

export const isPerson = (table: string): boolean => tableKind(table) === 'person'

export function sayMention(talk: Talk, mention: Mention): string {
  const { table, description } = mention
  const turn = turnTo(talk, mention)
  if (turn === 'it') return isPerson(table) ? 'them' : 'it'
  if (turn === 'again' || description === undefined) return `that ${sayTable(table)}`
  return sayDescription(talk, description)
}

/** The row without its table's noun, where one name tells it: `Ada Byrne`, `"Harbor Launch"`. */
export function sayBareName(talk: Talk, { table, key, description }: Mention): string | undefined {
  const [only, ...more] = description?.attributes ?? []
  if (only === undefined || more.length > 0 || description?.parent !== undefined) return undefined
  if (!['name', 'person', 'company', 'code'].includes(only.kind) || isSpoken(talk, table, key)) return undefined
  noteSpoken(talk, table, key)
  return only.kind === 'code' || isPerson(table) || only.kind === 'person' ? only.said : `"${only.said}"`
}

export function sayDescription(talk: Talk, { table, attributes, parent }: Description): string {
  const noun = sayTable(table)
  const before: string[] = []
  const after: string[] = []
  let name: Attribute | undefined
  for (const attribute of attributes) {
    if (attribute.kind === 'name' || attribute.kind === 'file' || isOwnCode(noun, table, attribute)) name = attribute
    else if (attribute.kind === 'status' || attribute.kind === 'enum') sayState_(table, attribute, before, after)
    else after.push(sayAttribute(table, noun, attribute))
  }
  const head = sayNamed(talk, table, [...before, noun].join(' '), name)
  const above = parent === undefined ? '' : ` ${sayAbove(talk, parent.of)}`
  return `${head}${after.length > 0 ? ` ${listed(after)}` : ''}${above}`
}

function sayAbove(talk: Talk, of: Description): string {
  const within = ['group', 'place', 'work'].includes(tableKind(of.table)) ? 'in' : 'of'
  if (isSpoken(talk, of.table, of.key)) return `${within} the same ${sayTable(of.table)}`
  noteSpoken(talk, of.table, of.key)
  return `${within} ${aside(talk, () => sayDescription(talk, of))}`
}

/** A thing with its own name or number: `the task "Hiring plan"`, `the "Hiring plan" task`, `invoice R-12`. */
function sayNamed({ draw }: Talk, table: string, head: string, name: Attribute | undefined): string {
  if (name === undefined) return `the ${head}`
  const { kind, said } = name
  if (kind === 'code') return draw.pick([`${head} ${said}`, `the ${head} ${said}`, `${head} number ${said}`]) as string
  if (kind === 'file') return draw.pick([`the ${head} "${said}"`, `the ${head} ${said}`]) as string
  if (isPerson(table)) {
    const ours = /^(customer|client|supplier|vendor|employee|member|colleague|contact)$/.test(head)
    return ours && draw.chance(0.3) ? `our ${head} ${said}` : `the ${head} ${said}`
  }
  const forms = [`the ${head} "${said}"`, `the ${head} "${said}"`, `the "${said}" ${head}`, `the ${head} called "${said}"`]
  if (/^[A-Z][A-Za-z'-]*( [A-Z][A-Za-z'-]*)*$/.test(said)) forms.push(`the ${said} ${head}`, `our ${head} "${said}"`)
  return draw.pick(forms) as string
}

/** A number by which the thing itself goes: `number`, `code`, `invoice_number` of an invoice. */
function isOwnCode(noun: string, table: string, { kind, column }: Attribute): boolean {
  if (kind !== 'code') return false
  return /^(number|code|reference|no)$/.test(column) || columnWords(table, column) === `${noun} number` ||
    column === `${table}_number` || column === `${table}_code`
}

/** Columns whose value may stand before the noun by itself: a credit card payment, a monthly report. */
const adjectival =
  /(^|_)(type|kind|category|status|state|phase|stage|frequency|interval|currency|size|visibility|privacy|colou?r|condition|plan|tier|class|gender|genre|method|source|channel|format|role)$/

function sayState_(table: string, { kind, said, column, value }: Attribute, before: string[], after: string[]): void {
  if (kind === 'status') {
    const attribute = sayState(column, value as string, 'en', 'attribute')
    if (attribute !== undefined && attribute.includes(said)) before.push(attribute)
    else {
      const predicate = sayState(column, value as string)
      if (predicate?.includes(said) && (attribute === '' || attribute === undefined)) after.push(`that is ${predicate}`)
      else if (/^[a-z]+ed$/.test(said)) before.push(said)
      else after.push(`with the ${columnWords(table, column)} "${said}"`)
    }
    return
  }
  const words = columnWords(table, column)
  if (/(^|_)(priority|severity|importance)$/.test(column)) before.push(`${said.replaceAll(' ', '-')}-${words.split(' ').at(-1)}`)
  else if (adjectival.test(column) && !said.includes(' ')) before.push(said)
  else after.push(`with the ${words} ${said.includes(' ') ? `"${said}"` : said}`)
}

function sayAttribute(table: string, noun: string, { kind, said, column }: Attribute): string {
  const words = columnWords(table, column)
  switch (kind) {
    case 'city':
      return `in ${said}`
    case 'company':
      return /customer|client|account|organi[sz]ation|bill/.test(column) ? `for ${said}` : `from ${said}`
    case 'person':
      if (/author|creator|reporter|sender|_by$/.test(column)) return `by ${said}`
      if (/customer|client|guest|contact|recipient|holder|patient|student/.test(column)) return `for ${said}`
      return `whose ${words.replace(/ name$/, '')} is ${said}`
    case 'money':
      if (/^(amount|total|price|total_amount|amount_paid)$/.test(column)) return `over ${said}`
      return `with ${withArticle(words)} of ${said}`
    case 'code': {
      const of = / number$/.test(words) ? words.slice(0, -7) : undefined
      return of !== undefined && /^(room|order|invoice|flight|table|ticket)$/.test(of) && of !== noun
        ? `for ${of} ${said}`
        : `with the ${words} ${said}`
    }
    case 'date':
      return sayDated(column, words, said)
    default:
      return `with the ${words} ${said}`
  }
}

function sayDated(column: string, words: string, said: string): string {
  if (column === 'date') return `of ${said}`
  if (/created|creation/.test(column)) return `created on ${said}`
  if (/(^|_)(start|begin)/.test(column)) return `starting on ${said}`
  if (/(^|_)(end|until)(_|$)/.test(column)) return `ending on ${said}`
  if (/due|deadline/.test(column)) return `due on ${said}`
  if (/expir/.test(column)) return `expiring on ${said}`
  if (/birth/.test(column)) return `born on ${said}`
  const done = /^([a-z]+ed|sent|paid)_(at|on|date)$/.exec(column)?.[1] ?? happened[words]
  return done === undefined ? `with the ${words} ${said}` : `${done} on ${said}`
}

/** What was done on a day that is called after it. */
const happened: Readonly<Record<string, string>> = {
  'release date': 'released',
  'issue date': 'issued',
  'invoice date': 'invoiced',
  'order date': 'ordered',
  'purchase date': 'bought',
  'payment date': 'paid',
  'delivery date': 'delivered',
  'publication date': 'published',
  'signup date': 'signed up',
}

/** A value after "to" or after its column's name: titles, free text and several words of a kind stand in quotes. */
export function sayValueOf({ kind, said, table }: Setting): string {
  if (kind === 'name') return isPerson(table) ? said : `"${said}"`
  if (kind === 'text' || kind === 'file') return `"${said}"`
  if ((kind === 'enum' || kind === 'status') && said.includes(' ')) return `"${said}"`
  if (kind === 'other' && !/^[A-Z0-9-]+$/.test(said)) return `"${said}"`
  return said
}

/** "the due date of the task …", or "Ada Byrne's email address" where the row is one person's name. */
export function possessive({ draw }: Talk, thing: string, target: Mention, column: string): string {
  const words = columnWords(target.table, column)
  if (thing === 'it') return `its ${words}`
  if (thing === 'them') return `their ${words}`
  const { attributes = [], parent } = target.description ?? {}
  const bare = attributes.length === 1 && attributes[0]?.kind === 'name' && parent === undefined
  if (bare && isPerson(target.table) && /\p{L}$/u.test(thing) && draw.chance(0.6))
    return `${thing}${thing.endsWith('s') ? "'" : "'s"} ${words}`
  if (/^that /.test(thing) && draw.chance(0.5)) return `${thing}'s ${words}`
  return `the ${words} of ${thing}`
}
