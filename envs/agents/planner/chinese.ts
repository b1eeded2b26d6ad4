/**
 * Chinese intents taken apart, into the same clauses and parts as English ones: 把…的…改成…, 删除…, 在…下新建…. Heads stand last, what
 * something belongs to stands first, and no space tells words apart, so places are found by the little words between them.
 */

import type { Assignment, Clause } from './clauses.ts'
import { masked, placesOf } from './text.ts'
import type { Kit } from './tools.ts'

export const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(masked(text))

const sets = '改成|改为|更新为|改得|换成|移到|标记为|设为|改名为|重命名为'

export function chineseClauses(intent: string, kit: Kit): Clause[] {
  const clauses: string[] = []
  let from = 0
  const boundary =
    /[。；！？]\s*|[，]?\s*(?:然后|接着|之后|最后再|最后)(?=\S)|(?<=[。；：]|^)\d+\.\s*|(?<=(?:如果|要是)[^，]{0,40})，就?(?:改为)?|：(?=\d\.)/g
  for (const { at, end } of placesOf(intent, boundary)) {
    clauses.push(intent.slice(from, at))
    from = end
  }
  clauses.push(intent.slice(from))
  return clauses
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => ({ text, readings: readingsOf(text, kit) }))
}

export const isChineseCondition = (text: string): boolean => /^(?:如果|要是)/.test(text)

export const isChineseQuestion = (text: string): boolean =>
  /多少|什么|哪|是谁|有几(?!件|个事)|几天|查一?下|查查|想知道|看看|请教|相差|差额|总和|数量/.test(masked(text)) &&
  !new RegExp(`${sets}|新建|创建|添加|新增|删除|删掉`).test(masked(text))

function readingsOf(text: string, kit: Kit): Clause['readings'] {
  const hidden = masked(text)
  const found: Clause['readings'] = []
  if (/(?:新建|创建|添加|新增|加)(?:一|两|[三四五六七八九十]|\d)/.test(hidden))
    found.push({ effect: 'create', rest: text })
  const gone = /^(.*?)(?:已经)?(?:不需要了|用不上了)/d.exec(hidden)?.indices?.[1]
  if (gone !== undefined) found.push({ effect: 'delete', rest: text.slice(...gone) })
  const deleted = /把(.+?)都?(?:删掉|删除)|删除(.+?)(?:，|吗|吧|$)/d.exec(hidden)?.indices
  const what = deleted?.[1] ?? deleted?.[2]
  if (what !== undefined) found.push({ effect: 'delete', rest: text.slice(...what) })
  // A statement of how it should be is a change to that.
  const plain = text
    .replace(/不对，应该是/, '改成')
    .replace(/有变化，现在是/, '改成')
    .replace(/(?:应该是|要改成)/, '改成')
  if (new RegExp(sets).test(masked(plain))) {
    const take = /[把将]/.exec(masked(plain))
    found.push({ effect: 'update', rest: plain.slice(take === null ? 0 : take.index + 1) })
  }
  for (const says of new Set(kit.tools.flatMap((tool) => tool.says))) {
    if (!/\p{Script=Han}/u.test(says)) continue
    const [head = '', tail = ''] = says.split('{x}')
    const at = head === '' ? -1 : hidden.indexOf(head)
    if (at >= 0) {
      const rest = text.slice(at + head.length)
      const end = tail === '' ? rest.length : masked(rest).indexOf(tail)
      if (end > 0) found.push({ effect: 'act', rest: upToComma(rest.slice(0, end)), says })
    }
    const could = tail === '' ? hidden.indexOf(`可以${head}了`) : -1
    if (could > 0) found.push({ effect: 'act', rest: text.slice(0, could), says })
  }
  return found
}

/** What is done ends where a reason begins, or 吗 and 吧. */
const upToComma = (text: string): string => {
  const at = /，|吗|吧|$/.exec(masked(text))
  return text.slice(0, at?.index)
}

/** `…的名称改成“A”，再把状态改为已完成` → two parts. */
export function chineseParts(rest: string): string[] {
  const parts: string[] = []
  let from = 0
  const next = new RegExp(`，(?:再把|再将|并|再)?(?=[^，]{0,24}(?:${sets}))`, 'g')
  for (const { at, end } of placesOf(rest, next)) {
    parts.push(rest.slice(from, at))
    from = end
  }
  parts.push(rest.slice(from))
  return parts
}

const setting = /都?(?:改成|改为|更新为|换成)|都?改得(?=和)/g

