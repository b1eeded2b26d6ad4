/**
 * Tools: what each operation does to which table, argument by argument, before any program is written.
 *
 * Operations that would do the same are one tool. A table that nobody lists gets a search, so that every row can be
 * found by what people call it.
 */

import type { Column } from '../../../schemas/domain.ts'
import { reservedToolNames } from '../../../schemas/tool.ts'
import type { ArgumentBinding, ToolVerb } from '../binding.ts'
import { verbs } from '../lexicon/verbs.ts'
import { sayTable, sayTables, unsaidSemantics } from '../lexicon.ts'
import type { RestOperation as Operation } from '../operation.ts'
import { type Field, inputFields, isOwnKey, isTextQuery, isTransport, referredNoun } from './fields.ts'
import { columnOfField, type Entity, type Model, nameColumns } from './model.ts'
import { type Resource, readName } from './resources.ts'
import { clean, plural, snake, squeezed } from './words.ts'

export interface Argument extends ArgumentBinding {
  description: string
}

export interface ToolPlan {
  name: string
  verb: ToolVerb
  /** Whose rows it reads or writes; of an event the subject. */
  entity: Entity
  arguments: Argument[]
  /** Of a transition or event. */
  action?: string
  /** Where it came from; absent for tools made so that rows can be found. */
  operation?: Operation
  fallbacks: string[]
  /** Of an event: the table its row goes to. */
  events?: string
}

export const pageDefault = 25
export const pageMax = 200

export function bindTools(model: Model, drop: (what: string, count?: number) => void): ToolPlan[] {
  const plans: ToolPlan[] = []
  for (const entity of [...model.entities]) {
    const own: ToolPlan[] = []
    for (const resource of entity.resources) {
      const plan = bindTool(resource, entity, model, drop)
      if (plan === null) continue
      const twin = own.find((other) => sameWork(other, plan))
      if (twin === undefined) own.push(plan)
      else {
        absorb(twin, plan)
        drop('twin tools')
      }
    }
    plans.push(...own)
    const events = own.filter((plan) => plan.verb === 'event')
    if (events.length > 0) plans.push(madeSearch(addEvents(entity, events, model)))
  }
  for (const entity of model.entities) {
    if (plans.some((plan) => plan.events === entity.table.name)) continue // has its search
    if (
      !plans.some(
        (plan) => plan.entity === entity && (plan.verb === 'list' || plan.verb === 'search') && findable(plan),
      )
    ) {
      const used = plans.some(
        (plan) => plan.entity === entity || plan.entity.parents.some((parent) => parent.table === entity.table.name),
      )
      if (used) plans.push(madeSearch(entity))
    }
  }
  nameTools(plans)
  return plans
}

/** A list that asks for nothing first. */
const findable = (plan: ToolPlan): boolean => plan.arguments.every((argument) => !argument.required)

