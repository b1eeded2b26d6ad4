/**
 * A task: an intent, a scenario, and gold; with what the user knows and the certificate it earned when it was made.
 * Gold is one sequence of calls that does the task, and the state it leads to; any other way to that state is as right.
 */

import { z } from 'zod'
import { cell, json, jsonObject } from './json.ts'
import { toolName } from './tool.ts'

export const split = z.enum(['train', 'test'])
export type Split = z.infer<typeof split>

/** The paper's two stages of experience: general across domains, vertical within chosen ones. */
export const stage = z.enum(['general', 'vertical'])
export type Stage = z.infer<typeof stage>

export const language = z.enum(['en', 'zh'])
export type Language = z.infer<typeof language>

export const goldCall = z.strictObject({
  tool: toolName,
  arguments: jsonObject,
  expect_error: z
    .string()
    .optional()
    .describe('the code with which the program is to refuse, where that is part of the task'),
})
export type GoldCall = z.infer<typeof goldCall>

export const goldAnswer = z.strictObject({
  value: z.union([z.string(), z.number(), z.boolean()]),
  kind: z.enum(['text', 'number', 'date', 'boolean']).describe('how it is compared'),
  source: z
    .strictObject({ table: z.string(), column: z.string() })
    .optional()
    .describe('where the fact stands; the other values of that column are the candidates an answer must not list'),
  among: z
    .array(z.union([z.string(), z.number()]))
    .optional()
    .describe('the candidates, where the fact stands in no column: a count, of which an answer must not list others'),
})
export type GoldAnswer = z.infer<typeof goldAnswer>

export const gold = z.strictObject({ calls: z.array(goldCall), answer: goldAnswer.optional() })
export type Gold = z.infer<typeof gold>

/** One thing that the user knows and the intent says. */
export const slot = z.strictObject({
  name: z.string(),
  value: json.describe('as a tool takes it'),
  said: z.string().describe('as the intent says it'),
  words: z
    .strictObject({
      name: z.array(z.string()).min(1).describe('what it is called; the first is what the user calls it'),
      thing: z.array(z.string()).default([]).describe('what the thing is called that it belongs to'),
    })
    .optional()
    .describe("what a question about it says, in the task's language and in others; made of its name unless given"),
})
export type Slot = z.infer<typeof slot>

/** Where one argument of a gold call comes from. */
export const origin = z.strictObject({
  call: z.int().min(0),
  argument: z.string(),
  slot: z.string().optional().describe('the slot it is said in'),
  output: z
    .strictObject({ call: z.int().min(0), path: z.array(z.union([z.string(), z.int()])) })
    .optional()
    .describe('or the earlier call, and the place in its result'),
  column: z
    .strictObject({ table: z.string(), name: z.string() })
    .optional()
    .describe("of a write's argument: the column whose values it takes"),
})
export type Origin = z.infer<typeof origin>

/** A thing that the intent names without its identifier, the one row it picks out, and the read that finds it. */
export const reference = z.strictObject({
  said: z.string(),
  table: z.string(),
  where: z.record(z.string(), cell).describe('column → value; exactly one row of the scenario has them all'),
  best: z
    .strictObject({ column: z.string(), order: z.enum(['most', 'least']) })
    .optional()
    .describe('where several rows have them: the one meant has the most, or least, of that column'),
  key: z.record(z.string(), cell),
  found_by: z.int().min(0).describe('index of the gold call whose result shows that row'),
})
export type Reference = z.infer<typeof reference>

/** Things that the intent speaks of together, and the read that shows them all. */
export const groupReference = z.strictObject({
  said: z.string(),
  table: z.string(),
  where: z.record(z.string(), cell).describe('column → value; these rows of the scenario have them all, and no other'),
  keys: z.array(z.record(z.string(), cell)),
  found_by: z.int().min(0),
})
export type GroupReference = z.infer<typeof groupReference>

/** What makes a task hard, as far as it can be counted. */
export const difficulty = z.strictObject({
  depth: z.int().min(1).describe('the longest chain of gold calls in which each needs a result of the one before'),
  reads: z.int().min(0).describe('reads before the first write; all of them where nothing is written'),
  distractors: z
    .number()
    .min(0)
    .describe('near misses per row referred to: rows that all but one thing said fits, or nearly'),
})
export type Difficulty = z.infer<typeof difficulty>

