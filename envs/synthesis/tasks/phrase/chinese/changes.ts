/** Changes in Chinese: as something to do (取消预订…), or as how it should be (…的截止日期应该是…). */

import { measureWord, sayTable, sayVerb, verbs } from '../../../lexicon.ts'
import { apartTitle, type Change, type Mention, type Setting, type Work } from '../../deed.ts'
import { rowId } from '../../walk.ts'
import { type Talk, turnTo } from '../talk.ts'
import {
  columnWords,
  isContainer,
  isPerson,
  possessive,
  sayAside,
  sayBareName,
  sayGroup,
  sayMention,
  sayValueOf,
  spaced,
} from './things.ts'

type Of<K extends Change['kind']> = Extract<Change, { kind: K }>

/** After 请 or 麻烦. */
export function sayChange(talk: Talk, deed: Change): string {
  switch (deed.kind) {
    case 'update':
      return sayUpdate(talk, deed.target, deed.settings)
    case 'act':
      return `${sayVerb(deed.verb, sayMention(talk, deed.target), 'zh')}${sayWith(talk, deed.settings)}`
    case 'delete':
      return sayDelete(talk, sayMention(talk, deed.target))
    case 'create':
      return sayCreate(talk, deed)
    case 'bulk':
      return sayWork(talk, sayGroup(talk, deed.group, '所有'), deed.work)
    case 'brood':
      return sayBrood(talk, deed)
  }
}

/** As a statement, from which it follows what is to be done; undefined where there is no good one. */
export function sayAsState(talk: Talk, deed: Change): string | undefined {
  const { draw } = talk
  if (deed.kind === 'update' && deed.settings.length === 1) {
    const [setting] = deed.settings as [Setting]
    if (setting.mention !== undefined || setting.like !== undefined || setting.kind === 'flag') return undefined
    const own = possessive(sayMention(talk, deed.target), deed.target, setting.column)
    const value = sayValueOf(talk, setting)
    return draw.pick([
      `${own}应该是${value}`,
      `${own}不对，应该是${value}`,
      `${own}要改成${value}`,
      `${own}有变化，现在是${value}`,
    ])
  }
  if (deed.kind === 'delete') {
    const thing = sayMention(talk, deed.target)
    return draw.pick([`${thing}不需要了，可以删掉`, `${thing}已经用不上了，可以删除`])
  }
  if (deed.kind === 'act' && deed.settings.length === 0 && verbs(deed.verb)?.zh.endsWith('{x}')) {
    return `${sayMention(talk, deed.target)}可以${verbs(deed.verb)?.zh.replace('{x}', '')}了`
  }
  return undefined
}

function sayDelete({ draw }: Talk, thing: string): string {
  return draw.pick([`删除${thing}`, `把${thing}删掉`, `把${thing}删除`]) as string
}

function sayUpdate(talk: Talk, target: Mention, settings: readonly Setting[]): string {
  const { draw } = talk
  const thing = sayMention(talk, target)
  return settings
    .map((setting, index) => {
      const it = index === 0 ? thing : ''
      const take = index === 0 ? (draw.pick(['把', '把', '将']) as string) : index === 1 ? '，再把' : '，'
      if (setting.mention !== undefined) return `${take}${sayMove(talk, it, setting.mention)}`
      if (setting.kind === 'flag')
        return index === 0 ? `${take}${it}${settingTo(setting.said)}` : `，并${settingTo(setting.said)}`
      if (setting.kind === 'name' && setting.column === 'name' && index === 0)
        return `${take}${it}${draw.pick(['改名为', '的名称改成', '重命名为'])}${sayValueOf(talk, setting)}`
      const own = index === 0 ? possessive(it, target, setting.column) : columnWords(setting.table, setting.column)
      const to = setting.like === undefined ? (draw.pick(['改成', '改为', '更新为']) as string) : '改得'
      return `${take}${own}${to}${sayValueOf(talk, setting)}`
    })
    .join('')
}