function bindTool(
  resource: Resource,
  entity: Entity,
  model: Model,
  drop: (what: string, count?: number) => void,
): ToolPlan | null {
  const { operation } = resource
  const last = resource.chain.at(-1) as { noun: string; key?: string }
  const plan: ToolPlan = { name: '', verb: 'get', entity, arguments: [], operation, fallbacks: [] }
  const body = operation.method === 'get' ? [] : inputFields(operation, entity.table.name, 'body')
  const query = inputFields(operation, entity.table.name, 'query')
  const fields = [...body, ...query.filter((field) => !body.some((other) => other.name === field.name))]
  const named = fields.find((field) => isOwnKey(field.name, entity.table.name) && field.shape.type !== 'array')
  let keyed = last.key !== undefined
  let verb = resource.verb
  if (
    !keyed &&
    named !== undefined &&
    ['update', 'delete', 'action', 'list', 'get'].includes(verb) &&
    (named.required || verb !== 'list')
  ) {
    keyed = true
    if (verb === 'list') verb = 'get'
  }
  if (verb === 'get' && !keyed) verb = 'list'
  const key = () =>
    plan.arguments.push({
      argument: `${entity.table.name}_id`,
      table: entity.table.name,
      column: 'id',
      role: 'key',
      required: true,
      description: `The id of the ${sayTable(entity.table.name)}.`,
    })
  const paths = pathParents(resource, entity, model)

  if (verb === 'get' || verb === 'delete' || verb === 'update' || verb === 'action') {
    if (!keyed) {
      if (verb === 'delete') {
        drop('deletes without a key')
        return null
      }
      plan.fallbacks.push('key')
    }
    key()
    for (const parent of paths) plan.arguments.push(parent)
  }
  if (verb === 'get') return { ...plan, verb: 'get' }
  if (verb === 'delete') return { ...plan, verb: 'delete' }
  if (verb === 'update') {
    plan.verb = 'update'
    const values = valueArguments(fields, entity, 'update', drop)
    if (values.length === 0) {
      plan.fallbacks.push('inputs')
      values.push(...bestColumns(entity, 3))
    }
    if (values.length === 0) return null
    plan.arguments.push(...values.map((value) => ({ ...value, required: values.length === 1 })))
    return plan
  }
  if (verb === 'action') {
    const action = resource.action as string
    const transition = entity.transitions.get(action)
    plan.action = action
    plan.verb = transition === undefined ? 'event' : 'transition'
    if (transition !== undefined) {
      const settable = valueArguments(fields, entity, 'update', drop).filter(
        (value) => value.column !== transition.column && value.role === 'value',
      )
      plan.arguments.push(...settable.map((value) => ({ ...value, required: false })))
    } else if (verbs[action] === undefined) plan.fallbacks.push('effect')
    return plan
  }
  if (verb === 'create') {
    plan.verb = 'create'
    for (const parent of entity.parents.filter(
      (each) => each.required || paths.some((path) => path.column === each.column),
    )) {
      const given = paths.find((path) => path.column === parent.column)
      if (given === undefined && !fields.some((field) => entity.byField.get(squeezed(field.name)) === parent.column))
        plan.fallbacks.push('parent')
      plan.arguments.push({ ...(given ?? parentArgument(entity, parent.column, parent.table)), required: true })
    }
    const values = valueArguments(fields, entity, 'create', drop).filter(
      (value) => !plan.arguments.some((argument) => argument.column === value.column),
    )
    if (values.length === 0) {
      plan.fallbacks.push('inputs')
      values.push(...bestColumns(entity, 3))
    }
    plan.arguments.push(...values)
    for (const invented of entity.invented) {
      // An invented human name must be givable, or new rows could never be told apart.
      const column = entity.table.columns.find((each) => each.name === invented)
      if (
        column !== undefined &&
        entity.names.includes(invented) &&
        !plan.arguments.some((argument) => argument.column === invented)
      )
        plan.arguments.push({ ...valueArgument(entity, column), required: false })
    }
    requireStrict(plan)
    return plan
  }
  plan.verb = verb === 'search' ? 'search' : 'list'
  plan.arguments.push(...paths)
  for (const field of fields) {
    if (isTextQuery(field.name) || (verb === 'search' && field.name === 'name')) {
      if (!plan.arguments.some((argument) => argument.role === 'query'))
        plan.arguments.push(queryArgument(entity, verb === 'search' && field.required))
      continue
    }
    const column = columnOf(entity, field)
    if (column === undefined) {
      if (!isTransport(field.name)) drop('query parameters')
      continue
    }
    if (plan.arguments.some((argument) => argument.column === column.name)) continue
    if (filterable(column)) plan.arguments.push(filterArgument(entity, column))
    else drop('query parameters')
  }
  if (verb === 'search' && !plan.arguments.some((argument) => argument.role === 'query'))
    plan.arguments.push(queryArgument(entity, false))
  plan.arguments.push(...pageArguments(entity))
  return plan
}

/** The parents that stand in the path, as arguments that scope the row. */
function pathParents(resource: Resource, entity: Entity, model: Model): Argument[] {
  const found: Argument[] = []
  for (const link of resource.chain.slice(0, -1).reverse()) {
    if (link.key === undefined) continue
    const parent = model.entityOf(link.noun)
    const reference = entity.parents.find((each) => each.table === parent?.table.name && each.paths > 0)
    if (reference !== undefined && !found.some((argument) => argument.column === reference.column)) {
      found.push({ ...parentArgument(entity, reference.column, reference.table), required: true })
    }
  }
  return found.reverse()
}

function parentArgument(entity: Entity, column: string, parent: string): Argument {
  return {
    argument: column === `${entity.table.name}_id` ? `parent_${column}` : column,
    table: entity.table.name,
    column,
    role: 'parent',
    required: false,
    description: `The id of the ${sayTable(parent)}.`,
  }
}

function columnOf(entity: Entity, field: Field): Column | undefined {
  const name = entity.byField.get(squeezed(field.name)) ?? entity.byField.get(squeezed(snake(field.name)))
  return name === undefined ? undefined : entity.table.columns.find((column) => column.name === name)
}

