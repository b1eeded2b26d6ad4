/** The lexicon as an agent's dictionary: every way that it knows to say a name, in both languages. */

import type { Dictionary } from '../../agents/planner/dictionary.ts'
import { isSayable, sayColumn, sayFlag, sayState, sayTable, verbs } from '../lexicon.ts'

const unique = (ways: readonly (string | undefined)[]): string[] => [
  ...new Set(ways.filter((way): way is string => way !== undefined && way !== '')),
]
const spaced = (name: string): string => name.replaceAll('_', ' ')

function fields(name: string): string[] {
  const said = sayColumn(name)
  return unique([
    said,
    said.replace(/ (at|on)$/, ' date'),
    said === 'email' ? 'email address' : undefined,
    sayColumn('', name, 'zh'),
    spaced(name),
    spaced(name).replace(/^(is|has) /, ''),
  ])
}

function flag(name: string): { on: string[]; off: string[] } {
  const own = sayFlag(name)
  const state = (value: 0 | 1, language: 'en' | 'zh') => sayState(name, value, language)
  const word = spaced(name).replace(/^(is|has) /, '')
  return {
    on: unique([own?.[0], state(1, 'en'), state(1, 'zh'), word]),
    off: unique([own?.[1], state(0, 'en'), state(0, 'zh'), `not ${word}`]),
  }
}

const statesOf = remembered((text) => {
  const [field = '', value = ''] = text.split(' ')
  return unique([
    value
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .replace(/[_-]+/g, ' ')
      .toLowerCase(),
    sayState(field, value, 'en'),
    sayState(field, value, 'en', 'attribute'),
    sayState(field, value, 'zh'),
    sayState(field, value, 'zh', 'attribute'),
  ])
})

export const lexiconDictionary: Dictionary = {
  things: remembered((name) => unique([sayTable(name), sayTable(name, 'en', 2), sayTable(name, 'zh'), spaced(name)])),
  fields: remembered(fields),
  verbs: remembered((name) => {
    const known = verbs(name)
    return unique([known?.say, known?.zh, isSayable('verb', name) ? undefined : `${spaced(name)} {x}`])
  }),
  pasts: remembered((name) => unique([verbs(name)?.past, verbs(name)?.zhPast])),
  flag: remembered(flag),
  states: (field, value) => statesOf(`${field} ${value}`),
}

const rememberedMax = 20_000

/** The same names come again and again with every task; what is remembered never shows. */
function remembered<T>(make: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    const made = make(name)
    if (known.size < rememberedMax) known.set(name, made)
    return made
  }
}
