/**
 * Whether a statement may stand in a domain: one plain SELECT, INSERT, UPDATE or DELETE over the domain's own tables.
 *
 * SQLite's own flags don't tell (`readonly` is true of ATTACH, VACUUM INTO writes a file), so the text is read: its
 * first word, and every word outside of strings against what is refused. Then SQLite itself prepares it against the
 * domain's tables and names its parameters and columns.
 */

import type Database from 'better-sqlite3'
import { MicrocosmError } from '../../schemas/errors.ts'

const firstWords = new Set(['select', 'insert', 'update', 'delete'])

/** Functions that read a clock, chance, files or the connection, or that make large things of small ones. */
const refusedFunctions = new Set(
  (
    'random randomblob load_extension readfile writefile date time datetime julianday unixepoch strftime timediff ' +
    'last_insert_rowid changes total_changes zeroblob printf format generate_series fts3_tokenizer sqlite_version'
  ).split(' '),
)

/** Unquoted words that are a clock, or a way to recurse without end. */
const refusedWords = new Set(['current_date', 'current_time', 'current_timestamp', 'with', 'recursive'])

/**
 * @param database an image of the domain, to prepare on
 * @throws STATEMENT_INVALID with the statement's name and the reason
 */
export function checkStatements(statements: Readonly<Record<string, string>>, database: Database.Database): void {
  for (const [name, sql] of Object.entries(statements)) {
    const words = wordsOf(sql)
    const first = words[0]?.text ?? ''
    if (!firstWords.has(first))
      throw invalid(name, `it begins with "${first}"; only SELECT, INSERT, UPDATE and DELETE may`)
    words.forEach(({ text, quoted, called }, index) => {
      if (called && words[index - 1]?.text !== 'into' && refusedFunctions.has(text))
        throw invalid(name, `the function "${text}" is not allowed`)
      if (!quoted && refusedWords.has(text)) throw invalid(name, `"${text}" is not allowed`)
      if (/^(_mc_|pragma_|sqlite_|dbstat$)/.test(text)) throw invalid(name, `no statement may name "${text}"`)
      // A conflict clause would hide what it overwrites from the row log.
      if (index === 1 && text === 'or' && !quoted) throw invalid(name, `"${first} or" is not allowed`)
    })
    try {
      database.prepare(sql)
    } catch (error) {
      throw invalid(name, (error as Error).message, error)
    }
  }
}

interface Word {
  text: string
  quoted: boolean
  /** Followed by an opening parenthesis. */
  called: boolean
}

/** Words in lower case: identifiers, quoted ones too, and keywords; strings, numbers, comments and parameters left out. */
function wordsOf(sql: string): Word[] {
  const words: Word[] = []
  const token =
    /'(?:[^']|'')*'|"((?:[^"]|"")*)"|`([^`]*)`|\[([^\]]*)\]|--[^\n]*|\/\*[\s\S]*?\*\/|[:@$][A-Za-z_]\w*|([A-Za-z_]\w*)/g
  for (const match of sql.matchAll(token)) {
    const quoted = match[1] ?? match[2] ?? match[3]
    const text = quoted ?? match[4]
    if (text === undefined) continue
    const called = /^\s*\(/.test(sql.slice(match.index + match[0].length))
    words.push({ text: text.toLowerCase(), quoted: quoted !== undefined, called })
  }
  return words
}

function invalid(name: string, why: string, cause?: unknown): MicrocosmError {
  return new MicrocosmError('STATEMENT_INVALID', `Statement "${name}": ${why}.`, { statement: name }, cause)
}
