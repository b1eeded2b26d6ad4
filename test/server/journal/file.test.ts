/** The log of sessions in files: what is torn, what fails, what is taken over and what is given back. */

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { MicrocosmError } from '../../../schemas/errors.ts'
import { openFileLog } from '../../../server/journal/file.ts'
import type { LogRecord } from '../../../server/journal/records.ts'

const root = mkdtempSync(join(tmpdir(), 'mc-log-'))
t.teardown(() => rmSync(root, { recursive: true, force: true }))
let folders = 0
const newFolder = (): string => {
  const folder = join(root, String(folders++))
  mkdirSync(folder)
  return folder
}

const opening: LogRecord = {
  kind: 'open',
  domain: 'd',
  version: '1',
  key: null,
  rights: ['act'],
  bound: true,
  openedById: false,
}
const reset = (at: number): LogRecord => ({ kind: 'reset', at, seat: 0, log: { seed: at } as never })
const said = (content: string): LogRecord => ({ kind: 'say', seat: 0, content })
const contents = (records: readonly LogRecord[]): string[] =>
  records.map((record) => (record.kind === 'say' ? record.content : record.kind))
const logFiles = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.log'))

t.test('what was appended is there after it is opened again, of the last episode alone', async (t) => {
  for (const durability of ['process', 'fsync'] as const) {
    const folder = newFolder()
    const log = openFileLog({ folder, number: 0, durability })
    await log.append([
      { session: 'a', record: opening },
      { session: 'a', record: reset(1) },
    ])
    log.append([{ session: 'a', record: said('gone with its episode') }])
    log.append([{ session: 'b', record: { ...opening, bound: false } }])
    log.append([{ session: 'a', record: reset(2) }])
    await log.append([{ session: 'a', record: said('größer\n"数"\u2028') }])
    await log.append([{ session: 'b', record: { kind: 'close' } }])
    const before = log.read('a')
    t.same(contents(before), ['open', 'reset', 'größer\n"数"\u2028'])
    await log.close()
    const again = openFileLog({ folder, number: 0, durability })
    t.same(again.sessions(), [{ session: 'a', bound: true }])
    t.same(again.read('a'), before)
    t.same(again.read('b'), [])
    await again.append([{ session: 'a', record: said('more') }])
    await again.close()
    const third = openFileLog({ folder, number: 0 })
    t.same(contents(third.read('a')), ['open', 'reset', 'größer\n"数"\u2028', 'more'])
    await third.close()
  }
})

t.test('torn at any byte of its last lines, it has what is whole, and goes on', async (t) => {
  const folder = newFolder()
  const log = openFileLog({ folder, number: 0 })
  await log.append([
    { session: 'a', record: opening },
    { session: 'a', record: reset(1) },
  ])
  const [name = ''] = logFiles(folder)
  const kept = statSync(join(folder, name)).size
  await log.append([{ session: 'a', record: said('one') }])
  const first = statSync(join(folder, name)).size
  await log.append([{ session: 'a', record: said('two') }])
  await log.close()
  const whole = readFileSync(join(folder, name))
  for (let end = kept; end <= whole.length; end++) {
    const torn = newFolder()
    writeFileSync(join(torn, name), whole.subarray(0, end))
    const read = openFileLog({ folder: torn, number: 0 })
    const expected = end < first ? [] : end < whole.length ? ['one'] : ['one', 'two']
    t.same(contents(read.read('a')), ['open', 'reset', ...expected], `${end} bytes`)
    await read.append([{ session: 'a', record: said('after') }])
    await read.close()
    const again = openFileLog({ folder: torn, number: 0 })
    t.same(contents(again.read('a')), ['open', 'reset', ...expected, 'after'])
    await again.close()
  }
})

t.test('a damaged line ends what is known of its session there, and of no other', async (t) => {
  const folder = newFolder()
  const log = openFileLog({ folder, number: 0 })
  for (const session of ['a', 'b'])
    await log.append([opening, reset(1), said('one'), said('two')].map((record) => ({ session, record })))
  await log.append([{ session: 'a', record: said('three') }])
  await log.close()
  const [name = ''] = logFiles(folder)
  const text = readFileSync(join(folder, name), 'utf8').split('\n')
  const damaged = text.findIndex((line) => line.includes(' a 3 '))
  text[damaged] = (text[damaged] as string).replace('two', 'twp')
  writeFileSync(join(folder, name), text.join('\n'))
  appendFileSync(join(folder, name), Buffer.from([0, 0, 0, 0, 0xff]))
  const again = openFileLog({ folder, number: 0 })
  t.same(contents(again.read('a')), ['open', 'reset', 'one'])
  t.same(contents(again.read('b')), ['open', 'reset', 'one', 'two'])
  await again.close()
})

