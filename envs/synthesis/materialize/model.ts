/**
 * Tables out of a community's operations: which nouns become tables, which of them belong to which, and their columns.
 *
 * A column is there because a tool takes it, filters by it or answers with it: at most twenty-four a table, what tools
 * take first. Keys are opaque; what people call a row stands beside the key. What a document only refers to (a scope of
 * its paths, an identifier in a body, a list inside an answer) is a table too, so that nothing points nowhere.
 */

import type { Column, ForeignKey, Table } from '../../../schemas/domain.ts'
import type { ColumnType } from '../lexicon/columns.ts'
import { sourceStates, startStates, verbs } from '../lexicon/verbs.ts'
import {
  columnSemantic,
  isSayable,
  type NounKind,
  sayColumn,
  sayTable,
  tableKind,
  unsaidSemantics,
} from '../lexicon.ts'
import type { Shape } from '../operation.ts'
import { type Counter, counterSemantic } from './counters.ts'
import { type Field, inputFields, isOwnKey, nestedLists, outputFields, referredNoun } from './fields.ts'
import { isCredential, isTransport, meaningOf, type Place } from './meaning.ts'
import type { Resource } from './resources.ts'
import { clean, plural, singular, snake, squeezed } from './words.ts'

export const columnsMax = 24
const enumMax = 16

export interface Parent {
  table: string
  column: string
  /** How many operations stand under it in the path. */
  paths: number
  required: boolean
}

export interface Entity {
  table: Table
  resources: Resource[]
  parents: Parent[]
  /** Column of the life cycle, where actions move it; and what each action sets. */
  transitions: Map<string, { column: string; to: string | number; refuses: (string | number)[] }>
  /** The column of the life cycle. */
  status?: string
  /** Actions that leave a dated row. */
  events: string[]
  /** Columns by the squeezed name of the field they came from. */
  byField: Map<string, string>
  /** What a list shows of a row, where the API's lists show less than its reads of one; all columns where absent. */
  summary?: ReadonlySet<string>
  /** Columns that were invented for want of evidence. */
  invented: Set<string>
  /** The columns that people know a row by, best first. */
  names: string[]
  /** Where the document shows that a row has a key; absent where none does and it had to be made. */
  key?: 'path' | 'field' | 'reference' | 'sole'
  /** There is one row of it, and tools need no key. */
  sole: boolean
}

export interface Model {
  entities: Entity[]
  /** The table a noun means, whatever its spelling. */
  entityOf(noun: string): Entity | undefined
  dropped: Record<string, number>
}

interface ColumnEvidence {
  name: string
  score: number
  types: Map<string, number>
  formats: Set<string>
  enums: Set<string | number>
  description: string
  input: boolean
  /** In how many of the creates it is required. */
  required: number
  /** A list is narrowed by it. */
  filter: boolean
}

interface Draft {
  noun: string
  resources: Resource[]
  parents: Map<string, number>
  mentions: number
  columns: Map<string, ColumnEvidence>
  key: Entity['key']
  /** Windows of time that lists ask for without saying of what. */
  timed: boolean
}

/** Spellings of one column: the first is how it is called here. */
const spellings: readonly (readonly string[])[] = [
  [
    'created_at',
    'created',
    'created_on',
    'created_date',
    'creation_date',
    'date_created',
    'create_time',
    'created_time',
    'creation_time',
    'createdat',
    'create_date',
    'created_date_utc',
    'date_added',
    'inserted_at',
    'createtime',
    'creationdate',
    'creationtime',
    'created_datetime',
    'creation_timestamp',
    'created_timestamp',
  ],
  [
    'updated_at',
    'updated',
    'updated_on',
    'updated_date',
    'update_date',
    'date_updated',
    'update_time',
    'modified',
    'modified_at',
    'modified_on',
    'modified_date',
    'date_modified',
    'last_modified',
    'last_updated',
    'last_modified_date',
    'last_update',
    'modification_date',
    'last_modified_at',
    'updated_time',
    'last_modified_time',
    'last_updated_at',
    'modified_time',
    'updatedat',
    'lastmodified',
    'last_modified_datetime',
    'update_timestamp',
    'last_updated_date',
  ],
  ['description', 'desc', 'descr'],
  ['postcode', 'zip', 'zip_code', 'zipcode', 'postal_code', 'postalcode'],
  ['email', 'email_address', 'e_mail', 'emailaddress', 'mail'],
  ['phone', 'phone_number', 'telephone', 'telephone_number', 'tel', 'phonenumber'],
  ['first_name', 'firstname', 'given_name'],
  ['last_name', 'lastname', 'family_name', 'surname'],
  ['birth_date', 'dob', 'date_of_birth', 'birthdate', 'birthday'],
  ['time_zone', 'timezone', 'tz'],
  ['quantity', 'qty'],
]
const canonical = new Map(
  spellings.flatMap((group) => group.map((name) => [squeezed(name), group[0] as string] as const)),
)

export function buildModel(resources: readonly Resource[]): Model {
  const dropped: Record<string, number> = {}
  const drop = (what: string, count = 1) => {
    if (count > 0) dropped[what] = (dropped[what] ?? 0) + count
  }
  const drafts = gatherDrafts(resources, drop)
  const nounOf = new Map<string, string>([...drafts.keys()].map((noun) => [squeezed(noun), noun]))
  const resolve = (noun: string): string | undefined => {
    const exact = nounOf.get(squeezed(noun))
    if (exact !== undefined) return exact
    const words = noun.split('_')
    for (let from = 1; from < words.length; from++) {
      const found = nounOf.get(squeezed(words.slice(from).join('_')))
      if (found !== undefined) return found
    }
    return undefined
  }
  const entities = [...drafts.values()].map((draft) => buildEntity(draft, resolve, drop))
  breakCycles(entities)
  findCounters(entities)
  const byTable = new Map(entities.map((entity) => [entity.table.name, entity]))
  return {
    entities,
    entityOf(noun) {
      const name = resolve(noun)
      return name === undefined ? undefined : byTable.get(name)
    },
    dropped,
  }
}

