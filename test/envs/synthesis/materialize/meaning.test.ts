import t from 'tap'
import { isTransport, meaningOf } from '../../../../envs/synthesis/materialize/meaning.ts'

t.test('one end of a window says of what, or of the time that the table has', (t) => {
  t.same(meaningOf('created_after'), { kind: 'window', stem: 'created', side: 'from' })
  t.same(meaningOf('price_lte'), { kind: 'window', stem: 'price', side: 'to' })
  t.same(meaningOf('max_amount'), { kind: 'window', stem: 'amount', side: 'to' })
  t.same(meaningOf('since'), { kind: 'window', stem: '', side: 'from' })
  t.same(meaningOf('end_date'), { kind: 'window', stem: '', side: 'to' })
  t.end()
})

t.test('pages, orders, texts and conditions are told from properties', (t) => {
  const kinds = Object.fromEntries(
    ['page_size', 'starting_after', 'max_results', 'sort_by', 'q', 'filter', 'fields', 'status', 'min_version_id'].map(
      (name) => [name, meaningOf(name).kind],
    ),
  )
  t.same(kinds, {
    page_size: 'page',
    starting_after: 'page',
    max_results: 'page',
    sort_by: 'order',
    q: 'text',
    filter: 'expression',
    fields: 'transport',
    status: 'column',
    min_version_id: 'column',
  })
  t.end()
})

t.test('credentials are transport everywhere, an address only in an answer', (t) => {
  for (const place of ['query', 'body', 'output'] as const) {
    t.ok(isTransport('client_secret', place))
    t.ok(isTransport('new_password', place))
  }
  t.ok(isTransport('url', 'output'))
  t.notOk(isTransport('url', 'body'))
  t.end()
})
