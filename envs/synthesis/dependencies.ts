/**
 * Dependencies: which field of one tool's answer feeds which parameter of another.
 *
 * A field feeds a parameter if both pick the same thing by the same kind of identifier (dependencies/identifiers.ts). The
 * score is the product of how sure the rule is and of how well types, formats, enumerations and owners agree, weakened by
 * the number of tools that tell the same: where everything feeds a parameter, no one tool is meant. A delete feeds
 * nothing, a tool not itself; of two equally good fields of one answer neither is taken.
 * Sources: AgentScaler (arXiv 2509.13311), section 2.2 (directed edges, walks on them); the rules of RESTler, RestTestGen
 * and Schemathesis. How right they are is measured against the `links` of OpenAPI documents in test/bench/links.ts.
 */

import { type Input, inputsOf, isPartOf, isRoleOf, isStrong } from './dependencies/identifiers.ts'
import { type Output, outputsOf } from './dependencies/outputs.ts'
import type { Operation, Shape } from './operation.ts'

export type DependencyRule =
  /** The names are the same, letter by letter, or but for their spelling. */
  | 'same_name'
  | 'same_words'
  /** `order.id` → `order_id`. */
  | 'thing_and_suffix'
  /** `order.id` → `/orders/{id}`. */
  | 'path'
  /** Another word for an identifier: `order.uuid`, `order.key`. */
  | 'suffix_synonym'
  /** One thing's name is the end or the beginning of the other's: `sales_order` and `order`. */
  | 'part_of_name'
  /** `task.owner_id` → `/users/{id}`. */
  | 'role'
  /** A model said so (dependencies/judge.ts). */
  | 'judged'

export interface Dependency {
  /** Key of the operation whose answer it is. */
  from: string
  /** Dotted path into the answer; `[]` steps into each item of a list. */
  field: string
  /** Key of the operation that takes it, and the parameter's name. */
  to: string
  parameter: string
  rule: DependencyRule
  /** 0 to 1. */
  score: number
  /** The source takes the same identifier itself: nothing is learnt on this way. */
  carried: boolean
}

export interface DependencyOptions {
  scoreMin?: number
}

/** Sorted by consumer, parameter and producer, the surest first; at most one field of each producer for one parameter. */
export function findDependencies(
  operations: readonly Operation[],
  { scoreMin = scoreMinDefault }: DependencyOptions = {},
): Dependency[] {
  const told = operations.map(outputsOf)
  const wanted = operations.map(inputsOf)
  const found: Dependency[] = []
  for (const [consumer, to] of operations.entries()) {
    for (const input of wanted[consumer] as Input[]) {
      const matches: { producer: number; output: Output; match: Match; carried: boolean }[] = []
      for (const [producer, from] of operations.entries()) {
        if (producer === consumer) continue
        const best = bestOutput(told[producer] as Output[], input)
        if (best === undefined) continue
        const factor = sameOwner(from, to)
        const match = { rule: best.match.rule, score: best.match.score * factor }
        matches.push({ producer, output: best.output, match, carried: takes(wanted[producer] as Input[], input) })
      }
      const teaching = matches.filter(({ carried }) => !carried).length
      for (const { producer, output, match, carried } of matches) {
        const score = Math.round(match.score * crowding(carried ? matches.length : teaching) * 1000) / 1000
        if (score < scoreMin) continue
        found.push({
          from: (operations[producer] as Operation).key,
          field: output.field,
          to: to.key,
          parameter: input.parameter.name,
          rule: match.rule,
          score,
          carried,
        })
      }
    }
  }
  return found.sort(
    (a, b) => compare(a.to, b.to) || compare(a.parameter, b.parameter) || b.score - a.score || compare(a.from, b.from),
  )
}

export const scoreMinDefault = 0.3

interface Match {
  rule: DependencyRule
  score: number
}

/** The field that fits best and, of these, stands highest; undefined where two fit equally. */
function bestOutput(outputs: readonly Output[], input: Input): { output: Output; match: Match } | undefined {
  let best: { output: Output; match: Match } | undefined
  let isTied = false
  for (const output of outputs) {
    const match = matchOf(output, input)
    if (match === undefined) continue
    if (best === undefined || match.score > best.match.score + 1e-9) {
      best = { output, match }
      isTied = false
    } else if (match.score > best.match.score - 1e-9) isTied = true
  }
  return isTied ? undefined : best
}

