/**
 * The one family of errors, and the table of its codes that every client reads.
 *
 * A code is added, never renamed. A message says what happened, with the values; the table adds the remedy. Fault is
 * settled once, at the boundary that is crossed: an agent's is an observation, a client's an error reply, the
 * environment's truncates the episode, the server's is logged and says nothing of its insides.
 */

import { z } from 'zod'

export const fault = z.enum(['agent', 'client', 'environment', 'server'])
export type Fault = z.infer<typeof fault>

interface CodeEntry {
  readonly fault: Fault
  /** The status that HTTP answers with. */
  readonly http: number
  /** What to do about it, in one sentence. */
  readonly remedy: string
}

const entry = (whose: Fault, http: number, remedy: string): CodeEntry => ({ fault: whose, http, remedy })

export const errorTable = {
  // What an agent does wrong: it sees these in an observation and plays on.
  TOOL_NOT_FOUND: entry('agent', 200, 'Call one of the tools that list_tools shows.'),
  INVALID_ARGS: entry('agent', 200, "Send arguments that fit the tool's input_schema; unknown arguments are refused."),
  NO_USER: entry('agent', 200, 'This episode has no user to talk to; act on the intent, then submit.'),
  TIME_LIMIT: entry('agent', 200, 'The episode has run out of time: reset to begin another.'),
  RESULT_TOO_LARGE: entry('agent', 200, 'Ask for less: use the filters or the page parameters of the tool.'),

  // What a client does wrong: an error reply; the session lives. The first five are names of OpenEnv's protocol.
  INVALID_JSON: entry('client', 400, 'Send one JSON object per text frame.'),
  UNKNOWN_TYPE: entry('client', 400, 'Use one of the message types that docs/protocol.md lists.'),
  VALIDATION_ERROR: entry('client', 422, 'Correct the fields named in errors and send the message again.'),
  CAPACITY_REACHED: entry('client', 503, 'Close sessions that are done, or try again later.'),
  SESSION_ERROR: entry('client', 409, 'Open a new session.'),
  EPISODE_NOT_RESET: entry('client', 409, 'Send reset before step or verify.'),
  EPISODE_ENDED: entry('client', 409, 'The episode is over: send reset to begin another.'),
  FRAME_TOO_LARGE: entry('client', 413, 'Send a smaller message.'),
  NOT_FOUND: entry('client', 404, 'See /domains for what is served here.'),
  UNKNOWN_DOMAIN: entry('client', 404, 'List the domains with GET /domains or `microcosm domains`.'),
  UNKNOWN_TASK: entry('client', 404, 'List the tasks with GET /domains/{id}/tasks or `microcosm tasks ID`.'),
  UNKNOWN_SCENARIO: entry('client', 404, "Name one of the domain's scenarios."),
  UNKNOWN_SESSION: entry('client', 404, 'The session is closed or its token is wrong: open a new one with reset.'),
  NOT_PERMITTED: entry('client', 403, 'Use a token that has this right.'),
  KEY_REQUIRED: entry(
    'client',
    401,
    'Show a key: as Bearer, as x-api-key, before the host of the address (http://KEY:x@host), or in its path (/k/KEY/…).',
  ),
  KEY_REVOKED: entry('client', 401, 'Ask whoever runs this server for another key.'),
  QUOTA_EXCEEDED: entry(
    'client',
    429,
    'Wait as long as retry_after_ms says, close what is done, or ask for a larger quota.',
  ),
  RATE_LIMITED: entry('client', 429, 'Wait as long as retry_after_ms says, and ask less often.'),
  DRAINING: entry('client', 503, 'This server takes no new sessions: use another, or try again later.'),
  FORK_LIMIT: entry('client', 422, 'Fork at most 64 sessions at once.'),

  // What a command line, a file or a document has wrong.
  USAGE: entry('client', 400, 'See --help for what can be said.'),
  PORT_IN_USE: entry('client', 500, 'Choose another port with --port, or stop what listens there.'),
  KEYS_MISSING: entry('client', 400, 'Make a key with `microcosm keys add LABEL`, or listen on 127.0.0.1 alone.'),
  KEYS_INVALID: entry('client', 422, 'Put back the last copy of the file of keys, or name another with --keys.'),
  KEYS_BUSY: entry('client', 409, 'Try again in a moment.'),
  UNKNOWN_KEY: entry('client', 404, 'List the keys with `microcosm keys list`.'),
  SOURCE_NOT_FOUND: entry('client', 404, 'Name a file or folder that exists.'),
  SOURCE_EMPTY: entry(
    'client',
    422,
    'Give API descriptions (docs/collecting.md) whose operations have inputs and descriptions.',
  ),
  DOCUMENT_INVALID: entry('client', 422, 'Give a document of one of the formats that docs/collecting.md lists.'),
  DOCUMENT_TOO_LARGE: entry('client', 422, 'Split the document; as JSON it may be larger than as YAML.'),
  REFERENCE_BROKEN: entry(
    'client',
    422,
    'Mend the $ref: it must lead to something in the same document, or in a file named with --refs.',
  ),
  OPERATION_UNNAMED: entry('client', 422, 'Give the operation an operationId or a path with a word in it.'),
  OPERATION_REPEATED: entry('client', 422, 'Give each operation of a document a name of its own.'),
  DOMAIN_INVALID: entry('client', 422, 'Correct the domain at the place named.'),
  PROGRAM_INVALID: entry('client', 422, 'Keep to function declarations and constant literals at the top level.'),
  STATEMENT_INVALID: entry(
    'client',
    422,
    'Use one plain SELECT, INSERT, UPDATE or DELETE over the tables of the domain.',
  ),
  VERSION_MISMATCH: entry('client', 409, 'Leave the version out to have it computed, or restore the content it names.'),
  CATALOG_NOT_FOUND: entry('client', 404, 'Make one with `microcosm synthesize`, or name it with --catalog.'),
  CATALOG_INVALID: entry(
    'client',
    422,
    'The file is no catalogue or is cut short: make it anew with `microcosm synthesize`.',
  ),
  CATALOG_VERSION: entry(
    'client',
    409,
    'The catalogue is of another version of Microcosm: make it anew with `microcosm synthesize`.',
  ),
  CATALOG_BUSY: entry('client', 409, 'Another process writes to the catalogue: wait for it to end.'),
  MODEL_FAILED: entry(
    'client',
    502,
    'See that the endpoint runs and that its URL, model and key are right; what it answered is kept, so try again.',
  ),
  MODEL_ANSWER_INVALID: entry('client', 502, 'Name a model that does what is asked of it, and try again.'),
  TRAJECTORY_INVALID: entry(
    'client',
    422,
    'Give a file with one trajectory on each line, as `microcosm rollout` writes it.',
  ),
  RUN_MISMATCH: entry('client', 409, 'Go on with the options that the file was begun with, or name another file.'),
  TOKENIZER_INVALID: entry(
    'client',
    422,
    'Give the tokenizer.json of a model and a chat template that only ever adds to what it has said.',
  ),
  DATA_LEAK: entry('client', 409, 'Leave the tasks named out of the trajectories, or out of what is held out.'),

  // What a world does wrong: the episode is truncated, its reward stays null, its trajectory is kept.
  WORLD_CRASHED: entry('environment', 500, "The domain's program failed: reset to go on; report the domain."),
  WORLD_TIMEOUT: entry('environment', 500, "The domain's program ran too long and was stopped: reset to go on."),
  WORLD_MEMORY: entry('environment', 500, "The domain's program took too much memory and was stopped: reset to go on."),
  WORLD_LIMIT: entry('environment', 500, 'A statement returned or changed more rows than allowed: reset to go on.'),
  WORLD_QUARANTINED: entry(
    'environment',
    503,
    'The domain brought down the process it ran in: mend it, then add it again with `microcosm add`.',
  ),
  STEP_TIMEOUT: entry('environment', 504, 'The step took too long and was given up: reset to go on.'),
  GOLD_FAILED: entry('environment', 500, "The task's gold does not replay: report the task."),

  // What the server does wrong, or a peer that went away.
  CONNECTION_LOST: entry('server', 503, 'The server closed the connection: connect again.'),
  LOG_UNAVAILABLE: entry(
    'server',
    503,
    'Nothing was done: send it again once the disk of the state directory has room, or name another with --state.',
  ),
  REPLY_TIMEOUT: entry('server', 504, 'The server gave no answer in time: see whether it still runs.'),
  EXECUTION_ERROR: entry('server', 500, "Try again; if it happens again, report it with the server's log."),
} as const satisfies Record<string, CodeEntry>

export type ErrorCode = keyof typeof errorTable
export const errorCodes = Object.keys(errorTable).sort() as ErrorCode[]
export const errorCode = z.enum(errorCodes as [ErrorCode, ...ErrorCode[]])

export type ErrorDetails = Record<string, unknown>

/** The one class of errors that Microcosm throws on purpose. `details` are plain data and may be sent to a client. */
export class MicrocosmError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'MicrocosmError'
    this.code = code
    this.details = details
  }

  get fault(): Fault {
    return errorTable[this.code].fault
  }

  get remedy(): string {
    return errorTable[this.code].remedy
  }
}

/** ` Did you mean "x"?` for the nearest of the known names, or nothing where none is near. For the end of a message. */
export function didYouMean(given: string, known: Iterable<string>): string {
  let best = ''
  let bestDistance = Math.max(2, Math.floor(given.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = name
      bestDistance = distance
    }
  }
  return best === '' ? '' : ` Did you mean "${best}"?`
}

/** Levenshtein distance, given up (as `limit`) once it can't be below `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(substitution, (previous[j] as number) + 1, (current[j - 1] as number) + 1))
    }
    previous = current
  }
  return Math.min(limit, previous[b.length] as number)
}
