/**
 * The one seam: `Environment`. It is implemented locally, in a child process and over a socket; who plays cannot tell
 * which. Beside it what crosses it (actions, observations, transitions) and what plays on it (agents, models).
 * Sources: Gymnasium (terminated and truncated apart), OpenEnv (actions and observations of tool environments).
 */

import { z } from 'zod'
import type { JsonObject } from './json.ts'
import { json, parsedObject } from './json.ts'
import { language, split, stage, taskKind } from './task.ts'
import { toolSpec } from './tool.ts'
import type { Verification } from './verification.ts'

const range = z.strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() })

/** Which tasks a draw is from. */
export const taskFilter = z
  .strictObject({
    stage: stage.optional(),
    language: language.optional(),
    length: range.optional().describe('how many calls gold has'),
    difficulty: range
      .optional()
      .describe('the longest chain of gold calls in which each needs a result of the one before'),
    kind: taskKind.optional(),
  })
  .meta({ title: 'TaskFilter' })
export type TaskFilter = z.infer<typeof taskFilter>

/**
 * A place in the endless sequence that a seed gives: all tasks of the choice in an order drawn from the seed, then all of
 * them in another, and so on. Who counts `index` up sees each task once an epoch; `group` places in a row are the same task.
 */
export const sample = z
  .strictObject({ seed: z.int().min(0), index: z.int().min(0), group: z.int().min(1).default(1) })
  .meta({ title: 'Sample' })
export type Sample = z.infer<typeof sample>

export const resetOptions = z.looseObject({
  task: z.string().optional(),
  seed: z.int().min(0).optional(),
  split: split.optional(),
  user: z.enum(['none', 'rule', 'model']).optional().describe('whom a message talks to; nobody unless given'),
  episode_id: z.string().max(255).optional(),
})
export type UserKind = 'none' | 'rule' | 'model'
export type ResetOptions = {
  task?: string
  seed?: number
  split?: z.infer<typeof split>
  user?: UserKind
  episode_id?: string
}

/** A domain by its id, or pinned to one version: `hotel-chain@0123456789abcdef`. */
export const domainReference = z.string().regex(/^[a-z][a-z0-9-]{0,63}(@[0-9a-f]{16})?$/)

/** What a reset over the wire may say besides: which domain where the address names none, and draws of trainers. */
export const wireResetOptions = resetOptions.extend({
  domain: domainReference.optional(),
  domains: z
    .array(domainReference)
    .min(1)
    .max(4096)
    .optional()
    .describe('what a sample is drawn from; all unless given'),
  filter: taskFilter.optional(),
  sample: sample.optional(),
})
export type WireResetOptions = ResetOptions & {
  domain?: string
  domains?: string[]
  filter?: TaskFilter
  sample?: Sample
}

const toolArguments = parsedObject.default({})

export const callToolAction = z.object({
  type: z.literal('call_tool'),
  tool_name: z.string(),
  arguments: toolArguments,
})
/** Several calls of one turn: run in order, each a transaction and a step of its own; the end of the episode ends them. */
export const callToolsAction = z.object({
  type: z.literal('call_tools'),
  calls: z
    .array(z.object({ tool_name: z.string(), arguments: toolArguments }))
    .min(1)
    .max(64),
})
export const listToolsAction = z.object({ type: z.literal('list_tools') })
export const messageAction = z.object({ type: z.literal('message'), content: z.string() })
export const submitAction = z.object({ type: z.literal('submit'), answer: json.optional() })

export const action = z
  .discriminatedUnion('type', [callToolAction, callToolsAction, listToolsAction, messageAction, submitAction])
  .meta({ title: 'Action' })
export type Action = z.infer<typeof action>

/** Why a tool's call had no result. `code` is the program's own, or one of the table of errors. */
export const toolError = z.strictObject({
  error_type: z.enum(['execution_error', 'invalid_args', 'transport_error', 'tool_not_found', 'timeout']),
  code: z.string(),
  message: z.string(),
})
export type ToolErrorValue = z.infer<typeof toolError>

/** The same as an observation shows it: OpenEnv's two fields, for its clients refuse a third. The code stands beside it. */
export const shownError = toolError.omit({ code: true })

export const endReason = z.enum(['submitted', 'user_ended', 'step_limit', 'time_limit', 'crashed'])
export type EndReason = z.infer<typeof endReason>

const taskView = {
  domain: z.string(),
  version: z.string(),
  task: z.string(),
  intent: z.string().describe('what is to be done; with a user, what the user says first'),
  policy: z.string(),
  tools: z.array(toolSpec),
  step_limit: z.int(),
  seed: z.int(),
  user: z.enum(['rule', 'model']).optional().describe('who is talked to; absent where nobody is'),
  calls_decide: z.boolean().describe('true where the exact sequence of calls is what passes'),
}