/** How sure each rule is, and what a match loses for each object its field stands in. */
const sureness: Record<Exclude<DependencyRule, 'judged'>, number> = {
  same_name: 0.95,
  same_words: 0.9,
  thing_and_suffix: 0.9,
  path: 0.85,
  suffix_synonym: 0.65,
  part_of_name: 0.5,
  role: 0.5,
}
const perLevel = 0.85

function matchOf(output: Output, input: Input): Match | undefined {
  const rule = ruleOf(output, input)
  if (rule === undefined) return undefined
  const fit = typeFit(output.shape, input.parameter.shape)
  if (fit === 0) return undefined
  return { rule, score: sureness[rule] * fit * perLevel ** output.depth }
}

function ruleOf(output: Output, input: Input): Exclude<DependencyRule, 'judged'> | undefined {
  // A plain name says too little: `id` to `id` goes by the things.
  if (output.normal === input.normal && output.isNamed && input.isNamed && (input.isPath || isStrong(input.suffix))) {
    const written = output.field.slice(output.field.lastIndexOf('.') + 1).replace('[]', '')
    return written === input.parameter.name ? 'same_name' : 'same_words'
  }
  // The symbol of a system is what `{system_symbol}` wants.
  if (input.isPath && input.isNamed && output.of.some((thing) => `${thing}_${output.normal}` === input.normal))
    return 'thing_and_suffix'
  if (output.things.length === 0) return undefined
  // A property is an identifier only where the path picks by it.
  if (!isStrong(output.suffix) && !(input.isPath && (output.suffix === input.suffix || input.suffix === 'whole')))
    return undefined
  const isSame = output.things.some((thing) => input.things.includes(thing))
  if (!agree(output, input)) return undefined
  if (!isSame) {
    const some = (are: (a: string, b: string) => boolean): boolean =>
      output.things.some((thing) => input.things.some((other) => are(thing, other)))
    if (some(isPartOf)) return 'part_of_name'
    return some(isRoleOf) ? 'role' : undefined
  }
  if (output.suffix !== input.suffix) return 'suffix_synonym'
  return input.isNamed ? 'thing_and_suffix' : 'path'
}

const ids = new Set(['id', 'sid', 'arn', 'key', 'ref', 'slug', 'whole'])

/** `name` is picked by a name alone; the ways to write an identifier stand in for each other. */
function agree(output: Output, input: Input): boolean {
  if (output.suffix === input.suffix) return true
  if (input.suffix === 'whole') return true
  return ids.has(output.suffix) && ids.has(input.suffix)
}

function typeFit(field: Shape, parameter: Shape): number {
  const item = parameter.type === 'array' ? (parameter.items ?? parameter) : parameter
  const kinds = [kindOfType(field), kindOfType(item)]
  let fit = 1
  if (kinds.includes('boolean') && kinds[0] !== kinds[1]) return 0
  if (kinds[0] !== 'unknown' && kinds[1] !== 'unknown' && kinds[0] !== kinds[1]) fit *= 0.7
  if (field.format !== undefined && item.format !== undefined && field.format !== item.format)
    fit *= formatFit(field, item)
  if (field.enum !== undefined && item.enum !== undefined && !field.enum.some((value) => item.enum?.includes(value)))
    return 0
  // What is chosen from a list in the document needn't be looked up.
  if (item.enum !== undefined) fit *= 0.5
  if (field.component !== undefined && field.component === item.component) fit = Math.min(1, fit * 1.1)
  if (field.example !== undefined && field.example === item.example) fit = Math.min(1, fit * 1.1)
  return fit
}

const lengths = new Set(['int32', 'int64', 'double', 'float'])

function formatFit(field: Shape, parameter: Shape): number {
  return lengths.has(field.format as string) && lengths.has(parameter.format as string) ? 1 : 0.6
}

function kindOfType({ type }: Shape): string {
  return type === 'integer' || type === 'number' ? 'number' : type
}

function sameOwner(from: Operation, to: Operation): number {
  if (from.provider !== to.provider) return 0.5
  return from.service === to.service ? 1 : 0.9
}

/** Tools that tell the same share what is certain, but never all of it: a list and a create both may be meant. */
function crowding(producers: number): number {
  return 1 / (1 + 0.04 * Math.max(0, producers - 1))
}

/** Whether the producer itself takes what the parameter wants. */
function takes(inputs: readonly Input[], wanted: Input): boolean {
  return inputs.some(
    (input) =>
      (input.normal === wanted.normal && input.isNamed) || input.things.some((thing) => wanted.things.includes(thing)),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
