/** Changes in English: as something to do ("cancel the booking …"), or as how it should be ("The due date of … should be …"). */

import { sayTable, sayTables, sayVerb, tableKind, verbs } from '../../../lexicon.ts'
import { apartTitle, type Change, type Mention, type Setting, type Work } from '../../deed.ts'
import { rowId } from '../../walk.ts'
import { capital, listed, withArticle } from '../../words.ts'
import { type Talk, turnTo } from '../talk.ts'
import { columnWords, isPerson, possessive, sayAside, sayBareName, sayGroup, sayMention, sayValueOf } from './things.ts'

type Of<K extends Change['kind']> = Extract<Change, { kind: K }>

/** After "please" or "could you". */
export function sayChange(talk: Talk, deed: Change): string {
  switch (deed.kind) {
    case 'update':
      return sayUpdate(talk, deed.target, deed.settings)
    case 'act':
      return `${sayVerb(deed.verb, sayMention(talk, deed.target))}${sayWith(talk, deed.settings)}`
    case 'delete':
      return `${removing(talk, deed.target.table)} ${sayMention(talk, deed.target)}`
    case 'create':
      return sayCreate(talk, deed)
    case 'bulk':
      return sayBulk(talk, deed)
    case 'brood':
      return sayBrood(talk, deed)
  }
}

/** As a statement, from which it follows what is to be done; undefined where there is no good one. */
export function sayAsState(talk: Talk, deed: Change): string | undefined {
  const { draw } = talk
  if (deed.kind === 'update' && deed.settings.length === 1) {
    const [setting] = deed.settings as [Setting]
    if (setting.mention !== undefined || setting.like !== undefined) return undefined
    const thing = sayMention(talk, deed.target)
    const verb = isPlural(thing) ? 'are' : 'is'
    if (setting.kind === 'flag')
      return draw.pick([
        `${capital(thing)} should be ${setting.said} from now on.`,
        `${capital(thing)} ${verb} supposed to be ${setting.said}, but isn't.`,
      ])
    const own = possessive(talk, thing, deed.target, setting.column)
    const value = sayValueOf(talk, setting)
    return draw.pick([
      `${capital(own)} should be ${value}.`,
      `${capital(own)} is wrong: it should be ${value}.`,
      `${capital(own)} has changed to ${value}. Please update it.`,
      `${capital(own)} needs to be ${value} from now on.`,
    ])
  }
  if (deed.kind === 'act' && deed.settings.length === 0) {
    const past = verbs(deed.verb)?.past
    if (past === undefined || / /.test(past)) return undefined
    const thing = sayMention(talk, deed.target)
    return draw.pick([
      `${capital(thing)} needs to be ${past}.`,
      `I'd like ${thing} ${past}.`,
      `${capital(thing)} can be ${past} now.`,
    ])
  }
  if (deed.kind === 'delete') {
    const thing = sayMention(talk, deed.target)
    return isPerson(deed.target.table)
      ? `${capital(thing)} can be removed.`
      : draw.pick([
          `We no longer need ${thing}. Please ${removing(talk, deed.target.table)} it.`,
          `${capital(thing)} can go.`,
          `${capital(thing)} was created by mistake. Could you ${removing(talk, deed.target.table)} it?`,
          `I'd like ${thing} removed.`,
        ])
  }
  return undefined
}

const isPlural = (thing: string): boolean => thing === 'them'

const removing = ({ draw }: Talk, table: string): string =>
  draw.pick(isPerson(table) ? ['delete', 'remove'] : ['delete', 'remove', 'delete', 'get rid of']) as string

function sayUpdate(talk: Talk, target: Mention, settings: readonly Setting[]): string {
  const { draw } = talk
  const thing = sayMention(talk, target)
  let verb = ''
  const parts = settings.map((setting, index) => {
    const it = index === 0 ? thing : isPerson(target.table) ? 'them' : 'it'
    if (setting.mention !== undefined) {
      verb = ''
      return sayMove(talk, it, target, setting.mention)
    }
    if (setting.kind === 'flag') {
      verb = 'mark'
      return `mark ${it} as ${setting.said}`
    }
    if (setting.kind === 'name' && setting.column === 'name' && index === 0) {
      verb = 'rename'
      return `rename ${it} to ${sayValueOf(talk, setting)}`
    }
    if (setting.kind === 'person' && setting.like === undefined && talk.draw.chance(0.5)) {
      const role = columnWords(setting.table, setting.column)
      if (!/name|by|person/.test(role)) {
        verb = 'make'
        return it === 'it' ? `make ${setting.said} its ${role}` : `make ${setting.said} the ${role} of ${it}`
      }
    }
    const own = possessive(talk, it, target, setting.column)
    // "change its label to A and its type to B": one verb is enough.
    const goesOn = ['change', 'set', 'update'].includes(verb)
    if (!goesOn) verb = draw.pick(changing[setting.kind] ?? ['change', 'set', 'update']) as string
    return `${goesOn ? '' : `${verb} `}${own} to ${sayValueOf(talk, setting)}`
  })
  return listed(parts)
}

