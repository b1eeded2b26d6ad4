/** Things in English: how a row or a group of rows is called, by what picks it out, and how values are said. */

import { sayColumn, sayState, sayTable, sayTables, tableKind } from '../../../lexicon.ts'
import type { Group, Mention, Setting } from '../../deed.ts'
import type { Attribute, Best, Description } from '../../refer.ts'
import { listed, withArticle } from '../../words.ts'
import { aside, bareName, isSpoken, noteSpoken, type Talk, turnTo } from '../talk.ts'

/** `occurred_at` is an "occurred date" before its value; a bare "email" is an address. */
export const columnWords = (table: string, column: string): string => {
  const words = sayColumn(table, column).replace(/ (at|on)$/, ' date')
  if (words === 'email') return 'email address'
  // A meeting's "meeting type" is its type.
  const noun = `${sayTable(table)} `
  return words.startsWith(noun) && words.length > noun.length ? words.slice(noun.length) : words
}

export const isPerson = (table: string): boolean => tableKind(table) === 'person'

export function sayMention(talk: Talk, mention: Mention): string {
  const { table, description } = mention
  const turn = turnTo(talk, mention)
  if (turn === 'it') return isPerson(table) ? 'them' : 'it'
  if (turn === 'again' || description === undefined) return `that ${sayTable(table)}`
  return sayDescription(talk, description)
}

/** A row that is named on the way: "it" stays what it was. */
export const sayAside = (talk: Talk, mention: Mention): string => aside(talk, () => sayMention(talk, mention))

/** The row without its table's noun, where one name tells it: `Ada Byrne`, `"Harbor Launch"`. */
export function sayBareName(talk: Talk, mention: Mention): string | undefined {
  const only = bareName(talk, mention)
  if (only === undefined) return undefined
  return only.kind === 'code' || isPerson(mention.table) || only.kind === 'person' ? only.said : `"${only.said}"`
}

export function sayDescription(talk: Talk, description: Description): string {
  const { table, attributes, parent, best } = description
  if (best !== undefined) return sayChosen(talk, description, best)
  const { before, name, clauses } = clausesOf(table, attributes, false)
  const head = sayNamed(talk, table, [...before, sayTable(table)].join(' '), name)
  const above = parent === undefined ? '' : ` ${sayAbove(talk, parent.of)}`
  return `${head}${sayAfter(clauses)}${above}`
}

/** "the cheapest room in …", "the open task that is due first", "the offer with the type A and the lowest price". */
function sayChosen(talk: Talk, { table, attributes, parent }: Description, best: Best): string {
  const { before, clauses } = clausesOf(table, attributes, false)
  const above = parent === undefined ? '' : ` ${sayAbove(talk, parent.of)}`
  const [most, having] = sayBest(table, best)
  const noun = ['the', most, ...before, sayTable(table)].filter((word) => word !== '').join(' ')
  const isRelative = clauses.some((clause) => clause.startsWith('that '))
  if (isRelative && having.startsWith('with ')) return `${noun}${above}${sayAfter(clauses)} and has ${having.slice(5)}`
  if (having.startsWith('with ')) return `${noun}${sayAfter([...clauses, having])}${above}`
  if (isRelative && having !== '') return `${noun}${above}${sayAfter(clauses)} and ${having.slice(5)}`
  return `${noun}${sayAfter(clauses)}${above}${having === '' ? '' : ` ${having}`}`
}

/** All rows of a group; `which` stands in front: "all", "every one of". */
export function sayGroup(talk: Talk, { table, attributes, parent }: Group, which = ''): string {
  const { before, clauses } = clausesOf(table, attributes, true)
  const above = parent === undefined ? '' : ` ${sayAbove(talk, parent.of)}`
  talk.it = undefined
  return `${which} ${[...before, sayTables(table)].join(' ')}${sayAfter(clauses)}${above}`.trim()
}

interface Clauses {
  before: string[]
  name: Attribute | undefined
  clauses: string[]
}

function clausesOf(table: string, attributes: readonly Attribute[], many: boolean): Clauses {
  const found: { before: string[]; after: string[]; name?: Attribute } = { before: [], after: [] }
  for (const attribute of attributes) {
    const { kind } = attribute
    if (kind === 'name' || kind === 'file' || isOwnCode(table, attribute)) found.name = attribute
    else if (kind === 'status') placeState(table, attribute, many, found)
    else if (kind === 'flag') placeFlag(attribute, many, found)
    else if (kind === 'enum') placeKind(table, attribute, found)
    else found.after.push(sayAttribute(table, attribute))
  }
  return {
    before: found.before,
    name: found.name,
    clauses: found.after,
  }
}

