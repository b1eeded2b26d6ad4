/**
 * The identifiers that a world gives to what is made in it: drawn from the scenario's seed, one row of them per table.
 *
 * All sessions of a scenario are given the same ones in the same order, so they are drawn once and kept beside the
 * scenario's image; a session has only its own place in the row. One that the image holds already is passed over.
 */

import { hash } from 'node:crypto'
import type { Table } from '../../schemas/domain.ts'
import type { Baseline } from './changes.ts'

export interface Identifiers {
  /** The identifier at that place of the table's row, from zero. */
  at(table: Table, place: number): string
}

export function createIdentifiers(seed: string, baseline: () => Baseline): Identifiers {
  const drawn = new Map<string, { ids: string[]; draws: number }>()
  return {
    at(table, place) {
      let row = drawn.get(table.name)
      if (row === undefined) {
        row = { ids: [], draws: 0 }
        drawn.set(table.name, row)
      }
      while (row.ids.length <= place) {
        const id = mintId(table.name, `${seed}/${row.draws + 1}`)
        const taken = baseline().has(table, id) || row.ids.includes(id)
        // No call stands between these two: where a program has used up the stack, one could fail, and all sessions would
        // be given other identifiers from then on.
        row.draws += 1
        if (!taken) row.ids[row.ids.length] = id
      }
      return row.ids[place] as string
    },
  }
}

/** An identifier such as `book_k3f9x2`: the last word of the table's name, and six characters drawn from `seed`. */
function mintId(table: string, seed: string): string {
  const prefix = (table.split('_').at(-1) as string).slice(0, 4)
  const drawn = Number.parseInt(hash('sha256', `${table}/${seed}`, 'hex').slice(0, 12), 16)
  return `${prefix}_${drawn.toString(36).padStart(6, '0').slice(-6)}`
}