export const certificate = z.strictObject({
  digest: z.string().describe('sha256 of the changed rows that gold leads to, the same in two processes'),
  noop_fails: z.literal(true),
  drops: z
    .array(z.strictObject({ call: z.int().min(0), passes: z.boolean() }))
    .describe('for each gold write: whether gold still passes without it (never, but for a declared refusal)'),
  perturbed: z
    .int()
    .min(0)
    .optional()
    .describe(
      'arguments of writes that were changed for another value of their column, one at a time; gold failed each time',
    ),
  unperturbed: z
    .array(z.strictObject({ call: z.int().min(0), argument: z.string() }))
    .optional()
    .describe('those of which it is not known what another value would be, and those of declared refusals'),
  orders: z
    .int()
    .min(0)
    .optional()
    .describe(
      'other orders of writes that need no result of each other which the world accepted; gold passed each time',
    ),
  difficulty: difficulty.optional(),
  origins: z.array(origin),
  references: z.array(reference),
  groups: z.array(groupReference).optional(),
})
export type Certificate = z.infer<typeof certificate>

/** What a task asks of whoever does it; one task may ask several. */
export const taskKind = z
  .enum([
    'write',
    'several',
    'bulk',
    'choose',
    'family',
    'recover',
    'condition',
    'branch',
    'join',
    'look_up',
    'count',
    'compare',
  ])
  .describe(
    'write: one write; several: some that belong together; bulk: the same to each of a set; choose: the best of several; ' +
      'family: a parent and its children; recover: a refusal and what to do then; condition: what to do if it were refused, ' +
      'which it is not; branch: a result that several calls need; ' +
      'join: a call that needs several results; look_up, count, compare: questions',
  )
export type TaskKind = z.infer<typeof taskKind>

export const task = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/),
    intent: z.string().min(1),
    language,
    scenario: z.string(),
    gold,
    slots: z.array(slot),
    step_limit: z.int().min(1).optional().describe('2 × gold calls + 10 unless set'),
    split,
    stage,
    walk: z.string().describe("the walk's signature: tasks that share it share a split"),
    kinds: z.array(taskKind).optional(),
    certificate: certificate.optional().describe('absent only while a task is being made'),
  })
  .meta({ title: 'Task' })
export type Task = z.infer<typeof task>

/** What may be shown of a task to whoever plays it: neither gold nor slots, certificate or scenario. */
export const taskSummary = z
  .strictObject({
    domain: z.string(),
    id: z.string(),
    intent: z.string(),
    language,
    split,
    stage,
    step_limit: z.int(),
    length: z.int().describe('how many calls gold has'),
    difficulty: z.int().describe('the longest chain of gold calls in which each needs a result of the one before'),
    kinds: z.array(taskKind),
    writes: z.boolean().describe('whether gold changes anything'),
  })
  .meta({ title: 'TaskSummary' })
export type TaskSummary = z.infer<typeof taskSummary>

export function stepLimit(of: Pick<Task, 'gold' | 'step_limit'>): number {
  return of.step_limit ?? 2 * of.gold.calls.length + 10
}

/** The same where a user is talked to: room for two questions about each slot, and for beginning and end. */
export function talkLimit(of: Pick<Task, 'gold' | 'step_limit' | 'slots'>): number {
  return stepLimit(of) + 2 * of.slots.length + 4
}

export function summarizeTask(domain: string, of: Task): TaskSummary {
  const { id, intent, language: tongue, split: part, stage: label } = of
  return {
    domain,
    id,
    intent,
    language: tongue,
    split: part,
    stage: label,
    step_limit: stepLimit(of),
    length: of.gold.calls.length,
    difficulty: of.certificate?.difficulty?.depth ?? depthOf(of.gold, of.certificate?.origins),
    kinds: of.kinds ?? [],
    writes: changesSomething(of),
  }
}

/** Whether gold leaves anything otherwise than it was: whether it has a write without which it fails. */
export const changesSomething = ({ certificate: earned }: Pick<Task, 'certificate'>): boolean =>
  earned?.drops.some(({ passes }) => !passes) ?? true

/** Calls in the longest chain where each takes an argument from the result of the one before it; 1 where none does. */
export function depthOf({ calls }: Pick<Gold, 'calls'>, origins: readonly Origin[] = []): number {
  const depths = calls.map(() => 1)
  for (const { call, output } of [...origins].sort((a, b) => a.call - b.call)) {
    if (output !== undefined) depths[call] = Math.max(depths[call] ?? 1, (depths[output.call] ?? 0) + 1)
  }
  return Math.max(1, ...depths)
}
