import { readFileSync } from 'node:fs'
import { faker as english } from '@faker-js/faker/locale/en'
import { faker as mandarin } from '@faker-js/faker/locale/zh_CN'
import fc from 'fast-check'
import t from 'tap'
import { z } from 'zod'
import {
  columns,
  entry,
  flags,
  languages,
  nounSchema,
  nouns,
  poolFile,
  poolSchema,
  readJson,
  schemas,
  states,
  unsaidWords,
  verbFile,
  verbSchema,
  words,
} from '../../../envs/synthesis/lexicon/entries.ts'
import {
  generatorFor,
  isSayable,
  measureWord,
  poolFor,
  sayColumn,
  sayCount,
  sayFlag,
  sayState,
  sayTable,
  sayVerb,
  tableKind,
  verbs,
  verdictOf,
} from '../../../envs/synthesis/lexicon.ts'
import { measureCoverage, type Named } from '../../bench/lexicon-coverage.ts'

const folder = new URL('../../../envs/synthesis/lexicon/', import.meta.url)
const han = /\p{Script=Han}/u

t.test('each file fits its schema', async (t) => {
  for (const [file, schema] of Object.entries(schemas)) {
    const { error } = schema.safeParse(readJson(file as keyof typeof schemas))
    t.equal(error && z.prettifyError(error), undefined, file)
  }
})

t.test('no key stands twice in a file', async (t) => {
  for (const name of ['nouns', 'words', 'columns', 'states', 'flags']) {
    const keys = [...readFileSync(new URL(`${name}.json`, folder), 'utf8').matchAll(/^ {2}"([^"]+)": \{/gm)].map(
      (match) => match[1],
    )
    t.ok(keys.length > 100, name)
    t.strictSame([...new Set(keys)].length, keys.length, name)
    t.strictSame(keys, [...keys].sort(), `${name} is in alphabetical order, so that a word is found`)
  }
})

t.test('what is said in Chinese is written in it, or is a name that has no other form', async (t) => {
  const missing: string[] = []
  const check = (name: string, zh: string | undefined, en: string) => {
    if (zh !== undefined && !han.test(zh) && zh !== en) missing.push(name)
  }
  for (const [name, noun] of Object.entries(nouns)) {
    if (!('zh' in noun)) continue
    check(name, noun.zh, noun.one ?? name)
    for (const zh of [noun.before, noun.after]) t.ok(zh === undefined || han.test(zh), name)
  }
  for (const [name, { zh, en }] of Object.entries(words)) check(name, zh, en ?? name)
  for (const [name, { zh, en }] of Object.entries(columns)) check(name, zh, en ?? name)
  t.strictSame(missing, [])
  for (const [name, { zh }] of Object.entries(states)) t.match(zh, han, name)
  for (const [name, { zh }] of Object.entries(flags)) t.ok(zh.every((side) => han.test(side)) && zh[0] !== zh[1], name)
  for (const [name, { zh, zhPast }] of Object.entries(verbFile.verbs)) t.ok(han.test(zh) && han.test(zhPast), name)
})

t.test('an entry says something that no other entry or rule says already', async (t) => {
  const repeated = Object.entries(words)
    .filter(([name, word]) => {
      const noun = entry(nouns, name)
      return noun !== undefined && 'zh' in noun && word.zh === noun.zh && (word.en ?? name) === (noun.one ?? name)
    })
    .map(([name]) => name)
  t.strictSame(repeated, [])
  const idle = Object.entries(nouns).flatMap(([name, noun]) =>
    'zh' in noun && (noun.one === name.replaceAll('_', ' ') || noun.before === noun.zh || noun.after === noun.zh)
      ? [name]
      : [],
  )
  t.strictSame(idle, [])
  t.strictSame(
    Object.keys(columns).filter((name) => unsaidWords.includes(name)),
    [],
    'a column of a single unsaid word needs no entry',
  )
})

t.test('slips of the pen are refused', async (t) => {
  t.notOk(nounSchema.safeParse({ zh: '订单', kind: 'monney' }).success)
  t.notOk(nounSchema.safeParse({ zh: '订单 ', kind: 'money' }).success)
  t.notOk(nounSchema.safeParse({ zh: '订单', kind: 'money', plural: 'orders' }).success)
  t.notOk(poolSchema.safeParse({ columns: ['type'], en: ['a', 'b'], zh: ['甲'] }).success)
  t.notOk(poolSchema.safeParse({ columns: ['type'], en: ['a', 'a'], zh: ['甲', '乙'] }).success)
  t.notOk(poolSchema.safeParse({ columns: ['type'], tables: ['@nobody'], en: ['a', 'b'], zh: ['甲', '乙'] }).success)
  const { cancel } = verbFile.verbs
  t.ok(verbSchema.safeParse(cancel).success)
  t.notOk(verbSchema.safeParse({ ...cancel, say: 'cancel it' }).success, 'without the place of the thing')
})

