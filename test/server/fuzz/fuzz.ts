/**
 * Throws seeded input at a server: frames over sockets, requests over raw connections. Every frame must get a typed reply and
 * every request a status, or the connection is closed; nothing else may happen to the server.
 */

import type { Socket } from 'node:net'
import { connect } from 'node:net'
import WebSocket from 'ws'
import { serverMessage } from '../../../schemas/messages.ts'
import type { FuzzedRequest } from './generate.ts'
import { chanceOf, frame, request } from './generate.ts'

export interface FuzzReport {
  frames: number
  requests: number
  /** How often each kind of reply came: a type, a code or a status. */
  replies: Record<string, number>
  /** What should not have happened, with its input. */
  wrong: string[]
}

const wrongMax = 20
/** Milliseconds that any answer may take: far above what a busy machine needs. */
const answerMs = 30_000

export interface FuzzOptions {
  url: string
  seed: number
  frames: number
  requests: number
  onProgress?(done: number): void
}

export async function fuzz({ url, seed, frames, requests, onProgress = () => {} }: FuzzOptions): Promise<FuzzReport> {
  const report: FuzzReport = { frames: 0, requests: 0, replies: {}, wrong: [] }
  const sockets = 8
  const share = (count: number, part: number): number => Math.floor(count / sockets) + (part < count % sockets ? 1 : 0)
  const count = (what: string): void => {
    report.replies[what] = (report.replies[what] ?? 0) + 1
    if ((report.frames + report.requests) % 10_000 === 0) onProgress(report.frames + report.requests)
  }
  await Promise.all([
    ...Array.from({ length: sockets }, (_, part) =>
      throwFrames(url, seed * 100 + part, share(frames, part), report, count),
    ),
    ...Array.from({ length: sockets }, (_, part) =>
      throwRequests(url, seed * 100 + 50 + part, share(requests, part), report, count),
    ),
  ])
  return report
}

/** So many frames on their way at once: it shows what depends on order. */
const ahead = 16

async function throwFrames(url: string, seed: number, many: number, report: FuzzReport, count: (what: string) => void) {
  const chance = chanceOf(seed)
  const paths = ['/ws', '/domains/hotel-chain/ws']
  let left = many
  while (left > 0) {
    const path = chance.pick(paths)
    const socket = new WebSocket(url.replace('http', 'ws') + path)
    const closed = new Promise<number>((resolve) => socket.on('close', resolve))
    socket.on('error', () => {})
    await new Promise((resolve) => socket.once('open', resolve))
    const waiting: { sent: string; resolve(): void }[] = []
    socket.on('message', (data) => {
      const reply = JSON.parse(String(data)) as { type: string; data: { code?: string } }
      if (!serverMessage.safeParse(reply).success) wrong(report, `no typed reply: ${String(data).slice(0, 300)}`)
      count(reply.type === 'error' ? String(reply.data.code) : reply.type)
      if (reply.data?.code === 'EXECUTION_ERROR') wrong(report, `a failure inside: ${waiting[0]?.sent.slice(0, 400)}`)
      waiting.shift()?.resolve()
    })
    // A socket is given up after a while: sessions must go with it, however it ends.
    const mine = Math.min(left, 200 + chance.below(600))
    for (let sent = 0; sent < mine && socket.readyState === WebSocket.OPEN; ) {
      const volley: Promise<void>[] = []
      for (let n = 0; n < ahead && sent < mine; n++) {
        const data = frame(chance)
        const text = Buffer.isBuffer(data) ? data.toString('hex') : data
        if (isFarewell(text)) continue
        volley.push(new Promise<void>((resolve) => waiting.push({ sent: text, resolve })))
        socket.send(data)
        sent += 1
        report.frames += 1
      }
      const done = await Promise.race([Promise.all(volley).then(() => 'all'), closed, late()])
      if (done === 'late') {
        wrong(report, `no reply to ${waiting[0]?.sent.slice(0, 400)}`)
        break
      }
      if (typeof done === 'number') wrong(report, `closed with ${done} at ${waiting[0]?.sent.slice(0, 400)}`)
    }
    left -= mine
    if (chance.below(2) === 0) socket.terminate()
    else socket.close()
    await closed
  }
}

/** Whether it closes the socket, and is rightly not answered; one in a batch is answered with the others. */
function isFarewell(text: string): boolean {
  try {
    const value = JSON.parse(text) as { type?: unknown; data?: unknown } | null
    if (value?.type === 'close') return true
    return value?.type === 'batch' && Array.isArray(value.data) && value.data.some((each) => each?.type === 'close')
  } catch {
    return false
  }
}