/** `with the status "sent" and the rating 5 that is …`: one "with" is enough. */
function sayAfter(clauses: readonly string[]): string {
  if (clauses.length === 0) return ''
  const having = clauses.filter((clause) => clause.startsWith('with '))
  const others = clauses.filter((clause) => !clause.startsWith('with '))
  const one = having.length === 0 ? [] : [`with ${listed(having.map((clause) => clause.slice(5)))}`]
  return ` ${[...others.filter((clause) => !clause.startsWith('that ')), ...one, ...others.filter((clause) => clause.startsWith('that '))].join(' ')}`
}

function sayAbove(talk: Talk, of: Description): string {
  const within = ['group', 'place', 'work'].includes(tableKind(of.table)) ? 'in' : 'of'
  if (isSpoken(talk, of.table, of.key)) return `${within} the same ${sayTable(of.table)}`
  noteSpoken(talk, of.table, of.key)
  return `${within} ${aside(talk, () => sayDescription(talk, of))}`
}

/** A thing with its own name or number: `the task "Hiring plan"`, `the "Hiring plan" task`, `invoice R-12`. */
function sayNamed(talk: Talk, table: string, head: string, name: Attribute | undefined): string {
  if (name === undefined) return `the ${head}`
  const { draw } = talk
  const { kind, said } = name
  if (kind === 'code') return draw.pick([`${head} ${said}`, `the ${head} ${said}`, `${head} number ${said}`]) as string
  if (kind === 'file') return draw.pick([`the ${head} "${said}"`, `the ${head} ${said}`]) as string
  if (isPerson(table)) {
    const isOurs = /^(customer|client|supplier|vendor|employee|member|colleague|contact)$/.test(head)
    return isOurs && draw.chance(0.3) ? `our ${head} ${said}` : `the ${head} ${said}`
  }
  if (nameIsPersons(talk, table, name.column)) return `the ${head} of ${said}`
  // A name that says what it is of needs no noun behind it: the "Starter snippet".
  const plain = `the ${head} "${said}"`
  if (said.toLowerCase().endsWith(` ${sayTable(table).toLowerCase()}`))
    return head === sayTable(table) && draw.chance(0.5) ? `the "${said}"` : plain
  const isQuiet = talk.isCalled || ['file', 'message', 'money', 'company'].includes(tableKind(table))
  const forms = [plain, plain, `the "${said}" ${head}`, isQuiet ? plain : `the ${head} called "${said}"`]
  const isOurs = ['group', 'place', 'company'].includes(tableKind(table))
  if (isOurs && /^[A-Z][A-Za-z'-]*( [A-Z][A-Za-z'-]*)*$/.test(said))
    forms.push(`the ${said} ${head}`, `our ${head} "${said}"`)
  return draw.pick(forms) as string
}

/** A payment, say, that goes by its payer's name. */
const nameIsPersons = ({ facts }: Talk, table: string, column: string): boolean =>
  facts.tables.get(table)?.columns.find(({ name }) => name === column)?.semantic === 'person'

/** A number by which the thing itself goes: `number`, `code`, `invoice_number` of an invoice. */
function isOwnCode(table: string, { kind, column }: Attribute): boolean {
  if (kind !== 'code') return false
  const last = table.split('_').at(-1)
  return /^(number|code|reference|no)$/.test(column) || column === `${table}_number` || column === `${last}_number`
}

/** Columns whose value may stand before the noun by itself: a credit card payment, a monthly report. */
const adjectival =
  /(^|_)(type|kind|category|status|state|phase|stage|frequency|interval|currency|size|visibility|privacy|colou?r|condition|plan|tier|class|gender|genre|method|source|channel|format|role)$/

type Place = { before: string[]; after: string[] }

function placeState(table: string, { said, column, value }: Attribute, many: boolean, { before, after }: Place): void {
  const attribute = sayState(column, value as string, 'en', 'attribute')
  const predicate = sayState(column, value as string)
  if (attribute?.includes(said)) before.push(attribute)
  else if (/^[a-z]+ed$/.test(said)) before.push(said)
  else if (predicate?.includes(said)) after.push(`that ${many ? 'are' : 'is'} ${predicate}`)
  else after.push(`with the ${columnWords(table, column)} "${said}"`)
}

function placeFlag({ said }: Attribute, many: boolean, { before, after }: Place): void {
  if (!/ /.test(said)) before.push(said)
  else after.push(`that ${many ? 'are' : 'is'} ${said}`)
}

