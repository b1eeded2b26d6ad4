import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { emitJsonSchemas } from '../../schemas/emit.ts'

const folder = new URL('../../schemas/json/', import.meta.url)

t.test('the committed JSON Schemas are what the contract emits (npm run emit writes them)', async (t) => {
  const emitted = emitJsonSchemas()
  t.same(readdirSync(folder).sort(), Object.keys(emitted).sort())
  for (const [name, schema] of Object.entries(emitted)) {
    t.equal(readFileSync(new URL(name, folder), 'utf8'), `${JSON.stringify(schema, null, 2)}\n`, name)
  }
})
