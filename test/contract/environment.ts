/**
 * What any `Environment` must do, whoever implements it: run on the local one and over every client, on the library's
 * domains. `make` gives a fresh environment of the domain; the suite closes what it opens.
 */

import type { Test } from 'tap'
import type { Domain } from '../../schemas/domain.ts'
import type {
  Action,
  Environment,
  ToolCallsObservation,
  ToolObservation,
  Transition,
} from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Task } from '../../schemas/task.ts'
import { stepLimit } from '../../schemas/task.ts'

export interface ContractOptions {
  make: () => Promise<Environment>
  /** With gold. */
  domain: Domain
}

const goldActions = (task: Task, skip = -1): Action[] =>
  task.gold.calls
    .filter((_, index) => index !== skip)
    .map(({ tool, arguments: args }) => ({ type: 'call_tool', tool_name: tool, arguments: args }))

const submitOf = (task: Task): Action =>
  task.gold.answer === undefined ? { type: 'submit' } : { type: 'submit', answer: task.gold.answer.value }

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    return error instanceof MicrocosmError ? error.code : String(error)
  }
  return 'none'
}

async function play(environment: Environment, task: Task, actions: Action[]): Promise<Transition[]> {
  await environment.reset({ task: task.id })
  const transitions: Transition[] = []
  for (const action of actions) transitions.push(await environment.step(action))
  return transitions
}

const without = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part) => (key === 'session' || key === 'token' ? undefined : part)))

