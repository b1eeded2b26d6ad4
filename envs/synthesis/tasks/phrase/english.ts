/** An intent in English: who writes, in what tone, what is to be done or found out, and now and then why. */

import { sayTables, tableKind } from '../../lexicon.ts'
import { type Attempt, type Change, type Deed, isQuestion, type Question } from '../deed.ts'
import type { Draw } from '../draw.ts'
import { capital } from '../words.ts'
import { sayAsState, sayChange } from './english/changes.ts'
import { sayQuestion } from './english/questions.ts'
import { reasonFor } from './english/reasons.ts'
import { choosePersona, type Desk, type Persona, type Tone } from './persona.ts'
import type { Talk } from './talk.ts'

const reasonShare = 0.45
const stateShare = 0.25

export function sayEnglish(talk: Talk, deeds: readonly Deed[]): string {
  const { draw, facts } = talk
  const persona = choosePersona(draw, facts)
  const last = deeds.at(-1) as Deed
  const parts: string[] = []
  if (isQuestion(last)) parts.push(ask(talk, persona, last))
  else if (deeds.length === 1 && last.kind !== 'attempt') parts.push(single(talk, persona.tone, last))
  else parts.push(...several(talk, persona.tone, deeds as (Change | Attempt)[]))
  return close([opening(draw, persona), ...parts, thanks(draw, persona.tone)].filter((part) => part !== '').join(' '))
}

