/**
 * Programs and statements: a few templates, filled with names of a whitelist and JSON literals.
 *
 * Nothing of a document is ever pasted: every name passes `identifier`, every text goes through JSON.stringify. Each
 * tool is one function that reads like one written by hand; what several share (find the row or refuse, show a row)
 * stands once, under a name with a capital letter in it, which no tool can have.
 */

import type { Column } from '../../../schemas/domain.ts'
import { MicrocosmError } from '../../../schemas/errors.ts'
import { verbs } from '../lexicon/verbs.ts'
import { sayTable, sayTables } from '../lexicon.ts'
import {
  type Argument,
  dayColumns,
  hasDefault,
  isWritten,
  pageDefault,
  searched,
  sortColumns,
  type ToolPlan,
} from './bind.ts'
import { counterOf, isDerived } from './counters.ts'
import { type Entity, type Model, startState } from './model.ts'
import { article, capital, plural } from './words.ts'

export interface Code {
  program: string
  statements: Record<string, string>
}

export function writePrograms(plans: readonly ToolPlan[], model: Model): Code {
  const writer = createWriter(model, plans)
  const tools = plans.map((plan) => writer.tool(plan))
  return { program: `${[...writer.helpers(), ...tools].join('\n\n')}\n`, statements: sorted(writer.statements) }
}

/** Columns by which a second row of the same name is refused. */
export function uniqueColumn(entity: Entity): Column | undefined {
  return entity.table.columns.find(
    (column) =>
      entity.names.includes(column.name) &&
      (column.semantic === 'email' || column.semantic === 'username' || column.semantic === 'sku'),
  )
}

const guards: ReadonlySet<string> = new Set([
  'locked',
  'is_locked',
  'protected',
  'is_protected',
  'read_only',
  'is_read_only',
  'is_system',
  'is_default',
  'immutable',
])

/** A flag that keeps a row from being deleted. */
export const guardColumn = (entity: Entity): Column | undefined =>
  entity.table.columns.find((column) => column.semantic === 'flag' && guards.has(column.name))

/** What happens to the rows that refer to a deleted one. */
export interface Dependent {
  entity: Entity
  column: string
  fate: 'refuse' | 'remove' | 'detach'
}

export function dependentsOf(entity: Entity, model: Model, plans: readonly ToolPlan[]): Dependent[] {
  const found: Dependent[] = []
  for (const other of model.entities) {
    for (const parent of other.parents) {
      if (parent.table !== entity.table.name) continue
      const column = other.table.columns.find((each) => each.name === parent.column)
      const ownDelete = plans.some((plan) => plan.entity === other && plan.verb === 'delete')
      found.push({
        entity: other,
        column: parent.column,
        fate: column?.nullable ? 'detach' : ownDelete ? 'refuse' : 'remove',
      })
    }
  }
  return found
}

interface Writer {
  statements: Record<string, string>
  helpers(): string[]
  tool(plan: ToolPlan): string
}

