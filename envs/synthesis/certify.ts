/**
 * A task's certificate, earned from nothing: whatever a maker claims is played again before it is believed.
 *
 * 1 gold replays to one state in two fresh plays (and `replayDigest` gives it in a third, in whatever process);
 * 2 doing nothing fails, and so does gold without any one of its writes;
 * 3 every argument of every gold call stands in a slot that the intent says, or in an earlier result;
 * 4 every reference picks out exactly one row, and the read it names shows that row;
 * 5 no gold call is refused that did not declare it.
 */

import { MicrocosmError } from '../../schemas/errors.ts'
import type { Cell, Json, JsonObject, Row } from '../../schemas/json.ts'
import { canonicalJson } from '../../schemas/json.ts'
import type { Certificate, Origin, Reference, Task } from '../../schemas/task.ts'
import { verifyPlay } from '../runtime/verify.ts'
import type { GoldRun, World } from '../runtime/world.ts'

/** What the maker of a task says of it, to be checked. */
export interface Claims {
  origins: readonly Origin[]
  references: readonly Reference[]
}

export type CertifyReason = 'gold_failed' | 'unstable' | 'noop_passes' | 'drop_passes' | 'origin' | 'reference' | 'leak'

export type Certified = { certificate: Certificate } | { reason: CertifyReason; message: string }

/** @param claims origins and references; those of the task's own certificate unless given */
export function certifyTask(world: World, task: Task, claims: Claims | undefined = task.certificate): Certified {
  if (claims === undefined) return refuse('origin', 'Nothing is claimed about where the arguments come from.')
  let first: Replay
  let run: GoldRun
  try {
    first = replay(world, task)
    run = world.gold(task)
    if (run.digest !== first.digest) return refuse('unstable', 'Two replays of gold lead to two states.')
  } catch (error) {
    if (error instanceof MicrocosmError) return refuse('gold_failed', error.message)
    throw error
  }
  if (task.certificate !== undefined && task.certificate.digest !== first.digest)
    return refuse('unstable', 'Gold leads to another state than the certificate says.')
  const wrong =
    checkOrigins(task, claims.origins, first.results) ??
    checkReferences(world, task, claims.references, first.results) ??
    checkLeaks(task, claims.origins)
  if (wrong !== undefined) return wrong

  // Gold is what every attempt is held against: replayed once for all of them.
  const held: World = { ...world, gold: () => run }
  if (passesWith(held, task, [], undefined)) return refuse('noop_passes', 'Doing nothing passes.')
  const drops: Certificate['drops'] = []
  for (const [index, call] of task.gold.calls.entries()) {
    if (world.tool(call.tool)?.kind !== 'write') continue
    const rest = task.gold.calls.filter((_, at) => at !== index)
    const passes = passesWith(held, task, rest, task.gold.answer?.value)
    if (passes && call.expect_error === undefined)
      return refuse('drop_passes', `Gold passes without its call ${index} (${call.tool}).`)
    drops.push({ call: index, passes })
  }
  return {
    certificate: {
      digest: first.digest,
      noop_fails: true,
      drops,
      origins: [...claims.origins],
      references: [...claims.references],
    },
  }
}

/** The digest of the changes that gold leads to, replayed now. @throws GOLD_FAILED */
export function replayDigest(world: World, task: Task): string {
  return replay(world, task).digest
}

interface Replay {
  digest: string
  results: Json[]
}

function replay(world: World, task: Task): Replay {
  const play = world.start(task.scenario)
  try {
    const results = task.gold.calls.map((call, index) => {
      const outcome = play.call(call.tool, call.arguments)
      const code = outcome.ok ? undefined : outcome.error.code
      if (code !== call.expect_error)
        throw new MicrocosmError(
          'GOLD_FAILED',
          `Gold call ${index} (${call.tool}) ${outcome.ok ? 'succeeded' : `was refused: ${outcome.error.message}`}`,
          { task: task.id, call: index },
        )
      return outcome.ok ? outcome.result : null
    })
    return { digest: play.digest(), results }
  } finally {
    play.close()
  }
}

function passesWith(world: World, task: Task, calls: Task['gold']['calls'], answer: Json | undefined): boolean {
  const play = world.start(task.scenario)
  try {
    for (const call of calls) play.call(call.tool, call.arguments)
    return verifyPlay(world, task, play, { calls, answer }).passed
  } finally {
    play.close()
  }
}

