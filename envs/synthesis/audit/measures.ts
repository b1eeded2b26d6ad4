/**
 * The ten measures of a catalogue, each with what it should reach: what is counted domain by domain (measures/domain.ts),
 * added up. docs/catalogue.md says what each means.
 */

import type { DomainMeasures, TaskMeasures } from './measures/domain.ts'
import { trialAgents, trialsEach, weakAgents } from './measures/plays.ts'
import { jaccard, wordsOf } from './measures/shape.ts'

export interface Measure {
  /** 1 to 10. */
  measure: number
  name: string
  value: number
  /** What it is to reach; absent where it is only told. */
  atLeast?: number
  atMost?: number
  holds: boolean
  /** A share is told in per cent. */
  unit: 'share' | 'number'
}

export interface CatalogMeasures {
  domains: number
  tasks: number
  played: number
  measures: Measure[]
  /** How many tasks have so many gold calls, and so long a chain. */
  lengths: Record<string, number>
  chains: Record<string, number>
  languages: Record<string, number>
  kinds: Record<string, number>
  /** Of the planner, by how many calls gold has. */
  planner: Record<string, { tasks: number; passed: number }>
  /** What the verifier got wrong, in words; a few. */
  examples: string[]
}

const ngram = 4
const pairsMax = 400
const examplesMax = 20

