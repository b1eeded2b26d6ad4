/**
 * The intent: deeds as sentences that a person might write. Templates are chosen by the seed; a row is named once and
 * is "it" while the talk stays with it.
 */

import { sayColumn, sayTable, sayTables, sayVerb, tableKind } from '../lexicon.ts'
import type { Attempt, Change, Deed, Group, Mention, Question, Setting } from './deed.ts'
import type { Draw } from './draw.ts'
import type { Attribute, Best, Description } from './refer.ts'
import { rowId } from './walk.ts'
import { capital, listed, withArticle } from './words.ts'

/** `occurred_at` is an "occurred date" before its value. */
const columnWords = (name: string): string => sayColumn(name).replace(/ (at|on)$/, ' date')

interface Talk {
  draw: Draw
  /** Rows spoken of, and the one that "it" would mean now. */
  spoken: Set<string>
  it?: string | undefined
}

export function sayIntent(deeds: readonly Deed[], draw: Draw): string {
  const talk: Talk = { draw, spoken: new Set() }
  const last = deeds.at(-1) as Deed
  if (isQuestion(last)) return sayQuestion(talk, last)
  if (deeds.length > 3 || deeds.some(({ kind }) => kind === 'attempt')) return sayMany(talk, deeds)
  const parts = deeds.map((deed) => sayChange(talk, deed as Change))
  const [first, second, third] = parts as [string, string?, string?]
  // A reason is for one deed; after several nobody knows which it is for.
  const reason = second === undefined && draw.chance(0.35) ? reasonFor(draw, last) : ''
  return `${second === undefined ? single(draw, first) : several(draw, first, second, third)}${reason}`
}

const isQuestion = (deed: Deed): deed is Question =>
  deed.kind === 'question' || deed.kind === 'count' || deed.kind === 'total' || deed.kind === 'difference'

/** A sentence for each deed, in the order in which they are to be done. */
function sayMany(talk: Talk, deeds: readonly Deed[]): string {
  const { draw } = talk
  const sentences = deeds.map((deed, index) => {
    const isLast = index === deeds.length - 1
    const lead =
      index === 0
        ? draw.pick(deeds.length === 1 ? ['Please', 'Please try to', 'I need you to'] : ['First,', 'Please'])
        : isLast
          ? draw.pick(['Finally,', 'And last,', 'When all that is done,'])
          : draw.pick(['Then', 'After that,', 'Next,'])
    if (deed.kind === 'attempt') return sayAttempt(talk, lead as string, deed)
    return `${lead} ${sayChange(talk, deed as Change)}.`
  })
  const opening =
    deeds.length === 1 ? '' : (draw.pick(['', '', 'There are a few things to do. ', 'Some work for you. ']) as string)
  return close(`${opening}${sentences.join(' ')}`)
}

function sayAttempt(talk: Talk, lead: string, { first, reason, instead }: Attempt): string {
  const { draw } = talk
  const what = sayChange(talk, first)
  const conditions = ["If that isn't possible", "If that can't be done", 'Should that be refused']
  if (reason !== undefined && 'state' in reason)
    conditions.push(`If that's refused because ${pronoun(first.target.table)} ${reason.state} already`)
  if (reason !== undefined && 'children' in reason)
    conditions.push(`If that's refused because there are still ${sayTables(reason.children)} on record`)
  const condition = draw.pick(conditions) as string
  return `${lead} ${what}. ${condition}, ${sayChange(talk, instead)} instead.`
}

const pronoun = (table: string): string => (tableKind(table) === 'person' ? 'they are' : "it's")

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
    bulk: ['We agreed on that this morning.', "I'm tidying up a little."],
  }
  const reason = draw.pick(reasons[deed.kind] ?? [])
  return reason === undefined ? '' : ` ${reason}`
}

