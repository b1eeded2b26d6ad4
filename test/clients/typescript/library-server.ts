/** The library's domains served at the port that is named, in a process that a test may kill. */

import { openCatalog } from '../../../envs/catalog.ts'
import { startServer } from '../../../server/app.ts'

await startServer({ catalog: openCatalog({}), config: { port: Number(process.argv[2]) } })
