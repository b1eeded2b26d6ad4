/** Words of an intent: small ones of English that the lexicon doesn't hold, and what no intent may say. */

import type { Domain } from '../../../schemas/domain.ts'
import type { Row } from '../../../schemas/json.ts'
import type { Task } from '../../../schemas/task.ts'

/** `a` or `an` before the words, by how they are spoken: an SSH key, a user. */
export function withArticle(words: string): string {
  if (/^[A-Z]{2,4}\b/.test(words)) return `${/^[AEFHILMNORSX]/.test(words) ? 'an' : 'a'} ${words}`
  const vowel = /^[aeio]/i.test(words) && !/^(one|eu)/i.test(words)
  const other = /^(u(?!n[ai]|s|t)|hour|honest)/.test(words)
  return `${vowel || other ? 'an' : 'a'} ${words}`
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

export interface Told {
  domain: Pick<Domain, 'tables' | 'tools'>
  /** Of the task's scenario. */
  rows: Record<string, Row[]>
  slots: Task['slots']
  answer: Task['gold']['answer'] | undefined
}

const intentMax = 1000

/** What is wrong with an intent as words: it says too little or too much. */
export function faultOfWords({ domain, rows, slots, answer }: Told, intent: string): string | undefined {
  if (intent.length > intentMax) return 'an intent that is too long'
  if (slots.some(({ said }) => !intent.includes(said))) return 'a slot that is not said'
  if (answer !== undefined && intent.toLowerCase().includes(String(answer.value).toLowerCase()))
    return 'the intent says the answer'
  if (domain.tools.some(({ name }) => name.includes('_') && intent.includes(name))) return 'the intent names a tool'
  for (const { name, primary_key: keys } of domain.tables) {
    const [key] = keys
    if (key === undefined || keys.length > 1) continue
    for (const row of rows[name] ?? [])
      if (typeof row[key] === 'string' && row[key].length > 3 && intent.includes(row[key]))
        return 'the intent says an identifier'
  }
  return undefined
}
