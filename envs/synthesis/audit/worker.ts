/** One worker process of an audit: opens the catalogue once, audits what it is asked, and ends when whoever asks is gone. */

import { MicrocosmError } from '../../../schemas/errors.ts'
import { type Catalog, openCatalog } from '../../catalog.ts'
import type { Answer } from '../run/pool.ts'
import { auditEntry, type DomainAudit } from './entry.ts'

export interface AuditRequest {
  /** The catalogue; the library alone where absent. */
  file?: string
  id: string
}

let catalog: Catalog | null = null

function answer({ file, id }: AuditRequest): DomainAudit {
  catalog ??= openCatalog(file === undefined ? {} : { file, awaited: true })
  try {
    return auditEntry(catalog, id)
  } catch (error) {
    // A domain that can't even be opened fails, and no other with it.
    if (!(error instanceof MicrocosmError)) throw error
    return { id, passed: false, failures: [{ check: 'opens', tool: '', message: error.message }], tasks: 0 }
  }
}

process.on('message', (request: AuditRequest) => {
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
