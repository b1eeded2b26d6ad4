/** The user that a model plays: in the model's words, held to the rule's facts. The endpoint alone is a stand-in. */

import t from 'tap'
import { openCatalog } from '../../../../envs/catalog.ts'
import { createChatModel } from '../../../../envs/models.ts'
import type { LocalEnvironment } from '../../../../envs/runtime/environment.ts'
import { createEnvironment, rebuildEnvironment, replayEpisode } from '../../../../envs/runtime/environment.ts'
import { openWorld } from '../../../../envs/runtime/world.ts'
import type { EpisodeLog, ToolObservation, Transition } from '../../../../schemas/environment.ts'
import type { Asked } from '../../endpoint.ts'
import { startEndpoint } from '../../endpoint.ts'

const catalog = openCatalog({})
const domain = catalog.domain('hotel-chain')
const world = openWorld({ domain, image: catalog.images('hotel-chain'), checked: true })
t.teardown(() => {
  world.close()
  catalog.close()
})

const chat = (content: string) => ({
  body: { choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] },
})

/** An environment whose user's model says these lines, one after the other. */
async function playedBy(lines: (string | 'drop')[]) {
  const endpoint = await startEndpoint((_, times) => {
    const line = lines[times - 1] ?? 'I have nothing left to say.'
    return line === 'drop' ? 'drop' : chat(line)
  })
  t.teardown(() => endpoint.close())
  const userModel = createChatModel({ url: endpoint.url, model: 'talker', key: 'secret', retriesMax: 0 })
  return { endpoint, environment: createEnvironment(world, { userModel }) }
}

const say = (environment: LocalEnvironment, content: string) => environment.step({ type: 'message', content })
const replyIn = ({ observation }: Transition): string => {
  const { result } = observation as ToolObservation
  return (result as { reply: string }).reply
}
const notesOf = (asked: Asked[]) =>
  asked.map(({ body }) => (body.messages as { content: string }[]).at(-1)?.content as string)

t.test('it speaks in the model’s words, and the episode ends with its goodbye', async (t) => {
  const { endpoint, environment } = await playedBy([
    'Hey there, Mei Tanaka finally has a phone. Could you note it down?',
    "Sure, it's +81 3 5550199, all yours.",
    'Lovely, thanks a lot and goodbye!',
  ])
  const { observation } = await environment.reset({ task: 'new-phone', user: 'model', seed: 1 })
  t.match(observation, { user: 'model', intent: /^Hey there/, metadata: { intent: /^Hey there/ } })
  t.equal(observation.tools.at(-1)?.name, 'send_message')
  t.notMatch(JSON.stringify(observation), /5550199/)
  t.equal(replyIn(await say(environment, 'What is the phone number?')), "Sure, it's +81 3 5550199, all yours.")
  await environment.step({
    type: 'call_tool',
    tool_name: 'update_guest',
    arguments: { guest_id: 'gst_08', phone: '+81 3 5550199' },
  })
  t.match(await say(environment, 'The phone number has been updated.'), { reason: 'user_ended', reward: 1 })
  t.equal(endpoint.asked.length, 3)
  t.match(endpoint.asked[0]?.headers, { authorization: 'Bearer secret' })
  const [, question, farewell] = notesOf(endpoint.asked)
  t.match(question, /word for word: "\+81 3 5550199"/)
  t.match(farewell, /say goodbye/)
  const whole = JSON.stringify(endpoint.asked.map(({ body }) => body))
  t.notMatch(whole, /gst_08|find_guests|update_guest/, 'what only gold knows is never told to it')
})

