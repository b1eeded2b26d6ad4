/**
 * Models behind OpenAI-compatible endpoints: the one place that imports their client. Retries, time and the endpoint are
 * arguments; a key is never logged and never handed on.
 */

import OpenAI from 'openai'
import type { ChatModel } from '../schemas/environment.ts'
import { MicrocosmError } from '../schemas/errors.ts'
import type { JsonObject } from '../schemas/json.ts'

export interface ChatOptions {
  /** Such as `http://127.0.0.1:11434/v1`. */
  baseURL: string
  model: string
  /** Local servers want none. */
  apiKey?: string
  /** Times that a request is made again where the endpoint is busy or gone. */
  retries?: number
  /** Milliseconds that one answer may take. */
  timeoutMs?: number
}

export function openChat({
  baseURL,
  model,
  apiKey = 'none',
  retries = 2,
  timeoutMs = 300_000,
}: ChatOptions): ChatModel {
  const client = new OpenAI({ baseURL, apiKey, maxRetries: retries, timeout: timeoutMs })
  return {
    model,
    async complete(request) {
      try {
        const answer = await client.chat.completions.create({ ...request, model, stream: false } as never)
        return answer as unknown as JsonObject
      } catch (error) {
        throw new MicrocosmError(
          'MODEL_FAILED',
          `The model "${model}" at ${baseURL} did not answer: ${(error as Error).message}`,
          { model },
        )
      }
    },
  }
}