function sayChange(talk: Talk, deed: Change): string {
  switch (deed.kind) {
    case 'update':
      return sayUpdate(talk, deed.target, deed.settings)
    case 'act':
      return `${sayVerb(deed.verb, sayMention(talk, deed.target))}${sayWith(talk, deed.settings)}`
    case 'delete':
      return `${talk.draw.pick(['delete', 'remove', 'get rid of'])} ${sayMention(talk, deed.target)}`
    case 'create':
      return sayCreate(talk, deed.made, deed.parents, deed.settings)
    case 'bulk':
      return sayBulk(talk, deed)
    case 'brood':
      return sayBrood(talk, deed)
  }
}

function sayBulk(talk: Talk, { group, work }: Extract<Change, { kind: 'bulk' }>): string {
  const { draw } = talk
  const all = sayGroup(talk, group, draw.pick(['all', 'all', 'every one of']) as string)
  switch (work.kind) {
    case 'act':
      return `${sayVerb(work.verb, all)}${sayWith(talk, work.settings)}`
    case 'delete':
      return `${draw.pick(['delete', 'remove'])} ${all}`
    case 'update':
      return listed(
        work.settings.map((setting, index) => {
          const them = index === 0 ? all : 'them'
          if (setting.kind === 'flag') return `mark ${them} as ${setting.said}`
          return `${draw.pick(['set', 'change'])} the ${columnWords(setting.column)} of ${them} to ${sayValueOf(talk, setting)}`
        }),
      )
  }
}

function sayBrood(talk: Talk, { table, parent, made }: Extract<Change, { kind: 'brood' }>): string {
  const { draw } = talk
  const where = `${belongs(parent)} ${sayMention(talk, parent)}`
  const each = made.map(({ settings }) => {
    const title = settings.find(({ kind }) => kind === 'name')
    const rest = settings.filter((setting) => setting !== title)
    const called = title === undefined ? '' : sayValueOf(talk, title)
    return `${called}${sayWith(talk, rest)}`.trim().replace(/^with /, 'one with ')
  })
  const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six']
  const many = `${numbers[made.length] ?? made.length} ${sayTables(table)}`
  return `${draw.pick(['create', 'add', 'set up'])} ${many} ${where}: ${listed(each)}`
}

/** All rows of a group, as one thing. */
function sayGroup(talk: Talk, group: Group, all = ''): string {
  const { before, after } = sayAttributes(group.table, group.attributes)
  const above = sayAbove(talk, group.parent)
  talk.it = undefined
  return `${all} the ${[...before, sayTables(group.table)].join(' ')}${after}${above}`.trim()
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
      return `rename ${it} to ${sayValueOf(talk, setting)}`
    }
    const own = possessive(it, target, columnWords(setting.column), draw)
    const goesOn = ['change', 'set', 'update'].includes(verb)
    if (!goesOn) verb = draw.pick(['change', 'set', 'update']) as string
    const word = goesOn ? '' : `${verb} `
    return `${word}${own} to ${sayValueOf(talk, setting)}`
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
  return `${verb} ${fresh}${called}${under}${sayWith(talk, rest)}`
}

const belongs = ({ table }: Mention): string => (tableKind(table) === 'group' ? 'in' : 'for')

function sayWith(talk: Talk, settings: readonly Setting[]): string {
  if (settings.length === 0) return ''
  return ` with ${listed(settings.map((setting) => `the ${columnWords(setting.column)} ${sayValueOf(talk, setting)}`))}`
}

