/** Rollouts in the hotel chain, in this process: what the tests of experience are made of. */

import { persistent } from '../../../clients/experience/agents/persistent.ts'
import { type SpeakingAgent, speaking } from '../../../clients/experience/conversation.ts'
import { withFaults } from '../../../clients/experience/faults.ts'
import { type Job, planJobs } from '../../../clients/experience/jobs.ts'
import { playRollout } from '../../../clients/experience/rollout.ts'
import { createAgent } from '../../../envs/agents/roster.ts'
import { openCatalog } from '../../../envs/catalog.ts'
import { createEnvironment } from '../../../envs/runtime/environment.ts'
import { openWorld } from '../../../envs/runtime/world.ts'
import { createDraw } from '../../../envs/synthesis/tasks/draw.ts'
import type { Agent, Environment } from '../../../schemas/environment.ts'
import type { Task } from '../../../schemas/task.ts'
import { summarizeTask } from '../../../schemas/task.ts'
import type { Trajectory } from '../../../schemas/trajectory.ts'

export const chance = (seed: string) => createDraw(seed).next

export interface Hotel {
  tasks: readonly Task[]
  jobs(trials: number, seed?: number): Job[]
  make(): Environment
  /** An agent of the roster, or one's own. */
  play(job: Job, agent: string | Agent | SpeakingAgent, faults?: number): Promise<Trajectory>
  close(): void
}

export function openHotel(): Hotel {
  const catalog = openCatalog({})
  const domain = catalog.domain('hotel-chain')
  const world = openWorld({ domain, image: catalog.images('hotel-chain') })
  const versions = new Map([[domain.id, domain.version ?? '']])
  const make = (): Environment => createEnvironment(world)
  return {
    tasks: domain.tasks,
    jobs: (trials, seed = 0) =>
      planJobs(
        domain.tasks.map((task) => summarizeTask(domain.id, task)),
        { versions, trials, seed, chance },
      ),
    make,
    async play(job, agent, faults = 0) {
      const gold = domain.tasks.find(({ id }) => id === job.task)?.gold
      const made =
        typeof agent === 'string'
          ? createAgent(agent, { chance, seed: String(job.seed), ...(gold !== undefined && { gold }) })
          : agent
      const steady = faults > 0 ? persistent(made, { triesMax: 50 }) : made
      await using environment = make()
      return await playRollout({
        environment: faults > 0 ? withFaults(environment, { share: faults, chance }) : environment,
        agent: 'transcript' in steady ? (steady as SpeakingAgent) : speaking(steady),
        job,
        clock: () => performance.now(),
      })
    },
    close() {
      world.close()
      catalog.close()
    },
  }
}
