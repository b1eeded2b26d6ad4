/**
 * One document, of whatever format → its operations in normal form. Nothing of the document outlives the call but what
 * they hold.
 *
 * Anything can stand in a file that calls itself an API description; every access of the readers expects that. What is
 * wrong is reported with its place, and the rest of the document is still read.
 */

import type { DocumentFormat } from '../operation.ts'
import type { DocumentReading, DocumentReport, Source } from './draft.ts'
import { parseText } from './parse.ts'
import { readDiscovery } from './readers/discovery.ts'
import { readOpenApi } from './readers/openapi.ts'
import { findTools, readTools } from './readers/tools.ts'
import { createReferences, isObject, type ReferenceOptions, type Value } from './reference.ts'

export type { DocumentReading, DocumentReport, Draft, DropReason, Edition } from './draft.ts'

export interface ReadOptions extends Pick<ReferenceOptions, 'external'> {
  /** At most so many operations of one document. */
  operationsMax?: number
}

export const operationsMaxDefault = 25_000

/** @returns undefined (and a problem) where the text is no document of a format that is read */
export function readDocument(
  name: string,
  text: string,
  report: DocumentReport,
  { operationsMax = operationsMaxDefault, external }: ReadOptions = {},
): DocumentReading | undefined {
  const invalid = (message: string): undefined => {
    report.problem({ document: name, place: '', code: 'DOCUMENT_INVALID', message })
  }
  const parsed = parseText(text)
  if ('problem' in parsed) return invalid(parsed.problem)
  const tools = findTools(parsed.root)
  if (!isObject(parsed.root) && tools === undefined)
    return invalid('Not an API description: its top level is neither an object nor a list of tools.')
  const root: Value = isObject(parsed.root) ? parsed.root : {}
  const format = formatOf(root) ?? tools?.format
  if (format === undefined) return invalid(`Not an API description of a known format (${keysOf(root)}).`)
  let kept = 0
  const source: Source = {
    name,
    root,
    format,
    references: createReferences({
      root: isObject(parsed.root) ? root : (parsed.root as Value),
      document: name,
      report: report.problem,
      ...(external !== undefined && { external }),
      ...(format === 'discovery' && { pointerOf: (bare: string) => `/schemas/${bare}` }),
    }),
    report,
    hasRoom() {
      kept += 1
      if (kept === operationsMax + 1)
        report.problem({
          document: name,
          place: '',
          code: 'DOCUMENT_TOO_LARGE',
          message: `It has more than ${operationsMax} operations; the first ${operationsMax} are read.`,
        })
      return kept <= operationsMax
    },
  }
  if (format === 'discovery') return readDiscovery(source)
  if ((format === 'mcp' || format === 'functions') && tools !== undefined) return readTools(source, tools.found)
  return readOpenApi(source)
}

/** What a document calls itself. */
function formatOf(root: Value): DocumentFormat | undefined {
  const openapi = versionOf(root.openapi)
  if (openapi.startsWith('3.0')) return 'openapi-3.0'
  if (/^3\.\d/.test(openapi)) return 'openapi-3.1'
  if (/^2(\.0)?$/.test(versionOf(root.swagger))) return 'swagger-2.0'
  if (typeof root.kind === 'string' && root.kind.startsWith('discovery#')) return 'discovery'
  return root.discoveryVersion !== undefined && isObject(root.resources ?? root.methods) ? 'discovery' : undefined
}

/** `3.0` without quotes is a number in YAML. */
function versionOf(value: unknown): string {
  if (typeof value === 'number') return value.toFixed(1)
  return typeof value === 'string' ? value : ''
}

function keysOf(root: Value): string {
  for (const key of ['openapi', 'swagger', 'swaggerVersion', 'asyncapi', 'raml'])
    if (root[key] !== undefined) return `${key} ${JSON.stringify(root[key]) ?? ''}`.slice(0, 60)
  const keys = Object.keys(root).slice(0, 5)
  return keys.length === 0 ? 'it is empty' : `its top level has ${keys.join(', ').slice(0, 120)}`
}
