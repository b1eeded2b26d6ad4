/** Each rule of docs/verification.md, with its example, under the rule's own sentence; and that the two don't drift apart. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { libraryDomains } from '../../../envs/library/index.ts'
import { checkAnswer } from '../../../envs/runtime/answer.ts'
import { createEnvironment } from '../../../envs/runtime/environment.ts'
import { buildImage } from '../../../envs/runtime/image.ts'
import { sameCell } from '../../../envs/runtime/sameness.ts'
import { compareChanges, verifyPlay } from '../../../envs/runtime/verify.ts'
import type { World } from '../../../envs/runtime/world.ts'
import { openWorld } from '../../../envs/runtime/world.ts'
import type { Domain } from '../../../schemas/domain.ts'
import type { Cell, Json, JsonObject } from '../../../schemas/json.ts'
import type { GoldAnswer, Task } from '../../../schemas/task.ts'
import type { Verification } from '../../../schemas/verification.ts'
import { differencesMax } from '../../../schemas/verification.ts'
import { openDesk } from './desk.ts'

const hotelDomain = libraryDomains.find(({ id }) => id === 'hotel-chain') as Domain
const hotel = openWorld({
  domain: hotelDomain,
  image: (id) =>
    buildImage(hotelDomain.tables, hotelDomain.scenarios.find((scenario) => scenario.id === id)?.rows ?? {}),
})
const desk = openDesk()
t.teardown(() => {
  hotel.close()
  desk.close()
})

/** A call; "$0" in an argument is the identifier that call 0 of the same run answered with. */
type Step = [tool: string, args?: JsonObject]

function play(world: World, scenario: string, steps: readonly Step[]) {
  const of = world.start(scenario)
  const ids: string[] = []
  const calls = steps.map(([tool, args = {}]) => {
    const text = JSON.stringify(args).replace(/\$(\d)/g, (_, index) => ids[index] ?? '')
    const call = { tool, arguments: JSON.parse(text) as JsonObject }
    const outcome = of.call(call.tool, call.arguments)
    ids.push(outcome.ok ? String((outcome.result as JsonObject | null)?.id) : '')
    return call
  })
  return { play: of, calls, ids }
}

interface Asked {
  mode?: 'binary' | 'graded'
  answer?: Json
  goldAnswer?: GoldAnswer
}

/** What verify says of `steps` where `gold` was asked for, on the help desk's Monday. */
function judge(
  gold: readonly Step[],
  steps: readonly Step[],
  { mode = 'graded', answer, goldAnswer }: Asked = {},
): Verification {
  const wanted = play(desk, 'monday', gold)
  wanted.play.close()
  const task: Task = {
    ...(desk.domain.tasks[0] as Task),
    id: 'asked',
    gold: { calls: wanted.calls, ...(goldAnswer && { answer: goldAnswer }) },
  }
  const given = play(desk, 'monday', steps)
  const verification = verifyPlay(
    desk,
    task,
    given.play,
    { calls: given.calls, ...(answer !== undefined && { answer }) },
    mode,
  )
  given.play.close()
  return verification
}

/** The same for a task of the hotel chain. */
function judgeHotel(id: string, steps: readonly Step[], answer?: Json): Verification {
  const task = hotel.task(id)
  const given = play(hotel, task.scenario, steps)
  const verification = verifyPlay(hotel, task, given.play, {
    calls: given.calls,
    ...(answer !== undefined && { answer }),
  })
  given.play.close()
  return verification
}

const goldOf = (id: string): Step[] => hotel.task(id).gold.calls.map((call) => [call.tool, call.arguments])
const create = (title: string, agent?: string): Step => ['create_ticket', { title, ...(agent && { agent_id: agent }) }]
const note = (ticket: string, body: string): Step => ['add_note', { ticket_id: ticket, body }]
const close = (ticket: string): Step => ['close_ticket', { ticket_id: ticket }]
const remove = (ticket: string): Step => ['delete_ticket', { ticket_id: ticket }]
const hours = (ticket: string, count: number): Step => ['set_hours', { ticket_id: ticket, hours: count }]

const sentences: string[] = []
function rule(sentence: string, test: (t: Test) => void | Promise<void>): void {
  sentences.push(sentence)
  t.test(sentence, async (t) => test(t))
}

