import t from 'tap'
import { makeTasks } from '../../../envs/synthesis/tasks.ts'
import type { Row } from '../../../schemas/json.ts'
import type { GoldCall, Task, TaskKind } from '../../../schemas/task.ts'
import { summarizeTask, taskKind } from '../../../schemas/task.ts'
import { openStudio, studio, studioRows } from './fixtures/studio.ts'

const input = openStudio()
t.teardown(() => input.world.close())
const { world } = input
const tasks = [1, 2, 3].flatMap((seed) => makeTasks(input, { seed, count: 60 }).tasks)
const of = (kind: TaskKind): Task[] => tasks.filter(({ kinds }) => kinds?.includes(kind))
const isWrite = ({ tool }: GoldCall): boolean => world.tool(tool)?.kind === 'write'
const rowsOf = (task: Task, table: string): Row[] => studioRows[task.scenario]?.[table] ?? []
const holds = (row: Row, where: Row): boolean => Object.entries(where).every(([name, value]) => row[name] === value)
/** Plays some calls, whatever is refused, and says whether they pass. */
function passes(task: Task, calls: readonly GoldCall[]): boolean {
  const play = world.start(task.scenario)
  for (const call of calls) play.call(call.tool, call.arguments)
  const changes = JSON.stringify(play.changes())
  play.close()
  return changes === JSON.stringify(world.gold(task).changes)
}

t.test('tasks of every kind are made, and say which they are', async (t) => {
  for (const kind of taskKind.options) t.ok(of(kind).length > 0, kind)
  for (const task of tasks) t.same(summarizeTask('studio', task).kinds, task.kinds)
})

t.test('tasks are long and short: a tenth and more have six calls, some have twelve', async (t) => {
  const longer = (than: number) => tasks.filter(({ gold }) => gold.calls.length >= than).length / tasks.length
  t.ok(longer(3) >= 0.4, `${longer(3)}`)
  t.ok(longer(6) >= 0.1, `${longer(6)}`)
  t.ok(longer(12) > 0)
  t.ok(tasks.every(({ gold }) => gold.calls.length <= 20))
})

t.test('a bulk task has one write for each of the rows that its words pick out, two at least', async (t) => {
  for (const task of of('bulk')) {
    const written = task.gold.calls.filter(isWrite).flatMap(({ arguments: args }) => Object.values(args))
    const done = (task.certificate?.groups ?? []).filter(({ keys }) =>
      keys.every(({ id }) => written.includes(id as string)),
    )
    t.ok(done.length > 0, task.intent)
    for (const { table, where, keys } of done) {
      const fitting = rowsOf(task, table).filter((row) => holds(row, where))
      t.ok(fitting.length >= 2 && fitting.length <= 6)
      t.same(
        fitting.map(({ id }) => ({ id })),
        keys,
      )
    }
  }
})

t.test('what is chosen is ahead of all that it was chosen from, and gold reads them all', async (t) => {
  for (const task of [...of('choose'), ...of('compare')]) {
    for (const { table, where, best, key } of task.certificate?.references ?? []) {
      if (best === undefined) continue
      const compared = rowsOf(task, table).filter((row) => holds(row, where))
      const values = compared.map((row) => row[best.column] as number | string)
      const extreme = values.toSorted((a, b) => (a < b ? -1 : 1)).at(best.order === 'most' ? -1 : 0)
      t.ok(compared.length >= 3)
      t.same(
        compared.filter((row) => row[best.column] === extreme).map(({ id }) => id),
        [key.id],
      )
      const play = world.start(task.scenario)
      const read = task.gold.calls
        .filter((call) => !isWrite(call))
        .map((call) => JSON.stringify(play.call(call.tool, call.arguments)))
      play.close()
      for (const { id } of compared)
        t.ok(
          read.some((result) => result.includes(String(id))),
          `${id} in ${task.intent}`,
        )
    }
  }
})

