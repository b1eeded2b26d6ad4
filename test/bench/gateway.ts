/**
 * The gateway's figures: `node test/bench/gateway.ts [--quick] [--json] [--only=batch|stock|vector|reference]`.
 *
 * Judge by the ratios: each is of rounds that alternate. The absolute figures are one machine's on one day.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchBatch } from './batch.ts'
import { writeBenchCatalog } from './domain.ts'
import type { Figure } from './figure.ts'
import { isMet } from './figure.ts'
import { benchReference } from './reference.ts'
import { benchStock } from './stock.ts'
import { benchVector } from './vector.ts'

export async function benchGateway({
  quick = false,
  only,
}: {
  quick?: boolean
  only?: string
} = {}): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'microcosm-bench-'))
  try {
    const catalog = join(folder, 'catalog.db')
    const domains = writeBenchCatalog(catalog)
    const size = quick ? { rounds: 1, roundMs: 500 } : { rounds: 5, roundMs: 3000 }
    const parts: Record<string, () => Promise<Figure[]>> = {
      batch: () => benchBatch({ catalog, domains, sessions: 256, ...size }),
      stock: () => benchStock({ catalog, domains, clients: 64, ...size }),
      vector: () => benchVector({ catalog, domains, clients: 64, ...size }),
      reference: () => benchReference({ catalog, domains, connections: 128, ...size }),
    }
    const figures: Figure[] = []
    for (const [name, measure] of Object.entries(parts)) if ((only ?? name) === name) figures.push(...(await measure()))
    return figures
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const only = process.argv.find((argument) => argument.startsWith('--only='))?.slice('--only='.length)
  const figures = await benchGateway({ quick: process.argv.includes('--quick'), only })
  if (process.argv.includes('--json')) console.log(JSON.stringify(figures, null, 2))
  else
    for (const figure of figures) {
      const { name, what, unit, value, bound, boundIs, ratio } = figure
      console.log(
        `${isMet(figure) ? '✓' : '✗'}  ${name}  ${value.toFixed(0)} ${unit}  ${ratio.toFixed(2)} × ${bound.toFixed(0)} ${unit} (${what}; bound: ${boundIs})`,
      )
    }
}
