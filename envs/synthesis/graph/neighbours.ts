/**
 * The nearest neighbours of each of many sparse vectors, exactly: an inverted index, and a bound that leaves its long
 * lists alone.
 *
 * A vector's commonest features are set aside as long as their length stays below the threshold. By Cauchy and Schwarz
 * two vectors can't be as alike as the threshold through those alone, so only what shares a rarer feature is looked at.
 * Source: R. Bayardo, Y. Ma, R. Srikant, "Scaling up all pairs similarity search", WWW 2007 (the prefix bound).
 */

/** Unit length, or empty. Features ascend. */
export interface SparseVector {
  features: Uint32Array
  weights: Float64Array
}

export interface Neighbour {
  index: number
  similarity: number
}

export interface NeighbourOptions {
  /** Only what is more alike than this; above 0. */
  threshold: number
  neighboursMax: number
}

/** For each vector the most alike others, most alike first, and by index where they are equally alike. */
export function nearestNeighbours(vectors: readonly SparseVector[], options: NeighbourOptions): Neighbour[][] {
  const { threshold, neighboursMax } = options
  const { starts, owners, values } = invert(vectors)
  const length = (feature: number): number => (starts[feature + 1] as number) - (starts[feature] as number)
  const sums = new Float64Array(vectors.length)
  const weightOf = new Float64Array(starts.length)
  return vectors.map((vector, self) => {
    const { rare, common, commonLength } = divide(vector, threshold, length)
    const touched: number[] = []
    for (const at of rare) {
      const feature = vector.features[at] as number
      const weight = vector.weights[at] as number
      const end = starts[feature + 1] as number
      for (let next = starts[feature] as number; next < end; next++) {
        const other = owners[next] as number
        if (sums[other] === 0) touched.push(other)
        sums[other] = (sums[other] as number) + weight * (values[next] as number)
      }
    }
    for (const at of common) weightOf[vector.features[at] as number] = vector.weights[at] as number
    const found: Neighbour[] = []
    for (const other of touched) {
      const partial = sums[other] as number
      sums[other] = 0
      if (other === self || partial + commonLength <= threshold) continue
      const similarity = partial + (common.length === 0 ? 0 : dense(vectors[other] as SparseVector, weightOf))
      if (similarity > threshold) found.push({ index: other, similarity })
    }
    for (const at of common) weightOf[vector.features[at] as number] = 0
    found.sort((a, b) => b.similarity - a.similarity || a.index - b.index)
    return found.slice(0, neighboursMax)
  })
}

function dense({ features, weights }: SparseVector, weightOf: Float64Array): number {
  let sum = 0
  for (let at = 0; at < features.length; at++)
    sum += (weights[at] as number) * (weightOf[features[at] as number] as number)
  return sum
}

/** Positions of the rare features, and of the common ones whose joint length is below the threshold. */
function divide(
  { features, weights }: SparseVector,
  threshold: number,
  length: (feature: number) => number,
): { rare: number[]; common: number[]; commonLength: number } {
  const order = [...features.keys()].sort(
    (a, b) => length(features[b] as number) - length(features[a] as number) || a - b,
  )
  let squares = 0
  let end = 0
  // A little below the threshold, so that rounding never sets one feature too many aside.
  const limit = (threshold * (1 - 1e-9)) ** 2
  while (end < order.length) {
    const weight = weights[order[end] as number] as number
    if (squares + weight * weight >= limit) break
    squares += weight * weight
    end += 1
  }
  return { common: order.slice(0, end), rare: order.slice(end), commonLength: Math.sqrt(squares) }
}

/** Feature → the vectors that have it and its weights there, in three flat arrays. */
function invert(vectors: readonly SparseVector[]): { starts: Uint32Array; owners: Uint32Array; values: Float64Array } {
  let features = 0
  let total = 0
  for (const vector of vectors) {
    total += vector.features.length
    for (const feature of vector.features) if (feature >= features) features = feature + 1
  }
  const starts = new Uint32Array(features + 1)
  for (const vector of vectors)
    for (const feature of vector.features) starts[feature + 1] = (starts[feature + 1] as number) + 1
  for (let feature = 0; feature < features; feature++) {
    starts[feature + 1] = (starts[feature + 1] as number) + (starts[feature] as number)
  }
  const next = starts.slice()
  const owners = new Uint32Array(total)
  const values = new Float64Array(total)
  for (const [owner, vector] of vectors.entries()) {
    for (let at = 0; at < vector.features.length; at++) {
      const feature = vector.features[at] as number
      const place = next[feature] as number
      next[feature] = place + 1
      owners[place] = owner
      values[place] = vector.weights[at] as number
    }
  }
  return { starts, owners, values }
}
