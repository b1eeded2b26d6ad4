/** `Environment` over the Python client, in a process of its own: so that the contract suite is its suite as well. */

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Environment, ResetObservation, Transition } from '../../../schemas/environment.ts'
import { type ErrorCode, MicrocosmError } from '../../../schemas/errors.ts'
import type { Verification } from '../../../schemas/verification.ts'

export interface Bridge {
  make(domain: string): Promise<Environment>
  /** @returns the code that the process ended with */
  close(): Promise<number | null>
}

type Answer = { id: number; value?: unknown; code?: ErrorCode; message?: string }

export function openBridge(python: string, env: NodeJS.ProcessEnv, args: readonly string[]): Bridge {
  const child: ChildProcess = spawn(python, [join(import.meta.dirname, 'bridge.py'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const waiting = new Map<number, (answer: Answer) => void>()
  createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer
    waiting.get(answer.id)?.(answer)
    waiting.delete(answer.id)
  })
  void ended.then(() => {
    for (const [id, resolve] of waiting) resolve({ id, code: 'CONNECTION_LOST', message: 'The bridge has ended.' })
  })
  let next = 1
  const ask = async (call: string, environment: number | null, data?: unknown): Promise<unknown> => {
    const id = next++
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve)
      child.stdin?.write(`${JSON.stringify({ id, environment, call, data })}\n`)
    })
    if (answer.code !== undefined) throw new MicrocosmError(answer.code, answer.message ?? '')
    return answer.value
  }
  const environmentOf = (number: number): Environment => ({
    reset: async (options = {}) => (await ask('reset', number, options)) as Transition<ResetObservation>,
    step: async (action) => (await ask('step', number, action)) as Transition,
    verify: async () => (await ask('verify', number)) as Verification,
    fork: async (count) => ((await ask('fork', number, count)) as number[]).map(environmentOf),
    close: async () => void (await ask('close', number)),
    [Symbol.asyncDispose]: async () => void (await ask('close', number)),
  })
  return {
    make: async (domain) => environmentOf((await ask('make', null, domain)) as number),
    async close() {
      child.stdin?.end()
      return ended
    },
  }
}
