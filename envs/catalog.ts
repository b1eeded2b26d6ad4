/**
 * The store of domains: those of the library, which are always there, those of a catalogue file, and those that were added
 * by hand.
 *
 * The file is one SQLite database. A new one is written beside its place and renamed when it is whole, so that no run
 * that is cut short leaves half a catalogue under its name. Domains are kept as compressed JSON, the image of each
 * scenario beside them, so that listing thousands reads none of them and opening a world builds nothing. What was added
 * stands in a file of its own beside the catalogue, so that making the catalogue anew loses none of it; there also stands
 * which domains are quarantined. While there is no catalogue yet, what a run has made of it so far can be played
 * (`growingFile`); `refresh` sees what has come since.
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
import type { Json, Row } from '../schemas/json.ts'
import { canonicalJson } from '../schemas/json.ts'
import { libraryDomains } from './library/index.ts'
import { buildImage, imageRows } from './runtime/image.ts'

const applicationId = 0x4d43534d // "MCSM"
const formatVersion = 1

/** Who made a domain: the library's author, this installation's compiler, or someone outside. */
export type Provenance = 'library' | 'compiler' | 'added'

export interface Catalog {
  /** One line per domain: the best first, and equally good ones by their ids. */
  list(): DomainSummary[]
  /** sha256 over all ids and versions: equal for equal catalogues. */
  hash(): string
  has(id: string): boolean
  /** The whole domain. @throws UNKNOWN_DOMAIN */
  domain(id: string): Domain
  /** The image of one of its scenarios. @throws UNKNOWN_DOMAIN, UNKNOWN_SCENARIO */
  image(id: string, scenario: string): Uint8Array
  /** The same for its version of now, whatever is put in its place later. @throws UNKNOWN_DOMAIN */
  images(id: string): (scenario: string) => Uint8Array
  /** What its maker says that it does, for who holds it to that (audit); null where nobody said. @throws UNKNOWN_DOMAIN */
  claims(id: string): Json | null
  /** Who made it: what decides where it may run. @throws UNKNOWN_DOMAIN */
  provenance(id: string): Provenance
  /** Why this version of the domain may not be played; null where it may. */
  quarantined(id: string): string | null
  /** Remembers that this version of the domain brought down the process it ran in. */
  quarantine(id: string, reason: string): void
  /**
   * Sees what other processes have put into the files since, and a file that took the place of another one.
   * @returns whether anything is new
   */
  refresh(): boolean
  close(): void
}

/** A domain as it is stored. */
export interface PackedDomain {
  summary: DomainSummary
  content: Uint8Array
  images: [scenario: string, content: Uint8Array][]
  claims?: Uint8Array
}

export interface CatalogWriter {
  /**
   * @param images scenario → image
   * @returns its version
   * @throws VERSION_MISMATCH where the domain names another version than its content has
   */
  put(domain: Domain, images: ReadonlyMap<string, Uint8Array>, provenance: Provenance): string
  /** The same for what was packed elsewhere. */
  putPacked(packed: PackedDomain, provenance: Provenance): void
  /** Puts the file under its name. */
  commit(): void
  /** Leaves nothing behind. */
  abandon(): void
}

interface Entry {
  summary: DomainSummary
  provenance: Provenance
  load(): Domain
  claims(): Json | null
  image(scenario: string): Uint8Array
}

/**
 * @param file the catalogue; undefined for the library alone
 * @param awaited that there need be no file yet: the library is there until one comes (`refresh`)
 * @throws CATALOG_NOT_FOUND, CATALOG_INVALID, CATALOG_VERSION
 */
