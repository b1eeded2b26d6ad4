/**
 * The paper's loss as data: token ids, and a mask that is 1 on what the agent wrote (its calls, its replies, its reasoning,
 * and the token that ends its turn) and 0 on all that it was told.
 *
 *     L = −(1/Σ I[xₖ ∈ T]) Σ I[xₖ ∈ T] log π(xₖ | x<ₖ)
 *
 * The conversation is written out by the model's own chat template, once up to each of the agent's turns and once with it:
 * what the second adds to the first is the agent's. That asks of the template that it only ever adds: one that rewrites
 * earlier turns is refused with a word. The whole text is then cut into tokens at once, as at inference, and a token is the
 * agent's if all of its text is.
 * Sources: AgentScaler (arXiv 2509.13311), section 3; Transformers' chat templates.
 */

import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Template } from '@huggingface/jinja'
import { Tokenizer } from '@huggingface/tokenizers'
import { MicrocosmError } from '../../../schemas/errors.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { ChatMessage, Trajectory } from '../../../schemas/trajectory.ts'
import { conversationOf, functionsOf, templateMessages } from './formats.ts'

export interface ChatTokenizer {
  /** The conversation as the model reads it. @throws TOKENIZER_INVALID */
  render(messages: readonly JsonObject[], tools: readonly JsonObject[], prompting: boolean): string
  encode(text: string): number[]
  /** Texts that are always one token, whatever stands beside them. */
  specials: readonly string[]
  /** sha256 of the tokenizer's file and of the template. */
  hashes: { tokenizer: string; template: string }
}

export interface TokenizerFiles {
  /** A tokenizer.json. */
  tokenizer: string
  /** A tokenizer_config.json; the one beside it unless given. */
  config?: string
  /** A template; the one of the configuration, or the chat_template.jinja beside it, unless given. */
  template?: string
}

/** @throws SOURCE_NOT_FOUND, TOKENIZER_INVALID */
export function openTokenizer(files: TokenizerFiles): ChatTokenizer {
  const folder = dirname(files.tokenizer)
  const text = read(files.tokenizer)
  const definition = parse(files.tokenizer, text)
  const configFile = files.config ?? join(folder, 'tokenizer_config.json')
  const config = files.config !== undefined || existsSync(configFile) ? parse(configFile, read(configFile)) : {}
  const source = templateOf(files, folder, config)
  const tokenizer = attempt(files.tokenizer, () => new Tokenizer(definition, config))
  const template = attempt('the chat template', () => new Template(source))
  const named = Object.fromEntries(
    ['bos_token', 'eos_token', 'unk_token', 'pad_token'].map((name) => [name, tokenText(config[name])]),
  )
  return {
    render: (messages, tools, prompting) =>
      attempt('the chat template', () =>
        template.render({
          ...named,
          messages,
          tools: tools.length === 0 ? null : tools,
          add_generation_prompt: prompting,
        }),
      ),
    encode: (of) => tokenizer.encode(of, { add_special_tokens: false }).ids,
    specials: ((definition.added_tokens ?? []) as JsonObject[])
      .filter(({ special, lstrip, rstrip }) => special === true && lstrip !== true && rstrip !== true)
      .map(({ content }) => String(content)),
    hashes: { tokenizer: sha256(text), template: sha256(source) },
  }
}

export interface MaskedTokens {
  text: string
  input_ids: number[]
  /** 1 where the agent wrote it. */
  assistant_masks: number[]
}

/** @throws TOKENIZER_INVALID where the template says an earlier turn otherwise once a later one follows */
export function maskTrajectory(tokenizer: ChatTokenizer, trajectory: Trajectory): MaskedTokens {
  const conversation = conversationOf(trajectory)
  const tools = functionsOf(trajectory.tools ?? [])
  const { text, spans } = findSpans(tokenizer, conversation, tools)
  return { text, ...maskTokens(tokenizer, text, spans) }
}

type Span = [from: number, to: number]

/** What of the text is the agent's. */
export function findSpans(
  { render, specials }: ChatTokenizer,
  conversation: readonly ChatMessage[],
  tools: readonly JsonObject[],
): { text: string; spans: Span[] } {
  const messages = templateMessages(conversation)
  const text = render(messages, tools, false)
  const spans: Span[] = []
  for (const [at, { role }] of conversation.entries()) {
    if (role !== 'assistant') continue
    const before = render(messages.slice(0, at), tools, true)
    const after = at === conversation.length - 1 ? text : render(messages.slice(0, at + 1), tools, false)
    if (!after.startsWith(before) || !text.startsWith(after))
      throw new MicrocosmError(
        'TOKENIZER_INVALID',
        `The chat template says message ${at} otherwise once another follows: what is the agent's can't be told.`,
        { message: at },
      )
    spans.push([before.length, endOfTurn(after, specials)])
  }
  return { text, spans }
}

