/**
 * The normal form of one API operation, whatever document it was read from: what collect returns and every later stage
 * reads. Plain data, resolved: no `$ref` is left; a schema that refers to itself is cut where it does.
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

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'body'
  required: boolean
  description?: string
  shape: Shape
}

export interface Operation {
  /** Unique and stable over runs: `provider[:service] METHOD /path`. Records are sorted by it. */
  key: string
  /** Whose API it is, such as `stripe.com`. */
  provider: string
  /** Which of the provider's APIs; provider again where there is only one. */
  service: string
  operationId?: string
  method: 'get' | 'put' | 'post' | 'patch' | 'delete'
  path: string
  /** A clear snake_case `verb_noun` name made by collect; unique within a service, not across them. */
  name: string
  summary?: string
  /** One to three plain sentences without markup; never empty. */
  description: string
  tags: string[]
  licence?: string
  /** Path and query parameters, then the top-level properties of the body; headers and cookies are transport. */
  parameters: Parameter[]
  /** What a success answers with; absent where it answers with nothing. */
  response?: Shape
}

/** Something wrong with a document: counted and reported, never fatal to the rest. */
export interface DocumentProblem {
  document: string
  /** JSON pointer into it, or empty. */
  place: string
  code: 'DOCUMENT_INVALID' | 'REFERENCE_BROKEN' | 'OPERATION_UNNAMED'
  message: string
}
