/**
 * A task's intent in a model's words: kept where it still says all that the rules said and tells no more, else the
 * rules' own words stay. So no task depends on a model, and the same answers give the same tasks.
 */

import type { Domain } from '../../schemas/domain.ts'
import type { ChatModel } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { JsonObject, Row } from '../../schemas/json.ts'
import type { Task } from '../../schemas/task.ts'
import type { World } from '../runtime/world.ts'
import { certifyTask } from './certify.ts'
import { faultOfWords } from './tasks/words.ts'

export interface RephraseInput {
  domain: Domain
  /** Scenario → table → rows. */
  rows: Record<string, Record<string, Row[]>>
  world: World
  model: ChatModel
}

export interface Rephrased {
  tasks: Task[]
  /** Why the rules' words stayed → tasks. */
  refused: Record<string, number>
}

const instruction = `You rewrite what a user asks of a service desk so that it reads as if a real person had typed it: vary tone, order and
sentence forms, keep the language of the original. Do not add, drop, merge or guess any wish, condition or fact. The user gives
JSON with "intent" and "keep": every string in "keep" must stand in your answer character for character. Answer with the new
text alone, without quotation marks around it.`
const tokensMax = 600
/** A rewrite that is much shorter has lost something, one that is much longer made something up. */
const shortest = 0.5
const longest = 2

/** An endpoint that fails leaves the tasks as they were. */
export async function rephraseTasks(
  tasks: readonly Task[],
  { domain, rows, world, model }: RephraseInput,
): Promise<Rephrased> {
  const refused: Record<string, number> = {}
  const done = await Promise.all(
    tasks.map(async (task) => {
      const answer = await ask(model, task)
      const fault = 'failed' in answer ? answer.failed : faultOf(task, answer.text, { domain, rows, world })
      if (fault === undefined && 'text' in answer) return { ...task, intent: answer.text }
      refused[fault as string] = (refused[fault as string] ?? 0) + 1
      return task
    }),
  )
  return { tasks: done, refused: Object.fromEntries(Object.entries(refused).sort()) }
}

/** What must be said as it stands: slots, what references say, and everything in quotes. */
export function mustKeep({ intent, slots, certificate }: Pick<Task, 'intent' | 'slots' | 'certificate'>): string[] {
  const quoted = [...intent.matchAll(/["“]([^"”]+)["”]/g)].map(([, inner]) => inner as string)
  const said = [...slots, ...(certificate?.references ?? [])].map((item) => item.said)
  return [...new Set([...said, ...quoted])].filter((text) => text !== '').sort()
}

async function ask(model: ChatModel, task: Task): Promise<{ text: string } | { failed: string }> {
  try {
    const answer = await model.complete({
      messages: [
        { role: 'system', content: instruction },
        { role: 'user', content: JSON.stringify({ intent: task.intent, keep: mustKeep(task) }) },
      ],
      max_tokens: tokensMax,
      temperature: 0,
    })
    const [choice] = (answer.choices ?? []) as JsonObject[]
    const content = (choice?.message as JsonObject | undefined)?.content
    return typeof content === 'string' ? { text: content.trim() } : { failed: 'no text' }
  } catch (error) {
    if (error instanceof MicrocosmError) return { failed: error.code }
    throw error
  }
}

const hasHan = (text: string): boolean => /\p{Script=Han}/u.test(text)

function faultOf(
  task: Task,
  intent: string,
  { domain, rows, world }: Omit<RephraseInput, 'model'>,
): string | undefined {
  const lost = mustKeep(task).find((text) => !intent.includes(text))
  if (lost !== undefined) return 'it lost what has to be said'
  if (intent.length < task.intent.length * shortest || intent.length > task.intent.length * longest)
    return 'it is too short or too long'
  if (/[\n\r{}<>]|```/.test(intent)) return 'it is no plain text'
  if (hasHan(intent) !== hasHan(task.intent)) return 'it is in another language'
  const { slots, gold } = task
  const fault = faultOfWords({ domain, rows: rows[task.scenario] ?? {}, slots, answer: gold.answer }, intent)
  if (fault !== undefined) return fault
  const certified = certifyTask(world, { ...task, intent })
  return 'reason' in certified ? `certificate: ${certified.reason}` : undefined
}
