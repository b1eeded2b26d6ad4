/** What all processes of a server hold together. Linux alone tells. */

import { readdirSync, readFileSync } from 'node:fs'

/** Bytes of a process group, what its processes share counted once (PSS). */
export function memoryOf(group: number): number {
  let bytes = 0
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      // After the name in brackets: state, parent, group.
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
      if (Number(fields[2]) !== group) continue
      bytes += Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${name}/smaps_rollup`, 'utf8'))?.[1]) * 1024
    } catch {
      // It ended meanwhile.
    }
  }
  return bytes
}
