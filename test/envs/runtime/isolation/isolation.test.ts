/** The process that may be killed: what it may reach, what its end means, and that nobody else's episode suffers by it. */

import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import t from 'tap'
import type { LocalEnvironment } from '../../../../envs/runtime/environment.ts'
import { createEnvironment } from '../../../../envs/runtime/environment.ts'
import { buildImage } from '../../../../envs/runtime/image.ts'
import { assessDomain } from '../../../../envs/runtime/isolation/assess.ts'
import type { RoomOptions } from '../../../../envs/runtime/isolation/room.ts'
import { childCommand } from '../../../../envs/runtime/isolation/room.ts'
import { openTrial } from '../../../../envs/runtime/isolation/trial.ts'
import { createIsolatedWorld } from '../../../../envs/runtime/isolation/world.ts'
import { defaultLimits } from '../../../../envs/runtime/limits.ts'
import type { Domain } from '../../../../schemas/domain.ts'
import type { Action } from '../../../../schemas/environment.ts'
import { desk } from '../desk.ts'

const trial = openTrial()
t.teardown(() => trial.close())

/** Milliseconds for what must not end by time, on however slow a machine. */
const patientMs = 30_000

const imagesOf = (domain: Domain) =>
  new Map(domain.scenarios.map(({ id, rows }) => [id, buildImage(domain.tables, rows ?? {})]))
const call = (tool_name: string, args = {}): Action => ({ type: 'call_tool', tool_name, arguments: args })

interface Killed {
  pid: number
  signal: NodeJS.Signals
}

function isolated(domain: Domain, room: Partial<RoomOptions> = {}, callMs = 300) {
  const told: string[] = []
  const pids: number[] = []
  const world = createIsolatedWorld({
    domain,
    images: imagesOf(domain),
    limits: { ...defaultLimits, callMs, isolateMib: 32 },
    trial,
    room: { ...room, onOpen: (pid) => pids.push(pid) },
    onQuarantine: (reason) => told.push(reason),
  })
  t.teardown(() => world.close())
  return { world, told, pids }
}

