/** What the host does for a program that has used up the stack: it may fail anywhere, and must leave nothing behind. */

import t from 'tap'
import { openBaseline } from '../../../envs/runtime/changes.ts'
import { createClock } from '../../../envs/runtime/clock.ts'
import { createIdentifiers } from '../../../envs/runtime/identifiers.ts'
import { buildImage } from '../../../envs/runtime/image.ts'
import { defaultLimits } from '../../../envs/runtime/limits.ts'
import { createQueries } from '../../../envs/runtime/queries.ts'
import { openState } from '../../../envs/runtime/state.ts'
import type { Table } from '../../../schemas/domain.ts'
import { desk } from './desk.ts'

const [scenario] = desk.scenarios as [(typeof desk.scenarios)[number]]
const image = buildImage(desk.tables, scenario.rows ?? {})
const baseline = openBaseline(image)
t.teardown(() => baseline.close())

/** Does `work` at each distance from the end of the stack, as far as it fails there and a little further. */
function atEveryDepth(work: () => void, after: () => void = () => {}): { failed: number; done: number } {
  const count = { failed: 0, done: 0 }
  let wanted = 0
  const deeper = (): number => {
    let above: number
    try {
      above = deeper() + 1
    } catch {
      above = 0
    }
    if (above === wanted) {
      try {
        work()
        count.done += 1
      } catch {
        count.failed += 1
      }
    }
    return above
  }
  work() // what has not been compiled yet would fail for want of the compiler's stack
  after()
  /** So that ends of the stack are met that lie between two frames. */
  const shifted = (...words: unknown[]): number => deeper() + words.length
  for (wanted = 0; wanted < 60 || (count.done === 0 && wanted < 3000); wanted++)
    for (let words = 0; words < 24; words++) {
      shifted(...new Array(words))
      after()
    }
  return count
}

t.test('a read that fails there is closed when its call is rolled back', (t) => {
  const identifiers = createIdentifiers('seed', () => baseline)
  const limits = defaultLimits
  const state = openState({
    domain: desk,
    queries: createQueries(desk.statements),
    image,
    baseline: () => baseline,
    clock: createClock(scenario.now),
    seed: 'seed',
    identifiers,
    limits,
  })
  for (const readonly of [true, false]) {
    state.begin(readonly)
    const { failed, done } = atEveryDepth(
      () => state.all('tickets', [null, 9]),
      () => {
        state.rollback()
        state.begin(readonly)
      },
    )
    state.rollback()
    t.ok(failed > 0 && done > 0, 'both ends were met', { failed, done })
  }
  t.ok(state.reset(), 'and the state can be used again')
  state.close()
  t.end()
})

t.test('identifiers that failed there are the same for whoever comes next', (t) => {
  const alone = createIdentifiers('seed', () => baseline)
  const shared = createIdentifiers('seed', () => baseline)
  const table = desk.tables.find(({ name }) => name === 'note') as Table
  let place = 0
  const { failed, done } = atEveryDepth(() => shared.at(table, place++))
  t.ok(failed > 0 && done > 0, 'both ends were met', { failed, done })
  const ids = (from: typeof alone) => Array.from({ length: place }, (_, each) => from.at(table, each))
  t.same(ids(shared), ids(alone))
  t.end()
})
