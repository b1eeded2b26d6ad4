/**
 * By which words a slot is asked for: what the lexicon calls its column and its table, in the language of the task first.
 * They travel with the task, so that a user answers in the same way whatever the lexicon has come to know since.
 */

import type { Language, Slot } from '../../../schemas/task.ts'
import { sayColumn, sayTable } from '../lexicon.ts'
import type { Facts } from './facts.ts'

/** @param slot named `table_column`, with a number after it where there are several */
export function withWords(slot: Slot, { domain }: Pick<Facts, 'domain'>, language: Language = 'en'): Slot {
  const bare = slot.name.replace(/_\d+$/, '')
  const other: Language = language === 'en' ? 'zh' : 'en'
  for (const { name: table, columns } of domain.tables) {
    const column = columns.find(({ name }) => `${table}_${name}`.slice(0, 60) === bare)?.name
    if (column === undefined) continue
    const spokenColumn = (tongue: Language) => sayColumn(table, column, tongue)
    const known = (word: string, tongue: Language): boolean => tongue === 'en' || /\p{Script=Han}/u.test(word)
    const both = (say: (tongue: Language) => string): string[] => [
      ...new Set([language, other].flatMap((tongue) => (known(say(tongue), tongue) ? [say(tongue)] : []))),
    ]
    const name = both(spokenColumn)
    return name.length === 0 ? slot : { ...slot, words: { name, thing: both((tongue) => sayTable(table, tongue)) } }
  }
  return slot
}
