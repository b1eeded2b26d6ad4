/**
 * The normal form of one tool, whatever document it was read from: what collect returns and every later stage reads.
 * Plain data, resolved: no `$ref` is left; a schema that refers to itself is cut where it does.
 *
 * An operation of an HTTP API has a method and a path; a tool of an MCP server or a function in a list has neither, and
 * its parameters are plain arguments. Where a later stage can't do without, `asRest` gives it the route that such a tool
 * would have.
 */

/** The part of a JSON Schema that later stages use. Depth is bounded by collect. */
export interface Shape {
  type: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'unknown'
  format?: string
  enum?: (string | number)[]
  description?: string
  example?: string | number | boolean
  /** The name under which the document declares this schema, where it has one: evidence of an entity. */
  component?: string
  /** Of an object: name → shape, and which of them are required. */
  properties?: Record<string, Shape>
  required?: string[]
  /** Of an array. */
  items?: Shape
  readOnly?: boolean
}

export const methods = ['get', 'put', 'post', 'patch', 'delete'] as const
export type Method = (typeof methods)[number]

export interface Parameter {
  name: string
  /** Where it stands in the request; `argument` where there is no request. */
  in: 'path' | 'query' | 'body' | 'argument'
  required: boolean
  description?: string
  shape: Shape
}

export interface Operation {
  /** Unique and stable over runs: `provider[:service] METHOD /path`, or `provider[:service] name`. Records are sorted by it. */
  key: string
  /** Whose API it is, such as `stripe.com`. */
  provider: string
  /** Which of the provider's APIs; provider again where there is only one. */
  service: string
  operationId?: string
  /** Both or neither. */
  method?: Method
  path?: string
  /** What the document itself says: the tool changes nothing (`readOnlyHint` of MCP). */
  readOnly?: boolean
  /** A clear snake_case `verb_noun` name made by collect; unique within a service, not across them. */
  name: string
  summary?: string
  /** One to three plain sentences without markup; never empty. */
  description: string
  tags: string[]
  licence?: string
  /** Where it was read; absent only of one made by hand. */
  origin?: Origin
  /** Path and query parameters, then the top-level properties of the body; headers and cookies are transport. */
  parameters: Parameter[]
  /** What a success answers with; absent where it answers with nothing. */
  response?: Shape
}

/** The kinds of documents that are read. */
export type DocumentFormat = 'openapi-3.0' | 'openapi-3.1' | 'swagger-2.0' | 'discovery' | 'mcp' | 'functions'

export interface Origin {
  format: DocumentFormat
  document: string
  /** JSON pointer into the document. */
  place: string
}

/** One that has a route. */
export type RestOperation = Operation & { method: Method; path: string }

/** Something wrong with a document: counted and reported, never fatal to the rest. */
export interface DocumentProblem {
  document: string
  /** JSON pointer into it, or empty. */
  place: string
  code: 'DOCUMENT_INVALID' | 'DOCUMENT_TOO_LARGE' | 'REFERENCE_BROKEN' | 'OPERATION_UNNAMED' | 'OPERATION_REPEATED'
  message: string
}