const settingTo = (said: string): string => (/^[已未]/.test(said) ? `标记为${said}` : `设为${said}`)

/** A row that now belongs to another: moved where things stand in it, else by its noun. */
function sayMove(talk: Talk, it: string, to: Mention): string {
  if (isContainer(to.table)) return `${it}移到${sayAside(talk, to)}${talk.draw.pick(['下面', '里'])}`
  const noun = sayTable(to.table, 'zh')
  const name = sayBareName(talk, to)
  return `${it === '' ? '' : `${it}的`}${noun}换成${name ?? sayAside(talk, to)}`
}

function sayCreate(talk: Talk, { made, parents, settings }: Of<'create'>): string {
  const { draw } = talk
  const { title, rest } = apartTitle(settings)
  const [first, second] = parents
  const where = first === undefined ? '' : under(talk, first)
  const beside = second === undefined ? '' : `，关联到${sayAside(talk, second)}`
  talk.it = rowId(made.table, made.key)
  talk.spoken.add(talk.it)
  const verb = draw.pick(where === '' ? ['新建', '创建', '添加', '新增'] : ['新建', '添加', '加', '新增']) as string
  const called = title === undefined ? '' : isPerson(made.table) ? spaced(title.said) : `“${title.said}”`
  const one = `一${measureWord(made.table)}${sayTable(made.table, 'zh')}`
  return `${where}${verb}${one}${title === undefined ? '' : isPerson(made.table) ? called : `${draw.pick(['', '，名称为', '，叫'])}${called}`}${beside}${sayWith(talk, rest)}`
}

/** Where a new thing goes: 在项目“…”下, 给客户…. */
function under(talk: Talk, parent: Mention): string {
  const what = sayAside(talk, parent)
  return isContainer(parent.table) ? `在${what}${talk.draw.pick(['下', '里'])}` : `给${what}`
}

/** ，金额为 40，备注写“…”. */
function sayWith(talk: Talk, settings: readonly Setting[]): string {
  return settings
    .map((setting) => {
      const words = columnWords(setting.table, setting.column)
      if (setting.like !== undefined) return `，${words}${sayValueOf(talk, setting)}`
      if (setting.kind === 'flag') return `，${settingTo(setting.said)}`
      return `，${words}${setting.kind === 'text' ? '写' : '为'}${sayValueOf(talk, setting)}`
    })
    .join('')
}

function sayWork(talk: Talk, all: string, work: Work): string {
  switch (work.kind) {
    case 'act':
      return `${sayVerb(work.verb, all, 'zh')}${sayWith(talk, work.settings)}`
    case 'delete':
      return talk.draw.pick([`删除${all}`, `把${all}都删掉`]) as string
    case 'update':
      return `把${all}${work.settings
        .map((setting, index) => {
          const also = index === 0 ? '' : '，'
          if (setting.kind === 'flag') return `${also}都${settingTo(setting.said)}`
          const own = `${index === 0 ? '的' : ''}${columnWords(setting.table, setting.column)}`
          return `${also}${own}都改成${sayValueOf(talk, setting)}`
        })
        .join('')}`
  }
}

const numbers = ['零', '一', '两', '三', '四', '五', '六']

function sayBrood(talk: Talk, { table, parent, made }: Of<'brood'>): string {
  const where = under(talk, parent)
  const each = made.map(({ settings }) => {
    const { title, rest } = apartTitle(settings)
    const more = sayWith(talk, rest).replace(/^，/, '')
    const called = title === undefined ? '' : sayValueOf(talk, title)
    return called === '' ? `一${measureWord(table)}${more}` : more === '' ? called : `${called}（${more}）`
  })
  for (const { mention } of made) turnTo(talk, mention)
  turnTo(talk, parent)
  return `${where}新建${numbers[made.length] ?? made.length}${measureWord(table)}${sayTable(table, 'zh')}：${each.join('、')}`
}
