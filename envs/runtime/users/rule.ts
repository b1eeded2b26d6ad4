/**
 * A user by rule: knows the intent and its slots, tells them in a manner drawn from the seed, answers, confirms, refuses,
 * and stops. Each line follows from the seed and from what the agent has said so far.
 *
 * What must hold: no failure of the agent is this user's fault. Every question is answered with something that was not told
 * before, as long as there is any; a value that was wrong at first is announced as unsure and put right in the next line;
 * nobody is taken leave of before everything was told and something was done; and patience ends.
 */

import type { Domain } from '../../../schemas/domain.ts'
import type { Task } from '../../../schemas/task.ts'
import type { CallOutcome } from '../world.ts'
import type { Chance } from './chance.ts'
import { chanceOf, pick } from './chance.ts'
import type { Errand } from './errands.ts'
import { createErrands, tellOutcome } from './errands.ts'
import type { Heard } from './hearing.ts'
import { listen } from './hearing.ts'
import { linesIn, stop } from './lines.ts'
import type { Piece, Wish } from './wish.ts'
import { formerly, readWish, saySentence, sayWish } from './wish.ts'

export const manners = ['at once', 'bit by bit', 'change of mind'] as const
export type Manner = (typeof manners)[number]

/** What a user means to say next. */
export interface Plan {
  content: string
  /** Whether it is a goodbye. */
  ends: boolean
  /** What it must hold, word for word, whoever puts it in words. */
  must: string[]
  /** Whether it says that there is no more to be told. */
  closes: boolean
}

export interface RuleUser {
  readonly manner: Manner
  readonly wish: Wish
  /** What the agent told it last in answer to its question; undefined where it asked none. */
  readonly answer: string | undefined
  opening(): Plan
  /** What it does with tools of its own, asked by this message; `reply` is told what came of them. */
  hear(content: string): Errand[]
  reply(outcomes: readonly CallOutcome[]): Plan
  /** Takes back what was told in the last plan: this was said in its place. */
  said(content: string): void
  copy(): RuleUser
}

interface Memory {
  turn: number
  /** Names of slots that were not told yet, in their order. */
  untold: string[]
  /** A value that was said and is not so. */
  slip: { name: string; wrong: string } | null
  /** Names of slots that it was asked for. */
  answered: string[]
  /** The agent has said that something was done, or told the fact, and nothing new was told to it since. */
  done: boolean
  /** How often the agent has said that something was done. */
  reports: number
  /** It has asked whether that was all. */
  asked: boolean
  answer: string | undefined
  /** Questions in a row after which there was nothing new to say. */
  idle: number
  /** Gold calls of its own that were done, by index. */
  errands: number[]
  /** What is being answered. */
  message: string
  before: string[]
}

/** Pieces that are held back at most: a sentence with more holes is none. */
const holesMax = 2

/** After so many questions that bring nothing new all is said again; after as many as the second, goodbye. */
const patience = [4, 10] as const

export interface RuleUserOptions {
  task: Task
  domain: Domain
  seed: number
  /** Drawn from the seed unless given. */
  manner?: Manner
}

export function createRuleUser({ task, domain, seed, manner }: RuleUserOptions): RuleUser {
  const chance = chanceOf(`${domain.id}/${task.id}/${seed}`)
  const wish = readWish(task, domain)
  const drawn = manner ?? pick(chance, 'manner', manners)
  return userFrom({ wish, task, domain, chance, manner: settle(drawn, wish) }, freshMemory())
}

/** A manner that there are words for: nothing can be held back, or changed, where no piece can be lifted out. */
function settle(manner: Manner, wish: Wish): Manner {
  if (manner === 'change of mind' && changeable(wish).length === 0) return settle('bit by bit', wish)
  return manner === 'bit by bit' && !wish.pieces.some(({ liftable }) => liftable) ? 'at once' : manner
}

const changeable = ({ pieces, intent }: Wish): Piece[] =>
  pieces.filter((piece) => piece.liftable && formerly(piece, intent, () => 0) !== undefined)

const freshMemory = (): Memory => ({
  turn: 0,
  untold: [],
  slip: null,
  answered: [],
  done: false,
  reports: 0,
  asked: false,
  answer: undefined,
  idle: 0,
  errands: [],
  message: '',
  before: [],
})

interface Character {
  wish: Wish
  task: Task
  domain: Domain
  chance: Chance
  manner: Manner
}

