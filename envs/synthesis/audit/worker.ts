/** One worker process of an audit: opens the catalogue once, audits what it is asked, and ends when whoever asks is gone. */

import type { Domain } from '../../../schemas/domain.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import { type Catalog, openCatalog } from '../../catalog.ts'
import type { Answer } from '../run/pool.ts'
import { auditEntry, auditLoose, type DomainAudit } from './entry.ts'
import type { Claims } from './quality.ts'

export interface AuditRequest {
  /** The catalogue; the library alone where absent. */
  file?: string
  id: string
}

/** A domain that stands in no catalogue. */
export interface LooseRequest {
  domain: Domain
  claims: Claims
}

let catalog: Catalog | null = null

function answer(request: AuditRequest | LooseRequest): DomainAudit {
  const { file, id } = 'domain' in request ? { id: request.domain.id, file: undefined } : request
  try {
    if ('domain' in request) return auditLoose(request.domain, request.claims)
    catalog ??= openCatalog(file === undefined ? {} : { file, awaited: true })
    return auditEntry(catalog, id)
  } catch (error) {
    // A domain that can't even be opened fails, and no other with it.
    if (!(error instanceof MicrocosmError)) throw error
    return { id, passed: false, failures: [{ check: 'opens', tool: '', message: error.message }], tasks: 0 }
  }
}

process.on('message', (request: AuditRequest | LooseRequest) => {
  try {
    process.send?.({ value: answer(request) } satisfies Answer)
  } catch (error) {
    process.send?.({ error: { message: String((error as Error).stack) } } satisfies Answer)
  }
})
process.on('disconnect', () => {
  catalog?.close()
  process.exit()
})