/** A quoted sentence that ends with a full stop takes no second one. */
const close = (text: string): string => text.replaceAll(/([.?!])"\./g, '$1"')

function opening(draw: Draw, { tone, desk }: Persona): string {
  const hello = draw.pick(greetings[tone]) as string
  if (desk === undefined) return hello
  const at = deskWords[desk]
  const who = draw.pick([
    `I'm with ${at}.`,
    `${capital(at.replace(/^the /, ''))} here.`,
    `This is for ${at}.`,
    `I'm covering for a colleague in ${at}.`,
  ])
  return `${hello} ${who}`.trim()
}

const greetings: Readonly<Record<Tone, readonly string[]>> = {
  brief: [''],
  plain: ['', '', ''],
  polite: ['', '', 'Hello.', 'Good morning.'],
  chatty: ['Hi!', 'Hi there!', 'Hey!', 'Hello!', 'Morning!', ''],
  hurried: ['Quick one.', "I'm about to go into a meeting.", "I'm in a bit of a hurry.", ''],
}

const deskWords: Readonly<Record<Desk, string>> = {
  frontDesk: 'reception',
  accounts: 'accounts',
  support: 'the support team',
  shop: 'order processing',
  platform: 'the platform team',
  people: 'human resources',
  courses: 'the course office',
  practice: 'the practice team',
  sales: 'the sales team',
  media: 'the content team',
  events: 'the events team',
  projects: 'the project office',
}

function thanks(draw: Draw, tone: Tone): string {
  if (tone === 'brief' || tone === 'hurried' || !draw.chance(tone === 'plain' ? 0.15 : 0.35)) return ''
  return draw.pick(
    tone === 'chatty' ? ['Thanks!', 'Thanks a lot!', 'Cheers!'] : ['Thank you.', 'Thanks.', 'Many thanks.'],
  ) as string
}

/** One thing to do, asked for or stated, with or without a reason. */
function single(talk: Talk, tone: Tone, deed: Change): string {
  const { draw } = talk
  if (draw.chance(stateShare)) {
    const { it, spoken } = talk
    const stated = sayAsState(talk, deed)
    if (stated !== undefined) return /[?]$|Please /.test(stated) ? stated : `${stated}${draw.pick(followUps[tone])}`
    Object.assign(talk, { it, spoken })
  }
  const asked = request(draw, tone, sayChange(talk, deed))
  const reason = draw.chance(reasonShare) ? reasonFor(draw, deed) : undefined
  if (reason === undefined) return asked
  return draw.chance(0.25) && !/\b(it|its|they|them|their|that|there)\b/i.test(reason)
    ? `${reason} ${asked}`
    : `${asked} ${reason}`
}

/** After a statement: that something is to be done about it. */
const followUps: Readonly<Record<Tone, readonly string[]>> = {
  brief: [''],
  plain: ['', ' Could you see to that?'],
  polite: [' Could you please take care of that?', ' Would you mind seeing to that?'],
  chatty: [' Can you sort that out?', ' Could you do that for me?'],
  hurried: [' Can you do that now?', ''],
}

function request(draw: Draw, tone: Tone, what: string): string {
  const forms: Readonly<Record<Tone, readonly string[]>> = {
    brief: [`${capital(what)}.`, `Please ${what}.`, `${capital(what)}, please.`],
    plain: [
      `Please ${what}.`,
      `Could you ${what}?`,
      `Can you ${what}?`,
      `I need you to ${what}.`,
      `I'd like you to ${what}.`,
      `Can you please ${what}?`,
    ],
    polite: [
      `Could you please ${what}?`,
      `Would you please ${what}?`,
      `I'd be grateful if you could ${what}.`,
      `Would it be possible to ${what}?`,
      `May I ask you to ${what}?`,
      `It would be great if you could ${what}.`,
    ],
    chatty: [
      `Could you ${what} for me?`,
      `Can you ${what}?`,
      `I'd need you to ${what}.`,
      `Would you mind helping me? I want to ${what}.`,
      `I wanted to ask you to ${what}.`,
    ],
    hurried: [`${capital(what)}, please.`, `Please ${what} as soon as you can.`, `Can you ${what} right away?`],
  }
  const form = draw.pick(forms[tone]) as string
  // Nothing more is hung on a long quotation.
  return /"(, please| for me| right away| as soon as you can)/.test(form) && what.length > 120
    ? `Please ${what}.`
    : form
}

function ask(talk: Talk, { tone }: Persona, question: Question): string {
  const { draw } = talk
  const { direct, what } = sayQuestion(talk, question)
  const forms: string[] = [...direct, ...direct]
  if (tone !== 'hurried')
    forms.push(
      `Could you tell me ${what}?`,
      /^how /.test(what) ? `Can you find out ${what}?` : `Can you look up ${what} for me?`,
      `I need to know ${what}.`,
    )
  if (tone === 'polite') forms.push(`Could you please tell me ${what}?`, `Would you mind looking up ${what}?`)
  if (tone === 'chatty') forms.push(`Do you happen to know ${what}?`, `I can't remember ${what}. Could you look it up?`)
  if (tone === 'brief' || tone === 'hurried')
    forms.push(...(/^how /.test(what) ? [] : [`${capital(what)}, please.`, `I need ${what}.`]))
  const asked = draw.pick(forms) as string
  return draw.chance(0.2) ? `${asked} ${draw.pick(whyAsked)}` : asked
}

const whyAsked = [
  "I'm on the phone and somebody wants to know.",
  "It's for a report.",
  'It came up in a meeting and nobody knew.',
  "I'm just checking our records.",
]

/** Several things, one after the other. */
function several(talk: Talk, tone: Tone, deeds: readonly (Change | Attempt)[]): string[] {
  const { draw } = talk
  const isPlain = deeds.every(({ kind }) => kind !== 'attempt')
  if (isPlain && deeds.length <= 3 && draw.chance(0.6)) {
    const parts = deeds.map((deed) => sayChange(talk, deed as Change))
    return [joined(draw, tone, parts as [string, string, string?])]
  }
  const lead =
    deeds.length > 1 && tone !== 'hurried'
      ? (draw.pick(deeds.length > 3 ? manyLeads : ['', '', ...manyLeads]) as string)
      : ''
  const isLeading = lead !== ''
  const sentences = deeds.map((deed, index) => {
    const step = stepWord(draw, index, deeds.length, isLeading)
    if (deed.kind === 'attempt') return sayAttempt(talk, tone, step, deed)
    const what = sayChange(talk, deed)
    if (step === '') return request(draw, tone, what)
    return `${step} ${what}.`
  })
  return [lead, ...sentences]
}

const manyLeads = ['There are a few things to do.', 'A couple of things.', 'I have a short list for you.']

function stepWord(draw: Draw, index: number, of: number, isLeading: boolean): string {
  if (of === 1) return ''
  if (index === 0) return isLeading ? (draw.pick(['First,', 'To begin with,', 'First of all,']) as string) : ''
  if (index === of - 1 && of > 2) return draw.pick(['Finally,', 'And last,', 'When all that is done,']) as string
  return draw.pick(of === 2 ? ['Then', 'After that,', 'And then'] : ['Then', 'After that,', 'Next,']) as string
}

function joined(draw: Draw, tone: Tone, [first, second, third]: [string, string, string?]): string {
  const forms =
    third === undefined
      ? [
          `Please ${first}, and then ${second}.`,
          `Could you ${first}, and then ${second}?`,
          `Please ${first}. Then ${second}.`,
          `I need you to ${first} and, after that, ${second}.`,
          `Two things: please ${first}, and ${second}.`,
          `Could you ${first}? Once that's done, please ${second}.`,
          `Can you ${first}? And please ${second}.`,
          ...(tone === 'polite' ? [`I'd be grateful if you could ${first} and then ${second}.`] : []),
        ]
      : [
          `Please ${first}. Then ${second}, and finally ${third}.`,
          `Could you ${first}, then ${second}, and after that ${third}?`,
          `Three things, please: ${first}, then ${second}, and finally ${third}.`,
          `Please ${first}, and then ${second}. Once that's done, ${third}.`,
          `Can you ${first}? Then please ${second} and ${third}.`,
        ]
  return draw.pick(forms) as string
}

/** What the world may refuse, and what to do then. */
function sayAttempt(talk: Talk, tone: Tone, step: string, { first, reason, instead }: Attempt): string {
  const { draw } = talk
  const what = sayChange(talk, first)
  const asked = step === '' ? request(draw, tone, what) : `${step} ${what}.`
  const conditions = ["If that isn't possible", "If that can't be done", "If that doesn't work"]
  if (reason !== undefined && 'state' in reason)
    conditions.push(
      `If that's refused because ${tableKind(first.target.table) === 'person' ? "they're" : "it's"} ${reason.state} already`,
    )
  if (reason !== undefined && 'children' in reason && reason.children !== first.target.table)
    conditions.push(`If it won't go because there are still ${sayTables(reason.children)} attached`)
  return `${asked} ${draw.pick(conditions)}, ${sayChange(talk, instead)} instead.`
}