t.test('what may not be said goes back once with the reason; then the rule’s own line is said', async (t) => {
  const wrongs: [string, RegExp][] = [
    ['It is about gst_08, you know.', /gst_08/],
    ['Please call update_guest for me.', /update_guest/],
    ['Her number is +81 3 5550777.', /5550777/],
    ['Her address is "Rose Lane".', /rose lane/i],
    ['Write to mei@elsewhere.example instead.', /mei@elsewhere.example/],
    ["I'd rather not tell you that.", /\+81 3 5550199.*word for word/],
    ['+81 3 5550199, and goodbye!', /goodbye/],
    ['', /empty/],
    [`+81 3 5550199 ${'so '.repeat(400)}`, /characters/],
  ]
  for (const [wrong, reason] of wrongs) {
    const { endpoint, environment } = await playedBy(['Hello, a phone has changed.', wrong, wrong])
    await environment.reset({ task: 'new-phone', user: 'model', seed: 1 })
    const reply = replyIn(await say(environment, 'What is the phone number?'))
    t.match(reply, /phone.*\+81 3 5550199/i, `in place of ${wrong.slice(0, 40)}`)
    t.not(reply, wrong)
    t.match(notesOf(endpoint.asked)[2], reason)
    t.equal(environment.log()?.entries[0]?.reply?.by, 'rule')
    await environment.close()
  }
  const { environment } = await playedBy(['Hello, a phone has changed.', 'gst_08', 'It is +81 3 5550199, sorry.'])
  await environment.reset({ task: 'new-phone', user: 'model', seed: 1 })
  t.equal(replyIn(await say(environment, 'What is the phone number?')), 'It is +81 3 5550199, sorry.')
})

t.test('it takes no leave before all of the intent was said, whatever the model left out', async (t) => {
  const { environment } = await playedBy(['Hello, someone has a new phone.', 'No.', 'No.', 'Bye!'])
  await environment.reset({ task: 'new-phone', user: 'model', seed: 1 })
  const reply = replyIn(await say(environment, 'All of it is done. Anything else?'))
  t.match(reply, /Mei Tanaka/)
  t.match(reply, /5550199/)
})

t.test('an endpoint that can’t be asked: no reset, but a step goes on by rule', async (t) => {
  const { environment } = await playedBy(['drop'])
  await t.rejects(environment.reset({ task: 'new-phone', user: 'model', seed: 1 }), { code: 'MODEL_FAILED' })
  t.match(await environment.reset({ task: 'new-phone' }), { observation: { task: 'new-phone' } })
  const later = (await playedBy(['Hello, a phone has changed.', 'drop'])).environment
  await later.reset({ task: 'new-phone', user: 'model', seed: 1 })
  t.match(replyIn(await say(later, 'What is the phone number?')), /5550199/)
  const bare = createEnvironment(world)
  await t.rejects(bare.reset({ task: 'new-phone', user: 'model' }), { code: 'NO_USER', message: /--user-endpoint/ })
})

t.test('its lines stand in the log: rebuilt and forked sessions ask no model for them again', async (t) => {
  const { endpoint, environment } = await playedBy(['Hello, a phone has changed.', 'It is +81 3 5550199.', 'Mhm.'])
  await environment.reset({ task: 'new-phone', user: 'model', seed: 1 })
  await say(environment, 'What is the phone number?')
  const log = JSON.parse(JSON.stringify(environment.log())) as EpisodeLog
  t.match(log, { user: 'model', opening: { content: 'Hello, a phone has changed.', by: 'model' } })
  await using rebuilt = await rebuildEnvironment(world, log)
  t.same(rebuilt.log(), environment.log())
  const [shown] = await replayEpisode(world, log)
  t.match(shown, { result: { reply: 'It is +81 3 5550199.' } })
  t.equal(endpoint.asked.length, 2)
  const [fork] = (await environment.fork(1)) as [LocalEnvironment]
  t.equal(replyIn(await say(fork, 'One moment, please, let me look.')), 'Mhm.')
  t.equal(environment.log()?.entries.length, 1)
  await fork.close()
  // Without a model it goes on by rule.
  t.match(replyIn(await say(rebuilt, 'What was the name, please?')), /Mei Tanaka/)
})
