import t from 'tap'
import { gatherEvidence, readResource } from '../../../../envs/synthesis/materialize/resources.ts'
import { shop } from '../fixtures/shop-operations.ts'

const [like] = shop.operations
if (like === undefined) throw new Error('the shop has operations')
const operation = (method: 'get' | 'post' | 'delete', path: string, name: string) => ({ ...like, method, path, name })

t.test('a version is no thing, however it is spelled', (t) => {
  const operations = [
    operation('get', '/v1beta1/{name}', 'get_trace_sink'),
    operation('get', '/v2alpha/{parent}/traceSinks', 'list_trace_sinks'),
    operation('delete', '/v1.2/traceSinks/{sink}', 'delete_trace_sink'),
  ]
  const said = gatherEvidence(operations)
  for (const each of operations) t.equal(readResource(each, said)?.chain.at(-1)?.noun, 'trace_sink', each.path)
  t.end()
})

t.test('how many there are is about no thing of its own, unless counts are kept', (t) => {
  const count = operation('get', '/users/$count', 'count_users')
  t.equal(readResource(count, gatherEvidence([count])), null)
  const kept = [operation('get', '/stock/count', 'list_counts'), operation('get', '/count/{id}', 'get_count')]
  const said = gatherEvidence(kept)
  for (const each of kept) t.equal(readResource(each, said)?.chain.at(-1)?.noun, 'count', each.path)
  t.end()
})
