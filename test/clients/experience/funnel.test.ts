/** The funnel on a file in which every fault is known: nothing wrongly kept, nothing wrongly dropped. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { repeatedShare } from '../../../clients/experience/funnel/repetition.ts'
import { createFunnel, judge } from '../../../clients/experience/funnel.ts'
import type { Job } from '../../../clients/experience/jobs.ts'
import { readTrajectories } from '../../../clients/experience/lines.ts'
import { createOracle } from '../../../envs/agents/oracle.ts'
import type { Action } from '../../../schemas/environment.ts'
import type { Gold, Task } from '../../../schemas/task.ts'
import type { ChatMessage, Trajectory } from '../../../schemas/trajectory.ts'
import { openHotel } from './hotel.ts'

const hotel = openHotel()
t.teardown(() => hotel.close())
const taskOf = ({ task }: { task: string }): Task => hotel.tasks.find(({ id }) => id === task) as Task
const goldOf = (of: { task: string }): Gold => taskOf(of).gold

type Assistant = Extract<ChatMessage, { role: 'assistant' }>
const assistants = ({ messages }: Trajectory): Assistant[] =>
  messages.filter((message): message is Assistant => message.role === 'assistant')
const copyOf = (trajectory: Trajectory): Trajectory => structuredClone(trajectory)
const firstCall = (trajectory: Trajectory) =>
  assistants(trajectory)[0]?.tool_calls?.[0] as NonNullable<Assistant['tool_calls']>[number]

/** What is done to a sound trajectory, the filter that must see it, and the word it must say. */
const planted: Record<string, [filter: string, reason: string, spoil: (whole: Trajectory) => Trajectory | string]> = {
  'half a line': ['validity', 'not_a_trajectory', (it) => JSON.stringify(it).slice(0, 400)],
  'no messages field': ['validity', 'not_a_trajectory', ({ messages: _, ...rest }) => JSON.stringify(rest)],
  'the world crashed': [
    'validity',
    'crashed',
    (it) => ({ ...it, terminated: false, truncated: true, reason: 'crashed', verification: null }),
  ],
  'the agent broke': [
    'validity',
    'agent_failed',
    (it) => ({ ...it, stop: 'failed', terminated: false, failure: { code: 'MODEL_FAILED', message: 'x' } }),
  ],
  'out of steps': [
    'validity',
    'cut_short',
    (it) => ({ ...it, terminated: false, truncated: true, reason: 'step_limit' }),
  ],
  'gave up': ['validity', 'cut_short', (it) => ({ ...it, terminated: false, stop: 'gave_up', reason: null })],
  'never verified': ['validity', 'no_verification', (it) => ({ ...it, verification: null })],
  'nobody spoke': ['validity', 'no_messages', (it) => ({ ...it, messages: it.messages.slice(0, 2) })],
  'two users in a row': [
    'validity',
    'order',
    (it) => ({ ...it, messages: it.messages.toSpliced(2, 0, { role: 'user', content: 'And?' }) }),
  ],
  'a second system': [
    'validity',
    'order',
    (it) => ({ ...it, messages: it.messages.toSpliced(2, 0, { role: 'system', content: 'Now obey.' }) }),
  ],
  'an empty reply': [
    'validity',
    'empty_message',
    (it) => ({
      ...it,
      messages: it.messages.toSpliced(2, 0, { role: 'assistant', content: ' ' }, { role: 'user', content: 'Yes?' }),
    }),
  ],
  'one id for two calls': [
    'validity',
    'call_id',
    (it) => {
      const spoilt = copyOf(it)
      const [first, second] = assistants(spoilt)
      const id = first?.tool_calls?.[0]?.id as string
      const later = second?.tool_calls?.[0] as { id: string }
      const result = spoilt.messages.find((message) => message.role === 'tool' && message.tool_call_id === later.id)
      later.id = id
      ;(result as { tool_call_id: string }).tool_call_id = id
      return spoilt
    },
  ],
  'arguments that end half-way': [
    'validity',
    'call_arguments',
    (it) => {
      const spoilt = copyOf(it)
      firstCall(spoilt).function.arguments = '{"name": "Ama'
      return spoilt
    },
  ],
  'arguments that are a list': [
    'validity',
    'call_arguments',
    (it) => {
      const spoilt = copyOf(it)
      firstCall(spoilt).function.arguments = '["a"]'
      return spoilt
    },
  ],
  'a tool that nobody offered': [
    'validity',
    'unknown_tool',
    (it) => {
      const spoilt = copyOf(it)
      firstCall(spoilt).function.name = 'launch_rocket'
      return spoilt
    },
  ],
  'a call without a result': [
    'validity',
    'result_missing',
    (it) => ({
      ...it,
      messages: it.messages.toSpliced(
        it.messages.findIndex(({ role }) => role === 'tool'),
        1,
      ),
    }),
  ],
  'a result without a call': [
    'validity',
    'result_without_call',
    (it) => ({
      ...it,
      messages: it.messages.toSpliced(
        it.messages.findIndex(({ role }) => role === 'tool'),
        0,
        { role: 'tool', tool_call_id: 'nobody', content: '{}' },
      ),
    }),
  ],
  'reasoning that goes round': [
    'validity',
    'repetition',
    (it) => {
      const spoilt = copyOf(it)
      const [first] = assistants(spoilt)
      if (first !== undefined) first.reasoning_content = 'I should look the guest up first. '.repeat(12)
      return spoilt
    },
  ],
  转来转去的思考: [
    'validity',
    'repetition',
    (it) => {
      const spoilt = copyOf(it)
      const [first] = assistants(spoilt)
      if (first !== undefined) first.reasoning_content = '我应该先查询客人的预订。'.repeat(8)
      return spoilt
    },
  ],
}

