/** `npm run emit`: writes the contract as JSON Schema to schemas/json/. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { emitJsonSchemas } from '../../schemas/emit.ts'

const folder = new URL('../../schemas/json/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [name, schema] of Object.entries(emitJsonSchemas())) {
  writeFileSync(new URL(name, folder), `${JSON.stringify(schema, null, 2)}\n`)
}
