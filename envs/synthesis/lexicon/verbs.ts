/**
 * What the action verbs of real APIs do to a row: the state they lead to, the states they refuse, and how a person says
 * them. Only evidence from paths and names chooses a verb; verbs.json says what follows from it.
 * Source: the commonest 64 action verbs of the public corpus, which cover 85 % of its action operations.
 */

import { type VerbEntry, verbFile } from './entries.ts'

export type { VerbEntry } from './entries.ts'

export const verbs: Readonly<Record<string, VerbEntry>> = Object.assign(Object.create(null), verbFile.verbs)
export const startStates: readonly string[] = verbFile.startStates
export const sourceStates: Readonly<Record<string, string>> = verbFile.sourceStates
export const verbSpellings: Readonly<Record<string, string>> = verbFile.spellings