t.test('a refusal is declared, happens, and whoever stops at it fails', async (t) => {
  for (const task of of('recover')) {
    const at = task.gold.calls.findIndex(({ expect_error }) => expect_error !== undefined)
    t.equal(task.gold.calls[at]?.expect_error, 'conflict')
    t.ok(passes(task, task.gold.calls))
    t.notOk(passes(task, task.gold.calls.slice(0, at + 1)), task.intent)
  }
})

t.test('where nothing is refused, the other thing is said but not done', async (t) => {
  for (const task of of('condition')) {
    t.ok(task.gold.calls.every(({ expect_error }) => expect_error === undefined))
    t.match(task.intent, / instead\.|就改为/)
  }
})

t.test('a count is the number of rows that fit, and no other number of them is an answer', async (t) => {
  for (const task of of('count')) {
    const group = task.certificate?.groups?.[0]
    const rows = rowsOf(task, group?.table ?? '').filter((row) => holds(row, group?.where ?? {}))
    const { value, among } = task.gold.answer ?? {}
    if (among === undefined) {
      const sums = ['budget'].map((column) => rows.reduce((sum, row) => sum + (row[column] as number), 0))
      t.ok(sums.includes(value as number), task.intent)
    } else {
      t.equal(value, rows.length, task.intent)
      t.ok(among.includes(rows.length + 1) && among.includes(rows.length - 1))
      t.same(world.gold(task).candidates, among)
    }
  }
})

t.test(
  'a family is a parent and several children made under it, or all of them taken away before it goes',
  async (t) => {
    for (const task of of('family')) {
      const writes = task.gold.calls.filter(isWrite)
      const made = writes.filter(({ tool }) => tool.startsWith('create_')).length
      const gone = writes.filter(({ tool }) => tool.startsWith('delete_')).length
      t.ok(made >= 2 || gone >= 3, task.intent)
    }
  },
)

t.test('where one call takes from several, the task joins; where several take from one, it branches', async (t) => {
  for (const { kinds, certificate, intent } of tasks) {
    const flows = (certificate?.origins ?? []).flatMap(({ call, output }) =>
      output ? [[call, output.call] as const] : [],
    )
    const most = (by: 0 | 1): number =>
      Math.max(
        0,
        ...[...Map.groupBy(flows, (flow) => flow[by]).values()].map(
          (all) => new Set(all.map((flow) => flow[1 - by])).size,
        ),
      )
    t.equal(kinds?.includes('join'), most(0) > 1, intent)
    t.equal(kinds?.includes('branch'), most(1) > 1, intent)
  }
})

t.test('a certificate says how deep a task is, how much is read first, and what might be mistaken', async (t) => {
  for (const task of tasks) {
    const { depth, reads, distractors } = task.certificate?.difficulty ?? { depth: 0, reads: -1, distractors: -1 }
    const first = task.gold.calls.findIndex(isWrite)
    t.equal(depth, summarizeTask('studio', task).difficulty)
    t.equal(reads, first < 0 ? task.gold.calls.length : first)
    t.ok(distractors >= 0 && distractors < 50)
  }
  t.ok(tasks.some(({ certificate }) => (certificate?.difficulty?.distractors ?? 0) >= 3))
})

t.test('about one domain in ten is held out: all its tasks are for testing', async (t) => {
  const ids = Array.from({ length: 40 }, (_, number) => `studio-${number}`)
  const held = ids.filter((id) =>
    makeTasks({ ...input, domain: { ...studio, id } }, { seed: 1, count: 4 }).tasks.every(
      ({ split }) => split === 'test',
    ),
  )
  t.ok(held.length >= 1 && held.length <= 12, `${held.length}`)
})

t.test('plain random walks are another setting, and as certified', async (t) => {
  const { tasks: random } = makeTasks(input, { seed: 1, count: 20, walks: 'random' })
  t.ok(random.length >= 10)
  t.notSame(
    random.map(({ intent }) => intent),
    makeTasks(input, { seed: 1, count: 20 }).tasks.map(({ intent }) => intent),
  )
  for (const { certificate } of random) t.equal(certificate?.noop_fails, true)
  t.same(makeTasks(input, { seed: 1, count: 20, walks: 'random' }).tasks, random)
})