const changing: Readonly<Record<string, readonly string[]>> = {
  date: ['change', 'move', 'set'],
  money: ['change', 'set'],
  email: ['change', 'update'],
  status: ['change', 'set'],
  text: ['change', 'update'],
}

/** A row that now belongs to another: by the other's noun, unless it is one that things stand in. */
function sayMove(talk: Talk, it: string, target: Mention, to: Mention): string {
  const isContainer = ['group', 'place', 'work'].includes(tableKind(to.table))
  if (isContainer && to.table !== target.table) return `move ${it} to ${sayAside(talk, to)}`
  const noun = sayTable(to.table)
  const name = sayBareName(talk, to)
  if (name !== undefined) {
    const own = it === 'it' ? `its ${noun}` : it === 'them' ? `their ${noun}` : `the ${noun} of ${it}`
    return `${talk.draw.pick(['change', 'set'])} ${own} to ${name}`
  }
  return `link ${it} to ${sayAside(talk, to)} instead`
}

function sayCreate(talk: Talk, { made, parents, settings }: Of<'create'>): string {
  const { draw } = talk
  const noun = sayTable(made.table)
  const { title, rest } = apartTitle(settings)
  const verb = draw.pick(parents.length > 0 ? ['add', 'create', 'add'] : ['create', 'add', 'set up']) as string
  const called =
    title === undefined
      ? ''
      : isPerson(made.table)
        ? ` ${draw.pick(['named', 'called'])} ${title.said}`
        : draw.pick([` called "${title.said}"`, ` named "${title.said}"`, ` "${title.said}"`])
  const under = sayUnder(talk, parents, verb)
  talk.it = rowId(made.table, made.key)
  talk.spoken.add(talk.it)
  const fresh = draw.chance(0.5) ? `a new ${noun}` : withArticle(noun)
  return `${verb} ${fresh}${called}${under}${sayWith(talk, rest)}`
}

/** ` in the project … for the user …`; two that take one preposition share it. */
function sayUnder(talk: Talk, parents: readonly Mention[], verb: string): string {
  const [one, other] = parents.map((parent) => [belongs(parent, verb), sayAside(talk, parent)] as const)
  if (one === undefined) return ''
  if (other === undefined) return ` ${one.join(' ')}`
  return one[0] === other[0] ? ` ${one.join(' ')} and ${other[1]}` : ` ${one.join(' ')} ${other.join(' ')}`
}

function belongs({ table }: Mention, verb: string): string {
  const kind = tableKind(table)
  if (kind === 'person' || kind === 'company') return 'for'
  if (verb === 'add' && ['group', 'work', 'message', 'file'].includes(kind)) return 'to'
  return kind === 'group' || kind === 'work' ? 'in' : kind === 'place' ? 'at' : 'for'
}

/** ` with a due date of 3 May, "urgent" as the label and …`. */
export function sayWith(talk: Talk, settings: readonly Setting[]): string {
  return settings.length === 0 ? '' : ` with ${listed(settings.map((setting) => sayPart(talk, setting)))}`
}

function sayPart(talk: Talk, setting: Setting): string {
  const words = columnWords(setting.table, setting.column)
  const value = sayValueOf(talk, setting)
  if (setting.like !== undefined) return `the same ${words} as ${sayAside(talk, setting.like.mention)}`
  switch (setting.kind) {
    case 'money':
    case 'count':
    case 'date':
      return `${withArticle(words)} of ${value}`
    case 'person':
      return / name$|by$/.test(words) ? `the ${words} ${value}` : `${value} as the ${words}`
    case 'flag':
      return `the option "${words}" ${value}`
    default:
      return `the ${words} ${value}`
  }
}

function sayBulk(talk: Talk, { group, work }: Of<'bulk'>): string {
  const { draw } = talk
  const all = sayGroup(talk, group, draw.pick(['all', 'all the', 'all']) as string)
  return sayWork(talk, all, work)
}

function sayWork(talk: Talk, all: string, work: Work): string {
  const { draw } = talk
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
          const words = columnWords(setting.table, setting.column)
          return `${draw.pick(['set', 'change'])} the ${words} of ${them} to ${sayValueOf(talk, setting)}`
        }),
      )
  }
}

const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six']

function sayBrood(talk: Talk, { table, parent, made }: Of<'brood'>): string {
  const { draw } = talk
  const verb = draw.pick(['create', 'add', 'add']) as string
  const where = `${belongs(parent, verb)} ${sayMention(talk, parent)}`
  const each = made.map(({ settings }) => {
    const { title, rest } = apartTitle(settings)
    const called = title === undefined ? '' : sayValueOf(talk, title)
    const [same, ...others] = rest.filter(({ said }) => said !== '' && said === title?.said)
    if (same !== undefined && others.length === 0)
      return `${called} (also the ${columnWords(same.table, same.column)})${sayWith(
        talk,
        rest.filter((one) => one !== same),
      )}`
    return `${called}${sayWith(talk, rest)}`.trim().replace(/^with /, 'one with ')
  })
  for (const { mention } of made) turnTo(talk, mention)
  turnTo(talk, parent)
  return `${verb} ${numbers[made.length] ?? made.length} ${sayTables(table)} ${where}: ${listed(each)}`
}
