import t from 'tap'
import { buildImage } from '../../../envs/runtime/image.ts'
import { openWorld, type World } from '../../../envs/runtime/world.ts'
import { auditDomain } from '../../../envs/synthesis/audit.ts'
import { type Materialized, materialize } from '../../../envs/synthesis/materialize.ts'
import { domain as domainSchema } from '../../../schemas/domain.ts'
import type { JsonObject } from '../../../schemas/json.ts'
import { canonicalJson } from '../../../schemas/json.ts'
import { clinic, clinicOperations } from './fixtures/clinic-operations.ts'

function made(): Materialized {
  const result = materialize(clinic, { seed: 1 })
  if ('refused' in result) throw new Error(result.refused)
  return result
}

function open({ domain, rows }: Materialized): World {
  return openWorld({ domain, image: (id) => buildImage(domain.tables, rows[id] ?? {}) })
}

t.test('a made domain fits the contract and passes its audit', (t) => {
  const result = made()
  t.ok(domainSchema.safeParse(result.domain).success)
  const world = open(result)
  t.teardown(() => world.close())
  for (const { id } of result.domain.scenarios) {
    t.same(auditDomain({ world, bindings: result.bindings, scenario: id }).failures, [])
  }
  t.end()
})

t.test('the same seed gives the same bytes, another seed other rows', (t) => {
  t.equal(canonicalJson(made()), canonicalJson(made()))
  t.not(canonicalJson(made().rows), canonicalJson((materialize(clinic, { seed: 2 }) as Materialized).rows))
  t.end()
})

t.test('resources of the path become tables, the one above a required reference', (t) => {
  const { domain } = made()
  t.same(domain.tables.map((table) => table.name).sort(), ['appointment', 'appointment_event', 'doctor'])
  const appointment = domain.tables.find((table) => table.name === 'appointment')
  t.same(appointment?.foreign_keys, [{ columns: ['doctor_id'], table: 'doctor', references: ['id'] }])
  t.equal(appointment?.columns.find((column) => column.name === 'doctor_id')?.nullable, false)
  t.end()
})

t.test('credentials become no column, and hostile names at most a plain word', (t) => {
  const { domain } = made()
  const names = domain.tables.flatMap((table) => table.columns.map((column) => column.name))
  t.notOk(names.some((name) => name === 'api_key' || !/^[a-z][a-z0-9_]*$/.test(name)))
  t.notOk(/drop table/i.test(JSON.stringify(domain.statements) + domain.program))
  t.end()
})

t.test('an action is a transition whose target joins the enum, or a dated event where it has no state', (t) => {
  const { domain, bindings } = made()
  const cancel = bindings.find((binding) => binding.tool === 'cancel_appointment')
  t.equal(cancel?.transition?.to, 'cancelled')
  t.same(cancel?.transition?.refuses, ['cancelled', 'completed'])
  const status = domain.tables
    .find((table) => table.name === 'appointment')
    ?.columns.find((column) => column.name === 'status')
  t.same(status?.enum, ['pending', 'confirmed', 'completed', 'cancelled'])
  const remind = bindings.find((binding) => binding.tool === 'remind_appointment')
  t.match(remind, { verb: 'event', table: 'appointment_event', subject: 'appointment' })
  t.end()
})

t.test('PUT and PATCH of one thing are one tool, and what nobody lists freely gets a search', (t) => {
  const { bindings, dropped } = made()
  t.equal(bindings.filter((binding) => binding.verb === 'update').length, 1)
  t.equal(dropped['twin tools'], 1)
  t.ok(bindings.some((binding) => binding.verb === 'search' && binding.table === 'appointment'))
  t.end()
})

t.test('each state that an action starts from has three rows or more', (t) => {
  const { rows } = made()
  for (const tables of Object.values(rows)) {
    for (const state of ['pending', 'confirmed', 'completed', 'cancelled']) {
      t.ok((tables.appointment ?? []).filter((row) => row.status === state).length >= 3, state)
    }
  }
  t.end()
})

