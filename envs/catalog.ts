/**
 * The store of domains: those of the library, which are always there, those of a catalogue file, and those that were added
 * by hand.
 *
 * The file is one SQLite database. A new one is written beside its place and renamed when it is whole, so that no run
 * that is cut short leaves half a catalogue under its name. Domains are kept as compressed JSON, the image of each
 * scenario beside them, so that listing thousands reads none of them and opening a world builds nothing. What was added
 * stands in a file of its own beside the catalogue, so that making the catalogue anew loses none of it; there also stands
 * which domains are quarantined.
 */

import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import Database from 'better-sqlite3'
import type { Domain, DomainSummary } from '../schemas/domain.ts'
import { domain as domainSchema, providersOf } from '../schemas/domain.ts'
import { didYouMean, MicrocosmError } from '../schemas/errors.ts'
import type { Row } from '../schemas/json.ts'
import { canonicalJson } from '../schemas/json.ts'
import { libraryDomains } from './library/index.ts'
import { buildImage, imageRows } from './runtime/image.ts'

const applicationId = 0x4d43534d // "MCSM"
const formatVersion = 1

/** Who made a domain: the library's author, this installation's compiler, or someone outside. */
export type Provenance = 'library' | 'compiler' | 'added'

export interface Catalog {
  /** One line per domain, sorted by id. */
  list(): DomainSummary[]
  /** sha256 over all ids and versions: equal for equal catalogues. */
  hash(): string
  has(id: string): boolean
  /** The whole domain. @throws UNKNOWN_DOMAIN */
  domain(id: string): Domain
  /** The image of one of its scenarios. @throws UNKNOWN_DOMAIN, UNKNOWN_SCENARIO */
  image(id: string, scenario: string): Uint8Array
  /** Who made it: what decides where it may run. @throws UNKNOWN_DOMAIN */
  provenance(id: string): Provenance
  /** Why this version of the domain may not be played; null where it may. */
  quarantined(id: string): string | null
  /** Remembers that this version of the domain brought down the process it ran in. */
  quarantine(id: string, reason: string): void
  close(): void
}

export interface CatalogWriter {
  /**
   * @param images scenario → image
   * @returns its version
   * @throws VERSION_MISMATCH where the domain names another version than its content has
   */
  put(domain: Domain, images: ReadonlyMap<string, Uint8Array>, provenance: Provenance): string
  /** Puts the file under its name. */
  commit(): void
  /** Leaves nothing behind. */
  abandon(): void
}

interface Entry {
  summary: DomainSummary
  provenance: Provenance
  load(): Domain
  image(scenario: string): Uint8Array
}

/**
 * @param file the catalogue; undefined for the library alone
 * @throws CATALOG_NOT_FOUND, CATALOG_INVALID, CATALOG_VERSION
 */
export function openCatalog({ file }: { file?: string }): Catalog {
  const added = file === undefined || !existsSync(addedFile(file)) ? null : openFile(addedFile(file))
  // What was added can be played before anything was made.
  const database = file === undefined || (added !== null && !existsSync(file)) ? null : openFile(file)
  const entries = new Map<string, Entry>()
  for (const domain of libraryDomains) entries.set(domain.id, libraryEntry(domain))
  // A domain of the library is what this installation ships; no file can put another in its place.
  for (const [from, name] of [
    [added, file && addedFile(file)],
    [database, file],
  ] as const) {
    if (from === null) continue
    for (const entry of fileEntries(from, name as string)) {
      if (!entries.has(entry.summary.id)) entries.set(entry.summary.id, entry)
    }
  }
  const quarantine = new Map(added === null ? [] : readQuarantine(added))
  const ids = [...entries.keys()].sort()
  const loaded = new Map<string, Domain>()
  const entry = (id: string): Entry => {
    const found = entries.get(id)
    if (found === undefined)
      throw new MicrocosmError('UNKNOWN_DOMAIN', `There is no domain "${id}".${didYouMean(id, ids)}`, { domain: id })
    return found
  }
  return {
    list: () => ids.map((id) => entry(id).summary),
    hash: () => hashOf(ids.map((id) => `${id} ${entry(id).summary.version}\n`).join('')),
    has: (id) => entries.has(id),
    domain(id) {
      let domain = loaded.get(id)
      if (domain === undefined) {
        domain = entry(id).load()
        if (loaded.size >= 256) loaded.delete(loaded.keys().next().value as string)
      } else loaded.delete(id)
      loaded.set(id, domain)
      return domain
    },
    image: (id, scenario) => entry(id).image(scenario),
    provenance: (id) => entry(id).provenance,
    quarantined: (id) => quarantine.get(`${id} ${entry(id).summary.version}`) ?? null,
    quarantine(id, reason) {
      const { version } = entry(id).summary
      quarantine.set(`${id} ${version}`, reason)
      if (file !== undefined) writeAdded(file, (into) => into.quarantine(id, version, reason))
    },
    close() {
      database?.close()
      added?.close()
    },
  }
}