export function chineseAssignments(part: string): Assignment[] {
  const hidden = masked(part)
  const found: Assignment[] = []
  for (const { index, 0: word } of hidden.matchAll(setting)) {
    const value = upToComma(part.slice(index + word.length)).replace(/(?:吗|吧)$/, '')
    const left = part.slice(0, index)
    const links = [...masked(left).matchAll(/的/g)].map((match) => match.index).reverse()
    for (const link of links) found.push({ field: left.slice(link + 1), ref: left.slice(0, link), value })
    found.push({ field: left, ref: 'it', value })
  }
  return found
}

/** Where a row is only marked, renamed or moved: the row, and what it becomes. */
export function chineseTurns(part: string): { ref: string; words: string; kind: 'name' | 'flag' | 'move' }[] {
  const match = /(都?)(改名为|重命名为|标记为|设为|移到)/.exec(masked(part))
  if (match === null) return []
  const kind = match[2] === '移到' ? 'move' : /名为/.test(match[2] as string) ? 'name' : 'flag'
  const ref = part.slice(0, match.index).trim()
  const words = upToComma(part.slice(match.index + match[0].length)).replace(/(?:下面|里)$/, '')
  return [{ ref: ref === '' ? 'it' : ref, words, kind }]
}

export interface ChineseCreation {
  parents: string[]
  /** From the noun on, without the verb and the number. */
  noun: string
  items: { name: string | undefined; settings: string[] }[]
}

const numbers = '一|两|二|三|四|五|六|七|八|九|十|\\d+'

/** `在项目“A”下新建两个任务：“B”（截止日期为…）、“C”`: where, what, and each of them. */
export function chineseCreation(text: string): ChineseCreation | undefined {
  const hidden = masked(text)
  const verb = new RegExp(`(?:新建|创建|添加|新增|加)(${numbers})`).exec(hidden)
  if (verb === null) return undefined
  const before = text.slice(0, verb.index)
  const places = [...masked(before).matchAll(/在|给/g)].map(({ index }) => index)
  const parents = places.map((at, index) =>
    before
      .slice(at + 1, places[index + 1] ?? before.length)
      .replace(/[下里]$/, '')
      .trim(),
  )
  const rest = text.slice(verb.index + verb[0].length)
  const listAt = masked(rest).indexOf('：')
  if (listAt >= 0) {
    const each = split(rest.slice(listAt + 1), /、/g)
    return {
      parents,
      noun: rest.slice(0, listAt),
      items: each.map((item) => {
        const inner = /^(.*?)（(.*)）$/ds.exec(masked(item))?.indices
        const name = inner?.[1] === undefined ? item : item.slice(...inner[1])
        const settings = inner?.[2] === undefined ? '' : item.slice(...inner[2])
        const bare = /^一\p{Script=Han}/u.test(name) && !/[“”]/.test(name)
        return bare
          ? { name: undefined, settings: split(name.slice(2), /，/g) }
          : { name: name.trim(), settings: split(settings, /，/g) }
      }),
    }
  }
  const [head = '', ...more] = split(rest, /，/g)
  const named = more.findIndex((piece) => /^(?:名称为|叫)/.test(piece.trim()))
  const settings = more.filter((_, index) => index !== named)
  const name = named < 0 ? undefined : (more[named] as string).trim().replace(/^(?:名称为|叫)/, '')
  return { parents, noun: head, items: [{ name, settings }] }
}

function split(text: string, at: RegExp): string[] {
  const parts: string[] = []
  let from = 0
  for (const place of placesOf(text, at)) {
    parts.push(text.slice(from, place.at))
    from = place.end
  }
  parts.push(text.slice(from))
  return parts.filter((part) => part.trim() !== '')
}

/** What is asked, as the field's words and the row's, every way to part them; the likeliest first. */
export function chineseAsked(text: string): { field: string; ref: string }[] {
  const plain = text
    .replace(/^.*?(?:请问|请教一下，|查一?下|查查|想知道|看看|麻烦您?)/, '')
    .replace(/(?:是多少|是什么时候|是什么|是哪天|是谁|是哪里|是哪\S|叫什么)?[呀吗？?。]*$/, '')
    .trim()
  const found = [...masked(plain).matchAll(/的/g)].map(({ index }) => ({
    field: plain.slice(index + 1),
    ref: plain.slice(0, index),
  }))
  found.reverse()
  const called = /叫什么|是哪/.test(text) ? [{ field: '名称', ref: plain }] : []
  const city = /^(.+)在哪个城市/.exec(text)?.[1]
  return [...(city === undefined ? [] : [{ field: '城市', ref: city }]), ...found, ...called]
}
