import t from 'tap'
import type { Play } from '../../../envs/runtime/world.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import { openDesk } from './desk.ts'

const world = openDesk({ callMs: 2000, isolateMib: 16 })
t.teardown(() => world.close())

const codeOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    return error instanceof MicrocosmError ? error.code : String(error)
  }
  return 'none'
}

t.test('a call reads and writes the database of its own play', async (t) => {
  const [one, two] = [world.start('monday'), world.start('monday')]
  const closed = one.call('close_ticket', { ticket_id: 't2' })
  t.match(closed, { ok: true, result: { id: 't2', status: 'closed', updated_at: '2025-05-05T09:00:00Z' } })
  t.equal(two.rows('ticket').find((row) => row.id === 't2')?.status, 'open')
  t.same(
    one.changes().map(({ key, before, after }) => [key, before?.status, after?.status]),
    [[{ id: 't2' }, 'open', 'closed']],
  )
  t.same(two.changes(), [])
  one.close()
  two.close()
})

t.test('a play that is closed leaves nothing to the next one of its scenario', async (t) => {
  const first = world.start('monday')
  const made = first.call('create_ticket', { title: 'New' })
  first.call('draw', {})
  const digest = first.digest()
  first.close()
  const second = world.start('monday')
  t.same(second.changes(), [])
  t.same(second.call('create_ticket', { title: 'New' }), made, 'the same identifier and time again')
  t.equal(second.digest(), digest)
  second.close()
})

t.test('a refused call leaves no trace, neither in rows nor in identifiers nor in the clock', async (t) => {
  const [one, two] = [world.start('monday'), world.start('monday')]
  t.match(one.call('fail_late', {}), {
    ok: false,
    error: { error_type: 'execution_error', code: 'late', message: 'Too late.' },
  })
  t.same(one.changes(), [])
  t.same(one.call('create_ticket', { title: 'A' }), two.call('create_ticket', { title: 'A' }))
  one.close()
  two.close()
})

t.test('what does not fit is refused in words', async (t) => {
  const play = world.start('monday')
  const message = (tool: string, args = {}) => {
    const outcome = play.call(tool, args)
    return outcome.ok ? '' : `${outcome.error.error_type} ${outcome.error.message}`
  }
  t.match(message('close_tickt'), /tool_not_found There is no tool "close_tickt". Did you mean "close_ticket"\?/)
  t.match(message('close_ticket'), /invalid_args The argument "ticket_id" is missing/)
  t.match(message('close_ticket', { ticket_id: 3 }), /"ticket_id" must be string; got 3/)
  t.match(message('create_ticket', { title: 'A', agentid: 'ag1' }), /no argument "agentid". Did you mean "agent_id"\?/)
  t.match(message('list_tickets', { status: 'done' }), /must be one of "open", "closed"; got "done"/)
  t.match(message('create_ticket', { title: 'A', agent_id: 'nobody' }), /does not exist/, 'the database itself refuses')
  t.same(play.changes(), [])
  play.close()
})

t.test('a program that throws, hangs or swells has its code, and the next play is unharmed', async (t) => {
  const play = world.start('monday')
  t.equal(
    codeOf(() => play.call('crash', {})),
    'WORLD_CRASHED',
  )
  t.equal(
    codeOf(() => play.call('hang', {})),
    'WORLD_TIMEOUT',
  )
  t.equal(
    codeOf(() => play.call('swell', {})),
    'WORLD_MEMORY',
  )
  t.match(play.call('close_ticket', { ticket_id: 't1' }), { ok: true })
  play.close()
})

t.test('a fork goes its own way', async (t) => {
  const parent = world.start('monday')
  parent.call('create_ticket', { title: 'A' })
  const [child] = parent.fork(1) as [Play]
  t.equal(child.digest(), parent.digest())
  const a = parent.call('create_ticket', { title: 'B' })
  t.same(child.call('create_ticket', { title: 'B' }), a, 'counters are forked too')
  child.call('close_ticket', { ticket_id: 't1' })
  t.not(child.digest(), parent.digest())
  t.equal(parent.rows('ticket').find((row) => row.id === 't1')?.status, 'open')
  parent.close()
  child.close()
})

t.test('a change that is undone is no change, to the last digit of a float', async (t) => {
  const play = world.start('monday')
  play.call('set_hours', { ticket_id: 't1', hours: 1.5 })
  t.equal(play.changes().length, 1)
  play.call('set_hours', { ticket_id: 't1', hours: 0.1 + 0.2 })
  t.same(play.changes(), [])
  play.close()
})

t.test('a result that is too long is cut and says how to ask for less', async (t) => {
  const play = world.start('monday')
  t.match(play.call('flood', {}), { ok: true, result: { cut: true, message: /limit and offset/ } })
  play.close()
})
