/** Whatever bytes come, the server answers or hangs up, and nothing of them stays. `test/server/fuzz/run.ts` throws a million. */

import t from 'tap'
import { attack } from './fuzz/run.ts'

t.test('a hundred thousand frames and requests get typed replies, and leave nothing behind', async (t) => {
  const { report, left, grown, errors, alive } = await attack({ seed: 8, frames: 80_000, requests: 20_000 })
  t.same(report.wrong, [])
  t.same(errors, [], 'nothing unexpected was logged')
  t.equal(report.frames + report.requests, 100_000)
  t.ok(alive, 'the server still plays')
  t.equal(left, 0, 'no session is left')
  t.ok(grown < 400, `${grown} MiB more`)
  for (const kind of [
    'observation',
    'batch',
    'INVALID_JSON',
    'UNKNOWN_TYPE',
    'VALIDATION_ERROR',
    '200',
    '201',
    '404',
    '422',
  ])
    t.ok((report.replies[kind] ?? 0) > 50, `${kind}: ${report.replies[kind]}`)
})
