/** A catalogue of made domains, as the command line makes it, in a folder of the test's own. */

import { join } from 'node:path'
import type { Catalog } from '../../envs/catalog.ts'
import { openCatalog } from '../../envs/catalog.ts'
import type { Gold } from '../../schemas/task.ts'
import { run } from './python.ts'

export interface PlayedGold extends Gold {
  domain: string
  task: string
}

export async function madeCatalog(folder: string, domains: number): Promise<Catalog> {
  const file = join(folder, 'made.db')
  const args = ['synthesize', '--starter', '--domains', String(domains), '--tasks', '2', '--out', file]
  const { code, stderr } = await run(process.execPath, ['clients/cli/main.ts', ...args])
  if (code !== 0) throw new Error(`synthesize failed: ${stderr}`)
  return openCatalog({ file })
}

/** One task of each of so many domains, those that change something first. */
export function goldOf(catalog: Catalog, domains: number): PlayedGold[] {
  return catalog
    .list()
    .map(({ id }) => catalog.domain(id))
    .filter(({ tasks }) => tasks.length > 0)
    .slice(0, domains)
    .map(({ id, tasks, tools }) => {
      const writes = ({ gold }: (typeof tasks)[number]) =>
        gold.calls.some(({ tool }) => tools.some(({ name, kind }) => name === tool && kind === 'write'))
      const task = tasks.find(writes) ?? (tasks[0] as (typeof tasks)[number])
      return { domain: id, task: task.id, ...task.gold }
    })
}
