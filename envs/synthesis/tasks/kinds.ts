/** What kinds of thing a task asks for: by its deeds, and by how its calls depend on each other. */

import type { TaskKind } from '../../../schemas/task.ts'
import type { Claims } from '../certify.ts'
import type { Deed, Mention } from './deed.ts'
import { subjectOf } from './deed.ts'

export function kindsOf(deeds: readonly Deed[], { origins }: Claims): TaskKind[] {
  const kinds = new Set<TaskKind>()
  for (const deed of deeds) {
    if (deed.kind === 'bulk') kinds.add('bulk')
    if (deed.kind === 'brood') kinds.add('family')
    if (deed.kind === 'attempt') kinds.add(deed.refused ? 'recover' : 'condition')
    if (deed.kind === 'question') kinds.add('look_up')
    if (deed.kind === 'count' || deed.kind === 'total') kinds.add('count')
    if (deed.kind === 'difference') kinds.add('compare')
    if (mentionsOf(deed).some(({ description }) => description?.best !== undefined))
      kinds.add(deed.kind === 'question' ? 'compare' : 'choose')
  }
  if (clearsOut(deeds)) kinds.add('family')
  if (!['look_up', 'count', 'compare'].some((kind) => kinds.has(kind as TaskKind)))
    kinds.add(deeds.length > 1 ? 'several' : 'write')
  const takes = Map.groupBy(
    origins.flatMap(({ call, output }) => (output === undefined ? [] : [{ call, from: output.call }])),
    ({ call }) => call,
  )
  const gives = Map.groupBy([...takes.values()].flat(), ({ from }) => from)
  if ([...takes.values()].some((all) => new Set(all.map(({ from }) => from)).size > 1)) kinds.add('join')
  if ([...gives.values()].some((all) => new Set(all.map(({ call }) => call)).size > 1)) kinds.add('branch')
  return [...kinds].sort()
}

function mentionsOf(deed: Deed): Mention[] {
  if (deed.kind === 'create') return deed.parents
  if (deed.kind === 'difference') return deed.targets
  const subject = subjectOf(deed)
  return subject === undefined ? [] : [subject]
}

/** Whether all children of a row were taken away, and then the row itself. */
function clearsOut(deeds: readonly Deed[]): boolean {
  return deeds.some((deed, index) => {
    const next = deeds[index + 1]
    return (
      deed.kind === 'bulk' &&
      deed.work.kind === 'delete' &&
      next?.kind === 'delete' &&
      next.target.key === deed.group.parent?.of.key
    )
  })
}
