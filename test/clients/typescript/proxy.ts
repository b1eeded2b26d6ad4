/** What can befall a network: a TCP proxy that cuts, swallows or slows what goes through it. */

import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

export interface Proxy {
  /** As the server's own address, such as `http://127.0.0.1:40123`. */
  url: string
  /** Connections that were accepted. */
  accepted(): number
  /** Cuts each of the next connections once so many bytes went through to the client; an empty list lets all through. */
  cutAfter(bytes: number[]): void
  /** Cuts what is connected now. */
  cut(): void
  /** Nothing comes through any more, and nobody is told. */
  swallow(on: boolean): void
  /** What the server says comes so many milliseconds late. */
  delay(ms: number): void
  close(): Promise<void>
}

export async function startProxy(target: string): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const pairs = new Set<[Socket, Socket]>()
  let cuts: number[] = []
  let accepted = 0
  let swallowed = false
  let late = 0
  const server = createServer((near) => {
    accepted += 1
    const limit = cuts.shift() ?? Infinity
    let passed = 0
    const far = connect(Number(port), hostname)
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    const end = (): void => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    near.on('data', (data) => {
      if (!swallowed) far.write(data)
    })
    far.on('data', (data: Buffer) => {
      if (swallowed) return
      const room = limit - passed
      passed += data.length
      const send = (): void => {
        if (near.destroyed) return
        if (data.length < room) near.write(data)
        else near.write(data.subarray(0, room), end)
      }
      if (late === 0) send()
      else setTimeout(send, late)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy()
      far.resetAndDestroy()
    }
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted: () => accepted,
    cutAfter(bytes) {
      cuts = bytes
    },
    cut,
    swallow(on) {
      swallowed = on
    },
    delay(ms) {
      late = ms
    },
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