const each = 50

t.test(
  'every kind of fault, fifty times each, is dropped by its own filter with its own word; the sound ones stay',
  async (t) => {
    const jobs = hotel.jobs(30, 4)
    const writing: Job[] = []
    const reading: Job[] = []
    for (const job of jobs.filter(({ trial }) => trial === 0)) {
      ;(job.about.writes ? writing : reading).push(job)
    }
    t.ok(writing.length >= 10 && reading.length >= 4, `${writing.length} tasks that write, ${reading.length} that read`)
    const nth = (of: readonly Job[], index: number): Job => ({ ...(of[index % of.length] as Job), trial: index })
    const answered = hotel.tasks.filter(({ gold }) => gold.answer !== undefined).map(({ id }) => id)
    const twoCalls = hotel.tasks.filter(({ gold }) => gold.calls.length >= 2).map(({ id }) => id)

    const lines: string[] = []
    const expected: Record<string, Record<string, number>> = { validity: {}, alignment: {}, exactness: {} }
    const plant = (filter: string, reason: string, text: string): void => {
      lines.push(text)
      const of = expected[filter] as Record<string, number>
      of[reason] = (of[reason] ?? 0) + 1
    }
    for (const [filter, reason, spoil] of Object.values(planted)) {
      const sources = jobs.filter(({ trial, task }) => trial === 0 && twoCalls.includes(task))
      for (let index = 0; index < each; index += 1) {
        const spoilt = spoil(await hotel.play(nth(sources, index), 'oracle'))
        plant(filter, reason, typeof spoilt === 'string' ? spoilt : JSON.stringify(spoilt))
      }
    }
    // What only a real run can have wrong: a write left out, another answer, a call too many, an argument of another's.
    const kinds = Object.keys(planted).length
    for (let index = 0; index < each; index += 1) {
      const job = nth(writing, index)
      const gold = goldOf(job)
      const skip = gold.calls.findLastIndex(
        ({ tool, expect_error }) => expect_error === undefined && !/^(find|list|get|search|quote|check_av)/.test(tool),
      )
      plant('alignment', 'state', JSON.stringify(await hotel.play(job, createOracle(gold, { skip }))))
      const asked = nth(
        reading.filter(({ task }) => answered.includes(task)),
        index,
      )
      plant(
        'exactness',
        'answer',
        JSON.stringify(
          await hotel.play(
            asked,
            createOracle({ ...goldOf(asked), answer: { kind: 'text', value: 'the 31st of nowhere' } }),
          ),
        ),
      )
      plant('exactness', 'calls', JSON.stringify(await hotel.play(asked, withExtraCall(goldOf(asked)))))
    }
    const faulty = lines.length
    t.equal(faulty, (kinds + 3) * each)
    // And the sound ones: gold, and gold by way of errors that were made up, for writing and for reading tasks.
    const sound: string[] = []
    let recovered = 0
    for (let index = 0; index < 2 * each; index += 1) {
      for (const kind of [writing, reading]) {
        sound.push(JSON.stringify(await hotel.play(nth(kind, index), 'oracle')))
        const trajectory = await hotel.play({ ...nth(kind, index), seed: index, trial: 1000 + index }, 'oracle', 0.5)
        if (trajectory.calls?.some(({ injected }) => injected)) recovered += 1
        sound.push(JSON.stringify(trajectory))
      }
    }
    const declared = sound.filter((text) =>
      (JSON.parse(text) as Trajectory).calls?.some(({ error, injected }) => error !== null && injected !== true),
    )
    // Both in one file, now this, now that.
    const mixed = [...lines.map((text) => ({ text, kept: false })), ...sound.map((text) => ({ text, kept: true }))]
    mixed.sort((a, b) => (hash(a.text) < hash(b.text) ? -1 : 1))
    const file = join(t.testdir({}), 'mixed.jsonl')
    writeFileSync(file, mixed.map(({ text }) => `${text}\n`).join(''))

    const funnel = createFunnel({ taskOf })
    let at = 0
    let wrong = 0
    for await (const read of readTrajectories([file])) {
      const { kept, text } = mixed[at++] as (typeof mixed)[number]
      const verdict = funnel.take(read)
      if (kept === (verdict.filter === undefined)) continue
      wrong += 1
      if (wrong < 4) t.fail(`${kept ? 'dropped' : 'kept'}: ${JSON.stringify(verdict)} ${text.slice(0, 200)}`)
    }
    t.equal(wrong, 0)
    const report = funnel.report()
    t.equal(report.in, lines.length + sound.length)
    t.equal(report.kept, sound.length)
    for (const [filter, reasons] of Object.entries(expected))
      t.same(report.filters[filter as 'validity'].reasons, reasons, filter)
    t.ok(recovered > each, `${recovered} met an error that was made up`)
    t.equal(
      report.recovered,
      sound.filter((text) => (JSON.parse(text) as Trajectory).calls?.some(({ error }) => error !== null)).length,
    )
    t.equal(
      report.recovered_of_own,
      declared.filter((text) => !(JSON.parse(text) as Trajectory).calls?.some(({ injected }) => injected)).length,
    )
    const { validity, alignment, exactness } = report.filters
    t.equal(validity.out, alignment.in)
    t.equal(alignment.out, exactness.in)
    t.equal(exactness.out, report.kept)
    const sums = Object.values(report.domains)
    t.equal(
      sums.reduce((sum, { in: all }) => sum + all, 0),
      report.in,
    )
    t.equal(
      sums.reduce((sum, { kept }) => sum + kept, 0),
      report.kept,
    )
  },
)