/** What a create or update may write: neither keys nor what the world itself writes, nor a status that actions move. */
function valueArguments(
  fields: readonly Field[],
  entity: Entity,
  verb: 'create' | 'update',
  drop: (what: string, count?: number) => void,
): Argument[] {
  const found: Argument[] = []
  const moved = new Set([...entity.transitions.values()].map((transition) => transition.column))
  for (const field of fields) {
    const column = columnOf(entity, field)
    if (column === undefined) {
      if (!isTransport(field.name) && !isOwnKey(field.name, entity.table.name)) drop('body fields')
      continue
    }
    if (
      column.name === 'id' ||
      column.volatile ||
      moved.has(column.name) ||
      found.some((other) => other.column === column.name)
    )
      continue
    if (column.semantic === 'ref') {
      const parent = entity.parents.find((each) => each.column === column.name)
      if (parent === undefined || (verb === 'update' && parent.paths > 0)) continue
      found.push({
        ...parentArgument(entity, column.name, parent.table),
        required: verb === 'create' && (field.required || parent.required),
        description: clean(field.shape.description) || `The id of the ${sayTable(parent.table)}.`,
      })
      continue
    }
    found.push({
      ...valueArgument(entity, column, clean(field.shape.description)),
      required: verb === 'create' && field.required,
    })
  }
  return found
}

function valueArgument(entity: Entity, column: Column, description = ''): Argument {
  return {
    argument: safeArgument(column.name, entity),
    table: entity.table.name,
    column: column.name,
    role: 'value',
    required: false,
    description:
      description ||
      column.description ||
      `The ${column.name.replaceAll('_', ' ')} of the ${sayTable(entity.table.name)}.`,
  }
}

/** An argument of the key's own name is kept for the key. */
const safeArgument = (name: string, entity: Entity): string =>
  name === `${entity.table.name}_id` ? `own_${name}` : name

/** The columns that a tool without inputs of its own may write. */
function bestColumns(entity: Entity, count: number): Argument[] {
  const moved = new Set([...entity.transitions.values()].map((transition) => transition.column))
  const settable = entity.table.columns.filter(
    (column) => column.name !== 'id' && column.semantic !== 'ref' && !column.volatile && !moved.has(column.name),
  )
  const ranked = [...settable].sort(
    (a, b) =>
      Number(entity.names.includes(b.name)) - Number(entity.names.includes(a.name)) ||
      Number(unsaidSemantics.has(a.semantic ?? '')) - Number(unsaidSemantics.has(b.semantic ?? '')),
  )
  return ranked.slice(0, count).map((column) => valueArgument(entity, column))
}

/** A column that can't be empty and has no default must be given. */
function requireStrict(plan: ToolPlan): void {
  for (const column of plan.entity.table.columns) {
    if (column.nullable || column.name === 'id' || column.volatile || hasDefault(column)) continue
    const argument = plan.arguments.find((each) => each.column === column.name)
    if (argument !== undefined) argument.required = true
    else plan.arguments.push({ ...valueArgument(plan.entity, column), required: true })
  }
}

export const hasDefault = (column: Column): boolean => column.semantic === 'flag' || column.semantic === 'status'

const exact = new Set([
  'name',
  'email',
  'username',
  'number_code',
  'sku',
  'phone',
  'city',
  'country',
  'country_code',
  'currency',
  'language',
  'region',
  'postcode',
  'company',
  'person',
  'first_name',
  'last_name',
  'category',
  'brand',
  'subject',
  'tag',
  'department',
  'job_title',
  'timezone',
  'hostname',
  'colour',
  'date',
  'due_date',
  'start_date',
  'end_date',
  'birth_date',
  'filename',
  'product',
  'symbol',
])

function filterable(column: Column): boolean {
  if (column.name === 'id' || column.volatile) return false
  return column.enum !== undefined || column.semantic === 'ref' || exact.has(column.semantic ?? '')
}

function filterArgument(entity: Entity, column: Column): Argument {
  const parent = entity.parents.find((each) => each.column === column.name)
  return {
    argument:
      parent === undefined
        ? safeArgument(column.name, entity)
        : parentArgument(entity, column.name, parent.table).argument,
    table: entity.table.name,
    column: column.name,
    role: 'filter',
    required: false,
    description:
      parent === undefined
        ? `Only ${sayTables(entity.table.name)} with this ${column.name.replaceAll('_', ' ')}.`
        : `Only ${sayTables(entity.table.name)} of this ${sayTable(parent.table)}.`,
  }
}

function queryArgument(entity: Entity, required: boolean): Argument {
  const names = searched(entity).map((name) => name.replaceAll('_', ' '))
  return {
    argument: 'query',
    role: 'query',
    required,
    description: `Text to look for in the ${names.join(' or the ')}.`,
  }
}

