/**
 * What an agent is told: the schemas of input and output, what each tool does in this world, and the rules in plain words.
 * All of it follows from the same plans as the programs, so that nothing is promised that they don't keep.
 */

import type { Column } from '../../../schemas/domain.ts'
import type { JsonObject } from '../../../schemas/json.ts'
import type { OutputBinding, ToolBinding } from '../binding.ts'
import { sayTable, sayTables, sayVerb } from '../lexicon.ts'
import { type Argument, dayColumns, isWritten, pageMax, searched, sortColumns, type ToolPlan } from './bind.ts'
import { isDerived } from './counters.ts'
import { type Entity, type Model, startState } from './model.ts'
import { type Dependent, dependentsOf, guardColumn, sayFlagOn, uniqueColumn } from './programs.ts'
import { article, capital, clean, plural } from './words.ts'

const dateOnly = new Set(['date', 'start_date', 'end_date', 'due_date', 'birth_date'])
const dateTime = new Set(['datetime', 'start_time', 'end_time', 'due_time', 'created_at', 'updated_at'])

const offsetMax = 1_000_000
const integerRange = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }

function valueSchema(column: Column): JsonObject {
  if (column.semantic === 'flag') return { type: 'boolean' }
  if (column.semantic === 'json') return { type: 'array', items: { type: 'string' } }
  if (column.enum !== undefined)
    return {
      type: column.type === 'TEXT' ? 'string' : column.type === 'INTEGER' ? 'integer' : 'number',
      enum: [...column.enum],
    }
  if (column.type !== 'TEXT') return { type: column.type === 'INTEGER' ? 'integer' : 'number' }
  if (dateOnly.has(column.semantic ?? '')) return { type: 'string', format: 'date' }
  if (dateTime.has(column.semantic ?? '')) return { type: 'string', format: 'date-time' }
  return { type: 'string' }
}

export function inputSchema(plan: ToolPlan, model: Model): JsonObject {
  const properties: JsonObject = {}
  for (const argument of plan.arguments) {
    const description = clean(argument.description)
    properties[argument.argument] = {
      ...argumentSchema(plan, argument, model),
      ...(description !== '' && { description }),
    }
  }
  const required = plan.arguments.filter((argument) => argument.required).map((argument) => argument.argument)
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false }
}

function argumentSchema(plan: ToolPlan, argument: Argument, model: Model): JsonObject {
  if (argument.argument === 'limit' && argument.role === 'page')
    return { type: 'integer', minimum: 1, maximum: pageMax }
  if (argument.argument === 'sort_by' && argument.role === 'page')
    return { type: 'string', enum: sortColumns(plan.entity).map((column) => column.name) }
  if (argument.argument === 'order' && argument.role === 'page') return { type: 'string', enum: ['asc', 'desc'] }
  if (argument.role === 'page') return { type: 'integer', minimum: 0, maximum: offsetMax }
  if (argument.role === 'query') return { type: 'string', minLength: 1 }
  const entity = model.entities.find((each) => each.table.name === argument.table) ?? plan.entity
  const column = entity.table.columns.find((each) => each.name === argument.column)
  if (column === undefined) return { type: 'string' }
  if (argument.role === 'filter' && column.semantic === 'json') return { type: 'string', minLength: 1 }
  if (argument.role === 'filter' && dayColumns.has(column.semantic ?? '')) return { type: 'string', format: 'date' }
  const schema = valueSchema(column)
  const bare = schema.type === 'string' && schema.enum === undefined && schema.format === undefined
  if (argument.role === 'value' && bare) return { ...schema, minLength: 1, maxLength: 2000 }
  // A number beyond is no integer of the database.
  return schema.type === 'integer' && schema.enum === undefined ? { ...schema, ...integerRange } : schema
}

/** The columns that a tool shows of each row. */
function shownColumns(plan: ToolPlan, entity: Entity): Column[] {
  const isList = plan.verb === 'list' || plan.verb === 'search'
  return entity.table.columns.filter(({ name }) => !isList || (entity.summary?.has(name) ?? true))
}

function rowSchema(columns: readonly Column[]): JsonObject {
  const properties: JsonObject = {}
  for (const column of columns) {
    const schema = valueSchema(column)
    if (column.nullable) {
      schema.type = [schema.type as string, 'null']
      if (Array.isArray(schema.enum)) schema.enum = [...schema.enum, null]
    }
    properties[column.name] = schema
  }
  return {
    type: 'object',
    properties,
    required: columns.map((column) => column.name),
    additionalProperties: false,
  }
}

