/**
 * Tasks of a domain: writes that belong together, the reads that their keys need, and an intent that says what a person
 * would know; each executed while it is made and certified before it is given out.
 *
 * Backward chaining from writes instead of random walks leaves no argument from nowhere. What
 * can't be said, found or told apart is refused, with its reason counted.
 * Sources: AgentScaler (arXiv 2509.13311), section 2; Dale and Reiter 1995 for references.
 */

import { createHash } from 'node:crypto'
import type { Domain } from '../../schemas/domain.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Row } from '../../schemas/json.ts'
import type { Language, Reference, Task } from '../../schemas/task.ts'
import type { CallOutcome, World } from '../runtime/world.ts'
import type { ToolBinding } from './binding.ts'
import type { Claims } from './certify.ts'
import { certifyTask } from './certify.ts'
import { askQuestion } from './tasks/ask.ts'
import { withWords } from './tasks/asked.ts'
import { attemptErrand } from './tasks/attempt.ts'
import type { Draw } from './tasks/draw.ts'
import { createDraw } from './tasks/draw.ts'
import type { Errand } from './tasks/errand.ts'
import { asOne } from './tasks/errand.ts'
import type { Facts, Words } from './tasks/facts.ts'
import { readFacts } from './tasks/facts.ts'
import { beginErrand, bulkErrand, chooseErrand, continueErrand, familyErrand } from './tasks/goals.ts'
import { createIdle, type Idle } from './tasks/idle.ts'
import { kindsOf } from './tasks/kinds.ts'
import { sayIntent } from './tasks/phrase.ts'
import { randomErrand } from './tasks/random.ts'
import type { Walk } from './tasks/walk.ts'
import { beginWalk, Setback } from './tasks/walk.ts'
import { faultOfWords } from './tasks/words.ts'

export interface TaskInput {
  domain: Domain
  bindings: readonly ToolBinding[]
  /** Scenario → table → rows. */
  rows: Record<string, Record<string, Row[]>>
  world: World
}

export interface TaskOptions {
  seed: number
  count?: number
  walks?: Walks
}

/**
 * `chained` from writes back to what they need (the default), or the paper's plain `random` walks through the graph, which
 * often make little sense.
 */
export type Walks = 'chained' | 'random'

/** What a task is to be: a question, so many deeds that belong together, or one of the larger kinds. */
type Course = 'ask' | 'one' | 'two' | 'three' | 'bulk' | 'choose' | 'family' | 'attempt' | 'long'

/** How often each course is tried; a domain's tasks are dealt from this, shuffled. */
const weights: Readonly<Record<Course, number>> = {
  ask: 5,
  one: 1,
  two: 3,
  three: 2,
  bulk: 3,
  choose: 3,
  family: 2,
  attempt: 12,
  long: 4,
}
const deck = (Object.keys(weights) as Course[]).flatMap((course) => Array<Course>(weights[course]).fill(course))
const triesPerTask = 10
/** The same of a task that is to bring in a tool; after so many that came to nothing there are no more of them. */
const triesPerExtra = 5
const fruitlessExtrasMax = 2
/** Of the tasks that are tried; some end in English. */
const chineseShare = 0.4
/** A course that failed so many times on end is one that the domain has nothing for. */
const failuresMax = 4
const callsMax = 20
/** A domain that gave nothing for so many tasks gives none. */
const fruitlessMax = 3

interface Made {
  tasks: Task[]
  /** Reason → tries that came to nothing. */
  refused: Record<string, number>
}

/** The same seed and input give the same tasks. Fewer than `count` come back where the domain gives no more. */
export function makeTasks(input: TaskInput, options: TaskOptions): Made {
  const used = makeWith('used', input, options)
  if (used.tasks.length > 0) return used
  // A world of what the lexicon has no words for (glaciers, kilns) is asked about in the words of its documents.
  const plain = makeWith('sayable', input, options)
  for (const [reason, times] of Object.entries(used.refused))
    plain.refused[reason] = (plain.refused[reason] ?? 0) + times
  return plain
}

