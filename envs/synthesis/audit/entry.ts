/**
 * One domain of a catalogue, held to everything that is claimed of it: what its maker's bindings say, that its rows come of
 * its seeds to the byte, and that each task earns its certificate once more.
 */

import type { Domain } from '../../../schemas/domain.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import { canonicalJson } from '../../../schemas/json.ts'
import type { Task } from '../../../schemas/task.ts'
import type { Catalog } from '../../catalog.ts'
import { buildImage } from '../../runtime/image.ts'
import { openWorld, type World } from '../../runtime/world.ts'
import { type AuditFailure, auditDomain, auditScenario } from '../audit.ts'
import { certifyTask } from '../certify.ts'
import { generateRows } from '../scenarios.ts'
import { type DomainMeasures, type MeasureOptions, measureDomain } from './measures/domain.ts'
import { type Claims, type Figures, figuresOf, qualityOf } from './quality.ts'

export interface DomainAudit {
  id: string
  passed: boolean
  failures: AuditFailure[]
  tasks: number
  /** Absent where nobody claims anything: written by hand or added. */
  figures?: Figures
  quality?: number
  /** Where they were asked for. */
  measures?: DomainMeasures
}

export function auditEntry(catalog: Catalog, id: string): DomainAudit {
  const domain = catalog.domain(id)
  const claims = catalog.claims(id) as unknown as Claims | null
  const failures: AuditFailure[] = []
  const world = openWorld({ domain, image: catalog.images(id) })
  try {
    if (claims !== null) {
      domain.scenarios.forEach(({ id: scenario }, index) => {
        const { bindings } = claims
        const found =
          index === 0 ? auditDomain({ world, bindings, scenario }) : auditScenario({ world, bindings, scenario })
        failures.push(...found.failures)
      })
      failures.push(...rebuild(catalog, id))
    }
    failures.push(...recertify(world))
  } finally {
    world.close()
  }
  return {
    id,
    passed: failures.length === 0,
    failures,
    tasks: domain.tasks.length,
    ...(claims !== null && { figures: figuresOf(domain, claims), quality: qualityOf(domain, claims) }),
  }
}

/** Its share of the ten measures. */
export async function measureEntry(catalog: Catalog, id: string, options: MeasureOptions): Promise<DomainMeasures> {
  const world = openWorld({ domain: catalog.domain(id), image: catalog.images(id), checked: true })
  try {
    return await measureDomain(world, options)
  } finally {
    world.close()
  }
}

/** The same as auditEntry of a domain whose rows are made of its seeds here; its tasks aren't looked at. */
export function auditLoose(domain: Domain, { bindings }: Claims): DomainAudit {
  const rows = new Map(
    domain.scenarios.map(({ id, now, seed = 0, rows: given }) => [
      id,
      given ?? generateRows(domain.tables, { seed, now }),
    ]),
  )
  const world = openWorld({ domain, image: (id) => buildImage(domain.tables, rows.get(id) ?? {}) })
  try {
    const { failures } = auditDomain({ world, bindings })
    return { id: domain.id, passed: failures.length === 0, failures, tasks: 0 }
  } finally {
    world.close()
  }
}

/** The rows of a seed, made anew, are the image's to the byte. */
function rebuild(catalog: Catalog, id: string): AuditFailure[] {
  const { tables, scenarios } = catalog.domain(id)
  return scenarios
    .filter(({ seed, now, rows, id: scenario }) => {
      if (rows !== undefined || seed === undefined) return false
      return Buffer.compare(buildImage(tables, generateRows(tables, { seed, now })), catalog.image(id, scenario)) !== 0
    })
    .map(({ id: scenario }) => ({
      check: 'two builds are equal',
      tool: '',
      message: `The scenario ${scenario} differs.`,
    }))
}

/** Each task earns its certificate again, from nothing but its claims: in another process than the one that made it. */
function recertify(world: World): AuditFailure[] {
  const failures: AuditFailure[] = []
  const fail = (check: string, task: Task, message: string): void => {
    failures.push({ check, tool: '', message: `The task ${task.id}: ${message}` })
  }
  for (const task of world.domain.tasks) {
    try {
      if (task.certificate === undefined) world.gold(task)
      else {
        const { certificate, ...bare } = task
        const outcome = certifyTask(world, bare, certificate)
        if ('reason' in outcome) fail('certificates are earned', task, outcome.message)
        else if (outcome.certificate.digest !== certificate.digest)
          fail('gold leads to its state', task, 'gold leads to another state than its certificate says.')
        else if (canonicalJson(outcome.certificate) !== canonicalJson(certificate))
          fail('certificates are earned', task, 'its certificate says other things than the one that it earns now.')
      }
    } catch (error) {
      if (!(error instanceof MicrocosmError)) throw error
      fail('gold leads to its state', task, error.message)
    }
  }
  return failures
}