rule('What the two runs changed is compared, not whole databases.', (t) => {
  t.ok(judge([close('t2')], [close('t2')]).passed)
  const twice = judge([close('t2')], [close('t2'), close('t1')])
  t.same(
    twice.state.differences.map(({ key, column, expected, actual }) => [key.id, column, expected, actual]),
    [['t1', 'status', 'open', 'closed']],
  )
  t.equal(desk.gold(desk.task('close-coffee')), desk.gold(desk.task('close-coffee')), 'gold is replayed once per task')
})

rule('Another order of the same work, more look-ups and refused calls are as right.', (t) => {
  t.ok(
    judge(
      [close('t2'), hours('t1', 2)],
      [['list_tickets'], hours('t1', 2), close('t3'), ['close_tickt'], close('t2'), ['draw']],
    ).passed,
  )
  const extra: Step[] = [['search_hotels', { city: 'Porto' }], ...goldOf('cancel-porto')]
  t.ok(judgeHotel('cancel-porto', extra).passed)
})

rule('A change that is undone is no change.', (t) => {
  t.ok(judge([close('t2')], [hours('t1', 4), create('X'), close('t2'), hours('t1', 0.1 + 0.2), remove('$1')]).passed)
  t.notOk(judge([close('t2')], [hours('t1', 4), close('t2')]).passed)
})

rule(
  'A row that only gold has is missing, one that only the agent has is unexpected, and in a row of both each cell that differs is wrong.',
  (t) => {
    const { state, reasons } = judge(
      [create('A', 'ag1'), remove('t3'), close('t2')],
      [create('A', 'ag2'), note('t1', 'hm')],
    )
    t.same(
      state.differences.map(({ kind, table, column }) => [kind, table, column]),
      [
        ['unexpected_row', 'note', undefined],
        ['wrong_cell', 'ticket', 'status'],
        ['unexpected_row', 'ticket', undefined],
        ['wrong_cell', 'ticket', 'agent_id'],
      ],
    )
    t.match(reasons[1], 'Wrong: the ticket with id "t2" should have status "closed"; it has "open".')
    t.match(reasons[2], 'Unexpected: a ticket with id "t3" (')
    t.equal(judge([create('A')], []).reasons[0], 'Missing: a ticket with title "A", status "open".')
  },
)

rule('What names a row is compared to the letter: keys, references and the values of an enum.', (t) => {
  const column = { name: 'x', type: 'TEXT' as const, nullable: true }
  t.notOk(sameCell(column, true, 'ag1', 'AG1'))
  t.ok(sameCell(column, false, 'ag1', 'AG1'))
  t.match(judge([create('A', 'ag1')], [create('A', 'ag2')]).state.differences, [{ column: 'agent_id' }])
})

rule('Identifiers that the world made are matched up to renaming.', (t) => {
  t.ok(judge([create('A'), create('B'), note('$0', 'x')], [create('B'), create('A'), note('$1', 'x')]).passed)
  t.notOk(judge([create('A'), create('B'), note('$0', 'x')], [create('B'), create('A'), note('$0', 'x')]).passed)
  t.ok(judge([create('A')], [create('A'), remove('$0'), create('A')]).passed, 'made again under another identifier')
})

rule('Rows that are alike stand for each other, each with what hangs on it.', (t) => {
  const gold = [create('A'), note('$0', 'x'), note('$0', 'y'), create('A'), note('$3', 'x'), note('$3', 'y')]
  t.ok(
    judge(gold, [create('A'), create('A'), note('$0', 'x'), note('$1', 'y'), note('$1', 'x'), note('$0', 'y')]).passed,
  )
  t.notOk(
    judge(gold, [create('A'), create('A'), note('$0', 'x'), note('$1', 'y'), note('$0', 'x'), note('$1', 'y')]).passed,
  )
})

rule('An identifier inside a text is one too, where it stands as a word of its own.', (t) => {
  const gold = [create('A'), create('B'), note('t1', 'See $0.')]
  t.ok(judge(gold, [create('B'), create('A'), note('t1', 'See $1.')]).passed)
  t.notOk(judge(gold, [create('B'), create('A'), note('t1', 'See $0.')]).passed)
})