function makeWith(
  words: Words,
  { domain, bindings, rows, world }: TaskInput,
  { seed, count = 8, walks = 'chained' }: TaskOptions,
): Made {
  const facts: Record<Language, Facts> = {
    en: readFacts(domain, bindings, 'en', words),
    zh: readFacts(domain, bindings, 'zh'),
  }
  const scenarios = domain.scenarios.map(({ id }) => id).filter((id) => rows[id] !== undefined)
  const tasks: Task[] = []
  const refused: Record<string, number> = {}
  const seen = new Map<string, number>()
  const answers = new Map(scenarios.map((id) => [id, new Map<string, CallOutcome>()]))
  const failures = new Map<Course, number>()
  const lenient = new Set<string>()
  const idle = createIdle(domain.tools.map(({ name }) => name))
  const dealt = createDraw(`${domain.id}/${seed}/courses`).shuffle(deck)
  let fruitless = 0
  for (let index = 0; index < count * 2 && scenarios.length > 0; index += 1) {
    // Beyond those that were asked for: as many again at most, each with a tool that no task before it uses.
    const isExtra = index >= count
    if (isExtra && (tasks.length === 0 || idle.left() === 0 || fruitless >= fruitlessExtrasMax)) break
    fruitless = index === count ? 1 : fruitless + 1
    const isChinese = createDraw(`${domain.id}/${seed}/${index}/language`).chance(chineseShare)
    if (tasks.length === 0 && index >= fruitlessMax) break
    for (let attempt = 0; attempt < (isExtra ? triesPerExtra : triesPerTask); attempt += 1) {
      const draw = createDraw(`${domain.id}/${seed}/${index}/${attempt}`)
      // A course that fails again and again gives way to any that works.
      const own = dealt[index % dealt.length] as Course
      const hopeful = deck.filter((course) => (failures.get(course) ?? 0) < failuresMax)
      const isOwn = attempt < triesPerTask / 2 && !isExtra && hopeful.includes(own)
      const course = isOwn ? own : (draw.pick(hopeful) ?? 'one')
      const scenario = scenarios[(index + attempt) % scenarios.length] as string
      // A walk that there is already is taken again only when others fail.
      const known = (walk: string) =>
        isExtra ? !walk.split('>').some((tool) => idle.has(tool)) : (seen.get(walk) ?? 0) > attempt / 3
      // What can't be said in Chinese is asked for in English.
      const language = isChinese && attempt < triesPerTask / 2 ? 'zh' : 'en'
      const made = tryTask({
        facts: facts[language],
        rows,
        world,
        scenario,
        answers: answers.get(scenario) as Walk['answers'],
        lenient,
        idle,
        draw,
        course: walks === 'random' ? 'random' : course,
        known,
      })
      if ('task' in made) {
        seen.set(made.task.walk, (seen.get(made.task.walk) ?? 0) + 1)
        failures.set(course, 0)
        fruitless = 0
        idle.note(made.task.gold.calls.map(({ tool }) => tool))
        tasks.push({ ...made.task, id: `${slug(made.task)}-${index + 1}` })
        break
      }
      // What can't be said in Chinese says nothing of what the domain has.
      if (language === 'en') failures.set(course, (failures.get(course) ?? 0) + 1)
      refused[made.reason] = (refused[made.reason] ?? 0) + 1
    }
  }
  return { tasks, refused }
}

interface Try {
  facts: Facts
  rows: TaskInput['rows']
  world: World
  scenario: string
  answers: Walk['answers']
  lenient: Errand['lenient']
  idle: Idle
  draw: Draw
  course: Course | 'random'
  /** Whether the walk of that signature is not wanted again. */
  known(walk: string): boolean
}