/** A value after "to" or after its column's name: titles and free text stand in quotes. */
function sayValueOf(talk: Talk, { kind, said, table, like }: Setting): string {
  if (like !== undefined) return `that of ${sayDescribed(talk, like.mention)}`
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

function sayDescription(talk: Talk, { table, attributes, parent, best }: Description): string {
  const { before, name, after } = sayAttributes(table, attributes)
  const above = sayAbove(talk, parent)
  const [most, having] = best === undefined ? ['', ''] : sayBest(best)
  return `the ${[...(most === '' ? [] : [most]), ...before, sayTable(table)].join(' ')}${name}${after}${above}${having}`
}

/** What stands before the noun, right behind it, and after that. */
function sayAttributes(
  table: string,
  attributes: readonly Attribute[],
): { before: string[]; name: string; after: string } {
  const before: string[] = []
  const after: string[] = []
  let name = ''
  for (const attribute of attributes) {
    if (attribute.kind === 'status' || attribute.kind === 'enum' || attribute.kind === 'flag')
      before.push(attribute.said)
    else if (attribute.kind === 'name' || attribute.kind === 'code' || attribute.kind === 'file')
      name = ` ${nameOf(table, attribute)}`
    else after.push(sayAttribute(attribute))
  }
  return { before, name, after: after.length > 0 ? ` ${listed(after)}` : '' }
}

function sayAbove(talk: Talk, parent: Description['parent']): string {
  if (parent === undefined) return ''
  const id = rowId(parent.of.table, parent.of.key)
  const again = talk.spoken.has(id)
  talk.spoken.add(id)
  return again ? ` of the same ${sayTable(parent.of.table)}` : ` of ${sayDescription(talk, parent.of)}`
}

/** What stands before the noun, and what after: "cheapest", or "with the highest budget". */
function sayBest({ column, kind, order }: Best): [before: string, after: string] {
  const most = order === 'most'
  if (kind === 'date' && /^(created|creation)/.test(column)) return [most ? 'newest' : 'oldest', '']
  if (kind === 'money' && /price|cost|fee|rate$/.test(column)) return [most ? 'most expensive' : 'cheapest', '']
  const word = kind === 'date' ? (most ? 'latest' : 'earliest') : most ? 'highest' : 'lowest'
  return ['', ` with the ${word} ${columnWords(column)}`]
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

function sayQuestion(talk: Talk, question: Question): string {
  const { draw } = talk
  switch (question.kind) {
    case 'count': {
      const group = sayGroup(talk, question.group)
      return draw.pick([
        `How many are ${group}?`.replace('How many are the', 'How many are there of the'),
        `Could you count ${group} for me?`,
        `I need the number of ${group.replace(/^the /, '')}.`,
        `Please tell me how many there are of ${group}.`,
      ]) as string
    }
    case 'total': {
      const what = `total ${columnWords(question.column)} of all ${sayGroup(talk, question.group)}`
      return draw.pick([
        `What's the ${what}?`,
        `Could you add up the ${what}?`.replace('add up the total', 'work out the total'),
        `I need the ${what}.`,
      ]) as string
    }
    case 'difference': {
      const [one, other] = question.targets.map((target) => sayMention(talk, target)) as [string, string]
      const what = columnWords(question.column)
      if (question.asked === 'date')
        return draw.pick([
          `How many days after the ${what} of ${other} is the ${what} of ${one}?`,
          `How many days lie between the ${what} of ${other} and that of ${one}?`,
        ]) as string
      return draw.pick([
        `By how much is the ${what} of ${one} higher than that of ${other}?`,
        `How much higher is the ${what} of ${one} than the ${what} of ${other}?`,
        `What's the difference between the ${what} of ${one} and that of ${other}?`,
      ]) as string
    }
    case 'question':
      return sayLookUp(talk, question)
  }
}

function sayLookUp(talk: Talk, { target, via, column, asked }: Extract<Question, { kind: 'question' }>): string {
  const { draw } = talk
  const thing = sayMention(talk, target)
  const whole = (via ?? []).reduce((below, table) => `the ${sayTable(table)} of ${below}`, thing)
  const what = columnWords(column)
  if (asked === 'name' && via === undefined && target.description?.best !== undefined) {
    const which = thing.replace(/^the /, '')
    return draw.pick([
      `Which one is ${thing}?`,
      `What's ${thing} called?`,
      `I need the name of the ${which}.`,
    ]) as string
  }
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
