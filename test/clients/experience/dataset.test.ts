/** Data sets: what is taken and left out, every form as its readers read it, and masks token by token. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Template } from '@huggingface/jinja'
import t from 'tap'
import { createChatAgent } from '../../../clients/experience/agents/chat.ts'
import { chooseBalanced } from '../../../clients/experience/dataset/balance.ts'
import { createHeldOut, type HeldOutTask } from '../../../clients/experience/dataset/held-out.ts'
import { findSpans, openTokenizer } from '../../../clients/experience/dataset/tokens.ts'
import { type DatasetOptions, exportDataset } from '../../../clients/experience/dataset.ts'
import type { ChatModel } from '../../../schemas/environment.ts'
import type { JsonObject } from '../../../schemas/json.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'
import { run, venvWith } from '../../server/python.ts'
import { openHotel } from './hotel.ts'

const dir = t.testdir({})
const at = (name: string): string => join(dir, name)
const hotel = openHotel()
t.teardown(() => hotel.close())

const known: HeldOutTask[] = hotel.tasks.map(({ id, intent, split, walk }) => ({
  domain: 'hotel-chain',
  id,
  intent,
  split,
  walk,
}))
const inTrain = hotel.tasks.filter(({ split }) => split === 'train').map(({ id }) => id)

/** A model that plays gold two calls at a time, thinks, and says a word now and then. */
function wordy(task: string): ChatModel {
  const { calls, answer } = hotel.tasks.find(({ id }) => id === task)?.gold ?? { calls: [] }
  let next = 0
  return {
    model: 'wordy',
    async complete() {
      const turn = calls.slice(next, next + 2)
      next += 2
      const message: JsonObject =
        turn.length === 0
          ? { content: String(answer?.value ?? 'Done – 好的, “naïve” ✓.'), reasoning_content: 'That was all.' }
          : {
              content: next === 2 ? 'Let me look.\n\nOne moment…' : null,
              reasoning_content: `Step ${next}: <b>look</b> & act`,
              tool_calls: turn.map(({ tool, arguments: args }) => ({
                type: 'function',
                function: { name: tool, arguments: JSON.stringify(args) },
              })),
            }
      return { choices: [{ message, finish_reason: 'stop' }] }
    },
  }
}

const lines: Trajectory[] = []
for (const job of hotel.jobs(2)) {
  lines.push(await hotel.play(job, 'oracle'))
  if (job.trial === 0) lines.push(await hotel.play(job, createChatAgent({ model: wordy(job.task) })))
  if (job.trial === 1) lines.push(await hotel.play(job, 'noop'))
}
const source = at('rollouts.jsonl')
writeFileSync(source, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))

