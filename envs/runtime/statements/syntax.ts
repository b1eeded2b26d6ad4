/**
 * What may stand in a statement: an allow-list of the nodes that SQLite's grammar makes of it, and of the functions.
 *
 * A node that is not listed is refused, and so is a clause of a listed node that is not listed with it: what a later
 * grammar adds is refused until someone thinks about it. What is left out runs without end (recursion), reads a clock,
 * chance or a file, makes large things of small ones, or hides from the row log. Besides, the walk notes what the query
 * plan alone doesn't tell: which names stand for which tables, and how many keys an IN or OR may look up.
 * Source: the grammar of SQLite 3.53 as sqlite3-parser has it.
 */

import type { AstNode } from 'sqlite3-parser'
import { parseStmt } from 'sqlite3-parser'
import { didYouMean } from '../../../schemas/errors.ts'

export interface Violation {
  reason: string
  line: number
  /** The first column is 1. */
  column: number
}

export interface Facts {
  /** Whether it is a SELECT. */
  reads: boolean
  /** Names of its parameters, without the colon. */
  parameters: Set<string>
  /** What the plan calls a table → the tables that it may be. */
  sources: Map<string, Set<string>>
  /** Column → how many keys an IN or OR may look up in it; Infinity for a subquery. */
  lookups: Map<string, number>
}

export interface SyntaxOptions {
  tables: ReadonlySet<string>
  charsMax: number
}

/** Nodes deep; SQLite itself stops at 1,000. */
const depthMax = 100
/** Items in any list: columns of a result, rows of VALUES, members of IN, arms of a compound. */
const listMax = 200
/** `||` in one statement. */
const concatenationsMax = 16
/** Calls of functions in one statement: what it may do with one row. */
const callsMax = 100
/** Characters of a LIKE or GLOB pattern: its cost is their product with the length of the text. */
const patternMax = 64

/** Deterministic on every machine, and never longer than what goes in. */
const functions = new Set(
  (
    'abs avg ceil ceiling coalesce count floor ifnull iif instr length lower ltrim max min mod nullif replace round rtrim ' +
    'sign sqrt substr substring sum total trim trunc typeof upper'
  ).split(' '),
)

/** Why a function is refused, where more can be said than that it is not known. */
const refusedFunctions: Record<string, string> = {
  group_concat: 'select the rows and join them in the program',
  string_agg: 'select the rows and join them in the program',
  random: 'use ctx.random() in the program',
  date: 'use ctx.now() and compare texts',
  datetime: 'use ctx.now() and compare texts',
  strftime: 'use ctx.now() and compare texts',
  julianday: 'use ctx.now() and compare texts',
  unixepoch: 'use ctx.now() and compare texts',
  printf: 'make the text in the program',
  format: 'make the text in the program',
}

/** Node → the fields of it that may be there: those with nodes in them, and after `|` those with plain values. */
const shapes = new Map<string, { nodes: Set<string>; values: Set<string> }>(
  Object.entries({
    SelectStmt: 'body',
    InsertStmt: 'tblName columns body',
    UpdateStmt: 'tblName sets from whereClause',
    DeleteStmt: 'tblName whereClause',
    Select: 'select compounds orderBy limit',
    CompoundSelect: 'select | operator',
    SelectFrom: 'columns from whereClause groupBy having | distinctness',
    SelectValues: 'values',
    ValuesRow: 'values',
    ExprResultColumn: 'expr alias',
    StarResultColumn: '',
    TableStarResultColumn: 'table',
    AsAs: 'name',
    ElidedAs: 'name',
    FromClause: 'select joins',
    JoinedSelectTable: 'operator table constraint',
    CommaJoinOperator: '',
    TypedJoinJoinOperator: '| joinType',
    OnJoinConstraint: 'expr',
    UsingJoinConstraint: 'columns',
    TableSelectTable: 'tblName alias',
    SelectSelectTable: 'select alias',
    QualifiedName: 'objName alias',
    SortedColumn: 'expr | order nulls',
    Limit: 'expr offset',
    SelectInsertBody: 'select upsert',
    Upsert: 'index doClause next',
    UpsertIndex: 'targets',
    SetUpsertDo: 'sets whereClause',
    NothingUpsertDo: '',
    SetAssignment: 'colNames expr',
    BetweenExpr: 'lhs start end | not',
    BinaryExpr: 'left right | op',
    CaseExpr: 'base whenThenPairs elseExpr',
    WhenThen: 'when then',
    CastExpr: 'expr typeName',
    Type: '| name',
    CollateExpr: 'expr | collation',
    ExistsExpr: 'select',
    FunctionCallExpr: 'name args filterOver | distinctness',
    FunctionCallStarExpr: 'name filterOver',
    FunctionTail: 'filterClause',
    Id: '| name',
    Name: '| text',
    InListExpr: 'lhs rhs | not',
    InSelectExpr: 'lhs rhs | not',
    IsNullExpr: 'expr',
    NotNullExpr: 'expr',
    LikeExpr: 'lhs rhs escape | not op',
    ParenthesizedExpr: 'exprs',
    QualifiedExpr: 'table column',
    SubqueryExpr: 'select',
    UnaryExpr: 'expr | op',
    VariableExpr: '| name',
    NumericLiteral: '| value',
    StringLiteral: '| value',
    NullLiteral: '',
  }).map(([type, fields]) => {
    const [nodes = '', values = ''] = fields.split('|')
    return [type, { nodes: new Set(nodes.trim().split(' ')), values: new Set(values.trim().split(' ')) }]
  }),
)

