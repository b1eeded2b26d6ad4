import { strict as assert } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import type { Change } from '../../../envs/runtime/changes.ts'
import { rewardOf, verifyOutcome, verifyPlay } from '../../../envs/runtime/verify.ts'
import type { GoldRun, World } from '../../../envs/runtime/world.ts'
import { domain as domainSchema } from '../../../schemas/domain.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { Task } from '../../../schemas/task.ts'
import { desk, deskInput, openDesk } from './desk.ts'

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

t.test('where gold changes volatile columns alone the calls decide, so that doing nothing fails', async (t) => {
  const play = world.start('monday')
  const row = play.rows('ticket').find(({ id }) => id === 't1')
  play.close()
  const change = { table: 'ticket', key: { id: 't1' }, before: row ?? null, after: { ...row, updated_at: 'now' } }
  const gold = { changes: [change], minted: new Map(), digest: '', candidates: [] }
  const task = { ...(desk.tasks[0] as Task), gold: { calls: [{ tool: 'touch', arguments: {} }] } }
  const judge = (changes: Change[], calls: { tool: string; arguments: JsonObject }[]) =>
    verifyOutcome({
      domain: desk,
      task,
      gold,
      outcome: { changes, minted: new Map() },
      conduct: { calls },
      mode: 'graded',
    })
  t.match(judge([], []), { passed: false, reward: 0, state: { passed: true }, calls: { applies: true, passed: false } })
  t.match(judge([change], task.gold.calls), { passed: true, reward: 1 })
  t.match(judge([{ ...change, after: { ...row, updated_at: 'later' } }], task.gold.calls), { passed: true })
})

// Properties. A thread works on one ticket, its own or one that was there; threads of one plan don't touch each other.

type Op =
  | { op: 'close' }
  | { op: 'delete' }
  | { op: 'hours'; hours: number }
  | { op: 'note'; body: string; naming: boolean }
interface Thread {
  ticket: { existing: string } | { title: string; agent: string | undefined }
  ops: Op[]
}

const op: fc.Arbitrary<Op> = fc.oneof(
  fc.constant({ op: 'close' as const }),
  fc.constant({ op: 'delete' as const }),
  fc.record({ op: fc.constant('hours' as const), hours: fc.constantFrom(1, 2.5, 0.1 + 0.2) }),
  fc.record({ op: fc.constant('note' as const), body: fc.constantFrom('seen', 'call back'), naming: fc.boolean() }),
)
const made = fc.record({ title: fc.constantFrom('A', 'B'), agent: fc.constantFrom('ag1', undefined) })
const plan: fc.Arbitrary<Thread[]> = fc
  .tuple(
    fc.array(fc.record({ ticket: made, ops: fc.array(op, { maxLength: 3 }) }), { maxLength: 5 }),
    fc.subarray(['t1', 't2', 't3']),
    fc.array(fc.array(op, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 3 }),
  )
  .map(([own, existing, ops]) => [
    ...own,
    ...existing.map((ticket, at) => ({ ticket: { existing: ticket }, ops: ops[at] as Op[] })),
  ])
/** Which thread goes on next, again and again. */
const turns = fc.infiniteStream(fc.nat({ max: 1000 })).map((stream) => () => stream.next().value as number)

