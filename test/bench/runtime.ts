/**
 * Every figure that the runtime is held to, each beside its own lower bound from the same run, interleaved with it.
 *
 * Judge by the ratios: they hold where a machine is slow or busy; the absolute figures are one machine's on one day.
 * A full run takes about a minute; a quick one some seconds, to see that everything can be measured.
 */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCatalog } from '../../envs/catalog.ts'
import { benchCold } from './cold.ts'
import type { BenchDomain } from './domain.ts'
import { createBenchDomain } from './domain.ts'
import type { Figure } from './figure.ts'
import { benchFork } from './fork.ts'
import { benchMemory } from './memory.ts'
import { openBench } from './play.ts'
import { benchReset } from './reset.ts'
import { benchStep } from './step.ts'
import { benchVerify } from './verify.ts'
import { benchWire } from './wire.ts'

export { printRuntimeReport } from './report.ts'

export interface RuntimeReport {
  machine: { cpu: string; cores: number; node: string }
  /** What was measured; "+" behind it where files differ from it; null outside of a clone. */
  commit: string | null
  quick: boolean
  seconds: number
  figures: Figure[]
}

export interface BenchRuntimeOptions {
  quick?: boolean
  onProgress?: (figure: string, done: number, total: number) => void
}

/** Rows of the large variant, as a multiple: 6 MB. */
const largeScale = 36

const full = {
  sessions: 200,
  stepRounds: 200,
  rounds: 40,
  coldRounds: 30,
  live: 1000,
  parked: 10_000,
  wireRounds: 4,
  wireMs: 2500,
}
const brief: typeof full = {
  sessions: 20,
  stepRounds: 10,
  rounds: 3,
  coldRounds: 3,
  live: 40,
  parked: 40,
  wireRounds: 1,
  wireMs: 1500,
}

export async function benchRuntime({ quick = false, onProgress }: BenchRuntimeOptions = {}): Promise<RuntimeReport> {
  const size = quick ? brief : full
  const began = performance.now()
  const domains = Array.from({ length: 10 }, (_, index) => createBenchDomain({ seed: index + 1 }))
  const folder = mkdtempSync(join(tmpdir(), 'microcosm-bench-'))
  // Kept open throughout, as in a process that serves.
  const worlds = domains.map((of) => openBench(of))
  try {
    const catalog = writeCatalog(join(folder, 'catalog.db'), domains)
    const of = domains[0] as BenchDomain
    const parts: [string, () => Promise<Figure[]>][] = [
      ['step', () => benchStep({ domains, worlds, sessions: size.sessions, rounds: size.stepRounds })],
      ['reset', () => benchReset({ of, rounds: size.rounds })],
      ['fork', () => benchFork({ of, rounds: size.rounds })],
      [
        'verify',
        () =>
          benchVerify({
            small: of,
            large: createBenchDomain({ seed: domains.length + 1, scale: largeScale }),
            rounds: size.rounds,
          }),
      ],
      ['cold', () => benchCold({ rounds: size.coldRounds })],
      ['memory', () => benchMemory({ catalog, live: size.live, parked: size.parked })],
      ['wire', () => benchWire({ catalog, domains, connections: 64, rounds: size.wireRounds, roundMs: size.wireMs })],
    ]
    const figures: Figure[] = []
    for (const [index, [name, measure]] of parts.entries()) {
      onProgress?.(name, index, parts.length)
      figures.push(...(await measure()))
    }
    return { machine: machineOf(), commit: commitOf(), quick, seconds: (performance.now() - began) / 1000, figures }
  } finally {
    for (const world of worlds) world.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeCatalog(file: string, domains: readonly BenchDomain[]): string {
  const writer = createCatalog(file)
  for (const { domain, images } of domains) writer.put(domain, images, 'compiler')
  writer.commit()
  return file
}

const machineOf = (): RuntimeReport['machine'] => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
  node: process.version,
})

function commitOf(): string | null {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  try {
    const commit = git('rev-parse', '--short=12', 'HEAD')
    return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}+`
  } catch {
    return null
  }
}
