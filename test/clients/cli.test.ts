/** The command line as real processes. */

import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { domain as domainSchema } from '../../schemas/domain.ts'
import { type TaskSummary, task as taskSchema } from '../../schemas/task.ts'

const main = join(import.meta.dirname, '../../clients/cli/main.ts')
const dir = t.testdir({})

interface Ended {
  code: number | null
  out: string
  err: string
}

function microcosm(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: dir,
      env: { ...process.env, MICROCOSM_CATALOG: undefined },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (data) => (out += data))
    child.stderr.on('data', (data) => (err += data))
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

t.test('help names the commands', async (t) => {
  const { code, out } = await microcosm('--help')
  t.equal(code, 0)
  for (const command of ['serve', 'synthesize', 'domains', 'tasks', 'play', 'graph'])
    t.match(out, new RegExp(`\\b${command}\\b`))
})

t.test(
  'graph draws a domain and the universe into the file that is named, and refuses what is no picture',
  async (t) => {
    for (const [args, start] of [
      [['graph', 'hotel-chain', '--out', 'tools.png'], '\x89PNG'],
      [['graph', '--out', 'all.svg'], '<svg '],
    ] as const) {
      const { code, out } = await microcosm(...args)
      t.equal(code, 0)
      const file = out.trim()
      t.ok(readFileSync(join(dir, file), 'latin1').startsWith(start), file)
    }
    t.match(await microcosm('graph', '--out', 'all.jpg'), { code: 2, err: /USAGE: A picture is written as \.png/ })
    t.match(await microcosm('graph', 'hotel-chian', '--out', 'x.svg'), { code: 2, err: /UNKNOWN_DOMAIN.*hotel-chain/ })
    t.match(await microcosm('graph', '--out', 'no/such/folder.svg'), { code: 2, err: /USAGE: .*folder\.svg/ })
  },
)

t.test('domains and tasks print what the contract says', async (t) => {
  const list = JSON.parse((await microcosm('domains', '--json')).out)
  t.match(list, {
    hash: /^[0-9a-f]{64}$/,
    domains: [{ id: 'hotel-chain', version: /^[0-9a-f]{16}$/, title: String, tools: 19, tasks: 24, providers: [] }],
  })
  t.ok(domainSchema.safeParse(JSON.parse((await microcosm('domains', 'hotel-chain', '--json')).out)).success)
  const bare = JSON.parse((await microcosm('tasks', '--json')).out)
  t.match(bare[0], { domain: 'hotel-chain', id: String, intent: String })
  t.notOk('gold' in bare[0])
  const gold = JSON.parse((await microcosm('tasks', 'hotel-chain', '--gold', '--json')).out)
  t.equal(gold.length, 24)
  for (const { domain, ...task } of gold) t.ok(domain === 'hotel-chain' && taskSchema.safeParse(task).success, task.id)
})

t.test('tasks are listed by split, stage, language, kind, length and difficulty', async (t) => {
  const list = async (...options: string[]) =>
    JSON.parse((await microcosm('tasks', '--json', ...options)).out) as TaskSummary[]
  const all = await list()
  const share = async (options: string[], fits: (task: TaskSummary) => boolean) => {
    const found = await list(...options)
    t.same(found, all.filter(fits), options.join(' '))
    return found.length
  }
  t.ok((await share(['--split', 'test'], ({ split }) => split === 'test')) > 0)
  t.ok((await share(['--stage', 'vertical'], ({ stage }) => stage === 'vertical')) > 0)
  t.ok((await share(['--length', '3'], ({ length }) => length === 3)) > 0)
  t.ok((await share(['--length', '2-3'], ({ length }) => length >= 2 && length <= 3)) > 0)
  t.ok((await share(['--length', '4-', '--difficulty', '2-'], (task) => task.length >= 4 && task.difficulty >= 2)) > 0)
  t.equal(await share(['--language', 'zh'], ({ language }) => language === 'zh'), 2)
  t.equal(await share(['--kind', 'bulk'], ({ kinds }) => kinds.includes('bulk')), 0)
  for (const wrong of [
    ['--length', '6-3'],
    ['--length', 'long'],
    ['--kind', 'hard'],
  ]) {
    const { code, err } = await microcosm('tasks', ...wrong)
    t.equal(code, 2)
    t.match(err, /span of them such as 3-6|Allowed choices are/)
  }
})

t.test('play passes with gold and fails without a write, in words and by exit code', async (t) => {
  const passed = await microcosm('play')
  t.equal(passed.code, 0, passed.err)
  t.match(passed.out, /Passed: reward 1\./)
  const planned = await microcosm('play', '--task', 'cancel-porto', '--agent', 'planner')
  t.match(planned, { code: 0, out: /> cancel_booking \{"booking_id":"book_04"\}[\s\S]*Passed: reward 1\./ })
  const idle = await microcosm('play', '--task', 'cancel-porto', '--agent', 'noop')
  t.match(idle, { code: 1, out: /Failed: reward 0\./ })
  const failed = await microcosm('play', '--skip-write')
  t.equal(failed.code, 1)
  t.match(
    failed.out,
    /Failed: reward 0\.\n {2}- Wrong: the booking with id "book_04" should have status "cancelled"; it has "confirmed"\./,
  )
})

