/**
 * What every reader of a format makes, and the one gate that all of it passes: an operation that was found becomes a
 * draft, or is left out for a reason that is counted.
 */

import type { DocumentFormat, DocumentProblem, Method, Operation, Parameter, Shape } from '../operation.ts'
import { isNameable } from './name.ts'
import type { References, Value } from './reference.ts'
import { asSentence, plainText } from './text.ts'
import { splitWords } from './words.ts'

/** An operation before the collection is cleaned and named. */
export type Draft = Omit<Operation, 'name'>

/** Why an operation is left out; counted for each. The first six are found in reading, the rest in cleaning. */
export const dropReasons = [
  'deprecated',
  'other_method',
  'unnamed',
  'no_description',
  'document_cap',
  'other_edition',
  'twin',
  'no_input',
  'provider_cap',
] as const
export type DropReason = (typeof dropReasons)[number]

export interface DocumentReading {
  provider: string
  service: string
  /** Documents of one provider that differ in nothing but this are editions of one API. */
  edition: Edition
  operations: Draft[]
}

export interface Edition {
  /** The same for all editions of one API. */
  family: string
  document: string
  preferred: boolean
  version: string
}

export interface DocumentReport {
  problem(problem: DocumentProblem): void
  drop(reason: DropReason, count?: number): void
}

/** Whose document it is. */
export interface Identity {
  provider: string
  service: string
  licence?: string
  edition: Edition
}

/** What the readers of all formats are given. */
export interface Source {
  /** Of the document. */
  name: string
  root: Value
  format: DocumentFormat
  references: References
  report: DocumentReport
  /** Whether there is room for one more operation; what comes after is counted as left out. */
  hasRoom(): boolean
}

/** One operation as a reader found it. */
export interface Found {
  /** JSON pointer of it. */
  place: string
  operationId?: string
  method?: Method
  path?: string
  deprecated?: boolean
  readOnly?: boolean
  summary?: unknown
  /** The first of these that says anything counts. */
  descriptions: readonly unknown[]
  tags?: unknown
  /** Read only where the operation is kept. */
  parameters(): Parameter[]
  response(): Shape | undefined
}

const descriptionLimits = { sentencesMax: 3, charactersMax: 400 }
const parametersMax = 150

/** @returns undefined where it is left out, which is counted */
export function toDraft(source: Source, identity: Identity, found: Found): Draft | undefined {
  const { report, format, name: document } = source
  const { method, path, place } = found
  if (found.deprecated === true) return left(report, 'deprecated')
  const operationId = found.operationId?.slice(0, 200)
  if (!isNameable({ path, operationId })) {
    const what = method === undefined ? 'A tool' : `${method.toUpperCase()} ${path}`
    const message =
      method === undefined
        ? `${what} has no name with a letter in it.`
        : `${what} has neither an operationId nor a word in its path.`
    report.problem({ document, place, code: 'OPERATION_UNNAMED', message })
    return left(report, 'unnamed')
  }
  const summary = plainText(found.summary, { sentencesMax: 1, charactersMax: 160 })
  let description = ''
  for (const text of [found.descriptions[0], summary, ...found.descriptions.slice(1)]) {
    if (description === '') description = plainText(text, descriptionLimits)
  }
  if (description === '') return left(report, 'no_description')
  if (!source.hasRoom()) return left(report, 'document_cap')
  const { provider, service, licence } = identity
  const named = service === provider ? provider : `${provider}:${service}`
  const names = new Set<string>()
  const draft: Draft = {
    key: method === undefined ? `${named} ${operationId}` : `${named} ${method.toUpperCase()} ${path}`,
    provider,
    service,
    description: asSentence(description),
    tags: tagsOf(found.tags),
    origin: { format, document, place },
    parameters: found
      .parameters()
      .filter(({ name }) => !names.has(name) && names.add(name) !== undefined)
      .slice(0, parametersMax),
  }
  if (method !== undefined && path !== undefined) Object.assign(draft, { method, path })
  if (operationId !== undefined) draft.operationId = operationId
  if (found.readOnly !== undefined) draft.readOnly = found.readOnly
  if (summary !== '') draft.summary = summary
  if (licence !== undefined) draft.licence = licence
  const response = found.response()
  if (response !== undefined) draft.response = response
  return draft
}

function left(report: DocumentReport, reason: DropReason): undefined {
  report.drop(reason)
}

function tagsOf(tags: unknown): string[] {
  if (!Array.isArray(tags)) return []
  return tags
    .filter((tag) => typeof tag === 'string' && tag !== '')
    .map((tag: string) => tag.slice(0, 80))
    .slice(0, 5)
}

/** What a name or title says, as a part of an identifier: `My API` → `my-api`. */
export function slug(text: string): string {
  return splitWords(text).join('-').slice(0, 60)
}

/** What its file is called; its folder where the file is called as its kind is (`github/tools.json`). */
export function slugOfFile(document: string): string {
  const parts = document.split('/').map((part) => slug(part.replace(/\.[a-z]+$/i, '')))
  const own = parts.pop() ?? ''
  const kind = /^(tools?(-list)?|functions?|mcp|openapi|swagger|api|spec|schema|index|discovery|rest)$/
  return kind.test(own) ? parts.at(-1) || own : own
}
