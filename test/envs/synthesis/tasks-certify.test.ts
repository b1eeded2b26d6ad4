import t from 'tap'
import { buildImage } from '../../../envs/runtime/image.ts'
import { openWorld } from '../../../envs/runtime/world.ts'
import { certifyTask, replayDigest } from '../../../envs/synthesis/certify.ts'
import { makeTasks } from '../../../envs/synthesis/tasks.ts'
import type { Certificate, Task } from '../../../schemas/task.ts'
import { openStudio, studio, studioRows } from './fixtures/studio.ts'

const input = openStudio()
t.teardown(() => input.world.close())
const { world } = input
const { tasks } = makeTasks(input, { seed: 1, count: 80 })
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
    for (const { call, passes } of task.certificate?.drops ?? [])
      t.equal(passes, task.gold.calls[call]?.expect_error !== undefined, task.intent)
  }
})

t.test(
  'every argument of a write is changed for another value once, but for those of a declared refusal',
  async (t) => {
    for (const { gold, certificate } of tasks) {
      const writes = gold.calls.filter(({ tool }) => world.tool(tool)?.kind === 'write')
      const all = writes.reduce((sum, { arguments: args }) => sum + Object.keys(args).length, 0)
      t.equal((certificate?.perturbed ?? 0) + (certificate?.unperturbed?.length ?? 0), all)
      for (const { call, argument } of certificate?.unperturbed ?? [])
        t.ok(gold.calls[call]?.expect_error !== undefined, `${gold.calls[call]?.tool} ${argument}`)
    }
    t.ok(tasks.reduce((sum, { certificate }) => sum + (certificate?.perturbed ?? 0), 0) > tasks.length)
  },
)

t.test('tasks with writes that need nothing of each other are played in other orders', async (t) => {
  const both = tasks.filter(({ gold }) => gold.calls.filter(({ tool }) => tool === 'activate_project').length > 1)
  t.ok(both.length > 0)
  for (const { certificate } of both) t.ok((certificate?.orders ?? 0) > 0)
})

/** The same world with another program; its tasks are certified there. */
function elsewhere(change: (program: string) => string, task: Task): string {
  const program = change(studio.program)
  t.not(program, studio.program)
  const other = openWorld({
    domain: { ...studio, program },
    image: (id) => buildImage(studio.tables, studioRows[id] ?? {}),
  })
  t.teardown(() => other.close())
  const { certificate: claims, ...bare } = task
  const verdict = certifyTask(other, bare, claims)
  return 'reason' in verdict ? verdict.reason : 'certified'
}

t.test('where the world ignores an argument, no task that sets it is certified', async (t) => {
  const task = tasks.find(({ gold }) =>
    gold.calls.some(({ tool, arguments: args }) => tool === 'update_project' && args.budget && args.due_date),
  ) as Task
  const deaf = (program: string) => program.replace('budget: args.budget ?? null })', 'budget: null })')
  t.equal(
    elsewhere((program) => `${program}\n`, task),
    'certified',
  )
  t.equal(elsewhere(deaf, task), 'perturb_passes')
})

t.test('where the order of two equal writes shows in the state, no task with both is certified', async (t) => {
  const task = tasks.find(
    ({ gold }) =>
      gold.calls.filter(({ tool }) => tool === 'activate_project').length === 2 &&
      gold.calls.every(({ expect_error, arguments: args }) => expect_error === undefined && args.budget === undefined),
  ) as Task
  const counting = (program: string) =>
    program.replace(
      "db.run('set_status', { id: row.id, status: 'active' })",
      "db.run('set_status', { id: row.id, status: 'active' })\n  db.run('set_project', { id: row.id, customer_id: null, due_date: null, budget: db.all('projects_like', { query: '' }).filter((each) => each.status === 'active').length })",
    )
  t.equal(elsewhere(counting, task), 'order_matters')
})

t.test(
  'a group that has other rows than its words pick out, or a best row that is not the best, is refused',
  async (t) => {
    const bulk = tasks.find(({ certificate: earned }) => (earned?.groups?.length ?? 0) > 0) as Task
    const group = (task: Task) => certificate(task).groups?.[0] as NonNullable<Certificate['groups']>[number]
    const refused = (of: Task, change: (task: Task) => void) => t.equal(doctored(of, change), 'reference')
    refused(bulk, (task) => group(task).keys.pop())
    refused(bulk, (task) => {
      group(task).where = { id: 'nothing' }
    })
    refused(bulk, (task) => {
      group(task).found_by = task.gold.calls.length
    })
    refused(bulk, (task) => {
      group(task).said = 'nobody said this'
    })
    const chosen = tasks.find(({ certificate: earned }) => earned?.references.some(({ best }) => best)) as Task
    refused(chosen, (task) => {
      const best = certificate(task).references.find((reference) => reference.best)?.best
      if (best) best.order = best.order === 'most' ? 'least' : 'most'
    })
  },
)
