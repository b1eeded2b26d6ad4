/**
 * What ends a program that does not end: a trusted isolate in a thread of its own that polls a shared counter and
 * disposes of the isolate that has been in one call for too long.
 *
 * The `timeout` option of each call would cost half the throughput; this costs two atomic stores a call. The host makes
 * the counter odd when a call begins and even when it ends; the same odd number over a whole limit is a hang, if the isolate
 * was at work for that long, too: on a machine whose processors are all busy a call waits, and gets up to four times its
 * limit. Whoever
 * makes it even has ended the call, in one atomic exchange: either the host, and the call was in time, or the watchdog,
 * and its isolate is given up. So the watchdog never strikes the call after the one that it meant, whatever else the
 * threads do in between. The loop ends by itself when no call has been made for a while, so that it never keeps a process
 * alive; when the last isolate is gone, the watchdog is too.
 */

import ivm from 'isolated-vm'
import { farewell } from './farewell.ts'

/** Cells of the shared counter. */
const call = 0
const slot = 1
const limitPolls = 2
const alive = 3
const wake = 4
/** Runs of the loop that have come to their end. */
const left = 5
/** Never written: what a wait for time alone waits on. */
const unused = 6

const pollMs = 10
const idlePolls = 30
/** So many limits may pass while a call waits for a processor. */
const patience = 4
/** More than there can be runs: all are to leave. */
const everyRun = 1 << 24

export interface Watchdog {
  /** Watches `isolate`; the number names it in `enter`. */
  register(isolate: ivm.Isolate): number
  unregister(slot: number): void
  /** A call into the isolate of that slot begins; it may take `ms`. Calls don't nest. */
  enter(slot: number, ms: number): void
  /** The call has ended. True where the watchdog has ended it: its isolate is lost, whatever it may have answered. */
  leave(): boolean
}

let shared: Watchdog | null = null

/** One watchdog serves the process. */
export function watchdog(): Watchdog {
  shared ??= createWatchdog()
  return shared
}

function createWatchdog(): Watchdog {
  farewell()
  const cells = new Int32Array(new SharedArrayBuffer(64))
  const isolate = new ivm.Isolate({ memoryLimit: 8 })
  const context = isolate.createContextSync()
  context.global.setSync('cells', new ivm.ExternalCopy(cells).copyInto())
  context.evalSync(`
    globalThis.isolates = new Map()
    globalThis.watch = function (number, isolate) {
      if (isolate !== undefined) isolates.set(number, isolate)
      try { loop() } finally { Atomics.add(cells, ${left}, 1) }
    }
    function loop () {
      let last = 0, same = 0, idle = 0, before = 0n
      const worked = () => { try { return isolates.get(Atomics.load(cells, ${slot}))?.cpuTime ?? 0n } catch { return 0n } }
      for (;;) {
        Atomics.wait(cells, ${wake}, 0, ${pollMs})
        if (Atomics.load(cells, ${wake}) > 0) { Atomics.sub(cells, ${wake}, 1); return }
        const now = Atomics.load(cells, ${call})
        same = now === last ? same + 1 : 0
        idle = now === last && now % 2 === 0 ? idle + 1 : 0
        last = now
        if (now % 2 !== 0 && same === 0) before = worked()
        const limit = Atomics.load(cells, ${limitPolls})
        // What the isolate did before the first look, a poll's time at most, is not counted.
        const hangs = same >= limit * ${patience} || (same >= limit && Number(worked() - before) / 1e6 >= (limit - 2) * ${pollMs})
        if (now % 2 !== 0 && hangs) {
          // The slot is that of call \`now\` if the call is still \`now\` when it is claimed.
          const number = Atomics.load(cells, ${slot})
          const claimed = Atomics.compareExchange(cells, ${call}, now, now + 1) === now
          same = 0
          if (claimed) {
            const running = isolates.get(number)
            isolates.delete(number)
            try { running?.dispose() } catch {} // the host may have been first
          }
        }
        if (idle >= ${idlePolls}) {
          Atomics.store(cells, ${alive}, 0)
          if (Atomics.load(cells, ${call}) === now) return
          // A call came in between. If the host has seen this end coming, it has queued another run: that one watches.
          if (Atomics.compareExchange(cells, ${alive}, 0, 1) !== 0) return
          idle = 0
        }
      }
    }
    globalThis.forget = function (number) { isolates.delete(number) };0`)
  const watch = context.global.getSync('watch', { reference: true })
  const forget = context.global.getSync('forget', { reference: true })
  const pending = new Set<Promise<unknown>>() // runs of the loop that have not left the thread yet
  const watched = new Set<number>()
  let slots = 0
  let launched = 0
  let retiring = false
  let number = 0 // of the call that runs

  const track = (run: Promise<unknown>): void => {
    const done: Promise<unknown> = run.then(
      () => pending.delete(done),
      () => pending.delete(done),
    )
    pending.add(done)
  }
  const interrupt = (): void => {
    Atomics.add(cells, wake, 1) // one for each run that is to leave: two in a row must not count as one
    Atomics.notify(cells, wake)
  }
  const launch = (...hand: [number, ivm.Isolate] | []): void => {
    launched += 1
    track(watch.apply(undefined, hand))
  }
  /** Ends the loop that runs, if one does, and queues another behind it, which takes what is handed to it. */
  const relaunch = (...hand: [number, ivm.Isolate] | []): void => {
    if (Atomics.exchange(cells, alive, 1) === 1) interrupt()
    launch(...hand)
  }
  /** With nothing left to watch, the thread is left and the isolate let go: a process must not end while one runs. */
  const retire = async (): Promise<void> => {
    retiring = false
    if (watched.size > 0) return
    shared = null // whoever comes from now on gets another watchdog
    if (Atomics.load(cells, alive) === 1) interrupt()
    while (pending.size > 0) await Promise.all(pending)
    process.off('exit', onExit)
    watch.release()
    forget.release()
    context.release()
    isolate.dispose()
  }
  /** A process that ends while the thread is in a run takes a fault of memory with it. */
  const onExit = (): void => {
    if (pending.size === 0) return
    Atomics.store(cells, wake, everyRun)
    Atomics.notify(cells, wake)
    for (let waits = 0; Atomics.load(cells, left) < launched && waits < 50; waits++)
      Atomics.wait(cells, unused, 0, pollMs)
    Atomics.wait(cells, unused, 0, pollMs / 2) // from its last line the thread still has to return
  }
  process.on('exit', onExit)

  return {
    register(target) {
      const given = slots++
      watched.add(given)
      relaunch(given, target)
      return given
    },
    unregister(given) {
      if (!watched.delete(given)) return
      if (watched.size === 0) {
        // Not at once: who lets go of its last isolate often wants another.
        if (!retiring) setImmediate(retire)
        retiring = true
      } else {
        const running = Atomics.load(cells, alive) === 1
        if (running) interrupt()
        track(forget.apply(undefined, [given]))
        if (running) launch()
      }
    },
    enter(given, ms) {
      Atomics.store(cells, slot, given)
      Atomics.store(cells, limitPolls, Math.max(2, Math.ceil(ms / pollMs)))
      number = (Atomics.add(cells, call, 1) + 1) | 0
      if (Atomics.load(cells, alive) === 0) relaunch()
    },
    leave() {
      return Atomics.compareExchange(cells, call, number, number + 1) !== number
    },
  }
}
