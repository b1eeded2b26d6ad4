/** A user with tools of its own on the same world: the agent can only ask for what they do. In this process and in a child. */

import t from 'tap'
import { findProblems } from '../../../../envs/runtime/check.ts'
import type { EnvironmentWorld } from '../../../../envs/runtime/environment.ts'
import { createEnvironment, rebuildEnvironment } from '../../../../envs/runtime/environment.ts'
import { buildImage } from '../../../../envs/runtime/image.ts'
import { openTrial } from '../../../../envs/runtime/isolation/trial.ts'
import { createIsolatedWorld } from '../../../../envs/runtime/isolation/world.ts'
import { defaultLimits } from '../../../../envs/runtime/limits.ts'
import { openWorld } from '../../../../envs/runtime/world.ts'
import type { EpisodeLog, ToolObservation, Transition } from '../../../../schemas/environment.ts'
import { phones, rowsOf } from './phones.ts'

const image = (scenario: string) => buildImage(phones.tables, rowsOf(scenario))
const here = openWorld({ domain: phones, image })
const trial = openTrial()
const apart = createIsolatedWorld({
  domain: phones,
  images: new Map([['abroad', image('abroad')]]),
  limits: defaultLimits,
  trial,
})
t.teardown(async () => {
  here.close()
  await apart.close()
  await trial.close()
})

const replyIn = ({ observation }: Transition): string =>
  ((observation as ToolObservation).result as { reply: string }).reply

t.test('the domain is one that may be served', async (t) => {
  t.same(findProblems(phones).problems, [])
})

for (const [place, world] of [
  ['this process', here],
  ['a child process', apart],
] as [string, EnvironmentWorld][]) {
  t.test(`in ${place}: what the user is asked to do is done, and what it sees is told`, async (t) => {
    await using environment = createEnvironment(world)
    const call = (tool_name: string, args = {}) => environment.step({ type: 'call_tool', tool_name, arguments: args })
    const say = (content: string) => environment.step({ type: 'message', content })
    const { observation } = await environment.reset({ task: 'no-signal', user: 'rule', seed: 4 })
    t.same(
      observation.tools.map(({ name }) => name),
      ['find_customers', 'list_lines', 'set_roaming', 'submit', 'send_message'],
      "the user's tools are not the agent's",
    )
    t.match((await call('switch_airplane_mode', { on: false })).observation, {
      error: { message: /ask the user/ },
      error_code: 'NOT_PERMITTED',
    })
    t.match(
      replyIn(await say('Could you check the signal of your telephone, please?')),
      /signal: none, airplane mode: yes/,
    )
    await call('set_roaming', { line_id: 'lin_1', roaming: true })
    t.match(replyIn(await say('Please switch your Bluetooth on.')), /rather not/, 'not in its task')
    t.match((await environment.verify()).state, { passed: false })
    t.match(replyIn(await say('Please switch the airplane mode off.')), /done/i)
    t.match(replyIn(await say('What does it show if you check the signal now?')), /signal: full/)
    const log = structuredClone(environment.log()) as EpisodeLog
    t.match(
      log.entries.map(({ errands }) => errands),
      [undefined, [{ tool: 'check_signal' }], undefined, undefined, [{ tool: 'switch_airplane_mode' }], [{}]],
    )
    await using rebuilt = await rebuildEnvironment(world, log)
    t.same(await rebuilt.verify(), await environment.verify())
    t.match(await say('All of it is done now. Goodbye!'), { reason: 'user_ended', terminated: true, reward: 1 })
    t.match(await rebuilt.step({ type: 'submit' }), { reward: 1, reason: 'submitted' })
  })

  t.test(`in ${place}: a task that needs its user is not begun without one`, async (t) => {
    await using environment = createEnvironment(world)
    await t.rejects(environment.reset({ task: 'no-signal' }), { code: 'NO_USER', message: /user "rule"/ })
    t.match(await environment.reset({ task: 'roaming-only' }), { observation: { task: 'roaming-only' } })
    t.match(await environment.step({ type: 'call_tool', tool_name: 'check_signal', arguments: {} }), {
      observation: { error_code: 'NOT_PERMITTED' },
    })
  })
}
