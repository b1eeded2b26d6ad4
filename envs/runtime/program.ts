/**
 * Whether a program is stateless by construction, found by a real parser before anything of it runs.
 *
 * Only function declarations and constant literals may stand at the top level, nothing may write to them, and what is
 * left out (BigInt, classes, generators, async, `this`, ways to the Function constructor) has no use in a tool and is
 * known to stop or to escape a sandbox. So one context can serve all sessions of a domain. The engine must read what was
 * checked: signs that a script takes for a comment and a module doesn't are refused wherever they stand. What only shows
 * when it runs (a name put together, a loop whose end never comes) is the sandbox's and the watchdog's.
 */

import type { Node } from 'acorn'
import { parse } from 'acorn'
import { didYouMean } from '../../schemas/errors.ts'
import type { Problem } from './problem.ts'
import { throwFirst } from './problem.ts'

type AnyNode = Node & Record<string, unknown>

/** Characters of a program: some hundred tools. */
const charsMax = 262_144
/** Syntax nodes inside one another; deeper ones would overflow a stack, here or in the engine. */
const depthMax = 250
/** Problems that are told of one program. */
const problemsMax = 100

const forbiddenNodes: Record<string, string> = {
  ImportExpression: 'import() is not allowed',
  MetaProperty: 'import.meta and new.target are not allowed',
  ThisExpression: '`this` is not allowed',
  Super: '`super` is not allowed',
  ClassDeclaration: 'classes are not allowed',
  ClassExpression: 'classes are not allowed',
  YieldExpression: 'generators are not allowed',
  AwaitExpression: 'await is not allowed',
  WithStatement: 'with is not allowed',
  DebuggerStatement: 'debugger is not allowed',
  TaggedTemplateExpression: 'tagged templates are not allowed',
}

const forbiddenNames = new Set(
  (
    'eval Function globalThis arguments Proxy Reflect BigInt Date Intl Symbol WebAssembly Atomics SharedArrayBuffer ArrayBuffer DataView ' +
    'WeakRef FinalizationRegistry Promise console process require module setTimeout setInterval queueMicrotask fetch'
  ).split(' '),
)
const forbiddenMembers = new Set(
  (
    'constructor __proto__ prototype __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ caller callee ' +
    'prepareStackTrace captureStackTrace'
  ).split(' '),
)

/** What a program finds around it; a top-level name that hid one would break what its author or the prelude counts on. */
const givenNames = new Set(
  (
    'ToolError db ctx args undefined NaN Infinity Object Array String Number Boolean Math JSON Map Set RegExp Error TypeError RangeError ' +
    'SyntaxError isNaN isFinite parseInt parseFloat encodeURIComponent decodeURIComponent'
  ).split(' '),
)

export interface ProgramReport {
  /** The names at the top level. */
  names: string[]
  /** The statements that it names in so many words, with the place. */
  calls: { name: string; place: string }[]
  problems: Problem[]
}

/** Everything that is wrong with a program; its names are whole only where it can be parsed. */
export function findProgramProblems(source: string, tools: readonly string[]): ProgramReport {
  const problems: Problem[] = []
  const topLevel = new Set<string>()
  const report: ProgramReport = { names: [], calls: [], problems }
  const failed = (message: string, at?: Position): ProgramReport => {
    problems.push(at === undefined ? problem(message) : problemAt(at, message))
    return report
  }
  if (source.length > charsMax) return failed(`The program has ${source.length} characters, more than ${charsMax}.`)
  const comment = /<!--|-->/.exec(source)
  if (comment !== null)
    return failed(`"${comment[0]}" is not allowed, in texts and comments neither`, positionOf(source, comment.index))
  const parsed = parseProgram(source)
  if ('problem' in parsed) {
    problems.push(parsed.problem)
    return report
  }
  const find = (node: AnyNode, reason: string): void => {
    if (problems.length < problemsMax) problems.push(problemAt(startOf(node), reason))
  }
  const functions = new Set<string>()
  for (const node of parsed.body) {
    for (const { name, at } of declared(node, find)) {
      if (givenNames.has(name)) find(at, `"${name}" is given to every program; the top level can't have its own`)
      topLevel.add(name)
      if (node.type === 'FunctionDeclaration') functions.add(name)
    }
  }
  for (const tool of tools) {
    if (!functions.has(tool))
      problems.push(problem(`The program has no function for the tool "${tool}".${didYouMean(tool, functions)}`))
  }
  for (const node of parsed.body) visit(node, 1, { topLevel, find, calls: report.calls })
  report.names = [...topLevel]
  return report
}

/**
 * @returns the names at the top level
 * @throws PROGRAM_INVALID with line and column, and the reason
 */
