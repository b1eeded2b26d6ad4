/**
 * Tools: what each operation does to which table, argument by argument, before any program is written.
 *
 * Operations that would do the same are one tool. A table that nobody lists gets a search, so that every row can be
 * found by what people call it.
 */

import type { Column } from '../../../schemas/domain.ts'
import { reservedToolNames } from '../../../schemas/tool.ts'
import type { ArgumentBinding, ToolVerb } from '../binding.ts'
import { providerLabel } from '../domains/title.ts'
import { sayTable, sayTables, unsaidSemantics } from '../lexicon.ts'
import type { RestOperation as Operation } from '../operation.ts'
import { isDerived } from './counters.ts'
import { bodyPlace, type Coverage, countOutcome, type Outcome } from './coverage.ts'
import { type Field, inputFields, isOwnKey, keyField, outputFields, referredNoun } from './fields.ts'
import { isTransport, meaningOf } from './meaning.ts'
import { columnName, columnOfField, columnsMax, type Entity, type Model, nameColumns, opaqueColumn } from './model.ts'
import { isCrudWord, type Resource, readName } from './resources.ts'
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
  /** What the document calls it, where it goes by that name. */
  given?: string
  /** The state that its row must be in; of a transition its own rule says so. */
  from?: { column: string; value: string }
  /** Of an event: the table its row goes to. */
  events?: string
}

export const pageDefault = 25
export const pageMax = 200

export interface Counting {
  drop(what: string, count?: number): void
  coverage: Coverage
}

