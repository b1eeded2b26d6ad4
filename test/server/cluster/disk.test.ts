/** A disk that is full: what can't be kept is not done and not acknowledged, and goes on once there is room. */

import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Line, Reply } from '../line.ts'
import { dial } from '../line.ts'
import { freePort, serve } from './served.ts'

const folder = mkdtempSync(join(tmpdir(), 'mc-'))
const disk = join(folder, 'disk')
mkdirSync(disk)
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]).status === 0
t.teardown(() => {
  if (mounted) spawnSync('umount', [disk])
  rmSync(folder, { recursive: true, force: true })
})

const call = {
  type: 'step',
  id: 2,
  data: { type: 'call_tool', tool_name: 'find_guests', arguments: { name: 'Mei Tanaka' } },
}
const long = { ...call.data, arguments: { name: 'x'.repeat(3000) } }
const refused = { type: 'error', data: { code: 'LOG_UNAVAILABLE' } }

const options = { skip: !mounted && 'a file system of 256 KiB can’t be mounted here: that takes the rights of root' }
t.test('full in mid-episode', options, async (t) => {
  const port = await freePort()
  let server = await serve(port, join(disk, 's'), ['--workers', '2'])
  t.teardown(() => server.end('SIGKILL'))
  const line = await dial(`${server.url}/domains/hotel-chain/ws`)
  const opened = await line.ask({ type: 'reset', id: 1, data: { task: 'new-phone', seed: 1 } })
  const { session, token } = opened.data.observation.metadata

  const filler = join(disk, 'filler')
  for (const size of [4096, 1])
    try {
      for (;;) appendFileSync(filler, Buffer.alloc(size))
    } catch (error) {
      t.equal((error as { code: string }).code, 'ENOSPC')
    }
  // What room the last page of a file has may still be taken.
  const fill = async (line: Line, frame: object): Promise<[taken: number, reply: Reply]> => {
    for (let taken = 0; ; taken++) {
      const reply = await line.ask(frame)
      if (reply.type === 'error' || taken > 100) return [taken, reply]
    }
  }
  const [counted, reply] = await fill(line, { type: 'step', data: long })
  t.match(reply, refused)
  t.match(await line.ask({ type: 'step', data: long }), refused, 'as often as it is asked')
  const other = await dial(`${server.url}/domains/hotel-chain/ws`)
  t.match((await fill(other, { type: 'reset', data: {} }))[1], refused, 'nor is another episode begun')
  await other.hangUp()
  t.match(await (await fetch(`${server.url}/health`)).json(), { status: 'healthy' })

  t.match(await line.ask({ type: 'state' }), { data: { step_count: counted } }, 'nothing of it was done')

  rmSync(filler)
  const done = await line.ask(call)
  t.match(done, { type: 'observation', data: { observation: { metadata: { step: counted + 1 } } } })
  t.same(await line.ask(call), done, 'once')

  await server.end('SIGKILL')
  server = await serve(port, join(disk, 's'), ['--workers', '1'])
  const again = await dial(`${server.url}/sessions/${session}/ws?token=${token}`)
  t.same(await again.ask(call), done)
  t.match(await again.ask({ type: 'state' }), { data: { step_count: counted + 1 } })
  await again.hangUp()
})
