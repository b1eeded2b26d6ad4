/**
 * A user in the words of a model behind an OpenAI-compatible endpoint. What it has to say, and whether it may take its
 * leave, is the rule's to decide; how it says it is the model's. A line that holds what it may not, or lacks what it must,
 * is sent back once with the reason; then the rule's own line is said.
 *
 * A model is never the same twice: its lines stand in the episode's log, from which they are said again.
 */

import type { Domain } from '../../../schemas/domain.ts'
import type { ChatModel, UserLine } from '../../../schemas/environment.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { Task } from '../../../schemas/task.ts'
import type { CallOutcome } from '../world.ts'
import { quotedIn } from './hearing.ts'
import type { SimulatedUser } from './index.ts'
import { linesIn } from './lines.ts'
import type { Plan, RuleUser } from './rule.ts'

export interface ModelUserOptions {
  rule: RuleUser
  model: ChatModel
  task: Task
  domain: Domain
}

interface Line {
  who: 'agent' | 'user'
  content: string
}

const charsMax = 800

export function createModelUser({ rule, model, task, domain }: ModelUserOptions): SimulatedUser {
  return userFrom({ rule, model, task, domain }, [])
}

function userFrom({ rule, model, task, domain }: ModelUserOptions, talk: Line[]): SimulatedUser {
  const hold = createHold(task, domain)
  const { intent, slots, language } = task
  const facts = [...slots.map(({ said }) => said), ...(task.certificate?.references ?? []).map(({ said }) => said)]
  const system = [
    'You play a person who talks to an assistant. The assistant does the work; you only talk. Stay in your part.',
    `What you want, and all that you know: ${JSON.stringify(intent)}`,
    ...(slots.length > 0
      ? [
          `Details, to be said word for word: ${slots.map(({ name, said }) => `${name}: ${JSON.stringify(said)}`).join('; ')}`,
        ]
      : []),
    `Speak ${language === 'zh' ? 'Chinese' : 'English'}, in one to three short sentences, as people write in a chat. Invent nothing: no identifiers, numbers, dates or names but those above. Never say what tools to use.`,
    'Before each line of yours you get a note that says what the line is for. Answer with the line alone.',
  ].join('\n')

  /** Leave is not taken before all of it was said: what a model left out at first is not lost. */
  const whole = (plan: Plan): Plan => {
    if (!plan.closes) return plan
    const spoken = talk.filter(({ who }) => who === 'user').map(({ content }) => content)
    const missing = facts.filter((said) => !spoken.some((line) => line.includes(said)))
    if (missing.length === 0) return plan
    return { content: linesIn[language].complete(intent)[0], ends: false, must: missing, closes: false }
  }

  const ask = async (plan: Plan, note: string, outcomes: readonly CallOutcome[]): Promise<UserLine> => {
    const allowed = [plan.content, ...talk.map(({ content }) => content), JSON.stringify(outcomes)]
    const messages: JsonObject[] = [
      { role: 'system', content: system },
      ...talk.map(({ who, content }): JsonObject => ({ role: who === 'user' ? 'assistant' : 'user', content })),
      { role: 'system', content: `${note} For example: ${JSON.stringify(plan.content)}` },
    ]
    for (let tries = 0; tries < 2; tries += 1) {
      const content = contentOf(await model.complete({ messages, temperature: 0.7, max_tokens: 300 }))
      const wrong = hold(content, plan, allowed)
      if (wrong === null) return { content, ends: plan.ends, by: 'model' }
      messages.push(
        { role: 'assistant', content },
        { role: 'system', content: `That line can't be said: ${wrong} Say it again, rightly.` },
      )
    }
    return { content: plan.content, ends: plan.ends, by: 'rule' }
  }

  const speak = (line: UserLine): UserLine => {
    talk.push({ who: 'user', content: line.content })
    if (line.by === 'model') rule.said(line.content)
    return line
  }

  return {
    kind: 'model',
    get answer() {
      return rule.answer
    },
    async opening(recorded) {
      const plan = rule.opening()
      const note = 'You write to the assistant first: say what you want. You need not say all details yet.'
      return speak(recorded ?? (await ask(plan, note, [])))
    },
    hear(content) {
      talk.push({ who: 'agent', content })
      return rule.hear(content)
    },
    async reply(outcomes, recorded) {
      const plan = whole(rule.reply(outcomes))
      if (recorded !== undefined) return speak(recorded)
      const note = plan.ends
        ? 'It is over: thank the assistant and say goodbye.'
        : `Answer what the assistant said; it is not over, so don't say goodbye.${plan.must.length > 0 ? ` Say these word for word: ${plan.must.map((said) => JSON.stringify(said)).join(', ')}.` : ''}`
      try {
        return speak(await ask(plan, note, outcomes))
      } catch (error) {
        // An endpoint that went away in the midst of it takes its words with it, not the episode.
        if (!(error instanceof MicrocosmError)) throw error
        return speak({ content: plan.content, ends: plan.ends, by: 'rule' })
      }
    },
    copy: () => userFrom({ rule: rule.copy(), model, task, domain }, [...talk]),
  }
}

