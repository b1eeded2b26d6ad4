/** The arithmetic of the ten measures on counts made by hand, and what is counted of single tasks. */

import t from 'tap'
import type { DomainMeasures, TaskMeasures } from '../../../../envs/synthesis/audit/measures/domain.ts'
import { nearestPeer, peers } from '../../../../envs/synthesis/audit/measures/peers.ts'
import { referenceScores, trialAgents, trialsEach } from '../../../../envs/synthesis/audit/measures/plays.ts'
import {
  jaccard,
  lookAlikes,
  skeletonOf,
  structureOf,
  wordsOf,
} from '../../../../envs/synthesis/audit/measures/shape.ts'
import { measureVerifier } from '../../../../envs/synthesis/audit/measures/verifier.ts'
import { duplicates, effectiveNumber, overlap, sumUpMeasures } from '../../../../envs/synthesis/audit/measures.ts'
import type { Table } from '../../../../schemas/domain.ts'
import { openStudioWithTasks } from '../fixtures/studio-tasks.ts'

const task = (of: Partial<TaskMeasures>): TaskMeasures => ({
  id: 'a-task',
  length: 2,
  writes: true,
  language: 'en',
  goldHolds: true,
  lookAlikes: 1,
  distractors: 4,
  equivalents: 4,
  refused: 0,
  mutants: 5,
  accepted: 0,
  described: 1,
  unique: 1,
  examples: [],
  scores: { noop: 0, random: 0, 'read-only': 0, 'list-then-first': 0, planner: 1 },
  trials: Object.fromEntries(trialAgents.map((agent) => [agent, trialsEach / 2])),
  legal: 100,
  unexpected: 0,
  ...of,
})

const domain = (of: Partial<DomainMeasures>): DomainMeasures & { id: string } => ({
  id: 'a-domain',
  tasks: 4,
  played: [task({}), task({})],
  lengths: [1, 2, 3, 12],
  chains: [1, 2, 2, 3],
  languages: { en: 3, zh: 1 },
  kinds: { write: 4 },
  chained: 3,
  reading: 1,
  refusing: 1,
  exact: 0,
  skeletons: ['Please delete the order _ at once.', 'What is the due date of the project _?'],
  tools: [
    { name: 'list_orders', arguments: 'limit' },
    { name: 'delete_order', arguments: 'order_id' },
  ],
  toolsUsed: 2,
  structures: ['x', 'y'],
  scenarios: 3,
  brokenScenarios: 0,
  peer: { peer: 'tau-bench retail', overlap: 0.1 },
  ...of,
})

const always = Object.fromEntries(trialAgents.map((agent) => [agent, trialsEach]))
const never = Object.fromEntries(trialAgents.map((agent) => [agent, 0]))

function measured(...domains: (DomainMeasures & { id: string })[]) {
  const all = sumUpMeasures(domains)
  return (name: string) => {
    const found = all.measures.find((each) => each.name === name)
    if (found === undefined) throw new Error(`There is no measure "${name}".`)
    return found
  }
}

