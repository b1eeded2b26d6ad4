/** 汉语里的事物: how a row or a group of rows is called in Chinese, by what picks it out, and how values are said. */

import { measureWord, sayColumn, sayTable, tableKind } from '../../../lexicon.ts'
import type { Group, Mention, Setting } from '../../deed.ts'
import type { Attribute, Best, Description } from '../../refer.ts'
import { aside, bareName, isSpoken, noteSpoken, type Talk, turnTo } from '../talk.ts'

export const isPerson = (table: string): boolean => tableKind(table) === 'person'

/** Groups, places and pieces of work hold other things. */
export const isContainer = (table: string): boolean => ['group', 'place', 'work'].includes(tableKind(table))

/** A customer's 客户类型 is its 类型. */
export function columnWords(table: string, column: string): string {
  const words = sayColumn(table, column, 'zh')
  const noun = sayTable(table, 'zh')
  return words.startsWith(noun) && words.length > noun.length + 1 ? words.slice(noun.length) : words
}

export function sayMention(talk: Talk, mention: Mention): string {
  const { table, description } = mention
  const turn = turnTo(talk, mention)
  if (turn === 'it' && !isPerson(table))
    return talk.draw.pick(['它', `这${measureWord(table)}${sayTable(table, 'zh')}`]) as string
  if (turn !== 'first' || description === undefined)
    return `${talk.draw.pick(['该', `这${measureWord(table)}`])}${sayTable(table, 'zh')}`
  return sayDescription(talk, description)
}

/** A row that is named on the way: 它 stays what it was. */
export const sayAside = (talk: Talk, mention: Mention): string => aside(talk, () => sayMention(talk, mention))

/** The row without its table's noun, where one name tells it. */
export function sayBareName(talk: Talk, mention: Mention): string | undefined {
  const only = bareName(talk, mention)
  if (only === undefined) return undefined
  return only.kind === 'code' || isPerson(mention.table) || only.kind === 'person'
    ? spaced(only.said)
    : `“${only.said}”`
}

export function sayDescription(talk: Talk, { table, attributes, parent, best }: Description): string {
  const { having, states, name } = clausesOf(table, attributes)
  const above = parent === undefined ? '' : sayAbove(talk, parent.of)
  const own = best === undefined ? having : [...having, sayBest(table, best)]
  return `${above}${closed(own)}${stated(states, own.length > 0 || above !== '')}${sayTable(table, 'zh')}${name}`
}

/** All rows of a group: 客户 Ada Byrne 名下所有已付款的订单. */
export function sayGroup(talk: Talk, { table, attributes, parent }: Group, which = ''): string {
  const { having, states } = clausesOf(table, attributes)
  const above = parent === undefined ? '' : sayAbove(talk, parent.of)
  talk.it = undefined
  return `${above}${which}${closed(having)}${stated(states, having.length > 0)}${sayTable(table, 'zh')}`
}

function sayAbove(talk: Talk, of: Description): string {
  const known = isSpoken(talk, of.table, of.key)
  noteSpoken(talk, of.table, of.key)
  const what = known
    ? `同一${measureWord(of.table)}${sayTable(of.table, 'zh')}`
    : aside(talk, () => sayDescription(talk, of))
  return isContainer(of.table)
    ? `${what}${talk.draw.pick(['下的', '里的'])}`
    : isPerson(of.table)
      ? `${what}名下的`
      : `${what}的`
}

/** One 的 closes all that a thing has. */
const closed = (clauses: readonly string[]): string => (clauses.length === 0 ? '' : `${clauses.join('、')}的`)

/** What state it is in stands nearest to the thing, and needs no 的 of its own where one stands before it. */
const stated = (states: readonly string[], isClosed: boolean): string =>
  isClosed && states.length === 1 && /^\p{Script=Han}{2,4}$/u.test(states[0] as string)
    ? (states[0] as string)
    : states.map((state) => `${state}的`).join('')

