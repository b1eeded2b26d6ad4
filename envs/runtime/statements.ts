/**
 * Whether the statements of a domain may run: each is one plain SELECT, INSERT, UPDATE or DELETE over the domain's own
 * tables, and its work is bounded.
 *
 * SQLite's flags don't tell (`readonly` is true of ATTACH, VACUUM INTO writes a file), and nothing interrupts a query that
 * runs. So a parser says what stands in the text, SQLite says whether it can be prepared, and the query plan over the
 * domain's own rows says how much it may visit.
 */

import Database from 'better-sqlite3'
import type { Limits } from './limits.ts'
import type { Problem } from './problem.ts'
import { throwFirst } from './problem.ts'
import { createSizes, planStatement } from './statements/plan.ts'
import { parseStatement } from './statements/syntax.ts'

/** An image that checks are made on: it is written to by nobody else, and lost when it is closed. */
export type Probe = Database.Database

/** The caller closes it. */
export function openProbe(image: Uint8Array): Probe {
  const probe = new Database(Buffer.from(image.buffer, image.byteOffset, image.byteLength))
  // A plan would show the look-ups of references as loops of the statement, and rows are put in in any order.
  probe.pragma('foreign_keys = OFF')
  return probe
}

export interface StatementOptions {
  /** Names of the domain's tables. */
  tables: readonly string[]
  /** Images of the domain: one at least; the largest of them counts. */
  probes: readonly Probe[]
  limits: Pick<Limits, 'statementChars' | 'statementVisits'>
}

/** Every problem of every statement, in the order of their names. */
export function findStatementProblems(
  statements: Readonly<Record<string, string>>,
  { tables, probes, limits }: StatementOptions,
): Problem[] {
  const known = new Set(tables)
  const sizes = createSizes(probes)
  const problems: Problem[] = []
  for (const name of Object.keys(statements).sort()) {
    const report = (reason: string, at?: { line: number; column: number }): void => {
      const where = at === undefined ? '' : `, line ${at.line}, column ${at.column}`
      problems.push({
        code: 'STATEMENT_INVALID',
        place: `statements.${name}${at === undefined ? '' : ` ${at.line}:${at.column}`}`,
        message: `Statement "${name}"${where}: ${reason}.`,
      })
    }
    const sql = statements[name] as string
    const { violations, facts } = parseStatement(sql, { tables: known, charsMax: limits.statementChars })
    for (const { reason, line, column } of violations) report(reason, { line, column })
    if (violations.length > 0) continue
    const { reason, visits } = planStatement(sql, facts, sizes)
    if (reason !== null) report(reason)
    else if (visits > limits.statementVisits)
      report(`it may visit ${Math.round(visits)} rows, more than ${limits.statementVisits}; narrow it by an index`)
  }
  return problems
}

/** @throws STATEMENT_INVALID with the statement's name, the place in its text and the reason */
export function checkStatements(statements: Readonly<Record<string, string>>, options: StatementOptions): void {
  throwFirst(findStatementProblems(statements, options))
}