export function checkProgram(source: string, tools: readonly string[]): string[] {
  const { names, problems } = findProgramProblems(source, tools)
  throwFirst(problems)
  return names
}

interface Position {
  line: number
  /** The first is 0. */
  column: number
}

function parseProgram(source: string): { body: AnyNode[] } | { problem: Problem } {
  try {
    const program = parse(source, { ecmaVersion: 2024, sourceType: 'module', locations: true, allowHashBang: false })
    return { body: program.body as unknown as AnyNode[] }
  } catch (error) {
    const { message, loc } = error as Error & { loc?: Position }
    const words = `The program can't be parsed: ${message}.`
    return { problem: { ...problem(words), ...(loc && { place: placeAt(loc) }) } }
  }
}

/** The names that a node at the top level declares. */
function declared(node: AnyNode, find: (node: AnyNode, reason: string) => void): { name: string; at: AnyNode }[] {
  if (node.type === 'FunctionDeclaration') {
    const id = node.id as AnyNode
    return [{ name: id.name as string, at: id }]
  }
  if (node.type !== 'VariableDeclaration' || node.kind !== 'const') {
    find(node, 'only function declarations and constants may stand at the top level')
    return []
  }
  const names: { name: string; at: AnyNode }[] = []
  for (const declarator of node.declarations as AnyNode[]) {
    const id = declarator.id as AnyNode
    if (id.type !== 'Identifier') find(id, 'a constant at the top level needs a plain name')
    else {
      if (!isLiteral(declarator.init as AnyNode | null, 1))
        find(declarator, 'a constant at the top level must be a literal')
      names.push({ name: id.name as string, at: id })
    }
  }
  return names
}

interface Visit {
  topLevel: ReadonlySet<string>
  find: (node: AnyNode, reason: string) => void
  calls: ProgramReport['calls']
}

function visit(node: AnyNode, depth: number, given: Visit): void {
  if (depth > depthMax) {
    given.find(node, `it is nested more than ${depthMax} deep`)
    return
  }
  const reason = reasonAgainst(node)
  if (reason !== null) given.find(node, reason)
  for (const name of written(node)) {
    if (given.topLevel.has(name)) given.find(node, `"${name}" stands at the top level and can't be changed`)
  }
  if (node.type === 'CallExpression') {
    const name = statementNamed(node)
    if (name !== null) given.calls.push({ name, place: placeAt(startOf(node)) })
  }
  for (const child of childrenOf(node)) visit(child, depth + 1, given)
}

function reasonAgainst(node: AnyNode): string | null {
  if (Object.hasOwn(forbiddenNodes, node.type)) return forbiddenNodes[node.type] as string
  if (node.async === true || node.generator === true) return 'functions must be plain: neither async nor generators'
  switch (node.type) {
    case 'Literal':
      return typeof node.bigint === 'string' ? 'BigInt is not allowed' : null
    case 'Identifier': {
      const name = node.name as string
      if (forbiddenNames.has(name)) return `"${name}" is not allowed`
      if (name.startsWith('$')) return `"${name}" is not allowed: names with $ in front are the sandbox's own`
      // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
      return /^[\x00-\x7f]*$/.test(name) ? null : `"${name}" is not allowed: names are of plain letters`
    }
    case 'MemberExpression':
    case 'Property': {
      const key = (node.type === 'Property' ? node.key : node.property) as AnyNode
      const name = nameOf(key, node.computed === true)
      if (name === null || !forbiddenMembers.has(name)) return null
      return node.type === 'Property' ? `the property "${name}" is not allowed` : `".${name}" is not allowed`
    }
    case 'ForStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return isAlways(node.test as AnyNode | null) && !leaves(node.body as AnyNode, 0)
        ? 'this loop has no end: neither a test nor break, return or throw'
        : null
    default:
      return null
  }
}

/** The name of a member where the text says it: `.a`, `['a']`, `` [`a`] ``. */
function nameOf(key: AnyNode, computed: boolean): string | null {
  if (key.type === 'Literal') return String(key.value)
  if (!computed) return key.type === 'Identifier' ? (key.name as string) : null
  if (key.type !== 'TemplateLiteral' || (key.expressions as AnyNode[]).length > 0) return null
  const quasi = (key.quasis as { value: { cooked: string | null } }[])[0]
  return quasi?.value.cooked ?? null
}

/** Of `db.get('a', …)` the name `a`. */
function statementNamed(node: AnyNode): string | null {
  const callee = node.callee as AnyNode
  if (callee.type !== 'MemberExpression' || callee.computed === true) return null
  const object = callee.object as AnyNode
  const method = (callee.property as AnyNode).name as string
  const [first] = node.arguments as AnyNode[]
  if (object.type !== 'Identifier' || object.name !== 'db' || !/^(get|all|run)$/.test(method)) return null
  return first?.type === 'Literal' && typeof first.value === 'string' ? first.value : null
}