/** Why a line can't be said; null where it can. */
type Hold = (content: string, plan: Plan, allowed: readonly string[]) => string | null

function createHold({ intent, slots, gold }: Task, { tools }: Domain): Hold {
  const own = [intent, ...slots.flatMap(({ said, value }) => [said, textOf(value)])]
  const slotted = new Set(slots.map(({ value }) => textOf(value)))
  /** What gold's calls say that the user doesn't: identifiers, and whatever else was looked up. */
  const hidden = [
    ...gold.calls.flatMap((call) => Object.values(call.arguments)),
    ...(gold.answer ? [gold.answer.value] : []),
  ]
    .filter((value) => typeof value === 'string')
    .filter((value) => value.length > 2 && !slotted.has(value) && !own.some((text) => text.includes(value)))
  const names = tools.map(({ name }) => name).filter((name) => name.includes('_'))
  return (content, plan, said) => {
    if (content === '') return 'it is empty.'
    if (content.length > charsMax) return `it has more than ${charsMax} characters.`
    const known = fold([...own, ...said].join('\n'))
    const text = fold(content)
    const isStrange = (part: string): boolean => !known.includes(fold(part))
    const secret = hidden.find((value) => text.includes(fold(value)) && isStrange(value))
    if (secret !== undefined) return `you don't know ${JSON.stringify(secret)}.`
    const tool = names.find((name) => text.includes(name))
    if (tool !== undefined) return `people don't speak of tools such as ${tool}.`
    const id = (content.match(/\b[A-Za-z]{1,8}_[A-Za-z0-9_]+\b|\b[0-9a-f]{8,}\b/g) ?? []).find(isStrange)
    if (id !== undefined) return `you know no identifiers, and "${id}" looks like one.`
    const numbers = new Set(known.match(/\d+/g) ?? [])
    const number = (text.match(/\d+/g) ?? []).find((one) => !numbers.has(one))
    if (number !== undefined) return `the number ${number} is not one of yours.`
    const strange = quotedIn(content).find(isStrange)
    if (strange !== undefined) return `"${strange}" is not one of the values you know.`
    const missing = plan.must.find((part) => !content.includes(part))
    if (missing !== undefined) return `it must say ${JSON.stringify(missing)} word for word.`
    if (!plan.ends && /\b(good ?bye|bye)\b|再见/i.test(content)) return "it is not over yet, so don't say goodbye."
    return null
  }
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase()
const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value))

function contentOf(answer: JsonObject): string {
  const [choice] = (answer.choices ?? []) as { message?: { content?: unknown } }[]
  const content = choice?.message?.content
  return typeof content === 'string' ? content.trim() : ''
}
