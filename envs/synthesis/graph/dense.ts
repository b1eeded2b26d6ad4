/**
 * φ by a model: an operation's parameters as a text, its embedding as a vector, and the exact neighbours of dense vectors.
 *
 * Texts that are the same are embedded once (models.ts keeps them by content) and compared once. Pairs are ruled out by
 * their first numbers where these, with what the rest can add at the most (Cauchy and Schwarz), stay below the threshold.
 * Source: AgentScaler (arXiv 2509.13311), section 2.1: E = {(i, j) | sim(φ(Pᵢ), φ(Pⱼ)) > τ}.
 */

import type { Embedder } from '../../../schemas/environment.ts'
import { resourceOf } from '../collect/resource.ts'
import type { Operation } from '../operation.ts'
import type { FeatureChoice } from './features.ts'
import type { Neighbour, NeighbourOptions } from './neighbours.ts'

const textMax = 2000

/** What is embedded: the parameters, and beside them what the operation is about unless the paper's form is asked for. */
export function textOf(operation: Operation, choice: FeatureChoice): string {
  const parameters = operation.parameters.map(({ name, description, shape }) => {
    const about = description === undefined ? '' : `: ${description}`
    return `${name} (${shape.type})${about}`
  })
  const resource = choice === 'parameters' ? undefined : resourceOf(operation)
  const about = resource === undefined ? [] : [[...resource.parents].reverse().concat(resource.head).join(' ')]
  return [...about, ...parameters].join('\n').replaceAll('_', ' ').slice(0, textMax)
}

/** One unit vector for each operation, in their order; none for one that takes nothing. @throws MODEL_FAILED, MODEL_ANSWER_INVALID */
export async function embedOperations(
  operations: readonly Operation[],
  embedder: Embedder,
  choice: FeatureChoice,
): Promise<(Float32Array | undefined)[]> {
  const texts = operations.map((operation) => textOf(operation, choice))
  const said = [...new Set(texts)].filter((text) => text !== '')
  const vectors = await embedder.embed(said)
  const byText = new Map(said.map((text, index) => [text, vectors[index] as Float32Array]))
  return texts.map((text) => byText.get(text))
}

/** Numbers of a vector that are compared before it is known whether the rest is worth it. */
const headLength = 64

/** For each vector the most alike others, most alike first, and by index where they are equally alike. */
export function nearestDense(
  vectors: readonly (Float32Array | undefined)[],
  { threshold, neighboursMax }: NeighbourOptions,
): Neighbour[][] {
  const groups = [...Map.groupBy(vectors.keys(), (index) => vectors[index]).entries()].flatMap(([vector, members]) =>
    vector === undefined ? [] : [{ vector, members, rest: restOf(vector) }],
  )
  const found: Neighbour[][] = vectors.map(() => [])
  const meet = (a: readonly number[], b: readonly number[], similarity: number): void => {
    for (const index of a)
      for (const other of b) if (index !== other) (found[index] as Neighbour[]).push({ index: other, similarity })
  }
  for (const [at, one] of groups.entries()) {
    if (1 > threshold) meet(one.members, one.members, 1)
    for (let next = at + 1; next < groups.length; next++) {
      const other = groups[next] as (typeof groups)[number]
      const head = dot(one.vector, other.vector, 0, headLength)
      if (head + one.rest * other.rest <= threshold) continue
      const similarity = head + dot(one.vector, other.vector, headLength, one.vector.length)
      if (similarity <= threshold) continue
      meet(one.members, other.members, similarity)
      meet(other.members, one.members, similarity)
    }
  }
  return found.map((own) =>
    own.sort((a, b) => b.similarity - a.similarity || a.index - b.index).slice(0, neighboursMax),
  )
}

/** How long a vector is beyond its head. */
function restOf(vector: Float32Array): number {
  let squares = 0
  for (let at = headLength; at < vector.length; at++) squares += (vector[at] as number) ** 2
  return Math.sqrt(squares) * (1 + 1e-6)
}

function dot(a: Float32Array, b: Float32Array, from: number, to: number): number {
  let sum = 0
  const end = Math.min(to, a.length)
  for (let at = from; at < end; at++) sum += (a[at] as number) * (b[at] as number)
  return sum
}