/** `item_count` of an order is how many items refer to it. */
function findCounters(entities: readonly Entity[]): void {
  for (const entity of entities) {
    const names = new Map<string, Counter>()
    for (const child of entities) {
      const reference = child.parents.find((parent) => parent.table === entity.table.name)
      if (reference === undefined || child === entity) continue
      const last = child.table.name.split('_').at(-1) as string
      for (const noun of new Set([child.table.name, last])) {
        const many = plural(noun)
        for (const name of [
          `${noun}_count`,
          `${many}_count`,
          `number_of_${many}`,
          `num_${many}`,
          `total_${many}`,
          many,
        ])
          if (!names.has(name)) names.set(name, { table: child.table.name, column: reference.column })
      }
    }
    entity.table.columns = entity.table.columns.map((column) => {
      const counter = column.type === 'INTEGER' && column.enum === undefined ? names.get(column.name) : undefined
      if (counter === undefined || column.semantic === 'ref') return column
      names.delete(column.name)
      return order({ ...column, nullable: false, semantic: counterSemantic(counter) })
    })
  }
}

/** How many tables may be made of what is only referred to. */
const referredMax = 6
/** And of lists inside answers, in all. */
const nestedMax = 3

const newDraft = (noun: string): Draft => ({
  noun,
  resources: [],
  parents: new Map(),
  mentions: 0,
  columns: new Map(),
  key: undefined,
  timed: false,
})

function gatherDrafts(resources: readonly Resource[], drop: (what: string) => void): Map<string, Draft> {
  const spelling = chooseSpellings(resources)
  const drafts = new Map<string, Draft>()
  const draftOf = (noun: string): Draft => {
    const name = spelling.get(squeezed(noun)) ?? noun
    let draft = drafts.get(name)
    if (draft === undefined) {
      draft = newDraft(name)
      drafts.set(name, draft)
    }
    return draft
  }
  for (const resource of resources) draftOf((resource.chain.at(-1) as { noun: string }).noun).resources.push(resource)
  // Parents: those in the path just above, and what required identifiers point to.
  const mentioned = new Map<string, number>()
  for (const resource of resources) {
    const last = resource.chain.at(-1) as { noun: string }
    for (const link of resource.chain.slice(0, -1).reverse()) {
      if (link.key === undefined || squeezed(link.noun) === squeezed(last.noun)) continue
      mentioned.set(squeezed(link.noun), (mentioned.get(squeezed(link.noun)) ?? 0) + 1)
    }
    for (const field of [
      ...inputFields(resource.operation, last.noun, 'body'),
      ...inputFields(resource.operation, last.noun, 'query'),
    ]) {
      const noun = referredNoun(field.name)
      if (noun !== undefined && !isOwnKey(field.name, last.noun))
        mentioned.set(squeezed(noun), (mentioned.get(squeezed(noun)) ?? 0) + (field.required ? 2 : 0.5))
    }
  }
  const onlyReferred = [...mentioned]
    .filter(([flat]) => ![...drafts.keys()].some((noun) => squeezed(noun) === flat))
    .map(([flat, count]) => ({ noun: spelling.get(flat) ?? flat, count }))
    .filter(({ noun, count }) => count >= (tableKind(noun) === 'thing' ? 2 : 1) && isSayable('table', noun))
    .sort((a, b) => b.count - a.count || (a.noun < b.noun ? -1 : 1))
    .slice(0, referredMax)
  for (const { noun, count } of onlyReferred) {
    const draft = draftOf(noun)
    draft.mentions = count
    draft.key = 'reference'
  }
  for (const resource of resources) {
    const own = draftOf((resource.chain.at(-1) as { noun: string }).noun)
    let found = false
    for (const link of resource.chain.slice(0, -1).reverse()) {
      if (link.key === undefined) continue
      const parent = drafts.get(spelling.get(squeezed(link.noun)) ?? link.noun)
      if (parent === undefined || parent === own) {
        drop('scope parameters')
        continue
      }
      if (!found) own.parents.set(parent.noun, (own.parents.get(parent.noun) ?? 0) + 1)
      else drop('scope parameters')
      found = true
    }
  }
  readProse(resources, drafts, spelling)
  for (const draft of [...drafts.values()]) {
    readEvidence(draft)
    readNested(draft, drafts, spelling)
  }
  return drafts
}

/** "Get the details of a user, including their orders": orders belong to users, where nothing else says to whom. */
function readProse(
  resources: readonly Resource[],
  drafts: ReadonlyMap<string, Draft>,
  spelling: ReadonlyMap<string, string>,
): void {
  for (const { operation, verb, chain } of resources) {
    const noun = chain.at(-1)?.noun ?? ''
    const owner = drafts.get(spelling.get(squeezed(noun)) ?? noun)
    if (verb !== 'get' || owner === undefined) continue
    for (const [, word = ''] of operation.description.matchAll(/\b(?:their|its|his or her)\s+([a-z]+s)\b/g)) {
      const owned = drafts.get(spelling.get(squeezed(word)) ?? singular(word))
      if (owned === undefined || owned === owner || owned.parents.size > 0 || isAbove(owned, owner, drafts)) continue
      const named = squeezed(`${owner.noun}_id`)
      if (owned.resources.some((each) => each.operation.parameters.some(({ name }) => squeezed(snake(name)) === named)))
        continue
      owned.parents.set(owner.noun, 0)
    }
  }
}