/** Clauses as an author writes them, for the fields that are refused. */
const clauses: Record<string, string> = {
  with: 'WITH',
  orConflict: 'OR with a conflict',
  returning: 'RETURNING',
  indexed: 'INDEXED',
  windowClause: 'WINDOW',
  overClause: 'OVER',
  dbName: 'the name of a schema',
  schema: 'the name of a schema',
  size: 'the size of a type',
}

/** What to do instead, where there is something. */
const insteads: Record<string, string> = {
  with: 'write the query in FROM',
  orConflict: 'it hides what it overwrites; use ON CONFLICT, or look first',
  returning: 'read it with a SELECT afterwards',
  overClause: 'count in the program',
  windowClause: 'count in the program',
}

const nodeWords: Record<string, string> = {
  TableCallSelectTable: 'a table made by a function',
  InTableExpr: 'IN with the name of a table',
  BlobLiteral: 'a blob',
  RaiseExpr: 'RAISE',
  CurrentDateLiteral: 'CURRENT_DATE',
  CurrentTimeLiteral: 'CURRENT_TIME',
  CurrentTimestampLiteral: 'CURRENT_TIMESTAMP',
  DefaultValuesInsertBody: 'DEFAULT VALUES',
  SubSelectTable: 'a join in parentheses',
  SortListFunctionCallOrder: 'ORDER BY inside a function',
  WithinGroupFunctionCallOrder: 'WITHIN GROUP',
}

/** Bits of a join's kind, as SQLite has them. */
const joins = { inner: 1, natural: 4, left: 8, right: 16, outer: 32 }

const statementTypes = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt'])

type Node = AstNode & Record<string, unknown>

interface Walk extends SyntaxOptions {
  text: string
  facts: Facts
  violations: Violation[]
  concatenations: Node[]
  calls: number
  /** Whether a query stands in FROM: what it lengthens could be lengthened again. */
  derived: boolean
}

/** Reads a statement; its facts hold only where nothing is violated. */
export function parseStatement(text: string, options: SyntaxOptions): { violations: Violation[]; facts: Facts } {
  const facts: Facts = { reads: false, parameters: new Set(), sources: new Map(), lookups: new Map() }
  const violations: Violation[] = []
  const done = { violations, facts }
  const atStart = (reason: string) => {
    violations.push({ reason, line: 1, column: 1 })
    return done
  }
  if (text.length > options.charsMax) return atStart(`it has ${text.length} characters, more than ${options.charsMax}`)
  // A zero byte ends the text for SQLite and not for the parser; half a character is another one in UTF-8.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u0008\u000b\u000e-\u001f\u007f\ufeff]/.test(text) || !text.isWellFormed())
    return atStart('it has a control character in it')
  const parsed = parse(text)
  if (!parsed.ok) {
    violations.push(parsed.violation)
    return done
  }
  const { root } = parsed
  if (!statementTypes.has(root.type)) {
    const words = root.type.replace(/Stmt$/, '').replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    return atStart(`it is ${words.toUpperCase()}; only SELECT, INSERT, UPDATE and DELETE may be`)
  }
  facts.reads = root.type === 'SelectStmt'
  const walk: Walk = { ...options, text, facts, violations, concatenations: [], calls: 0, derived: false }
  visit(root, walk, 1, false)
  checkLengthening(walk)
  return done
}

