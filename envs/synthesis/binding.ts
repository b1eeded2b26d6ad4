/**
 * What a made tool does to its tables: the link between materialize, which decides it, and tasks, which walk by it.
 * Everything else (edges, programs, seeds, intents) follows from bindings, never from names.
 */

export type ToolVerb = 'get' | 'list' | 'search' | 'create' | 'update' | 'delete' | 'transition' | 'event'

export interface ArgumentBinding {
  argument: string
  /** The column it is compared with or written to; absent for `page` and `query`. */
  table?: string
  column?: string
  /**
   * `key`: picks the row acted on. `parent`: a foreign key that scopes or links the row. `filter`: narrows a list.
   * `value`: is written to the row. `query`: free-text search over the table's human names. `window`: only rows from or up
   * to it. `page`: limit, offset, order.
   */
  role: 'key' | 'parent' | 'filter' | 'value' | 'query' | 'window' | 'page'
  required: boolean
  /** Which end of a window, both included. */
  side?: 'from' | 'to'
}

export interface OutputBinding {
  /** Dotted path in the result; `[]` steps into each item of a list. */
  field: string
  table: string
  column: string
}

export interface ToolBinding {
  tool: string
  verb: ToolVerb
  /** The table whose rows it reads or writes; for an event the table of events, with `subject` the row it is about. */
  table: string
  subject?: string
  arguments: ArgumentBinding[]
  outputs: OutputBinding[]
  /** Of a transition: the status or flag column, what it is set to, and from which values it refuses. */
  transition?: { column: string; to: string | number; refuses: (string | number)[]; verb: string }
  /** What had to be invented for want of evidence (a key, inputs, an effect); empty where all stood in the API. */
  fallbacks: string[]
}
