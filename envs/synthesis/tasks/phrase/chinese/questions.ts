/** Questions in Chinese, by what is asked for. */

import { measureWord, sayTable } from '../../../lexicon.ts'
import type { Question } from '../../deed.ts'
import type { Asked, Talk } from '../talk.ts'
import { columnWords, isContainer, sayGroup, sayMention } from './things.ts'

export function sayQuestion(talk: Talk, question: Question): Asked {
  switch (question.kind) {
    case 'count': {
      const { group } = question
      const all = sayGroup(talk, group)
      return {
        direct: [`${all}一共有多少${measureWord(group.table)}`, `${all}有几${measureWord(group.table)}`],
        what: `${all}的数量`,
      }
    }
    case 'total': {
      const what = `${sayGroup(talk, question.group, '所有')}的${columnWords(question.group.table, question.column)}总和`
      return { direct: [`${what}是多少`], what }
    }
    case 'difference':
      return sayDifference(talk, question)
    case 'question':
      return sayLookUp(talk, question)
  }
}

function sayDifference(talk: Talk, { targets, column, asked }: Extract<Question, { kind: 'difference' }>): Asked {
  const words = columnWords(targets[0].table, column)
  const [one, other] = targets.map((target) => sayMention(talk, target)) as [string, string]
  if (asked === 'date')
    return {
      direct: [`${one}的${words}比${other}晚几天`, `${one}的${words}和${other}的相差多少天`],
      what: `${one}和${other}的${words}相差多少天`,
    }
  return {
    direct: [`${one}的${words}比${other}高多少`, `${one}的${words}和${other}的差多少`],
    what: `${one}和${other}的${words}差额`,
  }
}

function sayLookUp(talk: Talk, question: Extract<Question, { kind: 'question' }>): Asked {
  const { target, via, column, asked, table } = question
  const thing = sayMention(talk, target)
  const whole = (via ?? []).reduce(
    (below, name) => `${below}${isContainer(name) ? '所属的' : '对应的'}${sayTable(name, 'zh')}`,
    thing,
  )
  const words = columnWords(table, column)
  const what = `${whole}的${words}`
  if (asked === 'name' && target.description?.best !== undefined && via === undefined)
    return { direct: [`${thing}是哪${measureWord(table)}`, `${thing}叫什么`], what: `${thing}的名称` }
  switch (asked) {
    case 'date':
      return { direct: [`${what}是哪天`, `${what}是什么时候`], what }
    case 'money':
    case 'count':
      return { direct: [`${what}是多少`], what }
    case 'person':
      return { direct: [`${what}是谁`], what }
    case 'city':
      return { direct: words === '城市' ? [`${whole}在哪个城市`] : [`${what}是哪里`], what }
    case 'name':
      return { direct: [`${what}是什么`, ...(via === undefined ? [] : [`${whole}叫什么`])], what }
    case 'code':
      return { direct: [`${what}是多少`], what }
    default:
      return { direct: [`${what}是什么`], what }
  }
}
