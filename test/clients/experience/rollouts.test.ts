/** Rollouts: killed and taken up, with faults, over a socket, and with endpoints that misbehave in every way. */

import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { createChatAgent } from '../../../clients/experience/agents/chat.ts'
import { speaking } from '../../../clients/experience/conversation.ts'
import { runRollouts } from '../../../clients/experience/rollouts.ts'
import { selectTasks } from '../../../clients/experience/selection.ts'
import { createNoop } from '../../../envs/agents/noop.ts'
import { openCatalog } from '../../../envs/catalog.ts'
import { createChatModel } from '../../../envs/models.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import { summarizeTask } from '../../../schemas/task.ts'
import { type Trajectory, trajectory as trajectorySchema } from '../../../schemas/trajectory.ts'
import { startServer } from '../../../server/app.ts'
import { type Answer, type Asked, startEndpoint } from '../../envs/endpoint.ts'
import { chance, openHotel } from './hotel.ts'

const main = join(import.meta.dirname, '../../../clients/cli/main.ts')
const dir = t.testdir({})
const at = (name: string): string => join(dir, name)
const hotel = openHotel()
const catalog = openCatalog({})
const server = await startServer({ catalog, config: { port: 0 } })
t.teardown(async () => {
  await server.close()
  catalog.close()
  hotel.close()
})

const read = (file: string): Trajectory[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** Without what the clock and the server say, sorted by task and trial. */
const records = (file: string): string[] =>
  read(file)
    .sort((a, b) => (a.task < b.task ? -1 : a.task > b.task ? 1 : a.trial - b.trial))
    .map(({ timing: _, session: __, ...rest }) => JSON.stringify(rest))

function rollout(...args: string[]) {
  const child = spawn(process.execPath, [main, 'rollout', ...args], {
    cwd: dir,
    env: { ...process.env, MICROCOSM_CATALOG: undefined },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (data) => (out += data))
  child.stderr.on('data', (data) => (err += data))
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, out, err })),
  )
  return { child, ended }
}

t.test('a run over a socket that is killed twice ends with the records of one that was not', async (t) => {
  const args = ['--agent', 'planner-err:0.2', '--tasks', 'all', '--trials', '6', '--faults', '0.2', '--url', server.url]
  t.equal((await rollout(...args, '--out', 'whole.jsonl', '--concurrency', '2').ended).code, 0)
  const sizes = [0]
  for (const _ of [1, 2]) {
    const { child, ended } = rollout(...args, '--out', 'cut.jsonl', '--concurrency', '5')
    const size = (): number => (existsSync(at('cut.jsonl')) ? statSync(at('cut.jsonl')).size : 0)
    while (size() <= (sizes.at(-1) as number) + 100_000) await pause(5)
    child.kill('SIGKILL')
    await ended
    sizes.push(size())
  }
  appendFileSync(at('cut.jsonl'), '{"domain":"hotel-chain","vers') // as a kill in the middle of a line leaves it
  const { code, out } = await rollout(...args, '--out', 'cut.jsonl', '--concurrency', '3').ended
  t.equal(code, 0)
  t.match(out, /, [1-9]\d* were there already;/)
  const [whole, cut] = [records(at('whole.jsonl')), records(at('cut.jsonl'))]
  t.equal(whole.length, 6 * hotel.tasks.length)
  t.same(cut, whole)
  const all = read(at('whole.jsonl'))
  for (const one of all) t.ok(trajectorySchema.safeParse(one).success)
  t.ok(all.some(({ calls }) => calls?.some(({ injected }) => injected)))
  t.ok(all.every(({ noop, session, faults }) => noop === 0 && session !== undefined && faults === 0.2))
})

t.test('in this process the same is played as over a socket', async (t) => {
  const args = ['--agent', 'random', '--tasks', 'hotel-chain', '--trials', '2', '--seed', '5']
  await Promise.all([
    rollout(...args, '--out', 'here.jsonl').ended,
    rollout(...args, '--out', 'there.jsonl', '--url', server.url).ended,
  ])
  t.same(records(at('here.jsonl')), records(at('there.jsonl')))
})

t.test('a file of another run is refused, and what is said wrongly has its code', async (t) => {
  const noop = ['--agent', 'noop', '--tasks', 'hotel-chain/cancel-porto', '--out', 'one.jsonl']
  t.equal((await rollout(...noop).ended).code, 0)
  const said: [string[], RegExp][] = [
    [['--agent', 'random', ...noop.slice(2)], /RUN_MISMATCH: .*begun with agent noop.*this run has random/],
    [[...noop, '--seed', '3'], /RUN_MISMATCH: .*seed for hotel-chain\/cancel-porto\/0/],
    [[...noop, '--faults', '0.5'], /RUN_MISMATCH: .*faults/],
    [[...noop.slice(0, 3), 'hotel-chian', '--out', 'x.jsonl'], /UNKNOWN_DOMAIN: .*Did you mean "hotel-chain"/],
    [[...noop.slice(0, 3), 'hotel-chain/cancel-port', '--out', 'x.jsonl'], /UNKNOWN_TASK: .*cancel-porto/],
    [['--agent', 'planer', ...noop.slice(2, 4), '--out', 'x.jsonl'], /USAGE: .*Did you mean "planner"/],
    [['--agent', 'openai', ...noop.slice(2, 4), '--out', 'x.jsonl'], /USAGE: .*--endpoint and --model/],
  ]
  for (const [args, words] of said) {
    const { code, err } = await rollout(...args).ended
    t.equal(code, 2, args.join(' '))
    t.match(err, words)
  }
  writeFileSync(at('bad.jsonl'), '{"no": "trajectory"}\n')
  t.match(await rollout(...noop.slice(0, 4), '--out', 'bad.jsonl').ended, { err: /TRAJECTORY_INVALID: Line 1 of bad/ })
})

