/** The gateway's bench measures what it promises. No timing decides here: a machine may be as slow as it likes. */

import t from 'tap'
import { benchGateway } from './gateway.ts'

t.test('a quick run of batches has its figure beside its bound', async (t) => {
  const [figure] = await benchGateway({ quick: true, only: 'batch' })
  t.match(figure, { name: 'batch', unit: '/s', goal: { valueMin: 25_000, ratioMin: 0.8 } })
  for (const number of [figure?.value, figure?.bound, figure?.ratio])
    t.ok(Number.isFinite(number) && Number(number) > 0)
})
