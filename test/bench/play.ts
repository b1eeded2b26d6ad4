/** What the measurements do with an environment, and that it did what it should: a figure of failures is no figure. */

import { strict as assert } from 'node:assert'
import type { LocalEnvironment } from '../../envs/runtime/environment.ts'
import { createEnvironment } from '../../envs/runtime/environment.ts'
import type { World } from '../../envs/runtime/world.ts'
import { openWorld } from '../../envs/runtime/world.ts'
import type { ToolObservation } from '../../schemas/environment.ts'
import type { BenchDomain, Call, ScenarioName } from './domain.ts'
import { changeCall } from './domain.ts'

/** As a server opens what its own compiler made: checked when it was stored. */
export function openBench({ domain, images }: BenchDomain, pooledStates?: number): World {
  return openWorld({
    checked: true,
    domain,
    image: (scenario) => images.get(scenario) as Uint8Array,
    limits: pooledStates === undefined ? {} : { pooledStates },
  })
}

export async function begin(world: World, scenario: ScenarioName): Promise<LocalEnvironment> {
  const environment = createEnvironment(world)
  await environment.reset({ task: `${scenario}-shift` })
  return environment
}

export async function step(environment: LocalEnvironment, { tool, arguments: args }: Call): Promise<void> {
  const { observation } = await environment.step({ type: 'call_tool', tool_name: tool, arguments: args })
  const { error } = observation as ToolObservation
  assert.equal(error, null)
}

/** The ten writes that are the gold of every task of the bench domain. */
export async function change(environment: LocalEnvironment, { names }: BenchDomain): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await step(environment, changeCall(names, turn))
}