function createWriter(model: Model, plans: readonly ToolPlan[]): Writer {
  const statements: Record<string, string> = {}
  const helpers = new Map<string, string>()

  const statement = (name: string, sql: string): string => {
    const wanted = identifier(name.slice(0, 60).replace(/_+$/, ''))
    let chosen = wanted
    for (let count = 2; statements[chosen] !== undefined && statements[chosen] !== sql; count++)
      chosen = `${wanted}_${count}`
    statements[chosen] = sql
    return quoted(chosen)
  }
  const helper = (name: string, source: () => string): string => {
    if (!helpers.has(name)) {
      helpers.set(name, '')
      helpers.set(name, source())
    }
    return name
  }

  const table = (entity: Entity): string => sqlName(entity.table.name)
  const columns = (entity: Entity, only?: ReadonlySet<string>): string =>
    entity.table.columns
      .filter(({ name }) => only?.has(name) ?? true)
      .map(({ name }) => sqlName(name))
      .join(', ')
  const byId = (entity: Entity): string =>
    statement(`${entity.table.name}_by_id`, `SELECT ${columns(entity)} FROM ${table(entity)} WHERE id = :id`)

  /** `needOrder(db, id, 'not_found')`: the row, or a refusal. */
  const need = (entity: Entity): string =>
    helper(`need${pascal(entity.table.name)}`, () => {
      const noun = sayTable(entity.table.name)
      return lines([
        `function need${pascal(entity.table.name)} (db, id, code) {`,
        `  const row = db.get(${byId(entity)}, { id: id })`,
        `  if (!row) throw new ToolError(code, ${quoted(`There is no ${noun} with the id `)} + id + '.')`,
        '  return row',
        '}',
      ])
    })

  /** `showOrder(row)`: the row as an agent sees it, with true and false for flags. */
  const show = (entity: Entity, only?: ReadonlySet<string>): ((row: string) => string) => {
    const flags = entity.table.columns.filter(
      (column) => (column.semantic === 'flag' || column.semantic === 'json') && (only?.has(column.name) ?? true),
    )
    if (flags.length === 0) return (row) => row
    const helperName = `show${pascal(entity.table.name)}${only === undefined ? '' : 'Summary'}`
    const name = helper(helperName, () => {
      const shown = flags.map(
        (column) =>
          `${key(column.name)}: ${column.nullable ? `row.${member(column.name)} === null ? null : ` : ''}${column.semantic === 'json' ? `JSON.parse(row.${member(column.name)})` : `row.${member(column.name)} === 1`}`,
      )
      return lines([`function ${helperName} (row) {`, `  return { ...row, ${shown.join(', ')} }`, '}'])
    })
    return (row) => `${name}(${row})`
  }

  const entityOf = (name: string): Entity => {
    const found = model.entities.find((entity) => entity.table.name === name)
    if (found === undefined)
      throw new MicrocosmError('DOMAIN_INVALID', `A tool refers to "${name}", which is no table.`)
    return found
  }

  /** The row acted on, and the check that it belongs to the parents named. */
  const needOwn = (plan: ToolPlan): string[] => {
    const { entity } = plan
    const keyArgument = plan.arguments.find((argument) => argument.role === 'key')
    const code: string[] = []
    if (keyArgument === undefined) {
      const only = statement(
        `only_${entity.table.name}`,
        `SELECT ${columns(entity)} FROM ${table(entity)} ORDER BY id LIMIT 1`,
      )
      code.push(
        `const row = db.get(${only}, {})`,
        `if (!row) throw new ToolError('not_found', ${quoted(`There is no ${sayTable(entity.table.name)}.`)})`,
      )
    } else code.push(`const row = ${need(entity)}(db, args.${member(keyArgument.argument)}, 'not_found')`)
    for (const argument of plan.arguments) {
      if (argument.role !== 'parent' || isWritten(plan, argument)) continue
      const parent = entity.parents.find((each) => each.column === argument.column)
      if (parent === undefined) continue
      const given = `args.${member(argument.argument)}`
      const test = argument.required
        ? `row.${member(parent.column)} !== ${given}`
        : `${given} !== undefined && row.${member(parent.column)} !== ${given}`
      code.push(
        `if (${test}) throw new ToolError('not_found', ${quoted(`The ${sayTable(parent.table)} `)} + ${given} + ${quoted(` has no ${sayTable(entity.table.name)} `)} + row.id + '.')`,
      )
    }
    if (plan.from !== undefined && plan.verb !== 'transition') {
      const cell = `row.${member(plan.from.column)}`
      const noun = sayTable(entity.table.name)
      code.push(
        `if (${cell} !== ${literal(plan.from.value)}) throw new ToolError('conflict', ${quoted(`The ${noun} `)} + row.id + ' is ' + ${cell} + ${quoted(`; this can be done only to ${article(plan.from.value)} ${plan.from.value} one.`)})`,
      )
    }
    return code
  }

  /** References that are written must lead somewhere. */
  const checkReferences = (plan: ToolPlan): string[] => {
    const code: string[] = []
    for (const argument of plan.arguments) {
      if (argument.role !== 'parent' || !isWritten(plan, argument)) continue
      const parent = plan.entity.parents.find((each) => each.column === argument.column)
      if (parent === undefined) continue
      const given = `args.${member(argument.argument)}`
      const call = `${need(entityOf(parent.table))}(db, ${given}, 'invalid_reference')`
      code.push(argument.required ? call : `if (${given} !== undefined) ${call}`)
    }
    return code
  }

  const checkUnique = (plan: ToolPlan): string[] => {
    const column = uniqueColumn(plan.entity)
    const argument = plan.arguments.find((each) => each.column === column?.name && each.role === 'value')
    if (column === undefined || argument === undefined) return []
    const noun = sayTable(plan.entity.table.name)
    const given = `args.${member(argument.argument)}`
    const find = statement(
      `${plan.entity.table.name}_by_${column.name}`,
      `SELECT id FROM ${table(plan.entity)} WHERE lower(${sqlName(column.name)}) = lower(:${column.name})`,
    )
    const taken = `throw new ToolError('already_exists', ${quoted(`There is already ${article(noun)} ${noun} with the ${column.name.replaceAll('_', ' ')} `)} + ${given} + '.')`
    const twin = `const twin = ${argument.required ? '' : `${given} === undefined ? null : `}db.get(${find}, { ${key(column.name)}: ${given} })`
    return [twin, `if (twin${plan.verb === 'update' ? ' && twin.id !== row.id' : ''}) ${taken}`]
  }

  const insert = (entity: Entity): string => {
    const names = entity.table.columns.map((column) => column.name)
    return statement(
      `insert_${entity.table.name}`,
      `INSERT INTO ${table(entity)} (${names.map(sqlName).join(', ')}) VALUES (${names.map((name) => `:${name}`).join(', ')})`,
    )
  }

  /** SET of the columns given, and of the time of change where the table keeps it. */
  const update = (entity: Entity, name: string, written: readonly string[]): string =>
    statement(
      name,
      `UPDATE ${table(entity)} SET ${written.map((column) => `${sqlName(column)} = :${column}`).join(', ')} WHERE id = :id`,
    )

  const stamp = (entity: Entity): string[] =>
    entity.table.columns
      .filter((column) => column.volatile && column.semantic === 'updated_at')
      .map((column) => column.name)

  /** `recountOrderItemCount(db, id)`: counts again the rows that refer to that one. */
  const recount = (child: Entity, of: (column: string) => string): string[] => {
    const code: string[] = []
    for (const parent of child.parents) {
      const owner = entityOf(parent.table)
      for (const column of owner.table.columns) {
        const counter = counterOf(column)
        if (counter?.table !== child.table.name || counter.column !== parent.column) continue
        const name = helper(`recount${pascal(owner.table.name)}${pascal(column.name)}`, () => {
          const sql = `UPDATE ${table(owner)} SET ${sqlName(column.name)} = (SELECT COUNT(*) FROM ${table(child)} WHERE ${sqlName(parent.column)} = :id) WHERE id = :id`
          return lines([
            `function recount${pascal(owner.table.name)}${pascal(column.name)} (db, id) {`,
            `  if (id !== null) db.run(${statement(`recount_${owner.table.name}_${column.name}`, sql)}, { id: id })`,
            '}',
          ])
        })
        code.push(`${name}(db, ${of(parent.column)})`)
      }
    }
    return code
  }

  /** A write that would write nothing is refused: where no input is required, at least one must be given. */
  const refuseNothing = (written: ToolPlan['arguments']): string[] => {
    if (written.length === 0 || written.some((argument) => argument.required)) return []
    const none = written.map((argument) => `args.${member(argument.argument)} === undefined`).join(' && ')
    const names = written.map((argument) => argument.argument).join(', ')
    return [`if (${none}) throw new ToolError('invalid_request', ${quoted(`Give at least one of ${names}.`)})`]
  }

  const body: Record<ToolPlan['verb'], (plan: ToolPlan) => string[]> = {
    get: (plan) => [...needOwn(plan), `return ${show(plan.entity)('row')}`],

    list: (plan) => listBody(plan),
    search: (plan) => listBody(plan),

    create(plan) {
      const { entity } = plan
      const filled = plan.arguments.filter((argument) => argument.column !== undefined)
      const code = [...refuseNothing(filled), ...checkReferences(plan), ...checkUnique(plan)]
      const given = new Map(filled.map((argument) => [argument.column as string, argument]))
      code.push(`const id = ctx.id(${quoted(entity.table.name)})`)
      code.push(`db.run(${insert(entity)}, {`)
      for (const column of entity.table.columns) {
        const argument = given.get(column.name)
        code.push(`  ${column.name === 'id' ? 'id: id' : `${key(column.name)}: ${initial(column, argument)}`},`)
      }
      code.push('})')
      const counted = recount(entity, (column) => `made.${member(column)}`)
      if (counted.length > 0) code.push(`const made = ${need(entity)}(db, id, 'not_found')`, ...counted)
      code.push(`return ${show(entity)(`${need(entity)}(db, id, 'not_found')`)}`)
      return code
    },

    update(plan) {
      const { entity } = plan
      const written = plan.arguments.filter((argument) => isWritten(plan, argument))
      const code = [...needOwn(plan), ...checkReferences(plan), ...refuseNothing(written), ...checkUnique(plan)]
      const columnsWritten = written.map((argument) => argument.column as string)
      code.push(
        `db.run(${update(entity, `${plan.name}_set`, [...columnsWritten, ...stamp(entity)])}, {`,
        '  id: row.id,',
      )
      for (const argument of written) code.push(`  ${key(argument.column as string)}: ${kept(entity, argument)},`)
      for (const column of stamp(entity)) code.push(`  ${key(column)}: ctx.now(),`)
      code.push('})')
      for (const argument of written) {
        if (argument.role !== 'parent') continue
        const moved = (from: string) => recount(entity, (column) => `${from}.${member(column)}`)
        const counted = [...moved('row'), ...moved('changed')]
        if (counted.length > 0) code.push(`const changed = ${need(entity)}(db, row.id, 'not_found')`, ...counted)
        break
      }
      code.push(`return ${show(entity)(`${need(entity)}(db, row.id, 'not_found')`)}`)
      return code
    },

    delete(plan) {
      const { entity } = plan
      const code = needOwn(plan)
      const guard = guardColumn(entity)
      if (guard !== undefined)
        code.push(
          `if (row.${member(guard.name)} === 1) throw new ToolError('not_permitted', ${quoted(`The ${sayTable(entity.table.name)} `)} + row.id + ${quoted(` is ${sayFlagOn(guard.name)}; it can't be deleted.`)})`,
        )
      for (const dependent of dependentsOf(entity, model, plans)) {
        if (dependent.fate !== 'refuse') continue
        const count = statement(
          `${dependent.entity.table.name}_count_by_${dependent.column}`,
          `SELECT COUNT(*) AS total FROM ${table(dependent.entity)} WHERE ${sqlName(dependent.column)} = :id`,
        )
        const name = `${camel(dependent.entity.table.name)}Count`
        code.push(`const ${name} = db.get(${count}, { id: row.id }).total`)
        code.push(
          `if (${name} > 0) throw new ToolError('conflict', ${quoted(`The ${sayTable(entity.table.name)} still has `)} + ${name} + ${quoted(` ${sayTables(dependent.entity.table.name)}; delete them first.`)})`,
        )
      }
      code.push(`${remove(entity)}(db, row.id)`, 'return { deleted: true, id: row.id }')
      return code
    },

    transition(plan) {
      const { entity } = plan
      const rule = entity.transitions.get(plan.action as string)
      if (rule === undefined) throw new MicrocosmError('DOMAIN_INVALID', `"${plan.name}" has no transition.`)
      const noun = sayTable(entity.table.name)
      const column = entity.table.columns.find((each) => each.name === rule.column)
      const past = verbs[plan.action as string]?.past ?? `${plan.action}ed`
      const code = [...needOwn(plan), ...checkReferences(plan)]
      const cell = `row.${member(rule.column)}`
      if (column?.semantic === 'flag') {
        code.push(
          `if (${cell} === ${literal(rule.to)}) throw new ToolError('conflict', ${quoted(`The ${noun} `)} + row.id + ${quoted(` is already ${past}.`)})`,
        )
      } else {
        const refused = rule.refuses.map((value) => `${cell} === ${literal(value)}`)
        code.push(
          `if (${refused.join(' || ')}) throw new ToolError('conflict', ${quoted(`The ${noun} `)} + row.id + ' is ' + ${cell} + ${quoted(` and can't be ${past}.`)})`,
        )
      }
      const extra = plan.arguments.filter((argument) => isWritten(plan, argument))
      const written = [rule.column, ...extra.map((argument) => argument.column as string), ...stamp(entity)]
      code.push(
        `db.run(${update(entity, `${plan.name}_set`, written)}, {`,
        '  id: row.id,',
        `  ${key(rule.column)}: ${literal(rule.to)},`,
      )
      for (const argument of extra) code.push(`  ${key(argument.column as string)}: ${kept(entity, argument)},`)
      for (const stamped of stamp(entity)) code.push(`  ${key(stamped)}: ctx.now(),`)
      code.push('})', `return ${show(entity)(`${need(entity)}(db, row.id, 'not_found')`)}`)
      return code
    },

    event(plan) {
      const events = entityOf(plan.events as string)
      const reference = events.parents[0]?.column as string
      const code = [...needOwn(plan), `const id = ctx.id(${quoted(events.table.name)})`, `db.run(${insert(events)}, {`]
      for (const column of events.table.columns) {
        const argument = plan.arguments.find((each) => each.column === column.name && each.role === 'value')
        const value =
          column.name === 'id'
            ? 'id'
            : column.name === reference
              ? 'row.id'
              : column.name === 'action'
                ? quoted(plan.action as string)
                : initial(column, argument)
        code.push(`  ${key(column.name)}: ${value},`)
      }
      code.push('})', ...recount(events, () => 'row.id'))
      code.push(`return ${show(events)(`${need(events)}(db, id, 'not_found')`)}`)
      return code
    },
  }

  /** `removeOrder(db, id)`: the row with what lives and dies with it. */
  const remove = (entity: Entity): string =>
    helper(`remove${pascal(entity.table.name)}`, () => {
      const code = [`function remove${pascal(entity.table.name)} (db, id) {`]
      const counted = recount(entity, (column) => `row.${member(column)}`)
      if (counted.length > 0) code.push(`  const row = db.get(${byId(entity)}, { id: id })`)
      for (const dependent of dependentsOf(entity, model, plans)) {
        const { column } = dependent
        const other = dependent.entity
        if (dependent.fate === 'detach') {
          const detach = statement(
            `detach_${other.table.name}_${column}`,
            `UPDATE ${table(other)} SET ${sqlName(column)} = NULL WHERE ${sqlName(column)} = :id`,
          )
          code.push(`  db.run(${detach}, { id: id })`)
        } else {
          const all = statement(
            `${other.table.name}_ids_by_${column}`,
            `SELECT id FROM ${table(other)} WHERE ${sqlName(column)} = :id ORDER BY id`,
          )
          code.push(`  for (const each of db.all(${all}, { id: id })) ${remove(other)}(db, each.id)`)
        }
      }
      code.push(
        `  db.run(${statement(`delete_${entity.table.name}`, `DELETE FROM ${table(entity)} WHERE id = :id`)}, { id: id })`,
        ...counted.map((line) => `  ${line}`),
        '}',
      )
      return lines(code)
    })

  function listBody(plan: ToolPlan): string[] {
    const { entity } = plan
    const tests: string[] = []
    const filter: string[] = []
    const code: string[] = []
    for (const argument of plan.arguments) {
      const given = `args.${member(argument.argument)}`
      if (argument.role === 'parent') {
        const parent = entity.parents.find((each) => each.column === argument.column)
        if (parent === undefined) continue
        const call = `${need(entityOf(parent.table))}(db, ${given}, 'not_found')`
        code.push(argument.required ? call : `if (${given} !== undefined) ${call}`)
      }
      if (argument.role === 'query') {
        tests.push(
          `(:query IS NULL OR ${searched(entity)
            .map((name) => `instr(lower(${sqlName(name)}), lower(:query)) > 0`)
            .join(' OR ')})`,
        )
        filter.push(`query: ${given} ?? null`)
      } else if (argument.role === 'window') {
        const bound = argument.argument
        tests.push(
          `(:${bound} IS NULL OR ${sqlName(argument.column as string)} ${argument.side === 'from' ? '>=' : '<='} :${bound})`,
        )
        filter.push(`${key(bound)}: ${given} ?? null`)
      } else if (argument.role === 'parent' || argument.role === 'filter') {
        const column = entity.table.columns.find((each) => each.name === argument.column)
        if (column === undefined) continue
        const name = sqlName(column.name)
        const folded =
          column.type === 'TEXT' && column.enum === undefined && column.semantic !== 'ref' && column.semantic !== 'id'
        const equal =
          column.semantic === 'json'
            ? `instr(${name}, :${argument.argument}) > 0`
            : dayColumns.has(column.semantic ?? '')
              ? `substr(${name}, 1, 10) = :${argument.argument}`
              : folded
                ? `lower(${name}) = lower(:${argument.argument})`
                : `${name} = :${argument.argument}`
        tests.push(argument.required ? equal : `(:${argument.argument} IS NULL OR ${equal})`)
        if (column.semantic === 'json') {
          const text = `JSON.stringify(${given})`
          filter.push(
            `${key(argument.argument)}: ${argument.required ? text : `${given} === undefined ? null : ${text}`}`,
          )
          continue
        }
        filter.push(`${key(argument.argument)}: ${argument.required ? given : `${given} ?? null`}`)
      }
    }
    const where = tests.length === 0 ? '' : ` WHERE ${tests.join(' AND ')}`
    const count = statement(`${plan.name}_count`, `SELECT COUNT(*) AS total FROM ${table(entity)}${where}`)
    const sorted = plan.arguments.some((argument) => argument.argument === 'sort_by' && argument.role === 'page')
    const orders = (sorted ? sortColumns(entity) : []).flatMap((column) =>
      ['asc', 'desc'].map(
        (order) =>
          `CASE WHEN :sorting = '${column.name} ${order}' THEN ${sqlName(column.name)} END${order === 'desc' ? ' DESC' : ''}`,
      ),
    )
    const page = statement(
      `${plan.name}_page`,
      `SELECT ${columns(entity, entity.summary)} FROM ${table(entity)}${where} ORDER BY ${[...orders, 'id'].join(', ')} LIMIT :limit OFFSET :offset`,
    )
    code.push(`const filter = { ${filter.join(', ')} }`.replace('{  }', '{}'))
    code.push(`const total = db.get(${count}, filter).total`)
    if (sorted)
      code.push("const sorting = args.sort_by === undefined ? null : args.sort_by + ' ' + (args.order ?? 'asc')")
    code.push(
      `const rows = db.all(${page}, { ...filter, ${sorted ? 'sorting: sorting, ' : ''}limit: args.limit ?? ${pageDefault}, offset: args.offset ?? 0 })`,
    )
    const shown = show(entity, entity.summary)('row')
    code.push(
      `return { ${key(plural(entity.table.name))}: ${shown === 'row' ? 'rows' : `rows.map((row) => ${shown})`}, total: total }`,
    )
    return code
  }

  return {
    statements,
    helpers: () => [...helpers].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, source]) => source),
    tool(plan) {
      return lines([
        `function ${identifier(plan.name)} (args, db, ctx) {`,
        ...body[plan.verb](plan).map((line) => `  ${line}`),
        '}',
      ])
    },
  }
}