t.test(
  'an error of the agent on the way to exact calls is no fault; without gold the verification has the word',
  async (t) => {
    const job = hotel.jobs(1).find(({ task }) => task === 'what-amara-owes') as Job
    const gold = goldOf(job)
    const wrongFirst = createOracle({
      ...gold,
      calls: [{ tool: (gold.calls[0] as Gold['calls'][0]).tool, arguments: { nonsense: 1 } }, ...gold.calls],
    })
    const trajectory = await hotel.play(job, wrongFirst)
    t.match(trajectory.calls?.[0], { error: { code: 'INVALID_ARGS' } })
    t.same(judge(trajectory, { taskOf }), { recovered: true })
    t.same(judge(trajectory), { filter: 'exactness', reason: 'calls', recovered: false })
  },
)

t.test('what counts as repetition is a setting', (t) => {
  const text = Array.from({ length: 60 }, (_, index) => `word${index % 30}`).join(' ')
  t.ok(Math.abs(repeatedShare(text, { n: 4, shareMax: 0.5, gramsMin: 20 }) - 27 / 57) < 1e-12)
  t.equal(repeatedShare('no no no', { n: 1, shareMax: 0.5, gramsMin: 20 }), 0, 'too short to tell')
  t.end()
})

/** Gold with one look too many, at something that is there. */
function withExtraCall(gold: Gold) {
  const oracle = createOracle(gold)
  let first = true
  return {
    ...oracle,
    act: (last: Parameters<typeof oracle.act>[0]): Promise<Action | null> | Action | null => {
      if (!first) return oracle.act(last)
      first = false
      return { type: 'call_tool', tool_name: 'search_hotels', arguments: {} }
    },
  }
}

function hash(text: string): number {
  let value = 7
  for (let at = 0; at < text.length; at += 7) value = (value * 31 + text.charCodeAt(at)) % 2147483647
  return value
}
