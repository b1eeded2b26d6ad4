import t from 'tap'
import { certifyTask, replayDigest } from '../../../envs/synthesis/certify.ts'
import { makeTasks } from '../../../envs/synthesis/tasks.ts'
import type { Task } from '../../../schemas/task.ts'
import { openStudio } from './fixtures/studio.ts'

const input = openStudio()
t.teardown(() => input.world.close())
const { world } = input
const { tasks } = makeTasks(input, { seed: 1, count: 30 })
const last = (task: Task) => task.gold.calls.at(-1) as Task['gold']['calls'][number]
const one = tasks.find((task) => last(task).tool === 'activate_project' && task.gold.calls.length === 2) as Task
const edit = tasks.find(
  (task) => last(task).tool === 'update_project' && last(task).arguments.budget !== undefined,
) as Task

/** A copy that the doctor may change. */
function doctored(of: Task, change: (task: Task) => void): string {
  const copy = structuredClone(of)
  change(copy)
  const verdict = certifyTask(world, copy)
  return 'reason' in verdict ? verdict.reason : 'certified'
}
const certificate = (task: Task) => task.certificate as NonNullable<Task['certificate']>

t.test('a sound task is certified, and its digest replays', async (t) => {
  t.equal(
    doctored(one, () => {}),
    'certified',
  )
  t.equal(replayDigest(world, one), one.certificate?.digest)
})

t.test('gold that was changed is refused: another value, a call that fails, a call too few', async (t) => {
  t.equal(
    doctored(edit, (task) => {
      last(task).arguments.budget = 1
    }),
    'unstable',
  )
  t.equal(
    doctored(one, (task) => {
      last(task).arguments.project_id = 'proj_nothing'
    }),
    'gold_failed',
  )
  t.equal(
    doctored(one, (task) => {
      task.gold.calls.pop()
    }),
    'unstable',
  )
})

t.test('an error that was not declared is refused, and so is a declared one that does not come', async (t) => {
  t.equal(
    doctored(one, (task) => {
      task.gold.calls.push(last(task))
    }),
    'gold_failed',
  )
  t.equal(
    doctored(one, (task) => {
      last(task).expect_error = 'conflict'
    }),
    'gold_failed',
  )
})

t.test('an argument without an origin, or with a false one, is refused', async (t) => {
  t.equal(
    doctored(one, (task) => {
      certificate(task).origins.pop()
    }),
    'origin',
  )
  t.equal(
    doctored(edit, (task) => {
      for (const slot of task.slots) if (typeof slot.value === 'number') slot.value = 7
    }),
    'origin',
  )
  t.equal(
    doctored(one, (task) => {
      for (const { output } of certificate(task).origins) output?.path.push('x')
    }),
    'origin',
  )
  t.equal(Object.hasOwn(certifyTask(world, { ...one, certificate: undefined }), 'reason'), true)
})

t.test('a slot that the intent does not say is refused', async (t) => {
  t.equal(
    doctored(one, (task) => {
      task.intent = 'Please do it.'
    }),
    'origin',
  )
})

t.test('a reference that fits several rows, another row or no row, or that no read shows, is refused', async (t) => {
  const reference = (task: Task) =>
    certificate(task).references[0] as NonNullable<Task['certificate']>['references'][number]
  t.equal(
    doctored(one, (task) => {
      reference(task).where = { status: 'draft' }
    }),
    'reference',
  )
  t.equal(
    doctored(one, (task) => {
      reference(task).where = { name: 'Nothing' }
    }),
    'reference',
  )
  t.equal(
    doctored(one, (task) => {
      reference(task).key = { id: 'proj_other' }
    }),
    'reference',
  )
  t.equal(
    doctored(one, (task) => {
      reference(task).found_by = 1
    }),
    'reference',
  )
})

t.test('a gold write that changes nothing is refused, for gold passes without it', async (t) => {
  const again = doctored(edit, (task) => {
    const call = structuredClone(last(task))
    const index = task.gold.calls.length - 1
    task.gold.calls.push(call)
    const more = certificate(task).origins.filter((origin) => origin.call === index)
    certificate(task).origins.push(...more.map((origin) => ({ ...origin, call: index + 1 })))
  })
  t.equal(again, 'drop_passes')
})

t.test('an identifier in the intent is refused', async (t) => {
  t.equal(
    doctored(one, (task) => {
      task.intent += ` (${last(task).arguments.project_id})`
    }),
    'leak',
  )
})

t.test('dropping any one gold write fails every task', async (t) => {
  for (const task of tasks) {
    const writes = task.gold.calls.filter(({ tool }) => world.tool(tool)?.kind === 'write').length
    t.equal(task.certificate?.drops.length, writes)
    t.ok(task.certificate?.drops.every(({ passes }) => !passes))
  }
})