function userFrom(of: Character, memory: Memory): RuleUser {
  const { wish, chance, manner, task, domain } = of
  const { pieces, intent } = wish
  const lines = linesIn[wish.language]
  const errands = createErrands(task, domain)
  const say = (ways: readonly [string, ...string[]], what: string): string =>
    pick(chance, `${memory.turn}/${what}`, ways)
  const byName = new Map(pieces.map((piece) => [piece.slot.name, piece]))
  const holes = (): Map<string, string> => new Map(memory.untold.map((name) => [name, lines.hole]))
  const nameOf = ({ words, shares }: Piece): string =>
    shares === 'name' ? lines.of(words.name[0], words.thing[0] as string) : words.name[0]
  /** Pieces by their names, or in their sentences where a name alone would not do; no sentence twice. */
  const tell = (some: readonly Piece[]): string => {
    const names = new Set(some.map(({ slot }) => slot.name))
    memory.untold = memory.untold.filter((name) => !names.has(name))
    const facts: string[] = []
    const sentences = new Set<string>()
    for (const piece of some) {
      if (piece.liftable && piece.shares !== 'name and thing' && piece.told !== piece.words.name[0])
        facts.push(say(lines.fact(nameOf(piece), piece.told), piece.slot.name))
      else sentences.add(saySentence(wish, piece, holes()))
    }
    if (sentences.size > 0) facts.push(say(lines.meaning([...sentences].join(lines.gap)), 'meaning'))
    return facts.join(lines.gap)
  }
  const lot = ({ slot }: Piece): number => chance(`hold/${slot.name}`, 1 << 16)
  const next = (): Piece | undefined => byName.get(memory.untold[0] ?? '')
  const tellAll = (): string => {
    memory.untold = []
    return say(lines.complete(intent), 'complete')
  }

  const open = (): Plan => {
    const greeting = /^(hi|hello|hey|good|您好|你好)/i.test(intent) ? '' : say(lines.greetings, 'greeting')
    let text = intent
    let after = ''
    if (manner === 'bit by bit') {
      const liftable = pieces.filter((piece) => piece.liftable)
      const order = liftable.toSorted((a, b) => lot(a) - lot(b))
      const held = order.slice(0, 1 + chance('holes', Math.min(holesMax, order.length)))
      memory.untold = pieces.filter((piece) => held.includes(piece)).map(({ slot }) => slot.name)
      text = sayWish(wish, holes())
      after = say(lines.askMe, 'ask me')
    } else if (manner === 'change of mind') {
      const choice = changeable(wish)
      const piece = choice[chance('change', choice.length)] as Piece
      const wrong = formerly(piece, intent, (count) => chance('formerly', count)) as string
      text = sayWish(wish, new Map([[piece.slot.name, wrong]]))
      const atOnce = chance('at once', 3) === 0
      if (!atOnce) memory.slip = { name: piece.slot.name, wrong }
      after = atOnce ? say(lines.slip(wrong, piece.told), 'slip') : say(lines.notSure(nameOf(piece)), 'not sure')
    }
    const content = `${greeting}${after === '' ? text : `${stop(text, lines.stop)}${lines.gap}${after}`}`
    return { content, ends: false, must: [], closes: false }
  }

  const respond = (outcomes: readonly CallOutcome[]): Plan => {
    const heard = listen(memory.message, wish)
    const parts: string[] = []
    const must: string[] = []
    const before = memory.untold.length
    const fixed = memory.slip === null ? undefined : byName.get(memory.slip.name)
    if (memory.slip !== null && fixed !== undefined) {
      parts.push(say(lines.correction(memory.slip.wrong, fixed.told), 'correction'))
      must.push(fixed.told)
      memory.slip = null
    }
    const { asked, refused } = errands.asked(memory.message, memory.errands)
    for (const [index, errand] of asked.entries()) {
      const outcome = outcomes[index]
      parts.push(outcome === undefined ? say(lines.did, 'did') : tellOutcome(outcome, errand, lines, say))
      if (errand.call !== null) memory.errands.push(errand.call)
    }
    if (refused && asked.length === 0) parts.push(say(lines.wont, 'wont'))
    const wrong = heard.wrong.filter((piece) => piece !== fixed)
    for (const piece of wrong) {
      parts.push(say(lines.refusal(nameOf(piece), piece.told), `no ${piece.slot.name}`))
      must.push(piece.told)
    }
    memory.untold = memory.untold.filter((name) => !wrong.some(({ slot }) => slot.name === name))
    const settled = new Set([fixed, ...wrong])
    const answers = answer(heard, settled, parts.length > 0)
    parts.push(...answers.parts)
    must.push(...answers.must)
    const isAnswer = wish.asks !== null && !heard.isQuestion && fits(heard.statement, wish.asks)
    if (isAnswer) memory.answer = memory.message
    const isNews = fixed !== undefined || asked.length > 0 || memory.untold.length < before
    // Who reports on its work tries nobody's patience; who asks the same again does.
    const isFirst = heard.asked.some(({ slot }) => !memory.answered.includes(slot.name))
    memory.answered.push(...heard.asked.map(({ slot }) => slot.name).filter((name) => !memory.answered.includes(name)))
    if (heard.done) memory.reports += 1
    if (isNews || isFirst) memory.idle = 0
    else if (!heard.busy && (heard.isQuestion || heard.asksMore || memory.reports > wish.deeds)) memory.idle += 1
    // What was done before it was all told, or was done wrong, is not done yet.
    if (isNews || wrong.length > 0) memory.done = false
    const plan = isNews ? null : close(heard, isAnswer)
    if (plan !== null && (plan.ends || parts.length === 0)) return plan
    return { content: parts.join(lines.gap), ends: false, must, closes: false }
  }

  /** What it answers to what it is asked, and what it adds of its own. */
  const answer = (
    heard: Heard,
    settled: ReadonlySet<Piece | undefined>,
    spoke: boolean,
  ): { parts: string[]; must: string[] } => {
    const parts: string[] = []
    const must: string[] = []
    const give = (some: readonly Piece[]): void => {
      if (some.length === 0) return
      parts.push(tell(some))
      must.push(...some.map(({ slot }) => slot.said))
    }
    const add = (): void => {
      const piece = next()
      if (piece === undefined) return
      const also = parts.length > 0 || spoke ? say(lines.also, 'also') : ''
      parts.push(`${also}${tell([piece])}`)
      must.push(piece.slot.said)
    }
    const everything = (): void => give(memory.untold.map((name) => byName.get(name) as Piece))
    const left = memory.untold.length
    const asked = heard.asked.filter((piece) => !settled.has(piece))
    if (heard.final || (heard.done && !heard.isQuestion)) everything()
    else if (asked.length > 0) {
      give(asked)
      if (memory.untold.length === left) add()
    } else if (heard.asksAll) {
      must.push(...memory.untold.map((name) => (byName.get(name) as Piece).slot.said))
      parts.push(tellAll())
    } else if (heard.proposes && heard.isQuestion && !heard.asksId) {
      if (!spoke && left === 0) parts.push(say(heard.strange ? lines.yesIf : lines.yes, 'yes'))
      everything()
    } else if (heard.isQuestion) {
      if (heard.asksId) parts.push(say(lines.noId, 'no id'))
      else if (left === 0 && !spoke) parts.push(say(lines.unknown, 'unknown'), tellAll())
      add()
    } else if (heard.asksMore || !heard.busy) add()
    return { parts, must }
  }

  /** Nothing is left to be told: whether it is over. */
  const close = (heard: Heard, isAnswer: boolean): Plan | null => {
    const plan = (ways: readonly [string, ...string[]], what: string, ends = false, closes = true): Plan => ({
      content: say(ways, what),
      ends,
      must: [],
      closes,
    })
    if (memory.idle >= patience[1]) return plan(lines.bye, 'bye', true)
    if (heard.wrong.length > 0) return null
    if (isAnswer || heard.done) memory.done = true
    const satisfied = memory.done && (wish.asks === null || memory.answer !== undefined)
    const isOver =
      heard.final ||
      heard.asksMore ||
      (memory.asked && heard.agrees) ||
      (heard.done && wish.asks === null && wish.deeds <= 1)
    if (heard.leaves || (satisfied && isOver && !heard.isQuestion)) return plan(lines.bye, 'bye', true)
    if (memory.idle >= patience[0] && !heard.busy) return plan(lines.complete(intent), 'complete')
    if (heard.asksMore && !heard.isQuestion)
      return plan(wish.asks === null ? lines.thatsAll : lines.onlyQuestion, "that's all")
    if (wish.asks !== null && !isAnswer && heard.done && memory.answer === undefined)
      return plan(lines.complete(intent), 'complete')
    if (isAnswer || (heard.done && !heard.isQuestion)) {
      memory.asked = true
      return plan(lines.wasThatAll, 'was that all')
    }
    return plan(lines.fine, 'fine', false, false)
  }

  return {
    manner,
    wish,
    get answer() {
      return memory.answer
    },
    opening: open,
    hear(content) {
      memory.turn += 1
      memory.message = content
      memory.before = [...memory.untold]
      return errands.asked(content, memory.errands).asked
    },
    reply: respond,
    said(content) {
      const held = memory.turn === 0 ? pieces.map(({ slot }) => slot.name) : memory.before
      memory.untold = held.filter((name) => !content.includes((byName.get(name) as Piece).slot.said))
    },
    copy: () => userFrom(of, structuredClone(memory)),
  }
}

/** Whether a statement could be the fact that was asked for. */
function fits(statement: string, kind: 'text' | 'number' | 'date' | 'boolean'): boolean {
  if (statement === '') return false
  if (kind === 'number' || kind === 'date')
    return /\d|\b(none|zero|one|two|three|four|five|six|seven|eight|nine|ten)\b|[零一二两三四五六七八九十]/.test(
      statement,
    )
  return true
}