/** Where what was added to a catalogue stands. */
export const addedFile = (file: string): string => `${file}.added`

/**
 * Puts domains beside a catalogue, all or none; one of the same id that was added before is replaced.
 * @throws VERSION_MISMATCH, CATALOG_BUSY
 */
export function addDomains(
  file: string,
  domains: readonly { domain: Domain; images: ReadonlyMap<string, Uint8Array> }[],
): { id: string; version: string }[] {
  return writeAdded(file, (into) =>
    domains.map(({ domain, images }) => {
      into.remove(domain.id)
      return { id: domain.id, version: into.put(domain, images, 'added') }
    }),
  )
}

/** @returns whether it was there */
export function removeDomain(file: string, id: string): boolean {
  return existsSync(addedFile(file)) && writeAdded(file, (into) => into.remove(id))
}

interface AddedWriter extends Pick<CatalogWriter, 'put'> {
  remove(id: string): boolean
  quarantine(id: string, version: string, reason: string): void
}

/** One transaction on the file of what was added, which is made where it is not there yet. */
function writeAdded<T>(catalogFile: string, work: (into: AddedWriter) => T): T {
  const file = addedFile(catalogFile)
  mkdirSync(dirname(resolve(file)), { recursive: true })
  const fresh = !existsSync(file)
  if (!fresh) checkHeader(file)
  const database = new Database(file, { timeout: 10_000 })
  try {
    return database
      .transaction(() => {
        if (fresh) createTables(database)
        const { put } = domainWriter(database)
        return work({
          put,
          remove(id) {
            database.prepare('DELETE FROM image WHERE domain = ?').run(id)
            database.prepare('DELETE FROM quarantine WHERE id = ?').run(id)
            return database.prepare('DELETE FROM domain WHERE id = ?').run(id).changes > 0
          },
          quarantine(id, version, reason) {
            database.prepare('INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?)').run(id, version, reason)
          },
        })
      })
      .immediate()
  } catch (error) {
    if ((error as { code?: string }).code === 'SQLITE_BUSY')
      throw new MicrocosmError('CATALOG_BUSY', `${file} is being written by another process.`, { file }, error)
    throw error
  } finally {
    database.close()
  }
}

function readQuarantine(database: Database.Database): [string, string][] {
  const rows = database.prepare('SELECT id, version, reason FROM quarantine').all() as {
    id: string
    version: string
    reason: string
  }[]
  return rows.map(({ id, version, reason }) => [`${id} ${version}`, reason])
}

function createTables(database: Database.Database): void {
  database.pragma(`application_id = ${applicationId}`)
  database.pragma(`user_version = ${formatVersion}`)
  database.exec(`
    CREATE TABLE domain (id TEXT PRIMARY KEY, version TEXT NOT NULL, provenance TEXT NOT NULL, summary TEXT NOT NULL, content BLOB NOT NULL) STRICT;
    CREATE TABLE image (domain TEXT NOT NULL, scenario TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (domain, scenario)) STRICT;
    CREATE TABLE quarantine (id TEXT PRIMARY KEY, version TEXT NOT NULL, reason TEXT NOT NULL) STRICT`)
}

function domainWriter(database: Database.Database): Pick<CatalogWriter, 'put'> {
  const putDomain = database.prepare('INSERT OR REPLACE INTO domain VALUES (?, ?, ?, ?, ?)')
  const putImage = database.prepare('INSERT OR REPLACE INTO image VALUES (?, ?, ?)')
  return {
    put(domain, images, provenance) {
      const whole = { ...domain, version: domainVersion(domain, images) }
      putDomain.run(
        whole.id,
        whole.version,
        provenance,
        JSON.stringify(summarize(whole)),
        deflateRawSync(JSON.stringify(whole)),
      )
      for (const [scenario, image] of images) putImage.run(whole.id, scenario, deflateRawSync(image))
      return whole.version
    },
  }
}

/** A new catalogue that takes the place of `file` when it is committed. */
export function createCatalog(file: string): CatalogWriter {
  mkdirSync(dirname(resolve(file)), { recursive: true })
  const beside = `${file}.${process.pid}.partial`
  sweep(file)
  const database = new Database(beside)
  database.pragma('journal_mode = OFF')
  database.pragma('synchronous = OFF')
  createTables(database)
  database.exec('BEGIN')
  return {
    ...domainWriter(database),
    commit() {
      database.exec('COMMIT')
      database.close()
      renameSync(beside, file)
    },
    abandon() {
      database.close()
      rmSync(beside, { force: true })
    },
  }
}

/**
 * 16 hexadecimal digits over the content and the rows of each scenario.
 * @throws VERSION_MISMATCH
 */
