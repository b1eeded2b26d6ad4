/**
 * So much a second, measured with a bucket that fills by itself: it holds one second's worth, and whoever finds anything in it
 * may take more than there is, which is then waited for. So a batch passes whole, and the mean still holds.
 */

export interface Bucket {
  /** Milliseconds until it may be taken from again; 0 where that is now. */
  wait(): number
  take(amount: number): void
}

/** @param perSecond above 0 */
export function createBucket(perSecond: number, clock: () => number = () => performance.now()): Bucket {
  const most = Math.max(1, perSecond)
  let level = most
  let at = clock()
  const fill = (): void => {
    const now = clock()
    level = Math.min(most, level + ((now - at) * perSecond) / 1000)
    at = now
  }
  return {
    wait() {
      fill()
      return level > 0 ? 0 : Math.ceil((-level * 1000) / perSecond) + 1
    },
    take(amount) {
      fill()
      level -= amount
    },
  }
}

/** Buckets by name, those used last kept: however many addresses ask, memory is bounded. */
export function createBuckets(perSecond: number, max = 10_000): { of(name: string): Bucket } {
  const buckets = new Map<string, Bucket>()
  return {
    of(name) {
      const bucket = buckets.get(name) ?? createBucket(perSecond)
      buckets.delete(name)
      buckets.set(name, bucket)
      if (buckets.size > max) buckets.delete(buckets.keys().next().value as string)
      return bucket
    },
  }
}
