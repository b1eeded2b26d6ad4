/**
 * Data sets out of trajectories, for the paper's two stages: general (across domains, balanced) and vertical (chosen domains).
 *
 * Everything goes through the funnel first, whether it did before or not; then go twins, what is held out, and what is of
 * another version of its domain than the rest. Files are written, then read again and held against what is held out. The
 * manifest says where every row is from and what happened to those that are not there.
 */

import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MicrocosmError } from '../../schemas/errors.ts'
import { canonicalJson } from '../../schemas/json.ts'
import type { Stage } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { type Candidate, chooseBalanced, usualPerDomain } from './dataset/balance.ts'
import { asOpenAi, asShareGpt, asTrl, conversationOf, functionsOf } from './dataset/formats.ts'
import type { HeldOut } from './dataset/held-out.ts'
import { type ParquetRow, writeParquet } from './dataset/parquet.ts'
import { type ChatTokenizer, maskTrajectory } from './dataset/tokens.ts'
import { createFunnel, type FunnelOptions, type FunnelReport } from './funnel.ts'
import { type Appender, openAppender, readLines, readTrajectories } from './lines.ts'

export const formatNames = ['openai', 'trl', 'sharegpt', 'parquet', 'tokens'] as const
export type FormatName = (typeof formatNames)[number]

export interface DatasetOptions {
  files: readonly string[]
  /** A folder; files of an earlier export in it are written anew. */
  out: string
  stage: Stage
  /** For the vertical stage: whose trajectories; all unless given. */
  domains?: readonly string[]
  formats: readonly FormatName[]
  heldOut: HeldOut
  /** The version that a domain's rows must be of; null where nobody knows: then the one that most are of. */
  versionOf(domain: string): string | null
  funnel: FunnelOptions
  /** For the format `tokens`, and the columns of Parquet. */
  tokenizer?: ChatTokenizer
  seed: number
  /** Rows of a domain at most; twice the middle domain's in the general stage unless given. */
  perDomain?: number
  perTask?: number
  rows?: number
}

export interface Manifest {
  stage: Stage
  seed: number
  sources: { file: string; bytes: number; sha256: string }[]
  /** Domain → its version and rows. */
  domains: Record<string, { version: string; rows: number }>
  agents: Record<string, number>
  rows: number
  counts: {
    read: number
    kept: number
    recovered: number
    duplicates: number
    other_domain: number
    other_version: number
    held_out: Record<string, number>
    unbalanced: number
  }
  limits: { per_domain: number | null; per_task: number | null; rows: number | null }
  held_out: { tasks: number; domains: readonly string[] }
  funnel: FunnelReport
  tokenizer?: { tokenizer_sha256: string; template_sha256: string; tokens: number; learned: number }
  files: { name: string; rows: number; bytes: number; sha256: string }[]
}

/** @throws USAGE where nothing is left, DATA_LEAK, TOKENIZER_INVALID, SOURCE_NOT_FOUND */
export async function exportDataset(options: DatasetOptions): Promise<Manifest> {
  const { files, out, stage, formats, seed, tokenizer } = options
  if (formats.includes('tokens') && tokenizer === undefined)
    throw new MicrocosmError('USAGE', 'The format tokens needs --tokenizer.')
  const { candidates, counts, funnel, versions } = await choose(options)
  const limits = {
    per_domain: options.perDomain ?? (stage === 'general' ? usualPerDomain(candidates) : null),
    per_task: options.perTask ?? null,
    rows: options.rows ?? null,
  }
  const chosen = new Set(
    chooseBalanced(candidates, {
      seed,
      perDomain: limits.per_domain ?? Number.POSITIVE_INFINITY,
      perTask: limits.per_task ?? Number.POSITIVE_INFINITY,
      rows: limits.rows ?? Number.POSITIVE_INFINITY,
    }),
  )
  if (chosen.size === 0)
    throw new MicrocosmError('USAGE', `No trajectory is left to export: ${JSON.stringify(counts)}.`, { counts })
  counts.unbalanced = candidates.length - chosen.size
  const written = await write(options, chosen)
  await refuseLeaks(out, written.names, options.heldOut)
  const manifest: Manifest = {
    stage,
    seed,
    sources: await Promise.all(files.map(async (file) => ({ file, ...(await digestOf(file)) }))),
    domains: Object.fromEntries(
      [...written.domains]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([domain, rows]) => [domain, { version: versions.get(domain) ?? '', rows }]),
    ),
    agents: Object.fromEntries([...written.agents].sort(([a], [b]) => (a < b ? -1 : 1))),
    rows: chosen.size,
    counts,
    limits,
    held_out: { tasks: options.heldOut.tasks, domains: options.heldOut.domains },
    funnel,
    ...(tokenizer !== undefined && {
      tokenizer: {
        tokenizer_sha256: tokenizer.hashes.tokenizer,
        template_sha256: tokenizer.hashes.template,
        ...written.tokens,
      },
    }),
    files: await Promise.all(
      written.names.map(async (name) => ({ name, rows: chosen.size, ...(await digestOf(join(out, name))) })),
    ),
  }
  writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

