/** The user by rule: what it says to whom, never twice the same way by chance alone, and never for ever. */

import fc from 'fast-check'
import t from 'tap'
import { libraryDomains } from '../../../../envs/library/index.ts'
import type { Manner } from '../../../../envs/runtime/users/index.ts'
import { manners } from '../../../../envs/runtime/users/index.ts'
import type { RuleUser } from '../../../../envs/runtime/users/rule.ts'
import { createRuleUser } from '../../../../envs/runtime/users/rule.ts'
import type { Domain } from '../../../../schemas/domain.ts'
import type { Task } from '../../../../schemas/task.ts'

const domain = libraryDomains.find(({ id }) => id === 'hotel-chain') as Domain

function userOf(id: string, manner: Manner, seed = 1): RuleUser {
  const task = domain.tasks.find((each) => each.id === id)
  if (task === undefined) throw new Error(`no task ${id}`)
  return createRuleUser({ task, domain, seed, manner })
}

const tell = (user: RuleUser, content: string) => {
  user.hear(content)
  return user.reply([])
}

t.test('at once it says the intent word for word', async (t) => {
  const user = userOf('hanna-stays-longer', 'at once')
  t.ok(user.opening().content.endsWith(user.wish.intent))
})

t.test('bit by bit it holds back, tells what it is asked, and leaves nothing out when asked for more', async (t) => {
  for (let seed = 0; seed < 20; seed++) {
    const user = userOf('hanna-stays-longer', 'bit by bit', seed)
    const opening = user.opening().content
    t.match(opening, /…/)
    t.notMatch(opening, user.wish.intent)
    t.match(tell(user, 'When would she like to depart?').content, /24 July 2025/)
    t.match(tell(user, 'And from which day on?').content, /19 July 2025/)
    for (let more = 0; more < 3; more++) t.notOk(tell(user, 'Anything else?').ends)
  }
})

t.test(
  'a change of mind is announced, or put right in the same breath, and the wish is what stands at the end',
  async (t) => {
    let announced = 0
    for (let seed = 0; seed < 20; seed++) {
      const user = userOf('hanna-stays-longer', 'change of mind', seed)
      const opening = user.opening().content
      const missing = user.wish.pieces.filter(({ slot }) => !opening.includes(slot.said))
      t.ok(missing.length <= 1)
      if (missing.length === 0) continue
      announced += 1
      t.match(opening, /not quite sure|have to look up/)
      t.ok(tell(user, 'All right, take your time.').content.includes(missing[0]?.slot.said ?? '-'))
    }
    t.ok(announced >= 5, `${announced} of 20`)
  },
)

t.test('it confirms what is right, refuses what is not, and says the right value', async (t) => {
  const user = userOf('hanna-stays-longer', 'at once')
  user.opening()
  t.match(tell(user, 'I will set the check out to 24 July 2025. Is that right?').content, /^Yes/)
  t.match(tell(user, 'Shall I set the check-out to 26 July 2025?').content, /24 July 2025/)
  t.notMatch(tell(user, 'Shall I set the check-out to 26 July 2025?').content, /^Yes/)
  t.match(tell(user, 'Shall I book a sauna for 99 euros?').content, /what I asked for|what I have told you/)
  const wrong = tell(user, 'All done: the quantity is 3 now.')
  t.match(wrong, { ends: false, content: /2 of the Bicycle/ })
  t.match(tell(user, 'Sorry. Everything is done now, with 2 of them.'), { ends: true })
})

