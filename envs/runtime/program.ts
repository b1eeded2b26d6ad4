/**
 * Whether a program is stateless by construction, found by a real parser before anything of it runs.
 *
 * Only function declarations and constant literals may stand at the top level, nothing may write to them, and what is
 * left out (BigInt, classes, generators, async, `this`, ways to the Function constructor) has no use in a tool and is
 * known to stop or to escape a sandbox. So one context can serve all sessions of a domain.
 */

import type { Node } from 'acorn'
import { parse } from 'acorn'
import { didYouMean, MicrocosmError } from '../../schemas/errors.ts'

type AnyNode = Node & Record<string, unknown>

const forbiddenNodes: Record<string, string> = {
  ImportExpression: 'import() is not allowed',
  MetaProperty: 'import.meta and new.target are not allowed',
  ThisExpression: '`this` is not allowed',
  ClassDeclaration: 'classes are not allowed',
  ClassExpression: 'classes are not allowed',
  YieldExpression: 'generators are not allowed',
  AwaitExpression: 'await is not allowed',
  WithStatement: 'with is not allowed',
  DebuggerStatement: 'debugger is not allowed',
  TaggedTemplateExpression: 'tagged templates are not allowed',
}

const forbiddenNames = new Set([
  'eval',
  'Function',
  'globalThis',
  'arguments',
  'Proxy',
  'Reflect',
  'BigInt',
  'Date',
  'Intl',
  'Symbol',
])
const forbiddenMembers = new Set([
  'constructor',
  '__proto__',
  'prototype',
  '__defineGetter__',
  '__defineSetter__',
  'caller',
  'callee',
])

/**
 * @returns the names at the top level
 * @throws PROGRAM_INVALID with line and column, and the reason
 */
export function checkProgram(source: string, tools: readonly string[]): string[] {
  const body = parseProgram(source)
  const names = new Set<string>()
  const functions = new Set<string>()
  for (const node of body) {
    if (node.type === 'FunctionDeclaration') {
      const { name } = node.id as AnyNode & { name: string }
      functions.add(name)
      names.add(name)
    } else if (node.type === 'VariableDeclaration' && node.kind === 'const') {
      for (const declarator of node.declarations as AnyNode[]) {
        const id = declarator.id as AnyNode
        if (id.type !== 'Identifier') throw invalid(id, 'a constant at the top level needs a plain name')
        if (!isLiteral(declarator.init as AnyNode | null))
          throw invalid(declarator, 'a constant at the top level must be a literal')
        names.add(id.name as string)
      }
    } else {
      throw invalid(node, 'only function declarations and constants may stand at the top level')
    }
  }
  for (const tool of tools) {
    if (!functions.has(tool)) {
      throw new MicrocosmError(
        'PROGRAM_INVALID',
        `The program has no function for the tool "${tool}".${didYouMean(tool, functions)}`,
        { tool },
      )
    }
  }
  for (const node of body) visit(node, names)
  return [...names]
}

function parseProgram(source: string): AnyNode[] {
  try {
    const program = parse(source, { ecmaVersion: 2024, sourceType: 'module', locations: true })
    return program.body as unknown as AnyNode[]
  } catch (error) {
    throw new MicrocosmError('PROGRAM_INVALID', `The program can't be parsed: ${(error as Error).message}.`, {}, error)
  }
}

function visit(node: AnyNode, topLevel: ReadonlySet<string>): void {
  const reason = Object.hasOwn(forbiddenNodes, node.type) ? forbiddenNodes[node.type] : undefined
  if (reason !== undefined) throw invalid(node, reason)
  if (node.async === true || node.generator === true)
    throw invalid(node, 'functions must be plain: neither async nor generators')
  if (node.type === 'Literal' && typeof node.bigint === 'string') throw invalid(node, 'BigInt is not allowed')
  if (node.type === 'Identifier' && forbiddenNames.has(node.name as string))
    throw invalid(node, `"${node.name}" is not allowed`)
  if (node.type === 'MemberExpression') {
    const property = node.property as AnyNode
    const name = node.computed === true ? property.value : property.name
    if (typeof name === 'string' && forbiddenMembers.has(name)) throw invalid(node, `".${name}" is not allowed`)
  }
  const target =
    node.type === 'AssignmentExpression' ? node.left : node.type === 'UpdateExpression' ? node.argument : null
  const written = rootName(target as AnyNode | null)
  if (written !== null && topLevel.has(written))
    throw invalid(node, `"${written}" stands at the top level and can't be changed`)
  for (const key of Object.keys(node)) {
    const value = node[key]
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && typeof (child as AnyNode).type === 'string')
        visit(child as AnyNode, topLevel)
    }
  }
}

/** Of `a.b[c]` the name `a`: what an assignment to it would change. */
function rootName(node: AnyNode | null): string | null {
  if (node === null) return null
  if (node.type === 'Identifier') return node.name as string
  return node.type === 'MemberExpression' ? rootName(node.object as AnyNode) : null
}

function isLiteral(node: AnyNode | null): boolean {
  if (node === null) return false
  switch (node.type) {
    case 'Literal':
      return node.regex === undefined
    case 'UnaryExpression':
      return node.operator === '-' && isLiteral(node.argument as AnyNode)
    case 'TemplateLiteral':
      return (node.expressions as AnyNode[]).length === 0
    case 'ArrayExpression':
      return (node.elements as (AnyNode | null)[]).every(isLiteral)
    case 'ObjectExpression':
      return (node.properties as AnyNode[]).every(
        (property) =>
          property.type === 'Property' && property.computed !== true && isLiteral(property.value as AnyNode),
      )
    default:
      return false
  }
}

function invalid(node: AnyNode, reason: string): MicrocosmError {
  const { line, column } = (node.loc as { start: { line: number; column: number } }).start
  return new MicrocosmError('PROGRAM_INVALID', `Line ${line}, column ${column + 1} of the program: ${reason}.`, {
    line,
    column: column + 1,
  })
}