async function throwRequests(
  url: string,
  seed: number,
  many: number,
  report: FuzzReport,
  count: (what: string) => void,
) {
  const chance = chanceOf(seed)
  const port = Number(new URL(url).port)
  const open = async (): Promise<{ id: string; token: string }> => {
    const response = await fetch(`${url}/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"domain":"hotel-chain"}',
    })
    return (await response.json()) as { id: string; token: string }
  }
  let held = await open()
  let line = lineTo(port)
  for (let sent = 0; sent < many; sent++) {
    if (sent % 500 === 499) {
      await fetch(`${url}/sessions/${held.id}`, {
        method: 'DELETE',
        headers: { Authorization: `Bearer ${held.token}` },
      })
      held = await open()
    }
    const asked = request(chance, held)
    report.requests += 1
    const answer = await Promise.race([line.ask(asked), late()])
    const told = `${asked.method} ${asked.path} ${asked.body.slice(0, 300)}`
    if (answer === 'late') wrong(report, `no answer to ${told}`)
    else if (answer !== 'closed') {
      count(String(answer.status))
      if (answer.status === 500) wrong(report, `a failure inside: ${told}: ${answer.body.slice(0, 300)}`)
      await letGo(url, asked, answer.body)
    } else count('closed')
    if (answer === 'late' || answer === 'closed' || answer.last) {
      line.end()
      line = lineTo(port)
    }
  }
  line.end()
  await fetch(`${url}/sessions/${held.id}`, { method: 'DELETE', headers: { Authorization: `Bearer ${held.token}` } })
}

/** Sessions that a request has rightly opened are closed again, as a client would: the rest must be none. */
async function letGo(url: string, { method, path }: FuzzedRequest, body: string): Promise<void> {
  if (method !== 'POST') return
  let value: {
    id?: string
    token?: string
    sessions?: { session: string; token: string }[]
    result?: { session_id?: string }
  }
  try {
    value = JSON.parse(body)
  } catch {
    return
  }
  const made = path === '/sessions' && value.token !== undefined ? [{ session: value.id, token: value.token }] : []
  for (const { session, token } of path.endsWith('/fork') ? (value.sessions ?? []) : made)
    await fetch(`${url}/sessions/${session}`, { method: 'DELETE', headers: { Authorization: `Bearer ${token}` } })
  const id = path.startsWith('/domains/') ? value.result?.session_id : undefined
  if (id !== undefined)
    await fetch(`${url}/sessions/${id}`, { method: 'DELETE', headers: { Authorization: `Bearer ${id}` } })
}

interface Answer {
  status: number
  body: string
  /** Whether the server closes the connection after it. */
  last: boolean
}

/** A bare connection that asks one thing after the other and reads what HTTP says. */
function lineTo(port: number): { ask(asked: FuzzedRequest): Promise<Answer | 'closed'>; end(): void } {
  const socket: Socket = connect(port, '127.0.0.1')
  let came: Buffer = Buffer.alloc(0)
  let asking: { method: string; resolve(answer: Answer | 'closed'): void } | null = null
  const settle = (answer: Answer | 'closed'): void => {
    const { resolve } = asking ?? {}
    asking = null
    resolve?.(answer)
  }
  socket.on('error', () => {})
  socket.on('close', () => settle('closed'))
  socket.on('data', (data: Buffer) => {
    came = Buffer.concat([came, data])
    for (;;) {
      const end = came.indexOf('\r\n\r\n')
      if (end < 0 || asking === null) return
      const head = came.subarray(0, end).toString('latin1')
      const status = Number(head.slice(9, 12))
      const size = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      const chunked = /\r\ntransfer-encoding: *chunked/i.test(head)
      const isEvents = /\r\ncontent-type: *text\/event-stream/i.test(head)
      let body: string
      if (status < 200) {
        came = came.subarray(end + 4)
        continue
      }
      if (chunked && !isEvents) {
        const last = came.indexOf('0\r\n\r\n', end + 2)
        if (last < 0) return
        body = came.subarray(end + 4, last).toString()
        came = came.subarray(last + 5)
      } else {
        const bytes = asking.method === 'HEAD' ? 0 : size
        if (came.length < end + 4 + bytes) return
        body = came.subarray(end + 4, end + 4 + bytes).toString()
        came = came.subarray(end + 4 + bytes)
      }
      settle({ status, body, last: /\r\nconnection: *close/i.test(head) || isEvents })
    }
  })
  return {
    ask: ({ method, path, headers, body }) =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve('closed')
        asking = { method, resolve }
        const lines = [
          `${method} ${path} HTTP/1.1`,
          'Host: 127.0.0.1',
          ...headers.map(([name, value]) => `${name}: ${value}`),
        ]
        if (method !== 'GET') lines.push(`Content-Length: ${Buffer.byteLength(body)}`)
        socket.write(`${lines.join('\r\n')}\r\n\r\n${method === 'GET' ? '' : body}`)
      }),
    end: () => socket.destroy(),
  }
}

function wrong(report: FuzzReport, what: string): void {
  if (report.wrong.length < wrongMax) report.wrong.push(what)
}

function late(): Promise<'late'> {
  return new Promise((resolve) => setTimeout(resolve, answerMs, 'late').unref())
}
