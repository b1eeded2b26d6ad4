/** Questions in English, by what is asked for. */

import { sayTable } from '../../../lexicon.ts'
import type { Question } from '../../deed.ts'
import type { Asked, Talk } from '../talk.ts'
import { columnWords, isPerson, sayGroup, sayMention } from './things.ts'

export function sayQuestion(talk: Talk, question: Question): Asked {
  switch (question.kind) {
    case 'count': {
      const group = sayGroup(talk, question.group)
      if (group.includes(' that are ')) {
        const said = group.replace(' that are ', ' are ')
        return { direct: [`How many ${said}?`], what: `how many ${said}` }
      }
      return {
        direct: [`How many ${group} are there?`, `How many ${group} do we have?`],
        what: `how many ${group} there are`,
      }
    }
    case 'total': {
      const words = columnWords(question.group.table, question.column)
      const group = sayGroup(talk, question.group, 'all')
      const total = words.startsWith('total') ? `sum of the ${words}` : `total ${words}`
      return {
        direct: [`What's the ${total} of ${group}?`, `What does the ${words} of ${group} add up to?`],
        what: `the ${total} of ${group}`,
      }
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
      direct: [`How many days lie between the ${words} of ${other} and that of ${one}?`],
      what: `how many days lie between the ${words} of ${other} and that of ${one}`,
    }
  return {
    direct: [
      `How much higher is the ${words} of ${one} than that of ${other}?`,
      `By how much is the ${words} of ${one} above that of ${other}?`,
      `What's the difference between the ${words} of ${one} and that of ${other}?`,
    ],
    what: `the difference between the ${words} of ${one} and that of ${other}`,
  }
}

function sayLookUp(talk: Talk, question: Extract<Question, { kind: 'question' }>): Asked {
  const { target, via, column, asked, table } = question
  talk.isCalled = asked === 'name'
  const thing = sayMention(talk, target)
  const whole = (via ?? []).reduce((below, name, index) => {
    const noun = `the ${sayTable(name)}`
    if (name === target.table) return `${noun} above ${below}`
    // The second step up, or one from a long name, is easier to follow as a clause.
    const isLong = index > 0 || target.description?.parent !== undefined
    return !isPerson(name) && isLong ? `${noun} that ${below} belongs to` : `${noun} of ${below}`
  }, thing)
  const words = columnWords(table, column)
  const what = `the ${words} of ${whole}`
  if (asked === 'name' && via === undefined && target.description?.best !== undefined)
    return {
      direct: [`What's ${thing} called?`, `Which one is ${thing}?`, `What is the name of ${thing}?`],
      what: `the name of ${thing}`,
    }
  const isMany = /[^su]s$/.test(words)
  const direct = isMany ? [`What are ${what}?`] : [`What's ${what}?`, `What is ${what}?`]
  const who = isPerson(table) && via === undefined
  switch (asked) {
    case 'status':
      if (words === 'status') direct.push(`What status does ${whole} have at the moment?`)
      break
    case 'email':
      direct.push(`Which ${words} do we have for ${whole}?`)
      break
    case 'name':
      if (via !== undefined) direct.push(`What's ${whole} called?`)
      if (via?.length === 1 && !isPerson(table)) direct.push(`Which ${sayTable(table)} does ${thing} belong to?`)
      break
    case 'person':
      if (!/ name$|by$/.test(words)) direct.push(`Who is ${what}?`)
      break
    case 'city':
      if (words === 'city') direct.push(`Which city is ${whole} in?`, `What city do we have down for ${whole}?`)
      break
    case 'date':
      direct.push(...asDate(column, whole))
      break
    case 'money':
      if (/^(price|cost|fee)$/.test(column)) direct.push(`How much is ${whole}?`)
      break
    case 'count':
      if (words.startsWith('number of ')) {
        const counted = words.slice(10)
        return {
          direct: [`How many ${counted} does ${whole} have?`, `How many ${counted} are there for ${whole}?`],
          what: `how many ${counted} ${whole} has`,
        }
      }
      break
    default:
      if (who) direct.push(`Which ${words} do we have on file for ${whole}?`)
  }
  return { direct, what }
}

/** "When was it created?": of what happens to a thing on a day. */
function asDate(column: string, whole: string): string[] {
  if (/^(created|creation)/.test(column)) return [`When was ${whole} created?`]
  if (/^due|deadline/.test(column)) return [`When is ${whole} due?`, `By when is ${whole} due?`]
  if (/^expir/.test(column)) return [`When does ${whole} expire?`]
  if (/^starts?(_|$)/.test(column)) return [`When does ${whole} start?`]
  if (/^ends?(_|$)/.test(column)) return [`When does ${whole} end?`]
  if (/^birth/.test(column)) return [`When was ${whole} born?`]
  const done = /^([a-z]+ed|sent|paid)_(at|on|date)$/.exec(column)?.[1]
  return done === undefined ? [] : [`When was ${whole} ${done}?`]
}
