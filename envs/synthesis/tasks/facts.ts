/**
 * What the tasks stage asks of a domain, worked out once: keys, parents, readers, and what kind of thing each column
 * holds, which decides how a person says its values. From bindings and columns alone, never from a tool's name.
 */

import type { Column, Domain, Table } from '../../../schemas/domain.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { Tool } from '../../../schemas/tool.ts'
import type { ArgumentBinding, ToolBinding } from '../binding.ts'
import { columnSayable, tableSayable } from './words.ts'

/** `technical` is never said; `key` is never said as it is, but points to a row that can be. */
export type Kind =
  | 'key'
  | 'name'
  | 'person'
  | 'company'
  | 'code'
  | 'file'
  | 'city'
  | 'status'
  | 'enum'
  | 'email'
  | 'date'
  | 'money'
  | 'count'
  | 'flag'
  | 'text'
  | 'other'
  | 'technical'

export interface Parent {
  column: string
  table: string
}

export interface Facts {
  domain: Domain
  tables: ReadonlyMap<string, Table>
  tools: ReadonlyMap<string, Tool>
  /** Sorted by tool. */
  bindings: readonly ToolBinding[]
  /** The one column of the primary key; undefined where it has several. */
  key(table: string): string | undefined
  parents(table: string): readonly Parent[]
  /** Tables with a foreign key to it. */
  children(table: string): readonly { table: string; column: string }[]
  /** Reads whose results show the table's keys. */
  readers(table: string): readonly ToolBinding[]
  kind(table: string, column: string): Kind
  sayable(table: string): boolean
  /** The table whose key the argument holds, where it holds one. */
  addresses(argument: ArgumentBinding): string | undefined
  /** The JSON Schema of one argument. */
  schema(tool: string, argument: string): JsonObject
}

export function readFacts(domain: Domain, bindings: readonly ToolBinding[]): Facts {
  const tables = new Map(domain.tables.map((table) => [table.name, table]))
  const tools = new Map(domain.tools.map((tool) => [tool.name, tool]))
  const sorted = [...bindings].filter((binding) => tools.has(binding.tool)).sort((a, b) => (a.tool < b.tool ? -1 : 1))
  const key = (name: string): string | undefined => {
    const columns = tables.get(name)?.primary_key ?? []
    return columns.length === 1 ? columns[0] : undefined
  }
  const parents = (name: string): Parent[] =>
    (tables.get(name)?.foreign_keys ?? [])
      .filter((foreign) => foreign.columns.length === 1 && foreign.references[0] === key(foreign.table))
      .map((foreign) => ({ column: foreign.columns[0] as string, table: foreign.table }))
  const kinds = new Map<string, Kind>()
  for (const table of domain.tables)
    for (const column of table.columns) kinds.set(`${table.name}.${column.name}`, kindOf(table, column))
  const schema = (tool: string, argument: string): JsonObject => {
    const properties = tools.get(tool)?.input_schema.properties as Record<string, Json> | undefined
    return (properties?.[argument] ?? {}) as JsonObject
  }
  return {
    domain,
    tables,
    tools,
    bindings: sorted,
    key,
    parents,
    children: (name) =>
      domain.tables.flatMap((table) =>
        parents(table.name)
          .filter((parent) => parent.table === name)
          .map((parent) => ({ table: table.name, column: parent.column })),
      ),
    readers: (name) =>
      sorted.filter(
        (binding) =>
          tools.get(binding.tool)?.kind === 'read' &&
          binding.outputs.some((output) => output.table === name && output.column === key(name)),
      ),
    kind: (table, column) => kinds.get(`${table}.${column}`) ?? 'technical',
    sayable: (table) => tableSayable(table),
    addresses({ table, column, role }) {
      if (table === undefined || column === undefined || role === 'page' || role === 'query') return undefined
      if (key(table) === column) return table
      return parents(table).find((parent) => parent.column === column)?.table
    },
    schema,
  }
}

const technicalSemantics =
  /^(id|uuid|url|image_url|arn|secret|hash|bytes|ip|mac|mime|binary|json|json_array|json_object|num_array|geo|lat|lon|port|token|hostname|version|tags|iban|card|bic|bank_account|timezone|dimension|duration|phone|postcode|street|language)$/
const technicalNames =
  /(^|_)(id|ids|uuid|guid|url|uri|href|link|token|secret|hash|etag|json|metadata|path|ip|mac|sha|arn|version|revision|checksum|password|key|endpoint|slug|offset|cursor|payload|schema|query|regex|namespace|kind|sid|phone|locale|timezone|ref|object|class)$/

function kindOf(table: Table, column: Column): Kind {
  const { name, semantic = '' } = column
  if (table.primary_key.includes(name)) return 'key'
  if (table.foreign_keys.some((foreign) => foreign.columns.includes(name))) return 'key'
  if (column.volatile) return 'technical'
  if (technicalSemantics.test(semantic) || technicalNames.test(name) || !columnSayable(name)) return 'technical'
  if (column.type === 'INTEGER' && (/^(boolean|bool|flag|bool_name)$/.test(semantic) || /^(is|has|can)_/.test(name)))
    return 'flag'
  if (column.enum !== undefined) {
    if (column.type === 'INTEGER') return column.enum.every((value) => value === 0 || value === 1) ? 'flag' : 'other'
    return /(^|_)(status|state|phase|stage)$/.test(name) ? 'status' : 'enum'
  }
  if (semantic === 'email' || semantic === 'email_fmt' || /(^|_)email(_address)?$/.test(name)) return 'email'
  if (/(date|created|updated|start|end|_at|birth)/.test(semantic) || /(_at|_on|^date|_date|_time)$/.test(name))
    return column.type === 'TEXT' ? 'date' : 'technical'
  if (semantic === 'money' || /(^|_)(amount|price|total|cost|fee|balance|budget|salary)$/.test(name))
    return column.type === 'TEXT' ? 'other' : 'money'
  if (column.type !== 'TEXT') return 'count'
  if (/^(person|first_name|last_name|full_name)/.test(semantic)) return name === 'name' ? 'name' : 'person'
  if (/^(name|title|label|subject|display_name|full_name|headline)$/.test(name)) return 'name'
  if (semantic === 'name' && name === `${table.name}_name`) return 'name'
  if (semantic === 'company' || /(^|_)(company|organization|organisation|vendor|supplier)(_name)?$/.test(name))
    return 'company'
  if (/^(number_code|sku|code|number)$/.test(semantic) || /(^|_)(number|code|sku|reference)$/.test(name)) return 'code'
  if (semantic === 'filename' || /(^|_)file(_?name)?$/.test(name)) return 'file'
  if (semantic === 'city' || /(^|_)city$/.test(name)) return 'city'
  if (semantic === 'text' || /(description|note|notes|comment|message|summary|reason|body|text|content)$/.test(name))
    return 'text'
  return 'other'
}
