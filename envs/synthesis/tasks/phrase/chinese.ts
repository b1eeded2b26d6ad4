/** An intent in Chinese: who writes, in what tone, what is to be done or found out, and now and then why. */

import { sayTable } from '../../lexicon.ts'
import { type Attempt, type Change, type Deed, isQuestion, type Question } from '../deed.ts'
import type { Draw } from '../draw.ts'
import { sayAsState, sayChange } from './chinese/changes.ts'
import { sayQuestion } from './chinese/questions.ts'
import { reasonFor } from './chinese/reasons.ts'
import { choosePersona, type Desk, type Persona, type Tone } from './persona.ts'
import type { Talk } from './talk.ts'

const reasonShare = 0.4
const stateShare = 0.2

export function sayChinese(talk: Talk, deeds: readonly Deed[]): string {
  const { draw, facts } = talk
  const persona = choosePersona(draw, facts)
  const last = deeds.at(-1) as Deed
  const parts: string[] = []
  if (isQuestion(last)) parts.push(ask(talk, persona, last))
  else if (deeds.length === 1 && last.kind !== 'attempt') parts.push(single(talk, persona.tone, last))
  else parts.push(several(talk, persona.tone, deeds as (Change | Attempt)[]))
  return tidy(`${opening(draw, persona)}${parts.join('')}${thanks(draw, persona.tone)}`)
}

/** A quoted sentence that ends with a full stop takes no second one; spaces stand only between two scripts. */
const tidy = (text: string): string =>
  text
    .replace(/([。！？])”。/g, '$1”')
    .replace(/ +/g, ' ')
    .replace(/ ([，。：、；？！（）“”])/g, '$1')
    .replace(/([，。：、；？！（）“”]) /g, '$1')
    .trim()

function opening(draw: Draw, { tone, desk }: Persona): string {
  const hello = draw.pick(greetings[tone]) as string
  if (desk === undefined) return hello
  const at = deskWords[desk]
  return `${hello}${draw.pick([`我是${at}的，`, `我这边是${at}，`, `${at}这边有个事，`])}`
}

const greetings: Readonly<Record<Tone, readonly string[]>> = {
  brief: [''],
  plain: ['', '', '你好，'],
  polite: ['您好，', '您好，', '你好，', ''],
  chatty: ['嗨，', '你好呀，', '在吗？', '早上好，', ''],
  hurried: ['比较急，', '我马上要开会，', ''],
}

const deskWords: Readonly<Record<Desk, string>> = {
  frontDesk: '前台',
  accounts: '财务部',
  support: '客服组',
  shop: '订单组',
  platform: '运维组',
  people: '人事部',
  courses: '教务处',
  practice: '诊所前台',
  sales: '销售部',
  media: '内容组',
  events: '活动组',
  projects: '项目组',
}

function thanks(draw: Draw, tone: Tone): string {
  if (tone === 'brief' || !draw.chance(tone === 'plain' ? 0.2 : 0.45)) return ''
  return draw.pick(
    tone === 'chatty' ? ['谢啦！', '多谢！', '辛苦啦！'] : ['谢谢。', '谢谢！', '辛苦了。', '麻烦了。'],
  ) as string
}

function single(talk: Talk, tone: Tone, deed: Change): string {
  const { draw } = talk
  if (draw.chance(stateShare)) {
    const { it, spoken } = talk
    const stated = sayAsState(talk, deed)
    if (stated !== undefined) return `${stated}，${draw.pick(['麻烦处理一下', '请帮忙处理一下', '帮忙弄一下'])}。`
    Object.assign(talk, { it, spoken })
  }
  const reason = draw.chance(reasonShare) ? reasonFor(draw, deed) : undefined
  const what = sayChange(talk, deed)
  if (reason === undefined) return request(draw, tone, what)
  return draw.chance(0.5)
    ? `${request(draw, tone, what)}${reason}。`
    : `${request(draw, tone, what).replace(/[。？]$/, '')}，${reason}。`
}