t.test('each generator is one of faker, in both locales', async (t) => {
  const paths = [
    ...Object.values(poolFile.generators),
    ...poolFile.pools.flatMap((pool) => ('faker' in pool ? [pool.faker] : [])),
  ]
  t.ok(paths.length > 30)
  for (const path of paths) {
    const [module, method] = path.split('.') as [string, string]
    for (const faker of [english, mandarin]) {
      const made = (faker as unknown as Record<string, Record<string, (() => unknown) | undefined>>)[module]?.[
        method
      ]?.()
      t.not(made, undefined, path)
    }
  }
  t.equal(generatorFor('job_title'), 'person.jobTitle')
  t.equal(generatorFor('constructor'), undefined)
})

t.test('tables are said in number and language', async (t) => {
  t.equal(sayTable('order_line'), 'order line')
  t.equal(sayTable('order_line', 'en', 2), 'order lines')
  t.equal(sayTable('order_line', 'zh', 2), '订单行')
  t.equal(sayTable('person', 'en', 2), 'people')
  t.equal(sayTable('public_api', 'en', 2), 'public APIs')
  t.equal(sayTable('sms', 'en', 2), 'SMS')
  t.equal(sayTable('paymentmethod'), 'payment method', 'words that run together come apart')
  t.equal(sayTable('accountcategory', 'zh'), '账户类别')
  t.equal(sayTable('permission_group', 'zh'), '权限组', 'a head takes its short form')
  t.equal(sayTable('user_event', 'zh'), '用户事件')
  t.equal(sayTable('zorbl_frame'), 'zorbl frame', 'English always comes out')
  t.equal(sayCount('invoice', 'zh', 3), '3张发票')
  t.equal(sayCount('invoice', 'en', 1), '1 invoice')
  t.equal(measureWord('customer'), '位')
  t.equal(measureWord('zorbl'), '个')
  t.equal(tableKind('bank_account'), 'money')
})

t.test('columns are said as a person would, composed where they have no entry', async (t) => {
  const said: [table: string, column: string, en: string, zh: string][] = [
    ['order', 'created_at', 'creation date', '创建时间'],
    ['order', 'customer_created_at', 'customer creation date', '客户创建时间'],
    ['order', 'billing_address', 'billing address', '账单地址'],
    ['user', 'default_billing_address', 'default billing address', '默认账单地址'],
    ['order', 'num_open_orders', 'number of open orders', '开放订单数量'],
    ['order', 'date_of_manufacture', 'date of manufacture', '制造日期'],
    ['call', 'duration_in_minutes', 'duration in minutes', '时长（分钟）'],
    ['pool', 'max_node_count', 'maximum number of nodes', '最大节点数量'],
    ['product', 'max_price', 'maximum price', '最高价格'],
    ['patient', 'emergency_contact_name', 'emergency contact name', '紧急联系人姓名'],
    ['ticket', 'ticket_status', 'status', '状态'],
    ['task', 'replication_state', 'replication state', '复制状态'],
    ['task', 'document_due_date', 'document due date', '文档截止日期'],
    ['task', 'parent_name', 'parent name', '上级名称'],
  ]
  for (const [table, column, en, zh] of said) {
    t.equal(sayColumn(table, column), en)
    t.equal(sayColumn(table, column, 'zh'), zh)
  }
  t.equal(sayColumn('created_at'), 'creation date', 'of any table')
})

t.test('what only machines read is left unsaid on purpose, what is not known is not guessed', async (t) => {
  for (const name of ['access_token', 'etag', 'image_url', 'page_size', 'body_hash', 'odata_count', 'id'])
    t.equal(verdictOf('column', name), 'unsaid', name)
  for (const name of ['metadata', 'v1beta2_event', 'get_deployment', 'for_workspace', 'pending'])
    t.equal(verdictOf('table', name), 'unsaid', name)
  for (const name of ['zorbl', 'handled_by', 'constructor', 'vat_zorbl'])
    t.equal(verdictOf('column', name), 'unknown', name)
  t.equal(verdictOf('column', 'customer_reference', 'uuid'), 'unsaid', 'whatever it is called')
  t.ok(isSayable('column', 'due_date', 'due_date'))
  t.ok(isSayable('column', 'due_date', 'due_date', 'zh'))
  t.notOk(isSayable('column', 'payment_note_for_vendor', 'text', 'zh'), 'Chinese would turn it round')
  t.ok(isSayable('column', 'payment_note_for_vendor', 'text'))
})

t.test('states and flags are spoken', async (t) => {
  t.equal(sayState('status', 'PENDING'), 'still pending')
  t.equal(sayState('status', 'pending', 'en', 'attribute'), 'pending')
  t.equal(sayState('status', 'pending', 'zh'), '待处理')
  t.equal(sayState('status', 'pending', 'zh', 'attribute'), '待处理的')
  t.equal(sayState('status', 'InProgress', 'zh'), '进行中')
  t.equal(sayState('status', 'in_transit', 'en', 'attribute'), undefined, 'nothing reads well before the noun')
  t.equal(sayState('is_active', 1), 'active')
  t.equal(sayState('is_active', 0), 'inactive')
  t.equal(sayState('is_active', false, 'zh'), '停用')
  t.equal(sayState('allow_comments', 1), 'with comments allowed')
  t.equal(sayState('allow_comments', 0, 'zh'), '不允许评论')
  t.equal(sayState('has_children', 0), 'without children')
  t.equal(sayState('is_zorbl', 1), undefined)
  t.equal(sayState('status', 'ZORBL_9'), undefined)
  t.equal(sayState('is_active', 2), undefined)
  t.strictSame(sayFlag('is_archived'), ['archived', 'not archived'])
  t.equal(sayFlag('allow_comments'), undefined, 'nobody marks a thing as that')
  t.equal(sayFlag('constructor'), undefined)
})