export function openCatalog({ file, awaited = false }: { file?: string; awaited?: boolean }): Catalog {
  const library = libraryDomains.map(libraryEntry)
  const held = new Map<string, Held>()
  const retired: Database.Database[] = []
  let entries = new Map<string, Entry>()
  let ids: string[] = []
  /** The same, the best first. */
  let ranked: string[] = []
  let quarantine = new Map<string, string>()
  const loaded = new Map<string, Domain>()

  /** The files that there are, those that count first standing first. @throws CATALOG_NOT_FOUND where there is none */
  const present = (of: string): string[] => {
    const added = existsSync(addedFile(of)) ? [addedFile(of)] : []
    if (existsSync(of)) return [...added, of]
    // What was added, and what has been made so far, can be played before there is a catalogue.
    const growing = existsSync(growingFile(of)) ? [growingFile(of)] : []
    if (added.length + growing.length === 0 && !awaited) throw notFound(of)
    return [...added, ...growing]
  }
  /** @returns whether another file, or another state of it, is open than before */
  const look = (name: string): boolean => {
    const inode = statSync(name).ino
    const open = held.get(name)
    if (open !== undefined && open.inode === inode) {
      const version = dataVersion(open.database)
      const isNew = version !== open.version
      open.version = version
      return isNew
    }
    const database = name === growingFile(file as string) ? openGrowing(name) : openFile(name)
    // Worlds that are open still read from the one before.
    if (open !== undefined) retired.push(open.database)
    held.set(name, { database, inode, version: dataVersion(database) })
    return true
  }
  const build = (names: readonly string[]): void => {
    const next = new Map<string, Entry>()
    // A domain of the library is what this installation ships; no file can put another in its place.
    for (const entry of library) next.set(entry.summary.id, entry)
    for (const name of names) {
      for (const entry of fileEntries((held.get(name) as Held).database, name))
        if (!next.has(entry.summary.id)) next.set(entry.summary.id, entry)
    }
    entries = next
    ids = [...entries.keys()].sort()
    const quality = (id: string): number => entries.get(id)?.summary.quality ?? 1
    ranked = [...ids].sort((a, b) => quality(b) - quality(a) || (a < b ? -1 : 1))
    const added = file === undefined ? undefined : held.get(addedFile(file))?.database
    quarantine = new Map(added === undefined ? [] : readQuarantine(added))
  }
  const refresh = (): boolean => {
    if (file === undefined) return false
    const names = present(file)
    const gone = [...held.keys()].filter((name) => !names.includes(name))
    for (const name of gone) {
      retired.push((held.get(name) as Held).database)
      held.delete(name)
    }
    const changed = names.filter(look)
    if (changed.length === 0 && gone.length === 0 && entries.size > 0) return false
    build(names)
    return true
  }
  const entry = (id: string): Entry => {
    const found = entries.get(id)
    if (found === undefined)
      throw new MicrocosmError('UNKNOWN_DOMAIN', `There is no domain "${id}".${didYouMean(id, ids)}`, { domain: id })
    return found
  }
  const close = (): void => {
    for (const { database } of held.values()) database.close()
    for (const database of retired) database.close()
  }
  if (file === undefined) build([])
  else {
    try {
      refresh()
    } catch (error) {
      close()
      throw error
    }
  }
  return {
    list: () => ranked.map((id) => entry(id).summary),
    hash: () => hashOf(ids.map((id) => `${id} ${entry(id).summary.version}\n`).join('')),
    has: (id) => entries.has(id),
    domain(id) {
      const key = `${id} ${entry(id).summary.version}`
      let domain = loaded.get(key)
      if (domain === undefined) {
        domain = entry(id).load()
        if (loaded.size >= 256) loaded.delete(loaded.keys().next().value as string)
      } else loaded.delete(key)
      loaded.set(key, domain)
      return domain
    },
    image: (id, scenario) => entry(id).image(scenario),
    images: (id) => entry(id).image,
    claims: (id) => entry(id).claims(),
    provenance: (id) => entry(id).provenance,
    quarantined: (id) => quarantine.get(`${id} ${entry(id).summary.version}`) ?? null,
    quarantine(id, reason) {
      const { version } = entry(id).summary
      quarantine.set(`${id} ${version}`, reason)
      if (file !== undefined) writeAdded(file, (into) => into.quarantine(id, version, reason))
    },
    refresh,
    close,
  }
}

interface Held {
  database: Database.Database
  inode: number
  /** Changes when another process has written. */
  version: number
}

const dataVersion = (database: Database.Database): number => database.pragma('data_version', { simple: true }) as number

/** Where a run keeps what it has until the catalogue is whole. */
export const runFolder = (file: string): string => `${file}.run`

