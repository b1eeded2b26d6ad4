/**
 * Models behind OpenAI-compatible endpoints: embeddings and chat, the only place from which anything is asked of one.
 *
 * What was answered is kept by its content, if a cache file is named: asking the same again costs nothing, and an endpoint
 * that fails half-way has lost nothing. Answers are data from outside: vectors that are no vectors, or too few, are refused
 * with a word and never kept. A key is never shown.
 * Sources: OpenAI's API reference (embeddings, chat completions).
 */

import { createHash } from 'node:crypto'
import { appendFileSync, closeSync, existsSync, openSync, readFileSync, truncateSync } from 'node:fs'
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai'
import type { ChatModel, Embedder } from '../schemas/environment.ts'
import { MicrocosmError } from '../schemas/errors.ts'
import { canonicalJson, type JsonObject } from '../schemas/json.ts'

export interface EndpointOptions {
  /** Up to and with `/v1`. */
  url: string
  model: string
  key?: string
  /** A file that answers are kept in; another model may share it. */
  cache?: string
  timeoutMs?: number
  /** How often a call that failed for no fault of its own is tried again. */
  retriesMax?: number
}

export interface EmbedderOptions extends EndpointOptions {
  /** Texts in one call. */
  batch?: number
  onProgress?: (done: number, total: number) => void
}

/** Vectors come in the order of the texts, all of one length. @throws MODEL_FAILED, MODEL_ANSWER_INVALID */
export function createEmbedder({ batch = 128, onProgress, ...options }: EmbedderOptions): Embedder {
  const client = clientOf(options)
  const cache = openCache(options.cache)
  const keyOf = (text: string): string => sha256(`embedding\n${options.model}\n${text}`)
  return {
    model: options.model,
    async embed(texts) {
      const vectors = new Map<string, Float32Array>()
      const missing: string[] = []
      let length: number | undefined
      for (const text of new Set(texts)) {
        const kept = readVector(cache.get(keyOf(text)))
        if (kept === undefined) missing.push(text)
        else {
          vectors.set(text, kept)
          length ??= kept.length
        }
      }
      for (let from = 0; from < missing.length; from += batch) {
        const asked = missing.slice(from, from + batch)
        onProgress?.(texts.length === 0 ? 0 : vectors.size, vectors.size + missing.length - from)
        const answer = await call(options, { done: vectors.size, wanted: vectors.size + missing.length - from }, () =>
          client.embeddings.create({ model: options.model, input: asked, encoding_format: 'float' }),
        )
        const found = checkVectors(answer, asked.length, length)
        length ??= found[0]?.length
        cache.putAll(asked.map((text, index) => [keyOf(text), writeVector(found[index] as Float32Array)]))
        for (const [index, text] of asked.entries()) vectors.set(text, found[index] as Float32Array)
      }
      return texts.map((text) => vectors.get(text) as Float32Array)
    },
  }
}

export interface ChatModelOptions extends EndpointOptions {
  /** Has the answer come in pieces, for servers or proxies that let long silences time out; it is handed over whole. */
  stream?: boolean
}

/**
 * A request goes over as it is, with the model's name; only what was answered with a message is kept.
 * MODEL_FAILED says in its details whether it may pass by itself (`passing`): nobody there, too much asked, a server's fault.
 */
export function createChatModel({ stream = false, ...options }: ChatModelOptions): ChatModel {
  const client = clientOf(options)
  const cache = openCache(options.cache)
  const ask = async (whole: object): Promise<unknown> =>
    stream
      ? gather(
          (await client.chat.completions.create({
            ...whole,
            stream: true,
            stream_options: { include_usage: true },
          } as never)) as unknown as AsyncIterable<Piece>,
        )
      : client.chat.completions.create(whole as never)
  return {
    model: options.model,
    async complete(request) {
      const whole = { ...request, model: options.model, stream: false }
      const key = sha256(`chat\n${canonicalJson(whole as JsonObject)}`)
      const kept = cache.get(key)
      if (kept !== undefined) return JSON.parse(kept) as JsonObject
      const answer = await call(options, {}, () => ask(whole))
      const { choices } = (answer ?? {}) as { choices?: { message?: { content?: unknown } }[] }
      if (!Array.isArray(choices) || typeof choices[0]?.message !== 'object')
        throw invalid(options.model, 'no choice with a message in it')
      const text = JSON.stringify(answer)
      cache.putAll([[key, text]])
      return JSON.parse(text) as JsonObject
    },
  }
}

function clientOf({ url, key = 'none', timeoutMs = 60_000, retriesMax = 3 }: EndpointOptions): OpenAI {
  if (!/^https?:\/\//.test(url)) throw new MicrocosmError('USAGE', `"${url}" is no URL of an endpoint (https://…/v1).`)
  // What the client would read from the environment is not asked for: only what was given is sent.
  return new OpenAI({
    baseURL: url,
    apiKey: key,
    organization: null,
    project: null,
    timeout: timeoutMs,
    maxRetries: retriesMax,
  })
}

async function call<T>({ url, model, key }: EndpointOptions, details: object, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof MicrocosmError) throw error
    const why =
      error instanceof APIConnectionError
        ? 'it can’t be reached or gave no answer in time'
        : error instanceof APIError
          ? `it answered ${error.status ?? 'nothing that can be read'}: ${error.message.slice(0, 200)}`
          : `its answer can’t be read: ${(error as Error).message.slice(0, 200)}`
    const said = key === undefined || key === '' ? why : why.replaceAll(key, '…')
    throw new MicrocosmError('MODEL_FAILED', `The model ${model} at ${hostOf(url)} failed: ${said}.`, {
      ...details,
      passing: mayPass(error),
    })
  }
}

