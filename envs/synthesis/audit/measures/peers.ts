/**
 * The tool sets of other benches that can be compared without leaving the machine, by the names of their tools alone:
 * tau-bench whole; of BFCL the ticket and message systems of its multi-turn part, of ACEBench the messages, reminders and food of
 * its agent part. BFCL's single calls are of thousands of unrelated functions and no set that a domain could resemble.
 */

import { readFileSync } from 'node:fs'
import { jaccard } from './shape.ts'

export const peers: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(new URL('peers.json', import.meta.url), 'utf8'),
)

/** The bench whose tools a domain's resemble most, by their names. */
export function nearestPeer(names: readonly string[]): { peer: string; overlap: number } {
  const own = new Set(names.map((name) => name.replace(/_\d+$/, '')))
  return Object.entries(peers)
    .map(([peer, theirs]) => ({ peer, overlap: jaccard(own, new Set(theirs)) }))
    .reduce((best, each) => (each.overlap > best.overlap ? each : best))
}