function clausesOf(
  table: string,
  attributes: readonly Attribute[],
): { having: string[]; states: string[]; name: string } {
  const states: string[] = []
  const having: string[] = []
  let name = ''
  for (const attribute of attributes) {
    const { kind, said } = attribute
    if (kind === 'name') name = isPerson(table) ? spaced(said) : `“${said}”`
    else if (kind === 'file') name = `“${said}”`
    else if (isOwnCode(table, attribute)) name = spaced(said)
    else (kind === 'status' || kind === 'flag' ? states : having).push(sayAttribute(table, attribute))
  }
  return { having, states, name }
}

function isOwnCode(table: string, { kind, column }: Attribute): boolean {
  return kind === 'code' && (/^(number|code|reference|no)$/.test(column) || column === `${table}_number`)
}

function sayAttribute(table: string, { kind, said, column }: Attribute): string {
  const words = columnWords(table, column)
  switch (kind) {
    case 'status':
      return said.endsWith('中') || /^[已未待]/.test(said) || /(^|_)status$/.test(column) ? said : `${words}为${said}`
    case 'flag':
      return said
    case 'city':
      return isContainer(table) || tableKind(table) === 'company' ? `位于 ${said} ` : `${words}为 ${said} `
    case 'date':
      return sayDated(column, words, said)
    default:
      return /^\p{Script=Han}+$/u.test(said) ? `${words}为${said}` : `${words}为 ${said} `
  }
}

function sayDated(column: string, words: string, said: string): string {
  const happened = /^(.+)(时间|日期)$/.exec(words)?.[1]
  if (happened !== undefined && deeds.has(happened)) return `${said}${happened}`
  if (/^due|deadline/.test(column)) return `${said}到期`
  return `${words}为${said}`
}

/** What happens to a thing on a day: 创建时间 of 5月3日 is 5月3日创建. */
const deeds = new Set(
  '创建 开始 结束 到期 过期 截止 发布 发送 完成 提交 上传 下单 付款 发货 取消 关闭 批准 归档 注册 加入 入住 退房 签署 激活 分配 预订 送达 接收 添加 更新 发行 安装 启动 入职 离职 出发 到达'.split(
    ' ',
  ),
)

/** 最便宜, 最早创建, 金额最高. */
function sayBest(table: string, { column, kind, order }: Best): string {
  const isMost = order === 'most'
  const words = columnWords(table, column)
  if (kind === 'date') {
    const happened = /^(.+)(时间|日期)$/.exec(words)?.[1]
    if (happened !== undefined && deeds.has(happened)) return `最${isMost ? '晚' : '早'}${happened}`
    return `${words}最${isMost ? '晚' : '早'}`
  }
  if (kind === 'money' && /(^|_)(price|cost|fee)$/.test(column)) return isMost ? '最贵' : '最便宜'
  if (/(时长|长度|天数)$/.test(words)) return `${words}最${isMost ? '长' : '短'}`
  if (/(数|数量|次数)$/.test(words)) return `${words}最${isMost ? '多' : '少'}`
  return `${words}最${kind === 'money' || /[率价额度]$/.test(words) ? (isMost ? '高' : '低') : isMost ? '大' : '小'}`
}

/** A value after 改成 or after its column's name: titles and texts stand in quotes. */
export function sayValueOf(talk: Talk, { kind, said, table, like }: Setting): string {
  if (like !== undefined) return `和${sayAside(talk, like.mention)}一样`
  if (kind === 'name') return isPerson(table) ? spaced(said) : `“${said}”`
  if (kind === 'text' || kind === 'file' || kind === 'other' || kind === 'company') return `“${said}”`
  return /^\p{Script=Han}+$/u.test(said) ? said : spaced(said)
}

/** Latin letters and numbers stand apart from Chinese ones; dates (2025年5月3日) don't. */
export const spaced = (said: string): string => (/^\d+年/.test(said) ? said : ` ${said} `)

export const possessive = (thing: string, target: Mention, column: string): string =>
  `${thing}的${columnWords(target.table, column)}`