t.test('samples are drawn by the seed, and a larger holds the smaller', (t) => {
  const tasks = hotel.tasks.map((task) => summarizeTask('hotel-chain', task))
  const pick = (selection: string, seed: number, order = tasks) =>
    selectTasks(selection, { tasks: order, seed, chance }).map(({ id }) => id)
  t.same(pick('sample:5', 1), pick('sample:5', 1, [...tasks].reverse()))
  t.notSame(pick('sample:5', 1), pick('sample:5', 2))
  const nine = new Set(pick('sample:9', 1))
  t.ok(pick('sample:5', 1).every((id) => nine.has(id)))
  t.equal(pick('sample:5,hotel-chain', 1).length, hotel.tasks.length)
  t.end()
})

const said = (message: object, finish = 'stop'): Answer => ({
  body: { choices: [{ message, finish_reason: finish }], usage: { prompt_tokens: 10, completion_tokens: 5 } },
})
const calling = (...calls: [name: string, args: unknown][]): object => ({
  role: 'assistant',
  content: null,
  tool_calls: calls.map(([name, args], index) => ({
    id: `c${index}`,
    type: 'function',
    function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
  })),
})

async function converse(answer: (asked: Asked, times: number) => Answer, more: object = {}) {
  const endpoint = await startEndpoint(answer)
  const [job] = hotel.jobs(1).filter(({ task }) => task === 'cancel-porto')
  try {
    const model = createChatModel({ url: endpoint.url, model: 'm', retriesMax: 0, timeoutMs: 1500, ...more })
    const agent = createChatAgent({ model, tokensMax: 1000, ...more })
    return { trajectory: await hotel.play(job as never, agent), asked: endpoint.asked }
  } finally {
    await endpoint.close()
  }
}

t.test('a model plays: calls side by side, reasoning kept, what it was told is what the world said', async (t) => {
  const { trajectory, asked } = await converse((_, times) => {
    if (times === 1)
      return said({
        ...calling(['find_guests', { name: 'Jonas Müller' }], ['list_bookings', { guest_id: 'gst_03' }]),
        reasoning_content: 'Who is it?',
      })
    if (times === 2) return said(calling(['cancel_booking', { booking_id: 'book_04' }]))
    return said({ role: 'assistant', content: '<think>Done?</think>It is cancelled.' })
  })
  t.match(trajectory, {
    reward: 1,
    stop: 'ended',
    reason: 'submitted',
    steps: 4,
    tokens: { prompt: 30, completion: 15 },
  })
  t.same(
    trajectory.messages.map(({ role }) => role),
    ['system', 'user', 'assistant', 'tool', 'tool', 'assistant', 'tool', 'assistant'],
  )
  t.match(trajectory.messages[2], { reasoning_content: 'Who is it?', tool_calls: [{}, {}] })
  t.match(trajectory.messages[4], { role: 'tool', content: /book_04/ })
  t.match(asked[0]?.body, { model: 'm', tools: [{ type: 'function' }], seed: undefined })
  t.same(asked[2]?.body.messages, trajectory.messages.slice(0, 7))
  const ids = trajectory.messages
    .flatMap((message) => (message.role === 'assistant' ? (message.tool_calls ?? []) : []))
    .map(({ id }) => id)
  t.equal(new Set(ids).size, ids.length, 'ids that the server gave twice are told apart')
})