/** What is given, or else what stands there. */
function kept(entity: Entity, argument: Argument): string {
  const given = `args.${member(argument.argument)}`
  const old = `row.${member(argument.column as string)}`
  const column = entity.table.columns.find((each) => each.name === argument.column)
  return column?.semantic === 'json'
    ? `${given} === undefined ? ${old} : JSON.stringify(${given})`
    : `${given} ?? ${old}`
}

/** What a column begins with when a row is made. */
function initial(column: Column, argument: Argument | undefined): string {
  if (column.volatile) return 'ctx.now()'
  if (isDerived(column)) return '0'
  const fallback =
    hasDefault(column) && !column.nullable
      ? column.semantic === 'flag'
        ? /^(is_)?(active|enabled|visible|available)$/.test(column.name)
          ? '1'
          : '0'
        : literal(startState(column))
      : 'null'
  if (argument === undefined) return fallback
  if (column.semantic === 'json') {
    const text = `JSON.stringify(args.${member(argument.argument)})`
    return argument.required ? text : `args.${member(argument.argument)} === undefined ? ${fallback} : ${text}`
  }
  return argument.required ? `args.${member(argument.argument)}` : `args.${member(argument.argument)} ?? ${fallback}`
}

/** `is_default` → "the default", `read_only` → "read only". */
export const sayFlagOn = (name: string): string => {
  const word = name.replace(/^is_/, '').replaceAll('_', ' ')
  return word === 'default' ? 'the default' : word === 'system' ? 'of the system' : word
}

