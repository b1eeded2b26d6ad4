/**
 * The fuzz against a server in a process of its own: `node test/server/fuzz/run.ts --count 1000000 --seed 3`.
 * Prints what came back, and exits with 1 where anything happened that should not.
 */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import type { FuzzReport } from './fuzz.ts'
import { fuzz } from './fuzz.ts'

export interface Attack {
  report: FuzzReport
  /** Sessions that were left once all had gone. */
  left: number
  /** MiB that the server had more after than before. */
  grown: number
  /** What the server logged as unexpected. */
  errors: string[]
  /** Whether it then still played an episode. */
  alive: boolean
}

interface Load {
  seed: number
  frames: number
  requests: number
  onProgress?(done: number): void
}

interface Said {
  url?: string
  sessions?: number
  mib?: number
  errors?: string[]
}

export async function attack({ seed, frames, requests, onProgress }: Load): Promise<Attack> {
  const child = fork(new URL('./target.ts', import.meta.url), { execArgv: [] })
  let gone = false
  child.once('exit', () => (gone = true))
  const { url = '' } = await hear(child)
  try {
    await fuzz({ url, seed: seed + 1, frames: 2000, requests: 500 }) // so that what is loaded once is loaded
    const before = await look(child)
    const report = await fuzz({ url, seed, frames, requests, onProgress })
    if (gone) return { report, left: -1, grown: 0, errors: ['the server is gone'], alive: false }
    const response = await fetch(`${url}/domains/hotel-chain/reset`, { method: 'POST' })
    let after = await look(child)
    for (let tries = 0; (after.sessions ?? 0) > 0 && tries < 100; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      after = await look(child)
    }
    return {
      report,
      left: after.sessions ?? -1,
      grown: Math.round((after.mib ?? 0) - (before.mib ?? 0)),
      errors: after.errors ?? [],
      alive: response.status === 200,
    }
  } finally {
    if (!gone) {
      child.disconnect()
      await once(child, 'exit')
    }
  }
}

const hear = async (child: ChildProcess): Promise<Said> => (await once(child, 'message'))[0] as Said

function look(child: ChildProcess): Promise<Said> {
  const heard = hear(child)
  child.send('look')
  return heard
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { count: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
  })
  const count = Number(values.count)
  const requests = Math.floor(count / 5)
  const began = performance.now()
  const { report, ...rest } = await attack({
    seed: Number(values.seed),
    frames: count - requests,
    requests,
    onProgress: (done) => process.stderr.write(`\r${done}`),
  })
  const seconds = Math.round((performance.now() - began) / 1000)
  console.log(JSON.stringify({ seconds, ...report, ...rest }, null, 2))
  process.exitCode = report.wrong.length + rest.errors.length + rest.left === 0 && rest.alive ? 0 : 1
}
