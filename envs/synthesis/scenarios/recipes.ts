/**
 * How a column's values are made, chosen once from all that is known of it: what it means, its name, what its document says,
 * what its table is and which columns stand beside it. The most particular evidence decides: values that the document
 * lists, then the lexicon's pools, then names and units, and only then what the type alone allows.
 */

import type { Column, Table } from '../../../schemas/domain.ts'
import { poolFor } from '../lexicon.ts'
import type { Maker } from './context.ts'
import { exampleValues, listedValues } from './listed.ts'
import { makers, opaque } from './makers.ts'
import { namesOf } from './names.ts'
import { numberOf } from './numbers.ts'
import { textOf } from './prose.ts'
import { wordOf } from './words.ts'

const known = new WeakMap<Table, ReadonlyMap<string, Maker>>()

/** Column → what makes its values; of those that are neither keys, references nor of an enum. */
export function recipesOf(table: Table): ReadonlyMap<string, Maker> {
  let recipes = known.get(table)
  if (recipes === undefined) {
    const neighbours = new Set(table.columns.map((column) => column.name))
    recipes = new Map(table.columns.map((column) => [column.name, recipeOf(table, column, neighbours)]))
    known.set(table, recipes)
  }
  return recipes
}

function recipeOf(table: Table, column: Column, neighbours: ReadonlySet<string>): Maker {
  const { name, type, semantic = '', description = '' } = column
  if (type !== 'TEXT') return numberOf(column)
  switch (semantic) {
    case 'name':
      return poolMaker(table, column, neighbours) ?? namesOf(table.name, name, neighbours)
    case 'text':
      return (
        (/reason|resolution/.test(name) ? poolMaker(table, column, neighbours) : undefined) ?? textOf(table.name, name)
      )
    case 'uuid':
    case 'token':
      return opaque(name, description)
    case 'category':
    case 'word': {
      const listed = listedValues(description)
      if (listed.length >= 2) return ({ random }) => random.pick(listed)
      return poolMaker(table, column, neighbours) ?? wordOf(table, column, exampleValues(description))
    }
    case 'company':
    case 'brand':
      return poolMaker(table, column, neighbours) ?? (makers[semantic] as Maker)
    default:
      return makers[semantic] ?? wordOf(table, column, exampleValues(description))
  }
}

/** A pool that the lexicon has for the column in this table. */
function poolMaker(
  table: Table,
  { name, description = '' }: Column,
  neighbours: ReadonlySet<string>,
): Maker | undefined {
  const pool = poolFor(table.name, name, [...neighbours])
  if (pool === undefined) return undefined
  if ('values' in pool) {
    const { en } = pool.values
    // `type` of anything at all says less than what the document says of it.
    return isVague(en) && description !== '' && exampleValues(description).length > 0
      ? undefined
      : ({ random }) => random.pick(en)
  }
  return undefined
}

const isVague = (values: readonly string[]): boolean => values.includes('internal') && values.includes('shared')
