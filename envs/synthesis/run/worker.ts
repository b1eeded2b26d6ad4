/** One worker process of a run: does what it is asked, one piece at a time, and ends when whoever asks is gone. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ChatModel } from '../../../schemas/environment.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import { createChatModel } from '../../models.ts'
import { openTrial, type Trial } from '../../runtime/isolation/trial.ts'
import type { Walks } from '../tasks.ts'
import { makeDomain } from './make.ts'
import type { Answer } from './pool.ts'
import { type BatchRequest, readBatch } from './read.ts'
import type { Span } from './spool.ts'
import { readCommunity, type SurveyOptions, writeSurvey } from './survey.ts'

export type Request =
  | ({ do: 'read' } & BatchRequest)
  | { do: 'survey'; folder: string; options: SurveyOptions }
  | {
      do: 'make'
      folder: string
      span: Span
      seed: number
      tasksPerDomain: number
      walks?: Walks
      rephrase?: RephraseEndpoint
    }

/** Where intents are put into other words, and the folder in which the answers are kept. */
export interface RephraseEndpoint {
  url: string
  model: string
  key?: string
  answers: string
}

/** A domain's answers stand in a file of their own: one worker at a time writes it. */
function rephraserOf({ answers, ...endpoint }: RephraseEndpoint, domain: string): ChatModel {
  mkdirSync(answers, { recursive: true })
  return createChatModel({ ...endpoint, cache: join(answers, domain), timeoutMs: answerMs, retriesMax: 1 })
}

/** How long a model may take for one intent; tried again once. */
const answerMs = 60_000

/** MiB that the process may hold in which what was made is tried: less than serving gives it, for there is one a worker. */
const processMib = 480

let trial: Trial | null = null

async function answer(request: Request): Promise<unknown> {
  switch (request.do) {
    case 'read':
      await readBatch(request)
      return null
    case 'survey':
      writeSurvey(request.folder, request.options, (...progress) => say({ progress }))
      return null
    case 'make': {
      trial ??= openTrial({ room: { processMib } })
      const { seed, tasksPerDomain, walks, rephrase } = request
      return makeDomain(readCommunity(request.folder, request.span), {
        seed,
        tasksPerDomain,
        ...(walks && { walks }),
        ...(rephrase && { rephraser: (domain: string) => rephraserOf(rephrase, domain) }),
        trial,
      })
    }
  }
}

function say(given: Answer): void {
  process.send?.(given)
}

process.on('message', (request: Request) => {
  answer(request).then(
    (value) => say({ value }),
    (error: Error) => {
      const known = error instanceof MicrocosmError ? { code: error.code, details: error.details } : {}
      say({ error: { message: error instanceof MicrocosmError ? error.message : String(error.stack), ...known } })
    },
  )
})
process.on('disconnect', () => {
  const over = (): never => process.exit()
  if (trial === null) over()
  else trial.close().then(over, over)
})