const taskOf = ({ task }: Trajectory) => hotel.tasks.find(({ id }) => id === task) ?? null
const options = (out: string, more: Partial<DatasetOptions> = {}): DatasetOptions => ({
  files: [source],
  out: at(out),
  stage: 'general',
  formats: ['openai', 'trl', 'sharegpt', 'parquet'],
  heldOut: createHeldOut(known),
  versionOf: () => null,
  funnel: { taskOf },
  seed: 0,
  ...more,
})
const rowsOf = (file: string) =>
  readFileSync(at(file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

t.test(
  'a data set holds what passed, once, and nothing that is held out; the manifest says where the rest went',
  async (t) => {
    const manifest = await exportDataset(options('set'))
    const { counts, funnel } = manifest
    t.equal(counts.read, lines.length)
    t.equal(counts.kept, funnel.kept)
    t.ok(counts.duplicates > 0, 'the oracle says the same twice')
    const heldOut = Object.values(counts.held_out).reduce((sum, one) => sum + one, 0)
    t.ok(heldOut > 0)
    t.equal(
      manifest.rows + heldOut + counts.duplicates + counts.unbalanced + counts.other_version + counts.other_domain,
      counts.kept,
    )
    const index = rowsOf('set/index.jsonl')
    t.equal(index.length, manifest.rows)
    t.ok(index.every(({ task }) => inTrain.includes(task)))
    t.match(manifest.sources, [{ file: source, sha256: /^[0-9a-f]{64}$/ }])
    t.same(await exportDataset(options('again')), manifest, 'the same again')
    const intents = new Set(hotel.tasks.filter(({ split }) => split === 'test').map(({ intent }) => intent))
    for (const { messages } of rowsOf('set/openai.jsonl'))
      t.notOk(
        messages.some(
          ({ role, content }: { role: string; content: string }) => role === 'user' && intents.has(content),
        ),
      )
  },
)

t.test(
  'the forms: weights on what is learned, arguments as each wants them, the agent has the last word',
  async (t) => {
    await exportDataset(options('forms'))
    for (const { messages, tools } of rowsOf('forms/openai.jsonl')) {
      t.equal(messages.at(-1).role, 'assistant')
      for (const message of messages) t.equal(message.weight, message.role === 'assistant' ? 1 : undefined)
      t.match(tools[0], { type: 'function', function: { name: String, parameters: { type: 'object' } } })
    }
    for (const { messages } of rowsOf('forms/trl.jsonl'))
      for (const { tool_calls = [] } of messages)
        for (const call of tool_calls) t.equal(typeof call.function.arguments, 'object')
    for (const { conversations, tools } of rowsOf('forms/sharegpt.jsonl')) {
      t.ok(Array.isArray(JSON.parse(tools)))
      for (const [place, { from, value }] of conversations.entries()) {
        t.ok((place % 2 === 0 ? ['human', 'observation'] : ['gpt', 'function_call']).includes(from), 'turns alternate')
        if (from === 'function_call') t.ok(JSON.parse(value))
      }
    }
  },
)

t.test(
  'what is held out stays out by task, domain, words and walk; a leak in what was written is refused',
  async (t) => {
    const [first] = lines as [Trajectory]
    const task = (more: Partial<HeldOutTask>): HeldOutTask => ({
      domain: 'a',
      id: 'one',
      intent: 'Do it.',
      split: 'train',
      walk: 'x',
      ...more,
    })
    const held = createHeldOut(
      [
        task({}),
        task({ id: 'two', split: 'test', intent: 'Undo  IT.', walk: 'y' }),
        task({ id: 'three', walk: 'y' }),
        task({ domain: 'b', split: 'test', walk: 'z' }),
      ],
      ['c'],
    )
    const of = (domain: string, id: string, content = 'Hello.') =>
      held.reason({ ...first, domain, task: id, messages: [{ role: 'user', content }] })
    t.equal(of('a', 'one'), null)
    t.equal(of('a', 'two'), 'held_out_task')
    t.equal(of('a', 'three'), 'held_out_walk')
    t.equal(of('a', 'one', 'undo it.'), 'held_out_intent')
    t.equal(of('b', 'any'), 'held_out_domain')
    t.equal(of('c', 'any'), 'held_out_domain')
    t.equal(held.reason({ domain: 'd', task: 'x', messages: [] }), 'split_unknown')

    const blind = { ...createHeldOut(known), reason: () => null } // the first look fails: the second must not
    await t.rejects(exportDataset(options('leak', { heldOut: blind })), {
      code: 'DATA_LEAK',
      message: /Row \d+ of .*says what a task says that is held out/,
    })
    await t.rejects(exportDataset(options('none', { heldOut: createHeldOut(known, ['hotel-chain']) })), {
      code: 'USAGE',
      message: /No trajectory is left/,
    })
  },
)

t.test('of two versions of a domain one is taken; domains take turns', async (t) => {
  const old = lines.slice(0, 3).map((line) => ({
    ...line,
    version: '0000000000000000',
    messages: line.messages.map((message) =>
      message.role === 'system' ? { ...message, content: 'Old policy.' } : message,
    ),
  }))
  writeFileSync(at('two.jsonl'), [...lines, ...old].map((line) => `${JSON.stringify(line)}\n`).join(''))
  const manifest = await exportDataset(options('versions', { files: [at('two.jsonl')] }))
  t.equal(manifest.domains['hotel-chain']?.version, lines[0]?.version)
  t.ok(manifest.counts.other_version > 0)
  const candidates = ['big', 'big', 'big', 'big', 'big', 'small', 'mid', 'mid'].map((domain, index) => ({
    index,
    domain,
    task: `t${index % 3}`,
    key: `${domain}/${index}`,
  }))
  const limits = { seed: 1, perDomain: 3, perTask: 9, rows: 9 }
  const taken = (more: object) =>
    chooseBalanced(candidates, { ...limits, ...more }).map((index) => candidates[index]?.domain)
  t.same(taken({}), ['big', 'big', 'big', 'small', 'mid', 'mid'])
  t.same(taken({ rows: 3 }).sort(), ['big', 'mid', 'small'])
  t.end()
})

t.test(
  'masks are those of transformers, token by token, for three families of tokenizers; datasets reads every form',
  async (t) => {
    const bin = venvWith('datasets', ['transformers==5.24.0', 'tokenizers==0.23.3', 'jinja2==3.1.6', 'datasets==5.2.0'])
    if (bin === null) return void t.comment('skipped: there is no Python here that can make an environment')
    const python = join(bin, 'python')
    await exportDataset(options('plain'))
    const trained = await run(python, ['test/clients/experience/families.py', at('plain/trl.jsonl'), at('families')])
    t.equal(trained.code, 0, trained.stderr)
    for (const family of ['byte-level', 'unigram', 'word-piece']) {
      const tokenizer = openTokenizer({ tokenizer: at(`families/${family}/tokenizer.json`) })
      const manifest = await exportDataset(
        options(family, { tokenizer, formats: ['trl', 'tokens', 'parquet', 'openai', 'sharegpt'] }),
      )
      const { code, stdout, stderr } = await run(python, [
        'test/clients/experience/masks.py',
        at(`${family}/trl.jsonl`),
        at(`families/${family}`),
        at(`${family}/tokens.jsonl`),
      ])
      t.equal(code, 0, stderr)
      const found = JSON.parse(stdout)
      t.same(found.differ, [], family)
      t.match(manifest.tokenizer, { tokens: found.tokens, learned: found.learned })
      t.ok(found.learned > 500 && found.learned < found.tokens / 2, `${found.learned} of ${found.tokens}`)
    }
    const { code, stdout, stderr } = await run(python, ['test/clients/experience/load.py', at('byte-level')])
    t.equal(code, 0, stderr)
    const rows = rowsOf('byte-level/index.jsonl').length
    t.same(JSON.parse(stdout), { openai: rows, trl: rows, sharegpt: rows, tokens: rows, parquet: rows })
  },
)

t.test('a template that says earlier turns otherwise is refused, and one that is none', (t) => {
  const forgetful =
    '{% for message in messages %}{% if message.role != "assistant" or loop.last %}{{ message.content }}|{% endif %}{% endfor %}'
  const tokenizer = {
    specials: [],
    encode: () => [],
    hashes: { tokenizer: '', template: '' },
    render: renderer(forgetful),
  }
  const messages: Trajectory['messages'] = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b' },
    { role: 'user', content: 'c' },
    { role: 'assistant', content: 'd' },
  ]
  t.throws(() => findSpans(tokenizer, messages, []), { code: 'TOKENIZER_INVALID', message: /message 1 otherwise/ })
  t.throws(() => openTokenizer({ tokenizer: at('none.json') }), { code: 'SOURCE_NOT_FOUND' })
  writeFileSync(at('tokenizer.json'), '{"model": 1')
  t.throws(() => openTokenizer({ tokenizer: at('tokenizer.json') }), { code: 'TOKENIZER_INVALID' })
  writeFileSync(at('tokenizer.json'), '{}')
  t.throws(() => openTokenizer({ tokenizer: at('tokenizer.json') }), {
    code: 'TOKENIZER_INVALID',
    message: /no chat template/,
  })
  t.end()
})

function renderer(source: string) {
  const template = new Template(source)
  return (messages: readonly JsonObject[]): string => template.render({ messages })
}
