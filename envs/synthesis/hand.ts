/**
 * A model's hand on a world that the rules made: it may write programs, statements, tables and policy anew, so that they
 * behave more like the real thing. What it writes is held to the same checks as everything else; it hears what is wrong
 * and may mend it, a few times; if it can't, the rule-made world stays.
 *
 * Nothing that it writes runs in this process: the checks that run it do so in processes that may die of it and that see
 * no environment variables, and a world that it touched is served apart, as those of other authors are.
 * Source: AgentScaler (arXiv 2509.13311), section 2.1, where a model writes the tool programs.
 */

import { join } from 'node:path'
import { z } from 'zod'
import { column, type Domain, domain as domainSchema, table } from '../../schemas/domain.ts'
import type { ChatModel } from '../../schemas/environment.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'
import { findProblems } from '../runtime/check.ts'
import type { Trial } from '../runtime/isolation/trial.ts'
import type { DomainAudit } from './audit/entry.ts'
import type { Claims } from './audit/quality.ts'
import type { LooseRequest } from './audit/worker.ts'
import { openPool, WorkerDeath } from './run/pool.ts'
import { generateRows } from './scenarios.ts'

export interface HandOptions {
  model: ChatModel
  trial: Trial
  claims: Claims
  /** How often it may answer: once, and then to mend. */
  rounds?: number
  /** Tokens that one answer may have. */
  tokensMax?: number
}

export interface HandReport {
  /** The world as the model has it, its tasks those that still hold; null where the rule-made one stays. */
  domain: Domain | null
  /** What was wrong with each answer; the last one is empty where it was taken. */
  problems: string[][]
}

/** What a model may hand in: parts of a domain, each whole. */
const rewritten = z.strictObject({
  tables: z.array(table.extend({ columns: z.array(column) })).optional(),
  statements: z.record(z.string(), z.string()).optional(),
  program: z.string().optional(),
  policy: z.string().optional(),
})

const problemsMax = 12
const pieceMs = 60_000

const task = `You improve a small simulated API. You are given its tables, SQL statements, tool programs and policy as JSON.
Make it behave more like the real API behind these tools: better refusals, consistent totals, sensible defaults.
Answer with one JSON object and nothing else. It may have the keys "tables", "statements", "program" and "policy"; a key that
you leave out stays as it is, a key that you give replaces the whole part. Keep the names of all tools, their arguments and
the fields of their results. Programs are plain JavaScript: one function (args, db, ctx) for each tool, no state outside of
functions; they call db.get, db.all and db.run with the name of a statement, and refuse with throw new ToolError(code,
message). Each statement is one SELECT, INSERT, UPDATE or DELETE with :named parameters.`

/** @throws MODEL_FAILED where the endpoint doesn't answer */
export async function rewriteDomain(domain: Domain, options: HandOptions): Promise<HandReport> {
  const { model, rounds = 3, tokensMax = 16_384 } = options
  const { tables, statements, program, policy, tools } = domain
  const shown = { tables, statements, program, policy, tools }
  const messages: JsonObject[] = [
    { role: 'system', content: task },
    { role: 'user', content: JSON.stringify(shown) },
  ]
  const report: HandReport = { domain: null, problems: [] }
  for (let round = 0; round < rounds; round++) {
    const content = contentOf(await ask(model, { messages, max_tokens: tokensMax, temperature: 0 }))
    const candidate = read(domain, content)
    const problems = 'problem' in candidate ? [candidate.problem] : await findFaults(candidate.domain, options)
    report.problems.push(problems)
    if (problems.length === 0 && 'domain' in candidate) {
      report.domain = await keepTasks(candidate.domain, options.trial)
      return report
    }
    messages.push(
      { role: 'assistant', content },
      {
        role: 'user',
        content: `That has faults. Mend them and answer with the whole JSON object again.\n${problems.join('\n')}`,
      },
    )
  }
  return report
}