t.test('what can’t be written is refused whole, and the log goes on once there is room', async (t) => {
  const folder = newFolder()
  let room = Number.POSITIVE_INFINITY
  const write = (fd: number, bytes: Buffer): number => {
    if (room <= 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    const part = bytes.subarray(0, Math.min(bytes.length, room, 7)) // and never all of it at once
    room -= part.length
    return writeSync(fd, part)
  }
  const told = t.capture(console, 'error', () => {})
  const log = openFileLog({ folder, number: 0, write })
  await log.append([
    { session: 'a', record: opening },
    { session: 'a', record: reset(1) },
  ])
  room = 20 // a part of a line
  const codes = await Promise.all(
    ['one', 'two'].map((content) =>
      log.append([{ session: 'a', record: said(content) }]).catch(({ code }: MicrocosmError) => code),
    ),
  )
  t.same(codes, ['LOG_UNAVAILABLE', 'LOG_UNAVAILABLE'])
  t.match(told()[0]?.args[0], /no space left/)
  t.same(contents(log.read('a')), ['open', 'reset'])
  room = Number.POSITIVE_INFINITY
  await log.append([{ session: 'a', record: said('three') }])
  await log.close()
  const again = openFileLog({ folder, number: 0 })
  t.same(contents(again.read('a')), ['open', 'reset', 'three'], 'nothing of what was refused')
  await again.close()
})

t.test(
  'what processes left that are no more is there for who has their sessions now, however many there are',
  async (t) => {
    const folder = newFolder()
    for (const number of [0, 1, 2]) {
      const log = openFileLog({ folder, number })
      const session = `s-${number}`
      await log.append([opening, reset(number), said(`of ${number}`)].map((record) => ({ session, record })))
      if (number === 2) await log.append([{ session, record: { kind: 'close' } }])
      await log.close()
    }
    const one = openFileLog({ folder, number: 0, owns: () => true })
    t.same(
      one
        .sessions()
        .map(({ session }) => session)
        .sort(),
      ['s-0', 's-1'],
    )
    await one.append([{ session: 's-1', record: said('more') }])
    t.same(contents(one.read('s-1')), ['open', 'reset', 'of 1', 'more'])
    await one.close()
    t.same([...new Set(logFiles(folder).map((name) => name.split('-')[0]))].sort(), ['0', '1'])
    const two = [0, 1].map((number) => openFileLog({ folder, number, owns: (of) => of % 2 === number }))
    t.same(contents(two[0]?.read('s-0') ?? []), ['open', 'reset', 'of 0'])
    t.same(two[0]?.read('s-1'), [])
    t.same(contents(two[1]?.read('s-1') ?? []), ['open', 'reset', 'of 1', 'more'])
    await Promise.all(two.map((log) => log.close()))
  },
)

t.test('room is given back: of closed sessions at once, of a long-lived one when it is much', async (t) => {
  const folder = newFolder()
  const log = openFileLog({ folder, number: 0, segmentBytes: 2_000, rewriteBytes: 10_000 })
  await log.append([opening, reset(1), said('stays')].map((record) => ({ session: 'old', record })))
  const bytes = (): number => logFiles(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  for (let round = 0; round < 100; round++) {
    const session = `s${round}`
    await log.append([opening, reset(round), said('x'.repeat(400))].map((record) => ({ session, record })))
    await log.append([{ session, record: { kind: 'close' } }])
    log.compact()
  }
  t.ok(bytes() < 15_000, `${bytes()} bytes`)
  t.same(contents(log.read('old')), ['open', 'reset', 'stays'])
  await log.close()
  const again = openFileLog({ folder, number: 0 })
  t.same(again.sessions(), [{ session: 'old', bound: true }])
  t.same(contents(again.read('old')), ['open', 'reset', 'stays'])
  await again.close()

  const retained = newFolder()
  const keeps = openFileLog({ folder: retained, number: 0, segmentBytes: 500, retainMs: 3_600_000 })
  for (const session of ['a', 'b', 'c']) {
    await keeps.append([opening, reset(1)].map((record) => ({ session, record })))
    await keeps.append([{ session, record: { kind: 'close' } }])
  }
  keeps.compact()
  t.ok(logFiles(retained).length > 1, 'kept as long as was said')
  await keeps.close()
})

t.test(
  'a log has an end: what is needed stays, what would go beyond it is refused, and what was closed makes room',
  async (t) => {
    const folder = newFolder()
    t.capture(console, 'error', () => {})
    const log = openFileLog({ folder, number: 0, segmentBytes: 1_000, bytesMax: 8_000 })
    const fill = async (session: string): Promise<string> => {
      await log.append([opening, reset(1)].map((record) => ({ session, record })))
      for (let step = 0; step < 100; step++)
        try {
          await log.append([{ session, record: said('x'.repeat(300)) }])
        } catch (error) {
          return (error as MicrocosmError).code
        }
      return 'none'
    }
    t.equal(await fill('a'), 'LOG_UNAVAILABLE')
    const kept = log.read('a').length
    t.ok(kept > 10, `${kept} lines`)
    await log.append([{ session: 'a', record: { kind: 'close' } }])
    for (let round = 0; round < 20; round++) {
      const session = `b${round}`
      await log.append([opening, reset(1), said('x'.repeat(300))].map((record) => ({ session, record })))
      await log.append([{ session, record: { kind: 'close' } }])
    }
    await log.close()
    const bytes = logFiles(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
    t.ok(bytes <= 8_000, `${bytes} bytes`)
  },
)