/** Until the system has no such process any more, however long that takes. */
async function gone(pid: number) {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Kills the process under a call: the one way to bring down any process, whatever the sandbox holds by now. */
async function killUnder(environment: LocalEnvironment, { pid, signal }: Killed) {
  const stepped = environment.step(call('hang'))
  await new Promise((resolve) => setTimeout(resolve, 50))
  process.kill(pid, signal)
  return stepped
}

t.test('the child reads its own code and nothing else, and reaches no network, process, worker or environment', (t) => {
  const [command, args] = childCommand(256)
  const node = args.indexOf(process.execPath)
  const probe = (source: string) => {
    const given = [...args.slice(0, -1), '-e', source]
    const { stdout, stderr, status } = spawnSync(command, given, { env: {}, encoding: 'utf8' })
    return `${status} ${stdout}${stderr}`
  }
  t.ok(node >= 0 || command === process.execPath)
  t.match(probe('console.log(1 + 1)'), /^0 2/)
  t.match(probe('fs.readFileSync("/etc/passwd")'), /ERR_ACCESS_DENIED/)
  t.match(
    probe(`fs.readFileSync(${JSON.stringify(new URL('../../../../.microcosm', import.meta.url).pathname)})`),
    /DENIED/,
  )
  t.match(probe(`fs.readFileSync(${JSON.stringify(import.meta.filename)})`), /ERR_ACCESS_DENIED/)
  t.match(probe('fs.writeFileSync("/tmp/microcosm-probe", "x")'), /ERR_ACCESS_DENIED/)
  t.match(probe('require("child_process").execSync("id")'), /ERR_ACCESS_DENIED/)
  t.match(probe('new (require("worker_threads").Worker)("1", { eval: true })'), /ERR_ACCESS_DENIED/)
  t.match(probe('require("net").connect(80, "127.0.0.1").on("error", (e) => console.log(e.code))'), /ERR_ACCESS_DENIED/)
  t.match(
    probe('console.log(Object.keys(process.env).filter((name) => !/^(PWD|SHLVL|_|OLDPWD)$/.test(name)).length)'),
    /^0 0/,
  )
  t.end()
})

t.test('who brings the process down is truncated without a reward, the others go on as if alone', async (t) => {
  const { world, told, pids } = isolated(desk)
  const [hostile, honest, other] = [world, world, world].map((of) => createEnvironment(of)) as [
    LocalEnvironment,
    LocalEnvironment,
    LocalEnvironment,
  ]
  await honest.reset({ task: 'close-coffee' })
  await other.reset({ task: 'two-tickets' })
  await other.step(call('create_ticket', { title: 'A', agent_id: 'ag1' }))
  await hostile.reset({ task: 'close-coffee' })
  const [fork] = (await other.fork(1)) as [LocalEnvironment]
  const last = await killUnder(hostile, { pid: pids[0] as number, signal: 'SIGKILL' })
  t.match(last, { done: true, terminated: false, truncated: true, reason: 'crashed', reward: null })
  t.match(last.observation, { error_code: 'WORLD_CRASHED' })

  t.match(await honest.step(call('close_ticket', { ticket_id: 't2' })), { observation: { error: null } })
  t.match(await honest.step({ type: 'submit' }), { reward: 1 })
  for (const environment of [other, fork]) {
    t.match(await environment.step(call('create_ticket', { title: 'B' })), { observation: { error: null } })
    t.match(await environment.step({ type: 'submit' }), { reward: 1 })
  }
  t.equal(pids.length, 2, 'one process in place of the other')
  t.equal(told.length, 1)
  t.match(world.quarantined, /brought its process down/)
  await t.rejects(honest.reset({ task: 'close-coffee' }), { code: 'WORLD_QUARANTINED', message: /help-desk/ })
})

t.test('a process that hangs where nothing inside can end it is killed, and the call is a timeout', async (t) => {
  const { world, pids } = isolated(desk)
  await using environment = createEnvironment(world)
  await environment.reset({ task: 'close-coffee' })
  const last = await killUnder(environment, { pid: pids[0] as number, signal: 'SIGSTOP' })
  t.match(last, {
    truncated: true,
    reward: null,
    observation: { error: { error_type: 'timeout' }, error_code: 'WORLD_TIMEOUT' },
  })
})

t.test('a process that dies while nobody calls is replaced, and nobody is quarantined', async (t) => {
  const { world, told, pids } = isolated(desk)
  await using environment = createEnvironment(world)
  await environment.reset({ task: 'close-coffee' })
  await environment.step(call('close_ticket', { ticket_id: 't2' }))
  process.kill(pids[0] as number, 'SIGKILL')
  await gone(pids[0] as number)
  await new Promise((resolve) => setTimeout(resolve, 50)) // from the system to us
  t.match(await environment.step({ type: 'submit' }), { reward: 1 })
  t.equal(world.quarantined, null)
  t.same(told, [])
})

t.test('a process that holds too much memory is killed for it', async (t) => {
  const { world } = isolated(desk, { processMib: 20 })
  await using environment = createEnvironment(world)
  await t.rejects(environment.reset({ task: 'close-coffee' }), { code: /WORLD_(MEMORY|CRASHED)/ })
})

t.test('what ends inside the sandbox costs no process', async (t) => {
  for (const [tool, code, callMs] of [
    ['crash', 'WORLD_CRASHED', patientMs],
    ['hang', 'WORLD_TIMEOUT', 300],
    ['swell', 'WORLD_MEMORY', patientMs],
  ] as const) {
    const { world, told, pids } = isolated(desk, {}, callMs)
    await using environment = createEnvironment(world)
    await environment.reset({ task: 'close-coffee' })
    t.match(await environment.step(call(tool)), { reason: 'crashed', reward: null, observation: { error_code: code } })
    await environment.reset({ task: 'close-coffee' })
    t.equal(pids.length, 1)
    t.same(told, [])
    await world.close()
  }
})

/** How often a text stands in the writable memory of a process. */
function timesInMemory(pid: number, text: string): number {
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  let times = 0
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
      const [range = '', rights = ''] = line.split(' ')
      const [from = 0, to = 0] = range.split('-').map((end) => Number.parseInt(end, 16))
      if (!rights.startsWith('rw') || to - from > 2 ** 28) continue
      const bytes = Buffer.alloc(to - from)
      try {
        readSync(memory, bytes, 0, bytes.length, from)
      } catch {
        continue // a region that the system keeps to itself
      }
      for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) times += 1
    }
  } finally {
    closeSync(memory)
  }
  return times
}

const linuxOnly = { skip: process.platform !== 'linux' && 'only Linux shows the memory of a process' }
t.test('the memory of the process in which an agent plays holds the domain, but no task', linuxOnly, async (t) => {
  const { world, pids } = isolated(desk)
  await using environment = createEnvironment(world)
  await environment.reset({ task: 'close-coffee' })
  await environment.step({ type: 'submit' })
  t.ok(timesInMemory(pids[0] as number, 'A closed ticket can not be changed') > 0, 'the policy is there')
  t.equal(timesInMemory(pids[0] as number, 'Close the ticket "No coffee"'), 0)
  t.equal(timesInMemory(pids[0] as number, 'Close the ticket \\"No coffee'), 0)
  t.equal(timesInMemory(pids[0] as number, 'Just list the open tickets'), 0)
})

