/** What bounds a world while it runs. Units stand last in the names; breaking one gives the code named beside it. */

export interface Limits {
  /** Milliseconds one tool call may run before the watchdog ends its isolate (WORLD_TIMEOUT). */
  callMs: number
  /** Memory of one domain's isolate in MiB (WORLD_MEMORY). */
  isolateMib: number
  /** Rows one statement may return (WORLD_LIMIT). */
  statementRows: number
  /** Statements one tool call may run (WORLD_LIMIT). */
  callStatements: number
  /** Characters of JSON a tool's result may have; a longer one is cut and says so. */
  resultChars: number
  /** Bytes that an episode may add to its database (WORLD_LIMIT). */
  databaseBytes: number
  /** Databases that wait per scenario to be used again. */
  pooledStates: number
}

export const defaultLimits: Limits = {
  callMs: 1000,
  isolateMib: 64,
  statementRows: 20_000,
  callStatements: 10_000,
  resultChars: 65_536,
  databaseBytes: 64 << 20,
  pooledStates: 32,
}