rule("What differs is told in the identifiers of the agent's world.", (t) => {
  const mine = play(desk, 'monday', [create('X'), create('A', 'ag2')])
  const gold = play(desk, 'monday', [create('A', 'ag1')])
  const [unexpected, wrong] = compareChanges(
    desk.domain,
    { changes: mine.play.changes(), minted: mine.play.minted() },
    { changes: gold.play.changes(), minted: gold.play.minted() },
  ).differences.sort((a, b) => (a.kind < b.kind ? -1 : 1))
  t.match(unexpected, { kind: 'unexpected_row', key: { id: mine.ids[0] } })
  t.match(wrong, { kind: 'wrong_cell', key: { id: mine.ids[1] }, expected: 'ag1', actual: 'ag2' })
  mine.play.close()
  gold.play.close()
})

rule('Volatile columns are ignored.', (t) => {
  const later = [hours('t3', 1), create('A'), close('t2'), hours('t3', 2)]
  t.ok(judge([create('A'), close('t2'), hours('t3', 2)], later).passed, 'updated_at is another minute')
})

rule('Free text is compared in NFC, case folded, and with white space of no account.', (t) => {
  for (const [gold, said] of [
    ['Printer on fire', '  printer  on\nFIRE '],
    ['Straße', 'STRASSE'],
    ['Ro\u0308ssl', 'r\u00f6ssl'],
    ['ΟΔΟΣ', 'οδοσ'],
  ] as const)
    t.ok(judge([create(gold)], [create(said)]).passed, said)
  for (const said of ['Printer on fires', 'Printeron fire', 'Printer on fire!'])
    t.notOk(judge([create('Printer on fire')], [create(said)]).passed, said)
})

const body = { name: 'body', type: 'TEXT' as const, nullable: true }
const same = (a: Cell, b: Cell) => sameCell(body, false, a, b)

rule('A list or an object in a text is compared as a value, a moment as a moment.', (t) => {
  t.ok(same('{"a":1,"b":["x"]}', '{ "b": ["X"], "a": 1.0 }'))
  t.notOk(same('["a","b"]', '["b","a"]'))
  t.notOk(same('{"a":1}', '{"a":"1"}'))
  t.ok(same('2025-05-03T10:00:00Z', '2025-05-03T12:00+02:00'))
  t.notOk(same('2025-05-03T10:00:00Z', '2025-05-03T10:00:01Z'))
  t.notOk(same('2025-02-30T10:00:00Z', '2025-03-02T10:00:00Z'), 'no such day')
  t.notOk(same('2025-05-03', '3 May 2025'), 'a text without a time is a text')
})

rule('Nothing and an empty text are different.', (t) => {
  t.notOk(same(null, ''))
  t.notOk(same(null, 0))
  t.ok(same('', '  '))
  t.match(judge([note('t1', 'x')], [note('t1', '')]).state.differences, [{ expected: 'x', actual: '' }])
})

rule('Whole numbers are compared exactly, fractions within a rounding error.', (t) => {
  t.ok(judge([hours('t1', 0.3 + 1e-16)], [hours('t1', 0.1 + 0.2 + 1e-15)]).passed)
  t.notOk(judge([hours('t1', 0.3)], [hours('t1', 0.300001)]).passed)
  const column = { name: 'n', type: 'REAL' as const, nullable: true }
  t.ok(sameCell(column, false, 1234567.89, 1234567.8900000001))
  t.notOk(sameCell(column, false, 1234567890.12, 1234567890.13))
  t.notOk(sameCell({ ...column, type: 'INTEGER' }, false, 4930555010, 4930555011))
  t.notOk(sameCell(column, false, 9007199254740991, 9007199254740990))
  t.ok(sameCell(column, false, 0, -0))
})

rule('An answer holds the fact and no other candidate of its kind.', (t) => {
  const steps = goldOf('pool-in-lisbon')
  const said = (answer?: Json) => judgeHotel('pool-in-lisbon', steps, answer)
  t.ok(said('It is the Aurora.').passed)
  t.notOk(said().passed, 'nothing submitted')
  t.notOk(said('I could not find one.').passed)
  t.notOk(said(['Aurora', 'Tagus View', 'Alfama House', 'Ringhof']).passed, 'everything')
  t.same(said('Aurora or Tagus View').reasons, ['The answer should be "Aurora" alone; it also names "Tagus View".'])
})

