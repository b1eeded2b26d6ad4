/**
 * Modularity: how much more weight falls inside the communities than a graph of the same degrees would put there by chance.
 * Source: Newman and Girvan 2004, with weights: Σ over communities of (inner / m − (degrees / 2m)²).
 */

import type { ToolGraph } from '../graph.ts'

/** -0.5 to 1; 0 for a graph without edges. @param communities every node in exactly one */
export function modularityOf(graph: ToolGraph, communities: readonly (readonly string[])[]): number {
  const communityOf = new Map<string, number>()
  for (const [index, nodes] of communities.entries()) for (const node of nodes) communityOf.set(node, index)
  const inner = communities.map(() => 0)
  const degrees = communities.map(() => 0)
  let total = 0
  graph.forEachEdge((_edge, { weight }, source, target) => {
    const [a, b] = [communityOf.get(source) as number, communityOf.get(target) as number]
    total += weight
    degrees[a] = (degrees[a] as number) + weight
    degrees[b] = (degrees[b] as number) + weight
    if (a === b) inner[a] = (inner[a] as number) + weight
  })
  if (total === 0) return 0
  return inner.reduce((sum, own, index) => sum + own / total - ((degrees[index] as number) / (2 * total)) ** 2, 0)
}
