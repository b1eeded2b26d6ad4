import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import t from 'tap'
import { createArgumentCheck } from '../../../envs/runtime/arguments.ts'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import type { Tool } from '../../../schemas/tool.ts'

const toolOf = (properties: JsonObject, required: string[] = []): Tool =>
  ({
    name: 'book',
    description: '',
    kind: 'read',
    tables: [],
    output_schema: {},
    input_schema: { type: 'object', properties, required, additionalProperties: false },
  }) as unknown as Tool

const said = (properties: JsonObject, args: Json, required?: string[]): string =>
  createArgumentCheck()(toolOf(properties, required), args as JsonObject)

t.test('what is wrong is said with the argument, what it must be and what it was', async (t) => {
  const cases: [properties: JsonObject, args: Json, words: string][] = [
    [{ city: { type: 'string' } }, {}, 'The argument "city" is missing.'],
    [{ city: { type: 'string' } }, { city: 3 }, '"city" must be string; got 3.'],
    [{ city: { type: ['string', 'null'] } }, { city: 3 }, '"city" must be string,null; got 3.'],
    [{ nights: { type: 'integer' } }, { nights: 1.5 }, '"nights" must be integer; got 1.5.'],
    [{ nights: { type: 'integer', minimum: 1 } }, { nights: 0 }, '"nights" must be >= 1; got 0.'],
    [{ nights: { type: 'integer', maximum: 9 } }, { nights: 10 }, '"nights" must be <= 9; got 10.'],
    [{ rate: { type: 'number', exclusiveMinimum: 0 } }, { rate: 0 }, '"rate" must be > 0; got 0.'],
    [{ rate: { type: 'number', exclusiveMaximum: 1 } }, { rate: 1 }, '"rate" must be < 1; got 1.'],
    [{ rate: { type: 'number', multipleOf: 0.1 } }, { rate: 0.25 }, '"rate" must be a multiple of 0.1; got 0.25.'],
    [{ note: { type: 'string', minLength: 1 } }, { note: '' }, '"note" must not have fewer than 1 characters; got "".'],
    [
      { note: { type: 'string', maxLength: 1 } },
      { note: 'ab' },
      '"note" must not have more than 1 characters; got "ab".',
    ],
    [
      { board: { type: 'string', enum: ['half', 'full'] } },
      { board: 'no' },
      '"board" must be one of "half", "full"; got "no".',
    ],
    [
      { day: { type: 'string', format: 'date' } },
      { day: '2025-13-01' },
      '"day" must match format "date"; got "2025-13-01".',
    ],
    [{ tags: { type: 'array', items: { type: 'string' } } }, { tags: ['a', 1] }, '"tags.1" must be string; got 1.'],
    [{ tags: { type: 'array', maxItems: 1 } }, { tags: [1, 2] }, '"tags" must not have more than 1 items; got [1,2].'],
    [
      { tags: { type: 'array', uniqueItems: true } },
      { tags: [1, 1] },
      '"tags" must not have an item twice; got [1,1].',
    ],
    [
      {
        guest: {
          type: 'object',
          properties: { name: { type: 'string' } },
          required: ['name'],
          additionalProperties: false,
        },
      },
      { guest: { nme: 'Ada' } },
      'The argument "guest.name" is missing. There is no argument "guest.nme".',
    ],
    [{ 'a/b~c %23#': { type: 'string' } }, { 'a/b~c %23#': 1 }, '"a/b~c %23#" must be string; got 1.'],
  ]
  for (const [properties, args, words] of cases) t.equal(said(properties, args, Object.keys(properties)), words)
  t.equal(said({ city: { type: 'string' } }, { ciy: 'Rome' }), 'There is no argument "ciy". Did you mean "city"?')
  t.equal(said({ city: { type: 'string' } }, { city: 'Rome' }), '')
})

t.test('names that an object inherits, or that no text has, are arguments like any other', async (t) => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const args = JSON.parse(`{${JSON.stringify(name)}: 1}`) as JsonObject
    t.match(said({ city: { type: 'string' } }, args), `There is no argument "${name}".`)
    t.match(said(JSON.parse(`{${JSON.stringify(name)}: {"type": "string"}}`), {}, [name]), 'is missing')
  }
  t.match(said({ city: { type: 'string' } }, JSON.parse('{"\\ud800": 1}')), /surrogate/)
  const nested = { guest: { type: 'object', additionalProperties: false } }
  t.match(said(nested, JSON.parse('{"guest": {"\\ud800": 1}}')), /surrogate/)
})

t.test('whatever the schema and the value, a compiled validator says the same', async (t) => {
  const text = fc.constantFrom('', 'a', 'ab', 'half', 'full', '3', '😀', 'null')
  const number = fc.constantFrom(0, 1, -1, 1.5, 2, 3, 9, 10, 1e6, -0.25)
  const leaf = fc.oneof(text, number, fc.boolean(), fc.constant(null))
  const value = fc.oneof(
    leaf,
    fc.array(leaf, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), leaf, { maxKeys: 3 }),
  ) as fc.Arbitrary<Json>
  const small = fc.constantFrom(0, 1, 2, 3)
  const some = <T>(of: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: of })
  const type = fc.constantFrom(
    'string',
    'integer',
    'number',
    'boolean',
    'null',
    ['string', 'null'],
    ['integer', 'null'],
  )
  const plain = fc.record({
    type: some(type),
    enum: some(fc.uniqueArray(leaf, { minLength: 1, maxLength: 3 })),
    minimum: some(small),
    maximum: some(small),
    exclusiveMinimum: some(small),
    minLength: some(small),
    maxLength: some(small),
    multipleOf: some(fc.constantFrom(1, 0.5, 3)),
  })
  const schema = fc.oneof(
    plain,
    fc.record({
      type: fc.constant('array'),
      items: plain,
      minItems: some(small),
      maxItems: some(small),
      uniqueItems: some(fc.boolean()),
    }),
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b', 'c'), plain, { maxKeys: 2 }),
      required: some(fc.uniqueArray(fc.constantFrom('a', 'b'), { maxLength: 2 })),
      additionalProperties: some(fc.boolean()),
    }),
    fc.record({ anyOf: fc.array(plain, { minLength: 1, maxLength: 2 }) }),
  )
  const counts = { fits: 0, refused: 0 }
  const ajv = new Ajv2020({ strict: false, logger: false, validateSchema: false, code: { optimize: false } })
  fc.assert(
    fc.property(schema, fc.array(value, { minLength: 3, maxLength: 6 }), fc.boolean(), (property, values, more) => {
      const tool = toolOf(JSON.parse(JSON.stringify({ a: property })), ['a'])
      const compiled = ajv.compile(tool.input_schema)
      ajv.removeSchema(tool.input_schema)
      const check = createArgumentCheck()
      return [...values.map((a) => ({ a })), {}, ...(more ? [{ a: values[0] as Json, d: 1 }] : [])].every((args) => {
        const given = JSON.parse(JSON.stringify(args)) as JsonObject
        const fits = compiled(given)
        counts[fits ? 'fits' : 'refused'] += 1
        return fits === (check(tool, given) === '')
      })
    }),
    { numRuns: 600, seed: 7 },
  )
  t.ok(counts.fits > 300 && counts.refused > 300, `${counts.fits} fitted, ${counts.refused} did not`)
})