/** `order.line_items[]`: what stands in a list inside of a row belongs to it, and is a table if it has two columns or more. */
function readNested(draft: Draft, drafts: Map<string, Draft>, spelling: ReadonlyMap<string, string>): void {
  const lists = new Map<string, Field[]>()
  for (const { operation, verb } of draft.resources) {
    if (verb === 'action' || verb === 'delete') continue
    for (const { name, fields } of nestedLists(operation, draft.noun))
      lists.set(name, [...(lists.get(name) ?? []), ...fields])
  }
  let made = [...drafts.values()].filter((other) => other.resources.length === 0 && other.parents.size > 0).length
  for (const [name, fields] of [...lists].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    const bare = singular(name)
    const full = bare.startsWith(`${draft.noun}_`) ? bare : `${draft.noun.split('_').at(-1)}_${bare}`
    const noun = [bare, full].map((each) => spelling.get(squeezed(each)) ?? each).find((each) => drafts.has(each))
    const known = noun === undefined ? undefined : drafts.get(noun)
    if (known !== undefined) {
      if (known !== draft && known.parents.size === 0 && !isAbove(known, draft, drafts))
        known.parents.set(draft.noun, 1)
      continue
    }
    const called = tableName(full)
    if (made >= nestedMax || drafts.has(called) || !isSayable('table', called) || isTransport(bare, 'output')) continue
    const child = newDraft(called)
    for (const field of fields) {
      note(child, field, 1, false, false, 'output')
      if (isOwnKey(field.name, called) || isOwnKey(field.name, bare)) child.key = 'field'
    }
    const told = [...child.columns.values()].filter((column) => settle(column) !== null)
    if (told.length < 2 || child.key === undefined) continue
    child.parents.set(draft.noun, 1)
    drafts.set(called, child)
    made += 1
  }
}

/** Whether `draft` stands under `other`, by its parents. */
function isAbove(other: Draft, draft: Draft, drafts: ReadonlyMap<string, Draft>, depth = 0): boolean {
  if (depth > 8) return true
  return [...draft.parents.keys()].some((noun) => {
    const parent = drafts.get(noun)
    return parent !== undefined && (parent === other || isAbove(other, parent, drafts, depth + 1))
  })
}

/** Of the spellings of one noun the one with the most words, then the commonest: `rate_plan` before `rateplan`. */
function chooseSpellings(resources: readonly Resource[]): Map<string, string> {
  const counts = new Map<string, Map<string, number>>()
  const count = (noun: string) => {
    const flat = squeezed(noun)
    const forms = counts.get(flat) ?? new Map<string, number>()
    forms.set(noun, (forms.get(noun) ?? 0) + 1)
    counts.set(flat, forms)
  }
  for (const resource of resources) {
    for (const link of resource.chain) count(link.noun)
    for (const parameter of resource.operation.parameters) {
      const noun = referredNoun(
        parameter.name.toLowerCase() === parameter.name
          ? parameter.name
          : parameter.name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase(),
      )
      if (noun !== undefined && /^[a-z][a-z0-9_]*$/.test(noun)) count(noun)
    }
  }
  const chosen = new Map<string, string>()
  for (const [flat, forms] of counts) {
    const best = [...forms].sort(
      (a, b) => b[0].split('_').length - a[0].split('_').length || b[1] - a[1] || (a[0] < b[0] ? -1 : 1),
    )[0] as [string, number]
    chosen.set(flat, tableName(best[0]))
  }
  return chosen
}

/** Within the limits of names, with room for the names of statements made of it. */
function tableName(noun: string): string {
  const words = noun.split('_')
  while (words.length > 1 && words.join('_').length > 32) words.shift()
  const name = words.join('_').slice(0, 32).replace(/_+$/, '')
  return functionNames.has(name) ? `${name}_entry` : name
}

/** A table of such a name would read as a call in SQL: `INSERT INTO time (…)`. */
const functionNames = new Set(['time', 'date', 'datetime', 'format', 'changes', 'random', 'printf'])

/** Names by which one row is meant where it has no identifier. */
const naturalKeys = new Set([
  'slug',
  'code',
  'sku',
  'username',
  'login',
  'email',
  'hostname',
  'symbol',
  'isbn',
  'iban',
  'vin',
])

function readEvidence(draft: Draft): void {
  for (const resource of draft.resources) {
    const { operation, verb } = resource
    if (resource.chain.at(-1)?.key !== undefined) draft.key = 'path'
    const creates = verb === 'create'
    if (operation.method !== 'get' && verb !== 'search' && verb !== 'list') {
      for (const field of inputFields(operation, draft.noun, 'body')) {
        note(draft, field, field.required ? 3 : 1.5, true, creates && field.required, 'body')
        if (isOwnKey(field.name, draft.noun)) draft.key ??= 'field'
      }
      for (const field of inputFields(operation, draft.noun, 'query'))
        note(draft, field, field.required ? 2 : 1, true, false, 'query')
    } else {
      for (const where of ['query', 'body'] as const)
        for (const field of inputFields(operation, draft.noun, where)) noteQuery(draft, field)
    }
    const output = outputFields(operation, draft.noun).fields
    if (output.some((field) => isOwnKey(field.name, draft.noun) || naturalKeys.has(field.name))) draft.key ??= 'field'
    if (verb !== 'action') for (const field of output) note(draft, field, 1, false, false, 'output')
  }
  if (draft.timed && ![...draft.columns.values()].some(isDated)) note(draft, createdField, 2, false, false, 'output')
}

