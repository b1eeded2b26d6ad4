import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { buildImages, createCatalog, domainVersion, openCatalog } from '../../envs/catalog.ts'
import { MicrocosmError } from '../../schemas/errors.ts'
import { desk } from './runtime/desk.ts'

const { version: _, ...bare } = desk
const images = buildImages(bare, () => ({}))

function written(file: string) {
  const writer = createCatalog(file)
  writer.put(bare, images, 'compiler')
  writer.commit()
  return file
}

t.test('what is put in comes out, beside the library', async (t) => {
  const file = written(join(t.testdir({}), 'a.db'))
  const catalog = openCatalog({ file })
  t.same(
    catalog.list().map(({ id }) => id),
    ['help-desk', 'hotel-chain'],
  )
  const { version, ...rest } = catalog.domain('help-desk')
  t.same(rest, bare)
  t.equal(version, domainVersion(bare, images))
  t.same(Buffer.from(catalog.image('help-desk', 'monday')), Buffer.from(images.get('monday') as Uint8Array))
  t.throws(() => catalog.domain('help-dsk'), { code: 'UNKNOWN_DOMAIN', message: /Did you mean "help-desk"\?/ })
  t.throws(() => catalog.image('help-desk', 'tuesday'), { code: 'UNKNOWN_SCENARIO' })
  catalog.close()
})

t.test('equal content has an equal hash, and a row more has another', async (t) => {
  const dir = t.testdir({})
  const hash = (file: string) => {
    const catalog = openCatalog({ file })
    catalog.close()
    return catalog.hash()
  }
  t.equal(hash(written(join(dir, 'a.db'))), hash(written(join(dir, 'b.db'))))
  const more = structuredClone(bare)
  more.scenarios[1]?.rows && Object.assign(more.scenarios[1].rows, { agent: [{ id: 'ag9', name: 'Cy', load: 0 }] })
  t.not(
    domainVersion(
      more,
      buildImages(more, () => ({})),
    ),
    domainVersion(bare, images),
  )
  t.throws(() => domainVersion({ ...bare, version: '0123456789abcdef' }, images), { code: 'VERSION_MISMATCH' })
})

t.test('a catalogue that is missing, cut short, foreign or of another format has its code', async (t) => {
  const dir = t.testdir({ 'text.db': 'not a database', 'empty.db': '' })
  const codeOf = (name: string) => {
    try {
      openCatalog({ file: join(dir, name) }).close()
    } catch (error) {
      return error instanceof MicrocosmError ? error.code : String(error)
    }
    return 'none'
  }
  t.equal(codeOf('missing.db'), 'CATALOG_NOT_FOUND')
  t.equal(codeOf('text.db'), 'CATALOG_INVALID')
  t.equal(codeOf('empty.db'), 'CATALOG_INVALID')
  t.equal(codeOf('.'), 'CATALOG_INVALID')
  new Database(join(dir, 'foreign.db')).exec('CREATE TABLE x (y)').close()
  t.equal(codeOf('foreign.db'), 'CATALOG_INVALID')
  const whole = written(join(dir, 'cut.db'))
  const other = readFileSync(whole)
  other.writeUInt32BE(99, 60)
  writeFileSync(join(dir, 'other.db'), other)
  t.equal(codeOf('other.db'), 'CATALOG_VERSION')
  truncateSync(whole, 8192)
  t.equal(codeOf('cut.db'), 'CATALOG_INVALID')
})

t.test('a run that is given up leaves the old catalogue and nothing else', async (t) => {
  const dir = t.testdir({})
  const file = written(join(dir, 'a.db'))
  const before = readFileSync(file)
  writeFileSync(`${file}.999999999.partial`, 'left by a killed run')
  const writer = createCatalog(file)
  writer.put({ ...bare, id: 'another' }, images, 'compiler')
  writer.abandon()
  t.ok(existsSync(file) && readFileSync(file).equals(before))
  t.same(readdirSync(dir), ['a.db'])
})
