import t from 'tap'
import { checkAnswer } from '../../../envs/runtime/answer.ts'
import { verifyPlay } from '../../../envs/runtime/verify.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import { openDesk } from './desk.ts'

const world = openDesk()
t.teardown(() => world.close())

function played(task: string, calls: [string, JsonObject][], answer?: Json) {
  const of = world.task(task)
  const play = world.start(of.scenario)
  for (const [tool, args] of calls) play.call(tool, args)
  const verification = verifyPlay(
    world,
    of,
    play,
    { calls: calls.map(([tool, args]) => ({ tool, arguments: args })), answer },
    'graded',
  )
  play.close()
  return verification
}

t.test('another order of the same work is as right: identifiers are matched up to renaming', async (t) => {
  const swapped = played('two-tickets', [
    ['create_ticket', { title: 'B' }],
    ['create_ticket', { title: 'A', agent_id: 'ag1' }],
  ])
  t.equal(swapped.passed, true)
  t.same(swapped.reasons, [])
  t.equal(swapped.reward, 1)
})

t.test('free text is compared trimmed and case-folded, volatile columns not at all', async (t) => {
  const passed = played('two-tickets', [
    ['create_ticket', { title: 'X' }],
    ['delete_ticket', { ticket_id: 'none' }],
    ['list_tickets', {}],
  ]).passed
  t.equal(passed, false)
  const folded = played('two-tickets', [
    ['close_ticket', { ticket_id: 't3' }],
    ['create_ticket', { title: ' b ' }],
    ['create_ticket', { title: 'a', agent_id: 'ag1' }],
  ])
  t.equal(folded.passed, true)
})

t.test('a missing row, a wrong cell and an unexpected row are told in words', async (t) => {
  const missing = played('two-tickets', [['create_ticket', { title: 'B' }]])
  t.same(
    missing.state.differences.map(({ kind, table }) => [kind, table]),
    [['missing_row', 'ticket']],
  )
  t.match(missing.reasons[0], /Missing: a ticket with .*title "A"/)
  t.equal(missing.reward, 0.5, 'half of the changes')

  const wrong = played('two-tickets', [
    ['create_ticket', { title: 'B' }],
    ['create_ticket', { title: 'A', agent_id: 'ag2' }],
  ])
  t.match(wrong.state.differences, [{ kind: 'wrong_cell', column: 'agent_id', expected: 'ag1', actual: 'ag2' }])

  const damage = played('close-coffee', [
    ['close_ticket', { ticket_id: 't2' }],
    ['create_ticket', { title: 'Z' }],
  ])
  t.match(damage.state.differences, [{ kind: 'unexpected_row', table: 'ticket', actual: { title: 'Z' } }])
  t.equal(damage.reward, 0)

  const undone = played('close-coffee', [['delete_ticket', { ticket_id: 't2' }]])
  t.match(undone.state.differences, [{ kind: 'missing_row', table: 'ticket', key: { id: 't2' } }])
})

t.test('doing nothing fails, with the cell that should have changed', async (t) => {
  t.match(played('close-coffee', []).reasons[0], /the ticket with id "t2" should have status "closed"; it has "open"/)
})

t.test('an answer must hold the fact and no other candidate', async (t) => {
  t.equal(played('who', [], 'It is "old".').passed, true)
  t.equal(played('who', []).passed, false)
  t.match(played('who', [], 'Old, No coffee, Printer on fire').reasons[0], /also names/)
  t.equal(
    played('who', [['close_ticket', { ticket_id: 't1' }]], 'Old').passed,
    false,
    'a question is no licence to change things',
  )
})

t.test('the exact calls decide only where nothing else can', async (t) => {
  t.equal(played('look', [['list_tickets', { status: 'open' }]]).passed, true)
  const other = played('look', [['list_tickets', {}]])
  t.equal(other.passed, false)
  t.match(other.reasons[0], /Call 1 should be list_tickets/)
  t.equal(played('close-coffee', [['close_ticket', { ticket_id: 't2' }]]).calls.applies, false)
})

t.test('numbers, dates and names are compared as such', async (t) => {
  const number = { value: 1240.5, kind: 'number' } as const
  t.equal(checkAnswer(number, [1240.5, 99], 'It costs 1,240.50 EUR.').passed, true)
  t.equal(checkAnswer(number, [1240.5, 99], 1240.5).passed, true)
  t.equal(checkAnswer(number, [1240.5, 99], '1240.5 or 99').passed, false)
  const date = { value: '2025-05-03', kind: 'date' } as const
  for (const said of ['2025-05-03', 'on 3 May 2025', 'May 3rd, 2025', '2025年5月3日'])
    t.equal(checkAnswer(date, ['2025-05-03', '2025-05-04'], said).passed, true, said)
  t.equal(checkAnswer(date, ['2025-05-03', '2025-05-04'], '4 May 2025').passed, false)
  const name = { value: 'Aurora Lisbon', kind: 'text' } as const
  t.equal(checkAnswer(name, ['Aurora', 'Aurora Lisbon', 'Borealis'], 'The Aurora Lisbon').passed, true)
  t.equal(checkAnswer(name, ['Aurora', 'Aurora Lisbon', 'Borealis'], 'Auroras Lisbon').passed, false)
  const flag = { value: true, kind: 'boolean' } as const
  t.equal(checkAnswer(flag, [], 'Yes, it is.').passed, true)
  t.equal(checkAnswer(flag, [], 'no').passed, false)
})
