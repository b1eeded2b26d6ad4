/**
 * Deeds: what a task asks for, as the stage that makes it hands it to the one that puts it into words.
 *
 * A deed names rows by what a person knows of them (refer.ts), never by their keys: the keys beside them are for
 * telling whether two sentences speak of the same row.
 */

import type { Cell } from '../../../schemas/json.ts'
import type { Kind } from './facts.ts'
import type { Attribute, Description } from './refer.ts'

/** A row that a sentence speaks of; one that the task itself made has no description. */
export interface Mention {
  table: string
  key: Cell
  description?: Description
}

/** Rows that a sentence speaks of together: all of a table that have the attributes, and stand under the parent. */
export interface Group {
  table: string
  keys: Cell[]
  /** May be empty where the parent alone says which. */
  attributes: Attribute[]
  parent?: Description['parent']
}

/** A value that a write sets, as it is said. */
export interface Setting {
  table: string
  column: string
  kind: Kind
  /** Empty where `mention` or `like` says it. */
  said: string
  /** Of a foreign key: the row it is set to. */
  mention?: Mention
  /** Of a value that is to be the same as in another row: that row and, there, the column. */
  like?: { mention: Mention; column: string }
}

/** What is done to one row, or to each of a group. */
export type Work =
  | { kind: 'update'; settings: Setting[] }
  | { kind: 'act'; verb: string; settings: Setting[] }
  | { kind: 'delete' }

export type Change =
  | { kind: 'update'; target: Mention; settings: Setting[] }
  | { kind: 'act'; verb: string; target: Mention; settings: Setting[] }
  | { kind: 'delete'; target: Mention }
  | { kind: 'create'; made: Mention; parents: Mention[]; settings: Setting[] }
  /** The same to every row of a group. */
  | { kind: 'bulk'; group: Group; work: Work }
  /** Several new children of one row. */
  | { kind: 'brood'; table: string; parent: Mention; made: { mention: Mention; settings: Setting[] }[] }

/**
 * Something that the world may refuse, and what to do if it does. `refused` says which of the two is the case; the other
 * change is not made.
 */
export interface Attempt {
  kind: 'attempt'
  first: Extract<Change, { kind: 'act' | 'delete' }>
  refused: boolean
  /** What it would be refused for: a state the row is in already, as it is said, or rows that still hang on it. */
  reason?: { state: string } | { children: string }
  instead: Exclude<Change, { kind: 'bulk' | 'brood' }>
}

export type Question =
  /**
   * A column of a row, or of one that it refers to: `via` are the tables passed, the nearest first. Where the target is
   * chosen (`description.best`) and its name is asked for, the question is which one it is.
   */
  | { kind: 'question'; target: Mention; via?: string[]; table: string; column: string; asked: Kind }
  /** How many rows the group has. */
  | { kind: 'count'; group: Group }
  /** What a column of the group's rows sums up to. */
  | { kind: 'total'; group: Group; column: string; asked: Kind }
  /** By how much a column of the first row is above that of the second: an amount, or days. */
  | { kind: 'difference'; targets: [Mention, Mention]; column: string; asked: Kind }

export type Deed = Change | Attempt | Question

export const isQuestion = (deed: Deed): deed is Question =>
  deed.kind === 'question' || deed.kind === 'count' || deed.kind === 'total' || deed.kind === 'difference'

/** The name that a new row gets, if it is said as it is, and what else is set. */
export function apartTitle(settings: readonly Setting[]): { title: Setting | undefined; rest: Setting[] } {
  const title = settings.find(({ kind, like }) => kind === 'name' && like === undefined)
  return { title, rest: settings.filter((setting) => setting !== title) }
}

/** The one row that a change is about, which what follows may go on with; undefined where it is about a group. */
export function subjectOf(deed: Deed): Mention | undefined {
  switch (deed.kind) {
    case 'create':
      return deed.made
    case 'brood':
      return deed.parent
    case 'attempt':
      return deed.first.target
    case 'update':
    case 'act':
    case 'delete':
    case 'question':
      return deed.target
    default:
      return undefined
  }
}