export function domainVersion(domain: Domain, images: ReadonlyMap<string, Uint8Array>): string {
  const { version: given, ...content } = domain
  const rows = [...images]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([scenario, image]) => [scenario, imageRows(image, domain.tables)])
  const computed = hashOf(canonicalJson([content, rows])).slice(0, 16)
  if (given !== undefined && given !== computed) {
    throw new MicrocosmError(
      'VERSION_MISMATCH',
      `The domain "${domain.id}" names version ${given}; its content has ${computed}.`,
    )
  }
  return computed
}

/** The images of all scenarios of a domain, its rows handed in where they don't stand in it. */
export function buildImages(
  domain: Domain,
  rowsOf: (scenario: string) => Readonly<Record<string, readonly Row[]>>,
): Map<string, Uint8Array> {
  return new Map(domain.scenarios.map(({ id, rows }) => [id, buildImage(domain.tables, rows ?? rowsOf(id))]))
}

export function summarize(domain: Domain & { version: string }): DomainSummary {
  const { id, version, title, description, tools, tasks, sources } = domain
  return { id, version, title, description, tools: tools.length, tasks: tasks.length, providers: providersOf(sources) }
}

function libraryEntry(domain: Domain): Entry {
  const images = buildImages(domain, () => ({}))
  const whole = { ...domain, version: domainVersion(domain, images) }
  return {
    summary: summarize(whole),
    provenance: 'library',
    load: () => whole,
    image: (scenario) => images.get(scenario) ?? unknownScenario(domain.id, scenario),
  }
}

function fileEntries(database: Database.Database, file: string): Entry[] {
  const rows = database.prepare('SELECT provenance, summary FROM domain ORDER BY id').all() as {
    provenance: Provenance
    summary: string
  }[]
  return rows.map(({ provenance, summary }) =>
    fileEntry(database, JSON.parse(summary) as DomainSummary, provenance, file),
  )
}

function fileEntry(database: Database.Database, summary: DomainSummary, provenance: Provenance, file: string): Entry {
  const read = (sql: string, ...keys: string[]): Buffer | undefined => {
    try {
      const content = database
        .prepare(sql)
        .pluck()
        .get(...keys) as Buffer | undefined
      return content && inflateRawSync(content)
    } catch (error) {
      throw new MicrocosmError(
        'CATALOG_INVALID',
        `The catalogue ${file} is damaged at the domain "${summary.id}".`,
        { file },
        error,
      )
    }
  }
  return {
    summary,
    provenance,
    load: () => domainSchema.parse(JSON.parse(String(read('SELECT content FROM domain WHERE id = ?', summary.id)))),
    image: (scenario) =>
      read('SELECT content FROM image WHERE domain = ? AND scenario = ?', summary.id, scenario) ??
      unknownScenario(summary.id, scenario),
  }
}

function unknownScenario(domain: string, scenario: string): never {
  throw new MicrocosmError('UNKNOWN_SCENARIO', `The domain "${domain}" has no scenario "${scenario}".`)
}

/** Removes what runs that were killed have left beside the file; one that still runs keeps its own. */
function sweep(file: string): void {
  const folder = dirname(resolve(file))
  for (const name of readdirSync(folder)) {
    const left = name.startsWith(`${basename(file)}.`) ? /\.(\d+)\.partial$/.exec(name) : null
    if (left === null || isRunning(Number(left[1]))) continue
    rmSync(join(folder, name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function openFile(file: string): Database.Database {
  if (!existsSync(file)) throw new MicrocosmError('CATALOG_NOT_FOUND', `There is no catalogue at ${file}.`, { file })
  checkHeader(file)
  const database = new Database(file, { readonly: true })
  try {
    database.prepare('SELECT 1 FROM domain, image LIMIT 1').get()
    return database
  } catch (error) {
    database.close()
    throw new MicrocosmError(
      'CATALOG_INVALID',
      `${file} can't be read as a catalogue: ${(error as Error).message}.`,
      { file },
      error,
    )
  }
}

/** Read before SQLite opens the file: what it is, of which version, and whether all of it is there. */
function checkHeader(file: string): void {
  const header = Buffer.alloc(100)
  const invalid = (why: string) => new MicrocosmError('CATALOG_INVALID', `${file} ${why}.`, { file })
  if (!statSync(file).isFile()) throw invalid('is no file')
  const handle = openSync(file, 'r')
  const read = readSync(handle, header, 0, 100, 0)
  closeSync(handle)
  if (read < 100 || header.toString('latin1', 0, 15) !== 'SQLite format 3') throw invalid('is no catalogue')
  if (header.readUInt32BE(68) !== applicationId) throw invalid('is a database, but no catalogue')
  const version = header.readUInt32BE(60)
  if (version !== formatVersion) {
    throw new MicrocosmError(
      'CATALOG_VERSION',
      `${file} is a catalogue of format ${version}; this is Microcosm with format ${formatVersion}.`,
      { file, version },
    )
  }
  const pageSize = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16)
  if (statSync(file).size < header.readUInt32BE(28) * pageSize) throw invalid('is cut short')
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