t.test('where all is well each measure reaches what it should', (t) => {
  const other = domain({
    tools: [
      { name: 'list_boats', arguments: 'limit' },
      { name: 'sell_boat', arguments: 'boat_id' },
    ],
  })
  const { measures, ...rest } = sumUpMeasures([domain({}), other])
  t.same(
    measures.filter(({ holds }) => !holds),
    [],
  )
  t.same([...new Set(measures.map(({ measure }) => measure))], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  t.match(rest, { domains: 2, tasks: 8, played: 4, lengths: { 1: 2, 12: 2 }, languages: { en: 6, zh: 2 } })
  t.same(rest.planner, { 2: { tasks: 4, passed: 4 } })
  t.end()
})

const broken: readonly [name: string, domain: Partial<DomainMeasures>, value: number][] = [
  [
    'gold executes, changes or answers, passes, replays to its digest',
    { played: [task({}), task({ goldHolds: false })] },
    0.5,
  ],
  ['noop passes', { played: [task({ scores: { noop: 1 } })] }, 1],
  ['noop passes writing tasks', { played: [task({ scores: { noop: 1 } }), task({})] }, 0.5],
  [
    'random passes',
    { played: Array.from({ length: 100 }, (_, at) => task({ scores: { random: at === 0 ? 1 : 0 } })) },
    0.01,
  ],
  ['read-only passes', { played: [task({ scores: { 'read-only': 1 } }), task({}), task({}), task({})] }, 0.25],
  ['list-then-first passes', { played: [task({ scores: { 'list-then-first': 1 } }), task({})] }, 0.5],
  [
    'planner passes tasks with up to four calls',
    { played: [task({ scores: { planner: 0 } }), task({ length: 5 })] },
    0,
  ],
  ['ways as good as gold refused', { played: [task({ refused: 1 })] }, 0.25],
  ['gold with one thing wrong accepted', { played: [task({ accepted: 1 })] }, 0.2],
  ['tasks between never and always', { played: [task({ trials: always }), task({ trials: never }), task({})] }, 0.3333],
  ['tasks never passed', { played: [task({ trials: never }), task({})] }, 0.5],
  ['descriptions that pick out one row', { played: [task({ described: 4, unique: 3 })] }, 0.75],
  ['tasks with three calls or more', { lengths: [1, 1, 1, 3] }, 0.25],
  ['tasks with six calls or more', { lengths: [1, 2, 3, 5] }, 0],
  ['longest task, in calls', { lengths: [1, 2, 3, 11] }, 11],
  ['tasks with an argument from an earlier result', { chained: 2 }, 0.5],
  ['tasks that only read and have an answer', { reading: 0 }, 0],
  ['tasks decided by the exact calls', { exact: 1 }, 0.25],
  ['tasks with a refusal to recover from', { refusing: 0 }, 0],
  ['tasks in Chinese', { languages: { en: 4 } }, 0],
  ['near-miss rows per row spoken of, mean', { played: [task({ distractors: 1 }), task({ distractors: 2 })] }, 1.5],
  ['tools with name and arguments of another', { tools: [1, 2].map(() => ({ name: 'get_a', arguments: 'id' })) }, 0.5],
  ['legal calls that fail unexpectedly', { played: [task({ unexpected: 1 })] }, 0.01],
  ['tools that some task uses', { toolsUsed: 1 }, 0.5],
  ['scenarios whose references all lead somewhere', { scenarios: 4, brokenScenarios: 1 }, 0.75],
  ['largest overlap of tool names with another bench', { peer: { peer: 'tau-bench retail', overlap: 0.5 } }, 0.5],
]

t.test('and where one thing is not, that one fails, by its own figure', (t) => {
  for (const [name, of, value] of broken) {
    const found = measured(domain(of))(name)
    t.equal(found.value, value, name)
    t.equal(found.holds, false, name)
  }
  t.end()
})

t.test('diversity: as many kinds as would be as diverse if they were equally common', (t) => {
  t.equal(effectiveNumber([]), 0)
  t.equal(effectiveNumber(['a', 'a', 'a']), 1)
  t.ok(Math.abs(effectiveNumber(['a', 'b', 'c', 'd']) - 4) < 1e-12)
  // exp(-(3/4 ln 3/4 + 1/4 ln 1/4))
  t.ok(Math.abs(effectiveNumber(['a', 'a', 'a', 'b']) - 1.7547653506033) < 1e-12)
  t.equal(duplicates(['a', 'a', 'b', 'a']), 0.5)
  t.equal(duplicates([]), 0)
  t.equal(jaccard(new Set(['a', 'b']), new Set(['b', 'c'])), 1 / 3)
  t.equal(overlap(['one two three four', 'one two three four']), 1)
  t.equal(overlap(['one two three four', 'five six seven eight']), 0)
  t.equal(overlap(['a b c d e', 'a b c d f']), 1 / 3)
  t.same(wordsOf('Ab-c 订单状态'), ['ab', 'c', '订单', '单状', '状态'])
  t.equal(
    skeletonOf({
      intent: 'Rename "A B" to "A"',
      slots: [
        { name: 'x', value: 'A', said: 'A' },
        { name: 'y', value: 'A B', said: 'A B' },
      ],
    }),
    'Rename "_" to "_"',
  )
  const table = (of: Partial<Table>): Table => ({
    name: 'a',
    columns: [{ name: 'id', type: 'TEXT', nullable: false }],
    primary_key: ['id'],
    foreign_keys: [],
    ...of,
  })
  t.equal(structureOf(table({})), structureOf(table({ name: 'b' })), 'a table by another name is the same structure')
  t.not(structureOf(table({})), structureOf(table({ columns: [{ name: 'id', type: 'INTEGER', nullable: false }] })))
  t.end()
})

t.test('other benches: all of their tools are all of them, one in three is a third', (t) => {
  for (const [peer, names] of Object.entries(peers)) t.same(nearestPeer(names), { peer, overlap: 1 })
  const retail = peers['tau-bench retail'] as string[]
  t.equal(retail.length, 16)
  t.match(nearestPeer([...retail, ...retail.map((name) => `other_${name}`)]), {
    peer: 'tau-bench retail',
    overlap: 0.5,
  })
  t.equal(nearestPeer(['water_plants_2']).overlap, 0)
  t.end()
})

t.test('a fair verifier is found fair, and one that is not is found out', (t) => {
  const world = openStudioWithTasks(20)
  try {
    let equivalents = 0
    let mutants = 0
    for (const each of world.domain.tasks) {
      const found = measureVerifier(world, each)
      t.same(found.examples, [], each.id)
      t.equal(found.refused + found.accepted, 0)
      t.equal(found.unique, found.described)
      equivalents += found.equivalents
      mutants += found.mutants
    }
    t.ok(equivalents > 20 && mutants > 20, `${equivalents} equivalents, ${mutants} mutants`)
    // Gold that another task's state is held against refuses every way to its own.
    const writing = world.domain.tasks.filter(({ gold }) => gold.answer === undefined)
    const one = writing.find((each) => writing.some((other) => other !== each && other.scenario === each.scenario))
    const other = writing.find((each) => each !== one && each.scenario === one?.scenario)
    if (one === undefined || other === undefined) throw new Error('Two writing tasks of one scenario are needed.')
    const unfair = { ...world, gold: () => world.gold(other) }
    const found = measureVerifier(unfair, one)
    t.ok(found.refused > 0 && found.refused === found.equivalents, JSON.stringify(found))
  } finally {
    world.close()
  }
  t.end()
})

t.test('what a certificate may carry: the scores of those that must not pass', async (t) => {
  const world = openStudioWithTasks(6)
  try {
    for (const each of world.domain.tasks) {
      const scores = await referenceScores(world, each)
      t.same(Object.keys(scores), ['noop', 'random', 'read-only', 'list-then-first'])
      t.same(await referenceScores(world, each), scores)
      t.equal(scores.noop, 0)
    }
    const [first] = world.domain.tasks
    if (first !== undefined) t.equal(lookAlikes(world.domain, first) >= 0, true)
  } finally {
    world.close()
  }
})