t.test('it knows no identifiers, and says so', async (t) => {
  const user = userOf('new-phone', 'at once')
  user.opening()
  t.match(tell(user, "What is the guest's ID?").content, /don't know any IDs|no identifier/)
  t.match(tell(user, 'Do you have a booking number?').content, /don't know any IDs|no identifier/)
})

t.test('it takes no leave of who has only begun, and leave of who is done', async (t) => {
  const user = userOf('vienna-in-july', 'at once')
  user.opening()
  for (const early of [
    'Thank you, let me look that up.',
    "I've found the booking of Oscar Lind.",
    "I've cancelled the booking. Next, I will add the service.",
    'Is there anything else?',
    'The booking was cancelled successfully. The first step is completed.',
  ])
    t.equal(tell(user, early).ends, false, early)
  t.match(tell(user, 'I have cancelled the booking of Oscar Lind.'), {
    ends: false,
    content: /all of it|everything done/,
  })
  t.match(tell(user, 'Yes, that was all.'), { ends: true })
  const other = userOf('vienna-in-july', 'at once')
  other.opening()
  t.match(tell(other, "I've done all of it, which was what you asked for. Let me know if you need anything else."), {
    ends: true,
  })
})

t.test('who was asked a question waits for the answer, and keeps it', async (t) => {
  const user = userOf('what-amara-owes', 'at once')
  user.opening()
  t.equal(tell(user, 'One moment, I am looking for her invoices.').ends, false)
  t.equal(user.answer, undefined)
  t.equal(tell(user, 'Is there anything else I can do?').ends, false)
  t.equal(tell(user, 'She owes 820 euros.').ends, false)
  t.equal(user.answer, 'She owes 820 euros.')
  t.equal(tell(user, 'Is there anything else I can do?').ends, true)
  t.equal(user.answer, 'She owes 820 euros.')
})

t.test('courtesies and half answers are no answers, and what is denied is not done', async (t) => {
  const user = userOf('room-for-four', 'at once')
  user.opening()
  for (const early of ['Sure, I can help with that.', 'Of course!', 'Thank you for the details.', 'Anything else?'])
    t.equal(tell(user, early).ends, false, early)
  t.equal(user.answer, undefined)
  t.equal(tell(user, 'Great, it is the Family Suite. Anything else?').ends, true)
  const other = userOf('new-phone', 'at once')
  other.opening()
  t.equal(tell(other, "The phone number hasn't been updated yet.").ends, false)
  t.equal(tell(other, 'The phone number was not changed.').ends, false)
  t.equal(tell(other, 'Is there anything else?').ends, false)
  t.equal(tell(other, 'The phone number was changed.').ends, true)
})

t.test('what was done before all was told is not done: it waits to hear of it again', async (t) => {
  const user = userOf('new-phone', 'bit by bit')
  t.notMatch(user.opening().content, /5550199/)
  t.match(tell(user, 'I have updated it.'), { ends: false, content: /5550199/ })
  t.equal(tell(user, 'Is there anything else?').ends, false)
  t.equal(tell(user, 'I have updated it now.').ends, true)
})

t.test('asking for each of many slots tries no patience; asking for the same one for ever does', async (t) => {
  const task = structuredClone(domain.tasks.find(({ id }) => id === 'new-phone')) as Task
  const names = [...'abcdefghijklmnop'].map((letter) => `field ${letter}`)
  task.slots = names.map((name, index) => ({ name: name.replace(' ', '_'), value: `V${index}x`, said: `V${index}x` }))
  task.intent = `Please note ${task.slots.map(({ said }) => said).join(', ')}.`
  const user = createRuleUser({ task, domain, seed: 1, manner: 'at once' })
  user.opening()
  for (const [index, name] of names.entries()) {
    const { content, ends } = tell(user, `What is the ${name}?`)
    t.match(content, `V${index}x`)
    t.equal(ends, false)
  }
  let more = 0
  while (!tell(user, 'What is the field a?').ends && more < 40) more += 1
  t.ok(more < 12, `${more} times more`)
})

t.test('Chinese is heard and spoken', async (t) => {
  const user = userOf('hanna-moves-zh', 'at once')
  user.opening()
  t.match(tell(user, '请问哪天退房？').content, /2025年7月23日/)
  t.match(tell(user, '预订编号是多少？').content, /编号/)
  t.match(tell(user, '我将把入住日期改为2025年7月21日，可以吗？').content, /2025年7月20日/)
  t.match(tell(user, '我将把入住日期改为2025年7月20日，可以吗？').content, /^(好的|对|是的)/)
  t.equal(tell(user, '请稍等，正在处理。').ends, false)
  t.equal(tell(user, '已经全部办好了。').ends, true)
})

t.test('the same seed gives the same lines; a copy goes its own way from where it was made', async (t) => {
  const says = (seed: number) => {
    const user = userOf('hanna-stays-longer', 'bit by bit', seed)
    return [user.opening(), tell(user, 'Which day?'), tell(user, 'Anything else?'), tell(user, 'Done.')].map(
      ({ content }) => content,
    )
  }
  t.same(says(3), says(3))
  t.ok(new Set([1, 2, 3, 4, 5, 6].map((seed) => says(seed).join())).size > 3)
  const user = userOf('hanna-stays-longer', 'bit by bit', 2)
  user.opening()
  const copy = user.copy()
  t.same(tell(user, 'What is the check in?'), tell(copy, 'What is the check in?'))
  tell(user, 'Anything else?')
  t.same(tell(copy, 'Anything else?').content.length > 0, true)
})

t.test(
  'whatever is asked, in whatever order: all is told after as many questions as there are slots, before any goodbye, and it ends',
  async () => {
    const words =
      'which what date day name check in out guest quantity phone is the of please id booking 日期 名字 多少 done'
    const phrase = fc
      .array(fc.constantFrom(...words.split(' ')), { minLength: 1, maxLength: 6 })
      .map((all) => `${all.join(' ')}?`)
    fc.assert(
      fc.property(
        fc.nat(domain.tasks.length - 1),
        fc.constantFrom(...manners),
        fc.nat(1000),
        fc.array(phrase, { minLength: 12, maxLength: 12 }),
        (index, manner, seed, questions) => {
          const task = domain.tasks[index] as (typeof domain.tasks)[number]
          const user = createRuleUser({ task, domain, seed, manner })
          let heard = user.opening().content
          const left = () => task.slots.filter(({ said }) => !heard.includes(said))
          for (const [count, question] of questions.entries()) {
            const { content, ends } = tell(user, question)
            if (ends) return left().length === 0
            heard += `\n${content}`
            if (count >= task.slots.length && left().length > 0) return false
          }
          for (let more = 0; more < 12; more++) if (tell(user, 'What is the weather like?').ends) return true
          return false
        },
      ),
      { numRuns: 500 },
    )
  },
)

t.test('anything at all may be said to it, however long', async () => {
  const user = userOf('vienna-in-july', 'bit by bit')
  user.opening()
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (content) => {
      const { content: said } = tell(user.copy(), content)
      return said.length > 0
    }),
    { numRuns: 300 },
  )
  const began = performance.now()
  for (const part of ['please what is the name ', '"', '1,', '2025-01-01 ', 'a@', '我已经'])
    tell(user.copy(), part.repeat(200_000))
  if (performance.now() - began > 3000) throw new Error('it listens for too long')
})
