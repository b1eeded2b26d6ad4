/**
 * How a column's values are made, chosen once from all that is known of it: what it means, its name, what its document says,
 * what its table is and which columns stand beside it. The most particular evidence decides: values that the document
 * lists, then the lexicon's pools, then names and units, and only then what the type alone allows.
 */

import { faker as american } from '@faker-js/faker/locale/en_US'
import type { Column, Table } from '../../../schemas/domain.ts'
import { poolFor } from '../lexicon.ts'
import { singular } from '../materialize/words.ts'
import type { Maker } from './context.ts'
import { exampleValues, listedValues } from './listed.ts'
import { makers, opaque } from './makers.ts'
import { isOwnName, namesOf, otherName } from './names.ts'
import { numberOf } from './numbers.ts'
import { textOf } from './prose.ts'
import { hashText } from './random.ts'
import { wordOf } from './words.ts'

const known = new WeakMap<Table, ReadonlyMap<string, Maker>>()

/** Column → what makes its values; of those that are neither keys, references nor of an enum. */
export function recipesOf(table: Table): ReadonlyMap<string, Maker> {
  let recipes = known.get(table)
  if (recipes === undefined) {
    const neighbours = new Set(table.columns.map((column) => column.name))
    const noun = nounOf(table)
    recipes = new Map(table.columns.map((column) => [column.name, recipeOf(table, noun, column, neighbours)]))
    known.set(table, recipes)
  }
  return recipes
}

/** Semantics by a name that a document corrects: the `channel` that is "the ID of a conversation". */
const identified = new Set(['word', 'category', 'person', 'number_code', 'tag'])
const isIdentifier =
  /^\W*(the |a |an )?(valid |unique |external |globally |system |internal )*(\w+ )?(ids?|identifier|GUID|UUID)\b(?! (number|card|document))|\b(user|conversation|channel|account|resource) IDs?\b|\b(GUID|UUID)\b/i

/** A log is about what it is a log of: the type in a `function_event` is of functions. */
const nounOf = ({ name, columns }: Table): string =>
  /._event$/.test(name) && columns.some((column) => column.name === 'action' && column.enum !== undefined)
    ? name.replace(/_event$/, '')
    : name

function recipeOf(table: Table, noun: string, column: Column, neighbours: ReadonlySet<string>): Maker {
  const { name, type, semantic = '', description = '' } = column
  if (type !== 'TEXT') return numberOf(column)
  if (identified.has(semantic) && isIdentifier.test(description)) return opaque(name, description)
  switch (semantic) {
    case 'name': {
      const first = table.columns.find(
        (each) => each.semantic === 'name' && each.enum === undefined && isOwnName(noun, each.name),
      )
      if (first !== undefined && first.name !== name && isOwnName(noun, name)) return otherName(first.name, name)
      return poolMaker(noun, column, neighbours) ?? namesOf(noun, column, neighbours)
    }
    case 'text':
      return (/reason|resolution/.test(name) ? poolMaker(noun, column, neighbours) : undefined) ?? textOf(noun, name)
    case 'uuid':
    case 'token':
      return opaque(name, description)
    case 'category':
    case 'word': {
      if (
        /(^|_)(total|max|file|image|content|actual|disk|upload|request|response|body|attachment)_(\w+_)?size$/.test(
          name,
        ) ||
        (/size$/.test(name) && /\bbytes?\b/i.test(description))
      )
        return wordOf(table, column, [])
      const listed = listedValues(description)
      if (listed.length >= 2) return ({ random }) => random.pick(listed)
      if (/(^|_)type$/.test(name) && /\bresource type\b|\btype of (the |this )?resource\b/i.test(description))
        return wordOf(table, column, [])
      const examples = exampleValues(description)
      if (examples.length > 0 || /\bHTTP (request )?method\b/i.test(description)) return wordOf(table, column, examples)
      return poolMaker(noun, column, neighbours) ?? wordOf(table, column, [])
    }
    case 'json': {
      const one = poolMaker(noun, { ...column, name: singular(name) }, neighbours)
      return one === undefined ? (makers.json as Maker) : listOf(one)
    }
    case 'company':
    case 'brand':
      return poolMaker(noun, column, neighbours) ?? (makers[semantic] as Maker)
    default:
      return makers[semantic] ?? wordOf(table, column, exampleValues(description))
  }
}

/** A pool that the lexicon has for the column in this table. */
function poolMaker(
  noun: string,
  { name, description = '' }: Column,
  neighbours: ReadonlySet<string>,
): Maker | undefined {
  const pool = ownPool(noun, name, [...neighbours])
  if (pool === undefined) return undefined
  const values = 'values' in pool ? pool.values.en : generated(pool.faker)
  // `type` of anything at all says less than what the document says of it.
  if (isVague(values) && /\bresource\b/i.test(description)) return undefined
  return ({ random }) => random.pick(values)
}

/** Two or three of them, as a list is kept. */
const listOf =
  (one: Maker): Maker =>
  (context, column) => {
    const values = [
      one(context, column),
      one(context, column),
      ...(context.random.chance(0.3) ? [one(context, column)] : []),
    ]
    return JSON.stringify([...new Set(values)])
  }

const generatedMax = 60
const lists = new Map<string, readonly string[]>()

/** What a generator of @faker-js/faker (`vehicle.model`) gives, the same at any time: chance is drawn elsewhere. */
function generated(path: string): readonly string[] {
  let list = lists.get(path)
  if (list === undefined) {
    const [module = '', method = ''] = path.split('.')
    const make = (american as unknown as Record<string, Record<string, () => unknown>>)[module]?.[method]
    american.seed(hashText(path))
    const found = new Set<string>()
    for (let tries = 0; make !== undefined && tries < generatedMax; tries++) {
      const value = make()
      found.add(String(typeof value === 'object' && value !== null && 'name' in value ? value.name : value))
    }
    list = [...found]
    lists.set(path, list)
  }
  return list
}

/** `filesystem_type` of a volume is no type of volumes; `default_type` is. */
function ownPool(noun: string, name: string, near: readonly string[]): ReturnType<typeof poolFor> {
  const found = poolFor(noun, name, near)
  const [, prefix = '', last = ''] = /^(.+)_([a-z]+)$/.exec(name) ?? []
  if (found === undefined || prefix === '' || modifiers.test(prefix)) return found
  const bare = poolFor(noun, last, near)
  const same = bare !== undefined && 'values' in bare && 'values' in found && bare.values.en === found.values.en
  return same && prefix !== noun ? poolFor('', name, near) : found
}
const modifiers = /^(sub|primary|secondary|main|default|current|new|old|other|own|preferred|initial|original)$/

const isVague = (values: readonly string[]): boolean => values.includes('internal') && values.includes('shared')