const createdField: Field = {
  name: 'created_at',
  shape: { type: 'string', format: 'date-time' },
  required: false,
  nested: false,
  from: 'created_at',
}

/** What a list is narrowed by is a property; one end of a window is of the property that it is a window of. */
function noteQuery(draft: Draft, field: Field): void {
  const meaning = meaningOf(field.name)
  if (meaning.kind === 'column') note(draft, field, 2, false, false, 'query')
  else if (meaning.kind === 'window') {
    if (meaning.stem === '') draft.timed = true
    else note(draft, { ...field, name: meaning.stem }, 2, false, false, 'query')
  }
}

const isDated = (evidence: ColumnEvidence): boolean =>
  [...evidence.formats].some((format) => format.startsWith('date')) ||
  dateSemantics.has(columnSemantic(evidence.name, 'TEXT'))

function note(draft: Draft, field: Field, weight: number, input: boolean, required: boolean, place: Place): void {
  const { shape } = field
  if (shape.type === 'object' || (shape.type === 'array' && !isPlainList(shape))) return
  if (shape.type === 'unknown' && place === 'output') return
  if (isTransport(field.name, place) || isOwnKey(field.name, draft.noun)) return
  const name = columnName(field.name)
  if (name === '') return
  const key = squeezed(name)
  let evidence = draft.columns.get(key)
  if (evidence === undefined) {
    evidence = {
      name,
      score: 0,
      types: new Map(),
      formats: new Set(),
      enums: new Set(),
      description: '',
      input: false,
      required: 0,
      filter: false,
    }
    draft.columns.set(key, evidence)
  }
  if (name.split('_').length > evidence.name.split('_').length) evidence.name = name
  evidence.score += field.nested ? weight * 0.4 : weight
  const type = shape.type === 'unknown' ? 'string' : shape.type
  evidence.types.set(type, (evidence.types.get(type) ?? 0) + 1)
  if (shape.format !== undefined) evidence.formats.add(shape.format)
  for (const value of shape.enum ?? []) if (cleanEnumValue(value as unknown)) evidence.enums.add(value)
  if (evidence.description === '') evidence.description = clean(shape.description, 200)
  evidence.input ||= input
  evidence.filter ||= place === 'query' && !input
  if (required) evidence.required += 1
}

/** A list of words or numbers is kept in one column. */
export const isPlainList = ({ items }: Shape): boolean =>
  items !== undefined && ['string', 'integer', 'number'].includes(items.type)

/** A column for one input alone, where it has no table of its own to be evidence in. */
export function columnOfField(field: Field): Column | null {
  const draft = newDraft('')
  note(draft, field, 1, true, false, 'body')
  const [evidence] = draft.columns.values()
  const column = evidence === undefined ? null : settle(evidence)
  return column === null ? null : order(column)
}

/** Words that end in "id" and name no identifier. */
const noIdentifiers = new Set(
  (
    'paid unpaid prepaid postpaid repaid valid invalid void avoid grid hybrid android bid rapid solid fluid liquid kid lid rid ' +
    'hid did aid acid said laid raid maid amid covid humid vivid period timid arid fid pid sid uid gid oid mid nid cid tid vid'
  ).split(' '),
)

/** `strategyid` → `strategy_id`. */
function split(name: string): string {
  const last = name.split('_').at(-1) as string
  return /^[a-z]{3,}id$/.test(last) && !noIdentifiers.has(last) ? name.replace(/id$/, '_id') : name
}

/** How a field is called as a column; '' where it can't be one. */
export function columnName(name: string): string {
  const known = canonical.get(squeezed(name))
  if (known !== undefined) return known
  const safe = split(name.slice(0, 40).replace(/_+$/, ''))
  return /^[a-z][a-z0-9_]*$/.test(safe) ? safe : ''
}

/** Documents list null and booleans too. */
function cleanEnumValue(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'string') return false
  return (
    value.length > 0 &&
    value.length <= 40 &&
    /^[\p{L}\p{N}][\p{L}\p{N} ._:/+-]*$/u.test(value) &&
    !/(^|_)(unspecified|unknown|undefined|none|null|invalid)$/i.test(value)
  )
}

/** `Active` beside `active` is one value. */
function withoutTwins(values: (string | number)[]): (string | number)[] {
  const seen = new Set<string>()
  return values.filter((value) => {
    const flat = String(value).toLowerCase()
    return !seen.has(flat) && seen.add(flat)
  })
}

const dateSemantics = new Set([
  'start',
  'end',
  'due_date',
  'date',
  'datetime',
  'birth_date',
  'created_at',
  'updated_at',
])
/** Semantics whose many values are better drawn than listed. */
const drawn = new Set(['currency', 'country', 'country_code', 'language', 'timezone'])