/** Names that a node gives a value to, or to whose inside it does. */
function written(node: AnyNode): string[] {
  switch (node.type) {
    case 'AssignmentExpression':
    case 'ForInStatement':
    case 'ForOfStatement':
      return targets(node.left as AnyNode)
    case 'UpdateExpression':
      return targets(node.argument as AnyNode)
    case 'UnaryExpression':
      return node.operator === 'delete' ? targets(node.argument as AnyNode) : []
    default:
      return []
  }
}

/** Of `a.b[c]` the name `a`, and of a pattern all that it assigns; a declaration makes names of its own. */
function targets(node: AnyNode | null): string[] {
  switch (node?.type) {
    case 'Identifier':
      return [node.name as string]
    case 'MemberExpression':
      return targets(node.object as AnyNode)
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return targets(node.expression as AnyNode)
    case 'AssignmentPattern':
      return targets(node.left as AnyNode)
    case 'RestElement':
      return targets(node.argument as AnyNode)
    case 'ArrayPattern':
      return (node.elements as (AnyNode | null)[]).flatMap(targets)
    case 'ObjectPattern':
      return (node.properties as AnyNode[]).flatMap((each) =>
        targets((each.type === 'Property' ? each.value : each) as AnyNode),
      )
    default:
      return []
  }
}

/** Whether a loop's test can be seen to hold always. */
function isAlways(test: AnyNode | null): boolean {
  if (test === null) return true
  if (test.type === 'Literal') return Boolean(test.value) || test.regex !== undefined
  if (test.type === 'UnaryExpression' && test.operator === '!') return isNever(test.argument as AnyNode)
  return test.type === 'ArrayExpression' || test.type === 'ObjectExpression'
}

function isNever(test: AnyNode): boolean {
  if (test.type === 'Literal') return !test.value && test.regex === undefined
  return test.type === 'UnaryExpression' && test.operator === '!' && isAlways(test.argument as AnyNode)
}

/** Whether anything in the body of a loop may leave it. A function inside leaves itself alone. */
function leaves(node: AnyNode, depth: number): boolean {
  if (depth > depthMax) return true
  if (/^(Break|Return|Throw)Statement$/.test(node.type)) return true
  if (node.type === 'ContinueStatement') return node.label !== null
  if (/Function/.test(node.type)) return false
  return childrenOf(node).some((child) => leaves(child, depth + 1))
}

/** The nodes inside of one, but for the plain name of a member, which is no variable. */
function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = []
  const plain = node.computed === true ? '' : node.type === 'MemberExpression' ? 'property' : 'key'
  for (const name in node) {
    if (name === plain || name === 'loc') continue
    const value = node[name]
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) {
      for (const child of value) if (typeof child?.type === 'string') children.push(child as AnyNode)
    } else if (typeof (value as AnyNode).type === 'string') children.push(value as AnyNode)
  }
  return children
}

function isLiteral(node: AnyNode | null, depth: number): boolean {
  if (node === null || depth > depthMax) return false
  switch (node.type) {
    case 'Literal':
      return node.regex === undefined
    case 'UnaryExpression':
      return node.operator === '-' && isLiteral(node.argument as AnyNode, depth + 1)
    case 'TemplateLiteral':
      return (node.expressions as AnyNode[]).length === 0
    case 'ArrayExpression':
      return (node.elements as (AnyNode | null)[]).every((each) => isLiteral(each, depth + 1))
    case 'ObjectExpression':
      return (node.properties as AnyNode[]).every(
        (property) =>
          property.type === 'Property' && property.computed !== true && isLiteral(property.value as AnyNode, depth + 1),
      )
    default:
      return false
  }
}

const startOf = (node: AnyNode): Position => (node.loc as { start: Position }).start

function positionOf(source: string, index: number): Position {
  const before = source.slice(0, index).split(/\r\n|[\n\r\u2028\u2029]/)
  return { line: before.length, column: (before.at(-1) as string).length }
}

const placeAt = ({ line, column }: Position): string => `program ${line}:${column + 1}`

const problem = (message: string): Problem => ({ code: 'PROGRAM_INVALID', place: 'program', message })

function problemAt({ line, column }: Position, reason: string): Problem {
  return {
    code: 'PROGRAM_INVALID',
    place: placeAt({ line, column }),
    message: `Line ${line}, column ${column + 1} of the program: ${reason}.`,
  }
}
