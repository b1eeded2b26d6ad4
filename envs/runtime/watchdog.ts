/**
 * What ends a program that does not end: a trusted isolate in a thread of its own that polls a shared counter and
 * disposes of the isolate that has been in one call for too long.
 *
 * The `timeout` option of each call would cost half the throughput; this costs two atomic stores a call. The host makes
 * the counter odd when a call begins and even when it ends; the same odd number over a whole limit is a hang. The loop
 * ends by itself when no call has been made for a while, so that it never keeps a process alive; when the last isolate is
 * gone, the watchdog is too.
 */

import ivm from 'isolated-vm'

/** Cells of the shared counter. */
const call = 0
const slot = 1
const limitPolls = 2
const alive = 3
const wake = 4
/** Never written: what a wait for time alone waits on. */
const unused = 5

const pollMs = 10
const idlePolls = 30

export interface Watchdog {
  /** Watches `isolate`; the number names it in `enter`. */
  register(isolate: ivm.Isolate): number
  unregister(slot: number): void
  /** A call into the isolate of that slot begins; it may take `ms`. Calls don't nest. */
  enter(slot: number, ms: number): void
  leave(): void
}

let shared: Watchdog | null = null

/** One watchdog serves the process. */
export function watchdog(): Watchdog {
  shared ??= createWatchdog()
  return shared
}

function createWatchdog(): Watchdog {
  const cells = new Int32Array(new SharedArrayBuffer(64))
  const isolate = new ivm.Isolate({ memoryLimit: 8 })
  const context = isolate.createContextSync()
  context.global.setSync('cells', new ivm.ExternalCopy(cells).copyInto())
  context.evalSync(`
    globalThis.isolates = new Map()
    globalThis.watch = function (number, isolate) {
      if (isolate !== undefined) isolates.set(number, isolate)
      let last = 0, same = 0, idle = 0
      for (;;) {
        Atomics.wait(cells, ${wake}, 0, ${pollMs})
        if (Atomics.load(cells, ${wake}) > 0) { Atomics.sub(cells, ${wake}, 1); return }
        const now = Atomics.load(cells, ${call})
        same = now === last ? same + 1 : 0
        idle = now === last && now % 2 === 0 ? idle + 1 : 0
        last = now
        if (now % 2 !== 0 && same >= Atomics.load(cells, ${limitPolls})) {
          const running = isolates.get(Atomics.load(cells, ${slot}))
          isolates.delete(Atomics.load(cells, ${slot}))
          if (running !== undefined) running.dispose()
          same = 0
        }
        if (idle >= ${idlePolls}) {
          Atomics.store(cells, ${alive}, 0)
          if (Atomics.load(cells, ${call}) === now) return
          Atomics.store(cells, ${alive}, 1)
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
  /** Ends the loop that runs, if one does, and queues another behind it, which takes what is handed to it. */
  const relaunch = (...hand: [number, ivm.Isolate] | []): void => {
    if (Atomics.exchange(cells, alive, 1) === 1) interrupt()
    track(watch.apply(undefined, hand))
  }
  /** With nothing left to watch, the thread is left and the isolate let go: a process must not end while one runs. */
  const retire = async (): Promise<void> => {
    shared = null // whoever comes from now on gets another watchdog
    if (Atomics.load(cells, alive) === 1) interrupt()
    while (pending.size > 0) await Promise.all(pending)
    process.off('exit', onExit)
    watch.release()
    forget.release()
    context.release()
    isolate.dispose()
  }
  const onExit = (): void => {
    if (Atomics.load(cells, alive) === 0) return
    interrupt()
    for (let waits = 0; Atomics.load(cells, wake) > 0 && waits < 20; waits++) Atomics.wait(cells, unused, 0, pollMs)
  }
  process.on('exit', onExit)

  return {
    register(target) {
      const number = slots++
      watched.add(number)
      relaunch(number, target)
      return number
    },
    unregister(number) {
      if (!watched.delete(number)) return
      if (watched.size === 0) void retire()
      else {
        const running = Atomics.load(cells, alive) === 1
        if (running) interrupt()
        track(forget.apply(undefined, [number]))
        if (running) track(watch.apply(undefined, []))
      }
    },
    enter(number, ms) {
      Atomics.store(cells, slot, number)
      Atomics.store(cells, limitPolls, Math.max(2, Math.ceil(ms / pollMs)))
      Atomics.add(cells, call, 1)
      if (Atomics.load(cells, alive) === 0) relaunch()
    },
    leave() {
      Atomics.add(cells, call, 1)
    },
  }
}