/** Type, semantic and enum of a column; null where no value of it would make sense. */
function settle(evidence: ColumnEvidence): Column | null {
  const ranked = [...evidence.types].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const json = ranked[0]?.[0] as Shape['type']
  const { name } = evidence
  const base = { name, nullable: true, ...(evidence.description !== '' && { description: evidence.description }) }
  const spelledFlag =
    evidence.enums.size === 2 && [...evidence.enums].every((value) => /^(true|false)$/i.test(String(value)))
  if (json === 'boolean' || spelledFlag) return { ...base, type: 'INTEGER', semantic: 'flag', enum: [0, 1] }
  if (json === 'array') return { ...base, type: 'TEXT', semantic: 'json' }
  const byName = columnSemantic(name, 'TEXT')
  if (
    dateSemantics.has(byName) &&
    (json === 'integer' || json === 'number') &&
    !/(_count|_day|^day|number|days|_id|^to$|^from$|^on$|^end$|^start$)/.test(name)
  ) {
    return { ...base, type: 'TEXT', semantic: dated(byName, name, 'date-time') }
  }
  const type: ColumnType = json === 'integer' ? 'INTEGER' : json === 'number' ? 'REAL' : 'TEXT'
  let semantic = columnSemantic(name, type)
  const values = withoutTwins([...evidence.enums]).filter((value) =>
    type === 'TEXT'
      ? typeof value === 'string'
      : typeof value === 'number' && (type !== 'INTEGER' || Number.isInteger(value)),
  )
  if (type === 'TEXT') {
    if (evidence.formats.has('date') || evidence.formats.has('date-time')) {
      semantic = dated(
        dateSemantics.has(semantic) ? semantic : 'datetime',
        name,
        evidence.formats.has('date-time') ? 'date-time' : 'date',
      )
    } else if (dateSemantics.has(semantic))
      semantic = dated(
        semantic,
        name,
        /(_date|_on|^date|^dob|birthday)/.test(name)
          ? 'date'
          : /(^to|^from|^start|^end|^until|_day|^day|^on)$/.test(name)
            ? 'date'
            : 'date-time',
      )
    else if (evidence.formats.has('email')) semantic = 'email'
    else if (evidence.formats.has('uri') || evidence.formats.has('url')) semantic = 'url'
    else if (evidence.formats.has('uuid')) semantic = 'uuid'
    // Of a file its name is kept; of other bytes nothing.
    if (evidence.formats.has('binary')) semantic = 'filename'
    if (evidence.formats.has('byte') || evidence.formats.has('base64')) return null
  }
  if (values.length >= 2 && !(values.length > enumMax && drawn.has(semantic))) {
    const kept = values.slice(0, enumMax)
    return {
      ...base,
      type,
      semantic: semantic === 'status' ? 'status' : semantic === 'priority' ? 'priority' : 'enum',
      enum: kept,
    }
  }
  if (values.length === 1 && type === 'TEXT') return null // a constant tells nothing
  return { ...base, type, semantic }
}

function dated(semantic: string, name: string, format: 'date' | 'date-time'): string {
  if (semantic === 'created_at' || semantic === 'updated_at' || semantic === 'birth_date') return semantic
  const time = format === 'date-time' && !/(^|_)(birth|dob)/.test(name)
  const stem = semantic === 'start' ? 'start' : semantic === 'end' ? 'end' : semantic === 'due_date' ? 'due' : ''
  return stem === '' ? (time ? 'datetime' : 'date') : `${stem}_${time ? 'time' : 'date'}`
}

const worth = new Set([
  'name',
  'title',
  'status',
  'amount',
  'due_date',
  'email',
  'phone',
  'quantity',
  'price',
  'description',
  'subject',
  'start_date',
  'end_date',
  'date',
  'currency',
  'city',
  'first_name',
  'last_name',
  'type',
  'priority',
  'note',
  'total',
  'country',
  'category',
  'company',
])