function tryTask({
  facts,
  rows,
  world,
  scenario,
  answers,
  lenient,
  idle,
  draw,
  course,
  known,
}: Try): { task: Task } | { reason: string } {
  const start = () => world.start(scenario)
  const walk = beginWalk({ facts, scenario, rows: rows[scenario] ?? {}, play: start(), start, answers, draw, idle })
  try {
    const errand: Errand = {
      walk,
      proposal: { facts, scenario, rows, draw },
      daysFrom: (row) => daysBetween(facts, rows, scenario, row),
      deeds: [],
      written: new Set(),
      touched: new Set(),
      deleted: new Set(),
      lenient,
    }
    run(errand, course)
    const kept = prune(walk)
    const signature = kept.calls.map(({ tool }) => tool).join('>')
    if (known(signature)) return { reason: 'a walk that another task has' }
    const intent = sayIntent(errand.deeds, draw, facts)
    const reason = misfit(errand, intent)
    if (reason !== undefined) return { reason }
    const task: Task = {
      id: 'candidate',
      intent,
      language: facts.language,
      scenario,
      gold: { calls: kept.calls, ...(errand.answer && { answer: errand.answer }) },
      slots: kept.slots.map((slot) => withWords(slot, facts, facts.language)),
      split: splitOf(facts.domain.id, signature),
      // Longer walks are what the second, specialising stage of experience is made of.
      stage: kept.calls.length >= 3 ? 'vertical' : 'general',
      walk: signature,
      kinds: kindsOf(errand.deeds, kept),
    }
    const certified = certifyTask(world, task, kept)
    if ('reason' in certified) return { reason: `certificate: ${certified.reason}` }
    return { task: { ...task, certificate: certified.certificate } }
  } catch (error) {
    if (error instanceof Setback) return { reason: error.reason }
    if (error instanceof MicrocosmError && error.fault === 'environment') return { reason: `world: ${error.code}` }
    throw error
  } finally {
    walk.play.close()
  }
}

function run(errand: Errand, course: Course | 'random'): void {
  const { draw } = errand.walk
  switch (course) {
    case 'random':
      randomErrand(errand)
      break
    case 'ask':
      askQuestion(errand)
      break
    case 'one':
      beginErrand(errand)
      break
    case 'two':
    case 'three':
      beginErrand(errand)
      goOn(errand, course === 'two' ? 1 : 2)
      if (draw.chance(0.3)) endInAttempt(errand)
      break
    case 'bulk':
      bulkErrand(errand)
      if (draw.chance(0.35)) goOn(errand, 1)
      else if (draw.chance(0.25)) endInAttempt(errand)
      break
    case 'choose':
      chooseErrand(errand)
      if (draw.chance(0.35)) goOn(errand, 1)
      else if (draw.chance(0.25)) endInAttempt(errand)
      break
    case 'family':
      familyErrand(errand)
      if (draw.chance(0.5)) goOn(errand, 1)
      break
    case 'attempt':
      if (draw.chance(0.3)) {
        beginErrand(errand)
        if (draw.chance(0.3)) goOn(errand, 1)
      }
      attemptErrand(errand)
      break
    case 'long':
      draw.pick([bulkErrand, familyErrand, chooseErrand, familyErrand, bulkErrand])?.(errand)
      goOn(errand, 2 + draw.int(4), 1)
      if (draw.chance(0.3)) endInAttempt(errand)
  }
}

function endInAttempt(errand: Errand): void {
  try {
    asOne(errand, () => attemptErrand(errand))
  } catch (error) {
    if (!(error instanceof Setback)) throw error
  }
}

/** So many deeds more, as far as there are any; at least `min`. */
function goOn(errand: Errand, count: number, min = Math.min(count, 1)): void {
  for (let more = 0; more < count; more += 1) {
    try {
      asOne(errand, () => continueErrand(errand, { wide: true }))
    } catch (error) {
      if (!(error instanceof Setback) || more < min) throw error
      return
    }
  }
}