type Parsed = { ok: true; root: Node } | { ok: false; violation: Violation }

function parse(text: string): Parsed {
  const failed = (reason: string, line = 1, column = 1): Parsed => ({ ok: false, violation: { reason, line, column } })
  try {
    const parsed = parseStmt(text)
    if (parsed.status === 'ok') return { ok: true, root: parsed.root as unknown as Node }
    const [first] = parsed.errors
    if (first === undefined) return failed("it can't be parsed")
    const { line, col } = first.span
    if (first.message.startsWith('expected end of input')) return failed('it is more than one statement', line, col + 1)
    const [hint] = first.hints ?? []
    return failed(hint === undefined ? first.message : `${first.message} (${hint.message})`, line, col + 1)
  } catch (error) {
    return failed(`it can't be parsed: ${(error as Error).message}`)
  }
}

function refuse(walk: Walk, node: Node, reason: string): void {
  walk.violations.push({ reason, line: node.span.line, column: node.span.col + 1 })
}

function visit(node: Node, walk: Walk, depth: number, underOr: boolean): void {
  const shape = shapes.get(node.type)
  const reason =
    depth > depthMax
      ? `it is nested more than ${depthMax} deep`
      : shape === undefined
        ? `${nodeWords[node.type] ?? node.type} is not allowed`
        : checks[node.type]?.(node, walk, underOr)
  if (reason !== undefined || shape === undefined) {
    refuse(walk, node, reason ?? '')
    return
  }
  const or = (node.type === 'BinaryExpr' && node.op === 'Or') || (underOr && node.type !== 'Select')
  for (const field of Object.keys(node)) {
    if (field === 'type' || field === 'span') continue
    const value = node[field]
    if (value === undefined || value === false || shape.values.has(field)) continue
    if (!shape.nodes.has(field)) {
      const instead = insteads[field] === undefined ? '' : `; ${insteads[field]}`
      refuse(walk, node, `${clauses[field] ?? field} is not allowed${instead}`)
      continue
    }
    if (!Array.isArray(value)) visit(value as Node, walk, depth + 1, or)
    else if (value.length > listMax) refuse(walk, node, `a list has ${value.length} items, more than ${listMax}`)
    else for (const item of value) visit(item as Node, walk, depth + 1, or)
  }
}

type Check = (node: Node, walk: Walk, underOr: boolean) => string | undefined