t.test('an idle world lets its process go, and a parked play comes back from its log', async (t) => {
  const pids: number[] = []
  const world = createIsolatedWorld({
    domain: desk,
    images: imagesOf(desk),
    limits: defaultLimits,
    trial,
    idleMs: 20,
    room: { onOpen: (pid) => pids.push(pid) },
  })
  t.teardown(() => world.close())
  await using environment = createEnvironment(world)
  await environment.reset({ task: 'close-coffee' })
  await environment.step(call('close_ticket', { ticket_id: 't2' }))
  environment.park()
  await gone(pids[0] as number) // or the test ends by time
  t.match(await environment.step({ type: 'submit' }), { reward: 1 })
  t.equal(pids.length, 2)
})

const honestTools = [
  'list_tickets',
  'create_ticket',
  'close_ticket',
  'set_hours',
  'delete_ticket',
  'add_note',
  'fail_late',
]

t.test('a domain is admitted only if every tool stands good, bad and hostile arguments', async (t) => {
  for (const [tool, code, callMs] of [
    [null, null, patientMs],
    ['crash', 'WORLD_CRASHED', patientMs],
    ['hang', 'WORLD_TIMEOUT', 300],
    ['swell', 'WORLD_MEMORY', patientMs],
  ] as const) {
    const own = openTrial({ limits: { callMs, isolateMib: 16 } })
    const tools = desk.tools.filter(({ name }) => honestTools.includes(name) || name === tool)
    const { admitted, problems } = await own.admit({ ...desk, tools, tasks: [] }, imagesOf(desk))
    t.equal(admitted, tool === null)
    t.match(problems, tool === null ? [] : [{ tool, code }])
    t.equal(problems.length, tool === null ? 0 : 1, 'and nothing is said of the others')
    await own.close()
  }
})

t.test('a tool that ends its isolate or its process is told by name, and the tools after it are tried', async (t) => {
  const own = openTrial({ limits: { callMs: 300, isolateMib: 16 }, room: { processMib: 512 } })
  t.teardown(() => own.close())
  const last = desk.tools.find(({ name }) => name === 'crash') as Domain['tools'][number]
  const order = ['swell', 'burst', 'list_tickets', 'hang', 'crash']
  const tools = [...desk.tools, { ...last, name: 'burst' }]
  const domain = {
    ...desk,
    tools: order.map((name) => tools.find((tool) => tool.name === name) as Domain['tools'][number]),
    // The keys of a giant text: no sandbox holds that.
    program: `${desk.program}
function burst () { let giant = 'a'; for (let turn = 0; turn < 28; turn++) giant += giant; for (const key in giant) return key }`,
    tasks: desk.tasks.filter(({ id }) => id === 'who'),
  }
  const { admitted, problems, golds } = await own.admit(domain, imagesOf(domain))
  t.equal(admitted, false)
  t.match(problems, [
    { tool: 'swell', code: /^WORLD_(MEMORY|TIMEOUT)$/ },
    { tool: 'burst', code: /^WORLD_(MEMORY|TIMEOUT|CRASHED)$/, message: /process .* was ended/ },
    { tool: 'hang', code: 'WORLD_TIMEOUT' },
    { tool: 'crash', code: 'WORLD_CRASHED' },
  ])
  t.equal(problems.length, 4)
  t.match(golds, [{ digest: /^[0-9a-f]{64}$/ }], 'gold is replayed in the next process')
})

t.test(
  'a task that passes without one of its writes is told, and a column that verify ignores but an argument reaches',
  async (t) => {
    const domain = structuredClone(desk)
    domain.tools = domain.tools.filter(({ name }) => !['crash', 'hang', 'swell'].includes(name))
    const [task] = domain.tasks as [Domain['tasks'][number]]
    const hours = (value: number) => ({ tool: 'set_hours', arguments: { ticket_id: 't1', hours: value } })
    domain.tasks = [{ ...task, gold: { calls: [hours(1), hours(2)] } }]
    const problems = await assessDomain(trial, domain, imagesOf(domain))
    t.match(problems, [{ place: 'tasks[0]', message: /passes without call 0 of its gold \(set_hours\)/ }])
    const open = structuredClone(domain)
    open.tasks = []
    open.program = open.program.replace(
      'agent_id: args.agent_id ?? null, now: ctx.now()',
      'agent_id: null, now: args.title',
    )
    t.match(await assessDomain(trial, open, imagesOf(open)), [
      { message: /"ticket.updated_at" is volatile, but an argument reaches it/ },
    ])
  },
)

t.test('admission replays every gold, in a process of its own', async (t) => {
  const domain = { ...desk, tools: desk.tools.filter(({ name }) => !['crash', 'hang', 'swell'].includes(name)) }
  const { admitted, golds } = await trial.admit(domain, imagesOf(domain))
  t.ok(admitted)
  t.match(
    golds.map((gold) => (gold instanceof Error ? gold.message : gold.digest)),
    desk.tasks.map(() => /^[0-9a-f]{64}$/),
  )
})