function buildEntity(
  draft: Draft,
  resolve: (noun: string) => string | undefined,
  drop: (what: string, count?: number) => void,
): Entity {
  const parents = new Map<string, Parent>()
  const byField = new Map<string, string>()
  const invented = new Set<string>()
  const creates = draft.resources.filter((resource) => resource.verb === 'create').length
  const underPath = [...draft.parents.values()].reduce((sum, count) => sum + count, 0)
  for (const [noun, paths] of [...draft.parents].sort()) {
    const required =
      draft.parents.size === 1 &&
      paths >= draft.resources.length * 0.5 &&
      underPath === paths &&
      draft.resources.every((resource) => resource.verb !== 'create' || saysWhose(resource, noun))
    parents.set(`${noun}_id`, { table: noun, column: `${noun}_id`, paths, required })
    byField.set(squeezed(`${noun}_id`), `${noun}_id`)
  }
  const candidates: { column: Column; score: number; evidence: ColumnEvidence }[] = []
  let opaque = 0
  for (const [field, evidence] of [...draft.columns].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    const noun = referredNoun(evidence.name)
    const target =
      noun === 'parent'
        ? draft.noun
        : noun === undefined
          ? (evidence.types.has('string') ||
              (evidence.types.has('integer') && evidence.name === singular(evidence.name))) &&
            evidence.enums.size === 0 &&
            !worth.has(evidence.name) &&
            resolveExact(resolve, evidence.name)
            ? evidence.name
            : undefined
          : noun
    if (target !== undefined) {
      const table = resolve(target)
      if (table === undefined || (table === draft.noun && noun !== 'parent')) {
        // It points to what this world doesn't have: a bare identifier, kept where a tool takes it.
        if (noun === undefined) continue
        if (!evidence.input && !evidence.filter) opaque += 1
        else candidates.push({ column: opaqueColumn(evidence), evidence, score: evidence.score * 0.5 })
        continue
      }
      const name =
        noun === undefined ? `${evidence.name}_id` : evidence.name.replace(/_(uuid|guid|sid|gid|uid|ref_id)$/, '_id')
      if (parents.size < 5 && !parents.has(name))
        parents.set(name, {
          table,
          column: name,
          paths: 0,
          required: table !== draft.noun && creates > 0 && evidence.required >= creates && draft.parents.size === 0,
        })
      if (parents.has(name)) byField.set(field, name)
      continue
    }
    const column = settle(evidence)
    if (column === null || isCredential(column.name)) {
      if (column !== null) drop('credential and hash fields')
      continue
    }
    const unsaid = unsaidSemantics.has(column.semantic ?? '')
    const machine = ['secret', 'hash', 'token', 'uuid'].includes(column.semantic ?? '')
    if (machine && !evidence.input && !evidence.filter) {
      drop('credential and hash fields')
      continue
    }
    candidates.push({
      column: machine ? opaqueColumn(column) : column,
      evidence,
      score:
        (evidence.score + (worth.has(column.name) ? 6 : 0)) * (unsaid ? 0.4 : 1) +
        // What tools take comes before what they only answer with.
        (evidence.input || evidence.filter ? 100 : 0),
    })
  }
  drop('opaque references', opaque)
  // The state of an address is a place, not a stage of life.
  const names = new Set(candidates.map(({ column }) => column.name))
  for (const { column } of candidates) {
    const prefix = /^(.*?)(state|state_code)$/.exec(column.name)?.[1]
    if (prefix === undefined || column.semantic !== 'status') continue
    if (['city', 'postcode', 'postal_code', 'zip', 'country'].some((near) => names.has(`${prefix}${near}`))) {
      column.semantic = 'region'
    }
  }
  // Where one goes from and to are places.
  if (names.has('origin') && names.has('destination'))
    for (const { column } of candidates)
      if (/^(origin|destination)$/.test(column.name) && column.type === 'TEXT' && column.enum === undefined)
        column.semantic = 'city'
  candidates.sort((a, b) => b.score - a.score || (a.column.name < b.column.name ? -1 : 1))
  const life = lifeCycle(
    draft,
    candidates.map((candidate) => candidate.column),
    invented,
  )
  const room = columnsMax - 1 - parents.size - life.added.length
  const kept = candidates.slice(0, room)
  let last = kept.length
  for (const column of life.kept) {
    const at = candidates.findIndex((candidate) => candidate.column.name === column)
    if (at < room) continue
    // In place of the least of those that may go.
    do last -= 1
    while (life.kept.includes(kept[last]?.column.name ?? ''))
    kept[last] = candidates[at] as (typeof candidates)[number]
  }
  drop('columns beyond the cap', candidates.length - kept.length)
  const foreign: ForeignKey[] = []
  const columns: Column[] = [{ name: 'id', type: 'TEXT', nullable: false, semantic: 'id' }]
  for (const parent of [...parents.values()].sort((a, b) => b.paths - a.paths || (a.column < b.column ? -1 : 1))) {
    columns.push({
      name: parent.column,
      type: 'TEXT',
      nullable: !parent.required,
      semantic: 'ref',
      description: `The ${sayTable(parent.table)} it belongs to.`,
    })
    foreign.push({ columns: [parent.column], table: parent.table, references: ['id'] })
  }
  for (const { column, evidence } of kept) {
    if (columns.some((known) => known.name === column.name)) continue
    byField.set(squeezed(evidence.name), column.name)
    columns.push(column)
  }
  columns.push(...life.added)
  // What people call a row, where the API has no word for it.
  const called = nameColumns(columns)
  if (called.length === 0 || !columns.some((column) => strongNames.has(column.semantic ?? ''))) {
    const invention = inventName(draft.noun, columns)
    if (columns.length >= columnsMax) {
      const least = columns.findLastIndex(
        (column) => !life.added.includes(column) && !life.kept.includes(column.name) && column.semantic !== 'ref',
      )
      columns.splice(least, 1)
    }
    columns.splice(1 + parents.size, 0, invention)
    byField.set(squeezed(invention.name), invention.name)
    invented.add(invention.name)
    called.unshift(invention.name)
  }
  // Of what is only referred to nothing is said; two things tell its rows apart, as people would.
  const beside = draft.resources.length === 0 && columns.length <= 2 ? secondName[tableKind(draft.noun)] : undefined
  if (beside !== undefined && !columns.some((column) => column.name === beside.name)) {
    columns.push({
      type: 'TEXT',
      nullable: true,
      ...beside,
      description: `The ${sayColumn(beside.name)} of the ${sayTable(draft.noun)}.`,
    })
    invented.add(beside.name)
  }
  const sole = draft.resources.length > 0 && draft.resources.every((resource) => resource.sole === true)
  const entity: Entity = {
    table: { name: draft.noun, columns: columns.map(order), primary_key: ['id'], foreign_keys: foreign },
    resources: draft.resources,
    parents: [...parents.values()].filter((parent) => columns.some((column) => column.name === parent.column)),
    transitions: life.transitions,
    events: life.events,
    byField,
    invented,
    names: called,
    ...(life.status !== undefined && { status: life.status }),
    sole,
    ...(sole ? { key: 'sole' as const } : draft.key !== undefined && { key: draft.key }),
  }
  finish(entity, draft, candidates)
  return entity
}

/** An identifier of something outside of this world. */
export const opaqueColumn = ({ name, description = '' }: { name: string; description?: string }): Column => ({
  name,
  type: 'TEXT',
  nullable: true,
  semantic: 'uuid',
  ...(description !== '' && { description }),
})

/** Whether a create says of which parent. */
const saysWhose = ({ chain, operation }: Resource, noun: string): boolean =>
  chain.slice(0, -1).some((link) => link.key !== undefined && squeezed(link.noun) === squeezed(noun)) ||
  (['body', 'query'] as const).some((where) =>
    inputFields(operation, chain.at(-1)?.noun ?? '', where).some(
      (field) => squeezed(referredNoun(field.name) ?? '') === squeezed(noun),
    ),
  )

