import t from 'tap'
import { certifyTask } from '../../../envs/synthesis/certify.ts'
import { makeTasks } from '../../../envs/synthesis/tasks.ts'
import { type Row, valueAt } from '../../../schemas/json.ts'
import type { Task } from '../../../schemas/task.ts'
import { task as taskSchema } from '../../../schemas/task.ts'
import { openStudio, studio, studioRows } from './fixtures/studio.ts'

const input = openStudio()
t.teardown(() => input.world.close())
const { tasks } = makeTasks(input, { seed: 1, count: 30 })
const kindOf = (name: string) => studio.tools.find((tool) => tool.name === name)?.kind
const writesOf = (task: Task) => task.gold.calls.filter(({ tool }) => kindOf(tool) === 'write')

t.test('as many tasks come back as were asked for, each of them a valid task with a name of its own', async (t) => {
  t.equal(tasks.length, 30)
  for (const task of tasks) t.ok(taskSchema.safeParse(task).success, task.id)
  t.equal(new Set(tasks.map(({ id }) => id)).size, tasks.length)
})

t.test('the same seed gives the same tasks, and another seed gives others', async (t) => {
  t.same(makeTasks(input, { seed: 1, count: 30 }).tasks, tasks)
  t.notSame(
    makeTasks(input, { seed: 2, count: 30 }).tasks.map(({ intent }) => intent),
    tasks.map(({ intent }) => intent),
  )
})

t.test('every slot is said in the intent as it stands', async (t) => {
  for (const task of tasks)
    for (const { said } of task.slots) t.ok(task.intent.includes(said), `${said} in: ${task.intent}`)
})

t.test('no intent says an identifier or names a tool', async (t) => {
  const keys = Object.values(studioRows).flatMap((tables) =>
    Object.values(tables).flatMap((rows) => rows.map(({ id }) => String(id))),
  )
  for (const { intent } of tasks) {
    t.notOk(
      keys.some((key) => intent.includes(key)),
      intent,
    )
    t.notOk(
      studio.tools.some(({ name }) => intent.includes(name)),
      intent,
    )
  }
})

t.test('a key is never a slot: it comes from an earlier result', async (t) => {
  for (const task of tasks) {
    for (const [call, { arguments: args }] of task.gold.calls.entries()) {
      for (const argument of Object.keys(args).filter((name) => name.endsWith('_id'))) {
        const origin = task.certificate?.origins.find((item) => item.call === call && item.argument === argument)
        t.ok(origin?.output !== undefined && origin.output.call < call, `${task.id} ${argument}`)
      }
    }
  }
})

t.test('what each reference says is true of one row of its scenario', async (t) => {
  for (const task of tasks) {
    for (const { table, where, key, best } of task.certificate?.references ?? []) {
      const rows = studioRows[task.scenario]?.[table] ?? []
      const fitting = rows.filter((row) => Object.entries(where).every(([name, value]) => row[name] === value))
      const of = (row: Row) => row[best?.column as string] as number | string
      const first = fitting.toSorted((a, b) => (of(a) < of(b) ? -1 : 1)).at(best?.order === 'most' ? -1 : 0)
      if (best === undefined) t.equal(fitting.length, 1)
      else t.equal(fitting.filter((row) => of(row) === of(first as Row)).length, 1)
      t.equal(first?.id, key.id)
    }
  }
})

t.test('tasks of one walk share a split, and both splits occur', async (t) => {
  const splits = new Map<string, string>()
  for (const { walk, split } of tasks) t.equal(splits.get(walk) ?? split, splits.set(walk, split).get(walk))
  t.same([...new Set(tasks.map(({ split }) => split))].sort(), ['test', 'train'])
})

t.test('a walk of three calls or more is of the vertical stage, a shorter one of the general', async (t) => {
  for (const task of tasks) t.equal(task.stage, task.gold.calls.length >= 3 ? 'vertical' : 'general')
})

t.test('each task writes or asks, and tasks of one, two and three writes occur', async (t) => {
  for (const task of tasks) t.ok(writesOf(task).length > 0 || task.gold.answer !== undefined, task.id)
  const counts = new Set(tasks.map((task) => writesOf(task).length))
  for (const count of [0, 1, 2, 3]) t.ok(counts.has(count), `${count}`)
})

t.test('a question leads to a result that holds its answer, which the intent does not say', async (t) => {
  const more = makeTasks(input, { seed: 2, count: 60 }).tasks
  const questions = more.filter(({ gold }) => gold.answer?.source !== undefined)
  t.ok(questions.length > 3)
  for (const { gold, scenario, intent } of questions) {
    const play = input.world.start(scenario)
    const results = gold.calls.map((call) => JSON.stringify(play.call(call.tool, call.arguments)))
    play.close()
    t.ok(results.at(-1)?.includes(JSON.stringify(gold.answer?.value)), intent)
    t.notOk(intent.includes(String(gold.answer?.value)), intent)
  }
})

t.test('no cell is written twice, and nothing that was written is deleted', async (t) => {
  for (const task of tasks) {
    const done = writesOf(task).filter((call) => call.expect_error === undefined)
    const cells = done.flatMap(({ tool, arguments: args }) => {
      const id = args.project_id ?? args.comment_id ?? args.customer_id
      if (tool.startsWith('create_')) return []
      if (tool === 'activate_project') return [`${id} status`]
      if (tool.startsWith('delete_')) return [`${id}`]
      return Object.keys(args)
        .filter((name) => !name.endsWith('_id'))
        .map((name) => `${id} ${name}`)
    })
    t.equal(new Set(cells).size, cells.length, task.intent)
    const deleted = cells.filter((cell) => !cell.includes(' '))
    t.notOk(
      cells.some((cell) => deleted.some((id) => cell.startsWith(`${id} `))),
      task.intent,
    )
  }
})

t.test('every task certifies again from nothing, to the same certificate', async (t) => {
  for (const task of tasks) t.same(certifyTask(input.world, task), { certificate: task.certificate })
})

t.test('a path leads into a result, and to nothing where there is none', async (t) => {
  t.equal(valueAt({ items: [{ id: 'a' }] }, ['items', 0, 'id']), 'a')
  t.equal(valueAt({ items: [] }, ['items', 0, 'id']), undefined)
})

t.test('without rows or bindings there are no tasks, and the reasons are counted', async (t) => {
  t.same(makeTasks({ ...input, rows: {} }, { seed: 1 }), { tasks: [], refused: {} })
  const none = makeTasks({ ...input, bindings: [] }, { seed: 1, count: 2 })
  t.same(none.tasks, [])
  t.ok(Object.values(none.refused).reduce((sum, times) => sum + times, 0) >= 2)
})