/** The columns that a free-text search looks into. */
export const searched = (entity: Entity): string[] => entity.names.slice(0, 3)

function pageArguments(entity: Entity): Argument[] {
  return [
    {
      argument: 'limit',
      role: 'page',
      required: false,
      description: `How many ${sayTables(entity.table.name)} to return at most (default ${pageDefault}).`,
    },
    { argument: 'offset', role: 'page', required: false, description: 'How many to skip (default 0).' },
  ]
}

function madeSearch(entity: Entity): ToolPlan {
  const filters = entity.table.columns
    .filter((column) => column.semantic === 'ref' || column.semantic === 'status')
    .slice(0, 4)
  return {
    name: '',
    verb: 'search',
    entity,
    arguments: [
      queryArgument(entity, false),
      ...filters.map((column) => filterArgument(entity, column)),
      ...pageArguments(entity),
    ],
    fallbacks: [],
  }
}

/** Of an event's inputs at most so many become columns. */
const eventColumnsMax = 6

/** The table of what was done to an entity's rows: one dated row for each call of an action that has no state. */
function addEvents(entity: Entity, plans: readonly ToolPlan[], model: Model): Entity {
  const subject = entity.table.name
  const reference = `${subject}_id`
  const columns: Column[] = [
    { name: 'id', type: 'TEXT', nullable: false, semantic: 'id' },
    {
      name: reference,
      type: 'TEXT',
      nullable: false,
      semantic: 'ref',
      description: `The ${sayTable(subject)} it was done to.`,
    },
    {
      name: 'action',
      type: 'TEXT',
      nullable: false,
      enum: plans.map((plan) => plan.action as string).sort(),
      semantic: 'enum',
      description: 'What was done.',
    },
  ]
  for (const plan of plans) {
    const operation = plan.operation as Operation
    const fields = inputFields(operation, subject, 'body').concat(inputFields(operation, subject, 'query'))
    for (const field of fields) {
      if (
        isTransport(field.name) ||
        isOwnKey(field.name, subject) ||
        referredNoun(field.name) !== undefined ||
        field.nested
      )
        continue
      const column = columnOfField(field)
      if (column === null || columns.some((known) => known.name === column.name && known.type !== column.type)) continue
      if (
        column.name === 'created_at' ||
        column.name === 'action' ||
        column.volatile ||
        unsaidSemantics.has(column.semantic ?? '')
      )
        continue
      const known = columns.find((each) => each.name === column.name)
      if (known === undefined) {
        if (columns.length >= 3 + eventColumnsMax) continue
        columns.push(column)
      } else if (known.enum !== undefined) continue
      plan.arguments.push({
        argument: column.name === reference ? `own_${column.name}` : column.name,
        table: '',
        column: column.name,
        role: 'value',
        required: false,
        description: clean(field.shape.description) || `The ${column.name.replaceAll('_', ' ')}.`,
      })
    }
  }
  columns.push({
    name: 'created_at',
    type: 'TEXT',
    nullable: false,
    semantic: 'created_at',
    volatile: true,
    description: 'When it was done.',
  })
  const taken = new Set(model.entities.map((each) => each.table.name))
  const name = [`${subject}_event`, `${subject}_log`, `${subject}_history`].find(
    (candidate) => !taken.has(candidate),
  ) as string
  for (const plan of plans) {
    plan.events = name
    for (const argument of plan.arguments) if (argument.table === '') argument.table = name
  }
  const events: Entity = {
    table: {
      name,
      columns,
      primary_key: ['id'],
      foreign_keys: [{ columns: [reference], table: subject, references: ['id'] }],
      rows: 20,
    },
    resources: [],
    parents: [{ table: subject, column: reference, paths: 1, required: true }],
    transitions: new Map(),
    events: [],
    byField: new Map(),
    invented: new Set(),
    names: [...nameColumns(columns), 'action'],
  }
  model.entities.push(events)
  return events
}

/** Whether two plans are one tool: the same work on the same rows under the same parents. */
function sameWork(a: ToolPlan, b: ToolPlan): boolean {
  if (a.verb !== b.verb || a.action !== b.action) return false
  const scopes = (plan: ToolPlan) =>
    plan.arguments
      .filter((argument) => argument.role === 'parent' && argument.required)
      .map((argument) => argument.argument)
      .sort()
      .join()
  if (a.verb === 'list' || a.verb === 'search' || a.verb === 'create') {
    if (scopes(a) !== scopes(b)) return false
  }
  if (a.verb === 'update') {
    const values = (plan: ToolPlan) =>
      new Set(plan.arguments.filter((argument) => argument.role === 'value').map((argument) => argument.column))
    const [left, right] = [values(a), values(b)]
    const common = [...left].filter((column) => right.has(column)).length
    return common / Math.max(1, left.size + right.size - common) >= 0.34
  }
  return true
}

