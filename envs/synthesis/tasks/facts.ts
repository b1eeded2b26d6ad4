/**
 * What the tasks stage asks of a domain, worked out once: keys, parents, readers, and what kind of thing each column
 * holds, which decides how a person says its values. From bindings and columns alone, never from a tool's name.
 */

import type { Column, Domain, Table } from '../../../schemas/domain.ts'
import type { Cell, Json, JsonObject } from '../../../schemas/json.ts'
import type { Tool } from '../../../schemas/tool.ts'
import type { ArgumentBinding, ToolBinding } from '../binding.ts'
import { singular } from '../collect/words.ts'
import {
  columnSemantic,
  isSayable,
  type Language,
  type NounKind,
  readsWell,
  sayFlag,
  sayTable,
  tableKind,
} from '../lexicon.ts'
import { sayFlagState, sayValue } from './said.ts'

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
  /** What the tasks are told in: it decides what can be said. */
  language: Language
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
  /**
   * A value of the column as a person says it; undefined where nobody would, or where another value of the column's enum
   * sounds the same. `brief` leaves the time of day out of a date.
   */
  say(table: string, column: string, value: Cell | undefined, brief?: boolean): string | undefined
  sayable(table: string): boolean
  /** The table whose key the argument holds, where it holds one. */
  addresses(argument: ArgumentBinding): string | undefined
  /** The JSON Schema of one argument. */
  schema(tool: string, argument: string): JsonObject
}

/** What words a task may turn on: those that people use, or all that can be said. */
export type Words = 'used' | 'sayable'

export function readFacts(
  domain: Domain,
  bindings: readonly ToolBinding[],
  language: Language = 'en',
  words: Words = 'used',
): Facts {
  const reads = words === 'used' ? readsWell : isSayable
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
    for (const column of table.columns)
      kinds.set(`${table.name}.${column.name}`, kindOf(table, column, language, reads))
  const logs = new Set(sorted.filter(({ verb }) => verb === 'event').map(({ table }) => table))
  const schema = (tool: string, argument: string): JsonObject => {
    const properties = tools.get(tool)?.input_schema.properties as Record<string, Json> | undefined
    return (properties?.[argument] ?? {}) as JsonObject
  }
  const kind = (table: string, column: string): Kind => kinds.get(`${table}.${column}`) ?? 'technical'
  const say = (table: string, column: string, value: Cell | undefined, brief = false): string | undefined => {
    const of = kind(table, column)
    if (of === 'flag') {
      const state = value === 0 || value === 1 ? sayFlagState(column, value, language) : undefined
      // Of many it can't be said that they are "the default" or "a favourite".
      return brief && language === 'en' && /(^| )(an?|the|its) /.test(state ?? '') ? undefined : state
    }
    const said = sayValue(of, value, brief, language)
    if (said === undefined || (of !== 'enum' && of !== 'status')) return said
    const others = tables.get(table)?.columns.find(({ name }) => name === column)?.enum ?? []
    return others.some((other) => other !== value && sayValue(of, other, brief, language) === said) ? undefined : said
  }
  return {
    domain,
    language,
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
    kind,
    say,
    // A log of what was done is nothing that a person names; its rows come from actions on what they are about.
    sayable: (table) =>
      reads('table', table, undefined, language) &&
      !logs.has(table) &&
      !(language === 'en' && isDoubled(sayTable(table))),
    addresses({ table, column, role }) {
      if (table === undefined || column === undefined || role === 'page' || role === 'window' || role === 'query')
        return undefined
      if (key(table) === column) return table
      return parents(table).find((parent) => parent.column === column)?.table
    },
    schema,
  }
}

/** A noun that says a word twice: "property property", "folder folder item". */
const isDoubled = (noun: string): boolean => /\b(\w+)\b.* \1\b/i.test(noun)

const kindsBySemantic: Readonly<Record<string, Kind>> = {
  name: 'name',
  subject: 'name',
  person: 'person',
  company: 'company',
  number_code: 'code',
  sku: 'code',
  filename: 'file',
  city: 'city',
  email: 'email',
  money: 'money',
  text: 'text',
  created_at: 'date',
  birth_date: 'date',
  due_date: 'date',
  start: 'date',
  end: 'date',
  start_date: 'date',
  end_date: 'date',
  datetime: 'date',
  date: 'date',
  percent: 'count',
  rating: 'count',
  quantity: 'count',
  duration: 'count',
  flag: 'flag',
  boolean: 'flag',
}

