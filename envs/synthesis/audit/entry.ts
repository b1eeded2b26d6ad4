/**
 * One domain of a catalogue, held to everything that is claimed of it: what its maker's bindings say, that its rows come of
 * its seeds to the byte, and that the gold of each task leads where its certificate says.
 */

import type { Domain } from '../../../schemas/domain.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import type { Catalog } from '../../catalog.ts'
import { buildImage } from '../../runtime/image.ts'
import { openWorld, type World } from '../../runtime/world.ts'
import { type AuditFailure, auditDomain, auditScenario } from '../audit.ts'
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
    failures.push(...replay(world))
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

function replay(world: World): AuditFailure[] {
  const failures: AuditFailure[] = []
  for (const task of world.domain.tasks) {
    try {
      const { digest } = world.gold(task)
      const claimed = task.certificate?.digest
      if (claimed !== undefined && claimed !== digest)
        failures.push({ check: 'gold leads to its state', tool: '', message: `The task ${task.id} ends otherwise.` })
    } catch (error) {
      if (!(error instanceof MicrocosmError)) throw error
      failures.push({ check: 'gold leads to its state', tool: '', message: error.message })
    }
  }
  return failures
}
