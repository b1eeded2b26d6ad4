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
import type { Task } from '../../schemas/task.ts'
import type { World } from '../runtime/world.ts'
import type { ToolBinding } from './binding.ts'
import type { Claims } from './certify.ts'
import { certifyTask } from './certify.ts'
import { withWords } from './tasks/asked.ts'
import type { Draw } from './tasks/draw.ts'
import { createDraw } from './tasks/draw.ts'
import type { Facts } from './tasks/facts.ts'
import { readFacts } from './tasks/facts.ts'
import type { Errand } from './tasks/goals.ts'
import { askQuestion, beginErrand, continueErrand } from './tasks/goals.ts'
import { sayIntent } from './tasks/phrase.ts'
import type { Walk } from './tasks/walk.ts'
import { beginWalk, Setback } from './tasks/walk.ts'

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
}

/** What each task in turn is to be: so many writes, or a question. More than one write is what makes a task long. */
const courses: readonly ('ask' | 1 | 2 | 3)[] = [1, 2, 'ask', 3, 1, 2, 1, 3, 2, 'ask']
const triesPerTask = 10
/** A domain that gave nothing for so many tasks gives none. */
const fruitlessMax = 3

/** The same seed and input give the same tasks. Fewer than `count` come back where the domain gives no more. */
export function makeTasks(
  { domain, bindings, rows, world }: TaskInput,
  { seed, count = 8 }: TaskOptions,
): { tasks: Task[]; refused: Record<string, number> } {
  const facts = readFacts(domain, bindings)
  const scenarios = domain.scenarios.map(({ id }) => id).filter((id) => rows[id] !== undefined)
  const tasks: Task[] = []
  const refused: Record<string, number> = {}
  const seen = new Map<string, number>()
  for (let index = 0; index < count && scenarios.length > 0; index += 1) {
    if (tasks.length === 0 && index >= fruitlessMax) break
    for (let attempt = 0; attempt < triesPerTask; attempt += 1) {
      const draw = createDraw(`${domain.id}/${seed}/${index}/${attempt}`)
      // A course that fails again and again gives way to any that works.
      const course = attempt < triesPerTask / 2 ? courses[index % courses.length] : draw.pick(courses)
      const scenario = scenarios[(index + attempt) % scenarios.length] as string
      // A walk that there is already is taken again only when others fail.
      const known = (walk: string) => (seen.get(walk) ?? 0) > attempt / 3
      const made = tryTask({ facts, rows, world, scenario, draw, course: course ?? 1, known })
      if ('task' in made) {
        seen.set(made.task.walk, (seen.get(made.task.walk) ?? 0) + 1)
        tasks.push({ ...made.task, id: `${slug(made.task)}-${index + 1}` })
        break
      }
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
  draw: Draw
  course: 'ask' | 1 | 2 | 3
  /** Whether the walk of that signature is not wanted again. */
  known(walk: string): boolean
}

function tryTask({ facts, rows, world, scenario, draw, course, known }: Try): { task: Task } | { reason: string } {
  const play = world.start(scenario)
  try {
    const walk = beginWalk({ facts, scenario, rows: rows[scenario] ?? {}, play, draw })
    const errand: Errand = {
      walk,
      proposal: { facts, scenario, rows, draw },
      daysFrom: (row) => daysBetween(facts, rows, scenario, row),
      deeds: [],
      written: new Set(),
      touched: new Set(),
      deleted: new Set(),
    }
    if (course === 'ask') askQuestion(errand)
    else {
      beginErrand(errand)
      for (let more = 1; more < course; more += 1) continueErrand(errand)
    }
    const kept = prune(walk)
    const intent = sayIntent(errand.deeds, draw)
    const reason = misfit(errand, intent)
    if (reason !== undefined) return { reason }
    const signature = kept.calls.map(({ tool }) => tool).join('>')
    if (known(signature)) return { reason: 'a walk that another task has' }
    const task: Task = {
      id: 'candidate',
      intent,
      language: 'en',
      scenario,
      gold: { calls: kept.calls, ...(errand.answer && { answer: errand.answer }) },
      slots: kept.slots.map((slot) => withWords(slot, facts)),
      split: splitOf(facts.domain.id, signature),
      // Longer walks are what the second, specialising stage of experience is made of.
      stage: kept.calls.length >= 3 ? 'vertical' : 'general',
      walk: signature,
    }
    const certified = certifyTask(world, task, kept)
    if ('reason' in certified) return { reason: `certificate: ${certified.reason}` }
    return { task: { ...task, certificate: certified.certificate } }
  } catch (error) {
    if (error instanceof Setback) return { reason: error.reason }
    if (error instanceof MicrocosmError && error.fault === 'environment') return { reason: `world: ${error.code}` }
    throw error
  } finally {
    play.close()
  }
}

/** Leaves out reads that nothing refers to, and slots that nothing uses. */
function prune({ facts, calls, origins, slots, references }: Walk): Claims & Pick<Walk, 'calls' | 'slots'> {
  const used = new Set<number>(references.map(({ found_by }) => found_by))
  for (const [index, { tool }] of calls.entries()) {
    if (facts.tools.get(tool)?.kind === 'write' || index === calls.length - 1) used.add(index)
  }
  for (const { output } of origins) if (output !== undefined) used.add(output.call)
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
  }
}

/** What is wrong with a finished walk as a whole. */
function misfit({ walk, deeds, answer }: Errand, intent: string): string | undefined {
  const { facts, rows, play, slots, references } = walk
  if (deeds.length === 0) return 'nothing to do'
  if (intent.length > 600) return 'an intent that is too long'
  if (slots.some(({ said }) => !intent.includes(said))) return 'a slot that is not said'
  if (answer !== undefined && intent.toLowerCase().includes(String(answer.value).toLowerCase()))
    return 'the intent says the answer'
  if (facts.domain.tools.some(({ name }) => name.includes('_') && intent.includes(name)))
    return 'the intent names a tool'
  for (const table of facts.domain.tables) {
    const key = facts.key(table.name)
    if (key === undefined) continue
    for (const row of rows[table.name] ?? [])
      if (typeof row[key] === 'string' && row[key].length > 3 && intent.includes(row[key]))
        return 'the intent says an identifier'
  }
  for (const { table, where, key } of references) {
    // What the task itself changed must not make another row fit the words.
    const rivals = play
      .rows(table)
      .filter((row) => Object.entries(where).every(([name, value]) => row[name] === value))
      .filter((row) => Object.entries(key).some(([name, value]) => row[name] !== value))
    if (rivals.length > 0) return 'a reference that the task makes ambiguous'
  }
  return undefined
}

/** About one signature in five is for testing, and all tasks that share it with it. */
function splitOf(domain: string, signature: string): Task['split'] {
  return createHash('sha256').update(`${domain}/${signature}`).digest().readUInt16BE(0) < 0.2 * 65536 ? 'test' : 'train'
}

const slug = ({ gold }: Task): string => (gold.calls.at(-1)?.tool ?? 'task').replaceAll('_', '-').slice(0, 56)

/** Days from the clock of the scenario that a row stands in to the clock of this one. */
function daysBetween(facts: Facts, rows: TaskInput['rows'], scenario: string, row: Row): number {
  const home = Object.keys(rows).find((id) => Object.values(rows[id] ?? {}).some((list) => list.includes(row)))
  const clock = (id: string | undefined) => Date.parse(facts.domain.scenarios.find((item) => item.id === id)?.now ?? '')
  const days = Math.round((clock(scenario) - clock(home)) / 86_400_000)
  return Number.isNaN(days) ? 0 : days
}
