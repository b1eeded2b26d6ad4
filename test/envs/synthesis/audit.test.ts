/** That each check of the audit fails where what it promises isn't so: one thing is broken in a world that passes. */

import t from 'tap'
import { buildImage } from '../../../envs/runtime/image.ts'
import { openWorld } from '../../../envs/runtime/world.ts'
import { type Audit, auditDomain } from '../../../envs/synthesis/audit.ts'
import { type Materialized, materialize } from '../../../envs/synthesis/materialize.ts'
import type { Domain } from '../../../schemas/domain.ts'
import { shop } from './fixtures/shop-operations.ts'

const made = materialize(shop, { seed: 3 }) as Materialized

function audit(change: (domain: Domain) => void, rows = made.rows): Audit {
  const domain = structuredClone(made.domain)
  change(domain)
  const world = openWorld({ domain, image: (id) => buildImage(domain.tables, rows[id] ?? {}) })
  try {
    return auditDomain({ world, bindings: made.bindings })
  } finally {
    world.close()
  }
}

/** Puts other text into the program or the statements; the first is looked for in both. */
function rewrite(from: string | RegExp, to: string): (domain: Domain) => void {
  return (domain) => {
    const before = JSON.stringify([domain.program, domain.statements])
    domain.program = domain.program.replace(from, to)
    for (const [name, sql] of Object.entries(domain.statements)) domain.statements[name] = sql.replace(from, to)
    if (JSON.stringify([domain.program, domain.statements]) === before) throw new Error(`There is no ${from}.`)
  }
}

const checksOf = ({ failures }: Audit): string[] => [...new Set(failures.map(({ check }) => check))].sort()

t.test('the world as it was made passes, and every tool was called', (t) => {
  const found = audit(() => {})
  t.same(found.failures, [])
  t.ok(found.passed)
  t.equal(found.called, made.domain.tools.length)
  t.end()
})

const broken: readonly (readonly [what: string, change: (domain: Domain) => void, check: string])[] = [
  [
    'a window that leaves out its end',
    rewrite(/created_at >= :created_at_from/g, 'created_at > :created_at_from'),
    'filters exactly',
  ],
  [
    'a filter that is forgotten',
    rewrite(/:status IS NULL OR status = :status/g, ':status IS NULL OR status <> :status'),
    'filters exactly',
  ],
  ['an order that is turned round', rewrite(/THEN created_at END DESC/, 'THEN created_at END'), 'keeps the order'],
  [
    'a page that begins at the beginning',
    rewrite('LIMIT :limit OFFSET :offset', 'LIMIT :limit OFFSET :offset * 0'),
    'pages',
  ],
  [
    'a total of all rows',
    rewrite(/SELECT COUNT\(\*\) AS total FROM "order" WHERE/, 'SELECT COUNT(*) AS total FROM "order" WHERE 1 = 1 OR'),
    'total is right',
  ],
  [
    'a search that finds nothing',
    rewrite(/instr\(lower\(product_name\), lower\(:query\)\) > 0/g, 'instr(lower(product_name), lower(:query)) > 5'),
    'search finds the row',
  ],
  [
    'a read that answers with another row',
    rewrite(/(function get_order [^}]*)return show/, "$1return { ...showOrder(row), id: 'orde_other' }\n  return show"),
    'get shows the row',
  ],
  [
    'an update that writes another column too',
    rewrite(/UPDATE "order" SET note = :note/, 'UPDATE "order" SET cancel_reason = :note, note = :note'),
    'touches only its columns',
  ],
  ['an update that is lost', rewrite('note: args.note ?? row.note', 'note: row.note'), 'writes what it is given'],
  [
    'a delete that deletes nothing',
    rewrite('DELETE FROM "order" WHERE id = :id', 'DELETE FROM "order" WHERE id = :id AND id = \'\''),
    'delete removes the row',
  ],
  ['a transition to another state', rewrite("status: 'cancelled'", "status: 'paid'"), 'reaches its state'],
  [
    'a transition that can be done twice',
    rewrite(/if \(row\.status === 'cancelled'[^)]*\) throw/, 'if (false) throw'),
    'refuses the same state',
  ],
  ['a counter that is forgotten', rewrite(/recountOrderItemCount\(db, made\.order_id\)/, ''), 'counters hold'],
  [
    'a reference that nobody checks',
    rewrite(/needOrder\(db, args\.order_id, 'invalid_reference'\)/, ''),
    'refuses what is not there',
  ],
  [
    'an answer with a column more',
    rewrite('return { ...row, locked', 'return { ...row, extra: 1, locked'),
    'output fits its schema',
  ],
]

for (const [what, change, check] of broken) {
  t.test(`${what}: ${check}`, (t) => {
    const found = audit(change)
    t.notOk(found.passed)
    t.ok(checksOf(found).includes(check), checksOf(found).join(', '))
    t.end()
  })
}

t.test('a counter that is seeded wrong fails before anything is called', (t) => {
  const rows = structuredClone(made.rows)
  const [order] = rows.s1?.order ?? []
  if (order !== undefined) order.item_count = 99
  t.ok(checksOf(audit(() => {}, rows)).includes('the scenario holds'))
  t.end()
})

t.test('a column that no tool reaches fails', (t) => {
  const found = audit((domain) => {
    domain.tables.find(({ name }) => name === 'setting')?.columns.push({ name: 'hidden', type: 'TEXT', nullable: true })
  })
  t.ok(checksOf(found).includes('columns are reachable'))
  t.end()
})
