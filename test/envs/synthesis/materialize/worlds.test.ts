/** What the rules make of an API: each test says one of them, and plays it. */

import t from 'tap'
import { buildImage } from '../../../../envs/runtime/image.ts'
import { openWorld, type Play } from '../../../../envs/runtime/world.ts'
import { auditDomain } from '../../../../envs/synthesis/audit.ts'
import { type Materialized, materialize } from '../../../../envs/synthesis/materialize.ts'
import type { Json, JsonObject } from '../../../../schemas/json.ts'
import { deskOperations, shop } from '../fixtures/shop-operations.ts'

function make(community: typeof shop): Materialized {
  const made = materialize(community, { seed: 3 })
  if ('refused' in made) throw new Error(made.refused)
  return made
}

function playing(t: Pick<typeof import('tap').default, 'teardown'>, { domain, rows }: Materialized): Play {
  const world = openWorld({ domain, image: (id) => buildImage(domain.tables, rows[id] ?? {}) })
  const play = world.start('s1')
  t.teardown(() => {
    play.close()
    world.close()
  })
  return play
}

const said = (play: Play, tool: string, args: JsonObject): Json => {
  const outcome = play.call(tool, args)
  return outcome.ok ? outcome.result : { code: outcome.error.code ?? '' }
}

const made = make(shop)
const desk = make({ ...shop, id: 'desk', operations: deskOperations })
const columnsOf = ({ domain }: Materialized, table: string): string[] =>
  domain.tables.find(({ name }) => name === table)?.columns.map(({ name }) => name) ?? []

t.test('both worlds pass their audit in every scenario', (t) => {
  for (const each of [made, desk]) {
    const { domain, bindings, rows } = each
    const world = openWorld({ domain, image: (id) => buildImage(domain.tables, rows[id] ?? {}) })
    t.teardown(() => world.close())
    for (const { id } of domain.scenarios) t.same(auditDomain({ world, bindings, scenario: id }).failures, [])
  }
  t.end()
})

t.test('a window, an order, a text and a list of words narrow a list exactly', (t) => {
  const play = playing(t, made)
  const orders = play.rows('order')
  const times = orders.map((row) => String(row.created_at)).sort()
  const middle = times[Math.floor(times.length / 2)] as string
  const late = said(play, 'list_orders', { created_at_from: middle }) as JsonObject
  t.equal(late.total, orders.filter((row) => String(row.created_at) >= middle).length)
  const sums = orders.map((row) => row.total_amount).filter((value) => value !== null) as number[]
  const dear = said(play, 'list_orders', { total_amount_from: Math.max(...sums) }) as JsonObject
  t.equal(dear.total, sums.filter((value) => value === Math.max(...sums)).length)
  const [tag] = JSON.parse(String(orders.find((row) => row.tags !== null)?.tags)) as string[]
  const tagged = said(play, 'list_orders', { tags: tag as string }) as JsonObject
  t.equal(tagged.total, orders.filter((row) => String(row.tags).includes(`"${tag}"`)).length)
  const sorted = said(play, 'list_orders', { sort_by: 'created_at', order: 'desc', limit: 200 }) as {
    orders: JsonObject[]
  }
  const key = new Map(orders.map((row) => [row.id, row.created_at]))
  t.same(
    sorted.orders.map(({ id }) => key.get(id as string)),
    [...times].reverse(),
  )
  t.end()
})

t.test('a list shows a summary and a read the whole', (t) => {
  const play = playing(t, made)
  const { orders } = said(play, 'list_orders', { limit: 1 }) as { orders: JsonObject[] }
  const whole = said(play, 'get_order', { order_id: orders[0]?.id as string }) as JsonObject
  t.notOk('note' in (orders[0] as JsonObject))
  t.ok('note' in whole && Array.isArray(whole.tags ?? []))
  t.end()
})

t.test('what stands in a list inside of an answer is a table of its own, and is counted', (t) => {
  const play = playing(t, made)
  t.ok(columnsOf(made, 'order_item').includes('order_id'))
  const [order] = play.rows('order') as [JsonObject]
  const before = order.item_count as number
  t.equal(before, play.rows('order_item').filter((row) => row.order_id === order.id).length)
  const item = said(play, 'add_item', { order_id: order.id as string, product_name: 'Cork Coaster' }) as JsonObject
  t.equal((said(play, 'get_order', { order_id: order.id as string }) as JsonObject).item_count, before + 1)
  said(play, 'delete_item', { order_id: order.id as string, order_item_id: item.id as string })
  t.equal((said(play, 'get_order', { order_id: order.id as string }) as JsonObject).item_count, before)
  t.end()
})

t.test('a part of a thing is of the thing, and what there is one of has no key', (t) => {
  const play = playing(t, made)
  t.ok(columnsOf(made, 'order').includes('carrier'))
  t.notOk(made.domain.tables.some(({ name }) => name === 'delivery_note'))
  const settings = said(play, 'get_settings', {}) as JsonObject
  const changed = said(play, 'update_settings', { currency: 'XTS' }) as JsonObject
  t.equal(changed.currency, 'XTS')
  t.equal(changed.id, settings.id)
  t.equal(play.rows(made.bindings.find(({ tool }) => tool === 'get_settings')?.table as string).length, 1)
  t.end()
})

t.test('a locked row is not deleted, and nobody sets a credential', (t) => {
  const play = playing(t, made)
  const rows = play.rows('order')
  const locked = rows.find((row) => row.locked === 1)
  const free = rows.find((row) => row.locked === 0 && !play.rows('order_item').some((item) => item.order_id === row.id))
  t.same(said(play, 'delete_order', { order_id: locked?.id as string }), { code: 'not_permitted' })
  t.same(said(play, 'delete_order', { order_id: free?.id as string }), { deleted: true, id: free?.id as string })
  t.notOk(columnsOf(made, 'order').includes('api_key'))
  t.end()
})

t.test('every parameter is accounted for', (t) => {
  const { coverage } = made
  t.same(coverage.query, { bound: 6, transport: 3, unbound: {} })
  t.equal(coverage.body.transport, 1)
  t.equal(coverage.body.bound, 10)
  t.same(coverage.body.unbound, {})
  t.same(
    made.bindings.flatMap(({ fallbacks }) => fallbacks),
    [],
  )
  t.end()
})

t.test(
  'tools without routes keep their names, work on what their identifiers pick, and ask for the state they name',
  (t) => {
    const play = playing(t, desk)
    const names = desk.domain.tools.filter(({ source }) => source !== undefined).map(({ name }) => name)
    t.same(
      names.sort(),
      deskOperations
        .map(({ name }) => name)
        .filter((name) => name !== 'think')
        .sort(),
    )
    t.same(desk.domain.tables.map(({ name }) => name).sort(), ['order', 'order_event', 'user'])
    t.ok(columnsOf(desk, 'order').includes('user_id'), '"including their orders" says whose they are')
    const open = play.rows('order').find((row) => row.status === 'pending')
    const sent = play.rows('order').find((row) => row.status === 'delivered')
    const move = (id: unknown): Json =>
      said(play, 'modify_pending_order_address', { order_id: id as string, city: 'Ghent' })
    t.same(move(sent?.id), { code: 'conflict' })
    t.match(move(open?.id), { city: 'Ghent' })
    t.match(said(play, 'cancel_pending_order', { order_id: open?.id as string, reason: 'late' }), {
      status: 'cancelled',
    })
    t.same(move(open?.id), { code: 'conflict' })
    t.match(said(play, 'return_delivered_order_items', { order_id: sent?.id as string }), { action: 'return_item' })
    t.end()
  },
)