rule('A number is read in every style of writing one.', (t) => {
  for (const answer of [24, '24', '€24.00', 'Breakfast costs 24,00 EUR.'])
    t.ok(judgeHotel('breakfast-in-vienna', [], answer).passed, String(answer))
  for (const answer of ['14', '24 or 14', '240', 'hot_24'])
    t.notOk(judgeHotel('breakfast-in-vienna', [], answer).passed, String(answer))
  const large = { value: 1240.5, kind: 'number' as const }
  for (const answer of ['1,240.50', '1.240,50', '1 240,50', "1'240.50"])
    t.ok(checkAnswer(large, [], answer).passed, answer)
})

rule('A date is read in prose, and a time counts where one is said.', (t) => {
  for (const answer of ['2025-05-14', 'on 14 May', 'May 14th, 2025', '5月14日', '14/05/2025'])
    t.ok(judgeHotel('amaras-arrival', [], answer).passed, answer)
  for (const answer of ['15 May 2025', '14 May 2024', '2025-05-32', '12–14 May'])
    t.notOk(judgeHotel('amaras-arrival', [], answer).passed, answer)
  const moment = { value: '2025-05-14T15:00:00Z', kind: 'date' as const }
  t.ok(checkAnswer(moment, [], '14 May at 3 pm').passed)
  t.notOk(checkAnswer(moment, [], '14 May at 4 pm').passed)
})

rule('Yes and no are read as people say them.', (t) => {
  const [yes, no] = [true, false].map(
    (value) => (answer: Json) => checkAnswer({ value, kind: 'boolean' }, [], answer).passed,
  )
  for (const answer of [true, 'Yes, it is not paid yet.', '是的']) t.ok(yes?.(answer), String(answer))
  for (const answer of [false, "No, it isn't.", 'It is not cancelled.', '没有']) t.ok(no?.(answer), String(answer))
  for (const answer of ["I don't know.", 'Is it cancelled or not?', 'yes or no', 'on Monday']) {
    t.notOk(yes?.(answer), answer)
    t.notOk(no?.(answer), answer)
  }
})

rule('A name is the longest candidate that stands there, as a whole.', (t) => {
  const rooms = ['Double', 'Sea View Double', 'Single']
  const gold = (value: string) => ({ value, kind: 'text' as const })
  t.ok(checkAnswer(gold('Sea View Double'), rooms, 'The sea-view double.').passed)
  t.notOk(checkAnswer(gold('Double'), rooms, 'The Sea View Double.').passed)
  t.notOk(checkAnswer(gold('Single'), rooms, 'Singles').passed)
  t.ok(checkAnswer(gold('closed'), ['open', 'closed'], 'Open tickets aside, it is closed.').passed)
})

rule('What is denied, bounded or the end of a range is not stated.', (t) => {
  const [name, number] = [
    { value: 'Aurora', kind: 'text' as const },
    { value: 3, kind: 'number' as const },
  ]
  t.ok(checkAnswer(name, ['Aurora', 'Ringhof'], 'The Aurora, not the Ringhof').passed)
  t.notOk(checkAnswer(name, ['Aurora', 'Ringhof'], 'Not the Aurora').passed)
  for (const answer of ['between 3 and 5', '3–5', 'more than 3', 'not 3'])
    t.notOk(checkAnswer(number, [], answer).passed, answer)
})

rule('Of an object the field that is named for the fact is read.', (t) => {
  t.ok(judgeHotel('amaras-arrival', [], { check_in: '2025-05-14', check_out: '2025-05-17' }).passed)
  t.notOk(judgeHotel('amaras-arrival', [], { check_in: '2025-05-17', check_out: '2025-05-14' }).passed)
  t.ok(judgeHotel('what-amara-owes', [], { answer: 820, invoices: 1 }).passed)
})

