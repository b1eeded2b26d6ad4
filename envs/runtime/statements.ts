/**
 * Whether a statement may stand in a domain: one plain SELECT, INSERT, UPDATE or DELETE over the domain's own tables.
 *
 * SQLite's own flags don't tell (`readonly` is true of ATTACH, VACUUM INTO writes a file), so the text is read: its
 * first word, and every word outside of strings against what is refused. Then SQLite itself prepares it against the
 * domain's tables and names its parameters and columns.
 */

import type Database from 'better-sqlite3'
import { MicrocosmError } from '../../schemas/errors.ts'

const firstWords = new Set(['select', 'insert', 'update', 'delete', 'with'])

/** Other kinds of statement, ways around the row log, endless recursion, files, clocks and chance. */
const refused = new Set(
  (
    'attach detach vacuum pragma reindex analyze begin commit rollback savepoint release explain create drop alter replace recursive ' +
    'random randomblob load_extension readfile writefile date time datetime julianday unixepoch strftime timediff ' +
    'current_date current_time current_timestamp last_insert_rowid changes total_changes zeroblob printf generate_series ' +
    'sqlite_master sqlite_schema sqlite_temp_master sqlite_sequence dbstat'
  ).split(' '),
)

/**
 * @param database an image of the domain, to prepare on
 * @throws STATEMENT_INVALID with the statement's name and the reason
 */
export function checkStatements(statements: Readonly<Record<string, string>>, database: Database.Database): void {
  for (const [name, sql] of Object.entries(statements)) {
    const words = wordsOf(sql)
    const first = words[0] ?? ''
    if (!firstWords.has(first))
      throw invalid(name, `it begins with "${first}"; only SELECT, INSERT, UPDATE and DELETE may`)
    for (const word of words) {
      if (refused.has(word)) throw invalid(name, `"${word}" is not allowed`)
      if (word.startsWith('_mc_') || word.startsWith('pragma_') || word.startsWith('sqlite_'))
        throw invalid(name, `no statement may name "${word}"`)
    }
    try {
      database.prepare(sql)
    } catch (error) {
      throw invalid(name, (error as Error).message, error)
    }
  }
}

/** Words in lower case: identifiers, quoted ones too, and keywords; strings, numbers, comments and parameters left out. */
function wordsOf(sql: string): string[] {
  const words: string[] = []
  const token =
    /'(?:[^']|'')*'|"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]|--[^\n]*|\/\*[\s\S]*?\*\/|[:@$][A-Za-z_]\w*|([A-Za-z_]\w*)/g
  for (const match of sql.matchAll(token)) {
    const word = match[1] ?? match[2] ?? match[3] ?? match[4]
    if (word !== undefined) words.push(word.toLowerCase())
  }
  return words
}

function invalid(name: string, why: string, cause?: unknown): MicrocosmError {
  return new MicrocosmError('STATEMENT_INVALID', `Statement "${name}": ${why}.`, { statement: name }, cause)
}