export function outputSchema(plan: ToolPlan, model: Model): JsonObject {
  if (plan.verb === 'delete') {
    return {
      type: 'object',
      properties: { deleted: { type: 'boolean' }, id: { type: 'string' } },
      required: ['deleted', 'id'],
      additionalProperties: false,
    }
  }
  const entity = shownEntity(plan, model)
  if (plan.verb !== 'list' && plan.verb !== 'search') return rowSchema(shownColumns(plan, entity))
  const name = plural(entity.table.name)
  return {
    type: 'object',
    properties: { [name]: { type: 'array', items: rowSchema(shownColumns(plan, entity)) }, total: { type: 'integer' } },
    required: [name, 'total'],
    additionalProperties: false,
  }
}

/** Whose rows a tool answers with. */
export function shownEntity(plan: ToolPlan, model: Model): Entity {
  return model.entities.find((entity) => entity.table.name === plan.events) ?? plan.entity
}

export function outputBindings(plan: ToolPlan, model: Model): OutputBinding[] {
  const entity = shownEntity(plan, model)
  if (plan.verb === 'delete') return [{ field: 'id', table: entity.table.name, column: 'id' }]
  const prefix = plan.verb === 'list' || plan.verb === 'search' ? `${plural(entity.table.name)}[].` : ''
  return shownColumns(plan, entity).map((column) => ({
    field: `${prefix}${column.name}`,
    table: entity.table.name,
    column: column.name,
  }))
}

export function bindingOf(plan: ToolPlan, model: Model): ToolBinding {
  const rule = plan.verb === 'transition' ? plan.entity.transitions.get(plan.action as string) : undefined
  return {
    tool: plan.name,
    verb: plan.verb,
    table: plan.events ?? plan.entity.table.name,
    ...(plan.events !== undefined && { subject: plan.entity.table.name }),
    arguments: plan.arguments.map(({ argument, table, column, role, required, side }) => ({
      argument,
      ...(table !== undefined && { table }),
      ...(column !== undefined && { column }),
      role,
      required,
      ...(side !== undefined && { side }),
    })),
    outputs: outputBindings(plan, model),
    ...(rule !== undefined && { transition: { ...rule, verb: plan.action as string } }),
    fallbacks: plan.fallbacks,
  }
}

/** The document's own first words, where there are any, then what happens here. */
export function describeTool(plan: ToolPlan, model: Model, plans: readonly ToolPlan[]): string {
  const said = plan.operation === undefined ? '' : clean(plan.operation.summary ?? plan.operation.description, 160)
  const lead = said === '' || said.split(' ').length < 2 ? '' : /[.!?…]$/.test(said) ? said : `${said}.`
  return `${lead} ${effect(plan, model, plans)}${plan.verb === 'transition' ? '' : onlyFrom(plan)}`.trim()
}

function effect(plan: ToolPlan, model: Model, plans: readonly ToolPlan[]): string {
  const { entity } = plan
  const noun = sayTable(entity.table.name)
  const many = sayTables(entity.table.name)
  switch (plan.verb) {
    case 'get':
      return entity.sole ? `Returns the ${noun}.` : `Returns one ${noun} by its id.`
    case 'list':
      return `Returns ${many}${filters(plan)}, in the order of their ids, with the total.`
    case 'search':
      return `Searches ${many} by the text of their ${spokenList(searched(entity).map(plain), 'or')}${filters(plan)} and returns them with the total.`
    case 'create': {
      const unique = uniqueColumn(entity)
      return `Adds ${article(noun)} ${noun} and returns it with its new id.${unique === undefined ? '' : ` Refuses a second one with the same ${plain(unique.name)}.`}`
    }
    case 'update':
      return `Changes ${spokenList(
        plan.arguments.filter((argument) => isWritten(plan, argument)).map((argument) => plain(argument.argument)),
        'or',
      )} of ${article(noun)} ${noun}; what isn't given stays as it is.`
    case 'delete':
      return `Removes ${article(noun)} ${noun}.${dependentsOf(entity, model, plans)
        .map((dependent) => ` ${fate(dependent)}`)
        .join('')}`
    case 'transition': {
      const rule = entity.transitions.get(plan.action as string)
      if (rule === undefined) return ''
      const column = entity.table.columns.find((each) => each.name === rule.column)
      if (column?.semantic === 'flag')
        return `Sets ${plain(rule.column)} of ${article(noun)} ${noun} to ${rule.to === 1 ? 'true' : 'false'}. Refuses where it already is.`
      return `Sets the ${plain(rule.column)} of ${article(noun)} ${noun} to ${rule.to}. Refuses where it is ${spokenList(rule.refuses.map(String), 'or')}.`
    }
    case 'event':
      return `Records, with its date, that this was done to ${article(noun)} ${noun}. See ${plans.find((other) => other.entity.table.name === plan.events)?.name ?? plan.events}.`
  }
}