/** What the shape of a node doesn't say. */
const checks: Record<string, Check | undefined> = {
  QualifiedName(node, walk) {
    const name = (node.objName as Node).text as string
    const table = name.toLowerCase()
    if (!walk.tables.has(table)) {
      if (/^(_mc_|sqlite_|pragma_)/.test(table)) return `no statement may name "${name}"`
      const near = didYouMean(name, walk.tables).replace(' Did', '; did').replace(/\?$/, '')
      return `there is no table "${name}"${near}`
    }
    addSource(walk, ((node.alias as Node | undefined)?.text as string | undefined) ?? table, table)
    return undefined
  },
  TableSelectTable(node, walk) {
    const alias = node.alias as Node | undefined
    const { text } = (node.tblName as Node).objName as unknown as { text: string }
    if (alias !== undefined) addSource(walk, (alias.name as Node).text as string, text.toLowerCase())
    return undefined
  },
  SelectSelectTable(_, walk) {
    walk.derived = true
    return undefined
  },
  AsAs: aliasCheck,
  ElidedAs: aliasCheck,
  TypedJoinJoinOperator(node) {
    const kind = (node.joinType as number | undefined) ?? joins.inner
    if ((kind & joins.natural) !== 0) return 'a NATURAL join is not allowed; name the columns with ON'
    const right = (kind & joins.right) !== 0 || ((kind & joins.outer) !== 0 && (kind & joins.left) === 0)
    return right ? 'a RIGHT or FULL join is not allowed; write it as a LEFT one' : undefined
  },
  BinaryExpr(node, walk, underOr) {
    const op = node.op as string
    if (op.startsWith('Arrow')) return '-> is not allowed; take JSON apart in the program'
    if (op === 'Concat') walk.concatenations.push(node)
    if (op === 'Equals' && underOr) {
      for (const side of [node.left, node.right] as Node[]) {
        for (const column of columnsOf(side)) addLookups(walk, column, (walk.facts.lookups.get(column) ?? 0) + 1)
      }
    }
    return undefined
  },
  InListExpr(node, walk) {
    const count = ((node.rhs as Node[] | undefined) ?? []).length
    for (const column of columnsOf(node.lhs as Node)) addLookups(walk, column, count)
    return undefined
  },
  InSelectExpr(node, walk) {
    for (const column of columnsOf(node.lhs as Node)) addLookups(walk, column, Number.POSITIVE_INFINITY)
    return undefined
  },
  CastExpr(node) {
    const name = String((node.typeName as Node | undefined)?.name ?? '')
    return /^(text|integer|real|numeric)$/i.test(name) ? undefined : `CAST AS ${name || 'nothing'} is not allowed`
  },
  CollateExpr: (node) =>
    /^["`[]?(nocase|binary|rtrim)["`\]]?$/i.test(String(node.collation))
      ? undefined
      : `there is no collation ${node.collation}`,
  LikeExpr(node) {
    const op = String(node.op)
    if (op !== 'Like' && op !== 'Glob') return `${op.toUpperCase()} is not allowed`
    const pattern = node.rhs as Node
    if (pattern.type !== 'StringLiteral')
      return `the pattern of ${op.toUpperCase()} must be a text in quotes; use instr(lower(x), lower(:text)) > 0 to search`
    if ((pattern.value as string).length > patternMax) return `the pattern is longer than ${patternMax} characters`
    return undefined
  },
  VariableExpr(node, walk) {
    const name = String(node.name)
    if (!/^:[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name)) return `the parameter ${name} must be a named one such as :id`
    walk.facts.parameters.add(name.slice(1))
    return undefined
  },
  FunctionCallExpr: functionCheck,
  FunctionCallStarExpr: (node) =>
    String((node.name as Node).name).toLowerCase() === 'count' ? undefined : 'only count takes *',
}

function aliasCheck(node: Node): string | undefined {
  const name = (node.name as Node).text as string
  return /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name) ? undefined : `"${name}" can't be a name`
}

function functionCheck(node: Node, walk: Walk): string | undefined {
  const called = String((node.name as Node).name)
  const name = called.toLowerCase()
  if (!functions.has(name)) {
    const instead = Object.hasOwn(refusedFunctions, name) ? `; ${refusedFunctions[name]}` : ''
    return `the function "${called}" is not allowed${instead}`
  }
  walk.calls += 1
  if (walk.calls === callsMax + 1) return `it calls more than ${callsMax} functions`
  if (name !== 'replace') return undefined
  const [, from, to] = ((node.args as Node[] | undefined) ?? []) as [Node?, Node?, Node?]
  const shorter =
    from?.type === 'StringLiteral' &&
    to?.type === 'StringLiteral' &&
    (to.value as string).length <= (from.value as string).length
  return shorter ? undefined : 'replace must put a text in quotes in the place of one at least as long'
}

/** Texts may grow where they are read, by as much as the statement says; a write could double its own result. */
function checkLengthening(walk: Walk): void {
  const [first] = walk.concatenations
  if (first === undefined) return
  if (!walk.facts.reads) refuse(walk, first, '|| is not allowed in a write; make the text in the program')
  else if (walk.derived) refuse(walk, first, '|| is not allowed beside a query in FROM; make the text in the program')
  else if (walk.concatenations.length > concatenationsMax)
    refuse(walk, first, `|| stands in it more than ${concatenationsMax} times`)
}

function columnsOf(node: Node): string[] {
  if (node.type === 'Id') return [String(node.name).toLowerCase()]
  if (node.type === 'QualifiedExpr') return [String((node.column as Node).text).toLowerCase()]
  if (node.type === 'ParenthesizedExpr') return (node.exprs as Node[]).flatMap(columnsOf)
  return node.type === 'CollateExpr' || node.type === 'UnaryExpr' ? columnsOf(node.expr as Node) : []
}

function addLookups(walk: Walk, column: string, count: number): void {
  walk.facts.lookups.set(column, Math.max(count, walk.facts.lookups.get(column) ?? 0))
}

function addSource(walk: Walk, called: string, table: string): void {
  const name = called.toLowerCase()
  const known = walk.facts.sources.get(name) ?? new Set()
  walk.facts.sources.set(name, known.add(table))
}