/** What reset shows: the task at the top level and again in `metadata`, which is all that some stock clients keep. */
export const resetObservation = z.looseObject({
  ...taskView,
  metadata: z.looseObject({
    ...taskView,
    episode_id: z.string(),
    session: z.string().optional(),
    token: z.string().optional(),
  }),
})
export type ResetObservation = z.infer<typeof resetObservation>

export const toolObservation = z.looseObject({
  tool_name: z.string(),
  result: json,
  error: shownError.nullable(),
  error_code: z
    .string()
    .optional()
    .describe('there where error is; again in metadata, which is all that some clients keep'),
  metadata: z.looseObject({ step: z.int(), error_code: z.string().optional() }),
})
export type ToolObservation = z.infer<typeof toolObservation>

export const toolListObservation = z.looseObject({ tools: z.array(toolSpec) })
export type ToolListObservation = z.infer<typeof toolListObservation>

export const toolCallsObservation = z.looseObject({
  results: z.array(toolObservation).describe('in the order of the calls; fewer where the episode ended among them'),
  metadata: z.looseObject({ step: z.int() }),
})
export type ToolCallsObservation = z.infer<typeof toolCallsObservation>

export const observation = z.union([resetObservation, toolObservation, toolCallsObservation, toolListObservation])
export type Observation = z.infer<typeof observation>

/** What reset and step return. `reward` is null until the end and given once; a crash leaves it null. */
export const transition = z
  .strictObject({
    observation: z.looseObject({}),
    reward: z.number().min(0).max(1).nullable(),
    done: z.boolean(),
    terminated: z.boolean(),
    truncated: z.boolean(),
    reason: endReason.nullable(),
  })
  .meta({ title: 'Transition' })
export interface Transition<O = ToolObservation | ToolCallsObservation | ToolListObservation> {
  observation: O
  reward: number | null
  /** OpenEnv's word for terminated or truncated. */
  done: boolean
  terminated: boolean
  truncated: boolean
  reason: EndReason | null
}

/**
 * What a session has done since reset, from which it can be rebuilt anywhere, byte for byte: the options that reset
 * settled on, and each action that was counted. What crashed the world or came too late is not done again; how it ended
 * stands with it.
 */
export const userLine = z.strictObject({
  content: z.string(),
  ends: z.boolean().describe('whether it is a goodbye'),
  by: z.enum(['rule', 'model']).describe('rule also where the model had nothing that could be said'),
})
export type UserLine = z.infer<typeof userLine>
export const logEntry = z.strictObject({
  action: z.discriminatedUnion('type', [callToolAction, messageAction, submitAction]),
  reply: userLine.optional().describe('what a user that a model plays answered: it is not asked again'),
  errands: z
    .array(z.strictObject({ tool: z.string(), arguments: z.record(z.string(), json) }))
    .optional()
    .describe('what the user did with tools of its own'),
  ended: z.enum(['crashed', 'time_limit']).optional(),
  error: toolError.optional().describe('what was shown in place of a result, where it ended so'),
})
export type LogEntry = z.infer<typeof logEntry>
export const episodeLog = z
  .strictObject({
    domain: z.string(),
    version: z.string(),
    task: z.string(),
    seed: z.int().min(0),
    user: z.enum(['rule', 'model']).optional(),
    opening: userLine.optional().describe('what a user that a model plays said first'),
    episode_id: z.string(),
    entries: z.array(logEntry),
  })
  .meta({ title: 'EpisodeLog' })
export type EpisodeLog = z.infer<typeof episodeLog>

/**
 * A live instance of a domain. Calls are served one after the other.
 * Errors are MicrocosmError with a code of the table; those of an agent are observations and are not thrown.
 */
export interface Environment extends AsyncDisposable {
  /** Begins an episode. @throws UNKNOWN_TASK, NO_USER (a user was asked for that is not there, or the task can't do without one), VALIDATION_ERROR */
  reset(options?: ResetOptions): Promise<Transition<ResetObservation>>
  /** One action. @throws EPISODE_NOT_RESET (but list_tools is allowed), EPISODE_ENDED */
  step(action: Action): Promise<Transition>
  /** Holds the state of now against gold; changes nothing; still answers after the end. @throws EPISODE_NOT_RESET */
  verify(): Promise<Verification>
  /** `count` (1 to 64) environments in this one's state, each the caller's to close. @throws FORK_LIMIT, EPISODE_NOT_RESET */
  fork(count: number): Promise<Environment[]>
  /** Lets go of everything; may be called twice. */
  close(): Promise<void>
}

/** Who plays: sees what reset and step show and says what to do next; null when it gives up. */
export interface Agent {
  readonly name: string
  begin(observation: ResetObservation): Promise<void> | void
  act(last: Transition | null): Promise<Action | null> | Action | null
}

/** A model behind an OpenAI-compatible chat endpoint. */
export interface ChatModel {
  readonly model: string
  complete(request: JsonObject): Promise<JsonObject>
}

/** Text → vectors of one length; the same text gives the same vector. */
export interface Embedder {
  readonly model: string
  embed(texts: readonly string[]): Promise<Float32Array[]>
}