/**
 * Asked later, the same may be answered. One that took too long would take as long again, and 500 is what servers say, too,
 * of a model's answer that they could not read: that is this request's own.
 */
function mayPass(error: unknown): boolean {
  if (error instanceof APIConnectionTimeoutError) return false
  if (error instanceof APIConnectionError) return true
  return error instanceof APIError && (error.status === 429 || (error.status ?? 0) > 500)
}

interface Piece {
  id?: string
  usage?: object | null
  choices?: { delta?: PieceDelta; finish_reason?: string | null }[]
}

interface PieceDelta {
  content?: string | null
  reasoning_content?: string | null
  reasoning?: string | null
  tool_calls?: { index?: number; id?: string; function?: { name?: string; arguments?: string } }[]
}

/** A stream's pieces as the one answer that they are pieces of. */
async function gather(pieces: AsyncIterable<Piece>): Promise<object> {
  const texts: Record<'content' | 'reasoning_content', string | null> = { content: null, reasoning_content: null }
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = []
  let finish: string | null = null
  let usage: object | null = null
  let begun = false
  for await (const { choices, usage: counted } of pieces) {
    usage = counted ?? usage
    const [choice] = choices ?? []
    if (choice === undefined) continue
    begun = true
    finish = choice.finish_reason ?? finish
    const { content, reasoning_content, reasoning, tool_calls = [] } = choice.delta ?? {}
    if (typeof content === 'string') texts.content = (texts.content ?? '') + content
    const thought = reasoning_content ?? reasoning
    if (typeof thought === 'string') texts.reasoning_content = (texts.reasoning_content ?? '') + thought
    for (const { index = 0, id, function: part } of tool_calls ?? []) {
      calls[index] ??= { id: '', type: 'function', function: { name: '', arguments: '' } }
      const one = calls[index]
      if (id) one.id = id
      one.function.name += part?.name ?? ''
      one.function.arguments += part?.arguments ?? ''
    }
  }
  if (!begun || finish === null) throw new Error('the stream ended before the answer did')
  const message = {
    role: 'assistant',
    content: texts.content,
    ...(texts.reasoning_content !== null && { reasoning_content: texts.reasoning_content }),
    ...(calls.length > 0 && { tool_calls: calls.filter((one) => one !== undefined) }),
  }
  return { choices: [{ index: 0, message, finish_reason: finish }], ...(usage !== null && { usage }) }
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'its endpoint')

const invalid = (model: string, what: string): MicrocosmError =>
  new MicrocosmError('MODEL_ANSWER_INVALID', `The model ${model} answered nonsense: ${what}.`)

function checkVectors(answer: unknown, wanted: number, length: number | undefined): Float32Array[] {
  const { data, model } = (answer ?? {}) as { data?: unknown; model?: unknown }
  const whose = typeof model === 'string' ? model.slice(0, 100) : 'of embeddings'
  if (!Array.isArray(data) || data.length !== wanted)
    throw invalid(whose, `${Array.isArray(data) ? data.length : 'no'} vectors for ${wanted} texts`)
  const found: Float32Array[] = new Array(wanted)
  for (const [at, item] of data.entries()) {
    const { index = at, embedding } = (item ?? {}) as { index?: number; embedding?: unknown }
    if (!Number.isInteger(index) || index < 0 || index >= wanted || found[index] !== undefined)
      throw invalid(whose, `a vector for text ${index} of ${wanted}`)
    if (!Array.isArray(embedding) || embedding.length === 0 || !embedding.every((one) => Number.isFinite(one)))
      throw invalid(whose, 'a vector that is not a list of numbers')
    length ??= embedding.length
    if (embedding.length !== length) throw invalid(whose, `vectors of ${length} and of ${embedding.length} numbers`)
    const norm = Math.hypot(...embedding)
    if (norm === 0) throw invalid(whose, 'a vector of zeros')
    found[index] = Float32Array.from(embedding, (value: number) => value / norm)
  }
  return found
}

const writeVector = (vector: Float32Array): string =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')

function readVector(text: string | undefined): Float32Array | undefined {
  if (text === undefined) return undefined
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  return bytes.byteLength === 0 || bytes.byteLength % 4 !== 0 ? undefined : new Float32Array(bytes.buffer)
}

interface Cache {
  get(key: string): string | undefined
  putAll(pairs: readonly (readonly [key: string, value: string])[]): void
}

/** Lines of key and value, only ever added to; a line that was cut short when a run was killed is cut off. */
function openCache(file: string | undefined): Cache {
  const kept = new Map<string, string>()
  if (file !== undefined && existsSync(file)) {
    const text = readFileSync(file, 'utf8')
    const whole = text.lastIndexOf('\n') + 1
    if (whole < text.length) truncateSync(file, Buffer.byteLength(text.slice(0, whole)))
    for (const line of text.slice(0, whole).split('\n')) {
      const at = line.indexOf(' ')
      if (at > 0) kept.set(line.slice(0, at), line.slice(at + 1))
    }
  } else if (file !== undefined) closeSync(openSync(file, 'a'))
  return {
    get: (key) => kept.get(key),
    putAll(pairs) {
      for (const [key, value] of pairs) kept.set(key, value)
      if (file !== undefined) appendFileSync(file, pairs.map(([key, value]) => `${key} ${value}\n`).join(''))
    },
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
