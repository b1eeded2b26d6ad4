/**
 * How a process that held isolates ends. When V8 lets go of the heap while it is marking it, it finishes that, and calls back
 * for each handle of isolated-vm that nobody holds any more: by then there is nothing left to call, and the process
 * aborts (isolated-vm 7 under Node 26). So what is garbage is collected once more while that is still possible. A process that
 * is ended by `process.exit` never gets there.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let known = false

/** To be called by whoever makes an isolate. */
export function farewell(): void {
  if (known) return
  known = true
  let byItself = false
  process.on('beforeExit', () => {
    byItself = true
  })
  process.on('exit', () => {
    if (!byItself) return
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    collect()
  })
}
