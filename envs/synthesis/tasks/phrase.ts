/**
 * The intent: deeds as sentences that a person might write. Templates are chosen by the seed; a row is named once and
 * is "it" while the talk stays with it.
 */

import { sayColumn, sayTable, sayVerb, tableKind } from '../lexicon.ts'
import type { Draw } from './draw.ts'
import type { Deed, Mention, Setting } from './goals.ts'
import type { Attribute, Description } from './refer.ts'
import { rowId } from './walk.ts'
import { capital, listed, withArticle } from './words.ts'

/** `occurred_at` is an "occurred date" before its value. */
const columnWords = (name: string): string => sayColumn(name).replace(/ (at|on)$/, ' date')

interface Talk {
  draw: Draw
  /** Rows spoken of, and the one that "it" would mean now. */
  spoken: Set<string>
  it?: string
}

export function sayIntent(deeds: readonly Deed[], draw: Draw): string {
  const talk: Talk = { draw, spoken: new Set() }
  const last = deeds.at(-1) as Deed
  if (last.kind === 'question') return sayQuestion(talk, last)
  const parts = deeds.map((deed) => sayDeed(talk, deed))
  const [first, second, third] = parts as [string, string?, string?]
  // A reason is for one deed; after several nobody knows which it is for.
  const reason = second === undefined && draw.chance(0.35) ? reasonFor(draw, last) : ''
  return `${second === undefined ? single(draw, first) : several(draw, first, second, third)}${reason}`
}

function single(draw: Draw, what: string): string {
  const forms = [
    `Please ${what}.`,
    `Could you ${what}?`,
    `Can you ${what}, please?`,
    `${capital(what)}, please.`,
    `I need you to ${what}.`,
    `I'd like you to ${what}.`,
    `Would you ${what}?`,
    `Hi, could you please ${what}?`,
    `We have to ${what}.`,
  ]
  return close(draw.pick(forms) as string)
}

function several(draw: Draw, first: string, second: string, third?: string): string {
  if (third === undefined) {
    const forms = [
      `Please ${first}, and then ${second}.`,
      `Could you ${first}, and then ${second}?`,
      `Please ${first}. Then ${second}.`,
      `I need you to ${first} and, after that, ${second}.`,
      `Two things, please: ${first}, and ${second}.`,
      `Could you ${first}? Once that's done, ${second}.`,
    ]
    return close(draw.pick(forms) as string)
  }
  const forms = [
    `Please ${first}. Then ${second}, and finally ${third}.`,
    `Could you ${first}, then ${second}, and after that ${third}?`,
    `There are three things to do: ${first}, then ${second}, and finally ${third}.`,
    `Please ${first}, and then ${second}. Once that's done, ${third}.`,
  ]
  return close(draw.pick(forms) as string)
}

/** A quoted sentence that ends with a full stop takes no second one. */
const close = (text: string): string => text.replaceAll('.".', '."')

function reasonFor(draw: Draw, deed: Deed): string {
  const reasons: Record<string, readonly string[]> = {
    delete: ['It was a duplicate.', 'We no longer need it.', "It's out of date."],
    update: ['That changed last week.', 'What we have there is out of date.', 'It was entered wrongly.'],
    create: ["It's missing in the system.", 'I need it before the next meeting.'],
    act: ['It can go ahead now.', 'We agreed on that this morning.'],
  }
  const reason = draw.pick(reasons[deed.kind] ?? [])
  return reason === undefined ? '' : ` ${reason}`
}

function sayDeed(talk: Talk, deed: Deed): string {
  switch (deed.kind) {
    case 'update':
      return sayUpdate(talk, deed.target, deed.settings)
    case 'act':
      return `${sayVerb(deed.verb, sayMention(talk, deed.target))}${sayWith(deed.settings)}`
    case 'delete':
      return `${talk.draw.pick(['delete', 'remove', 'get rid of'])} ${sayMention(talk, deed.target)}`
    case 'create':
      return sayCreate(talk, deed.made, deed.parents, deed.settings)
    default:
      return ''
  }
}

function sayUpdate(talk: Talk, target: Mention, settings: readonly Setting[]): string {
  const { draw } = talk
  const thing = sayMention(talk, target)
  const person = tableKind(target.table) === 'person'
  let verb = ''
  const parts = settings.map((setting, index) => {
    const again = index > 0
    const it = again ? (person ? 'them' : 'it') : thing
    if (setting.mention !== undefined) {
      verb = 'move'
      const to = sayDescribed(talk, setting.mention)
      return `move ${it} to ${to}`
    }
    if (setting.kind === 'flag') {
      verb = 'mark'
      return `mark ${it} as ${setting.said}`
    }
    if (setting.kind === 'name' && setting.column === 'name' && !again) {
      verb = 'rename'
      return `rename ${it} to ${sayValueOf(setting)}`
    }
    const own = possessive(it, target, columnWords(setting.column), draw)
    const goesOn = ['change', 'set', 'update'].includes(verb)
    if (!goesOn) verb = draw.pick(['change', 'set', 'update']) as string
    const word = goesOn ? '' : `${verb} `
    return `${word}${own} to ${sayValueOf(setting)}`
  })
  return listed(parts)
}

/** The row that something is moved to; the talk stays with what is moved. */
function sayDescribed(talk: Talk, mention: Mention): string {
  const { it } = talk
  const said = sayMention(talk, mention)
  talk.it = it
  return said
}

