import t from 'tap'
import { didYouMean, errorCodes, errorTable, MicrocosmError } from '../../schemas/errors.ts'
import { canonicalJson } from '../../schemas/json.ts'

t.test('codes are added, never renamed', async (t) => {
  t.same(errorCodes, [
    'CAPACITY_REACHED',
    'CATALOG_BUSY',
    'CATALOG_INVALID',
    'CATALOG_NOT_FOUND',
    'CATALOG_VERSION',
    'CONNECTION_LOST',
    'DATA_LEAK',
    'DOCUMENT_INVALID',
    'DOCUMENT_TOO_LARGE',
    'DOMAIN_INVALID',
    'DRAINING',
    'EPISODE_ENDED',
    'EPISODE_NOT_RESET',
    'EXECUTION_ERROR',
    'FORK_LIMIT',
    'FRAME_TOO_LARGE',
    'GOLD_FAILED',
    'INVALID_ARGS',
    'INVALID_JSON',
    'KEYS_BUSY',
    'KEYS_INVALID',
    'KEYS_MISSING',
    'KEY_REQUIRED',
    'KEY_REVOKED',
    'LOG_UNAVAILABLE',
    'MODEL_ANSWER_INVALID',
    'MODEL_FAILED',
    'NOT_FOUND',
    'NOT_PERMITTED',
    'NO_USER',
    'OPERATION_REPEATED',
    'OPERATION_UNNAMED',
    'PORT_IN_USE',
    'PROGRAM_INVALID',
    'QUOTA_EXCEEDED',
    'RATE_LIMITED',
    'REFERENCE_BROKEN',
    'REPLY_TIMEOUT',
    'RESULT_TOO_LARGE',
    'RUN_MISMATCH',
    'SESSION_ERROR',
    'SOURCE_EMPTY',
    'SOURCE_NOT_FOUND',
    'STATEMENT_INVALID',
    'STEP_TIMEOUT',
    'TIME_LIMIT',
    'TOKENIZER_INVALID',
    'TOOL_NOT_FOUND',
    'TRAJECTORY_INVALID',
    'UNKNOWN_DOMAIN',
    'UNKNOWN_KEY',
    'UNKNOWN_SCENARIO',
    'UNKNOWN_SESSION',
    'UNKNOWN_TASK',
    'UNKNOWN_TYPE',
    'USAGE',
    'VALIDATION_ERROR',
    'VERSION_MISMATCH',
    'WORLD_CRASHED',
    'WORLD_LIMIT',
    'WORLD_MEMORY',
    'WORLD_QUARANTINED',
    'WORLD_TIMEOUT',
  ])
})

t.test('every code has a remedy that is a sentence', async (t) => {
  for (const [code, { remedy }] of Object.entries(errorTable)) t.match(remedy, /^[A-Z].*\.$/, code)
})

t.test('an error carries its fault and remedy', async (t) => {
  const error = new MicrocosmError('UNKNOWN_DOMAIN', 'No domain "libary".', { domain: 'libary' })
  t.equal(error.fault, 'client')
  t.equal(error.remedy, errorTable.UNKNOWN_DOMAIN.remedy)
  t.same(error.details, { domain: 'libary' })
})

t.test('the nearest name is offered, and none where none is near', async (t) => {
  t.equal(didYouMean('libary', ['hotel', 'library']), ' Did you mean "library"?')
  t.equal(didYouMean('xyz', ['hotel', 'library']), '')
})

t.test('canonical JSON is the same for the same value, whatever the order of its keys', async (t) => {
  t.equal(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined }), '{"b":[1,{"c":"x","d":null}]}')
  t.equal(canonicalJson({ b: 1, a: 2 }), canonicalJson({ a: 2, b: 1 }))
})