export function sumUpMeasures(domains: readonly (DomainMeasures & { id: string })[]): CatalogMeasures {
  const played = domains.flatMap((domain) => domain.played)
  const measures: Measure[] = []
  const tell = (
    measure: number,
    name: string,
    value: number,
    aim: { atLeast?: number; atMost?: number } = {},
    unit: Measure['unit'] = 'share',
  ) =>
    measures.push({
      measure,
      name,
      value: rounded(value),
      ...aim,
      holds: value >= (aim.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (aim.atMost ?? Number.POSITIVE_INFINITY),
      unit,
    })
  const all = sum(domains, ({ tasks }) => tasks)
  const writing = played.filter(({ writes }) => writes)

  tell(
    1,
    'gold executes, changes or answers, passes, replays to its digest',
    of(played, ({ goldHolds }) => goldHolds),
    { atLeast: 1 },
  )
  for (const agent of weakAgents)
    tell(
      2,
      `${agent} passes`,
      of(played, ({ scores }) => scores[agent] === 1),
      { atMost: agent === 'random' ? 0.005 : 0.01 },
    )
  tell(
    2,
    'noop passes writing tasks',
    of(writing, ({ scores }) => scores.noop === 1),
    { atMost: 0 },
  )
  const few = played.filter(({ length }) => length <= 4)
  tell(
    2,
    'planner passes tasks with up to four calls',
    of(few, ({ scores }) => scores.planner === 1),
    { atLeast: 0.5 },
  )
  tell(
    2,
    'planner passes',
    of(played, ({ scores }) => scores.planner === 1),
  )
  tell(
    3,
    'ways as good as gold refused',
    share(
      sum(played, ({ refused }) => refused),
      sum(played, ({ equivalents }) => equivalents),
    ),
    { atMost: 0.02 },
  )
  tell(
    3,
    'gold with one thing wrong accepted',
    share(
      sum(played, ({ accepted }) => accepted),
      sum(played, ({ mutants }) => mutants),
    ),
    { atMost: 0.01 },
  )
  const trials = (task: TaskMeasures) => sum(trialAgents, (agent) => task.trials[agent] ?? 0)
  const most = trialAgents.length * trialsEach
  tell(
    4,
    'tasks between never and always',
    of(played, (task) => trials(task) > 0 && trials(task) < most),
    { atLeast: 0.5 },
  )
  tell(
    4,
    'tasks never passed',
    of(played, (task) => trials(task) === 0),
    { atMost: 0.25 },
  )
  for (const agent of trialAgents) {
    const passes = ({ trials: own }: TaskMeasures) => own[agent] ?? 0
    tell(4, `${agent}: passes of ${trialsEach} trials`, share(sum(played, passes), played.length * trialsEach))
    tell(
      4,
      `${agent}: between never and always`,
      of(played, (task) => passes(task) > 0 && passes(task) < trialsEach),
    )
    tell(
      4,
      `${agent}: never`,
      of(played, (task) => passes(task) === 0),
    )
  }
  tell(
    5,
    'descriptions that pick out one row',
    share(
      sum(played, ({ unique }) => unique),
      sum(played, ({ described }) => described),
    ),
    { atLeast: 1 },
  )
  const lengths = domains.flatMap((domain) => domain.lengths)
  tell(
    6,
    'tasks with three calls or more',
    of(lengths, (length) => length >= 3),
    { atLeast: 0.4 },
  )
  tell(
    6,
    'tasks with six calls or more',
    of(lengths, (length) => length >= 6),
    { atLeast: 0.08 },
  )
  tell(6, 'longest task, in calls', Math.max(0, ...lengths), { atLeast: 12 }, 'number')
  tell(
    6,
    'tasks with an argument from an earlier result',
    share(
      sum(domains, ({ chained }) => chained),
      all,
    ),
    { atLeast: 0.6 },
  )
  tell(
    6,
    'longest chain, mean',
    share(
      sum(
        domains.flatMap(({ chains }) => chains),
        (chain) => chain,
      ),
      all,
    ),
    {},
    'number',
  )
  tell(
    6,
    'tasks that only read and have an answer',
    share(
      sum(domains, ({ reading }) => reading),
      all,
    ),
    { atLeast: 0.15 },
  )
  tell(
    6,
    'tasks decided by the exact calls',
    share(
      sum(domains, ({ exact }) => exact),
      all,
    ),
    { atMost: 0.05 },
  )
  tell(
    6,
    'tasks with a refusal to recover from',
    share(
      sum(domains, ({ refusing }) => refusing),
      all,
    ),
    { atLeast: 0.05 },
  )
  tell(
    6,
    'tasks in Chinese',
    share(
      sum(domains, ({ languages }) => languages.zh ?? 0),
      all,
    ),
    { atLeast: 0.15 },
  )
  tell(
    7,
    'near-miss rows per row spoken of, mean',
    share(
      sum(played, ({ distractors }) => distractors),
      played.length,
    ),
    { atLeast: 3 },
    'number',
  )
  tell(
    7,
    'tasks with three near misses per row or more',
    of(played, ({ distractors }) => distractors >= 3),
  )
  tell(
    7,
    'look-alike tools per task, mean',
    share(
      sum(played, (task) => task.lookAlikes),
      played.length,
    ),
    {},
    'number',
  )
  const structures = domains.flatMap((domain) => domain.structures)
  tell(8, 'effective number of table structures', effectiveNumber(structures), {}, 'number')
  tell(8, 'tables', structures.length, {}, 'number')
  const tools = domains.flatMap((domain) => domain.tools)
  tell(
    8,
    'tools with name and arguments of another',
    duplicates(tools.map(({ name, arguments: args }) => `${name}(${args})`)),
    { atMost: 0.05 },
  )
  tell(8, 'tools with the name of another', duplicates(tools.map(({ name }) => name)))
  const skeletons = domains.flatMap((domain) => domain.skeletons)
  tell(8, `${ngram}-grams in common between two intents, mean`, overlap(skeletons))
  tell(
    9,
    'legal calls that fail unexpectedly',
    share(
      sum(played, ({ unexpected }) => unexpected),
      sum(played, ({ legal }) => legal),
    ),
    { atMost: 0.001 },
  )
  tell(
    9,
    'tools that some task uses',
    share(
      sum(domains, ({ toolsUsed }) => toolsUsed),
      tools.length,
    ),
    { atLeast: 0.8 },
  )
  tell(
    9,
    'scenarios whose references all lead somewhere',
    share(
      sum(domains, (d) => d.scenarios - d.brokenScenarios),
      sum(domains, (d) => d.scenarios),
    ),
    { atLeast: 1 },
  )
  tell(
    10,
    'largest overlap of tool names with another bench',
    Math.max(0, ...domains.map(({ peer }) => peer.overlap)),
    { atMost: 0.499 },
  )

  const planner: CatalogMeasures['planner'] = {}
  for (const { length, scores } of played) {
    const at = planner[length] ?? { tasks: 0, passed: 0 }
    planner[length] = { tasks: at.tasks + 1, passed: at.passed + (scores.planner ?? 0) }
  }
  return {
    domains: domains.length,
    tasks: all,
    played: played.length,
    measures,
    lengths: histogram(lengths),
    chains: histogram(domains.flatMap(({ chains }) => chains)),
    languages: merged(domains.map(({ languages }) => languages)),
    kinds: merged(domains.map(({ kinds }) => kinds)),
    planner,
    examples: domains
      .flatMap(({ id, played: own }) => own.flatMap(({ examples }) => examples.map((text) => `${id}/${text}`)))
      .slice(0, examplesMax),
  }
}

/** exp of the entropy of how often each occurs: as many as that, equally often, would be as diverse. */
export function effectiveNumber(items: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  let entropy = 0
  for (const count of counts.values()) entropy -= (count / items.length) * Math.log(count / items.length)
  return items.length === 0 ? 0 : Math.exp(entropy)
}

/** The share of items that came before: all but the first of each kind. */
export const duplicates = (items: readonly string[]): number =>
  items.length === 0 ? 0 : 1 - new Set(items).size / items.length

/** Mean Jaccard of the n-grams of two intents, over pairs spread evenly over all of them. */
export function overlap(texts: readonly string[]): number {
  const step = Math.max(1, Math.floor(texts.length / pairsMax))
  const chosen = texts.filter((_, index) => index % step === 0).map(ngramsOf)
  let total = 0
  let pairs = 0
  for (const [index, one] of chosen.entries())
    for (const other of chosen.slice(index + 1)) {
      total += jaccard(one, other)
      pairs += 1
    }
  return share(total, pairs)
}

function ngramsOf(text: string): Set<string> {
  const words = wordsOf(text)
  return new Set(
    words.slice(0, Math.max(0, words.length - ngram + 1)).map((_, at) => words.slice(at, at + ngram).join(' ')),
  )
}

/** Counts of the same name added up, the names sorted. */
function merged(counts: readonly Record<string, number>[]): Record<string, number> {
  const all: Record<string, number> = {}
  for (const each of counts) for (const [name, times] of Object.entries(each)) all[name] = (all[name] ?? 0) + times
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function histogram(values: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of [...values].sort((a, b) => a - b)) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

const sum = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0)
const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)
const of = <T>(items: readonly T[], holds: (item: T) => boolean): number =>
  share(items.filter(holds).length, items.length)
const rounded = (value: number): number => Math.round(value * 10_000) / 10_000
