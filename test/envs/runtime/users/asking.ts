/**
 * An agent for tests that asks before it acts: for each slot by its column's words, until it was told; then plays gold and
 * says that it is done.
 */

import { sayColumn } from '../../../../envs/synthesis/lexicon.ts'
import type { Domain } from '../../../../schemas/domain.ts'
import type { Action, Agent, ResetObservation, ToolObservation, Transition } from '../../../../schemas/environment.ts'
import type { Slot, Task } from '../../../../schemas/task.ts'

export interface AskingAgent extends Agent {
  /** What the user has said, the opening first. */
  readonly heard: readonly string[]
  /** Slots that were asked for until there was no more sense in it, and not told. */
  readonly missed: readonly string[]
}

/** What it says between its calls, where it is one that talks: nothing of it means that it is done. */
const talk = {
  en: [
    'Sure, I can help with that. One moment, please.',
    "I've found what I was looking for.",
    'That worked. Next, I will go on with the rest.',
    'Is there anything else that I should know before I go on?',
    "Thank you. I've noted all of it.",
  ],
  zh: ['好的，请稍等。', '找到了。', '这一步完成了，接下来继续。', '在我继续之前，还有别的吗？', '明白，都记下了。'],
}

/** Questions about one slot before it is given up. */
const triesMax = 3

export function createAsking(task: Task, domain: Domain, { talks = false } = {}): AskingAgent {
  const zh = task.language === 'zh'
  const heard: string[] = []
  const missed: string[] = []
  let plan: Generator<Action, null> | null = null

  function* act(): Generator<Action, null> {
    for (const slot of task.slots) {
      let tries = 0
      do yield { type: 'message', content: question(slot, domain, zh) }
      while (!heard.join('\n').includes(slot.said) && ++tries < triesMax)
      if (!heard.join('\n').includes(slot.said)) missed.push(slot.name)
    }
    yield { type: 'message', content: zh ? '还有别的需要吗？' : 'Is there anything else?' }
    for (const [index, { tool, arguments: args }] of task.gold.calls.entries()) {
      const said = talk[task.language][index % talk.en.length]
      if (talks && said !== undefined) yield { type: 'message', content: said }
      yield { type: 'call_tool', tool_name: tool, arguments: args }
    }
    const { answer } = task.gold
    if (answer !== undefined) yield { type: 'message', content: zh ? `是${answer.value}。` : `It is ${answer.value}.` }
    else yield { type: 'message', content: zh ? '全部办好了。' : 'All of it is done.' }
    yield { type: 'message', content: zh ? '还有别的需要吗？' : 'Is there anything else?' }
    yield { type: 'submit' }
    return null
  }

  return {
    name: 'asking',
    get heard() {
      return heard
    },
    get missed() {
      return missed
    },
    begin({ intent }: ResetObservation) {
      heard.splice(0, heard.length, intent)
      missed.splice(0)
      plan = act()
    },
    act(last: Transition | null): Action | null {
      const { result } = (last?.observation ?? {}) as Partial<ToolObservation>
      const reply = (result as { reply?: string } | null | undefined)?.reply
      if (reply !== undefined) heard.push(reply)
      const { done, value } = (plan as Generator<Action, null>).next()
      return done ? null : value
    },
  }
}

/** By the words of its column, which the lexicon has; by its name where it is of no column. */
function question({ name }: Slot, { tables }: Domain, zh: boolean): string {
  const bare = name.replace(/_\d+$/, '')
  for (const { name: table, columns } of tables) {
    for (const { name: column } of columns) {
      if (bare !== `${table}_${column}` && bare !== column) continue
      const said = sayColumn(table, column, zh ? 'zh' : 'en')
      return zh ? `请问${said}是什么？` : `Could you tell me the ${said}, please?`
    }
  }
  return zh ? `请问${name}？` : `What is the ${bare.replaceAll('_', ' ')}?`
}