/** About so many characters of JSON and code are a token. */
const charactersPerToken = 3.4

/** An endpoint says that a prompt is too long in words of its own; what would do is said here. */
async function ask(model: ChatModel, request: JsonObject): Promise<JsonObject> {
  try {
    return await model.complete(request)
  } catch (error) {
    const tooLong =
      error instanceof MicrocosmError &&
      error.code === 'MODEL_FAILED' &&
      /context|too long|maximum.{0,20}tokens|token limit/i.test(error.message)
    if (!tooLong) throw error
    const tokens = Math.ceil(JSON.stringify(request.messages).length / charactersPerToken / 1000)
    throw new MicrocosmError(
      'MODEL_FAILED',
      `${error.message} The domain is about ${tokens},000 tokens to read and as many to write: take a model with a window of ${Math.max(8, 2 ** Math.ceil(Math.log2(tokens * 2 + 1)))},000 tokens or more, or a smaller domain.`,
      error.details,
      error,
    )
  }
}

function contentOf(answer: JsonObject): string {
  const [choice] = (answer.choices ?? []) as JsonObject[]
  const content = (choice?.message as JsonObject | undefined)?.content
  return typeof content === 'string' ? content : ''
}

/** Models like to put JSON into fences. */
function read(domain: Domain, content: string): { domain: Domain } | { problem: string } {
  let parts: Json
  try {
    parts = JSON.parse(content.replace(/^\s*```(?:json)?\s*|\s*```\s*$/g, '')) as Json
  } catch (error) {
    return { problem: `The answer is no JSON: ${(error as Error).message}.` }
  }
  const known = rewritten.safeParse(parts)
  if (!known.success) {
    const [issue] = known.error.issues
    return { problem: `At ${issue?.path.join('.') || 'the top'}: ${issue?.message}.` }
  }
  const { version: _, ...whole } = domain
  const next = domainSchema.safeParse({ ...whole, ...known.data, tasks: [] })
  return next.success
    ? { domain: { ...next.data, tasks: domain.tasks } }
    : { problem: next.error.issues[0]?.message ?? '' }
}

/** What reading shows, and of what reads well what running it shows, in other processes. */
async function findFaults(domain: Domain, { trial, claims }: HandOptions): Promise<string[]> {
  const bare: Domain = { ...domain, tasks: [] }
  const { problems, images } = findProblems(bare, { rowsOf: generateRows })
  if (problems.length > 0) return problems.slice(0, problemsMax).map(({ place, message }) => `${place}: ${message}`)
  const admission = await trial.admit(bare, images)
  if (!admission.admitted)
    return admission.problems
      .slice(0, problemsMax)
      .map(({ tool, message, arguments: args }) => `${tool}(${args}): ${message}`)
  const pool = openPool({
    workers: 1,
    heapMib: 512,
    pieceMs,
    env: {},
    module: join(import.meta.dirname, 'audit', 'worker.ts'),
  })
  try {
    const { failures } = await pool.ask<DomainAudit>({ domain: bare, claims } satisfies LooseRequest)
    return failures.slice(0, problemsMax).map(({ check, tool, message }) => `${tool}: ${check}: ${message}`)
  } catch (error) {
    if (error instanceof WorkerDeath) return [`Its tools ended the process they ran in: ${error.message}`]
    throw error
  } finally {
    await pool.close()
  }
}

/** Those whose gold leads where it led before. */
async function keepTasks(domain: Domain, trial: Trial): Promise<Domain> {
  const { images } = findProblems({ ...domain, tasks: [] }, { rowsOf: generateRows })
  const golds = await trial.golds(domain, images, domain.tasks)
  const tasks = domain.tasks.filter((task, index) => {
    const gold = golds[index]
    return gold !== undefined && !(gold instanceof MicrocosmError) && gold.digest === task.certificate?.digest
  })
  return { ...domain, tasks }
}