const nowhere: readonly NounKind[] = ['money', 'label', 'thing', 'file', 'message']

const unreached: readonly NounKind[] = ['machine', 'file', 'label', 'product', 'thing']

/**
 * Numbers that a document puts where nobody would look for them: the amount of a tag, the pages of a member, the seconds that a
 * machine waits; and the city of a country.
 */
function isMisplaced(table: string, column: string, kind: Kind): boolean {
  const of = tableKind(table)
  if (kind === 'money')
    return moneyless.includes(of) && !/salary|wage|balance|credit|limit|budget|rate|fee/.test(column)
  if (kind === 'count')
    return jargon.test(column) || counted.some(({ columns, kinds }) => columns.test(column) && !kinds.includes(of))
  return kind === 'city' && /(^|_)(country|region|state|city|continent|time_?zone|locale)$/.test(table)
}

const moneyless: readonly NounKind[] = ['label', 'person', 'group', 'place', 'message', 'file', 'machine']

const jargon =
  /second|milli|bytes|_ms$|ttl|threshold|retries|replica|manufacturer|usage|depth|priority|position|index|offset|sequence|weight$|sort|rank|level|(^|_)(min|max|minimum|maximum)_/

const counted: readonly { columns: RegExp; kinds: readonly NounKind[] }[] = [
  { columns: /page|word|character|line/, kinds: ['file', 'work'] },
  { columns: /download|view|play|listen|watch/, kinds: ['file', 'work', 'message', 'product'] },
  { columns: /quantity|stock|unit|item/, kinds: ['product', 'money', 'thing', 'place', 'group'] },
  { columns: /commit|fork|star(s|_count)|branch/, kinds: ['work', 'group'] },
  { columns: /people|guest|adult|child|occupan|passenger|seat/, kinds: ['place', 'work', 'thing', 'group'] },
  { columns: /duration|minutes|hours|length/, kinds: ['work', 'file', 'message', 'thing', 'product'] },
]

const names = /^(name|title|label|subject|display_name|full_name|headline)$/
/** Columns whose name is half a phrase: "with the to 25 January". */
const unsaidNames =
  /^(..?|from|until|since|when|action|operation|descending|types|rights|edge|house|side|criteria|failure|mode|order|sort)$|_(to|from|by|action|operation)$|updated|modified|changed/

function kindOf(table: Table, column: Column, language: Language, reads: typeof readsWell): Kind {
  const { name, type } = column
  if (table.primary_key.includes(name)) return 'key'
  if (table.foreign_keys.some((foreign) => foreign.columns.includes(name))) return 'key'
  if (name === table.name || singular(name) === table.name) return 'technical' // the status of a status
  const semantic = column.semantic ?? columnSemantic(name, type)
  const binary = type === 'INTEGER' && column.enum?.every((value) => value === 0 || value === 1)
  if (binary || semantic === 'flag') return sayFlag(name) === undefined ? 'technical' : 'flag'
  if (column.volatile || unsaidNames.test(name) || !reads('column', name, semantic, language)) return 'technical'
  if (column.enum !== undefined && /(language|locale|country|region|time_?zone)/.test(name)) return 'other' // codes
  if (column.enum !== undefined && type === 'TEXT')
    return /(^|_)(status|state|phase|stage)$/.test(name) ? 'status' : 'enum'
  let kind = kindsBySemantic[semantic] ?? 'other'
  if (isMisplaced(table.name, name, kind)) return 'technical'
  // A payment method isn't in Warsaw, whatever its address says.
  if (kind === 'city' && nowhere.includes(tableKind(table.name))) kind = 'other'
  // Whatever a document says, nobody writes to a screen.
  if (kind === 'email' && unreached.includes(tableKind(table.name))) return 'technical'
  // A thing has one name: "npm name" beside "name" is a detail that nobody calls it by.
  const called = (of: string) => names.test(of) || of === `${table.name}_name`
  if (kind === 'person' && names.test(name)) kind = 'name'
  if (kind === 'name' && !called(name) && table.columns.some((other) => called(other.name))) kind = 'other'
  if (type === 'TEXT') return kind === 'money' || kind === 'count' ? 'other' : kind
  return kind === 'money' ? 'money' : kind === 'date' || kind === 'other' ? 'technical' : 'count'
}
