/** One worker process of an audit: opens the catalogue once, audits what it is asked, and ends when whoever asks is gone. */

import type { Domain } from '../../../schemas/domain.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import { type Catalog, openCatalog } from '../../catalog.ts'
import type { Answer } from '../run/pool.ts'
import { auditEntry, auditLoose, type DomainAudit, measureEntry } from './entry.ts'
import type { MeasureOptions } from './measures/domain.ts'
import type { Claims } from './quality.ts'

export interface AuditRequest {
  /** The catalogue; the library alone where absent. */
  file?: string
  id: string
  /** To be measured as well. */
  measures?: MeasureOptions
}

/** A domain that stands in no catalogue. */
export interface LooseRequest {
  domain: Domain
  claims: Claims
}

let catalog: Catalog | null = null

async function answer(request: AuditRequest | LooseRequest): Promise<DomainAudit> {
  const { file, id } = 'domain' in request ? { id: request.domain.id, file: undefined } : request
  try {
    if ('domain' in request) return auditLoose(request.domain, request.claims)
    catalog ??= openCatalog(file === undefined ? {} : { file, awaited: true })
    const audit = auditEntry(catalog, id)
    // What doesn't stand can't be played.
    if (request.measures === undefined || !audit.passed) return audit
    return { ...audit, measures: await measureEntry(catalog, id, request.measures) }
  } catch (error) {
    // A domain that can't even be opened fails, and no other with it.
    if (!(error instanceof MicrocosmError)) throw error
    return { id, passed: false, failures: [{ check: 'opens', tool: '', message: error.message }], tasks: 0 }
  }
}

process.on('message', async (request: AuditRequest | LooseRequest) => {
  try {
    process.send?.({ value: await answer(request) } satisfies Answer)
  } catch (error) {
    process.send?.({ error: { message: String((error as Error).stack) } } satisfies Answer)
  }
})
process.on('disconnect', () => {
  catalog?.close()
  process.exit()
})
