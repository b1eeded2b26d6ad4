/**
 * Communities of a size that one person, and one agent, can work with: Louvain, split where it is too large, joined
 * where it is too small.
 *
 * A community above the limit is split by Louvain at ever higher resolution (× 1.6 each time); what stays whole all the
 * same is cut into parts that hang together. A fragment is joined to the community with which it shares most weight, those
 * of its own API before others; so is a small community that hangs on a neighbour firmly enough, because a world of one
 * thing and its neighbours has longer walks than two worlds.
 * Everything happens in the order of the graph's nodes, with a seeded source of chance: the same graph and seed give the
 * same parts.
 * Sources: Blondel et al. 2008 (Louvain); AgentScaler (arXiv 2509.13311), section 2.1.
 */

import { UndirectedGraph } from 'graphology'
import louvainModule from 'graphology-communities-louvain'
import type { ToolGraph } from '../graph.ts'

// The module is the function itself; its types speak of a default export that is not there.
const louvain = louvainModule as unknown as (typeof louvainModule)['default']

export interface PartitionOptions {
  seed: number
  minTools: number
  maxTools: number
  /** What a link between two nodes counts when small parts look for a neighbour; 1 for all where absent. */
  kinship?: (node: string, other: string) => number
}

/** What one round of splitting multiplies the resolution by, and how many rounds there are before a plain cut. */
const resolutionStep = 1.6
const roundsMax = 14

/** A community below this size looks for a neighbour, and what each of its nodes must share with that at the least. */
const smallTools = 10
const holdMin = 0.3

/** Parts of at most `maxTools` nodes, together the whole graph; those below `minTools` are what nothing fits. */
export function partition(graph: ToolGraph, options: PartitionOptions): string[][] {
  const { seed, maxTools } = options
  const random = createRandom(seed)
  const parts: string[][] = []
  for (const community of communities(graph, 1, random)) {
    if (community.length <= maxTools) parts.push(community)
    else parts.push(...split(graph, community, maxTools, 1, random))
  }
  return joinFragments(graph, parts, options)
}

/** What Louvain finds before anything is split or joined. */
export function findCommunities(graph: ToolGraph, { seed }: { seed: number }): string[][] {
  return communities(graph, 1, createRandom(seed))
}

function communities(graph: ToolGraph, resolution: number, rng: () => number): string[][] {
  if (graph.size === 0) return graph.nodes().map((node) => [node])
  const mapping = louvain(graph, { resolution, rng, getEdgeWeight: 'weight' })
  return [...Map.groupBy(graph.nodes(), (node) => mapping[node] as number).values()]
}

function split(graph: ToolGraph, nodes: string[], maxTools: number, from: number, random: () => number): string[][] {
  const inner = induced(graph, nodes)
  let resolution = from
  for (let round = 0; round < roundsMax; round++) {
    resolution *= resolutionStep
    const found = communities(inner, resolution, random)
    if (found.length < 2) continue
    return found.flatMap((part) =>
      part.length <= maxTools ? [part] : split(graph, part, maxTools, resolution, random),
    )
  }
  return cut(inner, maxTools)
}

function induced(graph: ToolGraph, nodes: readonly string[]): ToolGraph {
  const inner: ToolGraph = new UndirectedGraph()
  for (const node of nodes) inner.addNode(node)
  for (const node of nodes) {
    // Every edge is met from both its ends, and taken over from the first of them.
    graph.forEachEdge(node, (edge, { weight }, source, target) => {
      if (source === node && inner.hasNode(target)) inner.addUndirectedEdgeWithKey(edge, source, target, { weight })
    })
  }
  return inner
}

/** Grows one part after the other, each from the first node left, by whichever node hangs on it most. */
function cut(graph: ToolGraph, maxTools: number): string[][] {
  const left = new Set(graph.nodes())
  const parts: string[][] = []
  const size = Math.ceil(left.size / Math.ceil(left.size / maxTools))
  while (left.size > 0) {
    const part: string[] = []
    const pull = new Map<string, number>()
    let next: string | undefined = left.values().next().value
    while (next !== undefined && part.length < size) {
      part.push(next)
      left.delete(next)
      pull.delete(next)
      graph.forEachNeighbor(next, (other) => {
        if (!left.has(other)) return
        const weight = graph.getEdgeAttribute(graph.edge(next as string, other), 'weight')
        pull.set(other, (pull.get(other) ?? 0) + weight)
      })
      next = strongest(pull)
    }
    parts.push(part)
  }
  return parts
}

function strongest<Key>(weights: ReadonlyMap<Key, number>): Key | undefined {
  let best: Key | undefined
  let most = 0
  for (const [key, weight] of weights) {
    if (weight > most) {
      best = key
      most = weight
    }
  }
  return best
}

/** Smallest first, so that fragments may find each other before they are measured against whole communities. */
export function joinFragments(
  graph: ToolGraph,
  parts: readonly string[][],
  options: Omit<PartitionOptions, 'seed'>,
): string[][] {
  const { minTools, maxTools, kinship = () => 1 } = options
  const smallMax = Math.min(smallTools, maxTools / 4)
  const isSmall = (part: readonly string[]): boolean => part.length < Math.max(minTools, smallMax)
  const partOf = new Map<string, number>()
  const members = new Map(parts.map((part, index) => [index, [...part]]))
  for (const [index, part] of parts.entries()) for (const node of part) partOf.set(node, index)
  const fragments = [...members.keys()].filter((index) => isSmall(members.get(index) as string[]))
  fragments.sort((a, b) => (members.get(a) as string[]).length - (members.get(b) as string[]).length || a - b)
  for (const index of fragments) {
    const fragment = members.get(index) as string[]
    if (!isSmall(fragment)) continue // Others have joined it meanwhile.
    const pull = new Map<number, number>()
    for (const node of fragment) {
      graph.forEachEdge(node, (_edge, { weight: own }, source, end) => {
        const other = source === node ? end : source
        const target = partOf.get(other) as number
        if (target === index || (members.get(target) as string[]).length + fragment.length > maxTools) return
        pull.set(target, (pull.get(target) ?? 0) + own * kinship(node, other))
      })
    }
    const target = strongest(pull)
    if (target === undefined) continue
    const hold = pull.get(target) as number
    if (fragment.length >= minTools && hold < fragment.length * holdMin) continue
    for (const node of fragment) partOf.set(node, target)
    ;(members.get(target) as string[]).push(...fragment)
    members.delete(index)
  }
  return [...members.values()]
}

/** mulberry32: 32 bits of state, the same numbers everywhere. */
export function createRandom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
