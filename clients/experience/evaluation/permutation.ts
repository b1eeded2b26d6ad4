/**
 * Whether two runs over the same tasks differ: were they alike, each task's difference could as well have the other sign.
 * The p-value is the share of all choices of signs under which the mean is as far from zero as it is.
 * Source: Good, Permutation, Parametric and Bootstrap Tests of Hypotheses, chapter 3 (paired comparisons).
 */

/** Up to so many tasks that differ every choice of signs is tried; beyond, choices are drawn. */
const exactMax = 16
export const drawnFlips = 10_000

export function signFlipTest(differences: readonly number[], next: () => number): number {
  const all = differences.filter((difference) => difference !== 0)
  const far = Math.abs(all.reduce((sum, one) => sum + one, 0)) - 1e-12
  if (all.length <= exactMax) {
    const choices = 2 ** all.length
    let hits = 0
    for (let choice = 0; choice < choices; choice += 1) {
      let sum = 0
      for (let at = 0; at < all.length; at += 1) sum += (choice >> at) & 1 ? -(all[at] as number) : (all[at] as number)
      if (Math.abs(sum) >= far) hits += 1
    }
    return hits / choices
  }
  let hits = 1 // the choice that was made counts as one of them, so that p is never zero
  for (let draw = 0; draw < drawnFlips; draw += 1) {
    let sum = 0
    for (const one of all) sum += next() < 0.5 ? one : -one
    if (Math.abs(sum) >= far) hits += 1
  }
  return hits / (drawnFlips + 1)
}