/** The first reading: what may be taken. */
async function choose({ files, domains, heldOut, versionOf, funnel: rules }: DatasetOptions) {
  const funnel = createFunnel(rules)
  const wanted = domains === undefined ? null : new Set(domains)
  const seen = new Set<string>()
  const found: (Candidate & { version: string })[] = []
  const counts: Manifest['counts'] = {
    read: 0,
    kept: 0,
    recovered: 0,
    duplicates: 0,
    other_domain: 0,
    other_version: 0,
    held_out: {},
    unbalanced: 0,
  }
  let index = -1
  for await (const read of readTrajectories(files)) {
    index += 1
    counts.read += 1
    const verdict = funnel.take(read)
    const { trajectory } = read
    if (verdict.filter !== undefined || trajectory === undefined) continue
    counts.kept += 1
    if (verdict.recovered) counts.recovered += 1
    if (wanted !== null && !wanted.has(trajectory.domain)) {
      counts.other_domain += 1
      continue
    }
    const reason = heldOut.reason(trajectory)
    if (reason !== null) {
      counts.held_out[reason] = (counts.held_out[reason] ?? 0) + 1
      continue
    }
    const twin = contentHash(trajectory)
    if (seen.has(twin)) {
      counts.duplicates += 1
      continue
    }
    seen.add(twin)
    const { domain, version, task, trial, agent } = trajectory
    found.push({ index, domain, version, task, key: `${domain}/${task}/${trial}/${agent}` })
  }
  const versions = settleVersions(found, versionOf)
  const candidates = found.filter(({ domain, version }) => versions.get(domain) === version)
  counts.other_version = found.length - candidates.length
  return { candidates, counts, funnel: funnel.report(), versions }
}

/** One version for each domain: the one that is known, or that most rows are of. */
function settleVersions(
  found: readonly { domain: string; version: string }[],
  versionOf: DatasetOptions['versionOf'],
): Map<string, string> {
  const tally = new Map<string, Map<string, number>>()
  for (const { domain, version } of found) {
    const own = tally.get(domain) ?? new Map<string, number>()
    tally.set(domain, own)
    own.set(version, (own.get(version) ?? 0) + 1)
  }
  return new Map(
    [...tally].map(([domain, own]) => {
      const known = versionOf(domain)
      const [most] = [...own].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      return [domain, known !== null && own.has(known) ? known : (most?.[0] as string)]
    }),
  )
}

/** The same for trajectories that say the same, whatever their calls' ids. */
function contentHash(trajectory: Trajectory): string {
  const ids = new Map<string, string>()
  const plain = (id: string): string => {
    ids.set(id, ids.get(id) ?? `call_${ids.size}`)
    return ids.get(id) as string
  }
  const messages = conversationOf(trajectory).map((message) => {
    if (message.role === 'tool') return { ...message, tool_call_id: plain(message.tool_call_id) }
    if (message.role !== 'assistant' || message.tool_calls === undefined) return message
    return { ...message, tool_calls: message.tool_calls.map((call) => ({ ...call, id: plain(call.id) })) }
  })
  return sha256(canonicalJson([trajectory.domain, messages]))
}

