/**
 * The examples for trainers, run as they are written, against a real server. What needs torch (minutes to install) runs where
 * MICROCOSM_TRAINERS is set: TRL's two steps, vf-eval, and a few iterations of learn.py.
 */

import { join } from 'node:path'
import t from 'tap'
import { startServer } from '../../server/app.ts'
import { type Asked, startEndpoint } from '../envs/endpoint.ts'
import { goldOf, madeCatalog } from '../server/made.ts'
import { openenvRelease, run, venvWith } from '../server/python.ts'

const isWhole = process.env.MICROCOSM_TRAINERS !== undefined
t.setTimeout(isWhole ? 1_800_000 : 600_000)

const root = join(import.meta.dirname, '../..')
const client = join(root, 'clients/python')
const example = (name: string) => join(client, 'examples', name)
const script = (name: string) => join(import.meta.dirname, 'trainers', name)
const bin = venvWith('trainers', ['-e', client, 'numpy==2.4.6', 'transformers==5.24.0', 'skyrl-gym==0.4.0'])
const openenv = venvWith('openenv', [openenvRelease])
if (bin === null || openenv === null) {
  t.comment('skipped: Python can make no virtual environment here')
} else {
  const python = join(bin, 'python')
  const catalog = await madeCatalog(t.testdir(), 20)
  const server = await startServer({ catalog, config: { port: 0 } })
  t.teardown(async () => {
    await server.close()
    catalog.close()
  })
  const gold = goldOf(catalog, 20)

  for (const [how, expected] of [
    ['text', { intent: true, told: true, done: true }],
    ['methods', { tools: true, differing: [], ended: 'The episode has ended.', reward: 1 }],
    ['skyrl', { prompt: 1, done: true }],
  ] as const) {
    t.test(`gold of 20 domains ends with reward 1, given once, in the form of ${how}`, async (t) => {
      const { code, stdout, stderr } = await run(python, [script('play.py'), how, server.url], JSON.stringify(gold))
      t.equal(code, 0, stderr)
      const episodes = linesOf(stdout)
      t.equal(episodes.length, 20)
      for (const episode of episodes) {
        t.match(episode, expected, episode.domain)
        if (how !== 'methods') t.same(episode.rewards.filter(Boolean), [1], episode.domain)
      }
    })
  }

  t.test("OpenEnv's stock client plays its example to reward 1", async (t) => {
    const { code, stdout, stderr } = await run(join(openenv, 'python'), [example('openenv_client.py'), server.url])
    t.equal(code, 0, stderr)
    t.match(stdout, /Mei Tanaka.*reward 1/s)
  })

  t.test('what the learning policy is offered hangs on its draws alone, and fits the schemas', async (t) => {
    const { code, stdout, stderr } = await run(python, [script('sight.py'), server.url])
    t.equal(code, 0, stderr)
    t.match(linesOf(stdout)[0], { episodes: 48, same: 48, misfits: 0, widths: true, heads: 6 })
  })

  t.test('TRL takes two optimisation steps', { skip: !isWhole && 'MICROCOSM_TRAINERS is not set' }, async (t) => {
    const folder = venvWith('trl', [
      '-e',
      client,
      'trl==1.16.0',
      'transformers==5.24.0',
      'datasets==5.2.0',
      'torch==2.15.0',
    ])
    const args = [example('trl_grpo.py'), server.url, '--out', t.testdir()]
    const { code, stdout, stderr } = await run(join(folder as string, 'python'), args)
    t.equal(code, 0, stderr)
    t.match(linesOf(stdout).at(-1), { steps: 2, rewards: [Number, Number] })
  })

  t.test('the same seed learns the same', { skip: !isWhole && 'MICROCOSM_TRAINERS is not set' }, async (t) => {
    const folder = venvWith('trl', [])
    const runs = []
    for (const name of ['a', 'b']) {
      const out = join(t.testdir(), `${name}.jsonl`)
      const small = ['--iterations', '2', '--every', '2', '--tasks', '6', '--domains', '8', '--held-out', '12']
      const args = [example('learn/learn.py'), server.url, '--out', out, ...small]
      const { code, stdout, stderr } = await run(join(folder as string, 'python'), args)
      t.equal(code, 0, stderr)
      runs.push(stdout.replace(/[\d.]+ minutes/g, ''))
    }
    t.equal(runs[0], runs[1])
  })

  t.test(
    'vf-eval runs the environment of verifiers',
    { skip: !isWhole && 'MICROCOSM_TRAINERS is not set' },
    async (t) => {
      const folder = venvWith('verifiers', ['verifiers==0.4.0', 'uv', join(client, 'examples/verifiers')]) as string
      const model = await startEndpoint(scripted)
      t.teardown(() => model.close())
      const out = t.testdir()
      const options = {
        '--env.taskset.url': server.url,
        '--env.taskset.domains': '["hotel-chain"]',
        '--select.include.names': '["hotel-chain/new-phone"]',
        '--client.base-url': model.url,
        '--client.api-key-var': 'MODEL_KEY',
        '--env.agent.harness.id': 'null',
        '--env.agent.runtime.type': 'subprocess',
        '--push': 'False',
        '-m': 'scripted',
        '-r': '2',
        '-o': out,
      }
      const args = ['microcosm-worlds', '--no-rich', ...Object.entries(options).flat()]
      const command = `PATH=${folder}:$PATH MODEL_KEY=none exec vf-eval "$@"`
      const { code, stdout, stderr } = await run('sh', ['-c', command, 'sh', ...args])
      t.equal(code, 0, stderr)
      t.match(stdout, /"passed": \{\s*"score": 1\.0/)
    },
  )
}

function linesOf(text: string) {
  return text
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

/** A model that does `new-phone` of the hotel chain, whoever asks; streamed, as verifiers asks for it. */
function scripted({ body }: Asked) {
  const told = (body.messages as { role: string; content: unknown }[]).filter(({ role }) => role === 'tool')
  const plan = [
    () => ['find_guests', { name: 'Mei Tanaka' }],
    () => ['update_guest', { guest_id: /gst_\w+/.exec(JSON.stringify(told[0]?.content))?.[0], phone: '+81 3 5550199' }],
    () => ['submit', {}],
  ][told.length]?.()
  const call = plan && { name: plan[0], arguments: JSON.stringify(plan[1]) }
  const delta = call
    ? { role: 'assistant', tool_calls: [{ index: 0, id: `call_${told.length}`, type: 'function', function: call }] }
    : { role: 'assistant', content: 'Done.' }
  const chunk = (choices: object[], rest = {}) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 0, model: body.model, choices, ...rest })}\n\n`
  return {
    type: 'text/event-stream',
    body:
      chunk([{ index: 0, delta, finish_reason: null }]) +
      chunk([{ index: 0, delta: {}, finish_reason: call ? 'tool_calls' : 'stop' }]) +
      chunk([], { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }) +
      'data: [DONE]\n\n',
  }
}