/** The first plan takes over what the second one can do beside. */
function absorb(twin: ToolPlan, other: ToolPlan): void {
  for (const argument of other.arguments) {
    const known = twin.arguments.find((each) => each.argument === argument.argument)
    if (known !== undefined) known.required &&= argument.required
    else if (argument.role !== 'parent' || !argument.required) twin.arguments.push({ ...argument, required: false })
  }
  for (const known of twin.arguments) {
    if (!other.arguments.some((each) => each.argument === known.argument) && known.role !== 'key')
      known.required = false
  }
  if (twin.verb === 'create') requireStrict(twin)
  if (twin.verb === 'update') {
    const values = twin.arguments.filter((argument) => isWritten(twin, argument))
    for (const value of values) value.required = values.length === 1
  }
  twin.arguments.sort((a, b) => rank(a) - rank(b))
}

/** Whether an argument is written to the row; a parent of the path only says whose row it is. */
export function isWritten(plan: ToolPlan, argument: Argument): boolean {
  if (argument.role === 'value') return true
  if (argument.role !== 'parent') return false
  return (
    plan.verb === 'create' ||
    !plan.entity.parents.some((parent) => parent.column === argument.column && parent.paths > 0)
  )
}

const roleOrder = ['key', 'parent', 'query', 'filter', 'value', 'page']
const rank = (argument: Argument): number => roleOrder.indexOf(argument.role)

const verbWords: Record<string, readonly string[]> = {
  get: ['get', 'retrieve', 'fetch', 'show', 'read', 'describe', 'view'],
  list: ['list', 'get', 'browse'],
  search: ['search', 'find', 'query', 'lookup'],
  create: [
    'create',
    'add',
    'new',
    'insert',
    'post',
    'register',
    'place',
    'book',
    'schedule',
    'open',
    'submit',
    'send',
    'upload',
    'invite',
    'make',
    'issue',
  ],
  update: ['update', 'edit', 'modify', 'set', 'patch', 'change', 'put', 'rename', 'replace'],
  delete: ['delete', 'remove', 'destroy'],
}

/** The document's own name where it says what the tool does to which thing; else verb and noun. */
function nameTools(plans: readonly ToolPlan[]): void {
  const taken = new Set<string>(reservedToolNames)
  for (const plan of plans) {
    for (const name of candidates(plan)) {
      const short = name.slice(0, 64).replace(/_+$/, '')
      if (taken.has(short) || !/^[a-z][a-z0-9_]*_[a-z0-9_]+$/.test(short)) continue
      plan.name = short
      taken.add(short)
      break
    }
  }
}

function* candidates(plan: ToolPlan): Generator<string> {
  const noun = plan.entity.table.name
  const own = plan.operation?.name
  const many = plan.verb === 'list' || plan.verb === 'search'
  if (own !== undefined && plan.fallbacks.length === 0) {
    const { verb, noun: said } = readName(own)
    const fits = plan.action === undefined ? (verbWords[plan.verb] ?? []).includes(verb) : verb === plan.action
    const about = squeezed(said)
    if (
      fits &&
      (about === squeezed(noun) || about === squeezed(noun.split('_').at(-1) as string)) &&
      said.length <= 40
    ) {
      const right = many ? plural(said) : said
      if (right === said || !many) yield own
    }
  }
  const verb = plan.action ?? plan.verb
  const base = `${verb}_${many ? plural(noun) : noun}`
  yield base
  const scopes = plan.arguments
    .filter((argument) => argument.role === 'parent' && argument.required)
    .map((argument) => argument.argument.replace(/_id$/, ''))
  if (scopes.length > 0) yield `${base}_${many ? 'of' : plan.verb === 'create' ? 'for' : 'of'}_${scopes.join('_')}`
  const values = plan.arguments.filter((argument) => argument.role === 'value')
  if (plan.verb === 'update' && values.length <= 2)
    yield `${base}_${values.map((value) => value.argument).join('_and_')}`
  if (plan.verb === 'update' && values[0] !== undefined) yield `${base}_${values[0].argument}`
  if (own !== undefined && own.length <= 60 && plan.fallbacks.length === 0) yield own
  for (let count = 2; ; count++) yield `${base}_${count}`
}
