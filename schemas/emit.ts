/**
 * The contract as JSON Schema (draft 2020-12) for other languages: file name → schema. The files of `schemas/json/` are
 * these, written by `npm run emit` and held equal by a test.
 */

import { z } from 'zod'
import { domain, domainSummary } from './domain.ts'
import { action, episodeLog, sample, taskFilter, transition } from './environment.ts'
import { errorTable } from './errors.ts'
import { clientMessage, serverMessage } from './messages.ts'
import { sessionEvent } from './session.ts'
import { task, taskSummary } from './task.ts'
import { tool, toolSpec } from './tool.ts'
import { trajectory } from './trajectory.ts'
import { verification } from './verification.ts'

export function emitJsonSchemas(): Record<string, unknown> {
  const contract = {
    action,
    'client-message': clientMessage,
    domain,
    'domain-summary': domainSummary,
    'episode-log': episodeLog,
    sample,
    'session-event': sessionEvent,
    'task-filter': taskFilter,
    'server-message': serverMessage,
    task,
    'task-summary': taskSummary,
    tool,
    'tool-spec': toolSpec,
    trajectory,
    transition,
    verification,
  }
  const files: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(contract)) {
    files[`${name}.json`] = {
      $comment: 'Generated from schemas/*.ts by `npm run emit`.',
      ...z.toJSONSchema(schema, { io: 'input' }),
    }
  }
  files['errors.json'] = { $comment: 'Generated from schemas/errors.ts by `npm run emit`.', codes: errorTable }
  return files
}
