/** What bounds a world while it runs. Units stand last in the names; breaking one gives the code named beside it. */

export interface Limits {
  /** Milliseconds one tool call may run before the watchdog ends its isolate (WORLD_TIMEOUT). */
  callMs: number
  /** Memory of one domain's isolate in MiB (WORLD_MEMORY). */
  isolateMib: number
  /** Isolates that the process keeps at once; the one used longest ago makes room and comes back at its next call. */
  liveIsolates: number
  /** Characters of a text, and items of a list, that a program may have worked on, hand over or return (WORLD_LIMIT). */
  programSize: number
  /** Rows one statement may return (WORLD_LIMIT). */
  statementRows: number
  /** Statements one tool call may run (WORLD_LIMIT). */
  callStatements: number
  /** Characters of JSON a tool's result may have; a longer one is cut and says so. */
  resultChars: number
  /** Bytes that an episode may add to its database (WORLD_LIMIT). */
  databaseBytes: number
  /** Characters of a text that a statement is given as a parameter (WORLD_LIMIT), or that a scenario's row has. */
  textChars: number
  /** Rows a statement may visit at worst, by its plan when the domain is loaded (STATEMENT_INVALID). */
  statementVisits: number
  /** Characters of one statement (STATEMENT_INVALID). */
  statementChars: number
  /** Databases that wait per scenario to be used again. */
  pooledStates: number
}

export const defaultLimits: Limits = {
  callMs: 1000,
  isolateMib: 64,
  liveIsolates: 128,
  programSize: 1_048_576,
  statementRows: 20_000,
  callStatements: 10_000,
  resultChars: 65_536,
  databaseBytes: 64 << 20,
  textChars: 16_384,
  statementVisits: 200_000,
  statementChars: 16_384,
  pooledStates: 32,
}