const resolveExact = (resolve: (noun: string) => string | undefined, name: string): boolean => {
  const found = resolve(name)
  return found !== undefined && squeezed(found) === squeezed(name)
}

const strongNames = new Set([
  'name',
  'subject',
  'filename',
  'email',
  'username',
  'person',
  'company',
  'number_code',
  'product',
  'last_name',
  'sku',
  'hostname',
  'symbol',
])
const nameOrder = [
  'name',
  'subject',
  'product',
  'person',
  'company',
  'number_code',
  'filename',
  'username',
  'email',
  'last_name',
  'first_name',
  'sku',
  'hostname',
  'symbol',
]

/** The columns that people know a row by, best first. */
export function nameColumns(columns: readonly Column[]): string[] {
  return columns
    .filter(
      (column) => column.type === 'TEXT' && column.enum === undefined && nameOrder.includes(column.semantic ?? ''),
    )
    .sort((a, b) => nameOrder.indexOf(a.semantic ?? '') - nameOrder.indexOf(b.semantic ?? ''))
    .map((column) => column.name)
}

const secondName: Partial<Record<NounKind, { name: string; semantic: string }>> = {
  person: { name: 'email', semantic: 'email' },
  company: { name: 'city', semantic: 'city' },
  place: { name: 'city', semantic: 'city' },
}

function inventName(noun: string, columns: readonly Column[]): Column {
  const kind = tableKind(noun)
  const name = kind === 'money' ? 'number' : kind === 'message' ? 'subject' : 'name'
  const taken = columns.some((column) => column.name === name)
  const chosen = taken ? 'label' : name
  return {
    name: chosen,
    type: 'TEXT',
    nullable: true,
    semantic: columnSemantic(chosen, 'TEXT'),
    description: `The ${sayColumn(chosen)} of the ${sayTable(noun)}.`,
  }
}

/** Nullability, volatility, starting states and the number of rows, once all columns stand. */
function finish(
  entity: Entity,
  draft: Draft,
  candidates: readonly { column: Column; evidence: ColumnEvidence }[],
): void {
  const creates = draft.resources.filter((resource) => resource.verb === 'create').length
  const { table } = entity
  table.columns = table.columns.map((column) => {
    const found = candidates.find((candidate) => candidate.column.name === column.name)
    const always = creates > 0 && found !== undefined && found.evidence.required === creates
    const volatile = column.semantic === 'created_at' || column.semantic === 'updated_at'
    const moved = [...entity.transitions.values()].some((transition) => transition.column === column.name)
    const fixed = column.semantic === 'flag' || column.semantic === 'status' || moved
    return order({
      ...column,
      nullable:
        column.name !== 'id' && column.semantic !== 'ref' && (always || volatile || fixed) ? false : column.nullable,
      ...(volatile && { volatile: true }),
    })
  })
  const states = Math.max(
    0,
    ...table.columns.map((column) => (column.semantic === 'status' ? (column.enum?.length ?? 0) : 0)),
  )
  const isChild = entity.parents.some((parent) => parent.required)
  table.rows = entity.sole
    ? 1
    : Math.min(40, Math.max(draft.resources.length === 0 ? 12 : isChild ? 28 : 20, states * 3))
}

/** Keys of a column in the order of the schema, so that equal domains give equal bytes. */
function order(column: Column): Column {
  const { name, type, nullable, semantic, volatile, description } = column
  const values = column.enum
  return {
    name,
    type,
    nullable,
    ...(values && { enum: values }),
    ...(semantic && { semantic }),
    ...(volatile && { volatile }),
    ...(description && { description }),
  }
}

interface LifeCycle {
  transitions: Entity['transitions']
  events: string[]
  added: Column[]
  /** Columns that must survive the cap. */
  kept: string[]
  status?: string
}