/** A template may put a new line behind the token that ends a turn: that is no more the agent's. */
function endOfTurn(text: string, specials: readonly string[]): number {
  const trimmed = text.trimEnd()
  return specials.some((special) => trimmed.endsWith(special)) ? trimmed.length : text.length
}

function maskTokens(
  tokenizer: ChatTokenizer,
  text: string,
  spans: readonly Span[],
): Pick<MaskedTokens, 'input_ids' | 'assistant_masks'> {
  const input_ids = tokenizer.encode(text)
  const parts = partsOf(tokenizer, text, input_ids)
  const assistant_masks = new Array<number>(input_ids.length).fill(0)
  for (const [from, to] of spans) {
    const first = firstTokenFrom(tokenizer, parts, from)
    const [end] = endTokenAt(tokenizer, parts, to)
    if (first < end) assistant_masks.fill(1, first, end)
  }
  return { input_ids, assistant_masks }
}

interface Part {
  text: string
  ids: number[]
  /** Where it begins, in characters and in tokens. */
  at: number
  token: number
}

/**
 * The text cut before each special token, since no token spans those: a border then asks for its own part alone. Where a
 * tokenizer treats the parts otherwise than the whole, the whole is the one part.
 */
function partsOf({ encode, specials }: ChatTokenizer, text: string, whole: readonly number[]): Part[] {
  const cuts = new Set([0])
  for (const special of specials)
    for (let at = text.indexOf(special); at >= 0; at = text.indexOf(special, at + special.length)) cuts.add(at)
  const places = [...cuts].sort((a, b) => a - b)
  let token = 0
  const parts = places.map((at, index): Part => {
    const part = { text: text.slice(at, places[index + 1]), at, token, ids: [] as number[] }
    part.ids = part.text === '' ? [] : encode(part.text)
    token += part.ids.length
    return part
  })
  const ids = parts.flatMap((part) => part.ids)
  const same = ids.length === whole.length && ids.every((id, index) => id === whole[index])
  return same ? parts : [{ text, ids: [...whole], at: 0, token: 0 }]
}

const partAt = (parts: readonly Part[], place: number): Part => parts.findLast(({ at }) => at <= place) as Part

/** The first token none of whose text stands before the place. */
function firstTokenFrom(tokenizer: ChatTokenizer, parts: readonly Part[], place: number): number {
  const { text, ids, at, token } = partAt(parts, place)
  const [end, clean] = endTokenAt(tokenizer, parts, place)
  if (clean) return end
  // A token spans the place: it is no more the agent's. As many are as the rest has alike, from the end.
  const own = tokenizer.encode(text.slice(place - at))
  let same = 0
  while (same < own.length && same < ids.length && own.at(-1 - same) === ids.at(-1 - same)) same += 1
  return token + ids.length - same
}

/** One past the last token all of whose text stands before the place; and whether no token spans it. */
function endTokenAt({ encode }: ChatTokenizer, parts: readonly Part[], place: number): [token: number, clean: boolean] {
  const { text, ids, at, token } = partAt(parts, place)
  if (place === at) return [token, true]
  const own = encode(text.slice(0, place - at))
  let same = 0
  while (same < own.length && own[same] === ids[same]) same += 1
  return [token + same, same === own.length]
}

function templateOf(files: TokenizerFiles, folder: string, config: JsonObject): string {
  if (files.template !== undefined) return read(files.template)
  const { chat_template: found } = config
  if (typeof found === 'string') return found
  if (Array.isArray(found)) {
    const named = found as { name?: string; template?: string }[]
    const one = named.find(({ name }) => name === 'tool_use') ?? named.find(({ name }) => name === 'default')
    if (typeof one?.template === 'string') return one.template
  }
  const beside = join(folder, 'chat_template.jinja')
  if (existsSync(beside)) return read(beside)
  throw new MicrocosmError(
    'TOKENIZER_INVALID',
    `There is no chat template in the configuration beside ${files.tokenizer}, nor a chat_template.jinja: name one with --template.`,
  )
}

/** A token of the configuration is a text, or an object with one. */
function tokenText(value: Json | undefined): string {
  if (typeof value === 'string') return value
  const { content } = (value ?? {}) as { content?: string }
  return content ?? ''
}

function read(file: string): string {
  if (!existsSync(file)) throw new MicrocosmError('SOURCE_NOT_FOUND', `There is no file ${file}.`)
  return readFileSync(file, 'utf8')
}

const parse = (file: string, text: string): JsonObject => attempt(file, () => JSON.parse(text) as JsonObject)

function attempt<T>(what: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new MicrocosmError(
      'TOKENIZER_INVALID',
      `${what} can't be used: ${String((error as Error)?.message ?? error).slice(0, 300)}.`,
      {},
      error,
    )
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