function request(draw: Draw, tone: Tone, what: string): string {
  const forms: Readonly<Record<Tone, readonly string[]>> = {
    brief: [`${what}。`, `请${what}。`, `帮我${what}。`],
    plain: [`请${what}。`, `麻烦${what}。`, `请帮我${what}。`, `帮忙${what}。`, `需要${what}。`],
    polite: [`麻烦您${what}。`, `能否请您${what}？`, `请您帮忙${what}。`, `麻烦您帮我${what}。`, `想请您${what}。`],
    chatty: [`能帮我${what}吗？`, `帮我${what}吧。`, `可以帮忙${what}吗？`, `想麻烦你${what}。`],
    hurried: [`请尽快${what}。`, `麻烦尽快${what}。`, `帮我马上${what}。`],
  }
  const form = draw.pick(forms[tone]) as string
  return form.includes('吗？') && what.length > 60 ? `麻烦${what}。` : form
}

function ask(talk: Talk, { tone }: Persona, question: Question): string {
  const { draw } = talk
  const { direct, what } = sayQuestion(talk, question)
  const one = draw.pick(direct) as string
  const forms: Readonly<Record<Tone, readonly string[]>> = {
    brief: [`${one}？`, `查一下${what}。`],
    plain: [`${one}？`, `请问${one}？`, `帮我查一下${what}。`],
    polite: [`请问${one}？`, `麻烦您查一下${what}。`, `想请教一下，${one}？`],
    chatty: [`${one}呀？`, `能帮我查查${what}吗？`, `我想知道${what}。`, `帮我看看${one}？`],
    hurried: [`${one}？`, `麻烦尽快查一下${what}。`],
  }
  const asked = draw.pick(forms[tone]) as string
  return draw.chance(0.2) ? `${asked}${draw.pick(['报告里要用。', '客户那边在问。', '我在核对记录。'])}` : asked
}

/** Several things, one after the other. */
function several(talk: Talk, tone: Tone, deeds: readonly (Change | Attempt)[]): string {
  const { draw } = talk
  const polite =
    tone === 'polite' ? '麻烦您' : tone === 'brief' ? '' : (draw.pick(['请', '麻烦', '请帮我', '帮我']) as string)
  const isListed = deeds.length > 3 || (deeds.length > 2 && draw.chance(0.4))
  const steps = deeds.map((deed, index) => {
    const what = deed.kind === 'attempt' ? sayAttempt(talk, deed) : sayChange(talk, deed)
    if (isListed) return `${index + 1}. ${what}`
    if (index === 0) return `${polite}${deeds.length > 1 && draw.chance(0.5) ? '先' : ''}${what}`
    const last = index === deeds.length - 1 && deeds.length > 2
    return `${draw.pick(last ? ['最后', '最后再'] : ['然后', '接着', '之后'])}${what}`
  })
  if (isListed)
    return `${draw.pick(['有几件事麻烦处理一下：', `有${deeds.length}件事要办：`, '请帮忙处理下面几件事：'])}${steps.join('；')}。`
  const isLong = steps.some((step) => step.length > 40) || deeds.some(({ kind }) => kind === 'attempt')
  return `${steps.join(isLong ? '。' : '，')}。`
}

/** What the world may refuse, and what to do then. */
function sayAttempt(talk: Talk, { first, reason, instead }: Attempt): string {
  const { draw } = talk
  const what = sayChange(talk, first)
  const conditions = ['如果不行', '要是操作不了', '如果系统不允许']
  if (reason !== undefined && 'state' in reason) conditions.push(`如果因为${reason.state}办不了`)
  if (reason !== undefined && 'children' in reason && reason.children !== first.target.table)
    conditions.push(`如果因为下面还有${sayTable(reason.children, 'zh')}删不掉`)
  return `${what}。${draw.pick(conditions)}，就改为${sayChange(talk, instead)}`
}