const onlyFrom = ({ from }: ToolPlan): string =>
  from === undefined ? '' : ` Refuses where its ${plain(from.column)} is not ${from.value}.`

function filters(plan: ToolPlan): string {
  const parents = plan.arguments
    .filter((argument) => argument.role === 'parent' && argument.required)
    .map((argument) => `one ${plain(argument.argument.replace(/_id$/, ''))}`)
  return parents.length === 0 ? '' : ` of ${spokenList(parents, 'and')}`
}

function fate({ entity, fate: what }: Dependent): string {
  const many = sayTables(entity.table.name)
  if (what === 'refuse') return `Refuses while it has ${many}.`
  return what === 'remove' ? `Its ${many} go with it.` : `Its ${many} stay, without it.`
}

/** The rules of the whole domain, from the same facts as its programs. */
export function describePolicy(plans: readonly ToolPlan[], model: Model): string {
  const rules: string[] = ['Rows are named by their id; look it up by what you know of the row before you change it.']
  for (const entity of model.entities) rules.push(...rulesOf(entity, plans, model))
  rules.push('What a call refers to must exist; a call that is refused changes nothing.')
  return rules.join('\n')
}

function rulesOf(entity: Entity, plans: readonly ToolPlan[], model: Model): string[] {
  const rules: string[] = []
  const noun = sayTable(entity.table.name)
  const many = sayTables(entity.table.name)
  const a = article(noun)
  const own = plans.filter((plan) => plan.entity === entity)
  const creates = own.some((plan) => plan.verb === 'create')
  const owners = entity.parents.filter((parent) => parent.required).map((parent) => sayTable(parent.table))
  if (owners.length > 0 && creates)
    rules.push(
      `${capital(a)} ${noun} always belongs to ${spokenList(
        owners.map((owner) => `${article(owner)} ${owner}`),
        'and',
      )}.`,
    )
  const unique = uniqueColumn(entity)
  if (unique !== undefined && creates) rules.push(`No two ${many} have the same ${plain(unique.name)}.`)
  const status = entity.table.columns.find((column) => column.semantic === 'status' && column.enum !== undefined)
  const moved = [...entity.transitions.values()].some((rule) => rule.column === status?.name)
  if (status !== undefined && moved && creates) rules.push(`A new ${noun} is ${startState(status)}.`)
  for (const column of entity.table.columns) {
    if (isDerived(column)) rules.push(`The ${plain(column.name)} of ${a} ${noun} is counted; it can't be set.`)
  }
  for (const plan of own) {
    const rule = plan.verb === 'transition' ? entity.transitions.get(plan.action as string) : undefined
    if (rule === undefined) continue
    const column = entity.table.columns.find((each) => each.name === rule.column)
    const act = sayVerb(plan.action as string, `${a} ${noun}`)
    if (column?.semantic === 'flag') {
      rules.push(`To ${act} is refused where it already is.`)
      continue
    }
    const left = (column?.enum ?? []).filter((value) => !rule.refuses.includes(value))
    rules.push(
      `To ${act} its ${plain(rule.column)} must be ${spokenList(left.map(String), 'or')}; it is ${rule.to} afterwards.`,
    )
  }
  for (const value of new Set(
    own.flatMap((plan) => (plan.from === undefined || plan.verb === 'transition' ? [] : [plan.from.value])),
  ))
    rules.push(
      `Only ${article(value)} ${value} ${noun} can be changed by ${spokenList(
        own.filter((plan) => plan.from?.value === value && plan.verb !== 'transition').map((plan) => plan.name),
        'or',
      )}.`,
    )
  const recorded = [...new Set(own.filter((plan) => plan.verb === 'event').map((plan) => plain(plan.action as string)))]
  if (recorded.length > 0)
    rules.push(
      `What is done to ${a} ${noun} by ${spokenList(recorded, 'or')} is recorded with its date and changes nothing else.`,
    )
  if (own.some((plan) => plan.verb === 'delete')) {
    const guard = guardColumn(entity)
    if (guard !== undefined) rules.push(`${capital(a)} ${noun} that is ${sayFlagOn(guard.name)} can't be deleted.`)
    for (const dependent of dependentsOf(entity, model, plans)) {
      const others = sayTables(dependent.entity.table.name)
      if (dependent.fate === 'refuse') rules.push(`${capital(a)} ${noun} that still has ${others} can't be deleted.`)
      else if (dependent.fate === 'remove') rules.push(`With ${a} ${noun} its ${others} are deleted.`)
      else rules.push(`When ${a} ${noun} is deleted, its ${others} stay and no longer refer to it.`)
    }
  }
  return rules
}

const plain = (name: string): string => name.replaceAll('_', ' ')

function spokenList(items: readonly string[], word: 'and' | 'or'): string {
  if (items.length <= 1) return items[0] ?? ''
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`
}