/** Leaves out reads that nothing refers to, and slots that nothing uses. */
function prune(walk: Walk): Claims & Pick<Walk, 'calls' | 'slots'> {
  const { facts, calls, origins, slots, references, groups, needed } = walk
  const used = new Set<number>([...references, ...groups].map(({ found_by }) => found_by))
  for (const [index, { tool }] of calls.entries()) {
    if (facts.tools.get(tool)?.kind === 'write' || index === calls.length - 1) used.add(index)
  }
  for (const call of needed) used.add(call)
  // What a call that is kept takes its arguments from is kept as well.
  for (const { call, output } of origins.toReversed()) if (output !== undefined && used.has(call)) used.add(output.call)
  const order = [...used].sort((a, b) => a - b)
  const at = (call: number) => order.indexOf(call)
  return {
    calls: order.map((index) => calls[index] as Walk['calls'][number]),
    slots: [...slots],
    origins: origins
      .filter(({ call }) => used.has(call))
      .map((origin) => ({
        ...origin,
        call: at(origin.call),
        ...(origin.output && { output: { ...origin.output, call: at(origin.output.call) } }),
      })),
    references: references.map((reference) => ({ ...reference, found_by: at(reference.found_by) })),
    groups: groups.map((group) => ({ ...group, found_by: at(group.found_by) })),
  }
}

/** What is wrong with a finished walk as a whole. */
function misfit({ walk, deeds, answer }: Errand, intent: string): string | undefined {
  const { facts, rows, play, slots, references, groups } = walk
  if (deeds.length === 0) return 'nothing to do'
  if (walk.calls.length > callsMax) return 'a walk that is too long'
  const fault = faultOfWords({ domain: facts.domain, rows, slots, answer }, intent)
  if (fault !== undefined) return fault
  // What the task itself changed must not make another row fit the words.
  const now = new Map<string, Row[]>()
  const rivals = (table: string, where: Row, keys: readonly Row[]): Row[] => {
    if (!now.has(table)) now.set(table, play.rows(table))
    const holds = (row: Row, cells: Row) => Object.entries(cells).every(([name, value]) => row[name] === value)
    return (now.get(table) as Row[]).filter((row) => holds(row, where) && !keys.some((key) => holds(row, key)))
  }
  for (const { table, where, key, best } of references) {
    const others = rivals(table, where, [key])
    const own = (rows[table] ?? []).find((row) => Object.entries(key).every(([name, value]) => row[name] === value))
    const wins = best === undefined ? others.length === 0 : others.every((row) => isBehind(row, own, best))
    if (!wins) return 'a reference that the task makes ambiguous'
  }
  if (groups.some(({ table, where, keys }) => rivals(table, where, keys).length > 0))
    return 'a group that the task makes ambiguous'
  return undefined
}

/** Whether a row has less, or more, of what another was chosen for; one without a value is no rival. */
function isBehind(row: Row, chosen: Row | undefined, { column, order }: NonNullable<Reference['best']>): boolean {
  const [value, lead] = [row[column] ?? null, chosen?.[column] ?? null]
  if (value === null || lead === null) return lead !== null
  return order === 'most' ? value < lead : value > lead
}

/**
 * About one signature in five is for testing, and all tasks that share it with it; about one domain in ten is held out
 * whole, for testing on worlds that nobody was trained on.
 */
function splitOf(domain: string, signature: string): Task['split'] {
  const share = (text: string): number => createHash('sha256').update(text).digest().readUInt16BE(0) / 65536
  return share(`held out/${domain}`) < heldOut || share(`${domain}/${signature}`) < tested ? 'test' : 'train'
}

const heldOut = 0.1
const tested = 0.2

const slug = ({ gold }: Task): string => (gold.calls.at(-1)?.tool ?? 'task').replaceAll('_', '-').slice(0, 56)

/** Days from the clock of the scenario that a row stands in to the clock of this one. */
function daysBetween(facts: Facts, rows: TaskInput['rows'], scenario: string, row: Row): number {
  const home = Object.keys(rows).find((id) => Object.values(rows[id] ?? {}).some((list) => list.includes(row)))
  const clock = (id: string | undefined) => Date.parse(facts.domain.scenarios.find((item) => item.id === id)?.now ?? '')
  const days = Math.round((clock(scenario) - clock(home)) / 86_400_000)
  return Number.isNaN(days) ? 0 : days
}