const refuse = (reason: CertifyReason, message: string): { reason: CertifyReason; message: string } => ({
  reason,
  message,
})

type Wrong = ReturnType<typeof refuse> | undefined

function checkOrigins(task: Task, origins: readonly Origin[], results: readonly Json[]): Wrong {
  for (const slot of task.slots) {
    if (!task.intent.includes(slot.said))
      return refuse('origin', `The intent does not say ${JSON.stringify(slot.said)} (slot "${slot.name}").`)
  }
  for (const [index, call] of task.gold.calls.entries()) {
    for (const [argument, value] of Object.entries(call.arguments)) {
      const place = `The argument "${argument}" of gold call ${index} (${call.tool})`
      const origin = origins.find((item) => item.call === index && item.argument === argument)
      if (origin === undefined) return refuse('origin', `${place} comes from nowhere.`)
      let given: Json | undefined
      if (origin.slot !== undefined) given = task.slots.find((slot) => slot.name === origin.slot)?.value
      else if (origin.output !== undefined && origin.output.call < index)
        given = valueAt(results[origin.output.call], origin.output.path)
      if (given === undefined || canonicalJson(given) !== canonicalJson(value))
        return refuse('origin', `${place} is not what its origin holds.`)
    }
  }
}

export function valueAt(result: Json | undefined, path: readonly (string | number)[]): Json | undefined {
  let value = result
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as JsonObject)[step as string]
  }
  return value
}

function checkReferences(world: World, task: Task, references: readonly Reference[], results: readonly Json[]): Wrong {
  const play = world.start(task.scenario)
  try {
    for (const reference of references) {
      const said = `The reference ${JSON.stringify(reference.said)}`
      if (!task.intent.includes(reference.said)) return refuse('reference', `${said} is not in the intent.`)
      const rows = play.rows(reference.table).filter((row) => holds(row, reference.where))
      if (rows.length !== 1) return refuse('reference', `${said} picks out ${rows.length} rows.`)
      if (!holds(rows[0] as Row, reference.key)) return refuse('reference', `${said} picks out another row.`)
      const call = task.gold.calls[reference.found_by]
      if (call === undefined || world.tool(call.tool)?.kind !== 'read')
        return refuse('reference', `${said} is found by no read.`)
      if (!shows(results[reference.found_by] ?? null, reference, call.arguments))
        return refuse('reference', `${said} is not what ${call.tool} shows.`)
    }
  } finally {
    play.close()
  }
}

const holds = (row: Row, cells: Record<string, Cell>): boolean =>
  Object.entries(cells).every(([name, value]) => row[name] === value)

/** Whether some object in the result has the row's key, and tells it from others by its fields or was asked for by them. */
function shows(result: Json, reference: Reference, args: JsonObject): boolean {
  if (typeof result !== 'object' || result === null) return false
  const parts = Array.isArray(result) ? result : Object.values(result)
  if (!Array.isArray(result)) {
    const visible = parts.filter((value) => typeof value !== 'object' || value === null)
    const asked = Object.values(args)
    const has = (values: readonly Json[], cell: Cell) => values.some((value) => sameValue(value, cell))
    const keyed = Object.values(reference.key).every((cell) => has(visible, cell))
    if (keyed && Object.values(reference.where).every((cell) => has(visible, cell) || has(asked, cell))) return true
  }
  return parts.some((part) => shows(part, reference, args))
}

/** Booleans are 0 and 1 in tables and may be shown as true and false. */
const sameValue = (value: Json, cell: Cell): boolean =>
  value === cell || (typeof value === 'boolean' && Number(value) === cell)

/** People don't speak in identifiers: what a call takes from an earlier result must not stand in the intent. */
function checkLeaks(task: Task, origins: readonly Origin[]): Wrong {
  for (const origin of origins) {
    if (origin.output === undefined) continue
    const value = task.gold.calls[origin.call]?.arguments[origin.argument]
    if (typeof value === 'string' && /[_\d]/.test(value) && task.intent.includes(value))
      return refuse('leak', `The intent says the identifier ${JSON.stringify(value)}.`)
  }
}
