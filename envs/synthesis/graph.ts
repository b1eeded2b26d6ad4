/**
 * The graph of tools: two operations are linked where what they take, and what they are about, is alike.
 *
 * E = { (i, j) : sim(φ(i), φ(j)) > τ }, of each operation's most alike ones. φ may be handed in; the default is sparse and exact.
 * Source: AgentScaler (arXiv 2509.13311), section 2.1, whose φ is an embedding of the parameters alone and τ = .8.
 */

import { UndirectedGraph } from 'graphology'
import { nearestDense } from './graph/dense.ts'
import { type FeatureChoice, featureVectors } from './graph/features.ts'
import { nearestNeighbours, type SparseVector } from './graph/neighbours.ts'
import type { Operation } from './operation.ts'

export type ToolGraph = UndirectedGraph<Record<string, never>, { weight: number }>

export interface GraphOptions {
  /** `parameters` is the paper's pure form; resource nouns beside them are the default. */
  features?: FeatureChoice
  /** τ; .45 by default, .8 for parameters alone. */
  threshold?: number
  /** Of each operation at most so many links are proposed; one more often chosen may have more. */
  neighboursMax?: number
  /** Another φ: one unit vector for each operation, in their order. */
  vectors?: (operations: readonly Operation[]) => readonly SparseVector[]
  /** Embeddings in place of these, in the operations' order (graph/dense.ts makes them); τ is .8 by default then. */
  dense?: readonly (Float32Array | undefined)[]
}

/** Nodes are keys of operations, in their order; edges carry their similarity as `weight`. */
export function buildGraph(operations: readonly Operation[], options: GraphOptions = {}): ToolGraph {
  const { features = 'parameters+resources', neighboursMax = 15, vectors, dense } = options
  const threshold = options.threshold ?? (features === 'parameters' || dense !== undefined ? 0.8 : 0.45)
  const nearest =
    dense === undefined
      ? nearestNeighbours(vectors?.(operations) ?? featureVectors(operations, features), { threshold, neighboursMax })
      : nearestDense(dense, { threshold, neighboursMax })
  const graph: ToolGraph = new UndirectedGraph()
  for (const { key } of operations) graph.addNode(key)
  for (const [index, neighbours] of nearest.entries()) {
    const key = (operations[index] as Operation).key
    for (const { index: other, similarity } of neighbours) {
      const target = (operations[other] as Operation).key
      if (!graph.hasEdge(key, target)) graph.addEdge(key, target, { weight: Math.min(1, similarity) })
    }
  }
  return graph
}