const lines = (code: readonly string[]): string => code.join('\n')

/** The whitelist: nothing else ever becomes a name in a program or statement. */
export function identifier(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(name))
    throw new MicrocosmError('DOMAIN_INVALID', `${JSON.stringify(name)} can't be a name.`)
  return name
}

/** Words that SQLite reads as its own; a column of that name is quoted. */
const sqlKeywords = new Set(
  (
    'abort action add after all alter always analyze and as asc attach autoincrement before begin between by cascade case cast check ' +
    'collate column commit conflict constraint create cross current current_date current_time current_timestamp database default ' +
    'deferrable deferred delete desc detach distinct do drop each else end escape except exclude exclusive exists explain fail filter ' +
    'first following for foreign from full generated glob group groups having if ignore immediate in index indexed initially inner ' +
    'insert instead intersect into is isnull join key last left like limit match materialized natural no not nothing notnull null ' +
    'nulls of offset on or order others outer over partition plan pragma preceding primary query raise range recursive references ' +
    'regexp reindex release rename replace restrict returning right rollback row rows savepoint select set table temp temporary then ' +
    'ties to transaction trigger unbounded union unique update using vacuum values view virtual when where window with without'
  ).split(' '),
)

const sqlName = (name: string): string => (sqlKeywords.has(name) ? `"${identifier(name)}"` : identifier(name))

const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'").replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
const literal = (value: string | number): string => (typeof value === 'number' ? String(value) : quoted(value))
/** Property names may be any word in a program, reserved ones too. */
const key = identifier
const member = identifier
const pascal = (name: string): string => name.split('_').map(capital).join('')
const camel = (name: string): string =>
  name
    .split('_')
    .map((word, index) => (index === 0 ? word : capital(word)))
    .join('')

function sorted(record: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort((a, b) => (a[0] < b[0] ? -1 : 1)))
}
