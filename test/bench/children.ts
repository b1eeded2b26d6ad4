/**
 * Processes of the bench's own: what is to be measured alone (memory, a server, those who load it) runs in one of them.
 *
 * They speak over Node's own channel, and end when it closes: a bench that dies leaves none behind.
 */

import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { join } from 'node:path'

export interface Child {
  /** Sends `request` and waits for the one reply to it. */
  ask<Reply>(request: object): Promise<Reply>
  close(): Promise<void>
}

/** @param file in this folder; it calls `serveParent` */
export function startChild(file: string): Child {
  const child: ChildProcess = fork(join(import.meta.dirname, file))
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  return {
    ask: <Reply>(request: object) =>
      new Promise<Reply>((resolve, reject) => {
        const fail = (code: number | null) => reject(new Error(`${file} ended with ${code} before it had answered.`))
        child.once('message', (reply) => {
          child.off('exit', fail)
          resolve(reply as Reply)
        })
        child.once('exit', fail)
        child.send(request)
      }),
    async close() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

/** `work` with processes that have ended, the last one first, when it is done. */
export async function withChildren<T>(work: (start: (file: string) => Child) => Promise<T>): Promise<T> {
  const children: Child[] = []
  try {
    return await work((file) => {
      const child = startChild(file)
      children.push(child)
      return child
    })
  } finally {
    for (const child of children.reverse()) await child.close()
  }
}

/** In the child: answers each request, and lets go of everything when the parent is gone. */
export function serveParent<Request>(
  answer: (request: Request) => Promise<object> | object,
  close?: () => Promise<void> | void,
): void {
  process.on('message', async (request: Request) => {
    process.send?.(await answer(request))
  })
  process.on('disconnect', async () => {
    await close?.()
    process.exit(0)
  })
}