t.test('what a model does wrong is told to it, and costs its own trajectory at most', async (t) => {
  const wrong = await converse((_, times) => {
    if (times === 1) return said(calling(['find_guests', '{"name": "Jo'], ['fly', {}], ['find_guests', { name: 7 }]))
    if (times === 2) return said(calling(['cancel_booking', '[]']))
    return said({ role: 'assistant', content: null })
  })
  t.match(wrong.trajectory.calls, [
    { arguments: null, error: { code: 'INVALID_ARGS' } },
    { error: { code: 'TOOL_NOT_FOUND' } },
    { error: { code: 'INVALID_ARGS' } },
    { arguments: null },
  ])
  t.match(wrong.trajectory, { stop: 'gave_up', reward: null, terminated: false })

  const endless = await converse(() =>
    said({ role: 'assistant', content: null, reasoning_content: 'hm '.repeat(50) }, 'length'),
  )
  t.match(endless.trajectory, { stop: 'budget', reward: null })
  const spent = await converse(() => ({
    body: {
      choices: [{ message: calling(['search_hotels', {}]), finish_reason: 'tool_calls' }],
      usage: { completion_tokens: 600 },
    },
  }))
  t.match(spent.trajectory, { stop: 'budget', tokens: { completion: 1200 } })

  const failures: [string, (asked: Asked, times: number) => Answer, RegExp][] = [
    ['half a JSON', () => ({ body: '{"choices": [{"mess' }), /can.t be read/],
    [
      'a context that overflows',
      () => ({ status: 400, body: { error: { message: 'maximum context length is 2048' } } }),
      /400: .*context/,
    ],
    [
      'an answer that the server could not read',
      () => ({ status: 500, body: { error: { message: 'Failed to parse tool call' } } }),
      /500/,
    ],
    ['no choice', () => ({ body: { choices: [] } }), /nonsense/],
    ['content that is none', () => said({ content: 7 }), /content that is no text/],
    ['a call without a name', () => said({ tool_calls: [{ id: 'a', function: {} }] }), /without a name/],
  ]
  for (const [name, answer, words] of failures) {
    const { trajectory } = await converse(answer)
    t.match(trajectory, { stop: 'failed', reward: null, failure: { message: words } }, name)
  }
})

t.test('pieces of a stream are put together; a stream that breaks off is said', async (t) => {
  const piece = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
  const whole = [
    piece({ reasoning_content: 'Let me ' }),
    piece({ reasoning_content: 'see.' }),
    piece({ tool_calls: [{ index: 0, id: 'c', function: { name: 'cancel_booking', arguments: '{"booking' } }] }),
    piece({ tool_calls: [{ index: 0, function: { arguments: '_id":"book_04"}' } }] }),
    piece({}, 'tool_calls'),
    `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } })}\n\ndata: [DONE]\n\n`,
  ].join('')
  const streamed = (body: string): Answer => ({ body, type: 'text/event-stream' })
  const { trajectory, asked } = await converse(
    (_, times) => streamed(times === 1 ? whole : `${piece({ content: 'Done.' }, 'stop')}data: [DONE]\n\n`),
    { stream: true },
  )
  t.match(asked[0]?.body, { stream: true, stream_options: { include_usage: true } })
  t.match(trajectory, { reward: 1, tokens: { prompt: 3, completion: 4 } })
  t.match(trajectory.messages[2], {
    reasoning_content: 'Let me see.',
    tool_calls: [{ function: { arguments: '{"booking_id":"book_04"}' } }],
  })
  const broken = await converse(() => streamed(piece({ content: 'Do' })), { stream: true })
  t.match(broken.trajectory, { stop: 'failed', failure: { message: /stream ended/ } })
})

t.test('an endpoint that is down costs no trajectory: the run says so, ends, and goes on later', async (t) => {
  const jobs = hotel.jobs(1)
  const file = at('down.jsonl')
  const down = createChatModel({ url: 'http://127.0.0.1:9/v1', model: 'm', retriesMax: 0 })
  const options = { jobs, file, make: async () => hotel.make(), concurrency: 4, retryMs: 1 }
  await t.rejects(runRollouts({ ...options, agentName: 'noop', agent: () => createChatAgent({ model: down }) }), {
    code: 'MODEL_FAILED',
    message: /can.t be reached/,
  })
  t.equal(readFileSync(file, 'utf8'), '')
  const report = await runRollouts({ ...options, agentName: 'noop', agent: () => speaking(createNoop()) })
  t.match(report, { done: jobs.length, before: 0, passed: 0, undone: [] })
})

t.test('a rollout that fails never stops its siblings; an agent that throws breaks its own alone', async (t) => {
  const jobs = hotel.jobs(1)
  let lost = 0
  const report = await runRollouts({
    jobs,
    file: at('some.jsonl'),
    agentName: 'noop',
    concurrency: 3,
    retryMs: 1,
    agent: ({ task }) =>
      speaking({
        ...createNoop(),
        ...(task === 'new-phone' && {
          act: () => {
            throw new Error('oh')
          },
        }),
      }),
    async make() {
      const environment = hotel.make()
      return {
        ...environment,
        async reset(options) {
          if (options?.task === 'cancel-porto') {
            lost += 1
            throw new MicrocosmError('CONNECTION_LOST', 'gone')
          }
          return environment.reset(options)
        },
      }
    },
  })
  t.match(report, {
    done: jobs.length - 1,
    total: jobs.length,
    undone: [{ job: 'hotel-chain/cancel-porto/0', code: 'CONNECTION_LOST' }],
  })
  t.equal(lost, 3, 'three attempts')
  t.match(
    read(at('some.jsonl')).find(({ task }) => task === 'new-phone'),
    { stop: 'failed', failure: { code: 'AGENT_FAILED', message: 'oh' } },
  )
})
