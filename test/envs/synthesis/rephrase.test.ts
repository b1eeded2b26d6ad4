/** A model that rephrases, played by a server that says what a script tells it to. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createChatModel } from '../../../envs/models.ts'
import { certifyTask } from '../../../envs/synthesis/certify.ts'
import { mustKeep, rephraseTasks } from '../../../envs/synthesis/rephrase.ts'
import { makeTasks } from '../../../envs/synthesis/tasks.ts'
import { type Asked, startEndpoint } from '../endpoint.ts'
import { openStudio } from './fixtures/studio.ts'

const input = openStudio()
t.teardown(() => input.world.close())
const { tasks } = makeTasks(input, { seed: 3, count: 12 })
const folder = mkdtempSync(join(tmpdir(), 'rephrase-'))
t.teardown(() => rmSync(folder, { recursive: true }))

type Told = { intent: string; keep: string[] }
const toldIn = ({ body }: Asked): Told => {
  const [, user] = body.messages as { content: string }[]
  return JSON.parse(user?.content ?? '{}') as Told
}

/** The tasks as they come out when the endpoint answers so, and what it was asked. */
async function rephrase(say: (told: Told) => string | 'drop', cache?: string) {
  const endpoint = await startEndpoint((asked) => {
    const content = say(toldIn(asked))
    return content === 'drop' ? 'drop' : { body: { choices: [{ index: 0, message: { role: 'assistant', content } }] } }
  })
  try {
    const model = createChatModel({ url: endpoint.url, model: 'scripted', retriesMax: 0, ...(cache && { cache }) })
    return { ...(await rephraseTasks(tasks, { ...input, model })), asked: endpoint.asked.length }
  } finally {
    await endpoint.close()
  }
}

const intents = (of: readonly { intent: string }[]) => of.map(({ intent }) => intent)
const inOtherWords = ({ intent }: Told) =>
  /\p{Script=Han}/u.test(intent) ? `打扰一下，${intent}` : `Sorry to bother you. ${intent}`

t.test('what keeps every word that counts is taken, and its certificate holds', async (t) => {
  const { tasks: said, refused } = await rephrase(inOtherWords)
  t.same(refused, {})
  t.same(
    intents(said),
    tasks.map(({ intent }) => inOtherWords({ intent, keep: [] })),
  )
  for (const task of said) t.same(certifyTask(input.world, task), { certificate: task.certificate })
})

t.test('the model hears the intent and what it has to keep, and nothing of the gold', async (t) => {
  const told: Told[] = []
  await rephrase((one) => {
    told.push(one)
    return one.intent
  })
  t.same(new Set(told.map(({ intent }) => intent)), new Set(intents(tasks)))
  for (const { intent, keep } of told) for (const text of keep) t.ok(intent.includes(text), text)
  for (const one of told) t.same(Object.keys(one).sort(), ['intent', 'keep'])
})

t.test('an answer that lost a slot, grew, changed its language or tells an identifier is not taken', async (t) => {
  const key = String(Object.values(input.rows)[0]?.customer?.[0]?.id)
  const spoilt: [string, (told: Told) => string][] = [
    ['it lost what has to be said', ({ intent, keep }) => intent.replaceAll(keep[0] as string, 'that one')],
    ['it is too short or too long', ({ intent }) => `${intent} ${intent} ${intent}`],
    ['it is in another language', ({ intent }) => (/\p{Script=Han}/u.test(intent) ? '' : `${intent} 谢谢。`)],
    ['it is no plain text', ({ intent }) => `<p>${intent}</p>`],
  ]
  for (const [reason, say] of spoilt) {
    const { tasks: said, refused } = await rephrase(say)
    t.same(intents(said), intents(tasks), reason)
    t.ok((refused[reason] ?? 0) > 0, `${reason}: ${JSON.stringify(refused)}`)
  }
  const { refused } = await rephrase(({ intent }) => `${intent} (${key})`)
  t.ok((refused['the intent says an identifier'] ?? 0) > 0)
})

t.test('an endpoint that fails leaves every task as it was', async (t) => {
  const { tasks: said, refused } = await rephrase(() => 'drop')
  t.same(said, tasks)
  t.same(refused, { MODEL_FAILED: tasks.length })
})

t.test('answers are kept: the same again asks nobody', async (t) => {
  const cache = join(folder, 'answers')
  const first = await rephrase(inOtherWords, cache)
  t.equal(first.asked, new Set(intents(tasks)).size)
  t.same(readdirSync(folder), ['answers'])
  const again = await rephrase(() => 'drop', cache)
  t.equal(again.asked, 0)
  t.same(again.tasks, first.tasks)
})

t.test('what must be kept is what slots and references say, and what stands in quotes', async (t) => {
  const [task] = tasks
  const slots = [{ name: 'a', value: 1, said: 'one' }]
  t.same(mustKeep({ intent: 'Call "Ada" one', slots, certificate: undefined }), ['Ada', 'one'])
  t.same(mustKeep({ intent: '把“海港”改成 one', slots, certificate: undefined }), ['one', '海港'])
  for (const { said } of task?.slots ?? []) t.ok(mustKeep(task as never).includes(said))
})