t.test('what is said wrongly has its code, the nearest name, and exit code 2', async (t) => {
  const said: [string[], RegExp][] = [
    [['plya'], /USAGE: There is no command "plya"\. Did you mean "play"\?/],
    [['domains', 'hotel-chian'], /UNKNOWN_DOMAIN: .*Did you mean "hotel-chain"\?/],
    [['play', '--agent', 'planer'], /USAGE: There is no agent "planer"\. Did you mean "planner"\?/],
    [['play', '--agent', 'planner', '--skip-write'], /USAGE: --skip-write is for gold alone/],
    [['play', '--task', 'cancel-port'], /UNKNOWN_TASK: .*Did you mean "cancel-porto"\?/],
    [['domains', '--catalog', 'none.db'], /CATALOG_NOT_FOUND/],
    [['serve', '--port', 'x'], /whole number from 0 to 65535/],
    [['synthesize', '--source', 'nowhere'], /SOURCE_NOT_FOUND/],
    [['play', '--task', 'what-amara-owes', '--skip-write'], /USAGE: .*writes nothing/],
  ]
  for (const [args, words] of said) {
    const { code, err } = await microcosm(...args)
    t.equal(code, 2, args.join(' '))
    t.match(err, words)
  }
})

t.test('a catalogue that is none, and a document that is none, are told', async (t) => {
  writeFileSync(join(dir, 'text.db'), 'text')
  t.match((await microcosm('domains', '--catalog', 'text.db')).err, /CATALOG_INVALID/)
  writeFileSync(join(dir, 'bad.json'), '{"openapi": "3.0.0"')
  const { code, err } = await microcosm('synthesize', '--source', 'bad.json', '--out', 'bad.db')
  t.equal(code, 2)
  t.match(err, /SOURCE_EMPTY.*bad\.json/s)
})

t.test('serve tells its address, serves, and ends on SIGTERM', async (t) => {
  // The library alone would make the first start synthesize; an empty choice of worlds is made from a file instead.
  writeFileSync(join(dir, 'api.json'), JSON.stringify(petition))
  const made = await microcosm('synthesize', '--source', 'api.json', '--out', 'own.db', '--json')
  t.equal(made.code, 0, made.err)
  const { domains } = JSON.parse(made.out)
  t.ok(domains >= 1)
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', '--catalog', 'own.db'], { cwd: dir })
  const line = await new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data))))
  const url = /http:\/\/[\d.]+:\d+/.exec(line)?.[0] as string
  t.match(await (await fetch(`${url}/domains`)).json(), { total: domains + 1 })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  t.equal(await ended, 0)
})

/** A small API such as a user might bring. */
const schema = (properties: object) => ({ type: 'object', properties })
const answer = (of: object) => ({ 200: { description: 'ok', content: { 'application/json': { schema: of } } } })
const body = (of: object) => ({ content: { 'application/json': { schema: of } } })
const project = schema({
  id: { type: 'string' },
  name: { type: 'string', description: 'Name of the project' },
  description: { type: 'string' },
  status: { type: 'string', enum: ['active', 'paused', 'archived'] },
  due_date: { type: 'string', format: 'date' },
  budget: { type: 'number' },
})
const member = schema({
  id: { type: 'string' },
  name: { type: 'string' },
  email: { type: 'string' },
  role: { type: 'string', enum: ['owner', 'editor', 'viewer'] },
})
const id = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } })
const operation = (operationId: string, description: string, more: object) => ({ operationId, description, ...more })
const petition = {
  openapi: '3.0.3',
  info: { title: 'Projects', version: '1' },
  paths: {
    '/projects': {
      get: operation('listProjects', 'Lists all projects of the account.', {
        parameters: [
          { name: 'status', in: 'query', schema: { type: 'string', enum: ['active', 'paused', 'archived'] } },
        ],
        responses: answer({ type: 'array', items: project }),
      }),
      post: operation('createProject', 'Creates a new project.', {
        requestBody: body(project),
        responses: answer(project),
      }),
    },
    '/projects/{project_id}': {
      get: operation('getProject', 'Returns one project.', {
        parameters: [id('project_id')],
        responses: answer(project),
      }),
      patch: operation('updateProject', 'Changes a project.', {
        parameters: [id('project_id')],
        requestBody: body(project),
        responses: answer(project),
      }),
      delete: operation('deleteProject', 'Deletes a project.', {
        parameters: [id('project_id')],
        responses: { 204: { description: 'gone' } },
      }),
    },
    '/projects/{project_id}/members': {
      get: operation('listMembers', 'Lists the members of a project.', {
        parameters: [id('project_id')],
        responses: answer({ type: 'array', items: member }),
      }),
      post: operation('addMember', 'Adds a member to a project.', {
        parameters: [id('project_id')],
        requestBody: body(member),
        responses: answer(member),
      }),
    },
    '/projects/{project_id}/members/{member_id}': {
      get: operation('getMember', 'Returns one member of a project.', {
        parameters: [id('project_id'), id('member_id')],
        responses: answer(member),
      }),
      patch: operation('updateMember', 'Changes the role of a member.', {
        parameters: [id('project_id'), id('member_id')],
        requestBody: body(member),
        responses: answer(member),
      }),
      delete: operation('removeMember', 'Removes a member from a project.', {
        parameters: [id('project_id'), id('member_id')],
        responses: { 204: { description: 'gone' } },
      }),
    },
  },
}