function possessive(thing: string, target: Mention, column: string, draw: Draw): string {
  if (thing === 'it') return `its ${column}`
  if (thing === 'them') return `their ${column}`
  const simple =
    target.description?.attributes[0]?.kind === 'name' &&
    target.description.parent === undefined &&
    target.description.attributes.length === 1 &&
    !thing.includes(' with ')
  if (simple && tableKind(target.table) === 'person' && /[a-z]$/.test(thing) && draw.chance(0.6))
    return `${thing}${thing.endsWith('s') ? "'" : "'s"} ${column}`
  return `the ${column} of ${thing}`
}

function sayCreate(talk: Talk, made: Mention, parents: readonly Mention[], settings: readonly Setting[]): string {
  const { draw } = talk
  const noun = sayTable(made.table)
  const title = settings.find(({ kind }) => kind === 'name')
  const rest = settings.filter((setting) => setting !== title)
  const verb = draw.pick(['create', 'add', 'set up'])
  const called =
    title === undefined ? '' : tableKind(made.table) === 'person' ? ` named ${title.said}` : ` called "${title.said}"`
  const under = parents.map((parent) => ` ${belongs(parent)} ${sayMention(talk, parent)}`).join('')
  talk.it = rowId(made.table, made.key)
  talk.spoken.add(talk.it)
  const fresh = draw.chance(0.5) ? `a new ${noun}` : withArticle(noun)
  return `${verb} ${fresh}${called}${under}${sayWith(rest)}`
}

const belongs = ({ table }: Mention): string => (tableKind(table) === 'group' ? 'in' : 'for')

function sayWith(settings: readonly Setting[]): string {
  if (settings.length === 0) return ''
  return ` with ${listed(settings.map((setting) => `the ${columnWords(setting.column)} ${sayValueOf(setting)}`))}`
}

/** A value after "to" or after its column's name: titles and free text stand in quotes. */
function sayValueOf({ kind, said, table }: Setting): string {
  if (kind === 'name') return tableKind(table) === 'person' ? said : `"${said}"`
  if (kind === 'text' || kind === 'file') return `"${said}"`
  if (kind === 'other' && !/^[A-Z0-9-]+$/.test(said)) return `"${said}"`
  return said
}

function sayMention(talk: Talk, { table, key, description }: Mention): string {
  const id = rowId(table, key)
  const said = talk.spoken.has(id)
  const isIt = talk.it === id
  talk.it = id
  if (said && isIt) return tableKind(table) === 'person' ? 'them' : 'it'
  if (said || description === undefined) return `that ${sayTable(table)}`
  talk.spoken.add(id)
  return sayDescription(talk, description)
}

function sayDescription(talk: Talk, { table, attributes, parent }: Description): string {
  const adjectives: string[] = []
  const after: string[] = []
  let name = ''
  for (const attribute of attributes) {
    if (attribute.kind === 'status' || attribute.kind === 'enum') adjectives.push(attribute.said)
    else if (attribute.kind === 'name' || attribute.kind === 'code' || attribute.kind === 'file')
      name = ` ${nameOf(table, attribute)}`
    else after.push(sayAttribute(attribute))
  }
  const head = [...adjectives, sayTable(table)].join(' ')
  let above = ''
  if (parent !== undefined) {
    const id = rowId(parent.of.table, parent.of.key)
    above = talk.spoken.has(id) ? ` of the same ${sayTable(parent.of.table)}` : ` of ${sayDescription(talk, parent.of)}`
    talk.spoken.add(id)
  }
  return `the ${head}${name}${after.length > 0 ? ` ${listed(after)}` : ''}${above}`
}

function nameOf(table: string, { kind, said, column }: Attribute): string {
  if (kind === 'code')
    return column === 'number' || column === 'code' || column === `${table}_number`
      ? said
      : `with the ${columnWords(column)} ${said}`
  return kind === 'name' && tableKind(table) === 'person' ? said : `"${said}"`
}

function sayAttribute({ kind, said, column }: Attribute): string {
  if (kind === 'city') return `in ${said}`
  if (kind === 'person' && /author|creator|reporter|sender|_by$/.test(column)) return `by ${said}`
  if (kind === 'person' && /customer|client|guest|contact|recipient|holder/.test(column)) return `for ${said}`
  if (kind === 'company') return `from ${said}`
  if (kind === 'money') return `with the ${columnWords(column)} ${said}`
  if (kind === 'date') {
    if (/created|creation/.test(column)) return `created on ${said}`
    if (/start|begin/.test(column)) return `starting on ${said}`
    if (/end|until/.test(column)) return `ending on ${said}`
    if (/due|deadline/.test(column)) return `due on ${said}`
    if (/expir/.test(column)) return `expiring on ${said}`
    if (column === 'date') return `of ${said}`
    const done = /^([a-z]+ed|sent|paid)_(at|on|date)$/.exec(column)
    if (done !== null) return `${done[1]} on ${said}`
  }
  return `with the ${columnWords(column)} ${said}`
}

function sayQuestion(talk: Talk, { target, via, column, asked }: Extract<Deed, { kind: 'question' }>): string {
  const { draw } = talk
  const thing = sayMention(talk, target)
  const whole = via === undefined ? thing : `the ${sayTable(via)} of ${thing}`
  const what = columnWords(column)
  const forms = [
    `What's the ${what} of ${whole}?`,
    `What is the ${what} of ${whole}?`,
    `Could you tell me the ${what} of ${whole}?`,
    `I can't remember the ${what} of ${whole} - could you look it up?`,
    `Please look up the ${what} of ${whole} for me.`,
    `I need to know the ${what} of ${whole}.`,
  ]
  if (asked === 'status' && via === undefined) forms.push(`Can you check what ${what} ${thing} is in?`)
  return draw.pick(forms) as string
}
