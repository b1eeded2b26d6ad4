/** Plays one task over a connection, by gold or by another agent, and tells what happens in words. */

import { createOracle } from '../../envs/agents/oracle.ts'
import { playEpisode } from '../../envs/agents/play.ts'
import type { Domain } from '../../schemas/domain.ts'
import type { Agent, Transition } from '../../schemas/environment.ts'
import { didYouMean, MicrocosmError } from '../../schemas/errors.ts'
import type { Json } from '../../schemas/json.ts'
import type { Task } from '../../schemas/task.ts'
import type { Client } from '../typescript/index.ts'

export interface PlayOptions {
  client: Client
  /** With gold, from the catalogue at hand. */
  domain: Domain
  task?: string
  skipWrite: boolean
  /** Who plays; the oracle where absent. */
  agent?: Agent | undefined
  print: (line: string) => void
}

/** @returns whether the verification passed */
export async function playTask({ client, domain, task: name, skipWrite, agent, print }: PlayOptions): Promise<boolean> {
  const task = chooseTask(domain, name)
  const skip = skipWrite ? lastWrite(domain, task) : undefined
  await using environment = await client.make(domain.id)
  print(`${domain.title} (${domain.id}), task ${task.id}`)
  print(`  ${task.intent}`)
  const { observation, verification } = await playEpisode(
    environment,
    agent ?? createOracle(task.gold, { skip }),
    { task: task.id },
    (action, transition) => {
      if (action.type === 'call_tool') print(`\n> ${action.tool_name} ${JSON.stringify(action.arguments)}`)
      else print(`\n> ${action.type}${'answer' in action ? ` ${JSON.stringify(action.answer)}` : ''}`)
      print(`  ${shown(transition)}`)
    },
  )
  if (observation.version !== domain.version) {
    print(
      `\nNote: the server has version ${observation.version} of this domain, the catalogue at hand ${domain.version}.`,
    )
  }
  if (skip !== undefined)
    print(`\n(left out: ${task.gold.calls[skip]?.tool} ${JSON.stringify(task.gold.calls[skip]?.arguments)})`)
  print(verification.passed ? `\nPassed: reward ${verification.reward}.` : `\nFailed: reward ${verification.reward}.`)
  for (const reason of verification.reasons) print(`  - ${reason}`)
  return verification.passed
}

function chooseTask(domain: Domain, name: string | undefined): Task {
  const writes = (task: Task) => task.gold.calls.some((call) => isWrite(domain, call.tool))
  const found =
    name === undefined ? (domain.tasks.find(writes) ?? domain.tasks[0]) : domain.tasks.find((task) => task.id === name)
  if (found === undefined) {
    const ids = domain.tasks.map((task) => task.id)
    throw new MicrocosmError(
      'UNKNOWN_TASK',
      name === undefined
        ? `The domain "${domain.id}" has no tasks.`
        : `The domain "${domain.id}" has no task "${name}".${didYouMean(name, ids)}`,
    )
  }
  return found
}

function lastWrite(domain: Domain, task: Task): number {
  const index = task.gold.calls.findLastIndex((call) => call.expect_error === undefined && isWrite(domain, call.tool))
  if (index < 0)
    throw new MicrocosmError(
      'USAGE',
      `The task "${task.id}" writes nothing that could be left out; choose another with --task.`,
    )
  return index
}

const isWrite = (domain: Domain, name: string): boolean =>
  domain.tools.some((tool) => tool.name === name && tool.kind === 'write')

function shown({ observation }: Transition): string {
  if (!('tool_name' in observation)) return ''
  const { error, result } = observation as { error: { message: string } | null; result: Json }
  const text = error === null ? JSON.stringify(result) : `refused: ${error.message}`
  return text.length > 400 ? `${text.slice(0, 397)}...` : text
}