export function bindTools(model: Model, counting: Counting): ToolPlan[] {
  const { drop } = counting
  const plans: ToolPlan[] = []
  for (const entity of [...model.entities]) {
    const own: ToolPlan[] = []
    for (const resource of entity.resources) {
      const plan = bindTool(resource, entity, model, counting)
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
    if (events.length > 0) plans.push(madeSearch(addEvents(entity, events, model, counting)))
  }
  // A search may be the first to use what its rows refer to.
  for (let found = true; found; ) {
    found = false
    for (const entity of model.entities) {
      if (plans.some((plan) => plan.events === entity.table.name)) continue // has its search
      if (entity.sole) {
        // The only one of its kind can be looked at.
        if (plans.some((plan) => plan.entity === entity && plan.verb !== 'event')) continue
        plans.push({ name: '', verb: 'get', entity, arguments: [], fallbacks: [] })
        continue
      }
      const own = plans.filter((plan) => plan.entity === entity)
      if (own.some((plan) => (plan.verb === 'list' || plan.verb === 'search') && findable(plan))) continue
      const used =
        plans.some((plan) => plan.entity.parents.some((parent) => parent.table === entity.table.name)) ||
        // A list inside of what some tool answers with.
        (entity.resources.length === 0 &&
          entity.parents.some((parent) => plans.some((plan) => plan.entity.table.name === parent.table)))
      if (own.length === 0 && !used) continue
      plans.push(madeSearch(entity))
      found = true
    }
  }
  for (const entity of model.entities) summarize(entity, plans)
  nameTools(plans, labelOf(plans))
  return plans
}

/** Of the columns, at most so many in ten stand in a summary: else a list shows all. */
const summaryShare = 0.7

/** A list shows less than a read of one row where the API's own lists do; never less than what it can be narrowed by. */
function summarize(entity: Entity, plans: readonly ToolPlan[]): void {
  const own = plans.filter((plan) => plan.entity === entity)
  if (!own.some((plan) => plan.verb === 'get')) return
  const shown = new Set<string>()
  for (const { verb, operation } of entity.resources) {
    if (verb !== 'list' && verb !== 'search') continue
    for (const field of outputFields(operation, entity.table.name).fields) {
      const column = columnOf(entity, field)
      if (column !== undefined) shown.add(column.name)
    }
  }
  if (shown.size < 2) return
  for (const plan of own)
    for (const { role, column } of plan.arguments)
      if ((role === 'filter' || role === 'window') && column !== undefined) shown.add(column)
  for (const column of sortColumns(entity)) shown.add(column.name)
  const moved = new Set([...entity.transitions.values()].map((transition) => transition.column))
  for (const { name, semantic } of entity.table.columns)
    if (name === 'id' || semantic === 'ref' || semantic === 'status' || entity.names.includes(name) || moved.has(name))
      shown.add(name)
  if (shown.size <= entity.table.columns.length * summaryShare) entity.summary = shown
}

/** A list that asks for nothing first. */
const findable = (plan: ToolPlan): boolean => plan.arguments.every((argument) => !argument.required)

function bindTool(resource: Resource, entity: Entity, model: Model, { drop, coverage }: Counting): ToolPlan | null {
  const { operation } = resource
  const last = resource.chain.at(-1) as { noun: string; key?: string }
  const plan: ToolPlan = { name: '', verb: 'get', entity, arguments: [], operation, fallbacks: [] }
  const body = operation.method === 'get' ? [] : inputFields(operation, entity.table.name, 'body')
  const query = inputFields(operation, entity.table.name, 'query')
  const fields = [...body, ...query.filter((field) => !body.some((other) => other.name === field.name))]
  if (resource.given !== undefined) plan.given = resource.given
  if (resource.from !== undefined && entity.status !== undefined) {
    const column = entity.table.columns.find((each) => each.name === entity.status)
    const value = column?.enum?.find(
      (each) => squeezed(String(each).toLowerCase()) === squeezed(resource.from as string),
    )
    if (value !== undefined) plan.from = { column: entity.status, value: String(value) }
  }
  const tell = (field: Field, outcome: Outcome): void =>
    countOutcome(coverage[query.includes(field) ? 'query' : bodyPlace(field)], outcome)
  /** What a write may write, without what its address says of the answer. */
  const written = (from: readonly Field[]): Field[] => {
    const options = from.filter((field) => query.includes(field) && isTransport(field.name, 'query'))
    for (const field of options) tell(field, 'transport')
    return from.filter((field) => !options.includes(field))
  }
  const named = ['update', 'delete', 'action'].includes(resource.verb)
    ? keyField(fields, entity.table.name)
    : fields.find((field) => isOwnKey(field.name, entity.table.name) && field.shape.type !== 'array')
  let keyed = last.key !== undefined
  let verb = resource.verb
  if (
    !keyed &&
    !entity.sole &&
    named !== undefined &&
    ['update', 'delete', 'action', 'list', 'get'].includes(verb) &&
    (named.required || verb !== 'list')
  ) {
    keyed = true
    if (verb === 'list') verb = 'get'
  }
  if (verb === 'get' && !keyed && !entity.sole) verb = 'list'
  if (verb === 'list' && entity.sole) verb = 'get'
  const key = () =>
    entity.sole ||
    plan.arguments.push({
      argument: `${entity.table.name}_id`,
      table: entity.table.name,
      column: 'id',
      role: 'key',
      required: true,
      description: `The id of the ${sayTable(entity.table.name)}.`,
    })
  const paths = pathParents(resource, entity, model)
  if (verb === 'delete' && !keyed && paths.length === 0 && !fields.some((field) => findsOne(entity, field))) {
    drop('deletes without a key')
    return null
  }
  countOutcome(coverage.path, 'bound', paths.length + Number(last.key !== undefined))
  countOutcome(
    coverage.path,
    { unbound: 'it stands above the parent' },
    Math.max(
      0,
      resource.chain.filter((link) => link.key !== undefined).length - paths.length - Number(last.key !== undefined),
    ),
  )

  if (verb === 'get' || verb === 'delete' || verb === 'update' || verb === 'action') {
    if (!keyed && !entity.sole) plan.fallbacks.push('key')
    key()
    for (const parent of paths) plan.arguments.push(parent)
  }
  if (verb === 'get' || verb === 'delete') {
    // What else is given says how it is done, not to what; a reference of the row must be the right one.
    for (const field of fields) {
      if (isOwnKey(field.name, entity.table.name)) tell(field, 'bound')
      else if (isTransport(field.name, 'query') || meaningOf(field.name).kind !== 'column') tell(field, 'transport')
      else if (verb === 'get' && bindScope(plan, field)) tell(field, 'bound')
      else tell(field, { unbound: `an option of a ${verb}` })
    }
    return { ...plan, verb }
  }
  if (verb === 'update') {
    plan.verb = 'update'
    // What picks the row is not set by the same call.
    const set = last.key === undefined && named !== undefined ? fields.filter((field) => field !== named) : fields
    if (set.length < fields.length) tell(named as Field, 'bound')
    const values = valueArguments(written(set), entity, 'update', tell)
    if (values.length === 0 && fields.length === 0 && operation.method === 'put' && last.key !== undefined) {
      // `PUT /teams/{id}/members/{username}`: what is named is added.
      return addNamed(plan, entity, paths)
    }
    if (values.length === 0 && last.key !== undefined && operation.method !== 'put') {
      // Nothing that a column could hold: that it was done is what is kept.
      const verb = readName(operation.name).verb
      plan.verb = 'event'
      plan.action = verb === '' || isCrudWord(verb) ? 'post' : verb
      return plan
    }
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
      const settable = valueArguments(written(fields), entity, 'update', tell).filter(
        (value) =>
          value.column !== transition.column && !plan.arguments.some((argument) => argument.column === value.column),
      )
      plan.arguments.push(...settable.map((value) => ({ ...value, required: false })))
    }
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
    const values = valueArguments(written(fields), entity, 'create', tell).filter(
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
  let ordered = false
  let narrowed = false
  for (const field of fields) {
    const meaning = verb === 'search' && field.name === 'name' ? { kind: 'text' as const } : meaningOf(field.name)
    const offer = (argument: Argument | undefined, reason: string): void => {
      tell(field, argument === undefined ? { unbound: reason } : 'bound')
      if (argument !== undefined && !plan.arguments.some((each) => each.argument === argument.argument))
        plan.arguments.push(argument)
    }
    switch (meaning.kind) {
      case 'transport':
      case 'page':
        tell(field, 'transport')
        break
      case 'expression':
        // A language of conditions: what it would be used for most is offered as filters.
        tell(field, 'transport')
        narrowed = true
        break
      case 'order':
        tell(field, 'bound')
        ordered = true
        break
      case 'text':
        tell(field, 'bound')
        if (!plan.arguments.some((argument) => argument.role === 'query'))
          plan.arguments.push(queryArgument(entity, verb === 'search' && field.required))
        break
      case 'window':
        offer(windowArgument(entity, meaning.stem, meaning.side), 'there is no such date or amount')
        break
      case 'column': {
        if (isOwnKey(field.name, entity.table.name)) {
          offer(keyFilter(entity), '')
          break
        }
        const column = columnOf(entity, field)
        const scoped = column !== undefined && plan.arguments.some((argument) => argument.column === column.name)
        if (scoped) tell(field, 'bound')
        else {
          const filter = column === undefined ? undefined : filterArgument(entity, column)
          // A tool without a route asks for what it says that it asks for.
          if (filter !== undefined && plan.given !== undefined) filter.required = field.required
          offer(filter, whyNoColumn(entity, field))
        }
      }
    }
  }
  if (narrowed)
    for (const column of mainFilters(entity))
      if (!plan.arguments.some((argument) => argument.column === column.name))
        plan.arguments.push(filterArgument(entity, column))
  if (verb === 'search' && !plan.arguments.some((argument) => argument.role === 'query'))
    plan.arguments.push(queryArgument(entity, false))
  plan.arguments.push(...pageArguments(entity, ordered))
  return plan
}

/** A create whose only input is what the thing is called. */
function addNamed(plan: ToolPlan, entity: Entity, paths: readonly Argument[]): ToolPlan | null {
  const column = entity.table.columns.find((each) => each.name === entity.names[0])
  if (column === undefined) return null
  const create: ToolPlan = {
    ...plan,
    verb: 'create',
    arguments: [...paths, { ...valueArgument(entity, column), required: true }],
  }
  for (const parent of entity.parents)
    if (parent.required && !paths.some((path) => path.column === parent.column)) {
      create.fallbacks.push('parent')
      create.arguments.push({ ...parentArgument(entity, parent.column, parent.table), required: true })
    }
  requireStrict(create)
  return create
}

/** `GET /orders/{id}?customer_id=`: the row must be of that one. */
function bindScope(plan: ToolPlan, field: Field): boolean {
  const column = columnOf(plan.entity, field)
  const parent = plan.entity.parents.find((each) => each.column === column?.name)
  if (column === undefined || parent === undefined) return false
  if (!plan.arguments.some((argument) => argument.column === column.name))
    plan.arguments.push({ ...parentArgument(plan.entity, parent.column, parent.table), required: false })
  return true
}

/** Whether a field picks one row: a name or number of it. */
function findsOne(entity: Entity, field: Field): boolean {
  const column = columnOf(entity, field)
  return column !== undefined && entity.names.includes(column.name)
}

function whyNoColumn(entity: Entity, field: Field): string {
  if (field.shape.type === 'object' || field.shape.type === 'array') return `it is ${field.shape.type}`
  if (field.nested) return 'a part of an object'
  return entity.table.columns.length >= columnsMax ? 'columns beyond the cap' : 'no value of it makes sense'
}

/** The columns by which people narrow a list. */
const mainFilters = (entity: Entity): Column[] =>
  entity.table.columns
    .filter((column) => column.semantic === 'ref' || column.semantic === 'status' || column.name === entity.names[0])
    .slice(0, 4)

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
  const name = [field.name, snake(field.name), columnName(field.name)]
    .map((spelling) => entity.byField.get(squeezed(spelling)))
    .find((each) => each !== undefined)
  return name === undefined ? undefined : entity.table.columns.find((column) => column.name === name)
}

/** What a create or update may write: neither keys nor what the world itself writes, nor a status that actions move. */
function valueArguments(
  fields: readonly Field[],
  entity: Entity,
  verb: 'create' | 'update',
  tell: (field: Field, outcome: Outcome) => void,
): Argument[] {
  const found: Argument[] = []
  const moved = new Set([...entity.transitions.values()].map((transition) => transition.column))
  for (const field of fields) {
    const column = columnOf(entity, field)
    const own = isOwnKey(field.name, entity.table.name)
    if (column === undefined || column.name === 'id') {
      // A constant is no choice.
      if (own || isTransport(field.name, 'body') || field.shape.enum?.length === 1)
        tell(field, own && verb === 'update' ? 'bound' : 'transport')
      else tell(field, { unbound: whyNoColumn(entity, field) })
      continue
    }
    if (column.volatile || isDerived(column) || moved.has(column.name)) {
      tell(field, { unbound: moved.has(column.name) ? 'actions move it' : 'the world writes it' })
      continue
    }
    if (found.some((other) => other.column === column.name)) {
      tell(field, 'bound')
      continue
    }
    if (column.semantic === 'ref') {
      const parent = entity.parents.find((each) => each.column === column.name)
      if (parent === undefined || (verb === 'update' && parent.paths > 0)) {
        tell(field, { unbound: 'whose it is stays' })
        continue
      }
      tell(field, 'bound')
      found.push({
        ...parentArgument(entity, column.name, parent.table),
        required: verb === 'create' && (field.required || parent.required),
        description: clean(field.shape.description) || `The id of the ${sayTable(parent.table)}.`,
      })
      continue
    }
    tell(field, 'bound')
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

/** The key's own name is kept for the key, and what a list takes beside its filters for that. */
const safeArgument = (name: string, entity: Entity): string =>
  name === `${entity.table.name}_id` || listWords.has(name) ? `own_${name}` : name
const listWords = new Set(['limit', 'offset', 'sort_by', 'order', 'query', 'sorting'])

/** The columns that a tool without inputs of its own may write. */
function bestColumns(entity: Entity, count: number): Argument[] {
  const moved = new Set([...entity.transitions.values()].map((transition) => transition.column))
  const settable = entity.table.columns.filter(
    (column) =>
      column.name !== 'id' &&
      column.semantic !== 'ref' &&
      !column.volatile &&
      !isDerived(column) &&
      !moved.has(column.name),
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
    if (column.nullable || column.name === 'id' || column.volatile || isDerived(column) || hasDefault(column)) continue
    const argument = plan.arguments.find((each) => each.column === column.name)
    if (argument !== undefined) argument.required = true
    else plan.arguments.push({ ...valueArgument(plan.entity, column), required: true })
  }
}

export const hasDefault = (column: Column): boolean => column.semantic === 'flag' || column.semantic === 'status'

function filterArgument(entity: Entity, column: Column): Argument {
  const parent = entity.parents.find((each) => each.column === column.name)
  const day = dayColumns.has(column.semantic ?? '')
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
        ? `Only ${sayTables(entity.table.name)} with this ${column.name.replaceAll('_', ' ')}${day ? ' (the day)' : ''}.`
        : `Only ${sayTables(entity.table.name)} of this ${sayTable(parent.table)}.`,
  }
}

/** A list that can be asked for one row. */
const keyFilter = (entity: Entity): Argument => ({
  argument: `${entity.table.name}_id`,
  table: entity.table.name,
  column: 'id',
  role: 'filter',
  required: false,
  description: `Only the ${sayTable(entity.table.name)} with this id.`,
})

/** Columns of a day and a time: a filter on one names the day. */
export const dayColumns: ReadonlySet<string> = new Set([
  'datetime',
  'start_time',
  'end_time',
  'due_time',
  'created_at',
  'updated_at',
])
const dateColumns: ReadonlySet<string> = new Set([
  ...dayColumns,
  'date',
  'start_date',
  'end_date',
  'due_date',
  'birth_date',
])

/** `created_after` → rows whose created_at is not before it; of a window without a name the table's own date. */
function windowArgument(entity: Entity, stem: string, side: 'from' | 'to'): Argument | undefined {
  const { columns } = entity.table
  const ranged = (column: Column | undefined) =>
    column !== undefined &&
    (dateColumns.has(column.semantic ?? '') || (column.type !== 'TEXT' && column.enum === undefined))
      ? column
      : undefined
  const names = stem === '' ? [] : [stem, `${stem}_at`, `${stem}_date`, `${stem}_time`, `${stem}_on`, `${stem}d_at`]
  const column =
    stem === ''
      ? mainDate(entity)
      : (names
          .map((name) =>
            ranged(columnOf(entity, { name, shape: { type: 'string' }, required: false, nested: false, from: name })),
          )
          .find((each) => each !== undefined) ?? undefined)
  if (column === undefined) return undefined
  return {
    argument: `${column.name}_${side === 'from' ? 'from' : 'to'}`,
    table: entity.table.name,
    column: column.name,
    role: 'window',
    side,
    required: false,
    description: `Only ${sayTables(entity.table.name)} whose ${column.name.replaceAll('_', ' ')} is ${
      dateColumns.has(column.semantic ?? '')
        ? side === 'from'
          ? 'not before this'
          : 'not after this'
        : side === 'from'
          ? 'at least this'
          : 'at most this'
    }.`,
  }

  function mainDate({ table }: Entity): Column | undefined {
    const order = [
      'date',
      'start_date',
      'start_time',
      'datetime',
      'due_date',
      'created_at',
      'end_date',
      'end_time',
      'updated_at',
    ]
    return (
      [...table.columns]
        .filter((each) => order.includes(each.semantic ?? ''))
        .sort((a, b) => order.indexOf(a.semantic ?? '') - order.indexOf(b.semantic ?? ''))[0] ??
      columns.find((each) => each.semantic === 'due_time')
    )
  }
}

/** The columns that a list can be ordered by, at most four: what people call a row, dates, amounts. */
export function sortColumns(entity: Entity): Column[] {
  const { columns } = entity.table
  const named = columns.filter((column) => column.name === entity.names[0])
  const dated = columns.filter((column) => dateColumns.has(column.semantic ?? '')).slice(0, 2)
  const counted = columns.filter((column) => column.type !== 'TEXT' && column.enum === undefined).slice(0, 1)
  return [...named, ...dated, ...counted].slice(0, 4)
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

function pageArguments(entity: Entity, ordered = false): Argument[] {
  const order: Argument[] =
    ordered && sortColumns(entity).length > 0
      ? [
          {
            argument: 'sort_by',
            role: 'page',
            required: false,
            description: 'What to order them by (default: their ids).',
          },
          { argument: 'order', role: 'page', required: false, description: 'asc (default) or desc.' },
        ]
      : []
  return [
    ...order,
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
    .filter(({ semantic }) => semantic === 'ref' || semantic === 'status' || semantic === 'enum')
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

const answersWithKey = (operation: Operation, noun: string): boolean =>
  outputFields(operation, noun).fields.some((field) => isOwnKey(field.name, noun))

/** Of an event's inputs at most so many become columns. */
const eventColumnsMax = 12

/** The table of what was done to an entity's rows: one dated row for each call of an action that has no state. */
function addEvents(entity: Entity, plans: readonly ToolPlan[], model: Model, { coverage }: Counting): Entity {
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
    const query = inputFields(operation, subject, 'query')
    let lost = 0
    for (const field of inputFields(operation, subject, 'body').concat(query)) {
      const counts = coverage[query.includes(field) ? 'query' : bodyPlace(field)]
      const leave = (reason: string): void => {
        lost += 1
        countOutcome(counts, { unbound: reason })
      }
      if (isOwnKey(field.name, subject)) {
        countOutcome(counts, 'bound')
        continue
      }
      const asked = query.includes(field)
      if (isTransport(field.name, asked ? 'query' : 'body') || (asked && meaningOf(field.name).kind !== 'column')) {
        countOutcome(counts, 'transport')
        continue
      }
      if (field.nested) {
        leave('a part of an object')
        continue
      }
      const refers = referredNoun(field.name) !== undefined
      const settled = columnOfField(field)
      const column = settled !== null && refers ? opaqueColumn(settled) : settled
      if (column === null) {
        leave(
          ['array', 'object'].includes(field.shape.type) ? `it is ${field.shape.type}` : 'no value of it makes sense',
        )
        continue
      }
      if (
        columns.some((known) => known.name === column.name && known.type !== column.type) ||
        column.name === 'created_at' ||
        column.name === 'action' ||
        column.volatile
      ) {
        leave('the world writes it')
        continue
      }
      const known = columns.find((each) => each.name === column.name)
      if (known === undefined) {
        if (columns.length >= 3 + eventColumnsMax) {
          leave('columns beyond the cap')
          continue
        }
        columns.push(column)
      } else if (known.enum !== undefined) {
        leave('columns beyond the cap')
        continue
      }
      countOutcome(counts, 'bound')
      plan.arguments.push({
        argument: column.name === reference ? `own_${column.name}` : column.name,
        table: '',
        column: column.name,
        role: 'value',
        required: false,
        description: clean(field.shape.description) || `The ${column.name.replaceAll('_', ' ')}.`,
      })
    }
    // Nothing of what is given leaves a mark: what it does had to be made up.
    if (lost > 0 && !plan.arguments.some((argument) => argument.role === 'value')) plan.fallbacks.push('effect')
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
    sole: false,
    // What was done is answered with an identifier.
    ...(plans.some(({ operation }) => operation !== undefined && answersWithKey(operation, subject)) && {
      key: 'field' as const,
    }),
    names: [...nameColumns(columns), 'action'],
  }
  model.entities.push(events)
  return events
}

/** Whether two plans are one tool: the same work on the same rows under the same parents. */
function sameWork(a: ToolPlan, b: ToolPlan): boolean {
  if (a.given !== b.given) return false
  if (a.verb !== b.verb || a.action !== b.action || a.from?.value !== b.from?.value) return false
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
  if (argument.role !== 'parent' || (plan.verb !== 'create' && plan.verb !== 'update' && plan.verb !== 'transition'))
    return false
  return (
    plan.verb === 'create' ||
    !plan.entity.parents.some((parent) => parent.column === argument.column && parent.paths > 0)
  )
}

const roleOrder = ['key', 'parent', 'query', 'filter', 'window', 'value', 'page']
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
/** Of one API, or one provider, that all tools come from; undefined where they come from several. */
function labelOf(plans: readonly ToolPlan[]): string | undefined {
  const operations = plans.flatMap(({ operation }) => operation ?? [])
  const only = (values: readonly string[]): string | undefined => (new Set(values).size === 1 ? values[0] : undefined)
  const provider = only(operations.map((operation) => operation.provider))
  if (provider === undefined) return undefined
  const service = only(operations.map((operation) => operation.service))
  const words = service === undefined || service === provider ? providerLabel(provider) : service
  const label = words.toLowerCase().replace(/[^a-z0-9]+/g, '_')
  return /^[a-z][a-z0-9_]{1,24}$/.test(label) ? label : undefined
}

/** @param label stands in the names of tools that no document has: every API has users, and finds them in its own way */
function nameTools(plans: readonly ToolPlan[], label: string | undefined): void {
  const taken = new Set<string>(reservedToolNames)
  for (const plan of plans) {
    for (const name of candidates(plan, label)) {
      const short = name.slice(0, 64).replace(/_+$/, '')
      if (taken.has(short) || !/^[a-z][a-z0-9_]*$/.test(short)) continue
      if (name !== plan.given && !short.includes('_')) continue
      plan.name = short
      taken.add(short)
      break
    }
  }
}

function* candidates(plan: ToolPlan, label: string | undefined): Generator<string> {
  if (plan.given !== undefined) yield plan.given
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
  if (own === undefined && label !== undefined && !noun.includes(label))
    yield `${verb}_${label}_${many ? plural(noun) : noun}`
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