t.test('programs refuse what they say they refuse', (t) => {
  const result = made()
  const world = open(result)
  const play = world.start('s1')
  t.teardown(() => {
    play.close()
    world.close()
  })
  const code = (tool: string, args: JsonObject) => {
    const outcome = play.call(tool, args)
    return outcome.ok ? 'ok' : outcome.error.code
  }
  const [first, second] = play.rows('doctor') as [JsonObject, JsonObject]
  const open1 = play.rows('appointment').find((row) => row.status === 'pending') as JsonObject
  const other = play.rows('doctor').find((row) => row.id !== open1.doctor_id) as JsonObject
  t.equal(code('get_doctor', { doctor_id: 'doct_nobody' }), 'not_found')
  t.equal(code('create_doctor', { name: 'Ada', email: first.email as string }), 'already_exists')
  t.equal(code('create_doctor', { name: 'Ada', colour: 'red' }), 'INVALID_ARGS')
  t.equal(
    code('cancel_appointment', { doctor_id: other.id as string, appointment_id: open1.id as string }),
    'not_found',
  )
  const own = { doctor_id: open1.doctor_id as string, appointment_id: open1.id as string }
  t.equal(code('cancel_appointment', own), 'ok')
  t.equal(code('cancel_appointment', own), 'conflict')
  t.equal(code('delete_doctor', { doctor_id: open1.doctor_id as string }), 'conflict')
  t.ok(second)
  t.end()
})

t.test('a creation with nothing to write is refused where no input is required', (t) => {
  const operations = clinicOperations.map((each) =>
    each.name === 'create_doctor'
      ? { ...each, parameters: each.parameters.map((parameter) => ({ ...parameter, required: false })) }
      : each,
  )
  const world = open(materialize({ ...clinic, operations }, { seed: 1 }) as Materialized)
  const play = world.start('s1')
  t.teardown(() => {
    play.close()
    world.close()
  })
  const nothing = play.call('create_doctor', {})
  t.match(nothing, { ok: false, error: { code: 'invalid_request', message: /^Give at least one of / } })
  t.equal(play.call('create_doctor', { email: 'ada@example.com' }).ok, true)
  t.end()
})

t.test('every argument of an edge and every output stands in the schemas', (t) => {
  const { domain, bindings } = made()
  t.ok(domain.edges.length > 0)
  for (const edge of domain.edges) {
    const to = domain.tools.find((tool) => tool.name === edge.to.tool)
    t.ok(Object.hasOwn((to?.input_schema.properties ?? {}) as JsonObject, edge.to.parameter))
    t.ok(
      bindings
        .find((binding) => binding.tool === edge.from.tool)
        ?.outputs.some((output) => output.field === edge.from.field),
    )
  }
  t.end()
})

t.test('a community without writes, or with too few tools, is refused with the reason', (t) => {
  const reads = clinicOperations.filter((operation) => operation.method === 'get')
  t.same(
    materialize(
      { ...clinic, operations: [...reads, { ...reads[0], key: 'z', path: '/rooms' }] as typeof reads },
      { seed: 1 },
    ),
    { refused: 'no tool writes' },
  )
  t.match(materialize({ ...clinic, operations: clinicOperations.slice(0, 2) }, { seed: 1 }), { refused: /too few/ })
  t.end()
})

t.test('the audit sees a program that does less than it promises', (t) => {
  const result = made()
  const program = result.domain.program.replace("status: 'cancelled'", "status: 'pending'")
  t.not(program, result.domain.program)
  const world = open({ ...result, domain: { ...result.domain, program } })
  t.teardown(() => world.close())
  const audit = auditDomain({ world, bindings: result.bindings })
  t.notOk(audit.passed)
  t.ok(audit.failures.some((failure) => failure.tool === 'cancel_appointment'))
  t.end()
})
