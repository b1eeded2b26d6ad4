/**
 * Gold's writes in other orders. Two writes depend on each other where one takes something from the other's result, or
 * where the world refuses one when they change places; all others may be done in any order, and lead to the same.
 */

import type { Trial } from './trial.ts'

/** @returns how many other orders there were that the world accepted, each of which passes; or the one that doesn't */
export function permute(trial: Trial): number | { message: string } {
  const { writes } = trial
  if (writes.length < 2) return 0
  const before = dependencies(trial)
  const own = writes.join()
  const tried = new Set([own])
  let accepted = 0
  for (const order of ordersOf(writes, before)) {
    if (tried.has(order.join())) continue
    tried.add(order.join())
    const passes = trial.passesInOrder(order)
    if (passes === false) return { message: `The writes of gold lead elsewhere in the order ${order.join(', ')}.` }
    if (passes === true) accepted += 1
  }
  return accepted
}

/** Write → the writes whose results it needs, through reads as well. */
function dependencies({ origins, writes }: Trial): ReadonlyMap<number, ReadonlySet<number>> {
  const needs = new Map<number, Set<number>>()
  for (const { call, output } of origins.toSorted((a, b) => a.call - b.call)) {
    if (output === undefined) continue
    const own = needs.get(call) ?? new Set<number>()
    if (writes.includes(output.call)) own.add(output.call)
    for (const earlier of needs.get(output.call) ?? []) own.add(earlier)
    needs.set(call, own)
  }
  return needs
}

/** As late as can be, and each pair of neighbours changed: every pair that may change places does so in one of them. */
function* ordersOf(
  writes: readonly number[],
  needs: ReadonlyMap<number, ReadonlySet<number>>,
): Generator<readonly number[]> {
  const left = [...writes].reverse()
  const reversed: number[] = []
  while (left.length > 0) {
    const at = left.findIndex((write) => !left.some((other) => needs.get(write)?.has(other)))
    reversed.push(...left.splice(at, 1))
  }
  yield reversed
  for (let index = 0; index + 1 < writes.length; index += 1) {
    const [first, second] = [writes[index] as number, writes[index + 1] as number]
    if (needs.get(second)?.has(first)) continue
    yield [...writes.slice(0, index), second, first, ...writes.slice(index + 2)]
  }
}