/** Plays the threads in turns; whatever is refused (a ticket with notes can't be deleted) is skipped. */
function playPlan(of: World, threads: readonly Thread[], turn: () => number) {
  const play = of.start('monday')
  const calls: { tool: string; arguments: JsonObject }[] = []
  const call = (tool: string, args: JsonObject) => {
    const outcome = play.call(tool, args)
    if (outcome.ok) calls.push({ tool, arguments: args })
    return outcome.ok ? (outcome.result as JsonObject) : undefined
  }
  const waiting = threads.map(({ ticket, ops }) => ({ ticket, ops: [...ops], id: undefined as string | undefined }))
  while (waiting.length > 0) {
    const at = turn() % waiting.length
    const thread = waiting[at] as (typeof waiting)[number]
    if (thread.id === undefined) {
      if ('existing' in thread.ticket) thread.id = thread.ticket.existing
      else {
        const { title, agent } = thread.ticket
        thread.id = String(call('create_ticket', { title, ...(agent !== undefined && { agent_id: agent }) })?.id)
      }
    } else {
      const next = thread.ops.shift()
      const ticket_id = thread.id
      if (next === undefined) waiting.splice(at, 1)
      else if (next.op === 'close') call('close_ticket', { ticket_id })
      else if (next.op === 'delete') call('delete_ticket', { ticket_id })
      else if (next.op === 'hours') call('set_hours', { ticket_id, hours: next.hours })
      else call('add_note', { ticket_id, body: next.naming ? `${next.body} on ${ticket_id}` : next.body })
    }
  }
  const outcome = { changes: play.changes(), minted: new Map(play.minted()) }
  const task: Task = { ...(desk.tasks[0] as Task), id: 'planned', gold: { calls } }
  return { play, calls, task, outcome, gold: { ...outcome, digest: play.digest(), candidates: [] } satisfies GoldRun }
}

type Played = ReturnType<typeof playPlan>

/** Judged in full; the short way to the reward alone has to come to the same. */
function judged({ task, gold }: Played, outcome: Played['outcome'], calls: Played['calls'] = []) {
  const options = { domain: desk, task, gold, outcome, conduct: { calls } }
  const verification = verifyOutcome({ ...options, mode: 'graded' })
  assert.equal(rewardOf({ ...options, mode: 'graded' }), verification.reward)
  assert.equal(rewardOf({ ...options, mode: 'binary' }), Number(verification.passed))
  return verification
}

const renamed = ({ changes, minted }: Played['outcome']): Played['outcome'] => {
  const text = (value: string) => value.replace(/\w+/g, (word) => (minted.has(word) ? `zz_${word}` : word))
  const renamedChanges = JSON.parse(text(JSON.stringify(changes))) as Change[]
  return { changes: renamedChanges, minted: new Map([...minted].map(([id, table]) => [text(id), table])) }
}

const runs = { numRuns: 150 }

t.test('gold passes against gold, whatever legal calls it is made of, and verify changes nothing', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(plan, turns, (threads, turn) => {
        const run = playPlan(world, threads, turn)
        const before = run.play.digest()
        const { passed, reward } = verifyPlay(world, run.task, run.play, { calls: run.calls }, 'graded')
        const after = run.play.digest()
        run.play.close()
        return passed && reward === 1 && before === after
      }),
      runs,
    ),
  )
})

t.test('the order of independent calls never matters', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(plan, turns, turns, (threads, one, two) => {
        const [gold, other] = [playPlan(world, threads, one), playPlan(world, threads, two)]
        gold.play.close()
        other.play.close()
        return gold.outcome.changes.length === 0 || judged(gold, other.outcome).passed
      }),
      runs,
    ),
  )
})

t.test('another spelling of the identifiers passes', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(plan, turns, (threads, turn) => {
        const gold = playPlan(world, threads, turn)
        gold.play.close()
        return judged(gold, renamed(gold.outcome), gold.calls).passed
      }),
      runs,
    ),
  )
})

const backwards = domainSchema.parse({
  ...deskInput,
  scenarios: deskInput.scenarios.map((scenario) => ({
    ...scenario,
    rows: Object.fromEntries(Object.entries(scenario.rows ?? {}).map(([table, rows]) => [table, [...rows].reverse()])),
  })),
})