export function environmentContract(t: Test, { make, domain }: ContractOptions): void {
  const writes = (task: Task) =>
    task.gold.calls.findIndex(
      (call) => !call.expect_error && domain.tools.some(({ name, kind }) => name === call.tool && kind === 'write'),
    )
  const writing = domain.tasks.find((task) => writes(task) >= 0)
  const asking = domain.tasks.find((task) => task.gold.answer !== undefined)
  if (writing === undefined || asking === undefined) throw new Error(`${domain.id} lacks a writing or an asking task`)
  const refusedCall: Action = {
    type: 'call_tool',
    tool_name: writing.gold.calls[writes(writing)]?.tool as string,
    arguments: { nonsense: true },
  }

  t.test('reset shows intent, policy and tools, at the top level and in metadata, and never gold', async (t) => {
    await using environment = await make()
    const { observation, ...rest } = await environment.reset({ task: writing.id, seed: 5 })
    t.match(rest, { reward: null, done: false, terminated: false, truncated: false, reason: null })
    t.match(observation, {
      domain: domain.id,
      task: writing.id,
      intent: writing.intent,
      policy: domain.policy,
      seed: 5,
    })
    t.match(observation.metadata, { intent: writing.intent, policy: domain.policy, task: writing.id })
    t.same(
      observation.tools.map(({ name }) => name),
      [...domain.tools.map(({ name }) => name), 'submit'],
    )
    t.notMatch(JSON.stringify(observation), /certificate|"gold"|"slots"/)
    t.notOk('tool_name' in observation, 'a stock client would take it for the result of a call')
  })

  t.test('gold ends with reward 1, given once, and a verification that passed', async (t) => {
    await using environment = await make()
    for (const task of domain.tasks) {
      const transitions = await play(environment, task, [...goldActions(task), submitOf(task)])
      t.same(
        transitions
          .slice(0, -1)
          .map(({ reward }) => reward)
          .filter((reward) => reward !== null),
        [],
        task.id,
      )
      t.match(
        transitions.at(-1),
        { reward: 1, done: true, terminated: true, truncated: false, reason: 'submitted' },
        task.id,
      )
      t.match(await environment.verify(), { passed: true, reward: 1, reasons: [] }, task.id)
    }
  })

  t.test('doing nothing fails every task', async (t) => {
    await using environment = await make()
    for (const task of domain.tasks) {
      const [end] = await play(environment, task, [{ type: 'submit' }])
      t.match(end, { reward: 0, terminated: true }, task.id)
    }
  })

  t.test('gold without a write fails and says why in words', async (t) => {
    await using environment = await make()
    await play(environment, writing, goldActions(writing, writes(writing)))
    const verification = await environment.verify()
    t.equal(verification.passed, false)
    t.ok(
      verification.reasons.length > 0 && verification.reasons.every((reason) => reason.length > 20),
      verification.reasons.join(' '),
    )
    t.ok(
      verification.state.differences.every(({ kind }) =>
        ['missing_row', 'unexpected_row', 'wrong_cell'].includes(kind),
      ),
    )
  })

  t.test('what an agent does wrong is an observation, and changes nothing', async (t) => {
    await using environment = await make()
    await environment.reset({ task: writing.id })
    const { state: before } = await environment.verify()
    const unknown = (await environment.step({ type: 'call_tool', tool_name: 'no_such_tool', arguments: {} }))
      .observation as ToolObservation
    t.match(unknown, {
      tool_name: 'no_such_tool',
      result: null,
      error: { error_type: 'tool_not_found', message: /no_such_tool/ },
      error_code: 'TOOL_NOT_FOUND',
      metadata: { error_code: 'TOOL_NOT_FOUND' },
    })
    const misfit = (await environment.step(refusedCall)).observation as ToolObservation
    t.match(misfit, { error: { error_type: 'invalid_args', message: /nonsense/ }, error_code: 'INVALID_ARGS' })
    const message = (await environment.step({ type: 'message', content: 'Hello?' })).observation as ToolObservation
    t.match(message, { error: { error_type: 'execution_error' }, error_code: 'NO_USER' })
    t.same((await environment.verify()).state, before)
  })

  t.test('an argument named __proto__ is refused like any that is not known', async (t) => {
    await using environment = await make()
    await environment.reset({ task: writing.id })
    const call = { ...refusedCall, arguments: JSON.parse('{"__proto__": {"nonsense": 1}}') }
    const outcome = await environment.step(call).then(
      ({ observation }) => (observation as ToolObservation).error?.message,
      (error) => (error as MicrocosmError).code, // HTTP's parser of bodies takes none
    )
    t.match(outcome, /"__proto__"|VALIDATION_ERROR/)
  })

  t.test('several calls in one step run in order, each a step of its own, and end with the episode', async (t) => {
    await using environment = await make()
    const calls = goldActions(writing).map((each) => each as Extract<Action, { type: 'call_tool' }>)
    const missing = { tool_name: 'no_such_tool', arguments: {} }
    const submit = { tool_name: 'submit', arguments: {} }
    await environment.reset({ task: writing.id })
    const one = await environment.step({ type: 'call_tools', calls: [missing, ...calls] })
    const { results } = one.observation as ToolCallsObservation
    t.match(one, { reward: null, done: false, observation: { metadata: { step: calls.length + 1 } } })
    t.match(results[0], { error_code: 'TOOL_NOT_FOUND', metadata: { step: 1 } })
    t.same(
      results.slice(1).map(({ tool_name }) => tool_name),
      calls.map(({ tool_name }) => tool_name),
    )
    const end = await environment.step({ type: 'call_tools', calls: [submit, ...calls] })
    t.match(end, { reward: 1, terminated: true, reason: 'submitted' })
    t.equal((end.observation as ToolCallsObservation).results.length, 1, 'nothing is done after the end')
  })

  t.test('calls out of order have their codes, and the environment lives on', async (t) => {
    await using environment = await make()
    const call: Action = { type: 'call_tool', tool_name: 'x', arguments: {} }
    t.equal(await codeOf(environment.step(call)), 'EPISODE_NOT_RESET')
    t.equal(await codeOf(environment.verify()), 'EPISODE_NOT_RESET')
    t.equal(await codeOf(environment.fork(1)), 'EPISODE_NOT_RESET')
    t.match(
      (await environment.step({ type: 'list_tools' })).observation,
      { tools: [{ name: domain.tools[0]?.name }] },
      'tools may be listed before reset',
    )
    t.equal(await codeOf(environment.reset({ task: `${writing.id}x` })), 'UNKNOWN_TASK')
    t.equal(await codeOf(environment.reset({ task: writing.id, user: 'model' })), 'NO_USER')
    await play(environment, writing, [{ type: 'submit' }])
    t.equal(await codeOf(environment.step(call)), 'EPISODE_ENDED')
    t.match(await environment.verify(), { passed: false }, 'verify still answers after the end')
    const again = await play(environment, writing, [...goldActions(writing), submitOf(writing)])
    t.equal(again.at(-1)?.reward, 1, 'and reset begins another')
  })

  t.test('submit is a tool as well, and an answer with no fact in it fails', async (t) => {
    await using environment = await make()
    const value = asking.gold.answer?.value ?? ''
    const right = await play(environment, asking, [
      ...goldActions(asking),
      { type: 'call_tool', tool_name: 'submit', arguments: { answer: value } },
    ])
    t.match(right.at(-1), { reward: 1, terminated: true, reason: 'submitted' })
    const wrong = await play(environment, asking, [{ type: 'submit', answer: 'I could not find it.' }])
    t.match(wrong.at(-1), { reward: 0, terminated: true })
  })

  t.test('the step limit truncates, with the reward that the state earned', async (t) => {
    await using environment = await make()
    const idle: Action[] = Array.from({ length: stepLimit(writing) - goldActions(writing).length }, () => ({
      type: 'call_tool',
      tool_name: 'no_such_tool',
      arguments: {},
    }))
    const transitions = await play(environment, writing, [...goldActions(writing), ...idle])
    t.match(transitions.at(-2), { done: false, reward: null })
    t.match(transitions.at(-1), { done: true, terminated: false, truncated: true, reason: 'step_limit', reward: 1 })
  })

  t.test('verify changes nothing, and the same seed and actions give the same observations', async (t) => {
    await using one = await make()
    await using two = await make()
    t.same(without(await one.reset({ seed: 11 })), without(await two.reset({ seed: 11 })))
    const task = domain.tasks.find(({ id }) => id === writing.id) as Task
    await one.reset({ task: task.id, seed: 1 })
    await two.reset({ task: task.id, seed: 1 })
    for (const action of goldActions(task)) {
      await one.verify()
      t.same(await one.step(action), await two.step(action))
    }
    t.same(await one.verify(), await two.verify())
  })

  t.test('a split is drawn from by seed', async (t) => {
    await using environment = await make()
    const drawn = new Set<string>()
    for (let seed = 0; seed < 20; seed++) drawn.add((await environment.reset({ seed, split: 'test' })).observation.task)
    t.ok(drawn.size > 1)
    for (const id of drawn) t.equal(domain.tasks.find((task) => task.id === id)?.split, 'test')
  })

  t.test('forks begin where their parent is and go their own way', async (t) => {
    await using environment = await make()
    const actions = goldActions(writing)
    const half = writes(writing)
    await play(environment, writing, actions.slice(0, half))
    const forks = await environment.fork(2)
    const [first, second] = forks as [Environment, Environment]
    for (const action of actions.slice(half)) await first.step(action)
    t.equal((await first.step(submitOf(writing))).reward, 1)
    t.match(await second.verify(), { passed: false })
    t.match(await environment.verify(), { passed: false }, 'the parent is as it was')
    for (const action of actions.slice(half)) await environment.step(action)
    t.equal((await environment.step(submitOf(writing))).reward, 1)
    t.match(await codeOf(environment.fork(65)), /FORK_LIMIT|VALIDATION_ERROR/)
    for (const fork of forks) await fork.close()
  })

  t.test('with a user the talk goes by the seed, takes steps of its own, and gold passes after it', async (t) => {
    await using one = await make()
    await using two = await make()
    const options = { task: writing.id, seed: 3, user: 'rule' } as const
    const { observation } = await one.reset(options)
    t.match(observation, { user: 'rule', metadata: { user: 'rule', intent: observation.intent } })
    t.equal(observation.tools.at(-1)?.name, 'send_message')
    t.ok(observation.step_limit > stepLimit(writing), 'there is room to talk')
    t.equal((await two.reset(options)).observation.intent, observation.intent)
    const asked: Action[] = [
      { type: 'message', content: 'What exactly is to be done?' },
      { type: 'call_tool', tool_name: 'send_message', arguments: { content: 'Is there anything else?' } },
    ]
    for (const action of asked) {
      const { observation: said, done } = await one.step(action)
      t.equal(done, false)
      t.match(said, { tool_name: 'send_message', result: { reply: /.+/ }, error: null })
      t.same((await two.step(action)).observation, said)
    }
    for (const action of goldActions(writing)) await one.step(action)
    const end = await one.step(submitOf(writing))
    t.match(end, {
      reward: 1,
      reason: 'submitted',
      observation: { metadata: { step: goldActions(writing).length + 3 } },
    })
    const alone = (await one.reset({ task: writing.id })).observation
    t.equal(alone.intent, writing.intent)
    t.notOk('user' in alone)
  })

  t.test('closing twice is no error', async () => {
    const environment = await make()
    await environment.reset({ task: writing.id })
    await environment.close()
    await environment.close()
  })
}
