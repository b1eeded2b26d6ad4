/**
 * By which words a question is about a slot: those that came with the task, those of the names of slot, column, table and
 * argument, and what people say instead of them, in English and Chinese.
 */

import type { Domain } from '../../../schemas/domain.ts'
import type { Json } from '../../../schemas/json.ts'
import type { Language, Slot, Task } from '../../../schemas/task.ts'

export interface Words {
  /** What it is called, lower case; the first is what the user calls it. */
  name: readonly [string, ...string[]]
  /** What the thing is called that it belongs to. */
  thing: readonly string[]
  /** What else a question about it may say. */
  also: readonly string[]
  /** What a question says of any value of its kind. */
  kind: readonly string[]
}

interface Synonyms {
  /** The words of a name that it goes for. */
  of: RegExp
  en: readonly string[]
  zh: readonly [string, ...string[]]
}

const words = (text: string): string[] => text.split(/\s*,\s*/)
const group = (of: RegExp, en: string, zh: string): Synonyms => ({ of, en: words(en), zh: words(zh) as [string] })

const synonyms: readonly Synonyms[] = [
  group(
    /\b(name|title|label|subject|headline)\b/,
    'name, title, called, label, subject',
    '名称, 名字, 姓名, 标题, 叫什么',
  ),
  group(
    /\b(phone|telephone|mobile|fax)\b/,
    'phone, telephone, mobile, phone number, contact number',
    '电话, 手机, 电话号码, 号码',
  ),
  group(/\be-?mail\b/, 'email, e-mail, mail address', '邮箱, 邮件, 电子邮件, 邮箱地址'),
  group(
    /\b(check in|arrival|start|starts|begin|from)\b/,
    'arrival, arrive, start, begin, check in, check-in',
    '入住, 到达, 开始, 入住日期, 开始日期',
  ),
  group(
    /\b(check out|departure|end|ends|until)\b/,
    'departure, depart, leave, end, until, check out, check-out',
    '退房, 离开, 结束, 退房日期, 结束日期',
  ),
  group(/\b(due|deadline)\b/, 'deadline, due', '截止日期, 截止, 到期'),
  group(/\b(date|day|at|on)\b/, 'date, day', '日期, 哪天, 几号, 时间'),
  group(/\b(time|hour)\b/, 'time, hour', '时间, 几点'),
  group(
    /\b(quantity|count|number of|guests|people|seats|nights)\b/,
    'quantity, how many, number, people',
    '数量, 多少, 几个, 几位, 人数',
  ),
  group(
    /\b(amount|price|cost|total|sum|fee|rate|budget)\b/,
    'amount, price, cost, sum, how much',
    '金额, 价格, 费用, 多少钱',
  ),
  group(/\b(status|state|stage|phase)\b/, 'status, state, stage', '状态, 阶段'),
  group(
    /\b(description|text|note|notes|comment|body|content|message|details)\b/,
    'description, text, note, comment, wording',
    '描述, 说明, 备注, 内容, 文字',
  ),
  group(/\b(city|town|location|place)\b/, 'city, town, place, location', '城市, 地点, 哪座城市'),
  group(/\bcountry\b/, 'country', '国家'),
  group(/\baddress\b/, 'address', '地址'),
  group(/\b(method|payment)\b/, 'method, payment method, way, how to pay', '方式, 付款方式, 支付方式, 怎么付'),
  group(/\b(type|kind|category)\b/, 'type, kind, category', '类型, 类别, 种类'),
  group(/\bpriority\b/, 'priority, urgent', '优先级'),
  group(/\b(code|number|sku)\b/, 'code, number', '代码, 号码, 编号'),
  group(/\b(company|organi[sz]ation|vendor|supplier)\b/, 'company, organisation, organization', '公司, 单位'),
  group(/\b(person|guest|customer|client|owner|author|contact|user)\b/, 'person, who', '人, 谁, 姓名'),
  group(/\blanguage\b/, 'language', '语言'),
  group(/\bcurrency\b/, 'currency', '币种, 货币'),
  group(/\bbreakfast\b/, 'breakfast', '早餐'),
]

export function wordsOf(slot: Slot, { language, certificate }: Task, domain: Domain): Words {
  const { table, column } = placeOf(slot.name, domain)
  const names = [...(slot.words?.name ?? []), column]
  const arguments_ = (certificate?.origins ?? [])
    .filter(({ slot: of }) => of === slot.name)
    .map(({ argument }) => spoken(argument))
  const known = [...names, ...arguments_].join(' ; ')
  const groups = synonyms.filter(({ of }) => of.test(known))
  const also = groups.flatMap(({ en, zh }) => [...en, ...zh])
  const own = slot.words?.name[0] ?? ownName(column, groups, language)
  const lower = (all: readonly string[]): string[] => [...new Set(all.map((each) => each.toLowerCase()))]
  const name = lower([own, ...names]) as [string, ...string[]]
  return {
    name: [own, ...name.slice(1)],
    thing: lower([...(slot.words?.thing ?? []), ...(table === undefined ? [] : [spoken(table)])]),
    also: lower([...arguments_, ...also]).filter((each) => !name.includes(each)),
    kind: kindWords(slot.value),
  }
}

function kindWords(value: Json): readonly string[] {
  if (typeof value === 'number') return ['how many', 'how much', '多少', '几个']
  if (typeof value !== 'string') return []
  if (/^\d{4}-\d{2}-\d{2}/.test(value))
    return ['date', 'day', 'when', '日期', '哪天', '哪一天', '几号', '什么时候', '何时']
  return value.includes('@') ? ['email', 'e mail', 'mail', '邮箱', '邮件'] : []
}

/** A name in Chinese for what has none: what people say for it, or "this". */
function ownName(column: string, groups: readonly Synonyms[], language: Language): string {
  return language === 'zh' ? (groups[0]?.zh[0] ?? '这一项') : column
}

/** `booking_check_in_2` → booking, "check in"; a name that no table begins is a column's. */
function placeOf(name: string, { tables }: Domain): { table?: string; column: string } {
  const bare = name.replace(/_\d+$/, '')
  for (const { name: table, columns } of tables) {
    const rest = bare.startsWith(`${table}_`) ? bare.slice(table.length + 1) : ''
    if (columns.some((column) => column.name === rest)) return { table, column: spoken(rest) }
  }
  const owners = tables.filter(({ columns }) => columns.some((column) => column.name === bare))
  return owners.length === 1 ? { table: owners[0]?.name, column: spoken(bare) } : { column: spoken(bare) }
}

const spoken = (name: string): string => name.replace(/_id$/, '').replaceAll('_', ' ').trim() || name

/** Where a word or phrase stands in a text, lower case both: as words of their own, where its script has spaces. */
export function placesOf(phrase: string, text: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = []
  const spaced = /[a-z0-9]/.test(phrase)
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
    const end = at + phrase.length
    const rest = /^(s|es)?(?![\p{L}\p{N}])/u.test(text.slice(end, end + 4))
    const free = !/[\p{Script=Latin}\p{N}]/u.test(text[at - 1] ?? '')
    if (!spaced || (rest && free)) found.push({ start: at, end })
  }
  return found
}