t.test('the order of rows and of their insertion never matters', async (t) => {
  const reversed = openDesk({}, backwards)
  t.teardown(() => reversed.close())
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(plan, plan, turns, (threads, others, turn) => {
        const [gold, mine] = [playPlan(world, threads, turn), playPlan(world, others, turn)]
        gold.play.close()
        mine.play.close()
        const there = playPlan(reversed, others, () => 0)
        const here = playPlan(world, others, () => 0)
        there.play.close()
        here.play.close()
        const shuffled = { changes: mine.outcome.changes.toReversed(), minted: mine.outcome.minted }
        const backward = { ...gold, gold: { ...gold.gold, changes: gold.gold.changes.toReversed() } }
        t.same(there.outcome, here.outcome)
        t.same(judged(gold, shuffled), judged(gold, mine.outcome))
        t.same(judged(backward, mine.outcome), judged(gold, mine.outcome))
      }),
      runs,
    ),
  )
})

/** A copy of a run's changes with one cell mutated, one row dropped, or one row too many. */
function mutants({ changes, minted }: Played['outcome'], pick: number): Played['outcome'][] {
  const at = pick % Math.max(1, changes.length)
  const chosen = changes[at]
  const extra = { id: 'tx', title: 'A', status: 'open', agent_id: null, hours: null, updated_at: null }
  const found = [{ changes: [...changes, { table: 'ticket', key: { id: 'tx' }, before: null, after: extra }], minted }]
  if (chosen === undefined) return found
  found.push({ changes: changes.toSpliced(at, 1), minted })
  if (chosen.after !== null) {
    const column = chosen.table === 'note' ? 'body' : 'title'
    const after = { ...chosen.after, [column]: 'mutant' }
    found.push({ changes: changes.toSpliced(at, 1, { ...chosen, after }), minted })
  }
  return found
}

t.test('one mutated cell, one row dropped, one row too many: each fails, with its reason', async (t) => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(plan, turns, fc.nat(), (threads, turn, pick) => {
        const gold = playPlan(world, threads, turn)
        gold.play.close()
        return mutants(gold.outcome, pick).every((mutant) =>
          [mutant, renamed(mutant)].every((outcome) => {
            const { passed, reasons, reward } = judged(gold, outcome, gold.calls)
            return !passed && reasons.length > 0 && reward >= 0 && reward < 1
          }),
        )
      }),
      runs,
    ),
  )
})

t.test(
  'the graded reward is 1 where it passes and below else, and one more right change never lowers it',
  async (t) => {
    let raised = 0
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(
          plan,
          turns,
          fc.array(fc.constantFrom('right', 'missing', 'wrong'), { minLength: 20, maxLength: 20 }),
          fc.nat({ max: 2 }),
          (threads, turn, fates, damage) => {
            const gold = playPlan(world, threads, turn)
            gold.play.close()
            const { changes, minted } = renamed(gold.outcome)
            const extra = Array.from({ length: damage }, (_, n) => ({
              table: 'note',
              key: { id: `nx${n}` },
              before: null,
              after: { id: `nx${n}`, ticket_id: 't1', body: 'damage' },
            }))
            const stateOf = (of: readonly string[]): Played['outcome'] => ({
              changes: [
                ...changes.flatMap((change, at) => {
                  if (of[at] === 'missing') return []
                  if (of[at] === 'right' || change.after === null) return [change]
                  return [
                    { ...change, after: { ...change.after, [change.table === 'note' ? 'body' : 'title']: 'wrong' } },
                  ]
                }),
                ...extra,
              ],
              minted,
            })
            let last = judged(gold, stateOf(fates), gold.calls)
            const now = [...fates]
            for (const [at, fate] of fates.entries()) {
              if (fate === 'right' || at >= changes.length) continue
              now[at] = 'right'
              const next = judged(gold, stateOf(now), gold.calls)
              if (next.reward < last.reward || next.reward < 0 || next.reward > 1) return false
              if ((next.reward === 1) !== next.passed) return false
              if (next.reward > last.reward) raised += 1
              last = next
            }
            return true
          },
        ),
        { numRuns: 300 },
      ),
    )
    t.ok(raised > 100, `${raised} changes raised it`)
  },
)
