/** The example of docs/authoring.md, run as written: a domain of one's own, checked, added, played, served, removed. */

import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { connect } from '../clients/typescript/index.ts'
import { openCatalog } from '../envs/catalog.ts'
import { findProblems } from '../envs/runtime/check.ts'
import type { Action } from '../schemas/environment.ts'
import { startServer } from '../server/app.ts'

const root = join(import.meta.dirname, '..')
const dir = t.testdir({})
const page = readFileSync(join(root, 'docs/authoring.md'), 'utf8')
const source = /<!-- example: shelf\.mjs -->\n```js\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
writeFileSync(join(dir, 'shelf.mjs'), source)
spawnSync(process.execPath, ['shelf.mjs'], { cwd: dir })
const shelf = JSON.parse(readFileSync(join(dir, 'shelf.json'), 'utf8'))
const catalogFile = join(dir, 'catalog.db')

function microcosm(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'clients/cli/main.ts'), ...args], {
      cwd: dir,
      env: { ...process.env, MICROCOSM_CATALOG: catalogFile },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (data) => {
      out += data
    })
    child.stderr.on('data', (data) => {
      err += data
    })
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

const call = (tool_name: string, args = {}): Action => ({ type: 'call_tool', tool_name, arguments: args })

t.test('the example of the page is checked, added, played and removed as the page says', async (t) => {
  t.match(await microcosm('check', 'shelf.json'), {
    code: 0,
    out: /nothing wrong with "book-shelf" \(3 tools, 1 tasks\)/,
  })
  t.match(await microcosm('add', 'shelf.json'), { code: 0, out: /Added book-shelf, version [0-9a-f]{16}\./ })
  t.match(await microcosm('add', 'shelf.json'), { code: 0 }, 'adding again replaces')
  t.match(await microcosm('play', 'book-shelf'), { code: 0, out: /Passed: reward 1\./ })
  t.match(await microcosm('play', 'book-shelf', '--skip-write'), { code: 1, out: /Missing: a loan/ })
  const printed = await microcosm('domains', 'book-shelf', '--json')
  writeFileSync(join(dir, 'again.json'), printed.out)
  t.match(await microcosm('check', 'again.json'), { code: 0 }, 'what is printed can be read again, its version with it')
  writeFileSync(join(dir, 'forged.json'), printed.out.replace('The Sea Wolf home', 'The Sea Wolf along'))
  t.match(await microcosm('add', 'forged.json'), {
    code: 1,
    out: /version: .* names version/,
    err: /Nothing was added/,
  })
})

t.test('an author is told everything that is wrong at once, each with its place', async (t) => {
  const broken = structuredClone(shelf)
  broken.statements.books = 'SELECT id, random() AS n FROM book'
  broken.program = broken.program.replace("db.run('set_status'", "let x = 1n; db.run('set_status'")
  broken.tools[2].input_schema.additionalProperties = true
  broken.scenarios[0].rows.reader.push({ id: 'r1', name: 'Twice' })
  broken.tasks[0].gold.calls[2].tool = 'lend_bok'
  writeFileSync(join(dir, 'broken.json'), JSON.stringify(broken))
  const { code, out } = await microcosm('check', 'broken.json', '--json')
  t.equal(code, 1)
  const places = JSON.parse(out)[0].problems.map(({ place }: { place: string }) => place)
  for (const place of [
    /^statements\.books 1:\d+/,
    /^program \d+:\d+/,
    /^tools\[2\]\.input_schema/,
    /^scenarios\[0\]\.rows\.reader\[2\]/,
    /^tasks\[0\]\.gold\.calls\[2\]\.tool/,
  ])
    t.ok(
      places.some((each: string) => place.test(each)),
      `${place} of ${places.join(', ')}`,
    )
})

t.test('what only running shows is told with its place as well', async (t) => {
  const cases: [string, (domain: typeof shelf) => void, RegExp][] = [
    [
      'a tool that fails',
      (of) => (of.program = of.program.replace('{ books: db', '{ n: null.x, books: db')),
      /tools\[0\]: find_books/,
    ],
    [
      'a tool that never ends',
      (of) =>
        (of.program = of.program.replace(
          '  return { readers',
          '  let n = 0\n  while (n < 1) n *= 1\n  return { readers',
        )),
      /tools\[1\]: .*longer than/,
    ],
    [
      'an output that is another',
      (of) => (of.tools[2].output_schema.required = ['price']),
      /tools\[2\]: .*output schema/,
    ],
    [
      'gold that is refused',
      (of) => (of.tasks[0].gold.calls[2].arguments.book_id = 'b3'),
      /tasks\[0\]\.gold: .*was refused/,
    ],
  ]
  for (const [what, change, words] of cases) {
    const domain = structuredClone(shelf)
    change(domain)
    writeFileSync(join(dir, 'case.json'), JSON.stringify(domain))
    const { code, out } = await microcosm('check', 'case.json')
    t.equal(code, 1, what)
    t.match(out, words, what)
  }
})

t.test('what is said wrongly has its code', async (t) => {
  writeFileSync(join(dir, 'text.json'), 'no json')
  t.match(await microcosm('check', 'none.json'), { code: 2, err: /SOURCE_NOT_FOUND/ })
  t.match(await microcosm('check', 'text.json'), { code: 2, err: /DOMAIN_INVALID: .*no JSON/ })
  t.match(await microcosm('remove', 'hotel-chain'), { code: 2, err: /was not added/ })
  writeFileSync(join(dir, 'taken.json'), JSON.stringify({ ...shelf, id: 'hotel-chain' }))
  t.match(await microcosm('add', 'taken.json'), { code: 2, err: /already/ })
  t.match(await microcosm('add', 'shelf.json', 'again.json'), { code: 1, out: /has the same id/ })
})

t.test('a server runs it in a process of its own, and remembers that it brought one down', async (t) => {
  const catalog = openCatalog({ file: catalogFile })
  const lines: string[] = []
  const log = {
    info() {},
    error: (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`),
  }
  const server = await startServer({ catalog, config: { port: 0 }, log })
  t.teardown(async () => {
    await server.close()
    catalog.close()
  })
  const children = (): number[] =>
    spawnSync('pgrep', ['-P', String(process.pid), '-f', 'isolation/child.ts'], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter(Boolean)
      .map(Number)
  const client = connect(server.url)
  await using honest = await client.make('book-shelf')
  await using other = await client.make('book-shelf')
  await honest.reset({ task: 'lend-sea-wolf' })
  await other.reset({ task: 'lend-sea-wolf' })
  t.match(await honest.step(call('lend_book', { book_id: 'b2', reader_id: 'r1' })), { observation: { error: null } })
  const pids = children()
  t.equal(pids.length, 2, 'one for the plays, one for gold')
  for (const pid of pids) process.kill(pid, 'SIGSTOP') // a process that nothing inside can end
  const hung = await other.step(call('find_books', { title: 'Sea' }))
  t.match(hung, { truncated: true, reason: 'crashed', reward: null, observation: { error_code: 'WORLD_TIMEOUT' } })
  t.match(await honest.step({ type: 'submit' }), { reward: 1 }, 'the other session never noticed')
  await t.rejects(other.reset({ task: 'lend-sea-wolf' }), { code: 'WORLD_QUARANTINED' })
  t.match(lines, [/domain quarantined .*book-shelf/])
  const again = openCatalog({ file: catalogFile })
  t.match(again.quarantined('book-shelf'), /brought its process down/)
  again.close()
  t.match(await microcosm('add', 'shelf.json'), { code: 0 })
  const mended = openCatalog({ file: catalogFile })
  t.equal(mended.quarantined('book-shelf'), null, 'adding it again lifts the quarantine')
  mended.close()
  t.match(await microcosm('remove', 'book-shelf'), { code: 0, out: /Removed book-shelf/ })
  t.match(await microcosm('domains', 'book-shelf'), { code: 2, err: /UNKNOWN_DOMAIN/ })
})

t.test('what the page says to write instead is taken, and what it says is refused is refused', async (t) => {
  const pairs = [...page.matchAll(/^\| `(.+)` \| `(.+)` \|$/gm)].map(([, bad, good]) => [bad, good] as [string, string])
  t.ok(pairs.length >= 5)
  const statement = (sql: string) =>
    findProblems({ ...shelf, statements: { ...shelf.statements, books: sql } }).problems
  for (const [bad, good] of pairs) {
    t.match(statement(bad), [{ code: 'STATEMENT_INVALID', place: /^statements\.books/ }], bad)
    t.same(statement(good), [], good)
  }
  for (const sign of ['<!--', '-->']) {
    t.match(page, `\`${sign}\``)
    const program = `${shelf.program}\n// it ${sign} goes`
    t.match(findProblems({ ...shelf, program }).problems, [{ code: 'PROGRAM_INVALID' }], sign)
  }
})