rule('The exact calls decide only where gold neither changes anything nor has an answer.', (t) => {
  const look: Step[] = [['list_tickets', { status: 'open' }]]
  t.ok(judge(look, look).passed)
  t.match(judge(look, [['list_tickets', {}]]), { passed: false, calls: { applies: true, passed: false } })
  t.match(judge(look, [...look, ...look]).reasons, [
    'Call 2 should be no call; it was list_tickets({"status":"open"}).',
  ])
  t.match(judge([close('t2')], [['list_tickets'], close('t2')]), {
    passed: true,
    calls: { applies: false, passed: false },
  })
})

rule('It passes if all that applies passes; the binary reward is 1 or 0.', (t) => {
  const asked = { goldAnswer: { value: 'Old', kind: 'text' as const }, mode: 'binary' as const }
  t.match(judge([close('t2')], [close('t2')], { ...asked, answer: 'Old' }), { passed: true, reward: 1, reasons: [] })
  t.match(judge([close('t2')], [close('t2')], { ...asked, answer: 'New' }), {
    passed: false,
    reward: 0,
    state: { passed: true },
  })
  t.match(judge([close('t2')], [], { ...asked, answer: 'Old' }), { passed: false, reward: 0, answer: { passed: true } })
})

rule("The graded reward is the share of gold's changes that are made, less damage, and 1 only if it passes.", (t) => {
  const gold = [close('t2'), hours('t1', 2), create('A'), create('B')]
  const reward = (...steps: Step[]) => judge(gold, steps).reward
  t.equal(reward(...gold), 1)
  t.equal(reward(), 0)
  t.equal(reward(close('t2'), hours('t1', 2)), 0.5)
  t.equal(reward(close('t2'), hours('t1', 2), create('A'), create('C')), 0.75, 'a wrong version of a row is not damage')
  t.equal(reward(close('t2'), hours('t1', 2), note('t3', 'hm')), 0.25)
  t.equal(reward(close('t2'), note('t3', 'hm'), note('t3', 'hm')), 0)
  t.equal(reward(...gold, note('t3', 'hm')), 0.75)
  const asked = { goldAnswer: { value: 'Old', kind: 'text' as const } }
  t.equal(judge([close('t2')], [close('t2')], asked).reward, 0.5, 'an answer weighs as much as a row')
})

rule('One more right change never lowers the graded reward.', (t) => {
  const gold = [create('A'), note('$0', 'x'), close('t2'), hours('t1', 2)]
  const damage = [note('t3', 'hm'), create('Z')]
  const rewards = gold.map((_, count) => judge(gold, [...gold.slice(0, count + 1), ...damage]).reward)
  t.same(rewards, rewards.toSorted())
  t.ok((rewards.at(-1) as number) > (rewards[0] as number))
})

rule('At most 200 differences are listed, and it is said how many are not.', (t) => {
  const many = Array.from({ length: 250 }, (_, index) => note('t1', `note ${index}`))
  const { state, reasons } = judge([close('t2')], [close('t2'), ...many])
  t.equal(state.differences.length, differencesMax)
  t.equal(state.omitted, 50)
  t.equal(reasons.at(-1), '50 more differences are not listed.')
})

rule('Verify may be asked at any time after reset, changes nothing, and still answers after the end.', async (t) => {
  const environment = createEnvironment(desk, { reward: 'graded' })
  await t.rejects(environment.verify(), { code: 'EPISODE_NOT_RESET' })
  await environment.reset({ task: 'close-coffee' })
  t.match(await environment.verify(), { passed: false, reward: 0 })
  await environment.step({ type: 'call_tool', tool_name: 'close_ticket', arguments: { ticket_id: 't2' } })
  t.same(await environment.verify(), await environment.verify())
  t.match(await environment.step({ type: 'submit' }), { reward: 1, terminated: true })
  t.match(await environment.verify(), { passed: true, reward: 1 })
  await environment.reset({ task: 'close-coffee' })
  t.match(await environment.verify(), { passed: false })
  await environment.close()
})

t.test('docs/verification.md has exactly these rules, in this order', async (t) => {
  const document = readFileSync(join(import.meta.dirname, '../../../docs/verification.md'), 'utf8')
  const headings = [...document.matchAll(/^### (.+)$/gm)].map((match) => match[1])
  t.same(headings, sentences)
})