function placeKind(table: string, { said, column }: Attribute, { before, after }: Place): void {
  const words = columnWords(table, column)
  if (/(^|_)(priority|severity|importance)$/.test(column)) before.push(`${said}-${words.split(' ').at(-1)}`)
  else if (adjectival.test(column) && !said.includes(' ') && !isOfNoun(table, said)) before.push(said)
  else after.push(`with the ${words} ${said.includes(' ') ? `"${said}"` : said}`)
}

/** A "folder" needs no "folder item" of that name. */
const isOfNoun = (table: string, said: string): boolean =>
  ` ${sayTable(table)} ${sayTables(table)} `.toLowerCase().includes(` ${said.toLowerCase()} `)

function sayAttribute(table: string, { kind, said, column }: Attribute): string {
  const words = columnWords(table, column)
  switch (kind) {
    case 'city':
      return `in ${said}`
    case 'company':
      if (/customer|client|account|organi[sz]ation|bill/.test(column)) return `for ${said}`
      return ['money', 'message', 'work', 'product', 'person'].includes(tableKind(table))
        ? `from ${said}`
        : `of ${said}`
    case 'person':
      if (/author|creator|reporter|sender|_by$/.test(column)) return `by ${said}`
      if (/customer|client|guest|contact|recipient|holder|patient|student/.test(column)) return `for ${said}`
      return `whose ${words.replace(/ name$/, '')} is ${said}`
    case 'money':
      return /^(amount|total|total_amount|amount_paid|grand_total)$/.test(column)
        ? `over ${said}`
        : `with ${withArticle(words)} of ${said}`
    case 'code': {
      const of = / number$/.test(words) ? words.slice(0, -7) : ''
      return /^(room|order|invoice|flight|table|ticket)$/.test(of) ? `for ${of} ${said}` : `with the ${words} ${said}`
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
  const done = participleOf(column) ?? happened[words]
  if (/^last_seen/.test(column)) return `last seen on ${said}`
  return done === undefined ? `with the ${words} ${said}` : `${done} on ${said}`
}

/** `approved_at`, `date_approved` → approved. */
const participleOf = (column: string): string | undefined => {
  const found = /^([a-z]+ed|sent|paid)_(?:at|on|date)$|^date_([a-z]+ed|sent|paid)$/.exec(column)
  return found?.[1] ?? found?.[2]
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
}

/** What stands before the noun, and what after: "cheapest", or "with the highest budget". */
function sayBest(table: string, { column, kind, order }: Best): [before: string, after: string] {
  const isMost = order === 'most'
  if (kind === 'date' && /^(created|creation)/.test(column)) return [isMost ? 'newest' : 'oldest', '']
  if (kind === 'date' && /due|deadline/.test(column)) return ['', `that is due ${isMost ? 'last' : 'first'}`]
  if (kind === 'date' && /(^|_)(start|begin)/.test(column)) return ['', `that starts ${isMost ? 'last' : 'first'}`]
  if (kind === 'date' && /expir/.test(column)) return ['', `that expires ${isMost ? 'last' : 'first'}`]
  if (kind === 'date' && /(^|_)(end|until)/.test(column)) return ['', `that ends ${isMost ? 'last' : 'first'}`]
  const done = kind === 'date' ? participleOf(column) : undefined
  if (done !== undefined) return ['', `that was ${done} ${isMost ? 'last' : 'first'}`]
  if (kind === 'count' && /duration|length/.test(column)) return [isMost ? 'longest' : 'shortest', '']
  if (kind === 'money' && /(^|_)(price|cost|fee|rate)$/.test(column))
    return [isMost ? 'most expensive' : 'cheapest', '']
  const words = columnWords(table, column)
  if (words.startsWith('number of ')) return ['', `with the ${isMost ? 'most' : 'fewest'} ${words.slice(10)}`]
  const word = kind === 'date' ? (isMost ? 'latest' : 'earliest') : isMost ? 'highest' : 'lowest'
  return ['', `with the ${word} ${words}`]
}

/** A value after "to" or after its column's name: titles, free text and several words of a kind stand in quotes. */
export function sayValueOf(talk: Talk, { kind, said, table, like }: Setting): string {
  if (like !== undefined) return `that of ${sayAside(talk, like.mention)}`
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
  const isBare = attributes.length === 1 && attributes[0]?.kind === 'name' && parent === undefined
  if (isBare && isPerson(target.table) && /\p{L}$/u.test(thing) && draw.chance(0.6))
    return `${thing}${thing.endsWith('s') ? "'" : "'s"} ${words}`
  if (/^that /.test(thing) && draw.chance(0.5)) return `${thing}'s ${words}`
  return `the ${words} of ${thing}`
}