function lifeCycle(draft: Draft, columns: Column[], invented: Set<string>): LifeCycle {
  const actions = [
    ...new Set(
      draft.resources.filter((resource) => resource.verb === 'action').map((resource) => resource.action as string),
    ),
  ].sort()
  const life: LifeCycle = { transitions: new Map(), events: [], added: [], kept: [] }
  const flags = columns.filter((column) => column.semantic === 'flag').map((column) => column.name)
  const statusNames = columns.filter((column) => column.semantic === 'status' && column.type === 'TEXT')
  let status = statusNames.find((column) => column.name === 'status' || column.name === 'state') ?? statusNames[0]
  for (const column of statusNames) if (column.enum === undefined) column.enum = ['active', 'inactive', 'pending']
  const starts = [...new Set(draft.resources.flatMap(({ from }) => (from === undefined ? [] : [from])))].sort()
  const told = new Map(
    draft.resources.flatMap(({ action, to }) => (action === undefined || to === undefined ? [] : [[action, to]])),
  )
  const stateActions = actions.filter(
    (action) => told.has(action) || ((verbs[action]?.to.length ?? 0) > 0 && flagOf(action, flags) === undefined),
  )
  if (status === undefined && stateActions.length + starts.length > 0) {
    const free = ['status', 'state', 'lifecycle_status'].find(
      (name) => !columns.some((column) => column.name === name),
    ) as string
    status = {
      name: free,
      type: 'TEXT',
      nullable: false,
      semantic: 'status',
      enum: [],
      description: `Where the ${sayTable(draft.noun)} stands.`,
    }
    for (const action of stateActions) addValue(status, sourceStates[action] ?? 'active')
    life.added.push(status)
    invented.add(free)
  }
  if (status !== undefined) {
    status.enum = (status.enum ?? []).filter(
      (value) =>
        !/ing$/i.test(String(value)) ||
        /^(pending|running|waiting|processing|outstanding|shipping|billing|incoming|outgoing|missing|upcoming|trialing|existing|ongoing)$/i.test(
          String(value),
        ),
    )
    if (stateActions.length + starts.length > 0) life.kept.push(status.name)
    life.status = status.name
    for (const start of starts) addValue(status, start)
    // Refusals are chosen only after all targets are in the enum.
    const targets = new Map(
      stateActions.map((action) => [action, targetOf(action, status as Column, told.get(action))]),
    )
    for (const action of stateActions) {
      const source = sourceStates[action]
      const others = (status.enum ?? []).filter((value) => value !== targets.get(action))
      if (others.length === 0) addValue(status, source ?? 'pending')
    }
    for (const [action, to] of targets) {
      const refused = (verbs[action]?.refuses ?? []).flatMap((state) =>
        (status?.enum ?? []).filter((value) => same(value, state)),
      )
      const starting = draft.resources.find((resource) => resource.action === action)?.from
      const only = starting === undefined ? [] : (status.enum ?? []).filter((value) => !same(value, starting))
      const refuses = [...new Set([to, ...refused, ...only])]
      const left = (status.enum ?? []).filter((value) => !refuses.includes(value))
      life.transitions.set(action, { column: status.name, to, refuses: left.length === 0 ? [to] : refuses })
    }
    if ((status.enum ?? []).length < 2) for (const value of ['active', 'inactive']) addValue(status, value)
  }
  for (const action of actions) {
    const flag = told.has(action) ? undefined : flagOf(action, flags)
    const own = verbs[action]?.flag
    if (flag !== undefined && own !== undefined) {
      life.transitions.set(action, { column: flag, to: own.to, refuses: [own.to] })
      life.kept.push(flag)
    } else if (own !== undefined && (verbs[action]?.to.length ?? 0) === 0) {
      const name = own.names[0] as string
      if (!life.added.some((column) => column.name === name) && !columns.some((column) => column.name === name)) {
        life.added.push({
          name,
          type: 'INTEGER',
          nullable: false,
          semantic: 'flag',
          enum: [0, 1],
          description: `Whether it is ${name}.`,
        })
        invented.add(name)
      }
      life.transitions.set(action, { column: name, to: own.to, refuses: [own.to] })
    } else if (!life.transitions.has(action)) life.events.push(action)
  }
  return life
}

function flagOf(action: string, flags: readonly string[]): string | undefined {
  return verbs[action]?.flag?.names.find((name) => flags.includes(name))
}

const same = (value: string | number, state: string): boolean =>
  squeezed(
    String(value)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_'),
  ) === squeezed(state)

/** The state an action leads to, in the enum's own spelling; added to the enum where none of its targets is in it. */
function targetOf(action: string, status: Column, told: string | undefined): string {
  const targets = told === undefined ? (verbs[action]?.to ?? []) : [told]
  for (const target of targets) {
    const found = (status.enum ?? []).find((value) => same(value, target))
    if (found !== undefined) return String(found)
  }
  return addValue(status, targets[0] as string)
}

function addValue(column: Column, value: string): string {
  const values = column.enum ?? []
  const known = values.find((each) => same(each, value))
  if (known !== undefined) return String(known)
  const shout = values.length > 0 && values.every((each) => String(each) === String(each).toUpperCase())
  const title = !shout && values.length > 0 && values.every((each) => /^[A-Z][a-z]/.test(String(each)))
  const styled = shout ? value.toUpperCase() : title ? value.charAt(0).toUpperCase() + value.slice(1) : value
  column.enum = [...values, styled]
  return styled
}

/** The state a new row starts in. */
export function startState(column: Column): string | number {
  const values = column.enum ?? []
  for (const state of startStates) {
    const found = values.find((value) => same(value, state))
    if (found !== undefined) return found
  }
  return values[0] as string | number
}

/**
 * A circle of references between tables is cut, since nothing in it could be seeded or deleted first: references from
 * fields go before those from paths. A reference of a table to itself stays, and may be empty.
 */
function breakCycles(entities: readonly Entity[]): void {
  const byName = new Map(entities.map((entity) => [entity.table.name, entity]))
  const reaches = (from: string, to: string, seen: Set<string>): boolean => {
    if (from === to) return true
    if (seen.has(from)) return false
    seen.add(from)
    return (byName.get(from)?.parents ?? []).some((parent) => parent.table !== from && reaches(parent.table, to, seen))
  }
  for (const evidence of ['field', 'path']) {
    for (const entity of entities) {
      for (const parent of [...entity.parents]) {
        if (parent.table === entity.table.name) loosen(entity, parent)
        else if ((parent.paths === 0 || evidence === 'path') && reaches(parent.table, entity.table.name, new Set()))
          removeParent(entity, parent)
      }
    }
  }
}

function removeParent(entity: Entity, parent: Parent): void {
  entity.parents = entity.parents.filter((other) => other !== parent)
  entity.table.columns = entity.table.columns.filter((column) => column.name !== parent.column)
  entity.table.foreign_keys = entity.table.foreign_keys.filter((key) => key.columns[0] !== parent.column)
  for (const [field, column] of entity.byField) if (column === parent.column) entity.byField.delete(field)
}

function loosen(entity: Entity, parent: Parent): void {
  parent.required = false
  entity.table.columns = entity.table.columns.map((column) =>
    column.name === parent.column ? { ...column, nullable: true } : column,
  )
}