/** Where the domains stand that a run has made so far. */
export const growingFile = (file: string): string => join(runFolder(file), 'domains.db')

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
    CREATE TABLE claim (domain TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;
    CREATE TABLE quarantine (id TEXT PRIMARY KEY, version TEXT NOT NULL, reason TEXT NOT NULL) STRICT`)
}

/** A domain with its version, compressed: the part of storing it that takes time. @throws VERSION_MISMATCH */
export function packDomain(
  domain: Domain,
  images: ReadonlyMap<string, Uint8Array>,
  made?: { quality: number; claims: Json },
): PackedDomain {
  const whole = { ...domain, version: domainVersion(domain, images) }
  return {
    summary: { ...summarize(whole), ...(made && { quality: made.quality }) },
    content: deflateRawSync(JSON.stringify(whole)),
    images: [...images].map(([scenario, image]) => [scenario, deflateRawSync(image)]),
    ...(made && { claims: deflateRawSync(JSON.stringify(made.claims)) }),
  }
}

function domainWriter(database: Database.Database): Pick<CatalogWriter, 'put' | 'putPacked'> {
  const putDomain = database.prepare('INSERT OR REPLACE INTO domain VALUES (?, ?, ?, ?, ?)')
  const putImage = database.prepare('INSERT OR REPLACE INTO image VALUES (?, ?, ?)')
  // A file of an earlier release has no claims; what is put there has none either.
  const putClaims = hasClaims(database) ? database.prepare('INSERT OR REPLACE INTO claim VALUES (?, ?)') : null
  const putPacked = ({ summary, content, images, claims }: PackedDomain, provenance: Provenance): void => {
    putDomain.run(summary.id, summary.version, provenance, JSON.stringify(summary), content)
    for (const [scenario, image] of images) putImage.run(summary.id, scenario, image)
    if (claims !== undefined) putClaims?.run(summary.id, claims)
  }
  return {
    putPacked,
    put(domain, images, provenance) {
      const packed = packDomain(domain, images)
      putPacked(packed, provenance)
      return packed.summary.version
    },
  }
}

const hasClaims = (database: Database.Database): boolean =>
  database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'claim'").get() !== undefined

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

export interface GrowingCatalog {
  /** Puts all of these in, in their order, or none; whoever has it open sees them at the next refresh. */
  putAll(domains: readonly PackedDomain[], provenance: Provenance): void
  /** Puts the whole under the catalogue's name. The same domains in the same order give the same bytes. */
  commit(): void
  close(): void
}

/** The catalogue that is being made, which may be read meanwhile; taken up where it was if it is there already. */
export function growCatalog(file: string): GrowingCatalog {
  const growing = growingFile(file)
  mkdirSync(dirname(resolve(growing)), { recursive: true })
  sweep(file)
  if (!existsSync(growing)) {
    // Whole before it has its name: whoever opens it finds a catalogue.
    const beside = `${growing}.${process.pid}.partial`
    const empty = new Database(beside)
    createTables(empty)
    empty.close()
    renameSync(beside, growing)
  }
  const database = new Database(growing)
  database.pragma('journal_mode = WAL') // readers and the writer never wait for each other
  database.pragma('synchronous = OFF') // what is lost with the machine's power is made again
  const { putPacked } = domainWriter(database)
  return {
    putAll: database.transaction((domains: readonly PackedDomain[], provenance: Provenance) => {
      for (const packed of domains) putPacked(packed, provenance)
    }),
    commit() {
      const beside = `${file}.${process.pid}.partial`
      rmSync(beside, { force: true })
      database.prepare('VACUUM INTO ?').run(beside)
      renameSync(beside, file)
    },
    close: () => database.close(),
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
    claims: () => null,
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
    claims() {
      const content = hasClaims(database) ? read('SELECT content FROM claim WHERE domain = ?', summary.id) : undefined
      return content === undefined ? null : (JSON.parse(String(content)) as Json)
    },
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
  if (!existsSync(file)) throw notFound(file)
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

/** While it is written its header on disk may be behind: SQLite is asked instead. */
function openGrowing(file: string): Database.Database {
  const database = new Database(file, { readonly: true })
  try {
    if (database.pragma('application_id', { simple: true }) !== applicationId) throw new Error('it is no catalogue')
    database.prepare('SELECT 1 FROM domain, image LIMIT 1').get()
    return database
  } catch (error) {
    database.close()
    const message = `${file} can't be read as a catalogue: ${(error as Error).message}.`
    throw new MicrocosmError('CATALOG_INVALID', message, { file }, error)
  }
}

const notFound = (file: string): MicrocosmError =>
  new MicrocosmError('CATALOG_NOT_FOUND', `There is no catalogue at ${file}.`, { file })

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