interface Written {
  names: string[]
  domains: Map<string, number>
  agents: Map<string, number>
  tokens: { tokens: number; learned: number }
}

/** The second reading: what was chosen, in every form. */
async function write(
  { files, out, formats, tokenizer }: DatasetOptions,
  chosen: ReadonlySet<number>,
): Promise<Written> {
  mkdirSync(out, { recursive: true })
  const names = [...formats.map((name) => (name === 'parquet' ? 'data.parquet' : `${name}.jsonl`)), 'index.jsonl']
  const outputs = new Map<string, Appender>()
  for (const name of names) if (name !== 'data.parquet') outputs.set(name, openNew(join(out, name)))
  const written: Written = { names, domains: new Map(), agents: new Map(), tokens: { tokens: 0, learned: 0 } }
  const columns: ParquetRow[] = []
  let index = -1
  try {
    for await (const { trajectory } of readTrajectories(files)) {
      index += 1
      if (trajectory === undefined || !chosen.has(index)) continue
      const { domain, version, task, trial, seed, agent, tools = [] } = trajectory
      const id = `${domain}/${task}/${trial}`
      const tokens = tokenizer === undefined ? undefined : maskTrajectory(tokenizer, trajectory)
      outputs.get('openai.jsonl')?.append(asOpenAi(trajectory))
      outputs.get('trl.jsonl')?.append(asTrl(trajectory))
      outputs.get('sharegpt.jsonl')?.append(asShareGpt(trajectory))
      outputs.get('index.jsonl')?.append({ id, domain, version, task, trial, seed, agent })
      add(written.domains, domain)
      add(written.agents, agent)
      if (tokens !== undefined) {
        const { input_ids, assistant_masks } = tokens
        outputs.get('tokens.jsonl')?.append({ id, input_ids, assistant_masks })
        written.tokens.tokens += input_ids.length
        written.tokens.learned += assistant_masks.reduce((sum, one) => sum + one, 0)
      }
      if (formats.includes('parquet'))
        columns.push({
          id,
          domain,
          version,
          task,
          trial,
          seed,
          agent,
          messages: conversationOf(trajectory),
          tools: JSON.stringify(functionsOf(tools)),
          ...(tokens !== undefined && { tokens }),
        })
    }
  } finally {
    for (const output of outputs.values()) output.close()
  }
  if (formats.includes('parquet')) writeParquet(join(out, 'data.parquet'), columns)
  return written
}

function openNew(file: string): Appender {
  try {
    writeFileSync(file, '')
  } catch (error) {
    throw new MicrocosmError('USAGE', `${file} can't be written: ${(error as Error).message}.`, {}, error)
  }
  return openAppender(file)
}

const add = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

/** Reads what was written: no row may be of a task that is held out, nor say what one says. */
async function refuseLeaks(out: string, names: readonly string[], heldOut: HeldOut): Promise<void> {
  const leak = (name: string, line: number, what: string): never => {
    throw new MicrocosmError('DATA_LEAK', `Row ${line} of ${join(out, name)} ${what}.`, { file: name, line })
  }
  for (const name of names) {
    if (name === 'data.parquet' || name === 'tokens.jsonl') continue // the same rows as the index's
    for await (const { number, text } of readLines(join(out, name))) {
      const row = JSON.parse(text) as {
        messages?: Trajectory['messages']
        conversations?: { from: string; value: string }[]
      } & Partial<Trajectory>
      const said = [
        ...(row.messages ?? []).filter(({ role }) => role === 'user').map(({ content }) => content ?? ''),
        ...(row.conversations ?? []).filter(({ from }) => from === 'human').map(({ value }) => value),
      ]
      if (said.some(heldOut.says)) leak(name, number, 'says what a task says that is held out')
      if (name !== 'index.jsonl') continue
      const reason = heldOut.reason({
        domain: row.domain as string,
        task: row.task as string,
        messages: [],
        about: { split: 'train' } as Trajectory['about'],
      })
      if (reason !== null) leak(name, number, `is of ${row.domain}/${row.task}, which is held out (${reason})`)
    }
  }
}

async function digestOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return { bytes: statSync(file).size, sha256: hash.digest('hex') }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