t.test('verbs are led back from their spellings and said of a thing', async (t) => {
  t.equal(verbs('cancel')?.zh, '取消{x}')
  t.equal(verbs('cancellation'), verbs('cancel'))
  t.equal(verbs('constructor'), undefined)
  t.equal(sayVerb('trash', 'the note $& 7'), 'move the note $& 7 to the bin', 'a thing is no pattern')
  t.equal(sayVerb('trash', '这条备注', 'zh'), '把这条备注移到回收站')
  for (const [spelling, verb] of Object.entries(verbFile.spellings)) t.ok(verbs(verb), spelling)
  for (const verb of Object.keys(verbFile.sourceStates)) t.ok(verbs(verb), verb)
})

t.test('a pool is chosen by the table, then its kind, then the neighbours', async (t) => {
  const first = (table: string, column: string, near: string[] = []) => {
    const pool = poolFor(table, column, near)
    return pool === undefined ? undefined : 'faker' in pool ? pool.faker : pool.values.en[0]
  }
  t.equal(first('support_ticket', 'type'), 'question')
  t.equal(first('wine', 'category'), 'red')
  t.equal(first('account', 'type', ['balance', 'currency']), 'current')
  t.equal(first('account', 'type', ['industry']), 'retailer')
  t.equal(first('order', 'type', ['symbol', 'price']), 'market')
  t.equal(first('order', 'type'), 'online')
  t.equal(first('practitioner', 'type'), 'regular', 'by kind')
  t.equal(first('order', 'cancellation_reason'), 'change of plans')
  t.equal(first('charge', 'failure_reason'), 'not enough funds')
  t.equal(first('zorbl', 'shipping_carrier'), 'Northline')
  t.equal(first('car', 'vehicle_model'), 'vehicle.model')
  t.equal(first('zorbl', 'type'), 'internal', 'at last what fits anywhere')
  t.equal(first('zorbl', 'frequency'), 'daily')
  t.equal(first('payment', 'method'), 'card')
  t.equal(first('zorbl', 'method'), 'automatic')
  t.equal(first('order', 'colour'), undefined)
  t.equal(first('order', 'constructor'), undefined)
  const shadowed = poolFile.pools.filter((pool, at) =>
    poolFile.pools
      .slice(0, at)
      .some(
        (before) =>
          before.near === undefined &&
          (before.tables === undefined) === (pool.tables === undefined) &&
          pool.columns.every((column) => before.columns.includes(column)) &&
          (pool.tables ?? []).every((table) => before.tables?.includes(table)) &&
          pool.near === undefined,
      ),
  )
  t.strictSame(shadowed, [], 'each pool can be reached')
})

t.test('anything is said, the same way each time, and in words alone', async () => {
  const name = fc
    .array(fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.join('_'))
  fc.assert(
    fc.property(name, fc.constantFrom(...languages), (name, language) => {
      const said = [sayTable(name, language), sayColumn('order', name, language)]
      const again = [sayTable(name, language), sayColumn('order', name, language)]
      return said.every((text, at) => text.length > 0 && !text.includes('_') && text === again[at])
    }),
  )
})

t.test('the lexicon covers what real tools are about', async (t) => {
  // Every eighth occurrence of a table and sixtieth of a column in 1,156 domains made of the public directory.
  const file = new URL('fixtures/lexicon-names.json', import.meta.url)
  const sample = JSON.parse(readFileSync(file, 'utf8')) as Record<'tables' | 'columns', Record<string, number>>
  const names: Named[] = [
    ...Object.entries(sample.tables).map(([name, count]) => ({ kind: 'table' as const, name, count })),
    ...Object.entries(sample.columns).map(([key, count]) => {
      const [name, semantic] = key.split(' ') as [string, string]
      return { kind: 'column' as const, name, semantic: semantic === '' ? undefined : semantic, count }
    }),
  ]
  const { table, column } = measureCoverage(names)
  t.ok(table.en.ofSayable >= 0.85, `tables in English: ${table.en.ofSayable}`)
  t.ok(column.en.ofSayable >= 0.8, `columns in English: ${column.en.ofSayable}`)
  t.ok(table.zh.ofSayable >= 0.6, `tables in Chinese: ${table.zh.ofSayable}`)
  t.ok(column.zh.ofSayable >= 0.6, `columns in Chinese: ${column.zh.ofSayable}`)
})
