/** A server as an operator starts it: a process of the command line, which a test kills and starts again. */

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import type { ClientEnvironment } from '../../../clients/typescript/index.ts'
import type { Task } from '../../../schemas/task.ts'

export interface Served {
  readonly url: string
  readonly child: ChildProcess
  /** To it and all of its processes; resolves once it is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>
}

/** @param of what it serves @throws with what it wrote, where it ended instead */
export async function serve(
  port: number,
  state: string,
  options: readonly string[] = [],
  of: readonly string[] = ['--library'],
): Promise<Served> {
  const args = ['clients/cli/main.ts', 'serve', ...of, '--port', String(port), '--state', state, ...options]
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let written = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written = (written + text).slice(-4000)
  })
  child.stdout.resume()
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; ; tries++) {
    const up = await fetch(`${url}/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (up) break
    if (child.exitCode !== null || tries > 600) throw new Error(`The server did not start: ${written}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    url,
    child,
    async end(signal) {
      // SIGKILL befalls all of them; SIGTERM whoever was started, which tells the others.
      if (signal === 'SIGKILL') process.kill(-(child.pid as number), signal)
      else child.kill(signal)
      return ended
    },
  }
}

/** Gold, a pause before each step. @returns whether it passed, each step done once */
export async function playGold(
  environment: ClientEnvironment,
  { id, gold }: Pick<Task, 'id' | 'gold'>,
  { seed, pauseMs }: { seed: number; pauseMs: number },
  onReset = () => {},
): Promise<boolean> {
  await environment.reset({ task: id, seed })
  onReset()
  for (const { tool, arguments: args } of gold.calls) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    await environment.step({ type: 'call_tool', tool_name: tool, arguments: args as never })
  }
  const { answer } = gold
  const last = await environment.step({ type: 'submit', ...(answer !== undefined && { answer }) } as never)
  const { passed } = await environment.verify()
  const { step } = (last.observation as { metadata: { step: number } }).metadata
  return passed && last.reward === 1 && step === gold.calls.length + 1
}

/** As its metrics have it. */
export async function sessionsOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^microcosm_sessions (\d+)/m.exec(text)?.[1])
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
